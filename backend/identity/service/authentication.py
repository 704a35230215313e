"""Proving who is asking: passwords, refresh tokens, client secrets. All under the service's own scope.

These commands return their refusal instead of raising it: a failed attempt must be counted and audited, and what
is raised is rolled back. The door (`sessions`) commits, then raises.

Whoever issues a token takes share locks on the rows that allow it (person, memberships, organisations, client), so a
revocation under way is waited for and then seen.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from backend.identity import passwords, rules
from backend.identity.errors import (
    ClientRefused,
    NoOrganisation,
    PasswordWrong,
    PermissionsInvalid,
    RefreshTokenInvalid,
    RefreshTokenReused,
    SignInLocked,
    SignInRefused,
    TokenInvalid,
)
from backend.identity.models import ApiClient, Membership, Organisation, Person, RefreshToken, SignInAttempt
from backend.identity.service.revocation import LONGEST_ACCESS, end_sessions, withdraw
from backend.identity.tokens import Claims, Signer, issue
from backend.identity.values import Session, grantable, permissions_of
from backend.kit.audit import TENANT_CHAIN
from backend.kit.clock import CHINA, now
from backend.kit.db import Write
from backend.kit.errors import CarbonError
from backend.kit.ids import new_id
from backend.kit.scope import Kind

_USED_SELDOM = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Issuing:
    """What is needed to issue tokens: the key, and how long they live."""

    signer: Signer
    access_seconds: int
    refresh_days: int


@dataclass(frozen=True, slots=True)
class Place:
    """An active organisation in which a person has roles."""

    id: UUID
    kind: Kind
    region: str
    roles: tuple[str, ...]


def token_hash(token: str) -> bytes:
    """Return what is stored of a secret that is random already: its SHA-256."""
    return hashlib.sha256(token.encode()).digest()


async def places(write: Write, person_id: UUID) -> list[Place]:
    """Return the active organisations of a person, the oldest membership first, held still until the commit."""
    rows = await write.rows(
        select(Organisation.id, Organisation.kind, Organisation.division_path, Membership.role)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .where(Membership.person_id == person_id, Membership.revoked_at.is_(None), Organisation.suspended_at.is_(None))
        .order_by(Membership.id)
        .with_for_update(read=True)
    )
    return _grouped(rows)


def _grouped(rows: Sequence[Row[Any]]) -> list[Place]:
    roles: dict[UUID, list[str]] = {}
    for row in rows:
        roles.setdefault(row.id, []).append(row.role)
    first = {row.id: row for row in reversed(rows)}
    return [
        Place(key, Kind(first[key].kind), _region(first[key]), tuple(sorted(granted))) for key, granted in roles.items()
    ]


def _region(row: Row[Any]) -> str:
    return row.division_path if row.kind == Kind.AUTHORITY else ""


async def sign_in(
    write: Write, issuing: Issuing, *, email: str, password: str, organisation_id: UUID | None = None
) -> Session | CarbonError:
    """Open a session for a person in one of their organisations, the named one or else the first.

    Returns instead of raising: SignInLocked; SignInRefused (unknown address, wrong password, disabled);
    NoOrganisation (only to who knows the password).
    """
    address, moment = rules.plain_email(email), now()
    key = token_hash(address)
    attempt = await _attempt(write, key)
    person = await write.row(
        select(Person.id, Person.password_hash, Person.language, Person.disabled_at)
        .where(Person.email == address)
        .with_for_update(read=True)
    )
    if attempt.locked_until is not None and attempt.locked_until > moment:
        refusal = _locked(attempt)
        await _refused(write, person, refusal)
        return refusal
    is_right = await passwords.matches(None if person is None else person.password_hash, password)
    if person is None or not is_right or person.disabled_at is not None:
        await _count(write, key, attempt)
        refusal = SignInRefused()
        await _refused(write, person, refusal)
        return refusal
    await write.run(delete(SignInAttempt).where(SignInAttempt.email_hash == key))
    if passwords.is_outdated(person.password_hash):
        renewed = await passwords.digest(password)
        await write.run(update(Person).where(Person.id == person.id).values(password_hash=renewed))
    where = choose(await places(write, person.id), organisation_id)
    if where is None:
        refusal = NoOrganisation()
        await _refused(write, person, refusal)
        return refusal
    write.audit("identity:sign_in", object_type="Person", object_id=person.id, organisation_id=where.id)
    return await open_session(write, issuing, person.id, person.language, where)


async def _attempt(write: Write, key: bytes) -> Row[Any]:
    """Return the address's counter, made if it is new, and locked: parallel guesses queue here, each sees the one before."""
    rows = await write.rows(
        upsert(SignInAttempt)
        .values(email_hash=key, failures=0, last_failed_at=now(), locked_until=None)
        .on_conflict_do_update(index_elements=[SignInAttempt.email_hash], set_={"email_hash": key})
        .returning(SignInAttempt.failures, SignInAttempt.last_failed_at, SignInAttempt.locked_until)
    )
    return rows[0]


def _locked(attempt: Row[Any]) -> SignInLocked:
    return SignInLocked(until=attempt.locked_until.astimezone(CHINA).strftime("%H:%M:%S"))


async def _count(write: Write, key: bytes, attempt: Row[Any]) -> None:
    """Add a failure, and lock the address from the fifth on."""
    moment = now()
    failures = 1 if rules.is_forgotten(attempt.last_failed_at, moment) else attempt.failures + 1
    lock = rules.lock_for(failures)
    await write.run(
        update(SignInAttempt)
        .where(SignInAttempt.email_hash == key)
        .values(failures=failures, last_failed_at=moment, locked_until=None if lock is None else moment + lock)
    )


async def prove(write: Write, address: str, known: str, password: str) -> CarbonError | None:
    """Check a known person's password under the same counter as a sign-in; return the refusal, None when it fits.

    Call it before locking the person's row: whoever signs in takes the counter first.
    """
    key = token_hash(address)
    attempt = await _attempt(write, key)
    if attempt.locked_until is not None and attempt.locked_until > now():
        return _locked(attempt)
    if not await passwords.matches(known, password):
        await _count(write, key, attempt)
        return SignInRefused()
    await write.run(delete(SignInAttempt).where(SignInAttempt.email_hash == key))
    return None


async def _refused(write: Write, person: Row[Any] | None, refusal: CarbonError) -> None:
    """Audit a refused sign-in where the person's administrators see it, or else in the tenant's own chain."""
    person_id = None if person is None else person.id
    chain = await write.value(
        select(Membership.organisation_id)
        .where(Membership.person_id == person_id, Membership.revoked_at.is_(None))
        .order_by(Membership.id)
        .limit(1)
    )
    write.audit(
        "identity:sign_in", outcome="refused", object_type="Person", object_id=person_id or "",
        organisation_id=chain or TENANT_CHAIN, code=refusal.code,
    )  # fmt: skip


def choose(found: Sequence[Place], organisation_id: UUID | None) -> Place | None:
    """Return the named organisation, or the first; None when the person has no role there."""
    if organisation_id is None:
        return found[0] if found else None
    return next((place for place in found if place.id == organisation_id), None)


async def open_session(
    write: Write, issuing: Issuing, person_id: UUID, language: str, where: Place, family_id: UUID | None = None
) -> Session:
    """Issue an access token and store a refresh token, in a new family or in the session's own."""
    family, refresh, moment = family_id or new_id(), secrets.token_urlsafe(32), now()
    refresh_ends = moment + timedelta(days=issuing.refresh_days)
    await write.run(
        insert(RefreshToken).values(
            id=new_id(), family_id=family, person_id=person_id, organisation_id=where.id,
            token_hash=token_hash(refresh), issued_at=moment, expires_at=refresh_ends,
        )
    )  # fmt: skip
    seconds = min(issuing.access_seconds, int(LONGEST_ACCESS.total_seconds()))
    claims = Claims(
        tenant=write.scope.tenant, subject_id=person_id, is_client=False, organisation_id=where.id, kind=where.kind,
        region=where.region, roles=where.roles, permissions=(), language=language, family_id=family,
        token_id=new_id(), issued_at=moment, expires_at=moment + timedelta(seconds=seconds),
    )  # fmt: skip
    return Session(
        access_token=issue(issuing.signer, claims),
        expires_in=seconds,
        organisation_id=where.id,
        subject_id=person_id,
        permissions=tuple(sorted(permissions_of(where.kind, where.roles))),
        roles=where.roles,
        refresh_token=refresh,
        refresh_expires_at=refresh_ends,
    )


async def refresh(
    write: Write, issuing: Issuing, *, token: str, organisation_id: UUID | None = None
) -> Session | CarbonError:
    """Continue a session: the refresh token is used up and a new one issued, for the same or another organisation.

    Returns instead of raising: RefreshTokenInvalid; RefreshTokenReused (and the whole family, with its access
    tokens, is withdrawn); NoOrganisation.
    """
    row = await write.row(select(RefreshToken).where(RefreshToken.token_hash == token_hash(token)).with_for_update())
    if row is None:
        return RefreshTokenInvalid()
    if row.used_at is not None and row.revoked_at is None:
        await end_family(write, row.family_id)
        reused = RefreshTokenReused()
        write.audit(
            "identity:refresh", outcome="refused", object_type="Person", object_id=row.person_id,
            organisation_id=row.organisation_id, code=reused.code, family=row.family_id,
        )  # fmt: skip
        return reused
    if row.revoked_at is not None or row.expires_at <= now():
        return RefreshTokenInvalid()
    person = await write.row(
        select(Person.id, Person.language, Person.disabled_at)
        .where(Person.id == row.person_id)
        .with_for_update(read=True)
    )
    if person is None or person.disabled_at is not None:
        await end_family(write, row.family_id)
        return RefreshTokenInvalid()
    where = choose(await places(write, row.person_id), organisation_id or row.organisation_id)
    if where is None:
        return NoOrganisation()
    await write.run(update(RefreshToken).where(RefreshToken.id == row.id).values(used_at=now()))
    return await open_session(write, issuing, person.id, person.language, where, row.family_id)


async def change_password(
    write: Write, issuing: Issuing, *, person_id: UUID, organisation_id: UUID, current: str, new: str
) -> Session | CarbonError:
    """Change somebody's own password: every session of theirs ends, and a new one is opened where they are.

    Returns instead of raising: SignInLocked and PasswordWrong (a wrong present password counts as a failed sign-in);
    NoOrganisation.

    Raises:
        TokenInvalid: the person is not there any more.
        PasswordWeak: see `rules`.
    """
    address = await write.value(select(Person.email).where(Person.id == person_id, Person.disabled_at.is_(None)))
    if address is None:
        raise TokenInvalid
    rules.password(new, address)
    key = token_hash(address)
    attempt = await _attempt(write, key)
    person = await write.rows(
        select(Person.id, Person.language, Person.password_hash).where(Person.id == person_id).with_for_update()
    )
    if attempt.locked_until is not None and attempt.locked_until > now():
        return _locked(attempt)
    if not await passwords.matches(person[0].password_hash, current):
        await _count(write, key, attempt)
        refusal = PasswordWrong(path=("current",))
        write.audit(
            "identity:change_password", outcome="refused", object_type="Person", object_id=person_id,
            organisation_id=organisation_id, code=refusal.code,
        )  # fmt: skip
        return refusal
    await write.run(delete(SignInAttempt).where(SignInAttempt.email_hash == key))
    renewed = await passwords.digest(new)
    await write.run(update(Person).where(Person.id == person_id).values(password_hash=renewed))
    await end_everything(write, person_id)
    write.audit("identity:change_password", object_type="Person", object_id=person_id, organisation_id=organisation_id)
    where = choose(await places(write, person_id), organisation_id)
    return (
        NoOrganisation() if where is None else await open_session(write, issuing, person_id, person[0].language, where)
    )


async def end_everything(write: Write, person_id: UUID) -> None:
    """Withdraw every token of a person, in every organisation."""
    await end_sessions(write, RefreshToken.person_id == person_id)
    await withdraw(write, f"person:{person_id}")


async def end_family(write: Write, family_id: UUID) -> None:
    """Withdraw every token of one sign-in."""
    await end_sessions(write, RefreshToken.family_id == family_id)
    await withdraw(write, f"family:{family_id}")


async def sign_out(write: Write, *, token: str) -> None:
    """End the session a refresh token belongs to. An unknown token is ended already: no error."""
    found = await write.row(
        select(RefreshToken.family_id, RefreshToken.person_id, RefreshToken.organisation_id).where(
            RefreshToken.token_hash == token_hash(token)
        )
    )
    if found is None:
        return
    await end_family(write, found.family_id)
    write.audit(
        "identity:sign_out", object_type="Person", object_id=found.person_id, organisation_id=found.organisation_id
    )


async def client_session(
    write: Write, issuing: Issuing, *, client_id: str, secret: str, permissions: Sequence[str] = ()
) -> Session | CarbonError:
    """Issue a program's access token (RFC 6749 section 4.4), for all its permissions or the named ones.

    Returns instead of raising: ClientRefused (unknown, wrong secret, revoked, suspended); PermissionsInvalid.
    """
    found = await _client(write, client_id)
    given = token_hash(secret).hex()
    # Compared with something even for an unknown client, so that both take the same time.
    fits = secrets.compare_digest(given, "" if found is None else found.secret_hash)
    if found is None or not fits or found.revoked_at is not None or found.suspended_at is not None:
        refusal = ClientRefused()
        write.audit(
            "identity:client_sign_in", outcome="refused", object_type="ApiClient", object_id=client_id[:80],
            organisation_id=TENANT_CHAIN if found is None else found.organisation_id, code=refusal.code,
        )  # fmt: skip
        return refusal
    kind, moment = Kind(found.kind), now()
    held = frozenset(found.permissions) & grantable(kind)
    asked = frozenset(permissions) or held
    if not asked or asked - held:
        return PermissionsInvalid(refused=", ".join(sorted(asked - held)) or "-", known=", ".join(sorted(held)))
    if found.last_used_at is None or moment - found.last_used_at > _USED_SELDOM:
        await write.run(update(ApiClient).where(ApiClient.id == found.id).values(last_used_at=moment))
        write.audit(
            "identity:client_sign_in", object_type="ApiClient", object_id=found.id,
            organisation_id=found.organisation_id,
        )  # fmt: skip
    seconds = min(issuing.access_seconds, int(LONGEST_ACCESS.total_seconds()))
    claims = Claims(
        tenant=write.scope.tenant, subject_id=found.id, is_client=True, organisation_id=found.organisation_id, kind=kind,
        region=_region(found), roles=(), permissions=tuple(sorted(asked)), language="zh", family_id=None,
        token_id=new_id(), issued_at=moment, expires_at=moment + timedelta(seconds=seconds),
    )  # fmt: skip
    return Session(
        access_token=issue(issuing.signer, claims),
        expires_in=seconds,
        organisation_id=found.organisation_id,
        subject_id=found.id,
        permissions=claims.permissions,
    )


async def _client(write: Write, client_id: str) -> Row[Any] | None:
    try:
        key = UUID(client_id)
    except ValueError:
        return None
    client = await write.row(
        select(ApiClient.organisation_id).where(ApiClient.id == key).with_for_update(key_share=True)
    )
    if client is None:
        return None
    # The client's row is locked for its own update above; the organisation only shared, so it is asked apart.
    await write.row(select(Organisation.id).where(Organisation.id == client.organisation_id).with_for_update(read=True))
    return await write.row(
        select(
            ApiClient.id, ApiClient.organisation_id, ApiClient.secret_hash, ApiClient.permissions,
            ApiClient.last_used_at, ApiClient.revoked_at, Organisation.kind, Organisation.division_path,
            Organisation.suspended_at,
        )
        .join(Organisation, Organisation.id == ApiClient.organisation_id)
        .where(ApiClient.id == key)
    )  # fmt: skip
