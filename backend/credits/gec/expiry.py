"""Units expire, and their holders are warned before: 90, 30 and 7 days, once each."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select, text, tuple_

from backend.credits.gec.claim_models import CreditWarning
from backend.credits.gec.claim_values import WARNING_DAYS, ExpiryWarning
from backend.kit.db import Read, Write
from backend.kit.scope import Scope
from backend.ledger import service as ledger

# The nearest of the days counts: a batch that comes in with 20 days left is told of at 30 and at 7, not at 90.
WARN = text("""
insert into credit_warning (account_id, id, batch_id, class_code, days, quantity, valid_until, warned_at)
select h.account_id, uuidv7(), h.batch_id, h.class_code, h.days, h.quantity, h.valid_until, clock_timestamp()
from (
    select b.account_id, b.batch_id, b.class_code, t.valid_until, sum(b.amount) as quantity,
        (select min(d) from unnest(cast(:days as int[])) d where d >= t.valid_until - cast(:on as date)) as days
    from ledger_balance b
    join ledger_batch t on t.id = b.batch_id
    join carbon_account a on a.id = b.account_id
    where t.valid_until between :on and cast(:on as date) + (select max(d) from unnest(cast(:days as int[])) d)
        and b.bucket in ('available', 'offered', 'pledged', 'reserved') and b.amount > 0
    group by b.account_id, b.batch_id, b.class_code, t.valid_until
) h
on conflict (account_id, batch_id, days) do nothing""")


async def expire_units(write: Write, scope: Scope, on: date) -> int:
    """Expire units whose last day is before `on`, under the service's scope; return how many movements.

    Those of a frozen class stay where they lie until its book is opened again.

    Raises:
        Unauthenticated, Forbidden: without `jobs:operate`.
    """
    scope.require("jobs:operate")
    return len(await ledger.expire(write, scope, on))


async def warn_of_expiry(write: Write, scope: Scope, on: date) -> int:
    """Write the warnings due on a day, under the service's scope; safe to repeat. Return how many are new.

    Raises:
        Unauthenticated, Forbidden: without `jobs:operate`.
    """
    scope.require("jobs:operate")
    return await write.run(WARN, {"on": on, "days": list(WARNING_DAYS)})


async def warnings_of(
    read: Read, scope: Scope, account_id: UUID, *, limit: int, after: tuple[datetime, UUID] | None
) -> Sequence[ExpiryWarning]:
    """Return an account's warnings, the newest first; `after` is instant and id of the last one seen.

    Raises:
        Unauthenticated, Forbidden: without `credits:read`.
    """
    scope.require("credits:read")
    table = CreditWarning.__table__.c
    wanted = select(
        table.account_id, table.id, table.class_code, table.batch_id, table.days, table.quantity, table.valid_until,
        table.warned_at,
    ).where(table.account_id == account_id)  # fmt: skip
    if after is not None:
        wanted = wanted.where(tuple_(table.warned_at, table.id) < tuple_(*after))
    rows = await read.rows(wanted.order_by(table.warned_at.desc(), table.id.desc()).limit(limit))
    return [ExpiryWarning(*row) for row in rows]
