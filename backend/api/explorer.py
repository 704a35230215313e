"""The explorer page: our own, so that nothing is fetched from anybody else and no key leaves the machine."""

import base64
import hashlib
import re
from collections.abc import Iterable
from html import escape
from pathlib import Path

_TEXT = Path(__file__).with_name("explorer.html").read_text(encoding="utf-8")


def _hashed(tag: str) -> str:
    """Return the Content-Security-Policy source of the page's one inline script or style."""
    (inside,) = re.findall(f"<{tag}>(.*?)</{tag}>", _TEXT, flags=re.DOTALL)
    return f"'sha256-{base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()}'"


POLICY = (
    f"default-src 'none'; script-src {_hashed('script')}; style-src {_hashed('style')}; connect-src 'self';"
    " frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)


def page(names: Iterable[str]) -> bytes:
    """Return the page with the named operations to choose from."""
    options = "".join(f"<option>{escape(name)}</option>" for name in sorted(names))
    return _TEXT.replace("NAMES", options, 1).encode()
