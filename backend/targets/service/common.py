"""What every command of targets begins with: who may, for which region, and the lock of what is in force."""

from sqlalchemy import text

from backend.kit.db import Read, Write
from backend.kit.scope import Kind, Scope
from backend.regions import service as regions
from backend.targets.errors import TargetsOfAuthorities, TargetsOfTheWhole
from backend.tenants import service as tenants

_LOCK = text("select pg_advisory_xact_lock(hashtextextended(:name, 320243))")
_STRUCTURE = text("select pg_advisory_xact_lock(hashtext('target_structure'))")


def of_authority(scope: Scope, permission: str) -> None:
    """Let authorities (and the service itself) pass.

    Raises:
        Unauthenticated, Forbidden: without the permission.
        TargetsOfAuthorities: the caller is neither.
    """
    scope.require(permission)
    if scope.kind not in {Kind.AUTHORITY, Kind.SYSTEM}:
        raise TargetsOfAuthorities


async def whole(read: Read, scope: Scope) -> str:
    """Return the path of the whole jurisdiction."""
    pack = await tenants.pack_in_force(read, scope)
    return (await tenants.required_division(read, scope, pack.division_code)).path


async def is_whole(read: Read, scope: Scope) -> bool:
    """Tell whether the caller acts for the whole jurisdiction."""
    return scope.kind is Kind.SYSTEM or scope.region == await whole(read, scope)


async def of_whole(read: Read, scope: Scope, permission: str) -> str:
    """Let the authority of the whole jurisdiction pass; return its path.

    Raises:
        Unauthenticated, Forbidden: without the permission.
        TargetsOfAuthorities, TargetsOfTheWhole: the caller is not.
    """
    of_authority(scope, permission)
    path = await whole(read, scope)
    if scope.kind is not Kind.SYSTEM and scope.region != path:
        raise TargetsOfTheWhole
    return path


async def own_path(read: Read, scope: Scope) -> str:
    """Return the path a caller acts for: its region, or all of it for the service itself."""
    return scope.region if scope.kind is Kind.AUTHORITY else await whole(read, scope)


async def path_of(read: Read, scope: Scope, division_code: str) -> str:
    """Return the path of a division of the caller's region. Raises DivisionUnknown."""
    return (await regions.own_division(read, scope, division_code)).path


async def structure(write: Write) -> None:
    """Wait until nobody else changes what is in force, and keep it so until the command ends."""
    await write.run(_STRUCTURE)


async def locked(write: Write, name: object) -> None:
    """Let nobody else change a thing until the command ends."""
    await write.value(_LOCK, {"name": str(name)})


def code_of(path: str) -> str:
    """Return the code of a path's division."""
    return path.rstrip("/").rsplit("/", 1)[-1]
