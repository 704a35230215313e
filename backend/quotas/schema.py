"""Reading quota compliance on the wire; the calculators and the commands are beside it."""

from decimal import Decimal

import strawberry

from backend.accounts import service as accounts
from backend.quotas import queries, service
from backend.quotas.schema_calculators import CalculatorsQuery
from backend.quotas.schema_commands import QuotasMutation
from backend.quotas.schema_position import (
    AccountQuotaDuties,
    AllocationPreview,
    QuotaDuty,
    QuotaPosition,
    account_duties,
    duty,
    position,
    preview,
)
from backend.quotas.schema_types import (
    After,
    AllocationStateEnum,
    CarryOverStateEnum,
    First,
    QuotaAllocation,
    QuotaBalanceValue,
    QuotaCarryOver,
    QuotaFacility,
    QuotaReceipt,
    QuotaVerified,
    StageEnum,
    after_id,
    allocation,
    balance_value,
    carry_over,
    facility,
    receipt,
    verified,
)
from backend.quotas.values import AllocationState, CarryOverState, Stage
from backend.wire.connections import Connection, connect, page
from backend.wire.context import Info
from backend.wire.nodes import uuids

__all__ = ["QuotasMutation", "QuotasQuery"]

ACCOUNT = "CarbonAccount"
PATH = ("accountId",)


@strawberry.input(description="Prices of one's own for a plan, in CNY/t.")
class QuotaPricesInput:
    """Prices of one's own."""

    cea: Decimal = strawberry.field(description="Of an allowance.")
    ccer: Decimal = strawberry.field(description="Of a CCER.")


@strawberry.type
class QuotasQuery(CalculatorsQuery):
    """Reads of quota compliance."""

    @strawberry.field(description="The power units and production lines of an account, by code.")
    async def quota_facilities(
        self, info: Info, account_id: strawberry.ID, first: First = 50, after: After = None
    ) -> Connection[QuotaFacility] | None:
        """List an account's facilities."""
        scope, asked = info.context.scope, page(first, after)
        scope.require("quotas:read")
        [own] = uuids(account_id, ACCOUNT, path=PATH)
        key = asked.key(str)
        async with info.context.read() as read:
            await accounts.account(read, scope, own)
            rows = await queries.facilities(read, scope, [own], after=key[0] if key else None, limit=asked.fetch)
        return connect(rows, asked, key=lambda row: [row.code], make=facility)

    @strawberry.field(
        description="The verified figures that count for an account's year: of the account, of its units."
    )
    async def quota_verified_emissions(
        self, info: Info, account_id: strawberry.ID, year: int
    ) -> list[QuotaVerified] | None:
        """List the verified figures."""
        scope = info.context.scope
        scope.require("quotas:read")
        [own] = uuids(account_id, ACCOUNT, path=PATH)
        async with info.context.read() as read:
            await accounts.account(read, scope, own)
            found = await queries.newest_verified(read, scope, [own], year)
        return [verified(each) for each in found.get(own, {}).values()]

    @strawberry.field(
        description="Every balance value ever entered, newest first; the newest of a sector and year counts."
    )
    async def quota_balance_values(
        self, info: Info, year: int | None = None, first: First = 50, after: After = None
    ) -> Connection[QuotaBalanceValue]:
        """List balance values."""
        scope, asked = info.context.scope, page(first, after)
        async with info.context.read() as read:
            rows = await queries.balance_values(read, scope, year=year, limit=asked.fetch, after=after_id(asked))
        return connect(rows, asked, key=lambda row: [row.id], make=balance_value)

    @strawberry.field(
        description="What an account would be allocated now, with every factor, and what is still missing."
    )
    async def allocation_preview(
        self,
        info: Info,
        account_id: strawberry.ID,
        year: int,
        stage: StageEnum = Stage.FINAL,  # type: ignore[valid-type]
    ) -> AllocationPreview | None:
        """Preview an allocation."""
        [own] = uuids(account_id, ACCOUNT, path=PATH)
        async with info.context.read() as read:
            return preview(await service.preview(read, info.context.scope, own, year, Stage(stage)))

    @strawberry.field(description="Allocations of an account, or of every account you see, newest first.")
    async def quota_allocations(
        self,
        info: Info,
        account_id: strawberry.ID | None = None,
        year: int | None = None,
        state: AllocationStateEnum | None = None,  # type: ignore[valid-type]
        first: First = 50,
        after: After = None,
    ) -> Connection[QuotaAllocation]:
        """List allocations."""
        scope, asked = info.context.scope, page(first, after)
        own = None if account_id is None else uuids(account_id, ACCOUNT, path=PATH)[0]
        async with info.context.read() as read:
            rows = await queries.allocations(
                read, scope, account_id=own, year=year, state=None if state is None else AllocationState(state),
                limit=asked.fetch, after=after_id(asked),
            )  # fmt: skip
        return connect(rows, asked, key=lambda row: [row.id], make=allocation)

    @strawberry.field(description="The duties of an account's compliance year as they stand today.")
    async def quota_duties(self, info: Info, account_id: strawberry.ID, year: int) -> list[QuotaDuty] | None:
        """List the duties of a year."""
        [own] = uuids(account_id, ACCOUNT, path=PATH)
        async with info.context.read() as read:
            return [duty(each) for each in await service.calendar(read, info.context.scope, own, year)]

    @strawberry.field(
        description="Duties that are late or due within 30 days over every account you see, by its number."
    )
    async def quota_duties_overdue(
        self, info: Info, year: int, first: First = 50, after: After = None
    ) -> Connection[AccountQuotaDuties]:
        """List what needs attention over a region."""
        asked = page(first, after)
        key = asked.key(str)
        async with info.context.read() as read:
            rows = await service.region(
                read, info.context.scope, year, after=key[0] if key else None, limit=asked.fetch
            )  # fmt: skip
        return connect(rows, asked, key=lambda row: [row.account.number], make=account_duties)

    @strawberry.field(
        description="How an account stands in a compliance year: owed, held, usable, lacking; and the cheapest lawful way to "
        "settle under each price scenario. `isValuingHoldings` counts held units with what they could be sold for."
    )
    async def quota_position(
        self,
        info: Info,
        account_id: strawberry.ID,
        year: int,
        prices: QuotaPricesInput | None = None,
        is_valuing_holdings: bool = False,  # noqa: FBT001, FBT002 - an argument of the wire
    ) -> QuotaPosition | None:
        """Return an account's position."""
        [own] = uuids(account_id, ACCOUNT, path=PATH)
        custom = service.Prices("custom", prices.cea, prices.ccer) if prices else None
        async with info.context.read() as read:
            found = await service.position(
                read, info.context.scope, own, year, custom=custom, is_valuing_holdings=is_valuing_holdings
            )
        return position(found)

    @strawberry.field(description="Receipts of surrenders of an account, or of every account you see, newest first.")
    async def quota_receipts(
        self,
        info: Info,
        account_id: strawberry.ID | None = None,
        year: int | None = None,
        first: First = 50,
        after: After = None,
    ) -> Connection[QuotaReceipt]:
        """List receipts."""
        scope, asked = info.context.scope, page(first, after)
        own = None if account_id is None else uuids(account_id, ACCOUNT, path=PATH)[0]
        async with info.context.read() as read:
            rows = await queries.surrenders(
                read, scope, account_id=own, year=year, limit=asked.fetch, after=after_id(asked)
            )
        return connect(rows, asked, key=lambda row: [row.id], make=receipt)

    @strawberry.field(description="A receipt by its number; null when it is not there or not yours to see.")
    async def quota_receipt_by_number(self, info: Info, number: str) -> QuotaReceipt | None:
        """Return a receipt."""
        async with info.context.read() as read:
            rows = await queries.surrenders(read, info.context.scope, number=number.strip().upper(), limit=1)
        return receipt(rows[0]) if rows else None

    @strawberry.field(description="Applications to carry allowances over, of an account or of every one you see.")
    async def quota_carry_overs(
        self,
        info: Info,
        account_id: strawberry.ID | None = None,
        state: CarryOverStateEnum | None = None,  # type: ignore[valid-type]
        first: First = 50,
        after: After = None,
    ) -> Connection[QuotaCarryOver]:
        """List applications to carry over."""
        scope, asked = info.context.scope, page(first, after)
        own = None if account_id is None else uuids(account_id, ACCOUNT, path=PATH)[0]
        async with info.context.read() as read:
            rows = await queries.carry_overs(
                read, scope, account_id=own, state=None if state is None else CarryOverState(state),
                limit=asked.fetch, after=after_id(asked),
            )  # fmt: skip
        return connect(rows, asked, key=lambda row: [row.id], make=carry_over)
