"""Corrections that end with their records, signs that zeros and new sites do not hide, and who asks for a score at once."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from factories.figures import figure, recorded
from factories.scores import Firm, Year, a_sign, add_year, authority_of, made_firm
from factories.scores_appeals import (
    SYSTEM,
    answered,
    appealed,
    current_year,
    fact_of,
    firm_with_score,
    gates_of,
    penalised,
    run,
)
from sqlalchemy import text

from backend.kit.db import Databases
from backend.kit.ids import new_id
from backend.scores.appeals.values import Correction
from backend.scores.errors import (
    PenaltyDatesInvalid,
)
from backend.scores.running import queries
from backend.scores.running.explaining import decide_sign, explain_sign
from backend.scores.running.penalties import withdraw_penalty
from backend.scores.values import ScoreValue


@pytest.mark.parametrize("quantity", ["0", "5"])
async def test_zeros_entered_for_meters_to_come_do_not_hide_a_split(databases: Databases, quantity: str) -> None:
    """One source of 600 became five of 120; four of them stand in the year before with nothing, or next to nothing."""
    year = await current_year(databases)
    firm = await made_firm(databases, years={year - 1: Year(sources=1), year: Year(sources=5)})
    async with databases.write(SYSTEM) as write:
        for code in ("B1", "B2", "B3", "B4"):
            await write.run(
                text("insert into inventory_line select (jsonb_populate_record(l, jsonb_build_object('id', uuidv7(),"
                     " 'source_id', cast(:source as text), 'base_quantity', cast(:quantity as numeric), 'co2e_t', 0))).*"
                     " from inventory_line l where l.account_id = :id and l.inventory_id = :inventory"
                     " and l.source_id = :first"),
                {"source": str(firm.sources[code]), "quantity": Decimal(quantity), "id": firm.id,
                 "inventory": firm.inventories[year - 1], "first": firm.sources["B0"]},
            )  # fmt: skip
    score = await run(databases, firm)
    async with databases.read(firm.scope) as read:
        [sign] = await queries.signs(read, firm.scope, firm.id, limit=9)
    assert (sign.kind.value, sign.numbers["before"], sign.numbers["now"]) == ("split_meters", "1", "5")
    assert [each.is_open for each in score.assessment.gates if each.code == "signs"] == [False]


async def test_a_meter_split_over_a_new_site_is_a_sign(databases: Databases) -> None:
    year = await current_year(databases)
    firm = await made_firm(databases, years={year - 1: Year(sources=1)})
    firm.site_id = new_id()
    async with databases.write(SYSTEM) as write:
        await write.run(
            text("insert into site (account_id, id, code, name, division_code, created_at)"
                 " values (:id, :site, 'S2', '新厂区', :division, now())"),
            {"id": firm.id, "site": firm.site_id, "division": firm.held.account.division_code},
        )  # fmt: skip
    await add_year(databases, firm, year, Year(sources=5))
    await run(databases, firm)
    async with databases.read(firm.scope) as read:
        [sign] = await queries.signs(read, firm.scope, firm.id, limit=9)
    assert (sign.kind.value, sign.numbers["site"], sign.numbers["now"]) == ("split_meters", "", "5")
    assert sign.words.zh == "各场所合计 同类排放源由 1 个增至 5 个，而活动量保持 600.00 t 不变：疑似拆分计量。"
    assert "Over all sites" in sign.words.en
    assert "stayed at 600.00 t" in sign.words.en


async def corrected(databases: Databases, firm: Firm, score: ScoreValue, fact: str, value: str) -> ScoreValue:
    """Appeal against the indicator (or gate) of a fact, and have it corrected."""
    codes = {each: code for code, each in (await gates_of(databases, score)).items()}
    appeal = await appealed(databases, firm, score, codes[fact])
    await answered(databases, appeal, authority_of(firm), correction=Correction(value, "核实后更正"))
    return await run(databases, firm)


async def test_a_correction_ends_with_the_inventory_it_was_of(databases: Databases) -> None:
    """It holds while nothing new comes, ends with the next version of the year, and may be made again for that one."""
    firm, score = await firm_with_score(databases)
    after = await corrected(databases, firm, score, "intensity_change", "-9")
    assert fact_of(after, "intensity_change").value == -9
    assert (await run(databases, firm)).number == after.number
    await add_year(databases, firm, score.year, Year(scope1="500", version=2))
    later = await run(databases, firm)
    fact = fact_of(later, "intensity_change")
    # 900 of 1,050 t at the same value added.
    assert (fact.value, fact.quality.value) == (Decimal("-14.285714"), "verified")
    assert "锡环函〔2026〕9号 的申诉更正针对此前的记录" in fact.note.zh
    assert "was of earlier records and has ended with them" in fact.note.en
    reason = next(each.reason for each in later.assessment.indicators if each.fact.code == "intensity_change")
    assert "不再适用" in reason.zh
    kinds = {(each.kind, each.version) for each in later.inputs}
    assert {("Inventory", "2"), ("ScoreOverride", "ended")} <= kinds
    again = await corrected(databases, firm, later, "intensity_change", "-1")
    assert fact_of(again, "intensity_change").value == -1
    assert ("ScoreOverride", "") in {(each.kind, each.version) for each in again.inputs}
    assert ("ScoreOverride", "ended") not in {(each.kind, each.version) for each in again.inputs}


async def test_a_correction_ends_with_the_figure_it_was_of_and_stays_with_records_of_its_own(
    databases: Databases,
) -> None:
    firm, score = await firm_with_score(databases)
    rated = await corrected(databases, firm, score, "disclosure_rating", "A")
    both = await corrected(databases, firm, rated, "value_added_intensity", "0.5")
    assert fact_of(both, "value_added_intensity").value == Decimal("0.5")
    await recorded(databases, firm.held, score.year, figure("value_added", "20000000"), reason="年报更正")
    later = await run(databases, firm)
    assert fact_of(later, "value_added_intensity").value == Decimal("0.5"), (
        "1,000 t over 20,000,000 CNY: not by correction"
    )
    assert [each.kind for each in fact_of(later, "value_added_intensity").sources] == [
        "Inventory", "YearFigure", "ScoreOverride",
    ]  # fmt: skip
    assert fact_of(later, "disclosure_rating").value == "A"


async def test_a_correction_of_penalties_counts_those_still_in_force(databases: Databases) -> None:
    """Of two on record one is judged void; when the other one is withdrawn as well, none is left."""
    firm, _ = await firm_with_score(databases)
    officer = authority_of(firm)
    first = await penalised(databases, firm, officer)
    await penalised(databases, firm, officer, document="锡环罚〔2026〕2号")
    score = await corrected(databases, firm, await run(databases, firm), "open_penalties", "1")
    assert [each.is_open for each in score.assessment.gates if each.code == "penalty"] == [False]
    async with databases.write(officer) as write:
        await withdraw_penalty(write, officer, account_id=firm.id, penalty_id=first.id, reason="复议撤销")
    assert [each.is_open for each in (await run(databases, firm)).assessment.gates if each.code == "penalty"] == [False]
    await penalised(databases, firm, officer, document="锡环罚〔2026〕3号")
    [gate] = [each for each in (await run(databases, firm)).assessment.gates if each.code == "penalty"]
    assert "2" in gate.reason.zh


async def test_penalties_and_decided_signs_ask_for_a_new_score_at_once(databases: Databases) -> None:
    firm, _ = await firm_with_score(databases)
    officer = authority_of(firm)

    async def asked() -> list[Any]:
        async with databases.read(SYSTEM) as read:
            rows = await read.rows(
                text("select j.kind, j.payload from job j where j.account_id = :id"
                     " and exists (select from outbox o where o.payload ->> 'job_id' = j.id::text)"),
                {"id": firm.id},
            )  # fmt: skip
        return [(row.kind, row.payload) for row in rows]

    wanted = ("scores:run", {"account_ids": [str(firm.id)], "cause": "inputs"})
    assert await asked() == []
    penalty = await penalised(databases, firm, officer)
    assert await asked() == [wanted]
    async with databases.write(officer) as write:
        await withdraw_penalty(write, officer, account_id=firm.id, penalty_id=penalty.id, reason="复议撤销")
    assert await asked() == [wanted] * 2
    sign = await a_sign(databases, firm.id)
    async with databases.write(firm.scope) as write:
        await explain_sign(write, firm.scope, account_id=firm.id, sign_id=sign, explanation="检修")
    assert await asked() == [wanted] * 2
    async with databases.write(officer) as write:
        await decide_sign(write, officer, account_id=firm.id, sign_id=sign, is_accepted=True, reason="核实")
    assert await asked() == [wanted] * 3
    with pytest.raises(PenaltyDatesInvalid):
        await penalised(databases, firm, until_on=date(2025, 12, 31))
    assert await asked() == [wanted] * 3
