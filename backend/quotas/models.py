"""Tables of quota compliance. Every key below an account leads with the account's id.

Data, verified figures, duty entries, allocation lines, surrenders and closings are append-only: the newest entry counts
and none is forgotten. Facilities can be ended, allocations and carry-overs decided; nothing is deleted.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import INT8MULTIRANGE, INT8RANGE, ExcludeConstraint, Range
from sqlalchemy.dialects.postgresql.ranges import MultiRange
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.orm import Base

SECTORS = "('power', 'steel', 'cement', 'aluminium')"
FACILITY = ("quota_facility.account_id", "quota_facility.id")
EVIDENCE = ("evidence.account_id", "evidence.id")


class QuotaFacility(Base):
    """A power unit or production line."""

    __tablename__ = "quota_facility"
    __table_args__ = (
        UniqueConstraint("account_id", "code"),
        CheckConstraint(f"sector in {SECTORS}", name="sector"),
        CheckConstraint("(sector = 'power') = (unit_class is not null)", name="unit_class"),
        CheckConstraint("(sector <> 'power') = (line is not null)", name="line"),
        CheckConstraint("until is null or until >= since", name="dates"),
        CheckConstraint("capacity > 0", name="capacity"),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("carbon_account.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str]
    name: Mapped[str]
    sector: Mapped[str]
    unit_class: Mapped[str | None]
    cooling: Mapped[str | None]
    is_pure_condensing: Mapped[bool | None]
    line: Mapped[str | None]
    capacity: Mapped[Decimal | None]
    capacity_unit: Mapped[str]
    since: Mapped[date]
    until: Mapped[date | None]
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None]


class QuotaOutput(Base):
    """Production data of a facility for a month or a year; append-only, the newest counts."""

    __tablename__ = "quota_output"
    __table_args__ = (
        ForeignKeyConstraint(["account_id", "facility_id"], FACILITY),
        ForeignKeyConstraint(["account_id", "evidence_id"], EVIDENCE),
        Index("ix_quota_output_newest", "account_id", "facility_id", "year", "month", "recorded_at"),
        CheckConstraint("month between 1 and 12", name="month"),
        CheckConstraint("year >= 2018", name="year"),
    )

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    facility_id: Mapped[UUID]
    year: Mapped[int]
    month: Mapped[int | None]
    basis: Mapped[str | None]
    mwh: Mapped[Decimal | None]
    gj: Mapped[Decimal | None]
    heat_ratio: Mapped[Decimal | None]
    load: Mapped[Decimal | None]
    output: Mapped[Decimal | None]
    output_unit: Mapped[str]
    intensity: Mapped[Decimal | None]
    emissions: Mapped[Decimal | None]
    evidence_id: Mapped[UUID | None]
    note: Mapped[str]
    reason: Mapped[str]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None]


class QuotaVerified(Base):
    """Verified emissions as a verifier or the authority entered them; append-only, the newest counts."""

    __tablename__ = "quota_verified"
    __table_args__ = (
        ForeignKeyConstraint(["account_id", "facility_id"], FACILITY),
        ForeignKeyConstraint(["account_id", "evidence_id"], EVIDENCE),
        Index("ix_quota_verified_newest", "account_id", "year", "facility_id", "entered_at"),
        CheckConstraint("emissions >= 0", name="emissions"),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("carbon_account.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    year: Mapped[int]
    facility_id: Mapped[UUID | None]
    emissions: Mapped[Decimal]
    intensity: Mapped[Decimal | None]
    document: Mapped[str]
    evidence_id: Mapped[UUID | None]
    organisation_id: Mapped[UUID | None]
    entered_kind: Mapped[str]
    entered_at: Mapped[datetime]
    entered_by: Mapped[UUID | None]


class QuotaBalanceValue(Base):
    """The balance value of a sector and year; append-only, the newest counts."""

    __tablename__ = "quota_balance_value"
    __table_args__ = (
        Index(None, "sector", "year", "entered_at"),
        CheckConstraint(f"sector in {SECTORS}", name="sector"),
        CheckConstraint("value > 0", name="value"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    sector: Mapped[str]
    year: Mapped[int]
    value: Mapped[Decimal]
    unit: Mapped[str]
    document: Mapped[str]
    note: Mapped[str]
    organisation_id: Mapped[UUID | None]
    entered_at: Mapped[datetime]
    entered_by: Mapped[UUID | None]


class QuotaAllocation(Base):
    """A pre-allocation or final allocation: proposed by one person of the authority, decided by another."""

    __tablename__ = "quota_allocation"
    __table_args__ = (
        CheckConstraint("stage in ('pre', 'final')", name="stage"),
        CheckConstraint("state in ('proposed', 'issued', 'rejected', 'revoked')", name="state"),
        CheckConstraint("(state = 'revoked') = (revoked_at is not null)", name="revoked"),
        CheckConstraint("(state = 'proposed') = (decided_at is null)", name="decided"),
        CheckConstraint("decided_by is null or decided_by is distinct from proposed_by", name="two_persons"),
        CheckConstraint("quantity >= 0 and return_due >= 0 and issued_before >= 0", name="quantities"),
        CheckConstraint("quantity = 0 or return_due = 0", name="one_direction"),
        CheckConstraint("state <> 'issued' or (quantity = 0) = (movement_id is null)", name="issued_by_movement"),
        Index(
            "uq_quota_allocation_standing", "account_id", "year", "stage",
            unique=True, postgresql_where=text("state in ('proposed', 'issued')"),
        ),
        Index("ix_quota_allocation_waiting", "state", "proposed_at", postgresql_where=text("state = 'proposed'")),
    )  # fmt: skip

    account_id: Mapped[UUID] = mapped_column(ForeignKey("carbon_account.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    year: Mapped[int]
    stage: Mapped[str]
    state: Mapped[str]
    computed: Mapped[Decimal]
    quantity: Mapped[Decimal]
    issued_before: Mapped[Decimal]
    return_due: Mapped[Decimal]
    document: Mapped[str]
    note: Mapped[str]
    explanation: Mapped[dict[str, Any]]
    proposed_at: Mapped[datetime]
    proposed_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    decision: Mapped[str]
    movement_id: Mapped[UUID | None] = mapped_column(ForeignKey("ledger_movement.id"))
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[UUID | None]
    revocation: Mapped[str] = mapped_column(server_default=text("''"))


class QuotaAllocationLine(Base):
    """What an allocation grants for one facility, with its explanation; append-only."""

    __tablename__ = "quota_allocation_line"
    __table_args__ = (
        ForeignKeyConstraint(["account_id", "allocation_id"], ["quota_allocation.account_id", "quota_allocation.id"]),
        ForeignKeyConstraint(["account_id", "facility_id"], FACILITY),
    )

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    allocation_id: Mapped[UUID] = mapped_column(primary_key=True)
    facility_id: Mapped[UUID] = mapped_column(primary_key=True)
    computed: Mapped[Decimal]
    verified: Mapped[Decimal | None]
    explanation: Mapped[dict[str, Any]]


class QuotaDutyEntry(Base):
    """Something said about a duty; append-only, the newest of each kind counts."""

    __tablename__ = "quota_duty_entry"
    __table_args__ = (
        ForeignKeyConstraint(["account_id", "evidence_id"], EVIDENCE),
        Index("ix_quota_duty_entry_newest", "account_id", "year", "duty", "month", "recorded_at"),
        CheckConstraint("kind in ('owner', 'done', 'reopened')", name="kind"),
        CheckConstraint("(kind = 'done') = (done_on is not null)", name="done_on"),
        CheckConstraint("month between 1 and 12", name="month"),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("carbon_account.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    year: Mapped[int]
    duty: Mapped[str]
    month: Mapped[int | None]
    kind: Mapped[str]
    owner: Mapped[str]
    done_on: Mapped[date | None]
    evidence_id: Mapped[UUID | None]
    note: Mapped[str]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None]


class QuotaSurrender(Base):
    """A receipt of a surrender; append-only."""

    __tablename__ = "quota_surrender"
    __table_args__ = (
        Index(None, "account_id", "year"),
        UniqueConstraint("number"),
        CheckConstraint("cea >= 0 and ccer >= 0 and cea + ccer > 0", name="quantities"),
        CheckConstraint("settled_before + cea + ccer <= ceil(obligation)", name="not_more_than_owed"),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("carbon_account.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str]
    year: Mapped[int]
    obligation: Mapped[Decimal]
    obligation_basis: Mapped[str]
    settled_before: Mapped[Decimal]
    cea: Mapped[Decimal]
    ccer: Mapped[Decimal]
    group_id: Mapped[UUID]
    surrendered_at: Mapped[datetime]
    surrendered_by: Mapped[UUID | None]


class QuotaSurrenderLine(Base):
    """Units a surrender moved; append-only."""

    __tablename__ = "quota_surrender_line"
    __table_args__ = (
        ForeignKeyConstraint(["account_id", "surrender_id"], ["quota_surrender.account_id", "quota_surrender.id"]),
        CheckConstraint("quantity > 0", name="quantity"),
    )

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    surrender_id: Mapped[UUID] = mapped_column(primary_key=True)
    movement_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_movement.id"), primary_key=True)
    movement_number: Mapped[int]
    class_code: Mapped[str]
    batch_id: Mapped[UUID]
    vintage: Mapped[int | None]
    quantity: Mapped[Decimal]
    serials: Mapped[MultiRange[int]] = mapped_column(INT8MULTIRANGE)


class QuotaCarryOver(Base):
    """An application to carry old allowances over, decided by the authority."""

    __tablename__ = "quota_carry_over"
    __table_args__ = (
        Index(None, "account_id", "applied_at"),
        Index("ix_quota_carry_over_waiting", "state", "applied_at", postgresql_where=text("state = 'applied'")),
        ForeignKeyConstraint(["account_id", "evidence_id"], EVIDENCE),
        CheckConstraint(f"sector in {SECTORS}", name="sector"),
        CheckConstraint("state in ('applied', 'approved', 'rejected')", name="state"),
        CheckConstraint("(state = 'applied') = (decided_at is null)", name="decided"),
        CheckConstraint("quantity > 0 and quantity <= maximum", name="within_maximum"),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("carbon_account.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    sector: Mapped[str]
    net_sales: Mapped[Decimal]
    maximum: Mapped[Decimal]
    quantity: Mapped[Decimal]
    serials: Mapped[MultiRange[int]] = mapped_column(INT8MULTIRANGE)
    lodged_on: Mapped[date]
    evidence_id: Mapped[UUID | None]
    document: Mapped[str]
    explanation: Mapped[dict[str, Any]]
    state: Mapped[str]
    applied_at: Mapped[datetime]
    applied_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    decision: Mapped[str]


class QuotaConverted(Base):
    """Serials whose units were carried over; append-only. A unit is converted once, and stays so whoever holds it."""

    __tablename__ = "quota_converted"
    __table_args__ = (
        ExcludeConstraint(("serials", "&&"), name="ex_quota_converted_serials", using="gist"),
        CheckConstraint("not isempty(serials) and not lower_inf(serials) and not upper_inf(serials)", name="serials"),
    )

    serials: Mapped[Range[int]] = mapped_column(INT8RANGE, primary_key=True)
    carry_over_id: Mapped[UUID]
    converted_at: Mapped[datetime]


class QuotaClosing(Base):
    """A compliance year of an account, closed by the authority; append-only."""

    __tablename__ = "quota_closing"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("carbon_account.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    obligation: Mapped[Decimal]
    settled: Mapped[Decimal]
    reason: Mapped[str]
    closed_at: Mapped[datetime]
    closed_by: Mapped[UUID | None]
