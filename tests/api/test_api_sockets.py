"""Subscriptions over graphql-transport-ws, through a real server: progress to the end, refusals, closing."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from factories import identity
from factories.api import Client
from factories.jobs import ask, working
from granian.constants import Interfaces
from granian.server.embed import Server
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from backend.identity.service import sign_out_everywhere
from backend.jobs import service
from backend.kit.db import Databases
from backend.wire.nodes import node_id

PROTOCOL = "graphql-transport-ws"
WATCH = {"operationName": "JobProgress"}


@pytest.fixture(scope="module")
async def port(app) -> AsyncIterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number = free.getsockname()[1]
    server = Server(app, port=number, interface=Interfaces.ASGINL, log_enabled=False)
    serving = asyncio.create_task(server.serve())
    async with asyncio.timeout(10):
        while True:
            try:
                (await asyncio.open_connection("127.0.0.1", number))[1].close()
                break
            except OSError:
                await asyncio.sleep(0.05)
    yield number
    server.stop()
    await serving


@asynccontextmanager
async def opened(
    port: int, token: str | None, *, tenant: str = "wuxi", protocol: str = PROTOCOL
) -> AsyncIterator[ClientConnection]:
    async with connect(f"ws://127.0.0.1:{port}/{tenant}/graphql", subprotocols=[protocol]) as line:
        payload = {"authorization": f"Bearer {token}"} if token else {}
        await line.send(json.dumps({"type": "connection_init", "payload": payload}))
        assert json.loads(await line.recv()) == {"type": "connection_ack"}
        yield line


async def say(line: ClientConnection, kind: str, key: str, **payload: Any) -> None:
    await line.send(json.dumps({"type": kind, "id": key, "payload": payload}))


async def hear(line: ClientConnection) -> dict[str, Any]:
    async with asyncio.timeout(15):
        return json.loads(await line.recv())


async def closed_with(line: ClientConnection) -> int:
    async with asyncio.timeout(15):
        try:
            while True:
                await line.recv()
        except ConnectionClosed as end:
            return end.rcvd.code if end.rcvd else 1006


async def test_progress_is_pushed_until_the_job_has_ended(
    port: int, client: Client, databases: Databases, servers
) -> None:
    made = await identity.enterprise(databases)
    caller = await client.signed_in(made)
    async with working(databases, servers.settings, servers.valkey.url), opened(port, caller.token) as line:
        job_id = await ask(databases, made.scope, "test:append", {"seconds": 2.5, "steps": 5})
        await say(line, "subscribe", "1", **WATCH, variables={"id": node_id("Job", job_id)})
        seen: list[dict[str, Any]] = []
        while (message := await hear(line))["type"] == "next":
            assert "errors" not in message["payload"], message
            seen.append(message["payload"]["data"]["jobProgress"])
    assert message == {"type": "complete", "id": "1"}
    assert (seen[-1]["state"], seen[-1]["result"]) == ("SUCCEEDED", {"effect": str(job_id)})
    dones = [each["done"] for each in seen]
    assert dones == sorted(dones)
    assert len(set(dones)) >= 4
    assert {each["total"] for each in seen} <= {0, 5}


async def test_a_finished_job_is_told_once(port: int, client: Client, databases: Databases, servers) -> None:
    made = await identity.enterprise(databases)
    caller = await client.signed_in(made)
    job_id = await ask(databases, made.scope, "test:plain")
    async with databases.write(made.scope) as write:
        await service.cancel(write, made.scope, job_id)
    async with opened(port, caller.token) as line:
        await say(line, "subscribe", "a", **WATCH, variables={"id": node_id("Job", job_id)})
        assert (await hear(line))["payload"]["data"]["jobProgress"]["state"] == "CANCELLED"
        assert await hear(line) == {"type": "complete", "id": "a"}


async def test_another_organisations_job_is_not_there_and_nobody_is_unknown(
    port: int, client: Client, databases: Databases
) -> None:
    owner, other = await identity.enterprise(databases), await identity.enterprise(databases)
    job_id = await ask(databases, owner.scope, "test:nobody_runs_this")
    variables = {"id": node_id("Job", job_id)}
    stranger = await client.signed_in(other)
    for token, code in ((stranger.token, "job_not_found"), (None, "unauthenticated")):
        async with opened(port, token) as line:
            await say(line, "subscribe", "1", **WATCH, variables=variables)
            message = await hear(line)
            assert message["payload"]["errors"][0]["extensions"]["code"] == code
            assert (message["payload"].get("data") or {}).get("jobProgress") is None
            assert (await hear(line))["type"] == "complete"


async def test_queries_run_over_the_socket_and_wrong_ones_are_refused(port: int) -> None:
    async with opened(port, None) as line:
        await say(line, "subscribe", "q", query="{ __typename }")
        assert await hear(line) == {"id": "q", "type": "next", "payload": {"data": {"__typename": "Query"}}}
        assert await hear(line) == {"id": "q", "type": "complete"}
        await say(line, "subscribe", "w", query="{ nope }")
        message = await hear(line)
        assert (message["type"], message["payload"][0]["extensions"]["code"]) == ("error", "graphql_invalid")
        await line.send(json.dumps({"type": "ping"}))
        assert await hear(line) == {"type": "pong"}


async def test_a_completed_subscription_is_let_go(port: int, client: Client, databases: Databases, app) -> None:
    made = await identity.enterprise(databases)
    caller = await client.signed_in(made)
    job_id = await ask(databases, made.scope, "test:nobody_runs_this")
    gauge = 'carbon_graphql_subscriptions{tenant="wuxi"} '
    async with opened(port, caller.token) as line:
        await say(line, "subscribe", "1", **WATCH, variables={"id": node_id("Job", job_id)})
        assert (await hear(line))["payload"]["data"]["jobProgress"]["state"] == "QUEUED"
        assert gauge + "1.0" in (await client.http.get("/metrics")).text
        await line.send(json.dumps({"type": "complete", "id": "1"}))
        async with asyncio.timeout(5):
            while gauge + "0.0" not in (await client.http.get("/metrics")).text:  # noqa: ASYNC110 - seen from outside
                await asyncio.sleep(0.05)


@pytest.mark.parametrize(
    ("messages", "code"),
    [
        (["not json"], 4400),
        (["[]"], 4400),
        ([json.dumps({"type": "subscribe", "id": "1", "payload": {"query": "{a}"}})], 4401),
        ([json.dumps({"type": "connection_init", "payload": {"authorization": "Bearer x.y.z"}})], 4403),
        ([json.dumps({"type": "connection_init"})] * 2, 4429),
        ([json.dumps({"type": "connection_init"}), json.dumps({"type": "dance"})], 4400),
        ([json.dumps({"type": "connection_init"}), json.dumps({"type": "subscribe", "id": "1", "payload": []})], 4400),
    ],
)
async def test_whoever_breaks_the_protocol_is_shut_out(port: int, messages: list[str], code: int) -> None:
    async with connect(f"ws://127.0.0.1:{port}/wuxi/graphql", subprotocols=[PROTOCOL]) as line:
        for message in messages:
            await line.send(message)
        assert await closed_with(line) == code


async def test_another_protocol_and_another_tenants_token_are_refused(
    port: int, client: Client, databases: Databases
) -> None:
    async with connect(f"ws://127.0.0.1:{port}/wuxi/graphql", subprotocols=["graphql-ws"]) as line:
        assert await closed_with(line) == 4406
    caller = await client.signed_in(await identity.enterprise(databases))
    async with connect(f"ws://127.0.0.1:{port}/chengdu/graphql", subprotocols=[PROTOCOL]) as line:
        await line.send(json.dumps({"type": "connection_init", "payload": {"authorization": f"Bearer {caller.token}"}}))
        assert await closed_with(line) == 4403


async def test_a_socket_closes_when_its_token_is_revoked(
    port: int, client: Client, databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backend.api.sockets.RECHECK_SECONDS", 0.2)
    made = await identity.enterprise(databases)
    caller = await client.signed_in(made)
    async with opened(port, caller.token) as line:
        async with databases.write(made.scope) as write:
            await sign_out_everywhere(write, made.scope)
        assert await closed_with(line) == 4403
