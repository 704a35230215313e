"""The order of steps between two databases: ticket, reservation, books; and what happens when one of them fails.

    1. a ticket here, committed           nothing reserved can be forgotten
    2. the reservation there, committed   from now on no other tenant can have the codes, nor claim their energy otherwise
    3. the books here: movements and `kept`, one commit
    on any failure of 3: `abandoned` here, then the reservation is deleted there

A crash leaves an `open` ticket: `give_back`, on the schedule, asks these books and settles it. Nothing needs to happen
after 3, so nothing can be lost there.

Each ticket holds the codes of one batch and the months of its plant's energy: what is given back with a reversed movement
is its own, and the energy stays taken as long as any other movement's units stand for it.
"""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from backend.kit.clearing import Clearing, ClearingAway, Energy, Run
from backend.kit.db import Databases, Write
from backend.kit.ids import new_id
from backend.kit.logs import log
from backend.kit.months import Month, month_range
from backend.kit.outages import is_outage
from backend.kit.scope import Scope
from backend.kit.settings import Settings
from backend.ledger.claims.rules import rivals
from backend.ledger.claims.values import ENERGY, ENERGY_USES, energy_of
from backend.ledger.clearing import tickets as rows
from backend.ledger.values import BatchSpec, MovementValue

logger = log(__name__)


@dataclass(frozen=True, slots=True)
class Cleared:
    """Codes reserved for one import, one ticket for each of its batches."""

    account_id: UUID
    tickets: tuple[UUID, ...]

    async def keep(self, write: Write, movements: Sequence[MovementValue]) -> None:
        """Tell, in the transaction of the import, that its movements (one a batch, in order) keep the codes.

        Raises:
            ClearingLapsed: the reservation was given up meanwhile.
        """
        await rows.keep(write, self.account_id, self.tickets, movements)


def benefits(class_code: str, batch: BatchSpec) -> list[Run | Energy]:
    """Return what a batch holds in the clearing: its codes, and each month of the energy its units stand for."""
    runs = [Run(each.registry, each.frame, each.first, each.last) for each in batch.origins]
    extent = energy_of(class_code, batch)
    if extent is None:
        return [*runs]
    use, plant = ENERGY_USES[class_code], extent.subject.removeprefix(ENERGY)
    months = month_range(*(Month.of(date.fromordinal(each)) for each in (extent.first, extent.last)))
    return [
        *runs,
        *(Energy(plant, str(each), use.value, tuple(other.value for other in rivals(use))) for each in months),
    ]


@asynccontextmanager
async def cleared(
    databases: Databases,
    settings: Settings,
    scope: Scope,
    account_id: UUID,
    class_code: str,
    batches: Sequence[BatchSpec],
) -> AsyncGenerator[Cleared]:
    """Reserve the codes and the energy of an import's batches with all tenants, for the body that imports them.

    The body imports and calls `keep` in the same transaction; on any failure the codes are given back. A door's:
    it opens transactions of its own.

    Raises:
        ClaimedElsewhere: another tenant holds some of the codes.
        EnergyClaimedElsewhere: units that exclude these stand on some of the energy in another tenant's books.
        ClearingAway: it cannot be told, so nothing may be imported.
    """
    system = scope.as_system()
    clearing = Clearing.of(settings, scope.tenant)
    found = Cleared(account_id, tuple(new_id() for _ in batches))
    async with databases.write(system) as write:
        await rows.open_tickets(write, account_id, found.tickets)
    try:
        await clearing.reserve(
            [(ticket, benefits(class_code, batch)) for ticket, batch in zip(found.tickets, batches, strict=True)]
        )
        yield found
    except BaseException:
        await _give_up(databases, system, clearing, found.tickets)
        raise


async def _give_up(databases: Databases, system: Scope, clearing: Clearing, tickets: Sequence[UUID]) -> None:
    """Give back at once what can be; the schedule does the rest."""
    try:
        async with databases.write(system) as write:
            given_up = await rows.abandon(write, tickets)
        await clearing.release(given_up)
    except Exception as error:  # whatever failed before is what the caller must hear of
        if not is_outage(error):
            logger.exception("clearing_not_given_back", tickets=len(tickets))


async def give_back(databases: Databases, settings: Settings, tenant: str) -> int:
    """Settle what crashes and reversals left behind; return how many tickets' codes were given back.

    Asks this tenant's own books alone. Running it twice does no harm.
    """
    system = Scope.system(tenant)
    async with databases.write(system) as write:
        await rows.abandon(write)
        found = await rows.to_give_back(write)
    if not found:
        return 0
    try:
        await Clearing.of(settings, tenant).release(found)
    except ClearingAway:
        logger.warning("clearing_away", tenant=tenant, tickets=len(found))
        return 0
    async with databases.write(system) as write:
        await rows.returned(write, found)
    return len(found)
