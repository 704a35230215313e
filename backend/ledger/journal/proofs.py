"""One entry taken out of the journal, with what a stranger needs to see that it is in there."""

from uuid import UUID

from sqlalchemy import select, text

from backend.kit.db import Read, set_scope
from backend.kit.scope import Scope
from backend.ledger.errors import MovementUnknown
from backend.ledger.journal import merkle, queries
from backend.ledger.journal.entries import LATERAL, TEXT
from backend.ledger.journal.errors import EntryNotSealed, ProofWithheld
from backend.ledger.journal.values import ProofValue
from backend.ledger.models import LedgerLink, LedgerMovement, LedgerPosting
from backend.ledger.values import ORIGIN

ENTRY = text(
    f"select {TEXT} as entry, array(select account_id from ledger_posting where movement_id = m.id) as holders"
    f" from ledger_movement m {LATERAL} where m.id = :id"
)


async def prove(read: Read, scope: Scope, movement_id: UUID) -> ProofValue:
    """Return the proof that a movement's entry is in the journal.

    The entry names every posting with the balance it left, so only who sees all of them is given it: the holder of
    whatever stayed with one holder, an authority over both sides of a transfer.

    Raises:
        Unauthenticated, Forbidden: without `ledger:read`.
        MovementUnknown: no such movement, or not yours.
        ProofWithheld: the entry states balances of a holder the caller does not see.
        EntryNotSealed: no checkpoint covers it yet.
    """
    scope.require("ledger:read")
    number = await read.value(select(LedgerMovement.number).where(LedgerMovement.id == movement_id))
    link = (await queries.links(read, scope, [movement_id])).get(movement_id)
    if number is None or link is None:
        raise MovementUnknown(movement=str(movement_id))
    seen = {
        row.account_id
        for row in await read.rows(select(LedgerPosting.account_id).where(LedgerPosting.movement_id == movement_id))
    }
    # The origin of units is nobody's account and hidden from all; the caller's own rows were counted before.
    await set_scope(read.connection, scope.as_system())
    row = (await read.rows(ENTRY, {"id": movement_id}))[0]
    await set_scope(read.connection, scope)
    if set(row.holders) - seen - {ORIGIN}:
        raise ProofWithheld(number=number, permission="ledger:read")
    sealed = await queries.checkpoint_over(read, scope, link.position)
    if sealed is None:
        raise EntryNotSealed(number=number)
    beside = await read.rows(
        select(LedgerLink.entry_hash)
        .where(LedgerLink.position.between(sealed.first_position, sealed.last_position))
        .order_by(LedgerLink.position)
    )
    audit_path = merkle.path([each.entry_hash for each in beside], link.position - sealed.first_position)
    return ProofValue(scope.tenant, link, row.entry, tuple(audit_path), sealed)
