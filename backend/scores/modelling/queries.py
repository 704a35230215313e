"""Reads of score models. Row-level security shows drafts to authorities alone."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from backend.kit.clock import today
from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.scores.modelling.content import ModelContent
from backend.scores.modelling.errors import NoActiveScoreModel, ScoreModelNotFound
from backend.scores.modelling.values import (
    Backtest,
    BacktestLine,
    ModelState,
    ModelVersion,
    Movement,
    Outcome,
    Period,
    Revision,
)

MOST_PARSED = 64
_parsed: dict[str, ModelContent] = {}

VERSIONS = """
select v.id, v.code, v.version, v.origin, v.created_at, r.revision, r.content, r.sha256, r.reason, r.recorded_at,
       d.is_approved, d.decided_at, d.decided_by, d.reason as decision,
       array(select distinct a.recorded_by from score_model_revision a
              where a.version_id = v.id and a.recorded_by is not null) as authors,
       coalesce((select jsonb_agg(jsonb_build_array(lower(p.valid), upper(p.valid), p.reason, p.activated_at,
                        p.activated_by) order by lower(p.valid))
                   from score_model_period p where p.version_id = v.id and not isempty(p.valid)), '[]') as periods,
       exists (select 1 from score_model_period p where p.version_id = v.id) as was_activated
from score_model_version v
join lateral (select * from score_model_revision each where each.version_id = v.id
              order by each.revision desc limit 1) r on true
left join score_model_decision d on d.version_id = v.id
"""
BY_ID = text(VERSIONS + "where v.id = any(:ids)")
ON = text(
    VERSIONS
    + "join score_model_period now_in_force on now_in_force.version_id = v.id and now_in_force.valid @> cast(:day as date)"
)
LISTED = text(
    VERSIONS
    + """where (cast(:code as text) is null or v.code = :code)
  and (cast(:after_code as text) is null
       or (v.code, -v.version) > (cast(:after_code as text), -cast(:after_version as bigint)))
order by v.code, v.version desc limit :limit"""
)
REVISIONS = text("""
select version_id, revision, sha256, reason, recorded_at, recorded_by from score_model_revision
where version_id = any(:ids) order by version_id, revision""")
REVISION = text("select content, sha256 from score_model_revision where version_id = :id and revision = :revision")
ACCOUNTS = text("""
select id from carbon_account
where closed_at is null and (cast(:after as uuid) is null or id > :after) order by id limit :limit""")
BACKTESTS = text("""
select id, version_id, revision, against_id, year, job_id, accounts, counts, finished_at, asked_by from score_backtest
where version_id = :version_id and (cast(:at as timestamptz) is null or (finished_at, id) < (:at, cast(:id as uuid)))
order by finished_at desc, id desc limit :limit""")
BACKTEST = text("""
select id, version_id, revision, against_id, year, job_id, accounts, counts, finished_at, asked_by from score_backtest
where id = any(:ids) or job_id = any(:ids)""")
LINES = text("""
select account_id, movement, before_state, before_grade, before_points, after_state, after_grade, after_points
from score_backtest_line
where backtest_id = :id and (cast(:movement as text) is null or movement = :movement)
  and (cast(:after as uuid) is null or account_id > :after)
order by account_id limit :limit""")


def parsed(sha256: str, content: Mapping[str, Any]) -> ModelContent:
    """Return stored content as a model, read once for each hash."""
    found = _parsed.get(sha256)
    if found is None:
        found = ModelContent.model_validate(content)
        while len(_parsed) >= MOST_PARSED:
            _parsed.pop(next(iter(_parsed)))
        _parsed[sha256] = found
    return found


async def active(read: Read, scope: Scope, on: date) -> ModelVersion:
    """Return the model in force on a day.

    Raises:
        NoActiveScoreModel: none is.
    """
    row = await read.row(ON, {"day": on})
    if row is None:
        raise NoActiveScoreModel(day=on)
    return _version(row, on)


async def version(read: Read, scope: Scope, version_id: UUID) -> ModelVersion:
    """Return a version.

    Raises:
        ScoreModelNotFound: none with this id is visible.
    """
    row = await read.row(BY_ID, {"ids": [version_id]})
    if row is None:
        raise ScoreModelNotFound
    return _version(row)


async def version_as_of(read: Read, scope: Scope, version_id: UUID, revision: int) -> ModelVersion:
    """Return a version with what it said as of an edit.

    Raises:
        ScoreModelNotFound: none with this id is visible, or it has no such revision.
    """
    found = await version(read, scope, version_id)
    row = await read.row(REVISION, {"id": version_id, "revision": revision})
    if row is None:
        raise ScoreModelNotFound
    return replace(found, revision=revision, sha256=row.sha256, content=parsed(row.sha256, row.content))


async def version_batch(read: Read, scope: Scope, ids: Sequence[UUID]) -> list[ModelVersion | None]:
    """Return the versions with these ids, None where one is not visible."""
    found = {row.id: _version(row) for row in await read.rows(BY_ID, {"ids": list(ids)})}
    return [found.get(each) for each in ids]


async def versions(
    read: Read, scope: Scope, code: str | None, *, limit: int, after: tuple[str, int] | None
) -> list[ModelVersion]:
    """Return versions by code, newest first."""
    asked = {"code": code, "limit": limit, "after_code": None, "after_version": None}
    if after is not None:
        asked["after_code"], asked["after_version"] = after
    return [_version(row) for row in await read.rows(LISTED, asked)]


async def revision_batch(read: Read, scope: Scope, ids: Sequence[UUID]) -> list[list[Revision]]:
    """Return the edits of each version, oldest first."""
    found: dict[UUID, list[Revision]] = {each: [] for each in ids}
    for row in await read.rows(REVISIONS, {"ids": list(ids)}):
        found[row.version_id].append(Revision(*list(row)[1:]))
    return [found[each] for each in ids]


async def backtests(
    read: Read, scope: Scope, version_id: UUID, *, limit: int, after: tuple[Any, ...] | None
) -> list[Backtest]:
    """Return the back-tests of a version, newest first."""
    at, own = (None, None) if after is None else after
    rows = await read.rows(BACKTESTS, {"version_id": version_id, "limit": limit, "at": at, "id": own})
    return [Backtest(*row) for row in rows]


async def backtest(read: Read, scope: Scope, backtest_id: UUID) -> Backtest | None:
    """Return a back-test by its own id or that of the job that made it, None where it is not there or not visible."""
    row = await read.row(BACKTEST, {"ids": [backtest_id]})
    return None if row is None else Backtest(*row)


async def backtest_batch(read: Read, scope: Scope, ids: Sequence[UUID]) -> list[Backtest | None]:
    """Return the back-tests with these ids, None where one is not visible."""
    found = {row.id: Backtest(*row) for row in await read.rows(BACKTEST, {"ids": list(ids)})}
    return [found.get(each) for each in ids]


async def backtest_lines(
    read: Read, scope: Scope, backtest_id: UUID, movement: str | None, *, limit: int, after: UUID | None
) -> list[BacktestLine]:
    """Return what came out for each account the caller sees, by account."""
    asked = {"id": backtest_id, "movement": movement, "limit": limit, "after": after}
    return [
        BacktestLine(
            row.account_id,
            Movement(row.movement),
            None if row.before_state is None else Outcome(row.before_state, row.before_grade, row.before_points),
            Outcome(row.after_state, row.after_grade, row.after_points),
        )
        for row in await read.rows(LINES, asked)
    ]


async def account_ids(read: Read, scope: Scope, after: UUID | None, limit: int) -> list[UUID]:
    """Return the next open accounts the caller sees."""
    return [row.id for row in await read.rows(ACCOUNTS, {"after": after, "limit": limit})]


def _version(row: Row[Any], on: date | None = None) -> ModelVersion:
    periods = tuple(_period(each) for each in row.periods)
    asked = [each for each in periods if on is None or (each.from_on <= on and (each.until is None or on < each.until))]
    return ModelVersion(
        id=row.id, code=row.code, version=row.version, revision=row.revision, state=_state(row, periods),
        content=parsed(row.sha256, row.content), sha256=row.sha256, origin=row.origin, reason=row.reason,
        created_at=row.created_at, recorded_at=row.recorded_at, author_ids=tuple(row.authors),
        decided_at=row.decided_at, decided_by=row.decided_by, decision=row.decision or "", periods=periods,
        valid_from=asked[-1].from_on if asked else None,
    )  # fmt: skip


def _period(stored: Sequence[Any]) -> Period:
    from_on, until, reason, at, by = stored
    return Period(
        date.fromisoformat(from_on), None if until is None else date.fromisoformat(until), reason,
        datetime.fromisoformat(at), None if by is None else UUID(by),
    )  # fmt: skip


def _state(row: Row[Any], periods: Sequence[Period]) -> ModelState:
    """Return the state as of today; whoever does not see decisions sees only versions that were activated."""
    day = today()
    if any(each.from_on <= day and (each.until is None or day < each.until) for each in periods):
        return ModelState.ACTIVE
    if any(each.from_on > day for each in periods):
        return ModelState.SCHEDULED
    if periods or row.was_activated:
        return ModelState.RETIRED if periods else ModelState.APPROVED
    if row.is_approved is None:
        return ModelState.DRAFT
    return ModelState.APPROVED if row.is_approved else ModelState.REJECTED
