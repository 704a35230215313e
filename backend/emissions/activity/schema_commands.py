"""Entering, correcting and approving activity data by GraphQL; files come in over REST."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from uuid import UUID

import strawberry

from backend.emissions.activity import approving, entering, jobs_export
from backend.emissions.activity.approving import Decided
from backend.emissions.activity.entering import Correction, Entered, Entry
from backend.emissions.activity.schema_types import (
    ActivityDecision,
    ActivityOutcome,
    TierEnum,
    account_of,
    activity_path,
    outcome,
    own_ids,
)
from backend.kit.db import Write
from backend.wire.commands import command
from backend.wire.context import Context
from backend.wire.files import FileFormat, FileLink
from backend.wire.nodes import node_id, uuids
from backend.wire.scalars import Month

# pyright: reportGeneralTypeIssues=false, reportSelfClsParameterName=false
# ruff: noqa: A002, N805
# `command` makes static functions whose argument is called `input` on the wire.


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


@strawberry.input(description="Which records to write to a file.")
class RequestActivityExportInput:
    """Which records to write to a file."""

    account_id: strawberry.ID = strawberry.field(description="The account.")
    year: int | None = strawberry.field(default=None, description="One reporting year; all without.")
    format: FileFormat = strawberry.field(default=FileFormat.XLSX, description="The kind of file.")


@strawberry.type(description="An export a worker will write.")
class ActivityExportRequested:
    """An export a worker will write."""

    job_id: strawberry.ID = strawberry.field(description="Watch it with `jobProgress` or `job`.")
    file: FileLink = strawberry.field(description="Where the file is once the job has succeeded.")


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

    source = uuids(given.source_id, "EmissionSource", path=(*path, "sourceId"))[-1]
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
    async def record_activity(context: Context, write: Write, input: RecordActivityInput) -> ActivityRecorded:
        """Record one month of one source; the same month again, unchanged, changes nothing."""
        entries = [_entry(input.record)]
        entered = await entering.enter(
            write, context.scope, account_of(input.account_id, "input", "accountId"), entries, origin="single"
        )
        return _recorded(context, entered)

    @command("emissions:enter")
    async def record_activities(context: Context, write: Write, input: RecordActivitiesInput) -> ActivityRecorded:
        """Record up to 1,000 months together, all of them or none."""
        entries = [_entry(each, number) for number, each in enumerate(input.records)]
        entered = await entering.enter(
            write,
            context.scope,
            account_of(input.account_id, "input", "accountId"),
            entries,
            is_dry_run=input.is_dry_run,
        )
        return _recorded(context, entered)

    @command("emissions:enter")
    async def correct_activity(context: Context, write: Write, input: CorrectActivityInput) -> ActivityRecorded:
        """Correct a record: a later one that names it and says why."""
        account_id, record_id = own_ids(input.record_id, "ActivityRecord", "input", "recordId")
        evidence = uuids(input.evidence_id, "Evidence", path=("input", "evidenceId"))[-1] if input.evidence_id else None
        correction = Correction(
            input.reason, input.quantity, input.unit, input.tier.value if input.tier else None,
            None if input.parameters is None else _parameters(input.parameters), evidence, input.note,
            input.reported_t,
        )  # fmt: skip
        return _recorded(context, await entering.correct(write, context.scope, account_id, record_id, correction))

    @command("emissions:enter")
    async def withdraw_activity(context: Context, write: Write, input: WithdrawActivityInput) -> ActivityRecorded:
        """Take a record away; its month can then be entered afresh."""
        account_id, record_id = own_ids(input.record_id, "ActivityRecord", "input", "recordId")
        return _recorded(context, await entering.withdraw(write, context.scope, account_id, record_id, input.reason))

    @command("emissions:export")
    async def request_activity_export(
        context: Context, write: Write, input: RequestActivityExportInput
    ) -> ActivityExportRequested:  # fmt: skip
        """Have a worker write an export; the file can be fetched when the job has succeeded."""
        account_id = account_of(input.account_id, "input", "accountId")
        job_id, name = await jobs_export.request_export(
            write, context.scope, account_id=account_id, year=input.year, kind=input.format.value
        )
        return ActivityExportRequested(
            job_id=node_id("Job", job_id),
            file=FileLink(
                url=activity_path(context.scope, account_id, f"exports/{node_id('Job', job_id)}"), file_name=name
            ),
        )

    @command("emissions:approve")
    async def approve_activity_batch(
        context: Context, write: Write, input: DecideActivityBatchInput
    ) -> ActivityDecided:  # fmt: skip
        """Approve a batch: its records count from now on."""
        account_id, batch_id = own_ids(input.batch_id, "ActivityBatch", "input", "batchId")
        decision = (account_id, batch_id, approving.APPROVED, input.reason)
        return _decided(await approving.decide_batch(write, context.scope, *decision))

    @command("emissions:approve")
    async def reject_activity_batch(
        context: Context, write: Write, input: DecideActivityBatchInput
    ) -> ActivityDecided:  # fmt: skip
        """Reject a batch, with the reason: its records stay visible and count nowhere."""
        account_id, batch_id = own_ids(input.batch_id, "ActivityBatch", "input", "batchId")
        decision = (account_id, batch_id, approving.REJECTED, input.reason)
        return _decided(await approving.decide_batch(write, context.scope, *decision))

    @command("emissions:approve")
    async def approve_activity_record(
        context: Context, write: Write, input: DecideActivityRecordInput
    ) -> ActivityDecided:  # fmt: skip
        """Approve one record by itself."""
        account_id, record_id = own_ids(input.record_id, "ActivityRecord", "input", "recordId")
        decision = (account_id, record_id, approving.APPROVED, input.reason)
        return _decided(await approving.decide_record(write, context.scope, *decision))

    @command("emissions:approve")
    async def reject_activity_record(
        context: Context, write: Write, input: DecideActivityRecordInput
    ) -> ActivityDecided:  # fmt: skip
        """Reject one record by itself."""
        account_id, record_id = own_ids(input.record_id, "ActivityRecord", "input", "recordId")
        decision = (account_id, record_id, approving.REJECTED, input.reason)
        return _decided(await approving.decide_record(write, context.scope, *decision))
