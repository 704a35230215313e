"""Reading and entering activity data by GraphQL; files go through the REST doors the links name."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

import strawberry

from backend.emissions.activity import approving, entering, exporting, queries
from backend.emissions.activity.approving import Decided
from backend.emissions.activity.directory import directory
from backend.emissions.activity.entering import Correction, Entered, Entry
from backend.emissions.activity.schema_types import (
    ActivityBatch,
    ActivityDecision,
    ActivityOutcome,
    ActivityProblem,
    ActivityRecord,
    ActivityState,
    FileLink,
    TierEnum,
    activity_path,
    batch,
    load_batch,
    outcome,
    record,
)
from backend.kit.db import Write
from backend.kit.errors import Invalid
from backend.wire.commands import command
from backend.wire.connections import Connection, connect, page
from backend.wire.context import Context, Info
from backend.wire.nodes import node_id, uuids
from backend.wire.scalars import Month

__all__ = ["ActivityMutation", "ActivityProblem", "ActivityQuery"]


class CursorInvalid(Invalid):
    """The cursor is of another list."""

    code = "page_invalid"
    en = "after is not a cursor of this list."
    zh = "after 不是本列表的游标。"


@strawberry.enum(description="A kind of file.")
class FileFormat(Enum):
    """A kind of file."""

    XLSX = "xlsx"
    CSV = "csv"


def account_of(given: strawberry.ID) -> UUID:
    """Return the account's id."""
    return uuids(given, "CarbonAccount", path=("accountId",))[0]


def _link(context: Context, account_id: UUID, what: str, kind: FileFormat, year: int | None, name: str) -> FileLink:
    query = f"format={kind.value}" + (f"&year={year}" if year is not None else "")
    return FileLink(url=activity_path(context.scope, account_id, f"{what}?{query}"), file_name=name)


@strawberry.type
class ActivityQuery:
    """Reading activity data."""

    @strawberry.field(
        description="Records of activity data (活动数据) by month. `state` shows the ends of chains in that state; "
        "`asOf` reads the account as it was known then."
    )
    async def activity_records(
        self,
        info: Info,
        account_id: strawberry.ID,
        year: int | None = None,
        source_ids: list[strawberry.ID] | None = None,
        batch_id: strawberry.ID | None = None,
        state: ActivityState | None = None,
        as_of: datetime | None = None,
        first: int = 50,
        after: str | None = None,
    ) -> Connection[ActivityRecord]:
        """Return a page of records."""
        asked = page(first, after)
        sources = [uuids(each, "Source", path=("sourceIds",))[-1] for each in source_ids] if source_ids else None
        of_batch = uuids(batch_id, "ActivityBatch", path=("batchId",))[-1] if batch_id else None
        async with info.context.read() as read:
            rows = await queries.records(
                read, info.context.scope, account_of(account_id), year=year, source_ids=sources, batch_id=of_batch,
                state=state.value if state else None, as_of=as_of, limit=asked.fetch, after=_place(asked.after),
            )  # fmt: skip
        return connect(rows, asked, key=lambda row: (row.month.isoformat(), row.id), make=record)

    @strawberry.field(
        description="The chain a record belongs to, oldest first: every correction and withdrawal, with what was true "
        "when and when we learned it."
    )
    async def activity_record_history(
        self, info: Info, id: strawberry.ID, as_of: datetime | None = None  # noqa: A002 - the wire's word
    ) -> list[ActivityRecord]:  # fmt: skip
        """Return a record's history."""
        account_id, record_id = _two(id, "ActivityRecord", "id")
        async with info.context.read() as read:
            rows = await queries.history(read, info.context.scope, account_id, record_id, as_of=as_of)
        return [record(row) for row in rows]

    @strawberry.field(
        description="Batches of an account, newest first; `decision: PENDING` is what waits for approval."
    )
    async def activity_batches(
        self,
        info: Info,
        account_id: strawberry.ID,
        decision: ActivityDecision | None = None,
        first: int = 50,
        after: str | None = None,
    ) -> Connection[ActivityBatch]:
        """Return a page of batches."""
        context, asked = info.context, page(first, after)
        async with context.read() as read:
            rows = await queries.batches(
                read, context.scope, account_of(account_id), decision=decision.value if decision else None,
                limit=asked.fetch, before=_id_place(asked.after),
            )  # fmt: skip
        return connect(rows, asked, key=lambda row: (row.id,), make=lambda row: batch(row, context.scope))

    @strawberry.field(description="One batch, or null when it is not there or not yours.")
    async def activity_batch(self, info: Info, id: strawberry.ID) -> ActivityBatch | None:  # noqa: A002 - the wire's word
        """Return one batch."""
        account_id, batch_id = _two(id, "ActivityBatch", "id")
        return await load_batch(info.context, account_id, batch_id)

    @strawberry.field(
        description="The account's template (填报模板). With a year its rows are prefilled with every source, meter and "
        "month that can still be entered."
    )
    async def activity_template(
        self, info: Info, account_id: strawberry.ID, year: int | None = None, format: FileFormat = FileFormat.XLSX  # noqa: A002 - the wire's word
    ) -> FileLink:  # fmt: skip
        """Return where the template is."""
        context, account_key = info.context, account_of(account_id)
        context.scope.require("emissions:read")
        async with context.read() as read:
            account = await directory(read, context.scope, account_key)
        name = exporting.file_name(account, "activity-template", year, format.value)
        return _link(context, account_key, "template", format, year, name)

    @strawberry.field(
        description="The account's records in the template's layout; importing them again changes nothing."
    )
    async def activity_export(
        self, info: Info, account_id: strawberry.ID, year: int | None = None, format: FileFormat = FileFormat.XLSX  # noqa: A002 - the wire's word
    ) -> FileLink:  # fmt: skip
        """Return where the export is."""
        context, account_key = info.context, account_of(account_id)
        context.scope.require("emissions:export")
        async with context.read() as read:
            account = await directory(read, context.scope, account_key)
        name = exporting.file_name(account, "activity", year, format.value)
        return _link(context, account_key, "export", format, year, name)


def _place(after: list[Any] | None) -> tuple[date, UUID] | None:
    try:
        return None if after is None else (date.fromisoformat(after[0]), UUID(after[1]))
    except (ValueError, TypeError, IndexError, AttributeError):
        raise CursorInvalid(path=("after",)) from None


def _id_place(after: list[Any] | None) -> UUID | None:
    try:
        return None if after is None else UUID(after[0])
    except (ValueError, TypeError, IndexError, AttributeError):
        raise CursorInvalid(path=("after",)) from None


def _two(given: strawberry.ID, name: str, field: str) -> tuple[UUID, UUID]:
    ids = uuids(given, name, path=("input", field))
    return ids[0], ids[-1]


@strawberry.input(description="A value measured or declared for the month, or words that go with one.")
class ActivityParameterInput:
    """A value measured or declared for the month."""

    name: str = strawberry.field(description="The method's parameter: `ncv`, `carbon_content`, `factor`...")
    value: str = strawberry.field(description="A decimal as text, or words.")


@strawberry.input(description="A month's quantity of one source (and meter).")
class ActivityRecordInput:
    """A month's quantity of one source."""

    source_id: strawberry.ID = strawberry.field(description="The source.")
    month: Month = strawberry.field(description="The month, `YYYY-MM`.")
    quantity: Decimal = strawberry.field(description="The amount, not negative.")
    unit: str = strawberry.field(description="Its unit; one the source's own converts to.")
    meter_id: strawberry.ID | None = strawberry.field(default=None, description="The meter it was read from.")
    tier: TierEnum | None = strawberry.field(  # type: ignore[valid-type]
        default=None, description="How it is known; METERED with a meter, else INVOICED, unless said otherwise."
    )
    parameters: list[ActivityParameterInput] = strawberry.field(
        default_factory=list, description="Values measured or declared for this month."
    )
    evidence_id: strawberry.ID | None = strawberry.field(default=None, description="The file that proves it.")
    note: str = strawberry.field(default="", description="Remark.")
    reported_t: Decimal | None = strawberry.field(
        default=None, description="An emission reported elsewhere, t: refused if it disagrees with quantity x factor."
    )
    reason: str = strawberry.field(default="", description="Why an unusual quantity is right.")


@strawberry.input(description="One month to record.")
class RecordActivityInput:
    """One month to record."""

    account_id: strawberry.ID = strawberry.field(description="The carbon account.")
    record: ActivityRecordInput = strawberry.field(description="The month.")


@strawberry.input(description="Months to record together, all or none; at most 1,000.")
class RecordActivitiesInput:
    """Months to record together."""

    account_id: strawberry.ID = strawberry.field(description="The carbon account.")
    records: list[ActivityRecordInput] = strawberry.field(description="The months.")
    is_dry_run: bool = strawberry.field(default=False, description="Only show what would happen.")


@strawberry.input(description="What a record is corrected to; what is left out stays as it was.")
class CorrectActivityInput:
    """What a record is corrected to."""

    record_id: strawberry.ID = strawberry.field(description="The newest record of its chain.")
    reason: str = strawberry.field(description="Why.")
    quantity: Decimal | None = strawberry.field(default=None, description="The right amount.")
    unit: str | None = strawberry.field(default=None, description="The right unit.")
    tier: TierEnum | None = strawberry.field(default=None, description="How it is known.")  # type: ignore[valid-type]
    parameters: list[ActivityParameterInput] | None = strawberry.field(
        default=None, description="All values of the month; an empty list clears them."
    )
    evidence_id: strawberry.ID | None = strawberry.field(default=None, description="The file that proves it.")
    note: str | None = strawberry.field(default=None, description="Remark.")
    reported_t: Decimal | None = strawberry.field(default=None, description="An emission reported elsewhere, t.")


@strawberry.input(description="A record to take away.")
class WithdrawActivityInput:
    """A record to take away."""

    record_id: strawberry.ID = strawberry.field(description="The newest record of its chain.")
    reason: str = strawberry.field(description="Why.")


@strawberry.input(description="A decision on a batch.")
class DecideActivityBatchInput:
    """A decision on a batch."""

    batch_id: strawberry.ID = strawberry.field(description="The batch.")
    reason: str = strawberry.field(default="", description="Needed to reject, and to approve unusual quantities.")


@strawberry.input(description="A decision on one record, whatever was decided on its batch.")
class DecideActivityRecordInput:
    """A decision on one record."""

    record_id: strawberry.ID = strawberry.field(description="The record.")
    reason: str = strawberry.field(description="Why it is decided by itself.")


@strawberry.type(description="What a command stored.")
class ActivityRecorded:
    """What a command stored."""

    batch_id: strawberry.ID | None = strawberry.field(description="Its batch; null when nothing was stored.")
    record_ids: list[strawberry.ID] = strawberry.field(
        description="In the order of the input; an unchanged month gives the record that stands."
    )
    is_approved: bool = strawberry.field(description="Approved on entry, because duties are not separated.")
    outcome: ActivityOutcome = strawberry.field(description="Counts, and warnings.")


@strawberry.type(description="A decision that was taken.")
class ActivityDecided:
    """A decision that was taken."""

    batch_id: strawberry.ID = strawberry.field(description="The batch.")
    record_id: strawberry.ID | None = strawberry.field(description="The record, if it is on one only.")
    decision: ActivityDecision = strawberry.field(description="What was decided.")
    decided_at: datetime = strawberry.field(description="When.")


def _parameters(given: list[ActivityParameterInput]) -> Mapping[str, str]:
    return {each.name: each.value for each in given}


def _entry(given: ActivityRecordInput, number: int | None = None) -> Entry:
    path = ("input", "record") if number is None else ("input", "records", str(number))

    def own(value: strawberry.ID | None, name: str, field: str) -> UUID | None:
        return uuids(value, name, path=(*path, field))[-1] if value else None

    source = uuids(given.source_id, "Source", path=(*path, "sourceId"))[-1]
    return Entry(
        source, given.month, given.quantity, given.unit, own(given.meter_id, "Meter", "meterId"),
        given.tier.value if given.tier else "", _parameters(given.parameters),
        own(given.evidence_id, "Evidence", "evidenceId"), given.note, given.reported_t, None, given.reason,
    )  # fmt: skip


def _recorded(context: Context, entered: Entered) -> ActivityRecorded:
    account_id = entered.account_id
    return ActivityRecorded(
        batch_id=node_id("ActivityBatch", account_id, entered.batch_id) if entered.batch_id else None,
        record_ids=[node_id("ActivityRecord", account_id, each) for each in entered.record_ids],
        is_approved=entered.is_approved,
        outcome=outcome(asdict(entered.outcome), context.scope),
    )


def _decided(decided: Decided) -> ActivityDecided:
    account_id, record_id = decided.account_id, decided.record_id
    return ActivityDecided(
        batch_id=node_id("ActivityBatch", account_id, decided.batch_id),
        record_id=node_id("ActivityRecord", account_id, record_id) if record_id else None,
        decision=ActivityDecision(decided.decision),
        decided_at=decided.decided_at,
    )


@strawberry.type
class ActivityMutation:
    """Entering, correcting and approving activity data."""

    @command("emissions:enter")
    async def record_activity(context: Context, write: Write, input: RecordActivityInput) -> ActivityRecorded:  # noqa: A002, N805 - the wire's word; commands have no self
        """Record one month of one source; the same month again, unchanged, changes nothing."""
        entries = [_entry(input.record)]
        entered = await entering.enter(write, context.scope, account_of(input.account_id), entries, origin="single")
        return _recorded(context, entered)

    @command("emissions:enter")
    async def record_activities(context: Context, write: Write, input: RecordActivitiesInput) -> ActivityRecorded:  # noqa: A002, N805 - see above
        """Record up to 1,000 months together, all of them or none."""
        entries = [_entry(each, number) for number, each in enumerate(input.records)]
        entered = await entering.enter(
            write, context.scope, account_of(input.account_id), entries, is_dry_run=input.is_dry_run
        )
        return _recorded(context, entered)

    @command("emissions:enter")
    async def correct_activity(context: Context, write: Write, input: CorrectActivityInput) -> ActivityRecorded:  # noqa: A002, N805 - see above
        """Correct a record: a later one that names it and says why."""
        account_id, record_id = _two(input.record_id, "ActivityRecord", "recordId")
        evidence = uuids(input.evidence_id, "Evidence", path=("input", "evidenceId"))[-1] if input.evidence_id else None
        correction = Correction(
            input.reason, input.quantity, input.unit, input.tier.value if input.tier else None,
            None if input.parameters is None else _parameters(input.parameters), evidence, input.note,
            input.reported_t,
        )  # fmt: skip
        return _recorded(context, await entering.correct(write, context.scope, account_id, record_id, correction))

    @command("emissions:enter")
    async def withdraw_activity(context: Context, write: Write, input: WithdrawActivityInput) -> ActivityRecorded:  # noqa: A002, N805 - see above
        """Take a record away; its month can then be entered afresh."""
        account_id, record_id = _two(input.record_id, "ActivityRecord", "recordId")
        return _recorded(context, await entering.withdraw(write, context.scope, account_id, record_id, input.reason))

    @command("emissions:approve")
    async def approve_activity_batch(
        context: Context, write: Write, input: DecideActivityBatchInput  # noqa: A002, N805 - see above
    ) -> ActivityDecided:  # fmt: skip
        """Approve a batch: its records count from now on."""
        account_id, batch_id = _two(input.batch_id, "ActivityBatch", "batchId")
        decision = (account_id, batch_id, approving.APPROVED, input.reason)
        return _decided(await approving.decide_batch(write, context.scope, *decision))

    @command("emissions:approve")
    async def reject_activity_batch(
        context: Context, write: Write, input: DecideActivityBatchInput  # noqa: A002, N805 - see above
    ) -> ActivityDecided:  # fmt: skip
        """Reject a batch, with the reason: its records stay visible and count nowhere."""
        account_id, batch_id = _two(input.batch_id, "ActivityBatch", "batchId")
        decision = (account_id, batch_id, approving.REJECTED, input.reason)
        return _decided(await approving.decide_batch(write, context.scope, *decision))

    @command("emissions:approve")
    async def approve_activity_record(
        context: Context, write: Write, input: DecideActivityRecordInput  # noqa: A002, N805 - see above
    ) -> ActivityDecided:  # fmt: skip
        """Approve one record by itself."""
        account_id, record_id = _two(input.record_id, "ActivityRecord", "recordId")
        decision = (account_id, record_id, approving.APPROVED, input.reason)
        return _decided(await approving.decide_record(write, context.scope, *decision))

    @command("emissions:approve")
    async def reject_activity_record(
        context: Context, write: Write, input: DecideActivityRecordInput  # noqa: A002, N805 - see above
    ) -> ActivityDecided:  # fmt: skip
        """Reject one record by itself."""
        account_id, record_id = _two(input.record_id, "ActivityRecord", "recordId")
        decision = (account_id, record_id, approving.REJECTED, input.reason)
        return _decided(await approving.decide_record(write, context.scope, *decision))
