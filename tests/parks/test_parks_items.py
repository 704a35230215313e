"""Factories, projects, virtual power plants and service bodies through the seven steps; targets at their last day."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from factories import identity
from factories.accounts import Held, held_account
from factories.parks import PAPER, Stage, decided, findings, notice_of, park_of, proposed

from backend.kit.clock import today
from backend.kit.db import Databases
from backend.kit.errors import Forbidden
from backend.kit.scope import Scope
from backend.parks import catalogue, queries_programmes, queries_workflow, service
from backend.parks.errors import (
    ParkApplicationOpen,
    ParkEntryInvalid,
    ParkFindingsInvalid,
    ParkItemInSteps,
    ParkItemNotFound,
    ParkItemNotStepped,
    ParkNoticeNeeded,
    ParkRequirementOpen,
    ParkSecondPerson,
)
from backend.parks.rules import walking
from backend.parks.values import (
    STEPPED,
    ApplicationRow,
    EntryStatus,
    Finding,
    Level,
    Outcome,
    ProgrammeKind,
    Step,
)
from backend.parks.values_programmes import ItemRow

DIVISION = "320206"


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let the steps be taken on another day."""

    def move(days: int) -> date:
        day = today() + timedelta(days=days)
        for module in ("service.stepping", "service.publicising", "service.listing", "rules.checking"):
            monkeypatch.setattr(f"backend.parks.{module}.today", lambda: day)
        return day

    return move


async def candidate(
    databases: Databases, scope: Scope, kind: ProgrammeKind = ProgrammeKind.FACTORY, **given: Any
) -> ItemRow:
    async with databases.write(scope) as write:
        return await service.register_item(write, scope, kind=kind, name="候选对象", division_code=DIVISION, **given)


async def applied_for(
    databases: Databases, scope: Scope, item_id: UUID, level: Level = Level.MUNICIPAL
) -> ApplicationRow:
    async with databases.write(scope) as write:
        return await service.apply_for_item(write, scope, item_id, level=level, statement="申报", document=PAPER)


async def standing(databases: Databases, scope: Scope, item_id: UUID, on: date | None = None) -> ItemRow | None:
    async with databases.read(scope) as read:
        return await queries_programmes.item(read, scope, item_id, on or today())


async def step(
    databases: Databases, stage: Stage, found: ApplicationRow, name: Step, kind: ProgrammeKind, **given: Any
) -> ApplicationRow:
    told = findings(kind) if name not in {Step.PUBLICISE, Step.BUILD} else []
    return await decided(
        databases, stage, await proposed(databases, stage, found.id, name, **{"findings": told, **given})
    )


async def owned(databases: Databases) -> tuple[Held, Stage]:
    """Return an enterprise with an account, and the authority of its district."""
    return await held_account(databases, division=DIVISION), await park_of(databases)


async def test_a_factory_goes_through_the_steps_and_its_register_follows(databases: Databases, later: Any) -> None:
    held, stage = await owned(databases)
    kind = ProgrammeKind.FACTORY
    item = await candidate(databases, held.scope, kind, account_id=held.id)
    assert (item.status, item.division_code, item.account_id) == (None, DIVISION, held.id)
    found = await applied_for(databases, held.scope, item.id)
    assert (found.horizon, found.park_id, found.item_id, found.operator_id) == (None, None, item.id, held.holder.id)
    with pytest.raises(ParkApplicationOpen):
        await applied_for(databases, stage.clerk, item.id)
    found = await decided(databases, stage, found)
    with pytest.raises(ParkFindingsInvalid):
        await proposed(databases, stage, found.id, Step.REVIEW)
    found = await step(databases, stage, found, Step.REVIEW, kind)
    with pytest.raises(ParkNoticeNeeded):
        await proposed(databases, stage, found.id, Step.PUBLICISE)
    notice = await notice_of(databases, stage, found.id)
    async with databases.read(stage.clerk) as read:
        shown = await queries_workflow.notice(read, stage.clerk, notice)
    assert shown is not None
    assert (shown.subject, shown.kind, shown.division_code) == ("候选对象", kind, DIVISION)
    day = later(1)
    found = await step(databases, stage, found, Step.PUBLICISE, kind, on=day)
    after = await standing(databases, held.scope, item.id, day)
    assert after is not None
    assert (after.status, after.effective_on, after.document) == (EntryStatus.SELECTED, day, PAPER.title)
    with pytest.raises(ParkItemInSteps):
        async with databases.write(stage.clerk) as write:
            await service.update_item(
                write, stage.clerk, item.id, status=EntryStatus.COMPLETED, effective_on=today(), document=PAPER
            )
    found = await step(databases, stage, found, Step.BUILD, kind, on=day)
    found = await step(databases, stage, found, Step.ACCEPT, kind, on=day)
    done = await standing(databases, stage.clerk, item.id, day)
    assert done is not None
    assert done.status is EntryStatus.COMPLETED
    assert [each.outcome for each in found.steps[-1].findings] == [Outcome.PASS] * 7
    found = await step(databases, stage, found, Step.EVALUATE, kind, on=day)
    found = await step(databases, stage, found, Step.RECHECK, kind, on=day, is_passed=False)
    gone = await standing(databases, stage.clerk, item.id, day)
    assert gone is not None
    assert (gone.status, walking.has_ended(found.steps)) == (EntryStatus.WITHDRAWN, True)


async def test_a_requirement_that_is_missed_or_not_told_stands_in_the_way(databases: Databases) -> None:
    held, stage = await owned(databases)
    kind = ProgrammeKind.FACTORY
    item = await candidate(databases, held.scope, kind, account_id=held.id)
    found = await decided(databases, stage, await applied_for(databases, held.scope, item.id))
    for quantity, outcome in ((None, Outcome.UNKNOWN), ("9.999999", Outcome.FAIL)):
        told = findings(kind, water_saving=quantity)
        with pytest.raises(ParkRequirementOpen, match="Yearly water saving"):
            await proposed(databases, stage, found.id, Step.REVIEW, findings=told)
        # Not passed, it is told as it is, whatever was claimed of the number.
        waiting = await proposed(databases, stage, found.id, Step.REVIEW, findings=told, is_passed=False)
        assert next(each for each in waiting.steps[-1].findings if each.code == "water_saving").outcome is outcome
        found = await decided(databases, stage, waiting, is_confirmed=False)
    found = await step(databases, stage, found, Step.REVIEW, kind, findings=findings(kind, water_saving="10"))
    assert walking.next_step(found.steps) is Step.PUBLICISE


@pytest.mark.parametrize(
    "wrong",
    [
        lambda told: told[1:], lambda told: [*told, told[0]], lambda told: [*told, Finding("other", Outcome.PASS, "有")],
        lambda told: [Finding(told[0].code, Outcome.PASS, " "), *told[1:]],
        lambda told: [Finding(told[0].code, Outcome.PASS, "有", Decimal(1)), *told[1:]],
        lambda told: [Finding("water_saving", Outcome.PASS, "有", Decimal("NaN")), *told],
    ],
)  # fmt: skip
async def test_findings_that_cannot_be_are_named(databases: Databases, wrong: Any) -> None:
    held, stage = await owned(databases)
    item = await candidate(databases, held.scope, account_id=held.id)
    found = await decided(databases, stage, await applied_for(databases, held.scope, item.id))
    with pytest.raises(ParkFindingsInvalid):
        await proposed(databases, stage, found.id, Step.REVIEW, findings=wrong(findings(ProgrammeKind.FACTORY)))


async def test_a_virtual_power_plant_is_accepted_with_its_capacity(databases: Databases, later: Any) -> None:
    stage = await park_of(databases)
    kind = ProgrammeKind.POWER_PLANT
    item = await candidate(databases, stage.clerk, kind, park_id=stage.park.id)
    found = await decided(databases, stage, await applied_for(databases, stage.clerk, item.id))
    found = await step(databases, stage, found, Step.REVIEW, kind)
    await notice_of(databases, stage, found.id)
    day = later(1)
    for name in (Step.PUBLICISE, Step.BUILD):
        found = await step(databases, stage, found, name, kind, on=day)
    with pytest.raises(ParkEntryInvalid):
        await step(databases, stage, found, Step.ACCEPT, kind, on=day)
    async with databases.write(stage.clerk) as write:
        told = await service.update_item(
            write, stage.clerk, item.id, status=EntryStatus.BUILDING, effective_on=day, document=PAPER,
            capacity=Decimal("1.25"),
        )  # fmt: skip
    assert (told.status, told.capacity) == (EntryStatus.BUILDING, Decimal("1.25"))
    await step(databases, stage, found, Step.ACCEPT, kind, on=day)
    done = await standing(databases, stage.clerk, item.id, day)
    assert done is not None
    assert (done.status, done.capacity) == (EntryStatus.REGISTERED, Decimal("1.25"))


async def test_a_second_person_and_only_the_authority_decides(databases: Databases) -> None:
    held, stage = await owned(databases)
    item = await candidate(databases, stage.chief, account_id=held.id)
    found = await applied_for(databases, stage.chief, item.id)
    with pytest.raises(ParkSecondPerson):
        await decided(databases, stage, found)
    with pytest.raises(Forbidden):
        await decided(databases, stage, found, scope=held.scope)
    async with databases.read(held.scope) as read:  # its enterprise sees what is applied for in its name
        assert [each.id for each in await queries_workflow.applications(read, held.scope, item_id=item.id)] == [
            found.id
        ]


async def test_an_enterprise_puts_forward_its_own_and_nothing_else(databases: Databases) -> None:
    held, stage = await owned(databases)
    other = await held_account(databases, division=DIVISION)
    with pytest.raises(ParkEntryInvalid):
        await candidate(databases, held.scope)
    with pytest.raises(Forbidden):
        await candidate(
            databases,
            held.scope,
            account_id=held.id,
            status=EntryStatus.COMPLETED,
            effective_on=today(),
            document=PAPER,
        )
    item = await candidate(databases, held.scope, account_id=held.id)
    neighbour = await identity.authority(databases, division="320205")
    for scope in (other.scope, neighbour.scope):
        assert await standing(databases, scope, item.id) is None
        with pytest.raises(ParkItemNotFound):
            await applied_for(databases, scope, item.id)
    for kind in ProgrammeKind:
        if kind not in STEPPED:
            with pytest.raises(ParkItemNotStepped):
                await candidate(databases, stage.clerk, kind)
    taken = await candidate(
        databases,
        stage.clerk,
        ProgrammeKind.PLATFORM,
        status=EntryStatus.COMPLETED,
        effective_on=today(),
        document=PAPER,
    )
    with pytest.raises(ParkItemNotStepped):
        await applied_for(databases, stage.clerk, taken.id)
    with pytest.raises(ParkEntryInvalid):
        await candidate(databases, stage.clerk, status=EntryStatus.COMPLETED)


async def test_a_target_is_held_against_its_last_day(databases: Databases) -> None:
    division = "320213"
    bureau = await identity.authority(databases, division=division)
    scope = bureau.scope
    async with databases.write(scope) as write:
        await service.register_item(
            write, scope, kind=ProgrammeKind.PROJECT, name="迟到项目", division_code=division,
            status=EntryStatus.SELECTED, effective_on=date(2026, 1, 1), document=PAPER,
        )  # fmt: skip

    async def told(on: date) -> dict[str, Any]:
        async with databases.read(scope) as read:
            rows = await service.progress(read, scope, under=scope.region, on=on)
        return {each.target.measure: each for each in rows if each.target.year == 2025}

    before, after = (
        (await told(date(2025, 12, 31)))["projects_selected"],
        (await told(date(2026, 1, 2)))["projects_selected"],
    )
    assert (before.found, before.found_by_deadline) == (0, None)
    # The target is the city's: a district's own part tells neither that it is missed nor by how much.
    assert (after.found, after.found_by_deadline, after.is_met, after.missing) == (1, 0, None, None)
    city = replace(after, is_whole=True)
    assert (city.is_met, city.missing) == (False, 8)
    enough = replace(after, found_by_deadline=Decimal(8))
    assert (enough.is_met, enough.missing) == (True, 0)
    whole = await identity.authority(databases, division="320200")
    for under, is_whole in ((None, True), (whole.scope.region, True), (scope.region, False)):
        async with databases.read(whole.scope) as read:
            rows = await service.progress(read, whole.scope, under=under, on=date(2026, 1, 2))
        assert {each.is_whole for each in rows} == {is_whole}


def test_every_requirement_and_target_is_in_the_documents_own_words() -> None:
    texts = {
        city: (catalogue.FOLDER.parents[1] / "knowledge" / "data" / "policies" / f"{name}.txt").read_text(encoding="utf-8")
        for city, name in (
            ("wuxi", "wuxi-zero-carbon-parks"), ("changzhou", "changzhou-peak-pilot"), ("chengdu", "chengdu-peak-pilot"),
        )
    }  # fmt: skip
    for city, text in texts.items():
        plain = "".join(text.split())
        quoted = [each.quote for each in catalogue.targets(city)]
        quoted += [each.quote for kind in ProgrammeKind for each in catalogue.requirements(city, kind)]
        assert [each for each in quoted if "".join(each.split()) not in plain] == []
    assert {kind: len(catalogue.requirements("wuxi", kind)) for kind in STEPPED} == {
        ProgrammeKind.FACTORY: 7, ProgrammeKind.PROJECT: 4, ProgrammeKind.POWER_PLANT: 2, ProgrammeKind.SERVICE_BODY: 3,
    }  # fmt: skip
