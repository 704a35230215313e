"""Selective disclosure (SD-JWT, RFC 9901): fields become salted digests, and some of them are shown.

A disclosure is base64url(JSON [salt, name, value]); what is signed holds base64url(SHA-256(disclosure)) of every field,
shown or not. So what is shown and what is withheld belong to one signed whole, and a field that stays withheld cannot be
guessed: each has 128 bits of salt of its own. The list of digests is sorted, so that its order tells nothing.
"""

import base64
import hashlib
import json
import secrets
from collections.abc import Callable, Sequence
from typing import Any

from backend.identity.values import SUFFICIENT
from backend.lending.values import CREDENTIAL_TYPE, Field, Issuing

HASH = "sha-256"
TYPE = "dc+sd-jwt"
RESERVED = frozenset(
    {"iss", "sub", "iat", "exp", "nbf", "aud", "vct", "cnf", "status", "consent", "_sd", "_sd_alg", "..."}
)
"""Claims that are said openly, or mean something else; no field may take their name."""


def salt() -> str:
    """Return 128 bits of chance."""
    return secrets.token_urlsafe(16)


def disclosure(field: Field, salt: str) -> str:
    """Return a field's disclosure."""
    text = json.dumps([salt, field.name, field.value], ensure_ascii=False, separators=(",", ":"))
    return base64url(text.encode())


def digest(disclosure: str) -> str:
    """Return what is signed in the place of a disclosure."""
    return base64url(hashlib.sha256(disclosure.encode()).digest())


def claims(
    said: Issuing, fields: Sequence[Field], scopes: Sequence[str], *, salt: Callable[[], str] = salt
) -> tuple[dict[str, Any], list[str], list[str]]:
    """Return what is signed, the disclosures that are shown, and those that are withheld.

    Raises:
        ValueError: two fields of one name, or one that is reserved; a programmer's mistake.
    """
    names = [field.name for field in fields]
    if len(set(names)) < len(names) or RESERVED.intersection(names):
        message = f"no credential can have these fields: {sorted(names)}"
        raise ValueError(message)
    opened = frozenset(scopes)
    shown: list[str] = []
    withheld: list[str] = []
    for field in fields:
        (shown if opened.intersection(SUFFICIENT[field.scope]) else withheld).append(disclosure(field, salt()))
    signed: dict[str, Any] = {
        "iss": said.issuer,
        "sub": said.subject,
        "iat": int(said.issued_at.timestamp()),
        "exp": int(said.expires_at.timestamp()),
        "vct": CREDENTIAL_TYPE,
        "status": {"status_list": {"idx": said.status_index, "uri": said.status_uri}},
        "consent": dict(said.consent),
        "_sd_alg": HASH,
        "_sd": sorted(digest(each) for each in (*shown, *withheld)),
    }
    return signed, shown, withheld


def combined(signed: str, shown: Sequence[str]) -> str:
    """Return the credential as it is handed out: the signed part, then each disclosure, each followed by a tilde."""
    return "~".join((signed, *shown, ""))


def base64url(raw: bytes) -> str:
    """Return base64url without padding."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
