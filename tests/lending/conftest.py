"""The application in this process; banks sign in through its front door. And the stranger's script."""

import importlib.util
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

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


@pytest.fixture(scope="session")
def checker() -> Any:
    """The published script: `verify(credential, keys, status_list)` and `Refused`."""
    script = Path(__file__).resolve().parents[2] / "docs" / "verify" / "verify_score.py"
    spec = importlib.util.spec_from_file_location("verify_score", script)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
