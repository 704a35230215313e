"""Commands of identity on the wire.

Whatever takes a password is REST (`backend/api/auth.py`): where the world expects it, and where no idempotency key keeps
a hash of the input.
"""

from datetime import date, datetime
from uuid import UUID

import strawberry

from backend.identity import queries, service
from backend.identity.errors import OrganisationNotFound
from backend.identity.schema_requests import SCOPES, RequestsMutation
from backend.identity.schema_types import KindEnum, Organisation, organisation
from backend.kit.db import Write
from backend.wire.commands import command
from backend.wire.context import Context
from backend.wire.nodes import node_id, uuids
from backend.wire.stored import SHOWN_ONCE

# pyright: reportGeneralTypeIssues=false, reportSelfClsParameterName=false
# ruff: noqa: A002, N805
# `command` makes static functions whose argument is called `input` on the wire.


@strawberry.input(description="Register a legal person.")
class RegisterOrganisationInput:
    """Register a legal person."""

    kind: KindEnum = strawberry.field(description="What it is.")  # type: ignore[valid-type]
    name: str = strawberry.field(description="Registered name, 1 to 200 characters.")
    credit_code: str = strawberry.field(description="Unified social credit code; its check character is verified.")
    division_code: str = strawberry.field(description="Division of its seat; an authority's region.")
    name_en: str = strawberry.field(default="", description="English name.")
    sector: str | None = strawberry.field(default=None, description="Sector code, for an enterprise.")


@strawberry.type(description="The organisation was registered (or resumed, or suspended).")
class OrganisationRegistered:
    """The organisation as it is now."""

    organisation: Organisation = strawberry.field(description="As it is now.")


@strawberry.input(description="Which organisation, and why.")
class OrganisationReasonInput:
    """Which organisation, and why."""

    organisation_id: strawberry.ID = strawberry.field(description="The organisation's global id.")
    reason: str = strawberry.field(description="Why; kept in the audit events of both sides.")


@strawberry.type(description="The organisation's state changed.")
class OrganisationChanged:
    """The organisation as it is now."""

    organisation: Organisation = strawberry.field(description="As it is now.")


@strawberry.input(description="Invite the first administrator of an organisation.")
class InviteAdministratorInput:
    """Invite the first administrator of an organisation."""

    organisation_id: strawberry.ID = strawberry.field(description="The organisation's global id.")
    email: str = strawberry.field(description="Whom to invite.")
    name: str = strawberry.field(description="Their name.")


@strawberry.input(description="Invite somebody into your organisation.")
class InviteMemberInput:
    """Invite somebody into the caller's organisation."""

    email: str = strawberry.field(description="Whom to invite.")
    name: str = strawberry.field(description="Their name.")
    role: str = strawberry.field(description="The role offered; `roles` lists them.")


@strawberry.type(description="An invitation was made. Hand its token over: it is shown this once.")
class MemberInvited:
    """An invitation was made."""

    id: strawberry.ID = strawberry.field(description="The invitation's global id.")
    token: str | None = strawberry.field(
        description="For `POST /auth/accept-invitation`; null when replayed.", metadata=SHOWN_ONCE
    )
    expires_at: datetime = strawberry.field(description="Until when it can be accepted.")


@strawberry.input(description="Which invitation.")
class InvitationInput:
    """Which invitation."""

    id: strawberry.ID = strawberry.field(description="The invitation's global id.")


@strawberry.input(description="Give a member a further role.")
class GrantRoleInput:
    """Give a member a further role."""

    person_id: strawberry.ID = strawberry.field(description="The member's global id.")
    role: str = strawberry.field(description="The role; `roles` lists them.")


@strawberry.input(description="Which role of which member.")
class MembershipInput:
    """Which role of which member."""

    id: strawberry.ID = strawberry.field(description="The membership's global id.")


@strawberry.type(description="Done; the thing it was done to.")
class IdentityChanged:
    """What a command was done to."""

    id: strawberry.ID = strawberry.field(description="Global id.")


@strawberry.input(description="End sessions: your own, or a member's in your organisation.")
class SignOutEverywhereInput:
    """End sessions."""

    person_id: strawberry.ID | None = strawberry.field(default=None, description="A member; yourself without it.")


@strawberry.type(description="Done.")
class SessionsEnded:
    """Sessions were ended."""

    is_done: bool = strawberry.field(description="Always true.")


@strawberry.input(description="Engage a verification body.")
class EngageVerifierInput:
    """Engage a verification body."""

    verifier_id: strawberry.ID = strawberry.field(description="The verification body's global id.")
    purpose: str = strawberry.field(description="What for, 1 to 500 characters.")
    starts_on: date = strawberry.field(description="First day.")
    ends_on: date = strawberry.field(description="Last day.")


@strawberry.input(description="End an engagement.")
class EndEngagementInput:
    """End an engagement."""

    id: strawberry.ID = strawberry.field(description="The engagement's global id.")
    reason: str = strawberry.field(description="Why; kept in the audit events of both sides.")


@strawberry.input(description="Consent to a bank.")
class GrantConsentInput:
    """Consent to a bank."""

    bank_id: strawberry.ID = strawberry.field(description="The bank's global id.")
    scopes: list[str] = strawberry.field(description=f"What to open: {SCOPES}.")
    purpose: str = strawberry.field(description="What for, 1 to 500 characters.")
    starts_on: date = strawberry.field(description="First day.")
    ends_on: date = strawberry.field(description="Last day.")


@strawberry.input(description="Which consent.")
class ConsentInput:
    """Which consent."""

    id: strawberry.ID = strawberry.field(description="The consent's global id.")


@strawberry.input(description="Create an API client.")
class CreateApiClientInput:
    """Create an API client."""

    name: str = strawberry.field(description="What to call it.")
    permissions: list[str] = strawberry.field(
        description="What it may do; `grantablePermissions` lists what you can give."
    )


@strawberry.type(description="A program was let in. Keep its secret: it is shown this once.")
class ApiClientCreated:
    """A program was let in."""

    id: strawberry.ID = strawberry.field(description="The client's global id.")
    client_id: str = strawberry.field(description="`client_id` of the token request.")
    client_secret: str | None = strawberry.field(
        description="`client_secret` of the token request; null when replayed.", metadata=SHOWN_ONCE
    )


@strawberry.input(description="Which API client.")
class ApiClientInput:
    """Which API client."""

    id: strawberry.ID = strawberry.field(description="The client's global id.")


async def _organisation(context: Context, write: Write, organisation_id: UUID) -> Organisation:
    found = await queries.organisation(write, context.scope, organisation_id)
    if found is None:
        raise OrganisationNotFound
    return organisation(found)


@strawberry.type
class IdentityMutation(RequestsMutation):
    """Commands of identity."""

    @command("identity:register")
    async def register_organisation(
        context: Context, write: Write, input: RegisterOrganisationInput
    ) -> OrganisationRegistered:
        """Register a legal person (登记单位). Then invite its first administrator."""
        key = await service.register_organisation(
            write, context.scope, kind=input.kind, name=input.name, credit_code=input.credit_code,
            division_code=input.division_code, name_en=input.name_en, sector=input.sector,
        )  # fmt: skip
        return OrganisationRegistered(organisation=await _organisation(context, write, key))

    @command("identity:invite")
    async def invite_administrator(context: Context, write: Write, input: InviteAdministratorInput) -> MemberInvited:
        """Invite an administrator to an organisation that has none (邀请首位管理员)."""
        (key, *_) = uuids(input.organisation_id, "Organisation", path=("input", "organisationId"))
        offered = await service.invite_administrator(
            write, context.scope, organisation_id=key, email=input.email, name=input.name
        )
        return MemberInvited(id=node_id("Invitation", offered.id), token=offered.token, expires_at=offered.expires_at)

    @command("identity:suspend")
    async def suspend_organisation(
        context: Context, write: Write, input: OrganisationReasonInput
    ) -> OrganisationChanged:
        """Stop an organisation from acting (停用单位): its sessions and tokens end now."""
        (key, *_) = uuids(input.organisation_id, "Organisation", path=("input", "organisationId"))
        await service.suspend_organisation(write, context.scope, organisation_id=key, reason=input.reason)
        return OrganisationChanged(organisation=await _organisation(context, write, key))

    @command("identity:resume")
    async def resume_organisation(
        context: Context, write: Write, input: OrganisationReasonInput
    ) -> OrganisationChanged:
        """Let a suspended organisation act again (恢复单位)."""
        (key, *_) = uuids(input.organisation_id, "Organisation", path=("input", "organisationId"))
        await service.resume_organisation(write, context.scope, organisation_id=key, reason=input.reason)
        return OrganisationChanged(organisation=await _organisation(context, write, key))

    @command("identity:invite")
    async def invite_member(context: Context, write: Write, input: InviteMemberInput) -> MemberInvited:
        """Invite somebody into your organisation (邀请成员); the answer never tells whether the address is known."""
        offered = await service.invite(write, context.scope, email=input.email, name=input.name, role=input.role)
        return MemberInvited(id=node_id("Invitation", offered.id), token=offered.token, expires_at=offered.expires_at)

    @command("identity:withdraw_invitation")
    async def withdraw_invitation(context: Context, write: Write, input: InvitationInput) -> IdentityChanged:
        """Withdraw an invitation that was not accepted (撤回邀请)."""
        (key, *_) = uuids(input.id, "Invitation", path=("input", "id"))
        await service.withdraw_invitation(write, context.scope, invitation_id=key)
        return IdentityChanged(id=input.id)

    @command("identity:grant_role")
    async def grant_role(context: Context, write: Write, input: GrantRoleInput) -> IdentityChanged:
        """Give a member of your organisation a further role (授予角色)."""
        (person, *_) = uuids(input.person_id, "Person", path=("input", "personId"))
        scope = context.scope
        scope.require("identity:manage_members")
        if scope.organisation_id is None:
            raise OrganisationNotFound
        key = await service.grant_role(
            write, scope, organisation_id=scope.organisation_id, person_id=person, role=input.role
        )
        return IdentityChanged(id=node_id("Membership", key))

    @command("identity:revoke_role")
    async def revoke_role(context: Context, write: Write, input: MembershipInput) -> IdentityChanged:
        """Take a role away (撤销角色), at once; never the last administrator's."""
        (key, *_) = uuids(input.id, "Membership", path=("input", "id"))
        await service.revoke_role(write, context.scope, membership_id=key)
        return IdentityChanged(id=input.id)

    @command("identity:sign_out_everywhere")
    async def sign_out_everywhere(context: Context, write: Write, input: SignOutEverywhereInput) -> SessionsEnded:
        """End every session of yours, or a member's in your organisation (强制下线)."""
        person = uuids(input.person_id, "Person", path=("input", "personId"))[0] if input.person_id else None
        await service.sign_out_everywhere(write, context.scope, person)
        return SessionsEnded(is_done=True)

    @command("identity:engage")
    async def engage_verifier(context: Context, write: Write, input: EngageVerifierInput) -> IdentityChanged:
        """Engage a verification body (委托核查): it sees your accounts from the first day to the last."""
        (verifier, *_) = uuids(input.verifier_id, "Organisation", path=("input", "verifierId"))
        key = await service.engage(
            write, context.scope, verifier_id=verifier, purpose=input.purpose, starts_on=input.starts_on,
            ends_on=input.ends_on,
        )  # fmt: skip
        return IdentityChanged(id=node_id("Engagement", key))

    @command("identity:end_engagement")
    async def end_engagement(context: Context, write: Write, input: EndEngagementInput) -> IdentityChanged:
        """End an engagement now (终止委托); either side may."""
        (key, *_) = uuids(input.id, "Engagement", path=("input", "id"))
        await service.end_engagement(write, context.scope, engagement_id=key, reason=input.reason)
        return IdentityChanged(id=input.id)

    @command("identity:consent")
    async def grant_consent(context: Context, write: Write, input: GrantConsentInput) -> IdentityChanged:
        """Open your account, your scores or more to a bank (授权银行), for a purpose and a time."""
        (bank, *_) = uuids(input.bank_id, "Organisation", path=("input", "bankId"))
        key = await service.grant_consent(
            write, context.scope, bank_id=bank, scopes=input.scopes, purpose=input.purpose, starts_on=input.starts_on,
            ends_on=input.ends_on,
        )  # fmt: skip
        return IdentityChanged(id=node_id("Consent", key))

    @command("identity:revoke_consent")
    async def revoke_consent(context: Context, write: Write, input: ConsentInput) -> IdentityChanged:
        """Revoke a consent (撤销授权), at once."""
        (key, *_) = uuids(input.id, "Consent", path=("input", "id"))
        await service.revoke_consent(write, context.scope, consent_id=key)
        return IdentityChanged(id=input.id)

    @command("identity:create_client")
    async def create_api_client(context: Context, write: Write, input: CreateApiClientInput) -> ApiClientCreated:
        """Let a program act for your organisation (创建接口客户端), with some of your permissions."""
        key, secret = await service.create_client(write, context.scope, name=input.name, permissions=input.permissions)
        return ApiClientCreated(id=node_id("ApiClient", key), client_id=str(key), client_secret=secret)

    @command("identity:revoke_client")
    async def revoke_api_client(context: Context, write: Write, input: ApiClientInput) -> IdentityChanged:
        """Revoke a program (撤销接口客户端); its tokens end now."""
        (key, *_) = uuids(input.id, "ApiClient", path=("input", "id"))
        await service.revoke_client(write, context.scope, client_id=key)
        return IdentityChanged(id=input.id)
