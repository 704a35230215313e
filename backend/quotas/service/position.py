"""How an account stands in a compliance year: what it owes and holds, what lacks, what it costs, the cheapest way."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from backend.accounts import service as accounts
from backend.kit.clock import today
from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.ledger.methods import offset_unit
from backend.ledger.values import CCER, CEA
from backend.quotas import queries, rules
from backend.quotas.queries import Lot, Serials
from backend.quotas.rules.rounding import ZERO, whole_up
from backend.quotas.service.common import book_of, check_year
from backend.quotas.service.duties import of_sectors
from backend.quotas.service.gathering import Obligation, facility_years, obligation
from backend.quotas.values import ClosingValue

NO_PRICE = ZERO
"""What held units are counted with when their owner does not value them: using them costs no cash."""


@dataclass(frozen=True, slots=True)
class Usable:
    """Units of one batch and whether they may settle the year: `serials` all of the same verdict."""

    lot: Lot
    serials: Serials
    is_converted: bool
    outcome: rules.Outcome
    findings: tuple[rules.Finding, ...]

    @property
    def quantity(self) -> Decimal:
        """How many units."""
        return Decimal(size(self.serials))


@dataclass(frozen=True, slots=True)
class Prices:
    """What a tonne costs, in CNY/t, under a scenario of the parameters or of the caller (`custom`)."""

    code: str
    cea: Decimal
    ccer: Decimal
    cea_figure: rules.Figure | None = None
    ccer_figure: rules.Figure | None = None


@dataclass(frozen=True, slots=True)
class PricedPlan:
    """The cheapest lawful way to settle the rest under some prices."""

    prices: Prices
    plan: rules.Plan


@dataclass(frozen=True, slots=True)
class Standing:
    """What is owed and settled of a year, in tCO2 and units; None where it cannot be told yet.

    `remaining` is what is still owed in whole units, rounded up: a part of a tonne takes a unit. `ccer_room` is how many
    more CCER may be used.
    """

    owed: Obligation
    settled_cea: Decimal
    settled_ccer: Decimal
    remaining: Decimal | None
    ccer_cap: rules.Amount | None
    ccer_room: Decimal | None
    closed: ClosingValue | None


@dataclass(frozen=True, slots=True)
class Position:
    """How an account stands in a year. `gap` is what lacks (positive) or is left (negative) of usable units."""

    account_id: UUID
    year: int
    standing: Standing
    holdings: tuple[Usable, ...]
    usable_cea: Decimal
    usable_ccer: Decimal
    gap: Decimal | None
    due: date | None
    plans: tuple[PricedPlan, ...]


def size(serials: Serials) -> int:
    """Return how many units runs of serials are."""
    return sum(last - first + 1 for first, last in serials)


def without(serials: Serials, taken: Serials) -> Serials:
    """Return runs of serials without others; both in order."""
    found: list[tuple[int, int]] = []
    for first, last in serials:
        start = first
        for low, high in taken:
            if high < start or low > last:
                continue
            if low > start:
                found.append((start, low - 1))
            start = high + 1
        if start <= last:
            found.append((start, last))
    return tuple(found)


async def standing(read: Read, scope: Scope, book: rules.Book, account_id: UUID, year: int) -> Standing:
    """Return what an account owes for a year and has settled of it."""
    years = await facility_years(read, scope, account_id, year)
    owed = await obligation(read, scope, book, account_id, year, years)
    done = (await queries.settled(read, scope, [account_id], year)).get(account_id, {})
    cea, ccer = done.get(CEA, ZERO), done.get(CCER, ZERO)
    closed = (await queries.closings(read, scope, [account_id])).get((account_id, year))
    if owed.obligation is None:
        return Standing(owed, cea, ccer, None, None, None, closed)
    cap = rules.ccer_cap(book, year, owed.obligation)
    remaining = max(whole_up(owed.obligation) - cea - ccer, ZERO)
    return Standing(owed, cea, ccer, remaining, cap, max(cap.whole - ccer, ZERO), closed)


async def holdings(
    read: Read, scope: Scope, book: rules.Book, account_id: UUID, year: int, classes: Sequence[str] = (CEA, CCER)
) -> list[Usable]:
    """Return the units available in the account, each with the verdict whether they may settle the year."""
    found: list[Usable] = []
    for lot in await queries.lots(read, scope, account_id, classes):
        if lot.class_code == CCER:
            found.append(_offset(book, lot, year))
            continue
        for serials, is_converted in ((lot.converted, True), (without(lot.serials, lot.converted), False)):
            if not serials:
                continue
            finding = _vintage(book, lot, year, is_converted=is_converted)
            found.append(Usable(lot, serials, is_converted, finding.outcome, (finding,)))
    return found


def _vintage(book: rules.Book, lot: Lot, year: int, *, is_converted: bool) -> rules.Finding:
    if lot.vintage is None:
        return rules.Finding(
            rules.Outcome.UNKNOWN, "vintage_unstated", "该配额未注明年度，无法判定。",
            "The vintage of these allowances is not stated, so it cannot be told.",
        )  # fmt: skip
    return rules.vintage_check(book, lot.vintage, year, is_converted=is_converted)


def _offset(book: rules.Book, lot: Lot, year: int) -> Usable:
    unit = offset_unit(lot.attributes, lot.produced_from, lot.vintage)
    verdict = rules.offset_check(book, unit, year, today())
    return Usable(lot, lot.serials, is_converted=False, outcome=verdict.outcome, findings=verdict.findings)


async def position(
    read: Read,
    scope: Scope,
    account_id: UUID,
    year: int,
    *,
    custom: Prices | None = None,
    is_valuing_holdings: bool = False,
) -> Position:
    """Return how an account stands in a compliance year, with the cheapest lawful way to settle under each scenario.

    `is_valuing_holdings` counts held units with the scenario's price (what they could be sold for); otherwise they cost
    nothing and are used first.

    Raises:
        Unauthenticated, Forbidden: without `quotas:read`.
        AccountNotFound: not there, or not visible.
        QuotaYearOutOfRange: the year.
        QuotaRuleUnknown: no rule for the year, or no prices on record.
        PlanNotProven: the solver's answer did not pass the exact check.
    """
    scope.require("quotas:read")
    await accounts.account(read, scope, account_id)
    check_year(year)
    book = await book_of(read, scope)
    stands = await standing(read, scope, book, account_id, year)
    held = await holdings(read, scope, book, account_id, year)
    usable = [each for each in held if each.outcome is rules.Outcome.PASS]
    cea = sum((each.quantity for each in usable if each.lot.class_code == CEA), ZERO)
    ccer = sum((each.quantity for each in usable if each.lot.class_code == CCER), ZERO)
    gap = None
    if stands.remaining is not None and stands.ccer_room is not None:
        gap = stands.remaining - cea - min(ccer, stands.ccer_room)
    found = await queries.facilities(read, scope, [account_id])
    calendar = of_sectors(book, year, {each.sector for each in found})
    due = next((each.due for each in calendar if each.kind is rules.DutyKind.SURRENDER), None)
    return Position(
        account_id=account_id,
        year=year,
        standing=stands,
        holdings=tuple(held),
        usable_cea=cea,
        usable_ccer=ccer,
        gap=gap,
        due=due,
        plans=tuple(await _plans(book, stands, usable, custom, is_valuing=is_valuing_holdings)),
    )


async def _plans(
    book: rules.Book, stands: Standing, usable: Sequence[Usable], custom: Prices | None, *, is_valuing: bool
) -> list[PricedPlan]:
    if stands.remaining is None or stands.ccer_room is None:
        return []
    asked = [
        Prices(each.code.value, each.cea.value, each.ccer.value, each.cea, each.ccer)
        for each in rules.price_scenarios(book, today())
        if each.cea.value is not None and each.ccer.value is not None
    ]
    found: list[PricedPlan] = []
    for prices in [*asked, *([custom] if custom else [])]:
        sources = _sources(prices, usable, is_valuing=is_valuing)
        # The solver is imported late and runs beside the loop: it would hold every other request.
        plan = await asyncio.to_thread(rules.cheapest, stands.remaining, stands.ccer_room, sources)
        found.append(PricedPlan(prices, plan))
    return found


def _sources(prices: Prices, usable: Sequence[Usable], *, is_valuing: bool) -> list[rules.Source]:
    kinds = {CEA: (rules.SourceKind.CEA, prices.cea), CCER: (rules.SourceKind.CCER, prices.ccer)}
    # Units alike are one source: an account may hold more batches than the solver is given.
    amounts: dict[tuple[str, int | None], int] = {}
    for each in usable:
        key = (each.lot.class_code, each.lot.vintage)
        amounts[key] = amounts.get(key, 0) + size(each.serials)
    held = [
        rules.Source(
            code=f"held:{code}:{vintage or ''}", kind=kinds[code][0], price=kinds[code][1] if is_valuing else NO_PRICE,
            available=amount, is_purchase=False, vintage=vintage,
        )
        for (code, vintage), amount in amounts.items()
    ]  # fmt: skip
    bought = [
        rules.Source(code=f"buy:{code}", kind=kind, price=price, available=None, is_purchase=True)
        for code, (kind, price) in kinds.items()
    ]
    return [*held, *bought]
