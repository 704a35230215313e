"""Reading identity on the wire; the commands are beside it in `schema_commands`."""

from typing import Annotated
from uuid import UUID

import strawberry

from backend.identity import queries, service
from backend.identity.schema_commands import IdentityMutation
from backend.identity.schema_requests import RequestsQuery
from backend.identity.schema_types import (
    ApiClient,
    AuditChainReport,
    AuditEvent,
    Consent,
    Engagement,
    Invitation,
    KindEnum,
    Membership,
    Organisation,
    OutcomeEnum,
    Person,
    client,
    consent,
    engagement,
    event,
    invitation,
    load_organisation,
    load_person,
    membership,
    organisation,
)
from backend.identity.values import ROLES, grantable
from backend.kit.scope import Kind
from backend.wire.connections import Connection, Page, PageInvalid, connect, page
from backend.wire.context import Info
from backend.wire.nodes import uuids

__all__ = ["IdentityMutation", "IdentityQuery"]

First = Annotated[int, strawberry.argument(description="How many, 1 to 100.")]
After = Annotated[str | None, strawberry.argument(description="A cursor from an earlier answer.")]


@strawberry.type(description="The caller: who, for which organisation, with which permissions.")
class Me:
    """The caller."""

    kind: KindEnum = strawberry.field(description="Kind of the organisation acted for.")  # type: ignore[valid-type]
    tenant: str = strawberry.field(description="Code of the jurisdiction.")
    permissions: list[str] = strawberry.field(description="What the caller may do, `noun:verb`.")
    actor_id: strawberry.Private[UUID | None]
    organisation_id: strawberry.Private[UUID | None]

    @strawberry.field(description="The person; null for a program.")
    async def person(self, info: Info) -> Person | None:
        """Return the person."""
        return await load_person(info.context, self.actor_id)

    @strawberry.field(description="The organisation acted for.")
    async def organisation(self, info: Info) -> Organisation | None:
        """Return the organisation acted for."""
        return None if self.organisation_id is None else await load_organisation(info.context, self.organisation_id)

    @strawberry.field(description="The caller's own roles, in every organisation it can act for.")
    async def memberships(self, info: Info) -> list[Membership]:
        """Return the caller's own roles."""
        async with info.context.read() as read:
            rows = await queries.memberships_of(read, info.context.scope)
        return [membership(value) for value in rows]


@strawberry.type(description="A role an organisation can give, and what it grants.")
class Role:
    """A role an organisation can give."""

    name: str = strawberry.field(description="Name of the role.")
    permissions: list[str] = strawberry.field(description="What it grants, `noun:verb`.")


def _key(asked: Page) -> UUID | None:
    """Return the id an ordinary list's page begins after."""
    if asked.after is None:
        return None
    try:
        return UUID(str(asked.after[0]))
    except (ValueError, IndexError):
        raise PageInvalid(reason="after is not a cursor of this list", path=("after",)) from None


def _sequence(asked: Page) -> int | None:
    """Return the sequence an audit page begins below."""
    if asked.after is None:
        return None
    if len(asked.after) != 1 or not isinstance(asked.after[0], int):
        raise PageInvalid(reason="after is not a cursor of this list", path=("after",))
    return asked.after[0]


@strawberry.type
class IdentityQuery(RequestsQuery):
    """Reads of identity."""

    @strawberry.field(description="The caller, or null when nobody is signed in.")
    async def me(self, info: Info) -> Me | None:
        """Return the caller."""
        scope = info.context.scope
        if scope.kind is Kind.NOBODY:
            return None
        return Me(
            kind=scope.kind,
            tenant=scope.tenant,
            permissions=sorted(scope.permissions),
            actor_id=scope.actor_id,
            organisation_id=scope.organisation_id,
        )

    @strawberry.field(description="One organisation (单位), or null when it is not there or not yours to know.")
    async def organisation(self, info: Info, id: strawberry.ID) -> Organisation | None:  # noqa: A002 - the wire's word
        """Return one organisation."""
        return await load_organisation(info.context, uuids(id, "Organisation", path=("id",))[0])

    @strawberry.field(
        description="The organisations you may know of: your own, your region's, verifiers, banks and authorities, and "
        "those you have an agreement with. Oldest first."
    )
    async def organisations(
        self,
        info: Info,
        first: First = 50,
        after: After = None,
        kind: KindEnum | None = None,  # type: ignore[valid-type]
        search: Annotated[
            str | None, strawberry.argument(description="Part of a name, or a whole credit code.")
        ] = None,
        division_path: Annotated[str | None, strawberry.argument(description="Only below this division path.")] = None,
    ) -> Connection[Organisation]:
        """Return a page of organisations."""
        asked = page(first, after)
        async with info.context.read() as read:
            rows = await queries.organisations(
                read, info.context.scope, kind=kind, search=search, within=division_path, limit=asked.fetch,
                after=_key(asked),
            )  # fmt: skip
        return connect(rows, asked, key=lambda row: [row.id], make=organisation)

    @strawberry.field(description="The roles of your own organisation's people (成员), oldest first.")
    async def members(
        self,
        info: Info,
        first: First = 50,
        after: After = None,
        is_active: Annotated[  # noqa: FBT002 - arguments have names on the wire
            bool | None, strawberry.argument(description="Only roles in force (or only ended ones); null for all.")
        ] = True,
    ) -> Connection[Membership]:
        """Return a page of memberships."""
        asked = page(first, after)
        async with info.context.read() as read:
            rows = await queries.members(
                read, info.context.scope, is_active=is_active, limit=asked.fetch, after=_key(asked)
            )
        return connect(rows, asked, key=lambda row: [row.id], make=membership)

    @strawberry.field(description="The invitations of your own organisation (邀请), oldest first.")
    async def invitations(self, info: Info, first: First = 50, after: After = None) -> Connection[Invitation]:
        """Return a page of invitations."""
        asked = page(first, after)
        async with info.context.read() as read:
            rows = await queries.invitations(read, info.context.scope, limit=asked.fetch, after=_key(asked))
        return connect(rows, asked, key=lambda row: [row.id], make=invitation)

    @strawberry.field(description="Engagements (核查委托) of which you are a side, or in your region; oldest first.")
    async def engagements(
        self, info: Info, first: First = 50, after: After = None, enterprise_id: strawberry.ID | None = None
    ) -> Connection[Engagement]:
        """Return a page of engagements."""
        asked = page(first, after)
        enterprise = uuids(enterprise_id, "Organisation", path=("enterpriseId",))[0] if enterprise_id else None
        async with info.context.read() as read:
            rows = await queries.engagements(
                read, info.context.scope, enterprise_id=enterprise, limit=asked.fetch, after=_key(asked)
            )
        return connect(rows, asked, key=lambda row: [row.id], make=engagement)

    @strawberry.field(description="Consents (授权) you gave or were given, oldest first.")
    async def consents(self, info: Info, first: First = 50, after: After = None) -> Connection[Consent]:
        """Return a page of consents."""
        asked = page(first, after)
        async with info.context.read() as read:
            rows = await queries.consents(read, info.context.scope, limit=asked.fetch, after=_key(asked))
        return connect(rows, asked, key=lambda row: [row.id], make=consent)

    @strawberry.field(description="The programs of your own organisation (接口客户端), oldest first.")
    async def api_clients(self, info: Info, first: First = 50, after: After = None) -> Connection[ApiClient]:
        """Return a page of API clients."""
        asked = page(first, after)
        async with info.context.read() as read:
            rows = await queries.clients(read, info.context.scope, limit=asked.fetch, after=_key(asked))
        return connect(rows, asked, key=lambda row: [row.id], make=client)

    @strawberry.field(description="The audit events of your own organisation (审计日志), newest first.")
    async def audit_events(
        self,
        info: Info,
        first: First = 50,
        after: After = None,
        action: Annotated[
            str | None, strawberry.argument(description="A whole action, or a noun with its colon: `identity:`.")
        ] = None,
        outcome: OutcomeEnum | None = None,  # type: ignore[valid-type]
        actor_id: strawberry.ID | None = None,
    ) -> Connection[AuditEvent]:
        """Return a page of audit events."""
        asked = page(first, after)
        actor = uuids(actor_id, "Person", path=("actorId",))[0] if actor_id else None
        async with info.context.read() as read:
            rows = await queries.audit_events(
                read, info.context.scope, action=action, outcome=outcome, actor_id=actor, limit=asked.fetch,
                before=_sequence(asked),
            )  # fmt: skip
        return connect(rows, asked, key=lambda row: [row.sequence], make=event)

    @strawberry.field(description="Recompute your own organisation's audit chain and tell whether every link fits.")
    async def verify_audit_chain(self, info: Info) -> AuditChainReport:
        """Recompute the caller's own chain."""
        async with info.context.read() as read:
            report = await service.verify_chain(read, info.context.scope)
        return AuditChainReport(length=report.length, is_whole=report.broken_at is None, broken_at=report.broken_at)

    @strawberry.field(description="The roles your organisation can give, and what each grants.")
    async def roles(self, info: Info) -> list[Role]:
        """Return the roles of the caller's kind of organisation."""
        known = ROLES.get(info.context.scope.kind, {})
        return [Role(name=name, permissions=sorted(granted)) for name, granted in known.items()]

    @strawberry.field(description="The permissions you could give to a program of your organisation.")
    async def grantable_permissions(self, info: Info) -> list[str]:
        """Return what the caller could grant a program."""
        scope = info.context.scope
        return sorted(grantable(scope.kind) & scope.permissions)
