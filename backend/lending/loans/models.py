"""Tables of a bank's loans: the loans, what was outstanding on each day told, and terms for grades.

They are the bank's own; nobody else sees a row of them, the jurisdiction's authority included.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.orm import Base


class Loan(Base):
    """A loan. `reference` is the bank's own number of it; the borrower is known by its unified social credit code."""

    __tablename__ = "loan"
    __table_args__ = (
        UniqueConstraint("bank_id", "reference"),
        CheckConstraint("ends_on is null or ends_on >= opened_on", name="dates"),
        CheckConstraint("credit_code ~ '^[0-9A-Z]{18}$'", name="credit_code"),
        Index(None, "bank_id", "credit_code"),
    )

    bank_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    reference: Mapped[str]
    credit_code: Mapped[str]
    kind: Mapped[str]
    opened_on: Mapped[date]
    ends_on: Mapped[date | None]
    grade_at_grant: Mapped[str] = mapped_column(server_default=text("''"))
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None]


class LoanBalance(Base):
    """What was outstanding on a loan at the end of a day, in CNY; the row recorded last counts. Append-only."""

    __tablename__ = "loan_balance"
    __table_args__ = (
        ForeignKeyConstraint(["bank_id", "loan_id"], ["loan.bank_id", "loan.id"]),
        CheckConstraint("outstanding >= 0", name="outstanding"),
        Index(None, "bank_id", "loan_id", "as_of", "id"),
    )

    bank_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    loan_id: Mapped[UUID]
    as_of: Mapped[date]
    outstanding: Mapped[Decimal]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None]


class LoanTerms(Base):
    """What a bank offers for the grades of a model from a day on; the newest that has begun counts. Append-only."""

    __tablename__ = "loan_terms"
    __table_args__ = (
        UniqueConstraint("bank_id", "model_code", "version"),
        CheckConstraint("version > 0", name="version"),
    )

    bank_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    model_code: Mapped[str]
    version: Mapped[int]
    valid_from: Mapped[date]
    note: Mapped[str] = mapped_column(server_default=text("''"))
    grades: Mapped[list[Any]]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None]
