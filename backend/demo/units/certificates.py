"""Green certificates of the demonstration: the platform's export, made up, read by the worker, claimed for a year."""

import asyncio
import csv
import io
import time
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from sqlalchemy import text

from backend.credits.gec import claiming, importing
from backend.credits.gec.claim_values import Wanted
from backend.credits.gec.columns import COLUMNS
from backend.demo.acting import acting
from backend.demo.units.cast import Cast
from backend.demo.units.plan import CertificatesPlan, UnitsPlan
from backend.emissions import service as emissions
from backend.emissions.inventory.values import Request
from backend.kit.clock import today
from backend.kit.db import Databases, Write
from backend.kit.months import Month
from backend.kit.scope import Scope
from backend.kit.storage import Storage, key_of

FILE = "绿证导出-演示.csv"
VALID_MONTHS = 23
"""A certificate is valid in its production month and this many after it."""
POLL_SECONDS = 0.2
STATE = text(
    "select state from gec_import where account_id = :account and file_name = :name order by created_at desc limit 1"
)


def export(plan: CertificatesPlan, holder: str) -> bytes:
    """Return the platform's export as CSV under the published titles: one line a certificate, all of it invented."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([column.zh for column in COLUMNS])
    for cells in _lines(plan, holder):
        writer.writerow([cells.get(column.key, "") for column in COLUMNS])
    return out.getvalue().encode("utf-8-sig")


def _lines(plan: CertificatesPlan, holder: str) -> Iterator[dict[str, str]]:
    serial = 0
    for number in plan.months:
        month = Month.of(date(plan.year, number, 1))
        after = month.plus(1)
        for _ in range(plan.monthly):
            serial += 1
            yield {
                "cert_code": f"{plan.project}{month.first_day:%y%m}{serial:09d}11",
                "energy_kwh": "1000",
                "production_month": str(month),
                "issue_date": f"{after.first_day:%Y-%m}-20",
                "tradeable": "是",
                "expiry_month": str(month.plus(VALID_MONTHS)),
                "status": "已划转",
                "project_name": plan.project_name,
                "project_owner": "示范风力发电有限公司（演示）",
                "technology": plan.technology,
                "province": plan.province,
                "holder_account": holder,
                "trade_mode": "挂牌",
                "trade_count": "1",
                "price": "4.05",
                "buyer": holder,
                "mechanism_energy": "否",
                "ccer_claimed": "否",
                "energy_class": "上网",
            }


async def bring(write: Write, cast: Cast, storage: Storage, whole: UnitsPlan) -> bool:
    """Store the export and ask for its import; a worker reads it after the commit. False when it was asked for."""
    plan = whole.certificates
    player = cast.players[plan.enterprise]
    if await write.value(STATE, {"account": player.account_id, "name": FILE}) is not None:
        return False
    key = key_of(write.scope.tenant, player.account_id, "certificates", "demonstration.csv")
    stored = await storage.put(key, export(plan, player.name))
    async with acting(write, player.party, "manager") as (played, manager):
        await importing.request_import(
            played, manager, account_id=player.account_id, stored=stored, file_name=FILE, media_type="text/csv"
        )
    return True


async def read_state(databases: Databases, scope: Scope, cast: Cast, whole: UnitsPlan, patience: float) -> str | None:
    """Wait until the worker has read the export, at most `patience` seconds; return the import's state."""
    limit = time.monotonic() + patience
    given = {"account": cast.players[whole.certificates.enterprise].account_id, "name": FILE}
    while True:
        async with databases.read(scope) as read:
            state = await read.value(STATE, given)
        if state != "received" or time.monotonic() > limit:
            return state
        await asyncio.sleep(POLL_SECONDS)


async def claim(write: Write, cast: Cast, whole: UnitsPlan) -> bool:
    """Claim some for the year's electricity and compute the inventory anew: its market-based scope 2 is lower."""
    plan = whole.certificates
    player = cast.players[plan.enterprise]
    known = text("select movement_id from energy_claim where account_id = :account limit 1")
    if await write.value(known, {"account": player.account_id}) is not None:
        return False
    async with acting(write, player.party, "officer") as (played, officer):
        await claiming.claim_certificates(
            played, officer, account_id=player.account_id, year=plan.year, wanted=Wanted(Decimal(plan.claimed)),
            note="演示数据",
        )  # fmt: skip
    request = Request(
        year=plan.year, factor_policy="published", factor_date=today(), reason="绿证核销后重新核算（演示）"
    )
    async with acting(write, player.party, "manager") as (played, manager):
        await emissions.compute(played, manager, player.account_id, request)
    return True
