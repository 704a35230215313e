"""Budgets in force for tests: drafted by one person of the authority, approved by another.

    city = await authority(databases)                       # the whole jurisdiction
    await approved(databases, city, line("320206", 2091, "1000"))

Years and divisions are the tests' own: there is one budget of a division and year in a tenant, so each test takes a
year nobody else uses.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from uuid import UUID

from factories.accounts import Held
from factories.identity import Made, authority, colleague

from backend.budgets import queries, service
from backend.budgets.values import ALL_SECTORS, Balance, DraftLine, LineValue, Paper, PlanValue, Reference
from backend.kit.clock import today
from backend.kit.db import Databases
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.wire.nodes import node_id

PAPER = Paper("锡双碳〔2026〕1号", date(2026, 1, 15), "关于下达碳排放预算的通知")
WHY = "按方案执行"
SECRET_TONNES = "87654.3211"
SECRET_YEAR = 2020
"""A year nobody else has budgets of: no budget above that might not have so much left."""
_YEARS: defaultdict[str, Iterator[int]] = defaultdict(lambda: iter(range(2031, 2091)))
"""By tenant. What follows the last one is for tests of five-year spans, which name theirs."""


def own_year(tenant: str = "wuxi") -> int:
    """Return a year no other test of this process has budgets of in a tenant. There are sixty: do not take one in vain."""
    return next(_YEARS[tenant])


def line(division: str, year: int, tonnes: str, *, last: int | None = None, **given) -> DraftLine:
    """Draft a line."""
    given = {name: Decimal(each) if isinstance(each, str) and name in {"withheld", "intensity_target"} else each
             for name, each in given.items()}  # fmt: skip
    return DraftLine(division, year, last or year, Decimal(tonnes), **given)


async def drafted(databases: Databases, scope: Scope, *lines: DraftLine, effective_on: date | None = None) -> PlanValue:
    """Draft a plan."""
    async with databases.write(scope) as write:
        return await service.draft(
            write, scope, name="碳排放预算方案", document=PAPER, effective_on=effective_on or today(), lines=lines,
            reason=WHY,
        )  # fmt: skip


async def decided(databases: Databases, scope: Scope, plan_id: UUID, *, is_approved: bool = True) -> PlanValue:
    """Decide on a plan."""
    async with databases.write(scope) as write:
        return await service.decide(write, scope, plan_id, is_approved=is_approved, reason=WHY)


async def approved(
    databases: Databases, made: Made, *lines: DraftLine, effective_on: date | None = None
) -> dict[tuple[str, UUID | None, str, int, int], LineValue]:
    """Have lines drafted by an officer and approved by the administrator; return those in force by their key."""
    officer = await colleague(databases, made, "officer")
    plan = await drafted(databases, officer, *lines, effective_on=effective_on)
    await decided(databases, made.scope, plan.id)
    first, last = min(each.first_year for each in lines), max(each.last_year for each in lines)
    async with databases.read(made.scope) as read:
        known = await queries.of_spans(read, made.scope, first, last)
    keys = {each.key for each in lines if each.account_id is None}
    units = {each.account_id for each in lines if each.account_id is not None}
    return {
        key: each for each in known
        if (key := (each.division_code, each.account_id, each.sector, each.first_year, each.last_year)) in keys
        or each.account_id in units
    }  # fmt: skip


async def balance(databases: Databases, line_id: UUID, tenant: str = "wuxi") -> Balance:
    """Return a line's balance."""
    system = Scope.system(tenant)
    async with databases.read(system) as read:
        return (await queries.balances(read, system, [line_id]))[line_id]


async def own_line(
    databases: Databases, division: str, year: int, tenant: str = "wuxi", sector: str = ALL_SECTORS
) -> LineValue:
    """Return a division's annual line."""
    system = Scope.system(tenant)
    async with databases.read(system) as read:
        return (await queries.annual_lines(read, system, [year], division_codes=[division], sector=sector))[0]


def project(name: str = "示范项目") -> Reference:
    """Return something to reserve for."""
    return Reference("project", new_id(), name)


async def reserved(
    databases: Databases, scope: Scope, division: str, lines: list[tuple[int, str]], reference: Reference | None = None,
    **given,
) -> UUID:  # fmt: skip
    """Reserve tonnes."""
    async with databases.write(scope) as write:
        return await service.reserve(
            write,
            scope,
            division,
            [(year, Decimal(each)) for year, each in lines],
            reference or project(),
            WHY,
            **given,
        )


async def budgeted(databases: Databases, held: Held) -> dict[str, str]:
    """Give an account a budget as a key unit, from the whole jurisdiction; return the ids of budget and plan."""
    bureau = await authority(databases)
    given = line("", SECRET_YEAR, SECRET_TONNES, account_id=held.id)
    (own,) = (await approved(databases, bureau, given)).values()
    return {
        "carbon_budget": str(node_id("CarbonBudget", own.id)), "budget_plan": str(node_id("BudgetPlan", own.plan_id)),
    }  # fmt: skip
