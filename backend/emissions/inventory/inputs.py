"""Everything an inventory was computed from, as it was known then: for whoever computes it again outside the house."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select, text, tuple_
from sqlalchemy.dialects.postgresql import JSONB

from backend.emissions.activity.sql import current_records, parameters_of
from backend.emissions.claims.queries import known_claims
from backend.emissions.claims.values import EnergyClaim
from backend.emissions.inventory.queries import JSON_COLUMNS, LINES
from backend.emissions.models import Inventory, InventoryMonth
from backend.kit.db import Read
from backend.kit.scope import Scope

Rows = Sequence[Any]

RECORDS = f"""
with {current_records()}
select c.id, c.source_id, s.code as source_code, s.method, c.meter_id, m.code as meter_code, c.month, c.quantity, c.unit,
    c.multiplier, c.tier, c.parameters, c.evidence_id, r.recorded_at, r.supersedes_id
from current_records c
join activity_record r on r.account_id = c.account_id and r.id = c.id
join source s on s.account_id = c.account_id and s.id = c.source_id
left join meter m on m.account_id = c.account_id and m.id = c.meter_id
where c.is_approved
order by s.code, c.source_id, c.month, c.meter_id, c.id"""


@dataclass(frozen=True, slots=True)
class InventoryInputs:
    """An inventory with its lines, months, records and claims.

    `head` is a row of `inventory`, `lines` rows of `inventory_line` with the codes and names of source and site,
    `months` rows of `inventory_month`, `records` the approved records as they were known when it was computed, with
    `multiplier` (the meter's transformer ratio), `claims` the certificates claimed for the year as known then.
    """

    head: Any
    lines: Rows
    months: Rows
    records: Rows
    claims: Sequence[EnergyClaim]


async def record_counts(read: Read, scope: Scope, keys: Sequence[tuple[UUID, UUID]]) -> int:
    """Return how many records the inventories of (account, inventory) pairs were computed from, all together.

    Raises:
        Unauthenticated, Forbidden: without `emissions:read`.
    """
    scope.require("emissions:read")
    rows = await read.rows(
        select(Inventory.record_count).where(tuple_(Inventory.account_id, Inventory.id).in_(list(keys)))
    )
    return sum(row.record_count for row in rows)


async def inventory_inputs(
    read: Read, scope: Scope, account_id: UUID, inventory_ids: Sequence[UUID]
) -> list[InventoryInputs]:
    """Return what inventories of an account were computed from, by year and version; those not visible are left out.

    Three statements for all, and two more for each inventory: each knows its records as of a moment of its own.

    Raises:
        Unauthenticated, Forbidden: without `emissions:read`.
    """
    scope.require("emissions:read")
    heads = await read.rows(
        select(Inventory.__table__)
        .where(Inventory.account_id == account_id, Inventory.id.in_(inventory_ids))
        .order_by(Inventory.year, Inventory.version)
    )
    ids = [head.id for head in heads]
    lines = await read.rows(
        text(
            f"{LINES} where l.account_id = :account_id and l.inventory_id = any(cast(:ids as uuid[]))"
            " order by l.scope, l.category, s.code, l.basis, l.gas, l.id"
        ).columns(**JSON_COLUMNS),
        {"account_id": account_id, "ids": ids},
    )
    months = await read.rows(
        select(InventoryMonth.__table__)
        .where(InventoryMonth.account_id == account_id, InventoryMonth.inventory_id.in_(ids))
        .order_by(InventoryMonth.month)
    )
    found: list[InventoryInputs] = []
    for head in heads:
        known = parameters_of([account_id], date(head.year, 1, 1), date(head.year, 12, 1), head.as_of)
        found.append(
            InventoryInputs(
                head=head,
                lines=[each for each in lines if each.inventory_id == head.id],
                months=[each for each in months if each.inventory_id == head.id],
                records=await read.rows(text(RECORDS).columns(parameters=JSONB), known),
                claims=(await known_claims(read, scope, [account_id], head.year, head.as_of)).get(account_id, []),
            )
        )
    return found
