"""Reads of what stands beside the parks, and of the counts the plan's targets are held against."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import text

from backend.kit.clock import today
from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.parks.queries import NEWEST, NEXT, Moment, asked
from backend.parks.values import (
    EntryStatus,
    ProgrammeKind,
)
from backend.parks.values_programmes import ItemRow

ITEM = """
select i.id, i.kind, i.name, i.division_code, i.division_path, i.account_id, i.park_id, i.recorded_at, e.status,
    e.effective_on, e.capacity, e.document, e.document_number, e.document_date, e.note
from park_programme_item i
left join lateral (
    select * from park_programme_entry one where one.item_id = i.id and one.effective_on <= :on
    order by one.effective_on desc, one.recorded_at desc, one.id desc limit 1
) e on true"""
ITEMS = text(
    f"select * from ({ITEM}) each where {NEXT} and (cast(:kind as text) is null or kind = :kind)"
    f" and (cast(:under as text) is null or starts_with(division_path, :under)) {NEWEST}"
)
ITEM_BY_ID = text(f"{ITEM} where i.id = :item_id")
ITEMS_BY_ID = text(f"{ITEM} where i.id = any(cast(:ids as uuid[]))")

# A park is selected once its notice is confirmed (that is the municipal list), accepted once its acceptance is.
MEASURES = text(f"""
with item as (
    select * from ({ITEM}) each where cast(:under as text) is null or starts_with(division_path, :under)
),
passed as (
    select a.park_id, s.step, s.happened_on
    from park_application a join park_step s on s.application_id = a.id
    join park_step_decision d on d.step_id = s.id and d.is_confirmed
    where s.is_passed and a.level = 'municipal' and s.happened_on <= :on
        and (cast(:under as text) is null or starts_with(a.division_path, :under))
)
select 'parks_selected' as measure, cast(count(distinct park_id) as numeric) as found from passed where step = 'publicise'
union all select 'parks_accepted', count(distinct park_id) from passed where step = 'accept'
union all select 'factories_selected', count(*) from item
    where kind = 'zero_carbon_factory' and status in ('selected', 'building', 'completed', 'registered')
union all select 'factories_completed', count(*) from item where kind = 'zero_carbon_factory' and status = 'completed'
union all select 'projects_selected', count(*) from item
    where kind = 'source_grid_load_storage' and status in ('selected', 'building', 'completed', 'registered')
union all select 'projects_completed', count(*) from item
    where kind = 'source_grid_load_storage' and status = 'completed'
union all select 'power_plants_registered', count(*) from item
    where kind = 'virtual_power_plant' and status = 'registered'
union all select 'platforms_completed', count(*) from item
    where kind = 'innovation_platform' and status in ('completed', 'registered')
union all select 'green_factories_completed', count(*) from item where kind = 'green_factory' and status = 'completed'
union all select 'adjustable_capacity', coalesce(sum(capacity), 0) from item
    where kind = 'virtual_power_plant' and status = 'registered' and park_id is not null""")


async def items(
    read: Read, scope: Scope, *, kind: ProgrammeKind | None = None, under: str | None = None, on: date,
    after: Moment = None, limit: int = 50,
) -> list[ItemRow]:  # fmt: skip
    """Return items as they stand on a day, the newest first. Raises Unauthenticated, Forbidden."""
    scope.require("parks:read")
    given = {**asked(after, limit), "kind": None if kind is None else kind.value, "under": under, "on": on}
    return [_item(row) for row in await read.rows(ITEMS, given)]


async def item(read: Read, _scope: Scope, item_id: UUID, on: date) -> ItemRow | None:
    """Return an item as it stands on a day, None when it is not there or not visible."""
    row = await read.row(ITEM_BY_ID, {"item_id": item_id, "on": on})
    return None if row is None else _item(row)


OF_PARK = text(f"""
select kind, account_id, status from ({ITEM}) each
where case kind when 'innovation_platform' then park_id = :park_id else account_id = any(cast(:account_ids as uuid[])) end""")
_THERE = (EntryStatus.COMPLETED, EntryStatus.REGISTERED)


async def recognised(
    read: Read, scope: Scope, park_id: UUID, account_ids: Sequence[UUID], on: date
) -> dict[ProgrammeKind, list[UUID | None]]:
    """Return the accounts of what stood completed or registered on a day, by programme.

    Platforms are those of the park; the rest is what belongs to the accounts of its members.

    Raises:
        Unauthenticated, Forbidden: without `parks:read`.
    """
    scope.require("parks:read")
    found: dict[ProgrammeKind, list[UUID | None]] = {}
    for row in await read.rows(OF_PARK, {"park_id": park_id, "account_ids": list(account_ids), "on": on}):
        if row.status in _THERE:
            found.setdefault(ProgrammeKind(row.kind), []).append(row.account_id)
    return found


async def items_by_id(read: Read, _scope: Scope, ids: list[UUID]) -> list[ItemRow | None]:
    """Return each item as it stands today, None for an invisible one; for a loader."""
    found = {row.id: _item(row) for row in await read.rows(ITEMS_BY_ID, {"ids": ids, "on": today()})}
    return [found.get(one) for one in ids]


async def measures(read: Read, scope: Scope, *, under: str | None, on: date) -> dict[str, Decimal]:
    """Return what there is on a day, by the name of what is counted. One statement. Raises Unauthenticated, Forbidden."""
    scope.require("parks:read")
    return {row.measure: row.found for row in await read.rows(MEASURES, {"under": under, "on": on})}


def _item(row: Any) -> ItemRow:  # noqa: ANN401 - a row of `ITEM`
    given: dict[str, Any] = {**row._mapping}  # noqa: SLF001 - a row's public spelling as a mapping
    status = given.pop("status")
    kind = ProgrammeKind(given.pop("kind"))
    return ItemRow(**given, kind=kind, status=None if status is None else EntryStatus(status))
