"""Background work of activity data: reading a file into the books."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

from backend.emissions.activity import annotating, books, importing, queries, staging
from backend.emissions.activity.checking import RowChecker
from backend.emissions.activity.columns import layout
from backend.emissions.activity.directory import Directory, directory
from backend.emissions.activity.queries import BatchRow
from backend.emissions.activity.reading import is_workbook
from backend.emissions.activity.sectors import entry_limits
from backend.emissions.activity.values import Outcome
from backend.kit.clock import today
from backend.kit.errors import CarbonError
from backend.kit.storage import key_of
from backend.kit.tasks import Cancelled, Task, job


@job(importing.KIND, timeout=3600)
async def import_activity(task: Task, payload: dict[str, Any]) -> dict[str, Any]:
    """Import the batch's file, once: a batch that was finished before gives the same answer again."""
    account_id, batch_id = UUID(payload["account_id"]), UUID(payload["batch_id"])
    async with task.databases.read(task.scope) as read:
        batch = await queries.batch(read, task.scope, account_id, batch_id)
        account = await directory(read, task.scope, account_id)
    if batch.state != "received":
        return result(batch_id, batch.state, batch.summary, is_annotated=batch.annotated_key is not None)
    with tempfile.TemporaryDirectory(prefix="carbon-import-") as folder:
        source = Path(folder) / "source"
        try:
            await task.storage.save(batch.object_key, source)
            return await _import(task, account, batch, source)
        except Cancelled:
            await _fail(task, batch, {"code": "cancelled", "zh": "已取消。", "en": "Cancelled."})
            raise
        except CarbonError as error:
            facts = {name: str(value) for name, value in error.details.items()}
            await _fail(
                task, batch, {"code": error.code, "zh": error.message("zh"), "en": error.message("en"), **facts}
            )
            raise


def result(batch_id: UUID, state: str, summary: dict[str, Any], *, is_annotated: bool) -> dict[str, Any]:
    """Return a job's result: the batch, how it ended, what it did, whether there is an annotated file."""
    return {"batch_id": str(batch_id), "state": state, "is_annotated": is_annotated, **summary}


async def _fail(task: Task, batch: BatchRow, error: dict[str, Any]) -> None:
    async with task.databases.write(task.scope) as write:
        await task.hold(write)
        await importing.finish(write, batch.account_id, batch.id, "failed", {"error": error}, None)


async def _import(task: Task, account: Directory, batch: BatchRow, source: Path) -> dict[str, Any]:
    async with task.databases.read(task.scope) as read:
        limits = await entry_limits(read, task.scope, account, today())
    checker = RowChecker(account, today(), limits)
    columns = layout(account.methods)
    faults = source.with_name("faults")
    async with (
        importing.FileRows(source, checker, columns, task.settings.import_max_rows) as file,
        task.databases.write(task.scope) as write,
    ):
        await staging.stage_file(write, _told(task, file))
        await task.progress(file.rows, file.rows, "checking")
        # A dry run decides nothing, so it need not keep others out of the books.
        instant = None if batch.is_dry_run else await books.enter(write, [batch.account_id])
        await importing.same_years(write, task.scope, account)
        outcome = await importing.resolve(write, account, limits, file)
        if outcome.errors or outcome.warnings:
            await importing.write_faults(write, faults)
        if instant is not None and outcome.is_clean:
            repeated = await queries.stored_file(write, task.scope, batch.account_id, batch.sha256 or "")
            if repeated is not None:
                # Another copy of this file was stored between the request and now: it is one import.
                summary = {"same_as": str(repeated)}
                await importing.finish(write, batch.account_id, batch.id, "rejected", summary, None)
                return await task.complete(write, result(repeated, "stored", summary, is_annotated=False))
            await importing.store(write, task.scope, account, batch.id, outcome, instant)
            annotated = await _annotated(task, account, batch, source, faults) if outcome.warnings else None
            return await _finish(task, write, batch, "stored", outcome, annotated)
    has_problems = bool(outcome.errors or outcome.warnings)
    annotated = await _annotated(task, account, batch, source, faults) if has_problems else None
    async with task.databases.write(task.scope) as write:
        state = "checked" if batch.is_dry_run else "rejected"
        return await _finish(task, write, batch, state, outcome, annotated)


async def _finish(
    task: Task, write: Any, batch: BatchRow, state: str, outcome: Outcome, annotated: str | None  # noqa: ANN401 - Write
) -> dict[str, Any]:  # fmt: skip
    summary = outcome.as_json()
    await task.hold(write)
    await importing.finish(write, batch.account_id, batch.id, state, summary, annotated)
    counts = {key: value for key, value in summary.items() if key != "problems"}
    write.audit(
        "emissions:enter", object_type="activity_batch", object_id=batch.id, state=state,
        outcome="done" if state == "stored" else "refused" if state == "rejected" else "done", **counts,
    )  # fmt: skip
    return await task.complete(write, result(batch.id, state, summary, is_annotated=annotated is not None))


async def _told(task: Task, file: importing.FileRows) -> AsyncIterator[bytes]:
    """Pass the chunks on, telling how far the file is read."""
    async for chunk in file.chunks():
        await task.progress(file.rows, max(file.expected, file.rows + 1), "reading")
        yield chunk


async def _annotated(task: Task, account: Directory, batch: BatchRow, source: Path, faults: Path) -> str:
    """Write the annotated copy and keep it beside the file; return its key."""
    target = source.with_name("annotated")
    columns = layout(account.methods)
    await asyncio.to_thread(annotating.annotate, source, faults, target, account, columns)
    suffix = "xlsx" if is_workbook(source) else "csv"
    key = key_of(task.scope.tenant, batch.account_id, "imports", f"{batch.id}-annotated.{suffix}")
    await task.storage.put(key, target)
    return key
