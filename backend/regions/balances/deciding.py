"""Accept or reject a version of an energy balance: another person than who entered it, once and for good."""

from dataclasses import replace
from uuid import UUID

from sqlalchemy import insert, text

from backend.kit.clock import now
from backend.kit.db import Write
from backend.kit.scope import Kind, Scope
from backend.regions.balances.models import RegionBalanceDecision
from backend.regions.balances.queries import balance_batch
from backend.regions.balances.values import BalanceValue
from backend.regions.errors import BalanceDecided, BalanceNotFound, BalanceReasonTooShort, BalanceSecondPerson
from backend.regions.places import checked_note

# Two people who decide at once wait for each other; the second then finds the first one's decision.
_LOCK = text("select pg_advisory_xact_lock(hashtextextended(:name, 320243))")


async def decide_balance(
    write: Write, scope: Scope, balance_id: UUID, *, is_accepted: bool, reason: str
) -> BalanceValue:
    """Accept a version, so that it counts, or reject it, so that it never does; return it as decided on.

    Raises:
        Unauthenticated, Forbidden: without `regions:approve`.
        BalanceNotFound: not there, or not of the caller's region.
        DocumentInvalid, BalanceReasonTooShort: the reason.
        BalanceSecondPerson: the caller entered it.
        BalanceDecided: accepted or rejected before.
    """
    scope.require("regions:approve")
    await write.value(_LOCK, {"name": str(balance_id)})
    [value] = await balance_batch(write, scope, [balance_id])
    if value is None:
        raise BalanceNotFound
    why = checked_note(reason, "reason")
    if not why:
        raise BalanceReasonTooShort(path=("input", "reason"))
    if scope.kind is not Kind.SYSTEM and scope.actor_id == value.recorded_by:
        raise BalanceSecondPerson
    if value.is_accepted is not None:
        raise BalanceDecided(
            state_en="accepted" if value.is_accepted else "rejected", state_zh="通过" if value.is_accepted else "退回"
        )
    at = now()
    await write.run(
        insert(RegionBalanceDecision).values(
            balance_id=balance_id, is_accepted=is_accepted, reason=why, decided_at=at, decided_by=scope.actor_id
        )
    )
    write.audit(
        "regions:accept_balance" if is_accepted else "regions:reject_balance", object_type="region_balance",
        object_id=balance_id, division=value.division_code, year=value.year, version=value.version, reason=why,
    )  # fmt: skip
    return replace(value, is_accepted=is_accepted, decision_reason=why, decided_at=at, decided_by=scope.actor_id)


__all__ = ["decide_balance"]
