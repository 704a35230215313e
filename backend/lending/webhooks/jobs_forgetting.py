"""Messages to banks are not kept for ever: what arrived is forgotten after its days, what was given up after more of them.

The log of reads is another matter: it is the enterprises', and never forgotten.
"""

from datetime import datetime, timedelta

from sqlalchemy import BigInteger, DateTime, bindparam, text

from backend.kit.clock import now
from backend.kit.db import Databases
from backend.kit.scope import Scope
from backend.kit.settings import Settings

AT_ONCE = 5_000
"""Rows of a transaction, so that none holds locks for long."""
MOST_TURNS = 200
"""A million rows in one go; what is left is forgotten the next time."""
FORGET = text("select deliveries, events from lending_forget(:ended_before, :dead_before, :most)").bindparams(
    bindparam("ended_before", type_=DateTime(timezone=True)),
    bindparam("dead_before", type_=DateTime(timezone=True)),
    bindparam("most", type_=BigInteger),
)


async def forget_messages(
    databases: Databases, settings: Settings, tenant: str, *, moment: datetime | None = None
) -> dict[str, int]:
    """Forget messages whose days are over, seen from a moment (now); return how many deliveries and events.

    Delivered and dropped ones go after `webhook_kept_days`, dead ones after `webhook_dead_kept_days` if that is later;
    what waits stays. An event goes with the last of its deliveries.
    """
    scope, at = Scope.system(tenant), moment or now()
    asked = {
        "ended_before": at - timedelta(days=settings.webhook_kept_days),
        "dead_before": at - timedelta(days=settings.webhook_dead_kept_days), "most": AT_ONCE,
    }  # fmt: skip
    done = {"webhook_deliveries": 0, "bank_events": 0}
    for _ in range(MOST_TURNS):
        async with databases.write(scope) as write:
            row = await write.row(FORGET, asked)
        if row is None:
            break
        done["webhook_deliveries"] += row.deliveries
        done["bank_events"] += row.events
        if max(row.deliveries, row.events) < AT_ONCE:
            break
    return {name: each for name, each in done.items() if each}
