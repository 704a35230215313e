"""Exports of the national certificate platform, made up, and accounts to import them into.

code(serial, month, project)          # a certificate's code, 32 positions
row(code_, month, **changed)          # a line of the export, by column key
csv_of(rows) / xlsx_of(rows, path)    # the file, under the published titles
"""

import csv
import io
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import xlsxwriter
from factories.accounts import Held, held_account
from sqlalchemy import insert

from backend.credits.gec import importing, jobs_import
from backend.credits.gec.columns import COLUMNS
from backend.credits.gec.generating import Generated, record_generation
from backend.credits.gec.importing import CertificateImportAccepted
from backend.credits.gec.models import GecImport
from backend.kit import clearing
from backend.kit.clock import now
from backend.kit.db import Databases
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.kit.settings import Settings, TenantDatabase
from backend.kit.storage import Storage
from backend.kit.tasks import Task
from backend.tenants import provision

Row = dict[str, Any]
_PROJECTS = itertools.count(1)
TITLES = {column.key: column.zh for column in COLUMNS}


async def clearing_ready(settings: Settings) -> TenantDatabase:
    """Provision the clearing database of the test's server, as `carbon migrate` does."""
    admin = settings.postgres_admin_url
    assert admin is not None
    found = clearing.addresses(settings, admin.get_secret_value())
    assert found is not None
    await provision.provision_clearing(admin.get_secret_value(), found)
    return found


def project() -> str:
    """Return a project code not used before in this process."""
    return f"11022106{next(_PROJECTS):06d}011"


def code(serial: int, month: date = date(2026, 3, 1), of: str = "11022106320200010") -> str:
    """Return a certificate's code: project, month, serial, kind of energy, kind of trade."""
    return f"{of}{month:%y%m}{serial:09d}11"


def row(code_: str, holder: str, month: date = date(2026, 3, 1), **changed: Any) -> Row:
    """Return a line of the export that may come in."""
    last = month.year * 12 + month.month - 1 + 23
    return {
        "cert_code": code_,
        "energy_kwh": "1000",
        "production_month": f"{month:%Y-%m}",
        "issue_date": f"{month.year + month.month // 12:04d}-{month.month % 12 + 1:02d}-20",
        "tradeable": "是",
        "expiry_month": f"{last // 12:04d}-{last % 12 + 1:02d}",
        "status": "已划转",
        "project_name": "示范风电场",
        "project_owner": "示范发电有限公司",
        "technology": "陆上风电",
        "province": "320000",
        "holder_account": holder,
        "trade_mode": "挂牌",
        "trade_count": "1",
        "price": "4.05",
        "buyer": holder,
        "transfer_date": "",
        "mechanism_energy": "否",
        "self_use_contract": "",
        "cancel_reason": "",
        "declared_use_year": "",
        "ccer_claimed": "否",
        **changed,
    }


def table(rows: Sequence[Mapping[str, Any]]) -> list[list[Any]]:
    """Return the export's lines under the published titles."""
    keys = list(dict.fromkeys(key for each in rows for key in each))
    return [[TITLES.get(key, key) for key in keys], *([each.get(key, "") for key in keys] for each in rows)]


def csv_of(rows: Sequence[Mapping[str, Any]], encoding: str = "utf-8-sig") -> bytes:
    """Return the export as CSV."""
    out = io.StringIO()
    csv.writer(out).writerows(table(rows))
    return out.getvalue().encode(encoding)


def xlsx_of(rows: Sequence[Mapping[str, Any]], path: Path) -> bytes:
    """Return the export as a workbook."""
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("绿证")
        for number, line in enumerate(table(rows)):
            sheet.write_row(number, 0, line)
    return path.read_bytes()


@dataclass(frozen=True, slots=True)
class Desk:
    """An account to import into, and where files lie."""

    databases: Databases
    held: Held
    storage: Storage
    settings: Settings

    @property
    def name(self) -> str:
        """What the platform may call the holder: its unified social credit code."""
        return self.held.holder.credit_code

    @property
    def scope(self) -> Scope:
        return self.held.scope

    async def ask(self, content: bytes, name: str = "gec.csv", *, dry: bool = False) -> CertificateImportAccepted:
        """Store the bytes and ask for their import."""
        stored = await self.storage.put(f"{self.scope.tenant}/{self.held.id}/certificates/{new_id()}", content)
        async with self.databases.write(self.scope) as write:
            return await importing.request_import(
                write, self.scope, account_id=self.held.id, stored=stored, file_name=name, media_type="x",
                is_dry_run=dry,
            )  # fmt: skip

    def task(self, accepted: CertificateImportAccepted) -> Task:
        return Task(
            databases=self.databases, scope=self.scope, storage=self.storage, settings=self.settings,
            job_id=accepted.job_id or new_id(),
        )  # fmt: skip

    async def run(self, accepted: CertificateImportAccepted) -> dict[str, Any]:
        """Run the job's function by hand."""
        payload = {"account_id": str(self.held.id), "import_id": str(accepted.import_id)}
        return await jobs_import.import_certificates(self.task(accepted), payload)

    async def imported(self, rows: Sequence[Mapping[str, Any]], *, dry: bool = False) -> dict[str, Any]:
        """Ask for these lines and run the job."""
        return await self.run(await self.ask(csv_of(rows), dry=dry))


async def make_desk(
    databases: Databases, settings: Settings, *, tenant: str = "wuxi", held: Held | None = None
) -> Desk:
    """Return a desk on a fresh account of a tenant."""
    await clearing_ready(settings)
    return Desk(databases, held or await held_account(databases, tenant=tenant), Storage.of(settings), settings)


async def brought(databases: Databases, held: Held) -> UUID:
    """Return a file that was brought to the account and refused; its content is nowhere."""
    import_id = new_id()
    async with databases.write(held.scope) as write:
        await write.run(
            insert(GecImport).values(
                account_id=held.id, id=import_id, state="rejected", is_dry_run=False, file_name="受害者的绿证.xlsx",
                media_type="x", sha256=import_id.hex * 2, object_key=f"{held.scope.tenant}/{import_id}",
                annotated_key=f"{held.scope.tenant}/{import_id}-annotated.xlsx", summary={"rows": 7, "errors": 1},
                created_at=now(), finished_at=now(),
            )
        )  # fmt: skip
        generated = Generated("11022106888888011", date(2025, 1, 1), Decimal("7654321.5"), is_forecast=False)
        await record_generation(write, held.scope, held.id, generated)
    return import_id
