"""Reads of scores, penalties and signs. Row-level security has decided what is visible: a bank sees no row of them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select, text, tuple_
from sqlalchemy.dialects.postgresql import JSONB

from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.scores.running import stored
from backend.scores.running.models import ScorePenalty
from backend.scores.running.values import (
    PenaltyValue,
    Position,
    Severity,
    SignEntryValue,
    SignKind,
    SignState,
    SignValue,
)
from backend.scores.values import ScoreValue, Words

COLUMNS = """s.account_id, s.id, s.number, s.year, s.model_code, s.model_version, s.state, s.points, s.grade, s.computed_at,
    s.valid_until, s.cause, s.inputs, s.answer, s.indicators, s.as_of"""

LATEST = text(f"""
select {COLUMNS}
from unnest(cast(:accounts as uuid[])) as asked(account_id)
cross join lateral (
    select * from score own
    where own.account_id = asked.account_id
        and (cast(:as_of as timestamptz) is null or own.computed_at <= cast(:as_of as timestamptz))
    order by own.number desc limit 1
) s""").columns(inputs=JSONB)

HISTORY = text(f"""
select {COLUMNS} from score s
where s.account_id = :account_id and (cast(:before as bigint) is null or s.number < :before)
order by s.number desc limit :limit""").columns(inputs=JSONB)

BY_ID = text(f"""
select {COLUMNS} from score s
where (s.account_id, s.id) in (select * from unnest(cast(:accounts as uuid[]), cast(:ids as uuid[])))""").columns(
    inputs=JSONB
)

# The filter never widens: what is asked for must hold of the newest score itself.
REGION = text(f"""
select {COLUMNS}, a.number as account_number
from score_standing t
join carbon_account a on a.id = t.account_id
join score s on s.account_id = t.account_id and s.id = t.score_id
where (cast(:grades as text[]) is null or s.grade = any(cast(:grades as text[])))
    and (cast(:states as text[]) is null or s.state = any(cast(:states as text[])))
    and (cast(:sector as text) is null or a.sector = :sector)
    and (cast(:path as text) is null or starts_with(a.division_path, :path))
    and (cast(:after as text) is null or a.number > :after)
order by a.number limit :limit""").columns(inputs=JSONB)

POSITIONS = text("""
select positions from score_standing where account_id = :account_id""").columns(positions=JSONB)

SIGN = """
select s.account_id, s.id, s.year, s.kind, s.fingerprint, s.numbers, s.zh, s.en, s.found_at,
    coalesce(t.signs @> to_jsonb(s.fingerprint), false) as is_seen
from score_sign s
left join score_standing t on t.account_id = s.account_id"""

SIGNS = text(f"""
{SIGN}
where s.account_id = :account_id and (cast(:year as bigint) is null or s.year = :year)
    and (cast(:before as uuid) is null or s.id < :before)
order by s.id desc limit :limit""").columns(numbers=JSONB)

SIGNS_BY_ID = text(f"""{SIGN}
where (s.account_id, s.id) in (select * from unnest(cast(:accounts as uuid[]), cast(:ids as uuid[])))""").columns(
    numbers=JSONB
)

ENTRIES = text("""
select account_id, id, sign_id, kind, words, evidence_id, at, actor_id, organisation_id from score_sign_entry
where (account_id, sign_id) in (select * from unnest(cast(:accounts as uuid[]), cast(:signs as uuid[])))
order by at, id""")


@dataclass(frozen=True, slots=True)
class ScoreFilter:
    """Which accounts' newest scores; what is None does not restrict. `division_path` takes the whole subtree."""

    grades: Sequence[str] | None = None
    states: Sequence[str] | None = None
    sector: str | None = None
    division_path: str | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A newest score in the list of a region, with the number of its account."""

    account_number: str
    score: ScoreValue


async def latest(
    read: Read, scope: Scope, account_ids: Sequence[UUID], as_of: datetime | None = None
) -> dict[UUID, ScoreValue]:
    """Return each account's newest score at a moment (None: now); accounts without one are left out. One statement.

    Raises:
        Unauthenticated, Forbidden: without `scores:read`.
    """
    scope.require("scores:read")
    rows = await read.rows(LATEST, {"accounts": list(dict.fromkeys(account_ids)), "as_of": as_of})
    return {row.account_id: stored.score_of(row) for row in rows}


async def history(
    read: Read, scope: Scope, account_id: UUID, *, before: int | None = None, limit: int
) -> list[ScoreValue]:
    """Return an account's scores, newest first; `before` is the number of the last one seen.

    Raises:
        Unauthenticated, Forbidden: without `scores:read`.
    """
    scope.require("scores:read")
    asked = {"account_id": account_id, "before": before, "limit": limit}
    return [stored.score_of(row) for row in await read.rows(HISTORY, asked)]


async def scores_by_id(read: Read, scope: Scope, keys: Sequence[tuple[UUID, UUID]]) -> list[ScoreValue | None]:
    """Return the score of each (account, score), None for one that is not visible; for a loader."""
    scope.require("scores:read")
    asked = {"accounts": [key[0] for key in keys], "ids": [key[1] for key in keys]}
    found = {(row.account_id, row.id): stored.score_of(row) for row in await read.rows(BY_ID, asked)}
    return [found.get(key) for key in keys]


async def listed(
    read: Read, scope: Scope, wanted: ScoreFilter, *, after: str | None = None, limit: int
) -> list[Listed]:
    """Return the newest scores of the accounts of a region, by account number.

    Raises:
        Unauthenticated, Forbidden: without `scores:supervise`.
    """
    scope.require("scores:supervise")
    asked: dict[str, Any] = {
        "grades": None if wanted.grades is None else list(wanted.grades),
        "states": None if wanted.states is None else list(wanted.states),
        "sector": wanted.sector, "path": wanted.division_path, "after": after, "limit": limit,
    }  # fmt: skip
    return [Listed(row.account_number, stored.score_of(row)) for row in await read.rows(REGION, asked)]


async def positions(read: Read, scope: Scope, account_id: UUID) -> list[Position]:
    """Return what an account is told of its place in its sector, as of the last run.

    Raises:
        Unauthenticated, Forbidden: without `scores:read`.
    """
    scope.require("scores:read")
    kept: list[dict[str, Any]] = await read.value(POSITIONS, {"account_id": account_id}) or []
    return [
        Position(
            fact=each["fact"],
            basis=each["basis"],
            value=Decimal(each["value"]),
            unit=each["unit"],
            size=each["size"],
            percentile=_decimal(each["percentile"]),
            mean=_decimal(each["mean"]),
            overall_mean=_decimal(each["overall_mean"]),
            published_on=date.fromisoformat(each["published_on"]),
        )
        for each in kept
    ]


async def penalties(
    read: Read, scope: Scope, account_id: UUID, *, before: UUID | None = None, limit: int
) -> list[PenaltyValue]:
    """Return an account's penalties, newest first, withdrawn ones too.

    Raises:
        Unauthenticated, Forbidden: without `scores:read`.
    """
    scope.require("scores:read")
    wanted = PENALTY.where(ScorePenalty.account_id == account_id)
    if before is not None:
        wanted = wanted.where(ScorePenalty.id < before)
    return [penalty_of(row) for row in await read.rows(wanted.order_by(ScorePenalty.id.desc()).limit(limit))]


async def penalties_by_id(read: Read, scope: Scope, keys: Sequence[tuple[UUID, UUID]]) -> list[PenaltyValue | None]:
    """Return the penalty of each (account, penalty), None for one that is not visible; for a loader."""
    scope.require("scores:read")
    rows = await read.rows(PENALTY.where(tuple_(ScorePenalty.account_id, ScorePenalty.id).in_(keys)))
    found = {(row.account_id, row.id): penalty_of(row) for row in rows}
    return [found.get(key) for key in keys]


PENALTY = select(*(ScorePenalty.__table__.columns[each.name] for each in fields(PenaltyValue)))


def penalty_of(row: Any) -> PenaltyValue:  # noqa: ANN401 - a row
    """Return a row as a value."""
    named: dict[str, Any] = {**row._mapping, "severity": Severity(row.severity)}  # noqa: SLF001 - a row's public mapping
    return PenaltyValue(**named)


async def signs(
    read: Read, scope: Scope, account_id: UUID, year: int | None = None, *, before: UUID | None = None, limit: int
) -> list[SignValue]:
    """Return the signs found in an account's data, newest first, with what was said about each. Two statements.

    Raises:
        Unauthenticated, Forbidden: without `scores:read`.
    """
    scope.require("scores:read")
    asked = {"account_id": account_id, "year": year, "before": before, "limit": limit}
    return await _with_entries(read, await read.rows(SIGNS, asked))


async def signs_by_id(read: Read, scope: Scope, keys: Sequence[tuple[UUID, UUID]]) -> list[SignValue | None]:
    """Return the sign of each (account, sign), None for one that is not visible; for a loader."""
    scope.require("scores:read")
    rows = await read.rows(SIGNS_BY_ID, {"accounts": [key[0] for key in keys], "ids": [key[1] for key in keys]})
    found = {(each.account_id, each.id): each for each in await _with_entries(read, rows)}
    return [found.get(key) for key in keys]


async def _with_entries(read: Read, rows: Sequence[Any]) -> list[SignValue]:
    entries: dict[UUID, list[SignEntryValue]] = defaultdict(list)
    asked = {"accounts": [row.account_id for row in rows], "signs": [row.id for row in rows]}
    for row in await read.rows(ENTRIES, asked) if rows else ():
        named: dict[str, Any] = {**row._mapping, "kind": SignState(row.kind)}  # noqa: SLF001 - as above
        entries[row.sign_id].append(SignEntryValue(**named))
    return [
        SignValue(
            row.account_id, row.id, row.year, SignKind(row.kind), row.fingerprint, row.numbers, Words(row.zh, row.en),
            row.found_at, tuple(entries[row.id]), row.is_seen,
        )
        for row in rows
    ]  # fmt: skip


def _decimal(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)
