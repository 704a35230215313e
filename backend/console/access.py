"""Who may look at the desks: everybody at what concerns them, only an authority at the desks of its region."""

from backend.console.errors import DeskOfAuthority
from backend.kit.scope import Kind, Scope


def of_authority(scope: Scope) -> None:
    """Refuse whoever does not work at an authority's desks.

    Raises:
        Unauthenticated, Forbidden: without `console:read`.
        DeskOfAuthority: anybody but an authority.
    """
    scope.require("console:read")
    if scope.kind not in {Kind.AUTHORITY, Kind.SYSTEM}:
        raise DeskOfAuthority
