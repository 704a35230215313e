"""The doors of authentication: they open their own transactions, because a refusal must be committed with its trace.

What verifies tokens is kept in each process: public keys and revocations of a tenant, read anew each second. A
revocation is therefore obeyed by every process within a second, and a verified token costs no query.
"""

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from uuid import UUID
from weakref import WeakKeyDictionary, WeakValueDictionary

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from backend.identity import tokens
from backend.identity.errors import TokenExpired, TokenInvalid, TokenOfAnotherTenant, TokenRevoked
from backend.identity.rules import plain_email
from backend.identity.service import authentication, keys, members, revocation
from backend.identity.service.authentication import Issuing
from backend.identity.tokens import Claims, Seal
from backend.identity.values import Session, grantable, permissions_of
from backend.kit.clock import now
from backend.kit.db import Databases, Write
from backend.kit.errors import CarbonError
from backend.kit.scope import Scope
from backend.kit.settings import Settings
from backend.kit.vault import secret

FRESH_SECONDS = 1
"""How long a process may believe what it read of keys and revocations."""
_AGAIN_SECONDS = 0.1
"""An unknown key id may be a new key: look again, but not for every forged token."""
_REMEMBERED = 10_000
"""Verified tokens, and mismatches already audited, kept in memory."""


@dataclass(slots=True)
class _Known:
    """What this process knows of a tenant's tokens."""

    keys: Mapping[str, Ed25519PublicKey] = field(default_factory=dict[str, Ed25519PublicKey])
    revoked: Mapping[str, datetime] = field(default_factory=dict[str, datetime])
    read_at: float | None = None
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    verified: "OrderedDict[bytes, tuple[str, Claims]]" = field(default_factory=OrderedDict[bytes, "tuple[str, Claims]"])
    mismatches: "OrderedDict[bytes, None]" = field(default_factory=OrderedDict[bytes, None])


_KNOWN: "WeakKeyDictionary[Databases, dict[str, _Known]]" = WeakKeyDictionary()
_SEALS: dict[str, Seal] = {}
_ADDRESSES: "WeakValueDictionary[tuple[str, str], asyncio.Lock]" = WeakValueDictionary()


async def _known(databases: Databases, tenant: str, *, seconds: float = FRESH_SECONDS) -> _Known:
    """Return the tenant's keys and revocations, at most `seconds` old."""
    known = _KNOWN.setdefault(databases, {}).setdefault(tenant, _Known())
    if known.read_at is None or monotonic() - known.read_at > seconds:
        async with known.lock:
            if known.read_at is None or monotonic() - known.read_at > seconds:
                began = monotonic()
                async with databases.read(Scope.system(tenant)) as read:
                    jwks = await keys.public_keys(read)
                    revoked = await revocation.revoked(read)
                known.keys = {jwk["kid"]: tokens.public_key(jwk) for jwk in jwks}
                known.revoked, known.read_at = revoked, began
    return known


def forget() -> None:
    """Forget everything this process knows of keys and revocations, so that the next token is checked afresh."""
    _KNOWN.clear()


async def claims_of_token(databases: Databases, tenant: str, token: str) -> Claims:
    """Return what a token says, once it is proved to be ours, in time, of this tenant, and not revoked.

    Raises:
        TokenInvalid, TokenExpired, TokenRevoked: as named.
        TokenOfAnotherTenant: and it leaves an audit event.
    """
    known = await _known(databases, tenant)
    mark = hashlib.sha256(token.encode()).digest()
    found = known.verified.get(mark)
    if found is not None and found[0] in known.keys:
        claims = found[1]
        if claims.expires_at <= now():
            known.verified.pop(mark, None)
            raise TokenExpired
    else:
        key_id = tokens.key_id_of(token)
        claims = await _verified(databases, tenant, token, key_id, known)
        known.verified[mark] = (key_id, claims)
        while len(known.verified) > _REMEMBERED:
            known.verified.popitem(last=False)
    for subject in claims.subjects():
        until = known.revoked.get(subject)
        if until is not None and claims.issued_at <= until:
            raise TokenRevoked
    return claims


async def _verified(databases: Databases, tenant: str, token: str, key_id: str, known: _Known) -> Claims:
    if key_id not in known.keys:
        named = tokens.tenant_claimed(token)
        if named is not None and named != tenant:
            await _mismatch(databases, tenant, named, token, key_id, known)
            raise TokenOfAnotherTenant
        known = await _known(databases, tenant, seconds=_AGAIN_SECONDS)
    if key_id not in known.keys:
        raise TokenInvalid
    return tokens.verify(token, known.keys[key_id], tenant)


async def _mismatch(databases: Databases, tenant: str, named: str, token: str, key_id: str, known: _Known) -> None:
    """Audit a token used in the wrong jurisdiction, once for each token.

    Where the other jurisdiction is served elsewhere the token cannot be proved; then once a minute, because anybody can
    make such tokens up.
    """
    claims: Claims | None = None
    if named in databases.tenants:
        there = await _known(databases, named)
        key = there.keys.get(key_id)
        try:
            claims = None if key is None else tokens.verify(token, key, named)
        except CarbonError:
            claims = None
        if claims is None:
            return
    mark = hashlib.sha256((token if claims else f"unproved {monotonic() // 60}").encode()).digest()
    if mark in known.mismatches:
        return
    known.mismatches[mark] = None
    while len(known.mismatches) > _REMEMBERED:
        known.mismatches.popitem(last=False)
    async with databases.write(Scope.nobody(tenant)) as write:
        write.audit(
            "identity:use_token", outcome="refused", object_type="Token", object_id="" if claims is None else claims.token_id,
            code=TokenOfAnotherTenant.code, named=named[:40], subject=None if claims is None else claims.subject_id,
        )  # fmt: skip


async def scope_of_token(
    databases: Databases, tenant: str, token: str, *, correlation_id: str = "", language: str | None = None
) -> Scope:
    """Return the scope of a request that carries this access token; `language` overrides the person's own.

    Raises:
        Unauthenticated: see `claims_of_token`.
    """
    claims = await claims_of_token(databases, tenant, token)
    granted = (
        frozenset(claims.permissions) & grantable(claims.kind)
        if claims.is_client
        else permissions_of(claims.kind, claims.roles)
    )
    return Scope(
        tenant=tenant,
        kind=claims.kind,
        organisation_id=claims.organisation_id,
        actor_id=claims.subject_id,
        region=claims.region,
        permissions=granted,
        correlation_id=correlation_id,
        language=language or claims.language,
    )


def seal_of(settings: Settings) -> Seal:
    """Return the installation's seal of signing keys."""
    name = str(settings.data_dir)
    if name not in _SEALS:
        _SEALS[name] = Seal(secret(settings.data_dir, "seal"))
    return _SEALS[name]


async def _issue(
    databases: Databases,
    settings: Settings,
    tenant: str,
    correlation_id: str,
    body: Callable[[Write, Issuing], Awaitable[Session | CarbonError]],
) -> Session:
    """Run a command that issues tokens; commit its refusal too, then raise it."""
    async with databases.write(Scope.system(tenant, correlation_id=correlation_id)) as write:
        signer = await keys.signer(write, seal_of(settings))
        answer = await body(write, Issuing(signer, settings.access_token_seconds, settings.refresh_token_days))
    if isinstance(answer, CarbonError):
        raise answer
    return answer


async def sign_in(
    databases: Databases,
    settings: Settings,
    tenant: str,
    *,
    email: str,
    password: str,
    organisation_id: UUID | None = None,
    correlation_id: str = "",
) -> Session:
    """Sign a person in. Guesses at one address queue here before they hold a connection.

    Raises:
        SignInLocked, SignInRefused, NoOrganisation: see `authentication.sign_in`.
    """
    key = (tenant, plain_email(email))
    lock = _ADDRESSES.setdefault(key, asyncio.Lock())
    async with lock:
        return await _issue(
            databases, settings, tenant, correlation_id,
            lambda write, issuing: authentication.sign_in(
                write, issuing, email=email, password=password, organisation_id=organisation_id
            ),
        )  # fmt: skip


async def refresh(
    databases: Databases,
    settings: Settings,
    tenant: str,
    *,
    token: str,
    organisation_id: UUID | None = None,
    correlation_id: str = "",
) -> Session:
    """Continue a session, in the same or another organisation of the person.

    Raises:
        RefreshTokenInvalid, RefreshTokenReused, NoOrganisation: see `authentication.refresh`.
    """
    return await _issue(
        databases, settings, tenant, correlation_id,
        lambda write, issuing: authentication.refresh(write, issuing, token=token, organisation_id=organisation_id),
    )  # fmt: skip


async def client_session(
    databases: Databases,
    settings: Settings,
    tenant: str,
    *,
    client_id: str,
    secret: str,
    permissions: Sequence[str] = (),
    correlation_id: str = "",
) -> Session:
    """Issue a program's token (OAuth 2 client credentials).

    Raises:
        ClientRefused, PermissionsInvalid: see `authentication.client_session`.
    """
    return await _issue(
        databases, settings, tenant, correlation_id,
        lambda write, issuing: authentication.client_session(
            write, issuing, client_id=client_id, secret=secret, permissions=permissions
        ),
    )  # fmt: skip


async def accept_invitation(
    databases: Databases,
    settings: Settings,
    tenant: str,
    *,
    token: str,
    password: str,
    language: str = "zh",
    correlation_id: str = "",
) -> Session:
    """Accept an invitation and sign in.

    Raises:
        InvitationInvalid, PasswordWeak, SignInRefused: see `members.accept_invitation`.
    """
    return await _issue(
        databases, settings, tenant, correlation_id,
        lambda write, issuing: members.accept_invitation(
            write, write.scope, issuing, token=token, password=password, language=language
        ),
    )  # fmt: skip


async def change_password(
    databases: Databases,
    settings: Settings,
    tenant: str,
    *,
    token: str,
    current: str,
    new: str,
    correlation_id: str = "",
) -> Session:
    """Change the password of the person an access token belongs to, and return their only session.

    Raises:
        Unauthenticated: see `claims_of_token`; TokenInvalid for a program's token.
        PasswordWeak, SignInLocked, PasswordWrong, NoOrganisation: see `authentication.change_password`.
    """
    claims = await claims_of_token(databases, tenant, token)
    if claims.is_client:
        raise TokenInvalid
    return await _issue(
        databases, settings, tenant, correlation_id,
        lambda write, issuing: authentication.change_password(
            write, issuing, person_id=claims.subject_id, organisation_id=claims.organisation_id, current=current, new=new
        ),
    )  # fmt: skip


async def sign_out(databases: Databases, tenant: str, *, token: str, correlation_id: str = "") -> None:
    """End the session of a refresh token; an unknown one is ended already."""
    async with databases.write(Scope.system(tenant, correlation_id=correlation_id)) as write:
        await authentication.sign_out(write, token=token)


async def jwks(databases: Databases, settings: Settings, tenant: str) -> dict[str, list[dict[str, object]]]:
    """Return the tenant's JSON Web Key Set, making the first key when there is none yet."""
    async with databases.read(Scope.system(tenant)) as read:
        found = await keys.public_keys(read)
    if not found:
        async with databases.write(Scope.system(tenant)) as write:
            await keys.signer(write, seal_of(settings))
            found = await keys.public_keys(write)
    return {"keys": found}
