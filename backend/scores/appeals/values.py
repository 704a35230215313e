"""Words of appeals."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID


class AppealState(StrEnum):
    """How an appeal stands: open; accepted or rejected by the authority; withdrawn by whoever lodged it."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Standing:
    """What a score came to, as an appeal's effect tells it."""

    number: int
    state: str
    grade: str | None
    points: Decimal | None


@dataclass(frozen=True, slots=True)
class AppealValue:
    """An appeal against one indicator (or gate) of a score, of which `fact` is the fact.

    The authority answers until `due_on`. `document` is what an acceptance rests on, `after_score_id` the score the
    re-run came to where it differs, `effect` what was before and after it and, of a correction, the records it is of.
    """

    account_id: UUID
    id: UUID
    score_id: UUID
    year: int
    indicator: str
    fact: str
    words: str
    evidence_id: UUID | None
    state: AppealState
    lodged_at: datetime
    lodged_by: UUID | None
    due_on: date
    ended_at: datetime | None = None
    ended_by: UUID | None = None
    answer: str = ""
    document: str = ""
    after_score_id: UUID | None = None
    effect: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def before(self) -> Standing | None:
        """The account's standing before the answer took effect; None for an appeal without one."""
        return _standing(self.effect.get("before"))

    @property
    def after(self) -> Standing | None:
        """The account's standing after it."""
        return _standing(self.effect.get("after"))


@dataclass(frozen=True, slots=True)
class Correction:
    """The value an acceptance puts in the place of the appealed fact, for the score's year and its records alone."""

    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class OverrideValue:
    """A fact as an accepted appeal corrected it; `value` as the fact is written."""

    account_id: UUID
    id: UUID
    appeal_id: UUID
    year: int
    fact: str
    value: str
    unit: str
    document: str
    reason: str
    recorded_at: datetime
    recorded_by: UUID | None


def _standing(told: Mapping[str, Any] | None) -> Standing | None:
    if told is None:
        return None
    points = told["points"]
    return Standing(told["number"], told["state"], told["grade"], None if points is None else Decimal(points))
