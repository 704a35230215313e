"""Reads of ratings. Row-level security decides which rows a caller sees."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import distinct_on

from backend.esg.models import EsgRating
from backend.esg.queries import Key
from backend.esg.values import Grade, RatingValue
from backend.kit.db import Read
from backend.kit.scope import Scope


@dataclass(frozen=True, slots=True)
class RatingRow:
    """A rating as it is kept; `criteria` are what `Judged.as_json` says."""

    account_id: UUID
    id: UUID
    publication_id: UUID
    disclosure_id: UUID
    year: int
    version: int
    grade: str
    points: Decimal
    rubric_code: str
    rubric_version: str
    rubric_sha256: str
    is_placeholder: bool
    criteria: Sequence[Mapping[str, Any]]
    cause: str
    rated_at: datetime

    def value(self) -> RatingValue:
        """Return what other nouns are told."""
        return RatingValue(
            account_id=self.account_id, year=self.year, grade=Grade(self.grade), points=self.points,
            rubric_code=self.rubric_code, rubric_version=self.rubric_version, is_placeholder=self.is_placeholder,
            rated_at=self.rated_at, disclosure_id=self.disclosure_id, reasons={"criteria": list(self.criteria)},
        )  # fmt: skip


RATING = select(*[EsgRating.__table__.columns[each.name] for each in fields(RatingRow)])


async def latest(
    read: Read, _scope: Scope, account_ids: Sequence[UUID] | None, year: int, as_of: datetime | None = None
) -> list[RatingRow]:
    """Return the rating of each account's year that counted at a moment (None: now), of all visible accounts for None."""
    statement = RATING.where(EsgRating.year == year)
    if account_ids is not None:
        statement = statement.where(EsgRating.account_id.in_(account_ids))
    if as_of is not None:
        statement = statement.where(EsgRating.rated_at <= as_of)
    newest = statement.ext(distinct_on(EsgRating.account_id)).order_by(
        EsgRating.account_id, EsgRating.version.desc(), EsgRating.rated_at.desc(), EsgRating.id.desc()
    )
    return [RatingRow(*row) for row in await read.rows(newest)]


async def history(
    read: Read, _scope: Scope, account_id: UUID, *, year: int | None, after: tuple[datetime, UUID] | None, limit: int
) -> list[RatingRow]:
    """Return the ratings of an account, the newest first."""
    statement = (
        RATING.where(EsgRating.account_id == account_id)
        .order_by(EsgRating.rated_at.desc(), EsgRating.id.desc())
        .limit(limit)
    )
    if year is not None:
        statement = statement.where(EsgRating.year == year)
    if after is not None:
        at, own = after
        statement = statement.where((EsgRating.rated_at < at) | ((EsgRating.rated_at == at) & (EsgRating.id < own)))
    return [RatingRow(*row) for row in await read.rows(statement)]


_UNRATED = text("""
select p.account_id, p.id from esg_publication p
where not exists (
        select from esg_publication later
        where later.account_id = p.account_id and later.year = p.year and later.version > p.version)
    and not exists (
        select from esg_rating r
        where r.account_id = p.account_id and r.publication_id = p.id and r.rubric_sha256 = :rubric)
order by p.account_id, p.id
limit :limit""")


async def unrated(read: Read, _scope: Scope, rubric_sha256: str, limit: int) -> list[Key]:
    """Return the newest publications of each year that a rubric has not rated."""
    rows = await read.rows(_UNRATED, {"rubric": rubric_sha256, "limit": limit})
    return [(row.account_id, row.id) for row in rows]
