"""Files of enterprises to invite at the network's door.

    POST /enterprise-invitations                    a workbook or CSV as the body, or as `file` of a form
    GET  /enterprise-invitations/{file}/annotated   a rejected file with every fault marked
    POST /enterprise-invitations/{file}/letters     new invitations for those who have not joined, as a workbook

The empty file is `GET /downloads/enterprise-invitations-template.xlsx`. An upload streams into storage, then one
transaction makes its record and its job; the answer (202) names both.
"""

import asyncio
from collections.abc import Sequence
from typing import Annotated, Any, ClassVar

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.datastructures import State
from litestar.params import FromPath, QueryParameter
from litestar.response import Stream

from backend.api.activity_files import answer, caller_of, content_of
from backend.api.door import ROUTE
from backend.api.files import disposition, plain_id
from backend.api.languages import Asked as Lang
from backend.api.languages import language_of
from backend.api.refusals import ACTION
from backend.api.surroundings import Surroundings
from backend.console import service
from backend.console.service import Letter
from backend.kit.ids import new_id
from backend.kit.storage import FileMissing, key_of
from backend.kit.tables import CSV, XLSX
from backend.wire.nodes import node_id
from backend.wire.workbooks import Cell, Heading, Sheet, workbook

AnyRequest = Request[Any, Any, State]
LARGEST = 16 * 1024 * 1024
"""Bytes of a file; two thousand rows are a tenth of one megabyte."""
FORMATS = {"xlsx": XLSX, "csv": CSV}
_HEADINGS = (
    Heading("行", "Row", width=8), Heading("单位名称", "Name", width=36),
    Heading("统一社会信用代码", "Credit code", width=24), Heading("管理员姓名", "Administrator", width=18),
    Heading("管理员邮箱", "E-mail", width=32), Heading("邀请码", "Invitation token", width=48),
    Heading("说明", "Remark", width=40),
)  # fmt: skip
_NOTES = (
    ("邀请码仅在此显示一次，持有者即可成为管理员，请妥善转交；重新生成后原邀请码失效。",
     "A token is shown this once and lets whoever holds it become the administrator; making new ones ends these."),
)  # fmt: skip


class InvitationFileTaken(msgspec.Struct, rename="camel"):
    """What an upload became."""

    id: str
    job_id: str | None
    state: str
    is_repeat: bool


class EnterpriseInvitations(Controller):
    """Files of enterprises to invite."""

    path = "/enterprise-invitations"
    tags: ClassVar[list[str]] = ["invitations"]

    @post("/", status_code=202, opt={ACTION: "console:invite_file"})
    async def upload(
        self, request: AnyRequest, state: State,
        file_name: Annotated[str | None, QueryParameter(name="fileName")] = None,
    ) -> Response[InvitationFileTaken]:  # fmt: skip
        """Take a file and ask for its enterprises to be registered."""
        here: Surroundings = state.here
        scope = await caller_of(request, here)
        # Asked before a single byte is taken.
        service.may_invite(scope)
        content, name = await content_of(request)
        key = key_of(scope.tenant, "invitations", new_id())
        stored = await here.storage.put(key, content, limit=LARGEST)
        try:
            async with here.databases.write(scope) as write:
                made = await service.request_file(write, scope, file_name or name or "invitations", stored)
        except BaseException:
            await here.storage.delete(key)
            raise
        if made.is_repeat:
            await here.storage.delete(key)
        return Response(
            InvitationFileTaken(
                str(node_id("InvitationFile", made.id)), str(node_id("Job", made.job_id)) if made.job_id else None,
                made.state.value, made.is_repeat,
            )
        )  # fmt: skip

    @get("/{invitation_file:str}/annotated", opt={ACTION: "console:download"})
    async def annotated(self, request: AnyRequest, state: State, invitation_file: FromPath[str]) -> Stream:
        """Return a rejected file with its faults marked."""
        here: Surroundings = state.here
        asgi: Any = request.scope
        asgi[ROUTE] = "/enterprise-invitations/{invitation_file}/annotated"
        scope = await caller_of(request, here)
        own_id = plain_id(invitation_file, "InvitationFile", "invitation_file")
        async with here.databases.read(scope) as read:
            found = await service.received(read, scope, own_id)
            key = await service.annotated_key(read, scope, own_id)
        if key is None:
            raise FileMissing
        suffix = key.rpartition(".")[2]
        stem = found.file_name.rpartition(".")[0] or found.file_name
        return answer(here.storage.get(key), f"{stem}-annotated.{suffix}", FORMATS[suffix])

    @post("/{invitation_file:str}/letters", status_code=200, opt={ACTION: "console:hand_over"})
    async def letters(
        self, request: AnyRequest, state: State, invitation_file: FromPath[str], lang: Lang = None
    ) -> Response[bytes]:
        """Make new invitations for those who have not joined; older ones of the same enterprises end."""
        here: Surroundings = state.here
        asgi: Any = request.scope
        asgi[ROUTE] = "/enterprise-invitations/{invitation_file}/letters"
        scope, language = await caller_of(request, here), language_of(lang)
        own_id = plain_id(invitation_file, "InvitationFile", "invitation_file")
        async with here.databases.write(scope) as write:
            made = await service.hand_over(write, scope, own_id)
        content = await asyncio.to_thread(_letters, made, language)
        headers = {
            "content-disposition": disposition("invitations.xlsx"), "cache-control": "no-store",
            "x-content-type-options": "nosniff",
        }  # fmt: skip
        return Response(content, media_type=XLSX, headers=headers)


def _letters(made: Sequence[Letter], language: str) -> bytes:
    joined = "管理员已加入，无需邀请" if language == "zh" else "its administrator has joined"
    rows: list[tuple[Cell, ...]] = [
        (
            each.row, each.name, each.credit_code, each.administrator, each.email, each.token,
            joined if each.token is None else None,
        )
        for each in made
    ]  # fmt: skip
    return workbook([Sheet("邀请函", "Invitations", _HEADINGS, rows, _NOTES)], language)


CONTROLLERS = (EnterpriseInvitations,)
"""What the application mounts."""
