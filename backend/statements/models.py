"""Tables of the statements: document keys, certificates, and the retirements each certificate states."""

from datetime import datetime
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
