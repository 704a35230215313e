"""What an evaluated division says to its sheet, and the evaluating authority's answer."""

from uuid import UUID

from sqlalchemy import insert

from backend.kit.clock import now, today
from backend.kit.db import Write
from backend.kit.ids import new_id
from backend.kit.scope import Kind, Scope
from backend.targets import queries_evaluations as queries
from backend.targets.errors import (
    EvaluationNotFound,
    EvaluationRemarkAnswered,
    EvaluationRemarkNotFound,
    EvaluationSchemeNotFound,
    TargetHandedDown,
)
from backend.targets.models import EvaluationRemark, EvaluationRemarkAnswer
from backend.targets.rules import checking
from backend.targets.service.common import code_of, locked, of_authority
from backend.targets.service.evaluating import held, in_state
from backend.targets.values import Paper
from backend.targets.values_evaluation import EvaluationState, RemarkValue


async def remark_on_evaluation(
    write: Write, scope: Scope, evaluation_id: UUID, *, division_code: str, said: str, indicator: str = "",
    document: Paper | None = None,
) -> RemarkValue:  # fmt: skip
    """Say something to one's own sheet, or appeal against an indicator of it.

    Raises:
        Unauthenticated, Forbidden: without `targets:evaluate`.
        TargetsOfAuthorities: not an authority.
        TargetTextInvalid, TargetDocumentInvalid: what is said, a document that is named in part.
        EvaluationNotFound: not there, not visible, or without a sheet of that division.
        EvaluationSchemeNotFound: it has no such indicator.
        EvaluationStateWrong: it is not open.
    """
    of_authority(scope, "targets:evaluate")
    words = checking.text("said", said)
    paper = checking.paper(document, today()) if document is not None else None
    found = await held(write, scope, evaluation_id)
    sheets = {each.division_code: each for each in await queries.sheets(write, scope, [found.id])}
    own = sheets.get(division_code)
    if own is None:
        raise EvaluationNotFound
    if indicator and indicator not in {each.code for each in found.scheme.indicators}:
        raise EvaluationSchemeNotFound(path=("input", "indicator"))
    in_state(found, EvaluationState.OPEN)
    own_id = new_id()
    await write.run(
        insert(EvaluationRemark).values(
            id=own_id, evaluation_id=found.id, division_code=own.division_code, division_path=own.division_path,
            owner_path=own.owner_path, indicator=indicator, said=words, document_number=paper.number if paper else "",
            document_dated=paper.dated if paper else None, document_title=paper.title if paper else "",
            recorded_at=now(), recorded_by=scope.actor_id,
        )
    )  # fmt: skip
    write.audit(
        "targets:remark", object_type="Evaluation", object_id=found.id, division=own.division_code, indicator=indicator
    )
    return await _held(write, scope, own_id)


async def answer_remark(
    write: Write, scope: Scope, remark_id: UUID, *, is_accepted: bool, said: str
) -> RemarkValue:  # fmt: skip
    """Answer a remark, once. What follows from accepting it is done by working the evaluation out anew.

    Raises:
        Unauthenticated, Forbidden: without `targets:evaluate`.
        TargetsOfAuthorities: not an authority.
        TargetTextInvalid: what is said.
        EvaluationRemarkNotFound: not there, or not visible.
        TargetHandedDown: the evaluation is another authority's.
        EvaluationRemarkAnswered: it was answered before.
        EvaluationStateWrong: the evaluation is not open.
    """
    of_authority(scope, "targets:evaluate")
    words = checking.text("said", said)
    await locked(write, remark_id)
    found = await _held(write, scope, remark_id)
    if scope.kind is not Kind.SYSTEM and found.owner_path != scope.region:
        raise TargetHandedDown(division=code_of(scope.region))
    if found.is_accepted is not None:
        raise EvaluationRemarkAnswered
    in_state(await held(write, scope, found.evaluation_id), EvaluationState.OPEN)
    await write.run(
        insert(EvaluationRemarkAnswer).values(
            remark_id=remark_id, division_path=found.division_path, owner_path=found.owner_path, is_accepted=is_accepted,
            said=words, recorded_at=now(), recorded_by=scope.actor_id,
        )
    )  # fmt: skip
    write.audit("targets:answer", object_type="EvaluationRemark", object_id=remark_id, is_accepted=is_accepted)
    return await _held(write, scope, remark_id)


async def _held(write: Write, scope: Scope, remark_id: UUID) -> RemarkValue:
    found = await queries.remark(write, scope, remark_id)
    if found is None:
        raise EvaluationRemarkNotFound
    return found
