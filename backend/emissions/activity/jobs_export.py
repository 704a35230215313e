"""Exports as background work: a file too large to wait for is written by a worker and fetched when it is there.

The file's place in storage follows from the job's id, so a job that is run again writes the same file once more.
"""

import tempfile
from pathlib import Path
from typing import Any
from uuid import UUID

from backend.emissions.activity.directory import directory
from backend.emissions.activity.errors import FormatUnknown
from backend.emissions.activity.exporting import FORMATS, file_name, write_export
from backend.kit.db import Write
from backend.kit.outbox import enqueue
from backend.kit.scope import Scope
from backend.kit.storage import key_of
from backend.kit.tasks import Task, job

KIND = "emissions:export"


async def request_export(
    write: Write, scope: Scope, *, account_id: UUID, year: int | None = None, kind: str = "xlsx"
) -> tuple[UUID, str]:
    """Ask a worker for an export; return the job's id and the name the file will have.

    Raises:
        Unauthenticated, Forbidden: without `emissions:export`.
        FormatUnknown: neither `xlsx` nor `csv`.
        AccountNotFound: no such account, or not yours.
    """
    scope.require("emissions:export")
    if kind not in FORMATS:
        raise FormatUnknown(value=kind)
    account = await directory(write, scope, account_id)
    job_id = await enqueue(
        write, KIND, {"account_id": str(account_id), "year": year, "format": kind}, account_id=account_id
    )
    write.audit(KIND, object_type="carbon_account", object_id=account_id, year=year, format=kind, job_id=job_id)
    return job_id, file_name(account, "activity", year, kind)


def place(scope: Scope, account_id: UUID, job_id: UUID, kind: str) -> str:
    """Return where the job's file is in storage."""
    return key_of(scope.tenant, account_id, "exports", f"{job_id}.{kind}")


@job(KIND, timeout=3600)
async def export_activity(task: Task, payload: dict[str, Any]) -> dict[str, Any]:
    """Write the account's records to a file in storage."""
    account_id, year, kind = UUID(payload["account_id"]), payload["year"], payload["format"]
    async with task.databases.read(task.scope) as read:
        account = await directory(read, task.scope, account_id)
        with tempfile.TemporaryDirectory(prefix="carbon-export-") as folder:
            path = Path(folder) / f"file.{kind}"
            rows = await write_export(read, account, year, kind, path)
            await task.progress(rows, rows)
            stored = await task.storage.put(place(task.scope, account_id, task.job_id, kind), path)
    return {
        "file_name": file_name(account, "activity", year, kind), "format": kind, "rows": rows,
        "size": stored.size, "sha256": stored.sha256,
    }  # fmt: skip
