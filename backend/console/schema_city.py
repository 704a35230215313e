"""The city's work on one screen, on the wire: beside `cityDashboard`, which shows its emissions."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

import strawberry

from backend.budgets.values import BudgetPosition
from backend.console.city import queries
from backend.console.city.queries import Work
from backend.console.schema_tasks import VerificationDeskCount, count_shown
from backend.kit.clock import today
from backend.projects.schema_types import InvestmentProjectState
from backend.projects.values import ProjectState
from backend.wire.context import Info


@strawberry.type(description="Where a division's budget of the year stands, tCO2e.")
class CityDeskBudget:
    """Where a division's budget stands."""

    total: Decimal = strawberry.field(description="What it amounts to now: approved, adjusted and moved.")
    reserved: Decimal = strawberry.field(description="Held for projects.")
    posted: Decimal = strawberry.field(description="Taken by projects that were accepted.")
    available: Decimal = strawberry.field(description="What can still be held.")
    actual: Decimal | None = strawberry.field(description="What was emitted so far; null: no month is known.")
    actual_through: date | None = strawberry.field(description="The last month of that.")
    projected_low: Decimal | None = strawberry.field(description="Lower end of the band of the year's end.")
    projected: Decimal | None = strawberry.field(description="The year's end as projected; null: it cannot be told.")
    projected_high: Decimal | None = strawberry.field(description="Upper end of the band.")
    note_zh: str = strawberry.field(description="What is to be known of the projection, in Chinese.")
    note_en: str = strawberry.field(description="What is to be known of the projection, in English.")


@strawberry.type(description="Warnings of a level that are not closed.")
class CityDeskWarnings:
    """Warnings of a level."""

    level: str = strawberry.field(description="The level's code.")
    level_zh: str = strawberry.field(description="Its Chinese name.")
    level_en: str = strawberry.field(description="Its English name.")
    open: int = strawberry.field(description="Warnings not closed.")
    overdue: int = strawberry.field(description="Of these, not answered in time.")


@strawberry.type(description="Investment projects that wait for the authority in a state.")
class CityDeskProjects:
    """Investment projects in a state."""

    state: InvestmentProjectState = strawberry.field(description="The state.")  # type: ignore[valid-type]
    projects: int = strawberry.field(description="Projects in it.")
    late: int = strawberry.field(description="Of these, beyond their day.")


@strawberry.type(
    description="A division's work on one screen (城市工作总览): its budget, its warnings, and what waits at each desk, all of its "
    "subtree."
)
class CityDesk:
    """A division's work on one screen."""

    division_code: str = strawberry.field(description="The division.")
    year: int = strawberry.field(description="The year of the budget.")
    verified_year: int = strawberry.field(description="The year whose inventories are verified in it: the one before.")
    budget: CityDeskBudget | None = strawberry.field(
        description="The division's annual budget; null: none was approved."
    )
    warnings: list[CityDeskWarnings] = strawberry.field(description="By level, the gravest first.")
    verification: list[VerificationDeskCount] = strawberry.field(description="Accounts by state of verification.")
    projects: list[CityDeskProjects] = strawberry.field(description="Projects that wait for the authority, by state.")
    applications: int = strawberry.field(description="Applications to join that wait.")
    oldest_application: datetime | None = strawberry.field(description="When the longest waiting of them came.")
    assignments_open: int = strawberry.field(description="Verifiers' assignments that are not done.")
    assignments_late: int = strawberry.field(description="Of these, beyond their day.")
    park_steps: int = strawberry.field(description="Steps of parks that wait for a second person.")


def _budget(value: BudgetPosition) -> CityDeskBudget:
    return CityDeskBudget(
        total=value.total, reserved=value.reserved, posted=value.posted, available=value.available,
        actual=value.actual, actual_through=value.actual_through, projected_low=value.projected_low,
        projected=value.projected, projected_high=value.projected_high,
        note_zh="" if value.note is None else value.note.zh, note_en="" if value.note is None else value.note.en,
    )  # fmt: skip


def work_shown(division_code: str, year: int, value: Work) -> CityDesk:
    """Return a division's work as the wire has it."""
    return CityDesk(
        division_code=division_code, year=year, verified_year=year - 1,
        budget=None if value.budget is None else _budget(value.budget),
        warnings=[
            CityDeskWarnings(
                level=each.level, level_zh=each.level_zh, level_en=each.level_en, open=each.open, overdue=each.overdue
            )
            for each in value.warnings
        ],
        verification=[count_shown(each) for each in value.verification],
        projects=[
            CityDeskProjects(state=ProjectState(each.state), projects=each.projects, late=each.late)
            for each in value.projects
        ],
        applications=value.applications, oldest_application=value.oldest_application,
        assignments_open=value.assignments_open, assignments_late=value.assignments_late, park_steps=value.park_steps,
    )  # fmt: skip


@strawberry.type
class CityQuery:
    """Reading the city's work."""

    @strawberry.field(
        description="A division of your region and its work on one screen (城市工作总览): budget, warnings, and what waits at the "
        "desks."
    )
    async def city_desk(
        self,
        info: Info,
        division_code: str,
        year: Annotated[
            int | None, strawberry.argument(description="The year of the budget; without one this year.")
        ] = None,
    ) -> CityDesk:
        """Return a division's work."""
        chosen = today().year if year is None else year
        async with info.context.read() as read:
            found = await queries.work(read, info.context.scope, division_code, chosen)
        return work_shown(division_code, chosen, found)
