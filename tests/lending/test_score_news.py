"""What counts as a changed score for a bank: a gate that shuts is news though the grade stays."""

from datetime import date

from factories.identity import bank, consented
from factories.scores import Year, a_sector, authority_of, made_firm, scored
from sqlalchemy import text

from backend.kit.db import Databases
from backend.kit.scope import Scope
from backend.scores.running.penalties import record_penalty
from backend.scores.running.values import Severity


async def test_a_penalty_is_news_to_a_bank_though_state_and_grade_stay(databases: Databases) -> None:
    firm = await made_firm(databases, sector=a_sector(), years={2024: Year()})
    lender = await bank(databases)
    await consented(databases, firm.held.holder, lender, ("score",))
    [before] = await scored(databases, [firm.id])
    officer = authority_of(firm)
    async with databases.write(officer) as write:
        await record_penalty(
            write, officer, account_id=firm.id, document="锡环罚〔2026〕7号", severity=Severity.SERIOUS, summary="超标排放",
            from_on=date(2026, 1, 1), until_on=None,
        )  # fmt: skip
    [after] = await scored(databases, [firm.id])
    assert (after.assessment.state, after.assessment.grade) == (before.assessment.state, before.assessment.grade)
    assert after.assessment.gates != before.assessment.gates
    async with databases.read(Scope.system("wuxi")) as read:
        told = await read.rows(
            text(
                "select score_id from bank_event where bank_id = :bank and account_id = :id and kind = 'score.changed'"
                " order by id"
            ),
            {"bank": lender.id, "id": firm.id},
        )
    assert [row.score_id for row in told] == [before.id, after.id]
