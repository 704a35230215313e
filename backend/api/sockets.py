"""Subscriptions over web sockets, in the protocol `graphql-transport-ws`.

The token comes in `connection_init` (`{"authorization": "Bearer ..."}`) or in the handshake's header. It is looked at
again every half minute: when it has expired or was revoked, the socket closes with 4403 and the client comes back
with a fresh one.
"""

import asyncio
from contextlib import suppress
from typing import Any

import msgspec
from graphql import OperationType
from litestar import WebSocket, websocket
from litestar.datastructures import State
from litestar.exceptions import WebSocketDisconnect

from backend.api import callers
from backend.api.documents import Prepared
from backend.api.execution import refusal, run, watch
from backend.api.failures import business
from backend.api.surroundings import Surroundings
from backend.kit.errors import CarbonError
from backend.kit.logs import log
from backend.kit.scope import Scope

PROTOCOL = "graphql-transport-ws"
INIT_SECONDS = 10.0
RECHECK_SECONDS = 30.0
MOST_OPERATIONS = 20
LARGEST_MESSAGE = 256 * 1024

logger = log(__name__)


class _Closed(Exception):
    def __init__(self, code: int, reason: str) -> None:
        self.code, self.reason = code, reason
        super().__init__(reason)


class Connection:
    """One web socket: its caller and the operations it runs."""

    def __init__(self, socket: WebSocket[Any, Any, State], here: Surroundings) -> None:
        self.socket, self.here = socket, here
        self.scope: Scope = callers.nobody(socket.scope)
        self._token: str | None = None
        self._running: dict[str, asyncio.Task[None]] = {}
        self._sending = asyncio.Lock()

    async def serve(self) -> None:
        """Speak the protocol until either side closes."""
        recheck: asyncio.Task[None] | None = None
        try:
            await self._init()
            recheck = asyncio.create_task(self._recheck())
            while True:
                reading = asyncio.create_task(self._receive())
                done, _ = await asyncio.wait({reading, recheck}, return_when=asyncio.FIRST_COMPLETED)
                if recheck in done:
                    reading.cancel()
                    recheck.result()
                await self._handle(reading.result())
        except _Closed as closed:
            with suppress(Exception):
                await self.socket.close(code=closed.code, reason=closed.reason)
        except WebSocketDisconnect:
            pass
        finally:
            for task in (*self._running.values(), *([recheck] if recheck else [])):
                task.cancel()
            await asyncio.gather(*self._running.values(), return_exceptions=True)

    async def _init(self) -> None:
        try:
            async with asyncio.timeout(INIT_SECONDS):
                message = await self._receive()
        except TimeoutError:
            raise _Closed(4408, "Connection initialisation timeout") from None
        if message.get("type") != "connection_init":
            raise _Closed(4401, "Unauthorized")
        payload = message.get("payload") or {}
        given = payload.get("authorization") or payload.get("Authorization") if isinstance(payload, dict) else None
        try:
            self._token = callers.bearer(given or self.socket.headers.get("authorization"))
            self.scope = await callers.scope_of(self.here.databases, self.socket.scope, self._token)
        except CarbonError as error:
            raise _Closed(4403, error.code) from None
        await self._send({"type": "connection_ack"})

    async def _recheck(self) -> None:
        while True:
            await asyncio.sleep(RECHECK_SECONDS)
            try:
                self.scope = await callers.scope_of(self.here.databases, self.socket.scope, self._token)
            except Exception as error:  # noqa: BLE001 - whatever it was, the caller is not proven any more
                told = business(error, self.scope)
                raise _Closed(4403, told.code) from None

    async def _receive(self) -> dict[str, Any]:
        data = await self.socket.receive_data(mode="text")
        if len(data) > LARGEST_MESSAGE:
            raise _Closed(4413, "Message too large")
        try:
            message = msgspec.json.decode(data)
        except msgspec.DecodeError:
            raise _Closed(4400, "Not JSON") from None
        if not isinstance(message, dict):
            raise _Closed(4400, "Not an object")
        return message

    async def _send(self, message: dict[str, Any]) -> None:
        async with self._sending:
            await self.socket.send_data(msgspec.json.encode(message).decode(), mode="text")

    async def _handle(self, message: dict[str, Any]) -> None:
        kind, key = message.get("type"), str(message.get("id") or "")
        if kind == "ping":
            await self._send({"type": "pong"})
        elif kind == "subscribe" and key:
            await self._subscribe(key, message.get("payload"))
        elif kind == "complete":
            task = self._running.pop(key, None)
            if task is not None:
                task.cancel()
        elif kind == "connection_init":
            raise _Closed(4429, "Too many initialisation requests")
        elif kind != "pong":
            raise _Closed(4400, "Unknown message")

    async def _subscribe(self, key: str, payload: object) -> None:
        if key in self._running:
            raise _Closed(4409, f"Subscriber for {key} already exists")
        if len(self._running) >= MOST_OPERATIONS:
            raise _Closed(4429, "Too many operations")
        if not isinstance(payload, dict) or not isinstance(payload.get("variables"), dict | None):
            raise _Closed(4400, "Invalid payload")
        try:
            prepared = self.here.documents.find(payload)
        except CarbonError as error:
            await self._send({"id": key, "type": "error", "payload": refusal(error, self.scope)["errors"]})
            return
        task = asyncio.create_task(self._run(key, prepared, payload.get("variables") or {}))
        self._running[key] = task

    async def _run(self, key: str, prepared: Prepared, variables: dict[str, Any]) -> None:
        context = self.here.context(self.scope)
        gauge = self.here.metrics.subscriptions.labels(self.scope.tenant)
        gauge.inc()
        try:
            if prepared.type is OperationType.SUBSCRIPTION:
                async for answer in watch(self.here, prepared, variables, context):
                    await self._send({"id": key, "type": "next", "payload": answer})
            else:
                answer, _ = await run(self.here, prepared, variables, context)
                await self._send({"id": key, "type": "next", "payload": answer})
            await self._send({"id": key, "type": "complete"})
        except WebSocketDisconnect:
            pass
        except Exception:
            logger.exception("subscription_failed", operation=prepared.label)
        finally:
            gauge.dec()
            self._running.pop(key, None)


@websocket("/graphql")
async def endpoint(socket: WebSocket[Any, Any, State], state: State) -> None:
    """Serve subscriptions on one socket."""
    offered = [name.strip() for name in socket.headers.get("sec-websocket-protocol", "").split(",")]
    if PROTOCOL not in offered:
        await socket.accept()
        await socket.close(code=4406, reason="Subprotocol not acceptable")
        return
    await socket.accept(subprotocols=PROTOCOL)
    await Connection(socket, state.here).serve()
