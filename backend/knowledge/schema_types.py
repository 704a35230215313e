"""Entries of the library as the wire has them."""

from datetime import date, datetime
from uuid import UUID

import strawberry

from backend.knowledge.library import queries, training
from backend.knowledge.library.shipped import links
from backend.knowledge.values import EntryKind, EntryValue, FileValue, Found, Matching, Segment, Standing
from backend.wire.connections import Connection
from backend.wire.context import Context, Info
from backend.wire.nodes import Node, node_id, node_loader

ENTRY, FILE = "KnowledgeEntry", "KnowledgeFile"

KindEnum = strawberry.enum(
    EntryKind, name="KnowledgeKind",
    description="STANDARD (标准、指南); METHODOLOGY (方法学); POLICY (政策文件); CLAUSE, an item of a document held as text "
    "(条款); TRAINING (培训资料).",
)  # fmt: skip
StandingEnum = strawberry.enum(
    Standing, name="KnowledgeStanding",
    description="CURRENT (现行); REPLACED (被代替); DRAFT (征求意见); UNKNOWN: nobody has looked it up (未知).",
)  # fmt: skip
MatchingEnum = strawberry.enum(
    Matching, name="KnowledgeMatching",
    description="ALL: all of the question occurs. SOME: nothing holds all of it; these hold parts, the closest first.",
)  # fmt: skip


@strawberry.type(
    description="An entry of the library (知识库): a document's bibliographic data, or an item of a document held as text. "
    "English titles of Chinese documents are translations unless the note says otherwise."
)
class KnowledgeEntry(Node):
    """An entry of the library."""

    own_id: strawberry.Private[UUID]
    parent_id: strawberry.Private[UUID | None]
    kind: KindEnum = strawberry.field(description="What it is.")  # type: ignore[valid-type]
    code: str = strawberry.field(description="The product's name of what it ships; empty for what authorities enter.")
    number: str = strawberry.field(description="Its number; of a clause, its number in the document, e.g. 二（一）2.")
    title_zh: str = strawberry.field(description="名称；条款为其首句。")
    title_en: str = strawberry.field(description="Title in English; may be empty.")
    issuer: str = strawberry.field(description="Who issued it (发布机构); may be empty.")
    standing: StandingEnum = strawberry.field(description="Whether it holds.")  # type: ignore[valid-type]
    published_on: date | None = strawberry.field(description="When it was published; null is not known.")
    effective_on: date | None = strawberry.field(description="From when it holds; null is not known or at once.")
    replaces: list[str] = strawberry.field(description="Numbers of the documents it took the place of.")
    summary: str = strawberry.field(description="What it is about (适用范围); never a text under copyright.")
    keywords: list[str] = strawberry.field(description="Key words.")
    text: str = strawberry.field(description="Of a clause, its words exactly as published; empty otherwise.")
    source: str = strawberry.field(description="Where its data were read.")
    confidence: str = strawberry.field(
        description="How sure they are: verified-by-lookup, verified-by-lookup(secondary), from-memory, tenant-entered."
    )
    note: str = strawberry.field(description="What is not certain about it.")
    is_internal: bool = strawberry.field(description="Whether only the authority and those above it see it.")
    division_code: str = strawberry.field(description="The division whose authority entered it; empty when shipped.")
    version: int = strawberry.field(description="Counts its corrections, from 1.")
    recorded_at: datetime = strawberry.field(description="When it was entered or last corrected.")
    withdrawn_at: datetime | None = strawberry.field(description="When it was taken away; searches find it no more.")
    withdrawn_reason: str = strawberry.field(description="Why; empty unless it was.")

    @strawberry.field(description="The document a clause stands in; null for documents.")
    async def document(self, info: Info) -> "KnowledgeEntry | None":
        """Return the document."""
        if self.parent_id is None:
            return None
        found = await info.context.loader(queries.entry_batch).load(self.parent_id)
        return None if found is None else entry_shown(found)

    @strawberry.field(
        description="The items of a document held as text, in its order; put together they are its text. Empty otherwise."
    )
    async def clauses(self, info: Info) -> "list[KnowledgeClause]":
        """Return the items."""
        if self.parent_id is not None:
            return []
        return [clause_shown(each) for each in await info.context.loader(queries.clause_batch).load(self.own_id)]

    @strawberry.field(description="Its files, mostly training material.")
    async def files(self, info: Info) -> "list[KnowledgeFile]":
        """Return its files."""
        if self.parent_id is not None:
            return []
        found = await info.context.loader(training.file_batch).load(self.own_id)
        return [file_shown(each, info.context.scope.tenant) for each in found]

    @strawberry.field(description="When you completed this training; null for not, or for what is no training.")
    async def completed_at(self, info: Info) -> datetime | None:
        """Return when the caller completed it."""
        if self.kind is not EntryKind.TRAINING:
            return None
        found = await info.context.loader(training.own_completions).load(self.own_id)
        return None if found is None else found.completed_at

    @strawberry.field(description="The keys of the fields it explains; see `knowledgeExplains`.")
    def explains(self) -> list[str]:
        """Return the keys of fields."""
        return _explained(self.code)


@strawberry.type(description="A file of an entry, fetched at `url` by whoever reads the entry.")
class KnowledgeFile:
    """A file of an entry."""

    id: strawberry.ID = strawberry.field(description="Its global id.")
    file_name: str = strawberry.field(description="Its name.")
    media_type: str = strawberry.field(description="What kind of file it is.")
    size: int = strawberry.field(description="In bytes.")
    sha256: str = strawberry.field(description="SHA-256 of its content.")
    url: str = strawberry.field(description="Where it is fetched, relative to this host.")
    recorded_at: datetime = strawberry.field(description="When it was added.")


def file_shown(value: FileValue, tenant: str) -> KnowledgeFile:
    """Return a file as the wire has it."""
    return KnowledgeFile(
        id=node_id(FILE, value.entry_id, value.id), file_name=value.file_name, media_type=value.media_type,
        size=value.size, sha256=value.sha256, recorded_at=value.recorded_at,
        url=f"/{tenant}/knowledge/{value.entry_id}/files/{value.id}",
    )  # fmt: skip


@strawberry.type(description="An item of a document held as text, as it stands below its document.")
class KnowledgeClause:
    """An item of a document."""

    id: strawberry.ID = strawberry.field(description="Its global id, that of a KnowledgeEntry.")
    code: str = strawberry.field(description="The product's name of it.")
    number: str = strawberry.field(description="Its number in the document, e.g. 二（一）2.")
    title_zh: str = strawberry.field(description="首句。")
    text: str = strawberry.field(description="Its words exactly as published.")

    @strawberry.field(description="The keys of the fields it explains; see `knowledgeExplains`.")
    def explains(self) -> list[str]:
        """Return the keys of fields."""
        return _explained(self.code)


def _explained(code: str) -> list[str]:
    return [key for key, codes in links().items() if code and code in codes]


@strawberry.type(description="A part of a shown text; put together the parts are the text.")
class KnowledgeSegment:
    """A part of a shown text."""

    text: str = strawberry.field(description="The part.")
    is_hit: bool = strawberry.field(description="Whether it is what was searched for.")


@strawberry.type(description="An entry a search found.")
class KnowledgeHit:
    """An entry a search found."""

    entry: KnowledgeEntry = strawberry.field(description="The entry.")
    rank: str = strawberry.field(description="How well it fits: a decimal without a unit, higher is better.")
    title: list[KnowledgeSegment] = strawberry.field(description="Its title, hits marked.")
    excerpt: list[KnowledgeSegment] = strawberry.field(description="Some words around the first hit, hits marked.")


@strawberry.type(description="What a search found, the best first.")
class KnowledgeSearch:
    """What a search found."""

    matching: MatchingEnum = strawberry.field(description="How it goes with what was asked.")  # type: ignore[valid-type]
    total: int = strawberry.field(description="How many there are in all.")
    hits: Connection[KnowledgeHit] = strawberry.field(description="A page of them.")


@strawberry.type(description="A field and what explains it.")
class KnowledgeLink:
    """A field and what explains it."""

    key: str = strawberry.field(description="The field's key.")
    codes: list[str] = strawberry.field(description="The codes of the entries that explain it, the nearest first.")


def entry_shown(value: EntryValue) -> KnowledgeEntry:
    """Return an entry as the wire has it."""
    return KnowledgeEntry(
        id=node_id(ENTRY, value.id), own_id=value.id, parent_id=value.parent_id, kind=value.kind, code=value.code,
        number=value.number, title_zh=value.title_zh, title_en=value.title_en, issuer=value.issuer,
        standing=value.standing, published_on=value.published_on, effective_on=value.effective_on,
        replaces=list(value.replaces), summary=value.summary, keywords=list(value.keywords), text=value.body,
        source=value.source, confidence=value.confidence, note=value.note, is_internal=value.is_internal,
        division_code=value.division_code, version=value.version, recorded_at=value.recorded_at,
        withdrawn_at=value.withdrawn_at, withdrawn_reason=value.withdrawn_reason,
    )  # fmt: skip


def clause_shown(value: EntryValue) -> KnowledgeClause:
    """Return an item of a document as the wire has it."""
    return KnowledgeClause(
        id=node_id(ENTRY, value.id), code=value.code, number=value.number, title_zh=value.title_zh, text=value.body
    )


def hit_shown(found: Found) -> KnowledgeHit:
    """Return a hit as the wire has it."""
    return KnowledgeHit(
        entry=entry_shown(found.entry), rank=format(found.rank, "f"), title=_segments(found.title),
        excerpt=_segments(found.excerpt),
    )  # fmt: skip


def _segments(given: list[Segment]) -> list[KnowledgeSegment]:
    return [KnowledgeSegment(text=each.text, is_hit=each.is_hit) for each in given]


@node_loader(ENTRY)
async def load_entry(context: Context, *ids: UUID) -> KnowledgeEntry | None:
    """Fetch an entry for `node(id:)`."""
    context.scope.require("knowledge:read")
    found = await context.loader(queries.entry_batch).load(ids[0]) if len(ids) == 1 else None
    return None if found is None else entry_shown(found)
