"""Quick reports, models and estimates as the wire has them."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import strawberry

from backend.accounts.schema_types import CarbonAccount, load_account
from backend.emissions.methods.arithmetic import add
from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.monitoring.estimates import queries, rules
from backend.monitoring.estimates.terms import terms
from backend.monitoring.estimates.values import (
    Basis,
    CarbonEstimateValue,
    CarbonModelValue,
    EstimateState,
    Line,
    ModelState,
    QuickReportAccount,
    QuickReportLine,
    QuickReportValue,
    Refusal,
    Standing,
)
from backend.wire.context import Info
from backend.wire.nodes import node_id
from backend.wire.scalars import Month

ACCOUNT, MODEL, REPORT = "CarbonAccount", "CarbonModel", "QuickReport"
ZERO = Decimal(0)
strawberry.enum(
    ModelState, name="CarbonModelState", description="Whether a model may be used; a refused one cannot tell."
)
strawberry.enum(Refusal, name="CarbonModelRefusal", description="Why emissions cannot be told from electricity.")
strawberry.enum(EstimateState, name="CarbonEstimateState", description="Whether a month could be told.")
strawberry.enum(
    Standing,
    name="IndustryStanding",
    description="Whether an account is industry above designated size (规模以上工业); `UNKNOWN` cannot be told and is shown apart.",
)
strawberry.enum(
    Basis,
    name="QuickReportBasis",
    description="What an account's month rests on: all usual energy sources, an estimate from electricity, some sources, nothing.",
)


@strawberry.type(description="A line of a model: tonnes = intercept + slope x MWh, never below zero.")
class CarbonModelLine:
    """A line of a model."""

    intercept: Decimal = strawberry.field(description="tCO2e a month without electricity.")
    slope: Decimal = strawberry.field(description="tCO2e for each MWh more.")


@strawberry.type(
    description="A version of an enterprise's model from electricity to carbon (以电折碳模型), fitted on its verified months, with "
    "its error. The newest counts; a refused one tells nothing and says why."
)
class CarbonModel:
    """A version of a model."""

    id: strawberry.ID = strawberry.field(description="Global id.")
    own: strawberry.Private[CarbonModelValue]
    version: int = strawberry.field(description="From 1, one more whenever verified months or terms changed.")
    division_code: str = strawberry.field(description="Where the account has its seat.")
    sector: str = strawberry.field(description="The account's sector.")
    state: ModelState = strawberry.field(description="Whether it may be used.")
    refusal: Refusal | None = strawberry.field(description="Why not.")
    method: str = strawberry.field(description="The fit, with its version.")
    library: str = strawberry.field(description="The statistics library that fitted it, with its version.")
    terms_version: str = strawberry.field(description="The version of the terms it was held to.")
    is_placeholder: bool = strawberry.field(description="Whether these terms are the product's placeholders.")
    months: int = strawberry.field(description="Verified months it was fitted on.")
    first_month: Month | None = strawberry.field(description="The first of them.")
    last_month: Month | None = strawberry.field(description="The last of them.")
    lowest_mwh: Decimal | None = strawberry.field(description="The least electricity of a month, MWh.")
    highest_mwh: Decimal | None = strawberry.field(description="The most.")
    scope1: CarbonModelLine | None = strawberry.field(description="Direct emissions.")
    scope2: CarbonModelLine | None = strawberry.field(description="Location-based scope 2.")
    error_percent: Decimal | None = strawberry.field(
        description="Cross-validated error: mean absolute error of months left out of the fit, in percent of what was emitted."
    )
    bias_percent: Decimal | None = strawberry.field(description="The same with its sign.")
    half_width: Decimal | None = strawberry.field(description="Half the band's width, tCO2e.")
    sha256: str = strawberry.field(description="Hash of the verified months and the terms.")
    fitted_at: datetime = strawberry.field(description="When.")
    compared: int = strawberry.field(description="Months it estimated that were verified since.")
    held: int = strawberry.field(description="Of these, how many lay inside the band.")
    compared_error_percent: Decimal | None = strawberry.field(
        description="Mean absolute difference to the verified figures since, in percent."
    )

    @strawberry.field(description="The account.")
    async def account(self, info: Info) -> CarbonAccount | None:
        """Return the account."""
        return await load_account(info.context, self.own.account_id)


def _line(given: Line | None) -> CarbonModelLine | None:
    return None if given is None else CarbonModelLine(intercept=given.intercept, slope=given.slope)


def _month(given: date | None) -> Month | None:
    return None if given is None else Month(given)


def carbon_model(value: CarbonModelValue) -> CarbonModel:
    """Return a model as the wire has it."""
    fit = value.fit
    return CarbonModel(
        id=node_id(MODEL, value.account_id, value.id), own=value, version=value.version,
        division_code=value.division_code, sector=value.sector, state=value.state, refusal=value.refusal,
        method=value.method, library=value.library, terms_version=value.terms_version,
        is_placeholder=terms().is_placeholder, months=fit.months, first_month=_month(fit.first_month),
        last_month=_month(fit.last_month), lowest_mwh=fit.lowest_mwh, highest_mwh=fit.highest_mwh,
        scope1=_line(fit.scope1), scope2=_line(fit.scope2), error_percent=fit.error_percent,
        bias_percent=fit.bias_percent, half_width=fit.half_width, sha256=value.sha256, fitted_at=value.fitted_at,
        compared=value.compared, held=value.held, compared_error_percent=value.compared_error_percent,
    )  # fmt: skip


@strawberry.type(
    description="A month estimated from electricity. It is no verified figure: once that comes, both stand side by side with "
    "the difference."
)
class CarbonEstimate:
    """A month estimated from electricity."""

    month: Month = strawberry.field(description="The month.")
    mwh: Decimal = strawberry.field(description="Its electricity, MWh.")
    is_from_grid: bool = strawberry.field(description="The grid company told it; else the account's holder entered it.")
    state: EstimateState = strawberry.field(description="Whether it could be told.")
    scope1: Decimal | None = strawberry.field(description="Direct emissions, tCO2e.")
    scope2: Decimal | None = strawberry.field(description="Location-based scope 2, tCO2e.")
    low: Decimal | None = strawberry.field(description="The band's lower end, both scopes together, tCO2e.")
    high: Decimal | None = strawberry.field(description="The band's upper end.")
    error_percent: Decimal | None = strawberry.field(description="The model's cross-validated error.")
    model_id: strawberry.ID = strawberry.field(description="The model.")
    model_version: int = strawberry.field(description="Its version.")
    estimated_at: datetime = strawberry.field(description="When.")
    verified: Decimal | None = strawberry.field(description="What the month came to once verified, both scopes, tCO2e.")
    difference: Decimal | None = strawberry.field(description="Estimate minus verified, tCO2e.")
    difference_percent: Decimal | None = strawberry.field(description="The same in percent of the verified figure.")
    is_held: bool | None = strawberry.field(description="The verified figure lies inside the band.")
    compared_at: datetime | None = strawberry.field(description="When it was compared.")


def carbon_estimate(value: CarbonEstimateValue) -> CarbonEstimate:
    """Return an estimate as the wire has it."""
    share = (
        None if value.difference is None or value.verified is None else rules.percent(value.difference, value.verified)
    )
    return CarbonEstimate(
        month=Month(value.month), mwh=value.mwh, is_from_grid=value.source == "grid", state=value.state,
        scope1=value.scope1, scope2=value.scope2, low=value.low, high=value.high, error_percent=value.error_percent,
        model_id=node_id(MODEL, value.account_id, value.model_id), model_version=value.model_version,
        estimated_at=value.estimated_at, verified=value.verified, difference=value.difference,
        difference_percent=share, is_held=value.is_held, compared_at=value.compared_at,
    )  # fmt: skip


@strawberry.type(
    description="Accounts and tonnes of a quick report, by what they rest on; bases and scopes are never added silently."
)
class QuickReportSums:
    """Accounts and tonnes."""

    accounts: int = strawberry.field(description="Accounts that are known.")
    complete: int = strawberry.field(description="Of these, with records of every usual energy source.")
    estimated: int = strawberry.field(description="Estimated from electricity.")
    partial: int = strawberry.field(description="With some records only; not covered.")
    missing: int = strawberry.field(description="With nothing.")
    coverage_percent: Decimal | None = strawberry.field(description="Complete and estimated, of the known accounts.")
    scope1: Decimal = strawberry.field(description="Complete accounts: direct emissions of energy, tCO2e.")
    scope2: Decimal = strawberry.field(description="Complete accounts: location-based scope 2, tCO2e.")
    energy_tce: Decimal = strawberry.field(description="Complete accounts: energy, tce.")
    estimated_scope1: Decimal = strawberry.field(description="Estimated accounts: direct emissions, tCO2e.")
    estimated_scope2: Decimal = strawberry.field(description="Estimated accounts: location-based scope 2, tCO2e.")
    estimated_low: Decimal = strawberry.field(
        description="Lower ends of their bands added up: wider than likely, tCO2e."
    )
    estimated_high: Decimal = strawberry.field(description="Upper ends added up, tCO2e.")
    partial_scope1: Decimal = strawberry.field(description="What incomplete accounts have entered: direct, tCO2e.")
    partial_scope2: Decimal = strawberry.field(description="The same, location-based scope 2, tCO2e.")
    before_accounts: int = strawberry.field(description="Covered accounts with the same month a year before.")
    before: Decimal = strawberry.field(description="What these came to then, both scopes, tCO2e.")
    beside: Decimal = strawberry.field(description="What the same accounts come to now, both scopes, tCO2e.")
    growth_percent: Decimal | None = strawberry.field(description="Change like for like, in percent.")
    pending_accounts: int = strawberry.field(description="Accounts with records that are not approved yet.")
    latest_input_at: datetime | None = strawberry.field(description="When the newest record was entered.")
    verified_accounts: int = strawberry.field(
        description="Covered accounts whose verified figure came since the issue."
    )
    verified: Decimal = strawberry.field(description="Their verified figures, both scopes, tCO2e.")
    difference: Decimal = strawberry.field(description="Quick minus verified, tCO2e.")
    difference_percent: Decimal | None = strawberry.field(description="The same in percent of the verified figures.")


def sums(given: Iterable[QuickReportLine]) -> QuickReportSums:
    """Return lines added up."""
    lines = list(given)

    def total(name: str) -> Decimal:
        found = ZERO
        for each in lines:
            found = add(found, getattr(each, name))
        return found

    def number(name: str) -> int:
        return sum(getattr(each, name) for each in lines)

    before = add(total("before_scope1"), total("before_scope2"))
    beside = add(total("beside_scope1"), total("beside_scope2"))
    verified, difference = total("verified"), total("difference")
    moments = [each.latest_input_at for each in lines if each.latest_input_at is not None]
    counted = number("accounts")
    return QuickReportSums(
        accounts=counted, complete=number("complete"), estimated=number("estimated"), partial=number("partial"),
        missing=number("missing"),
        coverage_percent=rules.percent(Decimal(number("complete") + number("estimated")), Decimal(counted)),
        scope1=total("scope1"), scope2=total("scope2"), energy_tce=total("energy_tce"),
        estimated_scope1=total("estimated_scope1"), estimated_scope2=total("estimated_scope2"),
        estimated_low=total("estimated_low"), estimated_high=total("estimated_high"),
        partial_scope1=total("partial_scope1"), partial_scope2=total("partial_scope2"),
        before_accounts=number("before_accounts"), before=before, beside=beside,
        growth_percent=rules.percent(beside - before, before), pending_accounts=number("pending_accounts"),
        latest_input_at=max(moments, default=None), verified_accounts=number("verified_accounts"), verified=verified,
        difference=difference, difference_percent=rules.percent(difference, verified),
    )  # fmt: skip


@strawberry.type(name="QuickReportLine", description="A division's sector in a quick report.")
class QuickReportLineNode:
    """A line."""

    division_code: str = strawberry.field(description="The division of the accounts' seats.")
    sector: str = strawberry.field(description="The sector.")
    standing: Standing = strawberry.field(description="Large industry, or what cannot be told.")
    sums: QuickReportSums = strawberry.field(description="Accounts and tonnes.")


@strawberry.type(
    name="QuickReport",
    description="A quick report (碳排放快报) of a division's month: what large industry's energy comes to as far as it was entered, "
    "and what could be estimated, kept apart from verified figures. Issued once as a version; a later one replaces nothing.",
)
class QuickReportNode:
    """A quick report."""

    id: strawberry.ID = strawberry.field(description="Global id.")
    own: strawberry.Private[QuickReportValue]
    division_code: str = strawberry.field(description="The division with all below it.")
    month: Month = strawberry.field(description="The month.")
    version: int | None = strawberry.field(description="Null while it is only prepared.")
    is_newest: bool = strawberry.field(description="The newest issued version of its month.")
    known_at: datetime = strawberry.field(description="What was entered later is not in it.")
    terms_version: str = strawberry.field(description="The version of the terms it went by.")
    is_placeholder: bool = strawberry.field(description="Whether these terms are the product's placeholders.")
    note: str = strawberry.field(description="What the issuer says.")
    sha256: str | None = strawberry.field(description="Hash of what was issued.")
    issued_at: datetime | None = strawberry.field(description="When it was issued.")

    @strawberry.field(description="Large industry altogether.")
    async def total(self, info: Info) -> QuickReportSums:
        """Return the sums of large industry."""
        found = await info.context.loader(lines_batch).load(self.own.id)
        return sums(each for each in found if each.standing is Standing.LARGE)

    @strawberry.field(
        description="Accounts of which cannot be told whether they are large industry: never in the total."
    )
    async def unknown(self, info: Info) -> QuickReportSums:
        """Return the sums of what cannot be told."""
        found = await info.context.loader(lines_batch).load(self.own.id)
        return sums(each for each in found if each.standing is Standing.UNKNOWN)

    @strawberry.field(description="By division and sector, large industry first.")
    async def lines(self, info: Info) -> list[QuickReportLineNode]:
        """Return the lines."""
        found = await info.context.loader(lines_batch).load(self.own.id)
        return [
            QuickReportLineNode(
                division_code=each.division_code, sector=each.sector, standing=each.standing, sums=sums([each])
            )
            for each in found
        ]


async def lines_batch(read: Read, scope: Scope, report_ids: list[UUID]) -> list[list[QuickReportLine]]:
    """Return the lines of each report; for a loader."""
    found = await queries.lines(read, scope, report_ids)
    return [found[each] for each in report_ids]


def quick_report(value: QuickReportValue) -> QuickReportNode:
    """Return a quick report as the wire has it."""
    return QuickReportNode(
        id=node_id(REPORT, value.id), own=value, division_code=value.division_code, month=Month(value.month),
        version=value.version, is_newest=value.is_newest, known_at=value.known_at, terms_version=value.terms_version,
        is_placeholder=value.is_placeholder, note=value.note, sha256=value.sha256, issued_at=value.issued_at,
    )  # fmt: skip


@strawberry.type(name="QuickReportAccount", description="An account in a quick report.")
class QuickReportAccountNode:
    """An account in a quick report."""

    account_id: strawberry.ID = strawberry.field(description="The account.")
    number: str = strawberry.field(description="Its number.")
    name: str = strawberry.field(description="Its name.")
    division_code: str = strawberry.field(description="Its division when the report was prepared.")
    sector: str = strawberry.field(description="Its sector then.")
    standing: Standing = strawberry.field(description="Large industry, or what cannot be told.")
    basis: Basis = strawberry.field(description="What its month rests on.")
    scope1: Decimal | None = strawberry.field(description="Direct emissions of energy, tCO2e.")
    scope2: Decimal | None = strawberry.field(description="Location-based scope 2, tCO2e.")
    low: Decimal | None = strawberry.field(description="Estimated: the band's lower end, tCO2e.")
    high: Decimal | None = strawberry.field(description="Estimated: the band's upper end, tCO2e.")
    energy_tce: Decimal | None = strawberry.field(description="Energy, tce; null where it is estimated.")
    latest_input_at: datetime | None = strawberry.field(description="When its newest record was entered.")
    verified: Decimal | None = strawberry.field(description="The verified figure that came since the issue, tCO2e.")
    difference: Decimal | None = strawberry.field(description="Quick minus verified, tCO2e.")


def quick_report_account(value: QuickReportAccount) -> QuickReportAccountNode:
    """Return an account of a report as the wire has it."""
    return QuickReportAccountNode(
        account_id=node_id(ACCOUNT, value.account_id), number=value.number, name=value.name,
        division_code=value.division_code, sector=value.sector, standing=value.standing, basis=value.basis,
        scope1=value.scope1, scope2=value.scope2, low=value.low, high=value.high, energy_tce=value.energy_tce,
        latest_input_at=value.latest_input_at, verified=value.verified, difference=value.difference,
    )  # fmt: skip
