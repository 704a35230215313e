"""Facts of inventories as they stood at a moment, set-wise: the number of statements does not grow with accounts."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import JSONB

from backend.emissions.claims.covering import total
from backend.emissions.facts import sql
from backend.emissions.methods.arithmetic import WORKING, quantised
from backend.emissions.values import InventoryFacts, LineFacts, MonthFacts
from backend.kit.db import Read
from backend.kit.scope import Scope

Key = tuple[UUID, UUID]
"""(account, inventory)."""


async def inventory_facts(
    read: Read, scope: Scope, account_ids: Sequence[UUID], years: Sequence[int], as_of: datetime | None = None
) -> dict[tuple[UUID, int], InventoryFacts]:
    """Return what each account's inventory of each year says, by (account, year), as it stood at `as_of` (None: now).

    Of a year's versions the newest counts that was neither withdrawn nor restated at that moment; a year without one
    is left out. One statement.

    Raises:
        Unauthenticated, Forbidden: without `emissions:read`.
    """
    scope.require("emissions:read")
    if not account_ids or not years:
        return {}
    asked = {"account_ids": list(account_ids), "years": list(years), "as_of": as_of}
    found: dict[tuple[UUID, int], InventoryFacts] = {}
    for row in await read.rows(text(sql.FACTS).columns(tiers=JSONB), asked):
        named = dict(row._mapping)  # noqa: SLF001 - a row's public spelling as a mapping
        tiers = named.pop("tiers")
        found[row.account_id, row.year] = InventoryFacts(**named, tier_shares=shares(tiers))
    return found


async def month_facts(read: Read, scope: Scope, keys: Sequence[Key]) -> dict[Key, list[MonthFacts]]:
    """Return the months of each (account, inventory), in their order; without any, an empty list. One statement.

    Raises:
        Unauthenticated, Forbidden: without `emissions:read`.
    """
    scope.require("emissions:read")
    found: dict[Key, list[MonthFacts]] = {key: [] for key in keys}
    for row in await read.rows(text(sql.MONTHS), _asked(keys)) if keys else ():
        found[row.account_id, row.inventory_id].append(MonthFacts(*list(row)[2:]))
    return found


async def line_facts(read: Read, scope: Scope, keys: Sequence[Key]) -> dict[Key, list[LineFacts]]:
    """Return the lines of each (account, inventory) with the names of their sources. One statement.

    They come by scope, category, source code, basis and gas; an inventory without lines has an empty list.

    Raises:
        Unauthenticated, Forbidden: without `emissions:read`.
    """
    scope.require("emissions:read")
    found: dict[Key, list[LineFacts]] = {key: [] for key in keys}
    statement = text(sql.LINES).columns(parameters=JSONB, tiers=JSONB)
    for row in await read.rows(statement, _asked(keys)) if keys else ():
        found[row.account_id, row.inventory_id].append(LineFacts(*list(row)[2:]))
    return found


def shares(weights: Mapping[str, str]) -> dict[str, Decimal]:
    """Return each tier's share of all weights, 0 to 1, half up to 20 places; nothing where all weigh nothing."""
    amounts = {tier: Decimal(amount) for tier, amount in sorted(weights.items())}
    whole = total(amounts.values())
    return {tier: quantised(WORKING.divide(amount, whole)) for tier, amount in amounts.items()} if whole else {}


def _asked(keys: Sequence[Key]) -> dict[str, list[UUID]]:
    distinct = list(dict.fromkeys(keys))
    return {"accounts": [one for one, _ in distinct], "inventories": [one for _, one in distinct]}
