"""Methods more than one noun applies to units: whether a CCER may offset a compliance year. Pure, over dated parameters.

For 2025 and 2026 only units registered after 2024-01-22; units of the old scheme, for earlier years, until 2024-12-31
(from memory); never from projects under the market's own management; reductions after 2020-09-22 (Order 31). Each check
ends in pass, fail or *cannot tell*, and the last two block. How many may be used is no matter of a unit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Protocol

from backend.factors.values import Choice, Missing

OFFSET, METHODOLOGIES = "ets.offset", "ccer.methodologies"
FAMILIES = (OFFSET, METHODOLOGIES)
"""The families of parameters these methods ask for."""

OLD_SCHEME_BEFORE = date(2017, 3, 14)
"""Registration under the old scheme ended; Order 31 has projects registered before this day register again."""


class Book(Protocol):
    """The look-up over parameters."""

    def find(self, name: str, key: str, regions: Sequence[str], on: date) -> Choice | Missing:
        """Return the value of a parameter that is in force on a day."""
        ...


class Outcome(StrEnum):
    """How a check ends. What cannot be told blocks like a failure, but is mended by knowing more."""

    PASS = "pass"  # noqa: S105 - a word for passing
    FAIL = "fail"
    UNKNOWN = "cannot_tell"


@dataclass(frozen=True, slots=True, kw_only=True)
class OffsetUnit:
    """What is known of a CCER: when its reduction was registered and arose, by which methodology, from which project.

    None is *not known*, and cannot be told from. `is_old_scheme` None: by the day of registration.
    """

    registered_on: date | None
    produced_from: date | None = None
    vintage: int | None = None
    methodology: str | None = None
    is_from_ets_project: bool | None = None
    is_old_scheme: bool | None = None


@dataclass(frozen=True, slots=True)
class OffsetFinding:
    """The end of one check in words, with the parameter it rests on, if it rests on one."""

    outcome: Outcome
    code: str
    zh: str
    en: str
    rule: Choice | None = None


def is_old_scheme(registered_on: date) -> bool:
    """Tell whether units registered on a day are of the old scheme."""
    return registered_on < OLD_SCHEME_BEFORE


def offset_unit(attributes: Mapping[str, Any], produced_from: date | None, vintage: int | None) -> OffsetUnit:
    """Return what a batch of CCER in the ledger says of its units."""

    def told(name: str) -> bool | None:
        value = attributes.get(name)
        return value if isinstance(value, bool) else None

    return OffsetUnit(
        registered_on=_day(attributes.get("registered_on")), produced_from=produced_from, vintage=vintage,
        methodology=attributes.get("methodology") or None, is_from_ets_project=told("is_ets_managed"),
        is_old_scheme=told("old_scheme"),
    )  # fmt: skip


def judge_offset(book: Book, unit: OffsetUnit, compliance_year: int, on: date) -> tuple[OffsetFinding, ...]:
    """Return every check of whether a CCER may settle a compliance year on a day.

    A unit of the old scheme is used by the old scheme's rules: Order 31's on age and methodology are not about it.
    """
    registered = _registered(book, unit, compliance_year, on)
    findings = (registered, _ets(unit))
    if (registered.outcome, registered.code) == (Outcome.PASS, "old_market"):
        return findings
    return (*findings, _arisen(book, unit, on), _methodology(book, unit, on))


def worst(findings: Sequence[OffsetFinding]) -> Outcome:
    """Return what findings come to: any failure fails, then anything that cannot be told."""
    found = {each.outcome for each in findings}
    return next(each for each in (Outcome.FAIL, Outcome.UNKNOWN, Outcome.PASS) if each in found or each is Outcome.PASS)


def _registered(book: Book, unit: OffsetUnit, year: int, on: date) -> OffsetFinding:
    until = _find(book, OFFSET, "old_usable_until", date(year, 12, 31))
    if until is None:
        return _after(unit, _find(book, OFFSET, "registered_after", date(year, 12, 31)), year)
    last = _day(until.text_value)
    if last is None:
        return _unreadable(until)
    is_old = unit.is_old_scheme
    if is_old is None and unit.registered_on is not None:
        is_old = is_old_scheme(unit.registered_on)
    if is_old is None and on <= last:
        return _not_registered(until)
    if is_old:
        return _old(until, last, is_open=on <= last)
    # Arrears settled after the old scheme's end follow the rule of the day they are settled.
    return _after(unit, _find(book, OFFSET, "registered_after", on), year)


def _after(unit: OffsetUnit, after: Choice | None, year: int) -> OffsetFinding:
    if after is None:
        return OffsetFinding(
            Outcome.UNKNOWN, "registration_rule_unknown",
            f"参数库未收录 {year} 年度可用CCER的登记日期规定，无法判定。",
            f"Which registration dates count for {year} is not recorded, so it cannot be told.",
        )  # fmt: skip
    limit = _day(after.text_value)
    if limit is None:
        return _unreadable(after)
    if unit.registered_on is None:
        return _not_registered(after)
    return OffsetFinding(
        Outcome.PASS if unit.registered_on > limit else Outcome.FAIL,
        "registered_after",
        f"减排量于 {unit.registered_on} 登记，须在 {limit} 之后。",
        f"The reduction was registered on {unit.registered_on}; only after {limit} counts.",
        after,
    )


def _old(until: Choice, last: date, *, is_open: bool) -> OffsetFinding:
    is_memory = until.confidence == "from-memory"
    return OffsetFinding(
        Outcome.PASS if is_open else Outcome.FAIL,
        "old_market",
        f"旧机制下登记的减排量可用至 {last}（含当日）{'（凭记忆收录，须核实）' if is_memory else ''}。",
        f"Units of the old scheme may be used until {last}{' (from memory, to be confirmed)' * is_memory}.",
        until,
    )


def _not_registered(rule: Choice) -> OffsetFinding:
    return OffsetFinding(
        Outcome.UNKNOWN, "registration_unknown", "未填报减排量登记日期，无法判定。",
        "The day the reduction was registered is not known, so it cannot be told.", rule,
    )  # fmt: skip


def _unreadable(rule: Choice) -> OffsetFinding:
    return OffsetFinding(
        Outcome.UNKNOWN, "rule_unreadable", f"参数“{rule.key}”的内容“{rule.text_value}”无法识别，无法判定。",
        f"The parameter '{rule.key}' says '{rule.text_value}', which is no day, so it cannot be told.", rule,
    )  # fmt: skip


def _ets(unit: OffsetUnit) -> OffsetFinding:
    if unit.is_from_ets_project is None:
        return OffsetFinding(
            Outcome.UNKNOWN, "ets_project_unknown", "未说明项目是否纳入全国碳市场配额管理，无法判定。",
            "Whether the project is under the market's management is not known, so it cannot be told.",
        )  # fmt: skip
    if unit.is_from_ets_project:
        return OffsetFinding(
            Outcome.FAIL, "ets_project", "纳入全国碳市场配额管理的减排项目产生的CCER不得用于抵销。",
            "A CCER from a project under the market's management cannot be used.",
        )  # fmt: skip
    return OffsetFinding(
        Outcome.PASS, "not_ets_project", "项目未纳入全国碳市场配额管理。",
        "The project is not under the market's management.",
    )  # fmt: skip


def _arisen(book: Book, unit: OffsetUnit, on: date) -> OffsetFinding:
    rule = _find(book, OFFSET, "reductions_after", on)
    if rule is None:
        return OffsetFinding(
            Outcome.UNKNOWN, "reduction_rule_unknown", "参数库未收录减排量产生日期规定，无法判定。",
            "From which day reductions count is not recorded, so it cannot be told.",
        )  # fmt: skip
    limit = _day(rule.text_value)
    if limit is None:
        return _unreadable(rule)
    outcome = Outcome.UNKNOWN
    if unit.produced_from is not None:
        outcome = Outcome.PASS if unit.produced_from > limit else Outcome.FAIL
    elif unit.vintage is not None and unit.vintage != limit.year:
        outcome = Outcome.PASS if unit.vintage > limit.year else Outcome.FAIL
    known = unit.produced_from or unit.vintage
    return OffsetFinding(
        outcome,
        "reduction_date",
        f"减排量须产生于 {limit} 之后；" + (f"已知：{known}。" if known else "产生日期未知，无法判定。"),
        f"Reductions must arise after {limit}; " + (f"known: {known}." if known else "when is not known."),
        rule,
    )


def _methodology(book: Book, unit: OffsetUnit, on: date) -> OffsetFinding:
    if not unit.methodology:
        return OffsetFinding(
            Outcome.UNKNOWN, "methodology_unknown", "未填报方法学，无法判定。",
            "The methodology is not known, so it cannot be told.",
        )  # fmt: skip
    found = _find(book, METHODOLOGIES, unit.methodology, on)
    if found is None:
        return OffsetFinding(
            Outcome.UNKNOWN, "methodology_not_listed", f"方法学“{unit.methodology}”不在已收录清单中，无法判定。",
            f"The methodology '{unit.methodology}' is not among those recorded, so it cannot be told.",
        )  # fmt: skip
    return OffsetFinding(
        Outcome.PASS, "methodology_listed", f"方法学 {unit.methodology}：{found.text_value or found.label_zh}。",
        f"Methodology {unit.methodology} is recorded.", found,
    )  # fmt: skip


def _find(book: Book, name: str, key: str, on: date) -> Choice | None:
    found = book.find(name, key, ("",), on)
    return None if isinstance(found, Missing) else found


def _day(text: object) -> date | None:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        return None
