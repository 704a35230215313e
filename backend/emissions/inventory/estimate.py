"""The calculator: one quantity by one method, as the account's own calculation would do it; nothing is stored."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from backend.emissions import rules
from backend.emissions.inventory.resolve import Resolver
from backend.emissions.inventory.values import Item, ParameterSet
from backend.emissions.methods import method
from backend.emissions.methods.arithmetic import add, multiply
from backend.emissions.values import Basis, CheckOutcome
from backend.factors import service as factors
from backend.kit.clock import now
from backend.kit.db import Read
from backend.kit.errors import Invalid
from backend.kit.quantities import canonical
from backend.kit.scope import Scope


class QuantityNegative(Invalid):
    """A quantity below zero."""

    code = "quantity_negative"
    en = "The quantity {quantity} is negative; what is sold or leaves has a method of its own."
    zh = "活动数据 {quantity} 不能为负；输出的能源或产品请使用相应的输出方法。"


@dataclass(frozen=True, slots=True)
class EstimateLine:
    """One gas on one basis."""

    item: Item
    result_t: Decimal
    co2e_t: Decimal
    energy_tce: Decimal


@dataclass(frozen=True, slots=True)
class Estimate:
    """The answer: exact, with the formula, the factors and why they were chosen."""

    base_quantity: Decimal
    base_unit: str
    conversion: Decimal
    lines: tuple[EstimateLine, ...]
    total_t: Decimal
    market_t: Decimal
    energy_tce: Decimal
    check: CheckOutcome | None


async def estimate(
    read: Read, scope: Scope, *, code: str, quantity: Decimal, unit: str, key: str, scope_number: int | None,
    category: str | None, parameters: Mapping[str, Any], on: date, published_by: date, province_code: str,
    grid_region: str, fuel_table: str, factor_policy: str, is_certificate_claimed: bool = False,
    reported_t: Decimal | None = None,
) -> Estimate:  # fmt: skip
    """Compute one quantity.

    Raises:
        Unauthenticated, Forbidden: without `emissions:read`.
        QuantityNegative: a quantity below zero.
        UnknownMethod, ScopeNotAllowed, UnknownKey, UnknownUnit, UnitNotAccepted: what does not fit.
        UnknownParameter, InvalidParameter, ImpossibleParameter, MissingText, MissingParameter, NoFactor.
        PolicyInvalid: an unknown factor policy.
    """
    scope.require("emissions:read")
    if quantity < 0:
        raise QuantityNegative(quantity=str(quantity), path=("input", "quantity"))
    used = method(code)
    number = scope_number or used.scopes[0]
    rules.check_scope(used, number)
    chosen = rules.key_of(used, key)
    one = ParameterSet(
        set_id=1, method=code, key=chosen, scope=number,
        category=rules.category_of(used, number, chosen, category), fuel_table=fuel_table,
        province_code=province_code, grid_region=grid_region, is_certificate_claimed=is_certificate_claimed,
        unit=canonical(unit), on=on, source_parameters=dict(parameters), record_parameters={},
    )  # fmt: skip
    resolver = Resolver(await factors.book(read, scope, published_by=published_by, known_at=now()), factor_policy)
    resolved = resolver.resolve(one)
    if resolved.problem is not None:
        raise resolved.problem
    base = multiply(quantity, resolved.conversion)
    lines = tuple(
        EstimateLine(
            item, tonnes := multiply(base, item.coefficient), multiply(tonnes, item.gwp), multiply(base, item.coal)
        )
        for item in resolved.items
    )
    location = _sum(lines, Basis.MARKET)
    check = None
    if reported_t is not None:
        check = rules.reported_consistent(reported_t, location, resolver.report_tolerance(on))
    coal = Decimal(0)
    for line in lines:
        coal = add(coal, line.energy_tce)
    return Estimate(
        base, rules.base_unit_of(used, unit), resolved.conversion, lines, location, _sum(lines, Basis.LOCATION), coal,
        check,
    )  # fmt: skip


def _sum(lines: tuple[EstimateLine, ...], without: Basis) -> Decimal:
    total = Decimal(0)
    for line in lines:
        if line.item.basis != without:
            total = add(total, line.co2e_t)
    return total
