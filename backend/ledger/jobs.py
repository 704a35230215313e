"""Background work of the ledger: the standing checks, when somebody asks for them; registries' exports."""

from typing import Any

from backend.kit.db import Write
from backend.kit.outbox import enqueue
from backend.kit.scope import Scope
from backend.kit.tasks import Task, job
from backend.ledger import service
from backend.ledger.registry.jobs import import_unit_file

__all__ = ["KIND", "check", "import_unit_file", "request_check"]

KIND = "ledger:check"


async def request_check(write: Write, scope: Scope) -> Any:  # noqa: ANN401 - the id of a job
    """Ask for a run of the standing checks; return the job's id.

    Raises:
        Unauthenticated, Forbidden: without `ledger:check`.
    """
    scope.require("ledger:check")
    return await enqueue(write, KIND, {})


@job(KIND, timeout=3600)
async def check(task: Task, _payload: dict[str, Any]) -> dict[str, Any]:
    """Check the books under the service's scope: whoever asked sees a part of them only, and is told the outcome."""
    scope = task.scope.as_system()
    async with task.databases.write(scope) as write:
        await task.hold(write)
        found = await service.check_books(write, scope)
    return {"check_id": str(found.id), "is_sound": found.is_sound, "broken": len(found.breaches)}
