"""The table of applications to join. What was applied for never changes; the decision is written once."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.orm import Base


class JoinApplication(Base):
    """An application to join, with the file that proves who applies."""

    __tablename__ = "join_application"
    __table_args__ = (
        CheckConstraint("state in ('received', 'accepted', 'refused')", name="state"),
        CheckConstraint("(state = 'received') = (decided_at is null)", name="decided"),
        CheckConstraint("(state = 'accepted') = (organisation_id is not null)", name="accepted"),
        CheckConstraint("state <> 'refused' or reason <> ''", name="refused"),
        CheckConstraint("credit_code ~ '^[0-9A-HJ-NPQRTUWXY]{18}$'", name="credit_code"),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$' and size > 0", name="file"),
        Index(None, "division_path", "state", postgresql_ops={"division_path": "text_pattern_ops"}),
        # The same form sent twice is one application.
        Index(
            "uq_join_application_open", "credit_code", "contact_email", "sha256", unique=True,
            postgresql_where=text("state = 'received'"),
        ),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    credit_code: Mapped[str]
    division_code: Mapped[str] = mapped_column(ForeignKey("division.code"))
    division_path: Mapped[str]
    sector: Mapped[str | None]
    contact_name: Mapped[str]
    contact_email: Mapped[str]
    contact_phone: Mapped[str]
    note: Mapped[str]
    file_name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    object_key: Mapped[str]
    state: Mapped[str]
    received_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    reason: Mapped[str]
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
