"""The demonstration of the jurisdiction itself: its figures, budget, a project, key units, a park, warnings; made once.

As with units, each piece is one transaction, knows by what it made that it was made, and is left out when it is refused.
"""

from collections.abc import Callable
from functools import partial

from backend.demo.city import budgeting, ledger, parks, watching
from backend.demo.plan import load
from backend.demo.units import Piece, make
from backend.demo.units.cast import cast_of
from backend.kit.db import Databases
from backend.kit.scope import Scope
from backend.kit.settings import Settings
from backend.kit.storage import Storage


async def seed_city(databases: Databases, settings: Settings, tenant: str, tell: Callable[[str], None]) -> int:
    """Make what is missing of the tenant's municipal part; return how many pieces were made."""
    plan = load(tenant)
    if plan is None:
        return 0
    scope = Scope.system(tenant, correlation_id="demonstration")
    async with databases.write(scope) as write:
        cast = await cast_of(write, scope, settings, plan)
    if cast is None:
        return 0
    divisions = {each.code: each.division for each in (*plan.organisations, *plan.enterprises)}
    pieces: dict[str, Piece] = {
        "figures of the jurisdiction": partial(ledger.figures, cast=cast, root=divisions["city"]),
        "energy balance": partial(ledger.balance, cast=cast, root=divisions["city"]),
        "budget": partial(budgeting.budget, cast=cast, root=divisions["city"], district=divisions["district"]),
        "investment project": partial(
            budgeting.project, cast=cast, storage=Storage.of(settings), plans=plan.enterprises,
            district=divisions["district"],
        ),
        "key units": partial(watching.key_units, cast=cast),
        "park": partial(parks.park, cast=cast, plans=plan.enterprises),
        "warnings": partial(watching.warnings, cast=cast),
    }  # fmt: skip
    return await make(databases, scope, pieces, tell)


__all__ = ["seed_city"]
