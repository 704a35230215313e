"""Financed emissions of loans, by PCAF's attribution for business loans and unlisted equity.

    attribution = outstanding / (equity + debt)          unlisted
    attribution = outstanding / EVIC                     listed (enterprise value including cash)
    financed    = attribution x emissions of the borrower, scopes 1 and 2 together and scope 3 apart

Source: PCAF, The Global GHG Accounting and Reporting Standard, Part A, second edition (December 2022), chapter 5.2: the
attribution, footnote 90 on negative equity, table 5-7 of scores. They were compared with a public copy of the text, not
with PCAF's own file (`CONFIDENCE`). Loans for a project are set against the project's own emissions there (5.3); those
are not known here, so such loans are told as missing and never set against the whole firm.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from enum import StrEnum

from backend.factors.values import Confidence
from backend.kit.quantities import EXACT

CONFIDENCE = Confidence.SECONDARY.value
DOCUMENT = (
    "PCAF, The Global GHG Accounting and Reporting Standard, Part A: Financed Emissions, second edition (2022), 5.2"
)
PLACES = Decimal("0.000001")
"""Tonnes are kept to the gram; attribution to twice as many places."""
ONE, ZERO = Decimal(1), Decimal(0)
_QUOTIENTS = Context(prec=60, rounding=ROUND_HALF_UP)
"""Quotients have no end: far more digits than are kept, then rounded once."""


class Base(StrEnum):
    """What the outstanding amount is set against."""

    EQUITY_AND_DEBT = "equity_and_debt"
    ENTERPRISE_VALUE = "enterprise_value"


class Missing(StrEnum):
    """Why nothing can be told of a borrower's financed emissions; each alone is enough."""

    CONSENT = "consent"
    SEVERAL_ACCOUNTS = "several_accounts"
    INVENTORY = "inventory"
    BALANCE_SHEET = "balance_sheet"
    VALUE_NOT_POSITIVE = "value_not_positive"
    PROJECT = "project"


@dataclass(frozen=True, slots=True)
class Borrower:
    """What is known of a borrower in a year; None is unknown. Amounts in CNY, emissions in tCO2e.

    `project` is the part of `outstanding` that was lent for projects.
    """

    outstanding: Decimal
    equity: Decimal | None = None
    debt: Decimal | None = None
    enterprise_value: Decimal | None = None
    scope12: Decimal | None = None
    scope3: Decimal | None = None
    is_verified: bool = False
    has_consent: bool = True
    has_one_account: bool = True
    project: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Financed:
    """A borrower's part: attribution (0..1), tonnes, the score of data quality (1 best .. 5), or what is missing.

    `attributed` is what of `outstanding` the attribution is of: all but loans for projects, nothing where it is missing.

    `is_capped`: more is owed to this bank than the borrower is worth on paper; no more than all of it is attributed.
    """

    outstanding: Decimal
    attribution: Decimal | None
    base: Base | None
    scope12: Decimal | None
    scope3: Decimal | None
    quality: int | None
    missing: Missing | None
    attributed: Decimal = ZERO
    is_capped: bool = False


@dataclass(frozen=True, slots=True)
class Portfolio:
    """The sums over borrowers that could be told, and how much of the portfolio that is.

    `coverage` is the told share of all that is outstanding (0..1), `quality` the mean score weighted by outstanding;
    None where nothing is told. `scope3_told` is what of `told` the sum of scope 3 is of; `scope3` None where that is nothing.
    """

    outstanding: Decimal
    told: Decimal
    coverage: Decimal | None
    scope12: Decimal
    scope3: Decimal | None
    scope3_told: Decimal
    quality: Decimal | None
    missing: dict[Missing, int]


def financed(borrower: Borrower) -> Financed:
    """Return a borrower's financed emissions, all its loans taken together so that nothing is attributed twice.

    Verified emissions score 1 (option 1a), unverified ones the borrower computed from its own activity data 2 (options
    1b and 2a). Estimates from a sector's averages would score 4 or 5: no such factors are published here, so what has
    no inventory is not told rather than invented.
    """
    lent = EXACT.subtract(borrower.outstanding, borrower.project)
    missing = _lacking(borrower, lent)
    if missing is not None or borrower.scope12 is None:
        return _untold(borrower, missing or Missing.INVENTORY)
    worth, base = _worth(borrower)
    if worth is None:
        return _untold(borrower, Missing.BALANCE_SHEET)
    if worth <= ZERO:
        return _untold(borrower, Missing.VALUE_NOT_POSITIVE)
    share = _QUOTIENTS.divide(lent, worth)
    is_capped = share > ONE
    attribution = min(share, ONE).quantize(PLACES * PLACES, context=_QUOTIENTS)
    return Financed(
        outstanding=borrower.outstanding,
        attribution=attribution,
        base=base,
        scope12=_part(borrower.scope12, lent, worth, is_capped=is_capped),
        scope3=None if borrower.scope3 is None else _part(borrower.scope3, lent, worth, is_capped=is_capped),
        quality=1 if borrower.is_verified else 2,
        missing=None,
        attributed=lent,
        is_capped=is_capped,
    )


def together(parts: Sequence[Financed]) -> Portfolio:
    """Return the sums of a portfolio; scope 3 is of those that account for it."""
    outstanding = sum((each.outstanding for each in parts), ZERO)
    known = [each for each in parts if each.missing is None]
    told = sum((each.attributed for each in known), ZERO)
    scope3_told = sum((each.attributed for each in known if each.scope3 is not None), ZERO)
    weighted = sum((EXACT.multiply(each.attributed, Decimal(each.quality or 0)) for each in known), ZERO)
    missing: dict[Missing, int] = {}
    for each in parts:
        if each.missing is not None:
            missing[each.missing] = missing.get(each.missing, 0) + 1
    return Portfolio(
        outstanding=outstanding,
        told=told,
        coverage=_QUOTIENTS.divide(told, outstanding).quantize(PLACES, context=_QUOTIENTS) if outstanding else None,
        scope12=sum((each.scope12 or ZERO for each in known), ZERO),
        scope3=sum((each.scope3 for each in known if each.scope3 is not None), ZERO) if scope3_told else None,
        scope3_told=scope3_told,
        quality=_QUOTIENTS.divide(weighted, told).quantize(Decimal("0.01"), context=_QUOTIENTS) if told else None,
        missing=missing,
    )


def _lacking(borrower: Borrower, lent: Decimal) -> Missing | None:
    if lent <= ZERO and borrower.project > ZERO:
        return Missing.PROJECT
    if not borrower.has_consent:
        return Missing.CONSENT
    # A firm's balance sheet is one; which of its accounts together are the firm, nobody said.
    return None if borrower.has_one_account else Missing.SEVERAL_ACCOUNTS


def _worth(borrower: Borrower) -> tuple[Decimal | None, Base | None]:
    if borrower.enterprise_value is not None:
        return borrower.enterprise_value, Base.ENTERPRISE_VALUE
    if borrower.equity is None or borrower.debt is None:
        return None, None
    # Footnote 90: negative equity counts as nothing, so that all emissions go to the lenders.
    return EXACT.add(max(borrower.equity, ZERO), borrower.debt), Base.EQUITY_AND_DEBT


def _part(emissions: Decimal, lent: Decimal, worth: Decimal, *, is_capped: bool) -> Decimal:
    whole = emissions if is_capped else _QUOTIENTS.divide(EXACT.multiply(emissions, lent), worth)
    return whole.quantize(PLACES, context=_QUOTIENTS)


def _untold(borrower: Borrower, why: Missing) -> Financed:
    return Financed(borrower.outstanding, None, None, None, None, None, why)
