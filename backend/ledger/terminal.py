"""The ledger's door for terminals and timers: opens the transactions, several at once where that is quicker."""

from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from typing import Any

from backend.kit.db import Databases
from backend.kit.scope import Scope
from backend.ledger.errors import MovementUnknown
from backend.ledger.journal import verifying
from backend.ledger.journal.proofs import prove as prove_entry
from backend.ledger.journal.values import ProofValue, Verdict
from backend.ledger.queries_movements import movement_by_number

CONNECTIONS = 2
"""Over how many connections the journal is read."""


async def verify(
    databases: Databases, scope: Scope, keys: Sequence[Mapping[str, Any]], *, connections: int = CONNECTIONS
) -> Verdict:
    """Recompute the whole journal of a tenant; see `verifying.verify`."""
    async with AsyncExitStack() as stack:
        reads = [await stack.enter_async_context(databases.read(scope)) for _ in range(connections)]
        return await verifying.verify(reads, scope, keys)


async def prove(databases: Databases, scope: Scope, number: int) -> ProofValue:
    """Return the proof of a movement, by its lasting number; see `proofs.prove`.

    Raises:
        MovementUnknown: no such movement.
    """
    async with databases.read(scope) as read:
        found = await movement_by_number(read, scope, number)
        if found is None:
            raise MovementUnknown(movement=number)
        return await prove_entry(read, scope, found.id)
