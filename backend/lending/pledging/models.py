"""The table of requests for pledges. Pledges themselves are holds of the ledger."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.orm import Base
from backend.lending.pledging.values import LapsedBecause, PledgeRequestState


class PledgeRequest(Base):
    """What a bank asked an account to pledge, under which consent, and what was answered.

    What was asked is never changed. `lapsed` with `consent_ended` is set by a trigger when the consent is revoked.
    """

    __tablename__ = "pledge_request"
    __table_args__ = (
        CheckConstraint(f"state in {tuple(each.value for each in PledgeRequestState)}", name="state"),
        CheckConstraint(f"lapsed_because in {('', *(each.value for each in LapsedBecause))}", name="lapsed_because"),
        CheckConstraint("(state = 'lapsed') = (lapsed_because <> '')", name="lapsed"),
        CheckConstraint("(state = 'asked') = (ended_at is null)", name="ended"),
        CheckConstraint("(state = 'accepted') = (hold_id is not null)", name="accepted"),
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("price_cny > 0", name="price"),
        Index(None, "bank_id", "id"),
        Index(None, "consent_id"),
        Index(
            "uq_pledge_request_open", "bank_id", "account_id", "class_code", "reference", unique=True,
            postgresql_where=text("state = 'asked'"),
        ),
    )  # fmt: skip

    account_id: Mapped[UUID] = mapped_column(ForeignKey("carbon_account.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    bank_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    consent_id: Mapped[UUID] = mapped_column(ForeignKey("consent.id"))
    account_number: Mapped[str]
    class_code: Mapped[str] = mapped_column(ForeignKey("ledger_class.code"))
    quantity: Mapped[Decimal]
    batch_id: Mapped[UUID | None] = mapped_column(ForeignKey("ledger_batch.id"))
    serials: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    reference: Mapped[str]
    purpose: Mapped[str]
    pledged_until: Mapped[date | None]
    price_cny: Mapped[Decimal | None]
    state: Mapped[str]
    asked_at: Mapped[datetime]
    asked_by: Mapped[UUID | None]
    lapses_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None]
    lapsed_because: Mapped[str] = mapped_column(server_default=text("''"))
    answer: Mapped[str] = mapped_column(server_default=text("''"))
    hold_id: Mapped[UUID | None] = mapped_column(ForeignKey("ledger_hold.id"))
