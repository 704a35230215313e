"""Reading and entering activity data by GraphQL; files go through the REST doors the links name."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import strawberry

from backend.accounts import service as accounts
from backend.emissions.activity import exporting, queries
from backend.emissions.activity.directory import directory
from backend.emissions.activity.schema_commands import ActivityMutation
from backend.emissions.activity.schema_types import (
    ActivityBatch,
    ActivityDecision,
    ActivityRecord,
    ActivityState,
    account_of,
    activity_path,
    batch,
    load_batch,
    own_ids,
    record,
)
from backend.kit.errors import Invalid
from backend.wire.connections import Connection, connect, page
from backend.wire.context import Context, Info
from backend.wire.files import FileFormat, FileLink
from backend.wire.nodes import uuids

__all__ = ["ActivityMutation", "ActivityQuery"]


class CalendarYearInvalid(Invalid):
    """No year that activity data can be of."""

    code = "calendar_year_invalid"
    en = "There is no activity data of the year {year}. Write a year from {first} to {last}, such as 2025."
    zh = "不存在 {year} 年的活动数据，请填写 {first} 至 {last} 之间的年份，例如 2025。"


class CursorInvalid(Invalid):
    """The cursor is of another list."""

    code = "page_invalid"
    en = "after is not a cursor of this list."
    zh = "after 不是本列表的游标。"


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
        sources = (
            [uuids(each, "EmissionSource", path=("sourceIds",))[-1] for each in source_ids] if source_ids else None
        )
        of_batch = uuids(batch_id, "ActivityBatch", path=("batchId",))[-1] if batch_id else None
        account = account_of(account_id, "accountId")
        first_year, last_year = queries.EARLIEST.year, queries.LATEST.year
        if year is not None and not first_year <= year <= last_year:
            raise CalendarYearInvalid(year=year, first=first_year, last=last_year, path=("year",))
        async with info.context.read() as read:
            rows = await queries.records(
                read, info.context.scope, account, year=year, source_ids=sources, batch_id=of_batch,
                state=state.value if state else None, as_of=as_of, limit=asked.fetch, after=_place(asked.after),
            )  # fmt: skip
            if not rows:  # nothing there, or nothing there for the caller: the second is not found
                await accounts.account(read, info.context.scope, account)
        return connect(rows, asked, key=lambda row: (row.month.isoformat(), row.id), make=record)

    @strawberry.field(
        description="The chain a record belongs to, oldest first: every correction and withdrawal, with what was true "
        "when and when we learned it."
    )
    async def activity_record_history(
        self, info: Info, id: strawberry.ID, as_of: datetime | None = None  # noqa: A002 - the wire's word
    ) -> list[ActivityRecord]:  # fmt: skip
        """Return a record's history."""
        account_id, record_id = own_ids(id, "ActivityRecord", "id")
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
        account = account_of(account_id, "accountId")
        async with context.read() as read:
            rows = await queries.batches(
                read, context.scope, account, decision=decision.value if decision else None,
                limit=asked.fetch, before=_id_place(asked.after),
            )  # fmt: skip
            if not rows:  # as above
                await accounts.account(read, context.scope, account)
        return connect(rows, asked, key=lambda row: (row.id,), make=lambda row: batch(row, context.scope))

    @strawberry.field(description="One batch, or null when it is not there or not yours.")
    async def activity_batch(self, info: Info, id: strawberry.ID) -> ActivityBatch | None:  # noqa: A002 - the wire's word
        """Return one batch."""
        account_id, batch_id = own_ids(id, "ActivityBatch", "id")
        return await load_batch(info.context, account_id, batch_id)

    @strawberry.field(
        description="The account's template (填报模板). With a year its rows are prefilled with every source, meter and "
        "month that can still be entered."
    )
    async def activity_template(
        self, info: Info, account_id: strawberry.ID, year: int | None = None, format: FileFormat = FileFormat.XLSX  # noqa: A002 - the wire's word
    ) -> FileLink:  # fmt: skip
        """Return where the template is."""
        context, account_key = info.context, account_of(account_id, "accountId")
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
        context, account_key = info.context, account_of(account_id, "accountId")
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
