"""The city's ledger on the wire: both accounts of a year, figures with their documents, roll-ups by year."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

import strawberry

from backend.kit.db import Write
from backend.regions import service
from backend.regions.ledger.values import Cause, CityLedger
from backend.regions.places import check_period, check_year
from backend.regions.schema_balances import EnergyBalanceResult, balance_result
from backend.regions.values import Document, FigureDraft, FigureKind, FigureValue, RegionMonth, RegionYear
from backend.wire.commands import command
from backend.wire.context import Context, Info
from backend.wire.nodes import node_id
from backend.wire.scalars import Month

# The body of a command is a plain function that `command` turns into a field; `input` is the wire's word.
# pyright: reportGeneralTypeIssues=false, reportSelfClsParameterName=false
# ruff: noqa: A002, N805

FigureKindEnum = strawberry.enum(
    FigureKind,
    name="RegionFigureKind",
    description="What a figure of a division's year is: what emissions are set in relation to (gdp, industrial value added, "
    "population), removals by sinks (碳汇), or emissions no energy balance holds.",
)
CauseEnum = strawberry.enum(Cause, name="CityLedgerCause", description="Why the two accounts of a year differ.")


@strawberry.input(description="The document figures were taken from.")
class RegionDocumentInput:
    """A document."""

    title: str = strawberry.field(description="Its title, up to 200 characters.")
    issued_on: date = strawberry.field(description="The day it was issued, up to today.")
    number: str = strawberry.field(default="", description="Its number (文号), where it has one.")

    def value(self) -> Document:
        """Return it as the service takes it."""
        return Document(self.title, self.number, self.issued_on)


@strawberry.type(description="A figure of a division's year with the document it was taken from; the newest counts.")
class RegionFigure:
    """A figure of a division's year."""

    id: strawberry.ID = strawberry.field(description="Global id, opaque.")
    division_code: str = strawberry.field(description="The division.")
    year: int = strawberry.field(description="The year.")
    kind: FigureKindEnum = strawberry.field(description="What it is.")  # type: ignore[valid-type]
    quantity: Decimal = strawberry.field(description="How much, in `unit`.")
    unit: str = strawberry.field(description="万CNY, `person` or tCO2e.")
    document: str = strawberry.field(description="The document's title.")
    document_number: str = strawberry.field(description="Its number, where it has one.")
    document_date: date = strawberry.field(description="When it was issued.")
    note: str = strawberry.field(description="What was said of it.")
    recorded_at: datetime = strawberry.field(description="When it was entered.")


@strawberry.type(description="A sector of the ledger: from below tCO2e by scope, from above tCO2 of direct emissions.")
class CityLedgerRow:
    """A sector of the ledger."""

    sector: str = strawberry.field(description="Its code; empty for what is of no sector.")
    accounts: int = strawberry.field(description="Accounts that have something in the year.")
    verified_accounts: int = strawberry.field(description="Of these, all of whose months are verified.")
    open_accounts: int = strawberry.field(description="Open accounts.")
    scope1: Decimal = strawberry.field(description="From below: direct emissions, tCO2e.")
    scope2_location: Decimal = strawberry.field(description="From below: scope 2, location-based, tCO2e.")
    scope2_market: Decimal = strawberry.field(description="From below: scope 2, market-based, tCO2e.")
    energy_tce: Decimal = strawberry.field(description="From below: energy, tce.")
    verified_scope1_2: Decimal = strawberry.field(
        description="Of scope 1 and location-based scope 2, what is verified."
    )
    top_down: Decimal | None = strawberry.field(description="From above: direct emissions, tCO2; null for nothing.")


@strawberry.type(description="A known cause of the difference.")
class CityLedgerKnownCause:
    """A known cause."""

    cause: CauseEnum = strawberry.field(description="Which.")  # type: ignore[valid-type]
    text_zh: str = strawberry.field(description="中文说明。")
    text_en: str = strawberry.field(description="In English.")


@strawberry.type(
    description="Direct emissions of both accounts beside each other; neither corrects the other. Null cannot be told."
)
class CityReconciliation:
    """Both accounts of direct emissions."""

    bottom_up: Decimal | None = strawberry.field(description="Scope 1 of all accounts, tCO2e.")
    top_down: Decimal | None = strawberry.field(description="Combustion and stated industrial processes, tCO2.")
    difference: Decimal | None = strawberry.field(description="From above less from below.")
    covered: Decimal | None = strawberry.field(description="From below over from above, as a share of 1.")
    power_bottom_up: Decimal | None = strawberry.field(description="Of the power sector alone, from below.")
    power_top_down: Decimal | None = strawberry.field(description="Of thermal power and heating, from above.")
    causes: list[CityLedgerKnownCause] = strawberry.field(description="Why they differ, as far as is known.")


@strawberry.type(description="Tonnes per unit of an activity: from above, direct emissions and net inflow together.")
class CityIntensity:
    """Tonnes per unit of an activity."""

    of: FigureKindEnum = strawberry.field(description="The activity.")  # type: ignore[valid-type]
    unit: str = strawberry.field(description="The unit, such as tCO2/万CNY.")
    value: Decimal | None = strawberry.field(description="How much; null cannot be told.")


@strawberry.type(
    description="The carbon ledger of a division's year (城市碳账本): sources and sinks, from below (accounts) and from above "
    "(energy balance), side by side and never blended."
)
class CityLedgerYear:
    """The ledger of a division's year."""

    division_code: str = strawberry.field(description="The division.")
    year: int = strawberry.field(description="The year.")
    rows: list[CityLedgerRow] = strawberry.field(description="By sector; what is of no sector comes last.")
    months: int = strawberry.field(description="How many of the twelve months accounts have anything for.")
    top_down: EnergyBalanceResult | None = strawberry.field(description="What the energy balance in force comes to.")
    figures: list[RegionFigure] = strawberry.field(description="Figures that stand, with their documents.")
    stated_sources: Decimal = strawberry.field(description="Stated emissions no balance holds, tCO2e.")
    sinks: Decimal = strawberry.field(description="Removals by sinks, tCO2e, positive.")
    reconciliation: CityReconciliation = strawberry.field(description="Both accounts beside each other.")
    intensities: list[CityIntensity] = strawberry.field(description="Tonnes per unit of each activity.")


@strawberry.type(description="What all accounts of a division and sector come to in a year.")
class RegionYearSums:
    """A year of a division and sector."""

    division_code: str = strawberry.field(description="The division.")
    sector: str = strawberry.field(description="The sector's code.")
    year: int = strawberry.field(description="The year.")
    accounts: int = strawberry.field(description="Accounts that have something.")
    verified_accounts: int = strawberry.field(description="Of these, all of whose months are verified.")
    months: int = strawberry.field(description="How many of the twelve months have anything.")
    scope1: Decimal = strawberry.field(description="tCO2e.")
    scope2_location: Decimal = strawberry.field(description="tCO2e.")
    scope2_market: Decimal = strawberry.field(description="tCO2e.")
    energy_tce: Decimal = strawberry.field(description="tce.")
    verified_scope1_2: Decimal = strawberry.field(
        description="Of scope 1 and location-based scope 2, what is verified."
    )


@strawberry.type(description="What all accounts of a division and sector come to in a month.")
class RegionMonthSums:
    """A month of a division and sector."""

    division_code: str = strawberry.field(description="The division.")
    sector: str = strawberry.field(description="The sector's code.")
    month: Month = strawberry.field(description="The month.")
    accounts: int = strawberry.field(description="Accounts that have something.")
    verified_accounts: int = strawberry.field(description="Of these, how many by a verified inventory.")
    scope1: Decimal = strawberry.field(description="tCO2e.")
    scope2_location: Decimal = strawberry.field(description="tCO2e.")
    scope2_market: Decimal = strawberry.field(description="tCO2e.")
    energy_tce: Decimal = strawberry.field(description="tce.")
    verified_scope1_2: Decimal = strawberry.field(
        description="Of scope 1 and location-based scope 2, what is verified."
    )


def figure_shown(value: FigureValue) -> RegionFigure:
    """Return a figure as the wire has it."""
    return RegionFigure(
        id=node_id("RegionFigure", value.id), division_code=value.division_code, year=value.year, kind=value.kind,
        quantity=value.quantity, unit=value.unit, document=value.document, document_number=value.document_number,
        document_date=value.document_date, note=value.note, recorded_at=value.recorded_at,
    )  # fmt: skip


def _year(one: RegionYear) -> RegionYearSums:
    return RegionYearSums(
        division_code=one.division_code, sector=one.sector, year=one.year, accounts=one.accounts,
        verified_accounts=one.verified_accounts, months=one.months, scope1=one.scope1,
        scope2_location=one.scope2_location, scope2_market=one.scope2_market, energy_tce=one.energy_tce,
        verified_scope1_2=one.verified_scope1_2,
    )  # fmt: skip


def _month(one: RegionMonth) -> RegionMonthSums:
    return RegionMonthSums(
        division_code=one.division_code, sector=one.sector, month=Month(one.month), accounts=one.accounts,
        verified_accounts=one.verified_accounts, scope1=one.scope1, scope2_location=one.scope2_location,
        scope2_market=one.scope2_market, energy_tce=one.energy_tce, verified_scope1_2=one.verified_scope1_2,
    )  # fmt: skip


def ledger_shown(one: CityLedger) -> CityLedgerYear:
    """Return a ledger as the wire has it."""
    both = one.reconciliation
    return CityLedgerYear(
        division_code=one.division_code, year=one.year, months=one.months,
        rows=[
            CityLedgerRow(**{name: getattr(each, name) for name in each.__dataclass_fields__}) for each in one.rows
        ],
        top_down=None if one.top_down is None else balance_result(one.top_down),
        figures=[figure_shown(each) for each in one.figures], stated_sources=one.stated_sources, sinks=one.sinks,
        reconciliation=CityReconciliation(
            bottom_up=both.bottom_up, top_down=both.top_down, difference=both.difference, covered=both.covered,
            power_bottom_up=both.power_bottom_up, power_top_down=both.power_top_down,
            causes=[
                CityLedgerKnownCause(cause=each.cause, text_zh=each.zh, text_en=each.en) for each in both.causes
            ],
        ),
        intensities=[CityIntensity(of=each.of, unit=each.unit, value=each.value) for each in one.intensities],
    )  # fmt: skip


@strawberry.type
class LedgerYearQuery:
    """Reading the city's ledger."""

    @strawberry.field(
        description="The carbon ledger of a division's year (城市碳账本), for the authority whose region it lies in."
    )
    async def city_ledger(self, info: Info, division_code: str, year: int) -> CityLedgerYear:
        """Return the ledger of a year."""
        async with info.context.read() as read:
            return ledger_shown(await service.city_ledger(read, info.context.scope, division_code, year))

    @strawberry.field(
        description="What accounts come to by division, sector and year, for a division of your region and all below it; at most "
        "20 years."
    )
    async def region_years(
        self,
        info: Info,
        division_code: str,
        first: Annotated[int, strawberry.argument(description="The first year.")],
        last: Annotated[int, strawberry.argument(description="The last year.")],
    ) -> list[RegionYearSums]:
        """Return roll-ups by year."""
        scope = info.context.scope
        scope.require("regions:read")
        check_year(first)
        check_period(date(first, 1, 1), date(min(last, 9999), 12, 1))
        async with info.context.read() as read:
            division = await service.own_division(read, scope, division_code)
            return [_year(each) for each in await service.years(read, scope, first, last, division.path)]

    @strawberry.field(
        description="What accounts come to by division, sector and month, for a division of your region and all below it; at most "
        "240 months."
    )
    async def region_months(
        self,
        info: Info,
        division_code: str,
        first: Annotated[Month, strawberry.argument(description="The first month.")],
        last: Annotated[Month, strawberry.argument(description="The last month.")],
        sectors: Annotated[list[str] | None, strawberry.argument(description="Only these sectors.")] = None,
    ) -> list[RegionMonthSums]:
        """Return roll-ups by month."""
        scope = info.context.scope
        scope.require("regions:read")
        check_period(first, last)
        async with info.context.read() as read:
            division = await service.own_division(read, scope, division_code)
            found = await service.months(read, scope, first, last, division.path, sectors)
        return [_month(each) for each in found]

    @strawberry.field(
        description="Figures that stand for a division of your region and all below it, with their documents."
    )
    async def region_figures(
        self,
        info: Info,
        division_code: str,
        years: Annotated[list[int] | None, strawberry.argument(description="Only of these years.")] = None,
    ) -> list[RegionFigure]:
        """Return figures that stand."""
        scope = info.context.scope
        scope.require("regions:read")
        async with info.context.read() as read:
            division = await service.own_division(read, scope, division_code)
            found = await service.figures(read, scope, under=division.path, years=years)
        return [figure_shown(each) for each in found]


@strawberry.input(description="One figure of a division's year.")
class RegionFigureInput:
    """One figure."""

    kind: FigureKindEnum = strawberry.field(description="What it is.")  # type: ignore[valid-type]
    quantity: Decimal | None = strawberry.field(description="How much, not negative; null takes the figure away.")
    unit: str = strawberry.field(default="", description="Its unit, e.g. 万元; left out, the unit it is kept in.")


@strawberry.input(description="Enter, correct or take away figures of a division's year, with their document.")
class RecordRegionFiguresInput:
    """Enter figures."""

    division_code: str = strawberry.field(description="A division of your region.")
    year: int = strawberry.field(description="From 2005 to this year.")
    figures: list[RegionFigureInput] = strawberry.field(description="What is not named stays as it is.")
    document: RegionDocumentInput = strawberry.field(description="Where they were taken from.")
    note: str = strawberry.field(default="", description="What is to be said of them.")


@strawberry.type(description="The figures were entered.")
class RegionFiguresRecorded:
    """The figures were entered."""

    figures: list[RegionFigure] = strawberry.field(description="All that stand for the division's year now.")


@strawberry.type
class LedgerYearMutation:
    """Commands on figures of divisions."""

    @command("regions:record_figures")
    async def record_region_figures(
        context: Context, write: Write, input: RecordRegionFiguresInput
    ) -> RegionFiguresRecorded:
        """Enter figures of a division's year (经济社会与碳汇数据): output, people, removals by sinks, other sources."""
        found = await service.record_figures(
            write, context.scope, division_code=input.division_code, year=input.year, note=input.note,
            drafts=[FigureDraft(each.kind, each.quantity, each.unit) for each in input.figures],
            document=input.document.value(),
        )  # fmt: skip
        return RegionFiguresRecorded(figures=[figure_shown(each) for each in found])
