"""The first wall: a database, an owner role and an application role for each tenant.

The owner runs migrations and nothing else. The application role can connect to its own database only, and
has neither SUPERUSER nor BYPASSRLS nor CREATEDB nor CREATEROLE. Everything here can be run again.
"""

import asyncio
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from pydantic import SecretStr
from sqlalchemy import Connection, make_url, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from backend.kit import clearing
from backend.kit.settings import Settings, TenantDatabase
from backend.kit.vault import secret

ROOT = Path(__file__).resolve().parents[2]


def database_name(tenant: str) -> str:
    """Return the name of the tenant's database; its roles are `<name>_owner` and `<name>_app`."""
    return f"carbon_{tenant}"


def addresses(settings: Settings, admin_url: str | None, tenant: str) -> TenantDatabase:
    """Return the two addresses of the tenant's database: as set, or on the administrator's server.

    Raises:
        KeyError: neither `CARBON_DATABASES` names the tenant nor is there an administrator's address.
    """
    if tenant in settings.databases:
        return settings.databases[tenant]
    if admin_url is None:
        raise KeyError(tenant)
    name = database_name(tenant)
    base = make_url(admin_url).set(drivername="postgresql+asyncpg", database=name)

    def address(role: str) -> SecretStr:
        password = secret(settings.data_dir, f"postgres:{role}")
        return SecretStr(base.set(username=role, password=password).render_as_string(hide_password=False))

    return TenantDatabase(owner=address(f"{name}_owner"), app=address(f"{name}_app"))


async def provision(admin_url: str, tenant: str, database: TenantDatabase) -> None:
    """Create the tenant's roles and database where they are missing, and close the doors between tenants."""
    name = database_name(tenant)
    owner, app = (make_url(url.get_secret_value()) for url in (database.owner, database.app))
    admin = make_url(admin_url).set(drivername="postgresql+asyncpg")
    engine = create_async_engine(admin, isolation_level="AUTOCOMMIT")
    try:
        async with engine.connect() as connection:
            for role in (owner, app):
                await _role(connection, str(role.username), str(role.password))
            exists = await connection.scalar(text("select 1 from pg_database where datname = :name"), {"name": name})
            if not exists:
                await connection.execute(text(f'create database "{name}" owner "{owner.username}"'))
            await connection.execute(text(f'revoke all on database "{name}" from public'))
            await connection.execute(text(f'grant connect, temporary on database "{name}" to "{app.username}"'))
    finally:
        await engine.dispose()
    inside = create_async_engine(admin.set(database=name), isolation_level="AUTOCOMMIT")
    try:
        async with inside.connect() as connection:
            await connection.execute(text("revoke create on schema public from public"))
            await connection.execute(text(f'grant usage, create on schema public to "{owner.username}"'))
            await connection.execute(text(f'grant usage on schema public to "{app.username}"'))
            await connection.execute(text("create extension if not exists pg_stat_statements"))
    finally:
        await inside.dispose()


async def provision_clearing(admin_url: str | None, database: TenantDatabase) -> None:
    """Create the clearing database and its roles beside the tenants' (given an administrator's address), and its table.

    Its roles reach no tenant's database, and no tenant's role reaches it.
    """
    if admin_url is not None:
        await provision(admin_url, "clearing", database)
    await clearing.furnish(database)


async def _role(connection: AsyncConnection, role: str, password: str) -> None:
    """Create or correct a login role without any power of its own."""
    # Passwords are made by `kit.vault` (URL-safe characters) or given by the operator; quote them anyway.
    quoted = password.replace("'", "''")
    exists = await connection.scalar(text("select 1 from pg_roles where rolname = :role"), {"role": role})
    verb = "alter" if exists else "create"
    await connection.execute(
        text(
            f'{verb} role "{role}" login nosuperuser nocreatedb nocreaterole noreplication nobypassrls'
            f" noinherit password '{quoted}'"
        )
    )


def alembic_config(url: str) -> Config:
    """Return Alembic's configuration for one database."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.set_main_option("prepend_sys_path", str(ROOT))
    config.set_main_option("path_separator", "newline")
    config.attributes["url"] = url
    return config


def head() -> str:
    """Return the newest revision the code knows."""
    return str(ScriptDirectory.from_config(alembic_config("")).get_current_head())


async def revision(url: str) -> str | None:
    """Return the revision the database is at."""

    def current(connection: Connection) -> str | None:
        return MigrationContext.configure(connection).get_current_revision()

    engine = create_async_engine(url)
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(current)
    finally:
        await engine.dispose()


async def migrate(database: TenantDatabase) -> bool:
    """Bring the tenant's database to the newest revision; tell whether anything was done."""
    url = database.owner.get_secret_value()
    if await revision(url) == head():
        return False
    # Alembic drives its own event loop, so it runs beside ours.
    await asyncio.to_thread(command.upgrade, alembic_config(url), "head")
    return True
