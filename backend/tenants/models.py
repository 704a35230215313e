"""Tables of a jurisdiction: its administrative divisions and the pack versions it has been given."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.orm import Base


class Division(Base):
    """An administrative division (GB/T 2260) or a functional zone with a code of the tenant's own.

    `path` is the materialised path from the province down (`320000/320200/320206/`); subtree tests are
    prefix tests on it.
    """

    __tablename__ = "division"
    __table_args__ = (Index("ix_division_path", "path", unique=True, postgresql_ops={"path": "text_pattern_ops"}),)

    code: Mapped[str] = mapped_column(primary_key=True)
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("division.code"))
    path: Mapped[str]
    name_zh: Mapped[str]
    name_en: Mapped[str]
    level: Mapped[str]
    is_gbt2260: Mapped[bool]
    source: Mapped[str]
    confidence: Mapped[str]


class PackVersion(Base):
    """Each version of the pack this database has been given; the newest `loaded_at` is in force."""

    __tablename__ = "pack_version"

    sha256: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[str]
    content: Mapped[dict[str, Any]]
    loaded_at: Mapped[datetime]
