"""What every step of an inventory's life shares: finding it, its newest version, changing its state."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, text, update
from sqlalchemy.dialects.postgresql import JSONB

from backend.emissions.claims.errors import ClaimsChanged
from backend.emissions.inventory.errors import InventoryNotFound, NotNewest, ReasonMissing, WrongState
from backend.emissions.inventory.values import State
from backend.emissions.models import Inventory, InventoryTransition
from backend.factors.errors import PolicyInvalid
from backend.kit.clock import now
from backend.kit.db import Read, Write
from backend.kit.ids import new_id
from backend.kit.scope import Scope

POLICY = re.compile(r"published|data_year:\d{4}")


@dataclass(frozen=True, slots=True)
class Held:
    """An inventory a step works on, and of its account what the step must know."""

    account_id: UUID
    inventory_id: UUID
    organisation_id: UUID
    has_separation_of_duties: bool
    year: int
    version: int
    newest: int
    state: State
    checks: list[dict[str, Any]]
    computed_by: UUID | None
    factor_policy: str
    factor_date: date
    as_of: datetime


FIND = """
select v.account_id, v.id as inventory_id, a.organisation_id, a.has_separation_of_duties, v.year, v.version,
    v.state, v.checks, v.computed_by, v.factor_policy, v.factor_date, v.as_of,
    (select max(version) from inventory n where n.account_id = v.account_id and n.year = v.year) as newest
from inventory v join carbon_account a on a.id = v.account_id
where v.account_id = :account_id and v.id = :inventory_id"""

LOCK_ROW = text("select 1 from inventory where account_id = :account_id and id = :inventory_id for update")


async def hold(write: Write, account_id: UUID, inventory_id: UUID) -> Held:
    """Lock an inventory for a step, then read it.

    Raises:
        InventoryNotFound: not there, or not visible.
    """
    named = {"account_id": account_id, "inventory_id": inventory_id}
    if await write.row(LOCK_ROW, named) is None:
        raise InventoryNotFound
    return await find(write, account_id, inventory_id)


async def find(read: Read, account_id: UUID, inventory_id: UUID) -> Held:
    """Read an inventory.

    Raises:
        InventoryNotFound: not there, or not visible.
    """
    statement = text(FIND).columns(checks=JSONB)
    row = await read.row(statement, {"account_id": account_id, "inventory_id": inventory_id})
    if row is None:
        raise InventoryNotFound
    facts: dict[str, Any] = {**row._mapping, "state": State(row.state)}  # noqa: SLF001 - a row's public spelling as a mapping
    return Held(**facts)


def need(held: Held, *states: State) -> None:
    """Raise WrongState unless the inventory is in one of the states, then NotNewest if a newer version exists."""
    if held.state not in states:
        raise WrongState(state=held.state.value, needed="/".join(state.value for state in states))
    if held.version != held.newest:
        raise NotNewest(version=held.version, newest=held.newest)


CLAIMS_CHANGED = text("""
select exists (select from energy_claim where account_id = :account_id and year = :year
    and (recorded_at > :as_of or withdrawn_at > :as_of))""")


async def check_claims(read: Read, held: Held) -> None:
    """Raise ClaimsChanged when the inventory counts certificates otherwise than the books do now."""
    asked = {"account_id": held.account_id, "year": held.year, "as_of": held.as_of}
    if await read.value(CLAIMS_CHANGED, asked):
        raise ClaimsChanged(year=held.year)


def check_policy(policy: str) -> None:
    """Raise PolicyInvalid unless the policy is `published` or `data_year:YYYY`."""
    if not POLICY.fullmatch(policy):
        raise PolicyInvalid(policy=policy, path=("input", "factorPolicy"))


def reasoned(reason: str) -> str:
    """Return the reason without blanks around it; raise ReasonMissing for an empty one."""
    if not reason.strip():
        raise ReasonMissing(path=("input", "reason"))
    return reason.strip()


async def move(write: Write, scope: Scope, held: Held, to: State, reason: str, action: str, **facts: Any) -> None:  # noqa: ANN401 - audit facts of any kind
    """Change the state, keep the transition with its reason, and tell the enterprise's audit chain."""
    await write.run(
        update(Inventory)
        .where(Inventory.account_id == held.account_id, Inventory.id == held.inventory_id)
        .values(state=to.value)
    )
    await write.run(
        insert(InventoryTransition).values(
            account_id=held.account_id, id=new_id(), inventory_id=held.inventory_id, from_state=held.state.value,
            to_state=to.value, reason=reason, at=now(), actor_id=scope.actor_id,
            organisation_id=scope.organisation_id,
        )
    )  # fmt: skip
    tell(write, held, action, from_state=held.state.value, to_state=to.value, reason=reason, **facts)


def tell(write: Write, held: Held, action: str, **facts: Any) -> None:  # noqa: ANN401 - audit facts of any kind
    """Record an event in the enterprise's chain, and in the actor's own when that is another organisation."""
    common = {
        "object_type": "inventory", "object_id": held.inventory_id, "account_id": held.account_id,
        "year": held.year, "version": held.version, **facts,
    }  # fmt: skip
    write.audit(action, organisation_id=held.organisation_id, **common)
    other = write.scope.organisation_id
    if other is not None and other != held.organisation_id:
        write.audit(action, **common)
