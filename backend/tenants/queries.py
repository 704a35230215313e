"""Reads of a jurisdiction: its divisions and the pack in force."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, or_, select
from sqlalchemy.orm import aliased

from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.tenants.models import Division, PackVersion


@dataclass(frozen=True, slots=True)
class DivisionRow:
    """A division as stored; `path` is its place in the tree, `children` how many lie directly below."""

    code: str
    parent_code: str | None
    path: str
    name_zh: str
    name_en: str
    level: str
    is_gbt2260: bool
    source: str
    confidence: str
    children: int


_CHILD = aliased(Division)
_DIVISIONS = select(
    *Division.__table__.columns,
    select(func.count()).where(_CHILD.parent_code == Division.code).scalar_subquery().label("children"),
)


def _row(row: Row[Any]) -> DivisionRow:
    return DivisionRow(*row)


async def division(read: Read, scope: Scope, code: str) -> DivisionRow | None:
    """Return the division with this code, or None."""
    row = await read.row(_DIVISIONS.where(Division.code == code))
    return None if row is None else _row(row)


async def division_batch(read: Read, scope: Scope, codes: list[str]) -> list[DivisionRow | None]:
    """Return the division of each code, None where there is none; for a loader."""
    rows = await read.rows(_DIVISIONS.where(Division.code.in_(codes)))
    found = {row.code: _row(row) for row in rows}
    return [found.get(code) for code in codes]


async def divisions(
    read: Read,
    scope: Scope,
    under: str | None = None,
    *,
    level: str | None = None,
    search: str | None = None,
    after: str | None = None,
    limit: int | None = None,
) -> list[DivisionRow]:
    """Return divisions in the order of their paths: parents before their subdivisions.

    `under` is a path (`320000/320200/`): that division and everything below it.
    """
    wanted = _DIVISIONS.order_by(Division.path.collate("C"))
    if under is not None:
        wanted = wanted.where(Division.path.startswith(under, autoescape=True))
    if level is not None:
        wanted = wanted.where(Division.level == level)
    if search:
        named = (Division.name_zh, Division.name_en, Division.code)
        wanted = wanted.where(or_(*(column.icontains(search, autoescape=True) for column in named)))
    if after is not None:
        wanted = wanted.where(Division.path.collate("C") > after)
    if limit is not None:
        wanted = wanted.limit(limit)
    return [_row(row) for row in await read.rows(wanted)]


@dataclass(frozen=True, slots=True)
class PackRow:
    """The pack in force, as stored."""

    sha256: str
    version: str
    content: dict[str, Any]
    loaded_at: datetime


async def pack_in_force(read: Read, scope: Scope) -> PackRow | None:
    """Return the pack loaded last, or None before the first."""
    row = await read.row(
        select(PackVersion.sha256, PackVersion.version, PackVersion.content, PackVersion.loaded_at)
        .order_by(PackVersion.loaded_at.desc())
        .limit(1)
    )
    return None if row is None else PackRow(*row)


async def pack_setting(read: Read, scope: Scope, name: str) -> Any:  # noqa: ANN401 - JSON of any shape
    """Return one top-level value of the pack in force, without reading the rest; None before the first pack."""
    return await read.value(select(PackVersion.content[name]).order_by(PackVersion.loaded_at.desc()).limit(1))


async def pack_versions(read: Read, scope: Scope) -> Sequence[Row[Any]]:
    """Return (sha256, version, loaded_at) of every pack this database has been given, newest first."""
    return await read.rows(
        select(PackVersion.sha256, PackVersion.version, PackVersion.loaded_at).order_by(PackVersion.loaded_at.desc())
    )
