"""Tables of warnings. Of a warning only where it stands changes; what happened to it is appended."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.orm import Base
from backend.monitoring.alerts.values import CauseKind, StepKind, WarningState

KINDS = tuple(each.value for each in CauseKind)
STATES = tuple(each.value for each in WarningState)
STEPS = tuple(each.value for each in StepKind)


class MonitoringTerms(Base):
    """Levels of warning as the authority drafted them, with the document they rest on. Append-only."""

    __tablename__ = "monitoring_terms"
    __table_args__ = (
        CheckConstraint("document_number <> '' and document_title <> '' and reason <> ''", name="texts"),
        Index(None, "drafted_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    content: Mapped[dict[str, Any]]
    document_number: Mapped[str]
    document_dated: Mapped[date]
    document_title: Mapped[str]
    effective_on: Mapped[date]
    reason: Mapped[str]
    drafted_at: Mapped[datetime]
    drafted_by: Mapped[UUID | None]


class MonitoringTermsDecision(Base):
    """Whether drafted levels were approved, once and for good, by another person. Append-only."""

    __tablename__ = "monitoring_terms_decision"

    terms_id: Mapped[UUID] = mapped_column(ForeignKey("monitoring_terms.id"), primary_key=True)
    is_approved: Mapped[bool]
    reason: Mapped[str]
    decided_at: Mapped[datetime]
    decided_by: Mapped[UUID | None]


class MonitoringEvaluation(Base):
    """An evaluation: of which subtree and month, by which levels, what came of it. Append-only.

    `untold` lists what could not be told, and why. Without `terms_id` the pack's placeholders were used.
    """

    __tablename__ = "monitoring_evaluation"
    __table_args__ = (Index(None, "division_path", "evaluated_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    division_code: Mapped[str] = mapped_column(ForeignKey("division.code"))
    division_path: Mapped[str]
    month: Mapped[date]
    terms_id: Mapped[UUID | None] = mapped_column(ForeignKey("monitoring_terms.id"))
    is_placeholder: Mapped[bool]
    looked_at: Mapped[int]
    raised: Mapped[int]
    reopened: Mapped[int]
    worsened: Mapped[int]
    cleared: Mapped[int]
    untold: Mapped[list[Any]]
    evaluated_at: Mapped[datetime]
    evaluated_by: Mapped[UUID | None]


class MonitoringWarning(Base):
    """A warning: its cause, how grave it is, where it stands. One open warning of a cause; nobody closes their own proposal."""

    __tablename__ = "monitoring_warning"
    __table_args__ = (
        CheckConstraint(f"kind in {KINDS}", name="kind"),
        CheckConstraint(f"state in {STATES}", name="state"),
        CheckConstraint("(state = 'closed') = (closed_at is not null)", name="closed"),
        CheckConstraint("closed_by is null or closing_by is null or closed_by <> closing_by", name="second_person"),
        CheckConstraint("rank >= 0 and escalations >= 0", name="counts"),
        Index(
            "uq_monitoring_warning_open", "kind", "division_code", "sector", "account_id", "year", unique=True,
            postgresql_where=text("state <> 'closed'"), postgresql_nulls_not_distinct=True,
        ),
        Index(None, "division_path", "raised_at", postgresql_ops={"division_path": "text_pattern_ops"}),
        Index(None, "account_id"),
        Index("ix_monitoring_warning_due", "due_on", postgresql_where=text("state <> 'closed'")),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    division_code: Mapped[str] = mapped_column(ForeignKey("division.code"))
    division_path: Mapped[str]
    sector: Mapped[str]
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("carbon_account.id"))
    year: Mapped[int]
    state: Mapped[str]
    level: Mapped[str]
    level_zh: Mapped[str]
    level_en: Mapped[str]
    rank: Mapped[int]
    is_present: Mapped[bool]
    month: Mapped[date]
    value: Mapped[Decimal]
    evidence: Mapped[dict[str, Any]]
    is_placeholder: Mapped[bool]
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    owner_person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    response: Mapped[str]
    measure: Mapped[str]
    due_on: Mapped[date]
    escalated_for: Mapped[date | None]
    escalations: Mapped[int]
    raised_at: Mapped[datetime]
    closing_by: Mapped[UUID | None]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[UUID | None]
    former_id: Mapped[UUID | None] = mapped_column(ForeignKey("monitoring_warning.id"))


class MonitoringStep(Base):
    """Something that happened to a warning, with its evidence. Append-only."""

    __tablename__ = "monitoring_step"
    __table_args__ = (CheckConstraint(f"kind in {STEPS}", name="kind"),)

    warning_id: Mapped[UUID] = mapped_column(ForeignKey("monitoring_warning.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    division_path: Mapped[str]
    kind: Mapped[str]
    note: Mapped[str]
    facts: Mapped[dict[str, Any]]
    at: Mapped[datetime]
    by: Mapped[UUID | None]
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
