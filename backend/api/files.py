"""Evidence in and out.

    POST /accounts/{account}/evidence              a form with `file` and, if wanted, `description`
    GET  /accounts/{account}/evidence/{evidence}   the content

`account` and `evidence` are global ids or plain ones. A file streams into storage while it is measured, hashed and looked
at; then one transaction makes it part of the account. Who may see the account may have the content, nobody else.
"""

import base64
from collections.abc import AsyncIterator
from typing import Any, ClassVar
from urllib.parse import quote
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.datastructures import State
from litestar.params import FromPath
from litestar.response import Stream

from backend.accounts import rules, service
from backend.accounts.values import EvidenceValue
from backend.api import callers
from backend.api.door import ROUTE
from backend.api.forms import Form
from backend.api.refusals import ACTION
from backend.api.surroundings import Surroundings
from backend.kit.errors import CarbonError
from backend.kit.ids import new_id
from backend.kit.logs import log
from backend.kit.scope import Scope
from backend.kit.storage import FileTooLarge, StorageUnavailable, key_of
from backend.wire.context import Context
from backend.wire.nodes import node_id, uuids

AnyRequest = Request[Any, Any, State]
FORM_BYTES = 64 * 1024
"""What a form around one file and its description weighs at most."""

logger = log(__name__)


class Attached(msgspec.Struct, rename="camel"):
    """The evidence an upload became; `isNew` is false when the account had the same content already."""

    id: str
    file_name: str
    media_type: str
    size: int
    sha256: str
    description: str
    uploaded_at: str
    download_url: str
    is_new: bool

    @classmethod
    def of(cls, value: EvidenceValue, tenant: str, *, is_new: bool) -> "Attached":
        """Return the answer for a piece of evidence."""
        account, own = node_id("CarbonAccount", value.account_id), node_id("Evidence", value.account_id, value.id)
        return cls(
            id=str(own),
            file_name=value.file_name,
            media_type=value.media_type,
            size=value.size,
            sha256=value.sha256,
            description=value.description,
            uploaded_at=value.uploaded_at.isoformat(),
            download_url=f"/{tenant}/accounts/{account}/evidence/{own}",
            is_new=is_new,
        )


def plain_id(given: str, type_name: str, field: str) -> UUID:
    """Return the own id inside a global id, or the plain id itself. Raises NodeIdInvalid."""
    try:
        return UUID(given)
    except ValueError:
        return uuids(given, type_name, path=(field,))[-1]


def disposition(name: str) -> str:
    """Return the header that makes a browser save the content under a name: ASCII for the old, UTF-8 for the others."""
    plain = "".join(sign if sign.isascii() and sign.isprintable() and sign not in '"\\%' else "_" for sign in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


async def receive_evidence(context: Context, account_id: UUID, form: Form) -> tuple[EvidenceValue, bool]:
    """Take one form's file into the account; return the evidence and whether it is new there.

    Raises:
        Unauthenticated, Forbidden: without `accounts:attach`.
        AccountNotFound, AccountNotYours, AccountClosed: in this order, before a byte of the file is taken.
        FormInvalid: no form, or no file in it.
        TextMissing, FileTypeRefused, FileEmpty, FileTooLarge: the file.
        TextTooLong: the description.
        StorageUnavailable: the store fails.
    """
    scope = context.scope
    async with context.databases.read(scope) as read:
        await service.attachable(read, scope, account_id)
    name = rules.file_name(await form.open())
    check = rules.FileCheck(name)
    evidence_id = new_id()
    key = key_of(scope.tenant, account_id, "evidence", evidence_id)
    stored = await context.storage.put(
        key, form.chunks(), limit=context.settings.evidence_max_bytes, inspect=check
    )  # fmt: skip
    try:
        await form.finish()
        async with context.databases.write(scope) as write:
            evidence = await service.attach_evidence(
                write, scope, account_id=account_id, evidence_id=evidence_id, file_name=name,
                media_type=check.media_type, size=stored.size, sha256=stored.sha256, object_key=key,
                description=form.fields.get("description", ""),
            )  # fmt: skip
    except CarbonError:
        # Anything else may have come after the commit: a file too many is better than a row without its file.
        await forget(context, key)
        raise
    is_new = evidence.id == evidence_id
    if not is_new:
        await forget(context, key)
    return evidence, is_new


async def forget(context: Context, key: str) -> None:
    """Delete what no row names; a store that fails leaves a file behind, which is logged."""
    try:
        await context.storage.delete(key)
    except StorageUnavailable:
        logger.warning("file_left_behind", key=key)


async def _context(request: AnyRequest, here: Surroundings) -> Context:
    asgi: Any = request.scope
    token = callers.bearer(request.headers.get("authorization"))
    return here.context(await callers.scope_of(here.databases, asgi, token), request)


def check_length(request: AnyRequest, limit: int) -> None:
    """Refuse by the announced length what is too large in any case. Raises FileTooLarge."""
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > limit + FORM_BYTES:
        raise FileTooLarge(megabytes=max(1, limit // (1024 * 1024)), limit=limit)


class EvidenceFiles(Controller):
    """Evidence in and out."""

    path = "/accounts/{account:str}/evidence"
    tags: ClassVar[list[str]] = ["evidence"]

    @post("/", status_code=201, opt={ACTION: "accounts:attach"})
    async def attach(self, request: AnyRequest, state: State, account: FromPath[str]) -> Response[Attached]:
        """Take a file as evidence; 200 instead of 201 when the account has the same content already."""
        here: Surroundings = state.here
        asgi: Any = request.scope
        asgi[ROUTE] = "/accounts/{account}/evidence"
        form: Form | None = None
        try:
            context = await _context(request, here)
            account_id = plain_id(account, "CarbonAccount", "account")
            check_length(request, here.settings.evidence_max_bytes)
            form = Form(request.headers.get("content-type", ""), request.stream())
            evidence, is_new = await receive_evidence(context, account_id, form)
        except CarbonError:
            if form is not None:
                await form.drain(here.settings.evidence_max_bytes)
            raise
        answer = Attached.of(evidence, context.scope.tenant, is_new=is_new)
        return Response(answer, status_code=201 if is_new else 200)

    @get("/{evidence:str}", opt={ACTION: "accounts:download"})
    async def content(
        self, request: AnyRequest, state: State, account: FromPath[str], evidence: FromPath[str]
    ) -> Stream:
        """Give the content of a piece of evidence."""
        here: Surroundings = state.here
        asgi: Any = request.scope
        asgi[ROUTE] = "/accounts/{account}/evidence/{evidence}"
        found = await self._found(await _context(request, here), account, evidence)
        chunks = here.storage.get(found.object_key)
        # The first chunk is fetched before the answer begins: a missing file is still a clean refusal.
        first = await anext(chunks, b"")
        digest = base64.b64encode(bytes.fromhex(found.sha256)).decode()
        return Stream(
            after(first, chunks),
            media_type=found.media_type,
            headers={
                "content-disposition": disposition(found.file_name),
                "content-length": str(found.size),
                "content-security-policy": "default-src 'none'; sandbox",
                "repr-digest": f"sha-256=:{digest}:",
                "x-content-type-options": "nosniff",
            },
        )

    @staticmethod
    async def _found(context: Context, account: str, evidence: str) -> EvidenceValue:
        scope: Scope = context.scope
        account_id = plain_id(account, "CarbonAccount", "account")
        evidence_id = plain_id(evidence, "Evidence", "evidence")
        async with context.databases.read(scope) as read:
            return await service.evidence(read, scope, account_id, evidence_id)


async def after(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Give a chunk that was fetched already, then the others."""
    yield first
    async for chunk in rest:
        yield chunk


CONTROLLERS = (EvidenceFiles,)
"""What the application mounts."""
