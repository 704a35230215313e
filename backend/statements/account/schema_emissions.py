"""Emissions and intensities of a statement on the wire."""

from datetime import datetime
from typing import cast
from uuid import UUID

import strawberry

from backend.statements.account import values
from backend.statements.account.schema_figures import StatementFigure, StatementWords, figure, maybe, words
from backend.statements.account.wording import CATEGORIES, word
from backend.wire.nodes import node_id
from backend.wire.scalars import Month


@strawberry.type(description="Emissions in tCO2e and energy in tce. Scope 3 is in no total.")
class StatementTotals:
    """Totals of a year, or of the period's months in it."""

    scope1: StatementFigure = strawberry.field(description="Direct emissions.")
    scope2_location: StatementFigure = strawberry.field(description="Purchased energy, location-based.")
    scope2_market: StatementFigure = strawberry.field(description="Purchased energy, market-based.")
    scope3: StatementFigure = strawberry.field(description="Scope 3, apart.")
    location: StatementFigure = strawberry.field(description="Scopes 1 and 2, location-based.")
    market: StatementFigure = strawberry.field(description="Scopes 1 and 2, market-based.")
    energy: StatementFigure = strawberry.field(description="Energy use.")


@strawberry.type(description="What a category of a scope contributed to a year's inventory.")
class StatementCategoryLine:
    """A category of a year."""

    scope: int = strawberry.field(description="1, 2 or 3.")
    category: str = strawberry.field(description="Code of the category.")
    name: StatementWords = strawberry.field(description="Its name.")
    location: StatementFigure = strawberry.field(description="tCO2e, location-based.")
    market: StatementFigure = strawberry.field(description="tCO2e, market-based.")


@strawberry.type(description="What a source contributed to a year's inventory.")
class StatementSourceLine:
    """A source of a year."""

    source_id: strawberry.ID = strawberry.field(description="Global id of the source.")
    code: str = strawberry.field(description="Its code.")
    name: str = strawberry.field(description="Its name.")
    scope: int = strawberry.field(description="1, 2 or 3.")
    category: str = strawberry.field(description="Code of the category.")
    location: StatementFigure = strawberry.field(description="tCO2e, location-based.")
    market: StatementFigure = strawberry.field(description="tCO2e, market-based.")


@strawberry.type(description="The version of a year's inventory that counted at the moment of knowledge.")
class StatementInventory:
    """The inventory figures come from."""

    inventory_id: strawberry.ID = strawberry.field(description="Global id of the inventory.")
    version: int = strawberry.field(description="Its version.")
    state: str = strawberry.field(description="Its state at that moment.")
    computed_with: datetime = strawberry.field(description="The moment whose records it was computed from.")
    computed_at: datetime = strawberry.field(description="When it was computed.")
    state_at: datetime = strawberry.field(description="Since when it was in that state.")
    verified_at: datetime | None = strawberry.field(description="When another organisation verified it; null for not.")
    is_restatement: bool = strawberry.field(description="It replaced an earlier version after verification.")
    months_covered: int = strawberry.field(description="Months with data.")
    record_count: int = strawberry.field(description="Records it counts.")
    excluded_count: int = strawberry.field(description="Records left out because nobody approved them.")


@strawberry.type(description="Emissions of a calendar year the period touches.")
class StatementYear:
    """Emissions of a year."""

    year: int = strawberry.field(description="The calendar year.")
    first: Month = strawberry.field(description="First month of the period in this year.")
    last: Month = strawberry.field(description="Last month of the period in this year.")
    inventory: StatementInventory | None = strawberry.field(description="Its inventory; null when there was none.")
    totals: StatementTotals | None = strawberry.field(description="Totals of the whole inventory.")
    period_totals: StatementTotals | None = strawberry.field(
        description="Totals of the period's months, where the period takes only a part of the year."
    )
    categories: list[StatementCategoryLine] = strawberry.field(description="By scope and category.")
    sources: list[StatementSourceLine] = strawberry.field(description="By source, the largest of each scope first.")
    quality: StatementFigure | None = strawberry.field(description="Data quality score, 0 to 100.")
    metered_share: StatementFigure | None = strawberry.field(
        description="Share of emissions from metered data, percent."
    )


@strawberry.type(description="Emissions over value added or output, of one year, compared.")
class StatementIntensity:
    """An intensity of a year."""

    year: int = strawberry.field(description="The calendar year.")
    kind: str = strawberry.field(description="`value_added` or `output`.")
    product: str = strawberry.field(description="The product; empty for value added.")
    is_main: bool = strawberry.field(description="Value added, or the main product.")
    emissions: StatementFigure = strawberry.field(description="Scopes 1 and 2, location-based.")
    activity: StatementFigure = strawberry.field(description="Value added in 10,000 CNY, or output.")
    value: StatementFigure = strawberry.field(description="The intensity.")
    change: StatementFigure | None = strawberry.field(description="Against the year before, percent.")
    sector_mean: StatementFigure | None = strawberry.field(
        description="The sector's mean; null where fewer than five accounts could be told of."
    )
    against_sector: StatementFigure | None = strawberry.field(description="Own over the sector's mean, percent.")


def year_emissions(value: values.YearEmissions, account_id: UUID) -> StatementYear:
    """Return a year as the wire has it."""
    return StatementYear(
        year=value.calendar_year,
        first=cast("Month", value.first),
        last=cast("Month", value.last),
        inventory=None if value.inventory is None else _inventory(value.inventory, account_id),
        totals=_totals(value.year),
        period_totals=_totals(value.period),
        categories=[
            StatementCategoryLine(
                scope=each.scope, category=each.category, name=words(word(CATEGORIES, each.category)),
                location=figure(each.location), market=figure(each.market),
            )
            for each in value.categories
        ],
        sources=[
            StatementSourceLine(
                source_id=node_id("EmissionSource", account_id, each.source_id), code=each.code, name=each.name,
                scope=each.scope, category=each.category, location=figure(each.location), market=figure(each.market),
            )
            for each in value.sources
        ],
        quality=maybe(value.quality),
        metered_share=maybe(value.metered_share),
    )  # fmt: skip


def _inventory(value: values.Inventory, account_id: UUID) -> StatementInventory:
    return StatementInventory(
        inventory_id=node_id("Inventory", account_id, value.id), version=value.version, state=value.state,
        computed_with=value.computed_with, computed_at=value.computed_at, state_at=value.state_at,
        verified_at=value.verified_at, is_restatement=value.restates_id is not None,
        months_covered=value.months_covered, record_count=value.record_count, excluded_count=value.excluded_count,
    )  # fmt: skip


def _totals(value: values.Totals | None) -> StatementTotals | None:
    if value is None:
        return None
    return StatementTotals(
        scope1=figure(value.scope1), scope2_location=figure(value.scope2_location),
        scope2_market=figure(value.scope2_market), scope3=figure(value.scope3), location=figure(value.location),
        market=figure(value.market), energy=figure(value.energy),
    )  # fmt: skip


def intensity(value: values.Intensity) -> StatementIntensity:
    """Return an intensity as the wire has it."""
    return StatementIntensity(
        year=value.calendar_year, kind=value.kind, product=value.product, is_main=value.is_main,
        emissions=figure(value.emissions), activity=figure(value.activity), value=figure(value.value),
        change=maybe(value.change), sector_mean=maybe(value.sector_mean), against_sector=maybe(value.against_sector),
    )  # fmt: skip
