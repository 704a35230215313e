"""What projects mean for their places, for those who see the budgets there."""

from decimal import Decimal
from uuid import UUID

from backend.budgets import service as budgets
from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.projects import queries
from backend.projects.rules import moving, placing, writing
from backend.projects.rules.placing import Impact
from backend.projects.values import ProjectFacts


def draws(facts: ProjectFacts, tonnes: Decimal | None) -> list[tuple[int, Decimal]]:
    """Return what a project draws on the budgets of its years where nobody says otherwise."""
    if tonnes is None:
        return []
    return moving.tonnes_of_years(moving.drawn(tonnes, facts.existing_tonnes), facts.produces_on)


async def impacts(read: Read, scope: Scope, keys: list[tuple[UUID, UUID, int]]) -> list[Impact | None]:
    """Return what each version (account, project, version) means for its place; for a loader.

    None: not visible, or the caller does not read budgets.
    """
    if not scope.allows("budgets:read"):
        return [None] * len(keys)
    projects = await queries.projects_by_id(read, scope, [each[:2] for each in keys])
    versions = await queries.versions_by_key(read, scope, keys)
    found = [
        (project, writing.facts_of(version.facts), writing.result_of(version.result))
        if project is not None and version is not None else None
        for project, version in zip(projects, versions, strict=True)
    ]  # fmt: skip
    lines = [[] if each is None else draws(each[1], each[2].tonnes) for each in found]
    codes = sorted({code for each in found if each for code in each[0].division_path.strip("/").split("/")})
    years = sorted({year for each in lines for year, _ in each})
    positions = await budgets.positions(read, scope, codes, years) if codes and years else {}
    return [
        None if each is None else placing.impact(each[0].division_path, each[1], each[2], own, positions)
        for each, own in zip(found, lines, strict=True)
    ]


__all__ = ["draws", "impacts"]
