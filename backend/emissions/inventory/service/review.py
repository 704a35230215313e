"""Review: a verifier's findings, the enterprise's answers, and the return for correction. Rounds may loop."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import insert, text, update

from backend.emissions.inventory.errors import (
    FindingClosed,
    FindingNotFound,
    LineNotFound,
    NotTheVerifier,
    OwnOrganisation,
    TextMissing,
)
from backend.emissions.inventory.service.common import Held, find, hold, move, need, reasoned, tell
from backend.emissions.inventory.service.submit import check_enterprise
from backend.emissions.inventory.values import Severity, State
from backend.emissions.models import Finding, FindingMessage
from backend.kit.clock import now
from backend.kit.db import Read, Write
from backend.kit.errors import NotFound
from backend.kit.ids import new_id
from backend.kit.scope import Kind, Scope

ROUND = text(
    "select count(*) from inventory_transition t join inventory v on v.account_id = t.account_id"
    " and v.id = t.inventory_id where v.account_id = :account_id and v.year = :year and t.to_state = 'submitted'"
)
LINE = text(
    "select 1 from inventory_line where account_id = :account_id and inventory_id = :inventory_id and id = :line_id"
)
EVIDENCE = text("select 1 from evidence where account_id = :account_id and id = :id")


@dataclass(frozen=True, slots=True)
class HeldFinding:
    """A finding a step works on."""

    account_id: UUID
    finding_id: UUID
    inventory_id: UUID
    verifier_id: UUID
    state: str
    severity: str


async def raise_finding(
    write: Write, scope: Scope, *, account_id: UUID, inventory_id: UUID, severity: Severity, message: str,
    line_id: UUID | None = None,
) -> UUID:  # fmt: skip
    """Raise a finding on a submitted inventory or one of its lines; return its id.

    Raises:
        Unauthenticated, Forbidden: without `emissions:verify`.
        InventoryNotFound: not there, or not visible (not engaged).
        NotTheVerifier, OwnOrganisation: the caller is no verifier, or the enterprise itself.
        WrongState, NotNewest: it is not the newest version, submitted.
        LineNotFound: the line is not of this inventory.
        TextMissing: an empty message.
    """
    scope.require("emissions:verify")
    held = await hold(write, account_id, inventory_id)
    check_verifier(scope, held)
    need(held, State.SUBMITTED)
    if line_id is not None:
        named = {"account_id": account_id, "inventory_id": inventory_id, "line_id": line_id}
        if await write.row(LINE, named) is None:
            raise LineNotFound(path=("input", "lineId"))
    finding_id = new_id()
    review_round = await write.value(ROUND, {"account_id": account_id, "year": held.year})
    await write.run(
        insert(Finding).values(
            account_id=account_id, id=finding_id, inventory_id=inventory_id, line_id=line_id,
            review_round=review_round, severity=severity.value, state="open", raised_at=now(),
            raised_by=scope.actor_id, verifier_id=scope.organisation_id or UUID(int=0),
        )
    )  # fmt: skip
    await _say(write, scope, account_id, finding_id, message, None)
    tell(write, held, "emissions:raise_finding", finding_id=finding_id, severity=severity.value, round=review_round)
    return finding_id


async def answer_finding(
    write: Write, scope: Scope, *, account_id: UUID, finding_id: UUID, message: str, evidence_id: UUID | None = None
) -> None:
    """Answer a finding, with evidence if there is any; it then waits for the verifier.

    Raises:
        Unauthenticated, Forbidden: without `emissions:answer`.
        FindingNotFound: not there, or not visible.
        NotTheEnterprise: another organisation's account.
        FindingClosed: it is resolved.
        NotFound: no such evidence in this account.
        TextMissing: an empty message.
    """
    scope.require("emissions:answer")
    finding = await _hold_finding(write, account_id, finding_id)
    held = await find(write, account_id, finding.inventory_id)
    check_enterprise(scope, held)
    _need_finding(finding, "open", "answered")
    if evidence_id is not None and await write.row(EVIDENCE, {"account_id": account_id, "id": evidence_id}) is None:
        raise NotFound(what="evidence", path=("input", "evidenceId"))
    await _say(write, scope, account_id, finding_id, message, evidence_id)
    await _set_state(write, finding, "answered")
    tell(write, held, "emissions:answer_finding", finding_id=finding_id)


async def resolve_finding(
    write: Write, scope: Scope, *, account_id: UUID, finding_id: UUID, is_resolved: bool, message: str
) -> None:
    """Close a finding as resolved, or open it again because the answer does not settle it.

    Raises:
        Unauthenticated, Forbidden: without `emissions:verify`.
        FindingNotFound: not there, or not visible.
        NotTheVerifier, OwnOrganisation: the caller did not raise it, or is the enterprise itself.
        FindingClosed: it is already so.
        TextMissing: an empty message.
    """
    scope.require("emissions:verify")
    finding = await _hold_finding(write, account_id, finding_id)
    held = await find(write, account_id, finding.inventory_id)
    check_verifier(scope, held)
    if scope.kind is not Kind.SYSTEM and finding.verifier_id != scope.organisation_id:
        raise NotTheVerifier(permission="emissions:verify")
    _need_finding(finding, *(("open", "answered") if is_resolved else ("answered", "resolved")))
    await _say(write, scope, account_id, finding_id, message, None)
    await _set_state(write, finding, "resolved" if is_resolved else "open")
    action = "emissions:resolve_finding" if is_resolved else "emissions:reopen_finding"
    tell(write, held, action, finding_id=finding_id)


async def return_inventory(write: Write, scope: Scope, *, account_id: UUID, inventory_id: UUID, reason: str) -> None:
    """Return a submitted inventory for correction; or the enterprise takes it back itself.

    Raises:
        Unauthenticated, Forbidden: without `emissions:verify` (the enterprise: `emissions:submit`).
        InventoryNotFound: not there, or not visible.
        NotTheVerifier, OwnOrganisation: the caller is neither the verifier nor the enterprise.
        WrongState, NotNewest: it is not the newest version, submitted.
        ReasonMissing: without a reason.
    """
    is_own = scope.kind is Kind.ENTERPRISE
    scope.require("emissions:submit" if is_own else "emissions:verify")
    held = await hold(write, account_id, inventory_id)
    if is_own:
        check_enterprise(scope, held)
    else:
        check_verifier(scope, held)
    need(held, State.SUBMITTED)
    action = "emissions:take_back" if is_own else "emissions:return"
    await move(write, scope, held, State.COMPUTED, reasoned(reason), action)


def check_verifier(scope: Scope, held: Held) -> None:
    """Raise unless the caller is a verifier and another organisation; engagement is a matter of visibility."""
    if scope.kind is Kind.SYSTEM:
        return
    if scope.kind is not Kind.VERIFIER:
        raise NotTheVerifier(permission="emissions:verify")
    if scope.organisation_id == held.organisation_id:
        raise OwnOrganisation(permission="emissions:verify")


async def open_findings(read: Read, account_id: UUID, year: int, severity: Severity) -> int:
    """Count unresolved findings of a severity on any version of the year: a new version does not settle them."""
    return await read.value(
        text(
            "select count(*) from finding f join inventory v on v.account_id = f.account_id and v.id = f.inventory_id"
            " where f.account_id = :account_id and v.year = :year and f.severity = :severity and f.state <> 'resolved'"
        ),
        {"account_id": account_id, "year": year, "severity": severity.value},
    )


async def _hold_finding(write: Write, account_id: UUID, finding_id: UUID) -> HeldFinding:
    row = await write.row(
        text(
            "select account_id, id as finding_id, inventory_id, verifier_id, state, severity from finding"
            " where account_id = :account_id and id = :finding_id for update"
        ),
        {"account_id": account_id, "finding_id": finding_id},
    )
    if row is None:
        raise FindingNotFound
    return HeldFinding(**row._mapping)  # noqa: SLF001 - SQLAlchemy's public spelling of a row as a mapping


def _need_finding(finding: HeldFinding, *states: str) -> None:
    if finding.state not in states:
        raise FindingClosed(state=finding.state, needed="/".join(states))


async def _set_state(write: Write, finding: HeldFinding, state: str) -> None:
    await write.run(
        update(Finding)
        .where(Finding.account_id == finding.account_id, Finding.id == finding.finding_id)
        .values(state=state)
    )


async def _say(
    write: Write, scope: Scope, account_id: UUID, finding_id: UUID, message: str, evidence_id: UUID | None
) -> None:
    if not message.strip():
        raise TextMissing(path=("input", "text"))
    await write.run(
        insert(FindingMessage).values(
            account_id=account_id, id=new_id(), finding_id=finding_id, author_kind=scope.kind.value,
            author_id=scope.actor_id, organisation_id=scope.organisation_id, text=message.strip(),
            evidence_id=evidence_id, at=now(),
        )
    )  # fmt: skip
