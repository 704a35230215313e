"""Tables of quick reports and of estimates from electricity. All of them only append."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.orm import Base

REFUSALS = ("too_short", "no_spread", "no_emissions", "not_rising", "too_uncertain")


class LargeIndustryEntry(Base):
    """The authority's roster of industry above designated size (规模以上工业): the newest entry of an account counts."""

    __tablename__ = "large_industry_entry"
    __table_args__ = (
        CheckConstraint("document_title <> '' and document_number <> ''", name="document"),
        Index(None, "account_id", "recorded_at"),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("carbon_account.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    is_large: Mapped[bool]
    document_number: Mapped[str]
    document_dated: Mapped[date]
    document_title: Mapped[str]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None]


class ElectricityEntry(Base):
    """An account's electricity of a month as the grid company told the authority; the newest of (account, month) counts."""

    __tablename__ = "electricity_entry"
    __table_args__ = (
        CheckConstraint("document_title <> '' and document_number <> ''", name="document"),
        CheckConstraint("mwh >= 0", name="mwh"),
        CheckConstraint("extract(day from month) = 1", name="month"),
        Index(None, "account_id", "month", "recorded_at"),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("carbon_account.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    month: Mapped[date]
    mwh: Mapped[Decimal]
    document_number: Mapped[str]
    document_dated: Mapped[date]
    document_title: Mapped[str]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None]


class CarbonModel(Base):
    """A version of an enterprise's model from electricity to carbon; the newest counts, a refused one tells nothing.

    `points` are the verified months it was fitted on, `sha256` is over them and the terms: the same input makes no new version.
    """

    __tablename__ = "carbon_model"
    __table_args__ = (
        UniqueConstraint("account_id", "version"),
        CheckConstraint("state in ('usable', 'refused')", name="state"),
        CheckConstraint(f"refusal in {REFUSALS}", name="refusal"),
        CheckConstraint("(state = 'refused') = (refusal is not null)", name="reason"),
        CheckConstraint(
            "state = 'refused' or (scope1_slope is not null and scope1_intercept is not null and scope2_slope is not null"
            " and scope2_intercept is not null and error_percent is not null and half_width is not null)",
            name="error",
        ),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("carbon_account.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    state: Mapped[str]
    refusal: Mapped[str | None]
    method: Mapped[str]
    library: Mapped[str]
    terms_version: Mapped[str]
    months: Mapped[int]
    first_month: Mapped[date | None]
    last_month: Mapped[date | None]
    lowest_mwh: Mapped[Decimal | None]
    highest_mwh: Mapped[Decimal | None]
    scope1_intercept: Mapped[Decimal | None]
    scope1_slope: Mapped[Decimal | None]
    scope2_intercept: Mapped[Decimal | None]
    scope2_slope: Mapped[Decimal | None]
    error_percent: Mapped[Decimal | None]
    bias_percent: Mapped[Decimal | None]
    half_width: Mapped[Decimal | None]
    points: Mapped[list[Any]]
    sha256: Mapped[str]
    fitted_at: Mapped[datetime]


class CarbonEstimate(Base):
    """A month estimated by a model from its electricity (`source`: entered by the holder, or told by the grid company)."""

    __tablename__ = "carbon_estimate"
    __table_args__ = (
        ForeignKeyConstraint(["account_id", "model_id"], ["carbon_model.account_id", "carbon_model.id"]),
        CheckConstraint("state in ('told', 'outside_range')", name="state"),
        CheckConstraint("source in ('records', 'grid')", name="source"),
        CheckConstraint(
            "(state = 'told') = (scope1 is not null and scope2 is not null and low is not null and high is not null)",
            name="told",
        ),
        Index(None, "account_id", "month", "estimated_at"),
    )

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    month: Mapped[date]
    model_id: Mapped[UUID]
    mwh: Mapped[Decimal]
    source: Mapped[str]
    state: Mapped[str]
    scope1: Mapped[Decimal | None]
    scope2: Mapped[Decimal | None]
    low: Mapped[Decimal | None]
    high: Mapped[Decimal | None]
    estimated_at: Mapped[datetime]


class CarbonEstimateOutcome(Base):
    """What an estimated month came to once verified; a restated inventory makes another row. `difference`: estimate minus verified."""

    __tablename__ = "carbon_estimate_outcome"
    __table_args__ = (
        ForeignKeyConstraint(
            ["account_id", "estimate_id"], ["carbon_estimate.account_id", "carbon_estimate.id"],
            name="fk_carbon_estimate_outcome_estimate",
        ),
        ForeignKeyConstraint(["account_id", "inventory_id"], ["inventory.account_id", "inventory.id"]),
    )  # fmt: skip

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    estimate_id: Mapped[UUID] = mapped_column(primary_key=True)
    inventory_id: Mapped[UUID] = mapped_column(primary_key=True)
    verified: Mapped[Decimal]
    difference: Mapped[Decimal]
    is_held: Mapped[bool]
    compared_at: Mapped[datetime]


class QuickReport(Base):
    """A quick report of a division's month as prepared; what it says are its account rows."""

    __tablename__ = "quick_report"
    __table_args__ = (
        CheckConstraint("extract(day from month) = 1", name="month"),
        Index(None, "division_path", "month", "known_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    division_code: Mapped[str] = mapped_column(ForeignKey("division.code"))
    division_path: Mapped[str]
    month: Mapped[date]
    terms_version: Mapped[str]
    is_placeholder: Mapped[bool]
    known_at: Mapped[datetime]
    prepared_by: Mapped[UUID | None]


class QuickReportAccount(Base):
    """An account in a quick report, at the place it had then."""

    __tablename__ = "quick_report_account"
    __table_args__ = (
        CheckConstraint("standing in ('large', 'unknown')", name="standing"),
        CheckConstraint("basis in ('complete', 'estimated', 'partial', 'missing')", name="basis"),
        CheckConstraint("(basis = 'missing') = (scope1 is null) and (scope1 is null) = (scope2 is null)", name="tonnes"),
        CheckConstraint("(basis = 'estimated') = (estimate_id is not null)", name="estimate"),
        ForeignKeyConstraint(["account_id", "estimate_id"], ["carbon_estimate.account_id", "carbon_estimate.id"]),
        Index(None, "report_id"),
    )  # fmt: skip

    account_id: Mapped[UUID] = mapped_column(ForeignKey("carbon_account.id"), primary_key=True)
    report_id: Mapped[UUID] = mapped_column(ForeignKey("quick_report.id"), primary_key=True)
    division_code: Mapped[str] = mapped_column(ForeignKey("division.code"))
    division_path: Mapped[str]
    sector: Mapped[str]
    standing: Mapped[str]
    basis: Mapped[str]
    scope1: Mapped[Decimal | None]
    scope2: Mapped[Decimal | None]
    low: Mapped[Decimal | None]
    high: Mapped[Decimal | None]
    energy_tce: Mapped[Decimal | None]
    estimate_id: Mapped[UUID | None]
    before_scope1: Mapped[Decimal | None]
    before_scope2: Mapped[Decimal | None]
    pending: Mapped[int]
    latest_input_at: Mapped[datetime | None]


class QuickReportIssue(Base):
    """The issue of a prepared report as a version of its division's month, once and for good. `sha256` is over its lines."""

    __tablename__ = "quick_report_issue"
    __table_args__ = (
        UniqueConstraint("division_code", "month", "version"),
        CheckConstraint("version > 0", name="version"),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
    )

    report_id: Mapped[UUID] = mapped_column(ForeignKey("quick_report.id"), primary_key=True)
    division_code: Mapped[str] = mapped_column(ForeignKey("division.code"))
    month: Mapped[date]
    version: Mapped[int]
    note: Mapped[str]
    sha256: Mapped[str]
    issued_at: Mapped[datetime]
    issued_by: Mapped[UUID | None]


class QuickReportOutcome(Base):
    """What an account's month in an issued report came to once verified. `difference`: quick minus verified."""

    __tablename__ = "quick_report_outcome"
    __table_args__ = (
        ForeignKeyConstraint(
            ["account_id", "report_id"], ["quick_report_account.account_id", "quick_report_account.report_id"],
            name="fk_quick_report_outcome_account",
        ),
        ForeignKeyConstraint(["account_id", "inventory_id"], ["inventory.account_id", "inventory.id"]),
        Index(None, "report_id"),
    )  # fmt: skip

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    report_id: Mapped[UUID] = mapped_column(primary_key=True)
    inventory_id: Mapped[UUID] = mapped_column(primary_key=True)
    division_path: Mapped[str]
    verified: Mapped[Decimal]
    difference: Mapped[Decimal]
    compared_at: Mapped[datetime]
