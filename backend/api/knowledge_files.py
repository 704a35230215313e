"""Files of the library, in and out.

    POST /knowledge/{entry}/files                    a form with `file`, by the authority whose entry it is
    GET  /knowledge/{entry}/files/{knowledge_file}   the content, for whoever reads the entry

`entry` and `knowledge_file` are global ids or plain ones. What may be sent is what may be sent as evidence.
"""

import base64
from typing import Any, ClassVar
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.datastructures import State
from litestar.params import FromPath
from litestar.response import Stream

from backend.accounts import rules
from backend.api import callers
from backend.api.door import ROUTE
from backend.api.files import after, check_length, disposition, forget, plain_id
from backend.api.forms import Form
from backend.api.refusals import ACTION
from backend.api.surroundings import Surroundings
from backend.kit.errors import CarbonError
from backend.kit.ids import new_id
from backend.kit.storage import key_of
from backend.knowledge import service
from backend.knowledge.values import FileValue
from backend.wire.context import Context
from backend.wire.nodes import node_id

AnyRequest = Request[Any, Any, State]


class Filed(msgspec.Struct, rename="camel"):
    """The file an upload became; `isNew` is false when the entry had the same content already."""

    id: str
    file_name: str
    media_type: str
    size: int
    sha256: str
    download_url: str
    is_new: bool


async def receive_file(context: Context, entry_id: UUID, form: Form) -> tuple[FileValue, bool]:
    """Take one form's file into an entry; return it and whether it is new there.

    Raises:
        Unauthenticated, Forbidden: without `knowledge:publish`.
        KnowledgeEntryNotFound, KnowledgeEntryNotOwn, KnowledgeEntryWithdrawn: before a byte of the file is taken.
        FormInvalid: no form, or no file in it.
        TextMissing, FileTypeRefused, FileEmpty, FileTooLarge: the file.
        StorageUnavailable: the store fails.
    """
    scope = context.scope
    async with context.databases.read(scope) as read:
        await service.attachable(read, scope, entry_id)
    name = rules.file_name(await form.open())
    check = rules.FileCheck(name)
    file_id = new_id()
    key = key_of(scope.tenant, entry_id, "knowledge", file_id)
    stored = await context.storage.put(
        key, form.chunks(), limit=context.settings.evidence_max_bytes, inspect=check
    )  # fmt: skip
    try:
        await form.finish()
        async with context.databases.write(scope) as write:
            found = await service.attach_file(
                write, scope, entry_id=entry_id, file_id=file_id, file_name=name, media_type=check.media_type,
                size=stored.size, sha256=stored.sha256, object_key=key,
            )  # fmt: skip
    except CarbonError:
        await forget(context, key)
        raise
    is_new = found.id == file_id
    if not is_new:
        await forget(context, key)
    return found, is_new


class KnowledgeFiles(Controller):
    """Files of the library."""

    path = "/knowledge/{entry:str}/files"
    tags: ClassVar[list[str]] = ["knowledge"]

    @post("/", status_code=201, opt={ACTION: "knowledge:attach"})
    async def attach(self, request: AnyRequest, state: State, entry: FromPath[str]) -> Response[Filed]:
        """Take a file into an entry; 200 instead of 201 when it has the same content already."""
        here: Surroundings = state.here
        asgi: Any = request.scope
        asgi[ROUTE] = "/knowledge/{entry}/files"
        form: Form | None = None
        try:
            context = await _context(request, here)
            entry_id = plain_id(entry, "KnowledgeEntry", "entry")
            check_length(request, here.settings.evidence_max_bytes)
            form = Form(request.headers.get("content-type", ""), request.stream())
            found, is_new = await receive_file(context, entry_id, form)
        except CarbonError:
            if form is not None:
                await form.drain(here.settings.evidence_max_bytes)
            raise
        answer = Filed(
            id=str(node_id("KnowledgeFile", found.entry_id, found.id)), file_name=found.file_name,
            media_type=found.media_type, size=found.size, sha256=found.sha256,
            download_url=f"/{context.scope.tenant}/knowledge/{found.entry_id}/files/{found.id}", is_new=is_new,
        )  # fmt: skip
        return Response(answer, status_code=201 if is_new else 200)

    @get("/{knowledge_file:str}", opt={ACTION: "knowledge:download"})
    async def content(
        self, request: AnyRequest, state: State, entry: FromPath[str], knowledge_file: FromPath[str]
    ) -> Stream:
        """Give the content of a file."""
        here: Surroundings = state.here
        asgi: Any = request.scope
        asgi[ROUTE] = "/knowledge/{entry}/files/{knowledge_file}"
        context = await _context(request, here)
        entry_id = plain_id(entry, "KnowledgeEntry", "entry")
        file_id = plain_id(knowledge_file, "KnowledgeFile", "knowledge_file")
        async with context.databases.read(context.scope) as read:
            found = await service.file(read, context.scope, entry_id, file_id)
        chunks = here.storage.get(found.object_key)
        # The first chunk is fetched before the answer begins: a missing file is still a clean refusal.
        first = await anext(chunks, b"")
        return Stream(
            after(first, chunks),
            media_type=found.media_type,
            headers={
                "content-disposition": disposition(found.file_name),
                "content-length": str(found.size),
                "content-security-policy": "default-src 'none'; sandbox",
                "repr-digest": f"sha-256=:{base64.b64encode(bytes.fromhex(found.sha256)).decode()}:",
                "x-content-type-options": "nosniff",
            },
        )


async def _context(request: AnyRequest, here: Surroundings) -> Context:
    asgi: Any = request.scope
    token = callers.bearer(request.headers.get("authorization"))
    return here.context(await callers.scope_of(here.databases, asgi, token), request)


CONTROLLERS = (KnowledgeFiles,)
"""What the application mounts."""
