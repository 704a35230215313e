"""People and their roles: created, invited, given roles, relieved of them, disabled."""

from uuid import UUID

from sqlalchemy import exists, insert, literal, or_, select, update
from sqlalchemy.exc import IntegrityError

from backend.identity import passwords, rules
from backend.identity.errors import (
    AlreadyRevoked,
    EmailTaken,
    InvitationInvalid,
    InvitationNotFound,
    LastAdministrator,
    MembershipNotFound,
    OrganisationNotFound,
    PersonNotFound,
    PersonUnknown,
    RoleHeld,
    RoleUnknown,
    SignInRefused,
    SystemOnly,
)
from backend.identity.models import Invitation, Membership, Organisation, Person
from backend.identity.service.authentication import (
    Issuing,
    choose,
    end_everything,
    open_session,
    places,
    prove,
    token_hash,
)
from backend.identity.service.organisations import offer
from backend.identity.service.revocation import withdraw
from backend.identity.values import ADMINISTRATOR, ROLES, Offered, Session
from backend.kit.clock import now
from backend.kit.db import Read, Write
from backend.kit.errors import CarbonError
from backend.kit.ids import new_id
from backend.kit.scope import Kind, Scope


async def create_person(
    write: Write, scope: Scope, *, email: str, name: str, password: str, language: str = "zh"
) -> UUID:
    """Create somebody who can sign in, and return the id. For the operator's tools; organisations invite.

    Raises:
        SystemOnly: anybody but the service.
        EmailInvalid, NameInvalid, PasswordWeak: see `rules`.
        EmailTaken: the address has a person.
    """
    if scope.kind is not Kind.SYSTEM:
        raise SystemOnly
    address, plain = rules.email(email), rules.name(name)
    rules.password(password, address)
    person_id = await _insert_person(write, address, plain, password, language)
    write.audit("identity:create_person", object_type="Person", object_id=person_id)
    return person_id


async def _insert_person(write: Write, address: str, name: str, password: str, language: str) -> UUID:
    person_id = new_id()
    try:
        async with write.connection.begin_nested():
            await write.run(
                insert(Person).values(
                    id=person_id, email=address, name=name, password_hash=await passwords.digest(password),
                    language="en" if language.startswith("en") else "zh", created_at=now(),
                )
            )  # fmt: skip
    except IntegrityError:
        raise EmailTaken(email=address, path=("input", "email")) from None
    return person_id


async def grant_role(write: Write, scope: Scope, *, organisation_id: UUID, person_id: UUID, role: str) -> UUID:
    """Give a member a further role (the service: anybody a first one) and return the membership's id.

    It takes effect at the member's next refresh.

    Raises:
        Unauthenticated, Forbidden: without `identity:manage_members`.
        OrganisationNotFound: not the caller's own.
        RoleUnknown: the organisation's kind has no such role.
        PersonNotFound: no active member of the organisation; invite them.
        RoleHeld: they have it.
    """
    scope.require("identity:manage_members")
    kind = await _own(write, scope, organisation_id)
    _known_role(kind, role)
    wanted = select(Person.id).where(Person.id == person_id)
    if scope.kind is not Kind.SYSTEM:
        wanted = wanted.where(
            exists().where(
                Membership.person_id == Person.id,
                Membership.organisation_id == organisation_id,
                Membership.revoked_at.is_(None),
            )
        )
    if await write.value(wanted) is None:
        raise PersonNotFound
    membership_id = await _insert_membership(write, scope, organisation_id, person_id, role)
    write.audit(
        "identity:grant_role", object_type="Membership", object_id=membership_id, organisation_id=organisation_id,
        person=person_id, role=role,
    )  # fmt: skip
    return membership_id


async def _own(write: Write, scope: Scope, organisation_id: UUID) -> Kind:
    """Return the kind of the caller's own organisation; for the service, of any.

    Raises:
        OrganisationNotFound: another's, or none.
    """
    if scope.kind is not Kind.SYSTEM and organisation_id != scope.organisation_id:
        raise OrganisationNotFound
    kind = await write.value(select(Organisation.kind).where(Organisation.id == organisation_id))
    if kind is None:
        raise OrganisationNotFound
    return Kind(kind)


def _known_role(kind: Kind, role: str) -> None:
    if role not in ROLES[kind]:
        raise RoleUnknown(kind=kind.value, role=role, known=", ".join(ROLES[kind]), path=("input", "role"))


async def _insert_membership(
    write: Write, scope: Scope, organisation_id: UUID, person_id: UUID, role: str, granted_by: UUID | None = None
) -> UUID:
    membership_id = new_id()
    try:
        async with write.connection.begin_nested():
            await write.run(
                insert(Membership).values(
                    id=membership_id, organisation_id=organisation_id, person_id=person_id, role=role,
                    granted_at=now(), granted_by=granted_by or scope.actor_id,
                )
            )  # fmt: skip
    except IntegrityError:
        raise RoleHeld(role=role) from None
    return membership_id


async def revoke_role(write: Write, scope: Scope, *, membership_id: UUID) -> None:
    """Take a role away. The member's access tokens for this organisation end now; a refresh shows what is left.

    Raises:
        Unauthenticated, Forbidden: without `identity:manage_members`.
        MembershipNotFound: none of the caller's organisation.
        AlreadyRevoked: it ended before.
        LastAdministrator: somebody must be able to manage members.
    """
    scope.require("identity:manage_members")
    found = await write.row(
        select(Membership.organisation_id, Membership.person_id, Membership.role).where(
            Membership.id == membership_id,
            or_(literal(scope.kind is Kind.SYSTEM), Membership.organisation_id == scope.organisation_id),
        )
    )
    if found is None:
        raise MembershipNotFound
    # Every administrator's row is locked, in order: two who relieve each other queue here, and the second
    # finds itself the last.
    administrators = await write.rows(
        select(Membership.id)
        .where(
            Membership.organisation_id == found.organisation_id,
            Membership.role == ADMINISTRATOR,
            Membership.revoked_at.is_(None),
        )
        .order_by(Membership.id)
        .with_for_update()
    )
    ended = await write.value(select(Membership.revoked_at).where(Membership.id == membership_id).with_for_update())
    if ended is not None:
        raise AlreadyRevoked(at=ended.isoformat(timespec="seconds"))
    if found.role == ADMINISTRATOR and len(administrators) == 1:
        raise LastAdministrator
    await write.run(update(Membership).where(Membership.id == membership_id).values(revoked_at=now()))
    await withdraw(write, f"member:{found.person_id}:{found.organisation_id}")
    write.audit(
        "identity:revoke_role", object_type="Membership", object_id=membership_id,
        organisation_id=found.organisation_id, person=found.person_id, role=found.role,
    )  # fmt: skip


async def invite(write: Write, scope: Scope, *, email: str, name: str, role: str) -> Offered:
    """Offer somebody a role in the caller's organisation; the token is returned this once, to be handed over.

    The answer is the same whether or not the address is known.

    Raises:
        Unauthenticated, Forbidden: without `identity:manage_members`.
        EmailInvalid, NameInvalid: see `rules`.
        OrganisationNotFound: the caller has none (the service invites nobody).
        RoleUnknown: the organisation's kind has no such role.
    """
    scope.require("identity:manage_members")
    address, plain = rules.email(email), rules.name(name)
    if scope.organisation_id is None:
        raise OrganisationNotFound
    _known_role(await _own(write, scope, scope.organisation_id), role)
    offered = await offer(write, scope, scope.organisation_id, address, plain, role)
    write.audit("identity:invite", object_type="Invitation", object_id=offered.id, role=role)
    return offered


async def withdraw_invitation(write: Write, scope: Scope, *, invitation_id: UUID) -> None:
    """Withdraw an invitation that was not accepted.

    Raises:
        Unauthenticated, Forbidden: without `identity:manage_members`.
        InvitationNotFound: none of the caller's organisation.
        AlreadyRevoked: accepted or withdrawn before.
    """
    scope.require("identity:manage_members")
    found = await write.row(
        select(Invitation.accepted_at, Invitation.revoked_at).where(Invitation.id == invitation_id).with_for_update()
    )
    if found is None:
        raise InvitationNotFound
    ended = found.accepted_at or found.revoked_at
    if ended is not None:
        raise AlreadyRevoked(at=ended.isoformat(timespec="seconds"))
    await write.run(update(Invitation).where(Invitation.id == invitation_id).values(revoked_at=now()))
    write.audit("identity:withdraw_invitation", object_type="Invitation", object_id=invitation_id)


async def accept_invitation(
    write: Write, scope: Scope, issuing: Issuing, *, token: str, password: str, language: str = "zh"
) -> Session | CarbonError:
    """Accept an invitation and sign in. A new address chooses its password; a known one proves its own.

    Run under the service's scope. Returns SignInRefused (a known address, another password; it counts as a failed
    sign-in) or SignInLocked; raises what comes before any secret is compared:

    Raises:
        InvitationInvalid: unknown, expired, withdrawn or accepted.
        PasswordWeak: see `rules`.
    """
    offered = await write.row(
        select(Invitation.__table__)
        .join(Organisation, Organisation.id == Invitation.organisation_id)
        .where(Invitation.token_hash == token_hash(token), Organisation.suspended_at.is_(None))
        .with_for_update(of=Invitation)
    )
    if offered is None or offered.accepted_at or offered.revoked_at or offered.expires_at <= now():
        raise InvitationInvalid
    rules.password(password, offered.email)
    person = await write.row(
        select(Person.id, Person.password_hash, Person.language, Person.disabled_at).where(
            Person.email == offered.email
        )
    )
    if person is None:
        person_id = await _insert_person(write, offered.email, offered.name, password, language)
    else:
        person_id, language = person.id, person.language
        refusal = await prove(write, offered.email, person.password_hash, password)
        if refusal is None and person.disabled_at is not None:
            refusal = SignInRefused()
        if refusal is not None:
            write.audit(
                "identity:accept_invitation", outcome="refused", object_type="Invitation", object_id=offered.id,
                organisation_id=offered.organisation_id, code=refusal.code,
            )  # fmt: skip
            return refusal
    await write.run(update(Invitation).where(Invitation.id == offered.id).values(accepted_at=now()))
    held = await write.value(
        select(Membership.id).where(
            Membership.person_id == person_id,
            Membership.organisation_id == offered.organisation_id,
            Membership.role == offered.role,
            Membership.revoked_at.is_(None),
        )
    )
    if held is None:
        held = await _insert_membership(
            write, scope, offered.organisation_id, person_id, offered.role, offered.created_by
        )
    write.audit(
        "identity:accept_invitation", object_type="Membership", object_id=held,
        organisation_id=offered.organisation_id, person=person_id, role=offered.role,
    )  # fmt: skip
    where = choose(await places(write, person_id), offered.organisation_id)
    if where is None:
        raise InvitationInvalid
    return await open_session(write, issuing, person_id, language, where)


async def reset_password(write: Write, scope: Scope, *, person_id: UUID, password: str) -> None:
    """Set somebody's password, ending their sessions. For the operator's tools, after proving who asks.

    Raises:
        SystemOnly: anybody but the service.
        PersonNotFound: no such person.
        PasswordWeak: see `rules`.
    """
    if scope.kind is not Kind.SYSTEM:
        raise SystemOnly
    address = await write.value(select(Person.email).where(Person.id == person_id).with_for_update())
    if address is None:
        raise PersonNotFound
    rules.password(password, address)
    await write.run(update(Person).where(Person.id == person_id).values(password_hash=await passwords.digest(password)))
    await end_everything(write, person_id)
    write.audit("identity:reset_password", object_type="Person", object_id=person_id)


async def person_with_address(read: Read, scope: Scope, email: str) -> UUID:
    """Return the id of the person with an e-mail address. For the operator's tools.

    Raises:
        SystemOnly: anybody but the service: whether an address is known is told to nobody.
        PersonUnknown: nobody has it.
    """
    if scope.kind is not Kind.SYSTEM:
        raise SystemOnly
    found = await read.value(select(Person.id).where(Person.email == rules.plain_email(email)))
    if found is None:
        raise PersonUnknown(email=email)
    return found


async def disable_person(write: Write, scope: Scope, *, person_id: UUID, reason: str) -> None:
    """Bar somebody from signing in anywhere in the jurisdiction; their tokens and sessions end now.

    Raises:
        SystemOnly: anybody but the service (organisations revoke their roles instead).
        ReasonMissing: no reason.
        PersonNotFound: no such person.
    """
    if scope.kind is not Kind.SYSTEM:
        raise SystemOnly
    why = rules.reason(reason)
    if not await write.run(update(Person).where(Person.id == person_id).values(disabled_at=now())):
        raise PersonNotFound
    await end_everything(write, person_id)
    write.audit("identity:disable_person", object_type="Person", object_id=person_id, reason=why)
