"""What the account's own books say of a year: all that the prefill rules read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from backend.accounts.values import FigureValue
from backend.emissions.values import InventoryFacts, LineFacts


@dataclass(frozen=True, slots=True)
class Moved:
    """A movement of units that took effect in the year: `change` is what came to (or left) the units held.

    `is_undone`: a later movement took it back, or it takes one back itself.
    """

    id: UUID
    number: int
    kind: str
    class_code: str
    quantity: Decimal
    change: Decimal
    is_undone: bool


@dataclass(frozen=True, slots=True)
class Compliance:
    """A compliance year of the national market, in tCO2 and whole units; None where it cannot be told.

    `is_final`: what is owed was verified or entered by the authority. `last_on` is the day of the last surrender.
    """

    year: int
    emissions: Decimal | None
    obligation: Decimal | None
    is_final: bool
    basis: str
    inventory_id: UUID | None
    verified_ids: tuple[UUID, ...]
    settled: Decimal
    remaining: Decimal | None
    surrender_ids: tuple[UUID, ...]
    last_on: date | None
    due: date | None


@dataclass(frozen=True, slots=True)
class Facts:
    """An account's year.

    `movements` is None when there are too many to be read at once, `compliance` has no entry for a year in which the
    account had nothing in the national market.
    """

    year: int
    today: date
    inventory: InventoryFacts | None
    prior: InventoryFacts | None
    lines: Sequence[LineFacts]
    figures: Sequence[FigureValue]
    movements: Sequence[Moved] | None
    held: Mapping[str, Decimal]
    compliance: Mapping[int, Compliance]
