"""The application in this process, its servers real; callers are scopes turned into tokens by the product itself."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from factories.api import Client

from backend.api.app import create_app
from backend.api.door import Door
from backend.kit.db import Databases


@pytest.fixture(scope="session")
async def app(databases: Databases, servers) -> AsyncIterator[Door]:
    made = create_app(servers.settings, databases=databases)
    ready, done = asyncio.Event(), asyncio.Event()

    async def live() -> None:  # in a task of its own: its cancel scope must end where it began
        async with made.inner.lifespan():
            ready.set()
            await done.wait()

    life = asyncio.create_task(live())
    await ready.wait()
    yield made
    done.set()
    await life


@pytest.fixture
async def http(app) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://testserver") as client:
        yield client


@pytest.fixture
def client(http: httpx.AsyncClient) -> Client:
    """Nobody, at Wuxi."""
    return Client(http, "wuxi")
