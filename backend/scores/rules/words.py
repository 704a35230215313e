"""The reasons of an assessment in both languages; every figure named is one that was used, with where it came from."""

from collections.abc import Sequence
from decimal import Decimal

from backend.scores.modelling.content import HUNDRED, Gate, Indicator, Lever, ModelContent
from backend.scores.rules.points import How, Measured, code_of, is_known
from backend.scores.values import FACTS, SMALLEST_GROUP, Fact, Quality, Source, Words

QUALITIES = {
    Quality.VERIFIED: Words("已核查", "verified"),
    Quality.COMPUTED: Words("计算所得", "computed"),
    Quality.ESTIMATED: Words("估算", "estimated"),
    Quality.MISSING: Words("缺失", "missing"),
}
CODES = {
    "true": Words("是", "yes"),
    "false": Words("否", "no"),
    "none": Words("无", "none"),
    "computed": Words("已计算", "computed"),
    "submitted": Words("已提交", "submitted"),
    "verified": Words("已核查", "verified"),
    "closed": Words("已关闭", "closed"),
    "restated": Words("已重述", "restated"),
}
SOURCES = {
    "Disclosure": Words("信息披露", "disclosure"),
    "EnergyClaim": Words("绿证使用声明", "certificate claim"),
    "Inventory": Words("碳排放清单", "inventory"),
    "QuotaDutyEntry": Words("履约记录", "duty entry"),
    "QuotaVerified": Words("核查排放量", "verified emissions"),
    "ScoreOverride": Words("申诉更正", "correction on appeal"),
    "ScorePenalty": Words("行政处罚记录", "penalty on record"),
    "SignFingerprint": Words("数据异常迹象", "sign in the data"),
    "SectorRollup": Words("行业汇总", "sector roll-up"),
    "UnitMovement": Words("单位变动记录", "unit movement"),
    "YearFigure": Words("年度数据", "yearly figure"),
}
"""Kinds of records in words."""
DECIMALS = Decimal("0.0001")
UNITS_ZH = {"tCO2e/unit": "tCO2e/单位产品", "tCO2e/万CNY": "tCO2e/万元", "tce/万CNY": "tce/万元"}


def number(value: Decimal) -> str:
    """Return a number for reading: at most four decimals, or four digits of a smaller one; never fed back."""
    if value and abs(value) < DECIMALS:
        return format(Decimal(f"{value:.4g}"), "f")
    return format(value.quantize(DECIMALS) if abs(value) < Decimal(10) ** 20 else value, "f").rstrip("0").rstrip(".")


def value_of(value: Decimal | str | bool | None, unit: str) -> Words:  # noqa: FBT001 - a fact's value, not a switch
    """Return a value in words, with its unit."""
    if not isinstance(value, Decimal):
        code = code_of(value)
        return CODES.get(code, Words(code, code))
    said, zh = number(value) if "." in str(value) else format(value, "f"), UNITS_ZH.get(unit, unit)
    if unit == "%":
        return Words(f"{said}%", f"{said} %")
    return Words(f"{said} {zh}".strip(), f"{said} {unit}".strip())


def reason(content: ModelContent, indicator: Indicator, fact: Fact, told: Measured) -> Words:
    """Return why an indicator has its points: the value, what it was held against, the quality of data, the sources."""
    if told.how is How.MISSING:
        why = _bracketed(fact.note)
        return Words(
            f"缺少“{indicator.name_zh}”的数据{why.zh}，计 0 分；补齐数据后重新评定。",
            f"No data for '{indicator.name_en}'{why.en}: it counts 0 points. Supply the data to have it told.",
        )
    said = value_of(fact.value, fact.unit)
    zh, en = f"{indicator.name_zh}为 {said.zh}", f"{indicator.name_en}: {said.en}"
    if told.how is How.SMALL_GROUP:
        tail = origin(fact)
        return Words(
            f"{zh}；本行业可比企业不足 {SMALLEST_GROUP} 家，无法比较，计 0 分，其权重不分摊给其他指标{tail.zh}。",
            f"{en}; fewer than {SMALLEST_GROUP} comparable accounts in the sector, so nothing can be told: 0 points, and "
            f"its weight is not shared among the others{tail.en}.",
        )
    held, left, tail = _held(told), _left(content, fact, told), origin(fact)
    return Words(f"{zh}{held.zh}，{left.zh}{tail.zh}。", f"{en}{held.en}; {left.en}{tail.en}.")


def origin(fact: Fact) -> Words:
    """Return where a fact came from, in brackets: in its own words, else by its records; empty where it says nothing."""
    if fact.note.zh:
        return _bracketed(fact.note)
    if not fact.sources:
        return Words("", "")
    named = _named(fact.sources)
    return Words(f"（来源：{'、'.join(each.zh for each in named)}）", f" (from {', '.join(each.en for each in named)})")


def _bracketed(note: Words) -> Words:
    """Return a note in brackets: within them it is no sentence of its own, and has no full stop. Nothing for an empty one."""
    if not note.zh:
        return Words("", "")
    return Words(f"（{note.zh.rstrip('。')}）", f" ({note.en.rstrip('.')})")


def gate_reason(content: ModelContent, gate: Gate, fact: Fact, *, opened: bool) -> Words:
    """Return why a gate is open or shut."""
    name, tail = FACTS[gate.fact].name, origin(fact)
    if not is_known(fact):
        if opened:
            return Words(f"{name.zh}不适用，不受此条件限制。", f"{name.en} does not apply: the gate is open.")
        effect = Words("不予评级", "no grade is given")
        if gate.grade is not None:
            best = content.grades[content.ranks[gate.grade]]
            effect = Words(
                f"等级最高为“{best.name_zh}”（{best.code}）", f"the grade is {best.code} ({best.name_en}) at best"
            )
        return Words(
            f"{name.zh}无法确定{tail.zh}，按未满足处理，{effect.zh}。",
            f"{name.en} cannot be told{tail.en}, which counts as not met: {effect.en}.",
        )
    said = value_of(fact.value, fact.unit)
    if gate.test == "quality_below":
        said = QUALITIES[fact.quality]
    if opened:
        return Words(f"{name.zh}：{said.zh}，条件满足{tail.zh}。", f"{name.en}: {said.en}, as required{tail.en}.")
    return Words(f"{name.zh}：{said.zh}{tail.zh}。{gate.words_zh}", f"{name.en}: {said.en}{tail.en}. {gate.words_en}")


def helped(told: Words, difference: Decimal) -> Words:
    """Return a reason with how far it lifts the account above neutral, in points of the whole."""
    return Words(f"高于中性水平 {number(difference)} 分：{told.zh}", f"+{number(difference)} points: {told.en}")


def harmed(told: Words, difference: Decimal) -> Words:
    """Return a reason with how far it draws the account below neutral, in points of the whole."""
    return Words(f"低于中性水平 {number(difference)} 分：{told.zh}", f"-{number(difference)} points: {told.en}")


def missing(facts: tuple[str, ...]) -> Words:
    """Return that nothing can be told before these facts are known."""
    zh = "、".join(FACTS[code].name.zh for code in facts)
    en = "; ".join(FACTS[code].name.en for code in facts)
    return Words(f"缺少评定所必需的数据：{zh}，暂不能评定等级。", f"No grade can be told without: {en}.")


def step(lever: Lever, fact: Fact, after: Decimal | str | bool, effort: Decimal) -> Words:  # noqa: FBT001 - a fact's value, not a switch
    """Return a step of the cheapest way in words."""
    name, old, new = FACTS[lever.fact].name, value_of(fact.value, fact.unit), value_of(after, fact.unit)
    return Words(
        f"{lever.words_zh}：{name.zh}由 {old.zh} 变为 {new.zh}（投入系数 {number(effort)}）。",
        f"{lever.words_en}: {name.en} from {old.en} to {new.en} (effort {number(effort)}).",
    )


def _named(sources: Sequence[Source]) -> list[Words]:
    """Return the records in words: one with its version or number, many of a kind by how many they are."""
    kinds: dict[str, list[Source]] = {}
    for source in sources:
        kinds.setdefault(source.kind, []).append(source)
    found: list[Words] = []
    for code, each in kinds.items():
        kind, version = SOURCES.get(code, Words(code, code)), each[0].version
        if len(each) > 1:
            found.append(Words(f"{kind.zh} {len(each)} 项", f"{len(each)} records ({kind.en})"))
        elif version:
            found.append(Words(f"{kind.zh} {version}", f"{kind.en} {version}"))
        else:
            found.append(kind)
    return found


def _held(told: Measured) -> Words:
    x = Decimal(0) if told.x is None else told.x
    if told.how is How.PERCENTILE:
        # One step of five to nine members: nothing finer is told of them than their mean.
        is_coarse = told.size < 2 * SMALLEST_GROUP
        fine = Words("按 5% 分档", "in steps of 5 %")
        if is_coarse:
            fine = Words("只区分优于、等于或劣于均值", "only better or worse than their mean")
        return Words(
            f"，约优于本行业 {number(x)}% 的企业（按已发布的行业汇总，可比企业 {told.size} 家以上，{fine.zh}）",
            f", better than about {number(x)} % of the sector (by its published roll-up of {told.size} or more accounts,"
            f" {fine.en})",
        )
    if told.how is How.BENCHMARK:
        return Words(f"，为基准的 {number(x * HUNDRED)}%", f", {number(x * HUNDRED)} % of the benchmark")
    if told.how is How.ALONE:
        return Words(
            f"（本行业可比企业不足 {SMALLEST_GROUP} 家，按自身数值计分）",
            f" (fewer than {SMALLEST_GROUP} comparable accounts in the sector: by its own value)",
        )
    return Words("", "")


def _left(content: ModelContent, fact: Fact, told: Measured) -> Words:
    points, raw = number(told.points or Decimal(0)), told.raw or Decimal(0)
    quality, rule = QUALITIES[fact.quality], content.quality
    if told.points == raw:
        return Words(f"数据{quality.zh}，得 {points} 分", f"{quality.en} data, {points} points")
    figure = {Quality.VERIFIED: rule.verified, Quality.COMPUTED: rule.computed}.get(fact.quality, rule.estimated)
    if rule.mode == "ceiling" and raw > figure:
        return Words(
            f"数据{quality.zh}，最高 {number(figure)} 分，得 {points} 分",
            f"{quality.en} data earn at most {number(figure)}: {points} points",
        )
    if rule.mode == "multiplier" and figure != 1:
        return Words(
            f"数据{quality.zh}，{number(raw)} 分按 {number(figure)} 折算，得 {points} 分",
            f"{quality.en} data: {number(raw)} x {number(figure)} = {points} points",
        )
    return Words(f"数据{quality.zh}，得 {points} 分", f"{quality.en} data, {points} points")
