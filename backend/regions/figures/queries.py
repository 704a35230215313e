"""Reads of a division's yearly figures."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import text

from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.regions.values import ACTIVITIES, FigureKind, FigureValue

COLUMNS = (
    "id, division_code, division_path, year, kind, quantity, unit, document, document_number, document_date, note,"
    " is_withdrawn, recorded_at, recorded_by"
)

STANDING = text(f"""
select * from (
    select distinct on (division_code, year, kind) {COLUMNS} from region_figure
    where (cast(:codes as text[]) is null or division_code = any(cast(:codes as text[])))
        and (cast(:under as text) is null or starts_with(division_path, :under))
        and (cast(:years as bigint[]) is null or year = any(cast(:years as bigint[])))
    order by division_code, year, kind, recorded_at desc, id desc
) newest
where not is_withdrawn
order by division_path, year, kind""")


async def activity(
    read: Read, scope: Scope, division_codes: Sequence[str], years: Sequence[int]
) -> dict[tuple[str, int], dict[FigureKind, Decimal]]:
    """Return what stands for each division and year: money in 万CNY, population in persons. One statement.

    A division's year without any figure is left out. Keys compare equal to their words (`found["gdp"]`).

    Raises:
        Unauthenticated, Forbidden: without `regions:read`.
    """
    found: dict[tuple[str, int], dict[FigureKind, Decimal]] = {}
    if not division_codes or not years:
        scope.require("regions:read")
        return found
    for each in await standing(read, scope, division_codes=division_codes, years=years):
        if each.kind in ACTIVITIES:
            found.setdefault((each.division_code, each.year), {})[each.kind] = each.quantity
    return found


async def standing(
    read: Read, scope: Scope, *, division_codes: Sequence[str] | None = None, under: str | None = None,
    years: Sequence[int] | None = None,
) -> list[FigureValue]:  # fmt: skip
    """Return the figures that stand, with their documents; None does not restrict. Raises Unauthenticated, Forbidden."""
    scope.require("regions:read")
    asked = {
        "codes": None if division_codes is None else list(division_codes), "under": under,
        "years": None if years is None else list(years),
    }  # fmt: skip
    return [_value(row) for row in await read.rows(STANDING, asked)]


def _value(row: Any) -> FigureValue:  # noqa: ANN401 - a row of `COLUMNS`
    given: dict[str, Any] = {**row._mapping, "kind": FigureKind(row.kind)}  # noqa: SLF001 - a row's public spelling as a mapping
    return FigureValue(**given)
