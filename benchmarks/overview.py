"""The account overview: requests/s of the product beside Litestar + Strawberry answering the same shape from memory.

    python benchmarks/overview.py [--seconds 4] [--rounds 3] [--clients 8]

Own embedded servers in a temporary folder, removed at the end. Both are served by one granian process on loopback,
one after the other, with the same keep-alive clients. The product does all it does in production: tenant, token,
persisted operation, limits, metrics, row-level security in a transaction, one SQL statement over an account of 1,008
records and three versions. The floor has its document cached and its answer in memory.
"""

import argparse
import asyncio
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from time import perf_counter, sleep
from typing import Any

import uvloop
from calculation import SEED, SOURCES, YEAR, script
from sqlalchemy import event, make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from backend.emissions.inventory import service
from backend.emissions.inventory.overview import overview
from backend.emissions.inventory.values import Request
from backend.identity.passwords import HASHER
from backend.installation import furnish
from backend.kit.db import Databases
from backend.kit.scope import Scope
from backend.kit.servers import start_postgres, start_valkey
from backend.kit.settings import Settings
from backend.tenants import provision
from backend.wire.nodes import node_id

HERE = Path(__file__).parent
OPERATION = HERE.parent / "graphql" / "operations" / "emissions" / "inventory" / "AccountOverview.graphql"
WARM_SECONDS = 2
PASSWORD = "benchmark of the overview"

SIGN_IN = """
insert into person (id, email, name, password_hash, created_at)
    values (uuidv7(), 'bench@example.com', 'B', '{password}', now());
insert into membership (id, organisation_id, person_id, role, granted_at)
    select uuidv7(), o.id, p.id, 'viewer', now() from organisation o, person p
"""


@contextmanager
def serving(target: str, port: int, environment: dict[str, str]) -> Generator[int]:
    """Serve an application by one granian process, whose id is yielded; end it afterwards."""
    command = [
        sys.executable, "-m", "granian", "--interface", "asgi", "--workers", "1", "--host", "127.0.0.1",
        "--port", str(port), "--no-ws" if target.startswith("overview") else "--ws", "--log-level", "error", target,
    ]  # fmt: skip
    child = subprocess.Popen(command, env=environment, cwd=HERE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(600):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert child.poll() is None, f"{target} ended"
            sleep(0.05)
        yield child.pid
    finally:
        child.terminate()
        child.wait(20)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Caller(asyncio.Protocol):
    """One keep-alive HTTP/1.1 connection, no more than the benchmark needs: the generator shares the cores."""

    def __init__(self, port: int, path: str, body: bytes, token: str = "") -> None:
        self.port = port
        authorization = f"authorization: Bearer {token}\r\n" if token else ""
        self.head = (
            f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n{authorization}content-length: "
        ).encode()
        self.request = b"%b%d\r\n\r\n%b" % (self.head, len(body), body)
        self.waiting: asyncio.Future[bytes] | None = None
        self.received = b""

    async def open(self) -> None:
        """Connect."""
        loop = asyncio.get_running_loop()
        self.writer, _ = await loop.create_connection(lambda: self, "127.0.0.1", self.port)

    def ask(self, body: bytes | None = None) -> asyncio.Future[bytes]:
        """Send the request, or one with another body; the future is the answer's body."""
        self.waiting = asyncio.get_running_loop().create_future()
        self.writer.write(self.request if body is None else b"%b%d\r\n\r\n%b" % (self.head, len(body), body))
        return self.waiting

    def data_received(self, data: bytes) -> None:
        """Answer the future once all of the body is here."""
        self.received = data = self.received + data if self.received else data
        end = data.find(b"\r\n\r\n")
        if end < 0:
            return
        assert data.startswith(b"HTTP/1.1 200"), data
        at = data.find(b"content-length: ", 0, end)
        length = int(data[at + 16 : data.find(b"\r", at)])
        if len(data) >= end + 4 + length:
            assert self.waiting is not None
            self.received = b""
            self.waiting.set_result(data[end + 4 :])

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell who waits."""
        if self.waiting is not None and not self.waiting.done():
            self.waiting.set_exception(exc or ConnectionResetError())


async def load(callers: list[Caller], seconds: float) -> float:
    """Ask as fast as the answers come; return answers per second."""
    count = 0

    async def keep(caller: Caller, until: float) -> None:
        nonlocal count
        while perf_counter() < until:
            answer = await caller.ask()
            assert b'"errors"' not in answer, answer
            count += 1

    for caller in callers:
        await caller.open()
    # Every connection of the product's pool plans its statement a few times before it keeps the plan.
    await asyncio.gather(*(keep(caller, perf_counter() + WARM_SECONDS) for caller in callers))
    count, began = 0, perf_counter()
    await asyncio.gather(*(keep(caller, began + seconds) for caller in callers))
    return count / (perf_counter() - began)


async def prepare(settings: Settings, admin_url: str) -> tuple[str, dict[str, Any], int]:
    """Make the tenant, an account with records and versions, and somebody who may look at it."""
    database = provision.addresses(settings, admin_url, "wuxi")
    await provision.provision(admin_url, "wuxi", database)
    await provision.migrate(database)
    databases = Databases({"wuxi": database.app.get_secret_value()})
    await furnish(databases, settings)
    address = make_url(admin_url).set(drivername="postgresql+asyncpg", database="carbon_wuxi")
    admin = create_async_engine(address, isolation_level="AUTOCOMMIT")
    sources = json.dumps([
        dict(zip(("n", "method", "scope", "category", "key", "unit"), (n, *each), strict=True))
        for n, each in enumerate(SOURCES, 1)
    ])  # fmt: skip
    await script(admin, SEED.format(accounts=1, year=YEAR, sources=sources))
    await script(admin, SIGN_IN.format(password=HASHER.hash(PASSWORD)))
    scope = Scope.system("wuxi")
    async with databases.read(scope) as read:
        account_id = await read.value(text("select id from carbon_account"))
    for _ in range(3):
        async with databases.write(scope) as write:
            await service.compute(write, scope, account_id, Request(YEAR, "published", date(2026, 3, 1)))
    statements: list[str] = []
    event.listen(
        databases.engine("wuxi").sync_engine, "before_cursor_execute", lambda *seen: statements.append(seen[2])
    )
    async with databases.read(scope) as read:
        document = await overview(read, scope, account_id, YEAR)
    assert document is not None
    await databases.close()
    await admin.dispose()
    return node_id("CarbonAccount", account_id), document, len(statements)


async def token_at(port: int) -> str:
    body = json.dumps({"email": "bench@example.com", "password": PASSWORD}).encode()
    caller = Caller(port, "/wuxi/auth/sign-in", body)
    await caller.open()
    return json.loads(await caller.ask())["accessToken"]


async def measure(seconds: float, rounds: int, clients: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        print("starting servers, making an account ...", flush=True)
        postgres, valkey = start_postgres(Path(folder) / "postgres"), start_valkey(Path(folder) / "valkey")
        try:
            given = {"data_dir": folder, "tenants": "wuxi", "postgres_admin_url": postgres.url, "redis_url": valkey.url}
            settings = Settings.model_validate(given)
            account, document, statements = await prepare(settings, postgres.url)
            kept = Path(folder) / "overview.json"
            kept.write_text(json.dumps(document))
            variables = {"accountId": account, "year": YEAR}
            environment = {
                **os.environ, **{f"CARBON_{name.upper()}": value for name, value in given.items()},
                "CARBON_LOG_FORMAT": "json", "PYTHONPATH": f"{HERE}:{HERE.parent}", "FLOOR_DOCUMENT": str(kept),
            }  # fmt: skip
            figures: dict[str, list[float]] = {"ours": [], "floor": []}
            answers: dict[str, Any] = {}
            for _ in range(rounds):
                port = free_port()
                with serving("backend.main:app", port, environment):
                    body = json.dumps({"operationName": "AccountOverview", "variables": variables}).encode()
                    token = await token_at(port)
                    callers = [Caller(port, "/wuxi/graphql", body, token) for _ in range(clients)]
                    figures["ours"].append(await load(callers, seconds))
                    answers["ours"] = json.loads(await callers[0].ask())
                port = free_port()
                with serving("overview_floor:app", port, environment):
                    body = json.dumps({"query": OPERATION.read_text(), "variables": variables}).encode()
                    callers = [Caller(port, "/graphql", body) for _ in range(clients)]
                    figures["floor"].append(await load(callers, seconds))
                    answers["floor"] = json.loads(await callers[0].ask())
                print({name: round(found[-1]) for name, found in figures.items()}, flush=True)
            assert answers["ours"]["data"] == answers["floor"]["data"], "both must answer the same"
        finally:
            valkey.stop()
            postgres.stop()
    middle = {name: statistics.median(found) for name, found in figures.items()}
    return {
        "benchmark": "overview", "ours_per_s": round(middle["ours"]), "floor_per_s": round(middle["floor"]),
        "ratio": round(middle["ours"] / middle["floor"], 2), "limit": 0.5, "statements": statements,
        "bytes": len(json.dumps(answers["ours"])),
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--clients", type=int, default=8)
    asked = parser.parse_args()
    print(json.dumps(uvloop.run(measure(asked.seconds, asked.rounds, asked.clients))))


if __name__ == "__main__":
    main()
