"""Public notices of parks (公示): read and objected to by anybody, without signing in.

GET  /park-notices          the newest notices
GET  /park-notices/{id}     what a notice says, its days, what became of objections
POST /park-notices/{id}     an objection, within those days: objector, contact, text
"""

import hashlib
from html import escape
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.datastructures import State
from litestar.params import FromPath
from redis.exceptions import RedisError

from backend.api.door import CORRELATION, ROUTE, TENANT
from backend.api.languages import Asked as Lang
from backend.api.languages import language_of
from backend.api.surroundings import Surroundings
from backend.api.verification_page import POLICY
from backend.kit.clock import now, today
from backend.kit.errors import CarbonError, Limited
from backend.kit.scope import Scope
from backend.parks import queries_workflow, service
from backend.parks.names import LEVEL_NAMES, PROGRAMME_NAMES, PROGRAMME_NAMES_EN
from backend.parks.values import (
    NoticeRow,
    ObjectionRow,
)

AnyRequest = Request[Any, Any, State]
_TEXT = Path(__file__).with_name("certificates.html").read_text(encoding="utf-8")
"""Public pages have one shape."""
SHOWN = 100
MOST_A_MINUTE = 5
MOST_BYTES = 64 * 1024
FIELDS = ("objector", "contact", "text")

WORDS = {
    "title": ("零碳园区与配套行动公示", "Public notices of zero-carbon parks and programmes"),
    "other": ("English", "中文"),
    "none": ("目前没有公示。", "There are no notices."),
    "missing": ("未找到该公示。", "There is no such notice."),
    "kind": ("类别", "Programme"), "level": ("申报级别", "Level"), "days": ("公示期", "Open"), "document": ("依据文件", "Document"),
    "contact": ("受理联系方式", "Contact"), "objections": ("异议", "Objections"),
    "counted": ("共 {all} 条，已答复 {answered} 条，其中成立 {upheld} 条", "{all} in all, {answered} answered, {upheld} upheld"),
    "open": ("公示期内可提出异议", "Objections are taken"), "over": ("公示期已满", "The days are over"),
    "object": ("提出异议", "Object"),
    "object_text": ("请填写真实姓名或单位与联系方式，仅受理机关可见，不对外公开。",
                    "Name and contact are seen by the authority alone and never published."),
    "objector_label": ("姓名或单位", "Name"), "contact_label": ("联系方式", "How to reach you"),
    "text_label": ("异议内容及依据", "Your objection and its grounds"), "send": ("提交", "Send"),
    "taken": ("异议已收到", "Your objection was recorded"), "refused": ("未能提交", "It could not be recorded"),
    "all_notices": ("全部公示", "All notices"),
}  # fmt: skip
LEVELS_EN = {"municipal": "municipal", "provincial": "provincial", "national": "national"}


class ParkObjectionsTooOften(Limited):
    """More objections from one address than a person writes in a minute."""

    code = "park_objections_too_often"
    en = "Too many objections from your address; try again in a minute."
    zh = "该地址提交异议过于频繁，请一分钟后再试。"


class ParkObjectionTooLarge(Limited):
    """The form is larger than an objection."""

    code = "park_objection_too_large"
    en = "The form is larger than an objection may be."
    zh = "提交的内容超过异议的上限。"


class ParkNotices(Controller):
    """The public pages."""

    path = "/park-notices"
    tags: ClassVar[list[str]] = ["parks"]

    @get("/")
    async def list(self, request: AnyRequest, state: State, lang: Lang = None) -> Response[Any]:
        """List the newest notices."""
        page = _Page(request, language_of(lang), "")
        here: Surroundings = state.here
        async with here.databases.read(page.scope) as read:
            found = await queries_workflow.notices(read, page.scope, on=today(), limit=SHOWN)
        return page.all(found)

    @get("/{notice:uuid}")
    async def show(self, request: AnyRequest, state: State, notice: FromPath[UUID], lang: Lang = None) -> Response[Any]:
        """Show a notice."""
        page = _Page(request, language_of(lang), f"/{notice}")
        here: Surroundings = state.here
        return await _shown(here, page, notice)

    @post("/{notice:uuid}", status_code=200)
    async def object(
        self, request: AnyRequest, state: State, notice: FromPath[UUID], lang: Lang = None
    ) -> Response[Any]:
        """Record an objection within the days of the notice."""
        page = _Page(request, language_of(lang), f"/{notice}")
        here: Surroundings = state.here
        try:
            await _check_rate(request, here, page.scope.tenant)
            given = await _form(request)
            async with here.databases.write(page.scope) as write:
                await service.record_objection(write, page.scope, notice, **given)
        except CarbonError as error:
            return await _shown(here, page, notice, refusal=error.message(page.language))
        return await _shown(here, page, notice, is_taken=True)


async def _shown(
    here: Surroundings, page: "_Page", notice: UUID, *, refusal: str = "", is_taken: bool = False
) -> Response[Any]:
    """Answer with a notice's page, under the service's scope: the caller is nobody, and a notice is for everybody."""
    async with here.databases.read(page.scope) as read:
        found = await queries_workflow.notice(read, page.scope, notice)
        if found is None or found.opens_on > today():
            return page.missing()
        (objections,) = await queries_workflow.objections(read, page.scope, [notice])
    return page.one(found, objections, refusal=refusal, is_taken=is_taken)


async def _form(request: AnyRequest) -> dict[str, str]:
    """Return an objection's fields. Raises ParkObjectionTooLarge."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise ParkObjectionTooLarge
    read = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True)
    return {name: read.get(name, [""])[0].replace("\0", "") for name in FIELDS}


async def _check_rate(request: AnyRequest, here: Surroundings, tenant: str) -> None:
    """Count objections of an address; without Redis nothing is counted. Raises ParkObjectionsTooOften."""
    if here.redis is None:
        return
    forwarded = request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
    address = forwarded or ("" if request.client is None else request.client.host)
    key = f"carbon:{tenant}:park-objection:{hashlib.sha256(address.encode()).hexdigest()[:16]}:{now():%Y%m%d%H%M}"
    try:
        async with here.redis.pipeline(transaction=False) as pipe:
            pipe.incr(key)
            pipe.expire(key, 120)
            count, _ = await pipe.execute()
    except (RedisError, OSError):
        return
    if int(count) > MOST_A_MINUTE:
        raise ParkObjectionsTooOften


class _Page:
    """A public page in a language."""

    def __init__(self, request: AnyRequest, language: str, tail: str) -> None:
        asgi: Any = request.scope
        asgi[ROUTE] = "/park-notices" + ("/{notice}" if tail else "")
        self.language = language
        self.scope = Scope.system(str(asgi[TENANT]), correlation_id=asgi[CORRELATION])
        self._root = f"/{self.scope.tenant}/park-notices"
        self._path = self._root + tail
        self._place = 1 if language == "en" else 0

    def _word(self, name: str, **given: object) -> str:
        return escape(WORDS[name][self._place].format(**given))

    def _html(self, parts: list[str], status: int = 200) -> Response[Any]:
        other = "zh" if self._place else "en"
        head = (
            f"<header><h1>{self._word('title')}</h1>"
            f'<a href="{self._path}?lang={other}" hreflang="{other}">{self._word("other")}</a></header>'
        )
        text = _TEXT.replace("LANGUAGE", "en" if self._place else "zh-CN", 1).replace("TITLE", self._word("title"), 1)
        content = text.replace("BODY", "\n".join([head, *parts]), 1).encode()
        return Response(
            content, status_code=status, media_type="text/html", headers={"content-security-policy": POLICY}
        )

    def _level(self, notice: NoticeRow) -> str:
        return escape(LEVELS_EN[notice.level.value] if self._place else LEVEL_NAMES[notice.level])

    def _kind(self, notice: NoticeRow) -> str:
        if notice.kind is None:
            return "zero-carbon park" if self._place else "零碳园区"
        return escape((PROGRAMME_NAMES_EN if self._place else PROGRAMME_NAMES)[notice.kind])

    def _days(self, notice: NoticeRow) -> str:
        is_open = notice.opens_on <= today() <= notice.closes_on
        return f"{notice.opens_on} – {notice.closes_on} · {self._word('open' if is_open else 'over')}"

    def missing(self) -> Response[Any]:
        """Return the page that says there is no such notice."""
        return self._html([f'<div class="state bad"><strong>{self._word("missing")}</strong></div>', self._back()], 404)

    def _back(self) -> str:
        return f'<p><a href="{self._root}?lang={self.language}">{self._word("all_notices")}</a></p>'

    def all(self, notices: list[NoticeRow]) -> Response[Any]:
        """Return the list."""
        if not notices:
            return self._html([f"<p>{self._word('none')}</p>"])
        rows = "".join(
            f'<tr><td><a href="{self._root}/{each.id}?lang={self.language}">{escape(each.subject)}</a></td>'
            f"<td>{self._kind(each)}</td><td>{self._level(each)}</td><td>{self._days(each)}</td></tr>"
            for each in notices
        )
        return self._html([f"<table>{rows}</table>"])

    def one(self, notice: NoticeRow, objections: list[ObjectionRow], *, refusal: str, is_taken: bool) -> Response[Any]:
        """Return a notice's page; of objections it shows how many there are, never whose or what."""
        parts: list[str] = []
        if refusal:
            parts.append(
                f'<div class="state bad"><strong>{self._word("refused")}</strong><p>{escape(refusal)}</p></div>'
            )
        if is_taken:
            parts.append(f'<div class="state"><strong>{self._word("taken")}</strong></div>')
        counted = self._word(
            "counted", all=len(objections), answered=sum(each.answer is not None for each in objections),
            upheld=sum(bool(each.is_upheld) for each in objections),
        )  # fmt: skip
        paper = " ".join(each for each in (notice.document, notice.document_number, str(notice.document_date)) if each)
        pairs = [
            ("kind", self._kind(notice)), ("level", self._level(notice)), ("days", self._days(notice)), ("document", escape(paper)),
            ("contact", escape(notice.contact)), ("objections", counted),
        ]  # fmt: skip
        told = "".join(f"<dt>{self._word(name)}</dt><dd>{shown}</dd>" for name, shown in pairs)
        text = "".join(f"<p>{escape(line)}</p>" for line in notice.text.splitlines() if line.strip())
        parts += [f"<h2>{escape(notice.subject)}</h2>", text, f"<dl>{told}</dl>"]
        if notice.opens_on <= today() <= notice.closes_on:
            parts.append(self._object())
        return self._html([*parts, self._back()])

    def _object(self) -> str:
        fields = "".join(
            f'<p><label>{self._word(f"{name}_label")}<br><input type="text" name="{name}" maxlength="200" required'
            f' autocomplete="off"></label></p>'
            for name in ("objector", "contact")
        )
        area = f'<p><label>{self._word("text_label")}<br><textarea name="text" rows="6" cols="60" maxlength="2000" required></textarea></label></p>'
        return (
            f'<h2>{self._word("object")}</h2><form method="post" action="{self._path}?lang={self.language}">'
            f'<p class="quiet">{self._word("object_text")}</p>{fields}{area}<p><button>{self._word("send")}</button></p></form>'
        )


CONTROLLERS = (ParkNotices,)
"""What the application mounts."""
