"""Benefits are claimed: each once, as the matrix of uses says; the guards' exclusion constraints hold it."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError

from backend.kit.db import Write
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.ledger.claims.queries import claims_by_id
from backend.ledger.claims.rules import matrix
from backend.ledger.claims.values import ENERGY, ClaimValue, Extent, Use
from backend.ledger.service.posting import refusal

CLAIM = text("select ledger_claim(:claim)").bindparams(bindparam("claim", type_=JSONB))
SHARED = text("select pg_advisory_xact_lock_shared(hashtext('carbon.energy_claims'))")
"""Whoever claims energy, or rests on somebody's claim of it, stands beside the others; who frees it stands alone."""
LOAD = text("select ledger_load_claim_rule(:rule)").bindparams(bindparam("rule", type_=JSONB))


async def claim(
    write: Write,
    scope: Scope,
    use: Use,
    owner_id: UUID,
    extents: Sequence[Extent],
    *,
    period: int | None = None,
    movement_id: UUID | None = None,
    facts: Mapping[str, Any] | None = None,
) -> ClaimValue:
    """Claim benefits for a use; the noun above checks its own permission and whose account `owner_id` is.

    Raises:
        AlreadyClaimed: a use that excludes this one stands on part of it; tells which use and year, not whose.
    """
    made = new_id()
    given = {
        "id": str(made), "use": use.value, "owner": str(owner_id), "period": period,
        "movement": str(movement_id) if movement_id else None, "facts": dict(facts or {}),
        "actor": str(scope.actor_id) if scope.actor_id else None,
        "extents": [[each.subject, each.first, each.last] for each in extents],
    }  # fmt: skip
    if any(each.subject.startswith(ENERGY) for each in extents):
        await write.run(SHARED)
    try:
        await write.run(CLAIM, {"claim": given})
    except DBAPIError as error:
        raise refusal(error) from error
    write.audit("ledger:claim", object_type="Claim", object_id=made, use=use.value, period=period)
    return (await claims_by_id(write, scope, [made]))[made]


async def withdraw_claims(write: Write, scope: Scope, movement_id: UUID) -> int:
    """Withdraw what a movement claimed, because it was reversed; return how many claims. The registrar's.

    Raises:
        Forbidden: without `ledger:reverse`.
    """
    scope.require("ledger:reverse")
    gone = int(await write.value(select(func.ledger_withdraw_claims(movement_id))))
    if gone:
        write.audit("ledger:withdraw_claims", object_type="LedgerMovement", object_id=movement_id, claims=gone)
    return gone


async def load_claim_rules(write: Write, scope: Scope) -> int:  # noqa: ARG001 - commands take the scope second
    """Load the shipped matrix; return how many rules are new. One that standing claims break cannot be loaded."""
    return sum([bool(await write.value(LOAD, {"rule": each.row()})) for each in matrix()])
