"""One entry taken out of the journal, with what a stranger needs to see that it is in there."""

from uuid import UUID

from sqlalchemy import select, text

from backend.kit.db import Read, set_scope
from backend.kit.scope import Scope
from backend.ledger.errors import MovementUnknown
from backend.ledger.journal import merkle, queries
from backend.ledger.journal.entries import LATERAL, ORDER, POSTING, TEXT
from backend.ledger.journal.errors import EntryNotSealed
from backend.ledger.journal.values import ProofValue
from backend.ledger.models import LedgerLink, LedgerMovement

ENTRY = text(f"select {TEXT} from ledger_movement m {LATERAL} where m.id = :id")
OPENED = text(f"select {POSTING} as posting from ledger_posting p where p.movement_id = :id order by {ORDER}")


async def prove(read: Read, scope: Scope, movement_id: UUID) -> ProofValue:
    """Return the proof that a movement's entry is in the journal, for whoever sees the movement.

    The entry names each posting by a hash. Those the caller sees are opened: of a transfer, each holder's own; both for
    an authority over both; none for a bank, which sees no balance.

    Raises:
        Unauthenticated, Forbidden: without `ledger:read`.
        MovementUnknown: no such movement, or not yours.
        EntryNotSealed: no checkpoint covers it yet.
    """
    scope.require("ledger:read")
    number = await read.value(select(LedgerMovement.number).where(LedgerMovement.id == movement_id))
    link = (await queries.links(read, scope, [movement_id])).get(movement_id)
    if number is None or link is None:
        raise MovementUnknown(movement=str(movement_id))
    sealed = await queries.checkpoint_over(read, scope, link.position)
    if sealed is None:
        raise EntryNotSealed(number=number)
    opened = [row.posting for row in await read.rows(OPENED, {"id": movement_id})]
    # The hashes are over all postings; those of the other side, and of where units come from, are hidden rows.
    await set_scope(read.connection, scope.as_system())
    entry = await read.value(ENTRY, {"id": movement_id})
    await set_scope(read.connection, scope)
    beside = await read.rows(
        select(LedgerLink.entry_hash)
        .where(LedgerLink.position.between(sealed.first_position, sealed.last_position))
        .order_by(LedgerLink.position)
    )
    audit_path = merkle.path([each.entry_hash for each in beside], link.position - sealed.first_position)
    return ProofValue(scope.tenant, link, entry, tuple(opened), tuple(audit_path), sealed)
