"""The database is away: callers are told so, in their language, with 503; nothing crashes and nothing leaks."""

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest
from factories import identity
from factories.api import Client

from backend.api.app import create_app
from backend.kit.db import Databases
from backend.wire.nodes import split

NOWHERE = "postgresql+asyncpg://carbon_wuxi_app:x@/carbon_wuxi?host=/nonexistent&port=5432"


@pytest.fixture
async def away(client: Client, servers, databases: Databases) -> AsyncIterator[Client]:
    """A signed-in caller whose API process has lost its database."""
    caller = await client.signed_in(await identity.enterprise(databases))
    lost = Databases({"wuxi": NOWHERE})
    door = create_app(servers.settings.model_copy(update={"redis_url": None}), databases=lost)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(door), base_url="http://testserver") as http:
        yield replace(caller, http=http)
    await lost.close()


@pytest.mark.parametrize("operation", ["Jobs", "Me"])
async def test_operations_answer_503_and_say_why(away: Client, operation: str) -> None:
    answer = await away.send({"operationName": operation}, **{"accept-language": "en"})
    assert answer.status_code == 503
    (error,) = answer.json()["errors"]
    assert error["extensions"]["code"] == "database_away"
    assert error["message"].startswith("The database is not reachable.")
    assert "nonexistent" not in answer.text
    assert "Traceback" not in answer.text


async def test_sign_in_answers_503(away: Client) -> None:
    answer = await away.http.post("/wuxi/auth/sign-in", json={"email": "a@example.com", "password": "x" * 12})
    assert (answer.status_code, answer.json()["code"]) == (503, "database_away")


async def test_health_tells_live_from_ready(away: Client) -> None:
    assert (await away.http.get("/health/live")).status_code == 200
    ready = await away.http.get("/health/ready")
    assert (ready.status_code, ready.json()) == (
        503, {"status": "unavailable", "tenants": {"wuxi": "unreachable"}, "redis": "not set"},
    )  # fmt: skip
    assert (await away.http.get("/metrics")).status_code == 200


async def test_the_correlation_id_follows_the_request_into_the_job(client: Client, databases: Databases) -> None:
    caller = await client.signed_in(await identity.enterprise(databases))
    text = "mutation { requestActivationPreview(input: {ids: []}) { ... on InventoryWorkRequested { jobId } } }"
    answer = (await caller.send({"query": text}, **{"x-correlation-id": "c-from-the-client"})).json()
    job_id = answer["data"]["requestActivationPreview"]["jobId"]
    assert split(job_id)[0] == "Job"
    assert (await caller.named("Job", id=job_id))["job"]["correlationId"] == "c-from-the-client"
