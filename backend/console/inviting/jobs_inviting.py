"""Files of invitations as background work: read, judged, stored whole or given back with every fault marked."""

import asyncio
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from backend.console.inviting import storing
from backend.console.inviting.reading import INVITATIONS_FILE, Fault, read_invitations
from backend.console.values import InvitationFileState, InvitationFileValue
from backend.kit import sheets
from backend.kit.errors import CarbonError
from backend.kit.storage import key_of
from backend.kit.tables import is_workbook
from backend.kit.tasks import Cancelled, Task, job


@job(storing.KIND, timeout=900)
async def invite_file(task: Task, payload: dict[str, Any]) -> dict[str, Any]:
    """Register the enterprises of a file, once: one that was finished before gives the same answer again."""
    async with task.databases.read(task.scope) as read:
        file = await storing.received(read, task.scope, UUID(payload["file_id"]))
    if file.state is not InvitationFileState.RECEIVED:
        return result(file.id, file.state, file.row_count, file.fault_count)
    with tempfile.TemporaryDirectory(prefix="carbon-invitations-") as folder:
        source = Path(folder) / "source"
        try:
            await task.storage.save(file.object_key, source)
            return await _invite(task, file, source)
        except Cancelled:
            await _fail(task, file)
            raise
        except CarbonError:
            await _fail(task, file)
            raise


def result(file_id: UUID, state: InvitationFileState, rows: int, faults: int) -> dict[str, Any]:
    """Return a job's result: the file, how it ended, its rows and faults."""
    return {"invitation_file_id": str(file_id), "state": state.value, "rows": rows, "faults": faults}


async def _fail(task: Task, file: InvitationFileValue) -> None:
    async with task.databases.write(task.scope) as write:
        await task.hold(write)
        await storing.finish(write, file.id, InvitationFileState.FAILED, 0, [])


async def _invite(task: Task, file: InvitationFileValue, source: Path) -> dict[str, Any]:
    given = await asyncio.to_thread(read_invitations, source)
    count = len(given.rows)
    await task.progress(0, count, "checking")
    async with task.databases.write(task.scope) as write:
        await task.hold(write)
        faults = await storing.judged(write, task.scope, given)
        if not faults:
            await storing.store(write, task.scope, file, given.rows)
            await storing.finish(write, file.id, InvitationFileState.STORED, count, [])
            await task.progress(count, count, "storing")
            return await task.complete(write, result(file.id, InvitationFileState.STORED, count, 0))
    key = await _annotated(task, file, source, faults)
    async with task.databases.write(task.scope) as write:
        await task.hold(write)
        await storing.finish(write, file.id, InvitationFileState.REJECTED, count, faults, key)
        return await task.complete(write, result(file.id, InvitationFileState.REJECTED, count, len(faults)))


async def _annotated(task: Task, file: InvitationFileValue, source: Path, faults: Sequence[Fault]) -> str:
    """Write the annotated copy and keep it beside the file; return its key."""
    problems: defaultdict[int, list[Fault]] = defaultdict(list)
    for each in faults:
        problems[each.row].append(each)
    target = source.with_name("annotated")
    await asyncio.to_thread(sheets.annotate, INVITATIONS_FILE, source, problems, target)
    suffix = "xlsx" if await asyncio.to_thread(is_workbook, source) else "csv"
    key = key_of(task.scope.tenant, "invitations", f"{file.id}-annotated.{suffix}")
    await task.storage.put(key, target)
    return key
