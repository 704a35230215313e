"""Tables of activity data and inventories. Records, lines, approvals and transitions are append-only."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.orm import Base

TIERS = ("metered", "invoiced", "estimated")
INVENTORY_STATES = ("computed", "submitted", "verified", "closed", "restated", "withdrawn")


class ActivityBatch(Base):
    """How records came in together: a file, a bulk mutation, a single entry. Approval is given by batch.

    For a file: its name, hash and place in storage. The same file stored once is one import: the partial
    unique index on (account, sha256) of stored batches says so.
    """

    __tablename__ = "activity_batch"
    __table_args__ = (
        CheckConstraint("origin in ('file', 'bulk', 'single', 'correction')", name="origin"),
        CheckConstraint("state in ('received', 'stored', 'rejected', 'checked', 'failed')", name="state"),
        Index(
            "uq_activity_batch_file", "account_id", "sha256", unique=True,
            postgresql_where=text("state = 'stored' and sha256 is not null"),
        ),
    )  # fmt: skip

    account_id: Mapped[UUID] = mapped_column(ForeignKey("carbon_account.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    origin: Mapped[str]
    state: Mapped[str]
    is_dry_run: Mapped[bool] = mapped_column(server_default=text("false"))
    file_name: Mapped[str | None]
    media_type: Mapped[str | None]
    sha256: Mapped[str | None]
    object_key: Mapped[str | None]
    annotated_key: Mapped[str | None]
    summary: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    job_id: Mapped[UUID | None]
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None]
    finished_at: Mapped[datetime | None]


class ActivityRecord(Base):
    """A month's quantity of one source (and meter). Append-only: a correction names what it supersedes.

    `quantity` is as entered, in `unit`; `month` is its first day. `parameters` are values measured for this
    month (NCV, carbon content, declared factor...) that overrule the source's and the tables'.
    `is_withdrawn` marks a correction that takes the record away.
    """

    __tablename__ = "activity_record"
    __table_args__ = (
        ForeignKeyConstraint(["account_id", "source_id"], ["source.account_id", "source.id"]),
        ForeignKeyConstraint(["account_id", "batch_id"], ["activity_batch.account_id", "activity_batch.id"]),
        CheckConstraint(f"tier in {TIERS}", name="tier"),
        CheckConstraint("quantity >= 0", name="quantity"),
        CheckConstraint("extract(day from month) = 1", name="month"),
        CheckConstraint("(supersedes_id is null) or reason <> ''", name="correction_has_reason"),
        # One first entry per source, meter and month; every later one must name what it corrects.
        Index(
            "uq_activity_record_month", "account_id", "source_id", "month", "meter_id", unique=True,
            postgresql_nulls_not_distinct=True, postgresql_where=text("supersedes_id is null"),
        ),
        Index(
            "uq_activity_record_supersedes", "account_id", "supersedes_id", unique=True,
            postgresql_where=text("supersedes_id is not null"),
        ),
    )  # fmt: skip

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    batch_id: Mapped[UUID]
    source_id: Mapped[UUID]
    meter_id: Mapped[UUID | None]
    month: Mapped[date]
    quantity: Mapped[Decimal]
    unit: Mapped[str]
    tier: Mapped[str]
    parameters: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    evidence_id: Mapped[UUID | None]
    note: Mapped[str] = mapped_column(server_default=text("''"))
    supersedes_id: Mapped[UUID | None]
    is_withdrawn: Mapped[bool] = mapped_column(server_default=text("false"))
    reason: Mapped[str] = mapped_column(server_default=text("''"))
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None]


class Approval(Base):
    """A decision on a batch, or on one record of it; the newest decision that covers a record counts."""

    __tablename__ = "approval"
    __table_args__ = (
        CheckConstraint("decision in ('approved', 'rejected')", name="decision"),
        ForeignKeyConstraint(["account_id", "batch_id"], ["activity_batch.account_id", "activity_batch.id"]),
        Index(None, "account_id", "batch_id"),
    )

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    batch_id: Mapped[UUID]
    record_id: Mapped[UUID | None]
    decision: Mapped[str]
    reason: Mapped[str] = mapped_column(server_default=text("''"))
    decided_at: Mapped[datetime]
    decided_by: Mapped[UUID | None]


class Inventory(Base):
    """One version of a year's inventory. Totals are exact sums of its lines, in tCO2e.

    `as_of` is the knowledge it was computed with: records and parameter versions recorded later do not count.
    """

    __tablename__ = "inventory"
    __table_args__ = (
        UniqueConstraint("account_id", "year", "version"),
        CheckConstraint(f"state in {INVENTORY_STATES}", name="state"),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("carbon_account.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    year: Mapped[int]
    version: Mapped[int]
    state: Mapped[str]
    as_of: Mapped[datetime]
    factor_policy: Mapped[str]
    factor_date: Mapped[date]
    method_pack: Mapped[str]
    fuel_table: Mapped[str]
    scope1: Mapped[Decimal]
    scope2_location: Mapped[Decimal]
    scope2_market: Mapped[Decimal]
    scope3: Mapped[Decimal]
    energy_tce: Mapped[Decimal]
    record_count: Mapped[int]
    excluded_count: Mapped[int]
    uncertainty: Mapped[dict[str, Any]]
    checks: Mapped[list[Any]]
    quality_score: Mapped[Decimal | None]
    restates_id: Mapped[UUID | None]
    reason: Mapped[str] = mapped_column(server_default=text("''"))
    job_id: Mapped[UUID | None]
    computed_at: Mapped[datetime]
    computed_by: Mapped[UUID | None]


class InventoryLine(Base):
    """One number of an inventory and everything that explains it. Append-only.

    `result_t` = `base_quantity` x `coefficient` exactly, in tonnes of `gas`; `co2e_t` = `result_t` x `gwp`.
    `base_quantity` = sum of record quantities x unit conversion, in `base_unit`. `parameters` is a list: each
    with name, value, unit, the version it came from, source, confidence, and the trace of the choice (which
    rule level won, which were passed over). `basis` is `both`, or `location`/`market` for scope 2.
    """

    __tablename__ = "inventory_line"
    __table_args__ = (
        ForeignKeyConstraint(["account_id", "inventory_id"], ["inventory.account_id", "inventory.id"]),
        CheckConstraint("basis in ('both', 'location', 'market')", name="basis"),
        CheckConstraint("scope between 1 and 3", name="scope"),
        Index(None, "account_id", "inventory_id", "source_id"),
    )

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    inventory_id: Mapped[UUID]
    source_id: Mapped[UUID]
    site_id: Mapped[UUID]
    scope: Mapped[int]
    category: Mapped[str]
    method: Mapped[str]
    key: Mapped[str]
    gas: Mapped[str]
    basis: Mapped[str]
    months: Mapped[list[date]] = mapped_column(ARRAY(Date))
    record_count: Mapped[int]
    quantities: Mapped[list[Any]]
    base_quantity: Mapped[Decimal]
    base_unit: Mapped[str]
    coefficient: Mapped[Decimal]
    coefficient_unit: Mapped[str]
    result_t: Mapped[Decimal]
    gwp: Mapped[Decimal]
    co2e_t: Mapped[Decimal]
    energy_tce: Mapped[Decimal]
    formula: Mapped[str]
    formula_source: Mapped[str]
    parameters: Mapped[list[Any]]
    tiers: Mapped[dict[str, Any]]
    quality_score: Mapped[Decimal | None]
    uncertainty: Mapped[Decimal | None]


class EnergyClaim(Base):
    """Certificates cancelled for a year's purchased electricity, by one movement of the ledger.

    `facts` copies what the ledger says of them: the movement's number, batches, serials, projects, months. Nothing of
    a claim changes but that it is withdrawn, once, when the movement is reversed.
    """

    __tablename__ = "energy_claim"
    __table_args__ = (
        UniqueConstraint("movement_id"),
        CheckConstraint("mwh > 0", name="mwh"),
        CheckConstraint("withdrawn_at > recorded_at", name="withdrawn_after"),
        Index(None, "account_id", "year"),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("carbon_account.id"), primary_key=True)
    movement_id: Mapped[UUID] = mapped_column(primary_key=True)
    year: Mapped[int]
    mwh: Mapped[Decimal]
    facts: Mapped[dict[str, Any]]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[UUID | None]


class InventoryMonth(Base):
    """Roll-up for screens: tCO2e by scope (scope 2 on both bases) and tce of one month of one inventory."""

    __tablename__ = "inventory_month"
    __table_args__ = (ForeignKeyConstraint(["account_id", "inventory_id"], ["inventory.account_id", "inventory.id"]),)

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    inventory_id: Mapped[UUID] = mapped_column(primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    scope1: Mapped[Decimal]
    scope2_location: Mapped[Decimal]
    scope2_market: Mapped[Decimal]
    scope3: Mapped[Decimal]
    energy_tce: Mapped[Decimal]


class InventoryTransition(Base):
    """A change of an inventory's state: who, when, why. Append-only."""

    __tablename__ = "inventory_transition"
    __table_args__ = (
        ForeignKeyConstraint(["account_id", "inventory_id"], ["inventory.account_id", "inventory.id"]),
        Index(None, "account_id", "inventory_id"),
    )

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    inventory_id: Mapped[UUID]
    from_state: Mapped[str]
    to_state: Mapped[str]
    reason: Mapped[str]
    at: Mapped[datetime]
    actor_id: Mapped[UUID | None]
    organisation_id: Mapped[UUID | None]


class Finding(Base):
    """A verifier's finding on a line (or on the inventory) and its place in the review rounds."""

    __tablename__ = "finding"
    __table_args__ = (
        ForeignKeyConstraint(["account_id", "inventory_id"], ["inventory.account_id", "inventory.id"]),
        CheckConstraint("state in ('open', 'answered', 'resolved')", name="state"),
        CheckConstraint("severity in ('note', 'minor', 'major')", name="severity"),
        Index(None, "account_id", "inventory_id"),
    )

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    inventory_id: Mapped[UUID]
    line_id: Mapped[UUID | None]
    review_round: Mapped[int]
    severity: Mapped[str]
    state: Mapped[str]
    raised_at: Mapped[datetime]
    raised_by: Mapped[UUID | None]
    verifier_id: Mapped[UUID]


class FindingMessage(Base):
    """One message of a finding's thread. Append-only."""

    __tablename__ = "finding_message"
    __table_args__ = (
        ForeignKeyConstraint(["account_id", "finding_id"], ["finding.account_id", "finding.id"]),
        Index(None, "account_id", "finding_id"),
    )

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    finding_id: Mapped[UUID]
    author_kind: Mapped[str]
    author_id: Mapped[UUID | None]
    organisation_id: Mapped[UUID | None]
    text: Mapped[str]
    evidence_id: Mapped[UUID | None]
    at: Mapped[datetime]
