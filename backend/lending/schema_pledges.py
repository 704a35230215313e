"""Requests for pledges on the wire: a bank asks, the holder accepts or declines. Pledges themselves are `unitHolds`."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

import strawberry

from backend.accounts.schema_types import After, First, id_after
from backend.identity.schema_types import Organisation, load_organisation
from backend.kit.db import Write
from backend.ledger.schema_commands import UnitSelectionInput, pointing, selection_of
from backend.ledger.schema_movements import UnitHold, UnitMovement, load_hold, movement
from backend.ledger.schema_units import SerialRange, ranges
from backend.lending import service
from backend.lending.pledging.values import LapsedBecause, PledgeDraft, PledgeRequestState, PledgeRequestValue
from backend.wire.commands import command
from backend.wire.connections import Connection, connect, page
from backend.wire.context import Context, Info
from backend.wire.nodes import node_id, uuids

# pyright: reportGeneralTypeIssues=false, reportSelfClsParameterName=false
# ruff: noqa: A002, N805
# `command` makes static functions whose argument is called `input` on the wire.

strawberry.enum(
    PledgeRequestState,
    name="PledgeRequestState",
    description="How far a request has come: asked (待答复), accepted (已同意), declined (已拒绝), withdrawn (已撤回), lapsed "
    "(已失效).",
)
strawberry.enum(
    LapsedBecause,
    name="PledgeRequestLapsedBecause",
    description="Why a request lapsed: nobody answered in time, or the consent it rested on ended.",
)


@strawberry.type(description="What a bank asks an account to pledge to it (质押申请). It locks nothing until accepted.")
class PledgeRequest:
    """What a bank asks an account to pledge."""

    bank_id: strawberry.Private[UUID]
    hold_id: strawberry.Private[UUID | None]
    id: strawberry.ID = strawberry.field(description="Global id.")
    account_id: strawberry.ID = strawberry.field(description="Global id of the account that is asked.")
    account_number: str = strawberry.field(description="The account's number.")
    consent_id: strawberry.ID = strawberry.field(description="Global id of the consent it rests on.")
    unit_class: str = strawberry.field(description="Code of the class.")
    quantity: Decimal = strawberry.field(description="How many units.")
    batch_id: strawberry.ID | None = strawberry.field(description="Only of this batch, if one was named.")
    serials: list[SerialRange] = strawberry.field(description="These very units; empty where any of them will do.")
    reference: str = strawberry.field(description="The bank's number of the loan.")
    purpose: str = strawberry.field(description="What for, in the bank's words.")
    pledged_until: date | None = strawberry.field(
        description="Until when the bank expects to keep the pledge; what ends it is its release alone."
    )
    price_cny: Decimal | None = strawberry.field(
        description="The bank's own valuation of one unit, in CNY; null where it made none. Nobody here checks it."
    )
    value_cny: Decimal | None = strawberry.field(description="The units asked for at that price, in CNY.")
    state: PledgeRequestState = strawberry.field(description="How far it has come.")
    asked_at: datetime = strawberry.field(description="When it was sent.")
    lapses_at: datetime = strawberry.field(
        description="Until when it can be answered; never after the consent's last day."
    )
    ended_at: datetime | None = strawberry.field(description="When it was answered, withdrawn, or lapsed.")
    lapsed_because: LapsedBecause | None = strawberry.field(description="Why it lapsed; null if it did not.")
    answer: str = strawberry.field(description="Why it was declined or withdrawn; else empty.")

    @strawberry.field(description="Who asks.")
    async def bank(self, info: Info) -> Organisation | None:
        """Return who asks."""
        return await load_organisation(info.context, self.bank_id)

    @strawberry.field(description="The pledge it led to, as it stands now.")
    async def hold(self, info: Info) -> UnitHold | None:
        """Return the pledge it led to."""
        return await load_hold(info.context, self.hold_id)


def pledge_request(value: PledgeRequestValue) -> PledgeRequest:
    """Return a request as the wire has it."""
    return PledgeRequest(
        id=node_id("PledgeRequest", value.id), bank_id=value.bank_id, hold_id=value.hold_id,
        account_id=node_id("CarbonAccount", value.account_id), account_number=value.account_number,
        consent_id=node_id("Consent", value.consent_id), unit_class=value.class_code, quantity=value.quantity,
        batch_id=None if value.batch_id is None else node_id("UnitBatch", value.batch_id),
        serials=ranges(value.serials), reference=value.reference, purpose=value.purpose,
        pledged_until=value.pledged_until, price_cny=value.price_cny, value_cny=value.value_cny, state=value.state,
        asked_at=value.asked_at, lapses_at=value.lapses_at, ended_at=value.ended_at,
        lapsed_because=value.lapsed_because, answer=value.answer,
    )  # fmt: skip


@strawberry.type
class PledgesQuery:
    """Requests for pledges."""

    @strawberry.field(description="Requests for pledges (质押申请) you sent or got, newest first.")
    async def pledge_requests(
        self,
        info: Info,
        account_id: Annotated[
            strawberry.ID | None, strawberry.argument(description="Only those to this account.")
        ] = None,
        state: Annotated[
            PledgeRequestState | None, strawberry.argument(description="Only those in this state.")
        ] = None,
        first: First = 50,
        after: After = None,
    ) -> Connection[PledgeRequest]:
        """Return a page of requests."""
        asked = page(first, after)
        last = id_after(asked)
        own = None if account_id is None else uuids(account_id, "CarbonAccount", path=("accountId",))[0]
        async with info.context.read() as read:
            rows = await service.pledge_requests(
                read, info.context.scope, account_id=own, state=state, before=None if last is None else UUID(last),
                limit=asked.fetch,
            )  # fmt: skip
        return connect(rows, asked, key=lambda row: [row.id], make=pledge_request)


@strawberry.input(description="Ask an account for a pledge.")
class RequestPledgeInput:
    """Ask an account for a pledge."""

    account_id: strawberry.ID = strawberry.field(description="Global id of the borrower's account.")
    units: UnitSelectionInput = strawberry.field(description="Which units, as `pledgeableHoldings` lists them.")
    reference: str = strawberry.field(description="Your number of the loan, 1 to 64 characters.")
    purpose: str = strawberry.field(description="What for, 1 to 500 characters; the holder reads it.")
    pledged_until: date | None = strawberry.field(
        default=None, description="Until when you expect to keep the pledge; it ends by your release alone."
    )
    answer_by: date | None = strawberry.field(
        default=None, description="Last day to answer, within 90 days; two weeks if left out."
    )
    price_cny: Decimal | None = strawberry.field(
        default=None, description="Your own valuation of one unit in CNY, if you make one; the holder sees it."
    )


@strawberry.input(description="Answer a bank's request for a pledge.")
class AnswerPledgeRequestInput:
    """Answer a request."""

    id: strawberry.ID = strawberry.field(description="The request's global id.")
    is_accepted: bool = strawberry.field(description="Whether you pledge what is asked for, all of it, now.")
    reason: str = strawberry.field(default="", description="Why you decline, 1 to 500 characters; the bank is told.")


@strawberry.input(description="Withdraw a request of your bank that nobody has answered.")
class WithdrawPledgeRequestInput:
    """Withdraw a request."""

    id: strawberry.ID = strawberry.field(description="The request's global id.")
    reason: str = strawberry.field(description="Why, 1 to 500 characters; the holder is told.")


@strawberry.type(description="The request was sent.")
class PledgeRequested:
    """The request was sent."""

    request: PledgeRequest = strawberry.field(description="As it stands.")


@strawberry.type(description="The request was answered or withdrawn.")
class PledgeRequestChanged:
    """The request was answered or withdrawn."""

    id: strawberry.ID = strawberry.field(description="The request's global id.")
    movement: UnitMovement | None = strawberry.field(default=None, description="The pledge that was made, if any.")


def _request_id(given: strawberry.ID) -> UUID:
    return uuids(given, "PledgeRequest", path=("input", "id"))[0]


@strawberry.type
class PledgesMutation:
    """Commands on requests for pledges."""

    @command("lending:request_pledge", description="Ask a borrower's account for a pledge (申请质押); banks only.")
    async def request_pledge(context: Context, write: Write, input: RequestPledgeInput) -> PledgeRequested:
        """Ask for a pledge."""
        (account, *_) = uuids(input.account_id, "CarbonAccount", path=("input", "accountId"))
        with pointing(input):
            draft = PledgeDraft(
                selection_of(input.units), input.reference, input.purpose, input.pledged_until, input.answer_by,
                input.price_cny,
            )  # fmt: skip
            made = await service.request_pledge(write, context.scope, account, draft)
        return PledgeRequested(request=pledge_request(made))

    @command(
        "lending:answer_pledge_request",
        description="Answer a bank's request for a pledge (答复质押申请): pledge the units, or decline with the reason.",
    )
    async def answer_pledge_request(
        context: Context, write: Write, input: AnswerPledgeRequestInput
    ) -> PledgeRequestChanged:
        """Answer a request."""
        request = _request_id(input.id)
        if not input.is_accepted:
            await service.decline_pledge_request(write, context.scope, request, input.reason)
            return PledgeRequestChanged(id=input.id)
        made = await service.accept_pledge_request(write, context.scope, request)
        return PledgeRequestChanged(id=input.id, movement=movement(made))

    @command("lending:withdraw_pledge_request", description="Withdraw a request for a pledge (撤回质押申请).")
    async def withdraw_pledge_request(
        context: Context, write: Write, input: WithdrawPledgeRequestInput
    ) -> PledgeRequestChanged:
        """Withdraw a request."""
        await service.withdraw_pledge_request(write, context.scope, _request_id(input.id), input.reason)
        return PledgeRequestChanged(id=input.id)
