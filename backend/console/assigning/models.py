"""Tables of verifiers' assignments, of what binds verifiers to enterprises, and of the authority's terms for them."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.orm import Base


class VerificationAssignment(Base):
    """A verifier proposed for an account's year. It opens nothing by itself: the enterprise engages the verifier.

    Number, name and code of the enterprise are copied: the verifier sees no account before it is engaged.
    """

    __tablename__ = "verification_assignment"
    __table_args__ = (
        CheckConstraint(
            "state in ('proposed', 'accepted', 'engaged', 'done', 'declined', 'withdrawn')", name="state"
        ),
        CheckConstraint("(state in ('proposed', 'accepted', 'engaged')) = (ended_at is null)", name="ended"),
        CheckConstraint("state <> 'engaged' or engagement_id is not null", name="engaged"),
        CheckConstraint("credit_code ~ '^[0-9A-HJ-NPQRTUWXY]{18}$'", name="credit_code"),
        Index(None, "division_path", "state", postgresql_ops={"division_path": "text_pattern_ops"}),
        Index(None, "verifier_id", "state"),
        Index(
            "uq_verification_assignment_open", "account_id", "year", unique=True,
            postgresql_where=text("state in ('proposed', 'accepted', 'engaged')"),
        ),
    )  # fmt: skip

    account_id: Mapped[UUID] = mapped_column(ForeignKey("carbon_account.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    division_path: Mapped[str]
    authority_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    enterprise_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    account_number: Mapped[str]
    enterprise_name: Mapped[str]
    credit_code: Mapped[str]
    year: Mapped[int]
    verifier_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    verifier_name: Mapped[str]
    state: Mapped[str]
    due_on: Mapped[date]
    note: Mapped[str]
    proposed_at: Mapped[datetime]
    proposed_by: Mapped[UUID | None]
    answered_at: Mapped[datetime | None]
    answer: Mapped[str]
    engagement_id: Mapped[UUID | None] = mapped_column(ForeignKey("engagement.id"))
    ended_at: Mapped[datetime | None]
    reminded: Mapped[int | None]
    """Days before its day for which whoever has to act was reminded last; -1 once it was late. None: not yet."""


class VerifierRelation(Base):
    """What binds a verifier to the enterprise of a credit code, as the verifier or an authority says. Only added.

    The enterprise is named by its credit code: a verifier need not know, nor learn here, who is registered.
    """

    __tablename__ = "verifier_relation"
    __table_args__ = (
        CheckConstraint("kind in ('consulting', 'ownership', 'staff', 'other')", name="kind"),
        CheckConstraint("ends_on >= starts_on", name="dates"),
        CheckConstraint("credit_code ~ '^[0-9A-HJ-NPQRTUWXY]{18}$'", name="credit_code"),
        Index(None, "verifier_id", "credit_code"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    verifier_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    credit_code: Mapped[str]
    division_path: Mapped[str]
    kind: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    note: Mapped[str]
    is_own_word: Mapped[bool]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None]


class VerificationTerms(Base):
    """An authority's terms for verifiers of its region; the newest counts. Only added."""

    __tablename__ = "verification_terms"
    __table_args__ = (
        CheckConstraint("most_years between 1 and 20", name="most_years"),
        CheckConstraint("cooling_years between 1 and 20", name="cooling_years"),
        CheckConstraint("document_title <> ''", name="document"),
        Index(None, "division_path", "recorded_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    division_path: Mapped[str]
    most_years: Mapped[int | None]
    cooling_years: Mapped[int | None]
    document_title: Mapped[str]
    document_number: Mapped[str]
    document_date: Mapped[date]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None]
