"""What the books say of each cause: growth of divisions and sectors, projections against budgets, intensities. Pure.

Each finding carries the numbers it rests on and where they come from, whatever its outcome.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from backend.budgets.service import BudgetView
from backend.budgets.values import BudgetPosition
from backend.monitoring.alerts.rules import reached, threshold
from backend.monitoring.alerts.values import Cause, CauseKind, Figure, Finding, Outcome, Terms
from backend.monitoring.series import rules as series
from backend.monitoring.series.values import Growth, LikeMonth, Subject
from backend.monitoring.values import Words

T = "tCO2e"
PER = "tCO2e/万CNY"
NO_BUDGET = Words("预算为零，超出比例无法得出。", "The budget is nothing: by how much it is exceeded cannot be told.")
NOT_PROJECTED = Words("全年排放无法预计。", "The year's end cannot be projected.")
NO_INTENSITY = Words("预计强度无法得出。", "The intensity cannot be projected.")


def of_growth(
    sums: Mapping[Subject, Mapping[date, LikeMonth]], codes: Mapping[str, str], month: date, terms: Terms
) -> list[Finding]:
    """Return what growth says of each division and sector; `codes` are the divisions' by path.

    A subject without any month a year ago is left out: there is nothing to compare.
    """
    found: list[Finding] = []
    for (path, sector), months in sums.items():
        if not months:
            continue
        grown = series.recent(
            months, month, window=terms.window_months, latest=terms.latest_months, coverage=terms.coverage_percent
        )
        cause = Cause(CauseKind.GROWTH, codes[path], path, sector)
        shown = max(grown.months, default=month) if grown.percent is not None else month
        found.append(_judged(cause, grown.percent, terms, shown, _grown(grown, cause), grown.note))
    return found


def _grown(grown: Growth, cause: Cause) -> tuple[Figure, ...]:
    if grown.percent is None:
        return ()
    listed = ", ".join(f"{each:%Y-%m}" for each in grown.months)
    source = f"region_account_month {cause.division_path} {cause.sector or '*'} {listed}"
    before = f"region_account_month {cause.division_path} {cause.sector or '*'} -12 months"
    return (
        _figure("growth", Words("同口径增速", "Growth, like for like"), grown.percent, "%", source),
        _figure("current", Words("本期排放", "Emissions of the months"), grown.current, T, source),
        _figure("before", Words("上年同期排放", "The same months a year before"), grown.before, T, before),
        _figure("accounts", Words("同口径账户数", "Accounts with both years"), Decimal(grown.accounts), "", source),
        _figure("coverage", Words("覆盖率", "Covered"), grown.coverage, "%", source),
        Figure("months", Words("月份", "Months"), listed, "", source),
    )


def of_budgets(views: Iterable[BudgetView], month: date, terms: Terms) -> list[Finding]:
    """Return what projections say of each annual budget: its total, and its intensity where it has a target."""
    found: list[Finding] = []
    for view in views:
        if not view.line.is_annual:
            continue
        found.append(_total(view, month, terms))
        if view.position.intensity_target is not None:
            found.append(_intensity(view, month, terms))
    return found


def _cause(view: BudgetView, kind: CauseKind) -> Cause:
    line = view.line
    return Cause(kind, line.division_code, line.division_path, line.sector, line.account_id, line.first_year)


def _total(view: BudgetView, month: date, terms: Terms) -> Finding:
    own = view.position
    value, note = None, NOT_PROJECTED
    if own.projected is not None:
        value = series.percent(own.projected - own.total, own.total)
        note = NO_BUDGET
    note = _said(own, note) if value is None else None
    return _judged(_cause(view, CauseKind.BUDGET), value, terms, month, _budgeted(view), note)


def _intensity(view: BudgetView, month: date, terms: Terms) -> Finding:
    own = view.position
    value = None
    if own.intensity_projected is not None and own.intensity_target:
        value = series.percent(own.intensity_projected - own.intensity_target, own.intensity_target)
    figures = (
        _figure("intensity", Words("预计强度", "Intensity projected"), own.intensity_projected, PER, f"budget_line {own.line_id}"),
        _figure("target", Words("强度目标", "Target"), own.intensity_target, PER, f"budget_line {own.line_id}"),
        *_budgeted(view),
    )  # fmt: skip
    note = _said(own, NO_INTENSITY) if value is None else None
    return _judged(_cause(view, CauseKind.INTENSITY), value, terms, month, figures, note)


def _budgeted(view: BudgetView) -> tuple[Figure, ...]:
    own, source = view.position, f"budget_line {view.line.id}"
    through = f" {own.actual_through:%Y-%m}" if own.actual_through else ""
    verdict = "" if view.judgement is None else view.judgement.overall.value
    return (
        _figure("budget", Words("预算总额", "Budget"), own.total, T, source),
        _figure("projected", Words("预计全年", "Projected"), own.projected, T, f"{source}: seasonal shares"),
        _figure("projected_low", Words("预计下限", "Projected, low"), own.projected_low, T, f"{source}: back-test"),
        _figure("projected_high", Words("预计上限", "Projected, high"), own.projected_high, T, f"{source}: back-test"),
        _figure("actual", Words("实际排放", "Emitted so far"), own.actual, T, f"region_month ..{through}"),
        Figure("verdict", Words("预算结论", "Verdict"), verdict, "", source),
    )


def _said(own: BudgetPosition, otherwise: Words) -> Words:
    return otherwise if own.note is None else Words(own.note.zh, own.note.en)


def _figure(code: str, name: Words, value: Decimal | None, unit: str, source: str) -> Figure:
    return Figure(code, name, "" if value is None else format(value, "f"), unit, source)


def _judged(
    cause: Cause, value: Decimal | None, terms: Terms, month: date, figures: Sequence[Figure], note: Words | None
) -> Finding:
    if value is None:
        return Finding(cause, Outcome.CANNOT_TELL, None, None, 0, None, month, tuple(figures), note)
    found = reached(terms.levels, cause.kind, value)
    if found is None:
        return Finding(cause, Outcome.CLEAR, value, None, 0, None, month, tuple(figures))
    rank, level = found
    bound = threshold(level, cause.kind)
    return Finding(cause, Outcome.FOUND, value, level, rank, bound, month, tuple(figures))
