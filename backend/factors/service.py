"""Commands on reference parameters, and the look-up other nouns ask for. Nothing is ever overwritten.

A version is a row for good. A correction or a newer figure is another row that names what it supersedes; only
its state changes, once, from draft to active or rejected. Commands that write versions queue behind one
another in a tenant, because a version's number depends on the versions before it.
"""

import csv
import json
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import insert, text, update

from backend.factors import formats, planning, queries, rules
from backend.factors.errors import (
    ParameterFileInvalid,
    ParameterFileTooLong,
    ParameterInvalid,
    ParameterNotDraft,
    ParameterNotFound,
    ParameterOutdated,
    ParameterOwnProposal,
    ParameterUnchanged,
)
from backend.factors.layouts import Defaults
from backend.factors.models import ParameterVersion, ReferenceFile
from backend.factors.rules import Book
from backend.factors.shipped import REFERENCE, defaults_for, sha256, shipped_files
from backend.factors.values import (
    Change,
    Choice,
    Entry,
    LoadReport,
    Missing,
    ReferenceReport,
    State,
    Version,
    by_identity,
)
from backend.kit.clock import now
from backend.kit.db import Read, Write
from backend.kit.scope import Scope
from backend.tenants import service as tenants

MOST_ROWS = 20_000
"""Rows of one file."""

# One writer of versions at a time in a database: the number of a version depends on those before it.
LOCK = text("select pg_advisory_xact_lock(hashtext('parameter_version'))")

# One statement whatever the number of rows: the rows travel as one JSON text, decimals as strings.
INSERT = text("""
    insert into parameter_version (
        id, name, key, region, version, valid, value, low, high, text_value, unit, label_zh, label_en, document,
        published_on, source, confidence, note, dataset, attributes, state, supersedes_id, recorded_at, recorded_by,
        activated_at, activated_by)
    select * from jsonb_to_recordset(cast(:rows as jsonb)) as row (
        id uuid, name text, key text, region text, version bigint, valid daterange, value numeric, low numeric,
        high numeric, text_value text, unit text, label_zh text, label_en text, document text, published_on date,
        source text, confidence text, note text, dataset text, attributes jsonb, state text, supersedes_id uuid,
        recorded_at timestamptz, recorded_by uuid, activated_at timestamptz, activated_by uuid)
""")

__all__ = [
    "Book", "Choice", "Missing", "activate", "book", "grid_region_of", "load_file", "load_reference", "parameter",
    "parameters_by_id", "propose", "propose_file", "reject", "shipped_rows",
]  # fmt: skip


async def book(
    read: Read,
    scope: Scope,
    *,
    published_by: date,
    known_at: datetime | None = None,
    with_draft: AbstractSet[UUID] | None = None,
    names: Sequence[str] | None = None,
) -> Book:
    """Return the look-up over everything known at an instant; `with_draft` are drafts to treat as active.

    One statement. `names` limits it to some families.
    """
    drafts = frozenset(with_draft or ())
    versions = await queries.known_versions(read, scope, names, drafts)
    return Book(versions, published_by=published_by, known_at=known_at or now(), as_active=drafts)


def shipped_rows(file_name: str) -> list[dict[str, str]]:
    """Return the lines of a shipped reference file by its titles, for a rule that has no database at hand."""
    with (REFERENCE / file_name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


async def parameters_by_id(read: Read, scope: Scope, ids: Sequence[UUID]) -> dict[UUID, Version]:
    """Return versions by id: what a stored inventory line names."""
    return await queries.versions_by_id(read, scope, ids)


async def parameter(read: Read, scope: Scope, version_id: UUID) -> Version:
    """Return one version.

    Raises:
        ParameterNotFound: none with this id is visible.
    """
    found = await queries.versions_by_id(read, scope, [version_id])
    if version_id not in found:
        raise ParameterNotFound(id=str(version_id))
    return found[version_id]


async def grid_region_of(read: Read, scope: Scope, division_code: str) -> str:
    """Return the grid region (`华东`) of a division: its city's where that differs from the province's."""
    return await queries.grid_region_of(
        read, scope, [division_code, division_code[:4] + "00", division_code[:2] + "0000"]
    )


async def load_reference(write: Write, scope: Scope, *, is_dry: bool = False) -> ReferenceReport:
    """Load every shipped reference file; a file loaded before costs nothing.

    What an upgrade of the product would change in a jurisdiction that has its parameters already waits as a draft:
    its effect can be seen before it is activated. New parameters count at once, nothing can rest on them yet.

    Raises:
        Unauthenticated, Forbidden: without `factors:activate`.
        ParameterFileInvalid: a shipped file is damaged.
    """
    scope.require("factors:activate")
    contents = [(each, _content(each.path)) for each in shipped_files()]
    known = await queries.known_hashes(write, scope)
    reports: list[LoadReport] = []
    for each, content in contents:
        digest = sha256(content)
        if digest in known:
            reports.append(_known(each.name, digest, each.defaults.dataset))
        else:
            reports.append(
                await _load(
                    write, scope, each.name, content, each.defaults, as_draft=False, is_dry=is_dry, is_upgrade=True
                )
            )
    return ReferenceReport(tuple(reports))


async def load_file(
    write: Write,
    scope: Scope,
    path_or_content: Path | bytes,
    *,
    name: str | None = None,
    as_draft: bool = False,
    is_dry: bool = False,
) -> LoadReport:
    """Load one file of parameters; the same content again does nothing.

    New and changed values become new versions, active at once unless `as_draft`. A value that would override a
    version a person entered here is kept as a draft in either case: the jurisdiction decides. A dry run checks and
    reports everything and stores nothing.

    Raises:
        Unauthenticated, Forbidden: without `factors:activate` (`factors:propose` for drafts).
        ParameterFileTooLong: more than 20,000 rows.
        ParameterFileInvalid: every fault with line, column and remedy; nothing is stored.
    """
    scope.require("factors:propose" if as_draft else "factors:activate")
    content = path_or_content if isinstance(path_or_content, bytes) else _content(path_or_content)
    known_as = name or (path_or_content.name if isinstance(path_or_content, Path) else "parameters.csv")
    digest = sha256(content)
    defaults = defaults_for(known_as)
    if not as_draft and digest in await queries.known_hashes(write, scope):
        return _known(known_as, digest, defaults.dataset)
    return await _load(write, scope, known_as, content, defaults, as_draft=as_draft, is_dry=is_dry)


async def propose_file(write: Write, scope: Scope, *, name: str, content: bytes, is_dry: bool = False) -> LoadReport:
    """Propose the values of a file as drafts.

    Raises:
        Unauthenticated, Forbidden: without `factors:propose`.
        ParameterFileTooLong: more than 20,000 rows.
        ParameterFileInvalid: every fault with line, column and remedy; nothing is stored.
    """
    return await load_file(write, scope, content, name=name, as_draft=True, is_dry=is_dry)


async def propose(write: Write, scope: Scope, entry: Entry) -> Version:
    """Propose one value as a draft.

    Raises:
        Unauthenticated, Forbidden: without `factors:propose`.
        ParameterInvalid: a field is empty or impossible.
        ParameterUnchanged: the newest version says the same.
    """
    scope.require("factors:propose")
    planning.check(entry)
    await write.run(LOCK)
    known = await queries.versions_of(write, scope, [entry.identity])
    if not entry.dataset:
        newest = max((each for each in known if each.state is not State.REJECTED), key=lambda each: each.recorded_at, default=None)  # fmt: skip
        entry = replace(entry, dataset=newest.dataset if newest else "tenant")
    planned = planning.plan(scope, [entry], known, as_draft=True)
    if not planned:
        raise ParameterUnchanged(name=entry.name, key=entry.key)
    await _store(write, planned)
    version = planned[0]
    write.audit("factors:propose", object_type="parameter", object_id=version.id, **rules.facts(version))
    return version


async def activate(write: Write, scope: Scope, ids: Sequence[UUID], *, reason: str = "") -> list[Version]:
    """Make drafts count from now on.

    Raises:
        Unauthenticated, Forbidden: without `factors:activate`.
        ParameterNotFound: one of the ids is not visible.
        ParameterNotDraft: one is active or rejected already.
        ParameterOwnProposal: the caller proposed one, and duties are separated here.
        ParameterOutdated: a version proposed later counts already.
    """
    scope.require("factors:activate")
    found = await _drafts(write, scope, ids)
    if scope.actor_id is not None and await tenants.is_duty_separated(write, scope):
        for version in found:
            if version.recorded_by == scope.actor_id:
                raise ParameterOwnProposal(name=version.name, key=version.key)
    known = by_identity(await queries.versions_of(write, scope, list({version.identity for version in found})))
    for version in found:
        if rules.is_outdated(version, known.get(version.identity, ())):
            raise ParameterOutdated(name=version.name, key=version.key)
    return await _decide(write, scope, found, State.ACTIVE, "factors:activate", reason)


async def reject(write: Write, scope: Scope, ids: Sequence[UUID], *, reason: str) -> list[Version]:
    """Turn drafts down for good; the rows stay. A proposer may withdraw the own proposal this way.

    Raises:
        Unauthenticated, Forbidden: without `factors:activate`, unless all are the caller's own proposals.
        ParameterNotFound: one of the ids is not visible.
        ParameterNotDraft: one is active or rejected already.
        ParameterInvalid: no reason was given.
    """
    scope.require("factors:propose")
    found = await _drafts(write, scope, ids)
    if scope.actor_id is None or any(version.recorded_by != scope.actor_id for version in found):
        scope.require("factors:activate")
    if not reason.strip():
        raise ParameterInvalid(field="reason", reason_en="say why.", reason_zh="请填写理由。", path=("input", "reason"))
    return await _decide(write, scope, found, State.REJECTED, "factors:reject", reason)


def _content(path: Path) -> bytes:
    """Read a small file at once: a file of parameters is a few hundred kilobytes."""
    return path.read_bytes()


def _known(name: str, digest: str, dataset: str) -> LoadReport:
    return LoadReport(name, digest, dataset, 0, 0, 0, 0, 0, was_known=True)


async def _load(
    write: Write,
    scope: Scope,
    name: str,
    content: bytes,
    defaults: Defaults,
    *,
    as_draft: bool,
    is_dry: bool,
    is_upgrade: bool = False,
) -> LoadReport:
    parsed = formats.parse(content, defaults, MOST_ROWS)
    if parsed is None:
        raise ParameterFileTooLong(file=name, limit=MOST_ROWS)
    if isinstance(parsed, list):
        raise ParameterFileInvalid(name, parsed)
    await write.run(LOCK)
    known = await queries.versions_of(write, scope, list({entry.identity for entry in parsed.entries}))
    planned = planning.plan(scope, parsed.entries, known, as_draft=as_draft, is_upgrade=is_upgrade)
    stored = by_identity([*known, *planned])
    changes = tuple(Change(each, rules.previous(each, stored[each.identity])) for each in planned)
    changed = sum(change.version.supersedes_id is not None for change in changes)
    report = LoadReport(
        file=name,
        sha256=sha256(content),
        dataset=defaults.dataset,
        rows=parsed.rows,
        parameters=len(parsed.entries),
        added=len(planned) - changed,
        changed=changed,
        unchanged=len(parsed.entries) - len(planned),
        held=sum(version.state is State.DRAFT for version in planned),
        changes=changes,
        is_dry=is_dry,
    )
    if not is_dry:
        await _store(write, planned)
        await _record(write, scope, report, as_draft=as_draft)
    return report


async def _record(write: Write, scope: Scope, report: LoadReport, *, as_draft: bool) -> None:
    """Remember the file, unless its values still wait for a decision, and leave the audit event."""
    if not as_draft:
        await write.run(
            insert(ReferenceFile).values(
                sha256=report.sha256,
                name=report.file,
                row_count=report.rows,
                loaded_at=now(),
                loaded_by=scope.actor_id,
            )
        )
    write.audit(
        "factors:propose" if as_draft else "factors:load",
        object_type="parameter_file",
        object_id=report.sha256,
        file=report.file,
        rows=report.rows,
        added=report.added,
        changed=report.changed,
        unchanged=report.unchanged,
        held=report.held,
    )


async def _store(write: Write, versions: Sequence[Version]) -> None:
    if versions:
        rows = [_row(version) for version in versions]
        await write.run(INSERT, {"rows": json.dumps(rows, default=_plain, ensure_ascii=False)})


def _row(version: Version) -> dict[str, Any]:
    return {column: getattr(version, column) for column in ParameterVersion.__table__.columns.keys()}  # noqa: SIM118 - a column collection


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


async def _drafts(write: Write, scope: Scope, ids: Sequence[UUID]) -> list[Version]:
    await write.run(LOCK)
    found = await queries.versions_by_id(write, scope, ids)
    versions: list[Version] = []
    for one in dict.fromkeys(ids):
        if one not in found:
            raise ParameterNotFound(id=str(one))
        version = found[one]
        if version.state is not State.DRAFT:
            raise ParameterNotDraft(name=version.name, key=version.key, state=version.state.value)
        versions.append(version)
    return versions


async def _decide(
    write: Write, scope: Scope, versions: Sequence[Version], state: State, action: str, reason: str
) -> list[Version]:
    at = now()
    is_active = state is State.ACTIVE
    await write.run(
        update(ParameterVersion)
        .where(ParameterVersion.id.in_([version.id for version in versions]))
        .values(
            state=state.value,
            activated_at=at if is_active else None,
            activated_by=scope.actor_id if is_active else None,
        )
    )
    for version in versions:
        write.audit(action, object_type="parameter", object_id=version.id, reason=reason, **rules.facts(version))
    return [
        replace(version, state=state, activated_at=at if is_active else None,
                activated_by=scope.actor_id if is_active else None)
        for version in versions
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Lookup:
    """The answer to a person's question, with every version of the parameter that answered (or was asked first)."""

    answer: Choice | Missing
    versions: list[Version]


async def look_up(
    read: Read,
    scope: Scope,
    *,
    name: str,
    key: str | None,
    regions: Sequence[str],
    division_code: str | None,
    on: date,
    published_by: date,
    known_at: datetime | None,
    policy: str,
) -> Lookup:
    """Look a parameter up the way a calculation does.

    Without a key, `grid.electricity` takes its levels by itself: province, grid region, nation; the places come
    from the division.

    Raises:
        Unauthenticated, Forbidden: without `factors:read`.
        PolicyInvalid: an unknown policy.
        ParameterInvalid: a key, or a division, is missing.
    """
    scope.require("factors:read")
    rules.named_year(policy)
    found = await book(read, scope, published_by=published_by, known_at=known_at, names=[name])
    if key is not None:
        places = regions or (await _places(read, scope, division_code) if division_code else [""])
        answer = found.find(name, key, places, on, policy)
    elif name == "grid.electricity" and division_code:
        grid = await grid_region_of(read, scope, division_code)
        answer = found.automatic(division_code[:2] + "0000", grid, on, policy)
    else:
        raise _missing_key(name)
    where = answer.region if isinstance(answer, Choice) else (regions[0] if regions else "")
    return Lookup(answer, found.versions(name, answer.key, where))


async def _places(read: Read, scope: Scope, division_code: str) -> list[str]:
    """Return where a parameter of a division may be stated, nearest first: itself, city, province, grid, nation."""
    codes = (division_code, division_code[:4] + "00", division_code[:2] + "0000")
    return list(dict.fromkeys((*codes, await grid_region_of(read, scope, division_code), "CN", "")))


def _missing_key(name: str) -> ParameterInvalid:
    return ParameterInvalid(
        field="key",
        reason_en=f"name the member of '{name}'; only grid.electricity with a division finds its level by itself.",
        reason_zh=f"请指明“{name}”的成员；仅 grid.electricity 给出区划时可自动确定层级。",
        path=("key",),
    )
