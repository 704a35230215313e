"""A worker killed in the middle of a delivery: another delivers it, under the same id."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from factories import identity
from factories.hooks import deliveries_of, hooked, hurried, receiving
from factories.identity import consented

from backend.installation import furnish
from backend.kit.db import Databases
from backend.kit.servers import start_postgres, start_valkey
from backend.kit.settings import Settings
from backend.tenants import provision

pytestmark = pytest.mark.faults
PROGRAM = (
    "import json, sys; from backend.jobs.worker import run; from backend.kit.settings import Settings;"
    " run(Settings.model_validate(json.loads(sys.argv[1])))"
)


@dataclass
class Place:
    """Servers and workers of this test's own."""

    folder: Path
    databases: Databases
    settings: Settings
    given: dict[str, object]

    @contextmanager
    def worker(self) -> Iterator[subprocess.Popen[bytes]]:
        with (self.folder / "worker.log").open("ab") as log:
            process = subprocess.Popen([sys.executable, "-c", PROGRAM, json.dumps(self.given)], stdout=log, stderr=log)
        try:
            yield process
        finally:
            process.kill()
            process.wait(10)


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    postgres, valkey = start_postgres(tmp_path / "postgres"), start_valkey(tmp_path / "valkey")
    settings = Settings.model_validate({"data_dir": tmp_path, "postgres_admin_url": postgres.url, "tenants": "wuxi"})
    address = provision.addresses(settings, postgres.url, "wuxi")
    await provision.provision(postgres.url, "wuxi", address)
    await provision.migrate(address)
    app = address.app.get_secret_value()
    databases = Databases({"wuxi": app})
    await furnish(databases, settings)
    yield Place(
        tmp_path, databases, settings,
        {
            "data_dir": str(tmp_path), "tenants": "wuxi", "redis_url": valkey.url, "log_format": "json",
            "job_lease_seconds": 2, "webhook_allow_private": True, "databases": {"wuxi": {"owner": app, "app": app}},
        },
    )  # fmt: skip
    await databases.close()
    valkey.stop()
    postgres.stop()


async def test_a_worker_killed_while_it_sends_loses_nothing(place: Place) -> None:
    bank = await identity.bank(place.databases)
    async with receiving() as door, asyncio.timeout(120):
        made = await hooked(place.databases, place.settings, bank, door.url)
        door.answer = lambda got: None  # takes the message and never answers
        await consented(place.databases, await identity.enterprise(place.databases), bank)
        with place.worker() as worker:
            await door.arrived.wait()
            worker.kill()
            worker.wait(10)
        (row,) = await deliveries_of(place.databases, made.endpoint_id)
        assert (row.state, row.attempts) == ("waiting", 0)
        door.arrived.clear()
        door.answer = lambda got: 204
        # Time passes: what the dead worker had taken is free again.
        await hurried(place.databases, made.endpoint_id, busy_until=None)
        with place.worker():
            await door.arrived.wait()
            while (row := (await deliveries_of(place.databases, made.endpoint_id))[0]).state == "waiting":  # noqa: ASYNC110 - another process ends it
                await asyncio.sleep(0.2)
        assert (row.state, row.last_status) == ("delivered", 204)
        assert [got.headers["webhook-id"] for got in door.got] == [str(row.id)] * 2
        assert len({got.body for got in door.got}) == 1
        assert all(got.signed_with(made.secret) for got in door.got)
