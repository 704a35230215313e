"""The table of ratings; append-only."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.orm import Base


class EsgRating(Base):
    """What a version of a rubric made of a publication at a moment; of a year, the newest publication's newest counts."""

    __tablename__ = "esg_rating"
    __table_args__ = (
        ForeignKeyConstraint(["account_id", "publication_id"], ["esg_publication.account_id", "esg_publication.id"]),
        CheckConstraint("grade in ('AAA', 'AA', 'A', 'BBB', 'BB', 'B', 'CCC', 'CC', 'C')", name="grade"),
        CheckConstraint("points between 0 and 100", name="points"),
        CheckConstraint("cause in ('publication', 'assurance', 'rubric')", name="cause"),
        CheckConstraint("rubric_sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
        Index(None, "account_id", "year", "version", "rated_at"),
        Index(None, "publication_id", "rubric_sha256"),
    )

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    publication_id: Mapped[UUID]
    disclosure_id: Mapped[UUID]
    year: Mapped[int]
    version: Mapped[int]
    grade: Mapped[str]
    points: Mapped[Decimal]
    rubric_code: Mapped[str]
    rubric_version: Mapped[str]
    rubric_sha256: Mapped[str]
    is_placeholder: Mapped[bool]
    criteria: Mapped[list[Any]]
    cause: Mapped[str]
    rated_at: Mapped[datetime]
