"""The worker's part: every night the month that is over is evaluated, overdue warnings are escalated; and on demand."""

from datetime import date
from typing import Any

from sqlalchemy import func, select

from backend.kit.clock import CHINA, today
from backend.kit.db import Databases
from backend.kit.errors import CarbonError
from backend.kit.logs import log
from backend.kit.months import Month
from backend.kit.scope import Scope
from backend.kit.tasks import Task, job
from backend.monitoring.alerts.evaluating import evaluate
from backend.monitoring.alerts.following import escalate
from backend.monitoring.alerts.models import MonitoringEvaluation

KIND = "monitoring:evaluate"
NIGHT_LOCK = 320360

logger = log(__name__)


@job(KIND, timeout=1800)
async def evaluate_warnings(task: Task, payload: dict[str, Any]) -> dict[str, Any]:
    """Evaluate the asker's subtree for a month; run again, it finds the same and changes nothing."""
    month = date.fromisoformat(payload["month"])
    async with task.databases.write(task.scope) as write:
        await task.hold(write)
        found = await evaluate(write, task.scope, month)
        return await task.complete(
            write,
            {
                "evaluation_id": str(found.id), "looked_at": found.looked_at, "raised": found.raised,
                "reopened": found.reopened, "worsened": found.worsened, "cleared": found.cleared,
                "untold": len(found.untold),
            },
        )  # fmt: skip


async def keep_watch(databases: Databases, tenant: str) -> dict[str, int]:
    """Once a day evaluate the whole jurisdiction for the month that is over, and escalate what is overdue.

    Return what was done. One process at a time; a refusal (a jurisdiction without levels) is logged.
    """
    scope = Scope.system(tenant)
    month = Month.of(today()).plus(-1).first_day
    done: dict[str, int] = {}
    async with databases.write(scope) as write:
        if not await write.value(select(func.pg_try_advisory_xact_lock(NIGHT_LOCK))):
            return {}
        done["warnings_escalated"] = await escalate(write, scope, today())
        table = MonitoringEvaluation
        last = await write.value(
            select(func.max(table.evaluated_at)).where(table.evaluated_by.is_(None), table.month == month)
        )
        is_due = last is None or last.astimezone(CHINA).date() < today()
    if is_due:
        try:
            async with databases.write(scope) as write:
                if await write.value(select(func.pg_try_advisory_xact_lock(NIGHT_LOCK))):
                    found = await evaluate(write, scope, month)
                    done |= {"warnings_raised": found.raised, "warnings_reopened": found.reopened}
        except CarbonError as error:
            logger.warning("warnings_not_evaluated", tenant=tenant, code=error.code, reason=str(error))
    return {name: each for name, each in done.items() if each}
