"""Alembic environment: one tenant's database at a time, under its owner role, against the clock.

A migration that cannot get its lock in five seconds gives up instead of queueing the whole service behind
it, and an advisory lock keeps two deployments from migrating the same database at once.
"""

import asyncio

from alembic import context
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine

import backend.kit.idempotency
import backend.kit.outbox
from backend.accounts import models as accounts
from backend.budgets import models as budgets
from backend.console import models as console
from backend.credits.ccer import models as ccer
from backend.credits.citizens import models as citizens
from backend.credits.events import models as events
from backend.credits.gec import models as gec
from backend.credits.market import models as market
from backend.credits.programmes import models as programmes
from backend.emissions import models as emissions
from backend.esg import models as esg
from backend.factors import models as factors
from backend.identity import models as identity
from backend.keyunits import models as keyunits
from backend.kit.orm import Base
from backend.knowledge import models as knowledge
from backend.ledger import models as ledger
from backend.ledger.claims import models as claims
from backend.ledger.clearing import models as clearing
from backend.ledger.registry import models as registry
from backend.lending import models as lending
from backend.monitoring import models as monitoring
from backend.parks import models as parks
from backend.projects import models as projects
from backend.quotas import models as quotas
from backend.regions import models as regions
from backend.scores import models as scores
from backend.statements import models as statements
from backend.targets import models as targets
from backend.tenants import models as tenants

MODELS = (
    backend.kit.idempotency,
    backend.kit.outbox,
    tenants,
    identity,
    factors,
    accounts,
    emissions,
    ledger,
    claims,
    clearing,
    registry,
    gec,
    ccer,
    citizens,
    events,
    programmes,
    market,
    quotas,
    regions,
    budgets,
    projects,
    parks,
    keyunits,
    monitoring,
    targets,
    console,
    knowledge,
    esg,
    scores,
    statements,
    lending,
)
LOCK_TIMEOUT, STATEMENT_TIMEOUT, ADVISORY_KEY = "5s", "10min", 320200


def run(connection: Connection) -> None:
    """Migrate over one connection, in one transaction for each revision."""
    connection.execute(text(f"set lock_timeout = '{LOCK_TIMEOUT}'"))
    connection.execute(text(f"set statement_timeout = '{STATEMENT_TIMEOUT}'"))
    connection.execute(text("select pg_advisory_lock(:key)"), {"key": ADVISORY_KEY})
    connection.commit()
    try:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            transaction_per_migration=True,
            compare_type=True,
            compare_server_default=True,
        )
        with context.begin_transaction():
            context.run_migrations()
    finally:
        connection.rollback()
        connection.execute(text("select pg_advisory_unlock(:key)"), {"key": ADVISORY_KEY})
        connection.commit()


async def run_online() -> None:
    """Connect to the address the caller put in the configuration's attributes (or `-x url=...`)."""
    url = context.config.attributes.get("url") or context.get_x_argument(as_dictionary=True)["url"]
    engine = create_async_engine(url)
    try:
        async with engine.connect() as connection:
            await connection.run_sync(run)
    finally:
        await engine.dispose()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    asyncio.run(run_online())
