"""Tables of green certificates: files of the national platform on their way in, and the generation they come from."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.credits.gec.claim_models import CreditWarning
from backend.kit.orm import Base

__all__ = ["CreditWarning", "GecGeneration", "GecImport"]


class GecImport(Base):
    """A file of certificates. `group_id` ties the movements it made together; `summary` says how it ended."""

    __tablename__ = "gec_import"
    __table_args__ = (
        CheckConstraint("state in ('received', 'stored', 'rejected', 'checked', 'failed')", name="state"),
        Index(None, "account_id", "sha256"),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("carbon_account.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
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


class GecGeneration(Base):
    """What a plant generated in a month, kWh; the highest revision counts, a recorded month before a forecast one.

    Append-only. The remainder carried from month to month is not stored: it follows from the months.
    """

    __tablename__ = "gec_generation"
    __table_args__ = (
        CheckConstraint("kwh >= 0", name="kwh"),
        CheckConstraint("month = date_trunc('month', month)", name="month"),
        CheckConstraint("revision > 0", name="revision"),
        CheckConstraint("revision = 1 or is_forecast or reason <> ''", name="reasoned"),
        UniqueConstraint(
            "account_id", "project_code", "month", "is_forecast", "revision", name="uq_gec_generation_revision"
        ),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("carbon_account.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    project_code: Mapped[str]
    month: Mapped[date]
    kwh: Mapped[Decimal]
    is_forecast: Mapped[bool]
    reason: Mapped[str]
    revision: Mapped[int]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None]
