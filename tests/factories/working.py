"""Fixtures of the application for tests outside tests/api: import `app` and `http` into the module that needs them."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from backend.api.app import create_app
from backend.api.door import Door
from backend.kit.db import Databases


@pytest.fixture(scope="session")
async def app(databases: Databases, servers: Any) -> AsyncIterator[Door]:
    """The application in this process, its servers real."""
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
async def http(app: Door) -> AsyncIterator[httpx.AsyncClient]:
    """A client that speaks to it."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://testserver") as client:
        yield client
