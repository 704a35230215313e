"""The explorer page: our own, so that nothing is fetched from anybody else and no key leaves the machine."""

from collections.abc import Iterable
from html import escape
from pathlib import Path

from backend.api.landing import inline_hash

_TEXT = Path(__file__).with_name("explorer.html").read_text(encoding="utf-8")

POLICY = (
    f"default-src 'none'; script-src {inline_hash(_TEXT, 'script')}; style-src {inline_hash(_TEXT, 'style')}; connect-src 'self';"
    " frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)


def page(names: Iterable[str]) -> bytes:
    """Return the page with the named operations to choose from."""
    options = "".join(f"<option>{escape(name)}</option>" for name in sorted(names))
    return _TEXT.replace("NAMES", options, 1).encode()
