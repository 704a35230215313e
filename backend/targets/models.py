"""Tables of targets: plans by which they are handed down, targets in force, stated figures. All of them append."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.orm import Base
from backend.targets.models_evaluation import (
    Evaluation,
    EvaluationRemark,
    EvaluationRemarkAnswer,
    EvaluationRevision,
    EvaluationScheme,
    EvaluationSchemeDecision,
    EvaluationSheet,
    EvaluationStep,
)

__all__ = [
    "DualTarget",
    "Evaluation",
    "EvaluationRemark",
    "EvaluationRemarkAnswer",
    "EvaluationRevision",
    "EvaluationScheme",
    "EvaluationSchemeDecision",
    "EvaluationSheet",
    "EvaluationStep",
    "PlanTargetValue",
    "TargetFigure",
    "TargetPlan",
    "TargetPlanDecision",
    "TargetPlanRevision",
]

DOCUMENT = "document_number <> '' and document_title <> ''"


class TargetPlan(Base):
    """A plan by which targets are handed down: whose it is, the document it rests on, from when. Append-only."""

    __tablename__ = "target_plan"
    __table_args__ = (
        CheckConstraint(f"name <> '' and {DOCUMENT}", name="texts"),
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


class TargetPlanRevision(Base):
    """What a plan says as of one edit; the newest counts. `sha256` is over the lines. Append-only."""

    __tablename__ = "target_plan_revision"
    __table_args__ = (
        CheckConstraint("revision > 0", name="revision"),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
    )

    plan_id: Mapped[UUID] = mapped_column(ForeignKey("target_plan.id"), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    lines: Mapped[list[Any]]
    sha256: Mapped[str]
    reason: Mapped[str]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None]


class TargetPlanDecision(Base):
    """Whether a plan was approved or rejected, once and for good, and which revision was. Append-only."""

    __tablename__ = "target_plan_decision"
    __table_args__ = (
        ForeignKeyConstraint(["plan_id", "revision"], ["target_plan_revision.plan_id", "target_plan_revision.revision"]),
    )  # fmt: skip

    plan_id: Mapped[UUID] = mapped_column(primary_key=True)
    revision: Mapped[int]
    is_approved: Mapped[bool]
    reason: Mapped[str]
    decided_at: Mapped[datetime]
    decided_by: Mapped[UUID | None]


class DualTarget(Base):
    """A target in force. Of a division (or key unit), kind and period the one that took effect last counts. Append-only."""

    __tablename__ = "dual_target"
    __table_args__ = (
        CheckConstraint("kind in ('intensity', 'total')", name="kind"),
        CheckConstraint("(kind = 'intensity') = (base_year is not null)", name="base"),
        CheckConstraint("kind = 'total' or account_id is null", name="unit"),
        CheckConstraint("last_year >= first_year and base_year < first_year", name="years"),
        CheckConstraint("value >= 0 and (kind = 'total' or (value > 0 and value < 100))", name="value"),
        CheckConstraint("footing in ('accounts', 'stated')", name="footing"),
        CheckConstraint("method in ('history', 'benchmark', 'output', 'manual', 'equal', 'weighted')", name="method"),
        CheckConstraint(DOCUMENT, name="document"),
        Index(None, "division_path", "first_year", postgresql_ops={"division_path": "text_pattern_ops"}),
        Index(None, "account_id", "first_year"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    plan_id: Mapped[UUID] = mapped_column(ForeignKey("target_plan.id"))
    division_code: Mapped[str] = mapped_column(ForeignKey("division.code"))
    division_path: Mapped[str]
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("carbon_account.id"))
    kind: Mapped[str]
    first_year: Mapped[int]
    last_year: Mapped[int]
    base_year: Mapped[int | None]
    value: Mapped[Decimal]
    footing: Mapped[str]
    method: Mapped[str]
    basis: Mapped[dict[str, Any]]
    document_number: Mapped[str]
    document_dated: Mapped[date]
    document_title: Mapped[str]
    effective_on: Mapped[date]
    approved_at: Mapped[datetime]
    approved_by: Mapped[UUID | None]


class TargetFigure(Base):
    """A figure of a division's year that accounts do not feed, with its document; of an item the newest counts. Append-only.

    `value` null: it does not apply there. `entered_from` is the region of the authority that entered it.
    """

    __tablename__ = "target_figure"
    __table_args__ = (
        CheckConstraint(f"item <> '' and {DOCUMENT}", name="texts"),
        CheckConstraint("value is not null or note <> ''", name="inapplicable"),
        Index(None, "division_code", "year", "item", "recorded_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    division_code: Mapped[str] = mapped_column(ForeignKey("division.code"))
    division_path: Mapped[str]
    year: Mapped[int]
    item: Mapped[str]
    value: Mapped[Decimal | None]
    unit: Mapped[str]
    note: Mapped[str]
    document_number: Mapped[str]
    document_dated: Mapped[date]
    document_title: Mapped[str]
    entered_from: Mapped[str]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None]


class PlanTargetValue(Base):
    """Where a number of a government document stood on a day, with the document that says so. Append-only."""

    __tablename__ = "plan_target_value"
    __table_args__ = (
        CheckConstraint(f"item <> '' and {DOCUMENT}", name="texts"),
        Index(None, "division_code", "item", "as_of"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    division_code: Mapped[str] = mapped_column(ForeignKey("division.code"))
    division_path: Mapped[str]
    item: Mapped[str]
    as_of: Mapped[date]
    value: Mapped[Decimal]
    note: Mapped[str]
    document_number: Mapped[str]
    document_dated: Mapped[date]
    document_title: Mapped[str]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None]
