"""Offsetting with CCER: how much of an obligation, and which units.

At most 5 % of the surrender obligation; for 2025 and 2026 only units registered after 2024-01-22; units of the old
market until 2024-12-31 (from memory); never from projects under the market's own management; reductions after
2020-09-22 (Order 31). Each rule ends in pass, fail or *cannot tell*, and the last two block.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from backend.quotas.rules.figures import Book, check, day, factor, find, need, number, plan, year_end
from backend.quotas.rules.rounding import DIGITS, ZERO, exactly, plain
from backend.quotas.rules.terms import Amount, Finding, Outcome, Verdict

FAMILY = "ets.offset"


def ccer_cap(book: Book, year: int | None, obligation: Decimal) -> Amount:
    """Return the most of an obligation (tCO2) that CCER may settle; `whole` are the whole units of it.

    Without a year, the share in force now is taken: it has not changed.

    Raises:
        QuotaInputImpossible: a negative obligation.
        QuotaRuleUnknown: the year has no plan, or the share is not among the parameters.
    """
    check("obligation", obligation, ZERO, digits=2 * DIGITS)
    if year is not None:
        plan(book, year)
    cap = need(book, FAMILY, "cap", date.max if year is None else year_end(year))
    return Amount(
        value=exactly(obligation, number(cap)),  # a rounded product could reach the next whole unit
        unit="tCO2",
        factors=(factor(cap, "cap"),),
        formula=f"{plain(obligation)} × {plain(number(cap))}",
        is_maximum=True,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OffsetUnit:
    """What is known of a CCER: when its reduction was registered and arose, by which methodology, from which project.

    None is *not known*, and cannot be told from.
    """

    registered_on: date | None
    produced_from: date | None = None
    vintage: int | None = None
    methodology: str | None = None
    is_from_ets_project: bool | None = None


def offset_check(book: Book, unit: OffsetUnit, compliance_year: int, on: date) -> Verdict:
    """Tell whether a CCER may settle a compliance year on a day.

    Raises:
        QuotaRuleUnknown: no year of the market.
        QuotaRuleUnreadable: a date of the rules is none.
    """
    is_old, registered = _registered(book, unit, compliance_year, on)
    findings = [registered, _ets(unit)]
    if not is_old:
        findings += [_arisen(book, unit, on), _methodology(book, unit, on)]
    return Verdict(tuple(findings))


def _registered(book: Book, unit: OffsetUnit, compliance_year: int, on: date) -> tuple[bool, Finding]:
    """Return the check of the registration date, and whether the unit is used as one of the old market."""
    until = find(book, FAMILY, "old_usable_until", year_end(compliance_year))
    if until is not None and on <= day(until):
        is_memory = until.confidence == "from-memory"
        return True, Finding(
            Outcome.PASS,
            "old_market",
            f"{day(until)} 前（含当日）老CCER仍可用于抵销{'（凭记忆收录，须核实）' if is_memory else ''}。",
            f"Units of the old market may be used until {day(until)}{' (from memory, to be confirmed)' * is_memory}.",
            until,
        )
    # Arrears settled after the old market's end follow the rule of the day they are settled.
    after = find(book, FAMILY, "registered_after", on if until is not None else year_end(compliance_year))
    if after is None:
        return False, Finding(
            Outcome.UNKNOWN, "registration_rule_unknown",
            f"参数库未收录 {compliance_year} 年度可用CCER的登记日期规定，无法判定。",
            f"Which registration dates count for {compliance_year} is not recorded, so it cannot be told.",
        )  # fmt: skip
    limit = day(after)
    if unit.registered_on is None:
        return False, Finding(
            Outcome.UNKNOWN, "registration_unknown", "未填报减排量登记日期，无法判定。",
            "The day the reduction was registered is not known, so it cannot be told.", after,
        )  # fmt: skip
    is_later = unit.registered_on > limit
    return False, Finding(
        Outcome.PASS if is_later else Outcome.FAIL,
        "registered_after",
        f"减排量于 {unit.registered_on} 登记，须在 {limit} 之后。",
        f"The reduction was registered on {unit.registered_on}; only after {limit} counts.",
        after,
    )


def _ets(unit: OffsetUnit) -> Finding:
    if unit.is_from_ets_project is None:
        return Finding(
            Outcome.UNKNOWN, "ets_project_unknown", "未说明项目是否纳入全国碳市场配额管理，无法判定。",
            "Whether the project is under the market's management is not known, so it cannot be told.",
        )  # fmt: skip
    if unit.is_from_ets_project:
        return Finding(
            Outcome.FAIL, "ets_project", "纳入全国碳市场配额管理的减排项目产生的CCER不得用于抵销。",
            "A CCER from a project under the market's management cannot be used.",
        )  # fmt: skip
    return Finding(
        Outcome.PASS,
        "not_ets_project",
        "项目未纳入全国碳市场配额管理。",
        "The project is not under the market's management.",
    )


def _arisen(book: Book, unit: OffsetUnit, on: date) -> Finding:
    rule = find(book, FAMILY, "reductions_after", on)
    if rule is None:
        return Finding(
            Outcome.UNKNOWN, "reduction_rule_unknown", "参数库未收录减排量产生日期规定，无法判定。",
            "From which day reductions count is not recorded, so it cannot be told.",
        )  # fmt: skip
    limit = day(rule)
    outcome = Outcome.UNKNOWN
    if unit.produced_from is not None:
        outcome = Outcome.PASS if unit.produced_from > limit else Outcome.FAIL
    elif unit.vintage is not None and unit.vintage != limit.year:
        outcome = Outcome.PASS if unit.vintage > limit.year else Outcome.FAIL
    known = unit.produced_from or unit.vintage
    return Finding(
        outcome,
        "reduction_date",
        f"减排量须产生于 {limit} 之后；" + (f"已知：{known}。" if known else "产生日期未知，无法判定。"),
        f"Reductions must arise after {limit}; " + (f"known: {known}." if known else "when is not known."),
        rule,
    )


def _methodology(book: Book, unit: OffsetUnit, on: date) -> Finding:
    if not unit.methodology:
        return Finding(
            Outcome.UNKNOWN, "methodology_unknown", "未填报方法学，无法判定。",
            "The methodology is not known, so it cannot be told.",
        )  # fmt: skip
    found = find(book, "ccer.methodologies", unit.methodology, on)
    if found is None:
        return Finding(
            Outcome.UNKNOWN, "methodology_not_listed", f"方法学“{unit.methodology}”不在已收录清单中，无法判定。",
            f"The methodology '{unit.methodology}' is not among those recorded, so it cannot be told.",
        )  # fmt: skip
    return Finding(
        Outcome.PASS, "methodology_listed", f"方法学 {unit.methodology}：{found.text or found.label_zh}。",
        f"Methodology {unit.methodology} is recorded.", found,
    )  # fmt: skip
