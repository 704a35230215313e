"""The budget tree and what-if: lines with their positions and verdicts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from backend.budgets import queries
from backend.budgets.errors import BudgetMissing
from backend.budgets.rules import checking, supposing
from backend.budgets.rules.judging import Judgement, judge, level_standing
from backend.budgets.rules.supposing import Outlook, Supposed, suppose
from backend.budgets.service.positions import of_lines
from backend.budgets.service.ruling import budget_rules
from backend.budgets.values import ALL_SECTORS, BudgetPosition, LevelStanding, LineValue
from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.regions import service as regions
from backend.tenants.values import BudgetRules


@dataclass(frozen=True, slots=True)
class BudgetView:
    """A line, where it stands, and the verdict on it (None for a five-year line: its years are judged).

    `level_standing`: whether the jurisdiction's document has budgets of its level.
    """

    line: LineValue
    position: BudgetPosition
    judgement: Judgement | None
    level_standing: LevelStanding


async def tree(
    read: Read,
    scope: Scope,
    *,
    first_year: int,
    last_year: int,
    division_code: str | None = None,
    sector: str | None = None,
    known_at: datetime | None = None,
    on: date | None = None,
    after: queries.Place | None = None,
    limit: int,
) -> list[BudgetView]:
    """Return the budgets of a year (or of a five-year span), a division before those below it.

    Raises:
        Unauthenticated, Forbidden: without `budgets:read`.
        BudgetYearInvalid: no year or span of a budget.
        DivisionUnknown: there is none, or it lies outside the caller's region.
    """
    scope.require("budgets:read")
    checking.years(first_year, last_year, path=("firstYear",))
    under = None if division_code is None else await path_of(read, scope, division_code)
    lines = await queries.lines_of_years(
        read,
        scope,
        first_year,
        last_year,
        under=under,
        sector=sector,
        known_at=known_at,
        on=on,
        after=after,
        limit=limit,
    )
    standing = await of_lines(read, scope, lines, known_at=known_at, on=on)
    rules = await budget_rules(read, scope)
    return [_view(rules, line, standing[line.id]) for line in lines]


async def path_of(read: Read, scope: Scope, division_code: str) -> str:
    """Return the path of a division of the caller's region.

    Raises:
        DivisionUnknown: there is none, or it lies outside the caller's region.
    """
    return (await regions.own_division(read, scope, division_code)).path


async def of_units(read: Read, scope: Scope, account_ids: Sequence[UUID], years: Sequence[int]) -> list[BudgetView]:
    """Return the budgets of key units, by account and year.

    Raises:
        Unauthenticated, Forbidden: without `budgets:read`.
    """
    scope.require("budgets:read")
    lines = await queries.annual_lines(read, scope, years, account_ids=account_ids)
    standing = await of_lines(read, scope, lines)
    rules = await budget_rules(read, scope)
    return [_view(rules, each, standing[each.id]) for each in lines]


async def what_if(
    read: Read, scope: Scope, division_code: str, year: int, supposed: Supposed, *, sector: str = ALL_SECTORS
) -> tuple[BudgetView, Outlook]:
    """Return where a division's year stands, and where it would; nothing is stored.

    Raises:
        Unauthenticated, Forbidden: without `budgets:read`.
        BudgetSupposedInvalid: what is supposed.
        DivisionUnknown: there is none, or it lies outside the caller's region.
        BudgetMissing: no budget of the year.
    """
    scope.require("budgets:read")
    supposing.check(supposed)
    division = await regions.own_division(read, scope, division_code)
    lines = await queries.annual_lines(read, scope, [year], division_codes=[division.code], sector=sector)
    standing = await of_lines(read, scope, lines)
    if not standing:
        raise BudgetMissing(division=division_code, year=year, path=("input", "year"))
    rules = await budget_rules(read, scope)
    position = standing[lines[0].id]
    return _view(rules, lines[0], position), suppose(
        position, supposed, mode=rules.mode, elastic_percent=rules.elastic_percent
    )


def _view(rules: BudgetRules, line: LineValue, position: BudgetPosition) -> BudgetView:
    judgement = judged(rules, position) if line.is_annual else None
    return BudgetView(line, position, judgement, level_standing(line.level, rules.levels, rules.planned_levels))


def judged(rules: BudgetRules, position: BudgetPosition) -> Judgement:
    """Judge a position by the jurisdiction's rule. A key unit and a sector have no intensity target of their own."""
    found = judge(
        rules.mode, budget=position.total, projected=position.projected, target=position.intensity_target,
        intensity=position.intensity_projected, elastic_percent=rules.elastic_percent,
    )  # fmt: skip
    if position.account_id is None and position.sector == ALL_SECTORS:
        return found
    return Judgement(found.total, found.intensity, found.total, found.note)
