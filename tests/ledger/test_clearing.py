"""The same unit in the books of two tenants: found through keyed hashes, in a database that tells nothing else."""

import asyncio
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pydantic import SecretStr
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from backend.kit import clearing
from backend.kit.clearing import (
    ClaimedElsewhere,
    Clearing,
    ClearingAway,
    Energy,
    EnergyClaimedElsewhere,
    Run,
    around,
    blocks,
)
from backend.kit.ids import new_id
from backend.kit.settings import TenantDatabase
from backend.ledger.clearing.sessions import benefits
from backend.ledger.values import BatchSpec, OriginRange
from backend.tenants import provision

SMALL = 16**3


@pytest.fixture
async def place(servers: Any) -> TenantDatabase:
    found = clearing.addresses(servers.settings, servers.postgres.url)
    assert found is not None
    await provision.provision_clearing(servers.postgres.url, found)
    await provision.provision_clearing(servers.postgres.url, found)  # may be run again
    return found


async def stored(place: TenantDatabase) -> list[Any]:
    engine = create_async_engine(place.app.get_secret_value())
    async with engine.connect() as connection:
        rows = (await connection.execute(text("select * from clearing_mark"))).all()
    await engine.dispose()
    return list(rows)


def fresh() -> str:
    return new_id().hex


def covered(cut: list[tuple[int, int]]) -> list[int]:
    return sorted(number for level, index in cut for number in range(index * 16**level, (index + 1) * 16**level))


RUNS = st.tuples(st.integers(0, SMALL), st.integers(0, SMALL)).map(sorted)


@given(RUNS)
def test_blocks_cover_a_run_exactly_once(run: list[int]) -> None:
    assert covered(blocks(*run)) == list(range(run[0], run[1] + 1))


@given(RUNS, RUNS)
@hypothesis_settings(max_examples=500)
def test_overlap_is_found_exactly(one: list[int], two: list[int]) -> None:
    """The rule of the database, on plain nodes, against the definition of overlap."""
    first, second = set(blocks(*one)), blocks(*two)
    marks = around(first)
    is_clash = any(node in first or node in marks for node in second) or bool(around(second) & first)
    assert is_clash == (one[0] <= two[1] and two[0] <= one[1])


def test_work_does_not_grow_with_the_count() -> None:
    assert len(blocks(1, 2**62)) <= 2 * 15 * 16
    assert len(around(blocks(1, 2**62))) <= 2 * 16
    assert blocks(0, 16**9 - 1) == [(9, 0)]


@given(st.lists(st.tuples(st.sampled_from(["a", "b", "c"]), RUNS), min_size=1, max_size=8))
@hypothesis_settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_history_agrees_with_brute_force(place: TenantDatabase, servers: Any, history: Any) -> None:
    frame = fresh()
    owner: dict[int, str] = {}
    for tenant, (first, last) in history:
        numbers = range(first, last + 1)
        is_free = all(owner.get(number, tenant) == tenant for number in numbers)
        way = Clearing.of(servers.settings, tenant)
        try:
            await way.reserve([(new_id(), [Run("GEC", frame, first, last)])])
        except ClaimedElsewhere:
            assert not is_free
        else:
            assert is_free
            owner.update(dict.fromkeys(numbers, tenant))


async def test_codes_given_back_are_free_for_others(place: TenantDatabase, servers: Any) -> None:
    one, two = (Clearing.of(servers.settings, name) for name in ("wuxi", "chengdu"))
    run, first, second = Run("GEC", fresh(), 5, 5_000), new_id(), new_id()
    await one.reserve([(first, [run])])
    await one.reserve([(second, [run])])  # one's own rows never stand in one's way: the books judge those
    await two.release([first, second])  # another tenant's tickets are not this one's to give back
    await one.release([first])
    with pytest.raises(ClaimedElsewhere) as told:
        await two.reserve([(new_id(), [run])])
    assert told.value.details == {"registry": "GEC", "frame": run.frame, "first": 5, "last": 5000}
    assert "wuxi" not in told.value.message("en") + told.value.message("zh")
    await one.release([second])
    await two.reserve([(new_id(), [run])])
    with pytest.raises(ClaimedElsewhere):
        await one.reserve([(new_id(), [run])])


async def test_all_parts_or_none(place: TenantDatabase, servers: Any) -> None:
    one, two = (Clearing.of(servers.settings, name) for name in ("wuxi", "chengdu"))
    frame = fresh()
    await one.reserve([(new_id(), [Run("GEC", frame, 100, 100)])])
    with pytest.raises(ClaimedElsewhere):
        await two.reserve([(new_id(), [Run("GEC", frame, 1, 10)]), (new_id(), [Run("GEC", frame, 90, 110)])])
    await one.reserve([(new_id(), [Run("GEC", frame, 1, 10)])])


async def test_of_two_tenants_at_once_exactly_one_wins(place: TenantDatabase, servers: Any) -> None:
    for _ in range(5):
        run = Run("GEC", fresh(), 1, 777)
        ways = [Clearing.of(servers.settings, name) for name in ("wuxi", "changzhou", "chengdu", "guizhou")]
        ends = await asyncio.gather(*(way.reserve([(new_id(), [run])]) for way in ways), return_exceptions=True)
        assert sorted(type(end).__name__ for end in ends) == ["ClaimedElsewhere"] * 3 + ["NoneType"]


async def test_database_holds_nothing_but_hashes(place: TenantDatabase, servers: Any) -> None:
    code = fresh()
    ticket: UUID = new_id()
    await Clearing.of(servers.settings, "wuxi").reserve([(ticket, [Run("GEC", code, 12_345, 12_400)])])
    rows = await stored(place)
    assert rows
    assert {key for row in rows for key in row._fields} == {"hash", "owner", "ticket"}
    assert all(isinstance(each, bytes) and len(each) == 32 for row in rows for each in row)
    everything = b"".join(each for row in rows for each in row)
    for known in (b"wuxi", b"GEC", code.encode(), bytes.fromhex(code), ticket.bytes, b"12345"):
        assert known not in everything


async def test_two_tenants_marks_on_one_node_tell_nobody_they_are_two_of_one(servers: Any) -> None:
    """Without the keys nothing can be looked up: another installation's keys give other hashes."""
    url = "postgresql+asyncpg://nowhere/none"
    one, two = Clearing(url, "key", "own"), Clearing(url, "another key", "own")
    run = Run("GEC", "frame", 1, 1)
    assert one._nodes(run, {}) & two._nodes(run, {}) == set()


def energy(plant: str, use: str, month: str = "2025-06") -> Energy:
    return Energy(plant, month, use, ("ccer" if use == "gec" else "gec",))


@pytest.mark.parametrize(("use", "other"), [("gec", "ccer"), ("ccer", "gec")])
async def test_energy_is_put_to_one_of_two_uses(place: TenantDatabase, servers: Any, use: str, other: str) -> None:
    one, two, three = (Clearing.of(servers.settings, name) for name in ("wuxi", "chengdu", "guizhou"))
    plant, first, second = fresh(), new_id(), new_id()
    await one.reserve([(first, [energy(plant, use)])])
    await three.reserve([(second, [energy(plant, use)])])  # the same use has many holders
    await one.reserve([(new_id(), [energy(plant, other, "2025-07")])])  # another month is other energy
    await two.reserve([(new_id(), [energy(fresh(), other)])])  # and another plant
    refused = energy(plant, other)
    for _ in range(2):
        with pytest.raises(EnergyClaimedElsewhere) as told:
            await two.reserve([(new_id(), [Run("GEC", fresh(), 1, 3), refused])])
        assert told.value.details == {"plant": plant, "month": "2025-06"}
        assert "wuxi" not in told.value.message("en") + told.value.message("zh")
        await one.release([first])  # the other tenant's stands still
    await three.release([second])
    await two.reserve([(new_id(), [refused])])
    with pytest.raises(EnergyClaimedElsewhere):
        await one.reserve([(new_id(), [energy(plant, use)])])


async def test_reserving_again_under_a_ticket_changes_nothing(place: TenantDatabase, servers: Any) -> None:
    way, parts = (
        Clearing.of(servers.settings, "wuxi"),
        [(new_id(), [Run("GEC", fresh(), 1, 9), energy(fresh(), "gec")])],
    )
    await way.reserve(parts)
    before = len(await stored(place))
    await way.reserve(parts)
    assert len(await stored(place)) == before


async def test_of_certificates_and_reductions_at_once_one_kind_wins(place: TenantDatabase, servers: Any) -> None:
    for _ in range(5):
        plant = fresh()
        asked = [("wuxi", "gec"), ("changzhou", "ccer"), ("chengdu", "gec"), ("guizhou", "ccer")]
        ends = await asyncio.gather(
            *(Clearing.of(servers.settings, name).reserve([(new_id(), [energy(plant, use)])]) for name, use in asked),
            return_exceptions=True,
        )
        won = {use for (_, use), end in zip(asked, ends, strict=True) if end is None}
        lost = {use for (_, use), end in zip(asked, ends, strict=True) if isinstance(end, EnergyClaimedElsewhere)}
        assert (len(won), len(lost), won & lost) == (1, 1, set())


async def test_energy_is_stored_as_hashes_alone(place: TenantDatabase, servers: Any) -> None:
    plant, before = fresh(), set(await stored(place))
    await Clearing.of(servers.settings, "wuxi").reserve([(new_id(), [energy(plant, "ccer")])])
    (made,) = set(await stored(place)) - before
    assert {len(each) for each in made} == {32}
    assert not [known for known in (plant.encode(), b"ccer", b"2025-06") if known in b"".join(made)]


def test_what_a_batch_holds_in_the_clearing() -> None:
    run = OriginRange("ccer", "F#9", 1, 5)
    first, last = date(2024, 11, 15), date(2025, 1, 1)
    spec = BatchSpec(
        project_code="PRJ", attributes={"plant_code": "plant-1"}, produced_from=first, produced_to=last, origins=(run,)
    )
    held = [Run("ccer", "F#9", 1, 5)]
    months = [Energy("PLANT-1", month, "ccer", ("gec",)) for month in ("2024-11", "2024-12", "2025-01")]
    assert benefits("CCER", spec) == [*held, *months]
    assert benefits("CCER", replace(spec, attributes={"plant_code": ""})) == held
    assert benefits("CCER", replace(spec, produced_to=None)) == held
    assert benefits("CEA", spec) == held
    certified = replace(spec, produced_to=date(2024, 11, 30))
    assert benefits("GEC", certified) == [*held, Energy("PRJ", "2024-11", "gec", ("ccer",))]


async def test_roles_reach_their_own_database_only(databases: Any, place: TenantDatabase, servers: Any) -> None:
    """The clearing's role cannot open a tenant's database, nor the reverse; and it may not change rows."""
    tenant = servers.addresses["wuxi"]

    async def refusal(address: SecretStr, database: str) -> str:
        engine = create_async_engine(make_url(address.get_secret_value()).set(database=database))
        try:
            async with engine.connect() as connection:
                await connection.execute(text("select 1"))
        except Exception as error:  # noqa: BLE001 - the driver's own, looked at below
            return str(error)
        finally:
            await engine.dispose()
        return ""

    for mine in (place.app, place.owner):
        assert await refusal(mine, "carbon_clearing") == ""
        assert "permission denied for database" in await refusal(mine, "carbon_wuxi")
    for theirs in (tenant.app, tenant.owner):
        assert "permission denied for database" in await refusal(theirs, "carbon_clearing")
    engine = create_async_engine(place.app.get_secret_value())
    async with engine.connect() as connection:
        held = {
            name
            for name in ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE")
            if await connection.scalar(text("select has_table_privilege('clearing_mark', :name)"), {"name": name})
        }
    await engine.dispose()
    assert held == {"SELECT", "INSERT", "DELETE"}


async def test_without_its_database_it_cannot_be_told(servers: Any) -> None:
    run = Run("GEC", "frame", 1, 1)
    with pytest.raises(ClearingAway):
        await Clearing(None, "key", "own").reserve([(new_id(), [run])])
    with pytest.raises(ClearingAway):
        await Clearing("postgresql+asyncpg://a:b@127.0.0.1:1/none", "key", "own").reserve([(new_id(), [run])])
