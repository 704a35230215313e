"""What parks asks of nouns above it: which accounts have disclosed, and which published a product's carbon footprint.

Who knows registers itself when it is imported. Without anybody who knows, those indicators are entered, not computed.
"""

from collections.abc import Awaitable, Callable, Collection, Sequence
from uuid import UUID

from backend.kit.db import Read
from backend.kit.scope import Scope

Knowing = Callable[[Read, Scope, Sequence[UUID], int], Awaitable[Collection[UUID]]]
"""Return which of some accounts did it in a year."""

_disclosures: list[Knowing] = []
_footprints: list[Knowing] = []


def provide_disclosures(knowing: Knowing) -> None:
    """Register who knows which accounts published a disclosure of a year; the last one counts."""
    _disclosures[:] = [knowing]


def provide_footprints(knowing: Knowing) -> None:
    """Register who knows which accounts published a product's carbon footprint of a year with its proof; the last one counts."""
    _footprints[:] = [knowing]


def disclosures() -> Knowing | None:
    """Return who knows, None when nobody does."""
    return _disclosures[0] if _disclosures else None


def footprints() -> Knowing | None:
    """Return who knows, None when nobody does."""
    return _footprints[0] if _footprints else None
