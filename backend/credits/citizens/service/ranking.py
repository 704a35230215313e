"""The year's first (年度累计碳积分排名): drawn up from the books, approved by a second person, told without persons."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import insert, update

from backend.credits.citizens import queries, rules
from backend.credits.citizens.errors import RankingNotFound, TooFewCitizens
from backend.credits.citizens.models import CitizenPlace, CitizenRanking
from backend.credits.citizens.service.common import points_programme
from backend.credits.citizens.service.scenes import decision
from backend.credits.citizens.values import Document, RankingValue, Standing, State
from backend.credits.programmes.rules import text as words
from backend.credits.programmes.service.common import check_authority, keeper
from backend.kit.clock import now, today
from backend.kit.db import Read, Write
from backend.kit.ids import new_id
from backend.kit.quantities import EXACT
from backend.kit.scope import Scope
from backend.tenants import service as tenants


async def draft_ranking(
    write: Write,
    scope: Scope,
    *,
    programme: str,
    year: int,
    division_code: str,
    places: int,
    incentive: str,
    source: Document,
) -> RankingValue:
    """Draw up who earned most in a year that is over, at a division and below it; equal points share a place.

    Counted by the day of the act; what was revoked is left out, what was redeemed or expired is not. `incentive` says in
    words what the first are given.

    Raises:
        Unauthenticated, Forbidden: without `credits:review`.
        AuthorityOnly: the caller is no authority.
        ProgrammeUnknown, ProgrammeIssuesNothing, PointsOnly: in this order.
        RankingInvalid: the year is not over, or so many places cannot be.
        DivisionUnknown, AuthorityOnly: not a division known here, or not of the caller's region.
        TextNotFit: the incentive or the document.
        TooFewCitizens: a list would point at persons.
    """
    scope.require("credits:review")
    check_authority(scope)
    await points_programme(write, scope, programme)
    rules.check_ranking(year, places, today())
    division = await tenants.required_division(write, scope, division_code)
    keeper(scope, division.path)
    paper, given = rules.document(source), words(incentive, "incentive", most=1000)
    earned = await queries.earned_in(write, scope, programme, division.path, date(year, 1, 1), date(year, 12, 31))
    if len(earned) < rules.LEAST_CITIZENS:
        raise TooFewCitizens(citizens=len(earned), least=rules.LEAST_CITIZENS)
    value = RankingValue(
        id=new_id(), programme=programme, year=year, division_code=division.code, division_path=division.path,
        places=places, citizens=len(earned), points=sum((points for _, points in earned), Decimal(0)),
        incentive=given, document_title=paper.title, document_number=paper.number, document_dated=paper.dated,
        state=State.DRAFT, drafted_at=now(), drafted_by=scope.actor_id, decided_at=None, decided_by=None, decision="",
    )  # fmt: skip
    values = {name: getattr(value, name) for name in value.__slots__} | {"state": value.state.value}
    await write.run(insert(CitizenRanking).values(values))
    rows = [
        {"ranking_id": value.id, "account_id": who, "place": place, "number": number, "points": points}
        for place, (who, number), points in rules.places(earned, places)
    ]
    await write.run(insert(CitizenPlace), rows)
    write.audit("credits:draft_ranking", object_type="CitizenRanking", object_id=value.id, programme=programme,
                year=year, division=division.code, places=len(rows))  # fmt: skip
    return value


async def decide_ranking(
    write: Write, scope: Scope, *, ranking_id: UUID, is_approved: bool, reason: str = ""
) -> RankingValue:
    """Approve or reject a list of the year's first.

    Raises:
        Unauthenticated, Forbidden: without `credits:review`.
        RankingNotFound: not there, or not of the caller's region.
        AuthorityOnly: the caller is no authority.
        AlreadyJudged, SecondPersonNeeded: decided before; drawn up by the caller.
        DecisionReasonMissing, TextNotFit: a rejection says why.
    """
    scope.require("credits:review")
    (seen,) = await queries.rankings_by_id(write, scope, [ranking_id])
    if seen is None:
        raise RankingNotFound
    keeper(scope, seen.division_path)
    known = queries.ranking(await write.row(queries.RANKING.where(CitizenRanking.id == ranking_id).with_for_update()))
    rules.check_judge(scope, known.state, known.drafted_by)
    why = decision(reason, is_approved=is_approved)
    state = State.APPROVED if is_approved else State.REJECTED
    await write.run(
        update(CitizenRanking)
        .where(CitizenRanking.id == ranking_id)
        .values(state=state.value, decided_at=now(), decided_by=scope.actor_id, decision=why)
    )
    write.audit(
        "credits:decide_ranking", object_type="CitizenRanking", object_id=ranking_id, state=state.value, reason=why
    )
    return queries.ranking(await write.row(queries.RANKING.where(CitizenRanking.id == ranking_id)))


async def standing(read: Read, scope: Scope, *, programme: str, division_code: str | None = None) -> Standing:
    """Return where the points of a programme's citizens are, of a division and below it (None: all the caller sees).

    Raises:
        Unauthenticated, Forbidden: without `credits:review`.
        AuthorityOnly: the caller is no authority.
        ProgrammeUnknown, ProgrammeIssuesNothing, PointsOnly, DivisionUnknown: in this order.
        AuthorityOnly: the division lies outside its region.
    """
    scope.require("credits:review")
    check_authority(scope)
    await points_programme(read, scope, programme)
    path = scope.region if division_code is None else (await tenants.required_division(read, scope, division_code)).path
    keeper(scope, path)
    row = await read.row(queries.STANDING, {"programme": programme, "path": path})
    if row is None:
        raise AssertionError(programme)
    out = EXACT.add(EXACT.add(row.redeemed, row.cancelled), EXACT.add(row.expired, row.held))
    return Standing(
        citizens=row.citizens, earned=row.earned, redeemed=row.redeemed, cancelled=row.cancelled, expired=row.expired,
        held=row.held, difference=EXACT.subtract(row.earned, out),
    )  # fmt: skip
