"""Words of claimed energy: a claim, its parts, a year's purchases."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from backend.kit.quantities import EXACT

METHOD = "purchased_electricity"
"""What certificates can cover; electricity with a market factor declared for it has its own proof already."""

SOLD = "sold_electricity"
COVERED = "claimed_electricity"
"""The method of the market-based line of what certificates cover."""

UNIT = "MWh"


@dataclass(frozen=True, slots=True)
class Part:
    """Certificates of one batch within a claim, in MWh; `serials` are the ledger's, both ends included.

    `produced` is the first day of the month the electricity was made in, None where that is not known.
    """

    mwh: Decimal
    produced: date | None
    batch_id: str = ""
    serials: tuple[tuple[int, int], ...] = ()
    project: str = ""
    technology: str = ""


@dataclass(frozen=True, slots=True)
class EnergyClaim:
    """Certificates an account cancelled for the electricity of a year, by one movement of the ledger."""

    account_id: UUID
    movement_id: UUID
    movement_number: int
    year: int
    mwh: Decimal
    class_code: str
    parts: tuple[Part, ...]
    recorded_at: datetime
    recorded_by: UUID | None
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class Facts:
    """What the ledger says of a claim's certificates, copied so that a line explains itself."""

    movement_number: int
    class_code: str
    parts: tuple[Part, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the facts as they are kept."""
        return {
            "movement_number": self.movement_number,
            "class_code": self.class_code,
            "parts": [
                {
                    "mwh": format(part.mwh, "f"), "produced": part.produced.isoformat() if part.produced else None,
                    "batch_id": part.batch_id, "serials": [list(each) for each in part.serials],
                    "project": part.project, "technology": part.technology,
                }
                for part in self.parts
            ],
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Claiming:
    """What one movement's certificates are to cover."""

    movement_id: UUID
    mwh: Decimal
    facts: Facts


def parts_of(facts: dict[str, Any]) -> tuple[Part, ...]:
    """Read back the parts `Facts.as_json` wrote."""
    return tuple(
        Part(
            Decimal(each["mwh"]), date.fromisoformat(each["produced"]) if each["produced"] else None,
            each["batch_id"], tuple((first, last) for first, last in each["serials"]), each["project"],
            each["technology"],
        )
        for each in facts["parts"]
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cell:
    """Electricity bought through one source in one month, in MWh: the smallest thing a claim can cover.

    `parameters` is the JSON text of what the records measured: records that differ in it may take other factors.
    """

    source_id: UUID
    month: date
    unit: str
    parameters: str
    mwh: Decimal

    @property
    def place(self) -> tuple[UUID, date, str, str]:
        """What tells it from other cells of the account."""
        return (self.source_id, self.month, self.unit, self.parameters)


@dataclass(frozen=True, slots=True)
class Purchases:
    """A year's approved electricity that certificates may cover, and what leaves the account again, in MWh.

    `waiting` is what is entered and not approved yet.
    """

    bought: Decimal = Decimal(0)
    sold: Decimal = Decimal(0)
    waiting: Decimal = Decimal(0)
    cells: Sequence[Cell] = field(default_factory=tuple[Cell, ...])

    @property
    def net(self) -> Decimal:
        """Bought less sold, never below nothing: the most certificates can be claimed for."""
        # Sums of finite decimals: subtracting in the exact context keeps every digit.
        return max(Decimal(0), EXACT.subtract(self.bought, self.sold))
