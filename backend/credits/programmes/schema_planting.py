"""Commands on numbered trees on the wire."""

from datetime import date
from decimal import Decimal

import strawberry

from backend.credits.programmes import service
from backend.credits.programmes.schema_commands import NumberRunInput, numbers
from backend.credits.programmes.schema_trees import (
    TreeHousehold,
    TreePayment,
    TreePurchase,
    TreeStand,
    household,
    payment,
    purchase,
    stand,
)
from backend.credits.programmes.schema_types import holder_id, own_key
from backend.kit.db import Write
from backend.tenants.values import RetirementPurpose
from backend.wire.commands import command
from backend.wire.context import Context
from backend.wire.nodes import uuids

# pyright: reportGeneralTypeIssues=false, reportSelfClsParameterName=false
# ruff: noqa: A002, N805
# `command` makes static functions whose argument is called `input` on the wire.


@strawberry.input(description="Register a household with its forest land.")
class RegisterTreeHouseholdInput:
    """Register a household."""

    programme: str = strawberry.field(description="The programme's code.")
    code: str = strawberry.field(description="Its code within the programme; no personal number.")
    name: str = strawberry.field(description="1 to 200 characters.")
    division_code: str = strawberry.field(description="Where it is.")
    mu: Decimal = strawberry.field(description="Forest land in mu (亩).")


@strawberry.type(description="The household was registered.")
class TreeHouseholdRegistered:
    """The household was registered."""

    household: TreeHousehold = strawberry.field(description="With its id.")


@strawberry.input(description="Register numbered, photographed trees of a household.")
class RegisterTreesInput:
    """Register trees."""

    household_id: strawberry.ID = strawberry.field(description="The household's global id.")
    numbers: list[NumberRunInput] = strawberry.field(description="Runs of tree numbers, each one stand.")
    first_year: int = strawberry.field(description="The first year they can be bought for.")
    photographs: str = strawberry.field(description="Where the pictures of the numbered trees are kept.")
    species: str = strawberry.field(default="", description="What trees.")


@strawberry.type(description="The trees were registered.")
class TreesRegistered:
    """The trees were registered."""

    stands: list[TreeStand] = strawberry.field(description="One stand a run of numbers.")


@strawberry.input(description="Buy trees for a year.")
class BuyTreesInput:
    """Buy trees."""

    holder_id: strawberry.ID = strawberry.field(description="Your carbon account; for an authority a participant.")
    programme: str = strawberry.field(description="The programme's code.")
    year: int = strawberry.field(description="The year.")
    numbers: list[NumberRunInput] = strawberry.field(description="Which trees; `treeStands` lists them.")
    purpose: RetirementPurpose = strawberry.field(description="What for; the programme says what is allowed.")
    beneficiary: str = strawberry.field(description="The event, the product, or for whom.")


@strawberry.type(description="The trees were bought; the households are due their payment.")
class TreesBought:
    """The trees were bought."""

    purchase: TreePurchase = strawberry.field(description="With numbers and payments.")


@strawberry.input(description="Record that a household was paid, in full.")
class RecordTreePaymentInput:
    """Record a payment."""

    payment_id: strawberry.ID = strawberry.field(description="The payment's global id.")
    yuan: Decimal = strawberry.field(description="What was paid; all that is due.")
    paid_on: date = strawberry.field(description="The day it was paid.")
    reference: str = strawberry.field(description="The transfer's number.")


@strawberry.type(description="The payment was recorded.")
class TreePaymentRecorded:
    """The payment was recorded."""

    payment: TreePayment = strawberry.field(description="As it is now.")


@strawberry.type
class TreesMutation:
    """Commands on numbered trees."""

    @command("credits:register_household", description="Register a household (农户) with its forest land.")
    async def register_tree_household(
        context: Context, write: Write, input: RegisterTreeHouseholdInput
    ) -> TreeHouseholdRegistered:
        """Register a household."""
        made = await service.register_household(
            write, context.scope, programme=input.programme, code=input.code, name=input.name,
            division_code=input.division_code, mu=input.mu,
        )  # fmt: skip
        return TreeHouseholdRegistered(household=household(made))

    @command("credits:register_trees", description="Register numbered trees of a household, within the limits.")
    async def register_trees(context: Context, write: Write, input: RegisterTreesInput) -> TreesRegistered:
        """Register trees."""
        made = await service.register_trees(
            write, context.scope,
            household_id=uuids(input.household_id, "TreeHousehold", path=("input", "householdId"))[0],
            numbers=numbers(input.numbers), first_year=input.first_year, species=input.species,
            photographs=input.photographs,
        )  # fmt: skip
        return TreesRegistered(stands=[stand(each) for each in made])

    @command("credits:buy_trees", description="Buy trees for a year (单株碳汇购买); a tree is sold once for a year.")
    async def buy_trees(context: Context, write: Write, input: BuyTreesInput) -> TreesBought:
        """Buy trees."""
        made = await service.buy_trees(
            write, context.scope, holder_id=holder_id(input.holder_id), programme=input.programme, year=input.year,
            numbers=numbers(input.numbers), purpose=input.purpose, beneficiary=input.beneficiary,
        )  # fmt: skip
        return TreesBought(purchase=purchase(made))

    @command("credits:record_tree_payment", description="Record that a household was paid, in full.")
    async def record_tree_payment(context: Context, write: Write, input: RecordTreePaymentInput) -> TreePaymentRecorded:
        """Record a payment."""
        account_id, own_id = own_key(input.payment_id, "TreePayment", path=("input", "paymentId"))
        recorded = await service.record_payment(
            write, context.scope, account_id=account_id, payment_id=own_id, yuan=input.yuan, paid_on=input.paid_on,
            reference=input.reference,
        )  # fmt: skip
        return TreePaymentRecorded(payment=payment(recorded))
