"""Close: the authority of the region ends the year; only a restatement comes after."""

from uuid import UUID

from backend.emissions.inventory.service.common import hold, move, need
from backend.emissions.inventory.values import State
from backend.kit.db import Write
from backend.kit.scope import Scope


async def close(write: Write, scope: Scope, *, account_id: UUID, inventory_id: UUID, note: str = "") -> None:
    """Close a verified inventory.

    Raises:
        Unauthenticated, Forbidden: without `emissions:close`.
        InventoryNotFound: not there, or outside the authority's region.
        WrongState, NotNewest: it is not the newest version, verified.
    """
    scope.require("emissions:close")
    held = await hold(write, account_id, inventory_id)
    need(held, State.VERIFIED)
    await move(write, scope, held, State.CLOSED, note.strip(), "emissions:close")
