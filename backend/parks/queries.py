"""Reads of parks, their boundaries, members, values, waivers and evaluations. Row-level security decides what is there."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import JSONB

from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.parks.values import (
    BoundaryRow,
    EvaluationRow,
    Horizon,
    Level,
    MemberRow,
    Outcome,
    ParkRow,
    PartRow,
    ValueKind,
    ValueRow,
    WaiverRow,
)

Moment = tuple[datetime, UUID] | None
"""When the last one seen was recorded, and its id."""

NEXT = "(cast(:at as timestamptz) is null or (recorded_at, id) < (:at, cast(:id as uuid)))"
NEWEST = "order by recorded_at desc, id desc limit :limit"

PARK = "select id, name, division_code, division_path, operator_id, recorded_at, recorded_by from park"
PARKS = text(f"{PARK} where {NEXT} and (cast(:under as text) is null or starts_with(division_path, :under)) {NEWEST}")
BY_ID = text(f"{PARK} where id = any(cast(:ids as uuid[]))")

BOUNDARIES = text("""
select distinct on (park_id) id, park_id, polygon, area, document, document_number, document_date, recorded_at, recorded_by
from park_boundary where park_id = any(cast(:ids as uuid[]))
order by park_id, recorded_at desc, id desc""").columns(polygon=JSONB)

MEMBERS = text("""
select id, park_id, account_id, is_above_scale, starts_on, ends_on, recorded_at from park_member
where park_id = any(cast(:ids as uuid[])) and starts_on <= coalesce(cast(:last as date), starts_on)
    and (ends_on is null or cast(:first as date) is null or ends_on >= :first)
order by starts_on, id""")

VALUE_COLUMNS = (
    "id, park_id, year, item, basis, kind, quantity, numerator, denominator, unit, confidence, is_complete,"
    " evidence_account_id, evidence_id, note, document, document_number, document_date, recorded_at, recorded_by,"
    " is_lower_bound"
)
VALUES = text(f"""
select {VALUE_COLUMNS} from (
    select distinct on (park_id, year, item, basis) {VALUE_COLUMNS}, is_withdrawn from park_value
    where park_id = :park_id and year = :year
    order by park_id, year, item, basis, recorded_at desc, id desc
) newest
where not is_withdrawn order by length(item), item, basis""")

PARTS = text("""
select account_id, value_id, inventory_id, numerator, denominator from park_value_part
where value_id = any(cast(:ids as uuid[])) order by value_id, account_id""")

WAIVER = """
select w.id, w.park_id, w.year, w.indicator, w.explanation, w.document, w.document_number, w.document_date,
    w.evidence_account_id, w.evidence_id, w.recorded_at, w.recorded_by, d.is_approved, d.reason,
    d.recorded_at as decided_at, d.recorded_by as decided_by
from park_waiver w left join park_waiver_decision d on d.waiver_id = w.id"""
WAIVERS = text(f"{WAIVER} where w.park_id = :park_id and w.year = :year order by w.indicator, w.recorded_at, w.id")
WAIVER_BY_ID = text(f"{WAIVER} where w.id = :id")

EVALUATION = """
select id, park_id, year, horizon, level, outcome, mandatory, points, content, sha256, recorded_at, recorded_by
from park_evaluation"""
EVALUATIONS = text(f"{EVALUATION} where {NEXT} and park_id = :park_id {NEWEST}").columns(content=JSONB)
EVALUATION_BY_ID = text(f"{EVALUATION} where id = :id").columns(content=JSONB)


def asked(after: Moment, limit: int) -> dict[str, Any]:
    """Return the bindings of a page."""
    return {"at": None if after is None else after[0], "id": None if after is None else after[1], "limit": limit}


async def parks(
    read: Read, scope: Scope, *, under: str | None = None, after: Moment = None, limit: int = 50
) -> list[ParkRow]:
    """Return visible parks, the newest first; `under` is a division's path. Raises Unauthenticated, Forbidden."""
    scope.require("parks:read")
    return [ParkRow(*row) for row in await read.rows(PARKS, {**asked(after, limit), "under": under})]


async def parks_by_id(read: Read, scope: Scope, ids: list[UUID]) -> list[ParkRow | None]:
    """Return the park of each id, None for an invisible one; for a loader."""
    found = {row.id: ParkRow(*row) for row in await read.rows(BY_ID, {"ids": ids})}
    return [found.get(one) for one in ids]


async def boundaries(read: Read, scope: Scope, ids: list[UUID]) -> list[BoundaryRow | None]:
    """Return the boundary in force of each park; for a loader."""
    found = {row.park_id: BoundaryRow(*row) for row in await read.rows(BOUNDARIES, {"ids": ids})}
    return [found.get(one) for one in ids]


async def members(read: Read, scope: Scope, ids: list[UUID]) -> list[list[MemberRow]]:
    """Return every membership of each park, whenever it was; for a loader."""
    found: defaultdict[UUID, list[MemberRow]] = defaultdict(list)
    for row in await read.rows(MEMBERS, {"ids": ids, "first": None, "last": None}):
        found[row.park_id].append(MemberRow(*row))
    return [found[one] for one in ids]


async def members_of(read: Read, scope: Scope, park_id: UUID, first: date, last: date) -> list[MemberRow]:
    """Return the memberships of a park that touch the days from `first` to `last`."""
    rows = await read.rows(MEMBERS, {"ids": [park_id], "first": first, "last": last})
    return [MemberRow(*row) for row in rows]


async def values(read: Read, scope: Scope, park_id: UUID, year: int) -> list[ValueRow]:
    """Return what stands of a park's year, one value for each item and basis. Raises Unauthenticated, Forbidden."""
    scope.require("parks:read")
    rows = await read.rows(VALUES, {"park_id": park_id, "year": year})
    return [_value(row) for row in rows]


async def parts(read: Read, scope: Scope, value_ids: list[UUID]) -> list[list[PartRow]]:
    """Return what each visible account adds to each value; for a loader."""
    found: defaultdict[UUID, list[PartRow]] = defaultdict(list)
    for row in await read.rows(PARTS, {"ids": value_ids}):
        found[row.value_id].append(PartRow(*row))
    return [found[one] for one in value_ids]


async def waivers(read: Read, scope: Scope, park_id: UUID, year: int) -> list[WaiverRow]:
    """Return the requests to leave indicators of a park's year out. Raises Unauthenticated, Forbidden."""
    scope.require("parks:read")
    return [WaiverRow(*row) for row in await read.rows(WAIVERS, {"park_id": park_id, "year": year})]


async def waiver(read: Read, scope: Scope, waiver_id: UUID) -> WaiverRow | None:
    """Return a request, None when it is not there or not visible."""
    row = await read.row(WAIVER_BY_ID, {"id": waiver_id})
    return None if row is None else WaiverRow(*row)


async def evaluations(
    read: Read, scope: Scope, park_id: UUID, *, after: Moment = None, limit: int = 50
) -> list[EvaluationRow]:
    """Return the evaluations of a park, the newest first. Raises Unauthenticated, Forbidden."""
    scope.require("parks:read")
    rows = await read.rows(EVALUATIONS, {**asked(after, limit), "park_id": park_id})
    return [_evaluation(row) for row in rows]


async def evaluation(read: Read, scope: Scope, evaluation_id: UUID) -> EvaluationRow | None:
    """Return an evaluation, None when it is not there or not visible. Raises Unauthenticated, Forbidden."""
    scope.require("parks:read")
    row = await read.row(EVALUATION_BY_ID, {"id": evaluation_id})
    return None if row is None else _evaluation(row)


def _evaluation(row: Sequence[Any]) -> EvaluationRow:
    own_id, park_id, year, horizon, level, outcome, mandatory, *rest = row
    return EvaluationRow(
        own_id, park_id, year, Horizon(horizon), Level(level), Outcome(outcome), Outcome(mandatory), *rest
    )  # fmt: skip


def _value(row: Sequence[Any]) -> ValueRow:
    own_id, park_id, year, item, basis, kind, *rest = row
    return ValueRow(own_id, park_id, year, item, basis, ValueKind(kind), *rest)
