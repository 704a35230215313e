"""Leave reference indicators out with approval, and hold a park's year against all 31."""

import hashlib
import json
from uuid import UUID

from sqlalchemy import insert

from backend.kit.db import Read, Write
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.parks import catalogue, queries
from backend.parks.errors import ParkDecided, ParkIndicatorNotWaivable, ParkSecondPerson, ParkWaiverNotFound
from backend.parks.models import ParkEvaluation, ParkWaiver, ParkWaiverDecision
from backend.parks.rules import checking
from backend.parks.rules.judging import evaluate
from backend.parks.rules.keeping import content as as_json
from backend.parks.service.common import (
    changeable,
    check_evidence,
    lock,
    note,
    of_authority,
    of_operator,
    paper,
    place,
    recorded,
)
from backend.parks.service.telling import tell_waiver
from backend.parks.values import Category, Document, Evaluated, EvaluationRow, Horizon, Level, WaiverRow


async def ask_waiver(
    write: Write, scope: Scope, park_id: UUID, *, year: int, indicator: int, explanation: str, document: Document,
    evidence: tuple[UUID, UUID] | None = None,
) -> WaiverRow:  # fmt: skip
    """Ask to leave a reference indicator of a year out, for want of the objective conditions.

    Raises:
        Unauthenticated, Forbidden: without `parks:apply` (the operator) or `parks:manage`.
        ParkNotFound, ParkYearInvalid: in this order.
        ParkIndicatorNotWaivable: not a reference indicator.
        ParkTextInvalid, ParkDocumentInvalid, EvidenceNotFound: explanation and proof.
    """
    of_operator(scope)
    park = await changeable(write, scope, park_id)
    checking.year(year)
    found = catalogue.indicators().get(indicator)
    if found is None or found.category is not Category.REFERENCE:
        raise ParkIndicatorNotWaivable(number=indicator, path=("input", "indicator"))
    why, source = checking.text(explanation, "explanation"), checking.document(document)
    await check_evidence(write, scope, evidence)
    account_id, evidence_id = evidence or (None, None)
    own_id = new_id()
    await write.run(
        insert(ParkWaiver).values(
            id=own_id, park_id=park_id, year=year, indicator=indicator, explanation=why,
            evidence_account_id=account_id, evidence_id=evidence_id, **place(park), **paper(source), **recorded(scope),
        )
    )  # fmt: skip
    note(write, "parks:ask_waiver", "park_waiver", own_id, park=str(park_id), year=year, indicator=indicator)
    asked = await _waiver(write, scope, own_id)
    await tell_waiver(write, scope, park, asked)
    return asked


async def decide_waiver(write: Write, scope: Scope, waiver_id: UUID, *, is_approved: bool, reason: str) -> WaiverRow:
    """Approve or refuse a request to leave an indicator out.

    Raises:
        Unauthenticated, Forbidden: without `parks:decide`.
        ParkWaiverNotFound, ParkDecided: in this order.
        ParkSecondPerson: the caller asked for it.
        ParkTextInvalid: no reason.
    """
    of_authority(scope, "parks:decide")
    await lock(write, waiver_id)
    found = await _waiver(write, scope, waiver_id)
    if found.decided_at is not None:
        raise ParkDecided
    if found.recorded_by == scope.actor_id:
        raise ParkSecondPerson
    why = checking.text(reason, "reason")
    park = await changeable(write, scope, found.park_id)
    await write.run(
        insert(ParkWaiverDecision).values(
            waiver_id=waiver_id, is_approved=is_approved, reason=why, **place(park), **recorded(scope)
        )
    )
    note(write, "parks:decide_waiver", "park_waiver", waiver_id, is_approved=is_approved)
    decided = await _waiver(write, scope, waiver_id)
    await tell_waiver(write, scope, park, decided)
    return decided


async def _waiver(read: Read, scope: Scope, waiver_id: UUID) -> WaiverRow:
    found = await queries.waiver(read, scope, waiver_id)
    if found is None:
        raise ParkWaiverNotFound
    return found


async def evaluated(read: Read, scope: Scope, park_id: UUID, *, year: int, horizon: Horizon, level: Level) -> Evaluated:
    """Hold a park's year against the targets of a horizon at a level; nothing is stored.

    Raises:
        Unauthenticated, Forbidden: without `parks:read`.
        ParkNotFound, ParkYearInvalid: in this order.
    """
    scope.require("parks:read")
    await changeable(read, scope, park_id)
    checking.year(year)
    values = {(each.item, each.basis): each for each in await queries.values(read, scope, park_id, year)}
    # Of several requests for one indicator, the one decided last counts.
    decided = sorted(
        (each.decided_at, each.indicator, each.is_approved)
        for each in await queries.waivers(read, scope, park_id, year)
        if each.decided_at is not None
    )
    standing = {indicator: is_approved for _, indicator, is_approved in decided}
    (boundary,) = await queries.boundaries(read, scope, [park_id])
    return evaluate(
        list(catalogue.indicators().values()), values, {number for number, holds in standing.items() if holds},
        catalogue.points(), year=year, horizon=horizon, level=level, has_boundary=boundary is not None,
    )  # fmt: skip


async def evaluate_park(
    write: Write, scope: Scope, park_id: UUID, *, year: int, horizon: Horizon, level: Level
) -> EvaluationRow:
    """Hold a park's year against the indicators, and keep what it came to with every value behind it.

    Raises:
        Unauthenticated, Forbidden: without `parks:apply` (the operator) or `parks:manage`.
        ParkNotFound, ParkYearInvalid: in this order.
    """
    of_operator(scope)
    park = await changeable(write, scope, park_id)
    await lock(write, park_id)
    found = await evaluated(write, scope, park_id, year=year, horizon=horizon, level=level)
    content = as_json(found)
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    told = recorded(scope)
    row = EvaluationRow(
        new_id(), park_id, year, horizon, level, found.outcome, found.mandatory, found.points, content,
        hashlib.sha256(text.encode()).hexdigest(), told["recorded_at"], told["recorded_by"],
    )  # fmt: skip
    await write.run(
        insert(ParkEvaluation).values(
            id=row.id, park_id=park_id, year=year, horizon=horizon.value, level=level.value,
            outcome=found.outcome.value, mandatory=found.mandatory.value, points=found.points, content=content,
            sha256=row.sha256, **place(park), **told,
        )
    )  # fmt: skip
    note(write, "parks:evaluate", "park_evaluation", row.id, park=str(park_id), year=year, came_to=found.outcome.value)
    return row
