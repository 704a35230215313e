"""The city's ledger over divisions and years on the wire."""

from dataclasses import fields
from decimal import Decimal
from typing import Annotated

import strawberry

from backend.regions import service
from backend.regions.ledger.overview import LedgerEntry
from backend.wire.context import Info


@strawberry.type(
    description="A division's year in the carbon ledger: from below (accounts of its subtree) tCO2e, from above (its own "
    "energy balance in force) tCO2, side by side and never blended. Null was not entered, or cannot be told."
)
class CityLedgerEntry:
    """A division's year."""

    division_code: str = strawberry.field(description="The division.")
    year: int = strawberry.field(description="The year.")
    accounts: int = strawberry.field(description="Accounts that have something in the year.")
    verified_accounts: int = strawberry.field(description="Of these, all of whose months are verified.")
    scope1: Decimal = strawberry.field(description="From below: direct emissions, tCO2e.")
    scope1_power: Decimal = strawberry.field(description="Of these the power sector's, which is the scope 2 of others.")
    scope2_location: Decimal = strawberry.field(description="From below: scope 2, location-based, tCO2e.")
    scope2_market: Decimal = strawberry.field(description="From below: scope 2, market-based, tCO2e.")
    energy_tce: Decimal = strawberry.field(description="From below: energy, tce.")
    verified_scope1_2: Decimal = strawberry.field(
        description="Of scope 1 and location-based scope 2, what is verified."
    )
    top_down: Decimal | None = strawberry.field(description="From above: combustion, tCO2.")
    is_complete: bool | None = strawberry.field(description="Whether every line of the balance can be told.")
    net_inflow: Decimal | None = strawberry.field(description="From above: electricity and heat bought from outside.")
    processes: Decimal | None = strawberry.field(description="Stated emissions of industrial processes, tCO2e.")
    difference: Decimal | None = strawberry.field(description="Direct emissions from above less those from below.")
    covered: Decimal | None = strawberry.field(description="From below over from above, as a share of 1.")
    sinks: Decimal = strawberry.field(description="Removals by sinks, tCO2e, positive.")


def entry_shown(given: LedgerEntry) -> CityLedgerEntry:
    """Return an entry as the wire has it."""
    return CityLedgerEntry(**{each.name: getattr(given, each.name) for each in fields(given)})


@strawberry.type
class OverviewQuery:
    """Reading the ledger over divisions and years."""

    @strawberry.field(
        description="The carbon ledger (碳源碳汇) of a division of your region and of each directly below it, year by year; at "
        "most ten years."
    )
    async def city_ledger_overview(
        self,
        info: Info,
        division_code: str,
        first: Annotated[int, strawberry.argument(description="The first year.")],
        last: Annotated[int, strawberry.argument(description="The last year.")],
    ) -> list[CityLedgerEntry]:
        """Return the ledger over divisions and years."""
        async with info.context.read() as read:
            found = await service.city_ledger_overview(read, info.context.scope, division_code, first, last)
        return [entry_shown(each) for each in found]
