"""The audit chain: complete, one's own, and tampering by whoever owns the database is found."""

import asyncio

import pytest
from factories.identity import colleague, enterprise
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from backend.identity import errors, queries, service
from backend.identity.values import Outcome
from backend.kit.errors import Forbidden, Unauthenticated
from backend.kit.ids import new_id
from backend.kit.scope import Scope

SYSTEM = Scope.system("wuxi")


async def with_events(databases, number: int = 5):
    plant = await enterprise(databases)
    for step in range(number):
        async with databases.write(plant.scope) as write:
            write.audit("test:step", object_type="Test", object_id=step, outcome="refused" if step % 2 else "done")
    return plant


async def report(databases, plant):
    async with databases.read(plant.scope) as read:
        return await service.verify_chain(read, plant.scope)


@pytest.fixture
async def superuser(servers):
    """Whoever owns the server: row-level security and grants do not hold them."""
    engine = create_async_engine(
        servers.postgres.url.replace("postgresql://", "postgresql+asyncpg://"), isolation_level="AUTOCOMMIT"
    )
    engine = create_async_engine(engine.url.set(database="carbon_wuxi"), isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        yield connection
    await engine.dispose()


async def test_a_whole_chain_is_whole(databases) -> None:
    plant = await with_events(databases)
    found = await report(databases, plant)
    assert (found.chain_id, found.length, found.broken_at) == (plant.id, 5, None)


async def test_an_empty_chain_is_whole(databases) -> None:
    found = await report(databases, await enterprise(databases))
    assert (found.length, found.broken_at) == (0, None)


@pytest.mark.parametrize(
    ("tampering", "found_at"),
    [
        ("update audit_event set action = 'test:other' where chain_id = :chain and sequence = 3", 3),
        ("update audit_event set outcome = 'done' where chain_id = :chain and sequence = 2", 2),
        ("update audit_event set actor_id = null where chain_id = :chain and sequence = 1", 1),
        ("update audit_event set at = at - interval '1 day' where chain_id = :chain and sequence = 5", 5),
        ("update audit_event set details = '{\"x\": 1}' where chain_id = :chain and sequence = 4", 4),
        ("update audit_event set hash = sha256('x') where chain_id = :chain and sequence = 4", 4),
        ("delete from audit_event where chain_id = :chain and sequence = 2", 2),
        ("delete from audit_event where chain_id = :chain and sequence = 5", 5),
        ("delete from audit_event where chain_id = :chain", 1),
        ("delete from audit_head where chain_id = :chain", 6),
        ("update audit_head set sequence = 4 where chain_id = :chain", 6),
        (
            """insert into audit_event select chain_id, 6, gen_random_uuid(), at, actor_id, actor_kind, organisation_id,
            action, outcome, object_type, object_id, details, correlation_id, hash, sha256('x') from audit_event
            where chain_id = :chain and sequence = 5""",
            6,
        ),
    ],
)
async def test_tampering_is_found_where_it_was_done(databases, superuser, tampering: str, found_at: int) -> None:
    plant = await with_events(databases)
    changed = await superuser.execute(text(tampering), {"chain": plant.id})
    assert changed.rowcount >= 1
    assert (await report(databases, plant)).broken_at == found_at
    async with databases.read(SYSTEM) as read:
        everywhere = {one.chain_id: one.broken_at for one in await service.verify_chains(read, SYSTEM)}
    assert everywhere[plant.id] == found_at
    # Other tests prove that whole chains are whole; this one leaves nothing broken behind.
    for table in ("audit_event", "audit_head"):
        await superuser.execute(text(f"delete from {table} where chain_id = :chain"), {"chain": plant.id})


async def test_a_chain_that_grows_meanwhile_is_not_taken_for_a_broken_one(databases) -> None:
    plant = await with_events(databases, 50)

    async def grow() -> None:
        for _ in range(40):
            async with databases.write(plant.scope) as write:
                write.audit("test:grow")

    growing = asyncio.create_task(grow())
    while not growing.done():
        assert (await report(databases, plant)).broken_at is None
    await growing
    assert (await report(databases, plant)).length == 90


async def test_commands_at_once_leave_no_gap(databases) -> None:
    plant = await enterprise(databases)

    async def one(number: int) -> None:
        async with databases.write(plant.scope) as write:
            write.audit("test:parallel", number=number)

    await asyncio.gather(*(one(number) for number in range(30)))
    found = await report(databases, plant)
    assert (found.length, found.broken_at) == (30, None)


async def test_only_the_own_chain_is_read_newest_first_and_filtered(databases) -> None:
    plant, other = await with_events(databases, 4), await with_events(databases, 2)
    async with databases.read(plant.scope) as read:
        every = await queries.audit_events(read, plant.scope, limit=100)
        refused = await queries.audit_events(read, plant.scope, outcome=Outcome.REFUSED, limit=100)
        noun = await queries.audit_events(read, plant.scope, action="test:", limit=100)
        none = await queries.audit_events(read, plant.scope, action="test", limit=100)
        page = await queries.audit_events(read, plant.scope, limit=2, before=4)
        nobodys = await queries.audit_events(read, plant.scope, actor_id=new_id(), limit=100)
        foreign = await queries.audit_events(read, other.scope, limit=100)
    assert [one.sequence for one in every] == [4, 3, 2, 1]
    assert [one.sequence for one in refused] == [4, 2]
    assert [one.sequence for one in noun] == [4, 3, 2, 1]
    assert none == []
    assert [one.sequence for one in page] == [3, 2]
    assert nobodys == []
    # Under the plant's row-level security even the other's scope given by mistake shows nothing.
    assert foreign == []


async def test_four_callers(databases) -> None:
    plant = await with_events(databases, 1)
    for scope, refusal in (
        (Scope.nobody("wuxi"), Unauthenticated),
        (await colleague(databases, plant, "energy_manager"), Forbidden),
    ):
        async with databases.read(scope) as read:
            with pytest.raises(refusal):
                await queries.audit_events(read, scope, limit=10)
            with pytest.raises(refusal):
                await service.verify_chain(read, scope)
    for scope in (Scope.nobody("wuxi"), plant.scope):
        async with databases.read(scope) as read:
            with pytest.raises(errors.SystemOnly):
                await service.verify_chains(read, scope)
