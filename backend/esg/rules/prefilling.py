"""Prefill rules: what the account says of a metric, with where it comes from and how, or why it cannot be told.

A rule never guesses: without a source there is no value, and nothing accounted for is not zero.
"""

from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace
from decimal import ROUND_HALF_UP, Context, Decimal

from backend.accounts.values import FigureKind, FigureValue
from backend.emissions.methods import METHODS
from backend.emissions.values import InventoryFacts, LineFacts, Scope3Category
from backend.esg.rules import complying, trading
from backend.esg.rules.facts import Facts
from backend.esg.rules.telling import Said, fact, known, unknown
from backend.esg.values import Metric, Prefill, Source, Words
from backend.factors.values import Confidence
from backend.kit.clock import CHINA
from backend.kit.quantities import EXACT, convert

PLACES = Decimal(1).scaleb(-12)
_DIVIDING = Context(prec=200, rounding=ROUND_HALF_UP)
HUNDRED = Decimal(100)
MONEY, TEN_THOUSAND = "CNY", "万CNY"
PLACEHOLDER, UNCONFIRMED = "placeholder", "unconfirmed"
COAL = "standard_coal"
OF_DATA_YEAR = "data_year:"
"""How an inventory's factor policy begins when it is tied to a data year; otherwise it is `published`."""


def prefill(metric: Metric, facts: Facts) -> Prefill:
    """Return what the account says of a metric; of one without a rule, that its owner enters it."""
    rule = RULES.get(metric.rule or "")
    if rule is None:
        said: Said = unknown("由企业填报。", "Entered by its owner.")
    else:
        said = rule(metric, facts)
    return said(metric)


def quotient(numerator: Decimal, denominator: Decimal) -> Decimal:
    """Divide, to 12 decimal places, half up."""
    return _DIVIDING.divide(numerator, denominator).quantize(PLACES, ROUND_HALF_UP, _DIVIDING).normalize(_DIVIDING)


def of_inventory(inventory: InventoryFacts, lines: Iterable[LineFacts] = ()) -> Source:
    """Return an inventory as a source: its version, how far it is, and what must be known of the lines behind a figure."""
    told = [inventory.state, f"{inventory.months_covered}/12", *doubts(lines)]
    return Source("inventory", str(inventory.inventory_id), f"v{inventory.version}", ", ".join(told))


def doubts(lines: Iterable[LineFacts]) -> list[str]:
    """Return `placeholder` and `unconfirmed` where parameters or formulas behind the emissions of lines are.

    `unconfirmed`: not confirmed at their source. A formula this release does not know has nobody who vouches for it. The
    coefficient of standard coal makes no emissions.
    """
    found: set[str] = set()
    for each in lines:
        method = METHODS.get(each.method)
        found.add(Confidence.MEMORY.value if method is None else method.confidence)
        found |= {str(one.get("confidence", "")) for one in each.parameters if one.get("code") != COAL}
    return _named(found)


def energy_doubts(lines: Iterable[LineFacts]) -> list[str]:
    """Return the same of the coefficients that bring lines into standard coal."""
    return _named(
        {str(one.get("confidence", "")) for each in lines for one in each.parameters if one.get("code") == COAL}
    )


def _named(confidences: AbstractSet[str]) -> list[str]:
    return [
        *([PLACEHOLDER] if Confidence.PLACEHOLDER in confidences else []),
        *([UNCONFIRMED] if confidences & {Confidence.MEMORY, Confidence.SECONDARY} else []),
    ]


def behind(facts: Facts, scopes: AbstractSet[int], side: str = "location") -> list[LineFacts]:
    """Return the lines of the year's inventory in these scopes, of one side: `location` or `market`."""
    return [each for each in facts.lines if each.scope in scopes and each.basis in {"both", side}]


def of_figure(figure: FigureValue) -> Source:
    """Return a yearly figure as a source; each recording is its own version."""
    return Source(
        "figure", str(figure.id), figure.recorded_at.isoformat(), f"{figure.kind.value} {figure.product}".strip()
    )


def without_inventory(facts: Facts) -> Said:
    """Say that there is nothing to go by."""
    return unknown(f"{facts.year} 年度尚无清单。", f"There is no inventory for {facts.year}.")


def _whole(name: str, scope: int = 0, side: str = "location") -> Callable[[Metric, Facts], Said]:
    def rule(_metric: Metric, facts: Facts) -> Said:
        if facts.inventory is None:
            return without_inventory(facts)
        value = getattr(facts.inventory, name)
        if value is None:
            return unknown("清单没有该数值。", "The inventory does not say.")
        return known(value, of_inventory(facts.inventory, behind(facts, {scope}, side)))

    return rule


def _scope3(_metric: Metric, facts: Facts) -> Said:
    if facts.inventory is None:
        return without_inventory(facts)
    if not any(each.scope == 3 for each in facts.lines):  # noqa: PLR2004 - scope 3
        return unknown("清单未核算范围三。", "The inventory has no scope 3.")
    return known(facts.inventory.scope3, of_inventory(facts.inventory, behind(facts, {3})))


def _scope3_category(metric: Metric, facts: Facts) -> Said:
    if facts.inventory is None:
        return without_inventory(facts)
    category = metric.code.rsplit(".", 1)[-1]
    lines = [each for each in facts.lines if each.scope == 3 and each.category == category]  # noqa: PLR2004 - scope 3
    if not lines:
        return unknown("清单未核算该类别。", "The inventory has nothing of this category.")
    return known(total(each.co2e_t for each in lines), of_inventory(facts.inventory, lines))


def _energy(_metric: Metric, facts: Facts) -> Said:
    one = facts.inventory
    if one is None:
        return without_inventory(facts)
    source = of_inventory(one)
    return known(one.energy_tce, replace(source, note=", ".join([source.note, *energy_doubts(facts.lines)])))


def _scope3_categories(_metric: Metric, facts: Facts) -> Said:
    if facts.inventory is None:
        return without_inventory(facts)
    found = {each.category for each in facts.lines if each.scope == 3}  # noqa: PLR2004 - scope 3
    named = [each.value for each in Scope3Category if each.value in found]
    if not named:
        return unknown("清单未核算范围三。", "The inventory has no scope 3.")
    return fact(Words("、".join(SCOPE3_NAMES[each] for each in named), ", ".join(named)), of_inventory(facts.inventory))


def _change(_metric: Metric, facts: Facts) -> Said:
    if facts.inventory is None:
        return without_inventory(facts)
    if facts.prior is None:
        return unknown(f"{facts.year - 1} 年度尚无清单，无法比较。", f"There is no inventory for {facts.year - 1}.")
    change = EXACT.subtract(direct_and_energy(facts.inventory), direct_and_energy(facts.prior))
    return known(change, of_inventory(facts.inventory, behind(facts, {1, 2})), of_inventory(facts.prior))


def direct_and_energy(inventory: InventoryFacts) -> Decimal:
    """Return scope 1 and 2 together, location-based, in tCO2e."""
    return EXACT.add(inventory.scope1, inventory.scope2_location)


def total(numbers: Iterable[Decimal]) -> Decimal:
    """Add without losing a digit."""
    found = Decimal(0)
    for each in numbers:
        found = EXACT.add(found, each)
    return found


def _figure(facts: Facts, kind: FigureKind) -> FigureValue | None:
    of_kind = [each for each in facts.figures if each.kind is kind]
    return next((each for each in of_kind if each.is_main), of_kind[0] if len(of_kind) == 1 else None)


def _intensity(kind: FigureKind, name: Words) -> Callable[[Metric, Facts], Said]:
    def rule(_metric: Metric, facts: Facts) -> Said:
        if facts.inventory is None:
            return without_inventory(facts)
        figure = _figure(facts, kind)
        if figure is None:
            return unknown(
                f"未登记 {facts.year} 年度{name.zh}。", f"The account has no {name.en} recorded for {facts.year}."
            )
        is_money = figure.unit == MONEY
        amount = convert(figure.quantity, MONEY, TEN_THOUSAND) if is_money else figure.quantity
        if amount <= 0:
            return unknown(f"{name.zh}不大于零。", f"The {name.en} is not above zero.")
        value = quotient(direct_and_energy(facts.inventory), amount)
        unit = f"tCO2e/{TEN_THOUSAND if is_money else figure.unit}"
        lines = behind(facts, {1, 2})
        return known(value, of_inventory(facts.inventory, lines), of_figure(figure), unit=unit)

    return rule


def _plain_figure(kind: FigureKind, name: Words) -> Callable[[Metric, Facts], Said]:
    def rule(_metric: Metric, facts: Facts) -> Said:
        figure = _figure(facts, kind)
        if figure is None:
            return unknown(
                f"未登记 {facts.year} 年度{name.zh}。", f"The account has no {name.en} recorded for {facts.year}."
            )
        if figure.unit == MONEY:
            return known(convert(figure.quantity, MONEY, TEN_THOUSAND), of_figure(figure), unit=TEN_THOUSAND)
        return known(figure.quantity, of_figure(figure), unit=figure.unit)

    return rule


def _gases(_metric: Metric, facts: Facts) -> Said:
    if facts.inventory is None:
        return without_inventory(facts)
    named = ", ".join(sorted({each.gas for each in facts.lines}))
    if not named:
        return unknown("清单没有排放数据。", "The inventory has no lines.")
    return fact(Words(named, named), of_inventory(facts.inventory))


def _method(_metric: Metric, facts: Facts) -> Said:
    if facts.inventory is None:
        return without_inventory(facts)
    named = "; ".join(sorted({one for each in facts.lines for one in each.formula_source.split("; ") if one}))
    if not named:
        return unknown("清单没有排放数据。", "The inventory has no lines.")
    return fact(Words(named, named), of_inventory(facts.inventory, facts.lines))


def _factors(_metric: Metric, facts: Facts) -> Said:
    one = facts.inventory
    if one is None:
        return without_inventory(facts)
    zh, en = "采用截止日前已发布的最新因子", "the newest factors published by then"
    if one.factor_policy.startswith(OF_DATA_YEAR):
        year = one.factor_policy.removeprefix(OF_DATA_YEAR)
        zh, en = f"采用 {year} 数据年度的因子", f"factors of the data year {year}"
    return fact(Words(f"{zh}，截至 {one.factor_date}", f"{en}, as of {one.factor_date}"), of_inventory(one))


def _verification(_metric: Metric, facts: Facts) -> Said:
    one = facts.inventory
    if one is None:
        return without_inventory(facts)
    if one.is_verified and one.verified_at is not None:
        day = one.verified_at.astimezone(CHINA).date().isoformat()
        return fact(Words(f"已由第三方核查（{day}）", f"verified by another organisation on {day}"), of_inventory(one))
    return fact(Words("尚未经第三方核查", "not verified by another organisation"), of_inventory(one))


def _green_share(_metric: Metric, facts: Facts) -> Said:
    one = facts.inventory
    if one is None:
        return without_inventory(facts)
    if one.electricity_mwh <= 0:
        return unknown("该年度没有净购入电量。", "No electricity was bought, on balance.")
    green = EXACT.add(one.green_mwh, one.claimed_mwh)
    return known(quotient(EXACT.multiply(green, HUNDRED), one.electricity_mwh), of_inventory(one))


def _instruments(_metric: Metric, facts: Facts) -> Said:
    one = facts.inventory
    if one is None:
        return without_inventory(facts)
    green, claimed = (format(each.normalize(), "f") for each in (one.green_mwh, one.claimed_mwh))
    return fact(
        Words(
            f"绿电 {green} MWh，绿证核销 {claimed} MWh", f"green electricity {green} MWh, certificates {claimed} MWh"
        ),
        of_inventory(one),
    )


SCOPE3_NAMES: Mapping[str, str] = {
    "purchased_goods": "外购商品和服务", "capital_goods": "资本货物", "fuel_and_energy": "燃料和能源相关活动",
    "upstream_transport": "上游运输和配送", "waste": "运营中产生的废弃物", "business_travel": "商务旅行",
    "commuting": "员工通勤", "upstream_leased": "上游租赁资产", "downstream_transport": "下游运输和配送",
    "processing": "售出产品的加工", "use": "售出产品的使用", "end_of_life": "售出产品的报废处理",
    "downstream_leased": "下游租赁资产", "franchises": "特许经营", "investments": "投资",
}  # fmt: skip

RULES: Mapping[str, Callable[[Metric, Facts], Said]] = {
    "scope1": _whole("scope1", 1),
    "scope2_location": _whole("scope2_location", 2),
    "scope2_market": _whole("scope2_market", 2, "market"),
    "scope3": _scope3,
    "scope3_category": _scope3_category,
    "scope3_categories": _scope3_categories,
    "change": _change,
    "intensity_output": _intensity(FigureKind.OUTPUT, Words("主要产品产量", "output of a main product")),
    "intensity_value_added": _intensity(FigureKind.VALUE_ADDED, Words("增加值", "value added")),
    "intensity_revenue": _intensity(FigureKind.REVENUE, Words("营业收入", "revenue")),
    "gases": _gases,
    "method": _method,
    "factors": _factors,
    "verification": _verification,
    "quality": _whole("quality_score"),
    "energy": _energy,
    "electricity": _whole("electricity_mwh"),
    "green_share": _green_share,
    "certificates": _whole("claimed_mwh"),
    "instruments": _instruments,
    "revenue": _plain_figure(FigureKind.REVENUE, Words("营业收入", "revenue")),
    "value_added": _plain_figure(FigureKind.VALUE_ADDED, Words("增加值", "value added")),
    "employees": _plain_figure(FigureKind.EMPLOYEES, Words("员工人数", "number of employees")),
    **trading.RULES,
    **complying.RULES,
}
"""The rules by the name the catalogue gives them."""


def is_same(stored: Prefill, fresh: Prefill) -> bool:
    """Return whether two prefills say the same from the same versions of the same sources; notes do not count."""
    if (stored.value, stored.unit, stored.text) != (fresh.value, fresh.unit, fresh.text):
        return False
    return versions(stored.sources) == versions(fresh.sources)


def versions(sources: Iterable[Source]) -> frozenset[tuple[str, str, str]]:
    """Return what identifies sources."""
    return frozenset((each.kind, each.id, each.version) for each in sources)
