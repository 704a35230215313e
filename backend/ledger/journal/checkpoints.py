"""Checkpoints: from time to time the jurisdiction signs how far the journal is, and can never again say otherwise."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from sqlalchemy import insert, select, text

from backend.kit.clock import now
from backend.kit.db import Write
from backend.kit.errors import Forbidden
from backend.kit.scope import Kind, Scope
from backend.ledger.journal import merkle, queries, signing
from backend.ledger.journal.entries import GENESIS, linked
from backend.ledger.journal.errors import JournalBroken
from backend.ledger.journal.values import MOST_ENTRIES, CheckpointValue, SigningKey
from backend.ledger.models import LedgerCheckpoint, LedgerLink

LOCK = text("select pg_advisory_xact_lock(hashtext('carbon.ledger_checkpoint'))")

KeyOf = Callable[[Write, Scope], Awaitable[SigningKey]]
"""Gives the key that signs now; asked only when there is something to sign."""


async def seal_journal(write: Write, scope: Scope, key_of: KeyOf) -> list[CheckpointValue]:
    """Sign the entries since the last checkpoint, in as many checkpoints as it takes; none when there is nothing new.

    Two that run at once make one checkpoint: the second waits, then finds nothing new.

    Raises:
        Forbidden: for anybody but the service.
        JournalBroken: the links do not follow each other; what is broken is not signed.
    """
    if scope.kind is not Kind.SYSTEM:
        raise Forbidden(permission="ledger:check")
    await write.run(LOCK)
    newest = await queries.checkpoints(write, scope, limit=1)
    last = newest[0] if newest else None
    made: list[CheckpointValue] = []
    key: SigningKey | None = None
    while (drawn := await _drawn(write, last)) is not None:
        key = key or await key_of(write, scope)
        last = replace(drawn, signed=signing.sign(signing.facts(scope.tenant, drawn), key))
        await write.run(
            insert(LedgerCheckpoint).values(
                number=last.number, first_position=last.first_position, last_position=last.last_position,
                root=last.root, chain_hash=last.chain_hash, previous_hash=last.previous_hash, signed=last.signed,
                created_at=last.created_at,
            )
        )  # fmt: skip
        made.append(last)
        if last.last_position - last.first_position + 1 < MOST_ENTRIES:
            break
    if made:
        write.audit(
            "ledger:checkpoint", object_type="LedgerCheckpoint", object_id=made[-1].number,
            first=made[0].number, position=made[-1].last_position, root=made[-1].root.hex(),
        )  # fmt: skip
    return made


async def _drawn(write: Write, last: CheckpointValue | None) -> CheckpointValue | None:
    """Return the next checkpoint without its signature, None when there are no further links."""
    position = 0 if last is None else last.last_position
    chain_hash = GENESIS if last is None else last.chain_hash
    rows = await write.rows(
        select(LedgerLink.position, LedgerLink.entry_hash, LedgerLink.hash)
        .where(LedgerLink.position > position)
        .order_by(LedgerLink.position)
        .limit(MOST_ENTRIES)
    )
    if not rows:
        return None
    for expected, row in enumerate(rows, position + 1):
        chain_hash = linked(chain_hash, row.entry_hash)
        if (row.position, row.hash) != (expected, chain_hash):
            raise JournalBroken(position=expected)
    return CheckpointValue(
        number=1 if last is None else last.number + 1,
        first_position=position + 1,
        last_position=position + len(rows),
        root=merkle.root([row.entry_hash for row in rows]),
        chain_hash=chain_hash,
        previous_hash=signing.hash_of(None if last is None else last.signed),
        created_at=now(),
        signed="",
    )
