"""Records entered, corrected and withdrawn by commands, one or many at a time: the same checks as a file."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import insert, text

from backend.emissions.activity import books, queries, staging
from backend.emissions.activity.annotating import problems_of
from backend.emissions.activity.checking import RowChecker
from backend.emissions.activity.columns import CORE
from backend.emissions.activity.directory import Directory, Source, directory
from backend.emissions.activity.errors import (
    AccountClosed,
    EntryRefused,
    NothingEntered,
    ReasonMissing,
    RecordNotFound,
    RecordSuperseded,
    SourceNotFound,
    TooManyRows,
)
from backend.emissions.activity.importing import approve_own
from backend.emissions.activity.problems import Problem, describe
from backend.emissions.activity.sectors import entry_limits
from backend.emissions.activity.values import COMMAND_ROWS, SHOWN_PROBLEMS, EntryLimits, Outcome, StagedRow
from backend.emissions.models import ActivityBatch
from backend.kit.clock import now, today
from backend.kit.db import Write
from backend.kit.ids import new_id
from backend.kit.scope import Scope


@dataclass(frozen=True, slots=True)
class Entry:
    """What a command says of one month: as entered, read by the same rules as a file's row.

    `record_id` with `reason` makes it a correction of that record. `reported_t` is compared with quantity times
    factor, and not stored.
    """

    source_id: UUID
    month: date
    quantity: Decimal
    unit: str
    meter_id: UUID | None = None
    tier: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict[str, Any])
    evidence_id: UUID | None = None
    note: str = ""
    reported_t: Decimal | None = None
    record_id: UUID | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Entered:
    """What a command stored. `record_ids` in the order of the rows; an unchanged row gives the record that stands."""

    account_id: UUID
    batch_id: UUID | None
    record_ids: tuple[UUID, ...]
    outcome: Outcome
    is_approved: bool


INSERT = text("""
insert into activity_record (account_id, id, batch_id, source_id, meter_id, month, quantity, unit, tier, parameters,
    evidence_id, note, supersedes_id, is_withdrawn, reason, recorded_at, recorded_by)
select :account_id, r.id, :batch_id, r.source_id, r.meter_id, r.month, r.quantity, r.unit, r.tier, r.parameters,
    r.evidence_id, r.note, r.supersedes_id, false, r.reason, :recorded_at, :recorded_by
from jsonb_to_recordset(cast(:rows as jsonb)) as r(id uuid, source_id uuid, meter_id uuid, month date,
    quantity numeric, unit text, tier text, parameters jsonb, evidence_id uuid, note text, supersedes_id uuid,
    reason text)
order by r.source_id, r.month, r.meter_id""")

WITHDRAW = text("""
insert into activity_record (account_id, id, batch_id, source_id, meter_id, month, quantity, unit, tier, parameters,
    evidence_id, note, supersedes_id, is_withdrawn, reason, recorded_at, recorded_by)
select account_id, :id, :batch_id, source_id, meter_id, month, quantity, unit, tier, parameters, evidence_id, note,
    id, true, :reason, :recorded_at, :recorded_by
from activity_record where account_id = :account_id and id = :record_id""")


async def _account(write: Write, scope: Scope, account_id: UUID) -> tuple[Directory, datetime]:
    """Lock the account's books and return its directory as it stands under the lock, with the instant."""
    instant = await books.enter(write, [account_id])
    account = await directory(write, scope, account_id)
    if account.is_closed:
        raise AccountClosed
    return account, instant


def _core(source: Source, entry: Entry) -> list[Any]:
    meters = {meter.id: meter.code for meter in source.meters.values()}
    values = {
        "source": source.code,
        "meter": meters.get(entry.meter_id, str(entry.meter_id)) if entry.meter_id else None,
        "month": entry.month,
        "quantity": entry.quantity,
        "unit": entry.unit,
        "tier": entry.tier,
        "reported_t": entry.reported_t,
        "evidence": str(entry.evidence_id) if entry.evidence_id else None,
        "note": entry.note,
        "correction_reason": entry.reason,
        "record": str(entry.record_id) if entry.record_id else None,
    }
    return [values.get(column.key) for column in CORE]


def _checked(account: Directory, limits: EntryLimits, entries: Sequence[Entry]) -> list[StagedRow]:
    checker = RowChecker(account, today(), limits)
    rows: list[StagedRow] = []
    for number, entry in enumerate(entries):
        source = account.source_by_id.get(entry.source_id)
        if source is None:
            raise SourceNotFound(what="source", path=("input", "records", str(number), "sourceId"))
        stated = {name: value for name, value in entry.parameters.items() if value not in (None, "")}
        rows.append(checker.check(number, _core(source, entry), stated))
    return rows


FIELDS = {
    "source": "sourceId", "meter": "meterId", "evidence": "evidenceId", "record": "recordId",
    "correction_reason": "reason", "reported_t": "reportedT",
}  # fmt: skip
"""Input fields that are not called like the column."""

OF_PARAMETERS = frozenset({*FIELDS.values(), "month", "quantity", "unit", "tier", "note", "siteId"})


def refusal(faults: Sequence[tuple[int, Problem]], *, is_bulk: bool) -> EntryRefused:
    """Return the error of wrong rows: the first fault leads, all of them are listed."""
    row, first = next((row, each) for row, each in faults if not each.is_warning)
    name = FIELDS.get(first.column, first.column)
    where = (name,) if name in OF_PARAMETERS else ("parameters", name)
    error = EntryRefused(
        path=("input", *(("records", str(row)) if is_bulk else ()), *where),
        text_zh=first.message("zh"), text_en=first.message("en"),
        **{key: str(value) for key, value in first.details.items() if key not in {"text_zh", "text_en"}},
        problems=[describe(row, each) for row, each in faults[:SHOWN_PROBLEMS]],
    )  # fmt: skip
    # The catalogue's codes are as stable as a class's: a client tells a negative quantity from an unknown unit.
    error.code = first.code  # type: ignore[misc]
    return error


async def enter(
    write: Write, scope: Scope, account_id: UUID, entries: Sequence[Entry], *, origin: str = "bulk",
    is_dry_run: bool = False,
) -> Entered:  # fmt: skip
    """Store the months as one batch, all of them or none; a constant number of statements however many.

    Raises:
        Unauthenticated, Forbidden: the caller may not enter data.
        AccountNotFound: no such account, or not yours.
        AccountClosed: the account is closed.
        NothingEntered: no row.
        TooManyRows: more than a command may bring.
        CheckLimitMissing: a limit of the checks is not among the reference parameters.
        SourceNotFound: a source that is not the account's.
        EntryRefused: a row is wrong; every problem of every row is listed.
    """
    scope.require("emissions:enter")
    account, instant = await _account(write, scope, account_id)
    if not entries:
        raise NothingEntered
    if len(entries) > COMMAND_ROWS:
        raise TooManyRows(limit=COMMAND_ROWS)
    limits = await entry_limits(write, scope, account, today())
    verdicts = await staging.resolve_few(write, account, limits, _checked(account, limits, entries))
    faults = [(verdict.row_no, problem) for verdict in verdicts for problem in problems_of(verdict)]
    if any(verdict.verdict == "error" for verdict in verdicts):
        raise refusal([each for each in faults if _is_of_error(each, verdicts)], is_bulk=origin == "bulk")
    outcome = _outcome(verdicts, faults)
    ids = tuple(verdict.head_id if verdict.verdict == "unchanged" else new_id() for verdict in verdicts)
    if is_dry_run or not outcome.stored:
        return Entered(account_id, None, () if is_dry_run else ids, outcome, is_approved=False)
    batch_id = await _new_batch(write, scope, account, origin, outcome)
    rows = [
        {
            "id": key, "source_id": verdict.source_id, "meter_id": verdict.meter_id, "month": verdict.month,
            "quantity": verdict.quantity, "unit": verdict.unit, "tier": verdict.tier,
            "parameters": verdict.parameters, "evidence_id": verdict.evidence_id, "note": verdict.note,
            "supersedes_id": verdict.head_id, "reason": verdict.reason if verdict.head_id else "",
        }
        for key, verdict in zip(ids, verdicts, strict=True)
        if verdict.verdict != "unchanged"
    ]  # fmt: skip
    await write.run(
        INSERT,
        {"account_id": account_id, "batch_id": batch_id, "recorded_at": instant, "recorded_by": scope.actor_id,
         "rows": json.dumps(rows, default=str, ensure_ascii=False)},
    )  # fmt: skip
    is_approved = await approve_own(write, scope, account, batch_id, outcome.warnings, instant)
    write.audit(
        "emissions:enter", object_type="activity_batch", object_id=batch_id, origin=origin, new=outcome.new,
        corrections=outcome.corrections, warnings=outcome.warnings,
    )  # fmt: skip
    return Entered(account_id, batch_id, ids, outcome, is_approved)


def _is_of_error(fault: tuple[int, Problem], verdicts: Sequence[Any]) -> bool:
    """Keep the errors, and the warnings of rows that are wrong anyway."""
    return not fault[1].is_warning or verdicts[fault[0]].verdict == "error"


def _outcome(verdicts: Sequence[Any], faults: Sequence[tuple[int, Problem]]) -> Outcome:
    kinds = [verdict.verdict for verdict in verdicts]
    touched = {row for row, _ in faults if verdicts[row].verdict in {"new", "correction"}}
    return Outcome(
        rows=len(kinds), new=kinds.count("new"), unchanged=kinds.count("unchanged"),
        corrections=kinds.count("correction"), warnings=len(touched),
        problems=[describe(row, each) for row, each in faults][:SHOWN_PROBLEMS],
    )  # fmt: skip


async def _new_batch(write: Write, scope: Scope, account: Directory, origin: str, outcome: Outcome) -> UUID:
    batch_id = new_id()
    instant = now()
    await write.run(
        insert(ActivityBatch).values(
            account_id=account.account_id, id=batch_id, origin=origin, state="stored", summary=outcome.as_json(),
            created_at=instant, created_by=scope.actor_id, finished_at=instant,
        )
    )  # fmt: skip
    return batch_id


@dataclass(frozen=True, slots=True)
class Correction:
    """What a record is corrected to; what is None stays as it was."""

    reason: str
    quantity: Decimal | None = None
    unit: str | None = None
    tier: str | None = None
    parameters: Mapping[str, Any] | None = None
    evidence_id: UUID | None = None
    note: str | None = None
    reported_t: Decimal | None = None


async def correct(write: Write, scope: Scope, account_id: UUID, record_id: UUID, correction: Correction) -> Entered:
    """Correct a record: a new one that names it, with its reason. Source, meter and month stay.

    Raises:
        Unauthenticated, Forbidden: the caller may not enter data.
        RecordNotFound: no such record, or not yours.
        ReasonMissing: no reason.
        RecordSuperseded: it was corrected or withdrawn meanwhile.
        (and what `enter` raises)
    """
    scope.require("emissions:enter")
    await books.enter(write, [account_id])
    stands = await queries.record(write, scope, account_id, record_id)
    if not correction.reason.strip():
        raise ReasonMissing(path=("input", "reason"))
    if stands.is_superseded or stands.is_withdrawn:
        raise RecordSuperseded
    entry = Entry(
        stands.source_id, stands.month,
        stands.quantity if correction.quantity is None else correction.quantity, correction.unit or stands.unit,
        stands.meter_id, correction.tier or stands.tier,
        stands.parameters if correction.parameters is None else correction.parameters,
        correction.evidence_id or stands.evidence_id,
        stands.note if correction.note is None else correction.note, correction.reported_t, record_id,
        correction.reason,
    )  # fmt: skip
    return await enter(write, scope, account_id, [entry], origin="correction")


async def withdraw(write: Write, scope: Scope, account_id: UUID, record_id: UUID, reason: str) -> Entered:
    """Take a record away: a new one that names it and says why. Its month can then be entered afresh.

    Raises:
        Unauthenticated, Forbidden: the caller may not enter data.
        AccountNotFound: no such account, or not yours.
        AccountClosed: the account is closed.
        RecordNotFound: no such record, or not yours.
        ReasonMissing: no reason.
        RecordSuperseded: it was corrected or withdrawn meanwhile.
        EntryRefused: its year is closed.
    """
    scope.require("emissions:enter")
    account, instant = await _account(write, scope, account_id)
    found = await write.row(
        text("""select r.month, r.is_withdrawn, exists (select from activity_record n
                where n.account_id = r.account_id and n.supersedes_id = r.id) as is_superseded
            from activity_record r where r.account_id = :account_id and r.id = :id"""),
        {"account_id": account_id, "id": record_id},
    )
    if found is None:
        raise RecordNotFound(what="activity record")
    if not reason.strip():
        raise ReasonMissing(path=("input", "reason"))
    if found.is_superseded or found.is_withdrawn:
        raise RecordSuperseded
    if account.years.get(found.month.year, True):
        raise refusal([(0, Problem("year_closed", "month", {"year": found.month.year}))], is_bulk=False)
    outcome = Outcome(rows=1, corrections=1)
    batch_id = await _new_batch(write, scope, account, "correction", outcome)
    key = new_id()
    await write.run(
        WITHDRAW,
        {"id": key, "batch_id": batch_id, "reason": reason.strip(), "recorded_at": instant,
         "recorded_by": scope.actor_id, "account_id": account_id, "record_id": record_id},
    )  # fmt: skip
    is_approved = await approve_own(write, scope, account, batch_id, 0, instant)
    write.audit("emissions:enter", object_type="activity_record", object_id=record_id, withdrawn_by=key, reason=reason)
    return Entered(account_id, batch_id, (key,), outcome, is_approved)
