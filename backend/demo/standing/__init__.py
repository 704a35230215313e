"""The demonstration of standing: figures, disclosures, registers, scores, and what a bank may read of them; made once, piece by piece.

As with units, each piece is one transaction, knows by what it made that it was made, and is left out when it is refused.
"""

from collections.abc import Callable
from functools import partial

from backend.demo.plan import load
from backend.demo.standing import banking, disclosing, figures, registering, scoring
from backend.demo.standing.plan import StandingPlan, load_standing
from backend.demo.units import Piece, make
from backend.demo.units.cast import Cast, cast_of
from backend.kit.db import Databases, Write
from backend.kit.scope import Scope
from backend.kit.settings import Settings
from backend.kit.storage import Storage


async def seed_standing(databases: Databases, settings: Settings, tenant: str, tell: Callable[[str], None]) -> int:
    """Make what is missing of the tenant's standing; return how many pieces were made."""
    organisations, plan = load(tenant), load_standing(tenant)
    if organisations is None or plan is None:
        return 0
    scope = Scope.system(tenant, correlation_id="demonstration")
    async with databases.write(scope) as write:
        cast = await cast_of(write, scope, settings, organisations)
    if cast is None:
        return 0
    storage = Storage.of(settings)
    facts: dict[str, Piece] = {
        "figures": partial(figures.figures, cast=cast, storage=storage, plans=organisations.enterprises)
    }
    for each in plan.disclosures:
        facts[f"disclosure of {each.enterprise}"] = partial(disclosing.disclose, cast=cast, storage=storage, plan=each)
    named = {each.code: each for each in organisations.enterprises}
    facts["registers"] = partial(registering.register, cast=cast, enterprises=named, plans=plan.disclosures)
    facts["penalty"] = partial(scoring.penalise, cast=cast, plan=plan.penalty)
    made = await make(databases, scope, facts, tell)
    return made + await make(databases, scope, _after(cast, plan, is_new=bool(made)), tell)


def _after(cast: Cast, plan: StandingPlan, *, is_new: bool) -> dict[str, Piece]:
    """Return what rests on the facts: scores first, then who reads them."""

    async def scores(write: Write) -> bool:
        if not is_new and not await scoring.unscored(write, [each.account_id for each in cast.players.values()]):
            return False
        return await scoring.score(write, cast)

    return {
        "scores": scores,
        "appeal": partial(scoring.appeal, cast=cast, plan=plan.penalty),
        "consents": partial(banking.consents, cast=cast, plans=plan.consents),
        "loans": partial(banking.loans, cast=cast, plans=plan.loans),
        "terms": partial(banking.terms, cast=cast, grades=plan.terms),
    }


__all__ = ["load_standing", "seed_standing"]
