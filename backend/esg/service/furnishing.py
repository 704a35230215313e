"""Load the shipped reference files, and put a library together from those that count."""

from collections.abc import Mapping

from sqlalchemy.dialects.postgresql import insert as upsert

from backend.esg import queries
from backend.esg.errors import StandardChanged, StandardsMissing
from backend.esg.models import EsgReference
from backend.esg.queries import ReferenceRow
from backend.esg.rating import keeping as rating
from backend.esg.rules import reading
from backend.esg.shipped import shipped
from backend.esg.values import Library
from backend.kit.clock import now, today
from backend.kit.db import Read, Write
from backend.kit.scope import Scope

ONE_OF_A_KIND = ("topics", "metrics", "crosswalk", "materiality")
_LIBRARIES: dict[tuple[ReferenceRow, ...], Library] = {}
_MOST_LIBRARIES = 64


async def furnish(write: Write, scope: Scope) -> None:
    """Load the shipped reference files of this jurisdiction; a version that is there already stays as it is.

    What a new rubric has not rated yet is rated. Only the service's own scope may write them; anybody else's the database refuses.

    Raises:
        StandardChanged: a version is loaded with other content than is shipped.
        ReferenceUnreadable: a shipped file is broken.
    """
    known = {(each.kind, each.code, each.version): each for each in await queries.references(write, scope)}
    for each in shipped():
        if each.tenants and scope.tenant not in each.tenants:
            continue
        there = known.get((each.kind, each.code, each.version))
        if there is not None and there.sha256 != each.sha256:
            raise StandardChanged(kind=each.kind, code=each.code, version=each.version)
        if there is None:
            await write.run(
                upsert(EsgReference)
                .values(
                    kind=each.kind, code=each.code, version=each.version, content=each.content, sha256=each.sha256,
                    loaded_at=now(),
                )
                .on_conflict_do_nothing()
            )  # fmt: skip
    await library(write, scope)
    await rating.rate_all(write, scope)


async def library(
    read: Read,
    scope: Scope,
    standards: Mapping[str, str] | None = None,
    references: Mapping[str, str] | None = None,
) -> Library:
    """Return the reference data: the newest versions in force today, or for a disclosure those it was opened with.

    One statement when this process has read the files before, else two or three.

    Raises:
        StandardsMissing: nothing is loaded.
        ReferenceUnreadable: a loaded file is broken.
    """
    rows = await queries.references(read, scope)
    if standards is None:
        rows = await _in_force(read, scope, rows)
    chosen = _chosen(rows, standards, references)
    if not {each.kind for each in chosen} >= set(ONE_OF_A_KIND):
        raise StandardsMissing
    if chosen not in _LIBRARIES:
        texts = await queries.contents(read, scope, chosen)
        while len(_LIBRARIES) >= _MOST_LIBRARIES:
            _LIBRARIES.pop(next(iter(_LIBRARIES)))
        _LIBRARIES[chosen] = _read(chosen, texts)
    return _LIBRARIES[chosen]


async def versions(read: Read, scope: Scope) -> list[ReferenceRow]:
    """Return every version of every standard that is loaded, superseded ones too."""
    return [each for each in await queries.references(read, scope) if each.kind == "standard"]


async def _in_force(read: Read, scope: Scope, rows: list[ReferenceRow]) -> list[ReferenceRow]:
    """Leave out versions of standards that hold only from a day to come; asked only where a standard has several."""
    codes = [each.code for each in rows if each.kind == "standard"]
    several = [each for each in rows if each.kind == "standard" and codes.count(each.code) > 1]
    if not several:
        return rows
    texts, day = await queries.contents(read, scope, several), today()
    later = {each for each in several if (reading.valid_from(texts[each.sha256]) or day) > day}
    return [each for each in rows if each not in later]


def _chosen(
    rows: list[ReferenceRow], standards: Mapping[str, str] | None, references: Mapping[str, str] | None
) -> tuple[ReferenceRow, ...]:
    newest: dict[tuple[str, str], ReferenceRow] = {}
    for each in rows:  # by version: the last one of a code stays
        wanted = None
        if each.kind == "standard" and standards is not None:
            wanted = standards.get(each.code, "")
        elif each.kind != "standard" and references is not None:
            wanted = references.get(f"{each.kind}:{each.code}", "")
        if wanted is None or wanted == each.version:
            newest[each.kind, each.code] = each
    return tuple(newest.values())


def _read(chosen: tuple[ReferenceRow, ...], texts: Mapping[str, str]) -> Library:
    of_kind = {each.kind: texts[each.sha256] for each in chosen if each.kind in ONE_OF_A_KIND}
    topics = reading.topics(of_kind["topics"])
    metrics = reading.metrics(of_kind["metrics"])
    read = [reading.standard(texts[each.sha256], topics, metrics) for each in chosen if each.kind == "standard"]
    # Those with a deadline first.
    ordered = sorted(read, key=lambda each: (each.binding.due_month is None, each.code))
    keys = {one.key for each in ordered for one in each.requirements}
    return Library(
        standards={each.code: each for each in ordered},
        topics=topics,
        metrics=metrics,
        crossings=tuple(
            each for each in reading.crosswalk(of_kind["crosswalk"]) if each.from_key in keys and each.to_key in keys
        ),
        materiality=reading.materiality(of_kind["materiality"]),
        versions={f"{each.kind}:{each.code}": each.version for each in chosen if each.kind != "standard"},
    )
