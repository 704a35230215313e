"""Keep what was projected, with its back-test, so that it can be held against what came."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import insert

from backend.budgets import queries
from backend.budgets.errors import BudgetLineNotFound, BudgetMissing
from backend.budgets.models import BudgetProjection
from backend.budgets.rules import checking, projecting
from backend.budgets.rules.counting import Counted
from backend.budgets.service.common import of_authority
from backend.budgets.service.tracking import emitted, projected, rounded, subject
from backend.budgets.service.viewing import path_of
from backend.budgets.values import KeptProjection, LineValue, TestedYear
from backend.kit.clock import now
from backend.kit.db import Read, Write
from backend.kit.ids import new_id
from backend.kit.scope import Scope

MOST_LINES = 2_000


async def keep_projections(
    write: Write, scope: Scope, year: int, *, division_code: str | None = None
) -> list[KeptProjection]:  # fmt: skip
    """Keep the projections of a year's budgets, of a division and those below it or of all the caller sees.

    Each is kept with the past years it was tested on. One that cannot be told is kept too: it says why.

    Raises:
        Unauthenticated, Forbidden: without `budgets:adjust`.
        BudgetOfAuthorities: not an authority.
        BudgetYearInvalid, DivisionUnknown: what was asked for.
        BudgetMissing: no budget of that year.
    """
    of_authority(scope, "budgets:adjust")
    checking.years(year, year, path=("input", "year"))
    under = None if division_code is None else await path_of(write, scope, division_code)
    lines = await queries.lines_of_years(write, scope, year, year, under=under, limit=MOST_LINES)
    if not lines:
        raise BudgetMissing(division=division_code or "", year=year, path=("input", "year"))
    counted = await emitted(write, scope, lines)
    at = now()
    kept = [_kept(each, counted.get(subject(each), Counted()), at, scope.actor_id) for each in lines]
    await write.run(insert(BudgetProjection), [_row(each) for each in kept])
    write.audit(
        "budgets:keep_projections", object_type="BudgetProjection", object_id=year, division=division_code or "",
        lines=len(kept),
    )  # fmt: skip
    return kept


async def projections(
    read: Read, scope: Scope, line_id: UUID, *, after: tuple[datetime, UUID] | None, limit: int
) -> tuple[Sequence[KeptProjection], Decimal | None]:
    """Return what was kept of a line, the newest first, and what its year came to (None while months are missing).

    Raises:
        Unauthenticated, Forbidden: without `budgets:read`.
        BudgetLineNotFound: not there, or not visible.
    """
    scope.require("budgets:read")
    line = await queries.line(read, scope, line_id)
    if line is None:
        raise BudgetLineNotFound
    kept = await queries.projections(read, scope, line_id, after=after, limit=limit)
    own = (await emitted(read, scope, [line])).get(subject(line), Counted())
    return kept, own.whole(line.first_year) if line.is_annual else None


def _kept(line: LineValue, own: Counted, at: datetime, by: UUID | None) -> KeptProjection:
    found = projected(own, line.first_year)
    return KeptProjection(
        line_id=line.id, id=new_id(), method=projecting.METHOD_CODE,
        through=date(line.first_year, found.through, 1) if found.through else None, missing=found.missing,
        low=rounded(found.low), projected=rounded(found.middle), high=rounded(found.high),
        error_percent=rounded(found.error),
        tested=tuple(
            TestedYear(each.year, rounded(each.projected), rounded(each.actual), rounded(each.error))
            for each in found.tested
        ),
        note_zh=found.note.zh, note_en=found.note.en, kept_at=at, kept_by=by,
    )  # fmt: skip


def _row(value: KeptProjection) -> dict[str, object]:
    tested = [
        {name: each if name == "year" else str(each) for name, each in asdict(one).items()} for one in value.tested
    ]
    return {
        **{each: getattr(value, each) for each in value.__slots__}, "missing": list(value.missing), "tested": tested,
    }  # fmt: skip
