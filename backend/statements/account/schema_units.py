"""Units of a statement on the wire: holdings, electricity covered, uses."""

from datetime import date, datetime
from decimal import Decimal

import strawberry

from backend.statements.account import values
from backend.statements.account.schema_figures import StatementFigure, StatementWords, figure, words
from backend.wire.nodes import node_id
from backend.wire.scalars import BigInt


@strawberry.type(description="What the movements of one kind changed in the units held.")
class StatementKindTotal:
    """Movements of one kind."""

    kind: str = strawberry.field(description="Code of the kind.")
    name: StatementWords = strawberry.field(description="Its name.")
    movements: int = strawberry.field(description="How many there were.")
    change: StatementFigure = strawberry.field(description="The signed change of the units held.")


@strawberry.type(description="Units in one bucket.")
class StatementBucketTotal:
    """Units in one bucket."""

    bucket: str = strawberry.field(description="Code of the bucket.")
    name: StatementWords = strawberry.field(description="Its name.")
    amount: StatementFigure = strawberry.field(description="How many.")


@strawberry.type(description="A movement of the period, by the day it took effect.")
class StatementMovement:
    """A movement of the period."""

    movement_id: strawberry.ID = strawberry.field(description="Global id of the movement.")
    number: BigInt = strawberry.field(description="Its lasting number.")
    kind: str = strawberry.field(description="Code of the kind.")
    name: StatementWords = strawberry.field(description="Name of the kind.")
    effective_on: date = strawberry.field(description="The day it took effect.")
    recorded_at: datetime = strawberry.field(description="When it was recorded.")
    quantity: Decimal = strawberry.field(description="Units moved.")
    change: Decimal = strawberry.field(description="Signed change of the units held.")
    balance: Decimal = strawberry.field(description="Units held after it.")
    purpose: StatementWords = strawberry.field(description="What units were used for.")
    beneficiary: str = strawberry.field(description="For whom.")
    period: int | None = strawberry.field(description="For which year.")
    reference: str = strawberry.field(description="An outside number.")
    reverses: BigInt | None = strawberry.field(description="Number of the movement it takes back.")


@strawberry.type(description="The units of one class: opening + changes = closing = the sum of the buckets.")
class StatementHolding:
    """The units of one class."""

    class_code: str = strawberry.field(description="Code of the class.")
    name: StatementWords = strawberry.field(description="Its name.")
    unit: str = strawberry.field(description="What a quantity counts.")
    confidence: str = strawberry.field(description="How sure the class's own data are.")
    opening: StatementFigure = strawberry.field(description="Held before the first day.")
    changes: list[StatementKindTotal] = strawberry.field(description="Changes by kind of movement.")
    closing: StatementFigure = strawberry.field(description="Held at the end of the last day.")
    buckets: list[StatementBucketTotal] = strawberry.field(description="Where they lay then.")
    used: list[StatementBucketTotal] = strawberry.field(description="Retired, surrendered, expired in the period.")
    movements: list[StatementMovement] = strawberry.field(
        description="The movements, at most a thousand of a class (and a thousand uses)."
    )
    left_out: int = strawberry.field(description="Movements the totals count and the list does not have.")


@strawberry.type(description="Purchased electricity of a year, and what claimed certificates cover of it.")
class StatementCover:
    """Electricity covered by certificates."""

    year: int = strawberry.field(description="The calendar year.")
    purchased: StatementFigure = strawberry.field(description="Bought less sold, MWh.")
    claimed: StatementFigure = strawberry.field(description="Claimed by certificates, MWh.")
    share: StatementFigure = strawberry.field(description="Claimed over purchased, percent.")


@strawberry.type(description="Units used for something.")
class StatementUse:
    """Units used for something."""

    kind: str = strawberry.field(description="`electricity`, `obligation` or `purpose`.")
    class_code: str = strawberry.field(description="Code of the class.")
    class_name: StatementWords = strawberry.field(description="Its name.")
    quantity: StatementFigure = strawberry.field(description="How many.")
    against: StatementWords = strawberry.field(description="What they were used against.")
    year: int | None = strawberry.field(description="Of which year.")
    beneficiary: str = strawberry.field(description="For whom.")
    movement_id: strawberry.ID = strawberry.field(description="Global id of the movement.")
    number: BigInt = strawberry.field(description="Its lasting number.")
    effective_on: date = strawberry.field(description="The day it took effect.")
    is_undone: bool = strawberry.field(description="It was reversed later, as far as was known.")


def holding(value: values.Holding) -> StatementHolding:
    """Return a holding as the wire has it."""
    return StatementHolding(
        class_code=value.class_code, name=words(value.name), unit=value.unit, confidence=value.confidence,
        opening=figure(value.opening),
        changes=[
            StatementKindTotal(kind=each.kind, name=words(each.name), movements=each.movements, change=figure(each.change))
            for each in value.changes
        ],
        closing=figure(value.closing), buckets=_buckets(value.buckets), used=_buckets(value.used),
        movements=[_movement(each) for each in value.lines], left_out=value.left_out,
    )  # fmt: skip


def _buckets(given: tuple[values.BucketTotal, ...]) -> list[StatementBucketTotal]:
    return [
        StatementBucketTotal(bucket=each.bucket, name=words(each.name), amount=figure(each.amount)) for each in given
    ]


def _movement(each: values.MovementLine) -> StatementMovement:
    return StatementMovement(
        movement_id=node_id("UnitMovement", each.movement_id), number=BigInt(each.number), kind=each.kind,
        name=words(each.name), effective_on=each.effective_on, recorded_at=each.recorded_at, quantity=each.quantity,
        change=each.change, balance=each.balance, purpose=words(each.purpose), beneficiary=each.beneficiary,
        period=each.period, reference=each.reference,
        reverses=None if each.reverses is None else BigInt(each.reverses),
    )  # fmt: skip


def cover(value: values.EnergyCover) -> StatementCover:
    """Return electricity covered as the wire has it."""
    return StatementCover(
        year=value.calendar_year,
        purchased=figure(value.purchased),
        claimed=figure(value.claimed),
        share=figure(value.share),
    )


def use(value: values.Use) -> StatementUse:
    """Return a use as the wire has it."""
    return StatementUse(
        kind=value.kind, class_code=value.class_code, class_name=words(value.class_name),
        quantity=figure(value.quantity), against=words(value.against), year=value.calendar_year,
        beneficiary=value.beneficiary, movement_id=node_id("UnitMovement", value.movement_id),
        number=BigInt(value.number), effective_on=value.effective_on, is_undone=value.is_undone,
    )  # fmt: skip
