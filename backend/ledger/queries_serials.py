"""Serials: the registry's own codes of them, and the life of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select, text
from sqlalchemy.dialects.postgresql import JSONB, Range

from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.ledger.models import LedgerOrigin
from backend.ledger.queries import leaving, life, posting
from backend.ledger.values import OriginRange, PostingValue, Serials

CODES = text("""
    select k.place, c.*
    from jsonb_array_elements(:keys) with ordinality as k(value, place), lateral (
        select o.registry_code, o.frame, lower(o.numbers) - o.first_serial as shift,
               greatest(o.first_serial, s.first) as first,
               least(o.first_serial + upper(o.numbers) - lower(o.numbers) - 1, s.last) as last
        from ledger_origin o
            join lateral (
                select (e->>0)::bigint as first, (e->>1)::bigint as last from jsonb_array_elements(k.value->'serials') e
            ) s on o.first_serial <= s.last and o.first_serial + upper(o.numbers) - lower(o.numbers) > s.first
        where o.batch_id in (select e::uuid from jsonb_array_elements_text(k.value->'batches') e)
            and greatest(o.first_serial, s.first) > (k.value->>'after')::bigint
        order by greatest(o.first_serial, s.first)
        limit (k.value->>'limit')::bigint
    ) c
    order by k.place, c.first
""").bindparams(bindparam("keys", type_=JSONB))
SEEN = text("""
    select found.batch_id, range_agg(found.serials) as serials
    from (
        select p.batch_id, p.serials
        from ledger_balance b
            join ledger_posting p
                on p.account_id = b.account_id and p.batch_id = b.batch_id and p.bucket = b.bucket and p.amount > 0
        where b.batch_id = any(:ids) and p.serials is not null
        union all
        select h.batch_id, int8multirange(l.serials)
        from ledger_hold_part h join ledger_lot l on l.hold_id = h.hold_id and l.batch_id = h.batch_id
        where h.batch_id = any(:ids)
    ) found
    group by found.batch_id
""")


@dataclass(frozen=True, slots=True)
class CodesKey:
    """A page of the registry's codes: of these serials in these batches, after a serial."""

    batch_ids: tuple[UUID, ...]
    serials: tuple[Serials, ...]
    after: int
    limit: int


@dataclass(frozen=True, slots=True)
class CodeValue:
    """A run of the registry's codes, and the serials they have here; both count on together."""

    origin: OriginRange
    serials: Serials


async def load_codes(read: Read, _scope: Scope, keys: list[CodesKey]) -> list[list[CodeValue]]:
    """Return a page of the registry's codes for each key, by serial; for a loader."""
    asked = [
        {
            "batches": [str(one) for one in each.batch_ids], "serials": [list(one) for one in each.serials],
            "after": each.after, "limit": each.limit,
        }
        for each in keys
    ]  # fmt: skip
    found: list[list[CodeValue]] = [[] for _ in keys]
    for row in await read.rows(CODES, {"keys": asked}):
        named = OriginRange(row.registry_code, row.frame, row.first + row.shift, row.last + row.shift)
        found[row.place - 1].append(CodeValue(named, (row.first, row.last)))
    return found


async def load_seen(read: Read, _scope: Scope, batch_ids: list[UUID]) -> list[tuple[Serials, ...]]:
    """Return the serials of each batch that ever lay where the caller sees them; for a loader.

    A holder of ten units of a batch learns their codes, not those of the other units issued with them.
    """
    rows = await read.rows(SEEN, {"ids": batch_ids})
    found = {row.batch_id: tuple((each.lower, each.upper - 1) for each in row.serials) for row in rows}
    return [found.get(each, ()) for each in batch_ids]


async def arrivals(read: Read, scope: Scope, serial: int) -> list[tuple[UUID, PostingValue]]:
    """Return where a serial came to lie, in order, as far as the caller sees: the movement's id and its posting."""
    scope.require("ledger:read")
    return [(row.movement_id, posting(row)) for row in await read.rows(life(serial))]


async def departure(read: Read, scope: Scope, arrived: Sequence[tuple[UUID, PostingValue]], serial: int) -> UUID | None:
    """Return the movement by which a serial went where the caller cannot look; None while it lies where it arrived.

    `arrived` is what `arrivals` said. Every movement takes from one place and gives to another: one whose giving is
    seen is a step of the life.
    """
    scope.require("ledger:read")
    last = (await read.rows(leaving(serial)))[:1]
    return last[0].movement_id if last and last[0].movement_id not in {each for each, _ in arrived} else None


async def serials_of_code(read: Read, scope: Scope, registry: str, frame: str, number: int) -> list[int]:
    """Return the serials a registry's code has had here, the live one first; empty when no batch of it is visible."""
    scope.require("ledger:read")
    rows: Sequence[Any] = await read.rows(
        select(LedgerOrigin.first_serial, LedgerOrigin.numbers)
        .where(
            LedgerOrigin.registry_code == registry,
            LedgerOrigin.frame == frame,
            LedgerOrigin.numbers.op("&&")(Range(number, number + 1)),
        )
        .order_by(LedgerOrigin.is_live.desc(), LedgerOrigin.first_serial.desc())
    )
    return [row.first_serial + number - row.numbers.lower for row in rows]
