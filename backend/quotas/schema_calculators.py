"""Calculators on the wire: the rules on what is given, without any account. Nothing is stored."""

from datetime import date
from decimal import Decimal

import strawberry

from backend.kit.clock import today
from backend.quotas import rules
from backend.quotas.errors import SettlementTooLarge
from backend.quotas.rules.terms import Sector
from backend.quotas.schema_rules import (
    CarryOverMaximum,
    CoolingEnum,
    ElectricityEnum,
    LineEnum,
    QuotaAmount,
    QuotaCalculation,
    QuotaFinding,
    QuotaPenalties,
    QuotaPriceScenario,
    QuotaSettlement,
    QuotaWhatIf,
    RuleOutcomeEnum,
    SectorEnum,
    UnitClassEnum,
    amount,
    calculation,
    findings,
    maximum,
    penalty,
    scenario,
    settlement,
    what_if,
)
from backend.quotas.service import book_of
from backend.wire.context import Info

ZERO = Decimal(0)
MOST_UNITS = 200


@strawberry.input(description="A power unit's year.")
class PowerQuotaInput:
    """A power unit's year."""

    year: int = strawberry.field(description="The compliance year, 2019 to 2026.")
    unit_class: UnitClassEnum = strawberry.field(description="The unit's class.")  # type: ignore[valid-type]
    mwh: Decimal = strawberry.field(description="Electricity in MWh, on the plan's basis.")
    gj: Decimal = strawberry.field(default=ZERO, description="Heat supplied in GJ.")
    basis: ElectricityEnum | None = strawberry.field(default=None, description="Which electricity; checked if given.")  # type: ignore[valid-type]
    cooling: CoolingEnum | None = strawberry.field(default=None, description="Left out: 1, marked as assumed.")  # type: ignore[valid-type]
    heat_ratio: Decimal | None = strawberry.field(default=None, description="Share of heat supplied (供热比), 0 to 1.")
    load: Decimal | None = strawberry.field(default=None, description="Load (output) coefficient, 0 to 1.")
    is_pure_condensing: bool | None = strawberry.field(
        default=None, description="Whether it supplies no heat; told from the heat if left out."
    )

    def inputs(self) -> rules.PowerInputs:
        """Return what the rules take."""
        return rules.PowerInputs(
            year=self.year, unit_class=rules.UnitClass(self.unit_class), mwh=self.mwh, gj=self.gj,
            basis=None if self.basis is None else rules.Basis(self.basis),
            cooling=None if self.cooling is None else rules.Cooling(self.cooling), heat_ratio=self.heat_ratio,
            load=self.load, is_pure_condensing=self.is_pure_condensing,
        )  # fmt: skip


@strawberry.input(description="A production line's year.")
class IndustryQuotaInput:
    """A production line's year."""

    year: int = strawberry.field(description="The compliance year, 2024 to 2026.")
    verified: Decimal = strawberry.field(description="Verified emissions E, tCO2.")
    sector: SectorEnum | None = strawberry.field(default=None, description="The sector, for the notes.")  # type: ignore[valid-type]
    intensity: Decimal | None = strawberry.field(default=None, description="The line's intensity I, in B's unit.")
    balance: Decimal | None = strawberry.field(default=None, description="The sector's balance value B.")
    line: LineEnum = strawberry.field(default=rules.LineKind.REGULAR, description="Kind of line.")  # type: ignore[valid-type]

    def inputs(self) -> rules.IndustryInputs:
        """Return what the rules take."""
        return rules.IndustryInputs(
            year=self.year, verified=self.verified, sector=None if self.sector is None else Sector(self.sector),
            intensity=self.intensity, balance=self.balance, line=rules.LineKind(self.line),
        )  # fmt: skip


@strawberry.input(description="A power unit's allocation and verified emissions.")
class UnitResultInput:
    """A power unit's allocation and verified emissions."""

    unit_class: UnitClassEnum = strawberry.field(description="The unit's class.")  # type: ignore[valid-type]
    allocation: Decimal = strawberry.field(description="By the formula, tCO2.")
    verified: Decimal = strawberry.field(description="Verified emissions, tCO2.")


@strawberry.input(description="A change of output and intensity, as fractions: 0.05 is 5 % more.")
class QuotaChangeInput:
    """A change."""

    output: Decimal = strawberry.field(default=ZERO, description="Of the output, -1 to 10.")
    intensity: Decimal = strawberry.field(default=ZERO, description="Of emissions per output, -1 to 10.")
    load: Decimal | None = strawberry.field(default=None, description="A power unit's new load; stays if left out.")


@strawberry.input(description="What is known of a CCER; left out is not known.")
class OffsetUnitInput:
    """What is known of a CCER."""

    registered_on: date | None = strawberry.field(default=None, description="When the reduction was registered.")
    produced_from: date | None = strawberry.field(default=None, description="First day the reduction arose.")
    vintage: int | None = strawberry.field(default=None, description="The year it arose.")
    methodology: str | None = strawberry.field(default=None, description="Number of the methodology.")
    is_from_ets_project: bool | None = strawberry.field(
        default=None, description="Whether the project is under the market's own management."
    )


@strawberry.type(description="Whether a CCER may settle a year.")
class OffsetVerdict:
    """Whether a CCER may settle a year."""

    outcome: RuleOutcomeEnum = strawberry.field(description="The worst of the findings.")  # type: ignore[valid-type]
    findings: list[QuotaFinding] = strawberry.field(description="Every check.")


@strawberry.type
class CalculatorsQuery:
    """The rules on what is given."""

    @strawberry.field(description="What a power unit is allocated by the plan of a year, with every factor.")
    async def power_quota(self, info: Info, input: PowerQuotaInput) -> QuotaCalculation:  # noqa: A002 - the wire's word
        """Compute a power unit's allocation."""
        return calculation(rules.power_quota(await _book(info), input.inputs()))

    @strawberry.field(description="What a line of steel, cement or aluminium is allocated by the plan of a year.")
    async def industry_quota(self, info: Info, input: IndustryQuotaInput) -> QuotaCalculation:  # noqa: A002 - the wire's word
        """Compute a line's allocation."""
        return calculation(rules.industry_quota(await _book(info), input.inputs()))

    @strawberry.field(
        description="The pre-allocation of power units; `output2018` for 2019 and 2020 (its year is theirs)."
    )
    async def pre_allocation(
        self, info: Info, year: int, verified_before: Decimal | None = None, output2018: PowerQuotaInput | None = None
    ) -> QuotaAmount:
        """Compute a pre-allocation."""
        return amount(
            rules.pre_allocation(
                await _book(info), year, verified_before=verified_before,
                output_2018=output2018.inputs() if output2018 else None,
            )
        )  # fmt: skip

    @strawberry.field(description="Power units together: gas exemption and the 20 % rule.")
    async def quota_settlement(self, info: Info, year: int, units: list[UnitResultInput]) -> QuotaSettlement:
        """Compute what units come to together."""
        if len(units) > MOST_UNITS:
            raise SettlementTooLarge(given=len(units), most=MOST_UNITS, path=("units",))
        given = [rules.UnitResult(rules.UnitClass(each.unit_class), each.allocation, each.verified) for each in units]
        return settlement(rules.settle_allocation(await _book(info), year, given))

    @strawberry.field(
        description="The most that may be borrowed of the next pre-allocation (预支), 2021 and 2022 only."
    )
    async def quota_borrowing(self, info: Info, year: int, allocation: Decimal, obligation: Decimal) -> QuotaAmount:
        """Compute what may be borrowed."""
        return amount(rules.borrowing(await _book(info), year, allocation, obligation))

    @strawberry.field(
        description="The most that can be carried over: base + multiple x net sales; a net buyer's are zero. `held`: the "
        "unconverted allowances of the old vintages, which limit `usable`."
    )
    async def carry_over_maximum(
        self,
        info: Info,
        sector: SectorEnum,  # type: ignore[valid-type]
        net_sales: Decimal,
        on: date | None = None,
        held: Decimal | None = None,
    ) -> CarryOverMaximum:
        """Compute the most that can be carried over; `on` refuses a day after the last one to apply."""
        return maximum(rules.carry_over(await _book(info), Sector(sector), net_sales, on=on, held=held))

    @strawberry.field(
        description="The most CCER that may settle an obligation (tCO2); without a year, by the share in force."
    )
    async def ccer_cap(self, info: Info, obligation: Decimal, year: int | None = None) -> QuotaAmount:
        """Compute the most CCER."""
        return amount(rules.ccer_cap(await _book(info), year, obligation))

    @strawberry.field(description="Whether a CCER may settle a compliance year on a day (today if left out).")
    async def offset_check(
        self,
        info: Info,
        input: OffsetUnitInput,  # noqa: A002 - the wire's word
        year: int,
        on: date | None = None,
    ) -> OffsetVerdict:
        """Check a CCER."""
        unit = rules.OffsetUnit(
            registered_on=input.registered_on, produced_from=input.produced_from, vintage=input.vintage,
            methodology=input.methodology, is_from_ets_project=input.is_from_ets_project,
        )  # fmt: skip
        verdict = rules.offset_check(await _book(info), unit, year, on or today())
        return OffsetVerdict(outcome=verdict.outcome, findings=findings(verdict.findings))

    @strawberry.field(description="Whether an allowance of a vintage may settle a compliance year.")
    async def vintage_check(self, info: Info, vintage: int, year: int, is_converted: bool = False) -> QuotaFinding:  # noqa: FBT001, FBT002 - an argument of the wire
        """Check a vintage."""
        return findings([rules.vintage_check(await _book(info), vintage, year, is_converted=is_converted)])[0]

    @strawberry.field(description="The average price of a turnover (CNY) and a volume (t), in CNY/t.")
    async def average_price(self, info: Info, value: Decimal, volume: Decimal) -> QuotaAmount:
        """Compute an average price."""
        info.context.scope.require("quotas:read")
        return amount(rules.average_price(value, volume))

    @strawberry.field(description="What if a power unit's output, intensity or load changed.")
    async def power_what_if(
        self,
        info: Info,
        input: PowerQuotaInput,  # noqa: A002 - the wire's word
        verified: Decimal,
        change: QuotaChangeInput,
    ) -> QuotaWhatIf:
        """Compute a power unit before and after a change."""
        return what_if(
            rules.what_if_power(
                await _book(info), input.inputs(), verified, output_change=change.output,
                intensity_change=change.intensity, load=change.load,
            )
        )  # fmt: skip

    @strawberry.field(description="What if a line's output or intensity changed.")
    async def industry_what_if(
        self,
        info: Info,
        input: IndustryQuotaInput,  # noqa: A002 - the wire's word
        change: QuotaChangeInput,
    ) -> QuotaWhatIf:
        """Compute a line before and after a change."""
        return what_if(
            rules.what_if_industry(
                await _book(info), input.inputs(), output_change=change.output, intensity_change=change.intensity
            )
        )

    @strawberry.field(
        description="The recorded rules on penalties on a day (today if left out), each with its confidence. No legal advice."
    )
    async def quota_penalties(
        self, info: Info, on: date | None = None, missing: Decimal | None = None, average_price: Decimal | None = None
    ) -> QuotaPenalties:
        """List the recorded penalties; `missing` tCO2 and the month's average price give amounts."""
        found = rules.penalties(await _book(info), on or today(), missing=missing, average_price=average_price)
        return QuotaPenalties(
            disclaimer_zh=rules.DISCLAIMER_ZH,
            disclaimer_en=rules.DISCLAIMER_EN,
            penalties=[penalty(each) for each in found],
        )

    @strawberry.field(
        description="The recorded prices on a day (today if left out): seen, dated and marked, no forecast."
    )
    async def quota_price_scenarios(self, info: Info, on: date | None = None) -> list[QuotaPriceScenario]:
        """List the price scenarios."""
        return [scenario(each) for each in rules.price_scenarios(await _book(info), on or today())]


async def _book(info: Info) -> rules.Book:
    """Return the look-up over the parameters."""
    info.context.scope.require("quotas:read")
    async with info.context.read() as read:
        return await book_of(read, info.context.scope)
