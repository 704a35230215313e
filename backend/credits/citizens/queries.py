"""Reads of the citizens' points. Row-level security has decided what is visible before any condition here."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Select, func, select, text, tuple_

from backend.credits.citizens.models import (
    Citizen,
    CitizenAct,
    CitizenPlace,
    CitizenRanking,
    CitizenRedemption,
    CitizenReward,
    CitizenRewardTaken,
    CitizenScene,
)
from backend.credits.citizens.values import (
    ActValue,
    CitizenValue,
    PlaceValue,
    RankingValue,
    RedemptionValue,
    RewardValue,
    SceneKind,
    SceneValue,
    State,
)
from backend.credits.programmes.queries import columns_of
from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.tenants.values import Rounding

Key = tuple[UUID, UUID]
V = TypeVar("V")
SCENE = select(*columns_of(CitizenScene, SceneValue))
CITIZEN = select(*columns_of(Citizen, CitizenValue))
ACT = select(*columns_of(CitizenAct, ActValue))
REWARD = select(*columns_of(CitizenReward, RewardValue))
REDEMPTION = select(*columns_of(CitizenRedemption, RedemptionValue))
RANKING = select(*columns_of(CitizenRanking, RankingValue))
PLACE = select(*columns_of(CitizenPlace, PlaceValue))
STANDING = text("select * from citizen_standing(:programme, :path)")


def scene(row: Any) -> SceneValue:  # noqa: ANN401 - a row
    """Return a row as a version of a scene."""
    words = {"kind": SceneKind(row.kind), "rounding": Rounding(row.rounding), "state": State(row.state)}
    given: dict[str, Any] = {**row._mapping, **words}  # noqa: SLF001 - SQLAlchemy's public name
    return SceneValue(**given)


def reward(row: Any) -> RewardValue:  # noqa: ANN401 - a row
    """Return a row as a reward."""
    given: dict[str, Any] = {**row._mapping, "state": State(row.state)}  # noqa: SLF001 - SQLAlchemy's public name
    return RewardValue(**given)


def ranking(row: Any) -> RankingValue:  # noqa: ANN401 - a row
    """Return a row as a list of the year's first."""
    given: dict[str, Any] = {**row._mapping, "state": State(row.state)}  # noqa: SLF001 - SQLAlchemy's public name
    return RankingValue(**given)


async def scene_versions(
    read: Read, scope: Scope, programme: str, codes: Sequence[str] | None = None
) -> list[SceneValue]:
    """Return every version of a programme's scenes, by code and version."""
    wanted = SCENE.where(CitizenScene.programme == programme).order_by(CitizenScene.code, CitizenScene.version)
    if codes is not None:
        wanted = wanted.where(CitizenScene.code.in_(codes))
    return [scene(row) for row in await read.rows(wanted)]


async def scenes(
    read: Read, scope: Scope, programme: str | None, *, after: UUID | None = None, limit: int | None = None
) -> list[SceneValue]:
    """Return versions of scenes, newest first."""
    wanted = _newest(SCENE, CitizenScene, after, limit)
    if programme is not None:
        wanted = wanted.where(CitizenScene.programme == programme)
    return [scene(row) for row in await read.rows(wanted)]


async def scenes_by_id(read: Read, scope: Scope, ids: list[UUID]) -> list[SceneValue | None]:
    """Return the version of each id, None for an invisible one; for a loader."""
    found = {row.id: scene(row) for row in await read.rows(SCENE.where(CitizenScene.id.in_(ids)))}
    return [found.get(each) for each in ids]


async def citizens_by_id(read: Read, scope: Scope, ids: list[UUID]) -> list[CitizenValue | None]:
    """Return the citizen of each id, None for an invisible one; for a loader."""
    found = {row.id: CitizenValue(*row) for row in await read.rows(CITIZEN.where(Citizen.id.in_(ids)))}
    return [found.get(each) for each in ids]


async def citizens(
    read: Read,
    scope: Scope,
    programme: str | None,
    *,
    number: str | None = None,
    subject: str | None = None,
    after: UUID | None = None,
    limit: int | None = None,
) -> list[CitizenValue]:
    """Return visible citizens, newest first; by number or by the platform's key, at most one of a programme."""
    wanted = _newest(CITIZEN, Citizen, after, limit)
    if programme is not None:
        wanted = wanted.where(Citizen.programme == programme)
    if number is not None:
        wanted = wanted.where(Citizen.number == number)
    if subject is not None:
        wanted = wanted.where(Citizen.subject == subject)
    return [CitizenValue(*row) for row in await read.rows(wanted)]


def _newest(
    statement: Select[*tuple[Any, ...]],
    table: Any,  # noqa: ANN401 - a table with an id that sorts by time
    after: UUID | None,
    limit: int | None,
) -> Select[*tuple[Any, ...]]:
    if after is not None:
        statement = statement.where(table.id < after)
    return statement.order_by(table.id.desc()).limit(limit)


async def acts(
    read: Read,
    scope: Scope,
    *,
    programme: str | None = None,
    scene_code: str | None = None,
    account_id: UUID | None = None,
    after: UUID | None = None,
    limit: int | None = None,
) -> list[ActValue]:
    """Return visible acts, newest first."""
    wanted = _newest(ACT, CitizenAct, after, limit)
    for column, value in (
        (CitizenAct.programme, programme), (CitizenAct.scene, scene_code), (CitizenAct.account_id, account_id),
    ):  # fmt: skip
        if value is not None:
            wanted = wanted.where(column == value)
    return [ActValue(*row) for row in await read.rows(wanted)]


async def acts_by_id(read: Read, scope: Scope, keys: list[Key]) -> list[ActValue | None]:
    """Return the act of each (account, act), None for an invisible one; for a loader."""
    where = tuple_(CitizenAct.account_id, CitizenAct.id).in_(keys)
    found = {(row.account_id, row.id): ActValue(*row) for row in await read.rows(ACT.where(where))}
    return [found.get(each) for each in keys]


async def rewards(
    read: Read, scope: Scope, programme: str | None, *, after: UUID | None = None, limit: int | None = None
) -> list[RewardValue]:
    """Return rewards, newest first."""
    wanted = _newest(REWARD, CitizenReward, after, limit)
    if programme is not None:
        wanted = wanted.where(CitizenReward.programme == programme)
    return [reward(row) for row in await read.rows(wanted)]


async def rewards_by_id(read: Read, scope: Scope, ids: list[UUID]) -> list[RewardValue | None]:
    """Return the reward of each id, None for an invisible one; for a loader."""
    found = {row.id: reward(row) for row in await read.rows(REWARD.where(CitizenReward.id.in_(ids)))}
    return [found.get(each) for each in ids]


async def taken(read: Read, scope: Scope, ids: list[UUID]) -> list[int]:
    """Return how many of each reward are gone; for a loader."""
    wanted = select(CitizenRewardTaken.reward_id, CitizenRewardTaken.taken).where(CitizenRewardTaken.reward_id.in_(ids))
    found = {row.reward_id: row.taken for row in await read.rows(wanted)}
    return [found.get(each, 0) for each in ids]


async def redemptions(
    read: Read,
    scope: Scope,
    *,
    programme: str | None = None,
    account_id: UUID | None = None,
    reward_id: UUID | None = None,
    after: UUID | None = None,
    limit: int | None = None,
) -> list[RedemptionValue]:
    """Return visible redemptions, newest first."""
    wanted = _newest(REDEMPTION, CitizenRedemption, after, limit)
    for column, value in (
        (CitizenRedemption.programme, programme), (CitizenRedemption.account_id, account_id),
        (CitizenRedemption.reward_id, reward_id),
    ):  # fmt: skip
        if value is not None:
            wanted = wanted.where(column == value)
    return [RedemptionValue(*row) for row in await read.rows(wanted)]


async def redemptions_by_id(read: Read, scope: Scope, keys: list[Key]) -> list[RedemptionValue | None]:
    """Return the redemption of each (account, redemption), None for an invisible one; for a loader."""
    where = tuple_(CitizenRedemption.account_id, CitizenRedemption.id).in_(keys)
    found = {(row.account_id, row.id): RedemptionValue(*row) for row in await read.rows(REDEMPTION.where(where))}
    return [found.get(each) for each in keys]


async def had_in_year(read: Read, scope: Scope, account_id: UUID, reward_id: UUID, first: date, last: date) -> int:
    """Return how many of a reward a citizen redeemed and kept, by the jurisdiction's day, both days included."""
    day = func.date(func.timezone("Asia/Shanghai", CitizenRedemption.redeemed_at))
    return int(
        await read.value(
            select(func.count()).where(
                CitizenRedemption.account_id == account_id, CitizenRedemption.reward_id == reward_id,
                CitizenRedemption.cancelled_at.is_(None), day >= first, day <= last,
            )
        )
    )  # fmt: skip


async def earned_in(
    read: Read, scope: Scope, programme: str, path: str, first: date, last: date
) -> list[tuple[tuple[UUID, str], Decimal]]:
    """Return ((account, number), points) of each citizen at or below a path who earned on the days of a span."""
    total = func.sum(CitizenAct.points).label("points")
    rows = await read.rows(
        select(CitizenAct.account_id, CitizenAct.number, total)
        .where(
            CitizenAct.programme == programme, CitizenAct.division_path.startswith(path, autoescape=True),
            CitizenAct.day >= first, CitizenAct.day <= last, CitizenAct.revoked_at.is_(None), CitizenAct.points > 0,
        )
        .group_by(CitizenAct.account_id, CitizenAct.number)
    )  # fmt: skip
    return [((row.account_id, row.number), row.points) for row in rows]


async def rankings(
    read: Read, scope: Scope, programme: str | None, *, after: UUID | None = None, limit: int | None = None
) -> list[RankingValue]:
    """Return visible lists of the year's first, newest first."""
    wanted = _newest(RANKING, CitizenRanking, after, limit)
    if programme is not None:
        wanted = wanted.where(CitizenRanking.programme == programme)
    return [ranking(row) for row in await read.rows(wanted)]


async def rankings_by_id(read: Read, scope: Scope, ids: list[UUID]) -> list[RankingValue | None]:
    """Return the list of each id, None for an invisible one; for a loader."""
    found = {row.id: ranking(row) for row in await read.rows(RANKING.where(CitizenRanking.id.in_(ids)))}
    return [found.get(each) for each in ids]


async def places_of(read: Read, scope: Scope, ids: list[UUID]) -> list[list[PlaceValue]]:
    """Return the places of each list, the first first; for a loader."""
    found: dict[UUID, list[PlaceValue]] = {each: [] for each in ids}
    wanted = PLACE.where(CitizenPlace.ranking_id.in_(ids)).order_by(CitizenPlace.place, CitizenPlace.number)
    for row in await read.rows(wanted):
        found[row.ranking_id].append(PlaceValue(*row))
    return [found[each] for each in ids]
