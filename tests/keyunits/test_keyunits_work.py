"""What lies in a unit's file: posts, reports, findings with follow-up, projects, savings by two persons, what is overdue."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from factories.accounts import held_account, meter_of, site_of, source_of
from factories.keyunits import (
    AFTER,
    BEFORE,
    PAPER,
    bureau_of,
    completed,
    found,
    moved,
    planned,
    posted,
    saved,
    unit_of,
)

from backend.accounts import service as accounts
from backend.accounts.errors import AccountNotFound
from backend.keyunits import queries_work, service
from backend.keyunits.errors import (
    KeyUnitDatesInvalid,
    KeyUnitDecided,
    KeyUnitDutyUnknown,
    KeyUnitNotFound,
    KeyUnitSecondPerson,
    KeyUnitStepNotNow,
)
from backend.keyunits.values import FindingState, OverdueKind, PostKind, RetrofitState
from backend.kit.clock import today
from backend.kit.db import Databases
from backend.kit.errors import Forbidden
from backend.kit.scope import Scope


async def late(databases: Databases, scope: Scope, account_id: Any, on: date | None = None) -> list[Any]:
    """What an account is late with."""
    async with databases.read(scope) as read:
        return [each for each in await service.overdue(read, scope, on=on) if each.account_id == account_id]


async def test_posts_are_held_until_somebody_else_is_named(databases: Databases) -> None:
    bureau, held = await unit_of(databases)
    vacant = {each.name.en for each in await late(databases, bureau.clerk, held.id) if each.kind is OverdueKind.POST}
    assert {"Head of energy management", "Carbon emission management"} <= vacant
    await posted(databases, held)
    await posted(databases, held, person_name="赵工")
    await posted(databases, held, PostKind.CARBON_MANAGER, ends_on=today() - timedelta(days=1))
    async with databases.read(bureau.clerk) as read:
        (rows,) = await queries_work.posts(read, bureau.clerk, [held.id])
    assert {(each.kind, each.person_name) for each in rows} == {
        (PostKind.ENERGY_MANAGER, "赵工"), (PostKind.CARBON_MANAGER, "王工"),
    }  # fmt: skip
    vacant = {each.name.en for each in await late(databases, bureau.clerk, held.id) if each.kind is OverdueKind.POST}
    assert "Head of energy management" not in vacant
    assert "Carbon emission management" in vacant  # the holder left
    with pytest.raises(KeyUnitDatesInvalid):
        await posted(databases, held, ends_on=date(2024, 12, 31))


async def test_only_key_units_have_a_file(databases: Databases) -> None:
    held = await held_account(databases, division="320206")
    with pytest.raises(KeyUnitNotFound):
        await posted(databases, held)
    with pytest.raises(KeyUnitNotFound):
        await found(databases, held)
    with pytest.raises(KeyUnitNotFound):
        await planned(databases, held)


async def test_a_report_that_was_not_filed_is_told_until_it_is(databases: Databases) -> None:
    bureau, held = await unit_of(databases, year=2024)
    day = date(2026, 4, 1)
    due = [each for each in await late(databases, bureau.clerk, held.id, day) if each.kind is OverdueKind.DUTY]
    assert [each.due_on for each in due] == [date(2025, 3, 31), date(2026, 3, 31)]
    async with databases.write(held.scope) as write:
        await service.file_report(
            write, held.scope, held.id, duty="energy_report", year=2024, filed_on=date(2025, 4, 2), remark="",
            evidence_id=None,
        )  # fmt: skip
    due = [each for each in await late(databases, bureau.clerk, held.id, day) if each.kind is OverdueKind.DUTY]
    assert [each.due_on for each in due] == [date(2026, 3, 31)]
    with pytest.raises(KeyUnitDutyUnknown):
        async with databases.write(held.scope) as write:
            await service.file_report(
                write, held.scope, held.id, duty="party", year=2024, filed_on=date(2025, 4, 2), remark="",
                evidence_id=None,
            )  # fmt: skip


async def test_meters_without_a_valid_calibration_are_told(databases: Databases) -> None:
    bureau, held = await unit_of(databases)
    source = await source_of(databases, held, await site_of(databases, held))
    day = today()
    for until in (None, day - timedelta(days=1), day + timedelta(days=30), day + timedelta(days=400)):
        meter = await meter_of(databases, held, source)
        if until is None:
            continue
        async with databases.write(held.scope) as write:
            await accounts.record_calibration(
                write, held.scope, account_id=held.id, meter_id=meter.id, calibrated_on=day - timedelta(days=400),
                valid_until=until,
            )  # fmt: skip
    async with databases.read(bureau.clerk) as read:
        (standing,) = await service.meters(read, bureau.clerk, [held.id])
    assert (standing.meters, standing.uncalibrated, standing.due) == (4, 2, 1)
    (told,) = [each for each in await late(databases, bureau.clerk, held.id) if each.kind is OverdueKind.METERS]
    assert told.count == 2


async def test_a_finding_is_planned_done_and_closed_by_each_side(databases: Databases) -> None:
    bureau, held = await unit_of(databases)
    row = await found(databases, held, bureau.clerk)
    assert (row.state, row.potential_tco2) == (FindingState.OPEN, Decimal("300.5"))

    async def follow(scope: Scope, state: FindingState, due_on: date | None = None) -> Any:
        async with databases.write(scope) as write:
            return await service.follow_finding(
                write, scope, held.id, row.id, state=state, remark="见整改报告", due_on=due_on
            )

    with pytest.raises(KeyUnitDatesInvalid):
        await follow(held.scope, FindingState.PLANNED)
    with pytest.raises(KeyUnitDatesInvalid):
        await follow(held.scope, FindingState.PLANNED, today() - timedelta(days=1))
    with pytest.raises(KeyUnitStepNotNow):
        await follow(bureau.clerk, FindingState.PLANNED, today())
    day = today() + timedelta(days=10)
    assert (await follow(held.scope, FindingState.PLANNED, day)).due_on == day
    assert not [each for each in await late(databases, bureau.clerk, held.id, day) if each.kind is OverdueKind.FINDING]
    (told,) = [
        each for each in await late(databases, bureau.clerk, held.id, day + timedelta(days=1))
        if each.kind is OverdueKind.FINDING
    ]  # fmt: skip
    assert (told.object_id, told.due_on) == (row.id, day)
    with pytest.raises(KeyUnitStepNotNow):
        await follow(held.scope, FindingState.CLOSED)
    await follow(held.scope, FindingState.DONE)
    assert (await follow(bureau.clerk, FindingState.OPEN)).state is FindingState.OPEN
    await follow(held.scope, FindingState.DONE)
    closed = await follow(bureau.clerk, FindingState.CLOSED)
    assert [each.state.value for each in closed.steps] == ["planned", "done", "open", "done", "closed"]
    neighbour = await bureau_of(databases, division="320205")
    with pytest.raises(AccountNotFound):
        await follow(neighbour.clerk, FindingState.OPEN)


async def test_savings_count_once_another_person_confirms_them(databases: Databases) -> None:
    bureau, held = await unit_of(databases)
    row = await planned(databases, held)
    with pytest.raises(KeyUnitStepNotNow):
        await saved(databases, held, row)
    row = await completed(databases, held)
    made = await saved(databases, held, row, adjustment="-10", reason="产品结构变化")
    assert (made.saved_tce, made.saved_tco2, made.is_confirmed) == (Decimal(90), Decimal(310), None)
    async with databases.read(held.scope) as read:
        assert (await queries_work.retrofit(read, held.scope, held.id, row.id)).saved_tce is None  # type: ignore[union-attr] - it is there

    async def decide(scope: Scope, saving_id: Any, *, is_confirmed: bool = True) -> Any:
        async with databases.write(scope) as write:
            return await service.decide_saving(
                write, scope, held.id, saving_id, is_confirmed=is_confirmed, reason="核对台账一致"
            )

    with pytest.raises(Forbidden):
        await decide(held.scope, made.id)
    await decide(bureau.clerk, made.id)
    with pytest.raises(KeyUnitDecided):
        await decide(bureau.chief, made.id)
    async with databases.read(held.scope) as read:
        kept = await queries_work.retrofit(read, held.scope, held.id, row.id)
    assert kept is not None
    assert (kept.saved_tce, kept.saved_tco2) == (Decimal(90), Decimal(310))
    own = await saved(databases, held, row, scope=bureau.clerk, before=BEFORE, after=AFTER)
    with pytest.raises(KeyUnitSecondPerson):
        await decide(bureau.clerk, own.id)
    await decide(bureau.chief, own.id, is_confirmed=False)
    async with databases.read(held.scope) as read:
        kept = await queries_work.retrofit(read, held.scope, held.id, row.id)
    assert kept is not None
    assert kept.saved_tce == Decimal(90)


async def test_the_rolling_list_moves_and_tells_what_is_late(databases: Databases) -> None:
    bureau, held = await unit_of(databases)
    day = today()
    row = await planned(databases, held, ends_on=day - timedelta(days=1))
    (told,) = [each for each in await late(databases, bureau.clerk, held.id) if each.kind is OverdueKind.RETROFIT]
    assert told.object_id == row.id
    with pytest.raises(KeyUnitStepNotNow):
        await moved(databases, held, row, RetrofitState.COMPLETED, day)
    await moved(databases, held, row, RetrofitState.BUILDING, day - timedelta(days=3))
    with pytest.raises(KeyUnitDatesInvalid):
        await moved(databases, held, row, RetrofitState.COMPLETED, day - timedelta(days=4))
    done = await moved(databases, held, row, RetrofitState.COMPLETED, day)
    assert (done.state, done.moved_on) == (RetrofitState.COMPLETED, day)
    assert not [each for each in await late(databases, bureau.clerk, held.id) if each.kind is OverdueKind.RETROFIT]
    assert PAPER.title
    async with databases.read(bureau.clerk) as read:
        rows = await queries_work.retrofit_page(read, bureau.clerk, state=RetrofitState.COMPLETED, limit=1000)
    assert row.id in {each.id for each in rows}
