"""Reads of targets in force and of stated figures. Row-level security decides which rows a caller sees; one statement each."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import JSONB

from backend.kit.clock import now, today
from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.targets.values import Footing, StatedFigure, TargetKind, TargetMethod, TargetValue

Place = tuple[str, UUID]
"""Division path and id of the last target seen."""
TARGET = (
    "id, plan_id, division_code, division_path, account_id, kind, first_year, last_year, base_year, value, footing, method,"
    " basis, document_number, document_dated, document_title, effective_on, approved_at, approved_by"
)
FIGURE = (
    "id, division_code, division_path, year, item, value, unit, note, document_number, document_dated, document_title,"
    " entered_from, recorded_at, recorded_by"
)
IN_FORCE = text(f"""
select * from (
    select distinct on (division_code, account_id, kind, first_year, last_year) {TARGET} from dual_target
    where effective_on <= :on and approved_at <= :known_at
      and (cast(:year as bigint) is null or :year between first_year and last_year)
      and (cast(:kind as text) is null or kind = :kind)
      and (cast(:under as text) is null or starts_with(division_path, :under))
      and (cast(:codes as text[]) is null or division_code = any(cast(:codes as text[])))
      and (cast(:accounts as uuid[]) is null or account_id = any(cast(:accounts as uuid[])))
      and (not cast(:is_of_divisions as boolean) or account_id is null)
    order by division_code, account_id, kind, first_year, last_year, effective_on desc, approved_at desc, id desc
) newest
where cast(:path as text) is null or (division_path collate "C", id) > (:path, cast(:id as uuid))
order by division_path collate "C", id
limit :limit""").columns(basis=JSONB)
ONE = text(f"select {TARGET} from dual_target where id = :id").columns(basis=JSONB)
LATER = text("select distinct effective_on from dual_target where effective_on > :on order by effective_on")
BY_ID = text(f"select {TARGET} from dual_target where id = any(cast(:ids as uuid[]))").columns(basis=JSONB)
HISTORY = text(f"""
select {TARGET} from dual_target
where division_code = :division_code and account_id is not distinct from cast(:account_id as uuid) and kind = :kind
  and first_year = :first_year and last_year = :last_year
order by effective_on desc, approved_at desc, id desc""").columns(basis=JSONB)
STANDING = text(f"""
select * from (
    select distinct on (division_code, year, item) {FIGURE} from target_figure
    where (cast(:codes as text[]) is null or division_code = any(cast(:codes as text[])))
      and (cast(:under as text) is null or starts_with(division_path, :under))
      and (cast(:years as bigint[]) is null or year = any(cast(:years as bigint[])))
      and (cast(:items as text[]) is null or item = any(cast(:items as text[])))
    order by division_code, year, item, recorded_at desc, id desc
) newest
where cast(:path as text) is null or (division_path collate "C", year, item collate "C") > (:path, :last_year, :last_item)
order by division_path collate "C", year, item collate "C"
limit :limit""")
EVERYTHING = 10_000


def target_of(row: Any) -> TargetValue:  # noqa: ANN401 - a row
    """Return a row as a target."""
    given: dict[str, Any] = {
        **row._mapping, "kind": TargetKind(row.kind), "footing": Footing(row.footing),  # noqa: SLF001 - SQLAlchemy's public name of a row's mapping
        "method": TargetMethod(row.method),
    }  # fmt: skip
    return TargetValue(**given)


async def targets(
    read: Read,
    _scope: Scope,
    *,
    year: int | None = None,
    kind: TargetKind | None = None,
    under: str | None = None,
    codes: Sequence[str] | None = None,
    account_ids: Sequence[UUID] | None = None,
    is_of_divisions: bool = False,
    on: date | None = None,
    known_at: datetime | None = None,
    after: Place | None = None,
    limit: int = EVERYTHING,
) -> list[TargetValue]:
    """Return the targets that count on a day, as known at a moment, a division before those below it."""
    path, own = after or (None, None)
    asked = {
        "year": year, "kind": None if kind is None else kind.value, "under": under,
        "codes": None if codes is None else list(codes),
        "accounts": None if account_ids is None else list(account_ids), "is_of_divisions": is_of_divisions,
        "on": on or today(), "known_at": known_at or now(), "path": path, "id": own, "limit": limit,
    }  # fmt: skip
    return [target_of(row) for row in await read.rows(IN_FORCE, asked)]


async def target(read: Read, _scope: Scope, target_id: UUID) -> TargetValue | None:
    """Return a target, None where the caller sees none."""
    row = await read.row(ONE, {"id": target_id})
    return None if row is None else target_of(row)


async def later_days(read: Read, _scope: Scope, on: date) -> list[date]:
    """Return the days after one on which visible targets take effect."""
    return [row.effective_on for row in await read.rows(LATER, {"on": on})]


async def by_id(read: Read, _scope: Scope, ids: Sequence[UUID]) -> list[TargetValue]:
    """Return targets by their ids, in that order."""
    found = {row.id: target_of(row) for row in await read.rows(BY_ID, {"ids": list(ids)})}
    return [found[each] for each in ids if each in found]


async def history(read: Read, _scope: Scope, of: TargetValue) -> list[TargetValue]:
    """Return every target there was in a target's place, the newest first."""
    asked = {
        "division_code": of.division_code, "account_id": of.account_id, "kind": of.kind.value,
        "first_year": of.first_year, "last_year": of.last_year,
    }  # fmt: skip
    return [target_of(row) for row in await read.rows(HISTORY, asked)]


async def figures(
    read: Read,
    _scope: Scope,
    *,
    codes: Sequence[str] | None = None,
    under: str | None = None,
    years: Sequence[int] | None = None,
    items: Sequence[str] | None = None,
    after: tuple[str, int, str] | None = None,
    limit: int = EVERYTHING,
) -> list[StatedFigure]:
    """Return the stated figures that count; None does not restrict."""
    path, last_year, last_item = after or (None, None, None)
    asked = {
        "path": path, "last_year": last_year, "last_item": last_item,
        "codes": None if codes is None else list(codes), "under": under,
        "years": None if years is None else list(years), "items": None if items is None else list(items),
        "limit": limit,
    }  # fmt: skip
    return [StatedFigure(**row._mapping) for row in await read.rows(STANDING, asked)]  # noqa: SLF001 - see above


async def stated(
    read: Read, scope: Scope, codes: Sequence[str], years: Sequence[int], item: str
) -> dict[str, dict[int, Decimal]]:
    """Return an item's values by division and year; what does not apply is left out."""
    found: dict[str, dict[int, Decimal]] = {}
    for each in await figures(read, scope, codes=codes, years=years, items=[item]) if codes and years else ():
        if each.value is not None:
            found.setdefault(each.division_code, {})[each.year] = each.value
    return found
