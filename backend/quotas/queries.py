"""Reads of quota compliance. Row-level security has decided what is visible before any condition here."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import String, column, select, text, tuple_
from sqlalchemy.dialects.postgresql import ARRAY, INT8MULTIRANGE, distinct_on

from backend.kit.db import Read
from backend.kit.orm import Base
from backend.kit.scope import Scope
from backend.ledger import service as ledger
from backend.quotas.models import (
    QuotaAllocation,
    QuotaAllocationLine,
    QuotaBalanceValue,
    QuotaCarryOver,
    QuotaClosing,
    QuotaDutyEntry,
    QuotaFacility,
    QuotaOutput,
    QuotaSurrender,
    QuotaSurrenderLine,
    QuotaVerified,
)
from backend.quotas.rules.rounding import ZERO, add
from backend.quotas.values import (
    AllocationLineValue,
    AllocationState,
    AllocationValue,
    BalanceValueValue,
    CarryOverState,
    CarryOverValue,
    ClosingValue,
    DutyEntryKind,
    DutyEntryValue,
    FacilityValue,
    ObligationBasis,
    OutputValue,
    Stage,
    SurrenderLineValue,
    SurrenderValue,
    VerifiedValue,
)

OwnKey = tuple[UUID, UUID]
V = TypeVar("V")
Serials = tuple[tuple[int, int], ...]


def of(table: type[Base], value: type[Any]) -> list[Any]:
    """Return a table's columns in the order of a value's fields."""
    return [table.__table__.columns[each.name] for each in fields(value)]


def runs(serials: Any) -> Serials:  # noqa: ANN401 - a multirange of the database
    """Return a multirange (upper ends excluded) as runs of serials (both ends included)."""
    return tuple((each.lower, each.upper - 1) for each in serials or ())


FACILITY = select(*of(QuotaFacility, FacilityValue))
OUTPUT = select(*of(QuotaOutput, OutputValue))
VERIFIED = select(*of(QuotaVerified, VerifiedValue))
BALANCE = select(*of(QuotaBalanceValue, BalanceValueValue))
ALLOCATION = select(*of(QuotaAllocation, AllocationValue))
LINE = select(*of(QuotaAllocationLine, AllocationLineValue))
DUTY = select(*of(QuotaDutyEntry, DutyEntryValue))
SURRENDER = select(*of(QuotaSurrender, SurrenderValue))
CARRY_OVER = select(*of(QuotaCarryOver, CarryOverValue))
CLOSING = select(*of(QuotaClosing, ClosingValue))


def made(kind: type[V], row: Any, /, **changed: Any) -> V:  # noqa: ANN401 - a row, and what is read differently
    """Return a row as a value."""
    given: dict[str, Any] = {**row._mapping, **changed}  # noqa: SLF001 - SQLAlchemy's public name of a row's mapping
    return kind(**given)


def allocation_of(row: Any) -> AllocationValue:  # noqa: ANN401 - a row
    """Return a row as a value."""
    return made(AllocationValue, row, stage=Stage(row.stage), state=AllocationState(row.state))


def carry_over_of(row: Any) -> CarryOverValue:  # noqa: ANN401 - a row
    """Return a row as a value."""
    return made(CarryOverValue, row, state=CarryOverState(row.state), serials=runs(row.serials))


async def facilities(
    read: Read, scope: Scope, account_ids: Sequence[UUID], *, after: str | None = None, limit: int | None = None
) -> list[FacilityValue]:
    """Return the facilities of accounts, by account and code."""
    scope.require("quotas:read")
    wanted = FACILITY.where(QuotaFacility.account_id.in_(account_ids))
    if after is not None:
        wanted = wanted.where(QuotaFacility.code > after)
    rows = await read.rows(wanted.order_by(QuotaFacility.account_id, QuotaFacility.code).limit(limit))
    return [FacilityValue(*row) for row in rows]


async def facilities_by_id(read: Read, scope: Scope, keys: list[OwnKey]) -> list[FacilityValue | None]:
    """Return the facility of each (account, facility), None for an invisible one; for a loader."""
    scope.require("quotas:read")
    rows = await read.rows(FACILITY.where(tuple_(QuotaFacility.account_id, QuotaFacility.id).in_(keys)))
    found = {(row.account_id, row.id): FacilityValue(*row) for row in rows}
    return [found.get(key) for key in keys]


async def newest_outputs(read: Read, scope: Scope, account_id: UUID, year: int) -> list[OutputValue]:
    """Return the entries that count for a year: the newest of each facility and month (None: the whole year)."""
    scope.require("quotas:read")
    wanted = (
        OUTPUT.where(QuotaOutput.account_id == account_id, QuotaOutput.year == year)
        .ext(distinct_on(QuotaOutput.facility_id, QuotaOutput.month))
        .order_by(QuotaOutput.facility_id, QuotaOutput.month, QuotaOutput.recorded_at.desc(), QuotaOutput.id.desc())
    )
    return [OutputValue(*row) for row in await read.rows(wanted)]


@dataclass(frozen=True, slots=True)
class HistoryKey:
    """A page of a facility's entries, newest first: `limit` after the entry `after`."""

    account_id: UUID
    facility_id: UUID
    year: int | None
    limit: int
    after: UUID | None


HISTORY = text("""
select o.*, asked.place
from unnest(
    cast(:accounts as uuid[]), cast(:facilities as uuid[]), cast(:years as bigint[]), cast(:limits as bigint[]),
    cast(:afters as uuid[])
) with ordinality as asked (account_id, facility_id, year, most, after, place)
cross join lateral (
    select * from quota_output o
    where o.account_id = asked.account_id and o.facility_id = asked.facility_id
        and (asked.year is null or o.year = asked.year) and (asked.after is null or o.id < asked.after)
    order by o.id desc limit asked.most
) o
order by asked.place, o.id desc""")


async def output_histories(read: Read, scope: Scope, keys: list[HistoryKey]) -> list[list[OutputValue]]:
    """Return the entries made for each facility, newest first; for a loader."""
    scope.require("quotas:read")
    given = {
        "accounts": [key.account_id for key in keys], "facilities": [key.facility_id for key in keys],
        "years": [key.year for key in keys], "limits": [key.limit for key in keys],
        "afters": [key.after for key in keys],
    }  # fmt: skip
    found: list[list[OutputValue]] = [[] for _ in keys]
    for row in await read.rows(HISTORY, given):
        found[row.place - 1].append(OutputValue(*(getattr(row, each.name) for each in fields(OutputValue))))
    return found


async def newest_verified(
    read: Read, scope: Scope, account_ids: Sequence[UUID], year: int
) -> dict[UUID, dict[UUID | None, VerifiedValue]]:
    """Return the verified figures that count, by account and facility (None: the whole account)."""
    scope.require("quotas:read")
    wanted = (
        VERIFIED.where(QuotaVerified.account_id.in_(account_ids), QuotaVerified.year == year)
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


async def balance_values(
    read: Read, scope: Scope, *, year: int | None = None, is_newest: bool = False, limit: int | None = None,
    after: UUID | None = None,
) -> list[BalanceValueValue]:  # fmt: skip
    """Return balance values, newest entry first; `is_newest` keeps the one that counts of each sector and year."""
    scope.require("quotas:read")
    wanted = BALANCE if year is None else BALANCE.where(QuotaBalanceValue.year == year)
    if is_newest:
        wanted = wanted.ext(distinct_on(QuotaBalanceValue.sector, QuotaBalanceValue.year)).order_by(
            QuotaBalanceValue.sector, QuotaBalanceValue.year, QuotaBalanceValue.entered_at.desc(),
            QuotaBalanceValue.id.desc(),
        )  # fmt: skip
    else:
        wanted = wanted.order_by(QuotaBalanceValue.id.desc())
        if after is not None:
            wanted = wanted.where(QuotaBalanceValue.id < after)
    return [BalanceValueValue(*row) for row in await read.rows(wanted.limit(limit))]


async def allocations(
    read: Read, scope: Scope, *, account_id: UUID | None = None, year: int | None = None, stage: Stage | None = None,
    state: AllocationState | None = None, limit: int | None = None, after: UUID | None = None,
) -> list[AllocationValue]:  # fmt: skip
    """Return allocations, newest first."""
    scope.require("quotas:read")
    wanted = ALLOCATION
    for name, value in (("account_id", account_id), ("year", year), ("stage", stage), ("state", state)):
        if value is not None:
            wanted = wanted.where(QuotaAllocation.__table__.columns[name] == value)
    if after is not None:
        wanted = wanted.where(QuotaAllocation.id < after)
    return [allocation_of(row) for row in await read.rows(wanted.order_by(QuotaAllocation.id.desc()).limit(limit))]


async def allocations_by_id(read: Read, scope: Scope, keys: list[OwnKey]) -> list[AllocationValue | None]:
    """Return the allocation of each (account, allocation), None for an invisible one; for a loader."""
    scope.require("quotas:read")
    rows = await read.rows(ALLOCATION.where(tuple_(QuotaAllocation.account_id, QuotaAllocation.id).in_(keys)))
    found = {(row.account_id, row.id): allocation_of(row) for row in rows}
    return [found.get(key) for key in keys]


async def lines_of(read: Read, scope: Scope, keys: list[OwnKey]) -> list[list[AllocationLineValue]]:
    """Return the lines of each (account, allocation); for a loader."""
    scope.require("quotas:read")
    rows = await read.rows(
        LINE.where(tuple_(QuotaAllocationLine.account_id, QuotaAllocationLine.allocation_id).in_(keys)).order_by(
            QuotaAllocationLine.facility_id
        )
    )
    found: dict[OwnKey, list[AllocationLineValue]] = defaultdict(list)
    for row in rows:
        found[row.account_id, row.allocation_id].append(AllocationLineValue(*row))
    return [found[key] for key in keys]


async def duty_entries(read: Read, scope: Scope, account_ids: Sequence[UUID], year: int) -> list[DutyEntryValue]:
    """Return what was said about the duties of accounts' year, oldest first."""
    scope.require("quotas:read")
    rows = await read.rows(
        DUTY.where(QuotaDutyEntry.account_id.in_(account_ids), QuotaDutyEntry.year == year).order_by(
            QuotaDutyEntry.recorded_at, QuotaDutyEntry.id
        )
    )
    return [made(DutyEntryValue, row, kind=DutyEntryKind(row.kind)) for row in rows]


async def closings(read: Read, _scope: Scope, account_ids: Sequence[UUID]) -> dict[tuple[UUID, int], ClosingValue]:
    """Return the closed years of accounts."""
    rows = await read.rows(CLOSING.where(QuotaClosing.account_id.in_(account_ids)))
    return {(row.account_id, row.year): ClosingValue(*row) for row in rows}


async def surrenders(
    read: Read, scope: Scope, *, account_id: UUID | None = None, year: int | None = None, number: str | None = None,
    limit: int | None = None, after: UUID | None = None,
) -> list[SurrenderValue]:  # fmt: skip
    """Return receipts, newest first."""
    scope.require("quotas:read")
    wanted = SURRENDER
    for name, value in (("account_id", account_id), ("year", year), ("number", number)):
        if value is not None:
            wanted = wanted.where(QuotaSurrender.__table__.columns[name] == value)
    if after is not None:
        wanted = wanted.where(QuotaSurrender.id < after)
    rows = await read.rows(wanted.order_by(QuotaSurrender.id.desc()).limit(limit))
    return [surrender_of(row) for row in rows]


def surrender_of(row: Any) -> SurrenderValue:  # noqa: ANN401 - a row
    """Return a row as a value."""
    return made(SurrenderValue, row, obligation_basis=ObligationBasis(row.obligation_basis))


async def surrenders_by_id(read: Read, scope: Scope, keys: list[OwnKey]) -> list[SurrenderValue | None]:
    """Return the receipt of each (account, surrender), None for an invisible one; for a loader."""
    scope.require("quotas:read")
    rows = await read.rows(SURRENDER.where(tuple_(QuotaSurrender.account_id, QuotaSurrender.id).in_(keys)))
    found = {(row.account_id, row.id): surrender_of(row) for row in rows}
    return [found.get(key) for key in keys]


async def surrender_lines(read: Read, scope: Scope, keys: list[OwnKey]) -> list[list[SurrenderLineValue]]:
    """Return the lines of each (account, surrender); for a loader."""
    scope.require("quotas:read")
    own = [QuotaSurrenderLine.__table__.columns[each.name] for each in fields(SurrenderLineValue)[:-1]]
    rows = await read.rows(
        select(*own)
        .where(tuple_(QuotaSurrenderLine.account_id, QuotaSurrenderLine.surrender_id).in_(keys))
        .order_by(QuotaSurrenderLine.movement_number)
    )
    undone = await ledger.reversals_of(read, scope, [row.movement_id for row in rows])
    found: dict[OwnKey, list[SurrenderLineValue]] = defaultdict(list)
    for row in rows:
        line = made(SurrenderLineValue, row, serials=runs(row.serials), is_reversed=row.movement_id in undone)
        found[row.account_id, row.surrender_id].append(line)
    return [found[key] for key in keys]


async def settled(read: Read, scope: Scope, account_ids: Sequence[UUID], year: int) -> dict[UUID, dict[str, Decimal]]:
    """Return what accounts have surrendered for a year, by class; what the registrar took back does not count."""
    scope.require("quotas:read")
    line = QuotaSurrenderLine
    rows = await read.rows(
        select(line.account_id, line.movement_id, line.class_code, line.quantity)
        .join(
            QuotaSurrender,
            (QuotaSurrender.account_id == line.account_id) & (QuotaSurrender.id == line.surrender_id),
        )
        .where(QuotaSurrender.account_id.in_(account_ids), QuotaSurrender.year == year)
    )
    undone = await ledger.reversals_of(read, scope, [row.movement_id for row in rows])
    found: dict[UUID, dict[str, Decimal]] = defaultdict(dict)
    for row in rows:
        if row.movement_id not in undone:
            known = found[row.account_id]
            known[row.class_code] = add(known.get(row.class_code, ZERO), row.quantity)
    return found


async def carry_overs(
    read: Read, scope: Scope, *, account_id: UUID | None = None, state: CarryOverState | None = None,
    limit: int | None = None, after: UUID | None = None,
) -> list[CarryOverValue]:  # fmt: skip
    """Return applications to carry over, newest first."""
    scope.require("quotas:read")
    wanted = CARRY_OVER
    for name, value in (("account_id", account_id), ("state", state)):
        if value is not None:
            wanted = wanted.where(QuotaCarryOver.__table__.columns[name] == value)
    if after is not None:
        wanted = wanted.where(QuotaCarryOver.id < after)
    return [carry_over_of(row) for row in await read.rows(wanted.order_by(QuotaCarryOver.id.desc()).limit(limit))]


async def carry_overs_by_id(read: Read, scope: Scope, keys: list[OwnKey]) -> list[CarryOverValue | None]:
    """Return the application of each (account, application), None for an invisible one; for a loader."""
    scope.require("quotas:read")
    rows = await read.rows(CARRY_OVER.where(tuple_(QuotaCarryOver.account_id, QuotaCarryOver.id).in_(keys)))
    found = {(row.account_id, row.id): carry_over_of(row) for row in rows}
    return [found.get(key) for key in keys]


@dataclass(frozen=True, slots=True)
class Lot:
    """Units of one batch that lie available in an account: `serials`, of which `converted` were carried over."""

    batch_id: UUID
    class_code: str
    vintage: int | None
    produced_from: date | None
    valid_until: date | None
    attributes: dict[str, Any]
    serials: Serials
    converted: Serials


# What was carried over is known by serial, whoever holds it now.
CONVERTED = text("""
select asked.place, range_agg(c.serials) as serials
from unnest(cast(:serials as text[])) with ordinality as asked (serials, place)
join quota_converted c on c.serials && cast(asked.serials as int8multirange)
group by asked.place""").columns(column("place"), column("serials", INT8MULTIRANGE))


async def lots(read: Read, scope: Scope, account_id: UUID, classes: Sequence[str]) -> list[Lot]:
    """Return the units of some classes that lie available in an account, the soonest to expire and oldest first."""
    scope.require("quotas:read")
    held = await ledger.lots_of(read, scope, [account_id], classes)
    of_batch = await ledger.batches(read, scope, [each.batch_id for each in held])
    written = ["{" + ",".join(f"[{first},{last}]" for first, last in each.serials) + "}" for each in held]
    rows = await read.rows(CONVERTED, {"serials": written})
    converted = {row.place - 1: runs(row.serials) for row in rows}
    found: list[Lot] = []
    for place, each in enumerate(held):
        batch = of_batch[each.batch_id]
        found.append(
            Lot(
                each.batch_id, each.class_code, batch.vintage, batch.produced_from, batch.valid_until,
                batch.attributes, each.serials, common(each.serials, converted.get(place, ())),
            )
        )  # fmt: skip
    return found


def common(serials: Serials, wanted: Serials) -> Serials:
    """Return the serials that two sets of runs share."""
    pairs = ((max(a, c), min(b, d)) for a, b in serials for c, d in sorted(wanted))
    return tuple((first, last) for first, last in pairs if first <= last)


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account with facilities in the market, as lists over a region name it."""

    id: UUID
    number: str
    name: str
    sectors: tuple[str, ...]


REGULATED = text("""
select a.id, a.number, a.name, array_agg(distinct f.sector order by f.sector) as sectors
from carbon_account a join quota_facility f on f.account_id = a.id
where f.since <= cast(:last as date) and (f.until is null or f.until >= cast(:first as date)) and a.closed_at is null
    and (cast(:after as text) is null or a.number > cast(:after as text))
group by 1, 2, 3 order by a.number limit :limit""").columns(
    column("id"), column("number"), column("name"), column("sectors", ARRAY(String))
)


async def regulated(read: Read, scope: Scope, year: int, *, after: str | None, limit: int | None) -> list[AccountRow]:
    """Return the visible accounts with a facility in the market in a year, by number."""
    scope.require("quotas:read")
    given = {"first": date(year, 1, 1), "last": date(year, 12, 31), "after": after, "limit": limit}
    return [AccountRow(row.id, row.number, row.name, tuple(row.sectors)) for row in await read.rows(REGULATED, given)]
