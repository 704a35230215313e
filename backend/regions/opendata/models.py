"""The table of open data. Append-only: a year is published once."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.orm import Base


class RegionOpenYear(Base):
    """A year's table as published: `content` is its JSON, `sha256` over its UTF-8 bytes, `hidden` how many groups are not told."""

    __tablename__ = "region_open_year"
    __table_args__ = (CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),)

    year: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[str]
    sha256: Mapped[str]
    hidden: Mapped[int]
    published_at: Mapped[datetime]
    published_by: Mapped[UUID | None]
