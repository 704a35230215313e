"""Applying to join (入驻申请): a public form, its receipt, and the proof an officer looks at.

GET  /join                                       the form, as a page
POST /join                                       an application: multipart/form-data with the fields of the form and `file`
GET  /join/{receipt}                             what became of an application, for whoever holds its receipt
GET  /join-applications/{application}/evidence   the file that proves who applies, for officers of its region

Nobody signs in for the first three. Browsers get pages, programs that accept `application/json` get JSON. Whether an
enterprise is registered already is told to nobody here.
"""

import base64
import hashlib
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.datastructures import State
from litestar.params import FromPath
from litestar.response import Stream
from redis.exceptions import RedisError

from backend.accounts import rules
from backend.accounts.values import FileKind
from backend.api.activity_files import caller_of
from backend.api.door import CORRELATION, ROUTE, TENANT
from backend.api.files import disposition, plain_id
from backend.api.forms import Form
from backend.api.languages import Asked as Lang
from backend.api.languages import language_of
from backend.api.refusals import ACTION
from backend.api.surroundings import Surroundings
from backend.api.verification_page import POLICY
from backend.console import service
from backend.console.errors import JoinApplicationNotFound, JoinFieldInvalid
from backend.console.values import JOIN_STATE_NAMES, JoinDraft, JoinFile, JoinState, JoinValue
from backend.kit.clock import CHINA, now
from backend.kit.errors import CarbonError, Limited, NotFound
from backend.kit.ids import new_id
from backend.kit.logs import log
from backend.kit.scope import Scope
from backend.kit.storage import StorageUnavailable, key_of

AnyRequest = Request[Any, Any, State]
_TEXT = Path(__file__).with_name("certificates.html").read_text(encoding="utf-8")
"""Public pages have one shape."""
MOST_A_MINUTE = 5
MEGABYTES = 10
LARGEST = MEGABYTES * 1024 * 1024
PROOFS = frozenset({FileKind.PDF, FileKind.JPEG, FileKind.PNG})
TEXT_FIELDS = ("name", "credit_code", "contact_name", "contact_email", "contact_phone")
FIELDS = (*TEXT_FIELDS, "division_code", "sector", "note")

WORDS = {
    "title": ("入驻申请", "Apply to join"),
    "other": ("English", "中文"),
    "lead": ("填写单位信息并上传营业执照等证明文件。主管部门受理后，将向联系人发出管理员邀请。",
             "Tell us about your enterprise and attach its licence. Once accepted, the contact person is invited."),
    "name": ("单位名称（与营业执照一致）", "Name as registered"),
    "credit_code": ("统一社会信用代码（18 位）", "Unified social credit code (18 characters)"),
    "division_code": ("所在区划", "Division of the seat"), "sector": ("所属行业", "Sector"),
    "other_sector": ("其他行业", "another sector"),
    "contact_name": ("联系人（将成为首位管理员）", "Contact person (the first administrator)"),
    "contact_email": ("电子邮箱", "E-mail"), "contact_phone": ("联系电话", "Telephone"),
    "note": ("补充说明（可留空）", "Remarks (may be empty)"),
    "file": ("证明文件（PDF、JPG 或 PNG，不超过 10 MB）", "Proof (PDF, JPG or PNG, up to 10 MB)"),
    "send": ("提交申请", "Send"), "refused": ("未能提交", "It could not be taken"),
    "taken": ("申请已收到", "Your application was taken"),
    "keep": ("请保存本页地址，以便查询办理结果。", "Keep the address of this page: it shows what becomes of it."),
    "state": ("办理状态", "State"), "received_at": ("收到时间", "Received"), "decided_at": ("办结时间", "Decided"),
    "reason": ("未通过原因", "Why not"), "missing": ("未找到该申请。", "There is no such application."),
    "accepted_text": ("管理员邀请将由主管部门发送给联系人。", "The authority hands the invitation to the contact person."),
    "again": ("重新填写", "Fill in the form"),
}  # fmt: skip
STATES_EN = {JoinState.RECEIVED: "waits", JoinState.ACCEPTED: "accepted", JoinState.REFUSED: "refused"}

logger = log(__name__)


class JoinTooOften(Limited):
    """More applications from one address than a person writes in a minute."""

    code = "join_too_often"
    en = "Too many applications from your address; try again in a minute."
    zh = "该地址提交申请过于频繁，请一分钟后再试。"


class JoinReceiptUnknown(NotFound):
    """No application has this receipt."""

    code = "join_receipt_unknown"
    en = "There is no application with this receipt."
    zh = "未找到该回执对应的申请。"


class Join(Controller):
    """The public form and its receipts."""

    path = "/join"
    tags: ClassVar[list[str]] = ["join"]

    @get("/")
    async def form(self, request: AnyRequest, state: State, lang: Lang = None) -> Response[Any]:
        """Show the form."""
        return await _form_page(state.here, _Page(request, language_of(lang), ""))

    @post("/", status_code=201)
    async def apply(self, request: AnyRequest, state: State, lang: Lang = None) -> Response[Any]:
        """Take an application; the same form sent twice is one application."""
        here: Surroundings = state.here
        page, said = _Page(request, language_of(lang), ""), dict[str, str]()
        try:
            await _check_rate(request, here, page.scope.tenant)
            receipt, is_new = await _taken(request, here, page.scope, said)
        except CarbonError as error:
            if page.is_program:
                raise
            return await _form_page(here, page, refusal=error.message(page.language), said=said)
        async with here.databases.read(page.scope) as read:
            found = await service.receipt(read, page.scope, receipt)
        if found is None:
            raise JoinReceiptUnknown
        return page.receipt(found, status=201 if is_new else 200, is_taken=True)

    @get("/{receipt:uuid}")
    async def show(
        self, request: AnyRequest, state: State, receipt: FromPath[UUID], lang: Lang = None
    ) -> Response[Any]:
        """Tell what became of an application."""
        here: Surroundings = state.here
        page = _Page(request, language_of(lang), f"/{receipt}")
        async with here.databases.read(page.scope) as read:
            found = await service.receipt(read, page.scope, receipt)
        if found is None:
            if page.is_program:
                raise JoinReceiptUnknown
            return page.missing()
        return page.receipt(found)


class JoinApplications(Controller):
    """What officers look at."""

    path = "/join-applications"
    tags: ClassVar[list[str]] = ["join"]

    @get("/{application:str}/evidence", opt={ACTION: "console:download"})
    async def evidence(self, request: AnyRequest, state: State, application: FromPath[str]) -> Stream:
        """Give the file that proves who applies."""
        here: Surroundings = state.here
        asgi: Any = request.scope
        asgi[ROUTE] = "/join-applications/{application}/evidence"
        scope = await caller_of(request, here)
        own_id = plain_id(application, "JoinApplication", "application")
        async with here.databases.read(scope) as read:
            (found,) = await service.application_batch(read, scope, [own_id])
        if found is None:
            raise JoinApplicationNotFound
        digest = base64.b64encode(bytes.fromhex(found.sha256)).decode()
        return Stream(
            here.storage.get(found.object_key), media_type=found.media_type,
            headers={
                "content-disposition": disposition(found.file_name), "content-length": str(found.size),
                "content-security-policy": "default-src 'none'; sandbox", "repr-digest": f"sha-256=:{digest}:",
                "x-content-type-options": "nosniff",
            },
        )  # fmt: skip


async def _form_page(
    here: Surroundings, page: "_Page", *, refusal: str = "", said: Mapping[str, str] | None = None
) -> Response[Any]:
    async with here.databases.read(page.scope) as read:
        pack, divisions = await service.choices(read, page.scope)
    place = 1 if page.language == "en" else 0
    return page.form(
        [(each.code, (each.name_zh, each.name_en)[place]) for each in divisions],
        [(each.code, (each.name_zh, each.name_en)[place]) for each in pack.sectors],
        refusal,
        said or {},
    )


async def _taken(
    request: AnyRequest, here: Surroundings, scope: Scope, said: dict[str, str]
) -> tuple[UUID, bool]:  # fmt: skip
    """Take the form of a request; nothing of it stays unless it is an application. `said` is given what was written.

    Raises:
        FormInvalid: no form, or no file in it.
        JoinFieldInvalid, JoinTooMany: see `apply_to_join`.
        FileTypeRefused, FileEmpty, FileTooLarge, StorageUnavailable: the file.
    """
    form = Form(request.headers.get("content-type", ""), request.stream())
    try:
        name = rules.file_name(await form.open())
        check = rules.FileCheck(name)
        if check.kind not in PROOFS:
            raise JoinFieldInvalid(
                field="file", field_zh="证明文件", reason_zh="仅接受 PDF、JPG 或 PNG", reason_en="only PDF, JPG or PNG",
                path=("file",),
            )  # fmt: skip
        own_id = new_id()
        key = key_of(scope.tenant, "join", own_id)
        stored = await here.storage.put(key, form.chunks(), limit=LARGEST, inspect=check)
    except CarbonError:
        said |= form.fields
        await form.drain(LARGEST)
        raise
    try:
        await form.finish()
        said |= form.fields
        given = {field: form.fields.get(field, "").replace("\0", "") for field in FIELDS}
        file = JoinFile(name, check.media_type, stored.size, stored.sha256, key)
        async with here.databases.write(scope) as write:
            receipt, is_new = await service.apply_to_join(write, scope, own_id, JoinDraft(**given), file)
    except CarbonError:
        await _forget(here, key)
        raise
    if not is_new:
        await _forget(here, key)
    return receipt, is_new


async def _forget(here: Surroundings, key: str) -> None:
    try:
        await here.storage.delete(key)
    except StorageUnavailable:
        logger.warning("file_left_behind", key=key)


async def _check_rate(request: AnyRequest, here: Surroundings, tenant: str) -> None:
    """Count applications of an address; without Redis nothing is counted. Raises JoinTooOften."""
    if here.redis is None:
        return
    forwarded = request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
    address = forwarded or ("" if request.client is None else request.client.host)
    key = f"carbon:{tenant}:join:{hashlib.sha256(address.encode()).hexdigest()[:16]}:{now():%Y%m%d%H%M}"
    try:
        async with here.redis.pipeline(transaction=False) as pipe:
            pipe.incr(key)
            pipe.expire(key, 120)
            count, _ = await pipe.execute()
    except (RedisError, OSError):
        return
    if int(count) > MOST_A_MINUTE:
        raise JoinTooOften


class _Page:
    """A public page in a language, or its JSON for a program; under the service's scope, for the caller is nobody."""

    def __init__(self, request: AnyRequest, language: str, tail: str) -> None:
        asgi: Any = request.scope
        asgi[ROUTE] = "/join" + ("/{receipt}" if tail else "")
        self.language = language
        self.is_program = "application/json" in request.headers.get("accept", "")
        self.scope = Scope.system(str(asgi[TENANT]), correlation_id=asgi[CORRELATION])
        self._root = f"/{self.scope.tenant}/join"
        self._path = self._root + tail
        self._place = 1 if language == "en" else 0

    def _word(self, name: str) -> str:
        return escape(WORDS[name][self._place])

    def _html(self, parts: list[str], status: int = 200) -> Response[Any]:
        other = "zh" if self._place else "en"
        head = (
            f"<header><h1>{self._word('title')}</h1>"
            f'<a href="{self._path}?lang={other}" hreflang="{other}">{self._word("other")}</a></header>'
        )
        text = _TEXT.replace("LANGUAGE", "en" if self._place else "zh-CN", 1).replace("TITLE", self._word("title"), 1)
        content = text.replace("BODY", "\n".join([head, *parts]), 1).encode()
        return Response(
            content, status_code=status, media_type="text/html",
            headers={"content-security-policy": POLICY, "cache-control": "no-store", "referrer-policy": "no-referrer"},
        )  # fmt: skip

    def missing(self) -> Response[Any]:
        """Return the page that says there is no such application."""
        return self._html(
            [f'<div class="state bad"><strong>{self._word("missing")}</strong></div>', self._again()], 404
        )

    def _again(self) -> str:
        return f'<p><a href="{self._root}?lang={self.language}">{self._word("again")}</a></p>'

    def form(
        self, divisions: list[tuple[str, str]], sectors: list[tuple[str, str]], refusal: str, said: Mapping[str, str]
    ) -> Response[Any]:
        """Return the form with what was written before; a refusal stands above it."""
        parts: list[str] = []
        if refusal:
            parts.append(
                f'<div class="state bad"><strong>{self._word("refused")}</strong><p>{escape(refusal)}</p></div>'
            )
        texts = "".join(
            self._labelled(
                name,
                f'<input type="text" name="{name}" value="{escape(said.get(name, ""))}" maxlength="254" required'
                ' autocomplete="off">',
            )
            for name in TEXT_FIELDS
        )
        others = [("", WORDS["other_sector"][self._place])]
        choices = self._labelled("division_code", self._select("division_code", divisions, said)) + self._labelled(
            "sector", self._select("sector", [*sectors, *others], said)
        )
        note = self._labelled(
            "note",
            '<textarea name="note" rows="4" cols="60" maxlength="1000">' + escape(said.get("note", "")) + "</textarea>",
        )
        proof = self._labelled("file", '<input type="file" name="file" accept=".pdf,.jpg,.jpeg,.png" required>')
        parts.append(
            f'<p class="quiet">{self._word("lead")}</p>'
            f'<form method="post" enctype="multipart/form-data" action="{self._root}?lang={self.language}">'
            f"{texts}{choices}{note}{proof}<p><button>{self._word('send')}</button></p></form>"
        )
        return self._html(parts, 422 if refusal else 200)

    def _labelled(self, name: str, field: str) -> str:
        return f"<p><label>{self._word(name)}<br>{field}</label></p>"

    @staticmethod
    def _select(name: str, choices: list[tuple[str, str]], said: Mapping[str, str]) -> str:
        options = "".join(
            f'<option value="{escape(code)}"{" selected" if said.get(name) == code else ""}>{escape(text)}</option>'
            for code, text in choices
        )
        return f'<select name="{name}">{options}</select>'

    def receipt(self, found: JoinValue, *, status: int = 200, is_taken: bool = False) -> Response[Any]:
        """Return what became of an application; nothing of its contents is shown."""
        where = f"{self._root}/{found.id}"
        if self.is_program:
            body = {
                "receipt": str(found.id), "state": found.state.value, "receivedAt": found.received_at.isoformat(),
                "decidedAt": None if found.decided_at is None else found.decided_at.isoformat(),
                "reason": found.reason, "url": where,
            }  # fmt: skip
            return Response(body, status_code=status, headers={"location": where, "cache-control": "no-store"})
        names = STATES_EN if self._place else JOIN_STATE_NAMES
        kind = {JoinState.REFUSED: " bad", JoinState.RECEIVED: " warn"}.get(found.state, "")
        title = self._word("taken") if is_taken else escape(names[found.state])
        said = self._word("accepted_text" if found.state is JoinState.ACCEPTED else "keep")
        pairs = [
            ("state", names[found.state]),
            ("received_at", f"{found.received_at.astimezone(CHINA):%Y-%m-%d %H:%M}"),
        ]
        if found.decided_at is not None:
            pairs.append(("decided_at", f"{found.decided_at.astimezone(CHINA):%Y-%m-%d %H:%M}"))
        if found.reason:
            pairs.append(("reason", found.reason))
        told = "".join(f"<dt>{self._word(name)}</dt><dd>{escape(shown)}</dd>" for name, shown in pairs)
        link = f'<p><a href="{where}?lang={self.language}">{escape(where)}</a></p>'
        return self._html(
            [f'<div class="state{kind}"><strong>{title}</strong><p>{said}</p></div>', f"<dl>{told}</dl>", link], status
        )


CONTROLLERS = (Join, JoinApplications)
"""What the application mounts."""
