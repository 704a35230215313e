"""Figures of a statement on the wire: a number with its lineage."""

from decimal import Decimal

import strawberry

from backend.scores.values import Words
from backend.statements.account.values import Figure, Mark, Op

OpEnum = strawberry.enum(
    Op,
    name="StatementOperation",
    description="How a figure follows from its operands; TAKEN comes from the records named in `sources`.",
)
MarkEnum = strawberry.enum(
    Mark, name="StatementMark", description="What a reader must know of a figure before relying on it."
)


@strawberry.type(description="Words in both languages.")
class StatementWords:
    """Words in both languages."""

    zh: str = strawberry.field(description="In Chinese; may be empty.")
    en: str = strawberry.field(description="In English; may be empty.")


@strawberry.type(description="A record a figure comes from.")
class StatementSource:
    """A record a figure comes from."""

    kind: str = strawberry.field(
        description="What kind of thing: Inventory, InventoryLine, UnitMovement, YearFigure..."
    )
    id: str = strawberry.field(description="Its plain id within the account.")
    version: str = strawberry.field(description="Its version, number or moment; empty where it has none.")


@strawberry.type(description="One number of an account statement and where it comes from; the value is exact.")
class StatementFigure:
    """One number of a statement."""

    id: str = strawberry.field(description="Stable identifier within statements, e.g. `emissions.scope1.2025`.")
    value: Decimal | None = strawberry.field(description="The exact value; null where it cannot be told (see `note`).")
    unit: str = strawberry.field(description="Its unit; empty for scores.")
    operation: OpEnum = strawberry.field(description="How it was made.")  # type: ignore[valid-type]  # a strawberry enum
    operands: list[str] = strawberry.field(description="Identifiers of the figures it follows from, in order.")
    formula: StatementWords = strawberry.field(description="The same in words.")
    sources: list[StatementSource] = strawberry.field(
        description="The records it was taken from; at most fifty are named."
    )
    marks: list[MarkEnum] = strawberry.field(description="What must be known of it.")  # type: ignore[valid-type]  # the same
    note: StatementWords = strawberry.field(description="Why it cannot be told, or what is left out.")


def words(value: Words) -> StatementWords:
    """Return words as the wire has them."""
    return StatementWords(zh=value.zh, en=value.en)


def figure(value: Figure) -> StatementFigure:
    """Return a figure as the wire has it."""
    return StatementFigure(
        id=value.id,
        value=value.value,
        unit=value.unit,
        operation=value.formula.op,
        operands=list(value.formula.operands),
        formula=words(value.formula.words),
        sources=[StatementSource(kind=each.kind, id=each.id, version=each.version) for each in value.sources],
        marks=list(value.marks),
        note=words(value.note),
    )


def maybe(value: Figure | None) -> StatementFigure | None:
    """Return a figure as the wire has it, None for none."""
    return None if value is None else figure(value)
