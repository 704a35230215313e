"""A month's energy as far as it was entered, with the factors published by now: what estimates rest on.

No inventory is needed, so a month is known days after its end. Pending records count too and are told apart; rejected ones
do not. Nothing here is verified, and nothing of it is stored with inventories.
"""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import JSONB

from backend.emissions.activity.sql import current_records, parameters_of
from backend.emissions.inventory.resolve import Resolver
from backend.emissions.inventory.values import ParameterSet, Resolved
from backend.emissions.methods import METHODS
from backend.emissions.methods.arithmetic import add, multiply
from backend.emissions.values import Basis, EnergyKind
from backend.factors import service as factors
from backend.kit.clock import CHINA
from backend.kit.db import Read
from backend.kit.months import Month
from backend.kit.quantities import conversion
from backend.kit.scope import Scope

ENERGY_METHODS = tuple(code for code, each in METHODS.items() if each.energy is not EnergyKind.NONE)
"""Methods whose quantity is energy: fuels, electricity, heat and steam."""
ELECTRICITY: Mapping[str, int] = {"purchased_electricity": 1, "purchased_green_electricity": 1, "sold_electricity": -1}
"""What net purchased electricity consists of, with its sign."""
USUAL_MONTHS = 3
"""A source is expected in a month if it was recorded in one of so many months before, or in the same month a year before."""

TOLD = f"""
with {current_records()},
told as (
    select c.account_id, c.source_id, c.month, c.unit, c.parameters, c.quantity * c.multiplier as quantity, c.is_approved,
        r.recorded_at,
        bool_or(c.is_approved) over (partition by c.account_id, c.source_id, c.meter_id, c.month) as has_approved
    from current_records c
    join source s on s.account_id = c.account_id and s.id = c.source_id and s.method = any(cast(:methods as text[]))
    join activity_record r on r.account_id = c.account_id and r.id = c.id
    where c.state <> 'rejected'
)"""
"""A pending correction does not count beside what it would correct."""
COUNTED = "count(*) as records, count(*) filter (where not t.is_approved) as pending, max(t.recorded_at) as latest_at"

ENERGY = f"""{TOLD}
select t.account_id, t.month, t.source_id, t.unit, t.parameters as record_parameters, s.method, s.key, s.scope, s.category,
    s.parameters as source_parameters, a.fuel_table, a.province_code, a.grid_region, sum(t.quantity) as quantity, {COUNTED}
from told t
join source s on s.account_id = t.account_id and s.id = t.source_id
join carbon_account a on a.id = t.account_id
where t.is_approved or not t.has_approved
group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13
order by 1, 2, 3"""

MWH = f"""{TOLD}
select t.account_id, t.month, t.unit, s.method, sum(t.quantity) as quantity, {COUNTED}
from told t
join source s on s.account_id = t.account_id and s.id = t.source_id
where t.is_approved or not t.has_approved
group by 1, 2, 3, 4
order by 1, 2"""

USUAL = text("""
select s.account_id, s.id as source_id
from source s
where s.account_id = any(cast(:account_ids as uuid[])) and s.method = any(cast(:methods as text[]))
    and (s.ended_on is null or s.ended_on >= :month)
    and exists (
        select from activity_record r
        where r.account_id = s.account_id and r.source_id = s.id and not r.is_withdrawn and r.recorded_at <= :as_of
            and (r.month >= :earliest and r.month < :month or r.month = :year_before)
    )
order by 1, 2""")


@dataclass(frozen=True, slots=True)
class EnergyMonth:
    """What an account's energy of a month comes to so far: tCO2e by scope (location-based) and tce.

    `sources` have a record; of these `unresolved` could not be computed (no factor) and are missing in the sums.
    `pending` of the `records` are not approved yet. `latest_at`: when the newest of them was entered.
    """

    account_id: UUID
    month: date
    scope1: Decimal
    scope2_location: Decimal
    energy_tce: Decimal
    sources: frozenset[UUID]
    unresolved: frozenset[UUID]
    records: int
    pending: int
    latest_at: datetime


@dataclass(frozen=True, slots=True)
class ElectricityMonth:
    """Net purchased electricity of a month, in MWh, as far as it was entered."""

    month: date
    mwh: Decimal
    pending: int
    latest_at: datetime


@dataclass(slots=True)
class _Sums:
    """What is added up of a month."""

    scope1: Decimal = Decimal(0)
    scope2: Decimal = Decimal(0)
    coal: Decimal = Decimal(0)
    sources: set[UUID] = field(default_factory=set[UUID])
    unresolved: set[UUID] = field(default_factory=set[UUID])
    records: int = 0
    pending: int = 0
    latest_at: datetime | None = None


async def energy_months(
    read: Read, scope: Scope, account_ids: Sequence[UUID], first: date, last: date, as_of: datetime
) -> dict[tuple[UUID, date], EnergyMonth]:
    """Return each account's months with energy records, as known at `as_of`. One statement, and the reference parameters.

    Factors are the newest published by that day, chosen as an inventory chooses them.

    Raises:
        Unauthenticated, Forbidden: without `emissions:read`.
    """
    scope.require("emissions:read")
    if not account_ids:
        return {}
    asked = {**parameters_of(account_ids, first.replace(day=1), last, as_of), "methods": list(ENERGY_METHODS)}
    rows = await read.rows(text(ENERGY).columns(source_parameters=JSONB, record_parameters=JSONB), asked)
    book = await factors.book(read, scope, published_by=as_of.astimezone(CHINA).date(), known_at=as_of)
    resolver, resolved = Resolver(book, "published"), dict[str, Resolved]()
    sums: defaultdict[tuple[UUID, date], _Sums] = defaultdict(_Sums)
    for row in rows:
        one = _set(row)
        key = json.dumps(one, default=str, sort_keys=True)
        if key not in resolved:
            resolved[key] = resolver.resolve(ParameterSet(**one))
        _add(sums[row.account_id, row.month], row, resolved[key])
    return {
        (account_id, month): EnergyMonth(
            account_id, month, each.scope1, each.scope2, each.coal, frozenset(each.sources), frozenset(each.unresolved),
            each.records, each.pending, each.latest_at or as_of,
        )
        for (account_id, month), each in sums.items()
    }  # fmt: skip


async def electricity_months(
    read: Read, scope: Scope, account_ids: Sequence[UUID], first: date, last: date, as_of: datetime
) -> dict[UUID, dict[date, ElectricityMonth]]:
    """Return each account's net purchased electricity by month, as known at `as_of`. One statement.

    Raises:
        Unauthenticated, Forbidden: without `emissions:read`.
    """
    scope.require("emissions:read")
    found: dict[UUID, dict[date, ElectricityMonth]] = {each: {} for each in account_ids}
    if not account_ids:
        return found
    asked = {**parameters_of(account_ids, first.replace(day=1), last, as_of), "methods": list(ELECTRICITY)}
    for row in await read.rows(text(MWH), asked):
        signed = Decimal(ELECTRICITY[row.method])
        mwh = multiply(multiply(row.quantity, conversion(row.unit, "MWh")), signed)
        known = found[row.account_id].get(row.month)
        found[row.account_id][row.month] = ElectricityMonth(
            row.month, add(known.mwh, mwh) if known else mwh, row.pending + (known.pending if known else 0),
            max(row.latest_at, known.latest_at) if known else row.latest_at,
        )  # fmt: skip
    return found


async def usual_energy_sources(
    read: Read, scope: Scope, account_ids: Sequence[UUID], month: date, as_of: datetime
) -> dict[UUID, frozenset[UUID]]:
    """Return the energy sources of which a record is expected in a month. One statement.

    Expected is what was recorded in one of the three months before or in the same month a year before, and has not ended.

    Raises:
        Unauthenticated, Forbidden: without `emissions:read`.
    """
    scope.require("emissions:read")
    found: dict[UUID, set[UUID]] = {each: set() for each in account_ids}
    asked = {
        "account_ids": list(account_ids), "methods": list(ENERGY_METHODS), "month": month, "as_of": as_of,
        "earliest": Month.of(month).plus(-USUAL_MONTHS).first_day, "year_before": Month.of(month).plus(-12).first_day,
    }  # fmt: skip
    for row in await read.rows(USUAL, asked) if found else ():
        found[row.account_id].add(row.source_id)
    return {account_id: frozenset(each) for account_id, each in found.items()}


def _set(row: Any) -> dict[str, Any]:  # noqa: ANN401 - a row of `ENERGY`
    return {
        "set_id": 0, "method": row.method, "key": row.key, "scope": row.scope, "category": row.category,
        "fuel_table": row.fuel_table, "province_code": row.province_code, "grid_region": row.grid_region,
        "is_certificate_claimed": False, "unit": row.unit, "on": row.month, "source_parameters": row.source_parameters,
        "record_parameters": row.record_parameters,
    }  # fmt: skip


def _add(sums: _Sums, row: Any, resolved: Resolved) -> None:  # noqa: ANN401 - a row of `ENERGY`
    sums.records += row.records
    sums.pending += row.pending
    sums.latest_at = max(row.latest_at, sums.latest_at) if sums.latest_at else row.latest_at
    sums.sources.add(row.source_id)
    if resolved.problem is not None:
        sums.unresolved.add(row.source_id)
        return
    base = multiply(row.quantity, resolved.conversion)
    for item in resolved.items:
        if item.basis == Basis.MARKET or item.scope not in {1, 2}:
            continue
        tonnes = multiply(multiply(base, item.coefficient), item.gwp)
        if item.scope == 1:
            sums.scope1 = add(sums.scope1, tonnes)
        else:
            sums.scope2 = add(sums.scope2, tonnes)
        sums.coal = add(sums.coal, multiply(base, item.coal))
