"""Roll, rebuild, check: three ways to the same rows. One roller at a time in a database; commands never wait for it."""

from sqlalchemy import func, select, text

from backend.kit.db import Read, Write
from backend.kit.scope import Kind, Scope
from backend.regions.errors import RollupsClosed
from backend.regions.rollups import sql
from backend.regions.values import Difference

ROLL_LOCK = 320240
"""The advisory lock of those who write roll-ups."""
BATCH = 500
"""Changes taken at once: long enough for set-wise speed, short enough that a crash repeats little."""
MOST_DIFFERENCES = 1000

_ROLL = text(sql.ROLL)
_REBUILD = tuple(text(each) for each in (*sql.FORGET, *sql.REBUILD))
_CHECK = text(sql.CHECK)
_WAITS = text("select exists (select from region_change)")
_STAMP = text("update region_stamp set version = version + 1")
# The set-wise statement touches few accounts of many: without statistics on its parts the planner fears the worst.
_TUNE = text("select set_config('jit', 'off', true)")


async def waits(read: Read, scope: Scope) -> bool:
    """Tell whether any change waits. Raises RollupsClosed."""
    _only_the_service(scope)
    return bool(await read.value(_WAITS))


async def roll(write: Write, scope: Scope, *, batch: int = BATCH) -> int:
    """Bring the roll-ups up to the next changes; return how many changes were taken, 0 also while another rolls.

    A crash before the commit leaves the changes waiting; an account looked at twice is the same as once.

    Raises:
        RollupsClosed: anybody but the service.
    """
    _only_the_service(scope)
    if not await write.value(select(func.pg_try_advisory_xact_lock(ROLL_LOCK))):
        return 0
    await write.value(_TUNE)
    row = await write.row(_ROLL, {"batch": batch})
    if row is None or not row.changes:
        return 0
    await write.run(_STAMP)
    return row.changes


async def rebuild(write: Write, scope: Scope) -> None:
    """Forget every roll-up and make all of them anew from the inventories; readers see the old ones until the commit.

    Changes that wait stay: they are looked at again, which changes nothing.

    Raises:
        RollupsClosed: anybody but the service.
    """
    _only_the_service(scope)
    await write.value(select(func.pg_advisory_xact_lock(ROLL_LOCK)))
    await write.value(_TUNE)
    for statement in _REBUILD:
        await write.run(statement)
    await write.run(_STAMP)
    write.audit("regions:rebuild")


async def check(read: Read, scope: Scope) -> list[Difference]:
    """Return the first thousand rows that are not the exact sum of what counts now; accounts that wait are left out.

    Raises:
        RollupsClosed: anybody but the service.
    """
    _only_the_service(scope)
    rows = await read.rows(_CHECK, {"limit": MOST_DIFFERENCES})
    return [Difference(row.name, row.key, row.stored or "", row.computed or "") for row in rows]


def _only_the_service(scope: Scope) -> None:
    if scope.kind is not Kind.SYSTEM:
        raise RollupsClosed
