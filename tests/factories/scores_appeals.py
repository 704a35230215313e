"""A firm with a score, penalties on record and appeals, as the tests of these begin."""

from datetime import date
from typing import Any

from factories.scores import Firm, Year, authority_of, made_firm

from backend.kit.clock import today
from backend.kit.db import Databases
from backend.kit.scope import Scope
from backend.scores import service
from backend.scores.appeals.appealing import answer_appeal, appeal_score
from backend.scores.appeals.values import AppealValue
from backend.scores.modelling.content import year_on
from backend.scores.running.penalties import record_penalty
from backend.scores.running.values import PenaltyValue, Severity
from backend.scores.values import ScoreValue

SYSTEM = Scope.system("wuxi")


async def current_year(databases: Databases) -> int:
    async with databases.read(SYSTEM) as read:
        return year_on((await service.active_model(read, SYSTEM, today())).content, today())


async def firm_with_score(databases: Databases, **told: Any) -> tuple[Firm, ScoreValue]:
    """A firm of two good years, scored with the model in force."""
    year = await current_year(databases)
    firm = await made_firm(databases, years={year - 1: Year(scope1="650"), year: Year(**told)})
    return firm, await run(databases, firm)


async def run(databases: Databases, firm: Firm) -> ScoreValue:
    async with databases.write(SYSTEM) as write:
        await service.score(write, SYSTEM, [firm.id], None, "nightly")
    async with databases.read(SYSTEM) as read:
        return (await service.latest(read, SYSTEM, [firm.id]))[firm.id]


async def penalised(databases: Databases, firm: Firm, officer: Scope | None = None, **given: Any) -> PenaltyValue:
    officer = officer or authority_of(firm)
    told = {"document": "锡环罚〔2026〕1号", "severity": Severity.SERIOUS, "summary": "超标排放",
            "from_on": date(2026, 1, 1), "until_on": None, **given}  # fmt: skip
    async with databases.write(officer) as write:
        return await record_penalty(write, officer, account_id=firm.id, **told)


async def appealed(databases: Databases, firm: Firm, score: ScoreValue, indicator: str, **given: Any) -> AppealValue:
    async with databases.write(firm.scope) as write:
        return await appeal_score(
            write, firm.scope, account_id=firm.id, score_id=score.id, indicator=indicator,
            **{"reason": "数据有误", **given},
        )  # fmt: skip


async def answered(databases: Databases, appeal: AppealValue, officer: Scope, **given: Any) -> AppealValue:
    told = {"is_accepted": True, "answer": "属实", "document": "锡环函〔2026〕9号", "correction": None, **given}
    async with databases.write(officer) as write:
        return await answer_appeal(write, officer, account_id=appeal.account_id, appeal_id=appeal.id, **told)


def fact_of(score: ScoreValue, code: str) -> Any:
    return next(each.fact for each in score.assessment.indicators if each.fact.code == code)


async def gates_of(databases: Databases, score: ScoreValue) -> dict[str, str]:
    async with databases.read(SYSTEM) as read:
        model = (await service.active_model(read, SYSTEM, today())).content
    assert model.code == score.model_code
    return {each.code: each.fact for each in model.gates} | {each.code: each.fact for each in model.indicators}
