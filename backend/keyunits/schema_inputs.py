"""What the commands of key units are given."""

from datetime import date
from decimal import Decimal

import strawberry

from backend.keyunits.values import (
    ChangeKind,
    Document,
    FindingArea,
    FindingState,
    PassportField,
    PostKind,
    ReferenceKind,
    ReferenceMetric,
    RetrofitKind,
    RetrofitState,
)
from backend.keyunits.values_work import Period

ACCOUNT = "The unit's carbon account."


@strawberry.input(description="A document: title, number where it has one, day of issue.")
class KeyUnitDocumentInput:
    """A document."""

    title: str = strawberry.field(description="Its title.")
    issued_on: date = strawberry.field(description="Its day of issue, up to today.")
    number: str = strawberry.field(default="", description="Its number.")

    def read(self) -> Document:
        """Return it as the services take it."""
        return Document(self.title, self.number, self.issued_on)


@strawberry.input(description="Hold the accounts of a year against the thresholds.")
class ProposeKeyUnitsInput:
    """Propose the list."""

    year: int = strawberry.field(description="The year.")
    division_code: str | None = strawberry.field(default=None, description="A division; by default your region.")


@strawberry.input(description="Propose a change of the list by hand.")
class ProposeKeyUnitInput:
    """Propose one change."""

    account_id: strawberry.ID = strawberry.field(description="The account.")
    year: int = strawberry.field(description="The year of the list.")
    kind: ChangeKind = strawberry.field(description="What is proposed.")
    reason: str = strawberry.field(description="Why.")


@strawberry.input(description="Decide on proposals of other people.")
class DecideKeyUnitsInput:
    """Decide on proposals."""

    proposal_ids: list[strawberry.ID] = strawberry.field(description="1 to 500; all are decided, or none.")
    is_confirmed: bool = strawberry.field(description="Whether they are confirmed.")
    reason: str = strawberry.field(description="Why.")
    document: KeyUnitDocumentInput = strawberry.field(description="The document of the decision.")


@strawberry.input(description="Record who holds a post.")
class RecordKeyUnitPostInput:
    """Record a post."""

    account_id: strawberry.ID = strawberry.field(description=ACCOUNT)
    kind: PostKind = strawberry.field(description="Which post.")
    person_name: str = strawberry.field(description="The person.")
    title: str = strawberry.field(description="Their office.")
    starts_on: date = strawberry.field(description="Their first day.")
    document: KeyUnitDocumentInput = strawberry.field(description="The document of the appointment.")
    contact: str = strawberry.field(default="", description="How they are reached.")
    ends_on: date | None = strawberry.field(default=None, description="Their last day, once it is known.")


@strawberry.input(description="Record that a report was filed.")
class FileKeyUnitReportInput:
    """File a report."""

    account_id: strawberry.ID = strawberry.field(description=ACCOUNT)
    duty: str = strawberry.field(description="The duty's code.")
    year: int = strawberry.field(description="The year it is of.")
    filed_on: date = strawberry.field(description="When it was filed.")
    note: str = strawberry.field(default="", description="In words.")
    evidence_id: strawberry.ID | None = strawberry.field(default=None, description="The report as a file.")


@strawberry.input(description="Record what a diagnosis found.")
class RecordKeyUnitFindingInput:
    """Record a finding."""

    account_id: strawberry.ID = strawberry.field(description=ACCOUNT)
    area: FindingArea = strawberry.field(description="What was looked at.")
    title: str = strawberry.field(description="What was found.")
    diagnosed_on: date = strawberry.field(description="The day of the diagnosis.")
    body: str = strawberry.field(description="Who made it.")
    detail: str = strawberry.field(default="", description="In more words.")
    potential_tce: Decimal | None = strawberry.field(default=None, description="Possible savings of a year, tce.")
    potential_tco2: Decimal | None = strawberry.field(default=None, description="Possible savings of a year, tCO2e.")
    evidence_id: strawberry.ID | None = strawberry.field(default=None, description="The diagnosis as a file.")


@strawberry.input(description="Take a finding a step further.")
class FollowKeyUnitFindingInput:
    """Follow a finding."""

    finding_id: strawberry.ID = strawberry.field(description="The finding.")
    state: FindingState = strawberry.field(description="Where it comes to.")
    note: str = strawberry.field(description="In words.")
    due_on: date | None = strawberry.field(default=None, description="By when; with `PLANNED` alone.")


@strawberry.input(description="Put a project into the reserve (储备清单).")
class PlanKeyUnitRetrofitInput:
    """Plan a project."""

    account_id: strawberry.ID = strawberry.field(description=ACCOUNT)
    kind: RetrofitKind = strawberry.field(description="Which kind.")
    name: str = strawberry.field(description="What it is called.")
    content: str = strawberry.field(description="What is done.")
    investment: Decimal = strawberry.field(description="Investment, CNY.")
    expected_tce: Decimal = strawberry.field(description="Expected savings of a year, tce.")
    expected_tco2: Decimal = strawberry.field(description="Expected savings of a year, tCO2e.")
    basis: str = strawberry.field(description="How these were reckoned.")
    starts_on: date = strawberry.field(description="Its planned first day.")
    ends_on: date = strawberry.field(description="Its planned completion.")
    finding_id: strawberry.ID | None = strawberry.field(default=None, description="The finding it answers.")


@strawberry.input(description="Take a project further.")
class MoveKeyUnitRetrofitInput:
    """Move a project."""

    retrofit_id: strawberry.ID = strawberry.field(description="The project.")
    state: RetrofitState = strawberry.field(description="Where it comes to.")
    happened_on: date = strawberry.field(description="On which day, up to today.")
    note: str = strawberry.field(default="", description="In words.")


@strawberry.input(description="What was used, emitted and made in a period.")
class KeyUnitPeriodInput:
    """A period."""

    first: date = strawberry.field(description="Its first day.")
    last: date = strawberry.field(description="Its last day.")
    tce: Decimal = strawberry.field(description="Energy, tce.")
    tco2: Decimal = strawberry.field(description="Emissions, tCO2e.")
    output: Decimal = strawberry.field(description="Output.")

    def read(self) -> Period:
        """Return it as the services take it."""
        return Period(self.first, self.last, self.tce, self.tco2, self.output)


@strawberry.input(description="Compare before and after of a completed project.")
class RecordKeyUnitSavingInput:
    """Record a comparison."""

    retrofit_id: strawberry.ID = strawberry.field(description="The project.")
    before: KeyUnitPeriodInput = strawberry.field(description="The period before.")
    after: KeyUnitPeriodInput = strawberry.field(description="The period after; savings are of it.")
    output_unit: str = strawberry.field(description="The unit of output.")
    adjustment_tce: Decimal = strawberry.field(default=Decimal(0), description="Added to the savings, tce.")
    adjustment_tco2: Decimal = strawberry.field(default=Decimal(0), description="Added to the savings, tCO2e.")
    adjustment_reason: str = strawberry.field(default="", description="Why; needed with an adjustment.")
    evidence_id: strawberry.ID | None = strawberry.field(default=None, description="The comparison as a file.")


@strawberry.input(description="Decide on a comparison another person recorded.")
class DecideKeyUnitSavingInput:
    """Decide on a comparison."""

    saving_id: strawberry.ID = strawberry.field(description="The comparison.")
    is_confirmed: bool = strawberry.field(description="Whether it is confirmed.")
    reason: str = strawberry.field(description="Why.")


@strawberry.input(description="Compare the sectors of your region in a year.")
class CompareKeyUnitSectorsInput:
    """Compare sectors."""

    year: int = strawberry.field(description="The year.")


@strawberry.input(description="Enter a reference level of a product.")
class RecordKeyUnitReferenceInput:
    """Record a reference level."""

    division_code: str = strawberry.field(description="A division of your region; it holds for all below it.")
    product: str = strawberry.field(description="The product, as accounts call it in their yearly figures.")
    product_unit: str = strawberry.field(description="The unit of its output.")
    metric: ReferenceMetric = strawberry.field(description="What it limits.")
    kind: ReferenceKind = strawberry.field(description="Leading or baseline.")
    quantity: Decimal = strawberry.field(description="kgce or kgCO2e for each unit.")
    starts_on: date = strawberry.field(description="From which day on.")
    document: KeyUnitDocumentInput = strawberry.field(description="The document it was taken from.")


@strawberry.input(description="Give the key units of your region their carbon-efficiency codes of a year.")
class GiveKeyUnitCodesInput:
    """Give codes."""

    year: int = strawberry.field(description="The year; it was compared before.")


@strawberry.input(description="Agree to a public page with your name and these parts.")
class ShowUnitPassportInput:
    """Show a passport."""

    account_id: strawberry.ID = strawberry.field(description="Your carbon account.")
    fields: list[PassportField] = strawberry.field(description="What it shows besides the name.")
    valid_until: date = strawberry.field(description="The last day it is shown.")


@strawberry.input(description="End your public page.")
class WithdrawUnitPassportInput:
    """Withdraw a passport."""

    account_id: strawberry.ID = strawberry.field(description="Your carbon account.")
