"""Estimates and quick reports in the background.

    monitoring:estimate       fit the models of a division's accounts, estimate their months
    monitoring:quick_report   the same, then compile the division's quick report of a month

Both go through the accounts by id, a chunk a transaction. What was stored stays: a job that is run again finds the same
models and estimates and stores nothing of them twice; a report is stored in one transaction with the job's success.
"""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from backend.kit.clock import now
from backend.kit.db import Databases
from backend.kit.scope import Scope
from backend.kit.tasks import Task, job
from backend.monitoring.estimates import comparing, compiling, estimating, observing
from backend.monitoring.estimates.service import ESTIMATE, QUICK_REPORT
from backend.monitoring.estimates.terms import terms

CHUNK = 200
"""Accounts in one transaction: long enough for set-wise speed, short enough for progress and cancelling."""
COMPARE_LOCK = 320261


@job(ESTIMATE, timeout=6 * 3600)
async def estimate(task: Task, payload: dict[str, Any]) -> dict[str, Any]:
    """Fit and estimate the accounts below a division."""
    return await _estimate(task, task.scope.as_system(), payload["division_path"])


@job(QUICK_REPORT, timeout=6 * 3600)
async def quick_report(task: Task, payload: dict[str, Any]) -> dict[str, Any]:
    """Fit and estimate the accounts below a division, then compile its quick report of a month."""
    scope, under = task.scope.as_system(), payload["division_path"]
    counts = await _estimate(task, scope, under)
    asked = compiling.Asked(
        payload["division_code"], under, date.fromisoformat(payload["month"]), now(), task.scope.actor_id
    )
    rows, after, done = list[dict[str, Any]](), observing.NOBODY, 0
    while True:
        async with task.databases.read(scope) as read:
            chunk = await observing.subjects(read, under, after, CHUNK)
            if not chunk:
                break
            rows += await compiling.rows_of(read, scope, chunk, asked, terms())
        after, done = chunk[-1].id, done + len(chunk)
        await task.progress(min(done, counts["accounts"]), counts["accounts"] + 1, "quick report")
    async with task.databases.write(scope) as write:
        await task.hold(write)
        report_id = await compiling.store(write, asked, rows, terms())
        return await task.complete(write, {**counts, "report_id": str(report_id), "reported": len(rows)})


async def _estimate(task: Task, scope: Scope, under: str) -> dict[str, Any]:
    counts = {"accounts": 0, "models": 0, "refused": 0, "estimates": 0}
    async with task.databases.read(scope) as read:
        total = await observing.count(read, under)
    after: UUID = observing.NOBODY
    while True:
        await task.progress(counts["accounts"], total + 1, f"{counts['estimates']} estimates")
        async with task.databases.read(scope) as read:
            chunk = await observing.subjects(read, under, after, CHUNK)
            if not chunk:
                return counts
            seen = await estimating.observe(read, scope, [each.id for each in chunk])
        made = await estimating.fitted(seen, terms())
        async with task.databases.write(scope) as write:
            await task.hold(write)
            stored = await estimating.store(write, seen, made, terms())
        after = chunk[-1].id
        counts["accounts"] += len(chunk)
        counts["models"] += stored.models
        counts["refused"] += stored.refused
        counts["estimates"] += stored.estimates


async def keep_compared(databases: Databases, tenant: str) -> dict[str, int]:
    """Keep the differences to figures verified since; return how many, by kind. One process at a time for a tenant."""
    async with databases.write(Scope.system(tenant)) as write:
        if not await write.value(select(func.pg_try_advisory_xact_lock(COMPARE_LOCK))):
            return {}
        return {name: each for name, each in (await comparing.compare(write)).items() if each}


__all__ = ["ESTIMATE", "QUICK_REPORT", "estimate", "keep_compared", "quick_report"]
