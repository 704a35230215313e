"""Words of the allocation and settlement rules, and the results that explain themselves."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from backend.quotas.rules.rounding import displayed, whole


class Sector(StrEnum):
    """Sectors that receive and surrender allowances."""

    POWER = "power"
    STEEL = "steel"
    CEMENT = "cement"
    ALUMINIUM = "aluminium"


SECTORS_ZH = {Sector.POWER: "发电", Sector.STEEL: "钢铁", Sector.CEMENT: "水泥", Sector.ALUMINIUM: "铝冶炼"}


class UnitClass(StrEnum):
    """Classes of power units, each with benchmarks of its own."""

    COAL_GT300 = "coal_gt300"
    COAL_LE300 = "coal_le300"
    COAL_UNCONVENTIONAL = "coal_unconventional"
    GAS = "gas"

    @property
    def fuel(self) -> str:
        """`coal` or `gas`: what the corrections are written for."""
        return "gas" if self is UnitClass.GAS else "coal"

    @property
    def is_conventional_coal(self) -> bool:
        """Whether it is conventional coal, which alone has corrections for load."""
        return self in {UnitClass.COAL_GT300, UnitClass.COAL_LE300}


class Cooling(StrEnum):
    """How the steam is condensed; a back-pressure unit has no condenser."""

    WATER = "water"
    AIR = "air"
    BACK_PRESSURE = "back_pressure"


COOLINGS_ZH = {Cooling.WATER: "水冷", Cooling.AIR: "空冷", Cooling.BACK_PRESSURE: "背压"}


class Basis(StrEnum):
    """Which electricity a plan counts: supplied to the grid (供电量), or generated (发电量)."""

    SUPPLIED = "supplied"
    GROSS = "gross"


BASES_ZH = {Basis.SUPPLIED: "供电量", Basis.GROSS: "发电量"}


class LineKind(StrEnum):
    """Production lines. Only regular ones follow the published formula."""

    REGULAR = "regular"
    SPECIAL = "special"
    NEW = "new"
    CLOSED = "closed"


LINES_ZH = {
    LineKind.REGULAR: "常规", LineKind.SPECIAL: "特种", LineKind.NEW: "新建", LineKind.CLOSED: "关停",
}  # fmt: skip


class Outcome(StrEnum):
    """How a check ends. What cannot be told blocks like a failure, but is mended by knowing more."""

    PASS = "pass"  # noqa: S105 - a word for passing
    FAIL = "fail"
    UNKNOWN = "cannot_tell"


@dataclass(frozen=True, slots=True)
class Figure:
    """A dated parameter as it was found, with its proof. A number, a range, or words."""

    name: str
    key: str
    value: Decimal | None
    low: Decimal | None
    high: Decimal | None
    text: str | None
    unit: str
    label_zh: str
    label_en: str
    document: str
    source: str
    confidence: str
    note: str
    is_uncertain: bool
    version_id: UUID | None
    valid: str


@dataclass(frozen=True, slots=True)
class Factor:
    """One step of an explanation.

    `formula` is the rule's text in force (empty for a printed value), `reason_*` why it gives this value here.
    `is_assumed` marks an input nobody stated and that was taken as neutral: good for a preview, not to issue on.
    """

    code: str
    label_zh: str
    label_en: str
    value: Decimal
    unit: str = "1"
    formula: str = ""
    reason_zh: str = ""
    reason_en: str = ""
    is_assumed: bool = False
    figure: Figure | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A summand of an allocation, in tCO2, with the multiplication written out."""

    code: str
    label_zh: str
    label_en: str
    value: Decimal
    expression: str


_WEAKEST = ("verified-by-lookup", "verified-by-lookup(secondary)", "tenant-entered", "from-memory", "placeholder")


def weakest(factors: tuple[Factor, ...]) -> str:
    """Return the lowest confidence among the factors' figures, empty without any."""
    known = [each.figure.confidence for each in factors if each.figure is not None]
    return max(known, key=lambda each: _WEAKEST.index(each) if each in _WEAKEST else len(_WEAKEST), default="")


def documents(factors: tuple[Factor, ...]) -> tuple[str, ...]:
    """Return the documents the factors rest on, each once."""
    return tuple(dict.fromkeys(each.figure.document for each in factors if each.figure and each.figure.document))


@dataclass(frozen=True, slots=True)
class Quota:
    """The allocation of one power unit or production line, in tCO2, with everything it was made of.

    `quota` carries 40 digits and is never rounded.
    """

    year: int
    quota: Decimal
    parts: tuple[Part, ...]
    factors: tuple[Factor, ...]
    formula: str
    basis: Basis | None = None
    notes_zh: tuple[str, ...] = ()
    notes_en: tuple[str, ...] = ()

    @property
    def displayed(self) -> Decimal:
        """The quota with two decimals, for people; never to be calculated with."""
        return displayed(self.quota)

    @property
    def is_assumed(self) -> bool:
        """Whether some input was not stated."""
        return any(each.is_assumed for each in self.factors)

    @property
    def is_uncertain(self) -> bool:
        """Whether some figure is not confirmed."""
        return any(each.figure is not None and each.figure.is_uncertain for each in self.factors)

    @property
    def confidence(self) -> str:
        """The lowest confidence among the figures."""
        return weakest(self.factors)

    @property
    def documents(self) -> tuple[str, ...]:
        """The documents it rests on."""
        return documents(self.factors)


@dataclass(frozen=True, slots=True)
class Amount:
    """A computed amount with its explanation. `is_maximum`: the rule gives only the most it may be."""

    value: Decimal
    unit: str
    factors: tuple[Factor, ...]
    formula: str
    is_maximum: bool = False
    reason_zh: str = ""
    reason_en: str = ""

    @property
    def displayed(self) -> Decimal:
        """The amount with two decimals, for people."""
        return displayed(self.value)

    @property
    def whole(self) -> Decimal:
        """The whole units in it, rounded down."""
        return whole(self.value)

    @property
    def confidence(self) -> str:
        """The lowest confidence among the figures."""
        return weakest(self.factors)


@dataclass(frozen=True, slots=True)
class Finding:
    """The end of one check, in words, with the rule it rests on."""

    outcome: Outcome
    code: str
    zh: str
    en: str
    figure: Figure | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """All checks of one thing: it passes only when every one does."""

    findings: tuple[Finding, ...]

    @property
    def outcome(self) -> Outcome:
        """The worst: a failure before what cannot be told."""
        found = {each.outcome for each in self.findings}
        for worst in (Outcome.FAIL, Outcome.UNKNOWN):
            if worst in found:
                return worst
        return Outcome.PASS
