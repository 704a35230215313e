"""What an enterprise opens to others: engagements of verifiers, consents to banks. Both end at a word."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, literal, or_, select, text, update

from backend.identity import rules
from backend.identity.errors import (
    AlreadyConsented,
    AlreadyEngaged,
    AlreadyRevoked,
    BankNotFound,
    ConsentNotFound,
    EngagementNotFound,
    KindForbidden,
    OrganisationNotFound,
    VerifierNotFound,
)
from backend.identity.models import Consent, Engagement, Organisation
from backend.kit.clock import now, today
from backend.kit.db import Write
from backend.kit.ids import new_id
from backend.kit.scope import Kind, Scope

_LOCK = text("select pg_advisory_xact_lock(hashtextextended(:pair, 0))")


async def engage(
    write: Write,
    scope: Scope,
    *,
    verifier_id: UUID,
    purpose: str,
    starts_on: date,
    ends_on: date,
    enterprise_id: UUID | None = None,
) -> UUID:
    """Engage a verifier from one day to another, both included; it sees the enterprise's accounts on those days.

    `enterprise_id` is for the service; an enterprise engages for itself.

    Raises:
        Unauthenticated, Forbidden: without `identity:engage`.
        KindForbidden: only enterprises engage verifiers.
        PurposeMissing, PeriodInvalid: see `rules`.
        OrganisationNotFound: the service names no enterprise.
        VerifierNotFound: no active verifier.
        AlreadyEngaged: for a period that overlaps.
    """
    scope.require("identity:engage")
    enterprise = await enterprise_of(write, scope, enterprise_id)
    why = rules.purpose(purpose)
    rules.period(starts_on, ends_on, today())
    if not await is_active(write, verifier_id, Kind.VERIFIER):
        raise VerifierNotFound
    await write.run(_LOCK, {"pair": f"engagement:{enterprise.id}:{verifier_id}"})
    other = await write.row(
        select(Engagement.starts_on, Engagement.ends_on).where(
            Engagement.enterprise_id == enterprise.id, Engagement.verifier_id == verifier_id,
            Engagement.ended_at.is_(None), Engagement.starts_on <= ends_on, Engagement.ends_on >= starts_on,
        )
    )  # fmt: skip
    if other is not None:
        raise AlreadyEngaged(starts_on=other.starts_on.isoformat(), ends_on=other.ends_on.isoformat())
    engagement_id = new_id()
    await write.run(
        insert(Engagement).values(
            id=engagement_id, enterprise_id=enterprise.id, verifier_id=verifier_id,
            division_path=enterprise.division_path, purpose=why, starts_on=starts_on, ends_on=ends_on,
            created_at=now(), created_by=scope.actor_id,
        )
    )  # fmt: skip
    tell_pair(
        write, "identity:engage", "Engagement", engagement_id, (enterprise.id, verifier_id),
        enterprise=enterprise.id, verifier=verifier_id, starts_on=starts_on, ends_on=ends_on,
    )  # fmt: skip
    return engagement_id


async def end_engagement(write: Write, scope: Scope, *, engagement_id: UUID, reason: str) -> None:
    """End an engagement now; either side may. The verifier sees nothing of the enterprise any more.

    Raises:
        Unauthenticated, Forbidden: without `identity:engage`.
        ReasonMissing: no reason.
        EngagementNotFound: the caller is neither side.
        AlreadyRevoked: it was ended before.
    """
    scope.require("identity:engage")
    why = rules.reason(reason)
    found = await write.row(
        select(Engagement.enterprise_id, Engagement.verifier_id, Engagement.ended_at)
        .where(
            Engagement.id == engagement_id,
            or_(
                literal(scope.kind is Kind.SYSTEM),
                Engagement.enterprise_id == scope.organisation_id,
                Engagement.verifier_id == scope.organisation_id,
            ),
        )
        .with_for_update()
    )
    if found is None:
        raise EngagementNotFound
    if found.ended_at is not None:
        raise AlreadyRevoked(at=found.ended_at.isoformat(timespec="seconds"))
    await write.run(update(Engagement).where(Engagement.id == engagement_id).values(ended_at=now()))
    tell_pair(
        write,
        "identity:end_engagement",
        "Engagement",
        engagement_id,
        (found.enterprise_id, found.verifier_id),
        reason=why,
    )


async def grant_consent(
    write: Write,
    scope: Scope,
    *,
    bank_id: UUID,
    scopes: Sequence[str],
    purpose: str,
    starts_on: date,
    ends_on: date,
    enterprise_id: UUID | None = None,
) -> UUID:
    """Open something of the enterprise's (`values.CONSENT_SCOPES`) to a bank, both days included.

    `enterprise_id` is for the service; an enterprise consents for itself.

    Raises:
        Unauthenticated, Forbidden: without `identity:consent`.
        KindForbidden: only enterprises consent.
        ConsentScopesInvalid: none, or an unknown one.
        PurposeMissing, PeriodInvalid: see `rules`.
        OrganisationNotFound: the service names no enterprise.
        BankNotFound: no active bank.
        AlreadyConsented: for a period that overlaps.
    """
    scope.require("identity:consent")
    enterprise = await enterprise_of(write, scope, enterprise_id)
    opened = rules.scopes(scopes)
    why = rules.purpose(purpose)
    rules.period(starts_on, ends_on, today())
    if not await is_active(write, bank_id, Kind.BANK):
        raise BankNotFound
    return await open_to_bank(
        write, scope, (enterprise.id, bank_id), scopes=opened, purpose=why, starts_on=starts_on, ends_on=ends_on
    )


async def open_to_bank(
    write: Write,
    scope: Scope,
    sides: tuple[UUID, UUID],
    *,
    scopes: Sequence[str],
    purpose: str,
    starts_on: date,
    ends_on: date,
    is_replacing: bool = False,
    **facts: object,
) -> UUID:
    """Store a consent of an (enterprise, bank) whose words were checked, and tell both; return its id.

    With `is_replacing`, consents whose period overlaps are revoked in the same step.

    Raises:
        AlreadyConsented: for a period that overlaps, without `is_replacing`.
    """
    enterprise_id, bank_id = sides
    await write.run(_LOCK, {"pair": f"consent:{enterprise_id}:{bank_id}"})
    others = await write.rows(
        select(Consent.id, Consent.starts_on, Consent.ends_on)
        .where(
            Consent.enterprise_id == enterprise_id, Consent.bank_id == bank_id,
            Consent.revoked_at.is_(None), Consent.starts_on <= ends_on, Consent.ends_on >= starts_on,
        )
        .with_for_update()
    )  # fmt: skip
    consent_id = new_id()
    for other in others:
        if not is_replacing:
            raise AlreadyConsented(starts_on=other.starts_on.isoformat(), ends_on=other.ends_on.isoformat())
        await write.run(update(Consent).where(Consent.id == other.id).values(revoked_at=now()))
        tell_pair(write, "identity:revoke_consent", "Consent", other.id, sides, replaced_by=consent_id)
    await write.run(
        insert(Consent).values(
            id=consent_id, enterprise_id=enterprise_id, bank_id=bank_id, scopes=list(scopes), purpose=purpose,
            starts_on=starts_on, ends_on=ends_on, created_at=now(), created_by=scope.actor_id,
        )
    )  # fmt: skip
    tell_pair(
        write, "identity:consent", "Consent", consent_id, sides,
        enterprise=enterprise_id, bank=bank_id, scopes=scopes, starts_on=starts_on, ends_on=ends_on, **facts,
    )  # fmt: skip
    return consent_id


async def revoke_consent(write: Write, scope: Scope, *, consent_id: UUID) -> None:
    """Revoke a consent; the bank sees nothing of it from this moment.

    Raises:
        Unauthenticated, Forbidden: without `identity:consent`.
        ConsentNotFound: not the caller's own.
        AlreadyRevoked: it was revoked before.
    """
    scope.require("identity:consent")
    found = await write.row(
        select(Consent.enterprise_id, Consent.bank_id, Consent.revoked_at)
        .where(
            Consent.id == consent_id,
            or_(literal(scope.kind is Kind.SYSTEM), Consent.enterprise_id == scope.organisation_id),
        )
        .with_for_update(key_share=True)  # no stronger: a read under way may refer to the consent, and we wait for it
    )
    if found is None:
        raise ConsentNotFound
    if found.revoked_at is not None:
        raise AlreadyRevoked(at=found.revoked_at.isoformat(timespec="seconds"))
    await write.run(update(Consent).where(Consent.id == consent_id).values(revoked_at=now()))
    tell_pair(write, "identity:revoke_consent", "Consent", consent_id, (found.enterprise_id, found.bank_id))


async def enterprise_of(write: Write, scope: Scope, named: UUID | None) -> Row[Any]:
    """Return the enterprise that acts; the service names one. Raises KindForbidden, OrganisationNotFound."""
    if scope.kind not in {Kind.ENTERPRISE, Kind.SYSTEM}:
        raise KindForbidden(kind=scope.kind.value, why="; only an enterprise can")
    key = named if scope.kind is Kind.SYSTEM else scope.organisation_id
    found = await write.row(
        select(Organisation.id, Organisation.division_path).where(
            Organisation.id == key, Organisation.kind == Kind.ENTERPRISE.value
        )
    )
    if found is None:
        raise OrganisationNotFound
    return found


async def is_active(write: Write, organisation_id: UUID, kind: Kind) -> bool:
    """Tell whether there is such an organisation of this kind, not suspended."""
    found = await write.value(
        select(Organisation.id).where(
            Organisation.id == organisation_id, Organisation.kind == kind.value, Organisation.suspended_at.is_(None)
        )
    )
    return found is not None


def tell_pair(
    write: Write, action: str, object_type: str, object_id: UUID, sides: tuple[UUID, UUID], **facts: object
) -> None:
    """Audit an agreement in the chains of both sides."""
    for side in sides:
        write.audit(action, object_type=object_type, object_id=object_id, organisation_id=side, **facts)
