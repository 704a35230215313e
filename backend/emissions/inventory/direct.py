"""Direct emissions of a year, by category and gas: what an obligation is read from."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import text

from backend.emissions.inventory.values import State
from backend.kit.db import Read
from backend.kit.scope import Scope

FINAL = (State.VERIFIED, State.CLOSED)


@dataclass(frozen=True, slots=True)
class DirectEmissions:
    """Scope 1 of one version of an inventory: `parts` are (category, gas, tCO2e)."""

    account_id: UUID
    inventory_id: UUID
    version: int
    state: State
    parts: tuple[tuple[str, str, Decimal], ...]

    @property
    def is_verified(self) -> bool:
        """Whether another organisation verified this version."""
        return self.state in FINAL


DIRECT = text("""
with chosen as (
    select distinct on (account_id) account_id, id, version, state
    from inventory
    where account_id = any(cast(:accounts as uuid[])) and year = :year and state not in ('withdrawn', 'restated')
    order by account_id, (state in ('verified', 'closed')) desc, version desc
)
select c.account_id, c.id, c.version, c.state, l.category, l.gas, sum(l.co2e_t) as co2e
from chosen c
left join inventory_line l
    on l.account_id = c.account_id and l.inventory_id = c.id and l.scope = 1 and l.basis <> 'market'
group by 1, 2, 3, 4, 5, 6
order by 1, 5, 6""")


async def direct_emissions(
    read: Read, scope: Scope, account_ids: Sequence[UUID], year: int
) -> dict[UUID, DirectEmissions]:
    """Return the direct emissions of each account's year: of its newest verified version, else of its newest one."""
    scope.require("emissions:read")
    found: dict[UUID, DirectEmissions] = {}
    for row in await read.rows(DIRECT, {"accounts": list(account_ids), "year": year}):
        parts = () if row.category is None else ((row.category, row.gas, row.co2e),)
        known = found.get(row.account_id)
        found[row.account_id] = DirectEmissions(
            row.account_id, row.id, row.version, State(row.state), (*(known.parts if known else ()), *parts)
        )
    return found


def direct_of(
    account_id: UUID, inventory_id: UUID, version: int, state: str, parts: Iterable[tuple[str, str, Decimal]]
) -> DirectEmissions:
    """Return the direct emissions of a version of which the lines are known already: (category, gas, tCO2e)."""
    return DirectEmissions(account_id, inventory_id, version, State(state), tuple(parts))
