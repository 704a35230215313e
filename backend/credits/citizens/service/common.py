"""What the commands of the citizens' points begin with."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Text, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY

from backend.credits.programmes.errors import JurisdictionOnly, PointsOnly
from backend.credits.programmes.service.common import check_authority, issuing, programme_of
from backend.kit.db import Read, Write
from backend.kit.scope import Kind, Scope
from backend.tenants import service as tenants
from backend.tenants.values import Pack, Programme, ProgrammeUnit, UnitDimension

LOCKED = text("select * from citizens_locked(:programme, :numbers)").bindparams(
    bindparam("numbers", type_=ARRAY(Text()))
)


@dataclass(frozen=True, slots=True)
class Locked:
    """A citizen whose row is held until the transaction ends."""

    id: UUID
    number: str
    division_path: str
    closed_at: datetime | None


async def points_programme(read: Read, scope: Scope, code: str) -> tuple[Pack, Programme, ProgrammeUnit]:
    """Return the pack, the programme and its class of points.

    Raises:
        ProgrammeUnknown, ProgrammeIssuesNothing, PointsOnly: in this order.
    """
    pack = await tenants.pack_in_force(read, scope)
    found = programme_of(pack, code)
    made, _ = issuing(found)
    if made.dimension is not UnitDimension.POINT:
        raise PointsOnly(programme=code, path=("input", "programme"))
    return pack, found, made


def check_jurisdiction(scope: Scope, pack: Pack) -> None:
    """Check that the caller is the jurisdiction's own authority, or the service itself.

    Raises:
        AuthorityOnly, JurisdictionOnly: in this order.
    """
    check_authority(scope)
    if scope.kind is not Kind.SYSTEM and scope.region != pack.region:
        raise JurisdictionOnly


async def locked(
    write: Write,
    scope: Scope,  # noqa: ARG001 - commands take the scope second
    programme: str,
    numbers: Sequence[str],
) -> dict[str, Locked]:
    """Hold the rows of the citizens with these very numbers, in the order of their ids; return those there are.

    Who runs a scene is told of a citizen only by the number they were given; of the register they see nothing.
    """
    rows = await write.rows(LOCKED, {"programme": programme, "numbers": sorted(set(numbers))})
    return {row.number: Locked(row.id, row.number, row.division_path, row.closed_at) for row in rows}


def is_within(scope: Scope, path: str) -> bool:
    """Tell whether a division lies in an authority's region; for others there is no such limit here."""
    return scope.kind is not Kind.AUTHORITY or (bool(scope.region) and path.startswith(scope.region))
