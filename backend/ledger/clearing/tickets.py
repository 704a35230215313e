"""Tickets as rows: opened and settled by the service, kept by the import they belong to, in its own transaction."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, insert, select, text, update

from backend.kit.clock import now
from backend.kit.db import Write
from backend.kit.errors import Conflict
from backend.ledger.clearing.models import ClearingTicket
from backend.ledger.models import LedgerMovement
from backend.ledger.values import MovementValue

STALE = timedelta(hours=1)
"""An import that has not decided after so long is given up: its ticket can be kept no more."""
SETTLED = timedelta(days=1)
"""So long codes of an abandoned ticket are given back again and again, should a slow process have reserved them late."""
MOST = 5000
"""Tickets one sweep settles."""

KEEP = text("""
update clearing_ticket t set state = 'kept', movement_id = v.movement, settled_at = clock_timestamp()
from unnest(cast(:tickets as uuid[]), cast(:movements as uuid[])) as v(ticket, movement)
where t.account_id = :account and t.id = v.ticket and t.state = 'open'""")


class ClearingLapsed(Conflict):
    """The import took so long that its reservation was given up."""

    code = "clearing_lapsed"
    en = (
        "The import took too long and its reservation of the codes was given up. Nothing was imported; import it again."
    )
    zh = "导入耗时过长，编码预留已失效，未导入任何内容，请重新导入。"


async def open_tickets(write: Write, account_id: UUID, tickets: Sequence[UUID]) -> None:
    """Record tickets before anything is reserved under them: what is reserved can then always be found again."""
    at = now()
    await write.run(
        insert(ClearingTicket),
        [{"account_id": account_id, "id": each, "state": "open", "opened_at": at} for each in tickets],
    )


async def keep(write: Write, account_id: UUID, tickets: Sequence[UUID], movements: Sequence[MovementValue]) -> None:
    """Say, in the transaction of the movements, that the codes are in the books now; one ticket a movement, in order.

    Raises:
        ClearingLapsed: a ticket was given up meanwhile.
    """
    given = {
        "account": account_id,
        "tickets": list(tickets),
        "movements": [movement.id for movement in movements],
    }
    if len(tickets) != len(movements) or await write.run(KEEP, given) != len(tickets):
        raise ClearingLapsed


async def abandon(write: Write, tickets: Sequence[UUID] | None = None) -> list[UUID]:
    """Give up these tickets, or every stale one; return which. One that an unfinished import keeps is left alone."""
    is_meant = ClearingTicket.opened_at < now() - STALE if tickets is None else ClearingTicket.id.in_(tickets)
    chosen = (
        select(ClearingTicket.id)
        .where(ClearingTicket.state == "open", is_meant)
        .with_for_update(skip_locked=True)
        .limit(None if tickets is not None else MOST)
    )
    ids = [row.id for row in await write.rows(chosen)]
    await write.run(
        update(ClearingTicket)
        .where(ClearingTicket.id.in_(ids))
        .values(state="abandoned", settled_at=func.clock_timestamp())
    )
    return ids


async def to_give_back(write: Write) -> list[UUID]:
    """Return the tickets whose codes are not in the books: abandoned ones, and those of reversed movements."""
    reversal = LedgerMovement.__table__.alias("reversal")
    of_reversed = (
        select(ClearingTicket.id)
        .join(reversal, reversal.c.reverses_id == ClearingTicket.movement_id)
        .where(ClearingTicket.state == "kept")
        .limit(MOST)
    )
    abandoned = select(ClearingTicket.id).where(ClearingTicket.state == "abandoned").limit(MOST)
    return [row.id for row in [*await write.rows(of_reversed), *await write.rows(abandoned)]]


async def returned(write: Write, tickets: Sequence[UUID]) -> None:
    """Record that codes were given back; a young abandoned ticket stays, to be given back again."""
    old = ClearingTicket.opened_at < now() - SETTLED
    await write.run(
        update(ClearingTicket)
        .where(ClearingTicket.id.in_(tickets), (ClearingTicket.state == "kept") | old)
        .values(state="returned", settled_at=func.clock_timestamp())
    )
