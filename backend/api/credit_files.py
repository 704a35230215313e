"""Files of green certificates: the template out, the national platform's exports in, annotated copies back.

    GET  /accounts/{account}/certificates/template?format=xlsx|csv
    POST /accounts/{account}/certificates/imports?dryRun=&fileName=   the file as the body, or as `file` of a form
    GET  /accounts/{account}/certificates/imports/{certificate_import}/file
    GET  /accounts/{account}/certificates/imports/{certificate_import}/annotated

`account` and `import` are global ids or plain ones. An upload streams into storage, then one transaction makes its import
and job; the answer (202) names both, and `certificateImport` or `jobProgress` tell how it ends.
"""

import asyncio
import tempfile
from pathlib import Path
from typing import Annotated, Any, ClassVar

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.datastructures import State
from litestar.params import FromPath, QueryParameter
from litestar.response import Stream

from backend.accounts import service as accounts
from backend.api.activity_files import answer, caller_of, content_of
from backend.api.files import disposition, plain_id
from backend.api.refusals import ACTION
from backend.api.surroundings import Surroundings
from backend.credits.gec import importing, queries, sheet
from backend.credits.gec.schema_import import annotated_name
from backend.emissions.activity.errors import FormatUnknown
from backend.kit.ids import new_id
from backend.kit.storage import FileMissing, key_of
from backend.kit.tables import CSV, XLSX
from backend.wire.nodes import node_id

AnyRequest = Request[Any, Any, State]
FORMATS = {"xlsx": XLSX, "csv": CSV}
LONGEST_NAME = 200


class CertificateImportAnswer(msgspec.Struct, rename="camel"):
    """What an upload became."""

    import_id: str
    job_id: str | None
    state: str
    is_repeat: bool


class CertificateFiles(Controller):
    """Template and imports."""

    path = "/accounts/{account:str}/certificates"
    tags: ClassVar[list[str]] = ["certificates"]

    @get("/template", opt={ACTION: "credits:template"})
    async def template(
        self, request: AnyRequest, state: State, account: FromPath[str],
        kind: Annotated[str, QueryParameter(name="format")] = "xlsx",
    ) -> Response[bytes]:  # fmt: skip
        """Return an empty file with the titles the import recognises."""
        here: Surroundings = state.here
        scope = await caller_of(request, here)
        scope.require("credits:read")
        if kind not in FORMATS:
            raise FormatUnknown(value=kind)
        async with here.databases.read(scope) as read:
            await accounts.account(read, scope, plain_id(account, "CarbonAccount", "account"))
        with tempfile.TemporaryDirectory(prefix="carbon-template-") as folder:
            path = Path(folder) / "file"
            await asyncio.to_thread(sheet.write_template, kind, path)
            content = await asyncio.to_thread(path.read_bytes)
        headers = {
            "content-disposition": disposition(f"绿证-template.{kind}"),
            "x-content-type-options": "nosniff",
        }
        return Response(content, media_type=FORMATS[kind], headers=headers)

    @post("/imports", status_code=202, opt={ACTION: "credits:import"})
    async def upload(
        self, request: AnyRequest, state: State, account: FromPath[str],
        is_dry_run: Annotated[bool, QueryParameter(name="dryRun")] = False,  # noqa: FBT002 - by name in the query
        file_name: Annotated[str | None, QueryParameter(name="fileName")] = None,
    ) -> Response[CertificateImportAnswer]:  # fmt: skip
        """Take a file and ask for its import."""
        here: Surroundings = state.here
        scope = await caller_of(request, here)
        account_id = plain_id(account, "CarbonAccount", "account")
        # Asked before a single byte is taken.
        async with here.databases.read(scope) as read:
            await importing.may_import(read, scope, account_id)
        content, name = await content_of(request)
        key = key_of(scope.tenant, account_id, "certificates", new_id())
        stored = await here.storage.put(key, content, limit=here.settings.import_max_bytes)
        try:
            async with here.databases.write(scope) as write:
                accepted = await importing.request_import(
                    write, scope, account_id=account_id, stored=stored, is_dry_run=is_dry_run,
                    file_name=(file_name or name or "certificates")[:LONGEST_NAME],
                    media_type=request.content_type[0],
                )  # fmt: skip
        except BaseException:
            await here.storage.delete(key)
            raise
        if accepted.is_repeat:
            await here.storage.delete(key)
        return Response(
            CertificateImportAnswer(
                node_id("CertificateImport", account_id, accepted.import_id),
                node_id("Job", accepted.job_id) if accepted.job_id else None, accepted.state, accepted.is_repeat,
            )
        )  # fmt: skip

    @get("/imports/{certificate_import:str}/file", opt={ACTION: "credits:download"})
    async def original(
        self, request: AnyRequest, state: State, account: FromPath[str], certificate_import: FromPath[str]
    ) -> Stream:
        """Return a file as it came."""
        return await _kept(request, state, account, certificate_import, is_annotated=False)

    @get("/imports/{certificate_import:str}/annotated", opt={ACTION: "credits:download"})
    async def annotated(
        self, request: AnyRequest, state: State, account: FromPath[str], certificate_import: FromPath[str]
    ) -> Stream:
        """Return a file with its problems marked."""
        return await _kept(request, state, account, certificate_import, is_annotated=True)


async def _kept(request: AnyRequest, state: State, account: str, given: str, *, is_annotated: bool) -> Stream:
    here: Surroundings = state.here
    scope = await caller_of(request, here)
    account_id = plain_id(account, "CarbonAccount", "account")
    import_id = plain_id(given, "CertificateImport", "import")
    async with here.databases.read(scope) as read:
        found = await queries.certificate_import(read, scope, account_id, import_id)
    key = found.annotated_key if is_annotated else found.object_key
    if key is None:
        raise FileMissing
    name = annotated_name(found) if is_annotated else found.file_name
    kind = FORMATS.get(name.rpartition(".")[2].lower(), "application/octet-stream")
    return answer(here.storage.get(key), name, kind)


CONTROLLERS = (CertificateFiles,)
"""What the application mounts."""
