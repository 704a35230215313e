"""Housekeeping on a timer: small, safe to run twice, one process at a time for each tenant."""

import asyncio
from datetime import timedelta

from sqlalchemy import delete, func, select

from backend.identity import service as identity
from backend.jobs.relay import persist
from backend.kit.clock import now
from backend.kit.db import Databases
from backend.kit.idempotency import CommandKey
from backend.kit.logging import log
from backend.kit.scope import Scope
from backend.kit.settings import Settings

EVERY_SECONDS = 3600.0
HOUSE_LOCK = 320202
COMMAND_KEY_DAYS = 30
"""How long a command's first answer is kept for whoever sends the same key again."""

logger = log(__name__)


async def tidy(databases: Databases, tenant: str) -> int:
    """Forget command keys nobody will send again; return how many. Zero while another process tidies."""
    async with databases.write(Scope.system(tenant)) as write:
        if not await write.value(select(func.pg_try_advisory_xact_lock(HOUSE_LOCK))):
            return 0
        old = now() - timedelta(days=COMMAND_KEY_DAYS)
        return await write.run(delete(CommandKey).where(CommandKey.created_at < old))


async def tend_identity(databases: Databases, settings: Settings, tenant: str) -> int:
    """Forget revocations and sessions without effect, rotate the signing key when due; return how many rows went."""
    async with databases.write(Scope.system(tenant)) as write:
        if not await write.value(select(func.pg_try_advisory_xact_lock(HOUSE_LOCK))):
            return 0
        key_id = await identity.rotate_when_due(write, write.scope, identity.seal_of(settings))
        if key_id is not None:
            logger.info("signing_key_rotated", tenant=tenant, key=key_id)
        return await identity.purge(write, write.scope)


async def keep_house(databases: Databases, settings: Settings) -> None:
    """Tidy every tenant once an hour until cancelled."""

    async def tidy_all() -> None:
        while True:
            for tenant in databases.tenants:
                count = await tidy(databases, tenant)
                if count:
                    logger.info("house_tidied", tenant=tenant, command_keys=count)
                await tend_identity(databases, settings, tenant)
            await asyncio.sleep(EVERY_SECONDS)

    await persist(tidy_all, "housekeeping", "all")
