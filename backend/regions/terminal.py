"""The city's ledger's door for terminals: check the roll-ups, or make them anew."""

from backend.kit.db import Databases
from backend.kit.scope import Scope
from backend.regions.rollups import rolling
from backend.regions.values import Difference


async def check(databases: Databases, tenant: str) -> list[Difference]:
    """Return the rows of a tenant's roll-ups that are not what they should be."""
    scope = Scope.system(tenant)
    async with databases.read(scope) as read:
        return await rolling.check(read, scope)


async def rebuild(databases: Databases, tenant: str) -> None:
    """Make a tenant's roll-ups anew; whoever reads meanwhile sees the old ones."""
    scope = Scope.system(tenant)
    async with databases.write(scope) as write:
        await rolling.rebuild(write, scope)
