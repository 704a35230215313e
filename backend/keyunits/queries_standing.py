"""Reads of how units stand beside their sector, of their efficiency codes, and of their public pages."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import JSONB

from backend.keyunits.values import (
    BenchmarkRow,
    CodeRow,
    Metric,
    PassportField,
    PassportRow,
    ReferenceKind,
    ReferenceMetric,
    ReferenceRow,
    Words,
)
from backend.kit.db import Read
from backend.kit.scope import Scope

BENCHMARKS = text("""
select distinct on (division_path, year, sector, metric) id, year, sector, metric, division_code, division_path, accounts,
    low, middle, high, recorded_at, recorded_by
from key_unit_benchmark
where (cast(:year as bigint) is null or year = :year) and (cast(:sectors as text[]) is null or sector = any(cast(:sectors as text[])))
    and (cast(:path as text) is null or division_path = :path)
order by division_path, year, sector, metric, recorded_at desc, id desc""")

REFERENCES = text("""
select distinct on (product, metric, kind, product_unit, division_path) id, division_code, division_path, product,
    product_unit, metric, kind, quantity, starts_on, document, document_number, document_date, recorded_at, recorded_by
from key_unit_reference
where starts_on <= :on and (cast(:products as text[]) is null or product = any(cast(:products as text[])))
order by product, metric, kind, product_unit, division_path, starts_on desc, recorded_at desc, id desc""")

CODES = text("""
select distinct on (account_id) account_id, id, year, scheme, level, name_zh, name_en, ratio, intensity, benchmark_id,
    inventory_id, is_placeholder, recorded_at, recorded_by
from key_unit_code where account_id = any(cast(:ids as uuid[]))
order by account_id, year desc, recorded_at desc, id desc""")

PASSPORT = """
select distinct on (account_id) account_id, id, passport_id, fields, valid_until, is_withdrawn, recorded_at, recorded_by
from key_unit_passport"""
PASSPORTS = text(
    f"{PASSPORT} where account_id = any(cast(:ids as uuid[])) order by account_id, recorded_at desc, id desc"
).columns(fields=JSONB)
PASSPORT_BY_ID = text(f"{PASSPORT} where passport_id = :id order by account_id, recorded_at desc, id desc").columns(
    fields=JSONB
)


async def benchmarks(
    read: Read, scope: Scope, *, year: int | None = None, sectors: Sequence[str] | None = None, path: str | None = None
) -> list[BenchmarkRow]:
    """Return the newest comparison of each division, year, sector and metric the caller sees.

    Raises:
        Unauthenticated, Forbidden: without `keyunits:read`.
    """
    scope.require("keyunits:read")
    given = {"year": year, "sectors": None if sectors is None else list(sectors), "path": path}
    return [_benchmark(row) for row in await read.rows(BENCHMARKS, given)]


async def references(
    read: Read, scope: Scope, *, on: date, products: Sequence[str] | None = None
) -> list[ReferenceRow]:
    """Return the reference levels in force on a day, by product. Raises Unauthenticated, Forbidden."""
    scope.require("keyunits:read")
    rows = await read.rows(REFERENCES, {"on": on, "products": None if products is None else list(products)})
    return [_reference(row) for row in rows]


async def codes(read: Read, _scope: Scope, account_ids: Sequence[UUID]) -> list[CodeRow | None]:
    """Return the code of each account's newest year with one, None without; for a loader."""
    found = {row.account_id: _code(row) for row in await read.rows(CODES, {"ids": list(account_ids)})}
    return [found.get(one) for one in account_ids]


async def passports(read: Read, _scope: Scope, account_ids: Sequence[UUID]) -> list[PassportRow | None]:
    """Return what each account last said of its public page, None where it never had one; for a loader."""
    found = {row.account_id: _passport(row) for row in await read.rows(PASSPORTS, {"ids": list(account_ids)})}
    return [found.get(one) for one in account_ids]


async def passport(read: Read, _scope: Scope, passport_id: UUID, on: date) -> PassportRow | None:
    """Return a public page that is shown on a day, None where there is none, or not any more."""
    row = await read.row(PASSPORT_BY_ID, {"id": passport_id})
    if row is None or row.is_withdrawn or row.valid_until < on:
        return None
    return _passport(row)


def _benchmark(row: Sequence[Any]) -> BenchmarkRow:
    own_id, year, sector, metric, *rest = row
    return BenchmarkRow(own_id, year, sector, Metric(metric), *rest)


def _reference(row: Sequence[Any]) -> ReferenceRow:
    own_id, code, path, product, unit, metric, kind, *rest = row
    return ReferenceRow(own_id, code, path, product, unit, ReferenceMetric(metric), ReferenceKind(kind), *rest)


def _code(row: Sequence[Any]) -> CodeRow:
    account_id, own_id, year, scheme, level, zh, en, *rest = row
    return CodeRow(account_id, own_id, year, scheme, level, Words(zh, en), *rest)


def _passport(row: Sequence[Any]) -> PassportRow:
    account_id, own_id, passport_id, fields, *rest = row
    return PassportRow(account_id, own_id, passport_id, [PassportField(each) for each in fields], *rest)
