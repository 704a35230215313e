"""Investment projects in the background: approvals that lapse."""

from backend.kit.db import Databases
from backend.kit.errors import CarbonError
from backend.kit.logs import log
from backend.kit.scope import Scope
from backend.projects.service import lapse, lapsing

logger = log(__name__)


async def let_lapse(databases: Databases, tenant: str) -> int:
    """Let the tenant's approvals lapse whose two years are over, each in a transaction of its own; return how many.

    Safe beside other processes: a project is held while it lapses, and lapses once.
    """
    scope, done = Scope.system(tenant), 0
    async with databases.read(scope) as read:
        found = await lapsing(read, scope)
    for account_id, project_id in found:
        try:
            async with databases.write(scope) as write:
                done += await lapse(write, scope, account_id, project_id)
        except CarbonError as error:
            logger.warning("approval_not_lapsed", tenant=tenant, project=str(project_id), code=error.code)
    return done


__all__ = ["let_lapse"]
