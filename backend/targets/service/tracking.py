"""How far targets are."""

from datetime import date, datetime
from uuid import UUID

from backend.budgets import service as budgets
from backend.kit.clock import today
from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.targets import queries
from backend.targets.errors import TargetNotFound
from backend.targets.rules import pacing
from backend.targets.service.common import path_of
from backend.targets.service.measuring import Measured, measured
from backend.targets.values import TargetKind, TargetProgress, TargetValue
from backend.tenants import service as tenants
from backend.tenants.values import BudgetRules


async def targets(
    read: Read,
    scope: Scope,
    *,
    year: int | None = None,
    kind: TargetKind | None = None,
    division_code: str | None = None,
    on: date | None = None,
    known_at: datetime | None = None,
    after: queries.Place | None = None,
    limit: int,
) -> list[TargetValue]:
    """Return the targets that count, a division before those below it.

    Raises:
        Unauthenticated, Forbidden: without `targets:read`.
        DivisionUnknown: there is none, or it lies outside the caller's region.
    """
    scope.require("targets:read")
    under = None if division_code is None else await path_of(read, scope, division_code)
    return await queries.targets(
        read, scope, year=year, kind=kind, under=under, on=on, known_at=known_at, after=after, limit=limit
    )


async def target_history(read: Read, scope: Scope, target_id: UUID) -> list[TargetValue]:
    """Return every target there was in a target's place, the newest first.

    Raises:
        Unauthenticated, Forbidden: without `targets:read`.
        TargetNotFound: not there, or not visible.
    """
    scope.require("targets:read")
    found = await queries.target(read, scope, target_id)
    if found is None:
        raise TargetNotFound
    return await queries.history(read, scope, found)


async def targets_by_id(read: Read, scope: Scope, ids: list[UUID]) -> list[TargetValue]:
    """Return targets by their ids, in that order; those the caller does not see are left out.

    Raises:
        Unauthenticated, Forbidden: without `targets:read`.
    """
    scope.require("targets:read")
    return await queries.by_id(read, scope, ids)


async def progress_of(
    read: Read, scope: Scope, found: list[TargetValue], *, until: int | None = None
) -> list[TargetProgress]:  # fmt: skip
    """Return how far each target is (by the end of a year), as known now. As many statements for all of them as for one.

    Raises:
        Unauthenticated, Forbidden: without `targets:read`.
    """
    scope.require("targets:read")
    codes = {each.division_code for each in found if each.account_id is None}
    divisions = [each for each in await tenants.divisions(read, scope) if each.code in codes]
    this_year = today().year if until is None else until
    years = {year for each in found for year in range(each.first_year, min(each.last_year, this_year) + 1)}
    years |= {each.base_year for each in found if each.base_year is not None}
    by = await measured(
        read, scope, divisions, sorted(years), footings=frozenset(each.footing for each in found),
        account_ids=[each.account_id for each in found if each.account_id is not None],
    )  # fmt: skip
    rules = await rules_of(read, scope)
    return [progress(each, by, rules, this_year) for each in found]


async def rules_of(read: Read, scope: Scope) -> BudgetRules:
    """Return the jurisdiction's rule of what binds: the same for targets as for budgets.

    Raises:
        Unauthenticated, Forbidden: without `budgets:read`.
    """
    return await budgets.budget_rules(read, scope)


def progress(target: TargetValue, by: Measured, rules: BudgetRules, this_year: int) -> TargetProgress:
    """Return how far a target is, of what is known."""
    emissions = by.emissions(target.division_code, target.account_id, target.footing)
    if target.kind is TargetKind.INTENSITY and target.base_year is not None:
        return pacing.intensity(
            target.value, target.base_year, target.first_year, target.last_year, emissions,
            by.gdp.get(target.division_code, {}), footing=target.footing, today=this_year,
        )  # fmt: skip
    return pacing.total(
        target.value, target.first_year, target.last_year, emissions, footing=target.footing, mode=rules.mode,
        elastic_percent=rules.elastic_percent, today=this_year,
    )  # fmt: skip


def is_binding(target: TargetValue, rules: BudgetRules) -> bool:
    """Tell whether a target decides by the jurisdiction's rule."""
    return pacing.is_binding(target.kind, rules.mode)
