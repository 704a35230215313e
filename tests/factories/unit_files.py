"""Exports of a registry's serial ranges, made up, and accounts to import them into.

ccer_row(frame, first, last, holder, **changed)     # a line of a CCER export, by column key
cea_row(frame, first, last, holder, **changed)      # a line of an export of allowances
csv_of(class_code, rows) / xlsx_of(...)             # the file, under the titles the import recognises
"""

import csv
import io
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import xlsxwriter
from factories.accounts import Held, held_account
from factories.gec import clearing_ready
from sqlalchemy import insert

from backend.credits.ccer.files import CCER_FILE
from backend.kit.clock import now
from backend.kit.db import Databases
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.kit.settings import Settings
from backend.kit.storage import Storage
from backend.kit.tasks import Task
from backend.ledger.registry import importing, jobs
from backend.ledger.registry.importing import UnitImportAccepted
from backend.ledger.registry.models import UnitImport
from backend.quotas.files import CEA_FILE

Row = dict[str, Any]
SOURCES = {each.class_code: each for each in (CCER_FILE, CEA_FILE)}
_FRAMES = itertools.count(1)


def frame() -> str:
    """Return a part of serials not used before in this process, ending in no digit."""
    return f"T{next(_FRAMES):05d}{new_id().hex[-8:].upper()}-"


def ccer_row(of: str, first: int, last: int, holder: str, **changed: Any) -> Row:
    """Return a line of a CCER export that may come in."""
    return {
        "serial_prefix": of,
        "serial_first": f"{first:09d}",
        "serial_last": f"{last:09d}",
        "quantity": str(last - first + 1),
        "vintage": "2024",
        "project_code": "PRJ-9",
        "project_name": "隧道照明",
        "methodology": "CCER-07-001-V01",
        "registered_on": "2025-06-03",
        "transferred_on": "2025-09-01",
        "produced_from": "2024-01-01",
        "produced_to": "2024-12-31",
        "plant_code": "",
        "is_ets_managed": "否",
        "holder": holder,
        **changed,
    }


def cea_row(of: str, first: int, last: int, holder: str, **changed: Any) -> Row:
    """Return a line of an export of allowances that may come in."""
    return {
        "serial_prefix": of,
        "serial_first": f"{first:09d}",
        "serial_last": f"{last:09d}",
        "quantity": str(last - first + 1),
        "vintage": "2024",
        "transferred_on": "2025-11-03",
        "holder": holder,
        **changed,
    }


def table(class_code: str, rows: Sequence[Mapping[str, Any]]) -> list[list[Any]]:
    """Return the export's lines under the titles."""
    titles = {column.key: column.zh for column in SOURCES[class_code].layout.columns}
    keys = list(dict.fromkeys(key for each in rows for key in each))
    return [[titles.get(key, key) for key in keys], *([each.get(key, "") for key in keys] for each in rows)]


def csv_of(class_code: str, rows: Sequence[Mapping[str, Any]], encoding: str = "utf-8-sig") -> bytes:
    """Return the export as CSV."""
    out = io.StringIO()
    csv.writer(out).writerows(table(class_code, rows))
    return out.getvalue().encode(encoding)


def xlsx_of(class_code: str, rows: Sequence[Mapping[str, Any]], path: Path) -> bytes:
    """Return the export as a workbook."""
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("持仓")
        for number, line in enumerate(table(class_code, rows)):
            sheet.write_row(number, 0, line)
    return path.read_bytes()


@dataclass(frozen=True, slots=True)
class Desk:
    """An account to import into, and where files lie."""

    databases: Databases
    held: Held
    storage: Storage
    settings: Settings
    class_code: str

    @property
    def name(self) -> str:
        """What the registry may call the holder: its unified social credit code."""
        return self.held.holder.credit_code

    @property
    def scope(self) -> Scope:
        return self.held.scope

    async def ask(
        self, content: bytes, name: str = "holdings.csv", *, dry: bool = False, scope: Scope | None = None
    ) -> UnitImportAccepted:
        """Store the bytes and ask for their import."""
        caller = scope or self.scope
        stored = await self.storage.put(f"{self.scope.tenant}/{self.held.id}/units/{new_id()}", content)
        async with self.databases.write(caller) as write:
            return await importing.request_import(
                write, caller, SOURCES[self.class_code], account_id=self.held.id, stored=stored, file_name=name,
                media_type="x", is_dry_run=dry,
            )  # fmt: skip

    async def run(self, accepted: UnitImportAccepted) -> dict[str, Any]:
        """Run the job's function by hand."""
        task = Task(
            databases=self.databases, scope=self.scope, storage=self.storage, settings=self.settings,
            job_id=accepted.job_id or new_id(),
        )  # fmt: skip
        payload = {"account_id": str(self.held.id), "import_id": str(accepted.import_id)}
        return await jobs.import_unit_file(task, payload)

    async def imported(self, rows: Sequence[Mapping[str, Any]], *, dry: bool = False) -> dict[str, Any]:
        """Ask for these lines and run the job."""
        return await self.run(await self.ask(csv_of(self.class_code, rows), dry=dry))


async def make_desk(
    databases: Databases, settings: Settings, class_code: str, *, tenant: str = "wuxi", held: Held | None = None
) -> Desk:
    """Return a desk on a fresh account of a tenant."""
    await clearing_ready(settings)
    found = held or await held_account(databases, tenant=tenant)
    return Desk(databases, found, Storage.of(settings), settings, class_code)


async def brought(databases: Databases, held: Held) -> UUID:
    """Return a file that was brought to the account and refused; its content is nowhere."""
    import_id = new_id()
    async with databases.write(held.scope) as write:
        await write.run(
            insert(UnitImport).values(
                account_id=held.id, id=import_id, class_code="CCER", state="rejected", is_dry_run=False,
                file_name="受害者的核证减排量.xlsx", media_type="x", sha256=import_id.hex * 2,
                object_key=f"{held.scope.tenant}/{import_id}",
                annotated_key=f"{held.scope.tenant}/{import_id}-annotated.xlsx", summary={"rows": 7, "errors": 1},
                created_at=now(), finished_at=now(),
            )
        )  # fmt: skip
    return import_id
