"""Rate publications when they are published, assured, or the rubric changes; ratings only append."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import insert, text

from backend.accounts import service as accounts
from backend.esg import queries
from backend.esg.models import EsgRating
from backend.esg.rating import queries as kept
from backend.esg.rating.queries import RatingRow
from backend.esg.rating.rubric import Rubric, rubric
from backend.esg.rating.scoring import Known, Rated, rate
from backend.esg.values import AssuranceValue, PublicationValue, RatingValue
from backend.kit.clock import now, today
from backend.kit.db import Read, Write
from backend.kit.ids import new_id
from backend.kit.scope import Scope

AT_A_TIME = 100
"""Publications whose texts are in memory at once."""
# Statements of two verifiers at the same time: the second rates when it sees the first.
_ONE_BY_ONE = text("select pg_advisory_xact_lock(hashtextextended(:publication, 0))")


class Cause(StrEnum):
    """Why a publication was rated."""

    PUBLICATION = "publication"
    ASSURANCE = "assurance"
    RUBRIC = "rubric"


async def rate_publication(write: Write, scope: Scope, one: PublicationValue, cause: Cause) -> RatingRow:
    """Rate a publication with what is stated on it now, by the rubric in force."""
    await write.run(_ONE_BY_ONE, {"publication": str(one.id)})
    key = (one.account_id, one.id)
    levels = (await queries.assurances(write, scope, [key]))[key]
    first = (await queries.publications_of(write, scope, one.account_id, [one.year]))[one.year][0]
    by = rubric(today())
    row = _row(one, by, rate(by, _known(one, levels, first.published_at)), cause)
    await write.run(insert(EsgRating).values(asdict(row)))
    return row


async def rate_all(write: Write, scope: Scope) -> int:
    """Rate every year's newest publication the rubric in force has not rated; return how many.

    One look-up when there are none. For the service's own scope: it sees every account.
    """
    by, count = rubric(today()), 0
    while keys := await kept.unrated(write, scope, by.sha256, AT_A_TIME):
        found = [each for each in await queries.publications_by_id(write, scope, keys) if each is not None]
        levels = await queries.assurances(write, scope, keys)
        accounts_, years = list({each.account_id for each in found}), list({each.year for each in found})
        first: dict[tuple[UUID, int], datetime] = {}
        for each in await queries.published(write, scope, accounts_, years):
            place = (each.account_id, each.year)
            first[place] = min(first.get(place, each.published_at), each.published_at)
        rows = [
            _row(
                each,
                by,
                rate(by, _known(each, levels[each.account_id, each.id], first[each.account_id, each.year])),
                Cause.RUBRIC,
            )
            for each in found
        ]
        await write.run(insert(EsgRating), [asdict(each) for each in rows])
        count += len(rows)
    return count


def _known(one: PublicationValue, levels: Sequence[AssuranceValue], first_published_at: datetime) -> Known:
    return Known.of(one.content, [each.level for each in levels], first_published_at)


def _row(one: PublicationValue, by: Rubric, rated: Rated, cause: Cause) -> RatingRow:
    return RatingRow(
        account_id=one.account_id, id=new_id(), publication_id=one.id, disclosure_id=one.disclosure_id, year=one.year,
        version=one.version, grade=rated.grade.value, points=rated.points, rubric_code=by.code,
        rubric_version=by.version, rubric_sha256=by.sha256, is_placeholder=by.is_placeholder,
        criteria=[each.as_json() for each in rated.criteria], cause=cause.value, rated_at=now(),
    )  # fmt: skip


async def rating(
    read: Read, scope: Scope, account_ids: Sequence[UUID], year: int, as_of: datetime | None = None
) -> dict[UUID, RatingValue]:
    """Return the rating of each account's disclosure of a year that counted at a moment; the unrated are left out.

    One statement, however many accounts.

    Raises:
        Unauthenticated, Forbidden: without `esg:read`.
    """
    scope.require("esg:read")
    return {each.account_id: each.value() for each in await kept.latest(read, scope, account_ids, year, as_of)}


async def ratings(
    read: Read, scope: Scope, account_id: UUID, *, year: int | None, after: tuple[datetime, UUID] | None, limit: int
) -> list[RatingRow]:
    """Return the ratings of an account, the newest first.

    Raises:
        Unauthenticated, Forbidden: without `esg:read`.
        AccountNotFound: not there, or not visible.
    """
    scope.require("esg:read")
    await accounts.account(read, scope, account_id)
    return await kept.history(read, scope, account_id, year=year, after=after, limit=limit)
