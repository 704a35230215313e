"""Jobs over the public API: what each caller sees, stops and runs again; housekeeping."""

from datetime import timedelta

import httpx
import pytest
from factories import identity
from factories.api import Client
from factories.jobs import ask, state, until, working
from sqlalchemy import text, update

from backend.api.app import create_app
from backend.jobs.schedule import tidy
from backend.kit import idempotency
from backend.kit.clock import now
from backend.kit.db import Databases
from backend.kit.idempotency import CommandKey
from backend.wire.nodes import node_id


@pytest.fixture
async def client(databases: Databases, servers):
    door = create_app(servers.settings.model_copy(update={"redis_url": None}), databases=databases)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(door), base_url="http://testserver") as http:
        yield Client(http, "wuxi")


async def test_the_owner_sees_everything_and_the_operator_only_how_it_fares(
    client: Client, databases: Databases, servers
) -> None:
    made = await identity.enterprise(databases)
    owner = await client.signed_in(made)
    operator = await client.signed_in(await identity.operator(databases))
    async with working(databases, servers.settings, servers.valkey.url):
        failed = await ask(databases, made.scope, "test:refuse", {"reason": "机密第7行"})
        done = await ask(databases, made.scope, "test:plain", {"secret": "机密"})
        await until(databases, made.scope, failed)
        await until(databases, made.scope, done)
    mine = (await owner.named("Job", id=node_id("Job", failed)))["job"]
    assert (mine["state"], mine["error"]["code"], mine["error"]["path"], mine["error"]["details"]) == (
        "FAILED", "test_refused", ["input", "file"], {"reason": "机密第7行"},
    )  # fmt: skip
    assert mine["error"]["messageEn"] == "Refused on purpose: 机密第7行"
    theirs = (await operator.named("Job", id=node_id("Job", failed)))["job"]
    assert (theirs["state"], theirs["kind"], theirs["error"]["code"]) == ("FAILED", "test:refuse", "test_refused")
    assert (theirs["error"]["details"], theirs["error"]["messageZh"], theirs["accountId"]) == ({}, "任务失败。", None)
    page = (await owner.named("Jobs", first=1))["jobs"]
    assert [each["id"] for each in page["nodes"]] == [node_id("Job", done)]
    assert page["pageInfo"]["hasNextPage"]
    rest = (await owner.named("Jobs", first=5, after=page["pageInfo"]["endCursor"]))["jobs"]
    assert [each["id"] for each in rest["nodes"]] == [node_id("Job", failed)]
    assert "机密" not in str(await operator.named("Jobs", first=100))
    assert [each["id"] for each in (await owner.named("Jobs", state="FAILED"))["jobs"]["nodes"]] == [
        node_id("Job", failed)
    ]


async def test_commands_answer_with_named_errors_and_are_idempotent(client: Client, databases: Databases) -> None:
    made = await identity.enterprise(databases)
    owner = await client.signed_in(made)
    viewer = client.as_(
        await identity.token_of(databases, _settings(client), made, await identity.colleague(databases, made, "viewer"))
    )
    job_id = await ask(databases, made.scope, "test:nobody_runs_this")
    given = {"input": {"id": node_id("Job", job_id)}}
    refused = (await viewer.named("CancelJob", **given))["cancelJob"]
    assert (refused["__typename"], refused["code"]) == ("ForbiddenError", "forbidden")
    assert (await owner.named("RetryJob", **given))["retryJob"]["__typename"] == "ConflictError"
    first = (await owner.named("CancelJob", idempotencyKey="k", **given))["cancelJob"]
    again = (await owner.named("CancelJob", idempotencyKey="k", **given))["cancelJob"]
    assert first == again == {"__typename": "JobCancelled", "id": node_id("Job", job_id), "state": "CANCELLED"}
    retried = (await owner.named("RetryJob", **given))["retryJob"]
    assert (retried["__typename"], retried["state"]) == ("JobRetried", "QUEUED")
    wrong = (await owner.named("CancelJob", input={"id": node_id("Site", job_id)}))["cancelJob"]
    assert (wrong["__typename"], wrong["code"], wrong["path"]) == ("InvalidError", "node_id_invalid", ["input", "id"])
    assert (await state(databases, made.scope, job_id)).state == "queued"


def _settings(client: Client):
    return client.http._transport.app.inner.state.settings


async def test_a_page_is_1_to_100(client: Client, databases: Databases) -> None:
    owner = await client.signed_in(await identity.enterprise(databases))
    for wrong in ({"first": 0}, {"first": 101}, {"first": 5, "after": "nonsense"}, {"first": 5, "after": "WyJ4Il0"}):
        answer = (await owner.send({"operationName": "Jobs", "variables": wrong})).json()
        assert answer["errors"][0]["extensions"]["code"] in ("page_invalid", "invalid"), wrong


async def test_housekeeping_forgets_old_command_keys_only(databases: Databases, servers) -> None:
    made = await identity.enterprise(databases)
    for key in ("old", "new"):
        async with databases.write(made.scope) as write:
            await idempotency.begin(write, key, "test:do", {})
            await idempotency.finish(write, key, {})
    async with databases.write(made.scope) as write:
        await write.run(update(CommandKey).where(CommandKey.key == "old").values(created_at=now() - timedelta(days=31)))
    done = await tidy(databases, servers.settings, "wuxi")
    assert done["command_keys"] >= 1
    async with databases.read(made.scope) as read:
        assert [row.key for row in await read.rows(text("select key from command_key"))] == ["new"]
