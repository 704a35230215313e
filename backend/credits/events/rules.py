"""Pure rules of events: what a line emits, how much neutralises the whole, what may.

Tonnes of a line are activity x factor, exact; the whole is rounded up to the next whole tonne, because units are whole and a
remainder left over would not be neutral.
"""

import tomllib
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import ROUND_CEILING, Decimal
from functools import cache
from pathlib import Path
from typing import Any

from backend.credits.events.errors import (
    EventCategoriesOpen,
    EventFactsInvalid,
    EventFootprintEmpty,
    EventLineInvalid,
    EventRetirementTooMuch,
    EventRuleInvalid,
    EventUnitsNotAccepted,
    EventVintageTooOld,
    EventVintageUnknown,
)
from backend.credits.events.values import (
    EventCategory,
    EventFacts,
    LineDraft,
    LineValue,
    RuleInForce,
    RuleValue,
    Shipped,
)
from backend.credits.programmes.rules import FIRST_YEAR, WIDE, is_sane, text
from backend.kit.quantities import EXACT, IncompatibleUnits, UnknownUnit, conversion
from backend.tenants.values import Pack, RetirementPurpose, UnitDimension

FILE = Path(__file__).resolve().parents[1] / "data" / "events.toml"
MOST_LINES = 200
MOST_YEARS = 100
MOST_PEOPLE = 10**9
EMISSIONS = "tCO2e"
STATES_ZH = {
    "draft": "为草稿", "submitted": "已提交", "confirmed": "排放量已确认", "neutral": "已中和", "returned": "已退回",
}  # fmt: skip


@cache
def shipped() -> Shipped:
    """Return what holds until an authority sets its own."""
    given = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return Shipped(
        categories=tuple(EventCategory(**each) for each in given["categories"]), classes=tuple(given["classes"]),
        document=given["document"], confidence=given["confidence"], is_placeholder=given["is_placeholder"],
        note_zh=given["note_zh"], note_en=given["note_en"],
    )  # fmt: skip


def default_rule(pack: Pack) -> RuleInForce:
    """Return the product's default in a jurisdiction: its own reductions that may be used for events count as well."""
    own = [
        each.unit_class.code
        for each in pack.programmes
        if each.unit_class is not None and each.unit_class.dimension is UnitDimension.TONNE
        and each.retirement is not None and RetirementPurpose.EVENT in each.retirement.purposes
    ]  # fmt: skip
    found = shipped()
    return RuleInForce(
        classes=(*found.classes, *own), vintage_years=None, required=tuple(each.code for each in found.categories),
        document=found.document, confidence=found.confidence, is_placeholder=found.is_placeholder,
        note_zh=found.note_zh, note_en=found.note_en, setting=None,
    )  # fmt: skip


def rule_in_force(pack: Pack, settings: Iterable[RuleValue], day: date) -> RuleInForce:
    """Return the rule of a day: the newest setting that has begun, else the product's default."""
    begun = [each for each in settings if each.valid_from <= day]
    if not begun:
        return default_rule(pack)
    own = max(begun, key=lambda each: (each.valid_from, each.version))
    named = f"{own.document_title}（{own.document_number}）" if own.document_number else own.document_title
    return RuleInForce(
        classes=own.classes, vintage_years=own.vintage_years, required=own.required, document=named,
        confidence="administrator", is_placeholder=False, note_zh="", note_en="", setting=own,
    )  # fmt: skip


def check_rule(
    classes: Sequence[str], vintage_years: int | None, required: Sequence[str], known: Iterable[str]
) -> None:
    """Refuse what cannot be a rule; `known` are the classes of tonnes in the books.

    Raises:
        EventRuleInvalid: names the first.
    """
    allowed, groups = set(known), {each.code for each in shipped().categories}
    if not classes:
        raise _rule("classes", "[]", "at least one class is needed", "至少填写一种单位")
    for each in classes:
        if each not in allowed:
            raise _rule("classes", each, "no class of tonnes here", "不是本系统中以吨计的单位种类")
    if vintage_years is not None and not 0 <= vintage_years <= MOST_YEARS:
        raise _rule("vintageYears", vintage_years, f"it must be 0 to {MOST_YEARS}", f"应为 0 至 {MOST_YEARS}")
    for each in required:
        if each not in groups:
            raise _rule("required", each, "no such group of sources", "没有该排放源类别")


def _rule(field: str, value: object, reason_en: str, reason_zh: str) -> EventRuleInvalid:
    return EventRuleInvalid(
        field=field, value=str(value), reason_en=reason_en, reason_zh=reason_zh, path=("input", field)
    )


def facts(given: EventFacts) -> EventFacts:
    """Return what is said of an event, without blanks around its words.

    Raises:
        EventFactsInvalid: days or people that cannot be.
        TextNotFit: a text missing or too long.
    """
    if given.last_day < given.first_day or given.first_day.year < FIRST_YEAR:
        raise _facts(
            "lastDay", given.last_day, "an event ends after it begins, in 2012 or later", "须先起后止且不早于 2012 年"
        )
    if not 0 < given.participants <= MOST_PEOPLE:
        raise _facts("participants", given.participants, "it must be above zero", "应大于零且处于合理范围")
    return EventFacts(
        name=text(given.name, "name"), place=text(given.place, "place"), organiser=text(given.organiser, "organiser"),
        boundary=text(given.boundary, "boundary", most=2000), first_day=given.first_day, last_day=given.last_day,
        participants=given.participants,
    )  # fmt: skip


def _facts(field: str, value: object, reason_en: str, reason_zh: str) -> EventFactsInvalid:
    return EventFactsInvalid(
        field=field, value=str(value), reason_en=reason_en, reason_zh=reason_zh, path=("input", field)
    )


def tonnes(quantity: Decimal, unit: str, factor: Decimal, factor_unit: str) -> Decimal:
    """Return tonnes of CO2e of an activity, exact: quantity, in the factor's own unit of activity, x factor.

    Raises:
        UnknownUnit, IncompatibleUnits: the factor is no emission per unit, or the activity has another.
    """
    above, slash, below = factor_unit.partition("/")
    if not slash or not below.strip():
        raise IncompatibleUnits(from_unit=factor_unit, to_unit=f"{EMISSIONS}/{unit}")
    per_activity = Decimal(1) if unit.strip() == below.strip() else conversion(unit.strip(), below.strip())
    emitted = EXACT.multiply(EXACT.multiply(quantity, per_activity), factor)
    return EXACT.multiply(emitted, conversion(above.strip(), EMISSIONS))


def check_draft(at: int, draft: LineDraft) -> None:
    """Refuse a line that says nothing, or two things at once.

    Raises:
        EventLineInvalid: names the field.
    """
    if draft.category not in {each.code for each in shipped().categories}:
        raise line_invalid(at, "category", "no such group of sources", "没有该排放源类别")
    is_reckoned = draft.quantity is not None
    if is_reckoned == bool(draft.exclusion.strip()):
        raise line_invalid(
            at, "quantity", "give a quantity, or why the group is left out", "请填写数量，或说明不计入的理由"
        )
    if draft.quantity is None:
        return
    if not is_sane(draft.quantity):
        raise line_invalid(
            at, "quantity", "not a number from zero on of a size that occurs", "应为处于合理范围的非负数"
        )
    if (draft.parameter_id is None) == (draft.factor is None):
        raise line_invalid(
            at, "factor", "name a published factor, or give one of your own", "请选用已发布的因子，或自行填写因子"
        )
    if draft.factor is not None and not is_sane(draft.factor.value):
        raise line_invalid(at, "factor", "not a number from zero on of a size that occurs", "应为处于合理范围的非负数")


def line_invalid(at: int, field: str, reason_en: str, reason_zh: str) -> EventLineInvalid:
    """Return the refusal of a line."""
    return EventLineInvalid(
        line=at, field=field, reason_en=reason_en, reason_zh=reason_zh, path=("input", "lines", str(at - 1), field)
    )


def reckoned(at: int, quantity: Decimal, unit: str, factor: Decimal, factor_unit: str) -> Decimal:
    """Return a line's tonnes. Raises EventLineInvalid where units do not fit."""
    try:
        return tonnes(quantity, unit, factor, factor_unit)
    except (UnknownUnit, IncompatibleUnits) as error:
        raise line_invalid(
            at, "unit", f"'{unit}' does not fit a factor in {factor_unit}: {error.message('en').rstrip('.')}",
            f"“{unit}”与因子单位 {factor_unit} 不匹配（{error.message('zh').rstrip('。')}）",
        ) from error  # fmt: skip


def total(lines: Iterable[LineValue]) -> Decimal:
    """Return the tonnes of all lines, exact."""
    found = Decimal(0)
    for each in lines:
        found = EXACT.add(found, each.tonnes)
    return found


def required(of: Decimal) -> Decimal:
    """Return the whole tonnes that neutralise so many tonnes: rounded up."""
    return of.quantize(Decimal(1), rounding=ROUND_CEILING, context=WIDE)


def check_complete(rule: RuleInForce, lines: Sequence[LineValue]) -> None:
    """Refuse a footprint with groups nobody reckoned or left out, or of nothing.

    Raises:
        EventCategoriesOpen, EventFootprintEmpty: in this order.
    """
    told = {each.category for each in lines}
    names = {each.code: each for each in shipped().categories}
    missing = [names[each] for each in rule.required if each not in told]
    if missing:
        raise EventCategoriesOpen(
            missing_zh="、".join(each.name_zh for each in missing),
            missing_en="; ".join(each.name_en for each in missing),
        )
    if total(lines) <= 0:
        raise EventFootprintEmpty


def check_classes(rule: RuleInForce, classes: Iterable[str]) -> None:
    """Refuse units of a class that does not neutralise. Raises EventUnitsNotAccepted."""
    for each in classes:
        if each not in rule.classes:
            raise EventUnitsNotAccepted(accepted=", ".join(rule.classes), **_class(each))


def _class(code: str) -> dict[str, Any]:
    return {"class": code}


def check_amount(quantity: Decimal, remaining: Decimal) -> None:
    """Refuse more than remains. Raises EventRetirementTooMuch."""
    if quantity > remaining:
        raise EventRetirementTooMuch(quantity=format(quantity, "f"), remaining=format(remaining, "f"))


def check_vintage(rule: RuleInForce, class_code: str, vintage: int | None, year: int) -> None:
    """Refuse units older than the rule allows, and those of which it cannot be told.

    Raises:
        EventVintageUnknown, EventVintageTooOld: in this order.
    """
    if rule.vintage_years is None:
        return
    if vintage is None:
        raise EventVintageUnknown(**_class(class_code))
    if vintage < year - rule.vintage_years:
        raise EventVintageTooOld(vintage=vintage, year=year, oldest=year - rule.vintage_years)
