"""The library on the wire: search, lists, links from fields, what authorities enter and import."""

import asyncio
import base64
import binascii
import tempfile
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated
from uuid import UUID

import strawberry

from backend.kit.db import Write
from backend.knowledge import service
from backend.knowledge.errors import KnowledgeFileTooLarge
from backend.knowledge.library import importing, queries
from backend.knowledge.library.shipped import links
from backend.knowledge.schema_types import (
    ENTRY,
    KindEnum,
    KnowledgeEntry,
    KnowledgeLink,
    KnowledgeSearch,
    StandingEnum,
    entry_shown,
    hit_shown,
)
from backend.knowledge.values import EntryDraft, EntryKind, Filter, Matching, Standing, TextStyle
from backend.wire.commands import command
from backend.wire.connections import Connection, connect, page
from backend.wire.context import Context, Info
from backend.wire.nodes import uuids

# pyright: reportGeneralTypeIssues=false, reportSelfClsParameterName=false
# ruff: noqa: A002, N805
# `command` makes static functions whose argument is called `input` on the wire.
TextStyleEnum = strawberry.enum(
    TextStyle, name="KnowledgeTextStyle",
    description="POLICY: 一、（一）1. as government documents do. STANDARD: 1 1.1 1.1.1 and 附录A.",
)  # fmt: skip
MEGABYTES = 4
"""The largest file an import takes."""
First = Annotated[int, strawberry.argument(description="At most so many, 1 to 100.")]
After = Annotated[str | None, strawberry.argument(description="The cursor of the last one seen.")]


@strawberry.input(description="Which entries; what is left out does not restrict.")
class KnowledgeFilter:
    """Which entries."""

    kinds: list[KindEnum] | None = strawberry.field(default=None, description="Of these kinds.")  # type: ignore[valid-type]
    standing: StandingEnum | None = strawberry.field(default=None, description="Standing so.")  # type: ignore[valid-type]
    issuer: str | None = strawberry.field(default=None, description="Whose issuer has this in its name.")
    since: date | None = strawberry.field(default=None, description="Published on this day or later.")
    until: date | None = strawberry.field(default=None, description="Published on this day or earlier.")
    document_id: strawberry.ID | None = strawberry.field(default=None, description="This document and its items.")


def _filter(given: KnowledgeFilter | None) -> Filter:
    if given is None:
        return Filter()
    document = None if given.document_id is None else uuids(given.document_id, ENTRY, path=("filter", "documentId"))[0]
    return Filter(given.kinds, given.standing, given.issuer or None, given.since, given.until, document)


FilterArgument = Annotated[KnowledgeFilter | None, strawberry.argument(description="Which entries.")]


@strawberry.type
class LibraryQuery:
    """Reading the library."""

    @strawberry.field(
        description="Search standards, policies and their items, methodologies and training material, in Chinese, English or "
        "both (知识库检索). A document's number finds it, with or without punctuation."
    )
    async def knowledge_search(
        self,
        info: Info,
        search: Annotated[str, strawberry.argument(description="At least two Chinese characters together, or a word.")],
        filter: FilterArgument = None,
        first: First = 20,
        after: After = None,
    ) -> KnowledgeSearch:
        """Search the library."""
        asked = page(first, after)
        key = asked.key(Decimal, UUID, Matching)
        async with info.context.read() as read:
            found = await service.search(
                read, info.context.scope, search, _filter(filter), limit=asked.fetch,
                after=None if key is None else (key[0], key[1], key[2]),
            )  # fmt: skip
        hits = connect(
            found.found, asked, key=lambda each: [each.rank, each.entry.id, found.matching.value], make=hit_shown
        )
        return KnowledgeSearch(matching=found.matching, total=found.total, hits=hits)

    @strawberry.field(description="Documents of the library by kind and number; their items hang below them.")
    async def knowledge_entries(
        self, info: Info, filter: FilterArgument = None, first: First = 20, after: After = None
    ) -> Connection[KnowledgeEntry]:  # fmt: skip
        """List documents."""
        asked = page(first, after)
        key = asked.key(str, str, UUID)
        async with info.context.read() as read:
            rows = await queries.entries(
                read, info.context.scope, _filter(filter), limit=asked.fetch,
                after=None if key is None else (key[0], key[1], key[2]),
            )  # fmt: skip
        return connect(
            rows, asked, key=lambda row: [row[0].kind.value, row[1], row[0].id], make=lambda row: entry_shown(row[0])
        )

    @strawberry.field(
        description="What explains a field, the nearest first: items of policies, standards. `key` is the field's key, such as "
        "budgets.intensity or parks.indicator.5; one without links of its own has those of the key above it."
    )
    async def knowledge_explains(
        self, info: Info, key: Annotated[str, strawberry.argument(description="The field's key.")]
    ) -> list[KnowledgeEntry]:  # fmt: skip
        """Return what explains a field."""
        async with info.context.read() as read:
            return [entry_shown(each) for each in await service.explains(read, info.context.scope, key)]

    @strawberry.field(description="All keys of fields that something explains.")
    async def knowledge_links(self, info: Info) -> list[KnowledgeLink]:
        """Return the keys."""
        info.context.scope.require("knowledge:read")
        return [KnowledgeLink(key=key, codes=list(codes)) for key, codes in links().items()]


@strawberry.input(description="Enter an entry, or correct your own of the same kind and number.")
class RecordKnowledgeEntryInput:
    """Enter an entry."""

    kind: KindEnum = strawberry.field(description="Any but CLAUSE.")  # type: ignore[valid-type]
    title_zh: str = strawberry.field(description="名称，1 至 300 个字符。")
    source: str = strawberry.field(description="Where its data were read, 1 to 500 characters.")
    number: str = strawberry.field(default="", description="Its number, up to 100 characters; a standard has one.")
    title_en: str = strawberry.field(default="", description="Title in English, up to 300 characters.")
    issuer: str = strawberry.field(default="", description="Who issued it, up to 200 characters.")
    standing: StandingEnum = strawberry.field(default=Standing.UNKNOWN, description="Whether it holds.")  # type: ignore[valid-type]
    published_on: date | None = strawberry.field(default=None, description="When it was published, up to today.")
    effective_on: date | None = strawberry.field(default=None, description="From when it holds.")
    replaces: list[str] = strawberry.field(default_factory=list, description="Up to 20 numbers.")
    summary: str = strawberry.field(default="", description="What it is about, up to 4,000 characters.")
    keywords: list[str] = strawberry.field(default_factory=list, description="Up to 30, each of up to 40 characters.")
    note: str = strawberry.field(default="", description="What is not certain, up to 1,000 characters.")
    is_internal: bool = strawberry.field(default=False, description="Only your authority and those above it see it.")
    division_code: str = strawberry.field(default="", description="A division of your region; left out, your own.")


@strawberry.input(
    description="Enter entries from a workbook or CSV, all or none; see the download knowledge-template.xlsx."
)
class ImportKnowledgeEntriesInput:
    """Import entries."""

    content: str = strawberry.field(description="The file in base64, up to 4 MB; up to 10,000 rows.")
    is_dry_run: bool = strawberry.field(default=False, description="Only say what would be done.")
    is_internal: bool = strawberry.field(default=False, description="Only your authority and those above it see them.")
    division_code: str = strawberry.field(default="", description="A division of your region; left out, your own.")


@strawberry.input(description="Hold the text of an own document as numbered items.")
class RecordKnowledgeTextInput:
    """Hold a text."""

    id: strawberry.ID = strawberry.field(description="The document's global id.")
    text: str = strawberry.field(description="The whole text, up to 500,000 characters.")
    style: TextStyleEnum = strawberry.field(description="How its items are numbered.")  # type: ignore[valid-type]
    basis: str = strawberry.field(description="Why it may be held, 1 to 500 characters: an own document, a licence.")
    is_dry_run: bool = strawberry.field(default=False, description="Only say which items it has.")


@strawberry.input(description="Take an entry of your region away.")
class WithdrawKnowledgeEntryInput:
    """Take an entry away."""

    id: strawberry.ID = strawberry.field(description="The entry's global id.")
    reason: str = strawberry.field(description="Why, 1 to 300 characters.")


@strawberry.type(description="The entry was stored.")
class KnowledgeEntryRecorded:
    """The entry was stored."""

    entry: KnowledgeEntry = strawberry.field(description="As it stands now.")


@strawberry.type(description="The file was read.")
class KnowledgeEntriesImported:
    """The file was read."""

    is_dry_run: bool = strawberry.field(description="Whether nothing was stored.")
    added: int = strawberry.field(description="Entries that are new.")
    changed: int = strawberry.field(description="Entries corrected.")
    unchanged: int = strawberry.field(description="Entries that stand as given already.")


@strawberry.type(description="An item found in a text.")
class KnowledgeTextItem:
    """An item found in a text."""

    number: str = strawberry.field(description="Its number in the document.")
    title_zh: str = strawberry.field(description="首句或标题。")
    length: int = strawberry.field(description="Its characters.")


@strawberry.type(description="The text was parsed.")
class KnowledgeTextRecorded:
    """The text was parsed."""

    is_dry_run: bool = strawberry.field(description="Whether nothing was stored.")
    items: list[KnowledgeTextItem] = strawberry.field(description="Its items; put together they are the text.")
    entry: KnowledgeEntry = strawberry.field(description="The document.")


@strawberry.type(description="The entry was taken away.")
class KnowledgeEntryTakenAway:
    """The entry was taken away."""

    entry: KnowledgeEntry = strawberry.field(description="As it stands now.")


@strawberry.type
class LibraryMutation:
    """Commands on the library."""

    @command("knowledge:record")
    async def record_knowledge_entry(
        context: Context, write: Write, input: RecordKnowledgeEntryInput
    ) -> KnowledgeEntryRecorded:
        """Enter an entry of the library, or correct the authority's own one of the same kind and number."""
        draft = EntryDraft(
            kind=EntryKind(input.kind), number=input.number, title_zh=input.title_zh, title_en=input.title_en,
            issuer=input.issuer, standing=Standing(input.standing), published_on=input.published_on,
            effective_on=input.effective_on, replaces=input.replaces, summary=input.summary, keywords=input.keywords,
            source=input.source, note=input.note,
        )  # fmt: skip
        value = await service.record_entry(
            write, context.scope, draft, is_internal=input.is_internal, division_code=input.division_code
        )
        return KnowledgeEntryRecorded(entry=entry_shown(value))

    @command("knowledge:import")
    async def import_knowledge_entries(
        context: Context, write: Write, input: ImportKnowledgeEntriesInput
    ) -> KnowledgeEntriesImported:
        """Enter entries from a workbook or CSV, all or none; what is wrong is said cell by cell."""
        context.scope.require("knowledge:publish")
        drafts, rows = await asyncio.to_thread(_read, input.content)
        done = await service.import_entries(
            write, context.scope, drafts, rows, is_internal=input.is_internal, division_code=input.division_code,
            is_dry=input.is_dry_run,
        )  # fmt: skip
        return KnowledgeEntriesImported(
            is_dry_run=input.is_dry_run, added=done.added, changed=done.changed, unchanged=done.unchanged
        )

    @command("knowledge:record_text")
    async def record_knowledge_text(
        context: Context, write: Write, input: RecordKnowledgeTextInput
    ) -> KnowledgeTextRecorded:
        """Parse the text of an own document into its numbered items and hold them (标准文本结构化解析)."""
        (own_id, *_) = uuids(input.id, ENTRY, path=("input", "id"))
        document, pieces = await service.record_text(
            write, context.scope, own_id, input.text, style=TextStyle(input.style), basis=input.basis,
            is_dry=input.is_dry_run,
        )  # fmt: skip
        return KnowledgeTextRecorded(
            is_dry_run=input.is_dry_run, entry=entry_shown(document),
            items=[KnowledgeTextItem(number=each.label, title_zh=each.heading, length=len(each.text)) for each in pieces],
        )  # fmt: skip

    @command("knowledge:withdraw")
    async def withdraw_knowledge_entry(
        context: Context, write: Write, input: WithdrawKnowledgeEntryInput
    ) -> KnowledgeEntryTakenAway:
        """Take an entry of the authority's region away: searches find it no more."""
        (own_id, *_) = uuids(input.id, ENTRY, path=("input", "id"))
        return KnowledgeEntryTakenAway(
            entry=entry_shown(await service.withdraw_entry(write, context.scope, own_id, input.reason))
        )


def _read(content: str) -> tuple[list[EntryDraft], list[int]]:
    """Return the rows of a file in base64. Blocks.

    Raises:
        KnowledgeFileTooLarge: larger than it may be, or no base64.
        FileUnreadable, HeaderMissing, TooManyRows, KnowledgeFileInvalid: see `importing.read_file`.
    """
    refusal = KnowledgeFileTooLarge(megabytes=MEGABYTES, path=("input", "content"))
    if len(content) > MEGABYTES * 1024 * 1024 * 4 // 3 + 4:
        raise refusal
    try:
        data = base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError):
        raise refusal from None
    with tempfile.TemporaryDirectory(prefix="carbon-knowledge-") as folder:
        path = Path(folder) / "file"
        path.write_bytes(data)
        return importing.read_file(path)
