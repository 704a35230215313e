"""Tables of knowledge: the library with its search vector, what was shipped into it, and requests for factors."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.orm import Base

KINDS = ("standard", "methodology", "policy", "clause", "training")
STANDINGS = ("current", "replaced", "draft", "unknown")


class KnowledgeEntry(Base):
    """An entry of the library: a document's bibliographic data, an item of a document held as text, training material.

    What the product ships has a `code` and belongs to no division; the rest belongs to the division of the authority that
    entered it, and what is internal is seen by that authority and those above it only. `number_key` is the number (the title
    where there is none) without punctuation, empty for a clause. `words` is what a search looks at: pairs of Chinese signs made by the application, English words by
    PostgreSQL's dictionary. A withdrawn entry is found no more.
    """

    __tablename__ = "knowledge_entry"
    __table_args__ = (
        CheckConstraint(f"kind in {KINDS}", name="kind"),
        CheckConstraint(f"standing in {STANDINGS}", name="standing"),
        CheckConstraint("(kind = 'clause') = (parent_id is not null)", name="parent"),
        CheckConstraint("title_zh <> ''", name="title"),
        CheckConstraint("(withdrawn_at is null) = (withdrawn_reason = '')", name="withdrawn"),
        Index(None, "parent_id", "place"),
        Index(None, "number_key", postgresql_ops={"number_key": "text_pattern_ops"}),
        Index(None, "words", postgresql_using="gin"),
        Index("uq_knowledge_entry_code", "code", unique=True, postgresql_where=text("code <> ''")),
        Index(
            "uq_knowledge_entry_number", "division_path", "kind", "number_key", unique=True,
            postgresql_where=text("parent_id is null and withdrawn_at is null"),
        ),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True)
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("knowledge_entry.id"))
    kind: Mapped[str]
    code: Mapped[str]
    place: Mapped[int]
    number: Mapped[str]
    number_key: Mapped[str]
    title_zh: Mapped[str]
    title_en: Mapped[str]
    issuer: Mapped[str]
    standing: Mapped[str]
    published_on: Mapped[date | None]
    effective_on: Mapped[date | None]
    replaces: Mapped[list[Any]]
    summary: Mapped[str]
    keywords: Mapped[list[Any]]
    body: Mapped[str]
    source: Mapped[str]
    confidence: Mapped[str]
    note: Mapped[str]
    is_internal: Mapped[bool]
    division_code: Mapped[str]
    division_path: Mapped[str]
    version: Mapped[int]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str]
    words: Mapped[Any] = mapped_column(TSVECTOR)


class KnowledgeShipment(Base):
    """What the product shipped into the library: its content hash makes loading it again do nothing."""

    __tablename__ = "knowledge_shipment"

    sha256: Mapped[str] = mapped_column(primary_key=True)
    entries: Mapped[int]
    loaded_at: Mapped[datetime]


class KnowledgeFile(Base):
    """A file of an entry, mostly training material: kept in storage under `object_key`, `size` in bytes."""

    __tablename__ = "knowledge_file"
    __table_args__ = (
        CheckConstraint("size > 0", name="size"), UniqueConstraint("entry_id", "sha256"),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True)
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("knowledge_entry.id"))
    division_path: Mapped[str]
    file_name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    object_key: Mapped[str]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None]


class KnowledgeCompletion(Base):
    """That a person completed a training. `division_path` is that of the authority whose training it is."""

    __tablename__ = "knowledge_completion"
    __table_args__ = (Index(None, "entry_id", "completed_at"),)

    entry_id: Mapped[UUID] = mapped_column(ForeignKey("knowledge_entry.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    division_path: Mapped[str]
    version: Mapped[int]
    completed_at: Mapped[datetime]


class KnowledgeFactorRequest(Base):
    """An enterprise asks for a factor that is missing. Append-only; what became of it stands in its steps.

    `suggested_value` is in `unit`.
    """

    __tablename__ = "knowledge_factor_request"
    __table_args__ = (
        CheckConstraint("wanted <> ''", name="wanted"),
        UniqueConstraint("id"),
        Index(None, "asked_at", "id"),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("carbon_account.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    division_path: Mapped[str]
    wanted: Mapped[str]
    unit: Mapped[str]
    purpose: Mapped[str]
    suggested_source: Mapped[str]
    suggested_value: Mapped[Decimal | None]
    asked_at: Mapped[datetime]
    asked_by: Mapped[UUID | None]


class KnowledgeFactorStep(Base):
    """What became of a request: an answer with a version of a parameter, a refusal, a withdrawal; the newest counts."""

    __tablename__ = "knowledge_factor_step"
    __table_args__ = (
        CheckConstraint("kind in ('answered', 'refused', 'withdrawn')", name="kind"),
        CheckConstraint("(kind = 'answered') = (version_id is not null)", name="version"),
        CheckConstraint("kind = 'answered' or reason <> ''", name="reason"),
        ForeignKeyConstraint(
            ["account_id", "request_id"],
            ["knowledge_factor_request.account_id", "knowledge_factor_request.id"],
            name="fk_knowledge_factor_step_request",
        ),
    )

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    request_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    division_path: Mapped[str]
    kind: Mapped[str]
    version_id: Mapped[UUID | None] = mapped_column(ForeignKey("parameter_version.id"))
    reason: Mapped[str]
    at: Mapped[datetime]
    by: Mapped[UUID | None]
