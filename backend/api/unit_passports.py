"""Digital passports of key units (数字护照): what an enterprise agreed to show, for anybody who has the signed address.

GET /unit-passports/{passport}/{signature}          a page
GET /unit-passports/{passport}/{signature}/qr.svg   its QR code
GET /unit-passports/{passport}/{signature}/qr.png   the same as a picture
"""

import asyncio
import io
from html import escape
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

from litestar import Controller, Request, Response, get
from litestar.datastructures import State
from litestar.params import FromPath

from backend.api.door import CORRELATION, ROUTE, TENANT
from backend.api.languages import Asked as Lang
from backend.api.languages import language_of
from backend.api.surroundings import Surroundings
from backend.api.verification_page import POLICY
from backend.keyunits import links, service
from backend.keyunits.errors import UnitPassportNotFound
from backend.keyunits.values import Words
from backend.kit.clock import today
from backend.kit.scope import Scope
from backend.tenants import service as tenants

AnyRequest = Request[Any, Any, State]
_TEXT = Path(__file__).with_name("certificates.html").read_text(encoding="utf-8")
"""Public pages have one shape."""
PICTURES = f"{POLICY}; img-src 'self'"
"""The QR code is a picture of this host's own."""
PAGE = "/unit-passports/{passport}/{signature}"

TITLE = Words("重点用能和碳排放单位数字护照", "Digital passport of a key energy and carbon unit")
MISSING = Words("该数字护照不存在，或已停止展示。", "There is no such digital passport, or it is not shown any more.")
AGREED = Words(
    "以下内容由企业同意公开，取自本辖区碳账户；未列内容不代表没有。",
    "Shown with the enterprise's consent, from the carbon account of this jurisdiction; what is not here is not said.",
)
DEMONSTRATION = Words("演示数据，不代表任何真实企业。", "Demonstration: stands for no real enterprise.")
READ_ON = Words("查阅日期", "Read on")
SHOWN_UNTIL = Words("展示截止", "Shown until")
OTHER = Words("English", "中文")


class UnitPassports(Controller):
    """The public pages."""

    path = "/unit-passports"
    tags: ClassVar[list[str]] = ["keyunits"]

    @get("/{passport:uuid}/{signature:str}")
    async def show(
        self, request: AnyRequest, state: State, passport: FromPath[UUID], signature: FromPath[str], lang: Lang = None
    ) -> Response[Any]:
        """Show a passport."""
        language, here = language_of(lang), _here(state)
        scope = _asking(request, PAGE)
        path = f"/{scope.tenant}/unit-passports/{passport}/{signature}"
        try:
            _check(here, scope, passport, signature)
            # Under the service's own scope: the caller is nobody, and the enterprise agreed to be shown to everybody.
            async with here.databases.read(scope) as read:
                found = await service.passport_page(read, scope, passport)
        except UnitPassportNotFound:
            return _html(
                [f'<div class="state bad"><strong>{_say(MISSING, language)}</strong></div>'], language, path, 404
            )
        return _html(_body(found, language, path), language, path)

    @get("/{passport:uuid}/{signature:str}/qr.svg")
    async def drawing(
        self, request: AnyRequest, state: State, passport: FromPath[UUID], signature: FromPath[str]
    ) -> Response[bytes]:
        """Give the QR code of a passport's address as a drawing."""
        made = await _qr(request, state, passport, signature, "svg")
        return Response(made, media_type="image/svg+xml")

    @get("/{passport:uuid}/{signature:str}/qr.png")
    async def picture(
        self, request: AnyRequest, state: State, passport: FromPath[UUID], signature: FromPath[str]
    ) -> Response[bytes]:
        """Give the QR code of a passport's address as a picture."""
        made = await _qr(request, state, passport, signature, "png")
        return Response(made, media_type="image/png")


def _here(state: State) -> Surroundings:
    return state.here


def _asking(request: AnyRequest, route: str) -> Scope:
    asgi: Any = request.scope
    asgi[ROUTE] = route
    return Scope.system(str(asgi[TENANT]), correlation_id=asgi[CORRELATION])


def _check(here: Surroundings, scope: Scope, passport: UUID, signature: str) -> None:
    """Refuse an address without its signature. Raises UnitPassportNotFound."""
    if not links.is_signed(here.settings, scope.tenant, passport, signature):
        raise UnitPassportNotFound


async def _qr(request: AnyRequest, state: State, passport: UUID, signature: str, kind: str) -> bytes:
    """Return the QR code of a passport that is shown. Raises UnitPassportNotFound."""
    here, scope = _here(state), _asking(request, f"{PAGE}/qr.{kind}")
    _check(here, scope, passport, signature)
    async with here.databases.read(scope) as read:
        await service.passport_page(read, scope, passport)
        hosts = await tenants.hosts(read, scope)
    url = links.passport_url(here.settings, scope.tenant, passport, hosts=hosts)
    return await asyncio.to_thread(draw, url, kind)


def draw(url: str, kind: str) -> bytes:
    """Return a QR code (`svg`, `png`), readable with a quarter of it damaged. Blocks; call it in a thread."""
    import segno  # noqa: PLC0415 - only a process that is asked for one needs it

    out = io.BytesIO()
    segno.make(url, error="q", micro=False).save(out, kind=kind, border=4, dark="#16241f", scale=8)
    return out.getvalue()


def _say(words: Words, language: str) -> str:
    return escape(words.zh if language == "zh" else words.en)


def _body(found: service.PassportPage, language: str, path: str) -> list[str]:
    parts = [f"<h2>{escape(found.name)}</h2>"]
    if found.is_demonstration:
        parts.append(f'<div class="state"><strong>{_say(DEMONSTRATION, language)}</strong></div>')
    parts.append(f'<p class="quiet">{_say(AGREED, language)}</p>')
    pairs = [
        *found.lines, (SHOWN_UNTIL, _same(found.valid_until.isoformat())), (READ_ON, _same(today().isoformat())),
    ]  # fmt: skip
    told = "".join(f"<dt>{_say(name, language)}</dt><dd>{_say(value, language)}</dd>" for name, value in pairs)
    parts.append(f"<dl>{told}</dl>")
    parts += [f'<p class="quiet">{_say(each, language)}</p>' for each in found.remarks]
    parts.append(f'<p><img src="{escape(path)}/qr.svg" width="160" height="160" alt="QR"></p>')
    return parts


def _same(text: str) -> Words:
    return Words(text, text)


def _html(parts: list[str], language: str, path: str, status: int = 200) -> Response[Any]:
    other = "en" if language == "zh" else "zh"
    title = _say(TITLE, language)
    head = f'<header><h1>{title}</h1><a href="{escape(path)}?lang={other}" hreflang="{other}">{_say(OTHER, language)}</a></header>'
    text = _TEXT.replace("LANGUAGE", "zh-CN" if language == "zh" else "en", 1).replace("TITLE", title, 1)
    content = text.replace("BODY", "\n".join([head, *parts]), 1).encode()
    return Response(content, status_code=status, media_type="text/html", headers={"content-security-policy": PICTURES})


CONTROLLERS = (UnitPassports,)
"""What the application mounts."""
