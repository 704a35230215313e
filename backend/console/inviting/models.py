"""Tables of files of invitations, and of what their rows became. Rows are only added."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.orm import Base


class InvitationFile(Base):
    """A file of enterprises an authority invites. The same file stored once is one file, by its SHA-256."""

    __tablename__ = "invitation_file"
    __table_args__ = (
        CheckConstraint("state in ('received', 'stored', 'rejected', 'failed')", name="state"),
        CheckConstraint("(state = 'received') = (finished_at is null)", name="finished"),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
        CheckConstraint("row_count >= 0 and fault_count >= 0", name="counts"),
        Index(None, "organisation_id", "created_at"),
        Index(
            "uq_invitation_file_stored", "organisation_id", "sha256", unique=True,
            postgresql_where=text("state = 'stored'"),
        ),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    division_path: Mapped[str]
    file_name: Mapped[str]
    sha256: Mapped[str]
    object_key: Mapped[str]
    annotated_key: Mapped[str | None]
    state: Mapped[str]
    row_count: Mapped[int]
    fault_count: Mapped[int]
    faults: Mapped[list[Any]]
    job_id: Mapped[UUID | None]
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None]
    finished_at: Mapped[datetime | None]


class InvitedEnterprise(Base):
    """An enterprise a row registered, and who is to be its first administrator. Only added."""

    __tablename__ = "invited_enterprise"
    __table_args__ = (CheckConstraint("row > 0", name="row"), Index(None, "enterprise_id"))

    file_id: Mapped[UUID] = mapped_column(ForeignKey("invitation_file.id"), primary_key=True)
    row: Mapped[int] = mapped_column(primary_key=True)
    enterprise_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    administrator: Mapped[str]
    email: Mapped[str]
