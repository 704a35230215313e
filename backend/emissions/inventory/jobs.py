"""Background work on inventories: compute one account, compute all of a year, preview new parameter versions."""

from datetime import date
from typing import Any
from uuid import UUID

from backend.emissions.inventory import preview, service
from backend.emissions.inventory.jobs_batches import compute_batches
from backend.emissions.inventory.service.compute import computed_by_job, reporting_accounts
from backend.emissions.inventory.values import Request
from backend.kit.tasks import Task, job


@job("emissions:compute", timeout=1800)
async def compute_inventory(task: Task, payload: dict[str, Any]) -> dict[str, Any]:
    """Compute one account's year. Run again, it finds what it stored before."""
    account_id = UUID(payload["account_id"])
    restates = {account_id: UUID(payload["restates_id"])} if payload.get("restates_id") else {}
    request = Request(
        year=payload["year"], factor_policy=payload["factor_policy"],
        factor_date=date.fromisoformat(payload["factor_date"]), reason=payload["reason"], job_id=task.job_id,
        restates=restates,
    )  # fmt: skip
    async with task.databases.write(task.scope) as write:
        await task.hold(write)
        stored = await computed_by_job(write, task.scope, task.job_id, account_id)
        if stored is not None:
            return await task.complete(write, {"inventory_id": str(stored), "account_id": str(account_id)})
        computed = await service.compute(write, task.scope, account_id, request)
        return await task.complete(write, {
            "inventory_id": str(computed.inventory_id), "account_id": str(account_id), "version": computed.version,
            "lines": computed.line_count, "records": computed.record_count, "excluded": computed.excluded_count,
        })  # fmt: skip


@job("emissions:compute_all", timeout=6 * 3600)
async def compute_all(task: Task, payload: dict[str, Any]) -> dict[str, Any]:
    """Compute the year of every account, a batch a transaction. Run again, it leaves out what it stored before."""
    scope = task.scope.as_system()
    task.scope.require("jobs:operate")
    request = Request(
        year=payload["year"], factor_policy=payload["factor_policy"],
        factor_date=date.fromisoformat(payload["factor_date"]), job_id=task.job_id,
    )  # fmt: skip
    async with task.databases.read(scope) as read:
        accounts = await reporting_accounts(read, scope, request.year)
    computed = await compute_batches(task.databases, scope, accounts, request, task.progress)
    await task.progress(len(accounts), len(accounts), f"{computed} computed")
    return {"accounts": len(accounts), "computed": computed, "year": request.year}


@job("factors:preview", timeout=6 * 3600)
async def preview_activation(task: Task, payload: dict[str, Any]) -> dict[str, Any]:
    """Show what drafts would change if they were activated; nothing is stored but this answer."""
    drafts = frozenset(UUID(one) for one in payload["version_ids"])
    found = await preview.preview(task.databases.write, task.scope, drafts, tell=task.progress)
    return found.as_json()
