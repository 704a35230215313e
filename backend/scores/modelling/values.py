"""Versions of score models as they were stored, and what a back-test found."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from backend.scores.modelling.content import ModelContent

MOST_REASON = 1000
FURTHEST_YEARS = 5
"""A model is activated at most so many years ahead."""


class ModelState(StrEnum):
    """How far a version is: being written, signed by a second person, in force some day, now, or no more."""

    DRAFT = "draft"
    REJECTED = "rejected"
    APPROVED = "approved"
    SCHEDULED = "scheduled"
    ACTIVE = "active"
    RETIRED = "retired"


class Movement(StrEnum):
    """Where an account would go: to a better or worse grade, to one it had not, to none it had, or nowhere."""

    UP = "up"
    DOWN = "down"
    SAME = "same"
    GAINED = "gained"
    LOST = "lost"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Period:
    """Days a version is in force: from the first to before `until`, which is None while nothing ends it."""

    from_on: date
    until: date | None
    reason: str
    activated_at: datetime
    activated_by: UUID | None


@dataclass(frozen=True, slots=True)
class ModelVersion:
    """A version of a score model with what it says now (`revision`), and when it is in force.

    `valid_from` is the first day of the period asked about, or of the newest one; None for a version that was never
    activated. `author_ids` are those who wrote or changed it: none of them approves it.
    """

    id: UUID
    code: str
    version: int
    revision: int
    state: ModelState
    content: ModelContent
    sha256: str
    origin: str
    reason: str
    created_at: datetime
    recorded_at: datetime
    author_ids: tuple[UUID, ...]
    decided_at: datetime | None
    decided_by: UUID | None
    decision: str
    periods: tuple[Period, ...]
    valid_from: date | None

    @property
    def document(self) -> str:
        """The number (or title) of the document the model rests on, empty where there is none."""
        found = next((each for each in self.content.documents if each.code == self.content.document), None)
        return "" if found is None else found.number or found.title_zh

    @property
    def is_placeholder(self) -> bool:
        """Whether any figure of the model is nobody's official one."""
        return self.content.is_placeholder


@dataclass(frozen=True, slots=True)
class Revision:
    """An edit of a version: who, when, why, and the hash of what it said from then on."""

    revision: int
    sha256: str
    reason: str
    recorded_at: datetime
    recorded_by: UUID | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a model made of an account: a grade and points only where it is graded."""

    state: str
    grade: str | None
    points: Decimal | None


@dataclass(frozen=True, slots=True)
class BacktestLine:
    """What came out for one account, before (None: no model was in force) and after."""

    account_id: UUID
    movement: Movement
    before: Outcome | None
    after: Outcome


@dataclass(frozen=True, slots=True)
class Backtest:
    """What a revision would have made of a year's facts. `counts` are by movement, and by grade before and after."""

    id: UUID
    version_id: UUID
    revision: int
    against_id: UUID | None
    year: int
    job_id: UUID
    accounts: int
    counts: Mapping[str, Mapping[str, int]]
    finished_at: datetime
    asked_by: UUID | None
