"""Allocate: computed by the rules, proposed by one person of the authority, issued by another into the ledger."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import insert, literal, update
from sqlalchemy.dialects.postgresql import insert as upsert

from backend.accounts import service as accounts
from backend.accounts.values import AccountValue
from backend.kit.clock import now
from backend.kit.db import Read, Write
from backend.kit.errors import CarbonError
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.ledger import service as ledger
from backend.ledger.values import CEA, BatchSpec, Reason
from backend.quotas import queries, rules
from backend.quotas.errors import (
    AllocationDecided,
    AllocationIncomplete,
    AllocationNotFound,
    AllocationOutdated,
    AllocationStands,
    AuthorityOnly,
    OtherPersonNeeded,
)
from backend.quotas.models import QuotaAllocation, QuotaAllocationLine
from backend.quotas.rules.rounding import ZERO, add, plain
from backend.quotas.service.common import book_of, check_year, columns, hold_year, note, supervised, told, words
from backend.quotas.service.duties import settle_duty
from backend.quotas.service.gathering import FacilityYear, facility_years, settled
from backend.quotas.values import REVOKE_ALLOCATION, AllocationLineValue, AllocationState, AllocationValue, Stage

STATES_ZH = {AllocationState.PROPOSED: "提出", AllocationState.ISSUED: "发放", AllocationState.REJECTED: "驳回",
             AllocationState.REVOKED: "撤销"}  # fmt: skip
STANDING = {AllocationState.PROPOSED, AllocationState.ISSUED}
Need = tuple[str, str]
"""Something that is missing, in Chinese and English."""


@dataclass(frozen=True, slots=True)
class DraftLine:
    """What a facility would be allocated; `quota` None where `problem` says why it cannot be told."""

    year: FacilityYear
    quota: rules.Quota | None
    problem: CarbonError | None


@dataclass(frozen=True, slots=True)
class Draft:
    """An allocation as the rules compute it now. `computed` None while it cannot be told; `missing` says what it needs.

    `quantity` are the whole units to issue now: of a final allocation what the pre-allocation has not issued yet.
    `return_due` are the whole units to give back because the pre-allocation was more.
    """

    stage: Stage
    computed: Decimal | None
    quantity: Decimal
    issued_before: Decimal
    return_due: Decimal
    lines: tuple[DraftLine, ...]
    amount: rules.Amount | None
    settlement: rules.Settlement | None
    missing: tuple[Need, ...]


async def preview(read: Read, scope: Scope, account_id: UUID, year: int, stage: Stage) -> Draft:
    """Return what would be allocated, with every factor, its document and confidence, and what is still missing.

    Raises:
        Unauthenticated, Forbidden: without `quotas:read`.
        AccountNotFound: not there, or not visible.
        QuotaYearOutOfRange: the year.
    """
    scope.require("quotas:read")
    await accounts.account(read, scope, account_id)
    check_year(year)
    return await _draft(read, scope, account_id, year, stage)


async def _draft(read: Read, scope: Scope, account_id: UUID, year: int, stage: Stage) -> Draft:
    book = await book_of(read, scope)
    if stage is Stage.PRE:
        return await _pre(read, scope, book, account_id, year)
    return await _final(read, scope, book, account_id, year)


async def _final(read: Read, scope: Scope, book: rules.Book, account_id: UUID, year: int) -> Draft:
    years = await facility_years(read, scope, account_id, year)
    known = await queries.balance_values(read, scope, year=year, is_newest=True)
    balances = {each.sector: each.value for each in known}
    lines = tuple(_line(book, each, year, balances.get(each.facility.sector)) for each in years)
    missing = _missing(lines)
    settlement, computed = None, None
    if not missing:
        settlement = settled(book, year, years)
        industry = (each.quota.quota for each in lines if each.quota and each.year.facility.unit_class is None)
        computed = add(ZERO, *industry, settlement.allocation if settlement is not None else ZERO)
    standing = await queries.allocations(
        read, scope, account_id=account_id, year=year, stage=Stage.PRE, state=AllocationState.ISSUED
    )
    before = sum((each.quantity for each in standing), ZERO)
    due = ZERO if computed is None else rules.issuable(computed) - before
    return Draft(
        Stage.FINAL, computed, max(due, ZERO), before, max(-due, ZERO), lines, None, settlement, missing
    )  # fmt: skip


def _line(book: rules.Book, each: FacilityYear, year: int, balance: Decimal | None) -> DraftLine:
    try:
        if each.facility.unit_class is not None:
            inputs = each.power_inputs(year)
            return DraftLine(each, rules.power_quota(book, inputs) if inputs else None, None)
        if each.verified is None or each.facility.line is None:
            return DraftLine(each, None, None)
        given = rules.IndustryInputs(
            year=year, verified=each.verified.emissions, sector=rules.Sector(each.facility.sector),
            intensity=each.verified.intensity or each.intensity, balance=balance,
            line=rules.LineKind(each.facility.line),
        )  # fmt: skip
        return DraftLine(each, rules.industry_quota(book, given), None)
    except CarbonError as error:
        return DraftLine(each, None, error)


NOT_STATED = ("未填报", "is not stated")
OF_MONTHS = (
    "须按全年填报：各月的负荷系数、供热比不作平均",
    "is stated for the whole year only: loads and heat ratios of months are never averaged",
)
"""Why a factor is assumed: its input is not there, or there for months alone."""
YEARLY = frozenset({"load", "peaking", "heat_supply"})
"""Factors whose input is a share of the whole year."""


def _missing(lines: Sequence[DraftLine]) -> tuple[Need, ...]:
    """Return what stops an allocation: data, verified emissions, and inputs that were only assumed."""
    if not lines:
        return (("账户当年没有纳入管理的机组或生产线", "a unit or line that ran in the year"),)
    found: list[Need] = []
    for each in lines:
        code = each.year.facility.code
        if each.problem is not None:
            found.append((f"{code}：{each.problem.message('zh')}", f"{code}: {each.problem.message('en')}"))
        is_silent = each.quota is None and each.problem is None and each.year.facility.unit_class is not None
        if is_silent and each.year.missing_months:
            months = ", ".join(str(month) for month in each.year.missing_months)
            found.append(
                (f"{code} 的 {months} 月数据（或全年数据）", f"data of {code} for months {months}, or its year")
            )
        elif is_silent:
            found.append((f"{code} 的全年电量和供热量", f"electricity and heat of {code} for the year"))
        if each.year.verified is None:
            found.append((f"{code} 的经核查排放量", f"verified emissions of {code}"))
        for step in each.quota.factors if each.quota else ():
            if step.is_assumed:
                why_zh, why_en = OF_MONTHS if each.year.is_summed and step.code in YEARLY else NOT_STATED
                found.append((f"{code} 的{step.label_zh}（{why_zh}）", f"{step.label_en} of {code}, which {why_en}"))
    return tuple(found)


async def _pre(read: Read, scope: Scope, book: rules.Book, account_id: UUID, year: int) -> Draft:
    """The pre-allocation: power only. From 2021 a share of the earlier year's verified emissions, before of 2018's output."""
    base_year = year - 1 if year > 2020 else 2018  # noqa: PLR2004 - the plan of 2019 and 2020 starts from the output of 2018
    years = await facility_years(read, scope, account_id, base_year)
    units = [each for each in years if each.facility.unit_class is not None]
    missing: list[Need] = []
    amount: rules.Amount | None = None
    computed: Decimal | None = None
    if not units:
        missing.append((f"{base_year} 年运行的发电机组", f"a power unit that ran in {base_year}"))
    elif base_year == 2018:  # noqa: PLR2004 - as above
        inputs = [(each, each.power_inputs(year)) for each in units]
        missing += [
            (f"{each.facility.code} 的 2018 年电量和供热量", f"electricity and heat of {each.facility.code} in 2018")
            for each, given in inputs if given is None
        ]  # fmt: skip
        if not missing:
            amounts = [rules.pre_allocation(book, year, output_2018=given) for _, given in inputs if given]
            computed = add(ZERO, *(each.value for each in amounts))
            amount = replace(
                amounts[0], value=computed, formula=" + ".join(each.formula for each in amounts),
                factors=tuple(step for each in amounts for step in each.factors),
            )  # fmt: skip
    else:
        missing += [
            (f"{each.facility.code} 的 {base_year} 年经核查排放量", f"verified emissions of {each.facility.code} in {base_year}")
            for each in units if each.verified is None
        ]  # fmt: skip
        if not missing:
            before = add(ZERO, *(each.verified.emissions for each in units if each.verified is not None))
            amount = rules.pre_allocation(book, year, verified_before=before)
            computed = amount.value
    quantity = ZERO if computed is None else rules.issuable(computed)
    return Draft(Stage.PRE, computed, quantity, ZERO, ZERO, (), amount, None, tuple(missing))


async def propose(
    write: Write,
    scope: Scope,
    *,
    account_id: UUID,
    year: int,
    stage: Stage,
    document: str,
    note_text: str = "",
    quantity: Decimal | None = None,
) -> AllocationValue:
    """Propose what the rules compute. A pre-allocation of which the plan only names a maximum may be proposed lower.

    Raises:
        Unauthenticated, Forbidden: without `quotas:allocate`.
        AccountNotFound, AuthorityOnly: in this order.
        QuotaYearOutOfRange, ComplianceYearClosed: the year.
        QuotaTextMissing: the document.
        AllocationIncomplete: something needed is not known, or would be an assumption.
        QuotaRuleUnknown, QuotaRuleUnreadable: no rule for this.
        AllocationOutdated: another quantity than computed, where the plan leaves no room.
        AllocationStands: one is proposed or issued already.
    """
    scope.require("quotas:allocate")
    account = await supervised(write, scope, account_id)
    check_year(year)
    await hold_year(write, scope, account_id, year)
    named = words("document", document)
    draft = await _draft(write, scope, account_id, year, stage)
    computed = _complete(draft)
    if quantity is not None and quantity != draft.quantity:
        is_room = draft.amount is not None and draft.amount.is_maximum and quantity == quantity.to_integral_value()
        if not is_room or not 0 < quantity < draft.quantity:
            raise AllocationOutdated(before=plain(quantity), after=plain(draft.quantity), path=("input", "quantity"))
        draft = replace(draft, quantity=quantity)
    value = AllocationValue(
        account_id=account_id, id=new_id(), year=year, stage=stage, state=AllocationState.PROPOSED, computed=computed,
        quantity=draft.quantity, issued_before=draft.issued_before, return_due=draft.return_due, document=named,
        note=words("note", note_text, is_needed=False), explanation=_explanation(draft), proposed_at=now(),
        proposed_by=scope.actor_id, decided_at=None, decided_by=None, decision="", movement_id=None,
    )  # fmt: skip
    statement = upsert(QuotaAllocation).values(columns(value)).on_conflict_do_nothing().returning(literal(1))
    if await write.value(statement) is None:
        known = await queries.allocations(write, scope, account_id=account_id, year=year, stage=stage)
        state = next(each.state for each in known if each.state in STANDING)
        raise AllocationStands(year=year, state=state.value, state_zh=STATES_ZH[state])
    if draft.lines:
        await write.run(insert(QuotaAllocationLine), [columns(each) for each in _lines(value, draft)])
    note(write, account, "quotas:propose_allocation", "quota_allocation", value.id, year=year, stage=stage,
         computed=computed, quantity=value.quantity, return_due=value.return_due, document=named)  # fmt: skip
    return value


def _complete(draft: Draft) -> Decimal:
    if draft.missing or draft.computed is None:
        raise AllocationIncomplete(
            missing_zh="；".join(each[0] for each in draft.missing),
            missing_en="; ".join(each[1] for each in draft.missing),
        )
    return draft.computed


def _explanation(draft: Draft) -> dict[str, Any]:
    return {"amount": told(draft.amount), "settlement": told(draft.settlement)}


def _lines(value: AllocationValue, draft: Draft) -> list[AllocationLineValue]:
    return [
        AllocationLineValue(
            account_id=value.account_id, allocation_id=value.id, facility_id=each.year.facility.id,
            computed=each.quota.quota, verified=each.year.verified.emissions if each.year.verified else None,
            explanation=told(each.quota),
        )
        for each in draft.lines if each.quota is not None
    ]  # fmt: skip


async def held_in(
    write: Write, scope: Scope, account_id: UUID, allocation_id: UUID, state: AllocationState
) -> AllocationValue:
    """Hold the year and the allocation, and return it while it is in a state.

    Raises:
        AllocationNotFound, ComplianceYearClosed, AuthorityOnly: in this order.
        AllocationDecided: it is in another state.
    """
    [known] = await queries.allocations_by_id(write, scope, [(account_id, allocation_id)])
    if known is None:
        raise AllocationNotFound
    await hold_year(write, scope, account_id, known.year)
    row = await write.row(
        queries.ALLOCATION.where(
            QuotaAllocation.account_id == account_id, QuotaAllocation.id == allocation_id
        ).with_for_update()
    )
    if row is None:
        raise AuthorityOnly
    held = queries.allocation_of(row)
    if held.state is not state:
        raise AllocationDecided(state=held.state.value, state_zh=STATES_ZH[held.state])
    return held


async def issue(
    write: Write, scope: Scope, *, account_id: UUID, allocation_id: UUID, decision: str = ""
) -> AllocationValue:
    """Approve a proposal: its units are issued into the ledger as CEA of the year, in this very transaction.

    A final allocation that is less than what was pre-allocated issues nothing and names what has to be given back.

    Raises:
        Unauthenticated, Forbidden: without `quotas:allocate` or `ledger:issue`.
        AllocationNotFound: not there, or not visible.
        AuthorityOnly, ComplianceYearClosed, AllocationDecided: in this order.
        OtherPersonNeeded: proposed by oneself.
        AllocationIncomplete, AllocationOutdated: what it was computed from has changed since.
        AccountUnknown, AccountClosed, ClassUnknown, ClassFrozen: by the ledger's books.
    """
    scope.require("quotas:allocate")
    scope.require("ledger:issue")
    held = await held_in(write, scope, account_id, allocation_id, AllocationState.PROPOSED)
    if scope.actor_id is None or scope.actor_id == held.proposed_by:
        raise OtherPersonNeeded
    account = await supervised(write, scope, account_id)
    draft = await _draft(write, scope, account_id, held.year, held.stage)
    computed = _complete(draft)
    if (computed, draft.issued_before) != (held.computed, held.issued_before):
        raise AllocationOutdated(before=plain(held.computed), after=plain(computed))
    movement_id: UUID | None = None
    if held.quantity > 0:
        movement = await ledger.issue(
            write, scope, account_id, CEA, held.quantity,
            BatchSpec(vintage=held.year, attributes={"stage": held.stage.value, "document": held.document}),
            Reason(
                purpose="quota_allocation", period=held.year, reference=held.document[:200],
                facts={"allocation": str(held.id), "stage": held.stage.value}, undone_by=REVOKE_ALLOCATION,
            ),
        )  # fmt: skip
        movement_id = movement.id
    if held.stage is Stage.FINAL:
        await settle_duty(
            write, scope, account_id=account_id, year=held.year, duty=rules.DutyKind.ALLOCATION, is_done=True,
            why=held.document,
        )  # fmt: skip
    return await _decide(write, scope, account, held, AllocationState.ISSUED, decision, movement_id)


async def reject(
    write: Write, scope: Scope, *, account_id: UUID, allocation_id: UUID, decision: str
) -> AllocationValue:
    """Reject a proposal, with the reason; another may be proposed. Whoever proposed it may not decide on it.

    Raises:
        Unauthenticated, Forbidden: without `quotas:allocate`.
        AllocationNotFound, AuthorityOnly, ComplianceYearClosed, AllocationDecided: in this order.
        OtherPersonNeeded: proposed by oneself.
        QuotaTextMissing: the reason.
    """
    scope.require("quotas:allocate")
    held = await held_in(write, scope, account_id, allocation_id, AllocationState.PROPOSED)
    if scope.actor_id is None or scope.actor_id == held.proposed_by:
        raise OtherPersonNeeded
    account = await supervised(write, scope, account_id)
    return await _decide(write, scope, account, held, AllocationState.REJECTED, words("decision", decision), None)


async def _decide(
    write: Write, scope: Scope, account: AccountValue, held: AllocationValue, state: AllocationState, decision: str,
    movement_id: UUID | None,
) -> AllocationValue:  # fmt: skip
    changed = replace(
        held, state=state, decided_at=now(), decided_by=scope.actor_id, movement_id=movement_id,
        decision=words("decision", decision, is_needed=False),
    )  # fmt: skip
    await write.run(
        update(QuotaAllocation)
        .where(QuotaAllocation.account_id == held.account_id, QuotaAllocation.id == held.id)
        .values(
            state=state.value, decided_at=changed.decided_at, decided_by=changed.decided_by,
            decision=changed.decision, movement_id=movement_id,
        )
    )  # fmt: skip
    note(write, account, f"quotas:allocation_{state.value}", "quota_allocation", held.id, year=held.year,
         stage=held.stage, quantity=held.quantity, return_due=held.return_due, movement=movement_id)  # fmt: skip
    return changed


__all__ = ["Draft", "DraftLine", "held_in", "issue", "preview", "propose", "reject"]
