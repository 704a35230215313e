"""Housekeeping on a timer: small, safe to run twice, one process at a time for each tenant."""

import asyncio
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import delete, func, select

from backend.console.jobs import keep_desks
from backend.credits.gec import expiry
from backend.credits.market.jobs_sweep import sweep_market
from backend.identity import service as identity
from backend.jobs.bookkeeping import keep_books
from backend.jobs.relay import persist
from backend.kit.clock import now, today
from backend.kit.db import Databases
from backend.kit.errors import CarbonError
from backend.kit.idempotency import CommandKey
from backend.kit.logs import log
from backend.kit.scope import Scope
from backend.kit.settings import Settings
from backend.ledger import service as ledger
from backend.lending.jobs import forget_messages, look_after_banks
from backend.monitoring.estimates.jobs import keep_compared
from backend.monitoring.jobs import forget_notices, keep_watch, send_notices
from backend.projects.jobs import let_lapse, take_unanswered
from backend.regions.jobs import keep_rolled
from backend.scores.jobs import keep_scores

EVERY_SECONDS = 3600.0
SCORES_SECONDS = 180.0
"""How often somebody looks whether inputs of scores changed."""
SCORES_FIRST_SECONDS = 20.0
"""A process that just started has other things to do first."""
BANKS_SECONDS = 2.0
"""How long a message to a bank may wait to be found, and a loan file outlive its consent."""
NOTICES_SECONDS = 3.0
"""How long a notice may wait to be handed to the mail server or the webhook."""
ROLL_SECONDS = 1.0
"""How long a change of an inventory may wait until the city's ledger takes it in, when nothing else waits."""
HOUSE_LOCK = 320202
EXPIRY_LOCK = 320290
COMMAND_KEY_DAYS = 30
"""How long a command's first answer is kept for whoever sends the same key again."""

logger = log(__name__)


async def tidy(databases: Databases, settings: Settings, tenant: str) -> dict[str, int | str]:
    """Forget what has no effect any more, and make a new signing key when one is due.

    Return what was done; nothing while another process tidies.
    """
    scope = Scope.system(tenant)
    async with databases.write(scope) as write:
        if not await write.value(select(func.pg_try_advisory_xact_lock(HOUSE_LOCK))):
            return {}
        old = now() - timedelta(days=COMMAND_KEY_DAYS)
        done: dict[str, int | str] = {
            "command_keys": await write.run(delete(CommandKey).where(CommandKey.created_at < old)),
            "sessions": await identity.purge(write, scope),
        }
        rotated = await identity.rotate_when_due(write, scope, identity.seal_of(settings))
        if rotated is not None:
            done["signing_key"] = rotated
        return {name: each for name, each in done.items() if each}


async def expire_due(databases: Databases, tenant: str) -> dict[str, int | str]:
    """Warn of units that expire soon, expire what is over, give back what offers kept too long; return what was done.

    A frozen class keeps its units where they lie: nothing expires until the registrar has opened it, and nothing can
    be used meanwhile either.
    """
    scope, done = Scope.system(tenant), dict[str, int | str]()
    async with databases.write(scope) as write:
        if await write.value(select(func.pg_try_advisory_xact_lock(EXPIRY_LOCK))):
            done["warnings"] = await expiry.warn_of_expiry(write, scope, today())
    try:
        async with databases.write(scope) as write:
            if await write.value(select(func.pg_try_advisory_xact_lock(EXPIRY_LOCK))):
                done["expired"] = await expiry.expire_units(write, scope, today())
        async with databases.write(scope) as write:
            if await write.value(select(func.pg_try_advisory_xact_lock(EXPIRY_LOCK))):
                done["offers_lapsed"] = len(await ledger.lapse_offers(write, scope))
    except CarbonError as error:
        logger.warning("expiry_refused", tenant=tenant, code=error.code, reason=str(error))
    return {name: each for name, each in done.items() if each}


async def keep_house(databases: Databases, settings: Settings) -> None:
    """Tidy every tenant once an hour until cancelled."""

    async def tidy_all() -> None:
        while True:
            for tenant in databases.tenants:
                done = await tidy(databases, settings, tenant) | await expire_due(databases, tenant)
                done |= await sweep_market(databases, tenant) | await keep_books(databases, settings, tenant)
                done |= await forget_messages(databases, settings, tenant) | await keep_desks(databases, tenant)
                done |= await keep_watch(databases, tenant) | await forget_notices(databases, settings, tenant)
                given_back = await ledger.give_back(databases, settings, tenant)
                done |= {"cleared_codes_given_back": given_back} if given_back else {}
                lapsed = await let_lapse(databases, tenant)
                done |= {"approvals_lapsed": lapsed} if lapsed else {}
                taken = await take_unanswered(databases, tenant)
                done |= {"materials_taken": taken} if taken else {}
                compared = await keep_compared(databases, tenant)
                done |= {f"{name}_compared": each for name, each in compared.items()}
                if done:
                    logger.info("house_tidied", tenant=tenant, **done)
            await asyncio.sleep(EVERY_SECONDS)

    await persist(tidy_all, "housekeeping", "all")


async def score_changes(databases: Databases) -> None:
    """Ask for runs of scores, the nightly one and those of changed inputs, every few minutes until cancelled."""

    async def look() -> None:
        await asyncio.sleep(SCORES_FIRST_SECONDS)
        while True:
            for tenant in databases.tenants:
                try:
                    done = await keep_scores(databases, tenant)
                except CarbonError as error:
                    logger.warning("scores_not_looked_at", tenant=tenant, code=error.code, reason=str(error))
                    continue
                if done:
                    logger.info("scores_asked_for", tenant=tenant, **done)
            await asyncio.sleep(SCORES_SECONDS)

    await persist(look, "scores", "all")


async def tell_banks(databases: Databases, storage: Any) -> None:  # noqa: ANN401 - storage is a port
    """Have what is due sent to banks, and clear away their files whose time is over, until cancelled."""

    async def look() -> None:
        while True:
            for tenant in databases.tenants:
                try:
                    done = await look_after_banks(databases, storage, tenant)
                except CarbonError as error:
                    logger.warning("banks_not_looked_after", tenant=tenant, code=error.code, reason=str(error))
                    continue
                if done:
                    logger.info("banks_looked_after", tenant=tenant, **done)
            await asyncio.sleep(BANKS_SECONDS)

    await persist(look, "banks", "all")


async def roll_up(databases: Databases) -> None:
    """Bring the roll-ups of the city's ledger up to what changed, every second until cancelled."""

    async def look() -> None:
        while True:
            for tenant in databases.tenants:
                await keep_rolled(databases, tenant)
            await asyncio.sleep(ROLL_SECONDS)

    await persist(look, "roll-ups", "all")


async def tell_people(databases: Databases, settings: Settings) -> None:
    """Send notices that are due, every few seconds until cancelled; one tenant's slow server holds up none of the others."""

    async def look(tenant: str) -> None:
        while True:
            done = await send_notices(databases, settings, tenant)
            if done:
                logger.info("notices_sent", tenant=tenant, **done)
            await asyncio.sleep(NOTICES_SECONDS)

    await asyncio.gather(*(persist(partial(look, tenant), "notices", tenant) for tenant in databases.tenants))
