"""Investment projects in the background: approvals that lapse, materials that count as taken."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from backend.kit.db import Databases, Read, Write
from backend.kit.errors import CarbonError
from backend.kit.logs import log
from backend.kit.scope import Scope
from backend.projects.service import deem_taken, lapse, lapsing, unanswered

logger = log(__name__)


async def let_lapse(databases: Databases, tenant: str) -> int:
    """Let the tenant's approvals lapse whose two years are over, each in a transaction of its own; return how many.

    Safe beside other processes: a project is held while it lapses, and lapses once.
    """
    return await _each(databases, tenant, lapsing, lapse, "approval_not_lapsed")


async def take_unanswered(databases: Databases, tenant: str) -> int:
    """Take the tenant's materials that nobody answered in time, each in a transaction of its own; return how many.

    Safe beside other processes, like `let_lapse`.
    """
    return await _each(databases, tenant, unanswered, deem_taken, "materials_not_taken")


async def _each(
    databases: Databases,
    tenant: str,
    find: Callable[[Read, Scope], Awaitable[list[tuple[UUID, UUID]]]],
    work: Callable[[Write, Scope, UUID, UUID], Awaitable[bool]],
    refusal: str,
) -> int:
    scope, done = Scope.system(tenant), 0
    async with databases.read(scope) as read:
        found = await find(read, scope)
    for account_id, project_id in found:
        try:
            async with databases.write(scope) as write:
                done += await work(write, scope, account_id, project_id)
        except CarbonError as error:
            logger.warning(refusal, tenant=tenant, project=str(project_id), code=error.code)
    return done


__all__ = ["let_lapse", "take_unanswered"]
