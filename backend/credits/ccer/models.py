"""Tables: China Certified Emission Reductions (CCER)."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.orm import Base

PROJECT = ("ccer_project.account_id", "ccer_project.id")
REDUCTION = ("ccer_reduction.account_id", "ccer_reduction.id")


class CcerProject(Base):
    """A project, from its draft to its de-registration. A code is used once; a withdrawn project gives it back."""

    __tablename__ = "ccer_project"
    __table_args__ = (
        CheckConstraint(
            "state in ('draft', 'publicised', 'validated', 'applied', 'registered', 'deregistered', 'withdrawn')",
            name="state",
        ),
        CheckConstraint("started_on <= starts_on and starts_on < ends_on", name="dates"),
        CheckConstraint("(registered_on is not null) = (state in ('registered', 'deregistered'))", name="registered"),
        Index("uq_ccer_project_code", "code", unique=True, postgresql_where=text("state <> 'withdrawn'")),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("carbon_account.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str]
    name: Mapped[str]
    methodology: Mapped[str]
    plant_code: Mapped[str]
    started_on: Mapped[date]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    is_ets_managed: Mapped[bool | None]
    is_legal_duty: Mapped[bool | None]
    old_registered_on: Mapped[date | None]
    state: Mapped[str]
    state_on: Mapped[date]
    validator_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    registered_on: Mapped[date | None]
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None]


class CcerReduction(Base):
    """What a project reduced in one monitoring period. A day of a project lies in one live period."""

    __tablename__ = "ccer_reduction"
    __table_args__ = (
        ForeignKeyConstraint(["account_id", "project_id"], PROJECT),
        CheckConstraint(
            "state in ('reported', 'publicised', 'verified', 'applied', 'registered', 'issued', 'withdrawn')",
            name="state",
        ),
        CheckConstraint("period_from <= period_to", name="period"),
        CheckConstraint("reported > 0 and reported = trunc(reported)", name="reported"),
        CheckConstraint(
            "verified is null or verified > 0 and verified <= reported and verified = trunc(verified)", name="verified"
        ),
        ExcludeConstraint(
            ("account_id", "="), ("project_id", "="), (text("daterange(period_from, period_to, '[]')"), "&&"),
            name="ex_ccer_reduction_period", using="gist", where=text("state <> 'withdrawn'"),
        ),
    )  # fmt: skip

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    project_id: Mapped[UUID]
    period_from: Mapped[date]
    period_to: Mapped[date]
    reported: Mapped[Decimal]
    verified: Mapped[Decimal | None]
    state: Mapped[str]
    state_on: Mapped[date]
    verifier_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    applied_on: Mapped[date | None]
    registered_on: Mapped[date | None]
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None]


class CcerTransition(Base):
    """A step a project or a reduction took. Only appended."""

    __tablename__ = "ccer_transition"
    __table_args__ = (
        ForeignKeyConstraint(["account_id", "project_id"], PROJECT),
        ForeignKeyConstraint(["account_id", "reduction_id"], REDUCTION),
        Index(None, "account_id", "project_id", "reduction_id"),
    )

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    project_id: Mapped[UUID]
    reduction_id: Mapped[UUID | None]
    action: Mapped[str]
    from_state: Mapped[str]
    to_state: Mapped[str]
    on: Mapped[date]
    due_on: Mapped[date | None]
    reference: Mapped[str]
    note: Mapped[str]
    movement_id: Mapped[UUID | None] = mapped_column(ForeignKey("ledger_movement.id"))
    organisation_id: Mapped[UUID | None]
    actor_id: Mapped[UUID | None]
    recorded_at: Mapped[datetime]


class CcerComment(Base):
    """What the public said during publicity, and the answers. Only appended; a comment has one answer."""

    __tablename__ = "ccer_comment"
    __table_args__ = (
        ForeignKeyConstraint(["account_id", "project_id"], PROJECT),
        ForeignKeyConstraint(["account_id", "reduction_id"], REDUCTION),
        ForeignKeyConstraint(["account_id", "answers_id"], ["ccer_comment.account_id", "ccer_comment.id"]),
        Index(
            "uq_ccer_comment_answer", "account_id", "answers_id", unique=True,
            postgresql_where=text("answers_id is not null"),
        ),
        Index(None, "account_id", "project_id", "reduction_id"),
    )  # fmt: skip

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    project_id: Mapped[UUID]
    reduction_id: Mapped[UUID | None]
    answers_id: Mapped[UUID | None]
    author: Mapped[str]
    text: Mapped[str]
    received_on: Mapped[date]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None]
