"""What the commands of quota compliance are given, and how they answer."""

from datetime import date
from decimal import Decimal

import strawberry

from backend.quotas.schema_position import QuotaDuty
from backend.quotas.schema_rules import CoolingEnum, ElectricityEnum, LineEnum, SectorEnum, UnitClassEnum
from backend.quotas.schema_types import (
    DutyKindEnum,
    QuotaAllocation,
    QuotaBalanceValue,
    QuotaCarryOver,
    QuotaFacility,
    QuotaOutput,
    QuotaReceipt,
    QuotaVerified,
    StageEnum,
)

ACCOUNT_ID = "The account's global id."


@strawberry.input(description="Add a power unit or production line to an account.")
class AddQuotaFacilityInput:
    """A power unit or production line."""

    account_id: strawberry.ID = strawberry.field(description=ACCOUNT_ID)
    code: str = strawberry.field(description="Its code within the account, e.g. `U1`.")
    name: str = strawberry.field(description="Its name, 1 to 200 characters.")
    sector: SectorEnum = strawberry.field(description="Its sector.")  # type: ignore[valid-type]
    since: date = strawberry.field(description="Its first day.")
    unit_class: UnitClassEnum | None = strawberry.field(default=None, description="Needed for a power unit.")  # type: ignore[valid-type]
    cooling: CoolingEnum | None = strawberry.field(default=None, description="Of a power unit.")  # type: ignore[valid-type]
    is_pure_condensing: bool | None = strawberry.field(default=None, description="Whether it supplies no heat.")
    line: LineEnum | None = strawberry.field(default=None, description="Needed for a production line.")  # type: ignore[valid-type]
    capacity: Decimal | None = strawberry.field(default=None, description="In `capacityUnit`.")
    capacity_unit: str = strawberry.field(default="", description="E.g. `MW`, `t/d`.")


@strawberry.input(description="End a power unit or production line.")
class EndQuotaFacilityInput:
    """The end of a facility."""

    facility_id: strawberry.ID = strawberry.field(description="The unit's or line's global id.")
    until: date = strawberry.field(description="Its last day.")
    reason: str = strawberry.field(description="Why; kept with the change.")


@strawberry.input(
    description="Record production data of a unit or line; what is left out is not stated, which is not zero."
)
class RecordQuotaOutputInput:
    """Production data."""

    facility_id: strawberry.ID = strawberry.field(description="The unit's or line's global id.")
    year: int = strawberry.field(description="The year; 2018 for the pre-allocation of 2019 and 2020.")
    month: int | None = strawberry.field(default=None, description="1 to 12; left out: the whole year.")
    basis: ElectricityEnum | None = strawberry.field(default=None, description="Which electricity; needed with `mwh`.")  # type: ignore[valid-type]
    mwh: Decimal | None = strawberry.field(default=None, description="Electricity, MWh.")
    gj: Decimal | None = strawberry.field(default=None, description="Heat supplied, GJ.")
    heat_ratio: Decimal | None = strawberry.field(default=None, description="Share of heat supplied, 0 to 1.")
    load: Decimal | None = strawberry.field(default=None, description="Load (output) coefficient, 0 to 1.")
    output: Decimal | None = strawberry.field(default=None, description="Output, in `outputUnit`.")
    output_unit: str = strawberry.field(default="", description="Its unit, e.g. `t`.")
    intensity: Decimal | None = strawberry.field(default=None, description="Emissions per output.")
    emissions: Decimal | None = strawberry.field(default=None, description="tCO2 as you state them.")
    evidence_id: strawberry.ID | None = strawberry.field(default=None, description="The file that shows it.")
    note: str = strawberry.field(default="", description="Remarks.")
    reason: str = strawberry.field(default="", description="Needed when it takes the place of an earlier entry.")


@strawberry.input(description="Enter verified direct emissions, as verifier or authority.")
class EnterVerifiedEmissionsInput:
    """Verified emissions."""

    account_id: strawberry.ID = strawberry.field(description=ACCOUNT_ID)
    year: int = strawberry.field(description="The compliance year.")
    emissions: Decimal = strawberry.field(description="tCO2 within the market's boundary.")
    document: str = strawberry.field(description="The report or decision they stand in.")
    facility_id: strawberry.ID | None = strawberry.field(default=None, description="Left out: of the whole account.")
    intensity: Decimal | None = strawberry.field(default=None, description="Emissions per output of a line.")
    evidence_id: strawberry.ID | None = strawberry.field(default=None, description="The file that shows it.")


@strawberry.input(description="Enter the balance value of a sector and year.")
class EnterBalanceValueInput:
    """A balance value."""

    sector: SectorEnum = strawberry.field(description="The sector.")  # type: ignore[valid-type]
    year: int = strawberry.field(description="The compliance year.")
    value: Decimal = strawberry.field(description="In `unit`.")
    unit: str = strawberry.field(description="E.g. `tCO2/t`.")
    document: str = strawberry.field(description="Where it is published.")
    note: str = strawberry.field(default="", description="Remarks.")


@strawberry.input(description="Propose the allocation the rules compute.")
class ProposeAllocationInput:
    """A proposal."""

    account_id: strawberry.ID = strawberry.field(description=ACCOUNT_ID)
    year: int = strawberry.field(description="The compliance year.")
    stage: StageEnum = strawberry.field(description="Pre or final.")  # type: ignore[valid-type]
    document: str = strawberry.field(description="The notice it rests on.")
    note: str = strawberry.field(default="", description="Remarks.")
    quantity: Decimal | None = strawberry.field(
        default=None, description="Less than computed, only where the plan names a maximum."
    )


@strawberry.input(description="Decide on a proposed allocation, as another person than proposed it.")
class DecideAllocationInput:
    """A decision on an allocation."""

    allocation_id: strawberry.ID = strawberry.field(description="The allocation's global id.")
    decision: str = strawberry.field(default="", description="In words; needed to reject.")


@strawberry.input(description="Revoke an allocation that was issued, as the registrar.")
class RevokeAllocationInput:
    """An allocation to revoke."""

    allocation_id: strawberry.ID = strawberry.field(description="The allocation's global id.")
    reason: str = strawberry.field(description="Why; it stays in the journal.")


@strawberry.input(description="Name who is responsible for a duty.")
class NameDutyOwnerInput:
    """Who is responsible."""

    account_id: strawberry.ID = strawberry.field(description=ACCOUNT_ID)
    year: int = strawberry.field(description="The compliance year.")
    duty: DutyKindEnum = strawberry.field(description="The duty.")  # type: ignore[valid-type]
    owner: str = strawberry.field(description="A person or a post.")
    month: int | None = strawberry.field(default=None, description="Of the monthly filing; left out: all months.")


@strawberry.input(description="Record that a duty is done; without a day: that it is not after all.")
class RecordDutyInput:
    """How a duty stands."""

    account_id: strawberry.ID = strawberry.field(description=ACCOUNT_ID)
    year: int = strawberry.field(description="The compliance year.")
    duty: DutyKindEnum = strawberry.field(description="The duty.")  # type: ignore[valid-type]
    month: int | None = strawberry.field(default=None, description="Of the monthly filing.")
    done_on: date | None = strawberry.field(default=None, description="The day it was done.")
    evidence_id: strawberry.ID | None = strawberry.field(default=None, description="The file that shows it.")
    note: str = strawberry.field(default="", description="Needed when it is not done after all.")


@strawberry.input(description="A run of serials, both ends included.")
class SerialRunInput:
    """A run of serials."""

    first: str = strawberry.field(description="The first serial.")
    last: str = strawberry.field(description="The last serial.")


@strawberry.input(description="Units to surrender: so many of a class, or these very serials.")
class SurrenderUnitsInput:
    """Units to surrender."""

    class_code: str = strawberry.field(description="`CEA` or `CCER`.")
    quantity: Decimal | None = strawberry.field(default=None, description="Whole units.")
    batch_id: strawberry.ID | None = strawberry.field(default=None, description="Of this ledger batch only.")
    serials: list[SerialRunInput] = strawberry.field(default_factory=list, description="These very serials.")


@strawberry.input(description="Surrender units for a compliance year; all of them or none.")
class SurrenderAllowancesInput:
    """A surrender."""

    account_id: strawberry.ID = strawberry.field(description=ACCOUNT_ID)
    year: int = strawberry.field(description="The compliance year.")
    units: list[SurrenderUnitsInput] = strawberry.field(description="The units, at most 100 entries.")


@strawberry.input(description="Take a surrender back, as the registrar.")
class UndoSurrenderInput:
    """A surrender to take back."""

    receipt_id: strawberry.ID = strawberry.field(description="The receipt's global id.")
    reason: str = strawberry.field(description="Why; it stays in the journal.")


@strawberry.input(description="Close the compliance year of an account.")
class CloseComplianceYearInput:
    """The end of a compliance year."""

    account_id: strawberry.ID = strawberry.field(description=ACCOUNT_ID)
    year: int = strawberry.field(description="The compliance year.")
    reason: str = strawberry.field(description="Why; kept with it.")


@strawberry.input(description="Apply to carry old allowances over, the oldest first.")
class ApplyCarryOverInput:
    """An application to carry over."""

    account_id: strawberry.ID = strawberry.field(description=ACCOUNT_ID)
    sector: SectorEnum = strawberry.field(description="The account's sector.")  # type: ignore[valid-type]
    net_sales: Decimal = strawberry.field(description="Net sales within the window, tCO2; negative for a net buyer.")
    quantity: Decimal = strawberry.field(description="Whole units.")
    document: str = strawberry.field(description="The exchange's statement of the net sales.")
    lodged_on: date | None = strawberry.field(default=None, description="When it was lodged; today if left out.")
    evidence_id: strawberry.ID | None = strawberry.field(default=None, description="Needed for an earlier day.")


@strawberry.input(description="Decide on an application to carry over.")
class DecideCarryOverInput:
    """A decision on an application."""

    carry_over_id: strawberry.ID = strawberry.field(description="The application's global id.")
    is_approved: bool = strawberry.field(description="Whether it is approved.")
    decision: str = strawberry.field(default="", description="In words; needed to reject.")


@strawberry.type(description="The unit or line as it is now.")
class QuotaFacilitySaved:
    """A facility was added or ended."""

    facility: QuotaFacility = strawberry.field(description="As it is now.")


@strawberry.type(description="The data was recorded.")
class QuotaOutputRecorded:
    """Data was recorded."""

    output: QuotaOutput = strawberry.field(description="The entry, which counts from now on.")


@strawberry.type(description="The verified emissions were entered.")
class VerifiedEmissionsEntered:
    """Verified emissions were entered."""

    verified: QuotaVerified = strawberry.field(description="The entry, which counts from now on.")


@strawberry.type(description="The balance value was entered.")
class BalanceValueEntered:
    """A balance value was entered."""

    balance_value: QuotaBalanceValue = strawberry.field(description="The entry, which counts from now on.")


@strawberry.type(description="The allocation as it is now.")
class AllocationSaved:
    """An allocation was proposed or decided."""

    allocation: QuotaAllocation = strawberry.field(description="As it is now.")


@strawberry.type(description="The duties of the year as they stand now.")
class DutiesSaved:
    """Something was said about a duty."""

    duties: list[QuotaDuty] = strawberry.field(description="The whole calendar.")


@strawberry.type(description="The units were surrendered.")
class AllowancesSurrendered:
    """Units were surrendered."""

    receipt: QuotaReceipt = strawberry.field(description="The receipt.")


@strawberry.type(description="The surrender was taken back.")
class SurrenderUndoneAnswer:
    """A surrender was taken back."""

    receipt: QuotaReceipt = strawberry.field(description="The receipt, its lines marked.")


@strawberry.type(description="The compliance year was closed.")
class ComplianceYearClosedAnswer:
    """A compliance year was closed."""

    year: int = strawberry.field(description="The year.")
    obligation: Decimal = strawberry.field(description="What was owed, tCO2.")
    settled: Decimal = strawberry.field(description="Whole units settled.")


@strawberry.type(description="The application as it is now.")
class CarryOverSaved:
    """An application was made or decided."""

    carry_over: QuotaCarryOver = strawberry.field(description="As it is now.")
