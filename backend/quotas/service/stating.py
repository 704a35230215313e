"""How an account stood in its compliance years by what was known at a moment: for statements of the past and of today.

`position` answers for today, with the cheapest way to settle. Here nothing recorded after the moment counts: verified
figures, production data, surrenders, their reversals, closings and duties. The number of statements does not grow with
the years.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on

from backend.accounts import service as accounts
from backend.emissions.service import DirectEmissions
from backend.factors import service as factors
from backend.kit.clock import CHINA
from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.ledger import service as ledger
from backend.ledger.methods import offset_unit
from backend.ledger.values import CCER, CEA, BatchValue
from backend.quotas import queries, rules
from backend.quotas.errors import QuotaRuleUnknown
from backend.quotas.models import QuotaDutyEntry, QuotaOutput, QuotaSurrender, QuotaSurrenderLine, QuotaVerified
from backend.quotas.rules.rounding import ZERO, add, whole_up
from backend.quotas.service.duties import DutyStanding, of_sectors
from backend.quotas.service.duties import standing as duties_standing
from backend.quotas.service.gathering import Obligation, facility_year, obligation_of, runs_in
from backend.quotas.values import (
    FIRST_YEAR,
    CarryOverState,
    ClosingValue,
    DutyEntryKind,
    DutyEntryValue,
    FacilityValue,
    OutputValue,
    VerifiedValue,
)


@dataclass(frozen=True, slots=True)
class Settled:
    """Units a surrender settled a year with, by movement of the ledger; `on` is the day of it in China."""

    movement_id: UUID
    class_code: str
    quantity: Decimal
    on: date


@dataclass(frozen=True, slots=True)
class YearStanding:
    """How an account stood in a compliance year, in tCO2 and whole units; None where it could not be told.

    `usable_*` are the units that were available and might settle the year without conversion; `has_converted` says that
    the account had allowances carried over, which are not among them. `gap` is what lacked (positive) or was left.
    """

    year: int
    owed: Obligation
    verified_ids: tuple[UUID, ...]
    settled: tuple[Settled, ...]
    remaining: Decimal | None
    usable_cea: Decimal | None
    usable_ccer: Decimal | None
    gap: Decimal | None
    has_converted: bool
    due: date | None
    closed: ClosingValue | None
    duties: tuple[DutyStanding, ...]

    def settled_with(self, class_code: str) -> Decimal:
        """Return how many units of a class settled the year."""
        return sum((each.quantity for each in self.settled if each.class_code == class_code), ZERO)


@dataclass(frozen=True, slots=True)
class _Known:
    """What the books held at the moment, of all years at once."""

    book: rules.Book
    day: date
    facilities: Sequence[FacilityValue]
    outputs: Mapping[int, Sequence[OutputValue]]
    verified: Mapping[int, Mapping[UUID | None, VerifiedValue]]
    settled: Mapping[int, Sequence[Settled]]
    closings: Mapping[int, ClosingValue]
    entries: Mapping[int, Sequence[DutyEntryValue]]
    has_converted: bool
    batches: Sequence[tuple[BatchValue, Decimal]]


async def year_standings(
    read: Read,
    scope: Scope,
    account_id: UUID,
    years: Sequence[int],
    known_at: datetime,
    *,
    direct: Mapping[int, DirectEmissions],
    available: Mapping[UUID, Decimal],
) -> list[YearStanding]:
    """Return how an account stood in those of the years in which it had a unit or line in the market, by year.

    `direct` are the direct emissions of the inventories that counted at the moment, `available` the units of each batch
    that were available then.

    Raises:
        Unauthenticated, Forbidden: without `quotas:read`.
        AccountNotFound: not there, or not visible.
    """
    scope.require("quotas:read")
    await accounts.account(read, scope, account_id)
    found = [each for each in await queries.facilities(read, scope, [account_id]) if each.created_at <= known_at]
    wanted = [year for year in sorted(years) if year >= FIRST_YEAR and any(runs_in(each, year) for each in found)]
    if not wanted:
        return []
    known = await _known(read, scope, account_id, wanted, known_at, found, available)
    return [_standing(known, account_id, year, direct.get(year)) for year in wanted]


async def _known(
    read: Read, scope: Scope, account_id: UUID, years: Sequence[int], known_at: datetime,
    facilities: Sequence[FacilityValue], available: Mapping[UUID, Decimal],
) -> _Known:  # fmt: skip
    day = known_at.astimezone(CHINA).date()
    book = await factors.book(read, scope, published_by=day, known_at=known_at, names=rules.FAMILIES)
    outputs: dict[int, list[OutputValue]] = defaultdict(list)
    for row in await read.rows(
        queries.OUTPUT.where(
            QuotaOutput.account_id == account_id, QuotaOutput.year.in_(years), QuotaOutput.recorded_at <= known_at
        )
        .ext(distinct_on(QuotaOutput.year, QuotaOutput.facility_id, QuotaOutput.month))
        .order_by(
            QuotaOutput.year, QuotaOutput.facility_id, QuotaOutput.month, QuotaOutput.recorded_at.desc(),
            QuotaOutput.id.desc(),
        )
    ):  # fmt: skip
        outputs[row.year].append(OutputValue(*row))
    verified: dict[int, dict[UUID | None, VerifiedValue]] = defaultdict(dict)
    for row in await read.rows(
        queries.VERIFIED.where(
            QuotaVerified.account_id == account_id, QuotaVerified.year.in_(years), QuotaVerified.entered_at <= known_at
        )
        .ext(distinct_on(QuotaVerified.year, QuotaVerified.facility_id))
        .order_by(
            QuotaVerified.year, QuotaVerified.facility_id, QuotaVerified.entered_at.desc(), QuotaVerified.id.desc()
        )
    ):
        verified[row.year][row.facility_id] = VerifiedValue(*row)
    entries: dict[int, list[DutyEntryValue]] = defaultdict(list)
    for row in await read.rows(
        queries.DUTY.where(
            QuotaDutyEntry.account_id == account_id, QuotaDutyEntry.year.in_(years),
            QuotaDutyEntry.recorded_at <= known_at,
        ).order_by(QuotaDutyEntry.recorded_at, QuotaDutyEntry.id)
    ):  # fmt: skip
        entries[row.year].append(queries.made(DutyEntryValue, row, kind=DutyEntryKind(row.kind)))
    closings = await queries.closings(read, scope, [account_id])
    carried = await queries.carry_overs(read, scope, account_id=account_id, state=CarryOverState.APPROVED)
    batches = await ledger.batches(read, scope, [each for each, amount in available.items() if amount > 0])
    return _Known(
        book=book,
        day=day,
        facilities=facilities,
        outputs=outputs,
        verified=verified,
        settled=await _settled(read, scope, account_id, years, known_at),
        closings={year: each for (_, year), each in closings.items() if each.closed_at <= known_at},
        entries=entries,
        has_converted=any(each.decided_at is not None and each.decided_at <= known_at for each in carried),
        batches=[(each, available[own]) for own, each in batches.items()],
    )


async def _settled(
    read: Read, scope: Scope, account_id: UUID, years: Sequence[int], known_at: datetime
) -> dict[int, list[Settled]]:
    """Return what settled each year, without what was known to be reversed."""
    line = QuotaSurrenderLine
    rows = await read.rows(
        select(QuotaSurrender.year, line.movement_id, line.class_code, line.quantity, QuotaSurrender.surrendered_at)
        .join(
            QuotaSurrender, (QuotaSurrender.account_id == line.account_id) & (QuotaSurrender.id == line.surrender_id)
        )
        .where(
            QuotaSurrender.account_id == account_id, QuotaSurrender.year.in_(years),
            QuotaSurrender.surrendered_at <= known_at,
        )
        .order_by(line.movement_number)
    )  # fmt: skip
    undone = await ledger.reversals_of(read, scope, [row.movement_id for row in rows])
    found: dict[int, list[Settled]] = defaultdict(list)
    for row in rows:
        reversal = undone.get(row.movement_id)
        if reversal is None or reversal.recorded_at > known_at:
            on = row.surrendered_at.astimezone(CHINA).date()
            found[row.year].append(Settled(row.movement_id, row.class_code, row.quantity, on))
    return found


def _standing(known: _Known, account_id: UUID, year: int, direct: DirectEmissions | None) -> YearStanding:
    running = [each for each in known.facilities if runs_in(each, year)]
    entered = known.verified.get(year, {})
    outputs = known.outputs.get(year, ())
    years = [
        facility_year(each, year, [one for one in outputs if one.facility_id == each.id], entered.get(each.id))
        for each in running
    ]
    owed = obligation_of(known.book, year, years, entered, direct)
    settled = tuple(known.settled.get(year, ()))
    done = add(*(each.quantity for each in settled)) if settled else ZERO
    remaining = None if owed.obligation is None else max(whole_up(owed.obligation) - done, ZERO)
    cea, ccer = _usable(known, year)
    calendar = of_sectors(known.book, year, {each.sector for each in running})
    entries = known.entries.get(year, ())
    duties = duties_standing(account_id, calendar, entries, known.day)
    if owed.is_verified and remaining == 0:
        duties = settled_duties(duties, entries, settled, known.day)
    return YearStanding(
        year=year,
        owed=owed,
        verified_ids=tuple(each.id for each in entered.values()),
        settled=settled,
        remaining=remaining,
        usable_cea=cea,
        usable_ccer=ccer,
        gap=_gap(known, year, owed, settled, remaining, cea, ccer),
        has_converted=known.has_converted,
        due=next((each.due for each in calendar if each.kind is rules.DutyKind.SURRENDER), None),
        closed=known.closings.get(year),
        duties=tuple(duties),
    )


def settled_duties(
    duties: Sequence[DutyStanding], entries: Sequence[DutyEntryValue], settled: Sequence[Settled], day: date
) -> list[DutyStanding]:
    """Return the duties of a year nothing is owed for: its surrender is done as of the last receipt.

    Surrenders record that themselves; this is for receipts from before they did. What was said of the duty counts first.
    """
    is_said = any(
        each.duty == rules.DutyKind.SURRENDER.value and each.kind is not DutyEntryKind.OWNER for each in entries
    )
    if is_said or not settled:
        return list(duties)
    on = max(each.on for each in settled)
    return [
        replace(each, state=rules.duty_state(each.duty.due, on, day), done_on=on, warning=None)
        if each.duty.kind is rules.DutyKind.SURRENDER
        else each
        for each in duties
    ]


def _gap(
    known: _Known, year: int, owed: Obligation, settled: Sequence[Settled], remaining: Decimal | None,
    cea: Decimal | None, ccer: Decimal | None,
) -> Decimal | None:  # fmt: skip
    """Return what is still owed less the allowances and, up to their share, the offsets that might settle it."""
    if remaining is None or owed.obligation is None or cea is None or ccer is None:
        return None
    try:
        room = rules.ccer_cap(known.book, year, owed.obligation).whole
    except QuotaRuleUnknown:
        return None
    used = sum((each.quantity for each in settled if each.class_code == CCER), ZERO)
    return remaining - cea - min(ccer, max(room - used, ZERO))


def _usable(known: _Known, year: int) -> tuple[Decimal | None, Decimal | None]:
    """Return the available units that might settle the year, allowances and offsets; None where no rule tells."""
    found = {CEA: ZERO, CCER: ZERO}
    try:
        for batch, amount in known.batches:
            if batch.class_code == CEA and batch.vintage is not None:
                outcome = rules.vintage_check(known.book, batch.vintage, year).outcome
            elif batch.class_code == CCER:
                unit = offset_unit(batch.attributes, batch.produced_from, batch.vintage)
                outcome = rules.offset_check(known.book, unit, year, known.day).outcome
            else:
                continue
            if outcome is rules.Outcome.PASS:
                found[batch.class_code] = add(found[batch.class_code], amount)
    except QuotaRuleUnknown:
        return None, None
    return found[CEA], found[CCER]


__all__ = ["Settled", "YearStanding", "year_standings"]
