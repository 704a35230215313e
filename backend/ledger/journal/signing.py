"""Signatures of checkpoints: JWS with ES256 over canonical JSON, checked against the jurisdiction's published keys."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC
from hashlib import sha256
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import load_der_private_key

from backend.ledger.journal.entries import GENESIS
from backend.ledger.journal.values import CHECKPOINT_FORMAT, CheckpointValue, SigningKey

ALGORITHM, TYPE = "ES256", "carbon-checkpoint+jws"
_JWS = jwt.PyJWS()


def facts(tenant: str, sealed: CheckpointValue) -> dict[str, Any]:
    """Return what a checkpoint states, as it is signed."""
    return {
        "format": CHECKPOINT_FORMAT,
        "tenant": tenant,
        "number": sealed.number,
        "first_position": sealed.first_position,
        "last_position": sealed.last_position,
        "root": sealed.root.hex(),
        "chain_hash": sealed.chain_hash.hex(),
        "previous_hash": sealed.previous_hash.hex(),
        "created_at": sealed.created_at.astimezone(UTC).isoformat(timespec="microseconds"),
    }


def canonical(stated: Mapping[str, Any]) -> bytes:
    """Return facts as the bytes that are signed: JSON, keys in order, no spaces."""
    return json.dumps(stated, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def sign(stated: Mapping[str, Any], key: SigningKey) -> str:
    """Return the JWS of facts."""
    private = load_der_private_key(key.private, password=None)
    if not isinstance(private, EllipticCurvePrivateKey):
        message = "a checkpoint is signed with a key on P-256"
        raise TypeError(message)
    return _JWS.encode(canonical(stated), private, ALGORITHM, headers={"kid": key.id, "typ": TYPE})


def is_signed(tenant: str, sealed: CheckpointValue, keys: Sequence[Mapping[str, Any]]) -> bool:
    """Tell whether one of the published keys signed exactly what the checkpoint states."""
    try:
        wanted = jwt.get_unverified_header(sealed.signed).get("kid")
        key = next(each for each in keys if each["kid"] == wanted)
        stated = _JWS.decode(sealed.signed, jwt.PyJWK(dict(key)).key, [ALGORITHM])
    except (jwt.InvalidTokenError, StopIteration):
        return False
    return stated == canonical(facts(tenant, sealed))


def hash_of(signed: str | None) -> bytes:
    """Return what the next checkpoint says of this one; before the first there is nothing but zeros."""
    return GENESIS if signed is None else sha256(signed.encode()).digest()
