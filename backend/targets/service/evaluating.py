"""Evaluate the divisions below an authority for a year: work out, open to remarks, approve by another person."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import insert, text

from backend.kit.clock import now, today
from backend.kit.db import Read, Write
from backend.kit.ids import new_id
from backend.kit.scope import Kind, Scope
from backend.targets import queries_evaluations as queries
from backend.targets.errors import (
    EvaluationExists,
    EvaluationIncomplete,
    EvaluationNotFound,
    EvaluationRemarksOpen,
    EvaluationStateWrong,
    TargetHandedDown,
    TargetSecondPerson,
    TargetShareInvalid,
)
from backend.targets.models import Evaluation, EvaluationRevision, EvaluationSheet, EvaluationStep
from backend.targets.rules import checking, schemes, scoring
from backend.targets.service.common import code_of, locked, of_authority, own_path
from backend.targets.service.gathering import readings
from backend.targets.service.schemes import scheme_of
from backend.targets.values import Paper
from backend.targets.values_evaluation import (
    EvaluationState,
    EvaluationValue,
    SheetValue,
    StepKind,
)
from backend.tenants import service as tenants
from backend.tenants.service import DivisionRow

STATES_ZH = {
    EvaluationState.DRAFT: "处于编制中", EvaluationState.OPEN: "处于征求意见中", EvaluationState.APPROVED: "已批准",
}  # fmt: skip
_KNOWN = text("select count(*) from evaluation where division_code = :code and year = :year")
MOST_TOLD = 20


async def begin_evaluation(write: Write, scope: Scope, *, year: int, name: str, reason: str) -> EvaluationValue:
    """Begin the evaluation of a year for every division directly below the caller's, and work it out.

    Raises:
        Unauthenticated, Forbidden: without `targets:evaluate`.
        TargetsOfAuthorities: not an authority.
        TargetYearInvalid, TargetTextInvalid: the year, the name, the reason.
        EvaluationExists: there is one of that year.
        TargetShareInvalid: no division lies below the caller's.
    """
    of_authority(scope, "targets:evaluate")
    checking.year(year, last=today().year)
    called, why = checking.text("name", name, most=checking.LONGEST_NAME), checking.text("reason", reason)
    path = await own_path(write, scope)
    await locked(write, f"{path}{year}")
    if await write.value(_KNOWN, {"code": code_of(path), "year": year}):
        raise EvaluationExists(division=code_of(path), year=year, path=("input", "year"))
    by = await scheme_of(write, scope, year)
    own_id = new_id()
    await write.run(
        insert(Evaluation).values(
            id=own_id, name=called, division_code=code_of(path), division_path=path, year=year, scheme_id=by.id,
            scheme=schemes.stored(by.scheme), scheme_sha256=by.sha256, created_at=now(), created_by=scope.actor_id,
        )
    )  # fmt: skip
    await _work_out(write, scope, own_id, path, year, 1)
    write.audit(
        "targets:begin_evaluation", object_type="Evaluation", object_id=own_id, year=year, scheme=by.sha256, reason=why
    )  # fmt: skip
    return await held(write, scope, own_id)


async def rework_evaluation(write: Write, scope: Scope, evaluation_id: UUID, *, reason: str) -> EvaluationValue:
    """Work an evaluation out anew with what is known now; what it said before stays on record.

    Raises:
        Unauthenticated, Forbidden: without `targets:evaluate`.
        TargetsOfAuthorities: not an authority.
        TargetTextInvalid: the reason.
        EvaluationNotFound: not there, or not visible.
        TargetHandedDown: it is another authority's.
        EvaluationStateWrong: approved.
    """
    of_authority(scope, "targets:evaluate")
    why = checking.text("reason", reason)
    found = await owned(write, scope, evaluation_id)
    in_state(found, EvaluationState.DRAFT, EvaluationState.OPEN)
    await _work_out(write, scope, found.id, found.division_path, found.year, found.revision + 1)
    write.audit(
        "targets:rework_evaluation", object_type="Evaluation", object_id=found.id, revision=found.revision + 1,
        reason=why,
    )  # fmt: skip
    return await held(write, scope, found.id)


async def open_evaluation(write: Write, scope: Scope, evaluation_id: UUID, *, reason: str) -> EvaluationValue:
    """Open an evaluation to the divisions: each sees its own sheet and may remark on it.

    Raises:
        Unauthenticated, Forbidden: without `targets:evaluate`.
        TargetsOfAuthorities: not an authority.
        TargetTextInvalid: the reason.
        EvaluationNotFound, TargetHandedDown: not there, not visible, or another authority's.
        EvaluationStateWrong: it is open, or approved.
    """
    of_authority(scope, "targets:evaluate")
    why = checking.text("reason", reason)
    found = await owned(write, scope, evaluation_id)
    in_state(found, EvaluationState.DRAFT)
    await _step(write, scope, found, StepKind.OPENED, why, None)
    write.audit("targets:open_evaluation", object_type="Evaluation", object_id=found.id, revision=found.revision)
    return await held(write, scope, found.id)


async def decide_evaluation(
    write: Write, scope: Scope, evaluation_id: UUID, *, is_approved: bool, reason: str, document: Paper | None = None
) -> EvaluationValue:
    """Approve an evaluation for good, by a document; or reject it, which makes it a draft again.

    Raises:
        Unauthenticated, Forbidden: without `targets:set`.
        TargetsOfAuthorities: not an authority.
        TargetTextInvalid, TargetDocumentInvalid: the reason; an approval without its document.
        EvaluationNotFound, TargetHandedDown: not there, not visible, or another authority's.
        EvaluationStateWrong: it is not open.
        TargetSecondPerson: the caller worked it out.
        EvaluationRemarksOpen: a remark has no answer (approval only).
        EvaluationIncomplete: an indicator cannot be told (approval only).
    """
    of_authority(scope, "targets:set")
    why = checking.text("reason", reason)
    paper = checking.paper(document or Paper("", today(), ""), today()) if is_approved else None
    found = await owned(write, scope, evaluation_id)
    in_state(found, EvaluationState.OPEN)
    if scope.kind is not Kind.SYSTEM and scope.actor_id in await queries.makers(write, scope, found.id):
        raise TargetSecondPerson
    if is_approved:
        [remarks] = await queries.remarks_of(write, scope, [found.id])
        unanswered = sum(each.is_accepted is None for each in remarks)
        if unanswered:
            raise EvaluationRemarksOpen(count=unanswered)
        missing = scoring.missing(await queries.sheets(write, scope, [found.id]))
        if missing:
            more = [] if len(missing) <= MOST_TOLD else ["…"]
            raise EvaluationIncomplete(missing=", ".join(missing[:MOST_TOLD] + more), count=len(missing))
    await _step(write, scope, found, StepKind.APPROVED if is_approved else StepKind.REJECTED, why, paper)
    write.audit(
        "targets:approve_evaluation" if is_approved else "targets:reject_evaluation", object_type="Evaluation",
        object_id=found.id, revision=found.revision, reason=why,
    )  # fmt: skip
    return await held(write, scope, found.id)


async def held(read: Read, scope: Scope, evaluation_id: UUID) -> EvaluationValue:
    """Return an evaluation. Raises EvaluationNotFound."""
    found = await queries.evaluation(read, scope, evaluation_id)
    if found is None:
        raise EvaluationNotFound
    return found


async def evaluation(read: Read, scope: Scope, evaluation_id: UUID) -> EvaluationValue:
    """Return an evaluation.

    Raises:
        Unauthenticated, Forbidden: without `targets:read`.
        EvaluationNotFound: not there, or not visible.
    """
    scope.require("targets:read")
    return await held(read, scope, evaluation_id)


async def owned(write: Write, scope: Scope, evaluation_id: UUID) -> EvaluationValue:
    """Return an evaluation of the caller's own, and let nobody else change it until the command ends.

    Raises:
        EvaluationNotFound: not there, or not visible.
        TargetHandedDown: it is another authority's.
    """
    await locked(write, evaluation_id)
    found = await held(write, scope, evaluation_id)
    if scope.kind is not Kind.SYSTEM and found.division_path != scope.region:
        raise TargetHandedDown(division=code_of(scope.region))
    return found


def in_state(found: EvaluationValue, *wanted: EvaluationState) -> None:
    """Refuse an evaluation in another state. Raises EvaluationStateWrong."""
    if found.state not in wanted:
        raise EvaluationStateWrong(
            state=found.state.value, state_zh=STATES_ZH[found.state], wanted=" or ".join(wanted),
            wanted_zh="或".join(STATES_ZH[each].removeprefix("处于") for each in wanted),
        )  # fmt: skip


async def _work_out(
    write: Write, scope: Scope, evaluation_id: UUID, path: str, year: int, revision: int
) -> None:  # fmt: skip
    divisions = await _below(write, scope, path)
    found = await held_scheme(write, scope, evaluation_id)
    by = await readings(write, scope, divisions, year, found.indicators)
    sheets: list[SheetValue] = []
    for each in divisions:
        lines = tuple(scoring.line(indicator, by[each.code][indicator.code]) for indicator in found.indicators)
        sheets.append(
            SheetValue(
                evaluation_id, revision, each.code, each.path, path, scoring.score(lines), scoring.verdict(lines), None,
                lines,
            )
        )  # fmt: skip
    await write.run(
        insert(EvaluationRevision).values(
            evaluation_id=evaluation_id, revision=revision, owner_path=path, made_at=now(),
            made_by=scope.actor_id,
        )
    )  # fmt: skip
    await write.run(
        insert(EvaluationSheet),
        [
            {
                "evaluation_id": evaluation_id, "revision": revision, "division_code": each.division_code,
                "division_path": each.division_path, "owner_path": path, "score": each.score,
                "verdict": each.verdict.value, "place": each.place, "lines": scoring.stored(each.lines),
            }
            for each in scoring.placed(sheets)
        ],
    )  # fmt: skip


async def held_scheme(read: Read, _scope: Scope, evaluation_id: UUID) -> schemes.Scheme:
    """Return the scheme an evaluation was begun with."""
    return schemes.loaded(await read.value(_SCHEME, {"id": evaluation_id}))


_SCHEME = text("select scheme from evaluation where id = :id")


async def _below(read: Read, scope: Scope, path: str) -> Sequence[DivisionRow]:
    code = code_of(path)
    found = [each for each in await tenants.divisions(read, scope, path) if each.parent_code == code]
    if not found:
        raise TargetShareInvalid(
            reason_en="no division lies below yours", reason_zh="您的辖区没有下级区划", path=("input",)
        )
    return found


async def _step(
    write: Write, scope: Scope, found: EvaluationValue, kind: StepKind, reason: str, paper: Paper | None
) -> None:  # fmt: skip
    [steps] = await queries.steps_of(write, scope, [found.id])
    await write.run(
        insert(EvaluationStep).values(
            evaluation_id=found.id, number=len(steps) + 1, revision=found.revision, kind=kind.value,
            owner_path=found.division_path, reason=reason, document_number=paper.number if paper else "",
            document_dated=paper.dated if paper else None, document_title=paper.title if paper else "",
            recorded_at=now(), recorded_by=scope.actor_id,
        )
    )  # fmt: skip
