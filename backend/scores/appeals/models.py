"""Tables of appeals and of the facts that accepted ones correct."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.orm import Base


class ScoreAppeal(Base):
    """An appeal against one indicator of a score. It is ended once: answered by the authority, or withdrawn."""

    __tablename__ = "score_appeal"
    __table_args__ = (
        ForeignKeyConstraint(["account_id", "score_id"], ["score.account_id", "score.id"]),
        ForeignKeyConstraint(
            ["account_id", "after_score_id"], ["score.account_id", "score.id"], name="fk_score_appeal_after_score"
        ),
        ForeignKeyConstraint(["account_id", "evidence_id"], ["evidence.account_id", "evidence.id"]),
        CheckConstraint("state in ('open', 'accepted', 'rejected', 'withdrawn')", name="state"),
        CheckConstraint("(state = 'open') = (ended_at is null)", name="ended"),
        Index(
            "uq_score_appeal_open", "account_id", "score_id", "indicator", unique=True,
            postgresql_where=text("state = 'open'"),
        ),
        Index("ix_score_appeal_due", "due_on", postgresql_where=text("state = 'open'")),
    )  # fmt: skip

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    score_id: Mapped[UUID]
    year: Mapped[int]
    indicator: Mapped[str]
    fact: Mapped[str]
    words: Mapped[str]
    evidence_id: Mapped[UUID | None]
    state: Mapped[str]
    lodged_at: Mapped[datetime]
    lodged_by: Mapped[UUID | None]
    due_on: Mapped[date]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None]
    answer: Mapped[str] = mapped_column(server_default=text("''"))
    document: Mapped[str] = mapped_column(server_default=text("''"))
    after_score_id: Mapped[UUID | None]
    effect: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))


class ScoreOverride(Base):
    """A fact of an account and a year as an accepted appeal corrects it. Append-only; no other year is touched.

    It holds for the records the fact was made from, which the effect of its appeal names.
    """

    __tablename__ = "score_override"
    __table_args__ = (
        ForeignKeyConstraint(["account_id", "appeal_id"], ["score_appeal.account_id", "score_appeal.id"]),
        Index(None, "account_id", "year"),
    )

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    appeal_id: Mapped[UUID]
    year: Mapped[int]
    fact: Mapped[str]
    value: Mapped[str]
    unit: Mapped[str]
    document: Mapped[str]
    reason: Mapped[str]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None]
