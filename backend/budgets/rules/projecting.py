"""What a year will end with, from its months so far: by the share those months had in past years.

The estimate is what the known months came to, divided by the mean share the same months had in the past years that are
known whole. How wrong that is, the past tells: each of those years is estimated in the same way from the others, and the
largest error (in percent of what it really was) becomes the band. A month that is missing before the last known one widens
it; a month too few accounts have reported counts as missing. Past shares say nothing of what never happened before:
a closed plant or a new line is told by the books, not foreseen.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from backend.budgets.values import ZERO, TestedYear, Words

METHOD_CODE = "seasonal_shares/1"
"""Name and version of the method, kept with every projection."""
METHOD = Words("季节份额法（同月历史占比）", "seasonal shares: what the same months were of past years")
MONTHS = 12
FEWEST_YEARS = 2
"""Past years a band needs: one to estimate from, one to test on."""
MOST_YEARS = 5
"""Past years that are looked at."""
COVERED = Decimal("0.9")
"""The part of the accounts of the year before that must have reported for a month to count."""
Months = Mapping[int, Decimal]


@dataclass(frozen=True, slots=True)
class Projection:
    """A year's end. None: it cannot be told, `note` says why. `error` is the band's half-width in percent."""

    low: Decimal | None
    middle: Decimal | None
    high: Decimal | None
    error: Decimal | None
    through: int
    missing: tuple[int, ...]
    tested: tuple[TestedYear, ...]
    note: Words


def covered(accounts: Mapping[int, int], usual: int) -> set[int]:
    """Return the months enough accounts have reported for: nine tenths of as many as the year before, or more."""
    return {month for month, count in accounts.items() if count > 0 and count >= usual * COVERED}


def project(current: Months, known: Collection[int], history: Mapping[int, Months]) -> Projection:
    """Project a year's end (tCO2e) from the months that are known, and past years by month.

    Only past years that have all twelve months, and that came to more than nothing, are looked at, the newest five.
    """
    months = sorted(each for each in known if each in current)
    through = months[-1] if months else 0
    missing = tuple(each for each in range(1, through) if each not in months)
    if through == MONTHS and not missing:
        total = sum((current[each] for each in months), ZERO)
        return Projection(
            total, total, total, ZERO, MONTHS, (), (), Words("全年各月数据齐全。", "All months of the year are known.")
        )
    past = whole(history)
    if not months:
        return _untold(through, missing, "本年尚无覆盖充分的月份数据。", "No month of the year is covered yet.")
    share = _share(past, months)
    if share is None:
        return _untold(
            through,
            missing,
            "没有完整的历史年度可供参照。",
            "No past year is known whole, so there is nothing to go by.",
        )
    middle = sum((current[each] for each in months), ZERO) / share
    tested = backtest(past, months)
    if len(past) < FEWEST_YEARS or not tested:
        return Projection(
            None, middle, None, None, through, missing, (),
            Words("仅有一个完整历史年度，误差无法检验，不给出区间。",
                  "Only one past year is known whole: the error cannot be tested, so no band is given."),
        )  # fmt: skip
    error = band(past, months, missing)
    spread = middle * error / 100
    return Projection(
        max(middle - spread, ZERO),
        middle,
        middle + spread,
        error,
        through,
        missing,
        tuple(tested),
        _said(past, missing),
    )


def whole(history: Mapping[int, Months]) -> dict[int, Months]:
    """Return the newest past years that have all twelve months and came to more than nothing."""
    full = {
        year: months for year, months in history.items() if len(months) == MONTHS and sum(months.values(), ZERO) > 0
    }
    return {year: full[year] for year in sorted(full)[-MOST_YEARS:]}


def backtest(past: Mapping[int, Months], months: Sequence[int]) -> list[TestedYear]:
    """Estimate each past year from the others as if only these months were known."""
    found: list[TestedYear] = []
    for year, own in past.items():
        share = _share({other: each for other, each in past.items() if other != year}, months)
        if share is None:
            continue
        actual = sum(own.values(), ZERO)
        projected = sum((own[each] for each in months), ZERO) / share
        found.append(TestedYear(year, projected, actual, (projected - actual) / actual * 100))
    return found


def band(past: Mapping[int, Months], months: Sequence[int], missing: Sequence[int]) -> Decimal:
    """Return the band's half-width in percent: the largest error of the past, wider for each month that is missing."""
    through = max(months)
    largest = max(abs(each.error) for known in (months, range(1, through + 1)) for each in backtest(past, list(known)))
    return largest * (through + len(missing)) / through


def _share(past: Mapping[int, Months], months: Iterable[int]) -> Decimal | None:
    """Return the mean share the months had; None without past years, or where they had none."""
    asked = list(months)
    shares = [sum((own[each] for each in asked), ZERO) / sum(own.values(), ZERO) for own in past.values()]
    mean = sum(shares, ZERO) / len(shares) if shares else ZERO
    return mean if mean > 0 else None


def _untold(through: int, missing: tuple[int, ...], zh: str, en: str) -> Projection:
    return Projection(None, None, None, None, through, missing, (), Words(zh, en))


def _said(past: Mapping[int, Months], missing: Sequence[int]) -> Words:
    years = "、".join(map(str, past)), ", ".join(map(str, past))
    zh, en = (
        f"{METHOD.zh}，参照 {years[0]} 年，区间为回测最大误差。",
        f"{METHOD.en}; {years[1]}; band: the largest back-tested error.",
    )
    if missing:
        listed = ", ".join(map(str, missing))
        zh += f"缺 {listed} 月，区间已放宽。"
        en += f" Months {listed} are missing: the band is wider for it."
    return Words(zh, en)
