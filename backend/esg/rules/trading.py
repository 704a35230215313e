"""Prefill from the ledger: allowances and CCER that changed hands, were retired, were held at the end of the year.

Changing hands is a transfer or an accepted offer. What was allocated, or imported from the national registry, is none:
whether an import had been bought is not told by the registry's export.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal

from backend.esg.rules.facts import Facts, Moved
from backend.esg.rules.telling import Said, known, unknown
from backend.esg.values import Metric, Source
from backend.kit.quantities import EXACT
from backend.ledger.values import CCER, CEA, MovementKind

CHANGING_HANDS = frozenset({MovementKind.TRANSFER.value, MovementKind.ACCEPT.value})
Rule = Callable[[Metric, Facts], Said]


def of_movement(moved: Moved) -> Source:
    """Return a movement as a source; movements never change."""
    return Source("movement", str(moved.id), str(moved.number), f"{moved.kind} {moved.class_code}")


def _summed(class_code: str, kinds: frozenset[str], sign: int) -> Rule:
    def rule(_metric: Metric, facts: Facts) -> Said:
        if facts.movements is None:
            return unknown("当年流转记录过多，无法在此汇总。", "There are too many movements to add up here.")
        wanted = [
            each
            for each in facts.movements
            if each.class_code == class_code
            and each.kind in kinds
            and not each.is_undone
            and (each.change > 0) == (sign > 0)
        ]
        amount = Decimal(0)
        for each in wanted:
            amount = EXACT.add(amount, each.quantity)
        nothing = Source("ledger", class_code, str(facts.year), "no movement")
        return known(amount, *([of_movement(each) for each in wanted] or [nothing]))

    return rule


def _held(_metric: Metric, facts: Facts) -> Said:
    if facts.today.year <= facts.year:
        return unknown(f"{facts.year} 年尚未结束。", f"The year {facts.year} has not ended.")
    day = f"{facts.year}-12-31"
    return known(facts.held.get(CEA, Decimal(0)), Source("holding", CEA, day))


RULES: Mapping[str, Rule] = {
    "cea_bought": _summed(CEA, CHANGING_HANDS, +1),
    "cea_sold": _summed(CEA, CHANGING_HANDS, -1),
    "cea_held": _held,
    "ccer_bought": _summed(CCER, CHANGING_HANDS, +1),
    "ccer_sold": _summed(CCER, CHANGING_HANDS, -1),
    "ccer_retired": _summed(CCER, frozenset({MovementKind.RETIRE.value}), -1),
}
"""The rules by the name the catalogue gives them."""
