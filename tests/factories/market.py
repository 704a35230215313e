"""Enterprises at the board, and the short way to a listing or a match.

seller = await holder(databases, 100)                 # an account with 100 certificates that may be sold
made = await listed(databases, seller, "100")         # an offer of them
match = await answered(databases, buyer, made, "40")
"""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from factories.accounts import Held, held_account
from factories.ledger import imported
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from backend.credits.market import service
from backend.credits.market.values import Answered, ListingValue, MatchValue, Side, Wanted
from backend.kit.clock import today
from backend.kit.db import Databases
from backend.ledger import service as ledger
from backend.ledger.values import Accepts
from backend.wire.nodes import node_id

BATCH = {
    "vintage": 2026, "produced_from": date(2026, 3, 1), "produced_to": date(2026, 3, 31),
    "valid_until": date(2098, 2, 28), "attributes": {"technology": "wind", "kind": "grid_fed"},
}  # fmt: skip


async def holder(databases: Databases, count: int = 0, *, automatic: bool = False, **batch: Any) -> Held:
    """Open an account, with certificates of one batch if any are wanted."""
    held = await held_account(databases)
    if count:
        await imported(databases, held.scope, held.id, "GEC", count, **{**BATCH, **batch})
    if automatic:
        async with databases.write(held.scope) as write:
            await ledger.choose_acceptance(write, held.scope, held.id, Accepts.AUTOMATICALLY)
    return held


async def listed(
    databases: Databases, held: Held, quantity: str, *, side: Side = Side.OFFER, class_code: str = "GEC", days: int = 30,
    **given: Any,
) -> ListingValue:  # fmt: skip
    """Post a listing."""
    wanted = Wanted(side, class_code, Decimal(quantity), today() + timedelta(days=days), **given)
    async with databases.write(held.scope) as write:
        return await service.post_listing(write, held.scope, held.id, wanted)


async def answered(databases: Databases, held: Held, listing: UUID, quantity: str, **given: Any) -> MatchValue:
    """Answer a listing."""
    async with databases.write(held.scope) as write:
        return await service.respond(write, held.scope, held.id, listing, Answered(Decimal(quantity), **given))


async def stepped(databases: Databases, held: Held, match: UUID) -> MatchValue:
    """Take one's step of a match."""
    async with databases.write(held.scope) as write:
        return await service.confirm(write, held.scope, match)


async def past(servers: Any, statement: str, **given: Any) -> None:
    """Move a row of the board back in time, as the owner of the database: time passes in no test."""
    engine = create_async_engine(servers.addresses["wuxi"].owner.get_secret_value())
    tables = ("market_listing", "market_match", "market_owner", "carbon_account", "ledger_hold")
    async with engine.begin() as owner:
        for table in tables:
            await owner.execute(text(f"alter table {table} no force row level security"))
        touched = await owner.execute(text(statement), given)
        for table in tables:
            await owner.execute(text(f"alter table {table} force row level security"))
        assert touched.rowcount == 1
    await engine.dispose()


async def on_the_board(databases: Databases, held: Held) -> tuple[UUID, dict[str, str]]:
    """Give an account an offer on the board, answered by somebody; return the match's id, and the listing by name."""
    made = await listed(databases, held, "2", class_code="CCER")
    match = await answered(databases, await holder(databases), made.id, "1")
    return match.id, {"market_listing": str(node_id("MarketListing", made.id))}
