"""The table of a division's yearly figures. Append-only: of a division, year and kind the newest counts."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.orm import Base

KINDS = (
    "gdp", "industrial_value_added", "population", "forest_sink", "grassland_sink", "wetland_sink", "cropland_sink",
    "other_sink", "industrial_processes", "agriculture", "waste",
)  # fmt: skip


class RegionFigure(Base):
    """A figure of a division's year as the authority entered it, with the document it was taken from.

    Money is in 万CNY, population in `person`, removals and emissions in tCO2e. A withdrawn figure repeats what it takes away.
    """

    __tablename__ = "region_figure"
    __table_args__ = (
        CheckConstraint(f"kind in {KINDS}", name="kind"),
        CheckConstraint("quantity >= 0", name="quantity"),
        CheckConstraint("document <> ''", name="document"),
        Index(None, "division_code", "year", "kind", "recorded_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    division_code: Mapped[str] = mapped_column(ForeignKey("division.code"))
    division_path: Mapped[str]
    year: Mapped[int]
    kind: Mapped[str]
    quantity: Mapped[Decimal]
    unit: Mapped[str]
    document: Mapped[str]
    document_number: Mapped[str]
    document_date: Mapped[date]
    note: Mapped[str]
    is_withdrawn: Mapped[bool]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None]
