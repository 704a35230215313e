"""Reads of disclosure. Row-level security decides which rows a caller sees; every list is one statement."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Select, select, text, tuple_
from sqlalchemy.dialects.postgresql import distinct_on

from backend.esg.models import (
    EsgAssessment,
    EsgAssignment,
    EsgAssurance,
    EsgDisclosure,
    EsgEntry,
    EsgProfile,
    EsgPublication,
    EsgReference,
    EsgStep,
)
from backend.esg.values import (
    AssessmentValue,
    AssignmentValue,
    AssuranceLevel,
    AssuranceValue,
    DisclosureValue,
    EntryKind,
    EntryValue,
    Exchange,
    Index,
    ProfileValue,
    PublicationValue,
    State,
    Step,
    StepValue,
)
from backend.kit.db import Read
from backend.kit.orm import Base
from backend.kit.scope import Scope

Key = tuple[UUID, UUID]
"""(account, own)."""
V = TypeVar("V")
After = tuple[int, datetime, UUID]
"""Year, moment and id of the last one seen."""


@dataclass(frozen=True, slots=True)
class ReferenceRow:
    """A loaded reference file without its content."""

    kind: str
    code: str
    version: str
    sha256: str


def of(table: type[Base], value: type[Any]) -> list[Any]:
    """Return a table's columns in the order of a value's fields."""
    return [table.__table__.columns[each.name] for each in fields(value)]


PROFILE = select(*of(EsgProfile, ProfileValue))
DISCLOSURE = select(*of(EsgDisclosure, DisclosureValue))
ENTRY = select(*of(EsgEntry, EntryValue))
ASSIGNMENT = select(*of(EsgAssignment, AssignmentValue))
ASSESSMENT = select(*of(EsgAssessment, AssessmentValue))
STEP = select(*of(EsgStep, StepValue))
PUBLICATION = select(*of(EsgPublication, PublicationValue))
ASSURANCE = select(*of(EsgAssurance, AssuranceValue))


def made(kind: type[V], row: Any, /, **changed: Any) -> V:  # noqa: ANN401 - a row, and what is read differently
    """Return a row as a value."""
    given: dict[str, Any] = {**row._mapping, **changed}  # noqa: SLF001 - SQLAlchemy's public name of a row's mapping
    return kind(**given)


def disclosure_of(row: Any) -> DisclosureValue:  # noqa: ANN401 - a row
    """Return a row as a value."""
    return made(DisclosureValue, row, state=State(row.state))


def profile_of(row: Any) -> ProfileValue:  # noqa: ANN401 - a row
    """Return a row as a value."""
    return made(
        ProfileValue, row, exchange=Exchange(row.exchange) if row.exchange else None,
        indices=None if row.indices is None else tuple(Index(each) for each in row.indices),
    )  # fmt: skip


def assurance_of(row: Any) -> AssuranceValue:  # noqa: ANN401 - a row
    """Return a row as a value."""
    return made(AssuranceValue, row, level=AssuranceLevel(row.level), evidence_ids=tuple(row.evidence_ids))


def entry_of(row: Any) -> EntryValue:  # noqa: ANN401 - a row
    """Return a row as a value."""
    return made(EntryValue, row, kind=EntryKind(row.kind), evidence_ids=tuple(row.evidence_ids))


async def references(read: Read, _scope: Scope) -> list[ReferenceRow]:
    """Return the loaded reference files, without their contents."""
    rows = await read.rows(
        select(EsgReference.kind, EsgReference.code, EsgReference.version, EsgReference.sha256).order_by(
            EsgReference.kind, EsgReference.code, EsgReference.version
        )
    )
    return [ReferenceRow(*row) for row in rows]


async def contents(read: Read, _scope: Scope, wanted: Sequence[ReferenceRow]) -> dict[str, str]:
    """Return the contents of reference files by their hash."""
    key = tuple_(EsgReference.kind, EsgReference.code, EsgReference.version)
    rows = await read.rows(
        select(EsgReference.sha256, EsgReference.content).where(
            key.in_([(each.kind, each.code, each.version) for each in wanted])
        )
    )
    return {row.sha256: row.content for row in rows}


async def profiles(
    read: Read, _scope: Scope, account_ids: Sequence[UUID], as_of: datetime | None = None
) -> dict[UUID, ProfileValue]:
    """Return the profile of each account that counted at a moment (None: now); accounts without are left out."""
    statement = PROFILE.where(EsgProfile.account_id.in_(account_ids))
    if as_of is not None:
        statement = statement.where(EsgProfile.recorded_at <= as_of)
    newest = statement.ext(distinct_on(EsgProfile.account_id)).order_by(
        EsgProfile.account_id, EsgProfile.recorded_at.desc(), EsgProfile.id.desc()
    )
    return {row.account_id: profile_of(row) for row in await read.rows(newest)}


async def disclosures_by_id(read: Read, _scope: Scope, keys: Sequence[Key]) -> list[DisclosureValue | None]:
    """Return disclosures in the order of the keys; for a loader."""
    rows = await read.rows(DISCLOSURE.where(tuple_(EsgDisclosure.account_id, EsgDisclosure.id).in_(keys)))
    found = {(row.account_id, row.id): disclosure_of(row) for row in rows}
    return [found.get(key) for key in keys]


async def disclosures(
    read: Read, _scope: Scope, *, account_id: UUID | None, year: int | None, after: After | None, limit: int
) -> list[DisclosureValue]:
    """Return disclosures, the newest year first, within it the newest opened."""
    place = tuple_(EsgDisclosure.year, EsgDisclosure.opened_at, EsgDisclosure.id)
    statement = DISCLOSURE.order_by(
        EsgDisclosure.year.desc(), EsgDisclosure.opened_at.desc(), EsgDisclosure.id.desc()
    ).limit(limit)
    if account_id is not None:
        statement = statement.where(EsgDisclosure.account_id == account_id)
    if year is not None:
        statement = statement.where(EsgDisclosure.year == year)
    if after is not None:
        statement = statement.where(place < after)
    return [disclosure_of(row) for row in await read.rows(statement)]


async def of_year(read: Read, _scope: Scope, account_id: UUID, year: int) -> list[DisclosureValue]:
    """Return the versions of an account's disclosure for a year, oldest first."""
    rows = await read.rows(
        DISCLOSURE.where(EsgDisclosure.account_id == account_id, EsgDisclosure.year == year).order_by(
            EsgDisclosure.version
        )
    )
    return [disclosure_of(row) for row in rows]


def _said(statement: Select[*tuple[Any, ...]], table: Any, keys: Sequence[Key]) -> Select[*tuple[Any, ...]]:  # noqa: ANN401 - a table below a disclosure
    return statement.where(tuple_(table.account_id, table.disclosure_id).in_(keys)).order_by(
        table.recorded_at, table.id
    )


async def entries(read: Read, _scope: Scope, keys: Sequence[Key]) -> dict[Key, list[EntryValue]]:
    """Return the entries that count of each disclosure: the newest prefill and the owner's newest word of each point."""
    is_prefill = EsgEntry.kind == EntryKind.PREFILL.value
    place = (EsgEntry.account_id, EsgEntry.disclosure_id, EsgEntry.point, is_prefill)
    newest = (
        ENTRY.where(tuple_(EsgEntry.account_id, EsgEntry.disclosure_id).in_(keys))
        .ext(distinct_on(*place))
        .order_by(*place, EsgEntry.recorded_at.desc(), EsgEntry.id.desc())
    )
    found: dict[Key, list[EntryValue]] = defaultdict(list)
    for row in await read.rows(newest):
        found[row.account_id, row.disclosure_id].append(entry_of(row))
    return found


async def history(read: Read, _scope: Scope, key: Key, point: str) -> list[EntryValue]:
    """Return everything said of a point, oldest first."""
    rows = await read.rows(_said(ENTRY, EsgEntry, [key]).where(EsgEntry.point == point))
    return [entry_of(row) for row in rows]


async def writers(read: Read, _scope: Scope, key: Key) -> set[UUID | None]:
    """Return everybody who filled, judged, submitted or opened a disclosure."""
    account_id, disclosure_id = key
    found = await read.rows(WRITERS, {"account_id": account_id, "disclosure_id": disclosure_id})
    return {row.recorded_by for row in found}


WRITERS = text("""
select recorded_by from esg_entry where account_id = :account_id and disclosure_id = :disclosure_id
union
select recorded_by from esg_assessment where account_id = :account_id and disclosure_id = :disclosure_id
union
select recorded_by from esg_step
where account_id = :account_id and disclosure_id = :disclosure_id and step in ('open', 'submit', 'correct')""")


async def changed_since(read: Read, _scope: Scope, key: Key, moment: datetime) -> set[str]:
    """Return the points of a disclosure of which something else is said than at a moment; `""` stands for judged topics.

    What was said once more in the same words, on the same evidence, is no change.
    """
    asked = {"account_id": key[0], "disclosure_id": key[1], "moment": moment}
    return {row.point for row in await read.rows(CHANGED_SINCE, asked)}


CHANGED_SINCE = text("""
with said as (
    select point, kind = 'prefill' as is_prefill, recorded_at, id,
        (kind, value, unit, text_zh, text_en, reason, evidence_ids, cast(sources as text)) as told
    from esg_entry where account_id = :account_id and disclosure_id = :disclosure_id
), judged as (
    select topic, recorded_at, id, (impact, financial, impact_reason, financial_reason) as told
    from esg_assessment where account_id = :account_id and disclosure_id = :disclosure_id
)
select n.point
from (
    select distinct on (point, is_prefill) * from said order by point, is_prefill, recorded_at desc, id desc
) n
left join (
    select distinct on (point, is_prefill) * from said where recorded_at <= :moment
    order by point, is_prefill, recorded_at desc, id desc
) t on t.point = n.point and t.is_prefill = n.is_prefill
where n.recorded_at > :moment and (t.id is null or n.told is distinct from t.told)
union
select ''
from (select distinct on (topic) * from judged order by topic, recorded_at desc, id desc) n
left join (
    select distinct on (topic) * from judged where recorded_at <= :moment order by topic, recorded_at desc, id desc
) t on t.topic = n.topic
where n.recorded_at > :moment and (t.id is null or n.told is distinct from t.told)""")


async def assignments(read: Read, _scope: Scope, keys: Sequence[Key]) -> dict[Key, list[AssignmentValue]]:
    """Return who answers for the points of each disclosure, oldest first."""
    found: dict[Key, list[AssignmentValue]] = defaultdict(list)
    for row in await read.rows(_said(ASSIGNMENT, EsgAssignment, keys)):
        found[row.account_id, row.disclosure_id].append(made(AssignmentValue, row))
    return found


async def assessments(read: Read, _scope: Scope, key: Key) -> list[AssessmentValue]:
    """Return how topics were judged for a disclosure, oldest first."""
    return [made(AssessmentValue, row) for row in await read.rows(_said(ASSESSMENT, EsgAssessment, [key]))]


async def steps(read: Read, _scope: Scope, key: Key) -> list[StepValue]:
    """Return what moved a disclosure on, oldest first."""
    return [made(StepValue, row, step=Step(row.step)) for row in await read.rows(_said(STEP, EsgStep, [key]))]


async def publications_by_id(read: Read, _scope: Scope, keys: Sequence[Key]) -> list[PublicationValue | None]:
    """Return publications in the order of the keys; for a loader."""
    rows = await read.rows(PUBLICATION.where(tuple_(EsgPublication.account_id, EsgPublication.id).in_(keys)))
    found = {(row.account_id, row.id): made(PublicationValue, row) for row in rows}
    return [found.get(key) for key in keys]


async def publications(
    read: Read, _scope: Scope, *, account_id: UUID | None, year: int | None, after: After | None, limit: int
) -> list[PublicationValue]:
    """Return publications, the newest year first, within it the newest."""
    place = tuple_(EsgPublication.year, EsgPublication.published_at, EsgPublication.id)
    statement = PUBLICATION.order_by(
        EsgPublication.year.desc(), EsgPublication.published_at.desc(), EsgPublication.id.desc()
    ).limit(limit)
    if account_id is not None:
        statement = statement.where(EsgPublication.account_id == account_id)
    if year is not None:
        statement = statement.where(EsgPublication.year == year)
    if after is not None:
        statement = statement.where(place < after)
    return [made(PublicationValue, row) for row in await read.rows(statement)]


async def publications_of(
    read: Read, _scope: Scope, account_id: UUID, years: Sequence[int]
) -> dict[int, list[PublicationValue]]:
    """Return an account's publications of some years, oldest first."""
    found: dict[int, list[PublicationValue]] = {year: [] for year in years}
    rows = await read.rows(
        PUBLICATION.where(EsgPublication.account_id == account_id, EsgPublication.year.in_(years)).order_by(
            EsgPublication.year, EsgPublication.version
        )
    )
    for row in rows:
        found[row.year].append(made(PublicationValue, row))
    return found


@dataclass(frozen=True, slots=True)
class Published:
    """That an account's year was published, for which standards, when."""

    account_id: UUID
    year: int
    standards: Mapping[str, str]
    published_at: datetime


async def published(read: Read, _scope: Scope, account_ids: Sequence[UUID], years: Sequence[int]) -> list[Published]:
    """Return what many accounts published for some years, without the texts."""
    rows = await read.rows(
        select(
            EsgPublication.account_id, EsgPublication.year, EsgPublication.standards, EsgPublication.published_at
        ).where(EsgPublication.account_id.in_(account_ids), EsgPublication.year.in_(years))
    )  # fmt: skip
    return [Published(*row) for row in rows]


async def assurances(read: Read, _scope: Scope, keys: Sequence[Key]) -> dict[Key, list[AssuranceValue]]:
    """Return the statements on each publication, oldest first."""
    found: dict[Key, list[AssuranceValue]] = {key: [] for key in keys}
    rows = await read.rows(
        ASSURANCE.where(tuple_(EsgAssurance.account_id, EsgAssurance.publication_id).in_(keys)).order_by(
            EsgAssurance.signed_at, EsgAssurance.id
        )
    )
    for row in rows:
        found[row.account_id, row.publication_id].append(assurance_of(row))
    return found


async def assurances_by_id(read: Read, _scope: Scope, keys: Sequence[Key]) -> list[AssuranceValue | None]:
    """Return statements in the order of the keys; for a loader."""
    rows = await read.rows(ASSURANCE.where(tuple_(EsgAssurance.account_id, EsgAssurance.id).in_(keys)))
    found = {(row.account_id, row.id): assurance_of(row) for row in rows}
    return [found.get(key) for key in keys]


TASKS = text("""
select a.account_id, a.disclosure_id, d.year, a.point, a.owner_id, a.due_on, a.id, f.is_answered
from esg_disclosure d
join lateral (
    select distinct on (n.point) n.account_id, n.disclosure_id, n.point, n.owner_id, n.due_on, n.id
    from esg_assignment n where n.account_id = d.account_id and n.disclosure_id = d.id
    order by n.point, n.recorded_at desc, n.id desc
) a on true
join lateral (
    select coalesce(bool_or(w.kind <> 'withdrawal' and (w.kind <> 'prefill' or w.value is not null or w.text_zh <> '')),
        false) as is_answered
    from (
        select distinct on (e.kind = 'prefill') e.kind, e.value, e.text_zh
        from esg_entry e
        where e.account_id = a.account_id and e.disclosure_id = a.disclosure_id and e.point = a.point
        order by e.kind = 'prefill', e.recorded_at desc, e.id desc
    ) w
) f on true
where d.state <> 'published'
    and (cast(:account_id as uuid) is null or d.account_id = :account_id)
    and (cast(:owner_id as uuid) is null or a.owner_id = :owner_id)
    and (cast(:before as date) is null or a.due_on < :before)
    and (cast(:after_on as date) is null or (a.due_on, a.id) > (cast(:after_on as date), cast(:after_id as uuid)))
    and (not :is_open or not f.is_answered)
order by a.due_on, a.id
limit :limit""")


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A point somebody answers for in a disclosure on its way."""

    account_id: UUID
    disclosure_id: UUID
    year: int
    point: str
    owner_id: UUID
    due_on: date
    id: UUID
    is_answered: bool


async def tasks(
    read: Read, _scope: Scope, *, account_id: UUID | None, owner_id: UUID | None, before: date | None, is_open: bool,
    after: tuple[date, UUID] | None, limit: int,
) -> list[TaskRow]:  # fmt: skip
    """Return assignments of disclosures on their way by due date; `before` keeps those due before a day.

    `is_open` leaves out what is answered already.
    """
    after_on, after_id = after or (None, None)
    asked = {
        "account_id": account_id, "owner_id": owner_id, "before": before, "is_open": is_open, "after_on": after_on,
        "after_id": after_id, "limit": limit,
    }  # fmt: skip
    return [TaskRow(*row) for row in await read.rows(TASKS, asked)]
