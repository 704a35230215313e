"""Tables of energy balances. Append-only: of a division and year the highest accepted version counts."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.orm import Base


class RegionBalance(Base):
    """A version of a division's energy balance of a year, with the document it was taken from.

    `assumptions` say as which fuel of the fuel table an energy without a row of its own is reckoned, and why. `note` is
    the reason of a correction.
    """

    __tablename__ = "region_balance"
    __table_args__ = (
        UniqueConstraint("division_code", "year", "version"),
        CheckConstraint("document <> ''", name="document"),
        CheckConstraint("version = 1 or note <> ''", name="correction_has_reason"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    division_code: Mapped[str] = mapped_column(ForeignKey("division.code"))
    division_path: Mapped[str]
    year: Mapped[int]
    version: Mapped[int]
    fuel_table: Mapped[str]
    assumptions: Mapped[list[Any]]
    document: Mapped[str]
    document_number: Mapped[str]
    document_date: Mapped[date]
    note: Mapped[str]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None]


class RegionBalanceDecision(Base):
    """Whether a version was accepted or rejected, once and for good, by another person than who entered it."""

    __tablename__ = "region_balance_decision"
    __table_args__ = (CheckConstraint("reason <> ''", name="reason"),)

    balance_id: Mapped[UUID] = mapped_column(ForeignKey("region_balance.id"), primary_key=True)
    is_accepted: Mapped[bool]
    reason: Mapped[str]
    decided_at: Mapped[datetime]
    decided_by: Mapped[UUID | None]


class RegionBalanceCell(Base):
    """A cell as printed: the quantity of an energy in a flow; `sector` is empty but for parts of industry."""

    __tablename__ = "region_balance_cell"

    balance_id: Mapped[UUID] = mapped_column(ForeignKey("region_balance.id"), primary_key=True)
    flow: Mapped[str] = mapped_column(primary_key=True)
    sector: Mapped[str] = mapped_column(primary_key=True)
    energy: Mapped[str] = mapped_column(primary_key=True)
    division_path: Mapped[str]
    quantity: Mapped[Decimal]
    unit: Mapped[str]
