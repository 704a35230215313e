"""Which level a figure reaches, and what an evaluation does to a warning. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum, auto
from itertools import pairwise

from backend.monitoring.alerts.values import (
    REOPENED_WITHIN_DAYS,
    CauseKind,
    Finding,
    Level,
    Outcome,
    WarningState,
    WarningValue,
)

MOST_LEVELS = 6
LARGEST = Decimal(1000)
"""A threshold is a percentage within a thousand of nothing."""


def threshold(level: Level, kind: CauseKind) -> Decimal | None:
    """Return beyond which percentage a level is reached for a kind of cause; None: never."""
    return {CauseKind.GROWTH: level.growth, CauseKind.BUDGET: level.budget, CauseKind.INTENSITY: level.intensity}[kind]


def reached(levels: Sequence[Level], kind: CauseKind, value: Decimal) -> tuple[int, Level] | None:
    """Return the gravest level whose threshold the value exceeds, with its rank; None: not even the mildest."""
    found: tuple[int, Level] | None = None
    for rank, level in enumerate(levels):
        bound = threshold(level, kind)
        if bound is not None and value > bound:
            found = (rank, level)
    return found


class LevelFault(Enum):
    """What can be wrong with drafted levels, in both languages."""

    NONE = ("there is no level", "没有任何等级")
    TOO_MANY = ("there are more than 6 levels", "等级超过 6 个")
    CODES = ("each level needs a code of its own, in lower-case letters", "每个等级须有各不相同的小写字母代码")
    NAMES = ("each level needs a name in both languages", "每个等级须有中英文名称")
    EMPTY = ("no level has any threshold", "所有等级均未设阈值")
    NOT_RISING = ("thresholds must rise from level to level", "同类阈值须逐级升高")
    TOO_LARGE = ("a threshold lies beyond 1000 percent", "阈值超出 ±1000%")
    DAYS = ("an answer is due within 1 to 366 days", "答复期限须为 1 至 366 天")
    GROWTH = ("growth is told of 1 to 12 months, at most 24 months old, and covered by 0 to 100 percent",
              "增速按 1 至 12 个月合并计算，距今不超过 24 个月，覆盖率为 0 至 100%")  # fmt: skip

    @property
    def en(self) -> str:
        """The words in English."""
        return self.value[0]

    @property
    def zh(self) -> str:
        """The words in Chinese."""
        return self.value[1]


def level_fault(levels: Sequence[Level], window: int, latest: int, coverage: Decimal) -> LevelFault | None:
    """Return what is wrong with levels, the mildest first, and with how growth is told; None when nothing is."""
    codes = [each.code for each in levels]
    known = [bound for each in levels for kind in CauseKind if (bound := threshold(each, kind)) is not None]
    tests = (
        (LevelFault.NONE, not levels),
        (LevelFault.TOO_MANY, len(levels) > MOST_LEVELS),
        (LevelFault.CODES, len(set(codes)) < len(codes) or not all(_is_word(each) for each in codes)),
        (LevelFault.NAMES, not all(each.name_zh.strip() and each.name_en.strip() for each in levels)),
        (LevelFault.EMPTY, not known),
        (LevelFault.TOO_LARGE, any(abs(each) > LARGEST for each in known)),
        (LevelFault.NOT_RISING, not all(_is_rising(levels, kind) for kind in CauseKind)),
        (LevelFault.DAYS, not all(1 <= each.answer_days <= 366 for each in levels)),  # noqa: PLR2004 - a leap year, as the words say
        (LevelFault.GROWTH, not (1 <= window <= 12 and 0 <= latest <= 24 and 0 <= coverage <= 100)),  # noqa: PLR2004 - as the words say
    )
    return next((fault for fault, is_wrong in tests if is_wrong), None)


def _is_word(code: str) -> bool:
    return code.isascii() and code.isidentifier() and code == code.lower()


def _is_rising(levels: Sequence[Level], kind: CauseKind) -> bool:
    bounds = [bound for each in levels if (bound := threshold(each, kind)) is not None]
    return all(low < high for low, high in pairwise(bounds))


class Change(Enum):
    """What an evaluation does to a warning."""

    RAISE = auto()
    REOPEN = auto()
    WORSEN = auto()
    EASE = auto()
    CONFIRM = auto()
    CLEAR = auto()
    NOTHING = auto()


@dataclass(frozen=True, slots=True)
class Decision:
    """What is done, and to which warning (None: a new one)."""

    change: Change
    warning: WarningValue | None


def decide(finding: Finding, known: WarningValue | None, at: datetime) -> Decision:
    """Return what a finding does to the newest warning of its cause.

    One warning of a cause is open at a time. A closed one reopens when its cause had gone and comes back within a year, or
    when it became graver than it was at its closing; as long as it stays as it was, it stays closed.
    """
    change = Change.NOTHING
    if finding.outcome is Outcome.CLEAR and known is not None and known.is_present:
        change = Change.CLEAR
    elif finding.outcome is Outcome.FOUND:
        change = Change.RAISE if known is None else _found(finding, known, at)
    return Decision(change, known)


def _found(finding: Finding, known: WarningValue, at: datetime) -> Change:
    if known.state is WarningState.CLOSED:
        is_back = not known.is_present or finding.rank > known.rank
        is_old = known.closed_at is not None and at - known.closed_at > timedelta(days=REOPENED_WITHIN_DAYS)
        return Change.NOTHING if not is_back else Change.RAISE if is_old else Change.REOPEN
    if finding.rank != known.rank:
        return Change.WORSEN if finding.rank > known.rank else Change.EASE
    is_news = finding.month != known.month or finding.value != known.value or not known.is_present
    return Change.CONFIRM if is_news else Change.NOTHING
