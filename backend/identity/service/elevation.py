"""A few statements of a caller's command under the service's own scope.

Some truths a caller may not see still decide its command: whether a credit code is registered in another district,
which sessions a revocation must end. Row-level security hides those rows on purpose, so the command says so here.
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from backend.kit.db import Write, set_scope
from backend.kit.errors import CarbonError


@asynccontextmanager
async def elevated(write: Write) -> AsyncGenerator[None, None]:
    """Let row-level security see the service until the block ends; `write.scope`, and so the audit, stays the caller's."""
    await set_scope(write.connection, write.scope.as_system())
    try:
        yield
    except CarbonError:
        # A refusal leaves the transaction usable; any other error has aborted it, and it rolls back.
        await set_scope(write.connection, write.scope)
        raise
    await set_scope(write.connection, write.scope)
