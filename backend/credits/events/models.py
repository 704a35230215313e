"""Tables of events and their neutrality; what belongs to an account leads with `account_id`."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.orm import Base


class EventRule(Base):
    """What an authority set for events, from a day on. Append-only."""

    __tablename__ = "event_rule"
    __table_args__ = (UniqueConstraint("version"), CheckConstraint("vintage_years >= 0", name="vintage"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    classes: Mapped[list[str]] = mapped_column(ARRAY(Text()))
    vintage_years: Mapped[int | None]
    required: Mapped[list[str]] = mapped_column(ARRAY(Text()))
    valid_from: Mapped[date]
    document_title: Mapped[str]
    document_number: Mapped[str]
    document_dated: Mapped[date]
    reason: Mapped[str]
    set_at: Mapped[datetime]
    set_by: Mapped[UUID | None]


class CarbonEvent(Base):
    """An event whose emissions are to be neutralised: the row that retirements for it queue at."""

    __tablename__ = "carbon_event"
    __table_args__ = (
        UniqueConstraint("number"),
        CheckConstraint("state in ('draft', 'submitted', 'confirmed', 'neutral', 'returned')", name="state"),
        CheckConstraint("last_day >= first_day", name="days"),
        CheckConstraint("retired >= 0 and retired <= required", name="exact"),
        CheckConstraint("(state = 'neutral') = (neutral_at is not null)", name="neutral"),
        CheckConstraint("state <> 'neutral' or retired = required", name="whole"),
        Index(None, "division_path", postgresql_ops={"division_path": "text_pattern_ops"}),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("carbon_account.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str]
    division_code: Mapped[str] = mapped_column(ForeignKey("division.code"))
    division_path: Mapped[str]
    name: Mapped[str]
    place: Mapped[str]
    organiser: Mapped[str]
    boundary: Mapped[str]
    first_day: Mapped[date]
    last_day: Mapped[date]
    participants: Mapped[int]
    state: Mapped[str]
    revision: Mapped[int]
    tonnes: Mapped[Decimal]
    required: Mapped[Decimal]
    retired: Mapped[Decimal]
    drafted_at: Mapped[datetime]
    drafted_by: Mapped[UUID | None]
    submitted_at: Mapped[datetime | None]
    submitted_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    decision: Mapped[str] = mapped_column(server_default=text("''"))
    neutral_at: Mapped[datetime | None]


class CarbonEventLine(Base):
    """A line of an event's footprint; set anew they are a new revision. Append-only."""

    __tablename__ = "carbon_event_line"
    __table_args__ = (
        ForeignKeyConstraint(["account_id", "event_id"], ["carbon_event.account_id", "carbon_event.id"]),
        CheckConstraint("tonnes >= 0 and quantity >= 0 and factor >= 0", name="amounts"),
        CheckConstraint("(exclusion = '') = (factor is not null and quantity is not null)", name="reckoned"),
    )

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    category: Mapped[str]
    description: Mapped[str]
    quantity: Mapped[Decimal | None]
    unit: Mapped[str]
    parameter_id: Mapped[UUID | None] = mapped_column(ForeignKey("parameter_version.id"))
    factor: Mapped[Decimal | None]
    factor_unit: Mapped[str]
    factor_document: Mapped[str]
    factor_confidence: Mapped[str]
    tonnes: Mapped[Decimal]
    exclusion: Mapped[str]


class CarbonEventRetirement(Base):
    """Units retired for an event; a movement of the ledger counts for one event, and once."""

    __tablename__ = "carbon_event_retirement"
    __table_args__ = (
        ForeignKeyConstraint(["account_id", "event_id"], ["carbon_event.account_id", "carbon_event.id"]),
        UniqueConstraint("movement_id"),
        CheckConstraint("quantity > 0", name="quantity"),
    )

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    movement_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_movement.id"), primary_key=True)
    class_code: Mapped[str]
    quantity: Mapped[Decimal]
    retired_at: Mapped[datetime]
    retired_by: Mapped[UUID | None]
    reversed_at: Mapped[datetime | None]
    reversed_by: Mapped[UUID | None]
    reversal: Mapped[str] = mapped_column(server_default=text("''"))
