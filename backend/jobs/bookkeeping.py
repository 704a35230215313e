"""The ledger on a timer: the standing checks, the journal recomputed, a signed checkpoint of what came since the last."""

from datetime import timedelta

from backend.identity import service as identity
from backend.kit.clock import now
from backend.kit.db import Databases, Write
from backend.kit.errors import CarbonError
from backend.kit.logs import log
from backend.kit.scope import Scope
from backend.kit.settings import Settings
from backend.ledger import service as ledger
from backend.ledger import terminal
from backend.ledger.journal.values import CheckpointValue, CheckValue, SigningKey, Verdict
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


async def verify_journal(databases: Databases, tenant: str) -> Verdict:
    """Recompute the whole journal and compare its checkpoints with the published keys."""
    scope = Scope.system(tenant)
    async with databases.read(scope) as read:
        keys = await statements.public_keys(read, scope)
    return await terminal.verify(databases, scope, keys, connections=1)


async def verify_when_due(databases: Databases, tenant: str) -> CheckValue | None:
    """Recompute the journal once a night, keep the result, and freeze everything when it does not hold.

    A fault is believed when it is seen twice: a key may be renewed, and sign, between the look at the keys and the look
    at the checkpoints.
    """
    scope, started_at = Scope.system(tenant), now()
    async with databases.write(scope) as write:
        if not await ledger.is_verification_due(write, scope):
            return None
        verdict = await verify_journal(databases, tenant)
        if not verdict.is_sound:
            verdict = await verify_journal(databases, tenant)
        return await ledger.keep_verdict(write, scope, started_at, verdict)


async def keep_books(databases: Databases, settings: Settings, tenant: str) -> dict[str, int | str]:
    """Check the books and recompute the journal when it is time, and sign what is new in the journal; return what was done."""
    scope, done = Scope.system(tenant), dict[str, int | str]()
    async with databases.write(scope) as write:
        found = await ledger.check_when_due(write, scope, CHECK_EVERY)
    if found is not None:
        done["ledger_checked"] = "sound" if found.is_sound else "broken"
    recomputed = await verify_when_due(databases, tenant)
    if recomputed is not None:
        done["journal_recomputed"] = "sound" if recomputed.is_sound else "broken"
    try:
        done["checkpoints"] = len(await seal_journal(databases, settings, tenant))
    except CarbonError as error:
        logger.error("checkpoint_refused", tenant=tenant, code=error.code, reason=str(error))  # noqa: TRY400 - it says what is wrong; the stack does not
    return {name: each for name, each in done.items() if each}
