"""Reads of reference parameters."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, and_, case, func, literal, or_, select, tuple_
from sqlalchemy.dialects.postgresql import Range

from backend.factors.models import ParameterVersion, ReferenceFile
from backend.factors.values import State, Validity, Version
from backend.kit.db import Read
from backend.kit.scope import Scope

COLUMNS = ParameterVersion.__table__.columns
V = ParameterVersion
LONG_LIST = 200


def version_of(row: Row[Any]) -> Version:
    """Return a stored row as a value."""
    span: Range[date] = row.valid
    return Version(
        id=row.id,
        name=row.name,
        key=row.key,
        region=row.region,
        version=row.version,
        valid=Validity(span.lower, span.upper),
        value=row.value,
        low=row.low,
        high=row.high,
        text_value=row.text_value,
        unit=row.unit,
        label_zh=row.label_zh,
        label_en=row.label_en,
        document=row.document,
        published_on=row.published_on,
        source=row.source,
        confidence=row.confidence,
        note=row.note,
        dataset=row.dataset,
        attributes=row.attributes,
        state=State(row.state),
        supersedes_id=row.supersedes_id,
        recorded_at=row.recorded_at,
        recorded_by=row.recorded_by,
        activated_at=row.activated_at,
        activated_by=row.activated_by,
    )


async def versions_by_id(read: Read, scope: Scope, ids: Sequence[UUID]) -> dict[UUID, Version]:
    """Return the versions with these ids that the caller can see, by id."""
    if not ids:
        return {}
    rows = await read.rows(select(*COLUMNS).where(V.id.in_(ids)))
    return {row.id: version_of(row) for row in rows}


async def version_batch(read: Read, scope: Scope, ids: list[UUID]) -> list[Version | None]:
    """Return the version of each id, None where there is none; for a loader."""
    found = await versions_by_id(read, scope, ids)
    return [found.get(one) for one in ids]


async def known_versions(
    read: Read, scope: Scope, names: Sequence[str] | None, drafts: AbstractSet[UUID]
) -> list[Version]:
    """Return what a book needs: every version that is not rejected, of the named families or of all."""
    wanted = select(*COLUMNS).where(or_(V.state != State.REJECTED.value, V.id.in_(drafts)))
    if names is not None:
        wanted = wanted.where(V.name.in_(names))
    return [version_of(row) for row in await read.rows(wanted)]


async def versions_of(read: Read, scope: Scope, identities: Sequence[tuple[str, str, str]]) -> list[Version]:
    """Return every version, rejected ones too, of the parameters (name, key, region)."""
    if not identities:
        return []
    if len(identities) > LONG_LIST:
        # A long list is cheaper to filter here than to send: the families hold a few hundred rows each.
        names = {name for name, _, _ in identities}
        wanted = set(identities)
        rows = await read.rows(select(*COLUMNS).where(V.name.in_(names)))
        return [version_of(row) for row in rows if (row.name, row.key, row.region) in wanted]
    rows = await read.rows(select(*COLUMNS).where(tuple_(V.name, V.key, V.region).in_(identities)))
    return [version_of(row) for row in rows]


async def history_batch(read: Read, scope: Scope, identities: list[tuple[str, str, str]]) -> list[list[Version]]:
    """Return the versions of each parameter (name, key, region); for a loader."""
    found: dict[tuple[str, str, str], list[Version]] = {}
    for version in await versions_of(read, scope, identities):
        found.setdefault(version.identity, []).append(version)
    return [found.get(identity, []) for identity in identities]


@dataclass(frozen=True, slots=True)
class Filter:
    """Which versions a list shows; None is no condition. `on` asks for validity, `search` for a part of a text."""

    name: str | None = None
    key: str | None = None
    region: str | None = None
    dataset: str | None = None
    state: State | None = None
    on: date | None = None
    search: str | None = None
    is_uncertain: bool | None = None


def _conditions(asked: Filter) -> list[Any]:
    exact: Mapping[Any, str | None] = {
        V.name: asked.name,
        V.key: asked.key,
        V.region: asked.region,
        V.dataset: asked.dataset,
        V.state: asked.state.value if asked.state else None,
    }
    found: list[Any] = [column == value for column, value in exact.items() if value is not None]
    if asked.on is not None:
        found.append(V.valid.contains(asked.on))
    if asked.search:
        escaped = asked.search.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        columns = (V.name, V.key, V.region, V.label_zh, V.label_en, V.document, V.note, V.text_value)
        found.append(or_(*(column.ilike(f"%{escaped}%") for column in columns)))
    if asked.is_uncertain is not None:
        found.append(uncertain() if asked.is_uncertain else ~uncertain())
    return found


def uncertain() -> Any:  # noqa: ANN401 - a SQL condition
    """Return the condition that people must be told a value is not confirmed; `rules.trust` says it for one value."""
    return or_(V.confidence != "verified-by-lookup", V.note.op("~*")("suspect|unusual|typo|not confirmed|存疑|待核"))


async def list_versions(
    read: Read, scope: Scope, asked: Filter, *, limit: int, after: Sequence[Any] | None
) -> list[Version]:
    """Return versions in the order of name, key, region, validity and version, after a key of five."""
    lower = func.coalesce(func.lower(V.valid), literal(date(1, 1, 1)))
    order = (V.name, V.key, V.region, lower, V.version)
    wanted: Select[Any] = select(*COLUMNS).where(*_conditions(asked)).order_by(*order).limit(limit)
    if after is not None:
        name, key, region, start, version = after
        wanted = wanted.where(
            tuple_(*order) > tuple_(literal(name), literal(key), literal(region), literal(start), literal(version))
        )  # fmt: skip
    return [version_of(row) for row in await read.rows(wanted)]


def sort_key(version: Version) -> tuple[str, str, str, str, int]:
    """Return a version's place in `list_versions`."""
    return (
        version.name,
        version.key,
        version.region,
        (version.valid.start or date(1, 1, 1)).isoformat(),
        version.version,
    )


@dataclass(frozen=True, slots=True)
class FamilySummary:
    """What there is of one family in one dataset."""

    dataset: str
    name: str
    parameters: int
    versions: int
    drafts: int
    uncertain: int
    newest_publication: date | None


async def summaries(read: Read, scope: Scope) -> list[FamilySummary]:
    """Return counts for each dataset and family."""
    rows = await read.rows(
        select(
            V.dataset,
            V.name,
            func.count(func.distinct(func.row(V.key, V.region))).label("parameters"),
            func.count().label("versions"),
            func.count().filter(V.state == State.DRAFT.value).label("drafts"),
            func.count().filter(uncertain()).label("uncertain"),
            func.max(V.published_on).label("newest"),
        )
        .where(V.state != State.REJECTED.value)
        .group_by(V.dataset, V.name)
        .order_by(V.dataset, V.name)
    )
    return [FamilySummary(r.dataset, r.name, r.parameters, r.versions, r.drafts, r.uncertain, r.newest) for r in rows]


@dataclass(frozen=True, slots=True)
class DocumentSummary:
    """A source document and how many versions rest on it."""

    document: str
    published_on: date | None
    versions: int
    uncertain: int


async def documents(
    read: Read, scope: Scope, search: str | None, *, limit: int, after: str | None
) -> list[DocumentSummary]:
    """Return the documents in the order of their names, after a name."""
    wanted = (
        select(
            V.document,
            func.min(V.published_on).label("published_on"),
            func.count().label("versions"),
            func.count().filter(uncertain()).label("uncertain"),
        )
        .where(and_(V.document != "", V.state == State.ACTIVE.value))
        .group_by(V.document)
        .order_by(V.document)
        .limit(limit)
    )
    if after is not None:
        wanted = wanted.where(V.document > after)
    if search:
        wanted = wanted.where(V.document.icontains(search, autoescape=True))
    rows = await read.rows(wanted)
    return [DocumentSummary(r.document, r.published_on, r.versions, r.uncertain) for r in rows]


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file that was loaded."""

    sha256: str
    name: str
    row_count: int
    loaded_at: datetime


async def loaded_files(read: Read, scope: Scope) -> list[FileRow]:
    """Return the loaded files, newest first."""
    rows = await read.rows(
        select(ReferenceFile.sha256, ReferenceFile.name, ReferenceFile.row_count, ReferenceFile.loaded_at)
        .order_by(ReferenceFile.loaded_at.desc(), ReferenceFile.name)
    )  # fmt: skip
    return [FileRow(row.sha256, row.name, row.row_count, row.loaded_at) for row in rows]


async def known_hashes(read: Read, scope: Scope) -> frozenset[str]:
    """Return the content hashes of every loaded file."""
    return frozenset(row.sha256 for row in await read.rows(select(ReferenceFile.sha256)))


async def grid_region_of(read: Read, scope: Scope, codes: Sequence[str]) -> str:
    """Return the grid region of the first code that has one (a city's before its province's), else empty."""
    rank = case({code: number for number, code in enumerate(codes)}, value=V.region)
    found = await read.value(
        select(V.text_value)
        .where(V.name == "grid.region", V.state == State.ACTIVE.value, V.region.in_(codes))
        .order_by(rank, V.version.desc())
        .limit(1)
    )
    return found or ""
