"""Words of the runs: findings of the checks, penalties, signs and what was said about them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from backend.emissions.values import Outcome
from backend.scores.values import Words


class Cause(StrEnum):
    """Why a score was computed."""

    NIGHTLY = "nightly"
    INPUTS = "inputs"
    MODEL = "model"
    APPEAL = "appeal"
    ASKED = "asked"


class Severity(StrEnum):
    """How grave a penalised violation is: minor (一般), serious (较重), severe (严重)."""

    MINOR = "minor"
    SERIOUS = "serious"
    SEVERE = "severe"


class SignKind(StrEnum):
    """What a check looks for: months shifted over the turn of a year, meters split, a boiler run by somebody else."""

    SHIFTED_MONTHS = "shifted_months"
    SPLIT_METERS = "split_meters"
    OUTSOURCED_BOILER = "outsourced_boiler"


class SignState(StrEnum):
    """How a sign stands: found; explained by the enterprise; its explanation accepted or refused by the authority."""

    FOUND = "found"
    EXPLAINED = "explained"
    ACCEPTED = "accepted"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check says of an account and a year, with its numbers (plain decimals by name) and in words.

    `outcome` is None where the check has nothing to ask: in an account's first year there is no year before to compare with.
    """

    kind: SignKind
    outcome: Outcome | None
    numbers: Mapping[str, str]
    words: Words


@dataclass(frozen=True, slots=True)
class PenaltyValue:
    """An environmental penalty on record, in force from `from_on` through `until_on` (None: until withdrawn)."""

    account_id: UUID
    id: UUID
    document: str
    severity: Severity
    summary: str
    from_on: date
    until_on: date | None
    recorded_at: datetime
    recorded_by: UUID | None
    organisation_id: UUID | None
    withdrawn_at: datetime | None
    withdrawn_by: UUID | None
    withdrawal_reason: str

    def is_in_force(self, on: date) -> bool:
        """Tell whether it counts on a day."""
        return self.withdrawn_at is None and self.from_on <= on and (self.until_on is None or on <= self.until_on)


@dataclass(frozen=True, slots=True)
class SignEntryValue:
    """What was said about a sign."""

    account_id: UUID
    id: UUID
    sign_id: UUID
    kind: SignState
    words: str
    evidence_id: UUID | None
    at: datetime
    actor_id: UUID | None
    organisation_id: UUID | None


@dataclass(frozen=True, slots=True)
class SignValue:
    """A sign as it was found, and the entries about it, oldest first; `is_seen` while the data still show it."""

    account_id: UUID
    id: UUID
    year: int
    kind: SignKind
    fingerprint: str
    numbers: Mapping[str, str]
    words: Words
    found_at: datetime
    entries: tuple[SignEntryValue, ...] = ()
    is_seen: bool = False

    @property
    def state(self) -> SignState:
        """How it stands: by what was said last."""
        return self.entries[-1].kind if self.entries else SignState.FOUND

    @property
    def is_counted(self) -> bool:
        """Whether it counts in the newest score: the data still show it, and no explanation was accepted."""
        return self.is_seen and self.state is not SignState.ACCEPTED


@dataclass(frozen=True, slots=True)
class Position:
    """Where an account lies in its sector by one fact, as it may be told.

    `percentile` is the share of the group that is worse, in steps of 5; `mean` the group's, with two significant digits;
    `overall_mean` that of all sectors of which something is told; `size` how many are in the group, in steps of 5.
    """

    fact: str
    basis: str
    value: Decimal
    unit: str
    size: int
    percentile: Decimal | None
    mean: Decimal | None
    overall_mean: Decimal | None
    published_on: date | None
