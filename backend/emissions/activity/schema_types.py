"""Activity data on the wire: records, batches, problems, files."""

from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

import strawberry

from backend.accounts import schema_types as accounts_schema
from backend.accounts import service as accounts
from backend.accounts.schema_types import EmissionSource, Evidence, Meter
from backend.emissions.activity import queries
from backend.emissions.activity.queries import BatchRow, RecordRow
from backend.emissions.values import Tier
from backend.kit.scope import Scope
from backend.wire.context import Context, Info
from backend.wire.files import FileLink
from backend.wire.nodes import Node, node_id, node_loader, uuids
from backend.wire.scalars import JSON, Month


def account_of(given: strawberry.ID, *path: str) -> UUID:
    """Return the account's id."""
    return uuids(given, "CarbonAccount", path=path)[0]


def own_ids(given: strawberry.ID, name: str, *path: str) -> tuple[UUID, UUID]:
    """Return the account's and the thing's own id inside a global id. Raises NodeIdInvalid."""
    ids = uuids(given, name, path=path)
    return ids[0], ids[-1]


TierEnum = strawberry.enum(
    Tier, name="DataTier", description="How a quantity came to be known (数据来源): metered, invoiced, estimated."
)


@strawberry.enum(description="Where a record stands; SUPERSEDED ones were replaced by a later record of their chain.")
class ActivityState(Enum):
    """Where a record stands."""

    APPROVED = "approved"
    PENDING = "pending"
    REJECTED = "rejected"
    SUPERSEDED = "superseded"


@strawberry.enum(description="A decision on a batch; PENDING while there is none.")
class ActivityDecision(Enum):
    """A decision on a batch."""

    APPROVED = "approved"
    PENDING = "pending"
    REJECTED = "rejected"


@strawberry.type(description="One thing wrong with one cell, and how to mend it.")
class ActivityProblem:
    """One thing wrong with one cell."""

    row: int = strawberry.field(description="Row of the file, from 1; position of the record in a command, from 0.")
    column: str = strawberry.field(description="Key of the column.")
    code: str = strawberry.field(description="Stable.")
    is_warning: bool = strawberry.field(description="A check that cannot tell: stored, but its approver must say why.")
    message: str = strawberry.field(description="For a person, in the request's language.")
    message_zh: str = strawberry.field(description="中文说明。")
    message_en: str = strawberry.field(description="English text.")
    details: JSON = strawberry.field(description="The facts the message was built from.")


def problem(found: dict[str, Any], scope: Scope) -> ActivityProblem:
    """Return a stored problem in the caller's language."""
    message = found["message_zh"] if scope.language.startswith("zh") else found["message_en"]
    return ActivityProblem(
        row=found["row"], column=found["column"], code=found["code"], is_warning=found["is_warning"], message=message,
        message_zh=found["message_zh"], message_en=found["message_en"], details=JSON(found["details"]),
    )  # fmt: skip


@strawberry.type(description="What rows did, or would do. All counts are rows.")
class ActivityOutcome:
    """What rows did, or would do."""

    rows: int = strawberry.field(description="Filled rows.")
    blank: int = strawberry.field(description="Rows passed over: prefilled by the template, not filled in.")
    new: int = strawberry.field(description="First entries of their month.")
    unchanged: int = strawberry.field(description="Rows that say what is stored already.")
    corrections: int = strawberry.field(description="Rows that replace a stored record.")
    errors: int = strawberry.field(description="Wrong rows; with one, nothing is stored.")
    warnings: int = strawberry.field(description="Rows no check can vouch for; approving them needs a reason.")
    problems: list[ActivityProblem] = strawberry.field(description="The first 100; the annotated file has all.")


def outcome(summary: dict[str, Any], scope: Scope) -> ActivityOutcome:
    """Return a summary as the wire has it."""
    counts = {
        name: int(summary.get(name, 0))
        for name in ("rows", "blank", "new", "unchanged", "corrections", "errors", "warnings")
    }
    return ActivityOutcome(**counts, problems=[problem(each, scope) for each in summary.get("problems", [])])


def activity_path(scope: Scope, account_id: UUID, rest: str) -> str:
    """Return the address of a file of an account's activity data."""
    return f"/{scope.tenant}/accounts/{account_id}/activity/{rest}"


@strawberry.type(
    description="Records that came in together (数据批次): a file, a bulk of records, a single entry, a correction. "
    "Approval is given by batch."
)
class ActivityBatch(Node):
    """Records that came in together."""

    account_id: strawberry.ID = strawberry.field(description="The carbon account.")
    origin: str = strawberry.field(description="`file`, `bulk`, `single` or `correction`.")
    state: str = strawberry.field(
        description="`received` (being read), `stored`, `rejected` (nothing stored), `checked` (dry run), `failed`."
    )
    decision: ActivityDecision | None = strawberry.field(description="The newest decision; null if nothing is stored.")
    decided_at: datetime | None = strawberry.field(description="When it was decided.")
    is_dry_run: bool = strawberry.field(description="It only shows what would happen.")
    file_name: str | None = strawberry.field(description="The name the file came with.")
    sha256: str | None = strawberry.field(description="Hash of the file's content.")
    record_count: int = strawberry.field(description="Records it stored.")
    outcome: ActivityOutcome = strawberry.field(description="What its rows did, or would do.")
    error: JSON | None = strawberry.field(description="Why the file could not be read at all: code, zh, en.")
    job_id: strawberry.ID | None = strawberry.field(description="The job that reads the file.")
    created_at: datetime = strawberry.field(description="When it came in.")
    created_by: strawberry.ID | None = strawberry.field(description="Who brought it.")
    finished_at: datetime | None = strawberry.field(description="When it was read.")
    file: FileLink | None = strawberry.field(description="The file as it came.")
    annotated_file: FileLink | None = strawberry.field(description="The file with every problem marked in its rows.")


def batch(row: BatchRow, scope: Scope) -> ActivityBatch:
    """Return a batch as the wire has it."""
    name = row.file_name or ""
    file = annotated = None
    if row.object_key:
        file = FileLink(url=activity_path(scope, row.account_id, f"imports/{row.id}/file"), file_name=name)
    if row.annotated_key:
        url = activity_path(scope, row.account_id, f"imports/{row.id}/annotated")
        annotated = FileLink(url=url, file_name=annotated_name(row))
    return ActivityBatch(
        id=node_id("ActivityBatch", row.account_id, row.id), account_id=node_id("CarbonAccount", row.account_id),
        origin=row.origin, state=row.state, decision=ActivityDecision(row.decision) if row.decision else None,
        decided_at=row.decided_at, is_dry_run=row.is_dry_run, file_name=row.file_name, sha256=row.sha256,
        record_count=row.record_count, outcome=outcome(row.summary, scope),
        error=JSON(row.summary["error"]) if "error" in row.summary else None,
        job_id=node_id("Job", row.job_id) if row.job_id else None, created_at=row.created_at,
        created_by=node_id("Person", row.created_by) if row.created_by else None, finished_at=row.finished_at,
        file=file, annotated_file=annotated,
    )  # fmt: skip


def annotated_name(row: BatchRow) -> str:
    """Return the name of the annotated copy: the user's own, marked."""
    stem, _, _ = (row.file_name or "activity").rpartition(".")
    suffix = (row.annotated_key or "").rpartition(".")[2]
    return f"{stem or row.file_name}-已标注-annotated.{suffix}"


@strawberry.type(
    description="A month's quantity of one source and meter (活动数据). Never changed: a correction is a later record of "
    "the same chain."
)
class ActivityRecord(Node):
    """A month's quantity of one source and meter."""

    keys: strawberry.Private[RecordRow]
    account_id: strawberry.ID = strawberry.field(description="The carbon account.")
    batch_id: strawberry.ID = strawberry.field(description="The batch it came in with.")
    source_id: strawberry.ID = strawberry.field(description="The source.")
    meter_id: strawberry.ID | None = strawberry.field(description="The meter, if the quantity is one meter's.")
    month: Month = strawberry.field(description="The month.")
    quantity: Decimal = strawberry.field(description="As entered, every digit kept.")
    unit: str = strawberry.field(description="The unit it was entered in.")
    tier: TierEnum = strawberry.field(description="How it came to be known.")  # type: ignore[valid-type]
    parameters: JSON = strawberry.field(description="Values measured for this month, decimals as strings.")
    evidence_id: strawberry.ID | None = strawberry.field(description="The file that proves it.")
    note: str = strawberry.field(description="Remark.")
    state: ActivityState = strawberry.field(description="Where it stands as of the asked instant.")
    is_counting: bool = strawberry.field(description="Whether it counts in totals.")
    is_withdrawal: bool = strawberry.field(description="It takes its predecessor away.")
    supersedes_id: strawberry.ID | None = strawberry.field(description="The record it corrects or withdraws.")
    reason: str = strawberry.field(description="Why it was corrected or withdrawn.")
    recorded_at: datetime = strawberry.field(description="When we learned it.")
    recorded_by: strawberry.ID | None = strawberry.field(description="Who entered it.")

    @strawberry.field(description="The source.")
    async def source(self, info: Info) -> EmissionSource | None:
        """Return the source."""
        found = await info.context.loader(accounts.sources_by_id).load((self.keys.account_id, self.keys.source_id))
        return None if found is None else accounts_schema.source(found)

    @strawberry.field(description="The meter, if the quantity is one meter's.")
    async def meter(self, info: Info) -> Meter | None:
        """Return the meter."""
        if self.keys.meter_id is None:
            return None
        found = await info.context.loader(accounts.meters_by_id).load((self.keys.account_id, self.keys.meter_id))
        return None if found is None else accounts_schema.meter(found)

    @strawberry.field(description="The file that proves it.")
    async def evidence(self, info: Info) -> Evidence | None:
        """Return the evidence."""
        if self.keys.evidence_id is None:
            return None
        found = await info.context.loader(accounts.evidence_by_id).load((self.keys.account_id, self.keys.evidence_id))
        return None if found is None else accounts_schema.evidence(found)


def _below(name: str, account_id: UUID, own: UUID | None) -> strawberry.ID | None:
    return node_id(name, account_id, own) if own else None


def record(row: RecordRow) -> ActivityRecord:
    """Return a record as the wire has it."""
    return ActivityRecord(
        keys=row,
        id=node_id("ActivityRecord", row.account_id, row.id), account_id=node_id("CarbonAccount", row.account_id),
        batch_id=node_id("ActivityBatch", row.account_id, row.batch_id),
        source_id=node_id("EmissionSource", row.account_id, row.source_id),
        meter_id=_below("Meter", row.account_id, row.meter_id), month=Month(date(row.month.year, row.month.month, 1)),
        quantity=row.quantity, unit=row.unit, tier=Tier(row.tier), parameters=JSON(row.parameters),
        evidence_id=_below("Evidence", row.account_id, row.evidence_id), note=row.note,
        state=ActivityState.SUPERSEDED if row.is_superseded else ActivityState(row.state),
        is_counting=row.is_counting, is_withdrawal=row.is_withdrawn,
        supersedes_id=_below("ActivityRecord", row.account_id, row.supersedes_id), reason=row.reason,
        recorded_at=row.recorded_at, recorded_by=node_id("Person", row.recorded_by) if row.recorded_by else None,
    )  # fmt: skip


@node_loader("ActivityBatch")
async def load_batch(context: Context, account_id: UUID, batch_id: UUID) -> ActivityBatch | None:
    """Fetch a batch for `node(id:)`."""
    async with context.read() as read:
        row = await queries.find_batch(read, context.scope, account_id, batch_id)
    return None if row is None else batch(row, context.scope)


@node_loader("ActivityRecord")
async def load_record(context: Context, account_id: UUID, record_id: UUID) -> ActivityRecord | None:
    """Fetch a record for `node(id:)`."""
    async with context.read() as read:
        rows = await queries.chain(read, context.scope, account_id, record_id)
    return next((record(row) for row in rows if row.id == record_id), None)
