"""Tables of investment projects. Versions, steps and admission levels are only added; a project's row says where it is."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.orm import Base

STATES = (
    "('draft', 'submitted', 'returned', 'in_review', 'approved', 'started', 'trial', 'reported', 'rectifying',"
    " 'changing', 'accepted', 'refused', 'lapsed', 'withdrawn', 'exempt', 'revoked')"
)
PROJECT = ("investment_project.account_id", "investment_project.id")


class InvestmentProject(Base):
    """A project and how far it is; what was approved stays when it is changed."""

    __tablename__ = "investment_project"
    __table_args__ = (
        CheckConstraint(f"state in {STATES}", name="state"),
        CheckConstraint("(state = 'changing') = (prior_state is not null)", name="prior_state"),
        CheckConstraint("version > 0", name="version"),
        CheckConstraint(
            "(approved_version is null) = (approved_on is null) and (approved_on is null) = (approved_tce is null)"
            " and (approved_tce is null) = (approved_tonnes is null)",
            name="approved",
        ),
        CheckConstraint("approved_tce >= 0 and approved_tonnes >= 0", name="amounts"),
        Index(None, "division_path", "state", postgresql_ops={"division_path": "text_pattern_ops"}),
        Index(None, "state", "due_on"),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("carbon_account.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    division_code: Mapped[str] = mapped_column(ForeignKey("division.code"))
    division_path: Mapped[str]
    code: Mapped[str]
    name: Mapped[str]
    sector: Mapped[str]
    state: Mapped[str]
    prior_state: Mapped[str | None]
    state_on: Mapped[date]
    due_on: Mapped[date | None]
    version: Mapped[int]
    approved_version: Mapped[int | None]
    approved_on: Mapped[date | None]
    approved_tce: Mapped[Decimal | None]
    approved_tonnes: Mapped[Decimal | None]
    reservation_id: Mapped[UUID | None] = mapped_column(ForeignKey("budget_reservation.id"))
    is_returned_before: Mapped[bool]
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None]


class InvestmentProjectVersion(Base):
    """What an application said at one time and what that came to then. Only added."""

    __tablename__ = "investment_project_version"
    __table_args__ = (
        ForeignKeyConstraint(["account_id", "project_id"], PROJECT),
        CheckConstraint("version > 0", name="version"),
        CheckConstraint("tier in ('none', 'local', 'provincial', 'national')", name="tier"),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
    )

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    project_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    facts: Mapped[dict[str, Any]]
    result: Mapped[dict[str, Any]]
    tier: Mapped[str | None]
    has_carbon_evaluation: Mapped[bool | None]
    tce: Mapped[Decimal | None]
    tce_equivalent: Mapped[Decimal | None]
    coal: Mapped[Decimal | None]
    tonnes: Mapped[Decimal | None]
    sha256: Mapped[str]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None]


class InvestmentProjectStep(Base):
    """A step a project took, with what was said. Only added."""

    __tablename__ = "investment_project_step"
    __table_args__ = (
        ForeignKeyConstraint(["account_id", "project_id"], PROJECT),
        Index(None, "account_id", "project_id", "id"),
    )

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    project_id: Mapped[UUID]
    version: Mapped[int]
    action: Mapped[str]
    from_state: Mapped[str]
    to_state: Mapped[str]
    on: Mapped[date]
    due_on: Mapped[date | None]
    reference: Mapped[str]
    note: Mapped[str]
    facts: Mapped[dict[str, Any]]
    organisation_id: Mapped[UUID | None]
    actor_id: Mapped[UUID | None]
    recorded_at: Mapped[datetime]


class AdmissionLevel(Base):
    """The most energy or emissions a unit of a product may take, by which document. Only added; the newest counts."""

    __tablename__ = "admission_level"
    __table_args__ = (
        CheckConstraint("measure in ('energy', 'carbon')", name="measure"),
        CheckConstraint("most > 0", name="most"),
        CheckConstraint("document_number <> '' and document_title <> ''", name="document"),
        Index(None, "sector", "product"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    division_code: Mapped[str] = mapped_column(ForeignKey("division.code"))
    division_path: Mapped[str]
    sector: Mapped[str]
    product: Mapped[str]
    measure: Mapped[str]
    most: Mapped[Decimal]
    unit: Mapped[str]
    level: Mapped[str]
    document_number: Mapped[str]
    document_dated: Mapped[date]
    document_title: Mapped[str]
    confidence: Mapped[str]
    effective_on: Mapped[date]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None]
