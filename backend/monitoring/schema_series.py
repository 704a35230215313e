"""The monthly series on the wire."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated

import strawberry

from backend.monitoring import service
from backend.monitoring.series.values import Growth, Series, SeriesMonth
from backend.monitoring.values import Words
from backend.tenants.schema import Division, load_division
from backend.wire.context import Info
from backend.wire.scalars import Month


@strawberry.type(description="A text in both languages.")
class MonitoringText:
    """A text in both languages."""

    zh: str = strawberry.field(description="中文。")
    en: str = strawberry.field(description="English.")


def words(given: Words | None) -> MonitoringText | None:
    """Return a text as the wire has it."""
    return None if given is None else MonitoringText(zh=given.zh, en=given.en)


@strawberry.type(
    description="Growth of the accounts that have both years, like with like (同口径增速): an account new to the books is no "
    "growth. Null percent: it cannot be told, the note says why."
)
class EmissionGrowth:
    """Growth of like with like."""

    percent: Decimal | None = strawberry.field(description="Percent, to four places.")
    current: Decimal = strawberry.field(description="What they came to, tCO2e.")
    before: Decimal = strawberry.field(description="The same months of the year before, tCO2e.")
    accounts: int = strawberry.field(description="Accounts with both years, in the month that has most.")
    coverage_percent: Decimal | None = strawberry.field(
        description="Of last year's accounts, how many have reported, in the month that has least."
    )
    months: list[Month] = strawberry.field(description="Of which months.")
    note: MonitoringText | None = strawberry.field(description="Why nothing can be told.")


def growth(given: Growth) -> EmissionGrowth:
    """Return growth as the wire has it."""
    return EmissionGrowth(
        percent=given.percent, current=given.current, before=given.before, accounts=given.accounts,
        coverage_percent=given.coverage, months=[Month(each) for each in given.months], note=words(given.note),
    )  # fmt: skip


@strawberry.type(description="A month of a series, beside the same month a year before. Scopes stand apart.")
class MonitoringMonth:
    """A month of a series."""

    month: Month = strawberry.field(description="The month.")
    accounts: int = strawberry.field(description="Accounts that have something in it.")
    verified_accounts: int = strawberry.field(description="Of these, by a verified inventory.")
    scope1: Decimal = strawberry.field(description="Direct emissions, tCO2e.")
    scope2_location: Decimal = strawberry.field(description="Purchased electricity and heat, location-based, tCO2e.")
    scope2_market: Decimal = strawberry.field(description="The same, market-based, tCO2e.")
    energy_tce: Decimal = strawberry.field(description="Energy, tce.")
    verified: Decimal = strawberry.field(
        description="The part of scope 1 and location-based scope 2 from verified inventories, tCO2e."
    )
    counted: Decimal = strawberry.field(
        description="What counts against a budget, tCO2e: scope 1 and location-based scope 2, without what power plants burn, "
        "which is the scope 2 of others; the power sector's own series counts both."
    )
    coverage_percent: Decimal | None = strawberry.field(
        description="Of the accounts of the same month a year before, how many have reported; null: there were none."
    )
    growth: EmissionGrowth = strawberry.field(description="Growth against the same month a year before.")


@strawberry.type(
    description="Emissions of a division (with all below it) and sector month by month (月度监测序列), made of what accounts report."
)
class MonitoringSeries:
    """Emissions month by month."""

    division_code: str = strawberry.field(description="The division.")
    sector: str = strawberry.field(description="The sector; empty for all together.")
    open_accounts: int = strawberry.field(description="Open accounts, whether they have something or not.")
    latest_month: Month | None = strawberry.field(description="The newest of the months with anything.")
    latest_input_at: datetime | None = strawberry.field(
        description="Up to when the newest of the counted inventories took in what was entered."
    )
    months: list[MonitoringMonth] = strawberry.field(description="The months asked for, the oldest first.")
    year_to_date: EmissionGrowth = strawberry.field(
        description="Growth of the last year's covered months so far, together."
    )

    @strawberry.field(description="The division.")
    async def division(self, info: Info) -> Division | None:
        """Return the division."""
        return await load_division(info.context, self.division_code)


def _month(given: SeriesMonth) -> MonitoringMonth:
    return MonitoringMonth(
        month=Month(given.month), accounts=given.accounts, verified_accounts=given.verified_accounts,
        scope1=given.scope1, scope2_location=given.scope2_location, scope2_market=given.scope2_market,
        energy_tce=given.energy_tce, verified=given.verified, counted=given.counted,
        coverage_percent=given.coverage, growth=growth(given.growth),
    )  # fmt: skip


def series(given: Series) -> MonitoringSeries:
    """Return a series as the wire has it."""
    return MonitoringSeries(
        division_code=given.division_code, sector=given.sector, open_accounts=given.open_accounts,
        latest_month=Month(given.latest_month) if given.latest_month else None, latest_input_at=given.latest_input_at,
        months=[_month(each) for each in given.months], year_to_date=growth(given.to_date),
    )  # fmt: skip


@strawberry.type
class SeriesQuery:
    """Reading the monthly series."""

    @strawberry.field(
        description="Monthly emissions of a division of your region: of all sectors or one, of each sector, of the divisions "
        "directly below, with growth of like with like, coverage and when data came in."
    )
    async def monitoring_series(
        self,
        info: Info,
        division_code: Annotated[str, strawberry.argument(description="The division.")],
        first: Annotated[Month, strawberry.argument(description="The first month.")],
        last: Annotated[Month, strawberry.argument(description="The last month; at most 36 in all.")],
        sector: Annotated[str | None, strawberry.argument(description="Only this sector.")] = None,
        is_by_sector: Annotated[bool, strawberry.argument(description="A series for each sector, too.")] = False,  # noqa: FBT002 - an argument of the wire has a name
        is_by_division: Annotated[bool, strawberry.argument(description="Of the divisions below, too.")] = False,  # noqa: FBT002 - the same
    ) -> list[MonitoringSeries]:
        """Return series."""
        async with info.context.read() as read:
            found = await service.series(
                read, info.context.scope, division_code, first, last, sector=sector, is_by_division=is_by_division,
                is_by_sector=is_by_sector and sector is None,
            )  # fmt: skip
        return [series(each) for each in found]
