"""Reads of inventories: lists, lines, lineage, findings, transitions, queues. Row-level security decides visibility."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Date, select, text, tuple_
from sqlalchemy.dialects.postgresql import JSONB

from backend.emissions.activity.sql import current_records, parameters_of
from backend.emissions.models import Finding, FindingMessage, Inventory, InventoryTransition
from backend.kit.db import Read
from backend.kit.scope import Scope

Rows = Sequence[Any]


async def inventory(read: Read, scope: Scope, account_id: UUID, inventory_id: UUID) -> Any | None:  # noqa: ANN401 - a row
    """Return an inventory's row, None where none is visible."""
    scope.require("emissions:read")
    return await read.row(
        select(Inventory.__table__).where(Inventory.account_id == account_id, Inventory.id == inventory_id)
    )


async def inventory_batch(read: Read, scope: Scope, keys: list[tuple[UUID, UUID]]) -> list[Any | None]:
    """Return the inventories of (account, inventory) pairs; for a loader."""
    scope.require("emissions:read")
    rows = await read.rows(select(Inventory.__table__).where(tuple_(Inventory.account_id, Inventory.id).in_(keys)))
    found = {(row.account_id, row.id): row for row in rows}
    return [found.get(key) for key in keys]


async def inventories(
    read: Read, scope: Scope, account_id: UUID, year: int | None, *, limit: int, after: Sequence[Any] | None
) -> Rows:
    """Return an account's inventories, newest year and version first."""
    scope.require("emissions:read")
    wanted = select(Inventory.__table__).where(Inventory.account_id == account_id)
    if year is not None:
        wanted = wanted.where(Inventory.year == year)
    if after is not None:
        wanted = wanted.where(tuple_(Inventory.year, Inventory.version) < tuple_(int(after[0]), int(after[1])))
    return await read.rows(wanted.order_by(Inventory.year.desc(), Inventory.version.desc()).limit(limit))


@dataclass(frozen=True, slots=True)
class LineFilter:
    """Which lines to show; None is no condition."""

    scope: int | None = None
    category: str | None = None
    source_id: UUID | None = None
    gas: str | None = None
    basis: str | None = None


LINES = """
select l.*, s.code as source_code, s.name as source_name, t.name as site_name
from inventory_line l
join source s on s.account_id = l.account_id and s.id = l.source_id
join site t on t.account_id = l.account_id and t.id = l.site_id"""

JSON_COLUMNS = {"quantities": JSONB, "parameters": JSONB, "tiers": JSONB, "months": ARRAY(Date)}


async def lines(
    read: Read, scope: Scope, account_id: UUID, inventory_id: UUID, asked: LineFilter, *, limit: int,
    after: Sequence[Any] | None,
) -> Rows:  # fmt: skip
    """Return an inventory's lines by scope, category and id, with the names of source and site."""
    scope.require("emissions:read")
    conditions = ["l.account_id = :account_id", "l.inventory_id = :inventory_id"]
    given: dict[str, Any] = {"account_id": account_id, "inventory_id": inventory_id, "limit": limit}
    for name in ("scope", "category", "source_id", "gas", "basis"):
        value = getattr(asked, name)
        if value is not None:
            conditions.append(f"l.{name} = :{name}")
            given[name] = value
    if after is not None:
        conditions.append("(l.scope, l.category, l.id) > (:after_scope, :after_category, cast(:after_id as uuid))")
        given |= {"after_scope": int(after[0]), "after_category": str(after[1]), "after_id": UUID(str(after[2]))}
    statement = f"{LINES} where {' and '.join(conditions)} order by l.scope, l.category, l.id limit :limit"
    return await read.rows(text(statement).columns(**JSON_COLUMNS), given)


async def line_batch(read: Read, scope: Scope, keys: list[tuple[UUID, UUID]]) -> list[Any | None]:
    """Return the lines of (account, line) pairs; for a loader."""
    scope.require("emissions:read")
    rows = await read.rows(
        text(
            f"{LINES} where (l.account_id, l.id) in"
            " (select * from unnest(cast(:accounts as uuid[]), cast(:ids as uuid[])))"
        ).columns(**JSON_COLUMNS),
        {"accounts": [key[0] for key in keys], "ids": [key[1] for key in keys]},
    )
    found = {(row.account_id, row.id): row for row in rows}
    return [found.get(key) for key in keys]


RECORDS = f"""
with {current_records()}
select c.id, c.batch_id, c.month, c.quantity, c.unit, c.multiplier, c.tier, c.parameters, c.evidence_id, c.meter_id,
    m.code as meter_code, r.note, r.recorded_at, r.recorded_by, r.supersedes_id
from current_records c
join activity_record r on r.account_id = c.account_id and r.id = c.id
left join meter m on m.account_id = c.account_id and m.id = c.meter_id
where c.is_approved and c.source_id = :source_id and c.month = any(cast(:months as date[]))
    and exists (
        select from jsonb_array_elements(cast(:quantities as jsonb)) q
        where q ->> 'unit' = c.unit and q -> 'parameters' = c.parameters)
    and (cast(:after_month as date) is null or (c.month, c.id) > (cast(:after_month as date), cast(:after_id as uuid)))
order by c.month, c.id
limit :limit"""


async def line_records(
    read: Read, scope: Scope, account_id: UUID, line_id: UUID, *, limit: int, after: Sequence[Any] | None
) -> Rows:
    """Return the activity records a line was summed from, as they were known when it was computed."""
    scope.require("emissions:read")
    line = await read.row(
        text(
            "select l.source_id, l.months, cast(l.quantities as text) as quantities, v.as_of, v.year"
            " from inventory_line l join inventory v on v.account_id = l.account_id and v.id = l.inventory_id"
            " where l.account_id = :account_id and l.id = :line_id"
        ),
        {"account_id": account_id, "line_id": line_id},
    )
    if line is None:
        return []
    given = parameters_of([account_id], date(line.year, 1, 1), date(line.year, 12, 1), line.as_of)
    given |= {"source_id": line.source_id, "months": line.months, "quantities": line.quantities, "limit": limit}
    given |= {
        "after_month": date.fromisoformat(str(after[0])) if after else None,
        "after_id": UUID(str(after[1])) if after else None,
    }
    return await read.rows(text(RECORDS).columns(parameters=JSONB), given)


async def transition_batch(read: Read, scope: Scope, keys: list[tuple[UUID, UUID]]) -> list[Rows]:
    """Return the transitions of (account, inventory) pairs, oldest first; for a loader."""
    scope.require("emissions:read")
    rows = await read.rows(
        select(InventoryTransition.__table__)
        .where(tuple_(InventoryTransition.account_id, InventoryTransition.inventory_id).in_(keys))
        .order_by(InventoryTransition.at, InventoryTransition.id)
    )
    return _grouped(rows, keys, "inventory_id")


async def findings(
    read: Read, scope: Scope, account_id: UUID, year: int, *, inventory_id: UUID | None = None,
    state: str | None = None, limit: int, after: Sequence[Any] | None,
) -> Rows:  # fmt: skip
    """Return the findings of an account's year (or of one version), oldest first."""
    scope.require("emissions:read")
    wanted = (
        select(*Finding.__table__.columns, Inventory.version, Inventory.year)
        .join(Inventory, (Inventory.account_id == Finding.account_id) & (Inventory.id == Finding.inventory_id))
        .where(Finding.account_id == account_id, Inventory.year == year)
    )
    if inventory_id is not None:
        wanted = wanted.where(Finding.inventory_id == inventory_id)
    if state is not None:
        wanted = wanted.where(Finding.state == state)
    if after is not None:
        wanted = wanted.where(Finding.id > UUID(str(after[0])))
    return await read.rows(wanted.order_by(Finding.id).limit(limit))


async def finding_batch(read: Read, scope: Scope, keys: list[tuple[UUID, UUID]]) -> list[Any | None]:
    """Return the findings of (account, finding) pairs; for a loader."""
    scope.require("emissions:read")
    rows = await read.rows(
        select(*Finding.__table__.columns, Inventory.version, Inventory.year)
        .join(Inventory, (Inventory.account_id == Finding.account_id) & (Inventory.id == Finding.inventory_id))
        .where(tuple_(Finding.account_id, Finding.id).in_(keys))
    )
    found = {(row.account_id, row.id): row for row in rows}
    return [found.get(key) for key in keys]


async def message_batch(read: Read, scope: Scope, keys: list[tuple[UUID, UUID]]) -> list[Rows]:
    """Return the threads of (account, finding) pairs, oldest first; for a loader."""
    scope.require("emissions:read")
    rows = await read.rows(
        select(FindingMessage.__table__)
        .where(tuple_(FindingMessage.account_id, FindingMessage.finding_id).in_(keys))
        .order_by(FindingMessage.at, FindingMessage.id)
    )
    return _grouped(rows, keys, "finding_id")


async def account_batch(read: Read, scope: Scope, keys: list[UUID]) -> list[Any | None]:
    """Return number, name and sector of accounts; for a loader."""
    rows = await read.rows(
        text("select id, number, name, sector, division_code from carbon_account where id = any(cast(:ids as uuid[]))"),
        {"ids": keys},
    )
    found = {row.id: row for row in rows}
    return [found.get(key) for key in keys]


QUEUE = """
select v.*, (
    select count(*) from finding f where f.account_id = v.account_id and f.inventory_id = v.id
        and f.state <> 'resolved') as open_findings
from inventory v
where v.state = any(cast(:states as text[])) and (cast(:year as bigint) is null or v.year = :year)
    and (cast(:after_at as timestamptz) is null
        or (v.computed_at, v.id) > (cast(:after_at as timestamptz), cast(:after_id as uuid)))
order by v.computed_at, v.id
limit :limit"""


async def queue(
    read: Read, scope: Scope, states: Sequence[str], year: int | None, *, limit: int, after: Sequence[Any] | None
) -> Rows:
    """Return the inventories that wait in these states, the longest waiting first."""
    scope.require("emissions:read")
    return await read.rows(
        text(QUEUE).columns(checks=JSONB, uncertainty=JSONB),
        {
            "states": list(states), "year": year, "limit": limit,
            "after_at": datetime.fromisoformat(str(after[0])) if after else None,
            "after_id": UUID(str(after[1])) if after else None,
        },
    )  # fmt: skip


async def months(read: Read, scope: Scope, account_id: UUID, inventory_id: UUID) -> Rows:
    """Return the monthly roll-up of an inventory."""
    scope.require("emissions:read")
    return await read.rows(
        text(
            "select month, scope1, scope2_location, scope2_market, scope3, energy_tce from inventory_month"
            " where account_id = :account_id and inventory_id = :inventory_id order by month"
        ),
        {"account_id": account_id, "inventory_id": inventory_id},
    )


async def all_lines(read: Read, scope: Scope, account_id: UUID, inventory_ids: Sequence[UUID]) -> Rows:
    """Return every line of some versions, for a comparison."""
    scope.require("emissions:read")
    return await read.rows(
        text(
            f"{LINES} where l.account_id = :account_id and l.inventory_id = any(cast(:ids as uuid[]))"
            " order by s.code, l.basis, l.gas, l.id"
        ).columns(**JSON_COLUMNS),
        {"account_id": account_id, "ids": list(inventory_ids)},
    )


def _grouped(rows: Rows, keys: Sequence[tuple[UUID, UUID]], column: str) -> list[Rows]:
    found: Mapping[tuple[UUID, UUID], list[Any]] = {key: [] for key in keys}
    for row in rows:
        found[row.account_id, getattr(row, column)].append(row)
    return [found[key] for key in keys]
