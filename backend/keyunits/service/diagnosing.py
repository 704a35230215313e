"""Findings of diagnoses (降碳诊断) and what became of them: the unit plans and does, the authority closes."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import insert

from backend.keyunits import queries_work
from backend.keyunits.errors import KeyUnitDatesInvalid, KeyUnitFindingNotFound
from backend.keyunits.models import KeyUnitFinding, KeyUnitFindingStep
from backend.keyunits.rules import checking, moving
from backend.keyunits.service.common import changeable, check_evidence, listed, lock, note, of_either, recorded
from backend.keyunits.values import FindingArea, FindingState
from backend.keyunits.values_work import FindingRow
from backend.kit.db import Read, Write
from backend.kit.ids import new_id
from backend.kit.scope import Kind, Scope


async def record_finding(
    write: Write, scope: Scope, account_id: UUID, *, area: FindingArea, title: str, detail: str, diagnosed_on: date,
    body: str, potential_tce: Decimal | None, potential_tco2: Decimal | None, evidence_id: UUID | None,
) -> FindingRow:  # fmt: skip
    """Record what a diagnosis found, and who made it.

    Raises:
        Unauthenticated, Forbidden: without `keyunits:manage` (the unit) or `keyunits:supervise`.
        AccountNotFound, AccountNotYours, AccountClosed, KeyUnitNotFound: in this order.
        KeyUnitTextInvalid, KeyUnitDatesInvalid, KeyUnitQuantityInvalid: in this order.
        EvidenceNotFound: not in this account.
    """
    of_either(scope)
    await changeable(write, scope, account_id)
    await listed(write, scope, account_id)
    name = checking.text(title, "title", checking.LONGEST_TITLE)
    said, who = checking.note(detail, "detail"), checking.text(body, "body", checking.LONGEST_NAME)
    checking.not_to_come(diagnosed_on, "diagnosedOn")
    for value, field in ((potential_tce, "potentialTce"), (potential_tco2, "potentialTco2")):
        if value is not None:
            checking.quantity(value, field)
    proof = await check_evidence(write, scope, account_id, evidence_id)
    own_id = new_id()
    await write.run(
        insert(KeyUnitFinding).values(
            account_id=account_id, id=own_id, area=area.value, title=name, detail=said, diagnosed_on=diagnosed_on,
            body=who, potential_tce=potential_tce, potential_tco2=potential_tco2, evidence_id=proof,
            **recorded(scope),
        )
    )  # fmt: skip
    note(write, "keyunits:find", "carbon_account", account_id, finding=str(own_id), area=area.value)
    return await finding(write, scope, account_id, own_id)


async def follow_finding(
    write: Write, scope: Scope, account_id: UUID, finding_id: UUID, *, state: FindingState, remark: str,
    due_on: date | None,
) -> FindingRow:  # fmt: skip
    """Take a finding a step further: the unit plans (by a day) and does, the authority closes or opens again.

    Raises:
        Unauthenticated, Forbidden: without `keyunits:manage` (the unit) or `keyunits:supervise`.
        AccountNotFound, AccountNotYours, AccountClosed, KeyUnitFindingNotFound, KeyUnitTextInvalid: in this order.
        KeyUnitStepNotNow: not from where it stands, or not by this side.
        KeyUnitDatesInvalid: planned without a day to come, or a day with anything else.
    """
    of_either(scope)
    await changeable(write, scope, account_id)
    await lock(write, str(finding_id))
    found = await finding(write, scope, account_id, finding_id)
    said = checking.text(remark, "note")
    moving.check_finding(found.state, state, is_authority=scope.kind is Kind.AUTHORITY)
    if (due_on is None) is (state is FindingState.PLANNED):
        raise KeyUnitDatesInvalid(
            reason_zh="整改须填写完成期限，其他步骤不填", reason_en="a plan has a day it is due, nothing else has one",
            path=("input", "dueOn"),
        )  # fmt: skip
    if due_on is not None:
        checking.not_past(due_on, "dueOn")
    await write.run(
        insert(KeyUnitFindingStep).values(
            account_id=account_id, id=new_id(), finding_id=finding_id, state=state.value, note=said, due_on=due_on,
            **recorded(scope),
        )
    )  # fmt: skip
    note(write, "keyunits:follow", "carbon_account", account_id, finding=str(finding_id), state=state.value)
    (of_account,) = await queries_work.findings(write, scope, [account_id])
    return next(each for each in of_account if each.id == finding_id)


async def finding(read: Read, scope: Scope, account_id: UUID, finding_id: UUID) -> FindingRow:
    """Return a finding. Raises KeyUnitFindingNotFound."""
    found = await queries_work.finding(read, scope, account_id, finding_id)
    if found is None:
        raise KeyUnitFindingNotFound
    return found
