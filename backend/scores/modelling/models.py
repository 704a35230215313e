"""Tables of score models: versions, their drafts, the decision on each, when each is in force, and back-tests."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import DATERANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.orm import Base

STATES = "('graded', 'gated', 'cannot_tell')"


class ScoreModelVersion(Base):
    """A version of a score model: its number, nothing more. What it says are its revisions. Append-only."""

    __tablename__ = "score_model_version"
    __table_args__ = (
        UniqueConstraint("code", "version"),
        CheckConstraint("version > 0", name="version"),
        CheckConstraint("origin in ('shipped', 'proposed')", name="origin"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str]
    version: Mapped[int]
    origin: Mapped[str]
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None]


class ScoreModelRevision(Base):
    """What a version says, as of one edit; the newest counts. `sha256` is over the content. Append-only."""

    __tablename__ = "score_model_revision"
    __table_args__ = (
        CheckConstraint("revision > 0", name="revision"),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
    )

    version_id: Mapped[UUID] = mapped_column(ForeignKey("score_model_version.id"), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[dict[str, Any]]
    sha256: Mapped[str]
    reason: Mapped[str]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None]


class ScoreModelDecision(Base):
    """Whether a version was approved or rejected, once and for good, and which revision was. Append-only."""

    __tablename__ = "score_model_decision"
    __table_args__ = (
        ForeignKeyConstraint(["version_id", "revision"], ["score_model_revision.version_id", "score_model_revision.revision"]),
    )  # fmt: skip

    version_id: Mapped[UUID] = mapped_column(primary_key=True)
    revision: Mapped[int]
    is_approved: Mapped[bool]
    reason: Mapped[str]
    decided_at: Mapped[datetime]
    decided_by: Mapped[UUID | None]


class ScoreModelPeriod(Base):
    """When an approved version is in force. No two share a day; only the end of one that lasts can still be set.

    A period that was taken back before it began is empty.
    """

    __tablename__ = "score_model_period"
    __table_args__ = (
        ExcludeConstraint(("valid", "&&"), name="ex_score_model_period_valid", using="gist"),
        Index(None, "version_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version_id: Mapped[UUID] = mapped_column(ForeignKey("score_model_decision.version_id"))
    valid: Mapped[Range[date]] = mapped_column(DATERANGE)
    reason: Mapped[str]
    activated_at: Mapped[datetime]
    activated_by: Mapped[UUID | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None]
    end_reason: Mapped[str | None]


class ScoreBacktest(Base):
    """What a revision would have made of a year's facts, beside the model it was held against. Append-only.

    `counts` are by movement and by grade, before and after.
    """

    __tablename__ = "score_backtest"
    __table_args__ = (
        ForeignKeyConstraint(["version_id", "revision"], ["score_model_revision.version_id", "score_model_revision.revision"]),
        Index(None, "version_id", "finished_at"),
        UniqueConstraint("job_id"),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version_id: Mapped[UUID]
    revision: Mapped[int]
    against_id: Mapped[UUID | None] = mapped_column(ForeignKey("score_model_version.id"))
    year: Mapped[int]
    job_id: Mapped[UUID]
    accounts: Mapped[int]
    counts: Mapped[dict[str, Any]]
    finished_at: Mapped[datetime]
    asked_by: Mapped[UUID | None]


class ScoreBacktestLine(Base):
    """What came out for one account, before and after. Append-only."""

    __tablename__ = "score_backtest_line"
    __table_args__ = (
        CheckConstraint(f"before_state in {STATES}", name="before_state"),
        CheckConstraint(f"after_state in {STATES}", name="after_state"),
        CheckConstraint("movement in ('up', 'down', 'same', 'gained', 'lost', 'none')", name="movement"),
        Index(None, "backtest_id", "movement", "account_id"),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("carbon_account.id"), primary_key=True)
    backtest_id: Mapped[UUID] = mapped_column(ForeignKey("score_backtest.id"), primary_key=True)
    movement: Mapped[str]
    before_state: Mapped[str | None]
    before_grade: Mapped[str | None]
    before_points: Mapped[Decimal | None]
    after_state: Mapped[str]
    after_grade: Mapped[str | None]
    after_points: Mapped[Decimal | None]
