"""The application in this process, with a small limit for evidence; callers sign in through its front door."""

from collections.abc import AsyncIterator

import httpx
import pytest
from factories.api import Client

from backend.api.app import create_app
from backend.api.door import Door
from backend.kit.db import Databases
from backend.kit.settings import Settings
from backend.kit.storage import Storage

EVIDENCE_MAX = 1024 * 1024


@pytest.fixture(scope="session")
def account_settings(servers, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("evidence")
    return servers.settings.model_copy(update={"evidence_max_bytes": EVIDENCE_MAX, "storage_url": folder.as_uri()})


@pytest.fixture(scope="session")
async def door(databases: Databases, account_settings: Settings) -> AsyncIterator[Door]:
    # Without its lifespan, which only closes what the process owns: a session's fixture is left by another task.
    made = create_app(account_settings, databases=databases)
    yield made
    await made.inner.state.redis.aclose()


@pytest.fixture
async def client(door: Door) -> AsyncIterator[Client]:
    """Nobody, at Wuxi."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(door), base_url="http://testserver") as http:
        yield Client(http, "wuxi")


@pytest.fixture(scope="session")
def storage(account_settings: Settings) -> Storage:
    return Storage.of(account_settings)
