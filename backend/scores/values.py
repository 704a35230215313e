"""Words of green scores: facts, what peers look like, an assessment with its reasons, a stored score.

A **fact** (`FACTS`) is one thing known of an account and a year, with how it came to be known and the records it came
from. A **model** (data, see `content`) turns facts into an assessment; nothing else decides a grade. What is missing
is never good news: a fact without a value has quality `MISSING` and earns nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Protocol
from uuid import UUID

ACTIONS = (
    "scores:activate",
    "scores:answer",
    "scores:appeal",
    "scores:penalise",
    "scores:propose",
    "scores:read",
    "scores:supervise",
)
"""The permissions of this noun: a model's second signature, answers to appeals, appeals, penalties on record, drafts,
reading one's own, the authority's view of all."""

SMALLEST_GROUP = 5
"""Nothing is told of a group of fewer accounts."""


class Quality(StrEnum):
    """How a fact came to be known, best first."""

    VERIFIED = "verified"
    COMPUTED = "computed"
    ESTIMATED = "estimated"
    MISSING = "missing"


class State(StrEnum):
    """What came of a run: a grade, a gate that stands against it, or not enough to tell."""

    GRADED = "graded"
    GATED = "gated"
    CANNOT_TELL = "cannot_tell"


@dataclass(frozen=True, slots=True)
class Words:
    """A sentence or a name in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Source:
    """A record a fact came from: what kind of thing (`Inventory`, `YearFigure`, ...), its id and its version."""

    kind: str
    id: str
    version: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing known of an account and a year.

    `value` is a Decimal in `unit`, a code, a truth, or None when missing; `note` says in words where it came from.
    """

    code: str
    value: Decimal | str | bool | None
    unit: str
    quality: Quality
    sources: tuple[Source, ...] = ()
    note: Words = Words("", "")


@dataclass(frozen=True, slots=True)
class FactKind:
    """A fact a model may ask for. `unit` is empty for codes and truths; `better` is `lower`, `higher` or empty (neither)."""

    code: str
    name: Words
    unit: str
    better: str = ""
    choices: tuple[str, ...] = ()


def _kinds(*kinds: FactKind) -> dict[str, FactKind]:
    return {each.code: each for each in kinds}


FACTS: Mapping[str, FactKind] = _kinds(
    FactKind("emissions_location", Words("排放总量（范围一和范围二，基于位置）", "Emissions, scopes 1 and 2, location-based"), "tCO2e", "lower"),
    FactKind("emissions_market", Words("排放总量（范围一和范围二，基于市场）", "Emissions, scopes 1 and 2, market-based"), "tCO2e", "lower"),
    FactKind("emissions_change", Words("排放总量较上年变化", "Change of emissions against the year before"), "%", "lower"),
    FactKind("value_added_intensity", Words("单位增加值碳排放", "Emissions per value added"), "tCO2e/万CNY", "lower"),
    FactKind("output_intensity", Words("单位产品碳排放", "Emissions per unit of main product"), "tCO2e/unit", "lower"),
    FactKind("intensity_change", Words("碳排放强度较上年变化", "Change of intensity against the year before"), "%", "lower"),
    FactKind("sector_ratio", Words("碳效值（本企业强度与行业平均之比）", "Own intensity over the sector's mean"), "", "lower"),
    FactKind("energy_intensity", Words("单位增加值能耗", "Energy per value added"), "tce/万CNY", "lower"),
    FactKind("green_power_share", Words("绿色电力占比", "Share of purchased electricity covered by claimed certificates"), "%", "higher"),
    FactKind("neutralised_share", Words("碳中和率（已注销减排量占排放比例）", "Share of emissions met by retired credits"), "%", "higher"),
    FactKind("data_quality", Words("数据质量得分", "Data quality score of the inventory, 0 to 100"), "", "higher"),
    FactKind("metered_share", Words("计量数据占比", "Share of emissions from metered data"), "%", "higher"),
    FactKind("months_covered", Words("数据覆盖月数", "Months with data"), "", "higher"),
    FactKind("inventory_state", Words("清单状态", "State of the year's inventory"), "", "",
             ("none", "computed", "submitted", "verified", "closed", "restated")),
    FactKind("is_verified", Words("清单已核查", "The inventory is verified"), ""),
    FactKind("duties_on_time", Words("履约义务按时完成比例", "Share of quota duties done in time"), "%", "higher"),
    FactKind("quota_gap", Words("配额缺口比例", "Share of the obligation not covered by holdings"), "%", "lower"),
    FactKind("disclosure_rating", Words("环境、社会和治理披露评级", "Rating of the year's disclosure"), "", "",
             ("none", "C", "CC", "CCC", "B", "BB", "BBB", "A", "AA", "AAA")),
    FactKind("open_penalties", Words("有效的环境行政处罚数", "Environmental penalties in force"), "", "lower"),
    FactKind("gaming_signs", Words("数据异常迹象数", "Signs of shifted or split data, unexplained"), "", "lower"),
)  # fmt: skip
"""Every fact there is, by code. A ratio of quotas is zero-free: who has no obligation has no such fact."""


FOLLOWERS: Mapping[str, tuple[str, ...]] = {
    "emissions_location": (
        "emissions_change", "value_added_intensity", "output_intensity", "sector_ratio", "intensity_change",
    ),
    "value_added_intensity": ("sector_ratio", "intensity_change"),
    "sector_ratio": ("value_added_intensity", "intensity_change"),
    "output_intensity": ("intensity_change",),
}  # fmt: skip
"""What is made from a fact, by definition: who changes the one changes these too."""


class Peers(Protocol):
    """How the account's sector lies in a fact; read from roll-ups, never from the neighbours' rows."""

    def size(self, fact: str) -> int:
        """Return how many accounts of the sector have the fact."""
        ...

    def percentile(self, fact: str, value: Decimal) -> Decimal | None:
        """Return the share (0 to 100) of the group that is worse; None for a group below `SMALLEST_GROUP`."""
        ...

    def mean(self, fact: str) -> Decimal | None:
        """Return the group's mean; None for a group below `SMALLEST_GROUP`."""
        ...


@dataclass(frozen=True, slots=True)
class Indicator:
    """An indicator as it came out. `points` are 0 to 100, `contribution` = points x weight share, `best` what it could be.

    `points` is None where nothing could be told; it then contributes nothing.
    """

    code: str
    name: Words
    fact: Fact
    points: Decimal | None
    weight: Decimal
    contribution: Decimal
    best: Decimal
    reason: Words


@dataclass(frozen=True, slots=True)
class Gate:
    """A condition that stands above the points: whether it is open, what it does when shut, and why."""

    code: str
    name: Words
    is_open: bool
    effect: str
    reason: Words


@dataclass(frozen=True, slots=True)
class Change:
    """One step of the cheapest way to a better grade: what to change from what to what, and what it costs.

    `effort` has no unit: it is the model's own weight for the step, a placeholder where nothing is published.
    """

    indicator: str
    fact: str
    before: Decimal | str | bool | None
    after: Decimal | str | bool
    unit: str
    effort: Decimal
    words: Words


@dataclass(frozen=True, slots=True)
class Assessment:
    """What a model makes of facts: everything a reader is told, with nothing left to compute."""

    state: State
    points: Decimal | None
    grade: str | None
    grade_name: Words
    colour: str
    indicators: tuple[Indicator, ...]
    gates: tuple[Gate, ...]
    helps: tuple[Words, ...]
    harms: tuple[Words, ...]
    next_grade: str | None
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class ScoreValue:
    """A score as it was stored; append-only, `number` counts the account's scores.

    `cause` says why it was computed (`nightly`, `inputs`, `model`, `appeal`, `asked`); `inputs` name each record and
    version it rests on; `is_placeholder` is true where the model's figures are nobody's official ones.
    """

    account_id: UUID
    id: UUID
    number: int
    year: int
    model_code: str
    model_version: int
    model_name: Words
    is_placeholder: bool
    assessment: Assessment
    inputs: tuple[Source, ...]
    cause: str
    computed_at: datetime
    valid_until: date


@dataclass(frozen=True, slots=True)
class ScoreChange:
    """A new score whose grade, state, shut gates, year or model differ from the one before; points alone do not count."""

    account_id: UUID
    organisation_id: UUID
    before: ScoreValue | None
    after: ScoreValue
    at: datetime
    details: Mapping[str, str] = field(default_factory=dict[str, str])
