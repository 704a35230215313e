"""Import: 100,000 rows of a workbook and of a CSV, and 1,000,000 of a CSV, beside a COPY of the same rows.

    python benchmarks/import_activity.py [--rounds 3] [--no-million]

Own embedded PostgreSQL with its ordinary (durable) settings in a temporary folder, removed at the end. Ours is the
worker's path, in a process of its own whose peak memory is told: file from storage, decoding, every check, rows in
`activity_record`, batch and audit event committed. The floor is one COPY (text format, from a file, by the database's
superuser, whom row-level security does not check) of exactly the rows ours has stored, in the order ours stored them,
into the same emptied table with its keys, indexes, foreign keys and checks.
"""

import argparse
import asyncio
import csv
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter
from typing import Any
from uuid import UUID

import asyncpg
import xlsxwriter
from sqlalchemy import make_url

from backend.emissions.activity import importing, jobs
from backend.emissions.activity.reading import DATA_SHEET
from backend.installation import furnish
from backend.kit.db import Databases
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.kit.servers import start_postgres
from backend.kit.settings import Settings
from backend.kit.storage import Storage, key_of
from backend.kit.tasks import Task
from backend.tenants import provision

SOURCES, FIRST, LAST = 10, 2016, 2025
MONTHS = [f"{year}-{month:02d}" for year in range(FIRST, LAST + 1) for month in range(1, 13)]
HEAD = ("site", "source", "source_name", "meter", "month", "quantity", "unit", "tier", "factor", "evidence", "note")
MOST = 1_000_000

SEED = f"""
insert into organisation (id, kind, name, credit_code, division_code, division_path, created_at)
    select uuidv7(), 'enterprise', 'B', '000000000000000001', code, path, now() from division where code = '320206';
insert into carbon_account (id, organisation_id, number, name, division_code, division_path, sector, method_pack,
        fuel_table, province_code, grid_region, has_separation_of_duties, opened_at)
    select uuidv7(), id, 'B', 'B', division_code, division_path, 'general', 'general', 'C_INDUSTRY_OTHER',
        '320000', '华东', true, created_at from organisation;
insert into reporting_year (account_id, year, opened_at)
    select id, year, opened_at from carbon_account, generate_series({FIRST}, {LAST}) year;
insert into site (account_id, id, code, name, division_code, created_at)
    select id, uuidv7(), 'S1', 'S1', division_code, opened_at from carbon_account;
insert into source (account_id, id, site_id, code, name, method, scope, category, key, unit, parameters, created_at)
    select account_id, uuidv7(), id, 'E' || n, '外购电力', 'purchased_electricity', 2, 'electricity', '', 'MWh', '{{}}',
        created_at from site, generate_series(0, {SOURCES - 1}) n;
insert into meter (account_id, id, source_id, code, name, unit, multiplier, created_at)
    select account_id, uuidv7(), id, 'M' || code || '-' || n, '表', 'kWh', 1, created_at
    from source, generate_series(0, {MOST // len(MONTHS) // SOURCES}) n;
"""


def rows(count: int) -> Iterator[tuple[object, ...]]:
    """Give rows in the order people keep them: month by month, all meters."""
    given = 0
    meters = -(-count // len(MONTHS) // SOURCES)
    for month in MONTHS:
        for source in range(SOURCES):
            for meter in range(meters):
                if given == count:
                    return
                given += 1
                quantity = 100_000 + given * 7919 % 40_000 + given % 100 / 100
                yield ("S1", f"E{source}", "外购电力", f"ME{source}-{meter}", month, quantity, "kWh", "metered", "", "",
                       "抄表")  # fmt: skip


def write_csv(path: Path, count: int) -> None:
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        writer = csv.writer(file)
        writer.writerow(HEAD)
        writer.writerows(rows(count))


def write_xlsx(path: Path, count: int) -> None:
    book = xlsxwriter.Workbook(str(path))  # shared texts, as a spreadsheet program saves them
    sheet = book.add_worksheet(DATA_SHEET)
    for number, row in enumerate([HEAD, *rows(count)]):
        sheet.write_row(number, 0, row)
    book.close()


async def child(url: str, folder: Path, account_id: UUID, path: Path) -> dict[str, Any]:
    """Import one file as the worker does; tell the seconds and the process's peak memory."""
    settings = Settings.model_validate({"data_dir": folder, "import_max_rows": 10 * MOST})
    databases, storage, scope = Databases({"wuxi": url}), Storage.of(settings), Scope.system("wuxi")
    stored = await storage.put(key_of("wuxi", account_id, "imports", new_id()), path)
    async with databases.write(scope) as write:
        accepted = await importing.request_import(
            write, scope, account_id=account_id, stored=stored, file_name=path.name, media_type=""
        )
    assert accepted.job_id is not None
    task = Task(databases=databases, scope=scope, storage=storage, settings=settings, job_id=accepted.job_id)
    start = perf_counter()
    result = await jobs.import_activity(
        task, {"account_id": str(account_id), "batch_id": str(accepted.batch_id)}
    )  # fmt: skip
    seconds = perf_counter() - start
    await databases.close()
    assert result["state"] == "stored", result
    # VmHWM, not ru_maxrss: that one remembers the process we were forked from.
    status = (await asyncio.to_thread(Path("/proc/self/status").read_text)).splitlines()
    peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024
    return {"seconds": seconds, "rows": result["new"], "peak_mb": round(peak)}


def ours(url: str, folder: Path, account_id: UUID, path: Path) -> dict[str, Any]:
    """Run `child` in a process of its own."""
    command = [sys.executable, __file__, "--child", url, str(folder), str(account_id), str(path)]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()[-1])


async def empty(admin: asyncpg.Connection) -> None:
    await admin.execute("truncate activity_record, approval")
    await admin.execute("update activity_batch set sha256 = null")
    await admin.execute("vacuum activity_record")
    await admin.execute("checkpoint")


async def floor(admin: asyncpg.Connection, dump: Path) -> float:
    start = perf_counter()
    await admin.copy_to_table("activity_record", source=dump)
    return perf_counter() - start


async def measure(
    admin: asyncpg.Connection, url: str, folder: Path, account_id: UUID, path: Path, rounds: int
) -> dict[str, Any]:
    dump = folder / "rows.copy"
    mine: list[float] = []
    theirs: list[float] = []
    told: dict[str, Any] = {}
    peaks: list[int] = []
    for _ in range(rounds):
        await empty(admin)
        told = await asyncio.to_thread(ours, url, folder, account_id, path)
        mine.append(told["seconds"])
        peaks.append(told["peak_mb"])
        await admin.copy_from_query("select * from activity_record", output=dump)
        await empty(admin)
        theirs.append(await floor(admin, dump))
        assert await admin.fetchval("select count(*) from activity_record") == told["rows"]
    count, here, there = told["rows"], statistics.median(mine), statistics.median(theirs)
    return {
        "file": path.name, "rows": count, "ours_rows_s": round(count / here), "floor_rows_s": round(count / there),
        "ratio": round(there / here, 3), "peak_mb": max(peaks),
    }  # fmt: skip


async def main(rounds: int, *, with_million: bool) -> None:
    with tempfile.TemporaryDirectory(prefix="carbon-bench-") as name:
        folder = Path(name)
        server = start_postgres(folder / "postgres")
        try:
            settings = Settings.model_validate(
                {"data_dir": folder, "postgres_admin_url": server.url, "tenants": "wuxi"}
            )
            address = provision.addresses(settings, server.url, "wuxi")
            await provision.provision(server.url, "wuxi", address)
            await provision.migrate(address)
            url = address.app.get_secret_value()
            databases = Databases({"wuxi": url})
            await furnish(databases, settings)
            await databases.close()
            inside = make_url(server.url).set(database="carbon_wuxi", drivername="postgresql")
            admin = await asyncpg.connect(inside.render_as_string(hide_password=False))
            await admin.execute(SEED)
            await admin.execute("analyze")
            account_id = await admin.fetchval("select id from carbon_account")
            write_xlsx(folder / "100k.xlsx", 100_000)
            write_csv(folder / "100k.csv", 100_000)
            found = [
                await measure(admin, url, folder, UUID(str(account_id)), folder / each, rounds)
                for each in ("100k.xlsx", "100k.csv")
            ]
            if with_million:
                write_csv(folder / "1m.csv", MOST)
                found.append(await measure(admin, url, folder, UUID(str(account_id)), folder / "1m.csv", 1))
            await admin.close()
        finally:
            server.stop()
    print(f"{'file':10} {'rows':>9} {'ours/s':>9} {'COPY/s':>9} {'ratio':>7} {'peak MB':>8}   bound 0.25, 400 MB")
    for each in found:
        print("{file:10} {rows:>9,} {ours_rows_s:>9,} {floor_rows_s:>9,} {ratio:>7.3f} {peak_mb:>8}".format(**each))
    print(json.dumps({"benchmark": "import_activity", "results": found}))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        _, _, database, data, account, source = sys.argv
        print(json.dumps(asyncio.run(child(database, Path(data), UUID(account), Path(source)))))
    else:
        parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
        parser.add_argument("--rounds", type=int, default=3)
        parser.add_argument("--no-million", dest="with_million", action="store_false")
        given = parser.parse_args()
        asyncio.run(main(given.rounds, with_million=given.with_million))
