"""Tables of the comprehensive evaluation: schemes, evaluations with their sheets, steps, remarks. All of them append."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.orm import Base

DOCUMENT = "document_number <> '' and document_title <> ''"


class EvaluationScheme(Base):
    """Indicators and weights as somebody proposed them, for evaluations of a year on. Append-only."""

    __tablename__ = "evaluation_scheme"
    __table_args__ = (
        CheckConstraint(f"name <> '' and reason <> '' and {DOCUMENT}", name="texts"),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
        Index(None, "proposed_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    first_year: Mapped[int]
    content: Mapped[dict[str, Any]]
    sha256: Mapped[str]
    is_placeholder: Mapped[bool]
    document_number: Mapped[str]
    document_dated: Mapped[date]
    document_title: Mapped[str]
    reason: Mapped[str]
    proposed_at: Mapped[datetime]
    proposed_by: Mapped[UUID | None]


class EvaluationSchemeDecision(Base):
    """Whether a scheme was approved or rejected, once and for good. Append-only."""

    __tablename__ = "evaluation_scheme_decision"

    scheme_id: Mapped[UUID] = mapped_column(ForeignKey("evaluation_scheme.id"), primary_key=True)
    is_approved: Mapped[bool]
    reason: Mapped[str]
    decided_at: Mapped[datetime]
    decided_by: Mapped[UUID | None]


class Evaluation(Base):
    """An evaluation of a year's divisions below an authority, with the scheme as it was. Append-only."""

    __tablename__ = "evaluation"
    __table_args__ = (
        CheckConstraint("name <> ''", name="name"),
        UniqueConstraint("division_code", "year"),
        Index(None, "division_path", "year"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    division_code: Mapped[str] = mapped_column(ForeignKey("division.code"))
    division_path: Mapped[str]
    year: Mapped[int]
    scheme_id: Mapped[UUID | None] = mapped_column(ForeignKey("evaluation_scheme.id"))
    scheme: Mapped[dict[str, Any]]
    scheme_sha256: Mapped[str]
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None]


class EvaluationRevision(Base):
    """One working-out of an evaluation's sheets; the newest counts. Append-only."""

    __tablename__ = "evaluation_revision"
    __table_args__ = (CheckConstraint("revision > 0", name="revision"),)

    evaluation_id: Mapped[UUID] = mapped_column(ForeignKey("evaluation.id"), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    owner_path: Mapped[str]
    made_at: Mapped[datetime]
    made_by: Mapped[UUID | None]


class EvaluationSheet(Base):
    """A division's points in one working-out, line by line with where each value came from. Append-only.

    `owner_path` is whose evaluation it is, `division_path` of whom; `score` null: it cannot be told.
    """

    __tablename__ = "evaluation_sheet"
    __table_args__ = (
        ForeignKeyConstraint(
            ["evaluation_id", "revision"], ["evaluation_revision.evaluation_id", "evaluation_revision.revision"]
        ),
        CheckConstraint("verdict in ('met', 'missed', 'cannot_tell')", name="verdict"),
        CheckConstraint("score >= 0 and score <= 100", name="score"),
        CheckConstraint("place > 0", name="place"),
        Index(None, "division_path"),
    )

    evaluation_id: Mapped[UUID] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    division_code: Mapped[str] = mapped_column(ForeignKey("division.code"), primary_key=True)
    division_path: Mapped[str]
    owner_path: Mapped[str]
    score: Mapped[Decimal | None]
    verdict: Mapped[str]
    place: Mapped[int | None]
    lines: Mapped[list[Any]]


class EvaluationStep(Base):
    """A step of an evaluation: opened to the divisions' remarks, approved, rejected. Append-only."""

    __tablename__ = "evaluation_step"
    __table_args__ = (
        ForeignKeyConstraint(
            ["evaluation_id", "revision"], ["evaluation_revision.evaluation_id", "evaluation_revision.revision"]
        ),
        CheckConstraint("kind in ('opened', 'approved', 'rejected')", name="kind"),
        CheckConstraint("reason <> ''", name="reason"),
        Index(None, "owner_path"),
    )

    evaluation_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    revision: Mapped[int]
    kind: Mapped[str]
    owner_path: Mapped[str]
    reason: Mapped[str]
    document_number: Mapped[str]
    document_dated: Mapped[date | None]
    document_title: Mapped[str]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None]


class EvaluationRemark(Base):
    """What an evaluated division says to its sheet: a remark or an appeal against an indicator. Append-only."""

    __tablename__ = "evaluation_remark"
    __table_args__ = (CheckConstraint("said <> ''", name="said"), Index(None, "evaluation_id", "recorded_at"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    evaluation_id: Mapped[UUID] = mapped_column(ForeignKey("evaluation.id"))
    division_code: Mapped[str] = mapped_column(ForeignKey("division.code"))
    division_path: Mapped[str]
    owner_path: Mapped[str]
    indicator: Mapped[str]
    said: Mapped[str]
    document_number: Mapped[str]
    document_dated: Mapped[date | None]
    document_title: Mapped[str]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None]


class EvaluationRemarkAnswer(Base):
    """The evaluating authority's answer to a remark, once. Append-only."""

    __tablename__ = "evaluation_remark_answer"
    __table_args__ = (CheckConstraint("said <> ''", name="said"),)

    remark_id: Mapped[UUID] = mapped_column(ForeignKey("evaluation_remark.id"), primary_key=True)
    division_path: Mapped[str]
    owner_path: Mapped[str]
    is_accepted: Mapped[bool]
    said: Mapped[str]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None]
