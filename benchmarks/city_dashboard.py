"""The city on one screen: requests/s beside the same shape from memory; and how roll-ups follow 100 changes a second.

    python benchmarks/city_dashboard.py [--accounts 10000] [--seconds 4] [--rounds 3] [--clients 8] [--changing 20]

Own embedded servers with their ordinary (durable) settings in a temporary folder, removed at the end: accounts in eight
divisions and twelve sectors with 36 months each. Product and floor are served by one granian process on loopback, one
after the other. The product does all it does in production; it reads the roll-ups' stamp in each request and the
roll-ups themselves when they changed. `changing` measures it while 100 inventories a second are stored and a worker's
loop rolls each second: requests/s, and the longest a change waited. The time is checked against the clock of the changes.
"""

import argparse
import asyncio
import json
import os
import statistics
import tempfile
from contextlib import suppress
from pathlib import Path
from time import perf_counter
from typing import Any

import uvloop
from calculation import script
from overview import PASSWORD, SIGN_IN, Caller, free_port, load, serving, token_at
from sqlalchemy import event, make_url, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from backend.identity.passwords import HASHER
from backend.installation import furnish
from backend.jobs.schedule import ROLL_SECONDS
from backend.kit.db import Databases
from backend.kit.scope import Scope
from backend.kit.servers import start_postgres, start_valkey
from backend.kit.settings import Settings
from backend.regions import service
from backend.regions.dashboard.queries import Screen, screen
from backend.regions.jobs import keep_rolled
from backend.tenants import provision

HERE = Path(__file__).parent
OPERATION = HERE.parent / "graphql" / "operations" / "regions" / "CityDashboard.graphql"
DIVISION = "320200"
CHANGES_PER_SECOND = 100
SEED = """
insert into organisation (id, kind, name, credit_code, division_code, division_path, created_at)
    select uuidv7(), 'enterprise', 'B' || n, lpad(n::text, 18, '0'), d.code, d.path, now() - interval '4 years'
    from generate_series(1, {accounts}) n
    join (select code, path, row_number() over (order by path) as at, count(*) over () as many from division
        where path like '320000/320200/%' and parent_code = '320200') d on d.at = n % d.many + 1;
insert into organisation (id, kind, name, credit_code, division_code, division_path, created_at)
    select uuidv7(), 'authority', 'City', '999999999999999999', code, path, now() from division where code = '320200';
insert into carbon_account (id, organisation_id, number, name, division_code, division_path, sector, method_pack,
        fuel_table, province_code, grid_region, has_separation_of_duties, opened_at)
    select uuidv7(), id, credit_code, name, division_code, division_path,
        (array['power', 'steel', 'nonferrous', 'building_materials', 'petrochemicals', 'chemicals', 'textiles', 'machinery',
            'batteries', 'photovoltaics', 'semiconductors', 'transport'])[credit_code::bigint % 12 + 1],
        'general', 'C_INDUSTRY_OTHER', '320000', '华东', false, created_at
    from organisation where kind = 'enterprise';
insert into inventory (account_id, id, year, version, state, as_of, factor_policy, factor_date, method_pack, fuel_table,
        scope1, scope2_location, scope2_market, scope3, energy_tce, record_count, excluded_count, uncertainty, checks,
        computed_at)
    select a.id, uuidv7(), y, 1, case when a.number::bigint % 3 = 0 then 'verified' else 'submitted' end, now(),
        'published', date '2026-01-01', 'general', 'C_INDUSTRY_OTHER', 0, 0, 0, 0, 0, 0, 0, '{{}}', '[]', now()
    from carbon_account a cross join generate_series(2023, 2025) y;
insert into inventory_month (account_id, inventory_id, month, scope1, scope2_location, scope2_market, scope3, energy_tce)
    select v.account_id, v.id, make_date(v.year::int, m, 1), round((1000 * random())::numeric, 6),
        round((500 * random())::numeric, 6), round((500 * random())::numeric, 6), 0, round((300 * random())::numeric, 6)
    from inventory v cross join generate_series(1, 12) m;
vacuum analyze;
"""
CHANGE = """
with one as (
    select id from carbon_account offset floor(random() * {accounts}) limit 1
), made as (
    insert into inventory (account_id, id, year, version, state, as_of, factor_policy, factor_date, method_pack,
        fuel_table, scope1, scope2_location, scope2_market, scope3, energy_tce, record_count, excluded_count, uncertainty,
        checks, computed_at)
    select o.id, uuidv7(), 2025, 1 + max(v.version), 'computed', now(), 'published', date '2026-01-01', 'general',
        'C_INDUSTRY_OTHER', 0, 0, 0, 0, 0, 0, 0, '{{}}', '[]', now()
    from one o join inventory v on v.account_id = o.id and v.year = 2025 group by o.id
    returning account_id, id
)
insert into inventory_month (account_id, inventory_id, month, scope1, scope2_location, scope2_market, scope3, energy_tce)
    select account_id, id, make_date(2025, m, 1), round((1000 * random())::numeric, 6), 1, 1, 0, 1
    from made cross join generate_series(1, 12) m
"""


async def prepare(settings: Settings, admin_url: str, accounts: int) -> tuple[Databases, AsyncEngine, dict[str, Any]]:
    """Make the tenant, its accounts, somebody of the city; roll; return what that took."""
    database = provision.addresses(settings, admin_url, "wuxi")
    await provision.provision(admin_url, "wuxi", database)
    await provision.migrate(database)
    databases = Databases({"wuxi": database.app.get_secret_value()})
    await furnish(databases, settings)
    address = make_url(admin_url).set(drivername="postgresql+asyncpg", database="carbon_wuxi")
    admin = create_async_engine(address, isolation_level="AUTOCOMMIT")
    await script(admin, SEED.format(accounts=accounts))
    whose = "from organisation o, person p where o.kind = 'authority'"
    await script(admin, SIGN_IN.format(password=HASHER.hash(PASSWORD)).replace("from organisation o, person p", whose))
    scope, took = Scope.system("wuxi"), dict[str, Any]()
    began = perf_counter()
    while await keep_rolled(databases, "wuxi"):
        pass
    took["first_roll_s"] = round(perf_counter() - began, 1)
    async with admin.connect() as connection:
        await connection.execute(text("vacuum analyze"))
    began = perf_counter()
    async with databases.write(scope) as write:
        await service.rebuild(write, scope)
    took["rebuild_s"] = round(perf_counter() - began, 1)
    began = perf_counter()
    async with databases.read(scope) as read:
        assert await service.check(read, scope) == []
    took["check_s"] = round(perf_counter() - began, 1)
    async with admin.connect() as connection:
        await connection.execute(text("vacuum analyze"))
    return databases, admin, took


async def document_of(databases: Databases) -> tuple[Screen, int, float]:
    """Return the screen's document, how many statements a stale screen costs, and its milliseconds."""
    statements: list[str] = []
    engine = databases.engine("wuxi").sync_engine
    event.listen(engine, "before_cursor_execute", lambda *seen: statements.append(seen[2]))
    scope = Scope.system("wuxi")
    milliseconds: list[float] = []
    found = Screen("", {})
    for _ in range(9):
        databases.companions.clear()
        statements.clear()
        began = perf_counter()
        async with databases.read(scope) as read:
            found = await screen(read, scope, DIVISION, None, lambda made: made, databases)
        milliseconds.append((perf_counter() - began) * 1000)
    return found, len(statements), statistics.median(milliseconds)


async def changing(databases: Databases, admin: AsyncEngine, accounts: int, seconds: float) -> dict[str, float]:
    """Store 100 inventories a second for so long while a worker's loop rolls; return how long changes waited."""
    is_over = asyncio.Event()
    oldest: list[float] = []
    done = 0
    began = perf_counter()

    async def store(each: int) -> None:
        nonlocal done
        async with admin.connect() as connection:
            while perf_counter() - began < seconds:
                due = began + done / CHANGES_PER_SECOND
                done += 1
                await asyncio.sleep(max(0.0, due - perf_counter()))
                with suppress(Exception):  # two versions of one account at once: the next one will do
                    await connection.execute(text(CHANGE.format(accounts=accounts)))
        assert each >= 0

    async def roll() -> None:
        while not is_over.is_set():
            await keep_rolled(databases, "wuxi")
            await asyncio.sleep(ROLL_SECONDS)

    async def watch() -> None:
        async with admin.connect() as connection:
            while not is_over.is_set():
                waited = await connection.scalar(
                    text(
                        "select coalesce(extract(epoch from clock_timestamp() - min(changed_at)), 0) from region_change"
                    )
                )
                oldest.append(float(waited or 0))  # statistic
                await asyncio.sleep(0.1)

    helpers = [asyncio.create_task(roll()), asyncio.create_task(watch())]
    await asyncio.gather(*(store(each) for each in range(4)))
    stored = done / (perf_counter() - began)
    await asyncio.sleep(6)
    is_over.set()
    await asyncio.gather(*helpers)
    scope = Scope.system("wuxi")
    async with databases.read(scope) as read:
        assert not await service.waits(read, scope)
        assert await service.check(read, scope) == []
    return {"changes_per_s": round(stored), "longest_wait_s": round(max(oldest), 2)}


async def answers_at(port: int) -> None:
    """Wait until somebody listens: on a busy machine a process takes its time to start."""
    for _ in range(240):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.5)
            continue
        writer.close()
        return


def hang_up(callers: list[Caller]) -> None:
    """Close the connections, so that the server can end."""
    for each in callers:
        each.writer.close()


async def beside(
    databases: Databases, admin: AsyncEngine, environment: dict[str, str], body: bytes, asked: tuple[int, int, float]
) -> tuple[float, dict[str, float]]:
    """Return screens per second while inventories change, and how long changes waited then."""
    accounts, clients, seconds = asked
    port = free_port()
    with serving("backend.main:app", port, environment):
        await answers_at(port)
        token = await token_at(port)
        callers = [Caller(port, "/wuxi/graphql", body, token) for _ in range(clients)]
        busy = asyncio.create_task(changing(databases, admin, accounts, seconds))
        screens = await load(callers, seconds - 4)
        together = await busy
        hang_up(callers)
    return screens, together


async def measure(accounts: int, seconds: float, rounds: int, clients: int, change_seconds: float) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        print("starting servers, making accounts ...", flush=True)
        postgres, valkey = start_postgres(Path(folder) / "postgres"), start_valkey(Path(folder) / "valkey")
        try:
            given = {"data_dir": folder, "tenants": "wuxi", "postgres_admin_url": postgres.url, "redis_url": valkey.url}
            settings = Settings.model_validate(given)
            databases, admin, took = await prepare(settings, postgres.url, accounts)
            print(took, flush=True)
            found, statements, stale = await document_of(databases)
            kept = Path(folder) / "screen.json"
            kept.write_text(json.dumps({"path": found.path, "document": found.document}))
            variables = {"divisionCode": DIVISION}
            environment = {
                **os.environ, **{f"CARBON_{name.upper()}": value for name, value in given.items()},
                "CARBON_LOG_FORMAT": "json", "PYTHONPATH": f"{HERE}:{HERE.parent}", "FLOOR_DOCUMENT": str(kept),
            }  # fmt: skip
            figures: dict[str, list[float]] = {"ours": [], "floor": []}
            answers: dict[str, Any] = {}
            body = json.dumps({"operationName": "CityDashboard", "variables": variables}).encode()
            for _ in range(rounds):
                port = free_port()
                with serving("backend.main:app", port, environment):
                    await answers_at(port)
                    token = await token_at(port)
                    callers = [Caller(port, "/wuxi/graphql", body, token) for _ in range(clients)]
                    figures["ours"].append(await load(callers, seconds))
                    answers["ours"] = json.loads(await callers[0].ask())
                    hang_up(callers)
                port = free_port()
                with serving("city_dashboard_floor:app", port, environment):
                    await answers_at(port)
                    asked = json.dumps({"query": OPERATION.read_text(), "variables": variables}).encode()
                    callers = [Caller(port, "/graphql", asked) for _ in range(clients)]
                    figures["floor"].append(await load(callers, seconds))
                    answers["floor"] = json.loads(await callers[0].ask())
                    hang_up(callers)
                print({name: round(each[-1]) for name, each in figures.items()}, flush=True)
            assert answers["ours"]["data"] == answers["floor"]["data"], "both must answer the same"
            alone = await changing(databases, admin, accounts, change_seconds)
            print(alone, flush=True)
            under_change, together = await beside(
                databases, admin, environment, body, (accounts, clients, change_seconds)
            )
            await databases.close()
            await admin.dispose()
        finally:
            valkey.stop()
            postgres.stop()
    middle = {name: statistics.median(each) for name, each in figures.items()}
    return {
        "benchmark": "city_dashboard", "accounts": accounts, "ours_per_s": round(middle["ours"]),
        "floor_per_s": round(middle["floor"]), "ratio": round(middle["ours"] / middle["floor"], 2), "limit": 0.5,
        "statements": statements, "stale_ms": round(stale, 1), "bytes": len(json.dumps(answers["ours"])), **took,
        "rolling_alone": alone, "while_changing_per_s": round(under_change), "rolling_beside_screens": together,
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--accounts", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--changing", type=float, default=20)
    asked = parser.parse_args()
    print(json.dumps(uvloop.run(measure(asked.accounts, asked.seconds, asked.rounds, asked.clients, asked.changing))))


if __name__ == "__main__":
    main()
