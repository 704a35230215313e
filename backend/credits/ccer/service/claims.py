"""The energy behind solar thermal and offshore wind is claimed for CCER, day by day, so that no certificate stands on it."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from backend.credits.ccer.rules import energy_subject
from backend.kit.db import Write
from backend.kit.scope import Scope
from backend.ledger import service as ledger
from backend.ledger.errors import AlreadyClaimed
from backend.ledger.service import Extent, Use


async def claim_energy(
    write: Write,
    scope: Scope,
    account_id: UUID,
    plant_code: str,
    first: date,
    last: date,
    *,
    movement_id: UUID,
    facts: Mapping[str, object],
) -> None:
    """Claim the days of a plant's energy for CCER.

    Raises:
        AlreadyClaimed: a green certificate, or another issuance, stands on some of them.
    """
    await ledger.claim(
        write, scope, Use.CCER, account_id,
        [Extent(energy_subject(plant_code), first.toordinal(), last.toordinal())],
        period=first.year, movement_id=movement_id, facts=facts,
    )  # fmt: skip


async def claim_imported(
    write: Write,
    scope: Scope,
    account_id: UUID,
    plant_code: str,
    first: date,
    last: date,
    *,
    movement_id: UUID,
    facts: Mapping[str, object],
) -> None:
    """Claim the days of a plant's energy that no CCER stands on yet.

    Units of one issuance come here in several imports, of several holders: that their energy is CCER is claimed once,
    and each unit is kept from coming twice by its serial.

    Raises:
        AlreadyClaimed: a green certificate stands on some of them.
    """
    waiting = [(first.toordinal(), last.toordinal())]
    while waiting:
        start, end = waiting.pop()
        try:
            # A refusal undoes what came before it in the transaction, unless it has a savepoint of its own.
            async with write.connection.begin_nested():
                await claim_energy(
                    write, scope, account_id, plant_code, date.fromordinal(start), date.fromordinal(end),
                    movement_id=movement_id, facts=facts,
                )  # fmt: skip
        except AlreadyClaimed as refused:
            if refused.details.get("other") != Use.CCER.value:
                raise
            lowest, highest = int(str(refused.details["first"])), int(str(refused.details["last"]))
            waiting += [(low, high) for low, high in ((start, lowest - 1), (highest + 1, end)) if low <= high]
