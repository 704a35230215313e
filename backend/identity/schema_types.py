"""Identity on the wire: organisations, people, what they agreed on, what was done."""

from datetime import date, datetime
from uuid import UUID

import strawberry

from backend.identity import queries
from backend.identity.values import (
    AuditValue,
    ClientValue,
    ConsentValue,
    EngagementValue,
    InvitationValue,
    MembershipValue,
    OrganisationValue,
    Outcome,
    PersonValue,
    permissions_of,
)
from backend.kit.scope import Kind
from backend.wire.context import Context, Info
from backend.wire.nodes import Node, node_id, node_loader
from backend.wire.scalars import JSON

KindEnum = strawberry.enum(
    Kind,
    name="OrganisationKind",
    description="Enterprise (企业), authority (主管部门), bank (银行), verifier (核查机构), operator (运营方); "
    "NOBODY and SYSTEM are callers that are no organisation.",
)
OutcomeEnum = strawberry.enum(Outcome, name="AuditOutcome", description="Whether it was done or refused.")


@strawberry.type(description="A legal person (单位): enterprise, authority, bank, verification body or operator.")
class Organisation(Node):
    """A legal person."""

    kind: KindEnum = strawberry.field(description="What it is here.")  # type: ignore[valid-type]
    name: str = strawberry.field(description="Registered name.")
    name_en: str = strawberry.field(description="English name, empty when none was given.")
    credit_code: str = strawberry.field(description="Unified social credit code (统一社会信用代码, GB 32100).")
    division_code: str = strawberry.field(description="Division of its seat; an authority's region.")
    division_path: str = strawberry.field(description="Codes from the province down, each followed by a slash.")
    sector: str | None = strawberry.field(description="An enterprise's sector code from the jurisdiction's pack.")
    is_demonstration: bool = strawberry.field(description="Made up, for demonstration.")
    created_at: datetime = strawberry.field(description="When it was registered.")
    suspended_at: datetime | None = strawberry.field(description="Since when it may not act.")


def organisation(value: OrganisationValue) -> Organisation:
    """Return an organisation as the wire has it."""
    return Organisation(
        id=node_id("Organisation", value.id),
        kind=value.kind,
        name=value.name,
        name_en=value.name_en,
        credit_code=value.credit_code,
        division_code=value.division_code,
        division_path=value.division_path,
        sector=value.sector,
        is_demonstration=value.is_demonstration,
        created_at=value.created_at,
        suspended_at=value.suspended_at,
    )


@strawberry.type(description="Somebody who can sign in (人员), as colleagues see them.")
class Person(Node):
    """Somebody who can sign in."""

    email: str = strawberry.field(description="The address they sign in with.")
    name: str = strawberry.field(description="Their name.")
    language: str = strawberry.field(description="`zh` or `en`.")
    created_at: datetime = strawberry.field(description="When they first came.")
    disabled_at: datetime | None = strawberry.field(description="Since when they are barred from signing in.")


def person(value: PersonValue) -> Person:
    """Return a person as the wire has it."""
    return Person(
        id=node_id("Person", value.id),
        email=value.email,
        name=value.name,
        language=value.language,
        created_at=value.created_at,
        disabled_at=value.disabled_at,
    )


async def load_organisation(context: Context, organisation_id: UUID) -> Organisation | None:
    """Return an organisation through the request's loader, None when the caller sees none."""
    found = await context.loader(queries.organisations_by_id).load(organisation_id)
    return None if found is None else organisation(found)


async def load_person(context: Context, person_id: UUID | None) -> Person | None:
    """Return a person through the request's loader, None when the caller sees none."""
    found = None if person_id is None else await context.loader(queries.people_by_id).load(person_id)
    return None if found is None else person(found)


@strawberry.type(description="A role of a person in an organisation (成员角色).")
class Membership(Node):
    """A role of a person in an organisation."""

    organisation_id: strawberry.Private[UUID]
    person_id: strawberry.Private[UUID]
    role: str = strawberry.field(description="`administrator`, `energy_manager`, `carbon_officer`, `viewer`, ...")
    granted_at: datetime = strawberry.field(description="Since when.")
    revoked_at: datetime | None = strawberry.field(description="Until when, once it ended.")

    @strawberry.field(description="Who has it; null where you may not know them.")
    async def person(self, info: Info) -> Person | None:
        """Return who has it."""
        return await load_person(info.context, self.person_id)

    @strawberry.field(description="Where.")
    async def organisation(self, info: Info) -> Organisation | None:
        """Return where."""
        return await load_organisation(info.context, self.organisation_id)

    @strawberry.field(description="What the role grants, `noun:verb`.")
    async def permissions(self, info: Info) -> list[str]:
        """Return what the role grants."""
        found = await info.context.loader(queries.organisations_by_id).load(self.organisation_id)
        return [] if found is None else sorted(permissions_of(found.kind, [self.role]))


def membership(value: MembershipValue) -> Membership:
    """Return a membership as the wire has it."""
    return Membership(
        id=node_id("Membership", value.id),
        organisation_id=value.organisation_id,
        person_id=value.person_id,
        role=value.role,
        granted_at=value.granted_at,
        revoked_at=value.revoked_at,
    )


@strawberry.type(description="A role offered to an e-mail address (邀请). Its token was shown once, to who invited.")
class Invitation(Node):
    """A role offered to an e-mail address."""

    email: str = strawberry.field(description="Whom.")
    name: str = strawberry.field(description="The name the invitation gives them.")
    role: str = strawberry.field(description="The role offered.")
    created_at: datetime = strawberry.field(description="When.")
    expires_at: datetime = strawberry.field(description="Until when it can be accepted.")
    accepted_at: datetime | None = strawberry.field(description="When it was accepted.")
    revoked_at: datetime | None = strawberry.field(description="When it was withdrawn or ran out.")


def invitation(value: InvitationValue) -> Invitation:
    """Return an invitation as the wire has it."""
    return Invitation(
        id=node_id("Invitation", value.id),
        email=value.email,
        name=value.name,
        role=value.role,
        created_at=value.created_at,
        expires_at=value.expires_at,
        accepted_at=value.accepted_at,
        revoked_at=value.revoked_at,
    )


@strawberry.type(
    description="A verification body engaged by an enterprise (核查委托); it sees the enterprise's accounts meanwhile."
)
class Engagement(Node):
    """A verification body engaged by an enterprise."""

    enterprise_id: strawberry.Private[UUID]
    verifier_id: strawberry.Private[UUID]
    purpose: str = strawberry.field(description="What for.")
    starts_on: date = strawberry.field(description="First day.")
    ends_on: date = strawberry.field(description="Last day.")
    created_at: datetime = strawberry.field(description="When it was agreed.")
    ended_at: datetime | None = strawberry.field(description="When either side ended it early.")

    @strawberry.field(description="Who engages.")
    async def enterprise(self, info: Info) -> Organisation | None:
        """Return who engages."""
        return await load_organisation(info.context, self.enterprise_id)

    @strawberry.field(description="Who is engaged.")
    async def verifier(self, info: Info) -> Organisation | None:
        """Return who is engaged."""
        return await load_organisation(info.context, self.verifier_id)


def engagement(value: EngagementValue) -> Engagement:
    """Return an engagement as the wire has it."""
    return Engagement(
        id=node_id("Engagement", value.id),
        enterprise_id=value.enterprise_id,
        verifier_id=value.verifier_id,
        purpose=value.purpose,
        starts_on=value.starts_on,
        ends_on=value.ends_on,
        created_at=value.created_at,
        ended_at=value.ended_at,
    )


@strawberry.type(description="An enterprise's consent to a bank (授权), revocable at once.")
class Consent(Node):
    """An enterprise's consent to a bank."""

    enterprise_id: strawberry.Private[UUID]
    bank_id: strawberry.Private[UUID]
    scopes: list[str] = strawberry.field(
        description="What is open, of `account`, `score`, `indicators`, `statement`, `pledge`."
    )
    purpose: str = strawberry.field(description="What for.")
    starts_on: date = strawberry.field(description="First day.")
    ends_on: date = strawberry.field(description="Last day.")
    created_at: datetime = strawberry.field(description="When it was given.")
    revoked_at: datetime | None = strawberry.field(description="When it was revoked.")

    @strawberry.field(description="Who consents.")
    async def enterprise(self, info: Info) -> Organisation | None:
        """Return who consents."""
        return await load_organisation(info.context, self.enterprise_id)

    @strawberry.field(description="To whom.")
    async def bank(self, info: Info) -> Organisation | None:
        """Return to whom."""
        return await load_organisation(info.context, self.bank_id)


def consent(value: ConsentValue) -> Consent:
    """Return a consent as the wire has it."""
    return Consent(
        id=node_id("Consent", value.id),
        enterprise_id=value.enterprise_id,
        bank_id=value.bank_id,
        scopes=list(value.scopes),
        purpose=value.purpose,
        starts_on=value.starts_on,
        ends_on=value.ends_on,
        created_at=value.created_at,
        revoked_at=value.revoked_at,
    )


@strawberry.type(description="A program that acts for the organisation (接口客户端) by OAuth 2 client credentials.")
class ApiClient(Node):
    """A program that acts for the organisation."""

    client_id: str = strawberry.field(description="`client_id` of the token request.")
    name: str = strawberry.field(description="What it is called.")
    permissions: list[str] = strawberry.field(description="What it may do, `noun:verb`.")
    created_at: datetime = strawberry.field(description="When it was created.")
    last_used_at: datetime | None = strawberry.field(description="When it last asked for a token, to the minute.")
    revoked_at: datetime | None = strawberry.field(description="When it was revoked.")


def client(value: ClientValue) -> ApiClient:
    """Return an API client as the wire has it."""
    return ApiClient(
        id=node_id("ApiClient", value.id),
        client_id=str(value.id),
        name=value.name,
        permissions=list(value.permissions),
        created_at=value.created_at,
        last_used_at=value.last_used_at,
        revoked_at=value.revoked_at,
    )


@strawberry.type(description="Something that was done or refused (审计事件): a link of the organisation's hash chain.")
class AuditEvent(Node):
    """Something that was done or refused."""

    actor_id: strawberry.Private[UUID | None]
    sequence: int = strawberry.field(description="Its place in the chain, from 1 without a gap.")
    at: datetime = strawberry.field(description="When.")
    actor_kind: KindEnum = strawberry.field(description="What kind of caller did it.")  # type: ignore[valid-type]
    action: str = strawberry.field(description="What, `noun:verb`.")
    outcome: OutcomeEnum = strawberry.field(description="Done or refused.")  # type: ignore[valid-type]
    object_type: str = strawberry.field(description="To what type of thing.")
    object_id: str = strawberry.field(description="To which one.")
    details: JSON = strawberry.field(description="Further facts.")
    correlation_id: str = strawberry.field(description="Ties it to the request, its logs and its jobs.")
    hash: str = strawberry.field(description="SHA-256 (hex) over its facts and the hash before it.")

    @strawberry.field(description="Who, where you may know them: a person's or a program's name.")
    async def actor_name(self, info: Info) -> str | None:
        """Return the name of who did it."""
        if self.actor_id is None:
            return None
        context = info.context
        found = await context.loader(queries.people_by_id).load(self.actor_id)
        if found is not None:
            return found.name
        program = await context.loader(queries.clients_by_id).load(self.actor_id)
        return None if program is None else program.name


def event(value: AuditValue) -> AuditEvent:
    """Return an audit event as the wire has it."""
    return AuditEvent(
        id=node_id("AuditEvent", value.id),
        actor_id=value.actor_id,
        sequence=value.sequence,
        at=value.at,
        actor_kind=Kind(value.actor_kind),
        action=value.action,
        outcome=value.outcome,
        object_type=value.object_type,
        object_id=value.object_id,
        details=JSON(value.details),
        correlation_id=value.correlation_id,
        hash=value.hash,
    )


@strawberry.type(description="An audit chain recomputed.")
class AuditChainReport:
    """An audit chain recomputed."""

    length: int = strawberry.field(description="How many events it has.")
    is_whole: bool = strawberry.field(description="Every link fits.")
    broken_at: int | None = strawberry.field(description="The first sequence that does not fit.")


@node_loader("Organisation")
async def organisation_node(context: Context, organisation_id: UUID) -> Organisation | None:
    """Fetch an organisation for `node(id:)`."""
    return await load_organisation(context, organisation_id)


@node_loader("Person")
async def person_node(context: Context, person_id: UUID) -> Person | None:
    """Fetch a person for `node(id:)`."""
    return await load_person(context, person_id)


@node_loader("Membership")
async def membership_node(context: Context, membership_id: UUID) -> Membership | None:
    """Fetch a membership for `node(id:)`."""
    async with context.read() as read:
        found = await queries.membership(read, context.scope, membership_id)
    return None if found is None else membership(found)


@node_loader("Engagement")
async def engagement_node(context: Context, engagement_id: UUID) -> Engagement | None:
    """Fetch an engagement for `node(id:)`."""
    async with context.read() as read:
        found = await queries.engagement(read, context.scope, engagement_id)
    return None if found is None else engagement(found)


@node_loader("Consent")
async def consent_node(context: Context, consent_id: UUID) -> Consent | None:
    """Fetch a consent for `node(id:)`."""
    async with context.read() as read:
        found = await queries.consent(read, context.scope, consent_id)
    return None if found is None else consent(found)


@node_loader("Invitation")
async def invitation_node(context: Context, invitation_id: UUID) -> Invitation | None:
    """Fetch an invitation for `node(id:)`."""
    async with context.read() as read:
        found = await queries.invitation(read, context.scope, invitation_id)
    return None if found is None else invitation(found)


@node_loader("ApiClient")
async def client_node(context: Context, client_id: UUID) -> ApiClient | None:
    """Fetch an API client for `node(id:)`."""
    context.scope.require("identity:manage_clients")
    found = await context.loader(queries.clients_by_id).load(client_id)
    return None if found is None else client(found)


@node_loader("AuditEvent")
async def event_node(context: Context, event_id: UUID) -> AuditEvent | None:
    """Fetch an audit event of the caller's own chain for `node(id:)`."""
    async with context.read() as read:
        found = await queries.audit_event(read, context.scope, event_id)
    return None if found is None else event(found)
