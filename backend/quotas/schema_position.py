"""An account's compliance year on the wire: previews, duties, position, plans."""

from datetime import date
from decimal import Decimal
from uuid import UUID

import strawberry

from backend.accounts.schema_types import CarbonAccount, Evidence, load_account
from backend.kit.clock import CHINA
from backend.kit.errors import CarbonError
from backend.quotas import rules
from backend.quotas.schema_rules import (
    QuotaAmount,
    QuotaCalculation,
    QuotaFigure,
    QuotaFinding,
    QuotaSettlement,
    RuleOutcomeEnum,
    amount,
    calculation,
    findings,
    maybe_figure,
    settlement,
)
from backend.quotas.schema_types import (
    DutyKindEnum,
    DutyStateEnum,
    ObligationBasisEnum,
    QuotaFacility,
    SerialRun,
    StageEnum,
    facility,
    load_evidence,
    runs,
)
from backend.quotas.service import AccountDuties, Draft, DraftLine, DutyStanding, Position, PricedPlan, Usable
from backend.wire.context import Info
from backend.wire.nodes import node_id


@strawberry.type(description="Why something cannot be told.")
class QuotaProblem:
    """Why something cannot be told."""

    code: str = strawberry.field(description="The error's stable code.")
    message_zh: str = strawberry.field(description="中文说明。")
    message_en: str = strawberry.field(description="In English.")


@strawberry.type(description="Something that is missing, in words.")
class QuotaNeed:
    """Something that is missing."""

    message_zh: str = strawberry.field(description="中文说明。")
    message_en: str = strawberry.field(description="In English.")


@strawberry.type(description="What a unit or line would be allocated.")
class AllocationPreviewLine:
    """What a unit or line would be allocated."""

    facility: QuotaFacility = strawberry.field(description="The unit or line.")
    calculation: QuotaCalculation | None = strawberry.field(description="Null while it cannot be told.")
    verified: Decimal | None = strawberry.field(description="Verified emissions, tCO2.")
    is_summed: bool = strawberry.field(description="Whether the year was added up from its months.")
    missing_months: list[int] = strawberry.field(description="Months without data, which stop the sum.")
    problem: QuotaProblem | None = strawberry.field(description="Why it cannot be told.")


@strawberry.type(description="What would be allocated now, and what is still missing.")
class AllocationPreview:
    """What would be allocated now."""

    stage: StageEnum = strawberry.field(description="Pre or final.")  # type: ignore[valid-type]
    computed: Decimal | None = strawberry.field(description="tCO2, unrounded; null while it cannot be told.")
    quantity: Decimal = strawberry.field(description="Whole units to issue now.")
    issued_before: Decimal = strawberry.field(description="What the pre-allocation issued.")
    return_due: Decimal = strawberry.field(description="Whole units to give back.")
    amount: QuotaAmount | None = strawberry.field(description="Of a pre-allocation: the calculation.")
    settlement: QuotaSettlement | None = strawberry.field(description="Power units together.")
    lines: list[AllocationPreviewLine] = strawberry.field(description="By unit or line.")
    missing: list[QuotaNeed] = strawberry.field(description="What is needed before it can be proposed.")


@strawberry.type(description="A duty of a compliance year as it stands today.")
class QuotaDuty:
    """A duty."""

    account_id: strawberry.Private[UUID]
    evidence_key: strawberry.Private[UUID | None]
    kind: DutyKindEnum = strawberry.field(description="What has to be done.")  # type: ignore[valid-type]
    year: int = strawberry.field(description="The compliance year.")
    month: int | None = strawberry.field(description="Of a monthly duty.")
    due: date | None = strawberry.field(description="The last day; null where it is not recorded.")
    state: DutyStateEnum = strawberry.field(description="How it stands.")  # type: ignore[valid-type]
    owner: str = strawberry.field(description="Who is responsible: a person or a post; empty if nobody is named.")
    done_on: date | None = strawberry.field(description="When it was done.")
    warning_days: int | None = strawberry.field(description="30, 7 or 1: the narrowest warning that holds.")
    message_zh: str = strawberry.field(description="中文说明。")
    message_en: str = strawberry.field(description="In English.")
    figure: QuotaFigure | None = strawberry.field(description="The rule on its day, with document and confidence.")

    @strawberry.field(description="The file that shows that it is done.")
    async def evidence(self, info: Info) -> Evidence | None:
        """Return its evidence."""
        return await load_evidence(info.context, self.account_id, self.evidence_key)


@strawberry.type(description="An account's duties that are late, or due soon.")
class AccountQuotaDuties:
    """An account's duties that need attention."""

    account_id: strawberry.Private[UUID]
    number: str = strawberry.field(description="The account's number.")
    late: list[QuotaDuty] = strawberry.field(description="Past their last day and not done.")
    soon: list[QuotaDuty] = strawberry.field(description="Due within 30 days.")

    @strawberry.field(description="The account.")
    async def account(self, info: Info) -> CarbonAccount | None:
        """Return the account."""
        return await load_account(info.context, self.account_id)


@strawberry.type(description="Units of one batch that lie available, and whether they may settle the year.")
class QuotaHolding:
    """Units of one batch."""

    class_code: str = strawberry.field(description="`CEA` or `CCER`.")
    vintage: int | None = strawberry.field(description="Their vintage.")
    quantity: Decimal = strawberry.field(description="Whole units.")
    is_converted: bool = strawberry.field(description="Whether they were carried over.")
    outcome: RuleOutcomeEnum = strawberry.field(description="Whether they may settle the year.")  # type: ignore[valid-type]
    findings: list[QuotaFinding] = strawberry.field(description="Every check.")
    serials: list[SerialRun] = strawberry.field(description="Their serials.")
    batch_id: strawberry.ID = strawberry.field(description="The ledger batch's global id.")


@strawberry.type(description="Units of one source in a plan.")
class QuotaPlanLine:
    """Units of one source."""

    source: str = strawberry.field(description="`held:<class>:<vintage>` or `buy:<class>`.")
    class_code: str = strawberry.field(description="`CEA` or `CCER`.")
    vintage: int | None = strawberry.field(description="Of units held.")
    is_purchase: bool = strawberry.field(description="Whether they would have to be bought.")
    quantity: str = strawberry.field(description="Whole units.")
    price: Decimal = strawberry.field(description="CNY/t.")
    cost: Decimal = strawberry.field(description="CNY.")


@strawberry.type(description="The cheapest lawful way to settle the rest, under some prices.")
class QuotaPlan:
    """The cheapest lawful way."""

    scenario: str = strawberry.field(description="`low`, `central`, `high`, or `custom`.")
    cea_price: Decimal = strawberry.field(description="CNY/t of an allowance.")
    ccer_price: Decimal = strawberry.field(description="CNY/t of a CCER.")
    cea_figure: QuotaFigure | None = strawberry.field(description="Where that price was seen.")
    ccer_figure: QuotaFigure | None = strawberry.field(description="Where that price was seen.")
    lines: list[QuotaPlanLine] = strawberry.field(description="What to use and what to buy.")
    settled: str = strawberry.field(description="Whole units the plan settles.")
    missing: str = strawberry.field(description="Whole units no source covers.")
    ccer_used: str = strawberry.field(description="CCER among them.")
    cash: Decimal = strawberry.field(description="CNY to be paid for purchases.")
    total: Decimal = strawberry.field(description="CNY, with what held units could be sold for.")


@strawberry.type(description="How an account stands in a compliance year.")
class QuotaPosition:
    """How an account stands."""

    year: int = strawberry.field(description="The compliance year.")
    basis: ObligationBasisEnum = strawberry.field(description="Where the obligation comes from.")  # type: ignore[valid-type]
    is_settleable: bool = strawberry.field(description="Whether it is verified, so that units can be surrendered.")
    emissions: Decimal | None = strawberry.field(description="Direct emissions in the market's boundary, tCO2.")
    obligation: Decimal | None = strawberry.field(description="What must be surrendered, tCO2.")
    outside: Decimal = strawberry.field(description="Direct emissions outside the boundary, tCO2e: not owed.")
    undecided: Decimal = strawberry.field(description="Direct emissions of which it cannot be told, tCO2e.")
    document: str = strawberry.field(description="Of an entered figure: the report it stands in.")
    inventory_id: strawberry.ID | None = strawberry.field(description="The inventory that was read.")
    settlement: QuotaSettlement | None = strawberry.field(description="Power units together, once all are known.")
    settled_cea: Decimal = strawberry.field(description="Allowances surrendered for the year.")
    settled_ccer: Decimal = strawberry.field(description="CCER surrendered for the year.")
    remaining: Decimal | None = strawberry.field(description="Whole units still owed.")
    ccer_cap: QuotaAmount | None = strawberry.field(description="The most CCER for the year.")
    ccer_room: Decimal | None = strawberry.field(description="How many more CCER may be used.")
    usable_cea: Decimal = strawberry.field(description="Allowances held that may settle the year.")
    usable_ccer: Decimal = strawberry.field(description="CCER held that may settle the year.")
    gap: Decimal | None = strawberry.field(description="What lacks (positive) or is left (negative), whole units.")
    due: date | None = strawberry.field(description="The last day to surrender.")
    closed_at: date | None = strawberry.field(description="When the authority closed the year.")
    holdings: list[QuotaHolding] = strawberry.field(description="What lies available, oldest first.")
    plans: list[QuotaPlan] = strawberry.field(description="The cheapest lawful way, by scenario.")


def problem(error: CarbonError | None) -> QuotaProblem | None:
    """Return why something cannot be told as the wire has it."""
    if error is None:
        return None
    return QuotaProblem(code=error.code, message_zh=error.message("zh"), message_en=error.message("en"))


def preview(value: Draft) -> AllocationPreview:
    """Return what would be allocated as the wire has it."""
    return AllocationPreview(
        stage=value.stage, computed=value.computed, quantity=value.quantity, issued_before=value.issued_before,
        return_due=value.return_due, amount=amount(value.amount) if value.amount else None,
        settlement=settlement(value.settlement) if value.settlement else None,
        lines=[_line(each) for each in value.lines],
        missing=[QuotaNeed(message_zh=zh, message_en=en) for zh, en in value.missing],
    )  # fmt: skip


def _line(value: DraftLine) -> AllocationPreviewLine:
    return AllocationPreviewLine(
        facility=facility(value.year.facility), calculation=calculation(value.quota) if value.quota else None,
        verified=value.year.verified.emissions if value.year.verified else None, is_summed=value.year.is_summed,
        missing_months=list(value.year.missing_months), problem=problem(value.problem),
    )  # fmt: skip


def duty(value: DutyStanding) -> QuotaDuty:
    """Return a duty as the wire has it."""
    return QuotaDuty(
        account_id=value.account_id, evidence_key=value.evidence_id, kind=value.duty.kind, year=value.duty.year,
        month=value.duty.month, due=value.duty.due, state=value.state, owner=value.owner, done_on=value.done_on,
        warning_days=value.warning, message_zh=value.duty.zh, message_en=value.duty.en,
        figure=maybe_figure(value.duty.figure),
    )  # fmt: skip


def account_duties(value: AccountDuties) -> AccountQuotaDuties:
    """Return an account's duties as the wire has them."""
    return AccountQuotaDuties(
        account_id=value.account.id, number=value.account.number, late=[duty(each) for each in value.late],
        soon=[duty(each) for each in value.soon],
    )  # fmt: skip


def position(value: Position) -> QuotaPosition:
    """Return a position as the wire has it."""
    stands = value.standing
    owed = stands.owed
    return QuotaPosition(
        year=value.year, basis=owed.basis, is_settleable=owed.is_verified, emissions=owed.emissions,
        obligation=owed.obligation, outside=owed.outside, undecided=owed.undecided, document=owed.document,
        inventory_id=node_id("Inventory", value.account_id, owed.inventory_id) if owed.inventory_id else None,
        settlement=settlement(owed.settlement) if owed.settlement else None, settled_cea=stands.settled_cea,
        settled_ccer=stands.settled_ccer, remaining=stands.remaining,
        ccer_cap=amount(stands.ccer_cap) if stands.ccer_cap else None, ccer_room=stands.ccer_room,
        usable_cea=value.usable_cea, usable_ccer=value.usable_ccer, gap=value.gap, due=value.due,
        closed_at=stands.closed.closed_at.astimezone(CHINA).date() if stands.closed else None,
        holdings=[_holding(each) for each in value.holdings], plans=[_plan(each) for each in value.plans],
    )  # fmt: skip


def _holding(value: Usable) -> QuotaHolding:
    return QuotaHolding(
        class_code=value.lot.class_code, vintage=value.lot.vintage, quantity=value.quantity,
        is_converted=value.is_converted, outcome=value.outcome, findings=findings(value.findings),
        serials=runs(value.serials), batch_id=node_id("UnitBatch", value.lot.batch_id),
    )  # fmt: skip


def _plan(value: PricedPlan) -> QuotaPlan:
    plan, prices = value.plan, value.prices
    return QuotaPlan(
        scenario=prices.code, cea_price=prices.cea, ccer_price=prices.ccer, cea_figure=maybe_figure(prices.cea_figure),
        ccer_figure=maybe_figure(prices.ccer_figure), lines=[_plan_line(each) for each in plan.lines],
        settled=str(plan.settled), missing=str(plan.missing), ccer_used=str(plan.ccer_used), cash=plan.cash,
        total=plan.total,
    )  # fmt: skip


def _plan_line(value: rules.PlanLine) -> QuotaPlanLine:
    source = value.source
    return QuotaPlanLine(
        source=source.code, class_code=source.kind.value.upper(), vintage=source.vintage,
        is_purchase=source.is_purchase, quantity=str(value.quantity), price=source.price, cost=value.cost,
    )  # fmt: skip
