"""The ledger on a timer: the standing checks, and a signed checkpoint of what came since the last one."""

from datetime import timedelta

from backend.identity import service as identity
from backend.kit.db import Databases, Write
from backend.kit.errors import CarbonError
from backend.kit.logs import log
from backend.kit.scope import Scope
from backend.kit.settings import Settings
from backend.ledger import service as ledger
from backend.ledger.journal.values import CheckpointValue, SigningKey
from backend.statements import service as statements

CHECK_EVERY = timedelta(minutes=50)
"""Checks are an hour apart however many workers there are; a little less, so that none is skipped."""

logger = log(__name__)


async def seal_journal(databases: Databases, settings: Settings, tenant: str) -> list[CheckpointValue]:
    """Sign the journal's new entries with the jurisdiction's document key; return the checkpoints made.

    Raises:
        JournalBroken: the chain does not hold.
    """
    scope, seal = Scope.system(tenant), identity.seal_of(settings)

    async def key_of(write: Write, scope: Scope) -> SigningKey:
        return await statements.document_key(write, scope, seal)

    async with databases.write(scope) as write:
        return await ledger.seal_journal(write, scope, key_of)


async def keep_books(databases: Databases, settings: Settings, tenant: str) -> dict[str, int | str]:
    """Check the books when it is time, and sign what is new in the journal; return what was done."""
    scope, done = Scope.system(tenant), dict[str, int | str]()
    async with databases.write(scope) as write:
        found = await ledger.check_when_due(write, scope, CHECK_EVERY)
    if found is not None:
        done["ledger_checked"] = "sound" if found.is_sound else "broken"
    try:
        done["checkpoints"] = len(await seal_journal(databases, settings, tenant))
    except CarbonError as error:
        logger.error("checkpoint_refused", tenant=tenant, code=error.code, reason=str(error))  # noqa: TRY400 - it says what is wrong; the stack does not
    return {name: each for name, each in done.items() if each}
