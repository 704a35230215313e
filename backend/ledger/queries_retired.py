"""What accounts have retired for a year, for many accounts at once: what nouns above set against emissions."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import text

from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.ledger.values import CEA, Dimension


@dataclass(frozen=True, slots=True)
class RetiredValue:
    """A retirement of reductions in tCO2e, as it stands in the journal under its lasting `number`."""

    account_id: UUID
    year: int
    movement_id: UUID
    number: int
    class_code: str
    quantity: Decimal


RETIRED = text("""
select m.from_account_id, m.period, m.id, m.number, m.class_code, m.quantity
from ledger_movement m
join ledger_class c on c.code = m.class_code
where m.from_account_id = any(cast(:accounts as uuid[])) and m.period = any(cast(:years as bigint[]))
    and m.kind = 'retire' and c.dimension = :dimension and m.class_code <> :allowances
    and m.recorded_at <= coalesce(cast(:as_of as timestamptz), 'infinity')
    and not exists (
        select from ledger_movement r
        where r.reverses_id = m.id and r.recorded_at <= coalesce(cast(:as_of as timestamptz), 'infinity'))
order by m.from_account_id, m.number""")


async def retired(
    read: Read, scope: Scope, account_ids: Sequence[UUID], years: Sequence[int], as_of: datetime | None = None
) -> dict[tuple[UUID, int], list[RetiredValue]]:
    """Return the reductions each account had retired for each year at a moment (None: now), reversed ones left out.

    Only units of a tonne count, and no allowances: those settle a duty. One statement.

    Raises:
        Unauthenticated, Forbidden: without `ledger:read`.
    """
    scope.require("ledger:read")
    found: dict[tuple[UUID, int], list[RetiredValue]] = defaultdict(list)
    asked = {
        "accounts": list(account_ids), "years": list(years), "as_of": as_of, "dimension": Dimension.TONNE.value,
        "allowances": CEA,
    }  # fmt: skip
    for row in await read.rows(RETIRED, asked):
        value = RetiredValue(*row)
        found[value.account_id, value.year].append(value)
    return dict(found)
