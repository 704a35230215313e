"""The demonstration of units: allowances, certificates, reductions, programmes; made once, piece by piece.

Each piece is one transaction and knows by what it made that it was made. A piece the books refuse (somebody has
changed the demonstration's accounts since) is told and left out: it must not stop a start.
"""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from backend.demo.plan import load
from backend.demo.units import certificates, compliance, programmes
from backend.demo.units.cast import Cast, cast_of
from backend.demo.units.plan import UnitsPlan, load_units
from backend.kit.db import Databases, Write
from backend.kit.errors import CarbonError
from backend.kit.scope import Scope
from backend.kit.settings import Settings
from backend.kit.storage import Storage

PATIENCE = 20.0
"""Seconds the worker has to read the certificates; after that they are claimed at the next seeding."""
Piece = Callable[[Write], Awaitable[bool]]


async def seed_units(
    databases: Databases, settings: Settings, tenant: str, tell: Callable[[str], None], patience: float = PATIENCE
) -> int:
    """Make what is missing of the tenant's units; return how many pieces were made."""
    organisations, plan = load(tenant), load_units(tenant)
    if organisations is None or plan is None:
        return 0
    scope = Scope.system(tenant, correlation_id="demonstration")
    async with databases.write(scope) as write:
        cast = await cast_of(write, scope, settings, organisations)
    if cast is None:
        return 0

    made = await make(databases, scope, _pieces(cast, plan, Storage.of(settings)), tell)
    # Last, so that the worker has read the certificates meanwhile.
    state = await certificates.read_state(databases, scope, cast, plan, patience)
    if state == "stored":
        claim: dict[str, Piece] = {"claim of certificates": partial(certificates.claim, cast=cast, whole=plan)}
        made += await make(databases, scope, claim, tell)
    elif state == "received":
        tell(f"{tenant}: certificates wait for a worker to read them; they are claimed at the next seeding")
    return made


async def make(databases: Databases, scope: Scope, pieces: Mapping[str, Piece], tell: Callable[[str], None]) -> int:
    """Make each piece in a transaction of its own, telling those that are refused; return how many were made."""
    made = 0
    for name, piece in pieces.items():
        try:
            async with databases.write(scope) as write:
                made += await piece(write)
        except CarbonError as error:
            tell(f"{scope.tenant}: {name} left out: {error}")
    return made


def _pieces(cast: Cast, plan: UnitsPlan, storage: Storage) -> dict[str, Piece]:
    pieces: dict[str, Piece] = {
        "certificates": partial(certificates.bring, cast=cast, storage=storage, whole=plan),
        "compliance": partial(compliance.compliance, cast=cast, whole=plan),
        "reductions": partial(compliance.reductions, cast=cast, whole=plan),
    }
    for each in plan.programmes:
        pieces[each.code] = partial(programmes.programme, cast=cast, storage=storage, plan=each)
    if plan.trees is not None:
        pieces["trees"] = partial(programmes.trees, cast=cast, plan=plan.trees)
    return pieces
