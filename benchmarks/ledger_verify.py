"""Verification of the journal: every entry's text, hash, link and checkpoint of 200,000 movements.

    python benchmarks/ledger_verify.py [--entries 200000] [--rounds 3]

Own embedded PostgreSQL in a temporary folder, removed at the end; the books are made by SQL in the shape transfers
leave them (a movement, two postings, a link). Ours is `carbon ledger verify` without the process around it. The floor
is the same rows (movements, postings, links) streamed out by COPY, in the same order, over as many connections, with
nothing built from them and nothing hashed. The goal is 100,000 entries a second. Our process's own time for an entry
is told beside it (the database needs about four times as much to build and hash the texts), because neighbours on the
machine slow the rest.
"""

import argparse
import asyncio
import json
import resource
import statistics
import tempfile
from hashlib import sha256
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import asyncpg
from sqlalchemy import make_url

from backend.kit.db import Databases
from backend.kit.scope import Scope
from backend.kit.servers import start_postgres
from backend.kit.settings import Settings
from backend.ledger import terminal
from backend.ledger.journal.entries import GENESIS, LATERAL, TEXT
from backend.tenants import provision

GOAL = 100_000
ACCOUNTS = 2_000

BOOKS = """
insert into ledger_movement (
        id, number, kind, class_code, quantity, from_account_id, to_account_id, effective_on, recorded_at, purpose,
        beneficiary, reference, note, facts, organisation_id, actor_id, actor_kind, correlation_id)
    select uuidv7(), n, 'transfer', 'CCER', n % 500 + 1, md5((n % $3)::text)::uuid, md5(((n * 7 + 1) % $3)::text)::uuid,
        date '2026-11-21', timestamptz '2026-11-21 00:00+00' + n * interval '1 millisecond', '', '', 'HT-2026-' || n, '',
        jsonb_build_object('from_number', 'WX' || n % $3, 'to_number', 'WX' || (n * 7 + 1) % $3),
        md5((n % $3)::text)::uuid, md5((n % $3)::text)::uuid, 'enterprise', md5(n::text)
    from generate_series($1::bigint, $2::bigint) n
"""
POSTINGS = """
insert into ledger_posting (account_id, movement_id, batch_id, bucket, class_code, amount, balance, recorded_at, serials)
    select account_id, id, md5('batch')::uuid, 'available', class_code, amount, 100000 + amount, recorded_at,
            int8multirange(int8range(number * 1000, number * 1000 + quantity::bigint))
        from ledger_movement, lateral (values (from_account_id, -quantity), (to_account_id, quantity)) v (account_id, amount)
"""
FLOOR = """
select * from ledger_link l join ledger_movement m on m.id = l.movement_id
    left join ledger_posting p on p.movement_id = m.id where l.position between {} and {} order by l.position
"""


async def fill(admin: asyncpg.Connection, entries: int) -> None:
    """Write the books and their chain; the triggers would do the same, one by one."""
    await admin.execute("set session_replication_role = replica")
    for first in range(1, entries + 1, 50_000):
        await admin.execute(BOOKS, first, min(first + 49_999, entries), ACCOUNTS)
    await admin.execute(POSTINGS)
    await admin.execute("analyze")
    before, links = GENESIS, []
    async with admin.transaction():
        async for row in admin.cursor(
            f"select m.id, {TEXT} as entry from ledger_movement m {LATERAL} order by m.number"
        ):
            own = sha256(row["entry"].encode()).digest()
            before = sha256(before + own).digest()
            links.append((len(links) + 1, row["id"], own, before))
    await admin.copy_records_to_table("ledger_link", records=links)
    await admin.execute("update ledger_head set position = $1, hash = $2", len(links), before)
    await admin.execute("vacuum analyze")


async def floor(address: dict[str, Any], entries: int) -> float:
    lines = [await asyncpg.connect(**address) for _ in range(terminal.CONNECTIONS)]

    async def discard(_: bytes) -> None:
        return

    async def take(line: asyncpg.Connection, turn: int) -> None:
        step = 20_000
        for first in range(1 + turn * step, entries + 1, step * len(lines)):
            await line.copy_from_query(FLOOR.format(first, first + step - 1), output=discard)

    start = perf_counter()
    await asyncio.gather(*(take(line, turn) for turn, line in enumerate(lines)))
    seconds = perf_counter() - start
    for line in lines:
        await line.close()
    return seconds


async def main(entries: int, rounds: int) -> None:
    with tempfile.TemporaryDirectory(prefix="carbon-bench-") as name:
        folder = Path(name)
        settings = Settings.model_validate({"data_dir": folder, "tenants": "wuxi"})
        server = start_postgres(folder / "postgres")
        try:
            database = provision.addresses(settings, server.url, "wuxi")
            await provision.provision(server.url, "wuxi", database)
            await provision.migrate(database)
            admin = await asyncpg.connect(server.url, database="carbon_wuxi")
            await fill(admin, entries)
            url = make_url(server.url)
            address = {"host": url.query.get("host") or url.host, "port": url.port, "user": url.username,
                       "password": url.password, "database": "carbon_wuxi"}  # fmt: skip
            databases = Databases({"wuxi": database.app.get_secret_value()})
            mine, theirs, busy = [], [], []
            for _ in range(rounds):
                start, before = perf_counter(), process_time()
                verdict = await terminal.verify(databases, Scope.system("wuxi"), [])
                mine.append(perf_counter() - start)
                busy.append(process_time() - before)
                assert verdict.is_sound, verdict
                assert verdict.entries == entries
                theirs.append(await floor(address, entries))
            await databases.close()
            await admin.close()
        finally:
            server.stop()
    ours, bare = (round(entries / statistics.median(each)) for each in (mine, theirs))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    cpu = round(statistics.median(busy) / entries * 1e6, 1)
    print(
        f"{'entries':>9} {'ours/s':>9} {'COPY/s':>9} {'ratio':>6} {'CPU us':>7} {'peak MB':>8}   goal {GOAL:,}/s on idle cores"
    )
    print(f"{entries:>9,} {ours:>9,} {bare:>9,} {ours / bare:>6.2f} {cpu:>7} {peak:>8}")
    told = {"entries": entries, "ours_s": ours, "floor_s": bare, "own_cpu_us": cpu, "goal_s": GOAL}
    print(json.dumps({"benchmark": "ledger_verify", **told}))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--entries", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    asyncio.run(main(given.entries, given.rounds))
