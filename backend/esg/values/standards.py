"""What standards ask for and what the account can feed, as the reference files say it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from backend.esg.values.words import Level, Pillar, Relation, RequirementKind


@dataclass(frozen=True, slots=True)
class Words:
    """A text in both languages."""

    zh: str
    en: str

    def __call__(self, language: str) -> str:
        """Return the text in `zh` or `en`."""
        return self.zh if language.startswith("zh") else self.en


@dataclass(frozen=True, slots=True)
class Requirement:
    """What a standard asks for.

    `metric` feeds it from the account; without one the owner answers. `topic` is the exchanges' topic (1 to 21) or None.
    `may_explain`: a reason may stand in its place. `clause` is where the standard says so.
    """

    standard: str
    code: str
    name: Words
    pillar: Pillar
    kind: RequirementKind
    level: Level
    topic: int | None
    metric: str | None
    unit: str
    may_explain: bool
    needs_evidence: bool
    clause: str
    mandatory_for: Words
    source: str
    confidence: str
    confidence_note: str

    @property
    def key(self) -> str:
        """Standard and code: its name among all standards."""
        return f"{self.standard}:{self.code}"

    @property
    def point(self) -> str:
        """The point that answers it."""
        return self.metric or self.key


@dataclass(frozen=True, slots=True)
class Test:
    """One fact of an account's profile that makes a standard bind: a flag that is set, or membership in an index."""

    fact: str
    among: tuple[str, ...]
    reason: Words


@dataclass(frozen=True, slots=True)
class Binding:
    """Whom a standard binds, from which year, and by which day of the year after. No tests: nobody, it is voluntary."""

    tests: tuple[Test, ...]
    first_year: int
    due_month: int | None
    due_day: int | None
    otherwise: Words


@dataclass(frozen=True, slots=True)
class Standard:
    """A version of a standard; it never changes: another version is another file."""

    code: str
    version: str
    name: Words
    document: str
    issued_on: date | None
    valid_from: date | None
    source: str
    confidence: str
    confidence_note: str
    binding: Binding
    requirements: tuple[Requirement, ...]
    sha256: str


@dataclass(frozen=True, slots=True)
class Topic:
    """One of the exchanges' 21 topics, as the guidelines number and name it."""

    number: int
    pillar: Pillar
    name: Words
    article: str
    mapping: str
    note: str
    source: str
    confidence: str
    confidence_note: str


@dataclass(frozen=True, slots=True)
class Crossing:
    """How requirement `from_key` relates to `to_key` of another standard."""

    from_key: str
    to_key: str
    relation: Relation
    confidence: str
    note: str


@dataclass(frozen=True, slots=True)
class Metric:
    """A data point the account can feed, or the owner enters with evidence. `rule` names how it is prefilled."""

    code: str
    name: Words
    unit: str
    kind: RequirementKind
    pillar: Pillar
    topic: int | None
    rule: str | None
    formula: Words
    confidence: str


@dataclass(frozen=True, slots=True)
class MaterialityTerms:
    """How topics are judged: scores `low`..`high`; `threshold` and above is material. A placeholder until confirmed."""

    version: str
    low: Decimal
    high: Decimal
    threshold: Decimal
    document: str
    confidence: str
    is_placeholder: bool


@dataclass(frozen=True, slots=True)
class Library:
    """All reference data of disclosure in force: standards by code, topics, metrics, crosswalk, terms of materiality."""

    standards: Mapping[str, Standard]
    topics: Mapping[int, Topic]
    metrics: Mapping[str, Metric]
    crossings: tuple[Crossing, ...]
    materiality: MaterialityTerms
    versions: Mapping[str, str]
    """Version in force of each reference file, by `kind:code`."""
