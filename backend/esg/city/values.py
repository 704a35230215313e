"""What an authority keeps of disclosure, and what it sees of its region."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from backend.esg.values import Exchange, Words


class RegisterKind(StrEnum):
    """What the authority of the whole jurisdiction keeps registers of."""

    LISTED_FIRM = "listed_firm"
    LISTED_REPORT = "listed_report"
    STANDARD = "standard"
    SERVICE_BODY = "service_body"


OF_LISTED = frozenset({RegisterKind.LISTED_FIRM, RegisterKind.LISTED_REPORT})


@dataclass(frozen=True, slots=True)
class RegisterEntryValue:
    """An entry of a register; append-only, of a kind and key the newest counts.

    `happened_on`: listed since, reported on, standard issued on, body at work since. `exchange` is empty but for listed
    firms and their reports; `year` is the year a report is of.
    """

    id: UUID
    kind: RegisterKind
    key: str
    name: str
    exchange: str
    stock_code: str
    year: int | None
    account_id: UUID | None
    division_path: str
    happened_on: date
    document: str
    note: str
    is_removed: bool
    recorded_at: datetime
    recorded_by: UUID | None


@dataclass(frozen=True, slots=True)
class Entered:
    """What is asked to be entered."""

    kind: RegisterKind
    name: str
    happened_on: date
    document: str
    exchange: Exchange | None = None
    stock_code: str = ""
    number: str = ""
    year: int | None = None
    account_id: UUID | None = None
    division_code: str = ""
    note: str = ""
    is_removed: bool = False


@dataclass(frozen=True, slots=True)
class CarbonOfficerValue:
    """Who an enterprise appointed as its chief carbon officer (首席双碳官); append-only, the newest counts."""

    account_id: UUID
    id: UUID
    person_name: str
    title: str
    document: str
    starts_on: date
    ends_on: date | None
    evidence_id: UUID | None
    recorded_at: datetime
    recorded_by: UUID | None


@dataclass(frozen=True, slots=True)
class Target:
    """What a document sets out to reach; `document` and `clause` say where."""

    code: str
    name: Words
    value: Decimal
    unit: str
    by_year: int
    document: str
    clause: Words
    confidence: str


@dataclass(frozen=True, slots=True)
class CityFigure:
    """A figure of the city's view beside its target; value None: cannot be told, `note` says why."""

    code: str
    name: Words
    value: Decimal | None
    unit: str
    target: Target | None
    note: Words | None = None

    @property
    def is_reached(self) -> bool | None:
        """Whether the target is reached; None without a target or a value."""
        return None if self.target is None or self.value is None else self.value >= self.target.value


@dataclass(frozen=True, slots=True)
class CityView:
    """What an authority sees of a year in its region: true counts, for its own eyes; `grades` by grade."""

    year: int
    on: date
    figures: Sequence[CityFigure]
    grades: Mapping[str, int]
    unclear: Sequence[RegisterEntryValue]
    """Listed firms whose stock code several accounts claim: which one is theirs cannot be told."""


@dataclass(frozen=True, slots=True)
class WhitePaperValue:
    """A draft of a year's table; `content` is its JSON, never changed, `sha256` over its UTF-8 bytes."""

    id: UUID
    year: int
    division_path: str
    content: str
    sha256: str
    made_at: datetime
    made_by: UUID | None
