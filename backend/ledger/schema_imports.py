"""Imports by a registry's export on the wire: reads; the files go through the REST doors the links name."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import strawberry

from backend.kit.scope import Scope
from backend.ledger.registry import queries
from backend.ledger.registry.queries import UnitImportValue
from backend.ledger.registry.sources import source_of
from backend.ledger.schema_units import After, First
from backend.wire.connections import Connection, connect, page
from backend.wire.context import Context, Info
from backend.wire.files import FileFormat, FileLink
from backend.wire.nodes import Node, node_id, node_loader, uuids
from backend.wire.scalars import JSON, BigInt

ClassCode = Annotated[str, strawberry.argument(description="`CCER` or `CEA`.")]


@strawberry.type(description="One thing wrong with one cell of a registry's export, and how to mend it.")
class UnitFileProblem:
    """One thing wrong with one cell."""

    row: int = strawberry.field(description="Row of the file, from 1.")
    column: str = strawberry.field(description="Key of the column.")
    code: str = strawberry.field(description="Stable.")
    message: str = strawberry.field(description="For a person, in the request's language.")
    message_zh: str = strawberry.field(description="中文说明。")
    message_en: str = strawberry.field(description="English text.")
    details: JSON = strawberry.field(description="The facts the message was built from.")


@strawberry.type(
    description="A registry's export of serial ranges on its way into an account (登记机构导出文件导入): all of it came in, or "
    "nothing."
)
class UnitImport(Node):
    """A registry's export."""

    account_id: strawberry.ID = strawberry.field(description="The carbon account.")
    unit_class: str = strawberry.field(description="The class of the units: `CCER` or `CEA`.")
    state: str = strawberry.field(
        description="`received` (being read), `stored`, `rejected` (nothing stored), `checked` (dry run), `failed`."
    )
    is_dry_run: bool = strawberry.field(description="It only shows what would happen.")
    file_name: str = strawberry.field(description="The name the file came with.")
    sha256: str = strawberry.field(description="Hash of the file's content.")
    rows: int = strawberry.field(description="Filled rows.")
    units: BigInt = strawberry.field(description="Units (tCO2e) that came in (in a dry run: would).")
    batches: int = strawberry.field(description="Batches they became: one for all rows alike beside their serials.")
    errors: int = strawberry.field(description="Wrong rows; with one, nothing is stored.")
    problems: list[UnitFileProblem] = strawberry.field(description="The first 100; the annotated file has all.")
    error: JSON | None = strawberry.field(description="Why the file could not be read at all: code, zh, en.")
    is_format_placeholder: bool = strawberry.field(
        description="The titles it was recognised by are placeholders; the registry's own format is not published."
    )
    group_id: str | None = strawberry.field(description="Ties the movements of the ledger it made.")
    job_id: strawberry.ID | None = strawberry.field(description="The job that reads it; watch it with `jobProgress`.")
    created_at: datetime = strawberry.field(description="When it came in.")
    created_by: strawberry.ID | None = strawberry.field(description="Who brought it.")
    finished_at: datetime | None = strawberry.field(description="When it was read.")
    file: FileLink = strawberry.field(description="The file as it came.")
    annotated_file: FileLink | None = strawberry.field(description="The file with every problem marked in its rows.")


def units_path(scope: Scope, account_id: UUID, class_code: str, rest: str) -> str:
    """Return the address of a file of an account's units of a class."""
    return f"/{scope.tenant}/accounts/{account_id}/units/{class_code}/{rest}"


def annotated_name(value: UnitImportValue) -> str:
    """Return the name of the annotated copy: the user's own, marked."""
    stem, _, _ = value.file_name.rpartition(".")
    return f"{stem or value.file_name}-已标注-annotated.{(value.annotated_key or '').rpartition('.')[2]}"


def _problem(found: dict[str, Any], scope: Scope) -> UnitFileProblem:
    message = found["message_zh"] if scope.language.startswith("zh") else found["message_en"]
    return UnitFileProblem(
        row=found["row"], column=found["column"], code=found["code"], message=message,
        message_zh=found["message_zh"], message_en=found["message_en"], details=JSON(found["details"]),
    )  # fmt: skip


def shown(value: UnitImportValue, scope: Scope) -> UnitImport:
    """Return an import as the wire has it."""
    summary, place = value.summary, f"imports/{value.id}"
    annotated = None
    if value.annotated_key is not None:
        url = units_path(scope, value.account_id, value.class_code, f"{place}/annotated")
        annotated = FileLink(url=url, file_name=annotated_name(value))
    file = units_path(scope, value.account_id, value.class_code, f"{place}/file")
    return UnitImport(
        id=node_id("UnitImport", value.account_id, value.id), account_id=node_id("CarbonAccount", value.account_id),
        unit_class=value.class_code, state=value.state, is_dry_run=value.is_dry_run, file_name=value.file_name,
        sha256=value.sha256, rows=int(summary.get("rows", 0)), units=BigInt(summary.get("units", 0)),
        batches=int(summary.get("batches", 0)), errors=int(summary.get("errors", 0)),
        problems=[_problem(each, scope) for each in summary.get("problems", [])],
        error=JSON(summary["error"]) if "error" in summary else None, is_format_placeholder=True,
        group_id=str(value.group_id) if value.group_id else None,
        job_id=node_id("Job", value.job_id) if value.job_id else None, created_at=value.created_at,
        created_by=node_id("Person", value.created_by) if value.created_by else None, finished_at=value.finished_at,
        file=FileLink(url=file, file_name=value.file_name), annotated_file=annotated,
    )  # fmt: skip


@node_loader("UnitImport")
async def load_import(context: Context, account_id: UUID, import_id: UUID) -> UnitImport | None:
    """Fetch an import for `node(id:)`."""
    async with context.read() as read:
        found = await queries.find_import(read, context.scope, account_id, import_id)
    return None if found is None else shown(found, context.scope)


@strawberry.type
class ImportsQuery:
    """Reading imports by a registry's export."""

    @strawberry.field(description="Registries' exports brought to an account, newest first.")
    async def unit_imports(
        self, info: Info, account_id: strawberry.ID, unit_class: ClassCode | None = None, first: First = 50,
        after: After = None,
    ) -> Connection[UnitImport]:  # fmt: skip
        """Return a page of imports."""
        context, asked = info.context, page(first, after)
        key = asked.key(UUID)
        (account,) = uuids(account_id, "CarbonAccount", path=("accountId",))
        async with context.read() as read:
            rows = await queries.imports(
                read, context.scope, account, unit_class, limit=asked.fetch, before=key[0] if key else None
            )
        return connect(rows, asked, key=lambda row: (row.id,), make=lambda row: shown(row, context.scope))

    @strawberry.field(description="One registry's export, or null when it is not there or not yours.")
    async def unit_import(self, info: Info, id: strawberry.ID) -> UnitImport | None:  # noqa: A002 - the wire's word
        """Return one import."""
        account_id, import_id = uuids(id, "UnitImport", path=("id",))
        return await load_import(info.context, account_id, import_id)

    @strawberry.field(
        description="An empty file with the titles the import of a class recognises. The titles are placeholders: no "
        "registry's format is published."
    )
    async def unit_template(
        self, info: Info, account_id: strawberry.ID, unit_class: ClassCode, format: FileFormat = FileFormat.XLSX  # noqa: A002 - the wire's word
    ) -> FileLink:  # fmt: skip
        """Return where the template is."""
        context, source = info.context, source_of(unit_class)
        (account,) = uuids(account_id, "CarbonAccount", path=("accountId",))
        async with context.read() as read:
            await queries.imports(read, context.scope, account, limit=1)
        url = units_path(context.scope, account, source.class_code, f"template?format={format.value}")
        return FileLink(url=url, file_name=f"{source.class_code}-template.{format.value}")
