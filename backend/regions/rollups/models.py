"""Tables of the roll-ups: what each account adds, what that comes to, and whose accounts wait to be looked at again."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.orm import Base


class RegionChange(Base):
    """An account to be looked at again. Triggers append in the transaction that changed it; the roller deletes."""

    __tablename__ = "region_change"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("uuidv7()"))
    account_id: Mapped[UUID]
    changed_at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class RegionAccount(Base):
    """Where an account was counted last: its division, its sector, and whether it is open."""

    __tablename__ = "region_account"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("carbon_account.id"), primary_key=True)
    division_code: Mapped[str]
    division_path: Mapped[str]
    sector: Mapped[str]
    is_open: Mapped[bool]


class RegionAccountMonth(Base):
    """What an account adds to a month: of its year's inventory that counts, under the place it is counted at.

    Emissions are in tCO2e, energy in tce. `is_verified`: the inventory is verified or closed.
    """

    __tablename__ = "region_account_month"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("carbon_account.id"), primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    inventory_id: Mapped[UUID]
    year: Mapped[int]
    division_code: Mapped[str]
    division_path: Mapped[str]
    sector: Mapped[str]
    is_verified: Mapped[bool]
    scope1: Mapped[Decimal]
    scope2_location: Mapped[Decimal]
    scope2_market: Mapped[Decimal]
    energy_tce: Mapped[Decimal]


class RegionMonth(Base):
    """The exact sum of what all accounts of a division and sector add to a month; a row without accounts is none."""

    __tablename__ = "region_month"
    __table_args__ = (CheckConstraint("accounts > 0 and verified_accounts between 0 and accounts", name="accounts"),)

    division_path: Mapped[str] = mapped_column(primary_key=True)
    sector: Mapped[str] = mapped_column(primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    division_code: Mapped[str] = mapped_column(ForeignKey("division.code"))
    accounts: Mapped[int]
    verified_accounts: Mapped[int]
    scope1: Mapped[Decimal]
    scope2_location: Mapped[Decimal]
    scope2_market: Mapped[Decimal]
    energy_tce: Mapped[Decimal]
    verified_scope1_2: Mapped[Decimal]


class RegionYear(Base):
    """How many accounts of a division and sector have something in a year; verified are those all of whose months are."""

    __tablename__ = "region_year"
    __table_args__ = (CheckConstraint("accounts > 0 and verified_accounts between 0 and accounts", name="accounts"),)

    division_path: Mapped[str] = mapped_column(primary_key=True)
    sector: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    division_code: Mapped[str] = mapped_column(ForeignKey("division.code"))
    accounts: Mapped[int]
    verified_accounts: Mapped[int]


class RegionStanding(Base):
    """How many accounts of a division and sector there are, and how many of them are open."""

    __tablename__ = "region_standing"
    __table_args__ = (CheckConstraint("accounts > 0 and open_accounts between 0 and accounts", name="accounts"),)

    division_path: Mapped[str] = mapped_column(primary_key=True)
    sector: Mapped[str] = mapped_column(primary_key=True)
    division_code: Mapped[str] = mapped_column(ForeignKey("division.code"))
    accounts: Mapped[int]
    open_accounts: Mapped[int]


class RegionStamp(Base):
    """One row that tells how often the roll-ups changed: what was made of them holds as long as it stays the same."""

    __tablename__ = "region_stamp"
    __table_args__ = (CheckConstraint("is_only", name="only"),)

    is_only: Mapped[bool] = mapped_column(primary_key=True, server_default=text("true"))
    version: Mapped[int] = mapped_column(server_default=text("0"))


__all__ = [
    "RegionAccount",
    "RegionAccountMonth",
    "RegionChange",
    "RegionMonth",
    "RegionStamp",
    "RegionStanding",
    "RegionYear",
]
