"""Tables of the regional programmes (碳普惠): settings over the pack, registrations, submissions, trees and payments.

What is under a holder leads with `account_id`: a carbon account, or a participant that is no enterprise.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, Uuid, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.orm import Base

STATES = "state in ('submitted', 'approved', 'rejected')"


class ProgrammeSetting(Base):
    """The terms of a methodology as an administrator set them over the pack's, from a day on. Append-only."""

    __tablename__ = "programme_setting"
    __table_args__ = (UniqueConstraint("programme", "methodology", "version"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    programme: Mapped[str]
    methodology: Mapped[str]
    version: Mapped[int]
    terms: Mapped[dict[str, Any]]
    valid_from: Mapped[date]
    document: Mapped[str]
    reason: Mapped[str]
    set_at: Mapped[datetime]
    set_by: Mapped[UUID | None]


class ProgrammeParticipant(Base):
    """Somebody who takes part and is no enterprise; the id is that of the account in the ledger."""

    __tablename__ = "programme_participant"
    __table_args__ = (
        UniqueConstraint("programme", "code"),
        Index(None, "division_path", postgresql_ops={"division_path": "text_pattern_ops"}),
    )

    id: Mapped[UUID] = mapped_column(ForeignKey("ledger_account.id"), primary_key=True)
    programme: Mapped[str]
    code: Mapped[str]
    name: Mapped[str]
    division_code: Mapped[str] = mapped_column(ForeignKey("division.code"))
    division_path: Mapped[str]
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    opened_at: Mapped[datetime]
    opened_by: Mapped[UUID | None]


class ProgrammeRegistration(Base):
    """A project, or taking part in a scene, of one holder under one methodology."""

    __tablename__ = "programme_registration"
    __table_args__ = (
        UniqueConstraint("account_id", "code"),
        CheckConstraint(STATES, name="state"),
        Index(None, "programme", "state"),
    )

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    programme: Mapped[str]
    methodology: Mapped[str]
    code: Mapped[str]
    name: Mapped[str]
    description: Mapped[str]
    state: Mapped[str]
    submitted_at: Mapped[datetime]
    submitted_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    decision: Mapped[str] = mapped_column(server_default=text("''"))


class ProgrammeSubmission(Base):
    """A quantity of a period, submitted for issue. Two live ones of a registration never share a day."""

    __tablename__ = "programme_submission"
    __table_args__ = (
        ForeignKeyConstraint(
            ["account_id", "registration_id"],
            ["programme_registration.account_id", "programme_registration.id"],
        ),
        CheckConstraint("state in ('submitted', 'approved', 'rejected', 'revoked')", name="state"),
        CheckConstraint("period_to >= period_from", name="period"),
        CheckConstraint("(state in ('approved', 'revoked')) = (movement_id is not null)", name="issued"),
        CheckConstraint("(state = 'revoked') = (revoked_at is not null)", name="revoked"),
        ExcludeConstraint(
            ("registration_id", "="), (text("daterange(period_from, period_to, '[]')"), "&&"),
            name="ex_programme_submission_period", using="gist", where=text("state not in ('rejected', 'revoked')"),
        ),
        Index(None, "account_id", "programme", "methodology", "period_to"),
        Index(None, "programme", "state"),
    )  # fmt: skip

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    registration_id: Mapped[UUID]
    programme: Mapped[str]
    methodology: Mapped[str]
    period_from: Mapped[date]
    period_to: Mapped[date]
    inputs: Mapped[dict[str, Any]]
    evidence_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()))
    reference: Mapped[str]
    state: Mapped[str]
    computed: Mapped[Decimal | None]
    quantity: Mapped[Decimal | None]
    terms: Mapped[dict[str, Any] | None]
    setting_id: Mapped[UUID | None] = mapped_column(ForeignKey("programme_setting.id"))
    pack_sha256: Mapped[str | None] = mapped_column(ForeignKey("pack_version.sha256"))
    valid_until: Mapped[date | None]
    movement_id: Mapped[UUID | None] = mapped_column(ForeignKey("ledger_movement.id"))
    submitted_at: Mapped[datetime]
    submitted_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    decision: Mapped[str] = mapped_column(server_default=text("''"))
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[UUID | None]
    revocation: Mapped[str] = mapped_column(server_default=text("''"))


class ProgrammeUse(Base):
    """What all participants together were issued in a cap's period: the row that approvals queue at."""

    __tablename__ = "programme_use"
    __table_args__ = (CheckConstraint("quantity >= 0", name="quantity"),)

    programme: Mapped[str] = mapped_column(primary_key=True)
    methodology: Mapped[str] = mapped_column(primary_key=True)
    period_start: Mapped[date] = mapped_column(primary_key=True)
    cap_period: Mapped[str] = mapped_column(primary_key=True)
    quantity: Mapped[Decimal]


class TreeHousehold(Base):
    """A household (农户) that keeps numbered trees, with its forest land in mu."""

    __tablename__ = "tree_household"
    __table_args__ = (
        UniqueConstraint("programme", "code"),
        CheckConstraint("mu > 0", name="mu"),
        Index(None, "division_path", postgresql_ops={"division_path": "text_pattern_ops"}),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    programme: Mapped[str]
    code: Mapped[str]
    name: Mapped[str]
    division_code: Mapped[str] = mapped_column(ForeignKey("division.code"))
    division_path: Mapped[str]
    mu: Mapped[Decimal]
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    registered_at: Mapped[datetime]
    registered_by: Mapped[UUID | None]


class TreeStand(Base):
    """Numbered trees of one household, for sale by the year. A number stands for one tree in any year. Append-only."""

    __tablename__ = "tree_stand"
    __table_args__ = (
        CheckConstraint("first_number > 0 and last_number >= first_number", name="numbers"),
        CheckConstraint("last_year >= first_year", name="years"),
        ExcludeConstraint(
            ("programme", "="), (text("int8range(first_number, last_number, '[]')"), "&&"),
            (text("int8range(first_year, last_year, '[]')"), "&&"),
            name="ex_tree_stand_numbers", using="gist",
        ),
        Index(None, "household_id"),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True)
    household_id: Mapped[UUID] = mapped_column(ForeignKey("tree_household.id"))
    programme: Mapped[str]
    division_path: Mapped[str]
    first_number: Mapped[int]
    last_number: Mapped[int]
    first_year: Mapped[int]
    last_year: Mapped[int]
    species: Mapped[str]
    photographs: Mapped[str]
    registered_at: Mapped[datetime]
    registered_by: Mapped[UUID | None]


class TreePurchase(Base):
    """Trees bought for a year by one holder, for a purpose. Append-only."""

    __tablename__ = "tree_purchase"
    __table_args__ = (CheckConstraint("trees > 0", name="trees"),)

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    programme: Mapped[str]
    year: Mapped[int]
    trees: Mapped[int]
    yuan_per_tree: Mapped[Decimal]
    yuan: Mapped[Decimal]
    purpose: Mapped[str]
    beneficiary: Mapped[str]
    pack_sha256: Mapped[str] = mapped_column(ForeignKey("pack_version.sha256"))
    purchased_at: Mapped[datetime]
    purchased_by: Mapped[UUID | None]


class TreePurchasePart(Base):
    """A run of trees of a purchase. One tree is bought once for a year, whoever asks first. Append-only."""

    __tablename__ = "tree_purchase_part"
    __table_args__ = (
        ForeignKeyConstraint(["account_id", "purchase_id"], ["tree_purchase.account_id", "tree_purchase.id"]),
        CheckConstraint("first_number > 0 and last_number >= first_number", name="numbers"),
        ExcludeConstraint(
            ("programme", "="), ("year", "="), (text("int8range(first_number, last_number, '[]')"), "&&"),
            name="ex_tree_purchase_part_numbers", using="gist",
        ),
    )  # fmt: skip

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    purchase_id: Mapped[UUID] = mapped_column(primary_key=True)
    first_number: Mapped[int] = mapped_column(primary_key=True)
    last_number: Mapped[int]
    programme: Mapped[str]
    year: Mapped[int]
    stand_id: Mapped[UUID] = mapped_column(ForeignKey("tree_stand.id"))


class TreePayment(Base):
    """What a household is to be paid for a purchase, and that it was."""

    __tablename__ = "tree_payment"
    __table_args__ = (
        ForeignKeyConstraint(["account_id", "purchase_id"], ["tree_purchase.account_id", "tree_purchase.id"]),
        UniqueConstraint("account_id", "purchase_id", "household_id"),
        CheckConstraint("state in ('due', 'paid')", name="state"),
        CheckConstraint("(state = 'paid') = (paid_on is not null)", name="paid"),
        Index(None, "household_id"),
        Index(None, "division_path", postgresql_ops={"division_path": "text_pattern_ops"}),
    )

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    purchase_id: Mapped[UUID]
    household_id: Mapped[UUID] = mapped_column(ForeignKey("tree_household.id"))
    programme: Mapped[str]
    division_path: Mapped[str]
    year: Mapped[int]
    trees: Mapped[int]
    yuan: Mapped[Decimal]
    state: Mapped[str]
    paid_on: Mapped[date | None]
    reference: Mapped[str] = mapped_column(server_default=text("''"))
    recorded_at: Mapped[datetime | None]
    recorded_by: Mapped[UUID | None]
