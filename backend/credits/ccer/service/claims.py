"""The energy behind CCER is claimed, day by day, so that no green certificate stands on it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from backend.kit.db import Write
from backend.kit.scope import Scope
from backend.ledger import service as ledger
from backend.ledger.errors import AlreadyClaimed
from backend.ledger.service import Extent, Use
from backend.ledger.values import CCER, BatchSpec, MovementValue


def to_claim(
    specs: Sequence[BatchSpec], movements: Sequence[MovementValue]
) -> Iterator[tuple[int, Extent, MovementValue, Mapping[str, object]]]:
    """Give the energy units stand for, once a plant and days: the batch's place, the extent, its movement, the facts."""
    given: set[Extent] = set()
    for place, (spec, movement) in enumerate(zip(specs, movements, strict=True)):
        extent = ledger.energy_of(CCER, spec)
        if extent is not None and extent not in given:
            given.add(extent)
            yield place, extent, movement, facts_of(spec)


def facts_of(spec: BatchSpec) -> dict[str, object]:
    """Return what a claim keeps of the units that made it."""
    return {"project": spec.project_code, "methodology": spec.attributes["methodology"]}


async def claim_energy(
    write: Write, scope: Scope, account_id: UUID, extent: Extent, *, movement_id: UUID, facts: Mapping[str, object]
) -> None:
    """Claim the days of a plant's energy for CCER.

    Raises:
        AlreadyClaimed: a green certificate, or another issuance, stands on some of them.
    """
    await ledger.claim(
        write, scope, Use.CCER, account_id, [extent], period=date.fromordinal(extent.first).year,
        movement_id=movement_id, facts=facts,
    )  # fmt: skip


async def claim_imported(
    write: Write, scope: Scope, account_id: UUID, extent: Extent, *, movement_id: UUID, facts: Mapping[str, object]
) -> None:
    """Claim the days of a plant's energy that no CCER stands on yet.

    Units of one issuance come here in several imports, of several holders: that their energy is CCER is claimed once,
    and each unit is kept from coming twice by its serial.

    Raises:
        AlreadyClaimed: a green certificate stands on some of them.
    """
    waiting = [(extent.first, extent.last)]
    while waiting:
        start, end = waiting.pop()
        try:
            # A refusal undoes what came before it in the transaction, unless it has a savepoint of its own.
            async with write.connection.begin_nested():
                part = replace(extent, first=start, last=end)
                await claim_energy(write, scope, account_id, part, movement_id=movement_id, facts=facts)
        except AlreadyClaimed as refused:
            if refused.details.get("other") != Use.CCER.value:
                raise
            lowest, highest = int(str(refused.details["first"])), int(str(refused.details["last"]))
            waiting += [(low, high) for low, high in ((start, lowest - 1), (highest + 1, end)) if low <= high]
