"""Real servers for every test run: PostgreSQL and Valkey from wheels, one set for each xdist worker.

Databases are built by Alembic, exactly as in production, except that PostgreSQL need not survive a power cut.
Nothing is cleaned between tests: each makes its own organisations, and row-level security keeps them apart.
"""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from backend.installation import furnish
from backend.kit.db import Databases
from backend.kit.scope import Scope
from backend.kit.servers import RunningServer, start_postgres, start_valkey
from backend.kit.settings import Settings, TenantDatabase
from backend.tenants import provision

TENANTS = ("wuxi", "changzhou", "chengdu", "guizhou")
UNSAFE_AND_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True, slots=True)
class Servers:
    """The servers of this test process and the settings that name them."""

    postgres: RunningServer
    valkey: RunningServer
    settings: Settings
    addresses: dict[str, TenantDatabase]


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """Start the servers and name them in settings; nothing is provisioned yet."""
    folder: Path = tmp_path_factory.mktemp("carbon")
    postgres = start_postgres(folder / "postgres", settings=UNSAFE_AND_FAST)
    valkey = start_valkey(folder / "valkey")
    try:
        settings = Settings.model_validate(
            {"data_dir": folder, "postgres_admin_url": postgres.url, "redis_url": valkey.url}
        )
        addresses = {code: provision.addresses(settings, postgres.url, code) for code in TENANTS}
        yield Servers(postgres, valkey, settings, addresses)
    finally:
        valkey.stop()
        postgres.stop()


@pytest.fixture(scope="session")
async def databases(servers: Servers) -> AsyncIterator[Databases]:
    """All four tenants: provisioned, migrated, with their packs and the reference parameters loaded."""
    for code, database in servers.addresses.items():
        await provision.provision(servers.postgres.url, code, database)
        await provision.migrate(database)
    databases = Databases({code: database.app.get_secret_value() for code, database in servers.addresses.items()})
    await furnish(databases, servers.settings)
    yield databases
    await databases.close()


@pytest.fixture
def system() -> Scope:
    """The service's own scope in Wuxi."""
    return Scope.system("wuxi")
