"""Enter parks, their boundaries and their members."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import insert, text, update

from backend.accounts import service as accounts
from backend.identity import service as identity
from backend.kit.db import Write
from backend.kit.ids import new_id
from backend.kit.scope import Kind, Scope
from backend.parks import queries
from backend.parks.errors import ParkMemberEnded, ParkMemberOverlap, ParkNotFound, ParkOperatorNotFound
from backend.parks.models import Park, ParkBoundary, ParkMember
from backend.parks.rules import checking
from backend.parks.rules.outlining import outline
from backend.parks.service.common import changeable, lock, note, of_authority, paper, place, recorded
from backend.parks.values import Document, MemberRow, ParkRow
from backend.regions import service as regions

MEMBER = text(
    "select id, park_id, account_id, is_above_scale, starts_on, ends_on, recorded_at from park_member where id = :id"
)


async def register_park(
    write: Write, scope: Scope, *, name: str, division_code: str, operator_id: UUID | None, boundary: Any,  # noqa: ANN401 - JSON
    document: Document,
) -> ParkRow:  # fmt: skip
    """Enter a park with its boundary.

    Raises:
        Unauthenticated, Forbidden: without `parks:manage`.
        DivisionUnknown: no division of the caller's region.
        ParkTextInvalid, ParkDocumentInvalid, ParkBoundaryInvalid: name, document, boundary.
        ParkOperatorNotFound: no such enterprise.
    """
    of_authority(scope, "parks:manage")
    division = await regions.own_division(write, scope, division_code)
    called, source = checking.text(name, "name", checking.LONGEST_NAME), checking.document(document)
    polygon, area = outline(boundary)
    if operator_id is not None:
        operator = await identity.organisation(write, scope, operator_id)
        if operator is None or operator.kind is not Kind.ENTERPRISE:
            raise ParkOperatorNotFound(path=("input", "operatorId"))
    park = ParkRow(new_id(), called, division.code, division.path, operator_id, **recorded(scope))
    await write.run(
        insert(Park).values(
            id=park.id, name=called, division_code=division.code, recorded_at=park.recorded_at,
            recorded_by=park.recorded_by, **place(park),
        )
    )  # fmt: skip
    await _draw(write, scope, park, polygon, area, source)
    note(write, "parks:register", "park", park.id, name=called, division=division.code, area=str(area))
    return park


async def redraw_park(write: Write, scope: Scope, park_id: UUID, *, boundary: Any, document: Document) -> ParkRow:  # noqa: ANN401 - JSON
    """Give a park another boundary; the one before stays on record.

    Raises:
        Unauthenticated, Forbidden: without `parks:manage`.
        ParkNotFound, ParkDocumentInvalid, ParkBoundaryInvalid: in this order.
    """
    of_authority(scope, "parks:manage")
    park = await changeable(write, scope, park_id)
    source = checking.document(document)
    polygon, area = outline(boundary)
    await _draw(write, scope, park, polygon, area, source)
    note(write, "parks:redraw", "park", park.id, area=str(area), document=source.title)
    return park


async def _draw(
    write: Write, scope: Scope, park: ParkRow, polygon: dict[str, Any], area: Decimal, source: Document
) -> None:
    await write.run(
        insert(ParkBoundary).values(
            id=new_id(), park_id=park.id, polygon=polygon, area=area, **place(park), **paper(source), **recorded(scope)
        )
    )


async def join_park(
    write: Write, scope: Scope, park_id: UUID, *, account_id: UUID, starts_on: date, ends_on: date | None = None,
    is_above_scale: bool,
) -> MemberRow:  # fmt: skip
    """Put an account into a park from a day, up to another where it is known.

    Raises:
        Unauthenticated, Forbidden: without `parks:manage`.
        ParkNotFound, AccountNotFound: in this order.
        ParkDatesInvalid: the days do not follow each other.
        ParkMemberOverlap: it is in the park on some of these days already.
    """
    of_authority(scope, "parks:manage")
    park = await changeable(write, scope, park_id)
    await accounts.account(write, scope, account_id)
    checking.in_order(starts_on, ends_on or starts_on, "endsOn")
    await lock(write, park_id)
    (known,) = await queries.members(write, scope, [park_id])
    for each in known:
        ends_before = each.ends_on is not None and each.ends_on < starts_on
        starts_after = ends_on is not None and ends_on < each.starts_on
        if each.account_id == account_id and not ends_before and not starts_after:
            raise ParkMemberOverlap(path=("input", "startsOn"))
    told = recorded(scope)
    row = MemberRow(new_id(), park_id, account_id, is_above_scale, starts_on, ends_on, told["recorded_at"])
    await write.run(
        insert(ParkMember).values(
            id=row.id, park_id=park_id, account_id=account_id, is_above_scale=is_above_scale, starts_on=starts_on,
            ends_on=ends_on, **place(park), **told,
        )
    )  # fmt: skip
    note(write, "parks:join", "park", park_id, account=str(account_id), starts_on=starts_on.isoformat())
    return row


async def leave_park(write: Write, scope: Scope, member_id: UUID, *, ends_on: date) -> MemberRow:
    """End a membership; the day belongs to it.

    Raises:
        Unauthenticated, Forbidden: without `parks:manage`.
        ParkNotFound: no such membership, or not of the caller's region.
        ParkMemberEnded: it has an end already.
        ParkDatesInvalid: the day is before its first.
    """
    of_authority(scope, "parks:manage")
    row = await write.row(MEMBER, {"id": member_id})
    if row is None:
        raise ParkNotFound
    await lock(write, row.park_id)
    found = MemberRow(*(await write.row(MEMBER, {"id": member_id}) or row))
    if found.ends_on is not None:
        raise ParkMemberEnded(day=found.ends_on.isoformat())
    checking.in_order(found.starts_on, ends_on, "endsOn")
    await write.run(update(ParkMember).where(ParkMember.id == member_id).values(ends_on=ends_on))
    note(write, "parks:leave", "park", found.park_id, account=str(found.account_id), ends_on=ends_on.isoformat())
    return MemberRow(
        found.id, found.park_id, found.account_id, found.is_above_scale, found.starts_on, ends_on, found.recorded_at
    )
