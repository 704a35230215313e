"""Tables of reference parameters. A value is never overwritten: a new one is a new version."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.dialects.postgresql import DATERANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.orm import Base

CONFIDENCES = (
    "verified-by-lookup", "verified-by-lookup(secondary)", "from-memory", "placeholder", "tenant-entered",
)  # fmt: skip


class ParameterVersion(Base):
    """One version of one parameter for one region and validity.

    `name` is the family (`grid.electricity`), `key` the member (`provincial_average`), `region` the place
    (`320000`, `华东`, `CN`, empty). `valid` is when the value is true (its data year), `published_on` when the
    world learned it, `recorded_at` when we did. Text rules have `text_value` instead of `value`.
    """

    __tablename__ = "parameter_version"
    __table_args__ = (
        CheckConstraint("state in ('draft', 'active', 'rejected')", name="state"),
        CheckConstraint("value is not null or low is not null or text_value is not null", name="has_value"),
        ExcludeConstraint(
            ("name", "="), ("key", "="), ("region", "="), ("version", "="), ("valid", "&&"),
            name="ex_parameter_version_valid", using="gist",
        ),
        Index(None, "name", "key", "region"),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    key: Mapped[str]
    region: Mapped[str]
    version: Mapped[int]
    valid: Mapped[Range[date]] = mapped_column(DATERANGE)
    value: Mapped[Decimal | None]
    low: Mapped[Decimal | None]
    high: Mapped[Decimal | None]
    text_value: Mapped[str | None]
    unit: Mapped[str]
    label_zh: Mapped[str] = mapped_column(server_default=text("''"))
    label_en: Mapped[str] = mapped_column(server_default=text("''"))
    document: Mapped[str]
    published_on: Mapped[date | None]
    source: Mapped[str]
    confidence: Mapped[str]
    note: Mapped[str] = mapped_column(server_default=text("''"))
    dataset: Mapped[str]
    attributes: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    state: Mapped[str]
    supersedes_id: Mapped[UUID | None]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None]
    activated_at: Mapped[datetime | None]
    activated_by: Mapped[UUID | None]


class ReferenceFile(Base):
    """A file of parameters that was loaded: its content hash makes loading it again do nothing."""

    __tablename__ = "reference_file"

    sha256: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    row_count: Mapped[int]
    loaded_at: Mapped[datetime]
    loaded_by: Mapped[UUID | None]
