"""Migrations build what the models say, and go back down to nothing."""

import asyncio

import pytest
from alembic import command
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from backend.kit.db import Databases
from backend.kit.settings import TenantDatabase
from backend.tenants import provision


async def test_models_and_migrations_agree(databases: Databases, servers) -> None:
    config = provision.alembic_config(servers.addresses["wuxi"].owner.get_secret_value())
    await asyncio.to_thread(command.check, config)


async def test_every_step_goes_up_and_down(servers) -> None:
    settings = servers.settings.model_copy(update={"databases": {}})
    database: TenantDatabase = provision.addresses(settings, servers.postgres.url, "updown")
    await provision.provision(servers.postgres.url, "updown", database)
    assert await provision.migrate(database)
    config = provision.alembic_config(database.owner.get_secret_value())
    await asyncio.to_thread(command.downgrade, config, "base")
    engine = create_async_engine(database.owner.get_secret_value())
    async with engine.connect() as connection:
        left = await connection.scalars(
            text("select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'S')")
        )
        assert set(left) == {"alembic_version"}
    await engine.dispose()
    assert await provision.migrate(database)
    assert not await provision.migrate(database)


@pytest.mark.parametrize("setting", ["lock_timeout", "statement_timeout"])
def test_migrations_run_against_the_clock(setting: str) -> None:
    source = (provision.ROOT / "migrations" / "env.py").read_text()
    assert f"set {setting}" in source
