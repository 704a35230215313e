"""Carry old allowances over (结转): applied for by the holder, decided by the authority.

A conversion does not move a unit: it is the same allowance, in the same account, and the append-only table of converted
serials says that it may settle 2025 and later. So nothing is retired and issued anew, no unit can be counted twice on
the way, an exclusion constraint keeps a serial from being converted twice, and whoever buys a converted unit holds a
converted unit. What is not converted cannot settle 2025 or later.
"""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select, update
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.dialects.postgresql.ranges import MultiRange

from backend.accounts import service as accounts
from backend.kit.clock import now, today
from backend.kit.db import Write
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.ledger.values import CEA
from backend.quotas import queries, rules
from backend.quotas.errors import (
    AuthorityOnly,
    CarryOverDecided,
    CarryOverNotFound,
    CarryOverTooMuch,
    CarryOverUnitsGone,
    NotEnoughUnits,
    QuotaEvidenceNeeded,
    QuotaInputImpossible,
    SettlementEmpty,
)
from backend.quotas.models import QuotaCarryOver, QuotaConverted
from backend.quotas.queries import Serials, common
from backend.quotas.rules.rounding import plain
from backend.quotas.service.common import YEAR_LOCK, book_of, check_day, columns, note, supervised, told, words
from backend.quotas.service.position import size, without
from backend.quotas.service.surrendering import first_of
from backend.quotas.values import CarryOverState, CarryOverValue

FIRST_DAY = date(2024, 1, 1)
STATES_ZH = {CarryOverState.APPLIED: "申请", CarryOverState.APPROVED: "批准", CarryOverState.REJECTED: "驳回"}


async def apply(
    write: Write,
    scope: Scope,
    *,
    account_id: UUID,
    sector: rules.Sector,
    net_sales: Decimal,
    quantity: Decimal,
    document: str,
    lodged_on: date | None = None,
    evidence_id: UUID | None = None,
) -> CarryOverValue:
    """Apply to carry over so many old allowances, the oldest vintages first.

    The most is the sector's base and 1.5 times the net sales within the window, as the exchange's statement shows them
    (`document`). `lodged_on` is the day the application was lodged with the authority, by default today; an earlier one
    is shown by a file. It must not be after the last day to apply.

    Raises:
        Unauthenticated, Forbidden: without `quotas:settle`.
        AccountNotFound, AccountNotYours, AccountClosed: in this order.
        QuotaDatesInvalid, QuotaEvidenceNeeded: the day it was lodged.
        QuotaTextMissing, EvidenceNotFound: what shows the net sales.
        SettlementEmpty: no whole units.
        QuotaInputImpossible: not the account's sector, or net sales beyond counting.
        CarryOverTooLate: after the last day to apply.
        NotEnoughUnits: fewer old allowances available that are not carried over yet.
        CarryOverTooMuch: more than the maximum, with what was applied for and approved before.
    """
    scope.require("quotas:settle")
    account = await accounts.own_account(write, scope, account_id)
    day = lodged_on or today()
    check_day("lodgedOn", day, first=FIRST_DAY)
    if day != today() and evidence_id is None:
        raise QuotaEvidenceNeeded(day=day.isoformat(), path=("input", "evidenceId"))
    named = words("document", document)
    if evidence_id is not None:
        await accounts.evidence(write, scope, account_id, evidence_id)
    if quantity <= 0 or quantity != quantity.to_integral_value():
        raise SettlementEmpty(given=plain(quantity), path=("input", "quantity"))
    await _check_sector(write, scope, account_id, sector)
    await _hold(write, account_id)
    maximum = rules.carry_over(await book_of(write, scope), sector, net_sales, on=day)
    before = [
        each
        for each in await queries.carry_overs(write, scope, account_id=account_id)
        if each.state is not CarryOverState.REJECTED
    ]
    taken = sum((each.quantity for each in before), Decimal(0))
    most = rules.issuable(maximum.maximum)
    if taken + quantity > most:
        raise CarryOverTooMuch(maximum=plain(most), taken=plain(taken), wanted=plain(quantity))
    serials = await _old_units(write, scope, account_id, maximum.vintages, [each.serials for each in before], quantity)
    value = CarryOverValue(
        account_id=account_id, id=new_id(), sector=sector.value, net_sales=net_sales, maximum=most, quantity=quantity,
        serials=serials, lodged_on=day, evidence_id=evidence_id, document=named, explanation=told(maximum),
        state=CarryOverState.APPLIED, applied_at=now(), applied_by=scope.actor_id, decided_at=None, decided_by=None,
        decision="",
    )  # fmt: skip
    given: dict[str, Any] = {**columns(value), "serials": ranges(serials)}
    await write.run(insert(QuotaCarryOver).values(given))
    note(write, account, "quotas:apply_carry_over", "quota_carry_over", value.id, quantity=quantity, maximum=most,
         net_sales=net_sales, lodged_on=day, serials=serials)  # fmt: skip
    return value


async def _check_sector(write: Write, scope: Scope, account_id: UUID, sector: rules.Sector) -> None:
    known = sorted({each.sector for each in await queries.facilities(write, scope, [account_id])})
    if sector.value not in known:
        raise QuotaInputImpossible(
            field="sector", value=sector.value, range_en=f"of the account's units and lines: {', '.join(known) or 'none'}",
            range_zh=f"该账户机组或生产线所属行业（{'、'.join(known) or '无'}）", path=("input", "sector"),
        )  # fmt: skip


async def _hold(write: Write, account_id: UUID) -> None:
    """Hold the account's carry-over: applications of one account follow each other."""
    await write.value(select(func.pg_advisory_xact_lock(func.hashtextextended(f"{account_id}:carry", YEAR_LOCK))))


async def _old_units(
    write: Write, scope: Scope, account_id: UUID, vintages: tuple[int, int], named: list[Serials], quantity: Decimal
) -> Serials:
    """Return the serials of old allowances, oldest vintage first, that are neither carried over nor applied for."""
    low, high = vintages
    left = int(quantity)
    found: list[tuple[int, int]] = []
    lots = [each for each in await queries.lots(write, scope, account_id, [CEA]) if low <= (each.vintage or 0) <= high]
    for lot in sorted(lots, key=lambda each: each.vintage or 0):
        free = without(lot.serials, lot.converted)
        for serials in named:
            free = without(free, serials)
        part = first_of(free, left)
        found.extend(part)
        left -= size(part)
    if left:
        raise NotEnoughUnits(
            usable=int(quantity) - left, wanted=plain(quantity), unit_class=f"CEA {low}-{high}", year=high + 1
        )
    return tuple(sorted(found))


def ranges(serials: Serials) -> MultiRange[int]:
    """Return runs of serials as the database has them."""
    return MultiRange([Range(first, last + 1) for first, last in serials])


async def decide(
    write: Write, scope: Scope, *, account_id: UUID, carry_over_id: UUID, is_approved: bool, decision: str = ""
) -> CarryOverValue:
    """Decide on an application. Approved, its units may settle 2025 and later; they must still be in the account.

    Raises:
        Unauthenticated, Forbidden: without `quotas:allocate`.
        CarryOverNotFound: not there, or not visible.
        AuthorityOnly, CarryOverDecided: in this order.
        QuotaTextMissing: a rejection without its reason.
        CarryOverTooLate: it was lodged after the last day.
        CarryOverUnitsGone: some are not available in the account any more, or were carried over before.
    """
    scope.require("quotas:allocate")
    [known] = await queries.carry_overs_by_id(write, scope, [(account_id, carry_over_id)])
    if known is None:
        raise CarryOverNotFound
    account = await supervised(write, scope, account_id)
    await _hold(write, account_id)
    row = await write.row(
        queries.CARRY_OVER.where(
            QuotaCarryOver.account_id == account_id, QuotaCarryOver.id == carry_over_id
        ).with_for_update()
    )
    if row is None:
        raise AuthorityOnly
    held = queries.carry_over_of(row)
    if held.state is not CarryOverState.APPLIED:
        raise CarryOverDecided(state=held.state.value, state_zh=STATES_ZH[held.state])
    why = words("decision", decision, is_needed=not is_approved)
    if is_approved:
        rules.carry_over(await book_of(write, scope), rules.Sector(held.sector), held.net_sales, on=held.lodged_on)
        await _convert(write, scope, held)
    changed = replace(
        held, state=CarryOverState.APPROVED if is_approved else CarryOverState.REJECTED, decided_at=now(),
        decided_by=scope.actor_id, decision=why,
    )  # fmt: skip
    await write.run(
        update(QuotaCarryOver)
        .where(QuotaCarryOver.account_id == account_id, QuotaCarryOver.id == carry_over_id)
        .values(
            state=changed.state.value, decided_at=changed.decided_at, decided_by=changed.decided_by, decision=why
        )
    )  # fmt: skip
    note(write, account, f"quotas:carry_over_{changed.state.value}", "quota_carry_over", held.id,
         quantity=held.quantity, reason=why)  # fmt: skip
    return changed


async def _convert(write: Write, scope: Scope, held: CarryOverValue) -> None:
    there: Serials = ()
    for lot in await queries.lots(write, scope, held.account_id, [CEA]):
        there = (*there, *common(without(lot.serials, lot.converted), held.serials))
    missing = int(held.quantity) - size(there)
    if missing:
        raise CarryOverUnitsGone(missing=missing)
    await write.run(
        insert(QuotaConverted),
        [
            {"serials": Range(first, last + 1), "carry_over_id": held.id, "converted_at": now()}
            for first, last in held.serials
        ],
    )
