"""One score read by a bank: requests/s of the product beside the same application answering the same bytes from memory.

    python benchmarks/score_read.py [--seconds 4] [--rounds 3] [--clients 32] [--borrowers 200]

Own embedded servers in a temporary folder, removed at the end, fsync on. Both are one granian process on loopback with the
same keep-alive clients, and both are the product: door, tenant, token, permission, router, metrics, log of requests. They
differ in one function. The product's asks the database for each answer, under the consent of that moment, and answers
after the log of the read is committed; the floor's (`score_read_floor.py`) takes the same bytes from a dictionary.
"""

import argparse
import asyncio
import json
import os
import random
import statistics
import tempfile
from itertools import cycle
from pathlib import Path
from time import perf_counter
from typing import Any

from overview import Caller, free_port, serving
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from backend.identity.passwords import HASHER
from backend.installation import furnish
from backend.kit.db import Databases
from backend.kit.servers import start_postgres, start_valkey
from backend.kit.settings import Settings
from backend.tenants import provision

HERE = Path(__file__).parent
PASSWORD, WARM_SECONDS = "benchmark of reads", 2

SEED = """
insert into organisation (id, kind, name, credit_code, division_code, division_path, created_at)
    select uuidv7(), 'enterprise', '示范企业' || n, '91320200' || lpad(n::text, 10, '0'), '320200', '320000/320200/', now()
        from generate_series(1, {borrowers}) n;
insert into organisation (id, kind, name, credit_code, division_code, division_path, created_at)
    values (uuidv7(), 'bank', '示范银行', '91320200BANK000001', '320200', '320000/320200/', now());
insert into person (id, email, name, password_hash, created_at)
    values (uuidv7(), 'bank@example.com', 'B', '{password}', now());
insert into membership (id, organisation_id, person_id, role, granted_at)
    select uuidv7(), o.id, p.id, 'administrator', now() from organisation o, person p where o.kind = 'bank';
insert into carbon_account (
    id, organisation_id, number, name, division_code, division_path, sector, method_pack, fuel_table, province_code,
    grid_region, opened_at
) select uuidv7(), id, 'CA-320200-' || right(credit_code, 6), name, '320200', '320000/320200/', 'steel', 'b', 'B', '320000',
        'b', now() from organisation where kind = 'enterprise';
insert into consent (id, enterprise_id, bank_id, scopes, purpose, starts_on, ends_on, created_at)
    select uuidv7(), e.id, b.id, array['indicators'], '绿色信贷', current_date - 1, current_date + 364, now()
        from organisation e, organisation b where e.kind = 'enterprise' and b.kind = 'bank';
insert into score (
    account_id, id, number, year, model_code, model_version, state, points, grade, computed_at, valid_until, cause, inputs,
    answer, indicators, as_of, fingerprint
) select a.id, uuidv7(), n, 2025, 'plain', 1, 'graded', 80, 'A', now(), current_date + 90, 'nightly', '[]', {answer},
        {indicators}, now(), '' from carbon_account a, generate_series(1, 3) n;
analyze
"""
ANSWER = """json_build_object('number', n, 'year', 2025, 'state', 'graded', 'grade', 'A', 'points', '80.25', 'account', a.number,
    'model', json_build_object('code', 'plain', 'version', 1, 'is_placeholder', true),
    'reasons', (select json_agg(json_build_object('zh', '单位增加值碳排放低于行业平均水平，较上年下降' || i || '%',
        'en', 'Emissions per value added are below the mean of the sector and fell by ' || i || ' % in a year')) from
        generate_series(1, 8) i))::text"""
INDICATORS = """json_build_object('indicators', (select json_agg(json_build_object('code', 'indicator' || i, 'value', (i * 1.25)::text, 'points', '61.5',
    'weight', '0.1', 'quality', 'verified', 'reason', json_build_object('zh', '已核查数据，优于行业平均', 'en',
    'Verified data, better than the mean of the sector'))) from generate_series(1, 8) i))::text"""


async def prepare(settings: Settings, admin_url: str, borrowers: int) -> None:
    """Make the tenant, a bank, and borrowers with scores who consented to it."""
    database = provision.addresses(settings, admin_url, "wuxi")
    await provision.provision(admin_url, "wuxi", database)
    await provision.migrate(database)
    databases = Databases({"wuxi": database.app.get_secret_value()})
    await furnish(databases, settings)
    await databases.close()
    address = make_url(admin_url).set(drivername="postgresql+asyncpg", database="carbon_wuxi")
    admin = create_async_engine(address, isolation_level="AUTOCOMMIT")
    made = SEED.format(borrowers=borrowers, password=HASHER.hash(PASSWORD), answer=ANSWER, indicators=INDICATORS)
    async with admin.connect() as connection:
        for statement in filter(str.strip, made.split(";")):
            await connection.exec_driver_sql(statement)
    await admin.dispose()


async def token_at(port: int) -> str:
    """Sign the bank in."""
    caller = Caller(
        port, "/wuxi/auth/sign-in", json.dumps({"email": "bank@example.com", "password": PASSWORD}).encode()
    )
    await caller.open()
    return json.loads(await caller.ask())["accessToken"]


def reading(port: int, number: int, token: str) -> bytes:
    """Return the request for a borrower's credential."""
    path = f"/wuxi/bank/scores/CA-320200-{number:06d}"
    return f"GET {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nauthorization: Bearer {token}\r\n\r\n".encode()


async def load(port: int, token: str, clients: int, borrowers: int, seconds: float) -> tuple[float, float]:
    """Ask as fast as the answers come; return answers per second and the 95th percentile of their milliseconds."""
    taken: list[float] = []
    requests = [reading(port, number, token) for number in range(1, borrowers + 1)]

    async def keep(caller: Caller, until: float) -> None:
        asked = cycle(random.sample(requests, len(requests)))
        while (began := perf_counter()) < until:
            caller.request = next(asked)
            await caller.ask()
            taken.append(perf_counter() - began)

    callers = [Caller(port, "/", b"", token) for _ in range(clients)]
    for caller in callers:
        await caller.open()
    for span in (WARM_SECONDS, seconds):
        taken.clear()
        began = perf_counter()
        await asyncio.gather(*(keep(caller, began + span) for caller in callers))
        spent = perf_counter() - began
    for caller in callers:
        caller.writer.close()
    return len(taken) / spent, statistics.quantiles(taken, n=20)[-1] * 1000


async def answers(port: int, token: str, borrowers: int) -> dict[str, str]:
    """Return every borrower's credential, made now where there is none."""
    caller, found = Caller(port, "/", b"", token), {}
    await caller.open()
    for number in range(1, borrowers + 1):
        caller.request = reading(port, number, token)
        found[f"CA-320200-{number:06d}"] = (await caller.ask()).decode()
    caller.writer.close()
    return found


async def logged(admin_url: str) -> int:
    """Return how many reads the log has."""
    address = make_url(admin_url).set(drivername="postgresql+asyncpg", database="carbon_wuxi")
    admin = create_async_engine(address)
    async with admin.connect() as connection:
        count = await connection.scalar(text("select count(*) from consent_read"))
    await admin.dispose()
    return int(count or 0)


async def measure(asked: argparse.Namespace) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        print("starting servers, making borrowers ...", flush=True)
        postgres, valkey = start_postgres(Path(folder) / "postgres"), start_valkey(Path(folder) / "valkey")
        try:
            given = {"data_dir": folder, "tenants": "wuxi", "postgres_admin_url": postgres.url, "redis_url": valkey.url}
            settings = Settings.model_validate(given)
            await prepare(settings, postgres.url, asked.borrowers)
            kept = Path(folder) / "credentials.json"
            environment = {
                **os.environ, **{f"CARBON_{name.upper()}": value for name, value in given.items()},
                "CARBON_LOG_FORMAT": "json", "PYTHONPATH": f"{HERE}:{HERE.parent}", "FLOOR_DOCUMENT": str(kept),
            }  # fmt: skip
            figures: dict[str, list[float]] = {}
            held: dict[str, str] = {}
            for _ in range(asked.rounds):
                for name, target in (("ours", "backend.main:app"), ("floor", "score_read_floor:app")):
                    port = free_port()
                    with serving(target, port, environment):
                        token = await token_at(port)
                        found = await answers(port, token, asked.borrowers)
                        assert held in ({}, found), "both must answer the same"
                        held = found
                        kept.write_text(json.dumps(held))
                        before = await logged(postgres.url)
                        rate, slow = await load(port, token, asked.clients, asked.borrowers, asked.seconds)
                        assert (await logged(postgres.url) > before) == (name == "ours")
                        figures.setdefault(name, []).append(rate)
                        figures.setdefault(f"{name}_p95_ms", []).append(slow)
                print({name: round(each[-1], 1) for name, each in figures.items()}, flush=True)
        finally:
            valkey.stop()
            postgres.stop()
    middle = {name: statistics.median(found) for name, found in figures.items()}
    return {
        "benchmark": "score_read", "ours_per_s": round(middle["ours"]), "floor_per_s": round(middle["floor"]),
        "ratio": round(middle["ours"] / middle["floor"], 2), "limit": 0.5, "p95_ms": round(middle["ours_p95_ms"], 1),
        "floor_p95_ms": round(middle["floor_p95_ms"], 1), "bytes": len(next(iter(held.values()))),
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--borrowers", type=int, default=200)
    print(json.dumps(asyncio.run(measure(parser.parse_args()))))


if __name__ == "__main__":
    main()
