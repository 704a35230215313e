"""`carbon reproduce`: an inventory computed again and compared, told in a terminal."""

from collections.abc import Callable
from uuid import UUID

from rich.table import Table
from sqlalchemy import text

from backend.emissions.inventory.errors import InventoryNotFound
from backend.emissions.inventory.reproduce import Reproduction
from backend.emissions.inventory.reproduce import reproduce as compute_again
from backend.emissions.inventory.schema_types import INVENTORY
from backend.kit.db import Databases
from backend.kit.errors import CarbonError
from backend.kit.scope import Scope
from backend.kit.settings import Settings
from backend.wire.nodes import uuids

SHOWN = 50
WHERE = text("select account_id from inventory where id = :id")


async def reproduce(
    databases: Databases, _settings: Settings, tenant: str, inventory: str, tell: Callable[[object], None]
) -> bool:
    """Compute an inventory again and tell the result; `inventory` is its UUID or its id from the API.

    Raises:
        InventoryNotFound: no such inventory.
    """
    scope = Scope.system(tenant)
    async with databases.read(scope) as read:
        inventory_id = _id(inventory)
        account_id = await read.value(WHERE, {"id": inventory_id})
        if account_id is None:
            raise InventoryNotFound
        found = await compute_again(read, scope, account_id, inventory_id)
    tell(_totals(found))
    if found.is_equal:
        tell(f"{found.line_count} lines from {found.record_count} records: equal to the last digit.")
        return True
    table = Table("line", "what", "stored", "recomputed", title=f"{len(found.differences)} numbers differ")
    for each in found.differences[:SHOWN]:
        table.add_row(str(each.line_id or ""), each.what, each.stored, each.recomputed)
    tell(table)
    return False


def _id(inventory: str) -> UUID:
    try:
        return UUID(inventory)
    except ValueError:
        pass
    try:
        return uuids(inventory, INVENTORY)[-1]
    except CarbonError:
        raise InventoryNotFound from None


def _totals(found: Reproduction) -> Table:
    table = Table("total", "recomputed", title=f"inventory {found.inventory_id}, version {found.version}")
    for name, value in found.totals.items():
        table.add_row(name, format(value, "f"))
    return table
