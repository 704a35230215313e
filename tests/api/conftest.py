"""The application in this process, its servers real; callers are scopes turned into tokens by the product itself."""

from collections.abc import AsyncIterator

import httpx
import pytest
from factories.api import Client

from backend.api.app import create_app
from backend.kit.db import Databases


@pytest.fixture(scope="session")
async def app(databases: Databases, servers):
    return create_app(servers.settings, databases=databases)


@pytest.fixture
async def http(app) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://testserver") as client:
        yield client


@pytest.fixture
def client(http: httpx.AsyncClient) -> Client:
    """Nobody, at Wuxi."""
    return Client(http, "wuxi")
