"""Registering organisations, suspending and resuming them."""

import secrets
from datetime import timedelta
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from backend.identity import rules
from backend.identity.errors import (
    AlreadySuspended,
    HasAdministrator,
    KindForbidden,
    NotSuspended,
    OrganisationExists,
    OrganisationNotFound,
    OwnOrganisation,
    RegionForbidden,
    SectorInvalid,
)
from backend.identity.models import Invitation, Membership, Organisation, RefreshToken
from backend.identity.service.authentication import token_hash
from backend.identity.service.elevation import elevated
from backend.identity.service.revocation import end_sessions, withdraw
from backend.identity.values import ADMINISTRATOR, REGISTERED_BY_AUTHORITY, Offered
from backend.kit.clock import now
from backend.kit.db import Write
from backend.kit.ids import new_id
from backend.kit.scope import Kind, Scope
from backend.tenants import service as tenants

INVITATION_LIFE = timedelta(days=7)


async def register_organisation(
    write: Write,
    scope: Scope,
    *,
    kind: Kind,
    name: str,
    credit_code: str,
    division_code: str,
    name_en: str = "",
    sector: str | None = None,
    is_demonstration: bool = False,
) -> UUID:
    """Register a legal person and return its id. Its first administrator is invited with `invite_administrator`.

    Raises:
        Unauthenticated, Forbidden: without `identity:register`.
        KindForbidden: an authority registers no operator.
        NameInvalid: no name, or too long.
        CreditCodeInvalid: not a code of GB 32100.
        SectorInvalid: a sector on something that is not an enterprise.
        DivisionUnknown: no such division here.
        RegionForbidden: the division is outside the authority's region.
        OrganisationExists: the credit code is registered.
    """
    scope.require("identity:register")
    kind = Kind(kind)
    if kind in {Kind.NOBODY, Kind.SYSTEM} or (scope.kind is Kind.AUTHORITY and kind not in REGISTERED_BY_AUTHORITY):
        raise KindForbidden(kind=scope.kind.value, why=f": register a {kind.value}")
    plain = rules.name(name)
    code = rules.credit_code(credit_code)
    if sector is not None and kind is not Kind.ENTERPRISE:
        raise SectorInvalid(path=("input", "sector"))
    division = await tenants.required_division(write, scope, division_code)
    if scope.kind is Kind.AUTHORITY and not division.path.startswith(scope.region):
        raise RegionForbidden(division=division_code, path=("input", "divisionCode"))
    async with elevated(write):
        taken = await write.value(select(Organisation.id).where(Organisation.credit_code == code))
    if taken is not None:
        raise OrganisationExists(credit_code=code, path=("input", "creditCode"))
    organisation_id = new_id()
    try:
        # Under the caller's own scope: row-level security checks the region a second time.
        async with write.connection.begin_nested():
            await write.run(
                insert(Organisation).values(
                    id=organisation_id, kind=kind.value, name=plain, name_en=name_en.strip()[: rules.LONGEST_NAME],
                    credit_code=code, division_code=division_code, division_path=division.path, sector=sector,
                    is_demonstration=is_demonstration, created_at=now(),
                )
            )  # fmt: skip
    except IntegrityError:
        raise OrganisationExists(credit_code=code, path=("input", "creditCode")) from None
    tell_both(
        write, scope, "identity:register", organisation_id, kind=kind.value, credit_code=code, division=division_code
    )
    return organisation_id


def tell_both(write: Write, scope: Scope, action: str, organisation_id: UUID, **facts: object) -> None:
    """Audit an act upon another organisation in its chain and in the actor's own."""
    for chain in dict.fromkeys((organisation_id, scope.organisation_id or organisation_id)):
        write.audit(action, object_type="Organisation", object_id=organisation_id, organisation_id=chain, **facts)


async def invite_administrator(write: Write, scope: Scope, *, organisation_id: UUID, email: str, name: str) -> Offered:
    """Invite an administrator to an organisation the caller registers for; the token is returned this once.

    Only while the organisation has no administrator: who registers organisations must not become a way into them.

    Raises:
        Unauthenticated, Forbidden: without `identity:register`.
        EmailInvalid, NameInvalid: see `rules`.
        OrganisationNotFound: not visible to the caller.
        RegionForbidden, KindForbidden, OwnOrganisation: see `_within_reach`.
        HasAdministrator: its own administrators invite.
    """
    scope.require("identity:register")
    address, plain = rules.email(email), rules.name(name)
    await _within_reach(write, scope, organisation_id)
    async with elevated(write):
        administrator = await write.value(
            select(Membership.id).where(
                Membership.organisation_id == organisation_id,
                Membership.role == ADMINISTRATOR,
                Membership.revoked_at.is_(None),
            )
        )
        if administrator is not None:
            raise HasAdministrator
        offered = await offer(write, scope, organisation_id, address, plain, ADMINISTRATOR)
    tell_both(write, scope, "identity:invite", organisation_id, role=ADMINISTRATOR, invitation=offered.id)
    return offered


def new_token() -> str:
    """Return a token nobody can guess, for an invitation."""
    return secrets.token_urlsafe(32)


async def offer(write: Write, scope: Scope, organisation_id: UUID, address: str, name: str, role: str) -> Offered:
    """Store an invitation and return its token. Checks nothing: its callers do."""
    token, moment, key = new_token(), now(), new_id()
    await write.run(
        insert(Invitation).values(
            id=key, organisation_id=organisation_id, email=address, name=name, role=role,
            token_hash=token_hash(token), created_at=moment, created_by=scope.actor_id,
            expires_at=moment + INVITATION_LIFE,
        )
    )  # fmt: skip
    return Offered(key, token, moment + INVITATION_LIFE)


async def suspend_organisation(write: Write, scope: Scope, *, organisation_id: UUID, reason: str) -> None:
    """Stop an organisation from acting: nobody signs in for it, and its tokens and sessions end now.

    Raises:
        Unauthenticated, Forbidden: without `identity:register`.
        ReasonMissing: no reason.
        OrganisationNotFound, RegionForbidden, OwnOrganisation: see `_within_reach`.
        AlreadySuspended: it is.
    """
    scope.require("identity:register")
    why = rules.reason(reason)
    await _within_reach(write, scope, organisation_id)
    changed = await write.run(
        update(Organisation)
        .where(Organisation.id == organisation_id, Organisation.suspended_at.is_(None))
        .values(suspended_at=now())
    )
    if not changed:
        raise AlreadySuspended
    await end_sessions(write, RefreshToken.organisation_id == organisation_id)
    await withdraw(write, f"organisation:{organisation_id}")
    tell_both(write, scope, "identity:suspend", organisation_id, reason=why)


async def resume_organisation(write: Write, scope: Scope, *, organisation_id: UUID, reason: str) -> None:
    """Let a suspended organisation act again; its people sign in anew.

    Raises:
        Unauthenticated, Forbidden: without `identity:register`.
        ReasonMissing: no reason.
        OrganisationNotFound, RegionForbidden, OwnOrganisation: see `_within_reach`.
        NotSuspended: it is not.
    """
    scope.require("identity:register")
    why = rules.reason(reason)
    await _within_reach(write, scope, organisation_id)
    changed = await write.run(
        update(Organisation)
        .where(Organisation.id == organisation_id, Organisation.suspended_at.is_not(None))
        .values(suspended_at=None)
    )
    if not changed:
        raise NotSuspended
    tell_both(write, scope, "identity:resume", organisation_id, reason=why)


async def _within_reach(write: Write, scope: Scope, organisation_id: UUID) -> None:
    """Check that the caller sees the organisation and may act upon it.

    Raises:
        OrganisationNotFound: not visible.
        OwnOrganisation: it is the caller's own.
        RegionForbidden: an authority outside its region (banks, verifiers and authorities are visible everywhere),
            or upon another authority of the very same region.
        KindForbidden: an authority upon an operator.
    """
    found = await write.row(
        select(Organisation.division_code, Organisation.division_path, Organisation.kind).where(
            Organisation.id == organisation_id
        )
    )
    if found is None:
        raise OrganisationNotFound
    if organisation_id == scope.organisation_id:
        raise OwnOrganisation
    is_peer = found.kind == Kind.AUTHORITY.value and found.division_path == scope.region
    if scope.kind is Kind.AUTHORITY and (is_peer or not found.division_path.startswith(scope.region)):
        raise RegionForbidden(division=found.division_code)
    if scope.kind is Kind.AUTHORITY and Kind(found.kind) not in REGISTERED_BY_AUTHORITY:
        raise KindForbidden(kind=scope.kind.value, why=f": act upon a {found.kind}")
