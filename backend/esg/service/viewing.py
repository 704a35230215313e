"""A disclosure as it stands: what fills its points, what changed since, what it lacks, beside the prior year."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from backend.esg import queries, rules
from backend.esg.errors import DisclosureNotYours, PublicationNotFound
from backend.esg.service.common import Key, visible
from backend.esg.service.furnishing import library
from backend.esg.service.gathering import gather
from backend.esg.values import (
    Comparative,
    DisclosureValue,
    DisclosureView,
    EntryValue,
    Library,
    MatrixCell,
    Prefill,
    PublicationValue,
    TaskValue,
)
from backend.kit.clock import today
from backend.kit.db import Read
from backend.kit.scope import Kind, Scope

WORKS_ON_DRAFTS = frozenset({Kind.SYSTEM, Kind.ENTERPRISE, Kind.VERIFIER})
"""An authority reads what is published, and where the rest stands."""

MOST_TASKS = 10_000
"""Points of an account's disclosures on their way; a disclosure has some two hundred."""


@dataclass(frozen=True, slots=True)
class Worked:
    """A disclosure's view with the library it was put together from."""

    view: DisclosureView
    library: Library
    cells: Mapping[int, MatrixCell]


async def view(read: Read, scope: Scope, key: Key) -> DisclosureView:
    """Return a disclosure with everything below it; the number of statements does not grow with it.

    Raises:
        Unauthenticated, Forbidden: without `esg:read`.
        DisclosureNotFound: not there, or not visible.
        DisclosureNotYours: an authority, which reads what is published.
    """
    scope.require("esg:read")
    return (await worked(read, scope, await visible(read, scope, key))).view


async def worked(read: Read, scope: Scope, one: DisclosureValue) -> Worked:
    """Return a disclosure with everything below it, and what it was put together from."""
    if scope.kind not in WORKS_ON_DRAFTS:
        raise DisclosureNotYours
    key = (one.account_id, one.id)
    books = await library(read, scope, one.standards, one.reference_versions)
    profile = (await queries.profiles(read, scope, [one.account_id])).get(one.account_id)
    applicability = [rules.applicability(each, profile, one.year) for each in books.standards.values()]
    cells = rules.matrix(books, await queries.assessments(read, scope, key), one.threshold)
    entries = (await queries.entries(read, scope, [key])).get(key, [])
    assignments = (await queries.assignments(read, scope, [key])).get(key, [])
    published = await queries.publications_of(read, scope, one.account_id, [one.year - 1, one.year])
    facts = await gather(read, scope, one.account_id, [one.year - 1, one.year])
    points = rules.points(
        books,
        rules.by_standard(applicability),
        cells,
        rules.Said(entries, assignments),
        prefills(books, facts[one.year]),
        _comparatives(one.year - 1, published[one.year - 1], prefills(books, facts[one.year - 1])),
    )
    mine = published[one.year]
    signed = await queries.assurances(read, scope, [(each.account_id, each.id) for each in mine]) if mine else {}
    return Worked(
        DisclosureView(
            disclosure=one,
            profile=profile,
            applicability=tuple(applicability),
            matrix=tuple(cells.values()),
            points=tuple(points),
            gaps=tuple(rules.gaps(books, one.state, applicability, cells, points)),
            steps=tuple(await queries.steps(read, scope, key)),
            publications=tuple(mine),
            assurances=tuple(each for found in signed.values() for each in found),
        ),
        books,
        cells,
    )


def prefills(books: Library, facts: rules.Facts) -> dict[str, Prefill]:
    """Return what the account says of every metric that has a rule."""
    return {code: rules.prefill(each, facts) for code, each in books.metrics.items() if each.rule is not None}


def _comparatives(
    year: int, published: list[PublicationValue], current: Mapping[str, Prefill]
) -> dict[str, Comparative]:
    """Return the prior year's figures: as the newest publication has them, and as the account says them now."""
    newest = published[-1] if published else None
    told = {} if newest is None else rules.published_values(newest.content)
    found: dict[str, Comparative] = {}
    for point in {*told, *(code for code, each in current.items() if each.value is not None)}:
        was = told.get(point)
        is_ = current.get(point)
        value = None if is_ is None else is_.value
        unit = was[1] if was is not None else "" if is_ is None else is_.unit
        found[point] = Comparative(
            year=year, published=None if was is None else was[0], current=value, unit=unit,
            publication_id=None if was is None or newest is None else newest.id,
            is_restated=was is not None and value is not None and (was[0] != value or (is_ is not None and is_.unit != unit)),
        )  # fmt: skip
    return found


async def history(read: Read, scope: Scope, key: Key, point: str) -> list[EntryValue]:
    """Return everything said of a point, oldest first.

    Raises:
        Unauthenticated, Forbidden: without `esg:read`.
        DisclosureNotFound: not there, or not visible.
    """
    scope.require("esg:read")
    await visible(read, scope, key)
    return await queries.history(read, scope, key, point)


async def publication(read: Read, scope: Scope, key: Key) -> PublicationValue:
    """Return a published disclosure.

    Raises:
        Unauthenticated, Forbidden: without `esg:read`.
        PublicationNotFound: not there, or not visible.
    """
    scope.require("esg:read")
    found = (await queries.publications_by_id(read, scope, [key]))[0]
    if found is None:
        raise PublicationNotFound
    return found


async def tasks(
    read: Read,
    scope: Scope,
    *,
    account_id: UUID | None = None,
    owner_id: UUID | None = None,
    is_overdue: bool = False,
    after: tuple[date, UUID] | None = None,
    limit: int,
) -> list[tuple[TaskValue, UUID]]:
    """Return who answers for what in disclosures on their way, by due date, each with its place in the list.

    `is_overdue` keeps what is late and not answered.

    Raises:
        Unauthenticated, Forbidden: without `esg:read`.
    """
    scope.require("esg:read")
    day = today()
    rows = await queries.tasks(
        read, scope, account_id=account_id, owner_id=owner_id, before=day if is_overdue else None, is_open=is_overdue,
        after=after, limit=limit,
    )  # fmt: skip
    return [(_task(each, day), each.id) for each in rows]


async def tasks_of(read: Read, scope: Scope, key: Key) -> dict[str, TaskValue]:
    """Return who answers for what in one disclosure on its way, by point."""
    rows = await queries.tasks(
        read, scope, account_id=key[0], owner_id=None, before=None, is_open=False, after=None, limit=MOST_TASKS
    )
    day = today()
    return {each.point: _task(each, day) for each in rows if each.disclosure_id == key[1]}


def _task(row: queries.TaskRow, day: date) -> TaskValue:
    return TaskValue(
        row.account_id, row.disclosure_id, row.year, row.point, row.owner_id, row.due_on, is_answered=row.is_answered,
        is_overdue=rules.overdue(row.due_on, day, is_answered=row.is_answered),
    )  # fmt: skip
