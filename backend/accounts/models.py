"""Tables of the carbon account. Every key below the account leads with the account's id."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.orm import Base

FIGURE_KINDS = (
    "value_added", "revenue", "output", "total_assets", "equity", "debt", "enterprise_value", "employees",
)  # fmt: skip


class CarbonAccount(Base):
    """The carbon account (碳账户) of one enterprise for one organisational boundary."""

    __tablename__ = "carbon_account"
    __table_args__ = (
        Index(None, "organisation_id"),
        Index(None, "division_path", postgresql_ops={"division_path": "text_pattern_ops"}),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    number: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    division_code: Mapped[str] = mapped_column(ForeignKey("division.code"))
    division_path: Mapped[str]
    sector: Mapped[str]
    method_pack: Mapped[str]
    fuel_table: Mapped[str]
    province_code: Mapped[str]
    grid_region: Mapped[str]
    has_separation_of_duties: Mapped[bool] = mapped_column(server_default=text("true"))
    is_demonstration: Mapped[bool] = mapped_column(server_default=text("false"))
    opened_at: Mapped[datetime]
    opened_by: Mapped[UUID | None]
    closed_at: Mapped[datetime | None]


class Site(Base):
    """A place where the account's activity happens."""

    __tablename__ = "site"
    __table_args__ = (UniqueConstraint("account_id", "code"),)

    account_id: Mapped[UUID] = mapped_column(ForeignKey("carbon_account.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str]
    name: Mapped[str]
    division_code: Mapped[str] = mapped_column(ForeignKey("division.code"))
    address: Mapped[str] = mapped_column(server_default=text("''"))
    created_at: Mapped[datetime]


class Source(Base):
    """A source of emissions: one method applied to one thing (a fuel, a supply, a process) at one site.

    `key` is the fuel, energy or material in the method's own table; `parameters` are the account's declared
    or measured values that hold until a record says otherwise; `scope` overrides the method's own.
    """

    __tablename__ = "source"
    __table_args__ = (
        UniqueConstraint("account_id", "code"),
        ForeignKeyConstraint(["account_id", "site_id"], ["site.account_id", "site.id"]),
        CheckConstraint("scope between 1 and 3", name="scope"),
    )

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    site_id: Mapped[UUID]
    code: Mapped[str]
    name: Mapped[str]
    method: Mapped[str]
    scope: Mapped[int]
    category: Mapped[str]
    key: Mapped[str]
    unit: Mapped[str]
    parameters: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    created_at: Mapped[datetime]
    ended_on: Mapped[date | None]


class Meter(Base):
    """A measuring device on a source; readings are in `unit`, `multiplier` is the transformer ratio."""

    __tablename__ = "meter"
    __table_args__ = (
        UniqueConstraint("account_id", "code"),
        ForeignKeyConstraint(["account_id", "source_id"], ["source.account_id", "source.id"]),
        CheckConstraint("multiplier > 0", name="multiplier"),
    )

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    source_id: Mapped[UUID]
    code: Mapped[str]
    name: Mapped[str]
    unit: Mapped[str]
    multiplier: Mapped[Decimal] = mapped_column(server_default=text("1"))
    created_at: Mapped[datetime]


class Calibration(Base):
    """A calibration of a meter, valid until a date; append-only."""

    __tablename__ = "calibration"
    __table_args__ = (
        ForeignKeyConstraint(["account_id", "meter_id"], ["meter.account_id", "meter.id"]),
        ForeignKeyConstraint(["account_id", "evidence_id"], ["evidence.account_id", "evidence.id"]),
        Index(None, "account_id", "meter_id", "calibrated_on"),
        CheckConstraint("valid_until > calibrated_on", name="dates"),
    )

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    meter_id: Mapped[UUID]
    calibrated_on: Mapped[date]
    valid_until: Mapped[date]
    evidence_id: Mapped[UUID | None]
    recorded_at: Mapped[datetime]


class ReportingYear(Base):
    """A year the account reports on."""

    __tablename__ = "reporting_year"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("carbon_account.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    opened_at: Mapped[datetime]
    opened_by: Mapped[UUID | None]
    closed_at: Mapped[datetime | None]


class Evidence(Base):
    """A file that proves something; the bytes are in storage under `object_key`, known by their SHA-256."""

    __tablename__ = "evidence"
    __table_args__ = (UniqueConstraint("account_id", "sha256"),)

    account_id: Mapped[UUID] = mapped_column(ForeignKey("carbon_account.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    file_name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    object_key: Mapped[str]
    description: Mapped[str] = mapped_column(server_default=text("''"))
    uploaded_at: Mapped[datetime]
    uploaded_by: Mapped[UUID | None]


class YearFigure(Base):
    """A yearly figure (年度经营数据). Append-only: a correction names what it supersedes, and says why in `note`.

    `product` is empty but for output. A withdrawn figure repeats what it takes away.
    """

    __tablename__ = "year_figure"
    __table_args__ = (
        ForeignKeyConstraint(["account_id", "evidence_id"], ["evidence.account_id", "evidence.id"]),
        ForeignKeyConstraint(["account_id", "supersedes_id"], ["year_figure.account_id", "year_figure.id"]),
        CheckConstraint(f"kind in {FIGURE_KINDS}", name="kind"),
        CheckConstraint("(kind = 'output') = (product <> '')", name="product"),
        CheckConstraint("quantity >= 0 or kind in ('value_added', 'equity')", name="quantity"),
        CheckConstraint("supersedes_id is null or note <> ''", name="correction_has_reason"),
        CheckConstraint("supersedes_id is not null or not is_withdrawn", name="withdraws"),
        Index(None, "account_id", "year", "kind", "product", "recorded_at"),
        # One first figure, and every later one names what it corrects: no two follow the same one.
        Index(
            "uq_year_figure_first", "account_id", "year", "kind", "product", unique=True,
            postgresql_where=text("supersedes_id is null"),
        ),
        Index(
            "uq_year_figure_supersedes", "account_id", "supersedes_id", unique=True,
            postgresql_where=text("supersedes_id is not null"),
        ),
    )  # fmt: skip

    account_id: Mapped[UUID] = mapped_column(ForeignKey("carbon_account.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    year: Mapped[int]
    kind: Mapped[str]
    product: Mapped[str] = mapped_column(server_default=text("''"))
    quantity: Mapped[Decimal]
    unit: Mapped[str]
    is_main: Mapped[bool] = mapped_column(server_default=text("false"))
    is_withdrawn: Mapped[bool] = mapped_column(server_default=text("false"))
    evidence_id: Mapped[UUID | None]
    note: Mapped[str] = mapped_column(server_default=text("''"))
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None]
    supersedes_id: Mapped[UUID | None]
