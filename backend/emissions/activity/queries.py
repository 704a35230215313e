"""Reads of activity data: batches with their counts, records with their state, a record's history."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select, text

from backend.emissions.activity.errors import BatchNotFound, RecordNotFound
from backend.emissions.activity.sql import DECIDED, DECISIONS, STATE, parameters_of
from backend.emissions.models import ActivityBatch
from backend.kit.db import Read
from backend.kit.scope import Scope

EARLIEST, LATEST = date(1900, 1, 1), date(2199, 12, 1)
TODAY = datetime(9999, 12, 31, tzinfo=UTC)
"""Everything known so far, whatever the clocks of this machine and the database's say."""


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A batch and how it came out; `decision` is the newest one on the whole of it."""

    account_id: UUID
    id: UUID
    origin: str
    state: str
    is_dry_run: bool
    file_name: str | None
    media_type: str | None
    sha256: str | None
    object_key: str | None
    annotated_key: str | None
    summary: dict[str, Any]
    job_id: UUID | None
    created_at: datetime
    created_by: UUID | None
    finished_at: datetime | None
    record_count: int
    decision: str
    decided_at: datetime | None
    decided_by: UUID | None


@dataclass(frozen=True, slots=True)
class RecordRow:
    """A record with its state as of the asked instant.

    `state`: `approved`, `pending`, `rejected`; `is_superseded`: a later record of its chain was known;
    `is_counting`: it is the one of its chain that counts in totals.
    """

    account_id: UUID
    id: UUID
    batch_id: UUID
    source_id: UUID
    meter_id: UUID | None
    month: date
    quantity: Decimal
    unit: str
    tier: str
    parameters: dict[str, Any]
    evidence_id: UUID | None
    note: str
    supersedes_id: UUID | None
    is_withdrawn: bool
    reason: str
    recorded_at: datetime
    recorded_by: UUID | None
    state: str
    is_superseded: bool
    is_counting: bool


def _json(value: Any) -> Any:  # noqa: ANN401 - JSON of any shape
    return json.loads(value, parse_float=Decimal) if isinstance(value, str) else value


_BATCHES = """
select b.account_id, b.id, b.origin, b.state, b.is_dry_run, b.file_name, b.media_type, b.sha256, b.object_key,
    b.annotated_key, b.summary, b.job_id, b.created_at, b.created_by, b.finished_at, n.record_count,
    coalesce(d.decision, case when n.record_count > 0 then 'pending' else '' end) as decision,
    d.decided_at, d.decided_by
from activity_batch b
cross join lateral (
    select case when b.state = 'stored'
        then coalesce((b.summary ->> 'new')::int, 0) + coalesce((b.summary ->> 'corrections')::int, 0)
        else 0 end as record_count
) n
left join lateral (
    select decision, decided_at, decided_by from approval a
    where a.account_id = b.account_id and a.batch_id = b.id and a.record_id is null
    order by decided_at desc, id desc limit 1
) d on true
where b.account_id = :account_id"""


def _batch(row: Any) -> BatchRow:  # noqa: ANN401 - a row
    facts = dict(row._mapping)  # noqa: SLF001 - the row's public mapping
    return BatchRow(**{**facts, "summary": _json(facts["summary"])})


async def find_batch(read: Read, scope: Scope, account_id: UUID, batch_id: UUID) -> BatchRow | None:
    """Return a batch, None when there is none the caller sees.

    Raises:
        Unauthenticated, Forbidden: the caller may not read activity data.
    """
    scope.require("emissions:read")
    row = await read.row(text(f"{_BATCHES} and b.id = :id"), {"account_id": account_id, "id": batch_id})
    return None if row is None else _batch(row)


async def batch(read: Read, scope: Scope, account_id: UUID, batch_id: UUID) -> BatchRow:
    """Return a batch.

    Raises:
        Unauthenticated, Forbidden: the caller may not read activity data.
        BatchNotFound: there is none the caller sees.
    """
    found = await find_batch(read, scope, account_id, batch_id)
    if found is None:
        raise BatchNotFound(what="activity batch")
    return found


async def batches(
    read: Read, scope: Scope, account_id: UUID, *, decision: str | None, limit: int, before: UUID | None
) -> list[BatchRow]:
    """Return batches, newest first; `decision` keeps those with that newest decision (`pending` for none yet).

    Raises:
        Unauthenticated, Forbidden: the caller may not read activity data.
    """
    scope.require("emissions:read")
    statement = f"select * from ({_BATCHES}) batches where true"
    bound: dict[str, Any] = {"account_id": account_id, "limit": limit}
    if before is not None:
        statement += " and id < :before"
        bound["before"] = before
    if decision is not None:
        statement += " and decision = :decision"
        bound["decision"] = decision
    return [_batch(row) for row in await read.rows(text(f"{statement} order by id desc limit :limit"), bound)]


async def stored_file(read: Read, scope: Scope, account_id: UUID, sha256: str) -> UUID | None:
    """Return the stored batch of a file's content, if there is one."""
    return await read.value(
        select(ActivityBatch.id).where(
            ActivityBatch.account_id == account_id, ActivityBatch.sha256 == sha256, ActivityBatch.state == "stored"
        )
    )


_RECORDS = f"""
with {DECISIONS},
decided as (
    select r.*, {STATE} as state,
        max(r.recorded_at) over chain > r.recorded_at as is_superseded,
        max(r.recorded_at) filter (where {STATE} = 'approved') over chain as newest_approved
    from activity_record r {DECIDED}
    where r.account_id = any(cast(:account_ids as uuid[])) and r.month between :first_month and :last_month
        and r.recorded_at <= :as_of {{where}}
    window chain as (partition by r.source_id, r.meter_id, r.month)
)
select account_id, id, batch_id, source_id, meter_id, month, quantity, unit, tier, parameters, evidence_id, note,
    supersedes_id, is_withdrawn, reason, recorded_at, recorded_by, state, is_superseded,
    state = 'approved' and not is_withdrawn and recorded_at = newest_approved as is_counting
from decided where true {{and_where}}
order by {{order}}
limit :limit"""


def _record(row: Any) -> RecordRow:  # noqa: ANN401 - a row
    facts = dict(row._mapping)  # noqa: SLF001 - the row's public mapping
    return RecordRow(**{**facts, "parameters": _json(facts["parameters"])})


async def records(
    read: Read,
    scope: Scope,
    account_id: UUID,
    *,
    year: int | None = None,
    source_ids: Sequence[UUID] | None = None,
    batch_id: UUID | None = None,
    state: str | None = None,
    as_of: datetime | None = None,
    limit: int,
    after: tuple[date, UUID] | None = None,
) -> list[RecordRow]:
    """Return records by month, with their state as of an instant (now, unless said otherwise).

    `state`: `approved`, `pending`, `rejected` show the ends of chains in that state, `superseded` the records a
    later one has replaced, None everything. `after` is (month, id) of the last record of the page before.

    Raises:
        Unauthenticated, Forbidden: the caller may not read activity data.
    """
    scope.require("emissions:read")
    first, last = (EARLIEST, LATEST) if year is None else (date(year, 1, 1), date(year, 12, 1))
    bound: dict[str, Any] = {**parameters_of([account_id], first, last, as_of or TODAY), "limit": limit}
    inside, outside = "", ""
    if source_ids is not None:
        inside += " and r.source_id = any(cast(:source_ids as uuid[]))"
        bound["source_ids"] = list(source_ids)
    if batch_id is not None:
        outside += " and batch_id = :batch_id"
        bound["batch_id"] = batch_id
    if state == "superseded":
        outside += " and is_superseded"
    elif state is not None:
        outside += " and state = :state and not is_superseded and not is_withdrawn"
        bound["state"] = state
    if after is not None:
        outside += " and (month, id) > (:after_month, :after_id)"
        bound["after_month"], bound["after_id"] = after
    statement = _RECORDS.format(where=inside, and_where=outside, order="month, id")
    return [_record(row) for row in await read.rows(text(statement), bound)]


async def record(
    read: Read, scope: Scope, account_id: UUID, record_id: UUID, *, as_of: datetime | None = None
) -> RecordRow:
    """Return one record with its state.

    Raises:
        Unauthenticated, Forbidden: the caller may not read activity data.
        RecordNotFound: there is none the caller sees (or none known at that instant).
    """
    chain = await history(read, scope, account_id, record_id, as_of=as_of)
    found = next((each for each in chain if each.id == record_id), None)
    if found is None:
        raise RecordNotFound(what="activity record")
    return found


async def chain(
    read: Read, scope: Scope, account_id: UUID, record_id: UUID, *, as_of: datetime | None = None
) -> list[RecordRow]:
    """Return the chain a record belongs to, oldest first, as it was known at an instant; empty if it is not visible.

    Raises:
        Unauthenticated, Forbidden: the caller may not read activity data.
    """
    scope.require("emissions:read")
    same_chain = """ and (r.source_id, r.month) = (select o.source_id, o.month from activity_record o
            where o.account_id = :account_id and o.id = :record_id)
        and r.meter_id is not distinct from (select o.meter_id from activity_record o
            where o.account_id = :account_id and o.id = :record_id)"""
    statement = _RECORDS.format(where=same_chain, and_where="", order="recorded_at")
    bound = {
        **parameters_of([account_id], EARLIEST, LATEST, as_of or TODAY),
        "account_id": account_id, "record_id": record_id, "limit": 1000,
    }  # fmt: skip
    return [_record(row) for row in await read.rows(text(statement), bound)]


async def history(
    read: Read, scope: Scope, account_id: UUID, record_id: UUID, *, as_of: datetime | None = None
) -> list[RecordRow]:
    """Return the chain a record belongs to, oldest first, as it was known at an instant.

    Raises:
        Unauthenticated, Forbidden: the caller may not read activity data.
        RecordNotFound: there is no such record the caller sees.
    """
    rows = await chain(read, scope, account_id, record_id, as_of=as_of)
    if not rows:
        raise RecordNotFound(what="activity record")
    return rows
