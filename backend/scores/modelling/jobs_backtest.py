"""The job of a back-test: chunks of accounts read one after the other, one result stored at the end with the job's own."""

from typing import Any
from uuid import UUID

from backend.kit.tasks import Task, job
from backend.scores.modelling import backtesting, queries
from backend.scores.modelling.values import BacktestLine
from backend.scores.peers.rollups import board

CHUNK = 500


@job(backtesting.BACKTEST, timeout=3600)
async def backtest_model(task: Task, payload: dict[str, Any]) -> dict[str, Any]:
    """Apply a version to a year's facts of every account the caller sees.

    Which accounts is decided under the caller's own scope. Sectors' roll-ups are the service's alone, so facts and peers
    are gathered under its scope. A job that is run again finds what it stored.
    """
    year, lines = int(payload["year"]), list[BacktestLine]()
    service = task.scope.as_system()
    async with task.databases.read(task.scope) as read:
        known = await queries.backtest(read, task.scope, task.job_id)
        found = await backtesting.trial(read, task.scope, UUID(payload["version_id"]), payload["revision"], year)
    if known is not None:
        return {"backtest_id": str(known.id), "accounts": known.accounts, "counts": dict(known.counts)}
    async with task.databases.read(service) as read:
        told = await board(read, service, year)
    last: UUID | None = None
    while True:
        async with task.databases.read(task.scope) as read:
            account_ids = await queries.account_ids(read, task.scope, last, CHUNK)
        if not account_ids:
            break
        last = account_ids[-1]
        async with task.databases.read(service) as read:
            lines += await backtesting.tried(read, service, found, account_ids, told)
        await task.progress(len(lines), 0)
    async with task.databases.write(task.scope) as write:
        await task.hold(write)
        backtest_id = await backtesting.store(write, task.scope, found, lines, job_id=task.job_id)
        stored = await queries.backtest(write, task.scope, backtest_id)
        counts = {} if stored is None else dict(stored.counts)
        return await task.complete(write, {"backtest_id": str(backtest_id), "accounts": len(lines), "counts": counts})
