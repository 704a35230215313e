"""Workers killed, Redis emptied and killed, PostgreSQL restarted, with jobs in flight: none lost, none done twice.

The effect of a job is an event in its organisation's audit chain, so it can be counted exactly. `BEGAN` counts the
attempts: the tests also prove that the faults really hit something.
"""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
from factories.jobs import BEGAN, EFFECT, append, count, enterprise
from redis.asyncio import Redis
from sqlalchemy import Text, cast, exists, select

from backend.kit import audit
from backend.kit.audit import AuditEvent
from backend.kit.db import Databases
from backend.kit.outages import is_outage
from backend.kit.outbox import Job, enqueue
from backend.kit.scope import Scope
from backend.kit.servers import RunningServer, start_postgres, start_valkey
from backend.kit.settings import Settings
from backend.tenants import provision

pytestmark = pytest.mark.faults
assert append
PROGRAM = Path(__file__).with_name("worker_process.py")
LEASE = 2


@dataclass
class Place:
    """Servers that a test may kill, apart from everybody else's."""

    folder: Path
    postgres: RunningServer
    valkey: RunningServer
    databases: Databases
    scope: Scope

    def worker(self) -> "Worker":
        settings = {
            "data_dir": str(self.folder), "tenants": "wuxi", "redis_url": self.valkey.url, "log_format": "json",
            "job_lease_seconds": LEASE, "worker_concurrency": 4,
            "databases": {"wuxi": {"owner": self.address, "app": self.address}},
        }  # fmt: skip
        log = (self.folder / "worker.log").open("ab")
        process = subprocess.Popen([sys.executable, str(PROGRAM), json.dumps(settings)], stdout=log, stderr=log)
        log.close()
        return Worker(process)

    @property
    def address(self) -> str:
        return self.databases._urls["wuxi"]

    def log(self) -> str:
        return (self.folder / "worker.log").read_text()


@dataclass
class Worker:
    process: subprocess.Popen[bytes]

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(10)

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            assert self.process.wait(20) == 0


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    # fsync stays on: what a client was told is committed must survive a kill.
    postgres = start_postgres(tmp_path / "postgres")
    valkey = start_valkey(tmp_path / "valkey")
    settings = Settings.model_validate({"data_dir": tmp_path, "postgres_admin_url": postgres.url})
    address = provision.addresses(settings, postgres.url, "wuxi")
    await provision.provision(postgres.url, "wuxi", address)
    await provision.migrate(address)
    databases = Databases({"wuxi": address.app.get_secret_value()})
    made = Place(tmp_path, postgres, valkey, databases, enterprise())
    yield made
    await databases.close()
    made.valkey.stop()
    made.postgres.stop()


@contextmanager
def workers(place: Place, number: int) -> Iterator[list[Worker]]:
    running = [place.worker() for _ in range(number)]
    try:
        yield running
    finally:
        for each in running:
            if each.process.poll() is None:
                each.process.send_signal(signal.SIGTERM)
        for each in running:
            each.process.wait(20)


async def ask_many(place: Place, number: int, seconds: float) -> list[UUID]:
    """Ask for jobs, each in a transaction of its own, as commands do."""

    async def one() -> UUID:
        async with place.databases.write(place.scope) as write:
            return await enqueue(write, "test:append", {"seconds": seconds, "steps": 3})

    return [await one() for _ in range(number)]


async def states(place: Place) -> list[str]:
    async with place.databases.read(place.scope) as read:
        return [row.state for row in await read.rows(select(Job.state))]


async def settled(place: Place, *, seconds: float = 90) -> None:
    """Wait until every job has ended, whatever is away meanwhile."""
    limit = asyncio.get_running_loop().time() + seconds
    found: list[str] = []
    while asyncio.get_running_loop().time() < limit:
        try:
            found = await states(place)
        except Exception as error:
            if not is_outage(error):
                raise
        else:
            if found and set(found) <= {"succeeded", "failed", "cancelled"}:
                return
        await asyncio.sleep(0.1)
    pytest.fail(f"not settled: {[(name, found.count(name)) for name in set(found)]}\n{place.log()[-3000:]}")


async def running(place: Place, number: int) -> None:
    """Wait until so many jobs are in a worker's hands and have begun."""
    async with asyncio.timeout(90):
        while (await states(place)).count("running") < number or await count(  # noqa: ASYNC110 - seen from outside
            place.databases, place.scope, BEGAN
        ) < number:
            await asyncio.sleep(0.05)


async def holding(place: Place, worker: Worker) -> None:
    """Wait until this very worker holds a job that has begun."""
    began = exists().where(AuditEvent.action == BEGAN, AuditEvent.object_id == cast(Job.id, Text))
    mine = select(Job.id).where(Job.lease_owner.contains(f":{worker.process.pid}:"), began)
    async with asyncio.timeout(90):
        while True:
            async with place.databases.read(place.scope) as read:
                if await read.value(mine) is not None:
                    return
            await asyncio.sleep(0.05)


async def assert_each_done_once(place: Place, asked: list[UUID]) -> None:
    async with place.databases.read(place.scope) as read:
        rows = await read.rows(select(Job.id, Job.state, Job.result, Job.error))
        assert await audit.verify(read.connection, place.scope.organisation_id) is None
    assert {row.id: row.state for row in rows} == dict.fromkeys(asked, "succeeded"), [
        row.error for row in rows if row.error
    ]
    assert all(row.result == {"effect": str(row.id)} for row in rows)
    assert await count(place.databases, place.scope, EFFECT) == len(asked)
    for job_id in asked:
        assert await count(place.databases, place.scope, EFFECT, job_id) == 1


async def test_workers_killed_in_the_middle(place: Place) -> None:
    asked = await ask_many(place, 40, 1.0)
    with workers(place, 2) as hands:
        for _ in range(2):
            for number in range(2):
                await holding(place, hands[number])
                hands[number].kill()
                hands[number] = place.worker()
        await settled(place)
    await assert_each_done_once(place, asked)
    assert await count(place.databases, place.scope, BEGAN) > len(asked)


async def test_redis_emptied_again_and_again(place: Place) -> None:
    redis = Redis.from_url(place.valkey.url)
    with workers(place, 1):
        asked: list[UUID] = []
        for _ in range(5):
            asked += await ask_many(place, 8, 0.5)
            await redis.flushall()
            await asyncio.sleep(0.3)
        await redis.flushall()
        await redis.aclose()
        await settled(place)
    await assert_each_done_once(place, asked)


async def test_redis_killed_and_started_again(place: Place) -> None:
    with workers(place, 1) as (hand,):
        asked = await ask_many(place, 12, 1.0)
        await running(place, 3)
        os.kill(place.valkey.pid, signal.SIGKILL)
        asked += await ask_many(place, 6, 0.2)  # commands need no Redis
        await asyncio.sleep(2.5)
        done = (await states(place)).count("succeeded")
        place.valkey.stop()
        place.valkey = start_valkey(place.folder / "valkey")
        await settled(place)
        assert hand.process.poll() is None, "the worker waits for Redis; it does not exit"
    assert done >= 3, "what was running needs no Redis to end"
    await assert_each_done_once(place, asked)


@pytest.mark.parametrize("how", ["restart", "kill"])
async def test_postgresql_restarted_under_running_jobs(place: Place, how: str) -> None:
    with workers(place, 1) as (hand,):
        asked = await ask_many(place, 16, 1.0)
        for _ in range(2):
            await running(place, 3)
            if how == "kill":
                os.kill(place.postgres.pid, signal.SIGKILL)
                await asyncio.sleep(0.5)
            place.postgres.stop()
            place.postgres = start_postgres(place.folder / "postgres")
            await asyncio.sleep(0.5)
        await settled(place)
        assert hand.process.poll() is None, "the worker waits for PostgreSQL; it does not exit"
    await assert_each_done_once(place, asked)


async def test_an_orderly_stop_puts_work_back_and_loses_no_attempt(place: Place) -> None:
    asked = await ask_many(place, 4, 5.0)
    with workers(place, 1) as (hand,):
        await running(place, 4)
        hand.stop()
    async with place.databases.read(place.scope) as read:
        rows = await read.rows(select(Job.state, Job.attempts, Job.lease_owner))
    assert [tuple(row) for row in rows] == [("queued", 0, None)] * 4
    with workers(place, 1):
        await settled(place)
    await assert_each_done_once(place, asked)


async def test_a_frozen_worker_that_wakes_late_changes_nothing(place: Place) -> None:
    """Its lease runs out while it is stopped; another does the job; the sleeper finds the lease gone."""
    with workers(place, 1) as (sleeper,):
        asked = await ask_many(place, 3, 3.0)
        await running(place, 3)
        sleeper.process.send_signal(signal.SIGSTOP)
        try:
            with workers(place, 1):
                await settled(place)
        finally:
            sleeper.process.send_signal(signal.SIGCONT)
        await asyncio.sleep(4)
    await assert_each_done_once(place, asked)
    assert await count(place.databases, place.scope, BEGAN) >= 6
