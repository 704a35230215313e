"""The table of roll-ups: who is in a group and with what value, for the service's own eyes; and what is told of it."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, NUMERIC
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.orm import Base


class ScoreRollup(Base):
    """A group of accounts and one fact of them, as published on a day. Append-only; only the service reads it.

    `basis` keeps apart what cannot be compared (products, units).
    `ranked` are the values in order, `members` whose they are. `steps` are [mean, count] of every five or more neighbours in
    that order, `mean` is the group's as it is told.
    """

    __tablename__ = "score_rollup"
    __table_args__ = (CheckConstraint("size = cardinality(ranked) and size = cardinality(members)", name="size"),)

    year: Mapped[int] = mapped_column(primary_key=True)
    sector: Mapped[str] = mapped_column(primary_key=True)
    fact: Mapped[str] = mapped_column(primary_key=True)
    basis: Mapped[str] = mapped_column(primary_key=True)
    published_on: Mapped[date] = mapped_column(primary_key=True)
    published_at: Mapped[datetime]
    size: Mapped[int]
    mean: Mapped[Decimal]
    steps: Mapped[list[Any]]
    ranked: Mapped[list[Decimal]] = mapped_column(ARRAY(NUMERIC))
    members: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()))
