"""Background work of the desks: files of invitations, and what a worker looks after on a timer."""

from backend.console.inviting.jobs_inviting import invite_file
from backend.console.service import remind, settle
from backend.kit.db import Databases
from backend.kit.scope import Scope

__all__ = ["invite_file", "keep_desks"]


async def keep_desks(databases: Databases, tenant: str) -> dict[str, int]:
    """End the assignments whose inventory was verified, remind of the others; return what was done.

    Safe beside other processes.
    """
    scope = Scope.system(tenant)
    async with databases.write(scope) as write:
        done = {"assignments_done": await settle(write, scope)}
    async with databases.write(scope) as write:
        done["assignments_reminded"] = await remind(write, scope)
    return {name: each for name, each in done.items() if each}
