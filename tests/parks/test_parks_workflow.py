"""The seven steps with two persons, the ladder, the notice with its objections, the gate of acceptance."""

from datetime import date, timedelta
from typing import Any

import pytest
from factories import identity
from factories.parks import (
    MEETING,
    PAPER,
    WHY,
    applied,
    decided,
    draft,
    evaluation_of,
    meeting,
    notice_of,
    objected,
    park_of,
    proposed,
    reviewed,
    valued,
)

from backend.kit.clock import today
from backend.kit.db import Databases
from backend.kit.errors import Forbidden
from backend.parks import queries, queries_workflow, service
from backend.parks.errors import (
    ParkApplicationNotFound,
    ParkApplicationOpen,
    ParkDecided,
    ParkEvaluationNotFound,
    ParkIndicatorNotWaivable,
    ParkMandatoryMissed,
    ParkNotFound,
    ParkNoticeClosed,
    ParkNoticeNeeded,
    ParkNotOnMunicipalList,
    ParkObjectionsOpen,
    ParkReferenceOpen,
    ParkSecondPerson,
    ParkStepNotNow,
    ParkStepWaiting,
    ParkValuesInvalid,
)
from backend.parks.rules import walking
from backend.parks.values import Horizon, Level, Outcome, Step

YEAR = 2025


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let the steps be taken on another day."""

    def move(days: int) -> date:
        day = today() + timedelta(days=days)
        for module in ("service.stepping", "service.publicising", "rules.checking"):
            monkeypatch.setattr(f"backend.parks.{module}.today", lambda: day)
        return day

    return move


async def test_a_park_goes_through_all_seven_steps(databases: Databases, later: Any) -> None:
    stage = await park_of(databases)
    await meeting(databases, stage, YEAR)
    found = await reviewed(databases, stage, YEAR)
    assert walking.next_step(found.steps) is Step.PUBLICISE
    with pytest.raises(ParkNoticeNeeded):
        await proposed(databases, stage, found.id, Step.PUBLICISE)
    notice = await notice_of(databases, stage, found.id)
    with pytest.raises(ParkNoticeNeeded):
        await proposed(databases, stage, found.id, Step.PUBLICISE)
    objection = await objected(databases, stage, notice)
    day = later(1)
    with pytest.raises(ParkObjectionsOpen):
        await proposed(databases, stage, found.id, Step.PUBLICISE, on=day)
    async with databases.write(stage.chief) as write:
        answered = await service.answer_objection(
            write, stage.chief, objection, is_upheld=False, answer="经核实，面积无误"
        )
    assert (answered.is_upheld, answered.answer) == (False, "经核实，面积无误")
    with pytest.raises(ParkNoticeClosed):
        await objected(databases, stage, notice)
    found = await decided(databases, stage, await proposed(databases, stage, found.id, Step.PUBLICISE, on=day))
    assert walking.is_listed([found])
    found = await decided(databases, stage, await proposed(databases, stage, found.id, Step.BUILD, on=day))
    kept = await evaluation_of(databases, stage, YEAR)
    for step in (Step.ACCEPT, Step.EVALUATE, Step.RECHECK, Step.RECHECK):
        found = await decided(
            databases, stage, await proposed(databases, stage, found.id, step, evaluation_id=kept, on=day)
        )
    assert [each.step for each in found.steps] == [*Step, Step.RECHECK]
    assert walking.next_step(found.steps) is Step.RECHECK
    higher = await applied(databases, stage, Level.PROVINCIAL)
    assert higher.level is Level.PROVINCIAL
    found = await decided(
        databases, stage,
        await proposed(databases, stage, found.id, Step.RECHECK, is_passed=False, evaluation_id=kept, on=day),
    )  # fmt: skip
    assert walking.next_step(found.steps) is None
    with pytest.raises(ParkNotOnMunicipalList):
        await applied(databases, stage, Level.NATIONAL)


async def test_a_second_person_confirms_and_nothing_is_skipped(databases: Databases) -> None:
    stage = await park_of(databases)
    await meeting(databases, stage, YEAR)
    found = await applied(databases, stage)
    with pytest.raises(ParkApplicationOpen):
        await applied(databases, stage)
    with pytest.raises(ParkStepWaiting):
        await proposed(databases, stage, found.id, Step.REVIEW)
    with pytest.raises(Forbidden):
        await decided(databases, stage, found, scope=stage.clerk)
    found = await decided(databases, stage, found)
    with pytest.raises(ParkDecided):
        await decided(databases, stage, found)
    with pytest.raises(ParkStepNotNow):
        await proposed(databases, stage, found.id, Step.BUILD)
    with pytest.raises(ParkEvaluationNotFound):
        await proposed(databases, stage, found.id, Step.REVIEW)
    kept = await evaluation_of(databases, stage, YEAR)
    waiting = await proposed(databases, stage, found.id, Step.REVIEW, evaluation_id=kept, scope=stage.chief)
    with pytest.raises(ParkSecondPerson):
        await decided(databases, stage, waiting)
    other = await identity.colleague(databases, stage.bureau, "administrator")
    found = await decided(databases, stage, waiting, is_confirmed=False, scope=other)
    assert walking.next_step(found.steps) is Step.REVIEW
    elsewhere = await evaluation_of(databases, await park_of(databases), YEAR)
    with pytest.raises(ParkEvaluationNotFound):
        await proposed(databases, stage, found.id, Step.REVIEW, evaluation_id=elsewhere)
    found = await decided(
        databases, stage, await proposed(databases, stage, found.id, Step.REVIEW, is_passed=False, evaluation_id=kept)
    )
    assert walking.has_ended(found.steps)
    assert (await applied(databases, stage)).id != found.id


async def test_no_rung_is_left_out(databases: Databases) -> None:
    stage = await park_of(databases)
    for level in (Level.PROVINCIAL, Level.NATIONAL):
        with pytest.raises(ParkNotOnMunicipalList):
            await applied(databases, stage, level)
    found = await applied(databases, stage)
    with pytest.raises(ParkNotOnMunicipalList):
        await applied(databases, stage, Level.PROVINCIAL)
    async with databases.read(stage.chief) as read:
        assert [each.id for each in await queries_workflow.applications_of(read, stage.chief, stage.park.id)] == [
            found.id
        ]


async def test_acceptance_needs_every_mandatory_and_every_reference_indicator(databases: Databases, later: Any) -> None:
    stage = await park_of(databases)
    await meeting(databases, stage, YEAR, "4", "15")
    found = await reviewed(databases, stage, YEAR)
    await notice_of(databases, stage, found.id)
    day = later(1)
    for step in (Step.PUBLICISE, Step.BUILD):
        found = await decided(databases, stage, await proposed(databases, stage, found.id, step, on=day))
    kept = await evaluation_of(databases, stage, YEAR)
    with pytest.raises(ParkMandatoryMissed) as refusal:  # no value: it cannot be told, and stands in the way
        await proposed(databases, stage, found.id, Step.ACCEPT, evaluation_id=kept, on=day)
    assert refusal.value.details == {"numbers": "4", "outcome": "unknown"}
    await valued(databases, stage, YEAR, draft("4", "0.600001"))
    with pytest.raises(ParkMandatoryMissed):
        await proposed(databases, stage, found.id, Step.ACCEPT, evaluation_id=kept, on=day, is_passed=False)
    await valued(databases, stage, YEAR, draft("4", "0.6"))
    with pytest.raises(ParkReferenceOpen) as refusal:
        await proposed(databases, stage, found.id, Step.ACCEPT, evaluation_id=kept, on=day)
    assert refusal.value.details["numbers"] == "15"
    operator = stage.operator.scope
    async with databases.write(operator) as write:
        asked = await service.ask_waiver(
            write, operator, stage.park.id, year=YEAR, indicator=15, explanation="园区无工业余热", document=PAPER
        )
    with pytest.raises(ParkReferenceOpen):  # asked for is not approved
        await proposed(databases, stage, found.id, Step.ACCEPT, evaluation_id=kept, on=day)
    async with databases.write(stage.chief) as write:
        told = await service.decide_waiver(write, stage.chief, asked.id, is_approved=True, reason=WHY)
    assert told.is_approved
    waiting = await proposed(databases, stage, found.id, Step.ACCEPT, evaluation_id=kept, on=day)
    # What changed between the two persons is seen by the second.
    await valued(databases, stage, YEAR, draft("5", "19", "100"))
    with pytest.raises(ParkMandatoryMissed):
        await decided(databases, stage, waiting)
    await valued(databases, stage, YEAR, draft("5", "20", "100"))
    found = await decided(databases, stage, waiting)
    assert Step.ACCEPT in walking.passed(found.steps)


async def test_an_evaluation_is_kept_as_it_was_made(databases: Databases) -> None:
    stage = await park_of(databases)
    await meeting(databases, stage, YEAR)
    async with databases.write(stage.clerk) as write:
        kept = await service.evaluate_park(
            write, stage.clerk, stage.park.id, year=YEAR, horizon=Horizon.NEAR, level=Level.MUNICIPAL
        )
    assert (kept.outcome, kept.mandatory, len(kept.content["lines"])) == (Outcome.PASS, Outcome.PASS, 31)
    await valued(databases, stage, YEAR, draft("5"))  # taken away
    scope = stage.clerk
    async with databases.read(scope) as read:
        now_found = await service.evaluated(
            read, scope, stage.park.id, year=YEAR, horizon=Horizon.NEAR, level=Level.MUNICIPAL
        )
        (first, *_) = await queries.evaluations(read, scope, stage.park.id)
    assert now_found.mandatory is Outcome.UNKNOWN
    assert (first.sha256, first.outcome) == (kept.sha256, Outcome.PASS)


async def test_only_reference_indicators_are_left_out_and_another_person_decides(databases: Databases) -> None:
    stage = await park_of(databases)
    for indicator in (1, 5, 22, 31, 32):
        with pytest.raises(ParkIndicatorNotWaivable):
            async with databases.write(stage.clerk) as write:
                await service.ask_waiver(
                    write, stage.clerk, stage.park.id, year=YEAR, indicator=indicator, explanation=WHY, document=PAPER
                )
    async with databases.write(stage.chief) as write:
        asked = await service.ask_waiver(
            write, stage.chief, stage.park.id, year=YEAR, indicator=6, explanation=WHY, document=PAPER
        )
    with pytest.raises(ParkSecondPerson):
        async with databases.write(stage.chief) as write:
            await service.decide_waiver(write, stage.chief, asked.id, is_approved=True, reason=WHY)


async def test_neighbours_and_strangers_find_nothing(databases: Databases) -> None:
    stage = await park_of(databases)
    found = await applied(databases, stage)
    neighbour = await identity.authority(databases, division="320205")
    stranger = await identity.enterprise(databases, division="320206")
    with pytest.raises(ParkApplicationNotFound):
        await proposed(databases, stage, found.id, Step.APPLY, scope=neighbour.scope)
    for scope in (neighbour.scope, stranger.scope):
        with pytest.raises(ParkNotFound):
            await valued(databases, stage, YEAR, draft("2", "1"), scope=scope)
        async with databases.read(scope) as read:
            assert await queries_workflow.applications_of(read, scope, stage.park.id) == []
    city = await identity.authority(databases)
    async with databases.read(city.scope) as read:
        assert len(await queries_workflow.applications_of(read, city.scope, stage.park.id)) == 1


async def test_values_that_cannot_be_are_all_named_and_none_is_stored(databases: Databases) -> None:
    stage = await park_of(databases)
    with pytest.raises(ParkValuesInvalid) as refusal:
        await valued(databases, stage, YEAR, draft("2", "1"), draft("5", "101"), draft("2", "1"), draft("40", "1"))
    assert [each["place"] for each in refusal.value.details["faults"]] == [1, 2, 3]  # type: ignore[index] - a list of faults
    async with databases.read(stage.clerk) as read:
        found = await service.evaluated(
            read, stage.clerk, stage.park.id, year=YEAR, horizon=Horizon.NEAR, level=Level.MUNICIPAL
        )
    assert all(each.value is None for each in found.lines)
    assert set(MEETING) == {str(number) for number in range(2, 22)}
