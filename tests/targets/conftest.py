"""The application in this process; callers sign in through its front door."""

from collections.abc import AsyncIterator

import httpx
import pytest
from factories.api import Client

from backend.api.app import create_app
from backend.api.door import Door
from backend.kit.db import Databases


@pytest.fixture(scope="session")
async def door(databases: Databases, servers) -> AsyncIterator[Door]:
    # Without its lifespan, which only closes what the process owns: a session's fixture is left by another task.
    made = create_app(servers.settings, databases=databases)
    yield made
    await made.inner.state.redis.aclose()


@pytest.fixture
async def client(door: Door) -> AsyncIterator[Client]:
    """Nobody, at Wuxi."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(door), base_url="http://testserver") as http:
        yield Client(http, "wuxi")
