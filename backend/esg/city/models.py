"""Tables of the city's view: registers, chief carbon officers, drafts of the white paper's table. All of them append-only."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.orm import Base


class EsgRegisterEntry(Base):
    """What the authority of the whole jurisdiction entered; of a kind and key the newest counts, unless it removes it."""

    __tablename__ = "esg_register_entry"
    __table_args__ = (
        CheckConstraint("kind in ('listed_firm', 'listed_report', 'standard', 'service_body')", name="kind"),
        CheckConstraint("key <> '' and name <> '' and document <> ''", name="texts"),
        CheckConstraint(
            "(kind in ('listed_firm', 'listed_report')) = (exchange in ('sse', 'szse', 'bse', 'elsewhere'))"
            " and (kind in ('listed_firm', 'listed_report')) = (stock_code <> '')",
            name="listing",
        ),
        CheckConstraint("(kind = 'listed_report') = (year is not null)", name="year"),
        Index(None, "kind", "key", "recorded_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    key: Mapped[str]
    name: Mapped[str]
    exchange: Mapped[str]
    stock_code: Mapped[str]
    year: Mapped[int | None]
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("carbon_account.id"))
    division_path: Mapped[str]
    happened_on: Mapped[date]
    document: Mapped[str]
    note: Mapped[str]
    is_removed: Mapped[bool]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None]


class EsgCarbonOfficer(Base):
    """Who an enterprise appointed as its chief carbon officer; the newest counts."""

    __tablename__ = "esg_carbon_officer"
    __table_args__ = (
        ForeignKeyConstraint(["account_id", "evidence_id"], ["evidence.account_id", "evidence.id"]),
        CheckConstraint("person_name <> '' and title <> '' and document <> ''", name="texts"),
        CheckConstraint("ends_on >= starts_on", name="dates"),
        Index(None, "account_id", "recorded_at"),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("carbon_account.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_name: Mapped[str]
    title: Mapped[str]
    document: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    evidence_id: Mapped[UUID | None]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None]


class EsgWhitePaper(Base):
    """A draft of a year's table for the white paper: `content` is its JSON, `sha256` over its UTF-8 bytes."""

    __tablename__ = "esg_white_paper"
    __table_args__ = (
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
        Index(None, "year", "made_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    year: Mapped[int]
    division_path: Mapped[str]
    content: Mapped[str]
    sha256: Mapped[str]
    made_at: Mapped[datetime]
    made_by: Mapped[UUID | None]
