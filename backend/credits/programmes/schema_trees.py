"""Numbered trees on the wire: households, stands, purchases, payments, the calculator's answer."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import strawberry

from backend.credits.programmes import queries
from backend.credits.programmes.schema_types import register
from backend.credits.programmes.values import (
    HouseholdValue,
    PaymentState,
    PaymentValue,
    PurchaseValue,
    StandValue,
    TreePaymentSum,
)
from backend.tenants.schema import Division, load_division
from backend.tenants.values import RetirementPurpose
from backend.wire.context import Info
from backend.wire.nodes import Node, node_id
from backend.wire.scalars import BigInt

strawberry.enum(PaymentState, name="TreePaymentState", description="Whether a household has been paid.")


@strawberry.type(description="A run of numbers, both included.")
class NumberRun:
    """A run of numbers."""

    first: BigInt = strawberry.field(description="The first.")
    last: BigInt = strawberry.field(description="The last.")


@strawberry.type(description="A household (农户) that keeps numbered trees; the authority of its region sees it.")
class TreeHousehold(Node):
    """A household that keeps numbered trees."""

    own_id: strawberry.Private[UUID]
    division_code: strawberry.Private[str]
    programme: str = strawberry.field(description="The programme's code.")
    code: str = strawberry.field(description="Its code within the programme.")
    name: str = strawberry.field(description="Its name.")
    mu: Decimal = strawberry.field(description="Forest land in mu (亩).")
    registered_at: datetime = strawberry.field(description="When it was registered.")

    @strawberry.field(description="Where it is.")
    async def division(self, info: Info) -> Division | None:
        """Return its division."""
        return await load_division(info.context, self.division_code)

    @strawberry.field(description="Its trees.")
    async def stands(self, info: Info) -> list["TreeStand"]:
        """Return its stands."""
        found = await info.context.loader(queries.stands_of).load(self.own_id)
        return [stand(each) for each in found]


@strawberry.type(description="Numbered trees of one household, for sale by the year.")
class TreeStand(Node):
    """Numbered trees of one household."""

    household_id: strawberry.Private[UUID]
    programme: str = strawberry.field(description="The programme's code.")
    division_path: str = strawberry.field(description="Where they grow: codes from the province down.")
    numbers: NumberRun = strawberry.field(description="The trees' numbers.")
    trees: int = strawberry.field(description="How many.")
    first_year: int = strawberry.field(description="The first year they can be bought for.")
    last_year: int = strawberry.field(description="The last year they can be bought for.")
    species: str = strawberry.field(description="What trees; may be empty.")
    photographs: str = strawberry.field(description="Where the pictures of the numbered trees are kept.")
    registered_at: datetime = strawberry.field(description="When they were registered.")

    @strawberry.field(description="Whose they are; null where you may not know.")
    async def household(self, info: Info) -> TreeHousehold | None:
        """Return the household."""
        found = await info.context.loader(queries.households_by_id).load(self.household_id)
        return None if found is None else household(found)


@strawberry.type(description="What a household is due for a purchase, and whether it was paid.")
class TreePayment(Node):
    """A payment to a household."""

    household_id: strawberry.Private[UUID]
    programme: str = strawberry.field(description="The programme's code.")
    year: int = strawberry.field(description="The year the trees were bought for.")
    trees: int = strawberry.field(description="How many of its trees.")
    yuan: Decimal = strawberry.field(description="What it is due, exact.")
    state: PaymentState = strawberry.field(description="Due or paid.")
    paid_on: date | None = strawberry.field(description="The day it was paid.")
    reference: str = strawberry.field(description="The transfer's number; empty while due.")
    recorded_at: datetime | None = strawberry.field(description="When the payment was recorded here.")

    @strawberry.field(description="The household; null where you may not know it.")
    async def household(self, info: Info) -> TreeHousehold | None:
        """Return the household."""
        found = await info.context.loader(queries.households_by_id).load(self.household_id)
        return None if found is None else household(found)


@strawberry.type(description="Trees bought for a year. They are counted, never turned into tonnes.")
class TreePurchase(Node):
    """Trees bought for a year."""

    account_id: strawberry.Private[UUID]
    own_id: strawberry.Private[UUID]
    programme: str = strawberry.field(description="The programme's code.")
    year: int = strawberry.field(description="The year.")
    trees: int = strawberry.field(description="How many.")
    yuan_per_tree: Decimal = strawberry.field(description="Price of a tree for the year.")
    yuan: Decimal = strawberry.field(description="Price of all, exact.")
    purpose: RetirementPurpose = strawberry.field(description="What for.")
    beneficiary: str = strawberry.field(description="For whom or what.")
    purchased_at: datetime = strawberry.field(description="When.")

    @strawberry.field(description="The trees' numbers.")
    async def numbers(self, info: Info) -> list[NumberRun]:
        """Return the runs of trees."""
        found = await info.context.loader(queries.parts_of).load((self.account_id, self.own_id))
        return [NumberRun(first=BigInt(each.first_number), last=BigInt(each.last_number)) for each in found]

    @strawberry.field(description="What the households are due.")
    async def payments(self, info: Info) -> list[TreePayment]:
        """Return the payments."""
        found = await info.context.loader(queries.payments_of).load((self.account_id, self.own_id))
        return [payment(each) for each in found]


@strawberry.type(description="What trees cost: trees x price x households x years, exact, never rounded.")
class TreePaymentAnswer:
    """What trees cost."""

    trees: int = strawberry.field(description="Trees of all households.")
    yuan_per_tree: Decimal = strawberry.field(description="The price of a tree and year.")
    yuan: Decimal = strawberry.field(description="The sum.")
    programme: str | None = strawberry.field(description="The programme; null where none sells trees here.")
    is_price_given: bool = strawberry.field(description="Whether the price was given, not taken from the programme.")
    confidence: str | None = strawberry.field(description="How sure the programme's price is; null for a given one.")


def household(value: HouseholdValue) -> TreeHousehold:
    """Return a household as the wire has it."""
    return TreeHousehold(
        id=node_id("TreeHousehold", value.id), own_id=value.id, division_code=value.division_code,
        programme=value.programme, code=value.code, name=value.name, mu=value.mu, registered_at=value.registered_at,
    )  # fmt: skip


def stand(value: StandValue) -> TreeStand:
    """Return a stand as the wire has it."""
    return TreeStand(
        id=node_id("TreeStand", value.id), household_id=value.household_id, programme=value.programme,
        division_path=value.division_path,
        numbers=NumberRun(first=BigInt(value.first_number), last=BigInt(value.last_number)), trees=value.trees,
        first_year=value.first_year, last_year=value.last_year, species=value.species, photographs=value.photographs,
        registered_at=value.registered_at,
    )  # fmt: skip


def purchase(value: PurchaseValue) -> TreePurchase:
    """Return a purchase as the wire has it."""
    return TreePurchase(
        id=node_id("TreePurchase", value.account_id, value.id), account_id=value.account_id, own_id=value.id,
        programme=value.programme, year=value.year, trees=value.trees, yuan_per_tree=value.yuan_per_tree,
        yuan=value.yuan, purpose=RetirementPurpose(value.purpose), beneficiary=value.beneficiary,
        purchased_at=value.purchased_at,
    )  # fmt: skip


def payment(value: PaymentValue) -> TreePayment:
    """Return a payment as the wire has it."""
    return TreePayment(
        id=node_id("TreePayment", value.account_id, value.id), household_id=value.household_id,
        programme=value.programme, year=value.year, trees=value.trees, yuan=value.yuan, state=value.state,
        paid_on=value.paid_on, reference=value.reference, recorded_at=value.recorded_at,
    )  # fmt: skip


def payment_sum(value: TreePaymentSum) -> TreePaymentAnswer:
    """Return a computed payment as the wire has it."""
    return TreePaymentAnswer(
        trees=value.trees, yuan_per_tree=value.yuan_per_tree, yuan=value.yuan, programme=value.programme,
        is_price_given=value.is_price_given, confidence=value.confidence.value if value.confidence else None,
    )  # fmt: skip


register("TreeHousehold", queries.households_by_id, household, 1)
register("TreeStand", queries.stands_by_id, stand, 1)
register("TreePurchase", queries.purchases_by_id, purchase, 2)
register("TreePayment", queries.payments_by_id, payment, 2)
