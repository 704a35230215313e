"""Tables of the claims. Written by server functions alone; the guards' exclusion constraints are the law."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import INT8RANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.orm import Base


class ClaimRule(Base):
    """A pair of uses that exclude each other.

    `test` is `repeat` (the same use twice), `any_owner` (two uses, whoever claims), `other_owner` (two uses by different
    accounts). A rule is never changed or taken back once claims stand under it.
    """

    __tablename__ = "claim_rule"
    __table_args__ = (
        CheckConstraint("test in ('repeat', 'any_owner', 'other_owner')", name="test"),
        CheckConstraint("(test = 'repeat') = (use_a = use_b)", name="repeat"),
        CheckConstraint("use_a <= use_b", name="ordered"),
    )

    code: Mapped[str] = mapped_column(primary_key=True)
    use_a: Mapped[str]
    use_b: Mapped[str]
    test: Mapped[str]
    reason_zh: Mapped[str]
    reason_en: Mapped[str]
    document: Mapped[str]
    confidence: Mapped[str]
    loaded_at: Mapped[datetime]


class Claim(Base):
    """One use of environmental benefits by one carbon account."""

    __tablename__ = "claim"
    __table_args__ = (
        Index(None, "owner_id", "period"),
        Index(None, "movement_id", postgresql_where=text("movement_id is not null")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    use: Mapped[str]
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("carbon_account.id"))
    period: Mapped[int | None]
    movement_id: Mapped[UUID | None] = mapped_column(ForeignKey("ledger_movement.id"))
    facts: Mapped[dict[str, Any]]
    claimed_at: Mapped[datetime]
    claimed_by: Mapped[UUID | None]
    withdrawn_at: Mapped[datetime | None]


class ClaimExtent(Base):
    """What a claim covers: serials, or days of a plant's energy."""

    __tablename__ = "claim_extent"
    __table_args__ = (
        Index("ix_claim_extent_covers", "subject", "extent", postgresql_using="gist", postgresql_where=text("is_live")),
    )

    claim_id: Mapped[UUID] = mapped_column(ForeignKey("claim.id"), primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    extent: Mapped[Range[int]] = mapped_column(INT8RANGE, primary_key=True)
    is_live: Mapped[bool]


class ClaimGuard(Base):
    """An extent under one rule. Two live guards that the rule forbids cannot both exist, whoever asks first."""

    __tablename__ = "claim_guard"
    __table_args__ = (
        ExcludeConstraint(
            ("rule", "="), ("subject", "="), ("extent", "&&"),
            name="ex_claim_guard_repeat", using="gist", where=text("is_live and test = 'repeat'"),
        ),
        ExcludeConstraint(
            ("rule", "="), ("subject", "="), ("use", "<>"), ("extent", "&&"),
            name="ex_claim_guard_any_owner", using="gist", where=text("is_live and test = 'any_owner'"),
        ),
        ExcludeConstraint(
            ("rule", "="), ("subject", "="), ("use", "<>"), ("owner_id", "<>"), ("extent", "&&"),
            name="ex_claim_guard_other_owner", using="gist", where=text("is_live and test = 'other_owner'"),
        ),
    )  # fmt: skip

    claim_id: Mapped[UUID] = mapped_column(ForeignKey("claim.id"), primary_key=True)
    rule: Mapped[str] = mapped_column(ForeignKey("claim_rule.code"), primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    extent: Mapped[Range[int]] = mapped_column(INT8RANGE, primary_key=True)
    test: Mapped[str]
    use: Mapped[str]
    owner_id: Mapped[UUID]
    is_live: Mapped[bool]
