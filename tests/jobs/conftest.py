from collections.abc import AsyncIterator

import pytest
from factories import jobs as support

from backend.kit.db import Databases


@pytest.fixture(scope="module")
async def worker(databases: Databases, servers) -> AsyncIterator[None]:
    """A worker of all tenants with short leases, for the tests of a module."""
    async with support.working(databases, servers.settings, servers.valkey.url, job_lease_seconds=3):
        yield
