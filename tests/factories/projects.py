"""Investment projects made by the service's own commands, as far as a test wants them.

site = await ground(databases)                     # Ground: .held .city .officer .decider .evidence
project = await drafted(databases, site)           # a machinery works of 10,000 MWh a year: reviewed locally
project = await in_review(databases, site, project)
"""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from factories.accounts import Held, evidence_of, held_account
from factories.budgets import approved as budgeted
from factories.budgets import line as budget_line
from factories.budgets import own_year
from factories.identity import Made, authority, colleague

from backend.kit.db import Databases
from backend.kit.scope import Scope
from backend.projects import service
from backend.projects.values import (
    DocumentKind,
    Line,
    LineKind,
    Nature,
    Output,
    Paper,
    ProjectFacts,
    ProjectValue,
)

DIVISION = "320206"
UNBUDGETED = 2030
WHY = "符合节能审查要求"
D = Decimal


@dataclass(frozen=True, slots=True)
class Ground:
    """Where projects are made: an enterprise's account, an officer and a decider of its city, a file, a budget's year."""

    held: Held
    city: Made
    officer: Scope
    evidence: UUID
    year: int

    @property
    def scope(self) -> Scope:
        return self.held.scope

    @property
    def decider(self) -> Scope:
        return self.city.scope


async def ground(
    databases: Databases, *, tonnes: str | None = "1000000", division: str = DIVISION, tenant: str = "wuxi"
) -> Ground:
    """Make the parties, and a budget of the city and of the division in a year of their own."""
    held, city = (
        await held_account(databases, division=division, tenant=tenant),
        await authority(databases, tenant=tenant),
    )
    # Without a budget any year is as good as another.
    year, evidence = UNBUDGETED if tonnes is None else own_year(tenant), await evidence_of(databases, held)
    if tonnes is not None:
        root = city.path.rstrip("/").rpartition("/")[2]
        twice = format(D(tonnes) * 2, "f")
        await budgeted(databases, city, budget_line(root, year, twice), budget_line(division, year, tonnes))
    return Ground(held, city, await colleague(databases, city, "officer"), evidence.id, year)


def power(mwh: str) -> Line:
    """Return a year's purchased electricity."""
    return Line(LineKind.ELECTRICITY, "", D(mwh), "MWh")


def facts(site: Ground, *lines: Line, **given: Any) -> ProjectFacts:
    """Return an application with every file it needs."""
    usual = ProjectFacts(
        code="2606-320206-04-01-100001", name="精密机床生产线", division_code=site.held.account.division_code,
        sector="machinery", nature=Nature.NEW, starts_on=date(2026, 9, 1), produces_on=date(site.year, 1, 1),
        lines=lines or (power("10000"),), outputs=(Output("机床", D(500), "台"),), value_added=D(20000),
        is_key_field=False, papers=(Paper(DocumentKind.COMBINED_REPORT, site.evidence),),
    )  # fmt: skip
    return replace(usual, **given)


async def drafted(databases: Databases, site: Ground, *lines: Line, **given: Any) -> ProjectValue:
    """Draft a project."""
    async with databases.write(site.scope) as write:
        return await service.draft(write, site.scope, site.held.id, facts(site, *lines, **given))


async def stepped(
    databases: Databases, scope: Scope, step: Any, project: ProjectValue, *arguments: Any, **given: Any
) -> ProjectValue:
    """Take a step of a project."""
    async with databases.write(scope) as write:
        return await step(write, scope, project.account_id, project.id, *arguments, **given)


async def in_review(databases: Databases, site: Ground, project: ProjectValue) -> ProjectValue:
    """Submit a project and take it into review."""
    await stepped(databases, site.scope, service.submit, project)
    return await stepped(databases, site.officer, service.take, project)


async def approved(
    databases: Databases, site: Ground, project: ProjectValue, tonnes: str = "6000", **given: Any
) -> ProjectValue:
    """Have a project approved, with tonnes held of the ground's year."""
    usual: dict[str, Any] = {"conditions": ["采用一级能效电机"], "lines": [(site.year, D(tonnes))], **given}
    decision = service.Decision(is_approved=True, version=project.version, reason=WHY, **usual)
    return await stepped(databases, site.decider, service.decide, project, decision)


async def on_trial(databases: Databases, site: Ground, project: ProjectValue) -> ProjectValue:
    """Start an approved project and its trial run."""
    await stepped(databases, site.scope, service.start, project)
    return await stepped(databases, site.scope, service.begin_trial, project)


async def measured(databases: Databases, site: Ground, project: ProjectValue, tce: str, tonnes: str) -> ProjectValue:
    """Report measured amounts and conclude the acceptance."""
    amounts = service.Measured(D(tce), D(tonnes), site.evidence)
    await stepped(databases, site.scope, service.report, project, amounts)
    return await stepped(databases, site.decider, service.conclude, project)


async def applied(databases: Databases, held: Held) -> ProjectValue:
    """Draft and submit a project of an account: there for whoever must not see it."""
    evidence = await evidence_of(databases, held)
    site = Ground(held, held.holder, held.scope, evidence.id, 2028)
    project = await drafted(databases, site, name="受害者投资项目")
    return await stepped(databases, held.scope, service.submit, project)
