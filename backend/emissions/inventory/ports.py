"""Claimed energy: certificates an account has cancelled for a year, as a port with a Null twin.

Once an account claims certificates, the rest of its purchased electricity takes the residual factor on the
market side. Sources of `purchased_green_electricity` already say so by themselves; the ledger of certificates,
when there is one, answers here.
"""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from backend.kit.db import Read
from backend.kit.scope import Scope


class ClaimedEnergy(Protocol):
    """Which accounts claim certificates."""

    async def claiming(self, read: Read, scope: Scope, account_ids: Sequence[UUID], year: int) -> set[UUID]:
        """Return the accounts that claim certificates for energy of the year."""
        ...


class NullClaimedEnergy:
    """Nobody claims anything."""

    async def claiming(self, read: Read, scope: Scope, account_ids: Sequence[UUID], year: int) -> set[UUID]:  # noqa: ARG002 - the port's shape
        """Return no account."""
        return set()


NOTHING_CLAIMED = NullClaimedEnergy()
