"""A worker process killed with -9 while it imports: nothing half-stored, and the next one stores all of it once."""

import asyncio
import signal
import sys
from contextlib import suppress
from typing import Any

import pytest
from factories.activity import HEAD, Desk, csv_of, make_desk
from sqlalchemy import text

from backend.kit.db import Databases

ROWS = 20_000
WORKER = """
import asyncio, sys
from pathlib import Path
from uuid import UUID
from backend.emissions.activity import jobs
from backend.kit.db import Databases
from backend.kit.scope import Scope
from backend.kit.settings import Settings
from backend.kit.storage import Storage
from backend.kit.tasks import Task

async def main(url, folder, account, batch, job):
    settings = Settings.model_validate({"data_dir": Path(folder)})
    databases = Databases({"wuxi": url})
    task = Task(databases=databases, scope=Scope.system("wuxi"), storage=Storage.of(settings), settings=settings,
                job_id=UUID(job))
    print("started", flush=True)
    result = await jobs.import_activity(task, {"account_id": account, "batch_id": batch})
    print(result["state"], result["new"], flush=True)
    await databases.close()

asyncio.run(main(*sys.argv[1:]))
"""


@pytest.fixture
async def desk(databases: Databases, servers: Any) -> Desk:
    desk = await make_desk(databases, servers.settings, years=tuple(range(2010, 2026)))
    async with databases.write(desk.place.system) as write:
        await write.run(
            text("""insert into meter (account_id, id, source_id, code, name, unit, multiplier, created_at)
                select :account, uuidv7(), :source, 'M' || n, '表', 'kWh', 1, now() from generate_series(0, 199) n"""),
            {"account": desk.id, "source": desk.place.sources["E1"]},
        )
    return desk


def rows() -> list[tuple[str, ...]]:
    months = [f"{year}-{month:02d}" for year in range(2010, 2019) for month in range(1, 13)]
    found = [("E1", month, "100.5", "kWh", f"M{meter}") for month in months for meter in range(200)]
    return found[:ROWS]


@pytest.mark.faults
async def test_a_killed_import_is_done_once_by_the_next_worker(desk: Desk, servers: Any) -> None:
    accepted = await desk.ask(csv_of(rows(), (*HEAD, "meter")), "a.csv")
    url = servers.addresses["wuxi"].app.get_secret_value()
    command = [sys.executable, "-c", WORKER, url, str(servers.settings.data_dir), str(desk.id), str(accepted.batch_id),
               str(accepted.job_id)]  # fmt: skip
    killed = 0
    for delay in (0.05, 0.3, 0.6, 0.9, 1.2):
        process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
        assert process.stdout is not None
        assert await process.stdout.readline() == b"started\n"
        await asyncio.sleep(delay)
        with suppress(ProcessLookupError):
            process.kill()
        killed += await process.wait() == -signal.SIGKILL
        assert await desk.count() in (0, ROWS)
    assert killed >= 1
    last = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    told, _ = await last.communicate()
    assert told.decode().splitlines()[-1] == f"stored {ROWS}"
    assert await desk.count() == ROWS
    async with desk.databases.read(desk.place.system) as read:
        audited = await read.value(
            text("select count(*) from audit_event where object_id = :id and action = 'emissions:enter'"),
            {"id": str(accepted.batch_id)},
        )
    assert audited == 1
