"""What the parts of one calculation share: the run, its resolved sets, and how they are written as JSON."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from backend.emissions.claims.values import Purchases
from backend.emissions.inventory.judgement import Judge
from backend.emissions.inventory.resolve import Resolver
from backend.emissions.inventory.values import Item, Request, Resolved
from backend.emissions.values import CheckOutcome


@dataclass(frozen=True, slots=True)
class Run:
    """One calculation's surroundings: what is asked, the instant, the resolver, the year's stretches."""

    request: Request
    as_of: datetime
    resolver: Resolver
    epochs: tuple[int, ...]
    starts: tuple[date, ...]

    @property
    def judge(self) -> Judge:
        """The weights of quality and uncertainty, as of the year's end."""
        on = date(self.request.year, 12, 31)
        return Judge(self.resolver.quality_weights(on), self.resolver.uncertainty_table(on))


@dataclass(frozen=True, slots=True)
class Latest:
    """The newest version an account has for the year."""

    inventory_id: UUID
    version: int
    state: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How an account's claims stand to its purchases, in MWh."""

    claimed: Decimal
    purchases: Purchases


@dataclass(frozen=True, slots=True)
class Gathered:
    """The resolved sets and the numbered items of a run, and how claims stand in the accounts that have any."""

    resolved: Mapping[int, Resolved]
    items: Mapping[int, Item]
    standings: Mapping[UUID, Standing]


def dumps(value: object) -> str:
    """Write JSON with decimals as text: PostgreSQL reads them back exactly."""
    return json.dumps(value, ensure_ascii=False, default=_plain)


def _plain(value: object) -> str:
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def outcome_json(outcome: CheckOutcome) -> dict[str, Any]:
    """Return a check's outcome as it is kept with the inventory."""
    return {
        "code": outcome.code, "outcome": outcome.outcome.value, "zh": outcome.zh, "en": outcome.en,
        "details": dict(outcome.details),
    }  # fmt: skip
