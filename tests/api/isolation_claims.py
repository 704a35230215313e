"""What the victim of the isolation tests has of certificates: some at hand, some claimed, some about to expire."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from factories import ledger
from factories.accounts import Held

from backend.credits.gec import claiming, expiry
from backend.credits.gec.claim_values import Wanted
from backend.kit.clock import today
from backend.kit.db import Databases
from backend.kit.scope import Scope


async def with_claims(databases: Databases, held: Held, year: int) -> UUID:
    """Give an account certificates and a claim on a year; return the movement that cancelled them."""
    batch = {"produced_from": date(year, 3, 1), "produced_to": date(year, 3, 31), "attributes": {"kind": "grid_fed"}}
    soon, late = today() + timedelta(days=20), today() + timedelta(days=400)
    await ledger.imported(databases, held.scope, held.id, "GEC", 7, valid_until=soon, **batch)
    await ledger.imported(databases, held.scope, held.id, "GEC", 20, valid_until=late, **batch)
    system = Scope.system(held.scope.tenant)
    async with databases.write(system) as write:
        await expiry.warn_of_expiry(write, system, today())
    async with databases.write(held.scope) as write:
        [made] = await claiming.claim_certificates(
            write, held.scope, account_id=held.id, year=year, wanted=Wanted(Decimal(5))
        )
    return made.movement.id
