"""Access tokens: JWTs signed with Ed25519, and the keys that sign them. Pure but for the clock given in.

A token names its tenant in `iss`. People's tokens carry their roles, programs' tokens their permissions;
what a role grants is decided when the token is read. `iat` keeps its fraction of a second (RFC 7519 allows it), so
that a token issued right after a revocation outlives it and one issued right before does not.
"""

import base64
import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import jwt
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from backend.identity.errors import TokenExpired, TokenInvalid, TokenOfAnotherTenant
from backend.kit.scope import Kind

ALGORITHM, AUDIENCE, TYPE = "EdDSA", "carbon", "at+jwt"
_NONCE = 12
_SKEW = 3
"""Seconds by which the clocks of two machines may differ."""
_ISSUER = "urn:carbon:tenant:"
_REQUIRED = ["iss", "aud", "sub", "org", "kind", "jti", "iat", "exp"]


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token says. `family_id` is the sign-in it belongs to; a program's token has none.

    `roles` speak for people, `permissions` for programs; `region` is an authority's division path.
    """

    tenant: str
    subject_id: UUID
    is_client: bool
    organisation_id: UUID
    kind: Kind
    region: str
    roles: tuple[str, ...]
    permissions: tuple[str, ...]
    language: str
    family_id: UUID | None
    token_id: UUID
    issued_at: datetime
    expires_at: datetime

    def subjects(self) -> tuple[str, ...]:
        """Return every name under which this token can be revoked."""
        names = [f"token:{self.token_id}", f"organisation:{self.organisation_id}"]
        if self.is_client:
            names.append(f"client:{self.subject_id}")
        else:
            names += [f"person:{self.subject_id}", f"member:{self.subject_id}:{self.organisation_id}"]
        if self.family_id is not None:
            names.append(f"family:{self.family_id}")
        return tuple(names)


class Seal:
    """Encrypts private keys at rest (AES-256-GCM), bound to their tenant and key id."""

    def __init__(self, secret: str) -> None:
        key = HKDF(hashes.SHA256(), 32, None, b"carbon: seal of signing keys").derive(secret.encode())
        self._cipher = AESGCM(key)

    def close(self, plain: bytes, bound_to: str) -> bytes:
        """Return the sealed bytes."""
        nonce = os.urandom(_NONCE)
        return nonce + self._cipher.encrypt(nonce, plain, bound_to.encode())

    def open(self, sealed: bytes, bound_to: str) -> bytes | None:
        """Return what was sealed, or None when it was sealed by another installation or altered."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], bound_to.encode())
        except InvalidTag:
            return None


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key ready to sign, and the id verifiers find its public half by."""

    key_id: str
    private: Ed25519PrivateKey


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key pair just made: the public half as a JWK, the private half sealed."""

    key_id: str
    public_jwk: dict[str, Any]
    private_sealed: bytes


def make_key(tenant: str, seal: Seal) -> NewKey:
    """Make a key pair; its id is the JWK thumbprint (RFC 7638) of the public half."""
    private = Ed25519PrivateKey.generate()
    x = _base64(private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))
    key_id = _base64(hashlib.sha256(f'{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}'.encode()).digest())
    raw = private.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": x, "kid": key_id, "use": "sig", "alg": ALGORITHM}
    return NewKey(key_id, jwk, seal.close(raw, f"{tenant}:{key_id}"))


def unseal(tenant: str, key_id: str, sealed: bytes, seal: Seal) -> Signer | None:
    """Return the signer, or None when this installation's seal does not open it."""
    raw = seal.open(sealed, f"{tenant}:{key_id}")
    return None if raw is None else Signer(key_id, Ed25519PrivateKey.from_private_bytes(raw))


def public_key(jwk: Mapping[str, Any]) -> Ed25519PublicKey:
    """Return the public key of a JWK of ours."""
    x = str(jwk["x"])
    return Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(x + "=" * (-len(x) % 4)))


def issuer(tenant: str) -> str:
    """Return the `iss` of a tenant's tokens."""
    return _ISSUER + tenant


def issue(signer: Signer, claims: Claims) -> str:
    """Return the signed token."""
    body: dict[str, Any] = {
        "iss": issuer(claims.tenant),
        "aud": AUDIENCE,
        "sub": str(claims.subject_id),
        "org": str(claims.organisation_id),
        "kind": claims.kind.value,
        "region": claims.region,
        "tenant": claims.tenant,
        "lang": claims.language,
        "jti": str(claims.token_id),
        "iat": claims.issued_at.timestamp(),
        "exp": int(claims.expires_at.timestamp()),
    }
    if claims.is_client:
        body |= {"client_id": str(claims.subject_id), "scope": " ".join(claims.permissions)}
    else:
        body |= {"roles": list(claims.roles), "sid": str(claims.family_id)}
    headers = {"kid": signer.key_id, "typ": TYPE}
    return jwt.encode(body, signer.private, algorithm=ALGORITHM, headers=headers)


def key_id_of(token: str) -> str:
    """Return the id of the key a token says it was signed with.

    Raises:
        TokenInvalid: it is not a token.
    """
    try:
        header = jwt.get_unverified_header(token)
    except jwt.InvalidTokenError:
        raise TokenInvalid from None
    key_id = header.get("kid")
    if not isinstance(key_id, str) or header.get("alg") != ALGORITHM:
        raise TokenInvalid
    return key_id


def tenant_claimed(token: str) -> str | None:
    """Return the tenant a token names, unverified; None when it names none."""
    try:
        named = str(jwt.decode(token, options={"verify_signature": False}).get("iss", ""))
    except jwt.InvalidTokenError:
        return None
    return named.removeprefix(_ISSUER) if named.startswith(_ISSUER) else None


def verify(token: str, key: Ed25519PublicKey, tenant: str) -> Claims:
    """Return what a token of this tenant says, once its signature, issuer, audience and time are proved.

    Raises:
        TokenExpired: it was valid once.
        TokenOfAnotherTenant: the signature holds, but it names another tenant.
        TokenInvalid: anything else.
    """
    try:
        body = jwt.decode(
            token,
            key,
            [ALGORITHM],
            audience=AUDIENCE,
            issuer=issuer(tenant),
            leeway=_SKEW,
            options={"require": _REQUIRED},
        )
        is_client = "client_id" in body
        family = body.get("sid")
        return Claims(
            tenant=tenant,
            subject_id=UUID(str(body["sub"])),
            is_client=is_client,
            organisation_id=UUID(str(body["org"])),
            kind=Kind(body["kind"]),
            region=str(body.get("region", "")),
            roles=tuple(body.get("roles", ())),
            permissions=tuple(str(body.get("scope", "")).split()),
            language=str(body.get("lang", "zh")),
            family_id=UUID(str(family)) if family else None,
            token_id=UUID(str(body["jti"])),
            issued_at=datetime.fromtimestamp(body["iat"], UTC),
            expires_at=datetime.fromtimestamp(body["exp"], UTC),
        )
    except jwt.ExpiredSignatureError:
        raise TokenExpired from None
    except jwt.InvalidIssuerError:
        raise TokenOfAnotherTenant from None
    except (jwt.InvalidTokenError, ValueError, TypeError):
        raise TokenInvalid from None


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
