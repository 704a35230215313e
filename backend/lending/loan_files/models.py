"""The table of loan files."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.orm import Base
from backend.lending.loan_files.values import LoanFileState


class LoanFile(Base):
    """An archive a bank asked for; the content is in storage under `object_key` while it is ready."""

    __tablename__ = "loan_file"
    __table_args__ = (
        CheckConstraint(f"state in {tuple(each.value for each in LoanFileState)}", name="state"),
        CheckConstraint("(state in ('refused', 'deleted')) = (ended_at is not null)", name="ended"),
        CheckConstraint("state <> 'ready' or (object_key <> '' and expires_at is not null)", name="ready"),
        Index(None, "bank_id", "id"),
        Index(None, "account_id"),
        Index("ix_loan_file_kept", "id", postgresql_where=text("state in ('asked', 'ready')")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    bank_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("carbon_account.id"))
    consent_id: Mapped[UUID] = mapped_column(ForeignKey("consent.id"))
    purpose: Mapped[str]
    state: Mapped[str]
    job_id: Mapped[UUID]
    object_key: Mapped[str] = mapped_column(server_default=text("''"))
    sha256: Mapped[str] = mapped_column(server_default=text("''"))
    size: Mapped[int] = mapped_column(server_default=text("0"))
    reason: Mapped[str] = mapped_column(server_default=text("''"))
    asked_at: Mapped[datetime]
    asked_by: Mapped[UUID | None]
    made_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
