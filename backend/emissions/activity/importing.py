"""A file on its way into the books: asked for by a command, done by a job, all of it or nothing.

    upload -> storage -> batch `received` + job, one transaction
    job: file -> rows -> COPY -> checks -> INSERT, batch `stored`, job done: one transaction
         or, with any error: batch `rejected` and the annotated file; or `checked`, for a dry run

A job that is run again after a crash finds the batch as it left it and gives the same answer. The same file
(by its SHA-256) stored once is one import.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Self
from uuid import UUID

from sqlalchemy import insert, select, text, update

from backend.emissions.activity import annotating, books, staging
from backend.emissions.activity.cells import Cell, is_blank
from backend.emissions.activity.checking import RowChecker
from backend.emissions.activity.columns import CORE, Column, parameter_columns
from backend.emissions.activity.directory import Directory, directory
from backend.emissions.activity.errors import (
    AccountClosed,
    NothingEntered,
    TooManyRows,
    YearsChanged,
)
from backend.emissions.activity.problems import describe
from backend.emissions.activity.reading import Table, open_table
from backend.emissions.activity.values import SHOWN_PROBLEMS, EntryLimits, Outcome
from backend.emissions.models import ActivityBatch, Approval
from backend.kit.clock import now
from backend.kit.db import Read, Write
from backend.kit.ids import new_id
from backend.kit.outbox import Job, enqueue
from backend.kit.scope import Scope
from backend.kit.storage import StoredFile

KIND = "emissions:import"
CHUNK_ROWS = 2000


@dataclass(frozen=True, slots=True)
class ImportAccepted:
    """The batch a file became. `is_repeat`: the same file was stored, or is being read, already."""

    batch_id: UUID
    job_id: UUID | None
    state: str
    is_repeat: bool


async def may_import(read: Read, scope: Scope, account_id: UUID) -> None:
    """Refuse whoever may not bring a file to the account; asked before a single byte is taken, too.

    Raises:
        Unauthenticated, Forbidden: the caller may not enter data.
        AccountNotFound: no such account, or not yours.
        AccountClosed: the account is closed.
    """
    scope.require("emissions:enter")
    account = await directory(read, scope, account_id)
    if account.is_closed:
        raise AccountClosed


async def request_import(
    write: Write,
    scope: Scope,
    *,
    account_id: UUID,
    stored: StoredFile,
    file_name: str,
    media_type: str,
    is_dry_run: bool = False,
    is_queued: bool = True,
) -> ImportAccepted:
    """Ask for a stored file to be imported; the job starts after the commit (or the caller runs it: not queued).

    Raises:
        Unauthenticated, Forbidden: the caller may not enter data.
        AccountNotFound: no such account, or not yours.
        AccountClosed: the account is closed.
    """
    await may_import(write, scope, account_id)
    await books.enter(write, [account_id])
    first = await _same_file(write, account_id, stored.sha256, is_dry_run=is_dry_run)
    if first is not None:
        return ImportAccepted(first.id, first.job_id, first.state, is_repeat=True)
    batch_id = new_id()
    payload = {"account_id": str(account_id), "batch_id": str(batch_id)}
    job_id = await enqueue(write, KIND, payload, account_id=account_id) if is_queued else None
    await write.run(
        insert(ActivityBatch).values(
            account_id=account_id, id=batch_id, origin="file", state="received", is_dry_run=is_dry_run,
            file_name=file_name, media_type=media_type, sha256=stored.sha256, object_key=stored.key, job_id=job_id,
            created_at=now(), created_by=scope.actor_id,
        )
    )  # fmt: skip
    write.audit(
        "emissions:import", object_type="activity_batch", object_id=batch_id, file_name=file_name,
        sha256=stored.sha256, is_dry_run=is_dry_run,
    )  # fmt: skip
    return ImportAccepted(batch_id, job_id, "received", is_repeat=False)


async def _same_file(read: Read, account_id: UUID, sha256: str, *, is_dry_run: bool) -> Any:  # noqa: ANN401 - a row
    """Return the batch of the same file that is stored, or still on its way."""
    open_job = select(Job.id).where(Job.id == ActivityBatch.job_id, Job.state.in_(("queued", "running"))).exists()
    return await read.row(
        select(ActivityBatch.id, ActivityBatch.job_id, ActivityBatch.state)
        .where(
            ActivityBatch.account_id == account_id, ActivityBatch.sha256 == sha256,
            ActivityBatch.is_dry_run == is_dry_run,
            (ActivityBatch.state == "stored") | ((ActivityBatch.state == "received") & open_job),
        )
        .order_by(ActivityBatch.state.desc(), ActivityBatch.created_at)
        .limit(1)
    )  # fmt: skip


class FileRows:
    """The rows of an open file, read and checked in a thread of their own, in chunks of COPY lines.

    One thread for the whole file: the decoders are not made to be handed from thread to thread.
    """

    def __init__(self, path: Path, checker: RowChecker, layout: tuple[Column, ...], most_rows: int) -> None:
        self.rows = self.blank = self.expected = 0
        self._path, self._checker, self._layout, self._most_rows = path, checker, layout, most_rows
        self._stack = ExitStack()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="activity-file")
        self._lines: Iterator[bytes] = iter(())

    async def __aenter__(self) -> Self:
        await self._in_thread(self._open)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._in_thread(self._stack.close)
        self._thread.shutdown(wait=False)

    async def _in_thread(self, function: Any, *arguments: Any) -> Any:  # noqa: ANN401 - whatever the function returns
        return await asyncio.get_running_loop().run_in_executor(self._thread, function, *arguments)

    def _open(self) -> None:
        table = self._stack.enter_context(open_table(self._path, self._layout))
        self.expected = table.expected
        self._lines = self._chunks(table)

    def _chunks(self, table: Table) -> Iterator[bytes]:
        core = [table.positions.get(column.key, -1) for column in CORE]
        extra = [
            (column.key, table.positions[column.key])
            for column in parameter_columns(self._checker.directory.methods)
            if column.key in table.positions
        ]
        width = max(table.positions.values()) + 1
        lines: list[str] = []
        for number, found in table.rows:
            cells: list[Cell] = [*found, *[None] * (width - len(found)), None]
            # A missing column points at the last cell, which is always empty.
            of_core = [cells[index] for index in core]
            parameters = {key: cells[index] for key, index in extra if not is_blank(cells[index])}
            if self._checker.is_blank(of_core, parameters):
                self.blank += not all(map(is_blank, of_core))
                continue
            self.rows += 1
            if self.rows > self._most_rows:
                raise TooManyRows(limit=self._most_rows)
            lines.append(staging.copy_line(self._checker.check(number, of_core, parameters)))
            if len(lines) == CHUNK_ROWS:
                yield ("\n".join(lines) + "\n").encode()
                lines.clear()
        if lines:
            yield ("\n".join(lines) + "\n").encode()

    async def chunks(self) -> AsyncIterator[bytes]:
        """Give the lines, chunk by chunk.

        Raises:
            TooManyRows: more than the limit.
            FileUnreadable: the file breaks off.
        """
        while chunk := await self._in_thread(next, self._lines, b""):
            yield chunk


async def outcome_of(read: Read, blank: int) -> Outcome:
    """Return what the resolved rows would do, with the first problems."""
    counts = (await read.rows(text(staging.COUNTS)))[0]
    outcome = Outcome(
        rows=counts.rows, blank=blank, new=counts.new, unchanged=counts.unchanged, corrections=counts.corrections,
        errors=counts.errors, warnings=counts.warnings,
    )  # fmt: skip
    if outcome.errors or outcome.warnings:
        for found in await read.rows(text(f"{staging.PROBLEMS} limit {SHOWN_PROBLEMS}")):
            outcome.problems.extend(describe(found.row_no, each) for each in annotating.problems_of(found))
        del outcome.problems[SHOWN_PROBLEMS:]
    return outcome


async def write_faults(read: Read, path: Path) -> None:
    """Write every row's problems to a side file, for `annotating.annotate`."""
    with path.open("w", encoding="utf-8") as file:
        async for row, problems in annotating.stream_problems(read):
            file.write(annotating.to_line(row, problems))


async def same_years(read: Read, scope: Scope, account: Directory) -> None:
    """Refuse when a reporting year was opened or closed while the file was being read.

    Raises:
        YearsChanged: one was.
    """
    fresh = await directory(read, scope, account.account_id)
    if fresh.years != account.years:
        raise YearsChanged


async def resolve(write: Write, account: Directory, limits: EntryLimits, file: FileRows) -> Outcome:
    """Check the staged rows against each other and the books.

    Raises:
        NothingEntered: the file has no filled row.
    """
    if not file.rows:
        raise NothingEntered
    await staging.resolve_file(write, account, limits)
    return await outcome_of(write, file.blank)


async def store(
    write: Write, scope: Scope, account: Directory, batch_id: UUID, outcome: Outcome, recorded_at: datetime
) -> None:
    """Put the resolved rows into the books; approve them at once where duties are not separated."""
    await write.run(
        text(staging.INSERT),
        {"account_id": account.account_id, "batch_id": batch_id, "recorded_at": recorded_at,
         "recorded_by": scope.actor_id},
    )  # fmt: skip
    await approve_own(write, scope, account, batch_id, outcome.warnings, recorded_at)


async def approve_own(
    write: Write, scope: Scope, account: Directory, batch_id: UUID, warnings: int, at: datetime
) -> bool:
    """Approve a batch on entry where duties are not separated and no check is in doubt; tell whether it was."""
    if account.has_separation_of_duties or warnings:
        return False
    await write.run(
        insert(Approval).values(
            account_id=account.account_id, id=new_id(), batch_id=batch_id, record_id=None, decision="approved",
            reason="", decided_at=at, decided_by=scope.actor_id,
        )
    )  # fmt: skip
    return True


async def finish(
    write: Write, account_id: UUID, batch_id: UUID, state: str, summary: dict[str, Any], annotated_key: str | None
) -> None:
    """Write down how an import ended."""
    await write.run(
        update(ActivityBatch)
        .where(ActivityBatch.account_id == account_id, ActivityBatch.id == batch_id)
        .values(state=state, summary=summary, annotated_key=annotated_key, finished_at=now())
    )
