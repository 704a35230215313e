"""Values of reference parameters: what one version says, what a look-up answers, what a load reports."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

ACTIONS = ("factors:activate", "factors:propose", "factors:read")
"""What this noun lets people do: look up, propose new versions, make proposed versions count."""

ANY_REGION = ""
"""The region of a parameter that holds everywhere."""


class Confidence(StrEnum):
    """How sure a value's source is, in the words of the reference files."""

    VERIFIED = "verified-by-lookup"
    SECONDARY = "verified-by-lookup(secondary)"
    MEMORY = "from-memory"
    PLACEHOLDER = "placeholder"
    TENANT = "tenant-entered"


class State(StrEnum):
    """A draft counts nowhere; activated it counts from then on; rejected it stays as a memory."""

    DRAFT = "draft"
    ACTIVE = "active"
    REJECTED = "rejected"


class Reason(StrEnum):
    """Why a version was passed over."""

    DRAFT = "draft"
    LEGACY = "legacy"
    LOWER_LEVEL = "lower_level"
    NO_PUBLICATION_DATE = "no_publication_date"
    NOT_KNOWN_YET = "not_known_yet"
    NOT_NAMED_YEAR = "not_named_year"
    NOT_PUBLISHED_YET = "not_published_yet"
    NOT_VALID = "not_valid"
    OLDER_YEAR = "older_year"
    OTHER_REGION = "other_region"
    SUPERSEDED = "superseded"


class Selection(StrEnum):
    """How a family's versions compete.

    `NEWEST_YEAR`: each version belongs to a data year, and the newest one published in time is used whatever
    the activity's year (grid factors). `VALID_ON`: the version valid on the activity's day is used.
    """

    NEWEST_YEAR = "newest_year"
    VALID_ON = "valid_on"


YEAR_FAMILIES = frozenset({"grid.electricity", "grid.residual", "grid.footprint"})
"""Families whose versions are data years."""

LEGACY_KEYS = frozenset({"ets_notice_national", "legacy_regional_2012", "legacy_regional_om"})
"""Members kept for old reports and reduction projects: never a level of an automatic look-up."""


NAME = re.compile(r"[a-z][a-z0-9_.]{0,99}")
"""A family's name."""

LENGTHS = {
    "key": 300, "region": 100, "unit": 100, "text_value": 4000, "label_zh": 300, "label_en": 300, "document": 1000,
    "source": 1000, "note": 4000,
}  # fmt: skip
"""The most characters of each text."""

MOST_DIGITS = 60


def is_written_down(number: Decimal) -> bool:
    """Tell whether a number has a length anybody writes down: more digits are a slip, or an attack on memory."""
    exponent = number.as_tuple().exponent
    return number.is_finite() and isinstance(exponent, int) and abs(number.adjusted()) < MOST_DIGITS >= -exponent


def is_printable(text: str) -> bool:
    """Tell whether a text has no control characters but line ends and tabs."""
    return all(character >= " " or character in "\n\r\t" for character in text)


LIMITS: dict[str, tuple[Decimal, Decimal]] = {
    "check.entry": (Decimal(1), Decimal(1_000_000)),
    "check.evidence": (Decimal(0), Decimal(1)),
    "check.sector_ceiling": (Decimal(0), Decimal(10) ** 15),
    "grid.electricity": (Decimal(0), Decimal(2)),
    "grid.residual": (Decimal(0), Decimal(2)),
    "grid.footprint": (Decimal(0), Decimal(2)),
    "fuel.ncv": (Decimal(0), Decimal(1000)),
    "fuel.carbon_content": (Decimal(0), Decimal("0.2")),
    "fuel.oxidation": (Decimal(0), Decimal(1)),
    "ets.electricity_benchmark": (Decimal(0), Decimal(5)),
    "ets.heat_benchmark": (Decimal(0), Decimal(5)),
    "ets.electricity_balance": (Decimal(0), Decimal(5)),
    "ets.heat_balance": (Decimal(0), Decimal(5)),
}
"""What a family's values lie between; outside is impossible (mostly a slip of the unit), not merely unusual."""


def selection(name: str) -> Selection:
    """Return how the versions of a family compete."""
    return Selection.NEWEST_YEAR if name in YEAR_FAMILIES else Selection.VALID_ON


@dataclass(frozen=True, slots=True)
class Validity:
    """When a value is true: from `start` up to, not including, `end`; None is without limit."""

    start: date | None = None
    end: date | None = None

    @classmethod
    def year(cls, first: int, last: int | None = None) -> "Validity":
        """Return whole calendar years, both included."""
        return cls(date(first, 1, 1), date((last or first) + 1, 1, 1))

    def contains(self, day: date) -> bool:
        """Tell whether the value is true on the day."""
        return (self.start is None or self.start <= day) and (self.end is None or day < self.end)

    def overlaps(self, other: "Validity") -> bool:
        """Tell whether some day lies in both."""
        starts_in_time = self.start is None or other.end is None or self.start < other.end
        ends_late_enough = other.start is None or self.end is None or other.start < self.end
        return starts_in_time and ends_late_enough

    @property
    def years(self) -> str:
        """The data year or years (`2023`, `2021-2022`), empty unless whole calendar years."""
        if self.start is None or self.end is None or (self.start.month, self.start.day) != (1, 1):
            return ""
        if (self.end.month, self.end.day) != (1, 1):
            return ""
        first, last = self.start.year, self.end.year - 1
        return str(first) if first == last else f"{first}-{last}"

    def __str__(self) -> str:
        """Return PostgreSQL's spelling of the range."""
        return f"[{self.start or ''},{self.end or ''})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a source says about one parameter: the content of a version, before it is one.

    A number (`value`), a range (`low`, `high`) or words (`text_value`). `published_on` is when the world
    learned it; None means that the source gives no date.
    """

    name: str
    key: str
    region: str = ANY_REGION
    valid: Validity = field(default_factory=Validity)
    value: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    text_value: str | None = None
    unit: str = ""
    label_zh: str = ""
    label_en: str = ""
    document: str = ""
    published_on: date | None = None
    source: str = ""
    confidence: str = Confidence.TENANT.value
    note: str = ""
    dataset: str = ""
    attributes: dict[str, Any] = field(default_factory=dict[str, Any])

    @property
    def identity(self) -> tuple[str, str, str]:
        """Which parameter it is about: family, member, place."""
        return self.name, self.key, self.region

    @property
    def content(self) -> tuple[Any, ...]:
        """Everything a new version could change; two equal contents are one version."""
        return (
            self.value, self.low, self.high, self.text_value, self.unit, self.label_zh, self.label_en, self.document,
            self.published_on, self.source, self.confidence, self.note, self.dataset, self.attributes,
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Version(Entry):
    """One stored version. Among active versions valid on one day, the highest `version` counts."""

    id: UUID
    version: int
    state: State
    supersedes_id: UUID | None
    recorded_at: datetime
    recorded_by: UUID | None
    activated_at: datetime | None
    activated_by: UUID | None


class Certainty(StrEnum):
    """How far a value can be relied on, worst last."""

    VERIFIED = "verified"
    SECONDARY = "secondary"
    UNVERIFIED = "unverified"
    SUSPECT = "suspect"


@dataclass(frozen=True, slots=True)
class Trust:
    """How sure a value is, with a sentence for people in both languages."""

    certainty: Certainty
    zh: str
    en: str

    @property
    def is_uncertain(self) -> bool:
        """True unless the value was read in its document (or a page that quotes it) and nothing speaks against it."""
        return self.certainty is not Certainty.VERIFIED


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A version (or, with `version_id` None, a group of them) that was not chosen, and why."""

    reason: Reason
    zh: str
    en: str
    name: str
    key: str
    region: str
    version_id: UUID | None = None
    value: Decimal | None = None
    unit: str = ""
    years: str = ""
    published_on: date | None = None

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON for a trace: decimals and dates as text."""
        return {
            "reason": self.reason.value,
            "zh": self.zh,
            "en": self.en,
            "name": self.name,
            "key": self.key,
            "region": self.region,
            "version_id": str(self.version_id) if self.version_id else None,
            "value": format(self.value, "f") if self.value is not None else None,
            "unit": self.unit,
            "years": self.years,
            "published_on": self.published_on.isoformat() if self.published_on else None,
        }


@dataclass(frozen=True, slots=True)
class Choice:
    """The version a look-up chose, the rule that chose it in words, and what was passed over.

    `rule` is `newest_published`, `named_year` or `valid_on`; `level` counts the levels from 1, the level that
    answered.
    """

    version_id: UUID
    name: str
    key: str
    region: str
    value: Decimal | None
    low: Decimal | None
    high: Decimal | None
    text_value: str | None
    unit: str
    label_zh: str
    label_en: str
    document: str
    source: str
    confidence: str
    note: str
    published_on: date | None
    valid: Validity
    version: int
    rule: str
    rule_zh: str
    rule_en: str
    level: int
    trust: Trust
    passed_over: list[dict[str, Any]]

    @property
    def is_uncertain(self) -> bool:
        """Whether people must be told that the value is not confirmed."""
        return self.trust.is_uncertain

    def as_json(self) -> dict[str, Any]:
        """Return a full copy for an inventory line: everything needed to read it without this table."""
        return {
            "version_id": str(self.version_id),
            "name": self.name,
            "key": self.key,
            "region": self.region,
            "value": format(self.value, "f") if self.value is not None else None,
            "low": format(self.low, "f") if self.low is not None else None,
            "high": format(self.high, "f") if self.high is not None else None,
            "text_value": self.text_value,
            "unit": self.unit,
            "label_zh": self.label_zh,
            "label_en": self.label_en,
            "document": self.document,
            "source": self.source,
            "confidence": self.confidence,
            "certainty": self.trust.certainty.value,
            "is_uncertain": self.is_uncertain,
            "note": self.note,
            "published_on": self.published_on.isoformat() if self.published_on else None,
            "valid": str(self.valid),
            "version": self.version,
            "rule": self.rule,
            "rule_zh": self.rule_zh,
            "rule_en": self.rule_en,
            "level": self.level,
        }


@dataclass(frozen=True, slots=True)
class Missing:
    """No version may be used: what was tried, and why each candidate fell out. False in a condition."""

    name: str
    key: str
    tried: tuple[str, ...]
    zh: str
    en: str
    passed_over: list[dict[str, Any]]

    def __bool__(self) -> bool:
        return False


class Asked(Protocol):
    """A level of a look-up: a member of a family in one place."""

    @property
    def name(self) -> str:
        """The family (`grid.electricity`)."""
        ...

    @property
    def key(self) -> str:
        """The member (`provincial_average`)."""
        ...

    @property
    def region(self) -> str:
        """The place (`320000`), empty for everywhere."""
        ...


@dataclass(frozen=True, slots=True)
class Ask:
    """A level of a look-up."""

    name: str
    key: str
    region: str = ANY_REGION


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in a file: the line (2 is the first row), the column, and how to mend it."""

    line: int
    column: str
    en: str
    zh: str

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON for an error's details."""
        return {"line": self.line, "column": self.column, "en": self.en, "zh": self.zh}


@dataclass(frozen=True, slots=True)
class Change:
    """A new version and what it follows: the version it corrects, or the data year before."""

    version: Version
    before: Version | None


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What loading a file did (`is_dry`: would do). `changes` are the new versions; `held` await activation."""

    file: str
    sha256: str
    dataset: str
    rows: int
    parameters: int
    added: int
    changed: int
    unchanged: int
    held: int = 0
    changes: tuple[Change, ...] = ()
    was_known: bool = False
    is_dry: bool = False

    def __str__(self) -> str:
        """Return one line for a terminal."""
        if self.was_known:
            return f"{self.file}: loaded before, nothing to do"
        held = f", {self.held} await activation" if self.held else ""
        return (
            f"{self.file}: {self.rows} rows, {self.parameters} parameters:"
            f" {self.added} new, {self.changed} changed, {self.unchanged} unchanged{held}"
        )


@dataclass(frozen=True, slots=True)
class ReferenceReport:
    """What loading all shipped files did."""

    files: tuple[LoadReport, ...]

    @property
    def rows(self) -> int:
        """Rows of all files."""
        return sum(each.rows for each in self.files)

    @property
    def parameters(self) -> int:
        """Parameters of all files."""
        return sum(each.parameters for each in self.files)

    @property
    def stored(self) -> int:
        """New version rows."""
        return sum(each.added + each.changed for each in self.files)

    def __str__(self) -> str:
        """Return one line for a terminal."""
        if all(each.was_known for each in self.files):
            return f"reference parameters up to date ({len(self.files)} files)"
        held = sum(each.held for each in self.files)
        waiting = f", {held} of them await activation" if held else ""
        return f"{self.rows} reference rows of {len(self.files)} files, {self.stored} new parameter versions{waiting}"


def by_identity(versions: Iterable[Version]) -> dict[tuple[str, str, str], list[Version]]:
    """Group versions by parameter."""
    found: dict[tuple[str, str, str], list[Version]] = {}
    for version in versions:
        found.setdefault(version.identity, []).append(version)
    return found
