"""Tables of budgets: plans and their revisions, lines in force, the ledger of their adjustments. All but balances append."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.orm import Base


class BudgetPlan(Base):
    """A plan: whose it is, the document it rests on, and from when. What it says are its revisions. Append-only."""

    __tablename__ = "budget_plan"
    __table_args__ = (
        CheckConstraint("name <> '' and document_number <> '' and document_title <> ''", name="texts"),
        Index(None, "division_path", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    division_code: Mapped[str] = mapped_column(ForeignKey("division.code"))
    division_path: Mapped[str]
    document_number: Mapped[str]
    document_dated: Mapped[date]
    document_title: Mapped[str]
    effective_on: Mapped[date]
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None]


class BudgetPlanRevision(Base):
    """What a plan says as of one edit; the newest counts. `sha256` is over the lines. Append-only."""

    __tablename__ = "budget_plan_revision"
    __table_args__ = (
        CheckConstraint("revision > 0", name="revision"),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
    )

    plan_id: Mapped[UUID] = mapped_column(ForeignKey("budget_plan.id"), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    lines: Mapped[list[Any]]
    sha256: Mapped[str]
    reason: Mapped[str]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None]


class BudgetPlanDecision(Base):
    """Whether a plan was approved or rejected, once and for good, and which revision was. Append-only."""

    __tablename__ = "budget_plan_decision"
    __table_args__ = (
        ForeignKeyConstraint(["plan_id", "revision"], ["budget_plan_revision.plan_id", "budget_plan_revision.revision"]),
    )  # fmt: skip

    plan_id: Mapped[UUID] = mapped_column(primary_key=True)
    revision: Mapped[int]
    is_approved: Mapped[bool]
    reason: Mapped[str]
    decided_at: Mapped[datetime]
    decided_by: Mapped[UUID | None]


class BudgetLine(Base):
    """A line in force: one for each division, key unit, sector and span of years. Append-only."""

    __tablename__ = "budget_line"
    __table_args__ = (
        CheckConstraint("level in ('province', 'city', 'district', 'county', 'zone', 'key_unit')", name="level"),
        CheckConstraint("(level = 'key_unit') = (account_id is not null)", name="unit"),
        CheckConstraint("account_id is null or sector = ''", name="sector"),
        CheckConstraint("last_year in (first_year, first_year + 4)", name="years"),
        CheckConstraint("tonnes >= 0 and withheld >= 0 and withheld <= tonnes", name="tonnes"),
        CheckConstraint("intensity_target > 0", name="intensity_target"),
        CheckConstraint("method in ('history', 'benchmark', 'output', 'manual')", name="method"),
        UniqueConstraint(
            "division_code", "account_id", "sector", "first_year", "last_year", name="uq_budget_line_key",
            postgresql_nulls_not_distinct=True,
        ),
        Index(None, "division_path", "first_year", postgresql_ops={"division_path": "text_pattern_ops"}),
        Index(None, "account_id", "first_year"),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True)
    plan_id: Mapped[UUID] = mapped_column(ForeignKey("budget_plan.id"))
    level: Mapped[str]
    division_code: Mapped[str] = mapped_column(ForeignKey("division.code"))
    division_path: Mapped[str]
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("carbon_account.id"))
    sector: Mapped[str]
    first_year: Mapped[int]
    last_year: Mapped[int]
    tonnes: Mapped[Decimal]
    withheld: Mapped[Decimal]
    intensity_target: Mapped[Decimal | None]
    method: Mapped[str]
    basis: Mapped[dict[str, Any]]
    effective_on: Mapped[date]
    approved_at: Mapped[datetime]
    approved_by: Mapped[UUID | None]


class BudgetBalance(Base):
    """Where a line's tonnes came from and where they are: kept by the database from the postings.

    `held` counts nothing: a command updates no column but may lock the row, for which a column must be its to update.
    """

    __tablename__ = "budget_balance"
    __table_args__ = (
        CheckConstraint(
            "approved + adjusted + moved = handed + withheld + available + reserved + posted + retired", name="sum"
        ),
        CheckConstraint("available >= 0", name="available"),
        CheckConstraint(
            "handed >= 0 and withheld >= 0 and reserved >= 0 and posted >= 0 and retired >= 0", name="parts"
        ),
    )

    line_id: Mapped[UUID] = mapped_column(ForeignKey("budget_line.id"), primary_key=True)
    approved: Mapped[Decimal]
    adjusted: Mapped[Decimal]
    moved: Mapped[Decimal]
    handed: Mapped[Decimal]
    withheld: Mapped[Decimal]
    available: Mapped[Decimal]
    reserved: Mapped[Decimal]
    posted: Mapped[Decimal]
    retired: Mapped[Decimal]
    held: Mapped[bool]


class BudgetReservation(Base):
    """Tonnes held for something; how much of it still is follows from the postings. Append-only."""

    __tablename__ = "budget_reservation"
    __table_args__ = (
        CheckConstraint("reference_kind <> '' and reference_name <> '' and reason <> ''", name="texts"),
        Index(None, "reference_kind", "reference_id"),
        Index(None, "division_path", "recorded_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    division_code: Mapped[str] = mapped_column(ForeignKey("division.code"))
    division_path: Mapped[str]
    sector: Mapped[str]
    reference_kind: Mapped[str]
    reference_id: Mapped[UUID]
    reference_name: Mapped[str]
    reason: Mapped[str]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None]


class BudgetEntry(Base):
    """An entry of the ledger: what was done, why and by which document. Append-only."""

    __tablename__ = "budget_entry"
    __table_args__ = (
        CheckConstraint(
            "kind in ('approve', 'adjust', 'withhold', 'reserve', 'release', 'post', 'transfer')", name="kind"
        ),
        CheckConstraint("reason <> ''", name="reason"),
        CheckConstraint(
            "kind not in ('approve', 'adjust', 'withhold', 'transfer')"
            " or (document_number <> '' and document_title <> '' and document_dated is not null)",
            name="document",
        ),
        Index(None, "recorded_at"),
        Index(None, "reservation_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    plan_id: Mapped[UUID | None] = mapped_column(ForeignKey("budget_plan.id"))
    reservation_id: Mapped[UUID | None] = mapped_column(ForeignKey("budget_reservation.id"))
    reason: Mapped[str]
    document_number: Mapped[str]
    document_dated: Mapped[date | None]
    document_title: Mapped[str]
    effective_on: Mapped[date]
    facts: Mapped[dict[str, Any]]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None]


class BudgetPosting(Base):
    """A signed amount on a pocket of a line; the postings of an entry are stored by one statement. Append-only."""

    __tablename__ = "budget_posting"
    __table_args__ = (
        CheckConstraint(
            "pocket in ('approved', 'adjusted', 'moved', 'handed', 'withheld', 'available', 'reserved', 'posted', 'retired')",
            name="pocket",
        ),
        CheckConstraint("tonnes <> 0", name="tonnes"),
        Index(None, "entry_id"),
    )

    line_id: Mapped[UUID] = mapped_column(ForeignKey("budget_line.id"), primary_key=True)
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("budget_entry.id"), primary_key=True)
    pocket: Mapped[str] = mapped_column(primary_key=True)
    tonnes: Mapped[Decimal]


class BudgetProjection(Base):
    """A year's end as it was projected one day, with the back-test it rests on. Append-only.

    `through` is the last month that was known, `tested` the past years projected from the same months.
    """

    __tablename__ = "budget_projection"
    __table_args__ = (
        CheckConstraint("low <= projected and projected <= high", name="band"),
        CheckConstraint("error_percent >= 0", name="error_percent"),
        Index(None, "line_id", "kept_at"),
    )

    line_id: Mapped[UUID] = mapped_column(ForeignKey("budget_line.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    method: Mapped[str]
    through: Mapped[date | None]
    missing: Mapped[list[Any]]
    low: Mapped[Decimal | None]
    projected: Mapped[Decimal | None]
    high: Mapped[Decimal | None]
    error_percent: Mapped[Decimal | None]
    tested: Mapped[list[Any]]
    note_zh: Mapped[str]
    note_en: Mapped[str]
    kept_at: Mapped[datetime]
    kept_by: Mapped[UUID | None]


class BudgetRule(Base):
    """A figure no document publishes, as somebody of the authority proposed it. Append-only."""

    __tablename__ = "budget_rule"
    __table_args__ = (
        CheckConstraint("kind in ('elastic_percent', 'replacement_ratio')", name="kind"),
        CheckConstraint("value >= case kind when 'replacement_ratio' then 1 else 0 end", name="value"),
        CheckConstraint("document_number <> '' and document_title <> '' and reason <> ''", name="texts"),
        Index(None, "kind", "effective_on"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    value: Mapped[Decimal | None]
    document_number: Mapped[str]
    document_dated: Mapped[date]
    document_title: Mapped[str]
    effective_on: Mapped[date]
    reason: Mapped[str]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None]


class BudgetRuleDecision(Base):
    """Whether a proposed rule was approved, once and for good, by another person than who proposed it. Append-only."""

    __tablename__ = "budget_rule_decision"
    __table_args__ = (CheckConstraint("reason <> ''", name="reason"),)

    rule_id: Mapped[UUID] = mapped_column(ForeignKey("budget_rule.id"), primary_key=True)
    is_approved: Mapped[bool]
    reason: Mapped[str]
    decided_at: Mapped[datetime]
    decided_by: Mapped[UUID | None]
