"""Regions in the background: the roll-ups are brought up to what changed, a batch a transaction."""

from backend.kit.db import Databases
from backend.kit.scope import Scope
from backend.regions.rollups import rolling

MOST_BATCHES = 20
"""Batches in a row before the other tenants have their turn."""


async def keep_rolled(databases: Databases, tenant: str) -> int:
    """Bring a tenant's roll-ups up to the changes that wait; return how many changes were taken.

    Safe beside other processes: one at a time rolls, the others leave it to that one.
    """
    scope, taken = Scope.system(tenant), 0
    async with databases.read(scope) as read:
        if not await rolling.waits(read, scope):
            return 0
    for _ in range(MOST_BATCHES):
        async with databases.write(scope) as write:
            now = await rolling.roll(write, scope)
        taken += now
        if now < rolling.BATCH:
            break
    return taken


__all__ = ["keep_rolled"]
