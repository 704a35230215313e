"""Tables of the statements: document keys; certificates and what each states; account statements and their files."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.orm import Base


class DocumentKeyRow(Base):
    """A key that signs documents; its public half is published for ever, its private half sealed."""

    __tablename__ = "document_key"

    id: Mapped[str] = mapped_column(primary_key=True)
    public_jwk: Mapped[dict[str, Any]]
    certificate: Mapped[bytes]
    private_sealed: Mapped[bytes]
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class Certificate(Base):
    """A certificate of retirement; append-only, the bytes are in storage under `object_key`."""

    __tablename__ = "retirement_certificate"
    __table_args__ = (
        CheckConstraint("size > 0", name="size"),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
        Index(None, "sha256"),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("carbon_account.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    facts: Mapped[dict[str, Any]]
    sha256: Mapped[str]
    size: Mapped[int]
    object_key: Mapped[str]
    key_id: Mapped[str] = mapped_column(ForeignKey("document_key.id"))
    issued_at: Mapped[datetime]
    issued_by: Mapped[UUID | None]


class CertifiedRetirement(Base):
    """A retirement a certificate states.

    A retirement stands on one certificate; only after that one was withdrawn may another state it, as the next
    `edition`. Two certificates at once would meet at this key.
    """

    __tablename__ = "certified_retirement"
    __table_args__ = (
        ForeignKeyConstraint(
            ["account_id", "certificate_id"],
            ["retirement_certificate.account_id", "retirement_certificate.id"],
            name="fk_certified_retirement_certificate",  # the convention's name is longer than PostgreSQL keeps
        ),
        CheckConstraint("edition > 0", name="edition"),
        Index(None, "account_id", "certificate_id"),
    )

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    movement_id: Mapped[UUID] = mapped_column(primary_key=True)
    edition: Mapped[int] = mapped_column(primary_key=True)
    certificate_id: Mapped[UUID]


class AccountStatement(Base):
    """An issued account statement; append-only. Its figures are in its JSON, in storage; `facts` are its cover.

    `facts` name the inventories and yearly figures it rests on, so that the public page can tell which of them were
    restated since. `jws` is the detached signature over the bytes of the JSON.
    """

    __tablename__ = "account_statement"
    __table_args__ = (CheckConstraint("period_from <= period_to", name="period"),)

    account_id: Mapped[UUID] = mapped_column(ForeignKey("carbon_account.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    period_from: Mapped[date]
    period_to: Mapped[date]
    known_at: Mapped[datetime]
    facts: Mapped[dict[str, Any]]
    mark: Mapped[str]
    jws: Mapped[str]
    key_id: Mapped[str] = mapped_column(ForeignKey("document_key.id"))
    issued_at: Mapped[datetime]
    issued_by: Mapped[UUID | None]


class AccountStatementFile(Base):
    """A file of an issued statement, in storage under `object_key`; append-only. `language` is empty for the JSON."""

    __tablename__ = "account_statement_file"
    __table_args__ = (
        ForeignKeyConstraint(
            ["account_id", "statement_id"],
            ["account_statement.account_id", "account_statement.id"],
            name="fk_account_statement_file_statement",  # the convention's name is longer than PostgreSQL keeps
        ),
        CheckConstraint("kind in ('json', 'pdf', 'xlsx')", name="kind"),
        CheckConstraint("language in ('', 'zh', 'en') and (language = '') = (kind = 'json')", name="language"),
        CheckConstraint("size > 0", name="size"),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
    )

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    statement_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    sha256: Mapped[str]
    size: Mapped[int]
    object_key: Mapped[str]
