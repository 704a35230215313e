"""Files of activity data: templates and exports out, workbooks and CSV in, annotated copies back.

    GET  /accounts/{account}/activity/template?format=xlsx|csv&year=
    GET  /accounts/{account}/activity/export?format=xlsx|csv&year=
    POST /accounts/{account}/activity/imports?dryRun=&fileName=     the file as the body, or as `file` of a form
    GET  /accounts/{account}/activity/imports/{batch}/file
    GET  /accounts/{account}/activity/imports/{batch}/annotated

`account` and `batch` are global ids or plain ones. An upload streams into storage, then one transaction makes its
batch and job; the answer (202) names both, and `activityBatch` or `jobProgress` tell how it ends.
"""

from collections.abc import AsyncIterator
from typing import Annotated, Any, ClassVar
from urllib.parse import quote
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.datastructures import State
from litestar.datastructures.upload_file import UploadFile
from litestar.params import FromPath, QueryParameter
from litestar.response import Stream

from backend.api import callers
from backend.api.refusals import ACTION
from backend.api.surroundings import Surroundings
from backend.emissions.activity import importing, jobs_export, queries, schema_files
from backend.emissions.activity.errors import ExportNotReady, FileUnreadable
from backend.emissions.activity.exporting import FORMATS
from backend.emissions.activity.schema_files import Download
from backend.emissions.activity.schema_types import annotated_name
from backend.jobs import queries as jobs
from backend.jobs.values import JobState
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.kit.storage import FileMissing, key_of
from backend.wire.nodes import node_id, uuids

AnyRequest = Request[Any, Any, State]
FORM = "multipart/form-data"
Year = Annotated[int | None, QueryParameter(ge=1900, le=2199)]
"""A reporting year, as far as dates go."""


class ImportAnswer(msgspec.Struct, rename="camel"):
    """What an upload became."""

    batch_id: str
    job_id: str | None
    state: str
    is_repeat: bool


def _id(given: str, name: str) -> UUID:
    """Return the (last) id inside a global id, or the plain one."""
    try:
        return UUID(given)
    except ValueError:
        return uuids(given, name, path=(name,))[-1]


async def caller_of(request: AnyRequest, here: Surroundings) -> Scope:
    """Return who asks, by the request's token."""
    asgi: Any = request.scope
    return await callers.scope_of(here.databases, asgi, callers.bearer(request.headers.get("authorization")))


def _disposition(name: str) -> str:
    """Return the header that names a download: plain for old readers, UTF-8 for the others."""
    plain = "".join(each if each.isascii() and each not in '"\\\r\n' and each.isprintable() else "_" for each in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def answer(chunks: AsyncIterator[bytes], name: str, media_type: str) -> Stream:
    """Return a download under a name."""
    return Stream(
        chunks, media_type=media_type,
        headers={"content-disposition": _disposition(name), "x-content-type-options": "nosniff"},
    )  # fmt: skip


def _download(found: Download) -> Stream:
    return answer(found.chunks, found.file_name, found.media_type)


async def content_of(request: AnyRequest) -> tuple[AsyncIterator[bytes], str | None]:
    """Return the file's bytes and the name it came with.

    Raises:
        FileUnreadable: a form without `file`.
    """
    if request.content_type[0] != FORM:
        return request.stream(), None
    form = await request.form()
    file = form.get("file")
    if not isinstance(file, UploadFile):
        raise FileUnreadable(reason_zh="表单中缺少 file 字段", reason_en="the form has no field 'file'")

    async def chunks() -> AsyncIterator[bytes]:
        while piece := await file.read(256 * 1024):
            yield piece

    return chunks(), file.filename


class ActivityFiles(Controller):
    """Templates, exports, imports."""

    path = "/accounts/{account:str}/activity"
    tags: ClassVar[list[str]] = ["activity"]

    @get("/template", opt={ACTION: "emissions:template"})
    async def template(
        self, request: AnyRequest, state: State, account: FromPath[str], year: Year = None,
        kind: Annotated[str, QueryParameter(name="format")] = "xlsx",
    ) -> Stream:  # fmt: skip
        """Return the account's template."""
        here: Surroundings = state.here
        scope = await caller_of(request, here)
        account_id = _id(account, "CarbonAccount")
        return _download(await schema_files.template(here.databases, scope, account_id, year=year, kind=kind))

    @get("/export", opt={ACTION: "emissions:export"})
    async def export(
        self, request: AnyRequest, state: State, account: FromPath[str], year: Year = None,
        kind: Annotated[str, QueryParameter(name="format")] = "xlsx",
    ) -> Stream:  # fmt: skip
        """Return the account's records."""
        here: Surroundings = state.here
        scope = await caller_of(request, here)
        account_id = _id(account, "CarbonAccount")
        return _download(await schema_files.export(here.databases, scope, account_id, year=year, kind=kind))

    @post("/imports", status_code=202, opt={ACTION: "emissions:import"})
    async def upload(
        self, request: AnyRequest, state: State, account: FromPath[str],
        is_dry_run: Annotated[bool, QueryParameter(name="dryRun")] = False,  # noqa: FBT002 - by name in the query
        file_name: Annotated[str | None, QueryParameter(name="fileName")] = None,
    ) -> Response[ImportAnswer]:  # fmt: skip
        """Take a file and ask for its import."""
        here: Surroundings = state.here
        scope = await caller_of(request, here)
        account_id = _id(account, "CarbonAccount")
        # Asked before a single byte is taken.
        async with here.databases.read(scope) as read:
            await importing.may_import(read, scope, account_id)
        content, name = await content_of(request)
        key = key_of(scope.tenant, account_id, "imports", new_id())
        stored = await here.storage.put(key, content, limit=here.settings.import_max_bytes)
        try:
            async with here.databases.write(scope) as write:
                accepted = await importing.request_import(
                    write, scope, account_id=account_id, stored=stored, is_dry_run=is_dry_run,
                    file_name=(file_name or name or "activity")[:200], media_type=request.content_type[0],
                )  # fmt: skip
        except BaseException:
            await here.storage.delete(key)
            raise
        if accepted.is_repeat:
            await here.storage.delete(key)
        return Response(
            ImportAnswer(
                node_id("ActivityBatch", account_id, accepted.batch_id),
                node_id("Job", accepted.job_id) if accepted.job_id else None, accepted.state, accepted.is_repeat,
            )
        )  # fmt: skip

    @get("/exports/{job:str}", opt={ACTION: "emissions:export"})
    async def written(self, request: AnyRequest, state: State, account: FromPath[str], job: FromPath[str]) -> Stream:
        """Return the file a worker has written."""
        here: Surroundings = state.here
        scope = await caller_of(request, here)
        scope.require("emissions:export")
        account_id, job_id = _id(account, "CarbonAccount"), _id(job, "Job")
        async with here.databases.read(scope) as read:
            found = await jobs.job(read, scope, job_id)
        if found is None or found.kind != jobs_export.KIND or found.account_id != account_id:
            raise FileMissing
        if found.state is not JobState.SUCCEEDED or found.result is None:
            raise ExportNotReady(state=found.state.value)
        kind = str(found.result["format"])
        key = jobs_export.place(scope, account_id, job_id, kind)
        return answer(here.storage.get(key), str(found.result["file_name"]), FORMATS[kind])

    @get("/imports/{batch:str}/file", opt={ACTION: "emissions:download"})
    async def original(self, request: AnyRequest, state: State, account: FromPath[str], batch: FromPath[str]) -> Stream:
        """Return a file as it came."""
        return await _kept(request, state, account, batch, is_annotated=False)

    @get("/imports/{batch:str}/annotated", opt={ACTION: "emissions:download"})
    async def annotated(
        self, request: AnyRequest, state: State, account: FromPath[str], batch: FromPath[str]
    ) -> Stream:
        """Return a file with its problems marked."""
        return await _kept(request, state, account, batch, is_annotated=True)


async def _kept(request: AnyRequest, state: State, account: str, batch: str, *, is_annotated: bool) -> Stream:
    here: Surroundings = state.here
    scope = await caller_of(request, here)
    async with here.databases.read(scope) as read:
        row = await queries.batch(read, scope, _id(account, "CarbonAccount"), _id(batch, "ActivityBatch"))
    key = row.annotated_key if is_annotated else row.object_key
    if key is None:
        raise FileMissing
    name = annotated_name(row) if is_annotated else row.file_name or "activity"
    suffix = key.rpartition(".")[2] if is_annotated else name.rpartition(".")[2].lower()
    return answer(here.storage.get(key), name, FORMATS.get(suffix, "application/octet-stream"))


CONTROLLERS = [ActivityFiles]
