"""The application in this process and ways to look at what identity left behind."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import UUID

import httpx
import pytest
from factories.api import Client
from sqlalchemy import select

from backend.kit.audit import AuditEvent
from backend.kit.db import Databases
from backend.kit.scope import Scope


@pytest.fixture(scope="session")
async def app(databases: Databases, servers):
    from backend.api.app import create_app  # noqa: PLC0415 - the schema of every noun; only the doors' tests need it

    return create_app(servers.settings, databases=databases)


@pytest.fixture
async def http(app) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://testserver") as client:
        yield client


@pytest.fixture
def client(http: httpx.AsyncClient) -> Client:
    """Nobody, at Wuxi."""
    return Client(http, "wuxi")


Events = Callable[..., Awaitable[list[Any]]]


@pytest.fixture
def events(databases: Databases) -> Events:
    """Read a chain's events, oldest first, as (action, outcome, details)."""

    async def read_events(chain: UUID, tenant: str = "wuxi") -> list[Any]:
        async with databases.read(Scope.system(tenant)) as read:
            return list(
                await read.rows(
                    select(AuditEvent.__table__).where(AuditEvent.chain_id == chain).order_by(AuditEvent.sequence)
                )
            )

    return read_events
