"""Projects of the rolling list (节能降碳改造和用能设备更新项目储备清单), and what they saved."""

from datetime import date
from uuid import UUID

from sqlalchemy import insert

from backend.keyunits import queries_work
from backend.keyunits.errors import (
    KeyUnitDecided,
    KeyUnitFindingNotFound,
    KeyUnitRetrofitNotFound,
    KeyUnitSavingNotFound,
    KeyUnitSecondPerson,
    KeyUnitStepNotNow,
)
from backend.keyunits.models import KeyUnitRetrofit, KeyUnitRetrofitStep, KeyUnitSaving, KeyUnitSavingDecision
from backend.keyunits.names import RETROFIT_NAMES
from backend.keyunits.rules import checking, moving
from backend.keyunits.rules import saving as comparing
from backend.keyunits.service.common import (
    changeable,
    check_evidence,
    listed,
    lock,
    note,
    of_authority,
    of_either,
    recorded,
)
from backend.keyunits.values import RetrofitState
from backend.keyunits.values_work import RetrofitDraft, RetrofitRow, SavingDraft, SavingRow
from backend.kit.db import Read, Write
from backend.kit.ids import new_id
from backend.kit.scope import Scope


async def plan_retrofit(write: Write, scope: Scope, account_id: UUID, draft: RetrofitDraft) -> RetrofitRow:
    """Put a project into the reserve.

    Raises:
        Unauthenticated, Forbidden: without `keyunits:manage` (the unit) or `keyunits:supervise`.
        AccountNotFound, AccountNotYours, AccountClosed, KeyUnitNotFound: in this order.
        KeyUnitTextInvalid, KeyUnitDatesInvalid, KeyUnitQuantityInvalid: in this order.
        KeyUnitFindingNotFound: the finding it answers is not one of this unit.
    """
    of_either(scope)
    account = await changeable(write, scope, account_id)
    await listed(write, scope, account_id)
    name = checking.text(draft.name, "name", checking.LONGEST_TITLE)
    content, basis = checking.text(draft.content, "content"), checking.text(draft.basis, "basis")
    checking.in_order(draft.starts_on, draft.ends_on, "endsOn")
    for value, field in (
        (draft.investment, "investment"), (draft.expected_tce, "expectedTce"), (draft.expected_tco2, "expectedTco2"),
    ):  # fmt: skip
        checking.quantity(value, field)
    if draft.finding_id is not None and await queries_work.finding(write, scope, account_id, draft.finding_id) is None:
        raise KeyUnitFindingNotFound(path=("input", "findingId"))
    own_id = new_id()
    await write.run(
        insert(KeyUnitRetrofit).values(
            account_id=account_id, id=own_id, finding_id=draft.finding_id, kind=draft.kind.value, name=name,
            content=content, investment=draft.investment, expected_tce=draft.expected_tce,
            expected_tco2=draft.expected_tco2, basis=basis, starts_on=draft.starts_on, ends_on=draft.ends_on,
            division_code=account.division_code, division_path=account.division_path, **recorded(scope),
        )
    )  # fmt: skip
    note(write, "keyunits:plan", "carbon_account", account_id, retrofit=str(own_id), kind=draft.kind.value)
    return await retrofit(write, scope, account_id, own_id)


async def move_retrofit(
    write: Write, scope: Scope, account_id: UUID, retrofit_id: UUID, *, state: RetrofitState, happened_on: date,
    remark: str,
) -> RetrofitRow:  # fmt: skip
    """Take a project from the reserve into building, to completion, or withdraw it.

    Raises:
        Unauthenticated, Forbidden: without `keyunits:manage` (the unit) or `keyunits:supervise`.
        AccountNotFound, AccountNotYours, AccountClosed, KeyUnitRetrofitNotFound: in this order.
        KeyUnitTextInvalid, KeyUnitDatesInvalid: in this order.
        KeyUnitStepNotNow: not from where it stands.
    """
    of_either(scope)
    await changeable(write, scope, account_id)
    await lock(write, str(retrofit_id))
    found = await retrofit(write, scope, account_id, retrofit_id)
    said = checking.note(remark, "note")
    checking.not_to_come(happened_on, "happenedOn")
    moving.check_retrofit(found.state, state)
    if found.state is not RetrofitState.RESERVED:
        checking.in_order(found.moved_on, happened_on, "happenedOn")
    await write.run(
        insert(KeyUnitRetrofitStep).values(
            account_id=account_id, id=new_id(), retrofit_id=retrofit_id, state=state.value, happened_on=happened_on,
            note=said, **recorded(scope),
        )
    )  # fmt: skip
    note(write, "keyunits:move", "carbon_account", account_id, retrofit=str(retrofit_id), state=state.value)
    return await retrofit(write, scope, account_id, retrofit_id)


async def record_saving(
    write: Write, scope: Scope, account_id: UUID, retrofit_id: UUID, draft: SavingDraft, *, evidence_id: UUID | None
) -> SavingRow:
    """Compare before and after of a completed project; it counts once another person of the authority confirms it.

    Raises:
        Unauthenticated, Forbidden: without `keyunits:manage` (the unit) or `keyunits:supervise`.
        AccountNotFound, AccountNotYours, AccountClosed, KeyUnitRetrofitNotFound: in this order.
        KeyUnitStepNotNow: the project is not completed.
        KeyUnitDatesInvalid, KeyUnitQuantityInvalid, KeyUnitTextInvalid: see `rules.saving.check`.
        EvidenceNotFound: not in this account.
    """
    of_either(scope)
    await changeable(write, scope, account_id)
    found = await retrofit(write, scope, account_id, retrofit_id)
    if found.state is not RetrofitState.COMPLETED:
        raise KeyUnitStepNotNow(
            state=found.state.value, next="saving", state_zh=RETROFIT_NAMES[found.state].zh, next_zh="节能量核算",
            reason_zh="项目完工后方可核算", reason_en="savings are compared once it is completed",
        )  # fmt: skip
    given = comparing.check(draft)
    proof = await check_evidence(write, scope, account_id, evidence_id)
    before, after, own_id = given.before, given.after, new_id()
    await write.run(
        insert(KeyUnitSaving).values(
            account_id=account_id, id=own_id, retrofit_id=retrofit_id, before_first=before.first,
            before_last=before.last, before_tce=before.tce, before_tco2=before.tco2, before_output=before.output,
            after_first=after.first, after_last=after.last, after_tce=after.tce, after_tco2=after.tco2,
            after_output=after.output, output_unit=given.output_unit, adjustment_tce=given.adjustment_tce,
            adjustment_tco2=given.adjustment_tco2, adjustment_reason=given.adjustment_reason,
            saved_tce=comparing.saved(before.tce, after.tce, given, given.adjustment_tce),
            saved_tco2=comparing.saved(before.tco2, after.tco2, given, given.adjustment_tco2),
            formula=comparing.FORMULA, evidence_id=proof, **recorded(scope),
        )
    )  # fmt: skip
    note(write, "keyunits:save", "carbon_account", account_id, retrofit=str(retrofit_id), saving=str(own_id))
    return await saving(write, scope, account_id, own_id)


async def decide_saving(
    write: Write, scope: Scope, account_id: UUID, saving_id: UUID, *, is_confirmed: bool, reason: str
) -> SavingRow:
    """Confirm or reject a comparison.

    Raises:
        Unauthenticated, Forbidden: without `keyunits:supervise`.
        KeyUnitSavingNotFound, KeyUnitDecided: in this order.
        KeyUnitSecondPerson: the caller recorded it.
        KeyUnitTextInvalid: no reason.
    """
    of_authority(scope)
    await lock(write, str(saving_id))
    found = await saving(write, scope, account_id, saving_id)
    if found.is_confirmed is not None:
        raise KeyUnitDecided
    if found.recorded_by == scope.actor_id:
        raise KeyUnitSecondPerson
    why = checking.text(reason, "reason")
    await write.run(
        insert(KeyUnitSavingDecision).values(
            account_id=account_id, saving_id=saving_id, is_confirmed=is_confirmed, reason=why, **recorded(scope)
        )
    )
    note(
        write, "keyunits:decide_saving", "carbon_account", account_id, saving=str(saving_id), is_confirmed=is_confirmed
    )
    return await saving(write, scope, account_id, saving_id)


async def retrofit(read: Read, scope: Scope, account_id: UUID, retrofit_id: UUID) -> RetrofitRow:
    """Return a project. Raises KeyUnitRetrofitNotFound."""
    found = await queries_work.retrofit(read, scope, account_id, retrofit_id)
    if found is None:
        raise KeyUnitRetrofitNotFound
    return found


async def saving(read: Read, scope: Scope, account_id: UUID, saving_id: UUID) -> SavingRow:
    """Return a comparison. Raises KeyUnitSavingNotFound."""
    found = await queries_work.saving(read, scope, account_id, saving_id)
    if found is None:
        raise KeyUnitSavingNotFound
    return found
