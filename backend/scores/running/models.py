"""Tables of computed scores, penalties and signs. Scores, signs and what was said about them are append-only."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.orm import Base


class Score(Base):
    """A score of an account as it was computed. Append-only; `number` counts the account's scores from 1.

    `answer` and `indicators` are the JSON a reader is served: written once, copied ever after. `as_of` is the knowledge it
    was computed with, `fingerprint` the SHA-256 over what it follows from: the same facts under the same model have the
    same.
    """

    __tablename__ = "score"
    __table_args__ = (
        UniqueConstraint("account_id", "number"),
        CheckConstraint("state in ('graded', 'gated', 'cannot_tell')", name="state"),
        CheckConstraint("cause in ('nightly', 'inputs', 'model', 'appeal', 'asked')", name="cause"),
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("(state = 'graded') <= (grade is not null)", name="grade"),
        Index(None, "account_id", "computed_at"),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("carbon_account.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int]
    year: Mapped[int]
    model_code: Mapped[str]
    model_version: Mapped[int]
    state: Mapped[str]
    points: Mapped[Decimal | None]
    grade: Mapped[str | None]
    computed_at: Mapped[datetime]
    valid_until: Mapped[date]
    cause: Mapped[str]
    inputs: Mapped[list[Any]]
    answer: Mapped[str]
    indicators: Mapped[str]
    as_of: Mapped[datetime]
    fingerprint: Mapped[str]


class ScoreStanding(Base):
    """How an account stands with its scores: the newest one, and until when its inputs have been looked at.

    The row is made before it is locked, and locked before the inputs are read: two runs of one account follow each other.
    `positions` are what the account is told of its place in its sector, `signs` the fingerprints of the signs its data show,
    both as of the last look.
    """

    __tablename__ = "score_standing"
    __table_args__ = (ForeignKeyConstraint(["account_id", "score_id"], ["score.account_id", "score.id"]),)

    account_id: Mapped[UUID] = mapped_column(ForeignKey("carbon_account.id"), primary_key=True)
    score_id: Mapped[UUID | None]
    number: Mapped[int] = mapped_column(server_default=text("0"))
    checked_at: Mapped[datetime | None]
    model_code: Mapped[str | None]
    model_version: Mapped[int | None]
    positions: Mapped[list[Any]] = mapped_column(server_default=text("'[]'::jsonb"))
    signs: Mapped[list[Any]] = mapped_column(server_default=text("'[]'::jsonb"))


class ScorePenalty(Base):
    """An environmental penalty as the authority recorded it; nothing of it changes but that it is withdrawn, once."""

    __tablename__ = "score_penalty"
    __table_args__ = (
        CheckConstraint("severity in ('minor', 'serious', 'severe')", name="severity"),
        CheckConstraint("until_on >= from_on", name="dates"),
        CheckConstraint("(withdrawn_at is null) = (withdrawal_reason = '')", name="withdrawal"),
        Index(
            "uq_score_penalty_document", "account_id", "document", unique=True,
            postgresql_where=text("withdrawn_at is null"),
        ),
    )  # fmt: skip

    account_id: Mapped[UUID] = mapped_column(ForeignKey("carbon_account.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    document: Mapped[str]
    severity: Mapped[str]
    summary: Mapped[str]
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None]
    organisation_id: Mapped[UUID | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[UUID | None]
    withdrawal_reason: Mapped[str] = mapped_column(server_default=text("''"))


class ScoreSign(Base):
    """A sign that data were shifted, split or moved out: which check, its numbers, its sentence. Append-only.

    The same numbers found again are the same sign: `fingerprint` is the SHA-256 over them.
    """

    __tablename__ = "score_sign"
    __table_args__ = (
        UniqueConstraint("account_id", "year", "kind", "fingerprint"),
        CheckConstraint("kind in ('shifted_months', 'split_meters', 'outsourced_boiler')", name="kind"),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("carbon_account.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    year: Mapped[int]
    kind: Mapped[str]
    fingerprint: Mapped[str]
    numbers: Mapped[dict[str, Any]]
    zh: Mapped[str]
    en: Mapped[str]
    found_at: Mapped[datetime]


class ScoreSignEntry(Base):
    """What was said about a sign: explained by the enterprise, accepted or refused by the authority. Append-only."""

    __tablename__ = "score_sign_entry"
    __table_args__ = (
        ForeignKeyConstraint(["account_id", "sign_id"], ["score_sign.account_id", "score_sign.id"]),
        ForeignKeyConstraint(["account_id", "evidence_id"], ["evidence.account_id", "evidence.id"]),
        CheckConstraint("kind in ('explained', 'accepted', 'refused')", name="kind"),
        CheckConstraint("words <> ''", name="words"),
        Index(None, "account_id", "sign_id"),
    )

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    sign_id: Mapped[UUID]
    kind: Mapped[str]
    words: Mapped[str]
    evidence_id: Mapped[UUID | None]
    at: Mapped[datetime]
    actor_id: Mapped[UUID | None]
    organisation_id: Mapped[UUID | None]
