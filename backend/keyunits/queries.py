"""Reads of the list of key units: proposals with what became of them, and who is on the list. Set-wise, one statement each."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import JSONB

from backend.keyunits.values import (
    ChangeKind,
    Crossing,
    FileRow,
    Measure,
    ProposalRow,
    ProposalState,
    Reach,
    Words,
)
from backend.kit.db import Read
from backend.kit.scope import Scope

Moment = tuple[datetime, UUID] | None
"""When the last one seen was recorded, and its id."""

PROPOSAL = """
select p.account_id, p.id, p.year, p.kind, p.crossings, p.energy, p.direct, p.months, p.is_verified, p.inventory_id,
    p.reason_zh, p.reason_en, p.is_manual, p.division_code, p.division_path, p.sector, p.recorded_at, p.recorded_by,
    d.is_confirmed, d.reason as decision, d.recorded_at as decided_at, d.recorded_by as decided_by, d.document,
    d.document_number, d.document_date,
    not exists (
        select from key_unit_proposal n where n.account_id = p.account_id and n.year = p.year
            and (n.recorded_at, n.id) > (p.recorded_at, p.id)
    ) as is_newest
from key_unit_proposal p left join key_unit_decision d on d.account_id = p.account_id and d.proposal_id = p.id"""

PROPOSALS = text(f"""
select * from ({PROPOSAL} where cast(:year as bigint) is null or p.year = :year) each
where (cast(:at as timestamptz) is null or (recorded_at, id) < (:at, cast(:id as uuid)))
    and (cast(:under as text) is null or starts_with(division_path, :under))
    and (not cast(:is_waiting as boolean) or (is_confirmed is null and is_newest))
order by recorded_at desc, id desc limit :limit""").columns(crossings=JSONB)
BY_ID = text(f"{PROPOSAL} where p.id = any(cast(:ids as uuid[]))").columns(crossings=JSONB)
OF_YEAR = text(
    f"{PROPOSAL} where p.year = :year and p.account_id = any(cast(:account_ids as uuid[]))"
    " order by p.account_id, p.recorded_at desc, p.id desc"
).columns(crossings=JSONB)

# The newest confirmed change of an account says whether it is on the list. `since`: the first year after it last left.
LISTED = """
with confirmed as (
    select p.*, d.recorded_at as decided_at, d.document, d.document_number, d.document_date,
        row_number() over (partition by p.account_id order by p.year desc, d.recorded_at desc, p.id desc) as place
    from key_unit_proposal p
    join key_unit_decision d on d.account_id = p.account_id and d.proposal_id = p.id and d.is_confirmed
    where d.recorded_at <= coalesce(cast(:as_of as timestamptz), 'infinity')
        and (cast(:account_ids as uuid[]) is null or p.account_id = any(cast(:account_ids as uuid[])))
),
left_at as (select account_id, min(place) as place from confirmed where kind = 'leave' group by account_id),
stretch as (
    select c.account_id, min(c.year) as since from confirmed c left join left_at l on l.account_id = c.account_id
    where c.place < coalesce(l.place, c.place + 1) group by c.account_id
),
listed as (
    select c.*, s.since from confirmed c join stretch s on s.account_id = c.account_id
    where c.place = 1 and c.kind <> 'leave'
)
select l.account_id, l.id, l.year, l.since, l.crossings, l.energy, l.direct, l.is_verified, l.reason_zh, l.reason_en,
    a.division_code, a.division_path, a.sector, l.document, l.document_number, l.document_date, l.decided_at
from listed l join carbon_account a on a.id = l.account_id"""

FILES = text(f"{LISTED} order by l.account_id").columns(crossings=JSONB)
PAGE = text(f"""
select * from ({LISTED}) each
where (cast(:under as text) is null or starts_with(division_path, :under))
    and (cast(:sector as text) is null or sector = :sector)
    and (cast(:after as uuid) is null or account_id > cast(:after as uuid))
order by account_id limit :limit""").columns(crossings=JSONB)


def crossing_json(one: Crossing) -> dict[str, Any]:
    """Return a crossing as it is stored."""
    return {
        "threshold": one.threshold, "measure": one.measure.value, "limit": format(one.limit, "f"),
        "value": None if one.value is None else format(one.value, "f"), "reach": one.reach.value,
    }  # fmt: skip


def crossing_of(stored: Mapping[str, Any]) -> Crossing:
    """Return a crossing from what was stored."""
    return Crossing(
        stored["threshold"], Measure(stored["measure"]), None if stored["value"] is None else Decimal(stored["value"]),
        Decimal(stored["limit"]), Reach(stored["reach"]),
    )  # fmt: skip


def paged(after: Moment, limit: int) -> dict[str, Any]:
    """Return the bindings of a page."""
    return {"at": None if after is None else after[0], "id": None if after is None else after[1], "limit": limit}


async def proposals(
    read: Read, scope: Scope, *, year: int | None = None, under: str | None = None, is_waiting: bool = False,
    after: Moment = None, limit: int = 50,
) -> list[ProposalRow]:  # fmt: skip
    """Return proposals, the newest first; `under` is a division's path. Raises Unauthenticated, Forbidden."""
    scope.require("keyunits:read")
    given = {**paged(after, limit), "year": year, "under": under, "is_waiting": is_waiting}
    return [_proposal(row) for row in await read.rows(PROPOSALS, given)]


async def proposals_by_id(read: Read, _scope: Scope, ids: Sequence[UUID]) -> dict[UUID, ProposalRow]:
    """Return the visible ones among some proposals."""
    return {row.id: _proposal(row) for row in await read.rows(BY_ID, {"ids": list(ids)})}


async def proposals_of(read: Read, _scope: Scope, account_ids: Sequence[UUID], year: int) -> dict[UUID, ProposalRow]:
    """Return the newest proposal of each account's year."""
    rows = await read.rows(OF_YEAR, {"account_ids": list(account_ids), "year": year})
    found: dict[UUID, ProposalRow] = {}
    for row in rows:
        found.setdefault(row.account_id, _proposal(row))
    return found


async def files(
    read: Read, scope: Scope, account_ids: Sequence[UUID] | None = None, as_of: datetime | None = None
) -> dict[UUID, FileRow]:
    """Return which of some accounts (None: of all the caller sees) are key units, as it stood at `as_of` (None: now).

    Raises:
        Unauthenticated, Forbidden: without `keyunits:read`.
    """
    scope.require("keyunits:read")
    given = {"account_ids": None if account_ids is None else list(account_ids), "as_of": as_of}
    return {row.account_id: _file(row) for row in await read.rows(FILES, given)}


async def files_by_account(read: Read, scope: Scope, account_ids: list[UUID]) -> list[FileRow | None]:
    """Return each account's file, None where it is no key unit or invisible; for a loader."""
    found = await files(read, scope, account_ids)
    return [found.get(one) for one in account_ids]


async def page(
    read: Read, scope: Scope, *, under: str | None = None, sector: str | None = None, as_of: datetime | None = None,
    after: UUID | None = None, limit: int = 50,
) -> list[FileRow]:  # fmt: skip
    """Return key units by account. Raises Unauthenticated, Forbidden."""
    scope.require("keyunits:read")
    given = {"account_ids": None, "as_of": as_of, "under": under, "sector": sector, "after": after, "limit": limit}
    return [_file(row) for row in await read.rows(PAGE, given)]


def _file(row: Any) -> FileRow:  # noqa: ANN401 - a row of `LISTED`
    return FileRow(
        account_id=row.account_id, proposal_id=row.id, year=row.year, since=row.since,
        crossings=[crossing_of(each) for each in row.crossings], energy=row.energy, direct=row.direct,
        is_verified=row.is_verified, reason=Words(row.reason_zh, row.reason_en), division_code=row.division_code,
        division_path=row.division_path, sector=row.sector, document=row.document,
        document_number=row.document_number, document_date=row.document_date, decided_at=row.decided_at,
    )  # fmt: skip


def _proposal(row: Any) -> ProposalRow:  # noqa: ANN401 - a row of `PROPOSAL`
    if row.is_confirmed is None:
        state = ProposalState.WAITING if row.is_newest else ProposalState.REPLACED
    else:
        state = ProposalState.CONFIRMED if row.is_confirmed else ProposalState.REJECTED
    document_date: date | None = row.document_date
    return ProposalRow(
        account_id=row.account_id, id=row.id, year=row.year, kind=ChangeKind(row.kind),
        crossings=[crossing_of(each) for each in row.crossings], energy=row.energy, direct=row.direct,
        months=row.months, is_verified=row.is_verified, inventory_id=row.inventory_id,
        reason=Words(row.reason_zh, row.reason_en), is_manual=row.is_manual, division_code=row.division_code,
        division_path=row.division_path, sector=row.sector, recorded_at=row.recorded_at, recorded_by=row.recorded_by,
        state=state, decision=row.decision, decided_at=row.decided_at, decided_by=row.decided_by,
        document=row.document, document_number=row.document_number, document_date=document_date,
    )  # fmt: skip
