"""Values of knowledge: what the library holds, what a search finds, what an enterprise asks for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

ACTIONS = (
    "knowledge:publish",
    "knowledge:read",
    "knowledge:request",
)
"""Permissions this noun knows."""


class EntryKind(StrEnum):
    """What an entry of the library is."""

    STANDARD = "standard"
    """A standard or guide (标准、指南): its bibliographic data."""
    METHODOLOGY = "methodology"
    """A methodology of a crediting scheme (方法学): its bibliographic data."""
    POLICY = "policy"
    """A policy document (政策文件): its bibliographic data; those held as text have their items below them."""
    CLAUSE = "clause"
    """An item of a document that is held as text, in its own words."""
    TRAINING = "training"
    """Training material (培训资料) of an authority."""


PARENTS = (EntryKind.STANDARD, EntryKind.METHODOLOGY, EntryKind.POLICY, EntryKind.TRAINING)
"""Kinds that stand by themselves; a clause stands below one of them."""


class Standing(StrEnum):
    """Whether a document holds."""

    CURRENT = "current"
    """It holds (现行), from its effective date on."""
    REPLACED = "replaced"
    """Another took its place (被代替)."""
    DRAFT = "draft"
    """It is not final (征求意见稿、草案)."""
    UNKNOWN = "unknown"
    """Nobody has looked it up."""


class Confidence(StrEnum):
    """How sure an entry's data are, in the words of the reference files."""

    VERIFIED = "verified-by-lookup"
    SECONDARY = "verified-by-lookup(secondary)"
    MEMORY = "from-memory"
    TENANT = "tenant-entered"


@dataclass(frozen=True, slots=True)
class EntryDraft:
    """An entry as somebody gives it; texts untrimmed, `replaces` are numbers of documents."""

    kind: EntryKind
    number: str
    title_zh: str
    title_en: str = ""
    issuer: str = ""
    standing: Standing = Standing.UNKNOWN
    published_on: date | None = None
    effective_on: date | None = None
    replaces: Sequence[str] = ()
    summary: str = ""
    keywords: Sequence[str] = ()
    source: str = ""
    confidence: Confidence = Confidence.TENANT
    note: str = ""


@dataclass(frozen=True, slots=True)
class EntryValue:
    """An entry of the library. `code` is the product's own name of what it ships, empty otherwise."""

    id: UUID
    parent_id: UUID | None
    kind: EntryKind
    code: str
    place: int
    number: str
    title_zh: str
    title_en: str
    issuer: str
    standing: Standing
    published_on: date | None
    effective_on: date | None
    replaces: list[str]
    summary: str
    keywords: list[str]
    body: str
    source: str
    confidence: str
    note: str
    is_internal: bool
    division_code: str
    division_path: str
    version: int
    recorded_at: datetime
    recorded_by: UUID | None
    withdrawn_at: datetime | None
    withdrawn_reason: str


@dataclass(frozen=True, slots=True)
class Filter:
    """Which entries; None does not restrict. `since` and `until` are about the day of publication, both included."""

    kinds: Sequence[EntryKind] | None = None
    standing: Standing | None = None
    issuer: str | None = None
    since: date | None = None
    until: date | None = None
    document_id: UUID | None = None


class Matching(StrEnum):
    """How what was found goes with what was asked."""

    ALL = "all"
    """Every word of the question occurs, Chinese ones letter by letter."""
    SOME = "some"
    """Nothing holds all of it; these hold parts of it, the closest first."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a shown text; `is_hit` where it is what was asked for."""

    text: str
    is_hit: bool


@dataclass(frozen=True, slots=True)
class Found:
    """An entry a search found: how well it fits (without a unit, higher is better), and where the words stand."""

    entry: EntryValue
    rank: Decimal
    title: list[Segment]
    excerpt: list[Segment]
    document: EntryValue | None


@dataclass(frozen=True, slots=True)
class SearchPage:
    """A page of what was found, how it matches, and how many there are in all."""

    found: list[Found]
    matching: Matching
    total: int


@dataclass(frozen=True, slots=True)
class CellFault:
    """What is wrong with a cell of an imported file: the row as the spreadsheet counts it, the column's title."""

    row: int
    column: str
    zh: str
    en: str

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON for an error's details."""
        return {"row": self.row, "column": self.column, "zh": self.zh, "en": self.en}


class TextStyle(StrEnum):
    """How a text numbers its items."""

    POLICY = "policy"
    """一、 （一） 1. as government documents do."""
    STANDARD = "standard"
    """1 1.1 1.1.1 and 附录A as standards do."""


@dataclass(frozen=True, slots=True)
class FileValue:
    """A file of an entry; `size` is in bytes."""

    id: UUID
    entry_id: UUID
    file_name: str
    media_type: str
    size: int
    sha256: str
    object_key: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class CompletionValue:
    """That a person completed a training, as its entry stood in that version."""

    entry_id: UUID
    person_id: UUID
    name: str
    organisation_id: UUID
    version: int
    completed_at: datetime


class RequestState(StrEnum):
    """What became of a request for a factor."""

    OPEN = "open"
    """Nobody has answered, or the version that was to answer it was rejected."""
    PROPOSED = "proposed"
    """A version that would answer it is proposed and waits for its activation."""
    ANSWERED = "answered"
    """The version that answers it counts."""
    REFUSED = "refused"
    """There will be none; the reason says why."""
    WITHDRAWN = "withdrawn"
    """Whoever asked needs it no more."""


class StepKind(StrEnum):
    """What was done about a request."""

    ANSWERED = "answered"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class RequestDraft:
    """What an enterprise asks for; `suggested_value` is in `unit`."""

    wanted: str
    unit: str = ""
    purpose: str = ""
    suggested_value: Decimal | None = None
    suggested_source: str = ""


@dataclass(frozen=True, slots=True)
class RequestValue:
    """A request for a factor, with the newest step; `version_id` is the version of a parameter that answers it."""

    id: UUID
    account_id: UUID
    division_path: str
    wanted: str
    unit: str
    purpose: str
    suggested_value: Decimal | None
    suggested_source: str
    asked_at: datetime
    asked_by: UUID | None
    state: RequestState
    version_id: UUID | None
    reason: str
    decided_at: datetime | None
