"""Re-scoring: every enterprise of a tenant after a new model, beside the database's own share of the same run.

    python benchmarks/rescoring.py [--accounts 10000] [--rounds 1] [--seconds 240]

Own embedded PostgreSQL with its ordinary (durable) settings in a temporary folder, removed at the end. Every account has
two verified years with eight lines and twelve months each, value added and output. Ours is the worker's path (the job
`scores:run`, 500 accounts a transaction: locks, facts, checks for shifted data, places in the sector, assessment with the
cheapest way to a better grade, the ready answers, the rows) in one process that has settled as a worker has. The floor is
what the run asked of the database, statement by statement in the same transactions with the same rows to store, sent
again without anything in Python between: it fetches and stores what a run must, and thinks nothing. `night` is
the whole nightly job over the same accounts: roll-ups of the sectors, then a run that finds nothing to store.

`ours_s` and `floor_s` are by the clock, and a machine with other work makes both slower. `cpu_ms_a_row` is what one account
takes of a processor, in Python and in the database; `rows_per_core_s` is a thousand over their sum: what one core does
that has nothing else to do. No round begins after `--seconds`.
"""

import argparse
import asyncio
import json
import os
import resource
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from sqlalchemy import event, make_url, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from backend.installation import furnish
from backend.kit.clock import today
from backend.kit.collecting import settle
from backend.kit.db import Databases
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.kit.servers import start_postgres
from backend.kit.settings import Settings
from backend.kit.tasks import Task
from backend.scores import jobs, service
from backend.scores.modelling.content import year_on
from backend.tenants import provision

SCOPE = Scope.system("wuxi")
Sent = tuple[Any, ...]

SEED = """
insert into organisation (id, kind, name, credit_code, division_code, division_path, created_at)
    select uuidv7(), 'enterprise', 'B' || n, lpad(n::text, 18, '0'), d.code, d.path, now() - interval '2 years'
    from generate_series(1, {accounts}) n, (select code, path from division where code = '320206') d;
insert into carbon_account (id, organisation_id, number, name, division_code, division_path, sector, method_pack,
        fuel_table, province_code, grid_region, has_separation_of_duties, opened_at)
    select uuidv7(), id, credit_code, name, division_code, division_path, 'sector' || (credit_code::bigint % 20), 'general',
        'C_INDUSTRY_OTHER', '320000', '华东', false, created_at from organisation;
insert into site (account_id, id, code, name, division_code, created_at)
    select id, uuidv7(), 'S1', 'S1', division_code, opened_at from carbon_account;
insert into source (account_id, id, site_id, code, name, method, scope, category, key, unit, parameters, created_at)
    select t.account_id, uuidv7(), t.id, 'E' || k.n, 'E' || k.n, k.method, k.scope, k.category, '', 't', '{{}}', t.created_at
    from site t, (values (1, 'fuel_combustion', 1, 'combustion'), (2, 'fuel_combustion', 1, 'combustion'),
        (3, 'carbonate', 1, 'process'), (4, 'purchased_electricity', 2, 'electricity'),
        (5, 'purchased_electricity', 2, 'electricity'), (6, 'purchased_heat', 2, 'heat')) k (n, method, scope, category);
insert into inventory (account_id, id, year, version, state, as_of, factor_policy, factor_date, method_pack, fuel_table, scope1,
        scope2_location, scope2_market, scope3, energy_tce, record_count, excluded_count, uncertainty, checks, quality_score,
        computed_at)
    select a.id, uuidv7(), y, 1, 'verified', a.opened_at, 'published', '2026-03-01', 'general', 'C_INDUSTRY_OTHER', 300 + k, 300,
        300, 0, 200 + k, 72, 0, '{{}}', '[]', 60 + (k % 400) / 10, a.opened_at
    from carbon_account a, generate_series({year} - 1, {year}) y, lateral (
        select ((get_byte(uuid_send(a.id), 15) * 256 + get_byte(uuid_send(a.id), 14) + y * 37) % 700)::numeric as k) r;
insert into inventory_transition (account_id, id, inventory_id, from_state, to_state, reason, at)
    select v.account_id, uuidv7(), v.id, s.a, s.b, '', v.computed_at
    from inventory v, (values ('open', 'computed'), ('computed', 'submitted'), ('submitted', 'verified')) s (a, b);
insert into inventory_line (account_id, id, inventory_id, source_id, site_id, scope, category, method, key, gas, basis, months,
        record_count, quantities, base_quantity, base_unit, coefficient, coefficient_unit, result_t, gwp, co2e_t, energy_tce,
        formula, formula_source, parameters, tiers, quality_score, uncertainty)
    select v.account_id, uuidv7(), v.id, s.id, s.site_id, s.scope, s.category, s.method, '', 'CO2', b.basis, array[]::date[], 12,
        '[]', 100, 't', 1, 'tCO2/t', 100, 1, 100, 10, 'E = Q', 'bench', '[]',
        '{{"metered/valid/missing": [12, "100"]}}', 80, 0.05
    from inventory v join source s using (account_id)
    join (values ('both'), ('location'), ('market')) b (basis) on (s.category = 'electricity') = (b.basis <> 'both');
insert into inventory_month (account_id, inventory_id, month, scope1, scope2_location, scope2_market, scope3, energy_tce)
    select account_id, id, make_date(year::int, m, 1), scope1 / 12, scope2_location / 12, scope2_market / 12, 0, energy_tce / 12
    from inventory, generate_series(1, 12) m;
insert into year_figure (account_id, id, year, kind, product, quantity, unit, is_main, recorded_at)
    select account_id, uuidv7(), year, k.kind, k.product, k.quantity, k.unit, k.product <> '', computed_at
    from inventory, (values ('value_added', '', 9000000, 'CNY'), ('output', 'steel', 5000, 't')) k (kind, product, quantity, unit);
vacuum analyze;
"""

ANOTHER_MODEL = "update score_standing set model_version = 0, checked_at = checked_at - interval '1 hour'"
NEWEST_AWAY = """update score_standing set score_id = null;
delete from score s using (select max(number) as number from score) m where s.number = m.number"""
NEWEST_BACK = """update score_standing t set score_id = s.id, number = s.number
from score s where s.account_id = t.account_id and s.number = (select max(number) from score)"""
NEW_MODEL = "update score set fingerprint = ''"


async def script(admin: AsyncEngine, sql: str) -> None:
    async with admin.connect() as connection:
        for statement in sql.split(";\n"):
            if statement.strip():
                await connection.exec_driver_sql(statement)


async def run(databases: Databases, settings: Settings, kind: str) -> tuple[float, dict[str, Any]]:
    """Run the job's function as a worker would, and time it."""
    task = Task(databases, SCOPE, None, settings, new_id())
    function = jobs.nightly if kind == jobs.NIGHTLY else jobs.run
    began = perf_counter()
    result = await function(task, {})
    return perf_counter() - began, result


def processor(server: Path) -> dict[str, float]:
    """Return the processor time spent so far, in seconds: this process, and PostgreSQL with its backends, gone or there."""
    postmaster = (server / "cluster" / "postmaster.pid").read_text().split()[0]
    ticks = 0
    for each in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = each.read_text().rpartition(")")[2].split()
            if each.parent.name == postmaster:
                ticks += sum(map(int, fields[11:15]))
            elif fields[1] == postmaster:
                ticks += sum(map(int, fields[11:13]))
    return {"python": process_time(), "database": ticks / os.sysconf("SC_CLK_TCK")}


@contextmanager
def recorded(databases: Databases) -> Iterator[list[list[tuple[str, Sent]]]]:
    """Keep every statement of every transaction, as the driver gets it."""
    kept: list[list[tuple[str, Sent]]] = [[]]

    def note(_connection: object, _cursor: object, statement: str, parameters: Sent, *_: object) -> None:
        if "audit_event" not in statement:  # a chain takes each link once
            kept[-1].append((statement, parameters))

    def end(_connection: object) -> None:
        kept.append([])

    engine = databases.engine("wuxi").sync_engine
    listeners = (("before_cursor_execute", note), ("commit", end), ("rollback", end))
    for name, function in listeners:
        event.listen(engine, name, function)
    try:
        yield kept
    finally:
        for name, function in listeners:
            event.remove(engine, name, function)


async def replayed(databases: Databases, kept: list[list[tuple[str, Sent]]]) -> float:
    """Send the statements again, transaction by transaction."""
    began = perf_counter()
    for transaction in kept:
        if not transaction:
            continue
        async with databases.engine("wuxi").connect() as connection:
            for statement, parameters in transaction:
                await connection.exec_driver_sql(statement, parameters)
            await connection.commit()
    return perf_counter() - began


def memory() -> int:
    """Return the most memory this process ever had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


Figures = dict[str, list[float]]


@dataclass(frozen=True)
class Bench:
    """A tenant of accounts on a server of its own."""

    accounts: int
    server: Path
    settings: Settings
    databases: Databases
    admin: AsyncEngine
    began: float

    def tell(self, what: str) -> None:
        """Say what is done, and when."""
        print(f"{perf_counter() - self.began:5.0f} s  {what}", flush=True)

    async def run(self, kind: str) -> tuple[float, dict[str, Any]]:
        """Run a job on the tenant, and time it."""
        return await run(self.databases, self.settings, kind)

    async def round(self, figures: Figures) -> None:
        """A new model, for which every fingerprint differs; a night that finds nothing new; the floor of the first."""
        self.tell("a new model: every account gets a new score")
        await script(self.admin, f"{NEW_MODEL};\n{ANOTHER_MODEL};\nvacuum analyze score;\ncheckpoint")
        before = processor(self.server)
        with recorded(self.databases) as kept:
            taken, told = await self.run(jobs.RUN)
        for name, after in processor(self.server).items():
            figures[name].append((after - before[name]) * 1000 / self.accounts)
        assert told == {"accounts": self.accounts, "scores": self.accounts}, told
        figures["ours"].append(taken)
        self.tell(f"{self.accounts / taken:.0f} rows/s; a night that finds nothing new")
        figures["night"].append((await self.run(jobs.NIGHTLY))[0])
        self.tell("the floor: the same statements again")
        # The rows that were stored are taken away, to be stored once more under the same keys.
        await script(self.admin, f"{NEWEST_AWAY};\n{ANOTHER_MODEL};\ncheckpoint")
        figures["floor"].append(await replayed(self.databases, kept))
        await script(self.admin, NEWEST_BACK)


async def measure(accounts: int, rounds: int, seconds: float) -> dict[str, Any]:
    began = perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "postgres"
        server = start_postgres(place)
        try:
            settings = Settings.model_validate({"data_dir": folder, "tenants": "wuxi"})
            database = provision.addresses(settings, server.url, "wuxi")
            await provision.provision(server.url, "wuxi", database)
            await provision.migrate(database)
            databases = Databases({"wuxi": database.app.get_secret_value()})
            await furnish(databases, settings)
            address = make_url(server.url).set(drivername="postgresql+asyncpg", database="carbon_wuxi")
            admin = create_async_engine(address, isolation_level="AUTOCOMMIT")
            bench = Bench(accounts, place, settings, databases, admin, began)
            bench.tell("making accounts")
            async with databases.read(SCOPE) as read:
                year = year_on((await service.active_model(read, SCOPE, today())).content, today())
            await script(admin, SEED.format(accounts=accounts, year=year))
            settle()
            bench.tell("the first night")
            first, _ = await bench.run(jobs.NIGHTLY)
            await script(admin, "vacuum analyze score, score_standing, score_rollup")
            figures: Figures = {name: [] for name in ("ours", "night", "floor", "python", "database")}
            for number in range(rounds):
                if not number or perf_counter() - began < seconds:
                    await bench.round(figures)
            async with databases.read(SCOPE) as read:
                size = await read.value(text("select avg(length(answer) + length(indicators))::int from score"))
            await databases.close()
            await admin.dispose()
        finally:
            server.stop()
    middle = {name: statistics.median(found) for name, found in figures.items()}
    return {
        "benchmark": "rescoring", "accounts": accounts, "bytes_a_score": size, "first_night_s": round(first, 2),
        "ours_s": round(middle["ours"], 2), "floor_s": round(middle["floor"], 2), "night_s": round(middle["night"], 2),
        "rows_per_s": round(accounts / middle["ours"]), "floor_rows_per_s": round(accounts / middle["floor"]),
        "of_floor": round(middle["floor"] / middle["ours"], 2),
        "cpu_ms_a_row": {name: round(middle[name], 2) for name in ("python", "database")},
        "rows_per_core_s": round(1000 / (middle["python"] + middle["database"])), "memory_mb": memory(),
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--accounts", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=240)
    asked = parser.parse_args()
    print(json.dumps(asyncio.run(measure(asked.accounts, asked.rounds, asked.seconds))))


if __name__ == "__main__":
    main()
