"""Growth of like with like, levels of warning, and what an evaluation does to a warning: pure rules."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from backend.kit.ids import new_id
from backend.monitoring.alerts import rules
from backend.monitoring.alerts.rules import Change, LevelFault, decide
from backend.monitoring.alerts.values import Cause, CauseKind, Finding, Level, Outcome, WarningState, WarningValue
from backend.monitoring.series import rules as series
from backend.monitoring.series.values import LikeMonth

D = Decimal
CITY, DISTRICT = "320000/320200/", "320000/320200/320206/"
PLACEHOLDER = False
AT = datetime(2026, 6, 1, tzinfo=UTC)
LEVELS = (
    Level("attention", "关注", "Attention", D(0), D(-5), None, 30),
    Level("warning", "预警", "Warning", D(5), D(0), D(0), 20),
    Level("severe", "严重预警", "Severe", D(10), D(5), D(5), 10),
)


def like(
    path: str, sector: str, month: int, current: tuple[int, int], before: tuple[int, int], *, usual: int = 1, accounts: int = 1
) -> LikeMonth:  # fmt: skip
    return LikeMonth(
        path, sector, date(2025, month, 1), usual, accounts, D(current[0]), D(current[1]), D(before[0]), D(before[1])
    )


def test_a_city_sums_its_districts_and_leaves_out_what_power_plants_burn() -> None:
    rows = [like(DISTRICT, "steel", 1, (100, 20), (90, 10)), like(CITY, "power", 1, (5000, 3), (4000, 2))]
    found = series.summed(rows, [(CITY, ""), (CITY, "power"), (DISTRICT, ""), (DISTRICT, "power")])
    city = found[CITY, ""][date(2025, 1, 1)]
    assert (city.scope1, city.scope2, city.scope1_before, city.scope2_before) == (D(100), D(23), D(90), D(12))
    assert (city.usual, city.accounts) == (2, 2)
    assert found[CITY, "power"][date(2025, 1, 1)].scope1 == D(5000)
    assert found[DISTRICT, "power"] == {}
    grown = series.growth([city])
    assert (grown.current, grown.before, grown.percent) == (D(123), D(102), D("20.5882"))


def test_growth_needs_enough_of_last_years_accounts() -> None:
    months = {
        date(2025, each, 1): like(CITY, "", each, (110, 0), (100, 0), usual=10, accounts=10 if each < 6 else 8)
        for each in range(1, 7)
    }
    told = series.recent(months, date(2025, 6, 1), window=3, latest=3, coverage=D(90))
    # June has eight of ten: May is the newest month that counts.
    assert (told.months, told.percent) == ((date(2025, 3, 1), date(2025, 4, 1), date(2025, 5, 1)), D("10.0000"))
    late = series.recent(months, date(2025, 9, 1), window=3, latest=3, coverage=D(90))
    assert late.percent is None
    assert late.note is not None
    assert "2025-05" in late.note.en
    gap = {month: row for month, row in months.items() if month.month != 4}
    broken = series.recent(gap, date(2025, 6, 1), window=3, latest=3, coverage=D(90))
    assert broken.percent is None
    assert broken.note is not None
    assert "2025-04" in broken.note.zh
    nothing = series.recent({}, date(2025, 6, 1), window=3, latest=3, coverage=D(90))
    assert nothing.percent is None
    assert nothing.note is not None
    assert nothing.note.zh == "2025-03 至 2025-06 没有覆盖充分的月份。"
    assert series.growth([]).note == series.NO_MONTHS
    assert series.to_date(months, date(2025, 6, 1), coverage=D(90)).months == tuple(
        date(2025, each, 1) for each in range(1, 6)
    )


def test_growth_from_nothing_cannot_be_told() -> None:
    grown = series.growth([like(CITY, "", 1, (5, 0), (0, 0))])
    assert (grown.percent, grown.note) == (None, series.NOTHING_BEFORE)


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        (CauseKind.GROWTH, "0", None), (CauseKind.GROWTH, "0.0001", (0, "attention")),
        (CauseKind.GROWTH, "5", (0, "attention")), (CauseKind.GROWTH, "10.0001", (2, "severe")),
        (CauseKind.BUDGET, "-5", None), (CauseKind.BUDGET, "-4.9", (0, "attention")),
        (CauseKind.INTENSITY, "0", None), (CauseKind.INTENSITY, "0.1", (1, "warning")),
    ],
)  # fmt: skip
def test_a_level_is_reached_beyond_its_threshold(kind: CauseKind, value: str, expected: tuple[int, str] | None) -> None:
    found = rules.reached(LEVELS, kind, D(value))
    assert (None if found is None else (found[0], found[1].code)) == expected


def test_levels_that_cannot_be_are_named() -> None:
    def fault(*levels: Level, window: int = 3, latest: int = 3, coverage: str = "90") -> LevelFault | None:
        return rules.level_fault(levels, window, latest, D(coverage))

    first, second, third = LEVELS
    assert fault(*LEVELS) is None
    assert fault() is LevelFault.NONE
    assert fault(*(replace(first, code=f"l{each}") for each in range(7))) is LevelFault.TOO_MANY
    assert fault(first, replace(second, code="attention")) is LevelFault.CODES
    assert fault(replace(first, code="Level 1")) is LevelFault.CODES
    assert fault(replace(first, name_en=" ")) is LevelFault.NAMES
    assert fault(replace(first, growth=None, budget=None)) is LevelFault.EMPTY
    assert fault(second, first) is LevelFault.NOT_RISING
    assert fault(first, replace(second, growth=D(0))) is LevelFault.NOT_RISING
    assert fault(replace(third, growth=D(1001))) is LevelFault.TOO_LARGE
    assert fault(replace(first, answer_days=0)) is LevelFault.DAYS
    assert fault(first, window=13) is LevelFault.GROWTH
    assert fault(first, coverage="101") is LevelFault.GROWTH


CAUSE = Cause(CauseKind.GROWTH, "320206", DISTRICT, "steel")


def finding(outcome: Outcome, value: str | None = None, *, month: date = date(2025, 5, 1)) -> Finding:
    number = None if value is None else D(value)
    reached = None if number is None else rules.reached(LEVELS, CauseKind.GROWTH, number)
    rank, level = reached or (0, None)
    return Finding(CAUSE, outcome, number, level, rank, None, month, ())


def known(state: WarningState, rank: int, *, is_present: bool = True, closed_days: int | None = None) -> WarningValue:
    return WarningValue(
        new_id(), CAUSE, state, LEVELS[rank].code, "", "", rank, is_present, date(2025, 5, 1), D(7), {}, PLACEHOLDER, None,
        None, "", "", date(2025, 7, 1), AT, 0, None,
        None if closed_days is None else AT - timedelta(days=closed_days), None, None,
    )  # fmt: skip


def test_what_cannot_be_told_neither_raises_nor_clears() -> None:
    for each in (None, known(WarningState.OPEN, 1), known(WarningState.CLOSED, 1, closed_days=1)):
        assert decide(finding(Outcome.CANNOT_TELL), each, AT).change is Change.NOTHING


def test_one_open_warning_of_a_cause() -> None:
    found = finding(Outcome.FOUND, "7")
    assert decide(found, None, AT).change is Change.RAISE
    warning = known(WarningState.RESPONDING, 1)
    assert decide(found, warning, AT).change is Change.NOTHING
    assert decide(finding(Outcome.FOUND, "7", month=date(2025, 6, 1)), warning, AT).change is Change.CONFIRM
    assert decide(finding(Outcome.FOUND, "11"), warning, AT).change is Change.WORSEN
    assert decide(finding(Outcome.FOUND, "1"), warning, AT).change is Change.EASE
    assert decide(finding(Outcome.CLEAR, "-1"), warning, AT).change is Change.CLEAR
    assert decide(finding(Outcome.CLEAR, "-1"), replace(warning, is_present=False), AT).change is Change.NOTHING
    assert decide(finding(Outcome.CLEAR, "-1"), None, AT).change is Change.NOTHING


def test_a_closed_warning_reopens_when_its_cause_comes_back() -> None:
    found = finding(Outcome.FOUND, "7")
    # Closed though its cause was there: as long as it stays as it was, it stays closed.
    assert decide(found, known(WarningState.CLOSED, 1, closed_days=3), AT).change is Change.NOTHING
    assert (
        decide(finding(Outcome.FOUND, "11"), known(WarningState.CLOSED, 1, closed_days=3), AT).change is Change.REOPEN
    )
    gone = known(WarningState.CLOSED, 1, is_present=False, closed_days=3)
    assert decide(found, gone, AT) == rules.Decision(Change.REOPEN, gone)
    old = known(WarningState.CLOSED, 1, is_present=False, closed_days=400)
    assert decide(found, old, AT) == rules.Decision(Change.RAISE, old)
