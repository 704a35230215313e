"""Signatures of lending: JWS with the jurisdiction's document key (ES256), whose public half is published for ever."""

from collections.abc import Mapping
from typing import Any

import jwt
from cryptography.hazmat.primitives.serialization import load_der_private_key

from backend.statements.values import DocumentKey

ALGORITHM = "ES256"


def sign(claims: Mapping[str, Any], key: DocumentKey, kind: str) -> str:
    """Return claims as a signed token of a kind (`typ`), which names its key."""
    private: Any = load_der_private_key(key.private, None)
    return jwt.encode(dict(claims), private, algorithm=ALGORITHM, headers={"kid": key.id, "typ": kind})
