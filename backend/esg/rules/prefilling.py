"""Prefill rules: what the account says of a metric, with where it comes from and how, or why it cannot be told.

A rule never guesses: without a source there is no value, and nothing accounted for is not zero.
"""

from collections.abc import Callable, Iterable, Mapping
from decimal import ROUND_HALF_UP, Context, Decimal

from backend.accounts.values import FigureKind, FigureValue
from backend.emissions.values import InventoryFacts, Scope3Category
from backend.esg.rules import complying, trading
from backend.esg.rules.facts import Facts
from backend.esg.rules.telling import Said, fact, known, unknown
from backend.esg.values import Metric, Prefill, Source, Words
from backend.kit.clock import CHINA
from backend.kit.quantities import EXACT, convert

PLACES = Decimal(1).scaleb(-12)
_DIVIDING = Context(prec=200, rounding=ROUND_HALF_UP)
HUNDRED = Decimal(100)
MONEY, TEN_THOUSAND = "CNY", "万CNY"


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


def of_inventory(inventory: InventoryFacts) -> Source:
    """Return an inventory as a source: its version, and in words how far it is."""
    return Source(
        "inventory", str(inventory.inventory_id), f"v{inventory.version}",
        f"{inventory.state}, {inventory.months_covered}/12",
    )  # fmt: skip


def of_figure(figure: FigureValue) -> Source:
    """Return a yearly figure as a source; each recording is its own version."""
    return Source(
        "figure", str(figure.id), figure.recorded_at.isoformat(), f"{figure.kind.value} {figure.product}".strip()
    )


def without_inventory(facts: Facts) -> Said:
    """Say that there is nothing to go by."""
    return unknown(f"{facts.year} 年度尚无清单。", f"There is no inventory for {facts.year}.")


def _whole(name: str) -> Callable[[Metric, Facts], Said]:
    def rule(_metric: Metric, facts: Facts) -> Said:
        if facts.inventory is None:
            return without_inventory(facts)
        value = getattr(facts.inventory, name)
        if value is None:
            return unknown("清单没有该数值。", "The inventory does not say.")
        return known(value, of_inventory(facts.inventory))

    return rule


def _scope3(_metric: Metric, facts: Facts) -> Said:
    if facts.inventory is None:
        return without_inventory(facts)
    if not any(each.scope == 3 for each in facts.lines):  # noqa: PLR2004 - scope 3
        return unknown("清单未核算范围三。", "The inventory has no scope 3.")
    return known(facts.inventory.scope3, of_inventory(facts.inventory))


def _scope3_category(metric: Metric, facts: Facts) -> Said:
    if facts.inventory is None:
        return without_inventory(facts)
    category = metric.code.rsplit(".", 1)[-1]
    lines = [each for each in facts.lines if each.scope == 3 and each.category == category]  # noqa: PLR2004 - scope 3
    if not lines:
        return unknown("清单未核算该类别。", "The inventory has nothing of this category.")
    return known(total(each.co2e_t for each in lines), of_inventory(facts.inventory))


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
    return known(change, of_inventory(facts.inventory), of_inventory(facts.prior))


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
        return known(value, of_inventory(facts.inventory), of_figure(figure), unit=unit)

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
    named = "; ".join(sorted({each.formula_source for each in facts.lines if each.formula_source}))
    if not named:
        return unknown("清单没有排放数据。", "The inventory has no lines.")
    return fact(Words(named, named), of_inventory(facts.inventory))


def _factors(_metric: Metric, facts: Facts) -> Said:
    one = facts.inventory
    if one is None:
        return without_inventory(facts)
    return fact(
        Words(
            f"因子规则：{one.factor_policy}，截至 {one.factor_date}", f"{one.factor_policy}, as of {one.factor_date}"
        ),
        of_inventory(one),
    )


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
    "scope1": _whole("scope1"),
    "scope2_location": _whole("scope2_location"),
    "scope2_market": _whole("scope2_market"),
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
    "energy": _whole("energy_tce"),
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
