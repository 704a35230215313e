"""Scores of the demonstration: a penalty on record, what is told of sectors, a score of every account, an appeal."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import text

from backend.demo.acting import acting
from backend.demo.standing.plan import PenaltyPlan
from backend.demo.units.cast import Cast
from backend.kit.clock import today
from backend.kit.db import Write
from backend.scores import service as scores
from backend.scores.appeals import appealing
from backend.scores.modelling.content import year_on
from backend.scores.peers import rollups
from backend.scores.running import penalties, sweeping

GATE = "penalty"
"""The gate of the models shipped that an environmental penalty shuts."""


async def penalise(write: Write, cast: Cast, plan: PenaltyPlan) -> bool:
    """Put the penalty on record; False when it is."""
    player = cast.players[plan.enterprise]
    known = text("select id from score_penalty where account_id = :account and document = :document")
    if await write.value(known, {"account": player.account_id, "document": plan.document}) is not None:
        return False
    async with acting(write, cast.city, "clerk") as (played, clerk):
        await penalties.record_penalty(
            played, clerk, account_id=player.account_id, document=plan.document, severity=plan.severity,
            summary=plan.summary, from_on=plan.from_on, until_on=plan.until_on,
        )  # fmt: skip
    return True


async def score(write: Write, cast: Cast) -> bool:
    """Publish what is told of sectors and score every account, as a night does; what is there already stays as it is."""
    scope, ids = write.scope, [each.account_id for each in cast.players.values()]
    model = await scores.active_model(write, scope, today())
    year = year_on(model.content, today())
    for each in (year - 1, year):
        await rollups.publish(write, scope, each, today(), await sweeping.compared(write, scope, ids, each))
    return bool(await scores.score(write, scope, ids))


async def unscored(write: Write, ids: Iterable[UUID]) -> bool:
    """Tell whether one of the accounts has no score."""
    missing = text(
        "select exists (select from unnest(cast(:ids as uuid[])) a(id)"
        " where not exists (select from score s where s.account_id = a.id))"
    )
    return bool(await write.value(missing, {"ids": list(ids)}))


async def appeal(write: Write, cast: Cast, plan: PenaltyPlan) -> bool:
    """Let the penalised enterprise appeal against the gate; False when it has, or no score shows one."""
    player = cast.players[plan.enterprise]
    known = text("select id from score_appeal where account_id = :account limit 1")
    if await write.value(known, {"account": player.account_id}) is not None:
        return False
    async with acting(write, player.party, "officer") as (played, officer):
        told = (await scores.latest(played, officer, [player.account_id])).get(player.account_id)
        if told is None or all(each.code != GATE for each in told.assessment.gates):
            return False
        await appealing.appeal_score(
            played, officer, account_id=player.account_id, score_id=told.id, indicator=GATE, reason=plan.appeal
        )
    return True
