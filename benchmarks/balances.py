"""Holdings as of a past moment in books of 1,000,000 postings, beside one indexed read by the bare driver.

    python benchmarks/balances.py [--postings 1000000] [--asks 400]

Own embedded servers in a temporary folder, removed at the end. Postings of 100 accounts and 20 batches are written as the
owner would see them after years of transfers; then `Holdings(asOf)` is asked over HTTP at random moments by the account's
own people: token, row-level security, every bucket of every batch. The floor reads one posting by its key over a held
connection. What counts is the 95th percentile beyond the floor's, in milliseconds.
"""

import argparse
import asyncio
import json
import os
import random
import statistics
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

import asyncpg
from overview import Caller, free_port, serving
from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import create_async_engine
from transfer import PASSWORD, PEOPLE, execute, sign_in

from backend.identity.passwords import HASHER
from backend.installation import furnish
from backend.kit.db import Databases
from backend.kit.servers import start_postgres, start_valkey
from backend.kit.settings import Settings
from backend.tenants import provision
from backend.wire.nodes import node_id

HERE = Path(__file__).parent
ACCOUNTS, BATCHES, LIMIT_MS = 100, 20, 20
FIRST, LAST = datetime(2020, 1, 1, tzinfo=UTC), datetime(2025, 12, 31, tzinfo=UTC)

BOOKS = """
insert into ledger_account (id, kind, organisation_id, division_path, number, name, opened_at)
    select id, 'carbon', organisation_id, division_path, number, name, '2020-01-01' from carbon_account;
create temporary table batches as select n, uuidv7() as id from generate_series(1, {batches}) n;
insert into ledger_batch (
    id, class_code, origin, quantity, vintage, is_transferable, transfers_used, attributes, created_at
) select id, 'CCER', 'issued', 1000000, 2000 + n, true, 0, '{{}}', '2020-01-01' from batches;
insert into ledger_posting (account_id, movement_id, batch_id, bucket, class_code, amount, balance, recorded_at)
    select a.id, gen_random_uuid(), b.id, 'available', 'CCER', 1, k,
            timestamptz '2020-01-01' + k * interval '1 day' * 2190 / ({postings} / {accounts} / {batches}) + b.n * interval '1 second'
        from carbon_account a, batches b, generate_series(1, {postings} / {accounts} / {batches}) k
        order by a.id, k;
insert into ledger_balance (account_id, batch_id, bucket, class_code, amount)
    select a.id, b.id, 'available', 'CCER', {postings} / {accounts} / {batches} from carbon_account a, batches b;
vacuum analyze ledger_posting;
analyze ledger_balance
"""


async def prepare(settings: Settings, admin_url: str, postings: int) -> tuple[list[str], Any]:
    """Make the tenant, its accounts and the books; return the accounts' global ids and a connection for the floor."""
    database = provision.addresses(settings, admin_url, "wuxi")
    await provision.provision(admin_url, "wuxi", database)
    await provision.migrate(database)
    databases = Databases({"wuxi": database.app.get_secret_value()})
    await furnish(databases, settings)
    await databases.close()
    url = make_url(admin_url).set(drivername="postgresql+asyncpg", database="carbon_wuxi")
    admin = create_async_engine(url, isolation_level="AUTOCOMMIT")
    await execute(admin, PEOPLE.format(accounts=ACCOUNTS, password=HASHER.hash(PASSWORD)))
    await execute(admin, BOOKS.format(accounts=ACCOUNTS, batches=BATCHES, postings=postings))
    await admin.dispose()
    held = await asyncpg.connect(
        host=url.query.get("host") or url.host, port=url.port or 5432, user=url.username, password=url.password,
        database="carbon_wuxi",
    )  # fmt: skip
    rows = await held.fetch("select id from carbon_account order by number")
    return [node_id("CarbonAccount", row["id"]) for row in rows], held


async def floor(held: asyncpg.Connection, asks: int) -> list[float]:
    """Return the milliseconds of each read of one posting by its key."""
    keys = await held.fetch("select account_id, movement_id, batch_id, bucket from ledger_posting limit 10000")
    statement = await held.prepare(
        "select balance from ledger_posting where account_id = $1 and movement_id = $2 and batch_id = $3 and bucket = $4"
    )
    taken: list[float] = []
    for _ in range(asks):
        key = random.choice(keys)
        began = perf_counter()
        await statement.fetchval(*key)
        taken.append((perf_counter() - began) * 1000)
    return taken


async def ours(port: int, token: str, account: str, asks: int) -> tuple[list[float], dict[str, Any]]:
    """Return the milliseconds of each answer over HTTP, and the last answer."""
    caller = Caller(port, "/wuxi/graphql", b"", token)
    await caller.open()
    taken: list[float] = []
    answer = b""
    for _ in range(asks + 20):  # the first plan the statements
        at = FIRST + random.random() * (LAST - FIRST)
        variables = {"accountId": account, "asOf": at.isoformat()}
        body = json.dumps({"operationName": "Holdings", "variables": variables}).encode()
        began = perf_counter()
        answer = await caller.ask(body)
        taken.append((perf_counter() - began) * 1000)
        assert b'"errors"' not in answer, answer
    return taken[20:], json.loads(answer)


def p95(taken: list[float]) -> float:
    return round(statistics.quantiles(taken, n=20)[-1], 2)


async def measure(postings: int, asks: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        print("starting servers, writing the books ...", flush=True)
        postgres, valkey = start_postgres(Path(folder) / "postgres"), start_valkey(Path(folder) / "valkey")
        try:
            given = {"data_dir": folder, "tenants": "wuxi", "postgres_admin_url": postgres.url, "redis_url": valkey.url}
            settings = Settings.model_validate(given)
            accounts, held = await prepare(settings, postgres.url, postings)
            environment = {
                **os.environ, **{f"CARBON_{name.upper()}": value for name, value in given.items()},
                "CARBON_LOG_FORMAT": "json", "PYTHONPATH": f"{HERE}:{HERE.parent}",
            }  # fmt: skip
            port = free_port()
            with serving("backend.main:app", port, environment):
                (token,) = await sign_in(port, 1)
                least = await floor(held, asks)
                found, answer = await ours(port, token, accounts[0], asks)
            await held.close()
        finally:
            valkey.stop()
            postgres.stop()
    beyond = round(p95(found) - p95(least), 2)
    return {
        "benchmark": "balances", "postings": postings, "p50_ms": round(statistics.median(found), 2), "p95_ms": p95(found),
        "floor_p95_ms": p95(least), "beyond_ms": beyond, "limit_ms": LIMIT_MS,
        "answer": answer["data"]["holdings"][:1], "days": (LAST - FIRST) // timedelta(days=1),
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--postings", type=int, default=1_000_000)
    parser.add_argument("--asks", type=int, default=400)
    asked = parser.parse_args()
    print(json.dumps(asyncio.run(measure(asked.postings, asked.asks))))


if __name__ == "__main__":
    main()
