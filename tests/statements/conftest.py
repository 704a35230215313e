"""The application in this process; callers sign in through its front door. And the stranger's script."""

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
from backend.kit.settings import Settings


@pytest.fixture(scope="session")
def statement_settings(servers, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("certificates")
    return servers.settings.model_copy(update={"storage_url": folder.as_uri()})


@pytest.fixture(scope="session")
async def door(databases: Databases, statement_settings: Settings) -> AsyncIterator[Door]:
    # Without its lifespan, which only closes what the process owns: a session's fixture is left by another task.
    made = create_app(statement_settings, databases=databases)
    yield made
    await made.inner.state.redis.aclose()


@pytest.fixture
async def client(door: Door) -> AsyncIterator[Client]:
    """Nobody, at Wuxi."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(door), base_url="http://testserver") as http:
        yield Client(http, "wuxi")


@pytest.fixture(scope="session")
def verify() -> Any:
    """The published script's own function: (document, keys) to what a genuine certificate states."""
    script = Path(__file__).resolve().parents[2] / "docs" / "verify" / "verify_certificate.py"
    spec = importlib.util.spec_from_file_location("verify_certificate", script)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.verify
