"""What the demonstration makes of standing, as plain data: disclosures, a penalty, consents, a bank's loans and terms.

All of it is invented: documents, listings, amounts and offers name themselves 演示 and stand for nobody's.
"""

import tomllib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from backend.demo.plan import DATA
from backend.esg.values import Exchange, Index
from backend.lending.loans.values import GradeTerms, LoanKind
from backend.scores.running.values import Severity

TOPICS = 21
"""The exchanges' topics, each judged in a published disclosure."""


@dataclass(frozen=True, slots=True)
class DisclosurePlan:
    """A disclosure of one enterprise's year: published with a verifier's statement, or a draft with gaps."""

    enterprise: str
    year: int
    exchange: Exchange
    stock_code: str
    indices: tuple[Index, ...]
    is_published: bool


@dataclass(frozen=True, slots=True)
class PenaltyPlan:
    """A penalty of one enterprise, and what it says in its appeal against the gate."""

    enterprise: str
    document: str
    severity: Severity
    summary: str
    from_on: date
    until_on: date
    appeal: str


@dataclass(frozen=True, slots=True)
class ConsentPlan:
    """What an enterprise opens to the bank; `is_revoked`: it did, and took it back; `is_asked`: the bank waits for it."""

    enterprise: str
    scopes: tuple[str, ...]
    purpose: str
    is_revoked: bool = False
    is_asked: bool = False


@dataclass(frozen=True, slots=True)
class LoanPlan:
    """A loan of the bank, in CNY, with its balances by day."""

    enterprise: str
    reference: str
    kind: LoanKind
    opened_on: date
    ends_on: date
    balances: tuple[tuple[date, Decimal], ...]
    grade: str


@dataclass(frozen=True, slots=True)
class StandingPlan:
    """Everything of standing the demonstration makes in one tenant."""

    disclosures: tuple[DisclosurePlan, ...]
    penalty: PenaltyPlan
    consents: tuple[ConsentPlan, ...]
    loans: tuple[LoanPlan, ...]
    terms: tuple[GradeTerms, ...]


def load_standing(tenant: str) -> StandingPlan | None:
    """Return the tenant's plan, or None when the demonstration has nothing for it."""
    file = DATA / f"{tenant}.toml"
    if not file.exists():
        return None
    given = tomllib.loads(file.read_text(encoding="utf-8"), parse_float=Decimal)
    if "penalty" not in given:
        return None
    shared = tomllib.loads((DATA / "terms.toml").read_text(encoding="utf-8"), parse_float=Decimal)
    penalty: dict[str, Any] = given["penalty"] | {"severity": Severity(given["penalty"]["severity"])}
    return StandingPlan(
        tuple(_disclosure(row) for row in given["disclosure"]),
        PenaltyPlan(**penalty),
        tuple(ConsentPlan(**(row | {"scopes": tuple(row["scopes"])})) for row in given["consent"]),
        tuple(_loan(row) for row in given["loan"]),
        tuple(_terms(row) for row in shared["terms"]),
    )


def _disclosure(row: dict[str, Any]) -> DisclosurePlan:
    values: dict[str, Any] = row | {
        "exchange": Exchange(row["exchange"]), "indices": tuple(Index(each) for each in row["indices"])
    }  # fmt: skip
    return DisclosurePlan(**values)


def _loan(row: dict[str, Any]) -> LoanPlan:
    balances = tuple((each["on"], Decimal(each["cny"])) for each in row["balances"])
    values: dict[str, Any] = row | {"kind": LoanKind(row["kind"]), "balances": balances}
    return LoanPlan(**values)


def _terms(row: dict[str, Any]) -> GradeTerms:
    return GradeTerms(
        row["grade"], Decimal(row["limit_cny"]), Decimal(row["rate_offset_bp"]), row["tenor_months"], row["note"]
    )
