"""Tables of the board: listings as all see them, whose they are, matches, and what was settled.

Whose a listing is lies in a table of its own, so that the database itself keeps an anonymous lister unknown.
"""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.orm import Base

SIDES = "side in ('offer', 'request')"


class MarketListing(Base):
    """A listing, without its lister: what the whole board may read."""

    __tablename__ = "market_listing"
    __table_args__ = (
        CheckConstraint(SIDES, name="side"),
        CheckConstraint("state in ('open', 'matched', 'withdrawn', 'lapsed')", name="state"),
        CheckConstraint("quantity > 0 and open_quantity >= 0 and open_quantity <= quantity", name="quantity"),
        CheckConstraint("state <> 'open' or open_quantity > 0", name="open"),
        CheckConstraint("price > 0", name="price"),
        Index(None, "class_code", "side", "posted_at", postgresql_where=text("state = 'open'")),
        Index(None, "valid_until", postgresql_where=text("state = 'open'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    side: Mapped[str]
    class_code: Mapped[str] = mapped_column(ForeignKey("ledger_class.code"))
    quantity: Mapped[Decimal]
    open_quantity: Mapped[Decimal]
    minimum: Mapped[Decimal | None]
    price: Mapped[Decimal | None]
    vintage: Mapped[int | None]
    produced_from: Mapped[date | None]
    produced_to: Mapped[date | None]
    technologies: Mapped[list[str]] = mapped_column(ARRAY(Text()))
    units_valid_until: Mapped[date | None]
    valid_until: Mapped[date]
    display_name: Mapped[str]
    note: Mapped[str]
    state: Mapped[str]
    posted_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class MarketOwner(Base):
    """Whose a listing is, and the reservation that keeps its units. Append-only."""

    __tablename__ = "market_owner"
    __table_args__ = (Index(None, "listing_id", unique=True),)

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    listing_id: Mapped[UUID] = mapped_column(ForeignKey("market_listing.id"), primary_key=True)
    hold_id: Mapped[UUID | None] = mapped_column(ForeignKey("ledger_hold.id"))
    listed_by: Mapped[UUID | None]


class MarketMatch(Base):
    """Part of a listing answered by another enterprise, from the proposal to the settlement."""

    __tablename__ = "market_match"
    __table_args__ = (
        CheckConstraint(SIDES, name="side"),
        CheckConstraint(
            "state in ('proposed', 'confirmed', 'offered', 'settled', 'refused', 'withdrawn', 'lapsed')", name="state"
        ),
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("state <> 'settled' or movement_id is not null and confirmed_at is not null", name="settled"),
        Index(None, "listing_id"),
        Index(None, "lapses_at", postgresql_where=text("state in ('proposed', 'confirmed', 'offered')")),
    )

    responder_account_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    listing_id: Mapped[UUID] = mapped_column(ForeignKey("market_listing.id"))
    side: Mapped[str]
    class_code: Mapped[str]
    quantity: Mapped[Decimal]
    price: Mapped[Decimal | None]
    state: Mapped[str]
    lister_account_id: Mapped[UUID | None]
    responder_name: Mapped[str]
    lister_name: Mapped[str]
    vintage: Mapped[int | None]
    produced_from: Mapped[date | None]
    produced_to: Mapped[date | None]
    technologies: Mapped[list[str]] = mapped_column(ARRAY(Text()))
    units_valid_until: Mapped[date | None]
    hold_id: Mapped[UUID | None] = mapped_column(ForeignKey("ledger_hold.id"))
    movement_id: Mapped[UUID | None] = mapped_column(ForeignKey("ledger_movement.id"))
    movement_number: Mapped[int | None]
    note: Mapped[str]
    proposed_at: Mapped[datetime]
    proposed_by: Mapped[UUID | None]
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[UUID | None]
    lapses_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class MarketTrade(Base):
    """What was settled, without who: what volumes are counted from. Append-only."""

    __tablename__ = "market_trade"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity"), Index(None, "settled_on"))

    match_id: Mapped[UUID] = mapped_column(primary_key=True)
    class_code: Mapped[str]
    quantity: Mapped[Decimal]
    price: Mapped[Decimal | None]
    settled_on: Mapped[date]
