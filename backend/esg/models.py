"""Tables of disclosure. Below an account every key leads with the account's id.

Only `esg_disclosure` changes, and of it only where it stands; everything said of it is appended.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from backend.esg.city.models import EsgCarbonOfficer, EsgRegisterEntry, EsgWhitePaper
from backend.esg.rating.models import EsgRating
from backend.kit.orm import Base

__all__ = [
    "EsgAssessment", "EsgAssignment", "EsgAssurance", "EsgCarbonOfficer", "EsgDisclosure", "EsgEntry", "EsgProfile",
    "EsgPublication", "EsgRating", "EsgReference", "EsgRegisterEntry", "EsgStep", "EsgWhitePaper",
]  # fmt: skip

DISCLOSURE = ["esg_disclosure.account_id", "esg_disclosure.id"]
NO_LIST = text("'{}'")


class EsgReference(Base):
    """A reference file as it was shipped: a version of a standard, of the topics, metrics, crosswalk or terms."""

    __tablename__ = "esg_reference"
    __table_args__ = (
        CheckConstraint("kind in ('standard', 'topics', 'metrics', 'crosswalk', 'materiality')", name="kind"),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
    )

    kind: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[str]
    sha256: Mapped[str]
    loaded_at: Mapped[datetime]


class EsgProfile(Base):
    """What an account says of its listing and its duties; append-only, the newest counts. Null: not known."""

    __tablename__ = "esg_profile"
    __table_args__ = (
        CheckConstraint("exchange in ('sse', 'szse', 'bse', 'elsewhere', 'none')", name="exchange"),
        ForeignKeyConstraint(["account_id", "evidence_id"], ["evidence.account_id", "evidence.id"]),
        Index(None, "account_id", "recorded_at"),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("carbon_account.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    exchange: Mapped[str | None]
    stock_code: Mapped[str]
    indices: Mapped[list[str] | None] = mapped_column(ARRAY(Text()))
    is_dual_listed: Mapped[bool | None]
    is_key_discharger: Mapped[bool | None]
    is_state_owned: Mapped[bool | None]
    is_foreign_invested: Mapped[bool | None]
    as_of: Mapped[date]
    evidence_id: Mapped[UUID | None]
    note: Mapped[str]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None]


class EsgDisclosure(Base):
    """A version of an account's disclosure for a year; at most one of a year is on its way."""

    __tablename__ = "esg_disclosure"
    __table_args__ = (
        CheckConstraint("state in ('draft', 'in_review', 'approved', 'published')", name="state"),
        CheckConstraint("version > 0 and round >= 0", name="counts"),
        CheckConstraint("(version = 1) = (corrects_id is null)", name="correction"),
        UniqueConstraint("account_id", "year", "version"),
        Index(
            "uq_esg_disclosure_on_its_way", "account_id", "year", unique=True,
            postgresql_where=text("state <> 'published'"),
        ),
    )  # fmt: skip

    account_id: Mapped[UUID] = mapped_column(ForeignKey("carbon_account.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    year: Mapped[int]
    version: Mapped[int]
    state: Mapped[str]
    round: Mapped[int]
    standards: Mapped[dict[str, Any]]
    reference_versions: Mapped[dict[str, Any]]
    threshold: Mapped[Decimal]
    corrects_id: Mapped[UUID | None]
    correction_reason: Mapped[str]
    opened_at: Mapped[datetime]
    opened_by: Mapped[UUID | None]
    state_at: Mapped[datetime]


class EsgEntry(Base):
    """Something said of a point; append-only."""

    __tablename__ = "esg_entry"
    __table_args__ = (
        ForeignKeyConstraint(["account_id", "disclosure_id"], DISCLOSURE),
        CheckConstraint("kind in ('prefill', 'answer', 'override', 'omission', 'withdrawal')", name="kind"),
        CheckConstraint("kind not in ('override', 'omission') or reason <> ''", name="reason"),
        CheckConstraint("kind <> 'override' or evidence_ids <> '{}'", name="evidence"),
        Index(None, "account_id", "disclosure_id", "point", "recorded_at"),
    )

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    disclosure_id: Mapped[UUID]
    point: Mapped[str]
    kind: Mapped[str]
    value: Mapped[Decimal | None]
    unit: Mapped[str]
    text_zh: Mapped[str]
    text_en: Mapped[str]
    reason: Mapped[str]
    reason_en: Mapped[str]
    formula_zh: Mapped[str]
    formula_en: Mapped[str]
    sources: Mapped[list[Any]]
    evidence_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()), server_default=NO_LIST)
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None]


class EsgAssignment(Base):
    """Who answers for a point and by when; append-only, the newest counts."""

    __tablename__ = "esg_assignment"
    __table_args__ = (
        ForeignKeyConstraint(["account_id", "disclosure_id"], DISCLOSURE),
        Index(None, "account_id", "disclosure_id", "point", "recorded_at"),
    )

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    disclosure_id: Mapped[UUID]
    point: Mapped[str]
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    due_on: Mapped[date]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None]


class EsgAssessment(Base):
    """How a topic was judged for a disclosure; append-only, the newest counts."""

    __tablename__ = "esg_assessment"
    __table_args__ = (
        ForeignKeyConstraint(["account_id", "disclosure_id"], DISCLOSURE),
        CheckConstraint("topic between 1 and 21", name="topic"),
        CheckConstraint("impact_reason <> '' and financial_reason <> ''", name="reasons"),
        Index(None, "account_id", "disclosure_id", "topic", "recorded_at"),
    )

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    disclosure_id: Mapped[UUID]
    topic: Mapped[int]
    impact: Mapped[Decimal]
    financial: Mapped[Decimal]
    impact_reason: Mapped[str]
    financial_reason: Mapped[str]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None]


class EsgStep(Base):
    """What moved a disclosure on, with a reviewer's remarks or the owner's answers to them; append-only."""

    __tablename__ = "esg_step"
    __table_args__ = (
        ForeignKeyConstraint(["account_id", "disclosure_id"], DISCLOSURE),
        CheckConstraint("step in ('open', 'submit', 'return', 'approve', 'publish', 'correct')", name="step"),
        Index(None, "account_id", "disclosure_id", "recorded_at"),
    )

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    disclosure_id: Mapped[UUID]
    round: Mapped[int]
    step: Mapped[str]
    note: Mapped[str]
    remarks: Mapped[list[Any]]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None]


class EsgPublication(Base):
    """A published disclosure, word for word; append-only."""

    __tablename__ = "esg_publication"
    __table_args__ = (
        ForeignKeyConstraint(["account_id", "disclosure_id"], DISCLOSURE),
        ForeignKeyConstraint(["account_id", "corrects_id"], ["esg_publication.account_id", "esg_publication.id"]),
        UniqueConstraint("account_id", "disclosure_id"),
        UniqueConstraint("account_id", "year", "version"),
        UniqueConstraint("number"),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
        Index(None, "year", "published_at"),
    )

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    disclosure_id: Mapped[UUID]
    number: Mapped[str]
    year: Mapped[int]
    version: Mapped[int]
    standards: Mapped[dict[str, Any]]
    content: Mapped[str]
    sha256: Mapped[str]
    corrects_id: Mapped[UUID | None]
    published_at: Mapped[datetime]
    published_by: Mapped[UUID | None]


class EsgAssurance(Base):
    """A verifier's statement on a publication; append-only."""

    __tablename__ = "esg_assurance"
    __table_args__ = (
        ForeignKeyConstraint(["account_id", "publication_id"], ["esg_publication.account_id", "esg_publication.id"]),
        CheckConstraint("level in ('limited', 'reasonable')", name="level"),
        CheckConstraint("publication_sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
        UniqueConstraint("account_id", "publication_id", "verifier_id"),
    )

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    publication_id: Mapped[UUID]
    publication_sha256: Mapped[str]
    verifier_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    level: Mapped[str]
    standard: Mapped[str]
    scope: Mapped[str]
    opinion: Mapped[str]
    evidence_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()), server_default=NO_LIST)
    signed_at: Mapped[datetime]
    signed_by: Mapped[UUID | None]
