"""The sweep, the nightly run and the roll-ups between them: found by one statement, done once, gone on with after a crash."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from factories.figures import figure, recorded
from factories.scores import Firm, Year, a_model, a_sector, a_sign, add_year, authority_of, made_firm, scored
from sqlalchemy import text

from backend.kit.clock import now, today
from backend.kit.db import Databases
from backend.kit.errors import Forbidden
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.kit.settings import Settings
from backend.kit.tasks import KINDS, Cancelled, Task
from backend.scores import jobs, service
from backend.scores.errors import RollupsClosed
from backend.scores.modelling.content import year_on
from backend.scores.peers.rollups import board, publish
from backend.scores.running import queries, sweeping
from backend.scores.running.explaining import decide_sign, explain_sign
from backend.scores.running.penalties import record_penalty
from backend.scores.running.running import request_run
from backend.scores.running.sweeping import FIRST
from backend.scores.running.values import Cause, Severity

SYSTEM = Scope.system("wuxi")


async def causes(databases: Databases, firm: Firm, model: Any = None) -> set[Cause]:
    """Why a run is due for a firm, now."""
    asked = model or a_model()
    async with databases.read(SYSTEM) as read:
        after = UUID(int=firm.id.int - 1)
        found = await sweeping.due(
            read, SYSTEM, asked.content.code, asked.version, asked_at=now() + timedelta(seconds=5), after=after, limit=1
        )
    return {each.cause for each in found if each.account_id == firm.id}


async def long_ago(databases: Databases, firm: Firm) -> None:
    """Let a firm's last look be older than the sweep's margin, and its inputs older than the look."""
    async with databases.write(SYSTEM) as write:
        await write.run(
            text("update score_standing set checked_at = now() + interval '15 minutes' where account_id = :id"),
            {"id": firm.id},
        )


async def test_a_run_is_due_for_who_was_never_looked_at_and_for_whose_inputs_are_newer(databases: Databases) -> None:
    firm = await made_firm(databases)
    assert await causes(databases, firm) == {Cause.INPUTS}
    await scored(databases, [firm.id])
    assert await causes(databases, firm) == {Cause.INPUTS}, "what is as new as the look is looked at again"
    async with databases.read(SYSTEM) as read:
        asked_at = now() + timedelta(hours=1)
        found = await sweeping.due(
            read, SYSTEM, "changlvfen", 1, asked_at=asked_at, after=UUID(int=firm.id.int - 1), limit=1
        )
        assert found[0].account_id == firm.id
    await long_ago(databases, firm)
    async with databases.read(SYSTEM) as read:
        found = await sweeping.due(
            read, SYSTEM, "changlvfen", 1, asked_at=now() + timedelta(hours=1), after=UUID(int=firm.id.int - 1), limit=1
        )
        assert [each for each in found if each.account_id == firm.id] == []


async def test_another_model_makes_a_run_due(databases: Databases) -> None:
    firm = await made_firm(databases)
    await scored(databases, [firm.id])
    await long_ago(databases, firm)
    async with databases.read(SYSTEM) as read:
        found = await sweeping.due(
            read, SYSTEM, "changlvfen", 2, asked_at=now() + timedelta(hours=1), after=UUID(int=firm.id.int - 1), limit=1
        )
    assert (found[0].account_id, found[0].cause) == (firm.id, Cause.MODEL)


@pytest.mark.parametrize("what", ["figure", "inventory", "penalty", "sign"])
async def test_each_kind_of_input_makes_a_run_due(databases: Databases, what: str) -> None:
    firm = await made_firm(databases, years={2025: Year(value_added=None)})
    await scored(databases, [firm.id])
    async with databases.write(SYSTEM) as write:
        # As if everything so far were old: two days are looked back.
        for table, column in (("inventory_transition", "at"), ("year_figure", "recorded_at")):
            assert await write.value(text(f"select max({column}) from {table} where account_id = :id"), {"id": firm.id})
        await write.run(
            text("update score_standing set checked_at = now() + interval '10 minutes' where account_id = :id"),
            {"id": firm.id},
        )
    if what == "figure":
        await recorded(databases, firm.held, 2025, figure("value_added", "1"))
    elif what == "inventory":
        await add_year(databases, firm, 2025, Year(version=2))
    else:
        officer = authority_of(firm)
        async with databases.write(officer) as write:
            if what == "penalty":
                await penalised(write, officer, firm)
            else:
                await decided(databases, write, officer, firm)
    async with databases.read(SYSTEM) as read:
        found = await sweeping.due(
            read, SYSTEM, "changlvfen", 1, asked_at=now() + timedelta(hours=1), after=UUID(int=firm.id.int - 1), limit=1
        )
    assert [each.cause for each in found if each.account_id == firm.id] == [Cause.INPUTS]


async def penalised(write: Any, officer: Scope, firm: Firm) -> None:
    await record_penalty(
        write, officer, account_id=firm.id, document="环罚1号", severity=Severity.MINOR, summary="超标排放",
        from_on=date(2025, 1, 1), until_on=None,
    )  # fmt: skip


async def decided(databases: Databases, write: Any, officer: Scope, firm: Firm) -> None:
    sign = await a_sign(databases, firm.id)
    async with databases.write(firm.scope) as own:
        await explain_sign(own, firm.scope, account_id=firm.id, sign_id=sign, explanation="年末检修")
    await decide_sign(write, officer, account_id=firm.id, sign_id=sign, is_accepted=True, reason="属实")


def a_task(databases: Databases, settings: Settings, job_id: UUID | None = None) -> Task:
    return Task(databases, SYSTEM, None, settings, job_id or new_id())


async def a_job(databases: Databases, kind: str) -> UUID:
    """A job as `enqueue` records it, which nobody tells a worker of."""
    job_id = new_id()
    async with databases.write(SYSTEM) as write:
        await write.run(
            text("insert into job (id, kind, state, scope, payload, correlation_id, created_at)"
                 " values (:id, :kind, 'cancelled', '{}', '{}', '', clock_timestamp())"),
            {"id": job_id, "kind": kind},
        )  # fmt: skip
    return job_id


async def numbers(databases: Databases, firms: list[Firm]) -> list[int]:
    async with databases.read(SYSTEM) as read:
        rows = await read.rows(
            text("select max(s.number) as number from score s where s.account_id = any(cast(:ids as uuid[]))"
                 " group by s.account_id"),
            {"ids": [each.id for each in firms]},
        )  # fmt: skip
    return [row.number for row in rows]


async def test_named_accounts_are_scored_and_again_only_when_they_differ(databases: Databases, servers: Any) -> None:
    firm = await made_firm(databases)
    run = KINDS[jobs.RUN].function
    payload = {"account_ids": [str(firm.id)], "cause": "asked"}
    assert await run(a_task(databases, servers.settings), payload) == {"accounts": 1, "scores": 1}
    assert await run(a_task(databases, servers.settings), payload) == {"accounts": 1, "scores": 0}


async def test_a_night_interrupted_goes_on_where_it_stopped(
    databases: Databases, servers: Any, monkeypatch: Any
) -> None:
    """The worker dies after its first chunk; the next attempt of the same job leaves out what was done."""
    year = year_on((await in_force(databases)).content, today())
    sector = a_sector()
    firms = [
        await made_firm(databases, sector=sector, years={year: Year(scope1=str(500 + 40 * each))}) for each in range(6)
    ]
    monkeypatch.setattr(jobs, "CHUNK", 50)
    job_id = await a_job(databases, jobs.NIGHTLY)
    seen: list[int] = []

    class Dying(Task):
        async def progress(self, done: int, total: int, note: str = "") -> None:
            seen.append(done)
            if len(seen) == 2:
                raise Cancelled

    with pytest.raises(Cancelled):
        await KINDS[jobs.NIGHTLY].function(Dying(databases, SYSTEM, None, servers.settings, job_id), {})
    result = await KINDS[jobs.NIGHTLY].function(a_task(databases, servers.settings, job_id), {})
    assert result is not None
    assert await numbers(databases, firms) == [1] * 6
    again = await KINDS[jobs.NIGHTLY].function(a_task(databases, servers.settings, job_id), {})
    assert again is not None
    assert again["accounts"] == 0
    async with databases.read(SYSTEM) as read:
        told = (await board(read, SYSTEM, year)).groups[sector, "emissions_location", ""]
    # 900, 940, ... 1,100: the mean is 1,000.
    assert (told.size, told.mean, told.published_on) == (6, Decimal(1000), today())
    async with databases.read(firms[0].scope) as read:
        places = await positions_of(read, firms[0])
    assert places["emissions_location"].percentile == 75, "of six nothing finer is told than better than their mean"
    assert places["emissions_location"].size == 5


async def positions_of(read: Any, firm: Firm) -> dict[str, Any]:
    return {each.fact: each for each in await queries.positions(read, firm.scope, firm.id)}


async def in_force(databases: Databases) -> Any:
    async with databases.read(SYSTEM) as read:
        return await service.active_model(read, SYSTEM, today())


async def test_roll_ups_are_published_once_a_day_and_only_when_five_differ(databases: Databases) -> None:
    sector, year = a_sector(), 2019
    key = (sector, "emissions_location", "")
    ids = [new_id() for _ in range(6)]

    async def published(on: date, *values: int) -> int:
        pairs = [(Decimal(each), own) for each, own in zip(values, ids, strict=False)]
        async with databases.write(SYSTEM) as write:
            return await publish(write, SYSTEM, year, on, {key: pairs})

    async def mean() -> Decimal | None:
        async with databases.read(SYSTEM) as read:
            found = (await board(read, SYSTEM, year)).groups.get(key)
        return None if found is None else found.mean

    assert await published(date(2026, 1, 1), 10, 20, 30, 40) == 0
    assert await mean() is None
    assert await published(date(2026, 1, 1), 10, 20, 30, 40, 50) == 1
    assert await published(date(2026, 1, 1), 11, 21, 31, 41, 51) == 0, "a second time on one day"
    assert await published(date(2026, 1, 2), 10, 20, 30, 40, 90) == 0, "one firm differs"
    assert await published(date(2026, 1, 2), 10, 20, 30, 40, 50, 60) == 0, "one firm joined"
    assert await mean() == 30
    assert await published(date(2026, 1, 3), 11, 22, 33, 44, 55) == 1
    assert await mean() == 33


async def test_a_board_of_a_past_moment_knows_nothing_later(databases: Databases) -> None:
    sector, year = a_sector(), 2018
    before = now()
    async with databases.write(SYSTEM) as write:
        pairs = [(Decimal(each), new_id()) for each in range(10, 15)]
        await publish(write, SYSTEM, year, date(2026, 1, 1), {(sector, "emissions_location", ""): pairs})
    async with databases.read(SYSTEM) as read:
        assert (sector, "emissions_location", "") not in (await board(read, SYSTEM, year, before)).groups
        assert (sector, "emissions_location", "") in (await board(read, SYSTEM, year)).groups


async def test_groups_are_for_the_service_alone(databases: Databases) -> None:
    firm = await made_firm(databases)
    for scope in (firm.scope, authority_of(firm, "administrator")):
        with pytest.raises(RollupsClosed):
            async with databases.read(scope) as read:
                await board(read, scope, 2025)
        with pytest.raises(RollupsClosed):
            async with databases.write(scope) as write:
                await publish(write, scope, 2025, today(), {})


async def test_a_sector_of_four_is_told_nothing_and_of_six_by_mean_and_place(databases: Databases) -> None:
    """The whole way: facts of firms, published, compared; products are kept apart."""
    few, many = a_sector(), a_sector()
    small = [await made_firm(databases, sector=few) for _ in range(4)]
    large = [
        await made_firm(databases, sector=many, years={2025: Year(scope1=str(100 * each))}) for each in range(1, 7)
    ]
    async with databases.read(SYSTEM) as read:
        values = await sweeping.compared(read, SYSTEM, [each.id for each in (*small, *large)], 2025)
    assert len(values[few, "emissions_location", ""]) == 4
    assert len(values[many, "output_intensity", "主要产品：粗钢（t）"]) == 6
    mine = {key: pairs for key, pairs in values.items() if key[0] in {few, many}}
    async with databases.write(SYSTEM) as write:
        await publish(write, SYSTEM, 2025, today(), mine)
    [one] = await scored(databases, [small[0].id])
    [best] = await scored(databases, [large[0].id])
    [worst] = await scored(databases, [large[5].id])
    async with databases.read(small[0].scope) as read:
        assert await positions_of(read, small[0]) == {}
    async with databases.read(large[0].scope) as read:
        place = (await positions_of(read, large[0]))["value_added_intensity"]
    # Intensities 0.5, 0.6 ... 1.0: mean 0.75.
    assert (place.value, place.mean, place.percentile, place.size) == (Decimal("0.5"), Decimal("0.75"), 75, 5)
    ratio = {
        each.id: next(i.fact for i in each.assessment.indicators if i.fact.code == "sector_ratio")
        for each in (one, best, worst)
        if any(i.fact.code == "sector_ratio" for i in each.assessment.indicators)
    }
    assert all(found.value == {one.id: None, best.id: Decimal("0.666667"), worst.id: Decimal("1.333333")}[own]
               for own, found in ratio.items())  # fmt: skip
    rollups = [each for each in best.inputs if each.kind == "SectorRollup"]
    assert all(each.version == today().isoformat() and many in each.id for each in rollups)


async def test_made_up_accounts_are_compared_with_made_up_ones_alone(databases: Databases) -> None:
    """Five real firms and five for demonstration in one sector: neither are in the other's group."""
    sector, year = a_sector(), 2017
    real = [await made_firm(databases, sector=sector, years={year: Year(scope1="600")}) for _ in range(5)]
    made_up = [await made_firm(databases, sector=sector, years={year: Year(scope1="1600")}) for _ in range(5)]
    async with databases.write(SYSTEM) as write:
        await write.run(
            text("update carbon_account set is_demonstration = true where id = any(cast(:ids as uuid[]))"),
            {"ids": [each.id for each in made_up]},
        )
    async with databases.write(SYSTEM) as write:
        values = await sweeping.compared(write, SYSTEM, [each.id for each in (*real, *made_up)], year)
        await publish(write, SYSTEM, year, today(), values)
        told = await board(write, SYSTEM, year)
    assert {key[0] for key in values} == {sector, f"demonstration:{sector}"}
    assert told.overall(sector, "emissions_location", "") == 1000
    assert told.overall(f"demonstration:{sector}", "emissions_location", "") == 2000
    await scored(databases, [real[0].id, made_up[0].id], year)
    for firm, mean in ((real[0], 1000), (made_up[0], 2000)):
        async with databases.read(firm.scope) as read:
            place = (await positions_of(read, firm))["emissions_location"]
        assert (place.mean, place.overall_mean, place.percentile) == (mean, mean, 50)


async def test_a_run_is_asked_for_by_the_authority_of_the_region_alone(databases: Databases) -> None:
    firm = await made_firm(databases)
    officer = authority_of(firm)
    async with databases.write(officer) as write:
        job_id = await request_run(write, officer, firm.id)
    async with databases.read(SYSTEM) as read:
        row = await read.row(text("select kind, payload from job where id = :id"), {"id": job_id})
    assert (row.kind, row.payload) == (jobs.RUN, {"account_ids": [str(firm.id)], "cause": "asked"})
    with pytest.raises(Forbidden):
        async with databases.write(firm.scope) as write:
            await request_run(write, firm.scope, firm.id)


def test_the_first_id_of_a_moment_is_before_every_id_made_after_it() -> None:
    at = now()
    assert sweeping.first_id(at) <= new_id()
    assert sweeping.first_id(at + timedelta(seconds=1)) > new_id()
    assert new_id() > FIRST
    assert sweeping.night_of(datetime.fromisoformat("2026-03-01T17:00:00+00:00")).date() == date(2026, 3, 2)
