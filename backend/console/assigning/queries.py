"""Reads of assignments: the authority's of its region, a verifier's own, an enterprise's own."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import fields
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, literal, select, text, tuple_

from backend.console.access import of_authority
from backend.console.assigning import rules
from backend.console.assigning.models import VerificationAssignment, VerificationTerms, VerifierRelation
from backend.console.values import (
    AssignmentState,
    AssignmentValue,
    InterestCheck,
    RelationKind,
    RelationValue,
    TermsValue,
    Workload,
)
from backend.kit.clock import today
from backend.kit.db import Read
from backend.kit.scope import Scope

OwnKey = tuple[UUID, UUID]
"""(account, own id): the key of an assignment."""
AskedPair = tuple[UUID, str, str, UUID, int]
"""(account, its division's path, the enterprise's credit code, verifier, year): what independence is asked about."""
ASSIGNMENT = select(*(VerificationAssignment.__table__.columns[each.name] for each in fields(AssignmentValue)))
RELATION = select(*(VerifierRelation.__table__.columns[each.name] for each in fields(RelationValue)))
TERMS = select(*(VerificationTerms.__table__.columns[each.name] for each in fields(TermsValue)))

_VERIFIED = text("""
select distinct v.account_id, t.organisation_id, v.year
from inventory_transition t join inventory v on v.account_id = t.account_id and v.id = t.inventory_id
where t.to_state = 'verified' and t.account_id = any(cast(:accounts as uuid[]))
    and t.organisation_id = any(cast(:verifiers as uuid[]))""")
_WORKLOADS = text("""
select o.id, o.name,
    count(a.id) filter (where a.state = 'proposed') as proposed,
    count(a.id) filter (where a.state in ('accepted', 'engaged')) as open,
    count(a.id) filter (where a.state in ('proposed', 'accepted', 'engaged') and a.due_on < :today) as late,
    count(a.id) filter (where a.state = 'done' and extract(year from a.ended_at) = :year) as done,
    min(a.due_on) filter (where a.state in ('proposed', 'accepted', 'engaged')) as next_due_on
from organisation o left join verification_assignment a on a.verifier_id = o.id
where o.kind = 'verifier' and o.suspended_at is null and (cast(:after as text) is null or (o.name, o.id) > (:after, cast(:last as uuid)))
group by o.id, o.name order by o.name, o.id limit :limit""")


def assignment_of(row: Any) -> AssignmentValue:  # noqa: ANN401 - a row of ASSIGNMENT
    """Return a row as a value."""
    given: dict[str, Any] = {each.name: getattr(row, each.name) for each in fields(AssignmentValue)}
    given["state"] = AssignmentState(row.state)
    return AssignmentValue(**given)


def _relation_of(row: Any) -> RelationValue:  # noqa: ANN401 - a row of RELATION
    given: dict[str, Any] = {**row._mapping, "kind": RelationKind(row.kind)}  # noqa: SLF001 - SQLAlchemy's public name
    return RelationValue(**given)


async def assignments(
    read: Read, scope: Scope, *, state: AssignmentState | None = None, year: int | None = None,
    verifier_id: UUID | None = None, account_id: UUID | None = None, under: str | None = None, is_open: bool = False,
    limit: int, after: tuple[date, UUID] | None = None,
) -> list[AssignmentValue]:  # fmt: skip
    """Return assignments the caller sees, the earliest due first.

    Raises:
        Unauthenticated, Forbidden: without `console:read`.
    """
    scope.require("console:read")
    table = VerificationAssignment
    wanted = ASSIGNMENT.order_by(table.due_on, table.id).limit(limit)
    if state is not None:
        wanted = wanted.where(table.state == state.value)
    if is_open:
        wanted = wanted.where(table.state.in_([each.value for each in rules.OPEN]))
    if year is not None:
        wanted = wanted.where(table.year == year)
    if verifier_id is not None:
        wanted = wanted.where(table.verifier_id == verifier_id)
    if account_id is not None:
        wanted = wanted.where(table.account_id == account_id)
    if under is not None:
        wanted = wanted.where(table.division_path.startswith(under, autoescape=True))
    if after is not None:
        wanted = wanted.where(tuple_(table.due_on, table.id) > tuple_(literal(after[0]), literal(after[1])))
    return [assignment_of(row) for row in await read.rows(wanted)]


async def assignment_batch(read: Read, scope: Scope, keys: Sequence[OwnKey]) -> list[AssignmentValue | None]:
    """Return assignments in the order of the keys, None where the caller sees none; for a loader."""
    scope.require("console:read")
    table = VerificationAssignment
    rows = await read.rows(ASSIGNMENT.where(tuple_(table.account_id, table.id).in_(list(keys))))
    found = {(row.account_id, row.id): assignment_of(row) for row in rows}
    return [found.get(key) for key in keys]


async def relations(
    read: Read, scope: Scope, *, verifier_id: UUID | None = None, limit: int, after: UUID | None = None
) -> list[RelationValue]:
    """Return the relations of verifiers the caller sees, in the order of their recording.

    Raises:
        Unauthenticated, Forbidden: without `console:read`.
    """
    scope.require("console:read")
    wanted = RELATION.order_by(VerifierRelation.id).limit(limit)
    if verifier_id is not None:
        wanted = wanted.where(VerifierRelation.verifier_id == verifier_id)
    if after is not None:
        wanted = wanted.where(VerifierRelation.id > after)
    return [_relation_of(row) for row in await read.rows(wanted)]


async def terms_in_force(read: Read, scope: Scope, path: str) -> TermsValue | None:
    """Return the terms for verifiers that hold at a division: the nearest authority's that has any.

    Raises:
        Unauthenticated, Forbidden, DeskOfAuthority: see `of_authority`.
    """
    of_authority(scope)
    return (await _terms(read, [path])).get(path)


async def _terms(read: Read, paths: Sequence[str]) -> dict[str, TermsValue]:
    rows = await read.rows(TERMS.order_by(func.length(VerificationTerms.division_path), VerificationTerms.recorded_at))
    # The longest path comes last, and of one path the newest.
    return {path: TermsValue(*row) for path in set(paths) for row in rows if path.startswith(row.division_path)}


async def independence(read: Read, scope: Scope, asked: Sequence[AskedPair]) -> list[list[InterestCheck]]:
    """Return the checks of what is recorded (relations, rotation) for each question, in three statements; for a loader.

    Raises:
        Unauthenticated, Forbidden: without `console:read`.
    """
    scope.require("console:read")
    verifiers = sorted({each[3] for each in asked})
    codes = sorted({each[2] for each in asked})
    known: defaultdict[tuple[UUID, str], list[RelationValue]] = defaultdict(list)
    for row in await read.rows(
        RELATION.where(VerifierRelation.verifier_id.in_(verifiers), VerifierRelation.credit_code.in_(codes)).order_by(
            VerifierRelation.id
        )
    ):
        known[row.verifier_id, row.credit_code].append(_relation_of(row))
    verified: defaultdict[tuple[UUID, UUID], set[int]] = defaultdict(set)
    given = {"accounts": [each[0] for each in asked], "verifiers": verifiers}
    for row in await read.rows(_VERIFIED, given):
        verified[row.account_id, row.organisation_id].add(row.year)
    terms, day = await _terms(read, [each[1] for each in asked]), today()
    return [
        [
            rules.check_relations(known[verifier, code], terms.get(path), year, day),
            rules.check_rotation(verified[account, verifier], terms.get(path), year),
        ]
        for account, path, code, verifier, year in asked
    ]


async def workloads(read: Read, scope: Scope, *, limit: int, after: tuple[str, UUID] | None = None) -> list[Workload]:
    """Return every active verifier with what it has to do in the caller's region, by name.

    Raises:
        Unauthenticated, Forbidden, DeskOfAuthority: see `of_authority`.
    """
    of_authority(scope)
    name, last = after or (None, None)
    day = today()
    given = {"today": day, "year": day.year, "after": name, "last": last, "limit": limit}
    return [Workload(*row) for row in await read.rows(_WORKLOADS, given)]
