"""Reads of registers, chief carbon officers and white papers. Row-level security decides which rows a caller sees."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text, tuple_
from sqlalchemy.dialects.postgresql import distinct_on

from backend.esg.city.values import CarbonOfficerValue, RegisterEntryValue, RegisterKind, WhitePaperValue
from backend.esg.models import EsgCarbonOfficer, EsgProfile, EsgRegisterEntry, EsgWhitePaper
from backend.esg.queries import made, of
from backend.kit.db import Read
from backend.kit.scope import Scope

Place = tuple[datetime, UUID]


def _entry(row: Any) -> RegisterEntryValue:  # noqa: ANN401 - a row
    return made(RegisterEntryValue, row, kind=RegisterKind(row.kind))


_NEWEST = (
    select(*of(EsgRegisterEntry, RegisterEntryValue))
    .ext(distinct_on(EsgRegisterEntry.kind, EsgRegisterEntry.key))
    .order_by(
        EsgRegisterEntry.kind, EsgRegisterEntry.key, EsgRegisterEntry.recorded_at.desc(), EsgRegisterEntry.id.desc()
    )
    .subquery()
)


async def registers(read: Read, _scope: Scope) -> list[RegisterEntryValue]:
    """Return what counts in all registers now, in one statement."""
    statement = select(_NEWEST).where(_NEWEST.c.is_removed.is_(False)).order_by(_NEWEST.c.kind, _NEWEST.c.key)
    return [_entry(row) for row in await read.rows(statement)]


async def register(
    read: Read, _scope: Scope, kind: RegisterKind, *, after: str | None, limit: int
) -> list[RegisterEntryValue]:
    """Return what counts in a register now, by key."""
    statement = (
        select(_NEWEST)
        .where(_NEWEST.c.kind == kind.value, _NEWEST.c.is_removed.is_(False))
        .order_by(_NEWEST.c.key)
        .limit(limit)
    )
    if after is not None:
        statement = statement.where(_NEWEST.c.key > after)
    return [_entry(row) for row in await read.rows(statement)]


async def claims(read: Read, _scope: Scope) -> dict[tuple[str, str], list[UUID]]:
    """Return which accounts say now that they are which listed firm, by exchange and stock code."""
    newest = (
        select(EsgProfile.account_id, EsgProfile.exchange, EsgProfile.stock_code)
        .ext(distinct_on(EsgProfile.account_id))
        .order_by(EsgProfile.account_id, EsgProfile.recorded_at.desc(), EsgProfile.id.desc())
        .subquery()
    )
    found: dict[tuple[str, str], list[UUID]] = {}
    for row in await read.rows(select(newest).where(newest.c.stock_code != "", newest.c.exchange.is_not(None))):
        found.setdefault((row.exchange, row.stock_code), []).append(row.account_id)
    return found


async def disclosers(read: Read, _scope: Scope, year: int) -> set[UUID]:
    """Return the visible accounts that published a disclosure of a year."""
    return {row.account_id for row in await read.rows(_DISCLOSERS, {"year": year})}


_DISCLOSERS = text("select distinct account_id from esg_publication where year = :year")


async def officers_in_force(read: Read, _scope: Scope) -> list[CarbonOfficerValue]:
    """Return the newest appointment of every visible account."""
    statement = (
        select(*of(EsgCarbonOfficer, CarbonOfficerValue))
        .ext(distinct_on(EsgCarbonOfficer.account_id))
        .order_by(EsgCarbonOfficer.account_id, EsgCarbonOfficer.recorded_at.desc(), EsgCarbonOfficer.id.desc())
    )
    return [CarbonOfficerValue(*row) for row in await read.rows(statement)]


async def officers(
    read: Read, _scope: Scope, account_ids: Sequence[UUID] | None, *, after: Place | None, limit: int
) -> list[CarbonOfficerValue]:
    """Return appointments, the newest recorded first."""
    statement = (
        select(*of(EsgCarbonOfficer, CarbonOfficerValue))
        .order_by(EsgCarbonOfficer.recorded_at.desc(), EsgCarbonOfficer.id.desc())
        .limit(limit)
    )
    if account_ids is not None:
        statement = statement.where(EsgCarbonOfficer.account_id.in_(account_ids))
    if after is not None:
        statement = statement.where(tuple_(EsgCarbonOfficer.recorded_at, EsgCarbonOfficer.id) < after)
    return [CarbonOfficerValue(*row) for row in await read.rows(statement)]


_PAPER = select(*of(EsgWhitePaper, WhitePaperValue))


async def papers(read: Read, _scope: Scope, *, after: Place | None, limit: int) -> list[WhitePaperValue]:
    """Return drafts of the white paper's table, the newest first."""
    statement = _PAPER.order_by(EsgWhitePaper.made_at.desc(), EsgWhitePaper.id.desc()).limit(limit)
    if after is not None:
        statement = statement.where(tuple_(EsgWhitePaper.made_at, EsgWhitePaper.id) < after)
    return [WhitePaperValue(*row) for row in await read.rows(statement)]


async def paper(read: Read, _scope: Scope, own_id: UUID) -> WhitePaperValue | None:
    """Return a draft, None where the caller sees none."""
    rows = await read.rows(_PAPER.where(EsgWhitePaper.id == own_id))
    return WhitePaperValue(*rows[0]) if rows else None
