"""A server that went away and came back costs nobody a request; one that stays away is said to be away."""

import asyncio

import pytest
from sqlalchemy import text

from backend.kit.db import DatabaseAway, Databases
from backend.kit.errors import Unavailable
from backend.kit.outages import is_outage
from backend.kit.scope import Scope
from backend.kit.servers import start_postgres
from backend.kit.settings import Settings
from backend.tenants import provision

KILL = text(
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'stale' and pid <> pg_backend_pid()"
)


async def test_dead_pooled_connections_are_replaced_unseen(servers, databases: Databases) -> None:
    url = servers.addresses["wuxi"].app.get_secret_value()
    stale = Databases({"wuxi": url}, application="stale", pool_size=5)
    scope = Scope.system("wuxi")

    async def look() -> int:
        async with stale.read(scope) as read:
            await asyncio.sleep(0.05)
            return await read.value(text("select 1"))

    assert await asyncio.gather(*(look() for _ in range(5))) == [1] * 5
    async with stale.write(scope) as write:
        await write.rows(KILL)
    assert await asyncio.gather(*(look() for _ in range(5))) == [1] * 5
    async with stale.read(scope) as read:
        await read.rows(KILL)
    async with stale.write(scope) as write:
        assert await write.value(text("select 2")) == 2
    await stale.close()


async def test_a_connection_that_dies_in_the_middle_is_an_outage_and_stores_nothing(
    servers, databases: Databases
) -> None:
    url = servers.addresses["wuxi"].app.get_secret_value()
    fragile = Databases({"wuxi": url}, application="fragile")
    scope = Scope.system("wuxi")

    async def break_off() -> None:
        async with fragile.write(scope) as write:
            write.audit("test:lost", object_type="test")
            pid = await write.value(text("select pg_backend_pid()"))
            async with databases.write(scope) as other:
                assert await other.value(text("select pg_terminate_backend(:pid)"), {"pid": pid})
            await asyncio.sleep(0.1)
            await write.value(text("select 1"))

    with pytest.raises(Exception) as caught:  # noqa: PT011 - the driver's own, told apart below
        await break_off()
    assert is_outage(caught.value)
    async with databases.read(scope) as read:
        assert await read.value(text("select count(*) from audit_event where action = 'test:lost'")) == 0
    await fragile.close()


async def test_a_server_that_is_away_is_an_outage_until_it_is_back(tmp_path) -> None:
    postgres = start_postgres(tmp_path / "postgres", settings={"fsync": "off"})
    settings = Settings.model_validate({"data_dir": tmp_path, "postgres_admin_url": postgres.url})
    address = provision.addresses(settings, postgres.url, "wuxi")
    await provision.provision(postgres.url, "wuxi", address)
    databases = Databases({"wuxi": address.app.get_secret_value()})
    scope = Scope.system("wuxi")
    async with databases.read(scope) as read:
        assert await read.value(text("select 1")) == 1
    postgres.stop()
    for _ in range(2):
        with pytest.raises(DatabaseAway) as caught:
            async with databases.read(scope):
                pass
        assert is_outage(caught.value)
    postgres = start_postgres(tmp_path / "postgres", settings={"fsync": "off"})
    async with databases.read(scope) as read:
        assert await read.value(text("select 1")) == 1
    await databases.close()
    postgres.stop()


def test_a_fault_is_no_outage() -> None:
    assert is_outage(Unavailable(reason="x"))
    assert is_outage(ConnectionRefusedError())
    assert not is_outage(ValueError())
    assert not is_outage(FileNotFoundError())
    assert not is_outage(TimeoutError())
