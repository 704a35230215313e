"""What key units ask of a noun above them: who is an enterprise's chief carbon officer (首席双碳官).

The disclosures keep that register; one appointment is told once. Without anybody who knows, the file says so.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from uuid import UUID

from backend.keyunits.values import ChiefOfficer
from backend.kit.db import Read
from backend.kit.scope import Scope

Knowing = Callable[[Read, Scope, Sequence[UUID]], Awaitable[Mapping[UUID, ChiefOfficer]]]
"""Return the officer in office today of each account that has one."""

_known: list[Knowing] = []


def provide_chief_officers(knowing: Knowing) -> None:
    """Register who knows; the last one counts."""
    _known[:] = [knowing]


async def chief_officers(read: Read, scope: Scope, account_ids: Sequence[UUID]) -> Mapping[UUID, ChiefOfficer] | None:
    """Return the officers in office today, None when nobody knows."""
    return await _known[0](read, scope, account_ids) if _known else None
