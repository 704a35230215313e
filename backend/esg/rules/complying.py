"""Prefill from quota compliance: what was emitted and owed, what was surrendered, and whether in full and on time."""

from collections.abc import Callable, Mapping
from decimal import Decimal

from backend.esg.rules.facts import Compliance, Facts
from backend.esg.rules.telling import Said, fact, known, unknown
from backend.esg.values import Metric, Source, Words

Rule = Callable[[Metric, Facts], Said]


def _with(offset: int, say: Callable[[Compliance, Facts], Said]) -> Rule:
    def rule(_metric: Metric, facts: Facts) -> Said:
        year = facts.year + offset
        one = facts.compliance.get(year)
        if one is None:
            return unknown(
                f"账户 {year} 年度未登记纳入全国碳市场的设施。",
                f"The account has no unit or line in the national market in {year}.",
            )
        return say(one, facts)

    return rule


def owed_from(one: Compliance) -> tuple[Source, ...]:
    """Return where emissions and obligation come from."""
    found = [Source("verified_emissions", str(each), str(one.year), one.basis) for each in one.verified_ids]
    if not found and one.inventory_id is not None:
        found.append(Source("inventory", str(one.inventory_id), str(one.year), one.basis))
    return tuple(found)


def settled_by(one: Compliance) -> tuple[Source, ...]:
    """Return the movements that settled the year."""
    return tuple(Source("movement", str(each), str(one.year), "surrender") for each in one.surrender_ids)


def _amount(value: Decimal | None, one: Compliance) -> Said:
    if value is None:
        return unknown(f"{one.year} 年度排放量尚未确定。", f"The emissions of {one.year} are not known yet.")
    return known(value, *owed_from(one))


def _emissions(one: Compliance, _facts: Facts) -> Said:
    return _amount(one.emissions, one)


def _obligation(one: Compliance, _facts: Facts) -> Said:
    return _amount(one.obligation, one)


def _surrendered(one: Compliance, _facts: Facts) -> Said:
    return known(one.settled, *settled_by(one))


def _compliance(one: Compliance, facts: Facts) -> Said:
    if one.obligation is None or one.remaining is None or not one.is_final:
        return unknown(
            f"{one.year} 年度应清缴量尚未核定，无法判定。",
            f"What is owed for {one.year} is not final, so it cannot be told.",
        )
    return _owing(one, facts, one.remaining) if one.remaining > 0 else _settled(one)


def _owing(one: Compliance, facts: Facts, remaining: Decimal) -> Said:
    lack = format(remaining, "f")
    if one.due is None:
        return unknown(f"{one.year} 年度清缴截止日期未知。", f"The deadline of {one.year} is not known.")
    told = Words(f"截至 {one.due} 未足额清缴，欠 {lack} 吨", f"not settled by {one.due}, {lack} t lacking")
    if facts.today <= one.due:
        told = Words(f"尚未到期（{one.due}），仍欠 {lack} 吨", f"not due yet ({one.due}), {lack} t to go")
    return fact(told, *owed_from(one), *settled_by(one))


def _settled(one: Compliance) -> Said:
    if one.last_on is None:
        told = Words("无须清缴", "nothing to settle")
    elif one.due is None:
        told = Words(f"已足额清缴（{one.last_on}）", f"settled in full on {one.last_on}")
    elif one.last_on <= one.due:
        told = Words(f"已于 {one.last_on} 按期足额清缴", f"settled in full and on time on {one.last_on}")
    else:
        told = Words(
            f"已足额清缴，但晚于期限 {one.due}（{one.last_on}）",
            f"settled in full, late: on {one.last_on}, due {one.due}",
        )
    return fact(told, *owed_from(one), *settled_by(one))


RULES: Mapping[str, Rule] = {
    "ets_emissions": _with(0, _emissions),
    "ets_obligation": _with(0, _obligation),
    "ets_surrendered": _with(0, _surrendered),
    "ets_compliance": _with(0, _compliance),
    "ets_previous_emissions": _with(-1, _emissions),
    "ets_previous_compliance": _with(-1, _compliance),
}
"""The rules by the name the catalogue gives them."""
