"""Reads of applications with their steps, of public notices with their objections."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import JSONB

from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.parks.queries import NEWEST, NEXT, Moment, asked
from backend.parks.rules.requiring import told
from backend.parks.values import ApplicationRow, Horizon, Level, NoticeRow, ObjectionRow, ProgrammeKind, Step, StepRow

APPLICATION = """
select id, park_id, item_id, division_path, operator_id, level, horizon, statement, recorded_at, recorded_by
from park_application"""
APPLICATIONS = text(
    f"{APPLICATION} where {NEXT} and (cast(:park_id as uuid) is null or park_id = :park_id)"
    f" and (cast(:item_id as uuid) is null or item_id = :item_id)"
    f" and (cast(:level as text) is null or level = :level) {NEWEST}"
)
APPLICATION_BY_ID = text(f"{APPLICATION} where id = :id")
OF_SUBJECT = text(f"{APPLICATION} where park_id = :id or item_id = :id order by recorded_at, id")

SUBJECT = text("""
select coalesce(p.name, i.name) from park_application a
left join park p on p.id = a.park_id left join park_programme_item i on i.id = a.item_id where a.id = :id""")
OF_PARKS = text(f"{APPLICATION} where park_id = any(cast(:ids as uuid[])) order by recorded_at, id")

STEP = """
select s.id, s.application_id, s.step, s.is_passed, s.happened_on, s.reason, s.evaluation_id, s.document,
    s.document_number, s.document_date, s.recorded_at, s.recorded_by, d.is_confirmed, d.reason as decision,
    d.recorded_at as decided_at, d.recorded_by as decided_by, s.findings
from park_step s left join park_step_decision d on d.step_id = s.id"""
STEPS = text(f"{STEP} where s.application_id = any(cast(:ids as uuid[])) order by s.recorded_at, s.id").columns(
    findings=JSONB
)
STEP_BY_ID = text(f"{STEP} where s.id = :id").columns(findings=JSONB)

NOTICE = """
select n.id, n.application_id, coalesce(p.name, i.name) as subject, i.kind, a.level,
    coalesce(p.division_code, i.division_code) as division_code, n.division_path, n.operator_id, n.opens_on, n.closes_on,
    n.text, n.contact, n.document, n.document_number, n.document_date, n.recorded_at
from park_notice n join park_application a on a.id = n.application_id
left join park p on p.id = a.park_id left join park_programme_item i on i.id = a.item_id"""
NOTICES = text(
    f"select * from ({NOTICE}) each where {NEXT} and (cast(:application_id as uuid) is null"
    f" or application_id = :application_id) and (cast(:on as date) is null or opens_on <= :on) {NEWEST}"
)
NOTICE_BY_ID = text(f"{NOTICE} where n.id = :id")

OBJECTIONS = text("""
select o.id, o.notice_id, o.objector, o.contact, o.text, o.recorded_at, a.answer, a.is_upheld,
    a.recorded_at as answered_at, a.recorded_by as answered_by
from park_objection o left join park_objection_answer a on a.objection_id = o.id
where o.notice_id = any(cast(:ids as uuid[])) or o.id = any(cast(:ids as uuid[]))
order by o.recorded_at, o.id""")


async def applications(
    read: Read, scope: Scope, *, park_id: UUID | None = None, item_id: UUID | None = None, level: Level | None = None,
    after: Moment = None, limit: int = 50,
) -> list[ApplicationRow]:  # fmt: skip
    """Return applications with their steps, the newest first. Two statements. Raises Unauthenticated, Forbidden."""
    scope.require("parks:read")
    given = {
        **asked(after, limit), "park_id": park_id, "item_id": item_id, "level": None if level is None else level.value,
    }  # fmt: skip
    return await _with_steps(read, scope, [_application(row) for row in await read.rows(APPLICATIONS, given)])


async def applications_of(read: Read, scope: Scope, subject_id: UUID) -> list[ApplicationRow]:
    """Return every application of a park or an item with its steps, in their order. Two statements."""
    rows = await read.rows(OF_SUBJECT, {"id": subject_id})
    return await _with_steps(read, scope, [_application(row) for row in rows])


async def applications_by_park(read: Read, scope: Scope, park_ids: list[UUID]) -> list[list[ApplicationRow]]:
    """Return every application of each park with its steps, in their order; for a loader. Two statements."""
    rows = [_application(row) for row in await read.rows(OF_PARKS, {"ids": park_ids})]
    found: defaultdict[UUID | None, list[ApplicationRow]] = defaultdict(list)
    for each in await _with_steps(read, scope, rows):
        found[each.park_id].append(each)
    return [found[one] for one in park_ids]


async def application(read: Read, scope: Scope, application_id: UUID) -> ApplicationRow | None:
    """Return an application with its steps, None when it is not there or not visible."""
    row = await read.row(APPLICATION_BY_ID, {"id": application_id})
    return None if row is None else (await _with_steps(read, scope, [_application(row)]))[0]


async def subject(read: Read, _scope: Scope, application_id: UUID) -> str:
    """Return the name of what an application is of."""
    return str(await read.value(SUBJECT, {"id": application_id}) or "")


async def _with_steps(read: Read, scope: Scope, rows: list[ApplicationRow]) -> list[ApplicationRow]:
    found = await steps(read, scope, [each.id for each in rows])
    return [replace(each, steps=tuple(of)) for each, of in zip(rows, found, strict=True)]


async def steps(read: Read, _scope: Scope, ids: list[UUID]) -> list[list[StepRow]]:
    """Return the steps of each application in the order they were proposed; for a loader."""
    found: defaultdict[UUID, list[StepRow]] = defaultdict(list)
    for row in await read.rows(STEPS, {"ids": ids}) if ids else ():
        found[row.application_id].append(_step(row))
    return [found[one] for one in ids]


async def step(read: Read, _scope: Scope, step_id: UUID) -> StepRow | None:
    """Return a step, None when it is not there or not visible."""
    row = await read.row(STEP_BY_ID, {"id": step_id})
    return None if row is None else _step(row)


async def notices(
    read: Read, scope: Scope, *, application_id: UUID | None = None, on: date | None = None, after: Moment = None,
    limit: int = 50,
) -> list[NoticeRow]:  # fmt: skip
    """Return notices, the newest first; `on` leaves out those that open later. Raises Unauthenticated, Forbidden."""
    scope.require("parks:read")
    given = {**asked(after, limit), "application_id": application_id, "on": on}
    return [_notice(row) for row in await read.rows(NOTICES, given)]


async def notice(read: Read, _scope: Scope, notice_id: UUID) -> NoticeRow | None:
    """Return a notice, None when it is not there or not visible."""
    row = await read.row(NOTICE_BY_ID, {"id": notice_id})
    return None if row is None else _notice(row)


async def objections(read: Read, _scope: Scope, notice_ids: list[UUID]) -> list[list[ObjectionRow]]:
    """Return the objections to each notice, for authorities, in the order they came; for a loader."""
    found: defaultdict[UUID, list[ObjectionRow]] = defaultdict(list)
    for row in await read.rows(OBJECTIONS, {"ids": notice_ids}) if notice_ids else ():
        found[row.notice_id].append(ObjectionRow(*row))
    return [found[one] for one in notice_ids]


async def objection(read: Read, _scope: Scope, objection_id: UUID) -> ObjectionRow | None:
    """Return an objection, None when it is not there or not visible."""
    row = await read.row(OBJECTIONS, {"ids": [objection_id]})
    return None if row is None else ObjectionRow(*row)


def _application(row: Sequence[Any]) -> ApplicationRow:
    own_id, park_id, item_id, path, operator_id, level, horizon, *rest = row
    return ApplicationRow(
        own_id, park_id, item_id, path, operator_id, Level(level), None if horizon is None else Horizon(horizon), *rest
    )


def _step(row: Sequence[Any]) -> StepRow:
    own_id, application_id, name, *rest, findings = row
    return StepRow(own_id, application_id, Step(name), *rest, findings=[told(each) for each in findings])


def _notice(row: Sequence[Any]) -> NoticeRow:
    own_id, application_id, subject, kind, level, *rest = row
    return NoticeRow(
        own_id, application_id, subject, None if kind is None else ProgrammeKind(kind), Level(level), *rest
    )
