"""Imports of green certificates and generation on the wire; files go through the REST doors the links name."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import strawberry

from backend.credits.gec import codes, generating, queries
from backend.credits.gec.queries import CertificateImportValue
from backend.credits.gec.validity import Issuable
from backend.kit.db import Write
from backend.kit.scope import Scope
from backend.wire.commands import command
from backend.wire.connections import Connection, connect, page
from backend.wire.context import Context, Info
from backend.wire.files import FileFormat, FileLink
from backend.wire.nodes import Node, node_id, node_loader, uuids
from backend.wire.scalars import JSON, Month

# pyright: reportGeneralTypeIssues=false, reportSelfClsParameterName=false
# ruff: noqa: A002, N805
# `command` makes static functions whose argument is called `input` on the wire.


@strawberry.type(description="One thing wrong with one cell of a file of certificates, and how to mend it.")
class CertificateProblem:
    """One thing wrong with one cell."""

    row: int = strawberry.field(description="Row of the file, from 1.")
    column: str = strawberry.field(description="Key of the column.")
    code: str = strawberry.field(description="Stable.")
    message: str = strawberry.field(description="For a person, in the request's language.")
    message_zh: str = strawberry.field(description="中文说明。")
    message_en: str = strawberry.field(description="English text.")
    details: JSON = strawberry.field(description="The facts the message was built from.")


@strawberry.type(
    description="A file of the national certificate platform on its way into an account (绿证导入): all of it came in, or "
    "nothing."
)
class CertificateImport(Node):
    """A file of certificates."""

    account_id: strawberry.ID = strawberry.field(description="The carbon account.")
    state: str = strawberry.field(
        description="`received` (being read), `stored`, `rejected` (nothing stored), `checked` (dry run), `failed`."
    )
    is_dry_run: bool = strawberry.field(description="It only shows what would happen.")
    file_name: str = strawberry.field(description="The name the file came with.")
    sha256: str = strawberry.field(description="Hash of the file's content.")
    rows: int = strawberry.field(description="Filled rows.")
    certificates: int = strawberry.field(description="Certificates that came in (in a dry run: would).")
    batches: int = strawberry.field(description="Batches they became: one for each project, month and kind.")
    errors: int = strawberry.field(description="Wrong rows; with one, nothing is stored.")
    problems: list[CertificateProblem] = strawberry.field(description="The first 100; the annotated file has all.")
    error: JSON | None = strawberry.field(description="Why the file could not be read at all: code, zh, en.")
    is_layout_placeholder: bool = strawberry.field(
        description="The widths of the code's parts it was checked by are placeholders; the official ones are not published."
    )
    group_id: str | None = strawberry.field(description="Ties the movements of the ledger it made.")
    job_id: strawberry.ID | None = strawberry.field(description="The job that reads it; watch it with `jobProgress`.")
    created_at: datetime = strawberry.field(description="When it came in.")
    created_by: strawberry.ID | None = strawberry.field(description="Who brought it.")
    finished_at: datetime | None = strawberry.field(description="When it was read.")
    file: FileLink = strawberry.field(description="The file as it came.")
    annotated_file: FileLink | None = strawberry.field(description="The file with every problem marked in its rows.")


def certificates_path(scope: Scope, account_id: UUID, rest: str) -> str:
    """Return the address of a file of an account's certificates."""
    return f"/{scope.tenant}/accounts/{account_id}/certificates/{rest}"


def annotated_name(value: CertificateImportValue) -> str:
    """Return the name of the annotated copy: the user's own, marked."""
    stem, _, _ = value.file_name.rpartition(".")
    return f"{stem or value.file_name}-已标注-annotated.{(value.annotated_key or '').rpartition('.')[2]}"


def _problem(found: dict[str, Any], scope: Scope) -> CertificateProblem:
    message = found["message_zh"] if scope.language.startswith("zh") else found["message_en"]
    return CertificateProblem(
        row=found["row"], column=found["column"], code=found["code"], message=message,
        message_zh=found["message_zh"], message_en=found["message_en"], details=JSON(found["details"]),
    )  # fmt: skip


def shown(value: CertificateImportValue, scope: Scope) -> CertificateImport:
    """Return an import as the wire has it."""
    summary, place = value.summary, f"imports/{value.id}"
    annotated = None
    if value.annotated_key is not None:
        url = certificates_path(scope, value.account_id, f"{place}/annotated")
        annotated = FileLink(url=url, file_name=annotated_name(value))
    return CertificateImport(
        id=node_id("CertificateImport", value.account_id, value.id),
        account_id=node_id("CarbonAccount", value.account_id), state=value.state, is_dry_run=value.is_dry_run,
        file_name=value.file_name, sha256=value.sha256, rows=int(summary.get("rows", 0)),
        certificates=int(summary.get("certificates", 0)), batches=int(summary.get("batches", 0)),
        errors=int(summary.get("errors", 0)), problems=[_problem(each, scope) for each in summary.get("problems", [])],
        error=JSON(summary["error"]) if "error" in summary else None,
        is_layout_placeholder=codes.layout().is_placeholder, group_id=str(value.group_id) if value.group_id else None,
        job_id=node_id("Job", value.job_id) if value.job_id else None, created_at=value.created_at,
        created_by=node_id("Person", value.created_by) if value.created_by else None, finished_at=value.finished_at,
        file=FileLink(url=certificates_path(scope, value.account_id, f"{place}/file"), file_name=value.file_name),
        annotated_file=annotated,
    )  # fmt: skip


@strawberry.type(description="A part of a certificate's code of 32 positions.")
class CertificateCodePart:
    """A part of a certificate's code."""

    key: str = strawberry.field(description="Stable name.")
    of: str = strawberry.field(description="`project` (the first 17 positions) or `energy` (the last 15).")
    name_zh: str = strawberry.field(description="中文名称。")
    name_en: str = strawberry.field(description="English name.")
    first: int = strawberry.field(description="Its first position, from 1.")
    width: int = strawberry.field(description="Its positions; a placeholder while the layout is one.")


@strawberry.type(description="How the 32 positions of a certificate's code are read, and how sure that is.")
class CertificateCodeLayout:
    """How a certificate's code is read."""

    is_placeholder: bool = strawberry.field(
        description="The order of the parts is published, their widths are not: these are placeholders to be replaced."
    )
    source: str = strawberry.field(description="Where the parts and their order come from.")
    confidence: str = strawberry.field(description="How sure we are.")
    parts: list[CertificateCodePart] = strawberry.field(description="The parts, in order.")


@strawberry.type(
    description="What a project generated in a month and the certificates that gives: one for each whole 1,000 kWh, the "
    "remainder goes to the next month."
)
class GreenGenerationMonth:
    """A month of a project."""

    project_code: str = strawberry.field(description="The first 17 positions of the project's certificates.")
    month: Month = strawberry.field(description="The month.")
    generated_kwh: Decimal = strawberry.field(description="What it generated.")
    brought_kwh: Decimal = strawberry.field(description="The remainder the month before handed on.")
    certificates: int = strawberry.field(description="Certificates the two together give.")
    carried_kwh: Decimal = strawberry.field(description="The remainder it hands on, below 1,000 kWh.")
    is_forecast: bool = strawberry.field(description="A forecast; nothing was recorded yet.")


def _month(project: str, value: Issuable) -> GreenGenerationMonth:
    return GreenGenerationMonth(
        project_code=project, month=Month(value.month), generated_kwh=value.kwh, brought_kwh=value.brought_kwh,
        certificates=value.certificates, carried_kwh=value.carried_kwh, is_forecast=value.is_forecast,
    )  # fmt: skip


@strawberry.input(description="What a project generated in a month, or is expected to.")
class RecordGenerationInput:
    """What a project generated in a month."""

    account_id: strawberry.ID = strawberry.field(description="Your account's global id.")
    project_code: str = strawberry.field(description="The first 17 positions of the project's certificates.")
    month: Month = strawberry.field(description="The month.")
    generated_kwh: Decimal = strawberry.field(description="Energy, kWh, without what came out of storage.")
    is_forecast: bool = strawberry.field(default=False, description="A forecast; the recorded month replaces it.")
    reason: str = strawberry.field(default="", description="Why a recorded month is corrected.")


@strawberry.type(description="A project's months after the entry.")
class GenerationRecorded:
    """A project's months after the entry."""

    months: list[GreenGenerationMonth] = strawberry.field(description="All of the project, in order.")


def _account(given: strawberry.ID) -> UUID:
    return uuids(given, "CarbonAccount", path=("accountId",))[0]


@node_loader("CertificateImport")
async def load_import(context: Context, account_id: UUID, import_id: UUID) -> CertificateImport | None:
    """Fetch an import for `node(id:)`."""
    async with context.read() as read:
        found = await queries.find_import(read, context.scope, account_id, import_id)
    return None if found is None else shown(found, context.scope)


@strawberry.type
class GecImportQuery:
    """Reading imports and generation."""

    @strawberry.field(description="Files of certificates brought to an account, newest first.")
    async def certificate_imports(
        self, info: Info, account_id: strawberry.ID, first: int = 50, after: str | None = None
    ) -> Connection[CertificateImport]:
        """Return a page of imports."""
        context, asked = info.context, page(first, after)
        key = asked.key(UUID)
        async with context.read() as read:
            rows = await queries.imports(
                read, context.scope, _account(account_id), limit=asked.fetch, before=key[0] if key else None
            )
        return connect(rows, asked, key=lambda row: (row.id,), make=lambda row: shown(row, context.scope))

    @strawberry.field(description="One import, or null when it is not there or not yours.")
    async def certificate_import(self, info: Info, id: strawberry.ID) -> CertificateImport | None:
        """Return one import."""
        account_id, import_id = uuids(id, "CertificateImport", path=("id",))
        return await load_import(info.context, account_id, import_id)

    @strawberry.field(
        description="An empty file with the titles the import recognises: the platform's published fields."
    )
    async def certificate_template(
        self, info: Info, account_id: strawberry.ID, format: FileFormat = FileFormat.XLSX
    ) -> FileLink:
        """Return where the template is."""
        context, account = info.context, _account(account_id)
        async with context.read() as read:
            await queries.imports(read, context.scope, account, limit=1)
        url = certificates_path(context.scope, account, f"template?format={format.value}")
        return FileLink(url=url, file_name=f"绿证-template.{format.value}")

    @strawberry.field(description="How the 32 positions of a certificate's code are read, and how sure that is.")
    async def certificate_code_layout(self, info: Info) -> CertificateCodeLayout:
        """Return the layout."""
        info.context.scope.require("credits:read")
        found = codes.layout()
        return CertificateCodeLayout(
            is_placeholder=found.is_placeholder, source=found.source, confidence=found.confidence,
            parts=[
                CertificateCodePart(
                    key=each.key, of=each.of, name_zh=each.zh, name_en=each.en, first=each.first + 1,
                    width=each.end - each.first,
                )
                for each in found.parts
            ],
        )  # fmt: skip

    @strawberry.field(
        description="What an account's projects generated (or are expected to), month by month, with the certificates that "
        "gives and the remainder carried on."
    )
    async def green_generation(
        self, info: Info, account_id: strawberry.ID, project_code: str | None = None, first: int = 50,
        after: str | None = None,
    ) -> Connection[GreenGenerationMonth]:  # fmt: skip
        """Return a page of months, by project and month."""
        context, asked = info.context, page(first, after)
        key = asked.key(str, str)
        async with context.read() as read:
            # A remainder follows from every month before, so all months of an account are worked out and one page shown.
            found = await queries.generation(read, context.scope, _account(account_id), project_code)
        rows = [each for each in found if key is None or (each[0], each[1].month.isoformat()) > key]
        return connect(
            rows[: asked.fetch], asked, key=lambda row: (row[0], row[1].month.isoformat()),
            make=lambda row: _month(*row),
        )  # fmt: skip


@strawberry.type
class GecImportMutation:
    """Recording generation; files come in over REST."""

    @command("credits:register")
    async def record_generation(context: Context, write: Write, input: RecordGenerationInput) -> GenerationRecorded:
        """Record what a project generated in a month, or forecast it; a later entry of the month replaces the earlier."""
        given = generating.Generated(
            input.project_code, input.month, input.generated_kwh, input.is_forecast, input.reason
        )
        found = await generating.record_generation(write, context.scope, _account(input.account_id), given)
        project = generating.fold(input.project_code)
        return GenerationRecorded(months=[_month(project, each) for each in found])
