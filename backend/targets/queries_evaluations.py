"""Reads of schemes, evaluations, sheets and remarks. Row-level security decides which rows a caller sees."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import JSONB

from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.targets.rules import schemes, scoring
from backend.targets.values_evaluation import (
    EvaluationState,
    EvaluationValue,
    RemarkValue,
    Scheme,
    SchemeState,
    SchemeValue,
    SheetValue,
    SheetVerdict,
    StepKind,
    StepValue,
)

Moment = tuple[datetime, UUID]
_SCHEME = """
select s.id, s.first_year, s.content, s.sha256, s.document_number, s.document_dated, s.document_title, s.reason,
       s.proposed_at, s.proposed_by, d.is_approved, d.decided_at, d.decided_by, d.reason as decision_reason
from evaluation_scheme s left join evaluation_scheme_decision d on d.scheme_id = s.id
"""
_SCHEME_ONE = text(f"{_SCHEME} where s.id = :id").columns(content=JSONB)
_SCHEMES = text(f"""{_SCHEME}
where cast(:at as timestamptz) is null or (s.proposed_at, s.id) < (:at, cast(:id as uuid))
order by s.proposed_at desc, s.id desc limit :limit""").columns(content=JSONB)
_SCHEME_OF = text(f"""{_SCHEME}
where d.is_approved and s.first_year <= :year order by s.first_year desc, d.decided_at desc, s.id desc limit 1
""").columns(content=JSONB)
_EVALUATION = """
select e.id, e.name, e.division_code, e.division_path, e.year, e.scheme_id, e.scheme, e.scheme_sha256, e.created_at,
       e.created_by, r.revision, r.made_at, s.kind as step, s.recorded_at as step_at,
       s.document_number || ' ' || s.document_title as step_document
from evaluation e
join lateral (
    select * from evaluation_revision each where each.evaluation_id = e.id order by each.revision desc limit 1
) r on true
left join lateral (
    select * from evaluation_step each where each.evaluation_id = e.id order by each.number desc limit 1
) s on true
"""
_EVALUATION_ONE = text(f"{_EVALUATION} where e.id = :id").columns(scheme=JSONB)
_EVALUATIONS = text(f"""{_EVALUATION}
where (cast(:year as bigint) is null or e.year = :year)
  and (cast(:at as timestamptz) is null or (e.created_at, e.id) < (:at, cast(:id as uuid)))
order by e.created_at desc, e.id desc limit :limit""").columns(scheme=JSONB)
_SHEETS = text("""
select s.evaluation_id, s.revision, s.division_code, s.division_path, s.owner_path, s.score, s.verdict, s.place, s.lines,
       e.scheme
from evaluation_sheet s join evaluation e on e.id = s.evaluation_id
where s.evaluation_id = any(cast(:ids as uuid[])) and s.revision = coalesce(cast(:revision as bigint), (
    select max(each.revision) from evaluation_revision each where each.evaluation_id = s.evaluation_id))
order by s.evaluation_id, s.place nulls last, s.division_path collate "C" """).columns(lines=JSONB, scheme=JSONB)
_STEPS = text("""
select evaluation_id, number, revision, kind, owner_path, reason, document_number, document_dated, document_title,
       recorded_at, recorded_by
from evaluation_step where evaluation_id = any(cast(:ids as uuid[])) order by evaluation_id, number""")
_MAKERS = text("select distinct made_by from evaluation_revision where evaluation_id = :id")
_REMARK = """
select r.id, r.evaluation_id, r.division_code, r.division_path, r.owner_path, r.indicator, r.said, r.document_number,
       r.document_dated, r.document_title, r.recorded_at, r.recorded_by, a.is_accepted, a.said as answer,
       a.recorded_at as answered_at, a.recorded_by as answered_by
from evaluation_remark r left join evaluation_remark_answer a on a.remark_id = r.id
"""
_REMARK_ONE = text(f"{_REMARK} where r.id = :id")
_REMARKS = text(f"""{_REMARK}
where r.evaluation_id = any(cast(:ids as uuid[])) order by r.evaluation_id, r.recorded_at, r.id""")
_LAST_APPROVED = text(f"""{_EVALUATION}
where s.kind = 'approved' and (cast(:year as bigint) is null or e.year = :year)
order by e.year desc, e.division_path collate "C" """).columns(scheme=JSONB)


def _scheme(row: Any) -> SchemeValue:  # noqa: ANN401 - a row
    states = {None: SchemeState.PROPOSED, True: SchemeState.APPROVED, False: SchemeState.REJECTED}
    given: dict[str, Any] = {
        **row._mapping, "scheme": schemes.loaded(row.content), "state": states[row.is_approved],  # noqa: SLF001 - SQLAlchemy's public name of a row's mapping
    }  # fmt: skip
    del given["is_approved"], given["content"]
    return SchemeValue(**given)


def _evaluation(row: Any) -> EvaluationValue:  # noqa: ANN401 - a row
    states = {"opened": EvaluationState.OPEN, "approved": EvaluationState.APPROVED}
    state = states.get(row.step, EvaluationState.DRAFT)
    is_approved = state is EvaluationState.APPROVED
    given: dict[str, Any] = {
        **row._mapping, "scheme": schemes.loaded(row.scheme), "state": state,  # noqa: SLF001 - see above
        "approved_at": row.step_at if is_approved else None,
        "approved_document": row.step_document if is_approved else None,
    }  # fmt: skip
    del given["step"], given["step_at"], given["step_document"]
    return EvaluationValue(**given)


async def scheme(read: Read, _scope: Scope, scheme_id: UUID) -> SchemeValue | None:
    """Return a scheme, None where there is none."""
    row = await read.row(_SCHEME_ONE, {"id": scheme_id})
    return None if row is None else _scheme(row)


async def schemes_proposed(
    read: Read, _scope: Scope, *, after: Moment | None = None, limit: int
) -> list[SchemeValue]:  # fmt: skip
    """Return schemes, the newest first."""
    at, own = after or (None, None)
    return [_scheme(row) for row in await read.rows(_SCHEMES, {"at": at, "id": own, "limit": limit})]


async def scheme_of(read: Read, _scope: Scope, year: int) -> SchemeValue | None:
    """Return the approved scheme for a year's evaluations, None where none was approved."""
    row = await read.row(_SCHEME_OF, {"year": year})
    return None if row is None else _scheme(row)


async def evaluation(read: Read, _scope: Scope, evaluation_id: UUID) -> EvaluationValue | None:
    """Return an evaluation, None where the caller sees none."""
    row = await read.row(_EVALUATION_ONE, {"id": evaluation_id})
    return None if row is None else _evaluation(row)


async def evaluations(
    read: Read, _scope: Scope, *, year: int | None = None, after: Moment | None = None, limit: int
) -> list[EvaluationValue]:  # fmt: skip
    """Return evaluations, the newest first."""
    at, own = after or (None, None)
    rows = await read.rows(_EVALUATIONS, {"year": year, "at": at, "id": own, "limit": limit})
    return [_evaluation(row) for row in rows]


async def approved(read: Read, _scope: Scope, *, year: int | None = None) -> list[EvaluationValue]:
    """Return approved evaluations, the newest year first."""
    return [_evaluation(row) for row in await read.rows(_LAST_APPROVED, {"year": year})]


async def sheets_of(read: Read, scope: Scope, ids: list[UUID]) -> list[list[SheetValue]]:
    """Return the newest sheets of each evaluation that the caller sees, the best first; for a loader."""
    found = await sheets(read, scope, ids)
    return [[each for each in found if each.evaluation_id == own] for own in ids]


async def sheets(
    read: Read, _scope: Scope, ids: Sequence[UUID], *, revision: int | None = None
) -> list[SheetValue]:  # fmt: skip
    """Return the sheets of evaluations: of their newest working-out, or of one."""
    kept: dict[UUID, Scheme] = {}
    found: list[SheetValue] = []
    for row in await read.rows(_SHEETS, {"ids": list(ids), "revision": revision}) if ids else ():
        by = kept.get(row.evaluation_id) or kept.setdefault(row.evaluation_id, schemes.loaded(row.scheme))
        found.append(
            SheetValue(
                evaluation_id=row.evaluation_id, revision=row.revision, division_code=row.division_code,
                division_path=row.division_path, owner_path=row.owner_path, score=row.score,
                verdict=SheetVerdict(row.verdict), place=row.place, lines=scoring.loaded(by, row.lines),
            )
        )  # fmt: skip
    return found


async def steps_of(read: Read, _scope: Scope, ids: list[UUID]) -> list[list[StepValue]]:
    """Return the steps of each evaluation in their order; for a loader."""
    found: dict[UUID, list[StepValue]] = {each: [] for each in ids}
    for row in await read.rows(_STEPS, {"ids": list(ids)}):
        given: dict[str, Any] = {**row._mapping, "kind": StepKind(row.kind)}  # noqa: SLF001 - see above
        found[row.evaluation_id].append(StepValue(**given))
    return [found[each] for each in ids]


async def remarks_of(read: Read, _scope: Scope, ids: list[UUID]) -> list[list[RemarkValue]]:
    """Return the remarks on each evaluation that the caller sees, the oldest first; for a loader."""
    found: dict[UUID, list[RemarkValue]] = {each: [] for each in ids}
    for row in await read.rows(_REMARKS, {"ids": list(ids)}):
        found[row.evaluation_id].append(RemarkValue(**row._mapping))  # noqa: SLF001 - see above
    return [found[each] for each in ids]


async def remark(read: Read, _scope: Scope, remark_id: UUID) -> RemarkValue | None:
    """Return a remark, None where the caller sees none."""
    row = await read.row(_REMARK_ONE, {"id": remark_id})
    return None if row is None else RemarkValue(**row._mapping)  # noqa: SLF001 - see above


async def makers(read: Read, _scope: Scope, evaluation_id: UUID) -> set[UUID | None]:
    """Return who worked an evaluation out."""
    return {row.made_by for row in await read.rows(_MAKERS, {"id": evaluation_id})}
