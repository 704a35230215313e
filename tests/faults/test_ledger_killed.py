"""Transfers while the API, PostgreSQL, Redis or the worker is killed with -9: what was acknowledged stands, once.

The API is the real server process over HTTP; clients try again with the same key until they are answered. PostgreSQL
is this file's own, with fsync on.
"""

import asyncio
import itertools
import json
import os
import signal
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import asyncpg
import httpx
import pytest
from factories.accounts import Held, held_account
from factories.api import Client
from factories.ledger import issued
from sqlalchemy import text

from backend.cli.api import program
from backend.installation import furnish
from backend.kit import audit
from backend.kit.clock import today
from backend.kit.db import Databases
from backend.kit.scope import Scope
from backend.kit.servers import RunningServer, start_postgres, start_valkey
from backend.kit.settings import Settings
from backend.ledger import service
from backend.ledger.values import Accepts, BatchSpec
from backend.tenants import provision
from backend.wire.nodes import node_id, split

pytestmark = pytest.mark.faults
SYSTEM = Scope.system("wuxi")
CLIENTS = 8
BATCHES = 400
EXPIRED = "select count(*) from ledger_balance where account_id = $1 and bucket = 'expired' and amount = 5"
"""Batches of an account that are expired."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def children_of(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@dataclass
class House:
    """Servers and an API process that these tests may kill."""

    folder: Path
    postgres: RunningServer
    valkey: RunningServer
    databases: Databases
    environment: dict[str, str]
    port: int
    api: "subprocess.Popen[bytes] | None" = None

    def start(self, *arguments: str) -> "subprocess.Popen[bytes]":
        with (self.folder / "processes.log").open("ab") as log:
            return subprocess.Popen([sys.executable, *arguments], stdout=log, stderr=log, env=self.environment)

    def start_api(self) -> None:
        self.api = self.start(*program(Settings(port=self.port)))

    async def ready(self) -> None:
        async with asyncio.timeout(60), httpx.AsyncClient() as http:
            while True:
                try:
                    if (await http.get(f"http://127.0.0.1:{self.port}/health/ready")).status_code == 200:
                        return
                except httpx.TransportError:
                    pass
                await asyncio.sleep(0.1)

    async def kill_api(self) -> None:
        """Kill the serving process and the one above it; nobody gets to finish anything."""
        assert self.api is not None
        for pid in (self.api.pid, *children_of(self.api.pid)):
            os.kill(pid, signal.SIGKILL)
        self.api.wait(10)
        await asyncio.sleep(0.2)
        self.start_api()
        await self.ready()

    async def kill_postgres(self) -> None:
        os.kill(self.postgres.pid, signal.SIGKILL)
        await asyncio.sleep(0.3)
        self.postgres.stop()
        self.postgres = await asyncio.to_thread(start_postgres, self.folder / "postgres")

    async def kill_redis(self) -> None:
        os.kill(self.valkey.pid, signal.SIGKILL)
        await asyncio.sleep(1)
        self.valkey.stop()
        self.valkey = await asyncio.to_thread(start_valkey, self.folder / "valkey")

    def stop(self) -> None:
        if self.api is not None and self.api.poll() is None:
            self.api.send_signal(signal.SIGTERM)
            try:
                self.api.wait(15)
            except subprocess.TimeoutExpired:
                self.api.kill()
                self.api.wait(5)


@pytest.fixture(scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    folder = tmp_path_factory.mktemp("killed")
    postgres, valkey = start_postgres(folder / "postgres"), start_valkey(folder / "valkey")
    settings = Settings.model_validate({"data_dir": folder, "postgres_admin_url": postgres.url})
    address = provision.addresses(settings, postgres.url, "wuxi")
    await provision.provision(postgres.url, "wuxi", address)
    await provision.migrate(address)
    databases = Databases({"wuxi": address.app.get_secret_value()}, pool_size=4)
    await furnish(databases, settings)
    owner, app = address.owner.get_secret_value(), address.app.get_secret_value()
    port = free_port()
    made = House(
        folder, postgres, valkey, databases,
        {
            **{name: value for name, value in os.environ.items() if not name.startswith("CARBON_")},
            "CARBON_DATA_DIR": str(folder), "CARBON_TENANTS": "wuxi", "CARBON_REDIS_URL": valkey.url,
            "CARBON_DATABASES": json.dumps({"wuxi": {"owner": owner, "app": app}}), "CARBON_PORT": str(port),
            "CARBON_LOG_FORMAT": "json", "CARBON_POSTGRES_ADMIN_URL": postgres.url,
        },
        port,
    )  # fmt: skip
    made.start_api()
    try:
        await made.ready()
        yield made
    finally:
        made.stop()
        await databases.close()
        made.valkey.stop()
        made.postgres.stop()


@dataclass
class Customers:
    """Clients that send until told to stop, each command with a key of its own."""

    client: Client
    giver: Held
    taker: Held
    name: str
    answers: dict[str, UUID] = field(default_factory=dict)
    tries: Counter[str] = field(default_factory=Counter)
    oddities: list[str] = field(default_factory=list)
    is_over: bool = False

    async def work(self, number: int) -> None:
        for count in itertools.count():
            if self.is_over:
                return
            try:
                await self._until_answered(f"{self.name}-{number}-{count}")
            except Exception as error:  # noqa: BLE001 - told where everybody waits
                self.oddities.append(repr(error))
                return

    async def _until_answered(self, key: str) -> None:
        asked = {
            "fromAccountId": str(node_id("CarbonAccount", self.giver.id)), "toNumber": self.taker.account.number,
            "units": {"unitClass": "CCER", "quantity": "3"}, "reason": {"reference": key},
        }  # fmt: skip
        body = {"operationName": "TransferUnits", "variables": {"input": asked, "idempotencyKey": key}}
        async with asyncio.timeout(60):
            while True:
                self.tries[key] += 1
                try:
                    answer = await self.client.send(body)
                except httpx.TransportError:
                    await asyncio.sleep(0.05)
                    continue
                if answer.status_code != 200:
                    if answer.status_code < 500:
                        self.oddities.append(answer.text)
                        return
                    await asyncio.sleep(0.05)
                    continue
                told = answer.json()
                name = (told.get("data") or {}).get("transferUnits", {}).get("__typename")
                if name == "UnavailableError":
                    await asyncio.sleep(0.05)
                    continue
                if name != "UnitsMoved":
                    self.oddities.append(answer.text)
                    return
                self.answers[key] = split(told["data"]["transferUnits"]["movement"]["id"])[1][0]
                return


@asynccontextmanager
async def customers(house: House, name: str) -> AsyncGenerator[Customers]:
    """Let clients work while the body runs; then they finish what they began."""
    giver, taker = await held_account(house.databases), await held_account(house.databases)
    async with house.databases.write(taker.scope) as write:
        await service.choose_acceptance(write, taker.scope, taker.id, Accepts.AUTOMATICALLY)
    await issued(house.databases, giver.id, "CCER", 1_000_000)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{house.port}", timeout=20) as http:
        client = await Client(http, "wuxi").signed_in(giver.holder)
        crowd = Customers(client, giver, taker, name)
        tasks = [asyncio.create_task(crowd.work(number)) for number in range(CLIENTS)]
        try:
            yield crowd
            crowd.is_over = True
            await asyncio.gather(*tasks)
        finally:
            for each in tasks:
                each.cancel()


async def answered(crowd: Customers, more: int) -> None:
    """Wait for so many further acknowledged commands."""
    wanted = len(crowd.answers) + more
    async with asyncio.timeout(45):
        while len(crowd.answers) < wanted:
            assert not crowd.oddities, crowd.oddities[:3]
            await asyncio.sleep(0.01)


async def assert_exactly_once(house: House, crowd: Customers) -> None:
    assert crowd.oddities == []
    assert set(crowd.answers) == set(crowd.tries)
    async with house.databases.write(SYSTEM) as write:
        rows = await write.rows(
            text("select reference, id from ledger_movement where reference like :name"), {"name": f"{crowd.name}-%"}
        )
        assert Counter(row.reference for row in rows) == Counter(crowd.answers.keys())
        assert {row.reference: row.id for row in rows} == crowd.answers
        checked = await service.check_books(write, SYSTEM)
        assert await audit.verify(write.connection, crowd.giver.holder.id) is None
        moved = await service.balances(write, SYSTEM, [crowd.taker.id])
    assert checked.is_sound, checked.breaches
    assert sum(each.amount for each in moved) == Decimal(3) * len(crowd.answers)


@pytest.mark.parametrize("what", ["api", "postgres", "redis"])
async def test_what_was_acknowledged_stands_once(house: House, what: str) -> None:
    kill: Callable[[], Awaitable[None]] = getattr(house, f"kill_{what}")
    async with customers(house, what) as crowd:
        for _ in range(2):
            await answered(crowd, 60)
            await kill()
        await answered(crowd, 60)
    if what != "redis":  # nothing of a command waits for Redis
        assert max(crowd.tries.values()) > 1, "the kill hit nothing"
    await assert_exactly_once(house, crowd)


async def test_a_worker_killed_while_it_expires(house: House) -> None:
    """All of what is over expires once, although the worker dies in the middle of the sweep."""
    held = await held_account(house.databases)
    async with house.databases.write(SYSTEM) as write:
        spec = BatchSpec(valid_until=today())
        await service.issue_many(write, SYSTEM, [(held.id, "CCER", Decimal(5), spec)] * BATCHES)
    admin = await asyncpg.connect(house.postgres.url, database="carbon_wuxi")
    await admin.execute("update ledger_batch set valid_until = valid_until - 1 where valid_until is not null")
    active = (
        "select count(*) from pg_stat_activity where state = 'active' and pid <> pg_backend_pid()"
        " and query like '%ledger_post(%'"
    )
    for _ in range(2):
        worker = house.start("-m", "backend.cli", "worker")
        try:
            await until(admin, active, lambda found: found > 0)
        finally:
            worker.kill()
            worker.wait(10)
        # Its transaction ends when the server finds nobody there; until then it holds the sweep's lock.
        await until(admin, "select count(*) from pg_locks where locktype = 'advisory'", lambda found: found == 0)
        assert await admin.fetchval(EXPIRED, held.id) == 0, "a sweep is whole or nothing"
    worker = house.start("-m", "backend.cli", "worker")
    try:
        await until(admin, EXPIRED, lambda found: found == BATCHES, held.id)
    finally:
        worker.terminate()
        worker.wait(20)
    once = "select count(*) from ledger_movement where kind = 'expire' and from_account_id = $1"
    assert await admin.fetchval(once, held.id) == BATCHES
    await admin.close()
    async with house.databases.write(SYSTEM) as write:
        (balance,) = {each.bucket: 0 for each in await service.balances(write, SYSTEM, [held.id])}
        checked = await service.check_books(write, SYSTEM)
    assert (balance.value, checked.is_sound) == ("expired", True)


async def until(admin: asyncpg.Connection, query: str, test: Callable[[int], bool], *given: object) -> None:
    """Ask the database until a number is as it should be."""
    async with asyncio.timeout(40):
        while not test(int(await admin.fetchval(query, *given) or 0)):  # noqa: ASYNC110 - seen from outside
            await asyncio.sleep(0.005)
