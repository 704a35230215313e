"""The board on a timer: offers in the ledger lapse, matches and listings whose time is over end."""

from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

from backend.credits.market import queries, service
from backend.kit.clock import now, today
from backend.kit.db import Databases, Write
from backend.kit.errors import CarbonError
from backend.kit.logs import log
from backend.kit.scope import Scope
from backend.ledger import service as ledger

logger = log(__name__)


async def sweep_market(databases: Databases, tenant: str) -> dict[str, int | str]:
    """End what is over, each in a transaction of its own: a frozen book keeps its own units and nobody else's.

    Safe to run twice, and beside another process: rows are locked and looked at again. Return what was done.
    """
    scope = Scope.system(tenant)
    async with databases.write(scope) as write:
        lapsed = len(await ledger.lapse_offers(write, scope))
    async with databases.read(scope) as read:
        matches = await queries.due_matches(read, scope, now())
        listings = await queries.due_listings(read, scope, today())
    done = {
        "offers_lapsed": lapsed,
        "listings_lapsed": await _each(databases, scope, listings, service.lapse_listing),
        "matches_ended": await _each(databases, scope, matches, service.settle_or_lapse),
    }
    return {name: count for name, count in done.items() if count}


async def _each(
    databases: Databases, scope: Scope, ids: Sequence[UUID], end: Callable[[Write, Scope, UUID], Awaitable[bool]]
) -> int:
    count = 0
    for each in ids:
        try:
            async with databases.write(scope) as write:
                count += await end(write, scope, each)
        except CarbonError as error:
            logger.warning(
                "market_sweep_refused", tenant=scope.tenant, what=str(each), code=error.code, reason=str(error)
            )
    return count
