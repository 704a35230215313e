"""A run: lock, gather, assess, and store what differs; for one account as for a chunk of hundreds.

The standing row of each account is made, then locked in the order of ids, and only then are the inputs read: two runs
of one account follow each other, and the later one sees everything the earlier one saw. A score is stored only where
what it says or rests on differs from the last one, or where the last one is about to run out. So a run repeated after a
crash stores nothing twice.
"""

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import text

from backend.emissions.values import Outcome
from backend.kit.clock import CHINA
from backend.kit.db import Write
from backend.kit.ids import new_id
from backend.kit.months import Month
from backend.kit.scope import Kind, Scope
from backend.scores import ports, rules
from backend.scores.errors import RollupsClosed
from backend.scores.modelling.content import Benchmark, ModelContent, Percentile, year_on
from backend.scores.peers.rollups import Board, board
from backend.scores.running import runs_sql, stored
from backend.scores.running.facts import COMPARED
from backend.scores.running.gathering import Gathered, gathered
from backend.scores.running.signs import fingerprint_of
from backend.scores.running.values import Cause, Finding
from backend.scores.values import ScoreChange, ScoreValue, Source

RENEWED = timedelta(days=7)
"""A score is renewed in its last days, so that a reader never finds one that has run out."""


@dataclass(frozen=True, slots=True)
class Model:
    """The model of a run: its content and the number of its version."""

    content: ModelContent
    version: int


@dataclass(frozen=True, slots=True)
class Run:
    """What all accounts of a run share. `board` is what is told of the year's groups."""

    model: Model
    year: int
    cause: Cause
    known_at: datetime
    board: Board

    @property
    def day(self) -> date:
        """The day of the run in the jurisdictions' calendar."""
        return self.known_at.astimezone(CHINA).date()


async def score_with(
    write: Write, scope: Scope, account_ids: Sequence[UUID], model: Model, cause: Cause, year: int | None = None
) -> list[ScoreValue]:
    """Compute the accounts' scores with a model and store those that differ; return these, and tell who listens.

    `year` is the model's own for today unless given. Closed accounts are left out.

    Raises:
        RollupsClosed: anybody but the service.
    """
    if scope.kind is not Kind.SYSTEM:
        raise RollupsClosed
    asked = {"accounts": list(account_ids)}
    await write.run(runs_sql.MAKE_STANDINGS, asked)
    held = {row.account_id: row for row in await write.rows(runs_sql.HOLD_STANDINGS, asked)}
    if not held:
        return []
    # After the locks: whatever was committed before them is seen, whatever comes later finds the next run.
    known_at: datetime = await write.value(text("select clock_timestamp()"))
    year = year or year_on(model.content, known_at.astimezone(CHINA).date())
    run = Run(model, year, cause, known_at, await board(write, scope, year))
    found = await gathered(write, scope, list(held), year, told=run.board)
    last = {row.account_id: row for row in await write.rows(runs_sql.LAST, asked)}
    rows: list[dict[str, Any]] = []
    told: list[dict[str, Any]] = []
    values: dict[UUID, ScoreValue] = {}
    for account_id, each in found.items():
        row, value = assessed(run, each, held[account_id].number + 1, last.get(account_id))
        if row is not None and value is not None:
            rows.append(row)
            values[account_id] = value
        told.append({
            "account_id": str(account_id), "score_id": row and row["id"], "number": row and row["number"],
            "positions": positions_of(run, each), "signs": [mark for mark, _ in failures(each)],
        })  # fmt: skip
    await _store(write, run, rows, told, found)
    await ports.tell(write, scope, _changes(run, found, last, values))
    return list(values.values())


def assessed(
    run: Run,
    found: Gathered,
    number: int,
    last: Any | None,  # noqa: ANN401 - a row of `score`
) -> tuple[dict[str, Any] | None, ScoreValue | None]:
    """Return the row of a new score and its value; nothing where the last one says the same and still holds."""
    content, version = run.model.content, run.model.version
    mark = stored.fingerprint(content, version, run.year, found.facts, found.peers)
    if last is not None and last.fingerprint == mark and last.valid_until > run.day + RENEWED:
        return None, None
    assessment = rules.assess(content, found.facts, found.peers)
    inputs = [stored.source(each) for each in inputs_of(content, found, run)]
    core, indicators = stored.core_of(content, version, run.year, assessment), stored.indicators_of(assessment)
    own_id, until = new_id(), months_later(run.day, content.validity_months)
    row = {
        "account_id": str(found.account_id), "id": str(own_id), "number": number, "year": run.year,
        "model_code": content.code, "model_version": version, "state": assessment.state.value,
        "points": stored.plain(assessment.points), "grade": assessment.grade, "computed_at": run.known_at.isoformat(),
        "valid_until": until.isoformat(), "cause": run.cause.value, "inputs": inputs,
        "answer": stored.answer_of(
            core, own_id=own_id, number=number, cause=run.cause.value, at=run.known_at, until=until
        ),
        "indicators": indicators, "as_of": run.known_at.isoformat(), "fingerprint": mark,
    }  # fmt: skip
    value = ScoreValue(
        found.account_id, own_id, number, run.year, content.code, version, content.name, content.is_placeholder,
        assessment, tuple(Source(**each) for each in inputs), run.cause.value, run.known_at, until,
    )  # fmt: skip
    return row, value


def inputs_of(content: ModelContent, found: Gathered, run: Run) -> list[Source]:
    """Return every record the model looked at, each once, and the roll-ups it compared with."""
    asked = [each.fact for each in content.indicators] + [each.fact for each in content.gates]
    sources: dict[Source, None] = {}
    for fact in asked:
        for each in found.facts[fact].sources if fact in found.facts else ():
            sources.setdefault(each)
    compared = {
        each.fact
        for each in content.indicators
        if isinstance(each.transform, Percentile)
        or (isinstance(each.transform, Benchmark) and each.transform.against is None)
    }
    if "sector_ratio" in asked:
        compared.add("value_added_intensity")
    for fact in sorted(compared):
        group = found.peers.groups.get(fact)
        if group is not None:
            name = f"{run.year}/{found.sector}/{fact}"
            sources.setdefault(Source("SectorRollup", name, group.published_on.isoformat()))
    return list(sources)


def positions_of(run: Run, found: Gathered) -> list[dict[str, Any]]:
    """Return what the account is told of its place in its sector, as it is kept."""
    positions: list[dict[str, Any]] = []
    for code in COMPARED:
        fact, group = found.facts.get(code), found.peers.groups.get(code)
        if fact is None or group is None or not isinstance(fact.value, Decimal):
            continue
        basis = found.bases.get(code, "")
        positions.append({
            "fact": code, "basis": basis, "value": stored.plain(fact.value), "unit": fact.unit,
            "size": found.peers.size(code), "percentile": stored.plain(found.peers.percentile(code, fact.value)),
            "mean": stored.plain(group.mean), "overall_mean": stored.plain(run.board.overall(code, basis)),
            "published_on": group.published_on.isoformat(),
        })  # fmt: skip
    return positions


def failures(found: Gathered) -> list[tuple[str, Finding]]:
    """Return the signs the account's data show, each with its fingerprint."""
    return [(fingerprint_of(each.numbers), each) for each in found.findings if each.outcome is Outcome.FAIL]


def months_later(day: date, months: int) -> date:
    """Return the same day some months later; the month's last day where it has no such day."""
    month = Month.of(day).plus(months)
    return date(month.year, month.month, min(day.day, calendar.monthrange(month.year, month.month)[1]))


async def _store(
    write: Write, run: Run, rows: Sequence[Mapping[str, Any]], told: Sequence[Mapping[str, Any]],
    found: Mapping[UUID, Gathered],
) -> None:  # fmt: skip
    signs = [
        {
            "account_id": str(account_id), "year": run.year, "kind": each.kind.value,
            "fingerprint": mark, "numbers": dict(each.numbers), "zh": each.words.zh, "en": each.words.en,
        }
        for account_id, one in found.items()
        for mark, each in failures(one)
    ]  # fmt: skip
    if signs:
        await write.run(runs_sql.STORE_SIGNS, {"rows": stored.dumped(signs), "found_at": run.known_at})
    if rows:
        await write.run(runs_sql.STORE, {"rows": stored.dumped(rows)})
    await write.run(
        runs_sql.CHECKED,
        {
            "rows": stored.dumped(told), "known_at": run.known_at, "model_code": run.model.content.code,
            "model_version": run.model.version,
        },
    )  # fmt: skip
    if rows:
        write.audit("scores:run", object_type="score", cause=run.cause.value, year=run.year, scores=len(rows),
                    model=run.model.content.code, version=run.model.version)  # fmt: skip


def _changes(
    run: Run, found: Mapping[UUID, Gathered], last: Mapping[UUID, Any], values: Mapping[UUID, ScoreValue]
) -> list[ScoreChange]:
    changes: list[ScoreChange] = []
    for account_id, after in values.items():
        row = last.get(account_id)
        if row is None or _mark(row) != (after.assessment.grade, after.assessment.state.value, *_model(after)):
            before = None if row is None else stored.score_of(row)
            changes.append(
                ScoreChange(account_id, found[account_id].organisation_id, before, after, run.known_at,
                            {"cause": run.cause.value})
            )  # fmt: skip
    return changes


def _mark(row: Any) -> tuple[object, ...]:  # noqa: ANN401 - a row of `score`
    return row.grade, row.state, row.model_code, row.model_version


def _model(value: ScoreValue) -> tuple[object, ...]:
    return value.model_code, value.model_version


__all__ = ["Model", "assessed", "inputs_of", "positions_of", "score_with"]
