"""Restate: a verified or closed inventory is corrected by a new version that names what it replaces and why."""

from datetime import date
from uuid import UUID

from backend.emissions.inventory.service.common import check_policy, hold, need, reasoned, tell
from backend.emissions.inventory.service.compute import KIND
from backend.emissions.inventory.service.submit import check_enterprise
from backend.emissions.inventory.values import State
from backend.kit.clock import today
from backend.kit.db import Write
from backend.kit.outbox import enqueue
from backend.kit.scope import Scope


async def request_restatement(
    write: Write, scope: Scope, *, account_id: UUID, inventory_id: UUID, reason: str,
    factor_policy: str | None = None, factor_date: date | None = None,
) -> UUID:  # fmt: skip
    """Ask a worker for a restated version; return the job's id. The old version stays until the new one is stored.

    Factors are chosen as newly published, unless a policy or date is named.

    Raises:
        Unauthenticated, Forbidden: without `emissions:restate`.
        InventoryNotFound: not there, or not visible.
        NotTheEnterprise: another organisation's inventory.
        WrongState, NotNewest: it is not the newest version, verified or closed.
        ReasonMissing: without a reason.
        PolicyInvalid: an unknown factor policy.
    """
    scope.require("emissions:restate")
    held = await hold(write, account_id, inventory_id)
    check_enterprise(scope, held)
    need(held, State.VERIFIED, State.CLOSED)
    words = reasoned(reason)
    policy = factor_policy or held.factor_policy
    check_policy(policy)
    payload = {
        "account_id": str(account_id), "year": held.year, "factor_policy": policy,
        "factor_date": (factor_date or today()).isoformat(), "reason": words, "restates_id": str(inventory_id),
    }  # fmt: skip
    job_id = await enqueue(write, KIND, payload, account_id=account_id)
    tell(write, held, "emissions:restate", reason=words, job_id=job_id)
    return job_id
