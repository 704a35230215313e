"""What a statement is made of, as the nouns below tell it: read by `gathering`, turned into figures by the rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from backend.accounts.values import AccountValue, FigureValue
from backend.budgets.values import UnitTotal
from backend.emissions.service import EnergyClaim
from backend.emissions.values import InventoryFacts, LineFacts, MonthFacts
from backend.esg.values import DisclosureDuty
from backend.identity.values import OrganisationValue
from backend.ledger.service import Flows
from backend.ledger.values import UnitClass
from backend.quotas.service import YearStanding
from backend.scores.values import ScoreValue
from backend.statements.account.values import Issuer

HISTORY = 4
"""Years before the period that intensities are compared with."""


@dataclass(frozen=True, slots=True)
class Period:
    """Days (both included) a statement is about, and the moment whose knowledge it states; `day` is that moment's day."""

    first: date
    last: date
    known_at: datetime
    day: date

    @property
    def years(self) -> tuple[int, ...]:
        """Calendar years the period touches."""
        return tuple(range(self.first.year, self.last.year + 1))

    @property
    def history(self) -> tuple[int, ...]:
        """Those years and the ones before that intensities are compared with."""
        return tuple(range(self.first.year - HISTORY, self.last.year + 1))


@dataclass(frozen=True, slots=True)
class SectorMean:
    """The mean of the account's sector in one intensity; nothing is told of fewer than five accounts."""

    calendar_year: int
    kind: str
    product: str
    value: Decimal
    unit: str
    published_on: date


@dataclass(frozen=True, slots=True)
class Gathered:
    """Everything known of the account at the moment. Inventories, months, lines and figures are by calendar year."""

    issuer: Issuer
    account: AccountValue
    holder: OrganisationValue | None
    period: Period
    inventories: Mapping[int, InventoryFacts]
    months: Mapping[int, Sequence[MonthFacts]]
    lines: Mapping[int, Sequence[LineFacts]]
    activity: Mapping[int, Sequence[FigureValue]]
    sector_means: Sequence[SectorMean]
    classes: Mapping[str, UnitClass]
    flows: Flows
    claims: Sequence[EnergyClaim]
    quotas: Sequence[YearStanding]
    disclosures: Sequence[DisclosureDuty]
    score: ScoreValue | None
    budgets: Mapping[int, UnitTotal] | None = field(default_factory=dict[int, UnitTotal])
    """The account's budgets as a key unit, by year; None: the reader may not see them."""
