"""One entry taken out of the journal, with what a stranger needs to see that it is in there."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select, text

from backend.kit.db import Read, set_scope
from backend.kit.scope import Scope
from backend.ledger.errors import MovementUnknown
from backend.ledger.journal import merkle, queries
from backend.ledger.journal.entries import LATERAL, ORDER, POSTING, TEXT
from backend.ledger.journal.errors import EntryNotSealed
from backend.ledger.journal.values import CheckpointValue, ProofValue
from backend.ledger.models import LedgerLink, LedgerMovement

ENTRIES = text(f"select m.id, {TEXT} as entry from ledger_movement m {LATERAL} where m.id = any(cast(:ids as uuid[]))")
OPENED = text(
    f"select p.movement_id, {POSTING} as posting from ledger_posting p where p.movement_id = any(cast(:ids as uuid[]))"
    f" order by p.movement_id, {ORDER}"
)


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
    if number is None:
        raise MovementUnknown(movement=str(movement_id))
    found = (await prove_many(read, scope, [movement_id])).get(movement_id)
    if found is None:
        raise EntryNotSealed(number=number)
    return found


async def prove_many(read: Read, scope: Scope, movement_ids: Sequence[UUID]) -> dict[UUID, ProofValue]:
    """Return the proofs of movements, as `prove` does; those not visible or not sealed yet are left out.

    The same few statements however many movements there are, and one more for each checkpoint they lie under.

    Raises:
        Unauthenticated, Forbidden: without `ledger:read`.
    """
    scope.require("ledger:read")
    links = await queries.links(read, scope, movement_ids)
    sealed = await queries.checkpoints_over(read, scope, [link.position for link in links.values()])
    ids = {"ids": [own for own, link in links.items() if link.position in sealed]}
    if not ids["ids"]:
        return {}
    opened: defaultdict[UUID, list[str]] = defaultdict(list)
    for row in await read.rows(OPENED, ids):
        opened[row.movement_id].append(row.posting)
    # The hashes are over all postings; those of the other side, and of where units come from, are hidden rows.
    await set_scope(read.connection, scope.as_system())
    entries = {row.id: row.entry for row in await read.rows(ENTRIES, ids)}
    await set_scope(read.connection, scope)
    found: dict[UUID, ProofValue] = {}
    for checkpoint in {each.number: each for each in sealed.values()}.values():
        own = [each for each in ids["ids"] if sealed[links[each].position] == checkpoint]
        places = [links[each].position - checkpoint.first_position for each in own]
        for each, way in zip(own, merkle.paths(await _under(read, checkpoint), places), strict=True):
            found[each] = ProofValue(
                scope.tenant, links[each], entries[each], tuple(opened[each]), tuple(way), checkpoint
            )
    return found


async def _under(read: Read, sealed: CheckpointValue) -> list[bytes]:
    """Return the hashes of the entries under a checkpoint, in order."""
    rows = await read.rows(
        select(LedgerLink.entry_hash)
        .where(LedgerLink.position.between(sealed.first_position, sealed.last_position))
        .order_by(LedgerLink.position)
    )
    return [row.entry_hash for row in rows]
