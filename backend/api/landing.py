"""The page at `/`: which jurisdictions are served here and where their doors are."""

import base64
import hashlib
import re
from html import escape
from pathlib import Path

from litestar import Response, get
from litestar.datastructures import State

from backend.api.surroundings import Surroundings

_TEXT = Path(__file__).with_name("landing.html").read_text(encoding="utf-8")


def inline_hash(text: str, tag: str) -> str:
    """Return the Content-Security-Policy source of a page's one inline `style` or `script`."""
    (inside,) = re.findall(f"<{tag}>(.*?)</{tag}>", text, flags=re.DOTALL)
    return f"'sha256-{base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()}'"


POLICY = f"default-src 'none'; style-src {inline_hash(_TEXT, 'style')}; frame-ancestors 'none'; base-uri 'none'"


@get("/", media_type="text/html")
async def landing(state: State) -> Response[bytes]:
    """Show the served jurisdictions."""
    here: Surroundings = state.here
    cards: list[str] = []
    for code in here.databases.tenants:
        pack = here.packs[code]
        explorer = f'<a href="/{code}/graphql">接口 API</a>' if here.settings.allows_free_operations else ""
        cards.append(
            f"<li><strong>{escape(pack.name_zh)}</strong><em>{escape(pack.name_en)} · {pack.division_code}</em>"
            f'{explorer}<a href="/{code}/.well-known/jwks.json">公钥 Keys</a></li>'
        )
    return Response(
        _TEXT.replace("TENANTS", "".join(cards), 1).encode(),
        media_type="text/html",
        headers={"content-security-policy": POLICY},
    )
