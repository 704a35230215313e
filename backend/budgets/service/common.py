"""What every command of budgets begins and ends with: who may, the locks in their order, the entry and its postings."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import insert, text

from backend.budgets import queries
from backend.budgets.errors import BudgetExceeded, BudgetOfAuthorities
from backend.budgets.models import BudgetBalance, BudgetEntry, BudgetPosting
from backend.budgets.rules import booking, checking
from backend.budgets.values import Balance, EntryKind, LineValue, Paper, Posting
from backend.kit.clock import now, today
from backend.kit.db import Read, Write
from backend.kit.ids import new_id
from backend.kit.scope import Kind, Scope
from backend.tenants import service as tenants

_STRUCTURE = text("select pg_advisory_xact_lock(hashtext('budget_structure'))")
_STEADY = text("select pg_advisory_xact_lock_shared(hashtext('budget_structure'))")


def of_authority(scope: Scope, permission: str) -> None:
    """Let authorities (and the service itself) pass.

    Raises:
        Unauthenticated, Forbidden: without the permission.
        BudgetOfAuthorities: the caller is neither.
    """
    scope.require(permission)
    if scope.kind not in {Kind.AUTHORITY, Kind.SYSTEM}:
        raise BudgetOfAuthorities


async def whole(read: Read, scope: Scope) -> str:
    """Return the path of the whole jurisdiction."""
    pack = await tenants.pack_in_force(read, scope)
    return (await tenants.required_division(read, scope, pack.division_code)).path


async def is_whole(read: Read, scope: Scope) -> bool:
    """Tell whether the caller acts for the whole jurisdiction."""
    return scope.kind is Kind.SYSTEM or scope.region == await whole(read, scope)


async def structure(write: Write) -> None:
    """Wait until nobody else changes which lines there are, and keep it so until the command ends."""
    await write.run(_STRUCTURE)


async def steady(write: Write) -> None:
    """Wait until nobody changes which lines there are; others that only book pass at the same time."""
    await write.run(_STEADY)


async def locked(write: Write, _scope: Scope, line_ids: Iterable[UUID]) -> dict[UUID, Balance]:
    """Lock the balances of lines in the order of their ids and return them as they are then."""
    ids = sorted(set(line_ids))
    if not ids:
        return {}
    rows = await write.rows(
        queries.BALANCE.where(BudgetBalance.line_id.in_(ids)).order_by(BudgetBalance.line_id).with_for_update()
    )
    return {row[0]: Balance(*row[1:]) for row in rows}


def enough(
    balances: Mapping[UUID, Balance], lines: Iterable[LineValue], postings: Sequence[Posting], *, path: tuple[str, ...] = ()
) -> None:  # fmt: skip
    """See that no line has less than nothing available after the postings.

    Raises:
        BudgetExceeded: one has; says what is left and what was asked for.
    """
    for line in lines:
        before = balances[line.id]
        after = booking.after(before, line.id, postings)
        if after.available < 0:
            raise BudgetExceeded(
                division=line.division_code, year=checking.span(line.first_year, line.last_year),
                sector=line.sector, of_en=f", sector {line.sector}," if line.sector else "",
                of_zh=f"（行业 {line.sector}）" if line.sector else "", available=plain(before.available), asked=plain(before.available - after.available),
                path=path,
            )  # fmt: skip


async def book(
    write: Write,
    scope: Scope,
    kind: EntryKind,
    postings: Sequence[Posting],
    *,
    reason: str,
    paper: Paper | None = None,
    effective_on: date | None = None,
    plan_id: UUID | None = None,
    reservation_id: UUID | None = None,
    facts: Mapping[str, Any] | None = None,
) -> UUID:
    """Store an entry and its postings; the database turns them into balances. Lock the lines first."""
    entry_id = new_id()
    await write.run(
        insert(BudgetEntry).values(
            id=entry_id, kind=kind.value, plan_id=plan_id, reservation_id=reservation_id, reason=reason,
            document_number=paper.number if paper else "", document_dated=paper.dated if paper else None,
            document_title=paper.title if paper else "", effective_on=effective_on or today(),
            facts=dict(facts or {}), recorded_at=now(), recorded_by=scope.actor_id,
        )
    )  # fmt: skip
    rows = [
        {"line_id": each.line_id, "entry_id": entry_id, "pocket": each.pocket.value, "tonnes": each.tonnes}
        for each in booking.merged(postings)
    ]
    if rows:
        # One statement: the trigger holds every line's sum at its end.
        await write.run(insert(BudgetPosting).values(rows))
    return entry_id


def plain(tonnes: Decimal) -> str:
    """Return tonnes without an exponent and without trailing zeros."""
    return format(tonnes.normalize(), "f") if tonnes else "0"
