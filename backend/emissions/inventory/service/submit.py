"""Submit: the enterprise puts its computed inventory before its verifier."""

from uuid import UUID

from sqlalchemy import text

from backend.emissions.inventory.errors import ChecksBlock, NotTheEnterprise, OwnData
from backend.emissions.inventory.service.common import Held, check_claims, hold, move, need
from backend.emissions.inventory.values import State
from backend.emissions.values import Outcome
from backend.kit.db import Read, Write
from backend.kit.scope import Kind, Scope

# Submitting vouches for the year's data, so whoever entered any of it may not; whoever approved it may.
ENTERED = text("""
select exists (select from activity_record r where r.account_id = :account_id and r.recorded_by = :actor_id
    and r.month between make_date(:year, 1, 1) and make_date(:year, 12, 31) and r.recorded_at <= :as_of)""")


async def submit(write: Write, scope: Scope, *, account_id: UUID, inventory_id: UUID, note: str = "") -> None:
    """Submit the newest computed version for verification.

    Raises:
        Unauthenticated, Forbidden: without `emissions:submit`.
        InventoryNotFound: not there, or not visible.
        NotTheEnterprise: another organisation's inventory.
        WrongState, NotNewest: it is not the newest version, computed.
        ClaimsChanged: certificates were claimed or given back since it was computed.
        ChecksBlock: a check failed or could not tell.
        OwnData: separation of duties is on and the caller entered data of the year.
    """
    scope.require("emissions:submit")
    held = await hold(write, account_id, inventory_id)
    check_enterprise(scope, held)
    need(held, State.COMPUTED)
    await check_claims(write, held)
    blocking = [each["code"] for each in held.checks if each["outcome"] != Outcome.PASS]
    if blocking:
        raise ChecksBlock(count=len(blocking), codes=", ".join(dict.fromkeys(blocking)))
    if held.has_separation_of_duties and scope.actor_id is not None:
        await _check_duties(write, scope, held)
    await move(write, scope, held, State.SUBMITTED, note.strip(), "emissions:submit")


def check_enterprise(scope: Scope, held: Held) -> None:
    """Raise NotTheEnterprise unless the caller is the account's own enterprise, or the system."""
    if scope.kind is not Kind.SYSTEM and scope.organisation_id != held.organisation_id:
        raise NotTheEnterprise


async def _check_duties(read: Read, scope: Scope, held: Held) -> None:
    entered = await read.value(
        ENTERED,
        {"account_id": held.account_id, "actor_id": scope.actor_id, "year": held.year, "as_of": held.as_of},
    )
    if entered:
        raise OwnData(permission="emissions:submit")
