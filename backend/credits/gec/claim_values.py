"""Words of claiming green certificates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from backend.credits.gec.claiming_rules import Need
from backend.emissions.service import EnergyClaim
from backend.emissions.values import CheckOutcome, Outcome
from backend.ledger.service import ClaimValue
from backend.ledger.values import MovementValue, Serials


class CertificateUse(StrEnum):
    """What an enterprise claims certificates for; one certificate may serve both for the same account."""

    MARKET_SCOPE2 = "market_scope2"
    RENEWABLE_DUTY = "renewable_duty"


FIRST_YEAR = 2023
"""Full coverage by certificates began in 2023 (发改能源〔2023〕1044号)."""

WARNING_DAYS = (90, 30, 7)
"""Days before units expire on which their holder is warned."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which certificates: a quantity, or serials, or a batch with or without a quantity."""

    quantity: Decimal | None = None
    serials: tuple[Serials, ...] = ()
    batch_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Claimed:
    """One movement's certificates, cancelled and claimed. `energy` is None when no electricity is covered."""

    movement: MovementValue
    claims: Sequence[ClaimValue]
    energy: EnergyClaim | None


@dataclass(frozen=True, slots=True)
class Reversed:
    """A claim taken back: the reversing movement, how many uses ended, what electricity is no longer covered."""

    movement: MovementValue
    claims: int
    energy: EnergyClaim | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether certificates serve a need, why, and where the rule stands."""

    need: Need
    outcome: Outcome
    checks: tuple[CheckOutcome, ...]
    label_zh: str
    label_en: str
    document: str
    source: str
    confidence: str
    note: str
    is_uncertain: bool


@dataclass(frozen=True, slots=True)
class Guidance:
    """Certificates of one batch at hand, and what they serve."""

    batch_id: UUID
    quantity: Decimal
    project_code: str
    technology: str
    produced: date | None
    valid_until: date | None
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True, slots=True)
class ExpiryWarning:
    """Units of a batch that expire soon; written once for each of the days before."""

    account_id: UUID
    id: UUID
    class_code: str
    batch_id: UUID
    days: int
    quantity: Decimal
    valid_until: date
    warned_at: datetime
