"""Tickets of the clearing: what this tenant has reserved there, and whether its own books kept it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.orm import Base


class ClearingTicket(Base):
    """One movement's codes, and the months of energy they stand for, in the clearing.

    `open`: reserved (or about to be), the books have not decided; `kept`: the movement stands, written in its own
    transaction; `abandoned`: the books did not take it, the codes are given back; `returned`: given back for good, after
    an abandoned import or a reversed movement.
    """

    __tablename__ = "clearing_ticket"
    __table_args__ = (
        CheckConstraint("state in ('open', 'kept', 'abandoned', 'returned')", name="state"),
        CheckConstraint("state <> 'kept' or movement_id is not null", name="kept_by"),
        Index("ix_clearing_ticket_unsettled", "opened_at", postgresql_where=text("state in ('open', 'abandoned')")),
        Index(None, "movement_id", postgresql_where=text("movement_id is not null")),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("carbon_account.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    state: Mapped[str]
    movement_id: Mapped[UUID | None] = mapped_column(ForeignKey("ledger_movement.id"))
    opened_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
