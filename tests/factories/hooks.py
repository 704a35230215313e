"""A bank's own web server, and the way of a message to it inside the test process.

async with receiving() as door:                       # door.url, door.got, door.answer
    endpoint = await hooked(databases, settings, bank, door.url)
    await delivered(databases, settings, endpoint.endpoint_id)
"""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from factories.identity import Made
from sqlalchemy import select, update

from backend.kit.clock import now
from backend.kit.db import Databases
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.kit.settings import Settings
from backend.kit.tasks import Task
from backend.lending import service
from backend.lending.models import BankEvent, WebhookDelivery, WebhookEndpoint
from backend.lending.webhooks.jobs_delivering import deliver
from backend.lending.webhooks.values import EventKind, MadeSecret


@dataclass
class Got:
    """A request as it arrived."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def signed_with(self, secret: str) -> bool:
        """Check the message as the specification says, with a bank's own few lines."""
        key = base64.b64decode(secret.removeprefix("whsec_"))
        content = f"{self.headers['webhook-id']}.{self.headers['webhook-timestamp']}.".encode() + self.body
        mine = "v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
        return mine in self.headers["webhook-signature"].split(" ")


@dataclass
class Receiver:
    """What a bank's server got, and what it answers: a status, or None for never."""

    url: str = ""
    got: list[Got] = field(default_factory=list)
    answer: Callable[[Got], int | None] = lambda got: 204
    more: str = ""
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                lines = head.decode().split("\r\n")
                headers = {k.lower(): v for k, _, v in (each.partition(": ") for each in lines[1:] if each)}
                body = await reader.readexactly(int(headers.get("content-length", "0")))
                got = Got(lines[0].split(" ")[1], headers, body)
                self.got.append(got)
                self.arrived.set()
                status = self.answer(got)
                if status is None:
                    await asyncio.sleep(60)
                writer.write(f"HTTP/1.1 {status} X\r\n{self.more}content-length: 0\r\n\r\n".encode())
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    """Open a bank's server on this machine."""
    made = Receiver()
    calls: set[asyncio.Task[None]] = set()

    def called(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        call = asyncio.get_running_loop().create_task(made.serve(reader, writer))
        calls.add(call)

    server = await asyncio.start_server(called, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"
    try:
        yield made
    finally:
        server.close()
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)
        await server.wait_closed()


def open_settings(settings: Settings, **given: Any) -> Settings:
    """Return settings that let messages go to this machine."""
    return settings.model_copy(update={"webhook_allow_private": True, **given})


async def hooked(
    databases: Databases, settings: Settings, bank: Made, url: str, events: tuple[EventKind, ...] = tuple(EventKind)
) -> MadeSecret:
    """Have a bank told of everything at an address."""
    async with databases.write(bank.scope) as write:
        return await service.create_endpoint(write, bank.scope, open_settings(settings), url, events)


async def delivered(databases: Databases, settings: Settings, endpoint_id: UUID) -> dict[str, Any]:
    """Run the job that sends what is due."""
    scope = Scope.system("wuxi")
    task = Task(databases, scope, None, open_settings(settings), new_id())
    return await deliver(task, {"endpoint_id": str(endpoint_id)})


async def deliveries_of(databases: Databases, endpoint_id: UUID) -> list[Any]:
    """Return the deliveries of an endpoint with what they tell of, oldest first."""
    async with databases.read(Scope.system("wuxi")) as read:
        return list(
            await read.rows(
                select(WebhookDelivery.__table__, BankEvent.kind, BankEvent.account_id, BankEvent.score_id)
                .join(BankEvent, BankEvent.id == WebhookDelivery.event_id)
                .where(WebhookDelivery.endpoint_id == endpoint_id)
                .order_by(WebhookDelivery.id)
            )
        )


async def hurried(databases: Databases, endpoint_id: UUID, **endpoint: Any) -> None:
    """Let the next attempt of what waits be due now; change the endpoint's row as well."""
    async with databases.write(Scope.system("wuxi")) as write:
        await write.run(
            update(WebhookDelivery)
            .where(WebhookDelivery.endpoint_id == endpoint_id, WebhookDelivery.state == "waiting")
            .values(next_at=now())
        )
        if endpoint:
            await write.run(update(WebhookEndpoint).where(WebhookEndpoint.id == endpoint_id).values(**endpoint))
