"""Warnings from raising to closing, on real data of a county of its own for each test."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from factories import identity
from factories.budgets import approved, line
from factories.identity import authority, colleague
from factories.monitoring import Grown, evaluated, growing, told, tonnes, warned
from factories.regions import roll_all, store_inventory
from sqlalchemy import insert, text, update
from sqlalchemy.exc import DBAPIError

from backend.kit.clock import now, today
from backend.kit.db import Databases
from backend.kit.errors import Forbidden
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.monitoring import service
from backend.monitoring.alerts import queries
from backend.monitoring.alerts.models import MonitoringWarning
from backend.monitoring.alerts.values import CauseKind, StepKind, WarningState, WarningValue
from backend.monitoring.errors import (
    MonitoringOfAuthorities,
    MonitoringSecondPerson,
    MonthNotOver,
    OwnerInvalid,
    ResponseUnknown,
    WarningClosed,
    WarningDueInvalid,
    WarningNotAnswered,
    WarningNotClosing,
    WarningNotFound,
)
from backend.regions.models import RegionFigure
from backend.tenants.errors import DivisionUnknown

D = Decimal
JUNE = date(2024, 6, 1)


async def steps(databases: Databases, scope: Scope, warning: WarningValue) -> list[StepKind]:
    async with databases.read(scope) as read:
        return [each.kind for each in (await queries.steps_of(read, scope, [warning.id]))[0]]


async def restated(databases: Databases, grown: Grown, scope1: str, months: range, version: int) -> None:
    await store_inventory(databases, grown.steel, grown.years[1], version, tonnes(scope1, months))
    await roll_all(databases, "guizhou")


async def answered(databases: Databases, scope: Scope, warning: WarningValue) -> WarningValue:
    async with databases.write(scope) as write:
        return await service.respond(
            write, scope, warning.id, response="strict_new_projects", measure="暂停新上钢铁项目审批",
            due_on=today() + timedelta(days=30),
        )  # fmt: skip


async def test_growth_raises_one_warning_that_lives_with_the_data(databases: Databases) -> None:
    grown = await growing(databases, "520325")
    scope = grown.scope
    first = await evaluated(databases, scope, JUNE)
    # The county in all sectors, and in steel.
    assert (first.raised, first.is_placeholder, first.division_code) == (2, True, "520325")
    (warning,) = await warned(databases, scope, "520325")
    assert (warning.level, warning.value, warning.month) == ("warning", D("8.0000"), JUNE)
    assert (warning.state, warning.owner_id, warning.due_on) == (
        WarningState.OPEN, grown.bureau.id, today() + timedelta(days=20),
    )  # fmt: skip
    figures = {each["code"]: each["value"] for each in warning.evidence["figures"]}
    assert figures == {
        "growth": "8.0000", "current": "324", "before": "300", "accounts": "1", "coverage": "100.0000",
        "months": "2024-04, 2024-05, 2024-06",
    }  # fmt: skip
    assert warning.evidence["threshold"] == "5"
    assert (await told(databases, scope))[0] == ("monitoring.warning", "碳排放预警 2 项（2024-06）")

    again = await evaluated(databases, scope, JUNE)
    assert (again.raised, again.looked_at) == (0, first.looked_at)
    assert len(await warned(databases, scope, "520325")) == 1
    assert await steps(databases, scope, warning) == [StepKind.RAISED]

    await restated(databases, grown, "95", range(1, 8), 2)
    worse = await evaluated(databases, scope, date(2024, 7, 1))
    assert worse.worsened == 2
    (warning,) = await warned(databases, scope, "520325")
    assert (warning.level, warning.value, warning.month) == ("severe", D("15.0000"), date(2024, 7, 1))
    assert warning.due_on == today() + timedelta(days=10)

    await restated(databases, grown, "79", range(1, 8), 3)
    assert (await evaluated(databases, scope, date(2024, 7, 1))).cleared == 2
    (warning,) = await warned(databases, scope, "520325")
    assert (warning.is_present, warning.state) == (False, WarningState.OPEN)
    assert await steps(databases, scope, warning) == [StepKind.RAISED, StepKind.WORSENED, StepKind.CLEARED]


async def test_evaluations_side_by_side_raise_once(databases: Databases) -> None:
    grown = await growing(databases, "520322")
    await asyncio.gather(*(evaluated(databases, grown.scope, JUNE) for _ in range(4)))
    (warning,) = await warned(databases, grown.scope, "520322")
    assert await steps(databases, grown.scope, warning) == [StepKind.RAISED]


async def test_old_data_and_few_reports_tell_nothing(databases: Databases) -> None:
    grown = await growing(databases, "520326")
    found = await evaluated(databases, grown.scope, date(2024, 12, 1))
    assert found.raised == 0
    assert {each["kind"] for each in found.untold} == {"growth"}
    assert found.untold[0]["note_en"] == "No month from 2024-09 to 2024-12 is covered well enough."
    with pytest.raises(MonthNotOver):
        await evaluated(databases, grown.scope, today().replace(day=1))


async def test_what_a_warning_cannot_be_given_or_answered_with(databases: Databases) -> None:
    grown = await growing(databases, "520323")
    scope = grown.scope
    await evaluated(databases, scope, JUNE)
    (warning,) = await warned(databases, scope, "520323")
    city = await authority(databases, tenant="guizhou", division="520300")
    elsewhere = await authority(databases, tenant="guizhou", division="520324")
    async with databases.write(scope) as write:
        with pytest.raises(OwnerInvalid):
            await service.assign(write, scope, warning.id, organisation_id=elsewhere.id, person_id=None)
        with pytest.raises(OwnerInvalid):
            await service.assign(write, scope, warning.id, organisation_id=city.id, person_id=city.person_id)
        with pytest.raises(WarningNotAnswered):
            await service.follow_up(write, scope, warning.id, note="尚未答复")
        with pytest.raises(WarningNotAnswered):
            await service.propose_closure(write, scope, warning.id, reason="尚未答复")
        with pytest.raises(ResponseUnknown):
            await service.respond(write, scope, warning.id, response="pray", measure="x", due_on=today())
        with pytest.raises(WarningDueInvalid):
            await service.respond(
                write, scope, warning.id, response="phase_out", measure="x", due_on=today() - timedelta(days=1)
            )
    (same,) = await warned(databases, scope, "520323")
    assert same == warning


async def test_a_warning_is_assigned_answered_followed_up_and_closed_in_twos(databases: Databases) -> None:
    grown = await growing(databases, "520327")
    scope, officer = grown.scope, await colleague(databases, grown.bureau, "officer")
    await evaluated(databases, scope, JUNE)
    (warning,) = await warned(databases, scope, "520327")
    async with databases.write(scope) as write:
        assigned = await service.assign(
            write, scope, warning.id, organisation_id=grown.bureau.id, person_id=officer.actor_id, note="请核实"
        )
    assert assigned.owner_person_id == officer.actor_id
    assert (await told(databases, officer))[0] == ("monitoring.warning_assigned", "预警交由贵单位处理")
    found = await answered(databases, officer, warning)
    assert (found.state, found.response) == (WarningState.RESPONDING, "strict_new_projects")
    async with databases.write(officer) as write:
        await service.follow_up(write, officer, warning.id, note="已约谈企业", due_on=today() + timedelta(days=60))
        with pytest.raises(WarningNotClosing):
            await service.decide_closure(write, officer, warning.id, is_closed=True, reason="好")
        proposed = await service.propose_closure(write, officer, warning.id, reason="增速已回落")
        assert proposed.state is WarningState.CLOSING
        with pytest.raises(MonitoringSecondPerson):
            await service.decide_closure(write, officer, warning.id, is_closed=True, reason="自批")
    async with databases.write(scope) as write:
        refused = await service.decide_closure(write, scope, warning.id, is_closed=False, reason="证据不足")
        assert (refused.state, refused.closing_by) == (WarningState.RESPONDING, None)
    async with databases.write(officer) as write:
        await service.propose_closure(write, officer, warning.id, reason="补充证据")
    async with databases.write(scope) as write:
        closed = await service.decide_closure(write, scope, warning.id, is_closed=True, reason="同意")
        assert (closed.state, closed.closed_by) == (WarningState.CLOSED, grown.bureau.person_id)
        with pytest.raises(WarningClosed):
            await service.follow_up(write, scope, warning.id, note="晚了")
    assert await steps(databases, scope, warning) == [
        StepKind.RAISED, StepKind.ASSIGNED, StepKind.RESPONDED, StepKind.FOLLOWED_UP, StepKind.CLOSURE_PROPOSED,
        StepKind.CLOSURE_REFUSED, StepKind.CLOSURE_PROPOSED, StepKind.CLOSED,
    ]  # fmt: skip

    # Closed while its cause was there: it stays closed as long as nothing changes, and reopens when it has come back.
    assert (await evaluated(databases, scope, JUNE)).reopened == 0
    await restated(databases, grown, "70", range(1, 7), 2)
    await evaluated(databases, scope, JUNE)
    (gone,) = await warned(databases, scope, "520327")
    assert (gone.state, gone.is_present) == (WarningState.CLOSED, False)
    await restated(databases, grown, "88", range(1, 7), 3)
    assert (await evaluated(databases, scope, JUNE)).reopened == 1
    (back,) = await warned(databases, scope, "520327")
    assert (back.id, back.state, back.closed_at, back.closing_by) == (warning.id, WarningState.OPEN, None, None)


async def test_the_database_itself_wants_two_persons(databases: Databases) -> None:
    grown = await growing(databases, "520328")
    await evaluated(databases, grown.scope, JUNE)
    (warning,) = await warned(databases, grown.scope, "520328")
    with pytest.raises(DBAPIError, match="second_person"):
        async with databases.write(grown.scope) as write:
            await write.run(
                update(MonitoringWarning)
                .where(MonitoringWarning.id == warning.id)
                .values(closing_by=grown.bureau.person_id, closed_by=grown.bureau.person_id)
            )
    with pytest.raises(DBAPIError, match="permission denied"):
        async with databases.write(grown.scope) as write:
            await write.run(text("update monitoring_warning set kind = 'budget'"))


async def test_overdue_warnings_are_told_to_the_authority_above_once(databases: Databases) -> None:
    grown = await growing(databases, "520329")
    city = await authority(databases, tenant="guizhou", division="520300")
    await evaluated(databases, grown.scope, JUNE)
    (warning,) = await warned(databases, grown.scope, "520329")
    system = Scope.system("guizhou")
    async with databases.write(system) as write:
        await write.run(
            update(MonitoringWarning)
            .where(MonitoringWarning.id == warning.id)
            .values(due_on=today() - timedelta(days=1))
        )
    for _ in range(2):
        async with databases.write(system) as write:
            await service.escalate(write, system, today())
    (late,) = await warned(databases, grown.scope, "520329")
    assert late.escalations == 1
    overdue = ("monitoring.warning_overdue", "预警逾期未处理")
    assert (await told(databases, grown.scope)).count(overdue) == 1
    assert (await told(databases, city.scope)).count(overdue) == 1
    assert (await steps(databases, grown.scope, warning))[-1] is StepKind.ESCALATED
    with pytest.raises(Forbidden):
        async with databases.write(grown.scope) as write:
            await service.escalate(write, grown.scope, today())


async def test_neighbours_banks_and_enterprises_see_nothing(databases: Databases) -> None:
    grown = await growing(databases, "520330")
    await evaluated(databases, grown.scope, JUNE)
    (warning,) = await warned(databases, grown.scope, "520330")
    neighbour = (await authority(databases, tenant="guizhou", division="520304")).scope
    for stranger in (neighbour, (await identity.enterprise(databases, tenant="guizhou")).scope):
        async with databases.read(stranger) as read:
            assert await service.warnings(read, stranger, limit=100) == [] or stranger is neighbour
            with pytest.raises(WarningNotFound):
                await service.warning(read, stranger, warning.id)
            with pytest.raises(DivisionUnknown):
                await service.warnings(read, stranger, division_code="520330", limit=10)
    bank = (await identity.bank(databases, tenant="guizhou")).scope
    async with databases.read(bank) as read:
        with pytest.raises(Forbidden):
            await service.warnings(read, bank, limit=10)
    enterprise = grown.steel.enterprise()
    async with databases.write(
        replace(enterprise, permissions=enterprise.permissions | {"monitoring:respond"})
    ) as write:
        with pytest.raises(MonitoringOfAuthorities):
            await service.evaluate(write, write.scope, JUNE)
    async with databases.write(neighbour) as write:
        with pytest.raises(WarningNotFound):
            await service.respond(
                write, neighbour, warning.id, response="phase_out", measure="越权", due_on=today() + timedelta(days=3)
            )
    city = (await authority(databases, tenant="guizhou", division="520300")).scope
    assert [each.id for each in await warned(databases, city, "520330")] == [warning.id]


async def test_projections_beyond_budget_and_intensity_raise_warnings_with_their_band(databases: Databases) -> None:
    """The year before is whole, so the year's end is told: 108 t a month against a budget of 1,200 t."""
    grown = await growing(databases, "520381", years=(2022, 2023))
    province = await authority(databases, tenant="guizhou")
    await approved(
        databases, province, line("520381", 2023, "1200", intensity_target="0.001"),
        line("", 2023, "1000", account_id=grown.steel.account_id),
    )  # fmt: skip
    found = await evaluated(databases, grown.scope, date(2023, 6, 1))
    budgeted = await warned(databases, grown.scope, "520381", sector="", kind=CauseKind.BUDGET)
    (budget,) = [each for each in budgeted if each.cause.account_id is None]
    assert (budget.value, budget.level, budget.cause.year) == (D("8.0000"), "severe", 2023)
    figures = {each["code"]: each["value"] for each in budget.evidence["figures"]}
    assert (figures["budget"], figures["projected"], figures["actual"]) == ("1200", "1296.0000", "648")
    # Without gross domestic product the intensity cannot be told: no warning, and the evaluation says so.
    assert [each["kind"] for each in found.untold if each["year"] == 2023] == ["intensity"]
    async with databases.write(Scope.system("guizhou")) as write:
        await write.run(
            insert(RegionFigure).values(
                id=new_id(), division_code="520381", division_path="520000/520300/520381/", year=2023, kind="gdp",
                quantity=D(1_000_000), unit="万CNY", document="统计公报", document_number="",
                document_date=date(2024, 3, 1), note="", is_withdrawn=False, recorded_at=now(), recorded_by=None,
            )
        )  # fmt: skip
    await evaluated(databases, grown.scope, date(2023, 6, 1))
    (intensity,) = await warned(databases, grown.scope, "520381", sector="", kind=CauseKind.INTENSITY)
    # 1,296 t by 10^6 万元, to four places: 0.0013 against 0.001.
    assert (intensity.value, intensity.level) == (D("30.0000"), "severe")
    figures = {each["code"]: each["value"] for each in intensity.evidence["figures"]}
    assert (figures["intensity"], figures["target"]) == ("0.0013", "0.001")
    (unit,) = [each for each in budgeted if each.cause.account_id is not None]
    assert unit.value == D("29.6000")
    own = grown.steel.enterprise()
    async with databases.read(own) as read:
        assert [each.id for each in await service.warnings(read, own, limit=10)] == [unit.id]
        assert await queries.steps_of(read, own, [unit.id]) == [[]]


async def test_a_warning_that_is_not_there(databases: Databases) -> None:
    scope = (await authority(databases, tenant="guizhou", division="520382")).scope
    async with databases.write(scope) as write:
        with pytest.raises(WarningNotFound):
            await service.propose_closure(write, scope, new_id(), reason="无")
