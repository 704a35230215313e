"""Files of registries on their way in."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.orm import Base


class UnitImport(Base):
    """A registry's export of serial ranges. `group_id` ties its movements together; `summary` says how it ended."""

    __tablename__ = "unit_import"
    __table_args__ = (
        CheckConstraint("state in ('received', 'stored', 'rejected', 'checked', 'failed')", name="state"),
        Index(None, "account_id", "class_code", "sha256"),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("carbon_account.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    class_code: Mapped[str]
    state: Mapped[str]
    is_dry_run: Mapped[bool]
    file_name: Mapped[str]
    media_type: Mapped[str]
    sha256: Mapped[str]
    object_key: Mapped[str]
    annotated_key: Mapped[str | None]
    summary: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    group_id: Mapped[UUID | None]
    job_id: Mapped[UUID | None]
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None]
    finished_at: Mapped[datetime | None]
