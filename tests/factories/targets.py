"""Targets and evaluations for tests: prepared by one person of the authority, decided on by another.

Targets of a division, kind and period replace each other within a tenant, evaluations of a division and year are there
once: each test takes years nobody else uses (`own_period`), or a tenant's division of its own.
"""

import itertools
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from factories.accounts import Held
from factories.identity import Made, authority, colleague

from backend.kit.clock import today
from backend.kit.db import Databases
from backend.kit.scope import Scope
from backend.targets import catalogue, queries, queries_evaluations, service
from backend.targets.values import (
    FigureDraft,
    Paper,
    StatedFigure,
    TargetKind,
    TargetLine,
    TargetPlanValue,
    TargetValue,
)
from backend.wire.nodes import node_id

PAPER = Paper("锡双碳〔2026〕8号", date(2026, 1, 20), "关于下达碳排放双控目标的通知")
WHY = "按通知执行"
SECRET_TARGET = "76543.2109"
ISOLATION_YEAR = 2005
"""The year of the evaluation strangers try: no other test evaluates it."""
_PERIODS = itertools.count(2036, 2)


def own_period() -> tuple[int, int]:
    """Return two years no other test of this process has targets of."""
    first = next(_PERIODS)
    return first, first + 1


def reduction(division: str, first: int, last: int, percent: str, base: int | None = None, **given: Any) -> TargetLine:
    """Draft a reduction of intensity against the year before the period."""
    return TargetLine(
        division, TargetKind.INTENSITY, first, last, Decimal(percent), first - 1 if base is None else base, **given
    )


def limit(division: str, first: int, last: int, tonnes: str, **given: Any) -> TargetLine:
    """Draft a limit on tonnes."""
    return TargetLine(division, TargetKind.TOTAL, first, last, Decimal(tonnes), **given)


async def drafted(
    databases: Databases, scope: Scope, *lines: TargetLine, effective_on: date | None = None
) -> TargetPlanValue:
    """Draft a plan."""
    async with databases.write(scope) as write:
        return await service.draft_plan(
            write, scope, name="双控目标分解方案", document=PAPER, effective_on=effective_on or today(), lines=lines,
            reason=WHY,
        )  # fmt: skip


async def decided(
    databases: Databases, scope: Scope, plan_id: UUID, *, is_approved: bool = True, revision: int | None = None
) -> TargetPlanValue:
    """Decide on a plan."""
    async with databases.write(scope) as write:
        return await service.decide_plan(write, scope, plan_id, is_approved=is_approved, reason=WHY, revision=revision)


async def in_force(
    databases: Databases, made: Made, *lines: TargetLine, effective_on: date | None = None
) -> list[TargetValue]:
    """Have targets drafted by an officer and approved by the administrator; return those that count."""
    officer = await colleague(databases, made, "officer")
    plan = await drafted(databases, officer, *lines, effective_on=effective_on)
    await decided(databases, made.scope, plan.id)
    first = min(each.first_year for each in lines)
    async with databases.read(made.scope) as read:
        found = await queries.targets(read, made.scope, year=first, on=date(2100, 1, 1))
    return [each for each in found if each.plan_id == plan.id]


async def stated(
    databases: Databases, scope: Scope, division: str, year: int, **values: str | None
) -> list[StatedFigure]:
    """State figures of a division's year; None: it does not apply."""
    drafts = [
        FigureDraft(item, None if value is None else Decimal(value), "" if value is not None else "本地无此项")
        for item, value in values.items()
    ]
    async with databases.write(scope) as write:
        return await service.record_stated(
            write, scope, division_code=division, year=year, drafts=drafts, document=PAPER
        )


async def opened(databases: Databases, made: Made, year: int, reason: str = WHY) -> UUID:
    """Have an officer evaluate the divisions below an authority and open that to remarks; return the evaluation's id."""
    officer = await colleague(databases, made, "officer")
    async with databases.write(officer) as write:
        begun = await service.begin_evaluation(write, officer, year=year, name=f"{year} 年度综合评价", reason=reason)
    async with databases.write(officer) as write:
        await service.open_evaluation(write, officer, begun.id, reason=reason)
    return begun.id


async def targeted(databases: Databases, held: Held, division: str, secret: str) -> dict[str, str]:
    """Set an account a target as a key unit; let its district remark on an evaluation. Return the ids."""
    bureau, district = await authority(databases), await authority(databases, division=division)
    (own,) = await in_force(databases, bureau, limit("", 2026, 2030, SECRET_TARGET, account_id=held.id))
    async with databases.read(bureau.scope) as read:
        known = await queries_evaluations.evaluations(read, bureau.scope, year=ISOLATION_YEAR, limit=1)
    evaluation_id = known[0].id if known else await opened(databases, bureau, ISOLATION_YEAR)
    async with databases.write(district.scope) as write:
        remark = await service.remark_on_evaluation(
            write, district.scope, evaluation_id, division_code=division, said=secret
        )
        await service.record_stated(
            write, district.scope, division_code=division, year=ISOLATION_YEAR, document=PAPER,
            drafts=[FigureDraft("transport", Decimal(90), secret)],
        )  # fmt: skip
    async with databases.write(bureau.scope) as write:
        scheme = await service.propose_scheme(
            write, bureau.scope, catalogue.shipped(), first_year=2099, document=PAPER, reason=WHY
        )
    assert scheme.id is not None
    return {
        "dual_target": str(node_id("DualTarget", own.id)), "target_plan": str(node_id("TargetPlan", own.plan_id)),
        "evaluation": str(node_id("Evaluation", evaluation_id)),
        "evaluation_remark": str(node_id("EvaluationRemark", remark.id)),
        "evaluation_scheme": str(node_id("EvaluationScheme", scheme.id)),
    }  # fmt: skip
