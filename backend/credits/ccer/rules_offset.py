"""Whether CCER units may offset a compliance year's surrender: pass, fail or *cannot tell*, each with its reason. Pure.

How many may be used (5 % of the obligation) is no matter of a unit; the quota's rules hold that.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from backend.credits.ccer.values import Finding, Outcome
from backend.factors.service import Book, Choice

FAMILY, METHODOLOGIES = "ets.offset", "ccer.methodologies"
FAMILIES = (FAMILY, METHODOLOGIES)


def judge(
    book: Book, attributes: Mapping[str, Any], produced_from: date | None, compliance_year: int, on: date
) -> list[Finding]:
    """Return the findings of a batch; `attributes` as CCER batches carry them."""
    registered = _day(attributes.get("registered_on"))
    methodology = str(attributes.get("methodology") or "")
    managed = attributes.get("is_ets_managed")
    return [
        _registered(book, registered, bool(attributes.get("old_scheme")), compliance_year, on),
        _arisen(book, produced_from, on),
        _methodology(book, methodology, on),
        _managed(managed if isinstance(managed, bool) else None),
    ]


def outcome(findings: Sequence[Finding]) -> Outcome:
    """Return what the findings come to: any failure fails, then anything that cannot be told."""
    found = {each.outcome for each in findings}
    return next(each for each in (Outcome.FAIL, Outcome.UNKNOWN, Outcome.PASS) if each in found or each is Outcome.PASS)


def _registered(book: Book, registered: date | None, is_old: bool, year: int, on: date) -> Finding:  # noqa: FBT001 - a fact of the batch
    year_end = date(year, 12, 31)
    code = "registration"
    until = book.find(FAMILY, "old_usable_until", (), year_end)
    limit = _limit(until)
    if is_old and limit is not None and isinstance(until, Choice):
        is_open = on <= limit
        return Finding(
            Outcome.PASS if is_open else Outcome.FAIL, code,
            f"旧机制下登记的减排量可用至 {limit}。", f"Units of the old scheme could be used until {limit}.",
            until.document, until.confidence,
        )  # fmt: skip
    rule = book.find(FAMILY, "registered_after", (), year_end)
    after = _limit(rule)
    if after is None or not isinstance(rule, Choice):
        return Finding(
            Outcome.UNKNOWN, code, f"参数库未收录 {year} 年度可用CCER的登记日期规定，无法判定。",
            f"Which registration dates count for {year} is not recorded, so it cannot be told.",
        )  # fmt: skip
    if registered is None:
        return Finding(
            Outcome.UNKNOWN, code, "登记日期未知，无法判定。", "The day of registration is not known.",
            rule.document, rule.confidence,
        )  # fmt: skip
    return Finding(
        Outcome.PASS if registered > after else Outcome.FAIL, code,
        f"于 {registered} 登记，须在 {after} 之后。", f"Registered on {registered}; only after {after} counts.",
        rule.document, rule.confidence,
    )  # fmt: skip


def _arisen(book: Book, produced_from: date | None, on: date) -> Finding:
    rule = book.find(FAMILY, "reductions_after", (), on)
    after = _limit(rule)
    if after is None or produced_from is None or not isinstance(rule, Choice):
        return Finding(
            Outcome.UNKNOWN, "vintage", "减排量产生时间或相关规定未知，无法判定。",
            "When the reduction arose, or the rule for it, is not known.",
        )  # fmt: skip
    return Finding(
        Outcome.PASS if produced_from > after else Outcome.FAIL, "vintage",
        f"减排量自 {produced_from} 起产生，须在 {after} 之后。",
        f"The reduction arose from {produced_from} on; only after {after} counts.", rule.document, rule.confidence,
    )  # fmt: skip


def _methodology(book: Book, methodology: str, on: date) -> Finding:
    found = book.find(METHODOLOGIES, methodology, (), on) if methodology else None
    if isinstance(found, Choice):
        return Finding(
            Outcome.PASS, "methodology", f"方法学 {methodology} 在已发布清单中。",
            f"The methodology {methodology} is among the published ones.", found.document, found.confidence,
        )  # fmt: skip
    return Finding(
        Outcome.UNKNOWN, "methodology", f"方法学“{methodology}”不在已收录清单中，无法判定。",
        f"The methodology '{methodology}' is not among those recorded, so it cannot be told.",
    )  # fmt: skip


def _managed(is_managed: bool | None) -> Finding:  # noqa: FBT001 - a fact of the batch
    if is_managed is None:
        return Finding(
            Outcome.UNKNOWN, "ets_managed", "未说明项目是否纳入碳市场配额管理，无法判定。",
            "Whether the trading market manages the project is not known.",
        )  # fmt: skip
    if is_managed:
        return Finding(
            Outcome.FAIL, "ets_managed", "项目已纳入碳市场配额管理，其减排量不得用于抵销。",
            "The trading market manages the project: its units cannot offset.",
        )  # fmt: skip
    return Finding(
        Outcome.PASS, "ets_managed", "项目未纳入碳市场配额管理。", "The trading market does not manage the project."
    )


def _limit(found: object) -> date | None:
    return _day(found.text_value) if isinstance(found, Choice) else None


def _day(text: object) -> date | None:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        return None
