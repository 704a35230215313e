"""Reads of identity: who exists, who may act for whom, what happened.

Row-level security decides which rows a caller sees; these functions add what belongs to the question. Lists are
read by keyset: `after` is the id (or the audit sequence) of the last item of the page before.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Row, Select, and_, cast, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from backend.identity import rules
from backend.identity.models import (
    ApiClient,
    Consent,
    ConsentRequest,
    Engagement,
    Invitation,
    Membership,
    Organisation,
    Person,
)
from backend.identity.values import (
    SUFFICIENT,
    AuditValue,
    ClientValue,
    ConsentValue,
    EngagementValue,
    InvitationValue,
    MembershipValue,
    OrganisationValue,
    Outcome,
    PersonValue,
    RequestState,
    RequestValue,
)
from backend.kit.audit import AuditEvent
from backend.kit.clock import now
from backend.kit.db import Read
from backend.kit.errors import Unauthenticated
from backend.kit.scope import Kind, Scope


def _signed_in(scope: Scope) -> None:
    if scope.kind is Kind.NOBODY:
        raise Unauthenticated


def _organisation(row: Row[Any]) -> OrganisationValue:
    return OrganisationValue(
        id=row.id, kind=Kind(row.kind), name=row.name, name_en=row.name_en, credit_code=row.credit_code,
        division_code=row.division_code, division_path=row.division_path, sector=row.sector,
        is_demonstration=row.is_demonstration, created_at=row.created_at, suspended_at=row.suspended_at,
    )  # fmt: skip


def _person(row: Row[Any]) -> PersonValue:
    return PersonValue(row.id, row.email, row.name, row.language, row.created_at, row.disabled_at)


PERSON = (Person.id, Person.email, Person.name, Person.language, Person.created_at, Person.disabled_at)
CLIENT = (
    ApiClient.id, ApiClient.organisation_id, ApiClient.name, ApiClient.permissions, ApiClient.created_at,
    ApiClient.created_by, ApiClient.last_used_at, ApiClient.revoked_at,
)  # fmt: skip
INVITATION = (
    Invitation.id, Invitation.organisation_id, Invitation.email, Invitation.name, Invitation.role,
    Invitation.created_at, Invitation.created_by, Invitation.expires_at, Invitation.accepted_at, Invitation.revoked_at,
)  # fmt: skip


async def organisation(read: Read, scope: Scope, organisation_id: UUID) -> OrganisationValue | None:
    """Return an organisation the caller may know of, else None."""
    return (await organisations_by_id(read, scope, [organisation_id]))[0]


async def organisations_by_id(read: Read, _scope: Scope, keys: Sequence[UUID]) -> list[OrganisationValue | None]:
    """Return the organisations in the order of the keys, None where the caller sees none (batch)."""
    rows = await read.rows(select(Organisation.__table__).where(Organisation.id.in_(set(keys))))
    found = {row.id: _organisation(row) for row in rows}
    return [found.get(key) for key in keys]


async def people_by_id(read: Read, _scope: Scope, keys: Sequence[UUID]) -> list[PersonValue | None]:
    """Return people in the order of the keys, None where the caller sees none (batch)."""
    rows = await read.rows(select(*PERSON).where(Person.id.in_(set(keys))))
    found = {row.id: _person(row) for row in rows}
    return [found.get(key) for key in keys]


async def clients_by_id(read: Read, _scope: Scope, keys: Sequence[UUID]) -> list[ClientValue | None]:
    """Return API clients in the order of the keys, None where the caller sees none (batch)."""
    rows = await read.rows(select(*CLIENT).where(ApiClient.id.in_(set(keys))))
    found = {row.id: _client(row) for row in rows}
    return [found.get(key) for key in keys]


async def organisations(
    read: Read,
    scope: Scope,
    *,
    kind: Kind | None = None,
    search: str | None = None,
    within: str | None = None,
    limit: int,
    after: UUID | None = None,
) -> list[OrganisationValue]:
    """Return the organisations the caller may know of, oldest first.

    `search` finds a part of a name or a whole credit code; `within` is a division path.

    Raises:
        Unauthenticated: nobody is signed in.
    """
    _signed_in(scope)
    tests: list[ColumnElement[bool]] = []
    if kind is not None:
        tests.append(Organisation.kind == kind.value)
    if search is not None:
        tests.append(
            or_(
                Organisation.name.icontains(search, autoescape=True),
                Organisation.name_en.icontains(search, autoescape=True),
                Organisation.credit_code == search.strip().upper(),
            )
        )
    if within is not None:
        tests.append(Organisation.division_path.startswith(within, autoescape=True))
    statement = select(Organisation.__table__).where(*tests)
    return [_organisation(row) for row in await read.rows(_page(statement, Organisation.id, limit, after))]


def _page(
    statement: Select[*tuple[Any, ...]], key: InstrumentedAttribute[UUID], limit: int, after: UUID | None
) -> Select[*tuple[Any, ...]]:
    if after is not None:
        statement = statement.where(key > after)
    return statement.order_by(key).limit(limit)


async def memberships_of(read: Read, scope: Scope) -> list[MembershipValue]:
    """Return the caller's own active memberships, in every organisation, oldest first."""
    rows = await read.rows(
        select(Membership.__table__)
        .where(Membership.person_id == scope.actor_id, Membership.revoked_at.is_(None))
        .order_by(Membership.id)
    )
    return [_membership(row) for row in rows]


def _membership(row: Row[Any]) -> MembershipValue:
    return MembershipValue(
        row.id, row.organisation_id, row.person_id, row.role, row.granted_at, row.granted_by, row.revoked_at
    )


async def members(
    read: Read, scope: Scope, *, is_active: bool | None = True, limit: int, after: UUID | None = None
) -> list[MembershipValue]:
    """Return the memberships of the caller's own organisation, oldest first; `is_active=None` shows ended ones too.

    Raises:
        Unauthenticated: nobody is signed in.
    """
    _signed_in(scope)
    statement = select(Membership.__table__).where(Membership.organisation_id == scope.organisation_id)
    if is_active is not None:
        statement = statement.where(
            Membership.revoked_at.is_(None) if is_active else Membership.revoked_at.is_not(None)
        )
    return [_membership(row) for row in await read.rows(_page(statement, Membership.id, limit, after))]


async def membership(read: Read, scope: Scope, membership_id: UUID) -> MembershipValue | None:
    """Return a membership the caller sees, else None."""
    _signed_in(scope)
    row = await read.row(select(Membership.__table__).where(Membership.id == membership_id))
    return None if row is None else _membership(row)


async def invitations(read: Read, scope: Scope, *, limit: int, after: UUID | None = None) -> list[InvitationValue]:
    """Return the invitations of the caller's organisation, oldest first.

    Raises:
        Unauthenticated, Forbidden: without `identity:manage_members`.
    """
    scope.require("identity:manage_members")
    statement = select(*INVITATION).where(Invitation.organisation_id == scope.organisation_id)
    rows = await read.rows(_page(statement, Invitation.id, limit, after))
    return [InvitationValue(**row._mapping) for row in rows]  # noqa: SLF001 - SQLAlchemy's public name


async def invitation(read: Read, scope: Scope, invitation_id: UUID) -> InvitationValue | None:
    """Return an invitation of the caller's organisation, else None.

    Raises:
        Unauthenticated, Forbidden: without `identity:manage_members`.
    """
    scope.require("identity:manage_members")
    row = await read.row(select(*INVITATION).where(Invitation.id == invitation_id))
    return None if row is None else InvitationValue(**row._mapping)  # noqa: SLF001 - SQLAlchemy's public name


async def engagements(
    read: Read, scope: Scope, *, enterprise_id: UUID | None = None, limit: int, after: UUID | None = None
) -> list[EngagementValue]:
    """Return the engagements the caller sees (either side; an authority its region's), oldest first.

    Raises:
        Unauthenticated: nobody is signed in.
    """
    _signed_in(scope)
    statement = select(Engagement.__table__)
    if enterprise_id is not None:
        statement = statement.where(Engagement.enterprise_id == enterprise_id)
    return [_engagement(row) for row in await read.rows(_page(statement, Engagement.id, limit, after))]


async def engagement(read: Read, scope: Scope, engagement_id: UUID) -> EngagementValue | None:
    """Return an engagement the caller sees, else None."""
    _signed_in(scope)
    row = await read.row(select(Engagement.__table__).where(Engagement.id == engagement_id))
    return None if row is None else _engagement(row)


def _engagement(row: Row[Any]) -> EngagementValue:
    return EngagementValue(
        row.id,
        row.enterprise_id,
        row.verifier_id,
        row.purpose,
        row.starts_on,
        row.ends_on,
        row.created_at,
        row.ended_at,
    )


async def consents(read: Read, scope: Scope, *, limit: int, after: UUID | None = None) -> list[ConsentValue]:
    """Return the consents the caller gave or was given, oldest first.

    Raises:
        Unauthenticated: nobody is signed in.
    """
    _signed_in(scope)
    rows = await read.rows(_page(select(Consent.__table__), Consent.id, limit, after))
    return [_consent(row) for row in rows]


async def consent(read: Read, scope: Scope, consent_id: UUID) -> ConsentValue | None:
    """Return a consent the caller sees, else None."""
    _signed_in(scope)
    row = await read.row(select(Consent.__table__).where(Consent.id == consent_id))
    return None if row is None else _consent(row)


def _consent(row: Row[Any]) -> ConsentValue:
    return ConsentValue(
        row.id, row.enterprise_id, row.bank_id, tuple(row.scopes), row.purpose, row.starts_on, row.ends_on,
        row.created_at, row.revoked_at,
    )  # fmt: skip


async def consent_in_force(
    read: Read, scope: Scope, enterprise_id: UUID, bank_id: UUID, needed: str
) -> ConsentValue | None:
    """Return the enterprise's consent that opens this of `CONSENT_SCOPES` to the bank at this instant, None without.

    The instant is the database's clock and not the transaction's start: a revocation counts from its commit. The
    service sees every consent, an enterprise or a bank its own.

    Raises:
        Unauthenticated: nobody is signed in.
    """
    _signed_in(scope)
    row = await read.row(_in_force(bank_id, needed).where(Consent.enterprise_id == enterprise_id).limit(1))
    return None if row is None else _consent(row)


async def consents_in_force(read: Read, scope: Scope, bank_id: UUID, needed: str) -> list[ConsentValue]:
    """Return every consent that opens this of `CONSENT_SCOPES` to the bank at this instant; see `consent_in_force`.

    Raises:
        Unauthenticated: nobody is signed in.
    """
    _signed_in(scope)
    return [_consent(row) for row in await read.rows(_in_force(bank_id, needed))]


def _in_force(bank_id: UUID, needed: str) -> Select[*tuple[Any, ...]]:
    day = cast(func.timezone("Asia/Shanghai", func.clock_timestamp()), Date)
    return (
        select(Consent.__table__)
        .where(
            Consent.bank_id == bank_id, Consent.revoked_at.is_(None), Consent.scopes.overlap(SUFFICIENT[needed]),
            day.between(Consent.starts_on, Consent.ends_on),
        )
        .order_by(Consent.enterprise_id, Consent.id)
    )  # fmt: skip


async def consent_requests(
    read: Read, scope: Scope, *, state: RequestState | None = None, limit: int, after: UUID | None = None
) -> list[RequestValue]:
    """Return the requests for consents the caller sent or got, newest first.

    Raises:
        Unauthenticated: nobody is signed in.
    """
    _signed_in(scope)
    moment = now()
    statement = select(ConsentRequest.__table__)
    if state is RequestState.LAPSED:
        unanswered = and_(ConsentRequest.state == RequestState.ASKED.value, ConsentRequest.lapses_at <= moment)
        statement = statement.where(or_(ConsentRequest.state == state.value, unanswered))
    elif state is not None:
        statement = statement.where(ConsentRequest.state == state.value)
        if state is RequestState.ASKED:
            statement = statement.where(ConsentRequest.lapses_at > moment)
    if after is not None:
        statement = statement.where(ConsentRequest.id < after)
    rows = await read.rows(statement.order_by(ConsentRequest.id.desc()).limit(limit))
    return [request_of(row, moment) for row in rows]


async def consent_request(read: Read, scope: Scope, request_id: UUID) -> RequestValue | None:
    """Return a request the caller sees, else None."""
    _signed_in(scope)
    row = await read.row(select(ConsentRequest.__table__).where(ConsentRequest.id == request_id))
    return None if row is None else request_of(row, now())


def request_of(row: Row[Any], moment: datetime) -> RequestValue:
    """Return a stored request as it stands at a moment."""
    state = rules.state_of(row.state, row.lapses_at, moment)
    has_lapsed = state is RequestState.LAPSED
    return RequestValue(
        row.id, row.bank_id, row.enterprise_id, row.asked_for, tuple(row.scopes), row.purpose, row.message,
        row.starts_on, row.ends_on, state, row.created_at, row.lapses_at,
        row.lapses_at if has_lapsed else row.ended_at, row.answer, row.consent_id,
    )  # fmt: skip


async def clients(read: Read, scope: Scope, *, limit: int, after: UUID | None = None) -> list[ClientValue]:
    """Return the API clients of the caller's organisation, oldest first.

    Raises:
        Unauthenticated, Forbidden: without `identity:manage_clients`.
    """
    scope.require("identity:manage_clients")
    statement = select(*CLIENT).where(ApiClient.organisation_id == scope.organisation_id)
    return [_client(row) for row in await read.rows(_page(statement, ApiClient.id, limit, after))]


def _client(row: Row[Any]) -> ClientValue:
    return ClientValue(
        row.id, row.organisation_id, row.name, tuple(row.permissions), row.created_at, row.created_by, row.last_used_at,
        row.revoked_at,
    )  # fmt: skip


async def audit_events(
    read: Read,
    scope: Scope,
    *,
    action: str | None = None,
    outcome: Outcome | None = None,
    actor_id: UUID | None = None,
    limit: int,
    before: int | None = None,
) -> list[AuditValue]:
    """Return the events of the caller's own chain, newest first; `action` matches whole or as `noun:`.

    Raises:
        Unauthenticated, Forbidden: without `identity:read_audit`.
    """
    scope.require("identity:read_audit")
    tests = [AuditEvent.chain_id == scope.organisation_id]
    if action is not None:
        tests.append(
            AuditEvent.action.startswith(action, autoescape=True)
            if action.endswith(":")
            else AuditEvent.action == action
        )
    if outcome is not None:
        tests.append(AuditEvent.outcome == outcome.value)
    if actor_id is not None:
        tests.append(AuditEvent.actor_id == actor_id)
    if before is not None:
        tests.append(AuditEvent.sequence < before)
    rows = await read.rows(
        select(AuditEvent.__table__).where(and_(*tests)).order_by(AuditEvent.sequence.desc()).limit(limit)
    )
    return [_event(row) for row in rows]


async def audit_event(read: Read, scope: Scope, event_id: UUID) -> AuditValue | None:
    """Return an event of the caller's own chain, else None.

    Raises:
        Unauthenticated, Forbidden: without `identity:read_audit`.
    """
    scope.require("identity:read_audit")
    row = await read.row(
        select(AuditEvent.__table__).where(AuditEvent.id == event_id, AuditEvent.chain_id == scope.organisation_id)
    )
    return None if row is None else _event(row)


def _event(row: Row[Any]) -> AuditValue:
    return AuditValue(
        row.id, row.sequence, row.at, row.actor_id, row.actor_kind, row.action, Outcome(row.outcome), row.object_type,
        row.object_id, row.details, row.correlation_id, row.hash.hex(),
    )  # fmt: skip


async def chain_length(read: Read, chain_id: UUID) -> int:
    """Return how many events of a chain the caller sees."""
    return int(await read.value(select(func.count()).where(AuditEvent.chain_id == chain_id)) or 0)
