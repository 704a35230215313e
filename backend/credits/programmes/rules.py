"""Pure rules of the regional programmes: what a quantity is worth, within which limits, and what trees cost.

Sources: the jurisdiction's pack, which names its documents; nothing here holds a figure of its own.
"""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_UP, Context, Decimal, InvalidOperation
from typing import Any

from backend.credits.programmes.errors import (
    HouseholdsInvalid,
    InputsWrong,
    LandExceeded,
    MethodologyNotConfigured,
    NothingToIssue,
    NumbersInvalid,
    ParticipantCapReached,
    PeriodAcrossCaps,
    PeriodInvalid,
    TextNotFit,
    TotalCapReached,
    TreesPerHouseholdExceeded,
    TreesPerMuExceeded,
)
from backend.kit.quantities import EXACT
from backend.tenants.values import CapPeriod, Formula, Methodology, MethodologyTerms, ProgrammeUnit, Rounding, TreeRules

INPUTS: Mapping[Formula, tuple[str, ...]] = {
    Formula.DIFFERENCE: ("baseline", "project", "leakage"),
    Formula.PER_UNIT: ("activity",),
}
"""What each formula is given: tonnes as the reviewed report states them, or an amount in the methodology's unit."""
FIRST_YEAR = 2012
LARGEST = Decimal(10) ** 15
MOST_PLACES = 12
MOST_TREES = 2**31 - 1
"""Trees of one calculation: what a whole number of the wire holds."""
WIDE = Context(prec=400)
"""Room enough for every digit; rounding happens only where `quantize` is told to."""
ROUNDINGS = {Rounding.DOWN: ROUND_DOWN, Rounding.HALF_UP: ROUND_HALF_UP}
Runs = Sequence[tuple[int, int]]


def text(value: str, field: str, *, most: int = 200, is_needed: bool = True) -> str:
    """Return a text without blanks around it.

    Raises:
        TextNotFit: empty where it is needed, or too long.
    """
    plain = value.strip()
    if len(plain) > most or (is_needed and not plain):
        raise TextNotFit(field=field, most=most, length=len(plain), path=("input", field))
    return plain


def inputs(formula: Formula, given: Mapping[str, Any]) -> dict[str, Decimal]:
    """Return the formula's inputs; `leakage` is nothing unless told.

    Raises:
        InputsWrong: one is missing, unknown, no decimal written as text, negative, or beyond any real project.
    """
    needed = INPUTS[formula]
    read: dict[str, Decimal] = {"leakage": Decimal(0)} if "leakage" in needed else {}
    for name, value in given.items():
        try:
            number = Decimal(value) if name in needed and isinstance(value, str) else None
        except InvalidOperation:
            number = None
        if number is None or not is_sane(number):
            raise InputsWrong(needed=", ".join(needed), field=name, path=("input", "inputs", name))
        read[name] = number
    for name in needed:
        if name not in read:
            raise InputsWrong(needed=", ".join(needed), field=name, path=("input", "inputs", name))
    return read


def is_sane(number: Decimal) -> bool:
    """Tell whether a number is finite, not negative, and of a size and precision that occurs."""
    if not number.is_finite() or not 0 <= number < LARGEST:
        return False
    exponent = number.as_tuple().exponent
    return isinstance(exponent, int) and -exponent <= MOST_PLACES


def missing(methodology: Methodology, terms: MethodologyTerms) -> list[str]:
    """Return the figures an issue needs and nobody knows yet."""
    wanted: dict[str, object] = {"rounding": terms.rounding, "validityMonths": terms.validity_months}
    if methodology.formula is Formula.PER_UNIT:
        wanted["factor"] = terms.factor
    return sorted(name for name, value in wanted.items() if value is None)


def check_configured(methodology: Methodology, terms: MethodologyTerms) -> None:
    """Refuse a methodology whose figures are not known: what cannot be told is not issued.

    Raises:
        MethodologyNotConfigured: names what is missing.
    """
    lacking = missing(methodology, terms)
    if lacking:
        raise MethodologyNotConfigured(methodology=methodology.code, missing=", ".join(lacking))


def computed(methodology: Methodology, terms: MethodologyTerms, given: Mapping[str, Decimal]) -> Decimal:
    """Return what the formula gives, exact: baseline - project - leakage, or activity x factor.

    Raises:
        MethodologyNotConfigured: the factor is not known.
    """
    if methodology.formula is Formula.DIFFERENCE:
        return EXACT.subtract(EXACT.subtract(given["baseline"], given["project"]), given["leakage"])
    if terms.factor is None:
        raise MethodologyNotConfigured(methodology=methodology.code, missing="factor")
    return EXACT.multiply(given["activity"], terms.factor)


def rounded(value: Decimal, made: ProgrammeUnit, rounding: Rounding) -> Decimal:
    """Return the value rounded to what a unit of the class can hold.

    Raises:
        NothingToIssue: nothing, or less.
    """
    step = Decimal(1).scaleb(-made.scale)
    found = value.quantize(step, rounding=ROUNDINGS[rounding], context=WIDE) if value > 0 else Decimal(0)
    if found <= 0:
        facts: dict[str, Any] = {"class": made.code, "computed": format(value, "f")}
        raise NothingToIssue(**facts)
    return found


def check_period(period_from: date, period_to: date, today: date) -> None:
    """Refuse a period nobody can report on.

    Raises:
        PeriodInvalid: ends before it begins, is not over, or begins before 2012.
    """
    if period_to < period_from or period_to >= today or period_from.year < FIRST_YEAR:
        raise PeriodInvalid(
            period_from=period_from.isoformat(), period_to=period_to.isoformat(), first=FIRST_YEAR,
            path=("input", "periodTo"),
        )  # fmt: skip


def cap_start(terms: MethodologyTerms, day: date) -> date:
    """Return the first day of the cap's period that holds a day."""
    return day.replace(day=1) if terms.cap_period is CapPeriod.MONTH else date(day.year, 1, 1)


def cap_end(terms: MethodologyTerms, start: date) -> date:
    """Return the first day after the cap's period that begins on a day."""
    months = 1 if terms.cap_period is CapPeriod.MONTH else 12
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, 1)


def check_one_cap_period(terms: MethodologyTerms, period_from: date, period_to: date) -> None:
    """Refuse a period that lies in two periods of a cap.

    Raises:
        PeriodAcrossCaps: names both days.
    """
    if terms.cap_participant is None and terms.cap_total is None:
        return
    if cap_start(terms, period_from) != cap_start(terms, period_to):
        raise PeriodAcrossCaps(
            cap_period=terms.cap_period.value, cap_period_zh="月" if terms.cap_period is CapPeriod.MONTH else "年",
            period_from=period_from.isoformat(), period_to=period_to.isoformat(), path=("input", "periodTo"),
        )  # fmt: skip


def check_caps(
    terms: MethodologyTerms, start: date, quantity: Decimal, *, of_participant: Decimal, of_all: Decimal
) -> None:
    """Refuse an issue beyond a cap; `of_participant` and `of_all` were issued before in the cap's period.

    Raises:
        ParticipantCapReached, TotalCapReached: in this order.
    """
    told: dict[str, Any] = {
        "cap_period": terms.cap_period.value,
        "start": start.isoformat(),
        "quantity": format(quantity, "f"),
    }
    if terms.cap_participant is not None and EXACT.add(of_participant, quantity) > terms.cap_participant:
        raise ParticipantCapReached(issued=format(of_participant, "f"), cap=format(terms.cap_participant, "f"), **told)
    if terms.cap_total is not None and EXACT.add(of_all, quantity) > terms.cap_total:
        raise TotalCapReached(cap=format(terms.cap_total, "f"), **told)


def last_day(issued_on: date, months: int) -> date | None:
    """Return the last day units issued on a day are valid; None for no end.

    `months` count from the day of issue: issued on 2026-01-31 for one month, valid until 2026-02-27, the day before the
    day of the same number (or, where the month is shorter, its last).
    """
    if months == 0:
        return None
    year, month = divmod(issued_on.year * 12 + issued_on.month - 1 + months, 12)
    day = min(issued_on.day, monthrange(year, month + 1)[1])
    return date.fromordinal(date(year, month + 1, day).toordinal() - 1)


def runs(given: Runs) -> list[tuple[int, int]]:
    """Return runs of tree numbers in order.

    Raises:
        NumbersInvalid: none, one that ends before it begins, or two that overlap.
    """
    if not given:
        raise NumbersInvalid(first=0, last=0, path=("input", "numbers"))
    found = sorted(given)
    before = 0
    for first, last in found:
        if not before < first <= last < 2**62:
            raise NumbersInvalid(first=first, last=last, path=("input", "numbers"))
        before = last
    return found


def check_land(rules: TreeRules, mu: Decimal) -> None:
    """Refuse more land than a household may bring in.

    Raises:
        HouseholdsInvalid: not above zero, or finer than a hundredth.
        LandExceeded: beyond the limit.
    """
    if not is_sane(mu) or mu <= 0:
        raise HouseholdsInvalid(field="mu", value=str(mu), path=("input", "mu"))
    if mu > rules.mu_per_household:
        raise LandExceeded(mu=format(mu, "f"), limit=format(rules.mu_per_household, "f"), path=("input", "mu"))


def check_trees(rules: TreeRules, mu: Decimal, trees: int) -> None:
    """Refuse more trees than a household's land and the limits allow; `trees` counts what is registered and what is new.

    Raises:
        TreesPerHouseholdExceeded, TreesPerMuExceeded: in this order.
    """
    if trees > rules.trees_per_household:
        raise TreesPerHouseholdExceeded(trees=trees, limit=rules.trees_per_household, path=("input", "numbers"))
    if trees > EXACT.multiply(mu, Decimal(rules.trees_per_mu)):
        raise TreesPerMuExceeded(trees=trees, mu=format(mu, "f"), limit=rules.trees_per_mu, path=("input", "numbers"))


def tree_payment(trees: int, yuan_per_tree: Decimal, households: int = 1, years: int = 1) -> Decimal:
    """Return yuan for trees of each of so many households over so many years: a product, never rounded.

    An aggregate: the limits of one household are checked where a household is registered, not here.

    Raises:
        HouseholdsInvalid: a count or price that is not above zero, or beyond any that occurs.
    """
    for field, count in (("treesPerHousehold", trees), ("households", households), ("years", years)):
        if count <= 0:
            raise HouseholdsInvalid(field=field, value=count, path=(field,))
    if trees * households > MOST_TREES:
        raise HouseholdsInvalid(field="households", value=households, path=("households",))
    if not is_sane(yuan_per_tree) or yuan_per_tree <= 0:
        raise HouseholdsInvalid(field="yuanPerTree", value=str(yuan_per_tree), path=("yuanPerTree",))
    return EXACT.multiply(Decimal(trees * households * years), yuan_per_tree)


def due_to_household(rules: TreeRules, trees: int) -> Decimal:
    """Return yuan a household is due for trees bought for one year: the price times its share."""
    return EXACT.multiply(tree_payment(trees, rules.yuan_per_tree_year), rules.household_share)
