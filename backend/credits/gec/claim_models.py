"""Tables of warnings before units expire. Append-only."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.orm import Base


class CreditWarning(Base):
    """Units of a batch that expire within `days`: written once for each batch an account holds and number of days.

    `quantity` is what lay in the account when the warning was written, locked units included.
    """

    __tablename__ = "credit_warning"
    __table_args__ = (
        UniqueConstraint("account_id", "batch_id", "days"),
        CheckConstraint("days > 0", name="days"),
        CheckConstraint("quantity > 0", name="quantity"),
        Index(None, "account_id", "warned_at"),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("carbon_account.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    batch_id: Mapped[UUID]
    class_code: Mapped[str]
    days: Mapped[int]
    quantity: Mapped[Decimal]
    valid_until: Mapped[date]
    warned_at: Mapped[datetime]
