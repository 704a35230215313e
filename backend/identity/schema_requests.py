"""A bank's requests for consents on the wire: asking, granting that or less, declining, withdrawing."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import strawberry

from backend.identity import queries, service
from backend.identity.schema_types import Organisation, load_organisation
from backend.identity.values import RequestState, RequestValue
from backend.kit.db import Write
from backend.wire.commands import command
from backend.wire.connections import Connection, connect, page
from backend.wire.context import Context, Info
from backend.wire.nodes import Node, node_id, node_loader, uuids

# pyright: reportGeneralTypeIssues=false, reportSelfClsParameterName=false
# ruff: noqa: A002, N805
# `command` makes static functions whose argument is called `input` on the wire.

RequestStateEnum = strawberry.enum(
    RequestState,
    name="ConsentRequestState",
    description="How far a request has come: asked (待答复), granted (已同意), declined (已拒绝), withdrawn (已撤回), lapsed "
    "(已失效).",
)
SCOPES = (
    "`account` (who it is, where its account is; part of every consent), `score` (grade, points, validity, reasons), "
    "`indicators` (the score with every indicator), `statement` (the account statement as it was "
    "issued, which tells grade, points and reasons of the score, too), `pledge` (holdings it may pledge)"
)


@strawberry.type(description="A bank's request for a consent (授权申请). Unanswered, it lapses after 30 days.")
class ConsentRequest(Node):
    """A bank's request for a consent."""

    enterprise_id: strawberry.Private[UUID]
    bank_id: strawberry.Private[UUID]
    granted_id: strawberry.Private[UUID | None]
    asked_for: str = strawberry.field(description="The credit code or account number the bank wrote.")
    scopes: list[str] = strawberry.field(description="What is to be opened.")
    purpose: str = strawberry.field(description="What for.")
    message: str = strawberry.field(description="Words of the bank to the enterprise; may be empty.")
    starts_on: date = strawberry.field(description="First day asked for.")
    ends_on: date = strawberry.field(description="Last day asked for.")
    state: RequestStateEnum = strawberry.field(description="How far it has come.")  # type: ignore[valid-type]
    created_at: datetime = strawberry.field(description="When it was sent.")
    lapses_at: datetime = strawberry.field(description="Until when it can be answered.")
    ended_at: datetime | None = strawberry.field(description="When it was answered, withdrawn, or lapsed.")
    answer: str = strawberry.field(description="Why it was declined or withdrawn; else empty.")

    @strawberry.field(description="Who is asked; null to a bank the enterprise has opened nothing to.")
    async def enterprise(self, info: Info) -> Organisation | None:
        """Return who is asked."""
        return await load_organisation(info.context, self.enterprise_id)

    @strawberry.field(description="Who asks.")
    async def bank(self, info: Info) -> Organisation | None:
        """Return who asks."""
        return await load_organisation(info.context, self.bank_id)

    @strawberry.field(description="Global id of the consent it led to.")
    def consent_id(self) -> strawberry.ID | None:
        """Return the consent it led to."""
        return None if self.granted_id is None else strawberry.ID(node_id("Consent", self.granted_id))


def consent_request(value: RequestValue) -> ConsentRequest:
    """Return a request as the wire has it."""
    return ConsentRequest(
        id=node_id("ConsentRequest", value.id),
        enterprise_id=value.enterprise_id,
        bank_id=value.bank_id,
        granted_id=value.consent_id,
        asked_for=value.asked_for,
        scopes=list(value.scopes),
        purpose=value.purpose,
        message=value.message,
        starts_on=value.starts_on,
        ends_on=value.ends_on,
        state=value.state,
        created_at=value.created_at,
        lapses_at=value.lapses_at,
        ended_at=value.ended_at,
        answer=value.answer,
    )


@node_loader("ConsentRequest")
async def consent_request_node(context: Context, request_id: UUID) -> ConsentRequest | None:
    """Fetch a request for `node(id:)`."""
    async with context.read() as read:
        found = await queries.consent_request(read, context.scope, request_id)
    return None if found is None else consent_request(found)


@strawberry.type
class RequestsQuery:
    """Reads of requests for consents."""

    @strawberry.field(description="Requests for consents (授权申请) you sent or got, newest first.")
    async def consent_requests(
        self,
        info: Info,
        state: Annotated[
            RequestStateEnum | None,  # type: ignore[valid-type]
            strawberry.argument(description="Only those in this state."),
        ] = None,
        first: Annotated[int, strawberry.argument(description="How many, 1 to 100.")] = 50,
        after: Annotated[str | None, strawberry.argument(description="A cursor from an earlier answer.")] = None,
    ) -> Connection[ConsentRequest]:
        """Return a page of requests."""
        asked = page(first, after)
        key = asked.key(UUID)
        async with info.context.read() as read:
            rows = await queries.consent_requests(
                read, info.context.scope, state=state, limit=asked.fetch, after=None if key is None else key[0]
            )
        return connect(rows, asked, key=lambda row: [row.id], make=consent_request)


@strawberry.input(description="Ask an enterprise for a consent.")
class RequestConsentInput:
    """Ask an enterprise for a consent."""

    asked_for: str = strawberry.field(
        description="Its unified social credit code, or the number of its carbon account."
    )
    scopes: list[str] = strawberry.field(description=f"What it is to open: {SCOPES}.")
    purpose: str = strawberry.field(description="What for, 1 to 500 characters.")
    starts_on: date = strawberry.field(description="First day.")
    ends_on: date = strawberry.field(description="Last day.")
    message: str = strawberry.field(default="", description="Words to the enterprise, at most 500 characters.")


@strawberry.input(description="Answer a bank's request: grant that or less, or decline.")
class AnswerConsentRequestInput:
    """Answer a bank's request."""

    id: strawberry.ID = strawberry.field(description="The request's global id.")
    is_granted: bool = strawberry.field(description="Whether you consent.")
    scopes: list[str] | None = strawberry.field(
        default=None, description="To open less than was asked; all of it if left out."
    )
    starts_on: date | None = strawberry.field(
        default=None, description="A later first day; the one asked for if left out."
    )
    ends_on: date | None = strawberry.field(
        default=None, description="An earlier last day; the one asked for if left out."
    )
    is_replacing: bool = strawberry.field(
        default=False, description="Revoke a consent to this bank whose period overlaps, in the same step."
    )
    reason: str = strawberry.field(default="", description="Why you decline, 1 to 500 characters; the bank is told.")


@strawberry.input(description="Withdraw a request nobody has answered.")
class WithdrawConsentRequestInput:
    """Withdraw a request."""

    id: strawberry.ID = strawberry.field(description="The request's global id.")
    reason: str = strawberry.field(default="", description="Why, at most 500 characters; the enterprise is told.")


@strawberry.type(description="The request was sent, answered or withdrawn.")
class ConsentRequestChanged:
    """The request was sent, answered or withdrawn."""

    id: strawberry.ID = strawberry.field(description="The request's global id.")
    consent_id: strawberry.ID | None = strawberry.field(default=None, description="The consent that was given, if any.")


@strawberry.type
class RequestsMutation:
    """Commands on requests for consents."""

    @command("identity:request_consent", description="Ask an enterprise for a consent (申请授权); banks only.")
    async def request_consent(context: Context, write: Write, input: RequestConsentInput) -> ConsentRequestChanged:
        """Ask an enterprise for a consent."""
        key = await service.request_consent(
            write, context.scope, asked_for=input.asked_for, scopes=input.scopes, purpose=input.purpose,
            starts_on=input.starts_on, ends_on=input.ends_on, message=input.message,
        )  # fmt: skip
        return ConsentRequestChanged(id=strawberry.ID(node_id("ConsentRequest", key)))

    @command(
        "identity:answer_consent_request",
        description="Answer a bank's request (答复授权申请): grant that or less, or decline with the reason.",
    )
    async def answer_consent_request(
        context: Context, write: Write, input: AnswerConsentRequestInput
    ) -> ConsentRequestChanged:
        """Answer a bank's request."""
        (key, *_) = uuids(input.id, "ConsentRequest", path=("input", "id"))
        if not input.is_granted:
            await service.decline_request(write, context.scope, request_id=key, reason=input.reason)
            return ConsentRequestChanged(id=input.id)
        consent = await service.grant_request(
            write, context.scope, request_id=key, scopes=input.scopes, starts_on=input.starts_on,
            ends_on=input.ends_on, is_replacing=input.is_replacing,
        )  # fmt: skip
        return ConsentRequestChanged(id=input.id, consent_id=strawberry.ID(node_id("Consent", consent)))

    @command("identity:withdraw_consent_request", description="Withdraw a request of your bank (撤回授权申请).")
    async def withdraw_consent_request(
        context: Context, write: Write, input: WithdrawConsentRequestInput
    ) -> ConsentRequestChanged:
        """Withdraw a request."""
        (key, *_) = uuids(input.id, "ConsentRequest", path=("input", "id"))
        await service.withdraw_request(write, context.scope, request_id=key, reason=input.reason)
        return ConsentRequestChanged(id=input.id)
