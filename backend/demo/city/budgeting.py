"""A budget of the jurisdiction and of a district, approved by a second person; a project that draws on it."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from decimal import Decimal

from sqlalchemy import text

from backend.budgets import service as budgets
from backend.budgets.values import DraftLine, Method, Paper
from backend.demo.acting import acting
from backend.demo.plan import EnterprisePlan
from backend.demo.standing.proving import evidence
from backend.demo.units.cast import Cast
from backend.kit.clock import today
from backend.kit.db import Write
from backend.kit.storage import Storage
from backend.projects import service as projects
from backend.projects import values as projected
from backend.projects.errors import ProjectNotReady

NAME = "碳排放预算方案（演示）"
DOCUMENT = Paper("演示〔2026〕2号", date(2026, 1, 15), "关于下达碳排放预算的通知（演示，非官方文件）")
PROJECT = "精密零部件扩能项目（演示）"
CODE = "2606-{district}-04-01-900001"
BUDGET, DISTRICTS = Decimal(1_200_000), Decimal(300_000)
HELD = Decimal(5200)


async def budget(write: Write, cast: Cast, root: str, district: str) -> bool:
    """Draft this year's and the next year's budget as the clerk, approve it as the administrator."""
    known = text("select id from budget_plan where name = :name limit 1")
    if await write.value(known, {"name": NAME}) is not None:
        return False
    lines = [
        DraftLine(division, year, year, tonnes, method=Method.MANUAL)
        for year in (today().year, today().year + 1)
        for division, tonnes in ((root, BUDGET), (district, DISTRICTS))
    ]
    async with acting(write, cast.city, "clerk") as (played, clerk):
        plan = await budgets.draft(
            played,
            clerk,
            name=NAME,
            document=DOCUMENT,
            effective_on=today(),
            lines=lines,
            reason="年度预算编制（演示）",
        )
    async with acting(write, cast.city, "admin") as (played, chief):
        await budgets.decide(played, chief, plan.id, is_approved=True, reason="经会议审议通过（演示）")
    return True


async def project(
    write: Write, cast: Cast, storage: Storage, plans: Sequence[EnterprisePlan], district: str
) -> bool:  # fmt: skip
    """Let a firm of the district apply for an investment project; it is reviewed, approved, and holds budget."""
    known = text("select id from investment_project where code = :code limit 1")
    code = CODE.format(district=district)
    if await write.value(known, {"code": code}) is not None:
        return False
    applicant = next((each for each in plans if each.division == district), plans[0])
    player = cast.players[applicant.code]
    year = today().year
    async with acting(write, player.party, "officer") as (played, firm):
        report = await evidence(played, storage, player, "节能报告与碳排放评价")
        impact = await evidence(played, storage, player, "环境影响评价温室气体专章")
        made = await projects.draft(
            played, firm, player.account_id,
            projected.ProjectFacts(
                code=code, name=PROJECT, division_code=applicant.division, sector=applicant.sector, nature=projected.Nature.NEW,
                starts_on=date(year, 12, 1), produces_on=date(year + 1, 1, 1),
                lines=(projected.Line(projected.LineKind.ELECTRICITY, "", Decimal(9000), "MWh"),),
                outputs=(projected.Output("精密零部件", Decimal(400), "t"),), value_added=Decimal(18000), is_key_field=False,
                eia_level="低于同类项目平均水平（演示）", eia_measures="采用一级能效设备并建设屋顶光伏（演示）",
                papers=(
                    projected.Paper(projected.DocumentKind.COMBINED_REPORT, report),
                    projected.Paper(projected.DocumentKind.EIA_SECTION, impact),
                ),
            ),
        )  # fmt: skip
        await projects.submit(played, firm, player.account_id, made.id)
    async with acting(write, cast.city, "clerk") as (played, clerk):
        await projects.take(played, clerk, player.account_id, made.id)
    async with acting(write, cast.city, "admin") as (played, chief):
        decision = projects.Decision(
            is_approved=True, version=made.version, reason="符合节能审查要求（演示）",
            conditions=["主要用能设备达到一级能效（演示）"], lines=[(year + 1, HELD)],
        )  # fmt: skip
        # Where a jurisdiction has rules of admission and nobody entered their levels, the project stays in review.
        with suppress(ProjectNotReady):
            await projects.decide(played, chief, player.account_id, made.id, decision)
    return True
