"""Files of activity data, made and imported as the product does it."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import python_calamine
import xlsxwriter
from factories.inventory import Place, add_source, make_place
from sqlalchemy import insert, text

from backend.accounts.models import Evidence, Meter
from backend.emissions.activity import importing, jobs
from backend.emissions.activity.importing import ImportAccepted
from backend.emissions.activity.reading import DATA_SHEET
from backend.kit.clock import now
from backend.kit.db import Databases
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.kit.settings import Settings
from backend.kit.storage import Storage
from backend.kit.tasks import Task

HEAD = ("source", "month", "quantity", "unit")
Rows = Sequence[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Desk:
    """An account to enter data into, who enters, who approves, and where files lie."""

    databases: Databases
    place: Place
    storage: Storage
    settings: Settings
    manager: Scope
    officer: Scope

    @property
    def id(self) -> UUID:
        return self.place.account_id

    async def meter(self, source: str, code: str, unit: str) -> UUID:
        meter_id = new_id()
        async with self.databases.write(self.place.system) as write:
            await write.run(
                insert(Meter).values(
                    account_id=self.id,
                    id=meter_id,
                    source_id=self.place.sources[source],
                    code=code,
                    name="表",
                    unit=unit,
                    created_at=now(),
                )
            )
        return meter_id

    async def evidence(self, name: str, sha256: str | None = None) -> UUID:
        key = new_id()
        async with self.databases.write(self.place.system) as write:
            await write.run(
                insert(Evidence).values(
                    account_id=self.id,
                    id=key,
                    file_name=name,
                    media_type="application/pdf",
                    size=1,
                    sha256=sha256 or uuid4().hex * 2,
                    object_key=f"wuxi/{key}",
                    uploaded_at=now(),
                )
            )
        return key

    async def ask(self, content: bytes, name: str, *, dry: bool = False, scope: Scope | None = None) -> ImportAccepted:
        """Store the bytes and ask for their import."""
        caller = scope or self.manager
        stored = await self.storage.put(f"wuxi/{self.id}/imports/{new_id()}", content)
        async with self.databases.write(caller) as write:
            return await importing.request_import(
                write, caller, account_id=self.id, stored=stored, file_name=name, media_type="x", is_dry_run=dry
            )

    def task(self, accepted: ImportAccepted, **changed: Any) -> Task:
        assert accepted.job_id is not None
        return Task(
            databases=self.databases,
            scope=self.manager,
            storage=self.storage,
            settings=replace_settings(self.settings, **changed),
            job_id=accepted.job_id,
        )

    async def run(self, accepted: ImportAccepted, **changed: Any) -> dict[str, Any]:
        """Run the job's function by hand."""
        payload = {"account_id": str(self.id), "batch_id": str(accepted.batch_id)}
        return await jobs.import_activity(self.task(accepted, **changed), payload)

    async def imported(self, content: bytes, name: str = "data.csv", *, dry: bool = False) -> dict[str, Any]:
        """Ask and run."""
        return await self.run(await self.ask(content, name, dry=dry))

    async def count(self) -> int:
        async with self.databases.read(self.place.system) as read:
            statement = text("select count(*) from activity_record where account_id = :id")
            return await read.value(statement, {"id": self.id})


def replace_settings(settings: Settings, **changed: Any) -> Settings:
    return settings.model_copy(update=changed) if changed else settings


async def make_desk(
    databases: Databases,
    settings: Settings,
    *,
    separation: bool = True,
    years: tuple[int, ...] = (2024, 2025),
    sources: bool = True,
) -> Desk:
    """Open an account with purchased electricity E1, natural gas G1 and coal C1."""
    place = await make_place(databases, years=years, separation=separation)
    if sources:
        await add_source(databases, place, "E1", "purchased_electricity", "MWh")
        await add_source(databases, place, "G1", "fuel_combustion", "万Nm3", key="天然气", scope=1)
        await add_source(databases, place, "C1", "fuel_combustion", "t", key="烟煤", scope=1)
    return Desk(
        databases,
        place,
        Storage.of(settings),
        settings,
        place.enterprise(role="energy_manager"),
        place.enterprise(role="carbon_officer"),
    )


def csv_of(rows: Rows, head: Sequence[str] = HEAD, encoding: str = "utf-8") -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([head, *rows])
    return out.getvalue().encode(encoding)


def xlsx_of(path: Path, rows: Rows, head: Sequence[str] = HEAD, sheet: str = DATA_SHEET) -> bytes:
    book = xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm"})
    page = book.add_worksheet(sheet)
    for number, row in enumerate([head, *rows]):
        for index, value in enumerate(row):
            if value is not None:
                page.write(number, index, value)
    book.close()
    return path.read_bytes()


async def collect(chunks: Any) -> bytes:
    return b"".join([chunk async for chunk in chunks])


def sheet_rows(content: bytes, sheet: str = DATA_SHEET) -> list[list[Any]]:
    with python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
        return list(book.get_sheet_by_name(sheet).iter_rows())


def csv_rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def with_cell(rows: list[list[Any]], row: int, column: int, value: Any) -> list[list[Any]]:
    """Return the rows with one cell changed."""
    return [
        [value if (r, c) == (row, column) else cell for c, cell in enumerate(cells)] for r, cells in enumerate(rows)
    ]


def as_permissions(scope: Scope, *permissions: str) -> Scope:
    return replace(scope, permissions=frozenset(permissions))
