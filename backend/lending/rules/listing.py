"""Token Status List: one bit for each credential of a list, zlib-compressed; a set bit means that it holds no more."""

import zlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from backend.lending.rules.disclosing import base64url
from backend.lending.values import LIST_SIZE

TYPE = "statuslist+jwt"
STALE_AFTER = timedelta(hours=24)
"""A copy that is older proves nothing any more."""
TIME_TO_LIVE = timedelta(minutes=5)
"""How long a reader may use its copy before it asks again."""


def bits(revoked: Iterable[int], size: int = LIST_SIZE) -> bytes:
    """Return the list's bits, the first credential in the lowest bit of the first byte."""
    held = bytearray(size // 8)
    for index in revoked:
        held[index >> 3] |= 1 << (index & 7)
    return bytes(held)


def claims(uri: str, issuer: str, revoked: Iterable[int], at: datetime) -> dict[str, Any]:
    """Return what is signed of a list."""
    return {
        "iss": issuer,
        "sub": uri,
        "iat": int(at.timestamp()),
        "exp": int((at + STALE_AFTER).timestamp()),
        "ttl": int(TIME_TO_LIVE.total_seconds()),
        "status_list": {"bits": 1, "lst": base64url(zlib.compress(bits(revoked), 9))},
    }
