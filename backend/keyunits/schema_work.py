"""What key units work at, on the wire: findings with their steps, projects, savings."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import strawberry

from backend.accounts.schema_types import CarbonAccount, load_account
from backend.keyunits.names import AREA_NAMES, FINDING_NAMES, RETROFIT_KIND_NAMES, RETROFIT_NAMES
from backend.keyunits.values import FindingArea, FindingState, RetrofitKind, RetrofitState, Words
from backend.keyunits.values_work import FindingRow, RetrofitRow, SavingRow
from backend.wire.context import Info
from backend.wire.nodes import node_id

FINDING, RETROFIT, SAVING = "KeyUnitFinding", "KeyUnitRetrofit", "KeyUnitSaving"
strawberry.enum(FindingArea, name="KeyUnitFindingArea", description="What a diagnosis looked at.")
strawberry.enum(FindingState, name="KeyUnitFindingState", description="How far a finding has come.")
strawberry.enum(RetrofitKind, name="KeyUnitRetrofitKind", description="节能降碳改造, or 用能设备更新.")
strawberry.enum(RetrofitState, name="KeyUnitRetrofitState", description="How far a project has come.")


@strawberry.type(description="A text in both languages.")
class KeyUnitText:
    """A text."""

    zh: str = strawberry.field(description="中文。")
    en: str = strawberry.field(description="English.")


def text(words: Words) -> KeyUnitText:
    """Return words as the wire has them."""
    return KeyUnitText(zh=words.zh, en=words.en)


@strawberry.type(description="What was done about a finding.")
class KeyUnitFindingStep:
    """A step."""

    state: FindingState = strawberry.field(description="Where it came to.")
    note: str = strawberry.field(description="In words.")
    due_on: date | None = strawberry.field(description="By when, where it was planned.")
    recorded_at: datetime = strawberry.field(description="When it was recorded.")


@strawberry.type(description="What a diagnosis (降碳诊断) found, and what became of it.")
class KeyUnitFinding:
    """A finding."""

    id: strawberry.ID = strawberry.field(description="Global id.")
    area: FindingArea = strawberry.field(description="What was looked at.")
    area_name: KeyUnitText = strawberry.field(description="The same in words.")
    title: str = strawberry.field(description="What was found.")
    detail: str = strawberry.field(description="In more words.")
    diagnosed_on: date = strawberry.field(description="The day of the diagnosis.")
    body: str = strawberry.field(description="Who made it.")
    potential_tce: Decimal | None = strawberry.field(description="Possible savings of a year, tce.")
    potential_tco2: Decimal | None = strawberry.field(description="Possible savings of a year, tCO2e.")
    state: FindingState = strawberry.field(description="Where it stands.")
    state_name: KeyUnitText = strawberry.field(description="The same in words.")
    due_on: date | None = strawberry.field(description="By when it is planned.")
    steps: list[KeyUnitFindingStep] = strawberry.field(description="What was done, in order.")
    evidence_id: strawberry.ID | None = strawberry.field(description="Global id of the diagnosis as a file.")
    recorded_at: datetime = strawberry.field(description="When it was recorded.")


def finding(row: FindingRow) -> KeyUnitFinding:
    """Return a finding as the wire has it."""
    return KeyUnitFinding(
        id=node_id(FINDING, row.account_id, row.id), area=row.area, area_name=text(AREA_NAMES[row.area]),
        title=row.title, detail=row.detail, diagnosed_on=row.diagnosed_on, body=row.body,
        potential_tce=row.potential_tce, potential_tco2=row.potential_tco2, state=row.state,
        state_name=text(FINDING_NAMES[row.state]), due_on=row.due_on, recorded_at=row.recorded_at,
        steps=[
            KeyUnitFindingStep(state=each.state, note=each.note, due_on=each.due_on, recorded_at=each.recorded_at)
            for each in row.steps
        ],
        evidence_id=None if row.evidence_id is None else node_id("Evidence", row.account_id, row.evidence_id),
    )  # fmt: skip


@strawberry.type(description="A project of the rolling list (储备清单), as it stands.")
class KeyUnitRetrofit:
    """A project."""

    account_id: strawberry.Private[UUID]
    id: strawberry.ID = strawberry.field(description="Global id.")
    kind: RetrofitKind = strawberry.field(description="Which kind.")
    kind_name: KeyUnitText = strawberry.field(description="The same in words.")
    name: str = strawberry.field(description="What it is called.")
    content: str = strawberry.field(description="What is done.")
    investment: Decimal = strawberry.field(description="Investment, CNY.")
    expected_tce: Decimal = strawberry.field(description="Expected savings of a year, tce.")
    expected_tco2: Decimal = strawberry.field(description="Expected savings of a year, tCO2e.")
    basis: str = strawberry.field(description="How these were reckoned.")
    starts_on: date = strawberry.field(description="Its planned first day.")
    ends_on: date = strawberry.field(description="Its planned completion.")
    state: RetrofitState = strawberry.field(description="How far it has come.")
    state_name: KeyUnitText = strawberry.field(description="The same in words.")
    moved_on: date = strawberry.field(description="Since when.")
    saved_tce: Decimal | None = strawberry.field(description="Confirmed savings, tce; null: none is yet.")
    saved_tco2: Decimal | None = strawberry.field(description="Confirmed savings, tCO2e; null: none is yet.")
    finding_id: strawberry.ID | None = strawberry.field(description="Global id of the finding it answers.")
    recorded_at: datetime = strawberry.field(description="When it was entered.")

    @strawberry.field(description="The account.")
    async def account(self, info: Info) -> CarbonAccount | None:
        """Return the account."""
        return await load_account(info.context, self.account_id)


def retrofit(row: RetrofitRow) -> KeyUnitRetrofit:
    """Return a project as the wire has it."""
    return KeyUnitRetrofit(
        account_id=row.account_id, id=node_id(RETROFIT, row.account_id, row.id), kind=row.kind,
        kind_name=text(RETROFIT_KIND_NAMES[row.kind]), name=row.name, content=row.content, investment=row.investment,
        expected_tce=row.expected_tce, expected_tco2=row.expected_tco2, basis=row.basis, starts_on=row.starts_on,
        ends_on=row.ends_on, state=row.state, state_name=text(RETROFIT_NAMES[row.state]), moved_on=row.moved_on,
        saved_tce=row.saved_tce, saved_tco2=row.saved_tco2, recorded_at=row.recorded_at,
        finding_id=None if row.finding_id is None else node_id(FINDING, row.account_id, row.finding_id),
    )  # fmt: skip


@strawberry.type(description="What was used, emitted and made in a period.")
class KeyUnitPeriod:
    """A period."""

    first: date = strawberry.field(description="Its first day.")
    last: date = strawberry.field(description="Its last day.")
    tce: Decimal = strawberry.field(description="Energy, tce.")
    tco2: Decimal = strawberry.field(description="Emissions, tCO2e.")
    output: Decimal = strawberry.field(description="Output, in the comparison's unit.")


@strawberry.type(description="A comparison of a project's before and after.")
class KeyUnitSaving:
    """A comparison."""

    id: strawberry.ID = strawberry.field(description="Global id.")
    retrofit_id: strawberry.ID = strawberry.field(description="Global id of the project.")
    before: KeyUnitPeriod = strawberry.field(description="The period before.")
    after: KeyUnitPeriod = strawberry.field(description="The period after.")
    output_unit: str = strawberry.field(description="The unit of output.")
    adjustment_tce: Decimal = strawberry.field(description="Added to the savings, tce.")
    adjustment_tco2: Decimal = strawberry.field(description="Added to the savings, tCO2e.")
    adjustment_reason: str = strawberry.field(description="Why.")
    saved_tce: Decimal = strawberry.field(description="Savings of the period after, tce.")
    saved_tco2: Decimal = strawberry.field(description="Savings of the period after, tCO2e.")
    formula: str = strawberry.field(description="How they follow from the lines above.")
    recorded_at: datetime = strawberry.field(description="When it was recorded.")
    is_confirmed: bool | None = strawberry.field(description="The second person's word; null while there is none.")
    decision: str | None = strawberry.field(description="The second person's reason.")
    decided_at: datetime | None = strawberry.field(description="When that was said.")


def saving(row: SavingRow) -> KeyUnitSaving:
    """Return a comparison as the wire has it."""
    return KeyUnitSaving(
        id=node_id(SAVING, row.account_id, row.id), retrofit_id=node_id(RETROFIT, row.account_id, row.retrofit_id),
        before=KeyUnitPeriod(
            first=row.before_first, last=row.before_last, tce=row.before_tce, tco2=row.before_tco2,
            output=row.before_output,
        ),
        after=KeyUnitPeriod(
            first=row.after_first, last=row.after_last, tce=row.after_tce, tco2=row.after_tco2, output=row.after_output
        ),
        output_unit=row.output_unit, adjustment_tce=row.adjustment_tce, adjustment_tco2=row.adjustment_tco2,
        adjustment_reason=row.adjustment_reason, saved_tce=row.saved_tce, saved_tco2=row.saved_tco2,
        formula=row.formula, recorded_at=row.recorded_at, is_confirmed=row.is_confirmed, decision=row.decision,
        decided_at=row.decided_at,
    )  # fmt: skip
