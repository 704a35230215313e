"""A scheme as JSON and back, and what makes one whole."""

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

from backend.targets.errors import EvaluationSchemeInvalid
from backend.targets.rules import checking
from backend.targets.values import EMISSIONS, ZERO
from backend.targets.values_evaluation import EvaluationField, Indicator, IndicatorFormula, Scheme

WHOLE = Decimal(100)
MOST_INDICATORS = 60
CODE = re.compile(r"[a-z][a-z0-9_]{0,59}")
HEAD = ("code", "name_zh", "name_en", "document", "note_zh", "note_en")


def stored(scheme: Scheme) -> dict[str, Any]:
    """Return a scheme as JSON: decimals as text."""
    return {
        **{name: getattr(scheme, name) for name in HEAD},
        "is_placeholder": scheme.is_placeholder,
        "indicators": [indicator(each) for each in scheme.indicators],
    }


def indicator(each: Indicator) -> dict[str, Any]:
    """Return an indicator as JSON."""
    return {
        "code": each.code, "field": each.field.value, "name_zh": each.name_zh, "name_en": each.name_en, "unit": each.unit,
        "formula": "" if each.formula is None else each.formula.value, "is_main": each.is_main,
        "weight": format(each.weight, "f"), "zero_at": format(each.zero_at, "f"), "full_at": format(each.full_at, "f"),
    }  # fmt: skip


def loaded(given: Mapping[str, Any]) -> Scheme:
    """Read back what `stored` wrote, or what is shipped."""
    return Scheme(
        **{name: given[name] for name in HEAD}, is_placeholder=given["is_placeholder"],
        indicators=tuple(loaded_indicator(each) for each in given["indicators"]),
    )  # fmt: skip


def loaded_indicator(each: Mapping[str, Any]) -> Indicator:
    """Read back an indicator."""
    try:
        return Indicator(
            code=each["code"], field=EvaluationField(each["field"]), name_zh=each["name_zh"], name_en=each["name_en"],
            unit=each["unit"], formula=IndicatorFormula(each["formula"]) if each["formula"] else None,
            is_main=each["is_main"], weight=Decimal(each["weight"]), zero_at=Decimal(each["zero_at"]),
            full_at=Decimal(each["full_at"]),
        )  # fmt: skip
    except (KeyError, InvalidOperation, ValueError) as error:
        raise EvaluationSchemeInvalid(reason_en="an indicator cannot be read", reason_zh="指标无法读取") from error


def check(scheme: Scheme) -> None:
    """See that a scheme is whole: named, weights that sum to 100, each indicator once, a main one of dual control.

    Raises:
        EvaluationSchemeInvalid: it is not.
    """
    if any(not 1 <= len(each.strip()) <= checking.LONGEST_NAME for each in (scheme.name_zh, scheme.name_en)):
        _refuse(
            f"both names have 1 to {checking.LONGEST_NAME} characters",
            f"中英文名称须为 1 至 {checking.LONGEST_NAME} 个字符",
        )
    if scheme.is_placeholder and not (scheme.note_zh.strip() and scheme.note_en.strip()):
        _refuse("a placeholder says what is missing", "占位内容须说明缺少什么")
    if not 1 <= len(scheme.indicators) <= MOST_INDICATORS:
        _refuse(f"it has 1 to {MOST_INDICATORS} indicators", f"须有 1 至 {MOST_INDICATORS} 项指标")
    codes = [each.code for each in scheme.indicators]
    if len(set(codes)) < len(codes):
        _refuse("an indicator is there twice", "指标代码重复")
    for each in scheme.indicators:
        _check(each)
    weights = sum((each.weight for each in scheme.indicators), ZERO)
    if weights != WHOLE:
        _refuse(
            f"the weights come to {checking.plain(weights)}, not to 100",
            f"权重合计为 {checking.plain(weights)}，应为 100",
        )
    if not any(each.is_main and each.field is EvaluationField.DUAL_CONTROL for each in scheme.indicators):
        _refuse("no main indicator is of dual control", "主要指标中须有碳排放双控指标")


def _check(each: Indicator) -> None:
    if not CODE.fullmatch(each.code) or each.code == EMISSIONS:
        _refuse(
            f"'{each.code}' is no code: small letters, digits, _", f"“{each.code}”不是有效代码：小写字母、数字、下划线"
        )
    if any(not 1 <= len(name.strip()) <= checking.LONGEST_NAME for name in (each.name_zh, each.name_en)):
        _refuse(f"{each.code} needs names in both languages", f"{each.code} 须有中英文名称")
    if not all(checking.is_number(number) for number in (each.weight, each.zero_at, each.full_at)):
        _refuse(f"a number of {each.code} cannot be", f"{each.code} 的数值无效")
    if each.weight <= ZERO or each.zero_at == each.full_at:
        _refuse(
            f"{each.code} needs a weight above zero, and points that rise",
            f"{each.code} 的权重须大于零，计分区间两端不得相同",
        )


def _refuse(en: str, zh: str) -> NoReturn:
    raise EvaluationSchemeInvalid(reason_en=en, reason_zh=zh, path=("input", "indicators"))
