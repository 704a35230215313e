"""Bundles as background work: of a statement that rests on more records than anybody waits for."""

from typing import Any
from uuid import UUID

from backend.kit.tasks import Task, job
from backend.statements.bundle.sessions import KIND, keep, make


@job(KIND, timeout=3600)
async def make_bundle(task: Task, payload: dict[str, Any]) -> dict[str, Any]:
    """Make the bundle and put it in storage; run again, it makes the same once more.

    The result says how many movements of units are in it, and of how many the journal's proof.

    Raises:
        BundleTooLarge: it rests on more records and movements than lie in memory at once.
    """
    account_id, statement_id = UUID(payload["account_id"]), UUID(payload["statement_id"])
    made = await make(
        task.databases, task.storage, task.settings, task.scope, account_id, statement_id, most=None
    )  # fmt: skip
    stored = await keep(task.storage, task.scope, account_id, statement_id, made)
    return {
        "file_name": made.name, "size": stored.size, "sha256": stored.sha256,
        "movements": made.movements, "proofs": made.proofs,
    }  # fmt: skip
