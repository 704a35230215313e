"""Back-tests: what a version would have made of a year that is known, beside the model in force."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, text

from backend.accounts.values import FIRST_YEAR
from backend.kit.clock import now, today
from backend.kit.db import Read, Write
from backend.kit.ids import new_id
from backend.kit.outbox import enqueue
from backend.kit.scope import Kind, Scope
from backend.scores import rules
from backend.scores.modelling import queries
from backend.scores.modelling.content import ModelContent
from backend.scores.modelling.errors import (
    BacktestYearInvalid,
    NoActiveScoreModel,
    ScoreAuthorityOnly,
    ScoreJurisdictionOnly,
)
from backend.scores.modelling.models import ScoreBacktest
from backend.scores.modelling.movements import counted, movement
from backend.scores.modelling.values import BacktestLine, ModelVersion, Outcome
from backend.scores.peers.rollups import Board
from backend.scores.running.gathering import gathered
from backend.scores.values import Assessment
from backend.tenants import service as tenants

BACKTEST = "scores:backtest"
"""The kind of the job."""

STORE = text("""
insert into score_backtest_line (account_id, backtest_id, movement, before_state, before_grade, before_points,
    after_state, after_grade, after_points)
select r.account_id, :backtest_id, r.movement, r.before_state, r.before_grade, r.before_points, r.after_state,
       r.after_grade, r.after_points
from jsonb_to_recordset(cast(:rows as jsonb)) as r (
    account_id uuid, movement text, before_state text, before_grade text, before_points numeric, after_state text,
    after_grade text, after_points numeric)""")


@dataclass(frozen=True, slots=True)
class Trial:
    """The version under test and the one it is held against (None: no model is in force)."""

    tested: ModelVersion
    against: ModelVersion | None
    year: int


async def request(write: Write, scope: Scope, *, version_id: UUID, year: int) -> UUID:
    """Ask a worker to apply a version, as it is now, to a year's facts of every account; return the job's id.

    Raises:
        Unauthenticated, Forbidden: without `scores:propose`.
        ScoreAuthorityOnly, ScoreJurisdictionOnly: the caller is not the authority of the whole jurisdiction.
        ScoreModelNotFound: no such version.
        BacktestYearInvalid: a year nobody reported on yet.
    """
    scope.require("scores:propose")
    if scope.kind is not Kind.SYSTEM:
        if scope.kind is not Kind.AUTHORITY:
            raise ScoreAuthorityOnly
        if scope.region != (await tenants.pack_in_force(write, scope)).region:
            raise ScoreJurisdictionOnly
    found = await queries.version(write, scope, version_id)
    if not FIRST_YEAR <= year <= today().year:
        raise BacktestYearInvalid(value=year, first=FIRST_YEAR, last=today().year, path=("input", "year"))
    payload = {"version_id": str(version_id), "revision": found.revision, "year": year}
    job_id = await enqueue(write, BACKTEST, payload)
    write.audit(
        BACKTEST, object_type="ScoreModelVersion", object_id=version_id, model=found.code, version=found.version,
        revision=found.revision, sha256=found.sha256, year=year, job_id=job_id,
    )  # fmt: skip
    return job_id


async def trial(read: Read, scope: Scope, version_id: UUID, revision: int, year: int) -> Trial:
    """Return what is to be compared; the tested version as it was when the back-test was asked for.

    Raises:
        ScoreModelNotFound: no such version or revision.
    """
    tested = await queries.version_as_of(read, scope, version_id, revision)
    try:
        against = await queries.active(read, scope, today())
    except NoActiveScoreModel:
        against = None
    return Trial(tested, against, year)


async def tried(read: Read, scope: Scope, found: Trial, account_ids: Sequence[UUID], told: Board) -> list[BacktestLine]:
    """Return what comes out for the accounts, by the same assessment a run makes; the caller is the service."""
    lines: list[BacktestLine] = []
    for account_id, each in sorted((await gathered(read, scope, account_ids, found.year, told=told)).items()):
        before = None if found.against is None else _outcome(found.against.content, each)
        after = _outcome(found.tested.content, each)
        moved = movement(
            None if before is None or found.against is None else (found.against.content, before),
            (found.tested.content, after),
        )
        lines.append(BacktestLine(account_id, moved, before, after))
    return lines


async def store(
    write: Write, scope: Scope, found: Trial, lines: Sequence[BacktestLine], *, job_id: UUID, at: datetime | None = None
) -> UUID:
    """Store a back-test with its lines; return its id."""
    backtest_id = new_id()
    await write.run(
        insert(ScoreBacktest).values(
            id=backtest_id, version_id=found.tested.id, revision=found.tested.revision,
            against_id=None if found.against is None else found.against.id, year=found.year, job_id=job_id,
            accounts=len(lines), counts=counted(lines), finished_at=at or now(), asked_by=scope.actor_id,
        )
    )  # fmt: skip
    rows = [_row(line) for line in lines]
    await write.run(STORE, {"backtest_id": backtest_id, "rows": json.dumps(rows)})
    return backtest_id


def _outcome(content: ModelContent, each: Any) -> Outcome:  # noqa: ANN401 - what `gathered` gives
    told: Assessment = rules.assess(content, each.facts, each.peers, with_changes=False)
    return Outcome(told.state.value, told.grade, told.points)


def _row(line: BacktestLine) -> dict[str, str | None]:
    row: dict[str, str | None] = {"account_id": str(line.account_id), "movement": line.movement.value}
    for name, found in (("before", line.before), ("after", line.after)):
        if found is not None:
            row[f"{name}_state"], row[f"{name}_grade"] = found.state, found.grade
            row[f"{name}_points"] = None if found.points is None else format(found.points, "f")
    return row
