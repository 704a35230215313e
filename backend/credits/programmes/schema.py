"""Regional carbon-inclusive programmes (碳普惠) on the wire: the reads; commands are beside them."""

from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

import strawberry

from backend.accounts.schema_types import After, First
from backend.accounts.service import account as visible_account
from backend.credits.programmes import queries, service
from backend.credits.programmes.schema_commands import ProgrammesCoreMutation
from backend.credits.programmes.schema_planting import TreesMutation
from backend.credits.programmes.schema_trees import (
    TreeHousehold,
    TreePayment,
    TreePaymentAnswer,
    TreePurchase,
    TreeStand,
    household,
    payment,
    payment_sum,
    purchase,
    stand,
)
from backend.credits.programmes.schema_types import (
    CreditProgramme,
    ProgrammeParticipant,
    ProgrammeRegistration,
    ProgrammeSetting,
    ProgrammeSubmission,
    holder_id,
    participant,
    programme,
    registration,
    setting,
    submission,
)
from backend.credits.programmes.values import Listed, PaymentState, State
from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.wire.connections import Connection, Page, connect, page
from backend.wire.context import Info

Code = Annotated[str | None, strawberry.argument(description="Only of this programme.")]
Holder = Annotated[strawberry.ID | None, strawberry.argument(description="Only of this account or participant.")]


@strawberry.type
class ProgrammesMutation(ProgrammesCoreMutation, TreesMutation):
    """Commands."""


def _after(asked: Page) -> UUID | None:
    key = asked.key(UUID)
    return None if key is None else key[0]


async def _listed(
    read: Read, scope: Scope, holder: str | None, of_programme: str | None, state: State | PaymentState | None
) -> Listed:
    """Return what a list shows. Raises AccountNotFound, ParticipantNotFound for a holder that is not visible."""
    who = None if holder is None else holder_id(holder, path=("holderId",))
    if who is not None and (await queries.participants_by_id(read, scope, [who]))[0] is None:
        await visible_account(read, scope, who)
    return Listed(who, of_programme, None if state is None else state.value)


@strawberry.type
class ProgrammesQuery:
    """Reads."""

    @strawberry.field(
        description="The programmes that issue units or sell trees here, with methodologies, the terms in force on a day "
        "(today), their source and confidence, and what is still a placeholder."
    )
    async def credit_programmes(self, info: Info, on: date | None = None) -> list[CreditProgramme]:
        """List programmes."""
        info.context.scope.require("credits:read")
        async with info.context.read() as read:
            found = await service.offered(read, info.context.scope, on)
        return [programme(each) for each in found]

    @strawberry.field(
        description="Every version of the terms administrators set for a programme's methodologies, oldest first."
    )
    async def programme_settings(
        self, info: Info, programme: str, methodology: str | None = None, first: First = 50, after: After = None
    ) -> Connection[ProgrammeSetting]:
        """List settings."""
        scope = info.context.scope
        scope.require("credits:read")
        asked = page(first, after)
        key = asked.key(UUID)
        async with info.context.read() as read:
            rows = await queries.settings(
                read, scope, programme, methodology, after=None if key is None else key[0], limit=asked.fetch
            )
        return connect(rows, asked, key=lambda row: [row.id], make=setting)

    @strawberry.field(description="Registrations of projects and scenes you may see, newest first.")
    async def programme_registrations(
        self,
        info: Info,
        holder_id: Holder = None,
        programme: Code = None,
        state: State | None = None,
        first: First = 50,
        after: After = None,
    ) -> Connection[ProgrammeRegistration]:
        """List registrations."""
        scope = info.context.scope
        scope.require("credits:read")
        asked = page(first, after)
        async with info.context.read() as read:
            which = await _listed(read, scope, holder_id, programme, state)
            rows = await queries.registrations(read, scope, which, after=_after(asked), limit=asked.fetch)
        return connect(rows, asked, key=lambda row: [row.id], make=registration)

    @strawberry.field(description="Submissions you may see, newest first.")
    async def programme_submissions(
        self,
        info: Info,
        holder_id: Holder = None,
        programme: Code = None,
        state: State | None = None,
        first: First = 50,
        after: After = None,
    ) -> Connection[ProgrammeSubmission]:
        """List submissions."""
        scope = info.context.scope
        scope.require("credits:read")
        asked = page(first, after)
        async with info.context.read() as read:
            which = await _listed(read, scope, holder_id, programme, state)
            rows = await queries.submissions(read, scope, which, after=_after(asked), limit=asked.fetch)
        return connect(rows, asked, key=lambda row: [row.id], make=submission)

    @strawberry.field(description="Participants that are no enterprises; the authority of their region sees them.")
    async def programme_participants(
        self, info: Info, programme: Code = None, first: First = 50, after: After = None
    ) -> Connection[ProgrammeParticipant]:
        """List participants."""
        scope = info.context.scope
        scope.require("credits:read")
        asked = page(first, after)
        async with info.context.read() as read:
            rows = await queries.participants(read, scope, programme, after=_after(asked), limit=asked.fetch)
        return connect(rows, asked, key=lambda row: [row.id], make=participant)

    @strawberry.field(description="Households with numbered trees; the authority of their region sees them.")
    async def tree_households(
        self, info: Info, programme: Code = None, first: First = 50, after: After = None
    ) -> Connection[TreeHousehold]:
        """List households."""
        scope = info.context.scope
        scope.require("credits:read")
        asked = page(first, after)
        async with info.context.read() as read:
            rows = await queries.households(read, scope, programme, after=_after(asked), limit=asked.fetch)
        return connect(rows, asked, key=lambda row: [row.id], make=household)

    @strawberry.field(
        description="Numbered trees, in the order registered; `year` keeps those that can be bought for it."
    )
    async def tree_stands(
        self, info: Info, programme: Code = None, year: int | None = None, first: First = 50, after: After = None
    ) -> Connection[TreeStand]:
        """List stands."""
        scope = info.context.scope
        scope.require("credits:read")
        asked = page(first, after)
        async with info.context.read() as read:
            rows = await queries.stands(read, scope, programme, year=year, after=_after(asked), limit=asked.fetch)
        return connect(rows, asked, key=lambda row: [row.id], make=stand)

    @strawberry.field(description="Trees an account or participant bought, newest first.")
    async def tree_purchases(
        self, info: Info, holder_id: strawberry.ID, first: First = 50, after: After = None
    ) -> Connection[TreePurchase]:
        """List purchases."""
        scope = info.context.scope
        scope.require("credits:read")
        asked = page(first, after)
        async with info.context.read() as read:
            which = await _listed(read, scope, holder_id, None, None)
            rows: list[queries.PurchaseValue] = []
            if which.account_id is not None:
                rows = await queries.purchases(read, scope, which.account_id, after=_after(asked), limit=asked.fetch)
        return connect(rows, asked, key=lambda row: [row.id], make=purchase)

    @strawberry.field(description="Payments to households: your own purchases', or of your region; newest first.")
    async def tree_payments(
        self,
        info: Info,
        holder_id: Holder = None,
        programme: Code = None,
        state: PaymentState | None = None,
        first: First = 50,
        after: After = None,
    ) -> Connection[TreePayment]:
        """List payments."""
        scope = info.context.scope
        scope.require("credits:read")
        asked = page(first, after)
        async with info.context.read() as read:
            which = await _listed(read, scope, holder_id, programme, state)
            rows = await queries.payments(read, scope, which, after=_after(asked), limit=asked.fetch)
        return connect(rows, asked, key=lambda row: [row.id], make=payment)

    @strawberry.field(
        description="What trees cost (单株碳汇款项测算): trees of a household x households x years x price, exact. The price is "
        "the programme's unless given. An aggregate: limits of one household are checked when it is registered."
    )
    async def tree_payment(
        self,
        info: Info,
        trees_per_household: int,
        households: int = 1,
        years: int = 1,
        yuan_per_tree: Decimal | None = None,
        programme: str | None = None,
    ) -> TreePaymentAnswer:
        """Compute what trees cost."""
        info.context.scope.require("credits:read")
        async with info.context.read() as read:
            found = await service.tree_payment(
                read, info.context.scope, trees_per_household=trees_per_household, households=households, years=years,
                yuan_per_tree=yuan_per_tree, programme=programme,
            )  # fmt: skip
        return payment_sum(found)
