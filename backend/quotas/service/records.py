"""How accounts keep their compliance years, for many accounts at once: duties done in time, and what lacks to settle."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import distinct_on

from backend.emissions.service import DirectEmissions
from backend.factors import service as factors
from backend.kit.clock import CHINA
from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.ledger import service as ledger
from backend.ledger.methods import offset_unit
from backend.ledger.service import LotValue
from backend.ledger.values import CCER, CEA, BatchValue
from backend.quotas import queries, rules
from backend.quotas.errors import QuotaRuleUnknown
from backend.quotas.models import QuotaOutput, QuotaVerified
from backend.quotas.queries import Serials, common, runs
from backend.quotas.rules.rounding import ZERO, whole_up
from backend.quotas.service.duties import DutyStanding, of_sectors
from backend.quotas.service.duties import standing as duties_standing
from backend.quotas.service.gathering import Obligation, facility_year, obligation_of, runs_in
from backend.quotas.service.position import size, without
from backend.quotas.values import FIRST_YEAR, DutyEntryValue, FacilityValue, OutputValue, VerifiedValue


@dataclass(frozen=True, slots=True)
class ComplianceRecord:
    """An account's compliance year as it stood at a moment.

    `on_time` of the duties `due` by then were done in time; `entry_ids` are the entries that say so. `gap` is how many
    units the account lacks to settle what it owes, nothing where it lacks none, None where that could not be told;
    `surrender_ids` are the movements that settled a part.
    """

    account_id: UUID
    year: int
    due: int
    on_time: int
    entry_ids: tuple[UUID, ...]
    owed: Obligation
    verified_ids: tuple[UUID, ...]
    surrender_ids: tuple[UUID, ...]
    gap: Decimal | None


async def compliance_records(
    read: Read,
    scope: Scope,
    account_ids: Sequence[UUID],
    year: int,
    known_at: datetime,
    *,
    direct: Mapping[UUID, DirectEmissions],
    is_present: bool,
) -> dict[UUID, ComplianceRecord]:
    """Return the records of those accounts that had a unit or line in the market in a year; others are left out.

    `direct` are the direct emissions of the inventories that counted at the moment. Holdings are those of now: where the
    moment is past (`is_present` false), what lacks is told only when nothing is owed any more. The number of statements
    does not grow with accounts.

    Raises:
        Unauthenticated, Forbidden: without `quotas:read`.
    """
    scope.require("quotas:read")
    if year < FIRST_YEAR:
        return {}
    running: dict[UUID, list[FacilityValue]] = defaultdict(list)
    for each in await queries.facilities(read, scope, account_ids):
        if each.created_at <= known_at and runs_in(each, year):
            running[each.account_id].append(each)
    if not running:
        return {}
    regulated, day = list(running), known_at.astimezone(CHINA).date()
    book = await factors.book(read, scope, published_by=day, known_at=known_at, names=rules.FAMILIES)
    outputs = await _outputs(read, regulated, year, known_at)
    verified = await _verified(read, regulated, year, known_at)
    entries: dict[UUID, list[DutyEntryValue]] = defaultdict(list)
    for entry in await queries.duty_entries(read, scope, regulated, year):
        if entry.recorded_at <= known_at:
            entries[entry.account_id].append(entry)
    settled = await _settled(read, regulated, year, known_at)
    held = await _held(read, scope, regulated) if is_present else {}
    calendars = {key: of_sectors(book, year, key) for key in {_sectors(facilities) for facilities in running.values()}}
    found: dict[UUID, ComplianceRecord] = {}
    for account_id, facilities in running.items():
        entered = verified[account_id]
        years = [
            facility_year(each, year, [one for one in outputs[account_id] if one.facility_id == each.id],
                          entered.get(each.id))
            for each in facilities
        ]  # fmt: skip
        owed = obligation_of(book, year, years, entered, direct.get(account_id))
        standings = duties_standing(account_id, calendars[_sectors(facilities)], entries[account_id], day)
        duties = [each for each in standings if each.duty.kind not in rules.OFFICIAL]
        done = settled.get(account_id, {})
        found[account_id] = ComplianceRecord(
            account_id=account_id,
            year=year,
            due=sum(1 for each in duties if _is_due(each, known_at)),
            on_time=sum(1 for each in duties if _is_due(each, known_at) and each.state is rules.DutyState.DONE),
            entry_ids=tuple(each.id for each in entries[account_id]),
            owed=owed,
            verified_ids=tuple(each.id for each in entered.values()),
            surrender_ids=tuple(done),
            gap=_gap(book, year, owed, done, held.get(account_id, ()), known_at, is_present=is_present),
        )
    return found


def _sectors(facilities: Iterable[FacilityValue]) -> tuple[str, ...]:
    return tuple(sorted({each.sector for each in facilities}))


def _is_due(duty: DutyStanding, known_at: datetime) -> bool:
    """Tell whether a duty's day has come; one done before its day counts already."""
    due = duty.duty.due
    return due is not None and (due < known_at.astimezone(CHINA).date() or duty.done_on is not None)


async def _outputs(
    read: Read, account_ids: Sequence[UUID], year: int, known_at: datetime
) -> dict[UUID, list[OutputValue]]:
    wanted = (
        queries.OUTPUT.where(
            QuotaOutput.account_id.in_(account_ids), QuotaOutput.year == year, QuotaOutput.recorded_at <= known_at
        )
        .ext(distinct_on(QuotaOutput.account_id, QuotaOutput.facility_id, QuotaOutput.month))
        .order_by(
            QuotaOutput.account_id, QuotaOutput.facility_id, QuotaOutput.month, QuotaOutput.recorded_at.desc(),
            QuotaOutput.id.desc(),
        )
    )  # fmt: skip
    found: dict[UUID, list[OutputValue]] = defaultdict(list)
    for row in await read.rows(wanted):
        found[row.account_id].append(OutputValue(*row))
    return found


async def _verified(
    read: Read, account_ids: Sequence[UUID], year: int, known_at: datetime
) -> dict[UUID, dict[UUID | None, VerifiedValue]]:
    wanted = (
        queries.VERIFIED.where(
            QuotaVerified.account_id.in_(account_ids), QuotaVerified.year == year, QuotaVerified.entered_at <= known_at
        )
        .ext(distinct_on(QuotaVerified.account_id, QuotaVerified.facility_id))
        .order_by(
            QuotaVerified.account_id, QuotaVerified.facility_id, QuotaVerified.entered_at.desc(),
            QuotaVerified.id.desc(),
        )
    )  # fmt: skip
    found: dict[UUID, dict[UUID | None, VerifiedValue]] = defaultdict(dict)
    for row in await read.rows(wanted):
        found[row.account_id][row.facility_id] = VerifiedValue(*row)
    return found


SETTLED = text("""
select l.account_id, l.movement_id, l.class_code, l.quantity
from quota_surrender s
join quota_surrender_line l on l.account_id = s.account_id and l.surrender_id = s.id
where s.account_id = any(cast(:accounts as uuid[])) and s.year = :year and s.surrendered_at <= :known_at
order by l.account_id, l.movement_number""")


async def _settled(
    read: Read, account_ids: Sequence[UUID], year: int, known_at: datetime
) -> dict[UUID, dict[UUID, tuple[str, Decimal]]]:
    """Return class and quantity of the movements that settled each account's year and were not taken back."""
    rows = await read.rows(SETTLED, {"accounts": list(account_ids), "year": year, "known_at": known_at})
    undone = await ledger.reversals_of(read, read.scope, [row.movement_id for row in rows])
    found: dict[UUID, dict[UUID, tuple[str, Decimal]]] = defaultdict(dict)
    for row in rows:
        reversal = undone.get(row.movement_id)
        if reversal is None or reversal.recorded_at > known_at:
            found[row.account_id][row.movement_id] = (row.class_code, row.quantity)
    return found


Held = tuple[BatchValue, Serials, bool]
"""Units of a batch at hand, and whether they were carried over."""


async def _held(read: Read, scope: Scope, account_ids: Sequence[UUID]) -> dict[UUID, list[Held]]:
    lots = await ledger.lots_of(read, scope, account_ids, (CEA, CCER))
    of_batch = await ledger.batches(read, scope, list({each.batch_id for each in lots}))
    converted = await _converted(read, lots)
    found: dict[UUID, list[Held]] = defaultdict(list)
    for place, each in enumerate(lots):
        moved = common(each.serials, converted.get(place, ()))
        for serials, is_converted in ((moved, True), (without(each.serials, moved), False)):
            if serials:
                found[each.account_id].append((of_batch[each.batch_id], serials, is_converted))
    return found


async def _converted(read: Read, lots: Sequence[LotValue]) -> dict[int, Serials]:
    written = ["{" + ",".join(f"[{first},{last}]" for first, last in each.serials) + "}" for each in lots]
    return {row.place - 1: runs(row.serials) for row in await read.rows(queries.CONVERTED, {"serials": written})}


def _gap(
    book: rules.Book, year: int, owed: Obligation, done: Mapping[UUID, tuple[str, Decimal]], held: Sequence[Held],
    known_at: datetime, *, is_present: bool,
) -> Decimal | None:  # fmt: skip
    """Return what is still owed less the units at hand that may settle it; offsets up to their share."""
    if owed.obligation is None:
        return None
    remaining = max(whole_up(owed.obligation) - sum((quantity for _, quantity in done.values()), ZERO), ZERO)
    if not remaining:
        return ZERO
    if not is_present:
        return None
    usable = {CEA: ZERO, CCER: ZERO}
    try:
        room = rules.ccer_cap(book, year, owed.obligation).whole
        for batch, serials, is_converted in held:
            if _may_settle(book, batch, year, known_at, is_converted=is_converted):
                usable[batch.class_code] += Decimal(size(serials))
    except QuotaRuleUnknown:
        return None
    used = sum((quantity for code, quantity in done.values() if code == CCER), ZERO)
    return max(remaining - usable[CEA] - min(usable[CCER], max(room - used, ZERO)), ZERO)


def _may_settle(book: rules.Book, batch: BatchValue, year: int, known_at: datetime, *, is_converted: bool) -> bool:
    if batch.class_code == CEA:
        if batch.vintage is None:
            return False
        return rules.vintage_check(book, batch.vintage, year, is_converted=is_converted).outcome is rules.Outcome.PASS
    unit = offset_unit(batch.attributes, batch.produced_from, batch.vintage)
    return rules.offset_check(book, unit, year, known_at.astimezone(CHINA).date()).outcome is rules.Outcome.PASS
