"""Words of pledging."""

from dataclasses import dataclass
from decimal import Decimal

from backend.ledger.values import BatchValue, UnitClass


@dataclass(frozen=True, slots=True)
class PledgeableValue:
    """Units of one batch that their holder could pledge now: `quantity` of them are available."""

    unit_class: UnitClass
    batch: BatchValue
    quantity: Decimal
