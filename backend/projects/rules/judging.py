"""The conditions of an approval: each passes, fails, or cannot be told; only a project that passes all is approved."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from backend.emissions.methods.arithmetic import WORKING
from backend.kit.quantities import IncompatibleUnits, rate_conversion
from backend.projects.rules.tiers import EIA, LOCAL, ORDER_31, TWO_HIGH, is_two_high, needs_prediction
from backend.projects.values import (
    OF_MONEY,
    OUTPUT_VALUE,
    VALUE_ADDED,
    Assessment,
    Check,
    DocumentKind,
    Intensity,
    LevelValue,
    Measure,
    Outcome,
    ProjectFacts,
    Review,
    Tier,
    Words,
)

GRADES = frozenset({"A", "引领性"})
"""Grades of environmental performance the documents ask for."""
_MONEY = {VALUE_ADDED: Words("单位增加值", "value added"), OUTPUT_VALUE: Words("单位产值", "output value")}
_SAY = {
    "energy_report": Words("节能报告", "an energy-saving report"),
    "carbon_evaluation": Words("碳排放评价（专章或报告）", "a carbon evaluation"),
    "eia": Words(
        "环评温室气体排放预测（排放水平与控制措施）", "the greenhouse gas part of the environmental impact assessment"
    ),
    "outputs": Words("产品及年产量", "products and their yearly quantities"),
    "value_added": Words("年增加值", "the yearly value added"),
}


def missing_materials(facts: ProjectFacts, review: Review) -> list[Words]:
    """Return what an application lacks before it can be submitted."""
    if review.tier in {None, Tier.NONE}:
        return []
    kinds, lacking = {each.kind for each in facts.papers}, list[str]()
    if not kinds & {DocumentKind.ENERGY_REPORT, DocumentKind.COMBINED_REPORT}:
        lacking.append("energy_report")
    if review.has_carbon_evaluation and not kinds & {DocumentKind.CARBON_EVALUATION, DocumentKind.COMBINED_REPORT}:
        lacking.append("carbon_evaluation")
    if needs_prediction(facts.sector) and not (facts.eia_level and facts.eia_measures):
        lacking.append("eia")
    if not facts.outputs:
        lacking.append("outputs")
    if facts.value_added is None:
        lacking.append("value_added")
    return [_SAY[each] for each in lacking]


def checks(
    tenant: str, facts: ProjectFacts, result: Assessment, review: Review, levels: Sequence[LevelValue]
) -> list[Check]:
    """Return the conditions of a project's approval, in the order they are told."""
    two_high = is_two_high(facts.sector, result.coal)
    found = [_tier(review), _amounts(result), _two_high(two_high)]
    found += [_admission(facts, each, measure, levels) for each in result.intensities for measure in Measure
              if (each.what not in OF_MONEY and two_high is not False) or _known(facts, each, measure, levels)]  # fmt: skip
    grade = _grade(tenant, facts, two_high)
    if grade is not None:
        found.append(grade)
    if needs_prediction(facts.sector):
        found.append(_prediction(facts))
    return found


def blocking(found: Sequence[Check]) -> list[Check]:
    """Return the conditions that keep a project from being approved."""
    return [each for each in found if each.outcome is not Outcome.PASS]


def told(name: str, words: Iterable[Words]) -> dict[str, Any]:
    """Return sentences as the details `<name>_zh` and `<name>_en` of an error."""
    listed = list(words)
    return {f"{name}_zh": "、".join(each.zh for each in listed), f"{name}_en": "; ".join(each.en for each in listed)}


def _tier(review: Review) -> Check:
    if review.tier is None:
        words = Words("审查层级无法判定", "who reviews it cannot be told")
        return Check("tier", Outcome.UNKNOWN, words, ORDER_31)
    return Check("tier", Outcome.PASS, Words("审查层级已判定", "who reviews it is known"), ORDER_31)


def _amounts(result: Assessment) -> Check:
    if result.tce is not None and result.tonnes is not None:
        return Check("amounts", Outcome.PASS, Words("能源消费量和碳排放量已核算", "energy and emissions are known"))
    reasons = [each.reason for each in result.lines if each.reason is not None]
    zh = "；".join(dict.fromkeys(each.zh for each in reasons)) or "缺少数据"
    en = "; ".join(dict.fromkeys(each.en for each in reasons)) or "data are missing"
    return Check(
        "amounts",
        Outcome.UNKNOWN,
        Words(f"能源消费量或碳排放量无法核算：{zh}", f"energy or emissions cannot be told: {en}"),
    )


def _two_high(is_one: bool | None) -> Check:  # noqa: FBT001 - what was found out
    if is_one is None:
        words = Words(
            "是否属于高耗能高排放项目无法判定", "whether it is of high energy use and high emissions cannot be told"
        )
        return Check("two_high", Outcome.UNKNOWN, words, TWO_HIGH)
    if is_one:
        words = Words(
            "属于高耗能高排放项目，批准时须说明置换", "of high energy use and high emissions: its replacement is stated"
        )
        return Check("two_high", Outcome.PASS, words, TWO_HIGH)
    words = Words("不属于高耗能高排放项目", "not of high energy use and high emissions")
    return Check("two_high", Outcome.PASS, words, TWO_HIGH)


def level_for(
    facts: ProjectFacts, each: Intensity, measure: Measure, levels: Sequence[LevelValue]
) -> LevelValue | None:  # fmt: skip
    """Return the newest admission level of a product in the project's sector."""
    fitting = [
        level for level in levels
        if level.sector == facts.sector and level.product == each.what and level.measure is measure
    ]  # fmt: skip
    return max(fitting, key=lambda level: (level.effective_on, level.recorded_at), default=None)


def _known(facts: ProjectFacts, each: Intensity, measure: Measure, levels: Sequence[LevelValue]) -> bool:
    return level_for(facts, each, measure, levels) is not None


def _admission(facts: ProjectFacts, each: Intensity, measure: Measure, levels: Sequence[LevelValue]) -> Check:
    code = f"admission_{measure.value}"
    level = level_for(facts, each, measure, levels)
    is_energy = measure is Measure.ENERGY
    called = _MONEY.get(each.what, Words(each.what, each.what))
    amount = each.tce if is_energy else each.tonnes
    if level is None:
        words = Words(
            f"“{called.zh}”的{'能效' if is_energy else '碳排放'}准入水平尚未录入",
            f"no admission level of {measure.value} is recorded for '{called.en}'",
        )
        # Carbon admission levels are not published yet: their absence blocks nobody. Energy levels are asked for.
        return Check(code, Outcome.UNKNOWN if is_energy else Outcome.PASS, words)
    try:
        own = rate_conversion(f"{'tce' if is_energy else 'tCO2e'}/{each.unit}", level.unit)
    except IncompatibleUnits:
        words = Words(
            f"准入水平的单位 {level.unit} 无法与“{called.zh}”比较", f"{level.unit} cannot be compared for '{called.en}'"
        )
        return Check(code, Outcome.UNKNOWN, words)
    if amount is None:
        words = Words(f"“{called.zh}”的单位指标无法核算", f"what a unit of '{called.en}' takes cannot be told")
        return Check(code, Outcome.UNKNOWN, words)
    value: Decimal = WORKING.multiply(amount, own)
    outcome = Outcome.PASS if value <= level.most else Outcome.FAIL
    told = f"{_plain(value)} {level.unit}"
    zh = f"“{called.zh}”{told}，准入水平（{level.level}）{_plain(level.most)}，依据 {level.document_number}"
    en = f"'{called.en}': {told}, admission level ({level.level}) {_plain(level.most)} by {level.document_number}"
    return Check(code, outcome, Words(zh, en))


def _grade(tenant: str, facts: ProjectFacts, two_high: bool | None) -> Check | None:  # noqa: FBT001 - what was found out
    local = LOCAL.get(tenant)
    if local is None or facts.sector not in local.grade_a or two_high is False:
        return None
    if not facts.environmental_grade:
        words = Words(
            "未填写环保绩效等级（须达到 A 级或引领性水平）",
            "no grade of environmental performance is stated (A is needed)",
        )
        return Check("environmental_grade", Outcome.UNKNOWN, words, local.source)
    outcome = Outcome.PASS if facts.environmental_grade.upper() in GRADES else Outcome.FAIL
    words = Words(
        f"环保绩效等级：{facts.environmental_grade}", f"grade of environmental performance: {facts.environmental_grade}"
    )
    return Check("environmental_grade", outcome, words, local.source)


def _prediction(facts: ProjectFacts) -> Check:
    if facts.eia_level and facts.eia_measures:
        return Check(
            "eia", Outcome.PASS, Words("已预测和评价温室气体排放", "greenhouse gases are predicted and evaluated"), EIA
        )
    return Check(
        "eia", Outcome.UNKNOWN, Words("缺少环评温室气体排放预测", "the prediction of greenhouse gases is missing"), EIA
    )


def _plain(value: Decimal) -> str:
    shown = value.quantize(Decimal("0.0001"))
    return format(shown.normalize(), "f") if shown else "0"
