"""Penalties, signs and appeals: who may do what, what each changes in the score, and what is refused by name."""

import asyncio
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from factories import accounts, identity
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

from backend.accounts.errors import AccountNotFound, AccountNotYours
from backend.kit.clock import today
from backend.kit.db import Databases
from backend.kit.errors import CarbonError, Forbidden
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.scores import service
from backend.scores.appeals import queries as appeal_queries
from backend.scores.appeals.appealing import appeal_score, corrected_value, withdraw_appeal
from backend.scores.appeals.queries import AppealFilter
from backend.scores.appeals.values import AppealState, AppealValue, Correction
from backend.scores.errors import (
    AppealEnded,
    AppealLate,
    AppealNotFound,
    AppealOpen,
    CorrectionIncomplete,
    CorrectionInvalid,
    IndicatorUnknown,
    OwnPenalty,
    PenaltyDatesInvalid,
    PenaltyKnown,
    PenaltyNotFound,
    PenaltyWithdrawn,
    ScoreNotFound,
    ScoresOfAuthority,
    ScoreTextMissing,
    SignAccepted,
    SignNotExplained,
    SignNotFound,
)
from backend.scores.running import queries
from backend.scores.running.explaining import decide_sign, explain_sign
from backend.scores.running.penalties import withdraw_penalty
from backend.scores.running.terms import terms
from backend.scores.running.values import Severity, SignState


async def counts(databases: Databases, firm: Firm) -> dict[str, int]:
    """How many rows of the firm there are in every table an appeal could touch."""
    tables = ("score", "score_penalty", "score_sign_entry", "score_appeal", "score_override")
    async with databases.read(SYSTEM) as read:
        return {
            table: await read.value(text(f"select count(*) from {table} where account_id = :id"), {"id": firm.id})
            for table in tables
        }


async def refused(databases: Databases, firm: Firm, error: type[CarbonError], work: Any) -> CarbonError:
    """The command is refused by this name, and nothing of the firm changed."""
    before = await counts(databases, firm)
    with pytest.raises(error) as told:
        await work
    assert await counts(databases, firm) == before
    return told.value


async def test_a_penalty_counts_while_it_is_in_force_and_no_longer_when_withdrawn(databases: Databases) -> None:
    firm, clean = await firm_with_score(databases)
    officer = authority_of(firm)
    penalty = await penalised(databases, firm, officer)
    dirty = await run(databases, firm)
    assert dirty.number == clean.number + 1
    shut = {each.code for each in dirty.assessment.gates if not each.is_open}
    assert shut != {each.code for each in clean.assessment.gates if not each.is_open}
    assert any(each.kind == "ScorePenalty" and each.id == str(penalty.id) for each in dirty.inputs)
    async with databases.read(firm.scope) as read:
        [seen] = await queries.penalties(read, firm.scope, firm.id, limit=10)
    assert (seen.document, seen.severity, seen.is_in_force(today())) == ("锡环罚〔2026〕1号", Severity.SERIOUS, True)
    async with databases.write(officer) as write:
        await withdraw_penalty(write, officer, account_id=firm.id, penalty_id=penalty.id, reason="复议撤销")
    again = await run(databases, firm)
    assert again.assessment.state == clean.assessment.state
    assert again.assessment.points == clean.assessment.points


async def test_a_penalty_that_is_over_does_not_count(databases: Databases) -> None:
    firm, clean = await firm_with_score(databases)
    await penalised(databases, firm, from_on=date(2025, 1, 1), until_on=date(2025, 6, 30))
    assert (await run(databases, firm)).number == clean.number


async def test_penalties_refuse_by_name(databases: Databases) -> None:
    firm, _ = await firm_with_score(databases)
    officer = authority_of(firm)
    tomorrow = today() + timedelta(days=1)
    await refused(databases, firm, PenaltyDatesInvalid, penalised(databases, firm, from_on=tomorrow))
    await refused(databases, firm, PenaltyDatesInvalid, penalised(databases, firm, until_on=date(2025, 12, 31)))
    await refused(databases, firm, ScoreTextMissing, penalised(databases, firm, document="  "))
    await refused(databases, firm, ScoreTextMissing, penalised(databases, firm, summary="长" * 1001))
    await refused(databases, firm, Forbidden, penalised(databases, firm, firm.scope))
    far = identity.authority(databases, division="320205")
    await refused(databases, firm, AccountNotFound, penalised(databases, firm, (await far).scope))
    penalty = await penalised(databases, firm, officer)
    await refused(databases, firm, PenaltyKnown, penalised(databases, firm, officer))

    async def withdrawn(penalty_id: UUID, reason: str = "撤销") -> None:
        async with databases.write(officer) as write:
            await withdraw_penalty(write, officer, account_id=firm.id, penalty_id=penalty_id, reason=reason)

    await refused(databases, firm, PenaltyNotFound, withdrawn(new_id()))
    await refused(databases, firm, ScoreTextMissing, withdrawn(penalty.id, " "))
    await withdrawn(penalty.id)
    await refused(databases, firm, PenaltyWithdrawn, withdrawn(penalty.id))
    await penalised(databases, firm, officer)  # the same document may be entered again


async def test_a_sign_counts_until_its_explanation_is_accepted(databases: Databases) -> None:
    """December low, January high against the neighbours: 60 and 140 of 100."""
    year = await current_year(databases)
    low_december = (10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 4)
    high_january = (16, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10)
    firm = await made_firm(databases, years={year - 1: Year(months=low_december), year: Year(months=high_january)})
    score = await run(databases, firm)
    async with databases.read(firm.scope) as read:
        [sign] = await queries.signs(read, firm.scope, firm.id, limit=10)
    assert (sign.year, sign.state, sign.numbers["turn"]) == (year, SignState.FOUND, str(year))
    assert sign.is_counted
    signs = [each for each in score.assessment.gates if each.code == "signs"]
    assert [each.is_open for each in signs] == [False] * len(signs)
    officer = authority_of(firm)

    async def explained(words: str = "设备年末检修", scope: Scope | None = None) -> None:
        who = scope or firm.scope
        async with databases.write(who) as write:
            await explain_sign(write, who, account_id=firm.id, sign_id=sign.id, explanation=words)

    async def decision(*, is_accepted: bool, reason: str = "核实", scope: Scope | None = None) -> None:
        who = scope or officer
        async with databases.write(who) as write:
            await decide_sign(write, who, account_id=firm.id, sign_id=sign.id, is_accepted=is_accepted, reason=reason)

    await refused(databases, firm, SignNotExplained, decision(is_accepted=True))
    await refused(databases, firm, Forbidden, decision(is_accepted=True, scope=firm.scope))
    await refused(databases, firm, Forbidden, explained(scope=officer))
    await refused(databases, firm, ScoreTextMissing, explained(" "))
    await explained()
    assert (await run(databases, firm)).number == score.number, "an explanation alone changes nothing"
    await decision(is_accepted=False, reason="证据不足")
    await refused(databases, firm, SignNotExplained, decision(is_accepted=True))
    await explained("补充检修记录")
    await decision(is_accepted=True)
    await refused(databases, firm, SignAccepted, explained())
    await refused(databases, firm, SignAccepted, decision(is_accepted=True))
    async with databases.read(firm.scope) as read:
        [seen] = await queries.signs(read, firm.scope, firm.id, limit=10)
    assert [each.kind.value for each in seen.entries] == ["explained", "refused", "explained", "accepted"]
    assert (seen.is_seen, seen.is_counted) == (True, False)
    after = await run(databases, firm)
    assert after.number == score.number + 1
    assert [each.is_open for each in after.assessment.gates if each.code == "signs"] == [True] * len(signs)
    assert (await run(databases, firm)).number == after.number


async def test_a_corrected_inventory_takes_the_sign_out_of_the_score(databases: Databases) -> None:
    year = await current_year(databases)
    heavy = Year(scope1="900", heat="0")
    light = Year(scope1="500", heat="350")  # the boiler is somebody else's now, and as much steel is made
    firm = await made_firm(databases, years={year - 1: heavy, year: light})
    await run(databases, firm)
    async with databases.read(firm.scope) as read:
        assert [each.kind.value for each in await queries.signs(read, firm.scope, firm.id, limit=9)] == [
            "outsourced_boiler"
        ]
    await add_year(databases, firm, year, Year(scope1="880", version=2))
    after = await run(databases, firm)
    assert all(each.is_open for each in after.assessment.gates if each.code == "signs")
    async with databases.read(firm.scope) as read:
        [sign] = await queries.signs(read, firm.scope, firm.id, limit=9)
    assert (sign.is_seen, sign.is_counted) == (False, False), "it stays on record and counts no more"


async def test_a_sign_of_another_account_is_not_found(databases: Databases) -> None:
    firm, _ = await firm_with_score(databases)
    other, _ = await firm_with_score(databases)
    sign = await a_sign(databases, other.id)

    async def explained(account_id: UUID) -> None:
        async with databases.write(firm.scope) as write:
            await explain_sign(write, firm.scope, account_id=account_id, sign_id=sign, explanation="说明")

    await refused(databases, firm, SignNotFound, explained(firm.id))
    await refused(databases, firm, AccountNotFound, explained(other.id))


async def test_an_accepted_appeal_corrects_the_fact_and_shows_its_effect(databases: Databases) -> None:
    firm, score = await firm_with_score(databases, is_proved=False)
    indicator = score.assessment.indicators[0]
    number = next(each for each in score.assessment.indicators if isinstance(each.fact.value, Decimal))
    appeal = await appealed(databases, firm, score, number.code)
    assert (appeal.state, appeal.due_on) == (AppealState.OPEN, today() + timedelta(days=terms().answer_days))
    ended = await answered(databases, appeal, authority_of(firm), correction=Correction("0.125", "核实后更正"))
    assert ended.state is AppealState.ACCEPTED
    assert ended.before is not None
    assert ended.after is not None
    assert (ended.before.number, ended.after.number) == (score.number, score.number + 1)
    after = await run(databases, firm)
    assert (after.number, after.cause, ended.after_score_id) == (score.number + 1, "appeal", after.id)
    fact = fact_of(after, number.fact.code)
    assert (fact.value, fact.quality.value, fact.sources[0].kind) == (Decimal("0.125"), "verified", "ScoreOverride")
    assert "锡环函〔2026〕9号" in fact.note.zh
    async with databases.read(firm.scope) as read:
        [seen] = await appeal_queries.appeals(read, firm.scope, AppealFilter(firm.id), limit=9)
        [kept] = await appeal_queries.overrides_of(read, firm.scope, [(firm.id, appeal.id)])
    assert seen == ended
    assert kept is not None
    assert (kept.fact, kept.value, kept.year) == (number.fact.code, "0.125", score.year)
    assert indicator.code


async def test_a_correction_holds_for_the_scores_year_alone(databases: Databases) -> None:
    firm, score = await firm_with_score(databases)
    number = next(each for each in score.assessment.indicators if isinstance(each.fact.value, Decimal))
    appeal = await appealed(databases, firm, score, number.code)
    await answered(databases, appeal, authority_of(firm), correction=Correction("0.125", "核实"))
    async with databases.read(SYSTEM) as read:
        other = (await service.gather(read, SYSTEM, [firm.id], score.year - 1))[firm.id][number.fact.code]
    assert all(each.kind != "ScoreOverride" for each in other.sources)


async def test_an_acceptance_without_a_correction_runs_the_score_on_the_records(databases: Databases) -> None:
    firm, score = await firm_with_score(databases)
    appeal = await appealed(databases, firm, score, score.assessment.indicators[0].code)
    await add_year(databases, firm, score.year, Year(scope1="300", version=2))
    ended = await answered(databases, appeal, authority_of(firm))
    assert ended.after is not None
    assert ended.after.number == score.number + 1
    again = await appealed(databases, firm, await run(databases, firm), score.assessment.indicators[0].code)
    same = await answered(databases, again, authority_of(firm))
    assert (same.after_score_id, same.before) == (None, same.after)


async def test_a_rejection_changes_nothing_but_the_appeal(databases: Databases) -> None:
    firm, score = await firm_with_score(databases)
    appeal = await appealed(databases, firm, score, score.assessment.indicators[0].code)
    ended = await answered(databases, appeal, authority_of(firm), is_accepted=False, answer="不成立", document="")
    assert (ended.state, ended.effect, ended.after_score_id) == (AppealState.REJECTED, {}, None)
    assert (await run(databases, firm)).number == score.number


async def test_who_recorded_a_penalty_does_not_judge_the_appeal_against_it(databases: Databases) -> None:
    firm, _ = await firm_with_score(databases)
    officer, colleague = authority_of(firm), authority_of(firm)
    await penalised(databases, firm, officer)
    score = await run(databases, firm)
    gate = next(code for code, fact in (await gates_of(databases, score)).items() if fact == "open_penalties")
    appeal = await appealed(databases, firm, score, gate)
    assert appeal.fact == "open_penalties"
    await refused(databases, firm, OwnPenalty, answered(databases, appeal, officer))
    ended = await answered(databases, appeal, colleague, correction=Correction("0", "处罚已履行"))
    assert ended.state is AppealState.ACCEPTED
    after = await run(databases, firm)
    assert all(each.is_open for each in after.assessment.gates if each.code == gate)


async def test_a_penalty_recorded_after_a_correction_shuts_the_gate_again(databases: Databases) -> None:
    firm, _ = await firm_with_score(databases)
    officer, colleague = authority_of(firm), authority_of(firm)
    await penalised(databases, firm, officer)
    score = await run(databases, firm)
    gate = next(code for code, fact in (await gates_of(databases, score)).items() if fact == "open_penalties")
    appeal = await appealed(databases, firm, score, gate)
    await answered(databases, appeal, colleague, correction=Correction("0", "处罚已撤销"))
    later = await penalised(databases, firm, officer, document="锡环罚〔2026〕2号")
    after = await run(databases, firm)
    assert [each.is_open for each in after.assessment.gates if each.code == gate] == [False]
    kinds = {each.kind: each.id for each in after.inputs if each.kind in {"ScoreOverride", "ScorePenalty"}}
    assert kinds["ScorePenalty"] == str(later.id)
    assert "ScoreOverride" in kinds


async def test_appeals_refuse_by_name(databases: Databases) -> None:
    firm, score = await firm_with_score(databases)
    other, _ = await firm_with_score(databases)
    officer, code = authority_of(firm), score.assessment.indicators[0].code
    await refused(databases, firm, IndicatorUnknown, appealed(databases, firm, score, "luck"))
    await refused(databases, firm, ScoreTextMissing, appealed(databases, firm, score, code, reason=""))
    await refused(databases, other, ScoreNotFound, appealed(databases, other, score, code))
    evidence = await accounts.evidence_of(databases, other.held, b"not theirs")
    with pytest.raises(CarbonError):
        await appealed(databases, firm, score, code, evidence_id=evidence.id)
    viewer = await identity.colleague(databases, firm.held.holder, "energy_manager")
    with pytest.raises(Forbidden):
        async with databases.write(viewer) as write:
            await appeal_score(write, viewer, account_id=firm.id, score_id=score.id, indicator=code, reason="试")
    with pytest.raises(Forbidden):
        async with databases.write(officer) as write:
            await appeal_score(write, officer, account_id=firm.id, score_id=score.id, indicator=code, reason="试")
    appeal = await appealed(databases, firm, score, code)
    await refused(databases, firm, AppealOpen, appealed(databases, firm, score, code))
    await refused(databases, firm, Forbidden, answered(databases, appeal, firm.scope))
    await refused(databases, firm, ScoreTextMissing, answered(databases, appeal, officer, answer=""))
    await refused(databases, firm, CorrectionIncomplete, answered(databases, appeal, officer, document=""))
    fix = Correction("1", " ")
    await refused(databases, firm, CorrectionIncomplete, answered(databases, appeal, officer, correction=fix))
    no = {"is_accepted": False, "correction": Correction("1", "试")}
    await refused(databases, firm, CorrectionIncomplete, answered(databases, appeal, officer, **no))
    far = (await identity.authority(databases, division="320205")).scope
    await refused(databases, firm, AccountNotFound, answered(databases, appeal, far))
    lost = AppealValue(**{name: getattr(appeal, name) for name in appeal.__slots__} | {"id": new_id()})
    await refused(databases, firm, AppealNotFound, answered(databases, lost, officer))
    async with databases.write(firm.scope) as write:
        await withdraw_appeal(write, firm.scope, account_id=firm.id, appeal_id=appeal.id)
    await refused(databases, firm, AppealEnded, answered(databases, appeal, officer))
    await appealed(databases, firm, score, code)  # what was withdrawn may be lodged again


async def test_the_time_to_appeal_ends(databases: Databases, monkeypatch: pytest.MonkeyPatch) -> None:
    firm, score = await firm_with_score(databases)
    late = today() + timedelta(days=terms().lodge_days + 1)
    monkeypatch.setattr("backend.scores.appeals.appealing.today", lambda: late)
    code = score.assessment.indicators[0].code
    told = await refused(databases, firm, AppealLate, appealed(databases, firm, score, code))
    assert told.details["until"] == (late - timedelta(days=1)).isoformat()


async def test_of_two_answers_at_once_one_counts(databases: Databases) -> None:
    firm, score = await firm_with_score(databases)
    number = next(each for each in score.assessment.indicators if isinstance(each.fact.value, Decimal))
    appeal = await appealed(databases, firm, score, number.code)
    outcomes = await asyncio.gather(
        answered(databases, appeal, authority_of(firm), correction=Correction("0.5", "甲")),
        answered(databases, appeal, authority_of(firm), correction=Correction("0.75", "乙")),
        return_exceptions=True,
    )
    assert sorted(type(each).__name__ for each in outcomes) == ["AppealEnded", "AppealValue"]
    assert (await counts(databases, firm))["score_override"] == 1


async def test_an_appeal_is_seen_by_the_near_and_told_to_both_audit_chains(databases: Databases) -> None:
    firm, score = await firm_with_score(databases)
    officer = await identity.authority(databases, division="320206", role="officer")
    appeal = await appealed(databases, firm, score, score.assessment.indicators[0].code)
    await answered(databases, appeal, officer.scope, is_accepted=False)
    async with databases.read(SYSTEM) as read:
        rows = await read.rows(
            text("select chain_id, action from audit_event where object_id = :id order by at"), {"id": str(appeal.id)}
        )
    assert {(row.chain_id, row.action) for row in rows} == {
        (firm.held.holder.id, "scores:appeal"), (firm.held.holder.id, "scores:reject_appeal"),
        (officer.id, "scores:reject_appeal"),
    }  # fmt: skip
    other = await identity.enterprise(databases, division="320206")
    for scope, seen in ((firm.scope, 1), (officer.scope, 1), (other.scope, 0)):
        async with databases.read(scope) as read:
            assert len(await appeal_queries.appeals(read, scope, AppealFilter(firm.id), limit=9)) == seen
            overdue = await appeal_queries.appeals(read, scope, AppealFilter(firm.id, is_overdue=True), limit=9)
            assert overdue == []


@pytest.mark.parametrize(
    ("fact", "given", "kept"),
    [
        ("value_added_intensity", " 1.50 ", "1.50"), ("value_added_intensity", "1e2", "100"),
        ("green_power_share", "100", "100"), ("open_penalties", "0", "0"), ("emissions_change", "-12.5", "-12.5"),
        ("inventory_state", "verified", "verified"), ("is_verified", "True", "true"),
    ],
)  # fmt: skip
def test_a_corrected_value_has_one_spelling(fact: str, given: str, kept: str) -> None:
    assert corrected_value(fact, given) == kept


@pytest.mark.parametrize(
    ("fact", "given"),
    [
        ("value_added_intensity", "good"), ("value_added_intensity", "NaN"), ("value_added_intensity", "Infinity"),
        ("open_penalties", "-1"), ("open_penalties", "0.5"), ("months_covered", "13"), ("green_power_share", "100.1"),
        ("value_added_intensity", "9" * 41), ("value_added_intensity", "-0.1"), ("inventory_state", "perfect"), ("is_verified", "yes"),
    ],
)  # fmt: skip
def test_a_value_the_fact_cannot_have_is_refused(fact: str, given: str) -> None:
    with pytest.raises(CorrectionInvalid):
        corrected_value(fact, given)


def test_what_is_refused_to_an_enterprise_is_named() -> None:
    assert ScoresOfAuthority().message("zh")
    assert AppealEnded.of("accepted").message("zh") == "该申诉已结束（已采纳）。"
    assert AppealEnded.of("open").message("en") == "The appeal is ended already."
    assert AccountNotYours().message("zh")
