"""Where a jurisdiction answers, as it is written into what it signs; and how a bank may name a borrower."""

import re
from collections.abc import Sequence

LONGEST_KEY = 100
_KEY = re.compile(r"[0-9A-Za-z-]{1,100}")


def issuer(tenant: str, *, hosts: Sequence[str], base_domain: str, port: int) -> str:
    """Return the address of the jurisdiction: its own host, else below its name.

    Never made from what a request says of its host: it is signed, and believed for years.
    """
    if hosts:
        return f"https://{hosts[0]}"
    if base_domain == "localhost":
        return f"http://localhost:{port}/{tenant}"
    return f"https://{tenant}.{base_domain}"


def status_uri(issuer: str, number: int) -> str:
    """Return where a status list is published."""
    return f"{issuer}/bank/status-lists/{number}"


def plain_key(given: str) -> str:
    """Return a borrower's key as the database looks for it: an id in lower case, a number or a credit code in upper.

    What can be none of them becomes the empty key, which nobody has.
    """
    clean = given.strip()
    if not _KEY.fullmatch(clean):
        return ""
    return clean.lower() if clean.count("-") == 4 else clean.upper()  # noqa: PLR2004 - a UUID's hyphens
