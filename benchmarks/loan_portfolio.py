"""A bank's portfolio of 10,000 borrowers: loans recorded, then every score, inventory and balance sheet read, and summed.

    python benchmarks/loan_portfolio.py [--rounds 3] [--borrowers 10000]

Own embedded servers in a temporary folder, removed at the end, fsync on. In process, without the network: what is measured
is the service's work and the database's. Beside it stands the bare statement of the scores alone (`score_batch.py`).
"""

import argparse
import asyncio
import json
import statistics
import tempfile
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from time import perf_counter
from typing import Any

from score_batch import fetched
from score_read import prepare
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from backend.identity.values import ROLES
from backend.kit.clock import today
from backend.kit.db import Databases
from backend.kit.ids import new_id
from backend.kit.scope import Kind, Scope
from backend.kit.servers import start_postgres, start_valkey
from backend.kit.settings import Settings
from backend.lending import service
from backend.lending.loans.values import LoanDraft, LoanKind
from backend.tenants import provision

LIMIT = 2
YEARS = f"""
update consent set scopes = array['indicators', 'statement'];
insert into inventory (
    account_id, id, year, version, state, as_of, factor_policy, factor_date, method_pack, fuel_table, scope1,
    scope2_location, scope2_market, scope3, energy_tce, record_count, excluded_count, uncertainty, checks, quality_score,
    computed_at
) select id, uuidv7(), {today().year - 1}, 1, 'verified', now(), 'published', current_date, 'general', 'B', 600, 400, 400,
        50, 300, 12, 0, '{{}}', '[]', 80, now() from carbon_account;
insert into inventory_transition (account_id, id, inventory_id, from_state, to_state, reason, at)
    select account_id, uuidv7(), id, 'submitted', 'verified', '', now() from inventory;
insert into year_figure (account_id, id, year, kind, product, quantity, unit, recorded_at, note)
    select a.id, uuidv7(), {today().year - 1}, f.kind, '', f.amount, 'CNY', now(), ''
        from carbon_account a, (values ('equity', 80000000), ('debt', 40000000)) f (kind, amount);
analyze
"""


async def measured(settings: Settings, admin_url: str, borrowers: int, rounds: int) -> dict[str, Any]:
    """Return the seconds of each step."""
    address = make_url(admin_url).set(drivername="postgresql+asyncpg", database="carbon_wuxi")
    admin = create_async_engine(address, isolation_level="AUTOCOMMIT")
    async with admin.connect() as connection:
        for statement in filter(str.strip, YEARS.split(";")):
            await connection.exec_driver_sql(statement)
        bank = (await connection.execute(text("select id from organisation where kind = 'bank'"))).scalar_one()
        codes = (
            await connection.execute(text("select credit_code from organisation where kind = 'enterprise'"))
        ).scalars()
        drafts = [
            LoanDraft(
                code, code, LoanKind.OTHER, date(2025, 1, 1), None, today() - timedelta(days=1), Decimal(1_000_000)
            )
            for code in codes
        ]
        loans = [(each.reference, new_id(), each.credit_code) for each in drafts]
        # The codes of these firms are no real ones (their last sign does not fit), so their loans come in beside the command.
        await connection.execute(
            text(
                "insert into loan (bank_id, id, reference, credit_code, kind, opened_on, recorded_at)"
                " select :bank, i, r, c, 'other', '2025-01-01', now()"
                " from unnest(cast(:r as text[]), cast(:i as uuid[]), cast(:c as text[])) u (r, i, c)"
            ),
            {
                "bank": bank,
                "r": [each[0] for each in loans],
                "i": [each[1] for each in loans],
                "c": [each[2] for each in loans],
            },
        )
        await connection.exec_driver_sql(
            "insert into loan_balance (bank_id, id, loan_id, as_of, outstanding, recorded_at)"
            " select bank_id, uuidv7(), id, current_date - 1, 1000000, now() from loan"
        )
        await connection.exec_driver_sql("analyze loan; ")
        await connection.exec_driver_sql("analyze loan_balance")
    await admin.dispose()
    databases = Databases({"wuxi": provision.addresses(settings, admin_url, "wuxi").app.get_secret_value()})
    scope = Scope("wuxi", Kind.BANK, bank, new_id(), "", ROLES[Kind.BANK]["administrator"], language="zh")
    whole: list[float] = []
    page: list[float] = []
    borrowers_seen, sums = 0, None
    try:
        for _ in range(rounds + 1):
            began = perf_counter()
            async with databases.write(scope) as write:
                found = await service.portfolio(write, scope)
            sums, _ = service.total(found.borrowers)
            borrowers_seen = len(found.borrowers)
            whole.append(perf_counter() - began)
            began = perf_counter()
            async with databases.write(scope) as write:
                await service.portfolio(write, scope, limit=100)
            page.append(perf_counter() - began)
    finally:
        await databases.close()
    assert sums is not None
    assert (borrowers_seen, sums.coverage) == (borrowers, Decimal(1)), sums
    return {
        "borrowers": borrowers, "whole_s": round(statistics.median(whole[1:]), 3),
        "page_of_100_s": round(statistics.median(page[1:]), 3), "scope12_t": str(sums.scope12),
    }  # fmt: skip


async def main(given: argparse.Namespace) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        postgres, valkey = start_postgres(Path(folder) / "postgres"), start_valkey(Path(folder) / "valkey")
        try:
            named = {"data_dir": folder, "tenants": "wuxi", "postgres_admin_url": postgres.url, "redis_url": valkey.url}
            settings = Settings.model_validate(named)
            await prepare(settings, postgres.url, given.borrowers)
            figures = await measured(settings, postgres.url, given.borrowers, given.rounds)
            floor, _ = await fetched(postgres.url, given.rounds)
            print(json.dumps({**figures, "bare_scores_s": round(floor / 1000, 3)}))
        finally:
            valkey.stop()
            postgres.stop()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--borrowers", type=int, default=10_000)
    asyncio.run(main(parser.parse_args()))
