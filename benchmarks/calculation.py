"""Calculation: a million activity records of a thousand accounts, beside the single statement that writes the same lines.

    python benchmarks/calculation.py [--accounts 1000] [--rounds 3]

Own embedded PostgreSQL with its ordinary (durable) settings in a temporary folder, removed at the end. Every
account has 12 sources of seven kinds with 7 meters each, 12 months: 1,008 records. Ours is the worker's path
(`compute_batches`, 200 accounts a transaction, two side by side: locks, which records count, factor look-up with traces, lines with quality
and uncertainty, monthly roll-up, transitions, checks, audit). The floor is one INSERT ... SELECT under the same role
that aggregates the records and multiplies by coefficients it is given, writing the same columns of the same number
of lines; `same choice` is that statement when it also has to find which records count.
"""

import argparse
import asyncio
import json
import statistics
import tempfile
from datetime import date
from pathlib import Path
from time import perf_counter

from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from backend.emissions.activity.sql import current_records, parameters_of
from backend.emissions.inventory.jobs_batches import compute_batches
from backend.emissions.inventory.service.compute import reporting_accounts
from backend.emissions.inventory.values import Request
from backend.installation import furnish
from backend.kit.db import Databases
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.kit.servers import start_postgres
from backend.kit.settings import Settings
from backend.tenants import provision

YEAR = 2025
SOURCES = (
    ("purchased_electricity", 2, "electricity", "", "kWh"), ("purchased_electricity", 2, "electricity", "", "MWh"),
    ("purchased_electricity", 2, "electricity", "", "万kWh"), ("fuel_combustion", 1, "combustion", "天然气", "万Nm3"),
    ("fuel_combustion", 1, "combustion", "天然气", "Nm3"), ("fuel_combustion", 1, "combustion", "柴油", "t"),
    ("fuel_combustion", 1, "combustion", "汽油", "kg"), ("purchased_heat", 2, "heat", "", "GJ"),
    ("purchased_heat", 2, "heat", "", "MJ"), ("carbonate", 1, "process", "limestone", "t"),
    ("onsite_nonfossil_electricity", 2, "electricity", "", "kWh"),
    ("scope3_activity", 3, "business_travel", "business_travel", "pkm"),
)  # fmt: skip

SEED = """
insert into organisation (id, kind, name, credit_code, division_code, division_path, created_at)
    select uuidv7(), 'enterprise', 'B' || n, lpad(n::text, 18, '0'), d.code, d.path, now() - interval '2 years'
    from generate_series(1, {accounts}) n, (select code, path from division where code = '320206') d;
insert into carbon_account (id, organisation_id, number, name, division_code, division_path, sector, method_pack,
        fuel_table, province_code, grid_region, has_separation_of_duties, opened_at)
    select uuidv7(), id, credit_code, name, division_code, division_path, 'general', 'general', 'C_INDUSTRY_OTHER',
        '320000', '华东', false, created_at from organisation;
insert into reporting_year (account_id, year, opened_at) select id, {year}, opened_at from carbon_account;
insert into site (account_id, id, code, name, division_code, created_at)
    select id, uuidv7(), 'S1', 'S1', division_code, opened_at from carbon_account;
insert into source (account_id, id, site_id, code, name, method, scope, category, key, unit, parameters, created_at)
    select t.account_id, uuidv7(), t.id, 'E' || k.n, 'E' || k.n, k.method, k.scope, k.category, k.key, k.unit,
        case when k.method = 'scope3_activity' then '{{"factor": "0.00021", "factor_source": "x"}}'::jsonb
            when k.n = 6 and get_byte(uuid_send(t.account_id), 15) % 10 = 0
            then jsonb_build_object('ncv', (42 + get_byte(uuid_send(t.account_id), 14) / 256.0)::text)
            else '{{}}'::jsonb end, t.created_at
    from site t, jsonb_to_recordset('{sources}') as k(n int, method text, scope int, category text, key text, unit text);
insert into meter (account_id, id, source_id, code, name, unit, multiplier, created_at)
    select account_id, uuidv7(), id, code || '-' || n, 'M', unit, n * 10, created_at from source, generate_series(1, 7) n;
insert into calibration (account_id, id, meter_id, calibrated_on, valid_until, recorded_at)
    select account_id, uuidv7(), id, date '2024-06-01', date '2026-06-01', created_at from meter;
insert into activity_batch (account_id, id, origin, state, created_at)
    select id, uuidv7(), 'file', 'stored', opened_at from carbon_account;
insert into approval (account_id, id, batch_id, decision, decided_at)
    select account_id, uuidv7(), id, 'approved', created_at from activity_batch;
insert into activity_record (account_id, id, batch_id, source_id, meter_id, month, quantity, unit, tier, recorded_at)
    select m.account_id, uuidv7(), b.id, m.source_id, m.id, make_date({year}, k, 1),
        round((1000 + 500 * random())::numeric, 3), m.unit, 'metered', b.created_at
    from meter m join activity_batch b using (account_id), generate_series(1, 12) k
    order by m.account_id, k;
vacuum analyze;
"""

# What the floor is given for nothing: coefficients, formulas and explanations per source, as our lines have them.
GIVEN = """
create table bench_given as
    select l.account_id, l.source_id, l.site_id, l.scope, l.category, l.method, l.key, l.gas, l.basis, l.base_unit,
        l.coefficient, l.coefficient_unit, l.gwp, l.formula, l.formula_source, l.parameters, l.quality_score,
        l.uncertainty, (l.quantities -> 0 ->> 'conversion')::numeric as conversion,
        case when l.base_quantity = 0 then 0 else l.energy_tce / l.base_quantity end as coal
    from inventory_line l join inventory v on v.account_id = l.account_id and v.id = l.inventory_id
    where v.version = 1;
create table bench_inventory as select account_id, id from inventory where version = 1;
grant select on bench_given, bench_inventory to carbon_wuxi_app;
analyze bench_given;
analyze bench_inventory;
"""

FLOOR = """
{with_records}
insert into inventory_line (account_id, id, inventory_id, source_id, site_id, scope, category, method, key, gas,
    basis, months, record_count, quantities, base_quantity, base_unit, coefficient, coefficient_unit, result_t,
    gwp, co2e_t, energy_tce, formula, formula_source, parameters, tiers, quality_score, uncertainty)
select g.account_id, uuidv7(), v.id, g.source_id, f.site_id, f.scope, f.category, f.method, f.key, f.gas, f.basis,
    g.months, g.records,
    jsonb_build_array(jsonb_build_object('unit', g.unit, 'parameters', '{{}}'::jsonb, 'quantity', g.quantity::text,
        'conversion', f.conversion::text, 'base_quantity', (g.quantity * f.conversion)::text, 'records', g.records)),
    g.quantity * f.conversion, f.base_unit, f.coefficient, f.coefficient_unit,
    g.quantity * f.conversion * f.coefficient, f.gwp, g.quantity * f.conversion * f.coefficient * f.gwp,
    g.quantity * f.conversion * f.coal, f.formula, f.formula_source, f.parameters,
    jsonb_build_object('metered/valid/missing', jsonb_build_array(g.records, g.quantity::text)),
    f.quality_score, f.uncertainty
from (
    select r.account_id, r.source_id, r.unit, sum(r.quantity * {multiplier}) as quantity, count(*) as records,
        array_agg(distinct r.month order by r.month) as months
    from {records}
    group by 1, 2, 3
) g
join bench_given f on f.account_id = g.account_id and f.source_id = g.source_id
join bench_inventory v on v.account_id = g.account_id"""

PLAIN = FLOOR.format(
    with_records="", multiplier="m.multiplier",
    records="activity_record r join meter m on m.account_id = r.account_id and m.id = r.meter_id",
)  # fmt: skip
CHOOSING = FLOOR.format(
    with_records=f"with {current_records()}", multiplier="r.multiplier", records="current_records r where r.is_approved"
)


async def script(admin: AsyncEngine, sql: str) -> None:
    async with admin.connect() as connection:
        for statement in sql.split(";\n"):
            if statement.strip():
                await connection.exec_driver_sql(statement)


async def ours(databases: Databases, accounts: list) -> float:
    scope = Scope.system("wuxi")
    request = Request(YEAR, "published", date(2026, 3, 1), job_id=new_id())
    began = perf_counter()
    computed = await compute_batches(databases, scope, accounts, request, nobody)
    taken = perf_counter() - began
    assert computed == len(accounts)
    return taken


async def nobody(_done: int, _total: int, _note: str) -> None:
    """Hear the progress."""


async def floor(databases: Databases, statement: str, given: dict) -> tuple[float, int]:
    scope = Scope.system("wuxi")
    began = perf_counter()
    async with databases.write(scope) as write:
        written = await write.run(text(statement), given)
    return perf_counter() - began, written


async def clear(admin: AsyncEngine, *, keeps_first: bool) -> None:
    """Take away what the last round wrote, and let the server settle."""
    tables = "inventory_line, inventory_month, inventory_transition"
    if not keeps_first:
        tables += ", inventory, finding, finding_message"
    await script(admin, f"truncate {tables} cascade;\ncheckpoint;\nvacuum analyze inventory_line")


async def measure(accounts: int, rounds: int) -> dict:
    with tempfile.TemporaryDirectory() as folder:
        print("starting PostgreSQL, making records ...", flush=True)
        server = start_postgres(Path(folder) / "postgres")
        try:
            settings = Settings.model_validate({"data_dir": folder, "tenants": "wuxi"})
            database = provision.addresses(settings, server.url, "wuxi")
            await provision.provision(server.url, "wuxi", database)
            await provision.migrate(database)
            databases = Databases({"wuxi": database.app.get_secret_value()})
            await furnish(databases, settings)
            address = make_url(server.url).set(drivername="postgresql+asyncpg", database="carbon_wuxi")
            admin = create_async_engine(address, isolation_level="AUTOCOMMIT")
            sources = json.dumps([
                dict(zip(("n", "method", "scope", "category", "key", "unit"), (n, *each), strict=True))
                for n, each in enumerate(SOURCES, 1)
            ])  # fmt: skip
            await script(admin, SEED.format(accounts=accounts, year=YEAR, sources=sources))
            async with databases.read(Scope.system("wuxi")) as read:
                ids = await reporting_accounts(read, Scope.system("wuxi"), YEAR)
                records = await read.value(text("select count(*) from activity_record"))
                instant = await read.value(text("select now()"))
            given = parameters_of(ids, date(YEAR, 1, 1), date(YEAR, 12, 1), instant)
            figures: dict[str, list[float]] = {"ours": [], "floor": [], "same choice": []}
            lines = 0
            for _ in range(rounds):
                await clear(admin, keeps_first=False)
                figures["ours"].append(await ours(databases, ids))
                await script(admin, "drop table if exists bench_given, bench_inventory;\n" + GIVEN)
                for name, statement, values in (("floor", PLAIN, {}), ("same choice", CHOOSING, given)):
                    await clear(admin, keeps_first=True)
                    taken, lines = await floor(databases, statement, values)
                    figures[name].append(taken)
                print({name: round(found[-1], 2) for name, found in figures.items()}, flush=True)
            await databases.close()
            await admin.dispose()
        finally:
            server.stop()
    middle = {name: statistics.median(found) for name, found in figures.items()}
    return {
        "benchmark": "calculation", "records": records, "accounts": accounts, "lines": lines,
        "ours_s": round(middle["ours"], 3), "floor_s": round(middle["floor"], 3),
        "same_choice_s": round(middle["same choice"], 3), "ratio": round(middle["ours"] / middle["floor"], 2),
        "ratio_same_choice": round(middle["ours"] / middle["same choice"], 2), "limit": 3,
        "records_per_s": round(records / middle["ours"]),
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--accounts", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    print(json.dumps(asyncio.run(measure(asked.accounts, asked.rounds))))


if __name__ == "__main__":
    main()
