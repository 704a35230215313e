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
from functools import cached_property
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
from backend.scores.modelling.content import ModelContent, year_on
from backend.scores.peers.rollups import Board, board
from backend.scores.rules.points import compares
from backend.scores.running import queries, runs_sql, stored
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


@dataclass(frozen=True)
class Run:
    """What all accounts of a run share. `board` is what is told of the year's groups."""

    model: Model
    year: int
    cause: Cause
    known_at: datetime
    board: Board

    @cached_property
    def day(self) -> date:
        """The day of the run in the jurisdictions' calendar."""
        return self.known_at.astimezone(CHINA).date()

    @cached_property
    def until(self) -> date:
        """The last day of the scores of the run."""
        return months_later(self.day, self.model.content.validity_months)

    @cached_property
    def compared(self) -> list[str]:
        """The facts the model compares with the sector."""
        content = self.model.content
        found = {each.fact for each in content.indicators if compares(each.transform)}
        if any(each.fact == "sector_ratio" for each in (*content.indicators, *content.gates)):
            found.add("value_added_intensity")
        return sorted(found)


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
    fresh: dict[UUID, Fresh] = {}
    for account_id, each in found.items():
        made = assessed(run, each, held[account_id].number + 1, last.get(account_id))
        if made is not None:
            fresh[account_id] = made
    await _store(write, run, fresh, found)
    await ports.tell(write, scope, await _changes(write, scope, run, found, last, fresh))
    return [each.value for each in fresh.values()]


@dataclass(frozen=True, slots=True)
class Fresh:
    """A new score with its texts as they are stored."""

    value: ScoreValue
    inputs: str
    answer: str
    indicators: str
    fingerprint: str


def assessed(
    run: Run,
    found: Gathered,
    number: int,
    last: Any | None,  # noqa: ANN401 - a row of `score`
) -> Fresh | None:
    """Return a new score; None where the last one says the same and still holds."""
    content, version = run.model.content, run.model.version
    mark = stored.fingerprint(content, version, run.year, found.facts, found.peers)
    if last is not None and last.fingerprint == mark and last.valid_until > run.day + RENEWED:
        return None
    assessment = rules.assess(content, found.facts, found.peers)
    own_id, inputs = new_id(), inputs_of(content, found, run)
    value = ScoreValue(
        found.account_id, own_id, number, run.year, content.code, version, content.name, content.is_placeholder,
        assessment, tuple(inputs), run.cause.value, run.known_at, run.until,
    )  # fmt: skip
    core = stored.core_of(content, version, run.year, assessment)
    answer = stored.answer_of(
        core, own_id=own_id, number=number, cause=run.cause.value, at=run.known_at, until=run.until
    )  # fmt: skip
    told = stored.dumped([stored.source(each) for each in inputs])
    return Fresh(value, told, answer, stored.indicators_of(assessment), mark)


def inputs_of(content: ModelContent, found: Gathered, run: Run) -> list[Source]:
    """Return every record the model looked at, each once, and the roll-ups it compared with."""
    sources: dict[Source, None] = {}
    for part in (*content.indicators, *content.gates):
        fact = found.facts.get(part.fact)
        if fact is not None:
            sources.update(dict.fromkeys(fact.sources))
    for code in run.compared:
        group = found.peers.groups.get(code)
        if group is not None:
            name = f"{run.year}/{found.sector}/{code}"
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
            "mean": stored.plain(group.mean), "overall_mean": stored.plain(run.board.overall(found.sector, code, basis)),
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


async def _store(write: Write, run: Run, fresh: Mapping[UUID, Fresh], found: Mapping[UUID, Gathered]) -> None:
    shown = {account_id: failures(each) for account_id, each in found.items()}
    signs = [
        {
            "account_id": str(account_id), "year": run.year, "kind": each.kind.value,
            "fingerprint": mark, "numbers": dict(each.numbers), "zh": each.words.zh, "en": each.words.en,
        }
        for account_id, pairs in shown.items()
        for mark, each in pairs
    ]  # fmt: skip
    if signs:
        await write.run(runs_sql.STORE_SIGNS, {"rows": stored.dumped(signs), "found_at": run.known_at})
    model = {"known_at": run.known_at, "model_code": run.model.content.code, "model_version": run.model.version}
    if fresh:
        await write.run(runs_sql.STORE, {**model, **_columns(run, list(fresh.values()))})
    values = [fresh[account_id].value if account_id in fresh else None for account_id in found]
    await write.run(
        runs_sql.CHECKED,
        {
            **model, "accounts": list(found), "ids": [each and each.id for each in values],
            "numbers": [each and each.number for each in values],
            "positions": [stored.dumped(positions_of(run, each)) for each in found.values()],
            "signs": [stored.dumped([mark for mark, _ in pairs]) for pairs in shown.values()],
        },
    )  # fmt: skip
    if fresh:
        write.audit("scores:run", object_type="score", cause=run.cause.value, year=run.year, scores=len(fresh),
                    model=run.model.content.code, version=run.model.version)  # fmt: skip


def _columns(run: Run, fresh: Sequence[Fresh]) -> dict[str, Any]:
    """Return the new scores column by column."""
    values = [each.value for each in fresh]
    return {
        "year": run.year, "valid_until": run.until, "cause": run.cause.value,
        "accounts": [each.account_id for each in values], "ids": [each.id for each in values],
        "numbers": [each.number for each in values], "states": [each.assessment.state.value for each in values],
        "points": [each.assessment.points for each in values], "grades": [each.assessment.grade for each in values],
        "inputs": [each.inputs for each in fresh], "answers": [each.answer for each in fresh],
        "indicators": [each.indicators for each in fresh], "fingerprints": [each.fingerprint for each in fresh],
    }  # fmt: skip


async def _changes(
    write: Write, scope: Scope, run: Run, found: Mapping[UUID, Gathered], last: Mapping[UUID, Any],
    fresh: Mapping[UUID, Fresh],
) -> list[ScoreChange]:  # fmt: skip
    """Return the new scores that say something else than the last ones, these read whole in one statement."""
    changed = [
        each.value
        for account_id, each in fresh.items()
        if (row := last.get(account_id)) is None or _mark(row) != _mark_of(each.value)
    ]
    keys = [(row.account_id, row.id) for each in changed if (row := last.get(each.account_id)) is not None]
    before = {each.account_id: each for each in await queries.scores_by_id(write, scope, keys) if each} if keys else {}
    return [
        ScoreChange(each.account_id, found[each.account_id].organisation_id, before.get(each.account_id), each,
                    run.known_at, {"cause": run.cause.value})
        for each in changed
    ]  # fmt: skip


def _mark(row: Any) -> tuple[object, ...]:  # noqa: ANN401 - a row of `score`
    return row.grade, row.state, row.model_code, row.model_version, row.year, sorted(row.shut)


def _mark_of(value: ScoreValue) -> tuple[object, ...]:
    shut = sorted(each.code for each in value.assessment.gates if not each.is_open)
    known = value.assessment
    return known.grade, known.state.value, value.model_code, value.model_version, value.year, shut


__all__ = ["Model", "assessed", "inputs_of", "positions_of", "score_with"]
