"""Reads of claimed energy: what was claimed as of an instant, and the purchases certificates may cover."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import JSONB

from backend.emissions.activity.sql import current_records, parameters_of
from backend.emissions.claims.covering import Place, total
from backend.emissions.claims.values import METHOD, SOLD, UNIT, Cell, EnergyClaim, Purchases, parts_of
from backend.emissions.methods.arithmetic import add, multiply
from backend.kit.clock import now
from backend.kit.db import Read
from backend.kit.quantities import conversion
from backend.kit.scope import Scope

CLAIMS = """
select account_id, movement_id, year, mwh, facts, recorded_at, recorded_by, withdrawn_at
from energy_claim
where account_id = any(cast(:account_ids as uuid[])) and year = :year and recorded_at <= :as_of
    and (withdrawn_at is null or withdrawn_at > :as_of)
order by account_id, recorded_at, movement_id"""

BY_MOVEMENT = """
select account_id, movement_id, year, mwh, facts, recorded_at, recorded_by, withdrawn_at
from energy_claim where movement_id = any(cast(:ids as uuid[])) order by account_id, movement_id"""

HAS_OWN_FACTOR = "coalesce(btrim((s.parameters || g.parameters) ->> 'market_factor'), '') <> ''"
"""Electricity whose supplier's factor is declared has its own proof: certificates do not cover it."""

PURCHASES = f"""
with {current_records()}
select g.account_id, g.source_id, g.month, g.unit, cast(g.parameters as text) as parameters, s.method, g.is_approved,
    {HAS_OWN_FACTOR} as has_own_factor, sum(g.quantity * g.multiplier) as quantity
from current_records g
join source s on s.account_id = g.account_id and s.id = g.source_id
where s.method in ('{METHOD}', '{SOLD}')
group by 1, 2, 3, 4, 5, 6, 7, 8"""


async def known_claims(
    read: Read, _scope: Scope, account_ids: Sequence[UUID], year: int, as_of: datetime
) -> dict[UUID, list[EnergyClaim]]:
    """Return the claims on a year's electricity as they were known at an instant; accounts without are left out."""
    statement = text(CLAIMS).columns(facts=JSONB)
    found: defaultdict[UUID, list[EnergyClaim]] = defaultdict(list)
    for row in await read.rows(statement, {"account_ids": list(account_ids), "year": year, "as_of": as_of}):
        found[row.account_id].append(claim_of(row))
    return dict(found)


async def claims_by_movement(read: Read, scope: Scope, movement_ids: Sequence[UUID]) -> dict[UUID, EnergyClaim]:
    """Return the claims made by movements of the ledger, withdrawn ones too; movements without are left out."""
    scope.require("emissions:read")
    rows = await read.rows(text(BY_MOVEMENT).columns(facts=JSONB), {"ids": list(movement_ids)})
    return {row.movement_id: claim_of(row) for row in rows}


LISTED = """
select account_id, movement_id, year, mwh, facts, recorded_at, recorded_by, withdrawn_at
from energy_claim
where account_id = :account_id and (cast(:year as bigint) is null or year = :year)
    and (cast(:after_at as timestamptz) is null
        or (recorded_at, movement_id) < (cast(:after_at as timestamptz), cast(:after_id as uuid)))
order by recorded_at desc, movement_id desc
limit :limit"""


async def energy_claims(
    read: Read, scope: Scope, account_id: UUID, year: int | None, *, limit: int, after: tuple[datetime, UUID] | None
) -> list[EnergyClaim]:
    """Return an account's claims, withdrawn ones too, the newest first; `after` is instant and movement of the last.

    Raises:
        Unauthenticated, Forbidden: without `emissions:read`.
    """
    scope.require("emissions:read")
    at, movement_id = after or (None, None)
    asked = {"account_id": account_id, "year": year, "after_at": at, "after_id": movement_id, "limit": limit}
    return [claim_of(row) for row in await read.rows(text(LISTED).columns(facts=JSONB), asked)]


async def claimed_energy(read: Read, scope: Scope, account_ids: Sequence[UUID], year: int) -> dict[UUID, Decimal]:
    """Return the MWh of a year's electricity each account has claimed certificates for; nothing is zero.

    Raises:
        Unauthenticated, Forbidden: without `emissions:read`.
    """
    scope.require("emissions:read")
    known = await known_claims(read, scope, account_ids, year, now())
    return {one: total(each.mwh for each in known.get(one, [])) for one in account_ids}


async def purchased_electricity(read: Read, scope: Scope, account_id: UUID, year: int) -> Decimal:
    """Return the MWh certificates can be claimed for at most: approved purchased electricity less what was sold.

    Electricity with a declared supplier's factor and electricity entered as green already do not count.

    Raises:
        Unauthenticated, Forbidden: without `emissions:read`.
    """
    scope.require("emissions:read")
    found = await purchases(read, scope, [account_id], year, now())
    return found.get(account_id, Purchases()).net


async def purchases(
    read: Read, _scope: Scope, account_ids: Sequence[UUID], year: int, as_of: datetime
) -> dict[UUID, Purchases]:
    """Return the year's purchases of each account that has any, as they were known at an instant."""
    bound = parameters_of(account_ids, date(year, 1, 1), date(year, 12, 1), as_of)
    return fold(await read.rows(text(PURCHASES), bound))


def fold(rows: Iterable[Any]) -> dict[UUID, Purchases]:
    """Sum rows of electricity (columns of `PURCHASES`, one or more a cell) to each account's purchases."""
    bought: defaultdict[UUID, dict[Place, Decimal]] = defaultdict(dict)
    sold: defaultdict[UUID, Decimal] = defaultdict(Decimal)
    waiting: defaultdict[UUID, Decimal] = defaultdict(Decimal)
    for row in rows:
        mwh = multiply(row.quantity, conversion(row.unit, UNIT))
        cells = bought[row.account_id]
        if row.method == SOLD:
            if row.is_approved:
                sold[row.account_id] = add(sold[row.account_id], mwh)
        elif not row.is_approved:
            waiting[row.account_id] = add(waiting[row.account_id], mwh)
        elif not row.has_own_factor:
            place = (row.source_id, row.month, row.unit, row.parameters)
            cells[place] = add(cells.get(place, Decimal(0)), mwh)
    return {
        account_id: Purchases(
            total(cells.values()), sold[account_id], waiting[account_id],
            tuple(Cell(*place, mwh) for place, mwh in cells.items()),
        )
        for account_id, cells in bought.items()
    }  # fmt: skip


def claim_of(row: Any) -> EnergyClaim:  # noqa: ANN401 - a row of `CLAIMS`
    """Return a stored claim."""
    return EnergyClaim(
        row.account_id, row.movement_id, row.facts["movement_number"], row.year, row.mwh, row.facts["class_code"],
        parts_of(row.facts), row.recorded_at, row.recorded_by, row.withdrawn_at,
    )  # fmt: skip
