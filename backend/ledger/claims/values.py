"""Words of the claims: what an environmental benefit is used for, and by whom."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from backend.ledger.registry.lines import fold
from backend.ledger.values import CCER, GEC, BatchSpec, BatchValue, Serials


class Use(StrEnum):
    """What an environmental benefit can be used for."""

    MARKET_SCOPE2 = "market_scope2"
    RENEWABLE_DUTY = "renewable_duty"
    CCER = "ccer"
    GEC = "gec"
    FOOTPRINT = "footprint"
    PARK_INDICATOR = "park_indicator"
    DISCLOSURE = "disclosure"
    EVENT = "event"
    ETS_OFFSET = "ets_offset"


@dataclass(frozen=True, slots=True)
class Extent:
    """What is claimed: serials of the ledger (subject `serials`), or days of a plant's energy (`energy:<code>`).

    `first`..`last` are serials, or day numbers (`date.toordinal()`), both included.
    """

    subject: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class ClaimValue:
    """One use of a benefit. `owner_id` is the carbon account that claims, `period` the year it is claimed for."""

    id: UUID
    use: Use
    owner_id: UUID
    period: int | None
    extents: tuple[Extent, ...]
    movement_id: UUID | None
    claimed_at: datetime
    withdrawn_at: datetime | None
    facts: dict[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class StandingClaim:
    """A part of a benefit that is used up. `claim` is None when somebody else's: then only use and period are told."""

    use: Use
    period: int | None
    extent: Extent
    claim: ClaimValue | None


ENERGY = "energy:"
"""What the subject of a plant's energy begins with; the plant's code follows."""


ENERGY_USES = {GEC: Use.GEC, CCER: Use.CCER}
"""The classes whose units stand for energy of a plant, and the use that is."""


def energy_subject(plant: str) -> str:
    """Return the subject of a plant's energy: spaces, width and case of its code mean nothing."""
    return f"{ENERGY}{fold(plant)}"


def energy_of(class_code: str, batch: BatchSpec | BatchValue) -> Extent | None:
    """Return the days of a plant's energy that units stand for; None where no plant or no days are told.

    A certificate's project is its plant; a CCER names the plant by the same 17 positions, where it is about energy.
    """
    if class_code not in ENERGY_USES:
        return None
    plant = batch.attributes.get("plant_code") if class_code == CCER else batch.project_code
    if not plant or batch.produced_from is None or batch.produced_to is None:
        return None
    return Extent(energy_subject(plant), batch.produced_from.toordinal(), batch.produced_to.toordinal())


def of_serials(serials: tuple[Serials, ...]) -> tuple[Extent, ...]:
    """Return the extents of serials of the ledger."""
    return tuple(Extent("serials", first, last) for first, last in serials)
