"""Reproduce: recompute a stored inventory from what it names, in Python alone, and compare to the last digit.

Two independent ways must meet. The calculation summed records set-wise in the database and resolved factors
from the book of its day. Here the records are read one by one as they were known at `as_of`, and every line's
coefficient is computed again from the parameter versions the line names; the copies a line keeps are compared
with those versions too. Nothing of the calculation's SQL is used but the law of which records count.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import JSONB

from backend.emissions import rules
from backend.emissions.activity.sql import current_records, parameters_of
from backend.emissions.inventory.errors import InventoryNotFound
from backend.emissions.methods import method
from backend.emissions.methods.arithmetic import add, multiply
from backend.emissions.methods.energy import steam_heat
from backend.emissions.models import Inventory, InventoryLine
from backend.emissions.values import Basis, EnergyKind, Gas
from backend.factors import service as factors
from backend.factors.values import Version
from backend.kit.db import Read
from backend.kit.errors import CarbonError
from backend.kit.quantities import conversion
from backend.kit.scope import Scope

SECOND = 2
"""Scope 2, the one with two sides."""

RECORDS = f"""
with {current_records()}
select c.source_id, c.month, c.unit, c.quantity, c.multiplier, c.parameters as record_parameters
from current_records c
where c.is_approved"""


@dataclass(frozen=True, slots=True)
class Difference:
    """A number that does not come out the same: where, what is stored, what was recomputed."""

    line_id: UUID | None
    what: str
    stored: str
    recomputed: str


@dataclass(slots=True)
class Reproduction:
    """The result: equal to the last digit, or what is not."""

    inventory_id: UUID
    version: int
    line_count: int = 0
    record_count: int = 0
    totals: dict[str, Decimal] = field(default_factory=dict[str, Decimal])
    differences: list[Difference] = field(default_factory=list[Difference])

    @property
    def is_equal(self) -> bool:
        """Whether every line and every total came out the same."""
        return not self.differences

    def compare(self, line_id: UUID | None, what: str, stored: Decimal, recomputed: Decimal) -> None:
        """Note a difference, if there is one."""
        if stored != recomputed:
            self.differences.append(Difference(line_id, what, format(stored, "f"), format(recomputed, "f")))


async def reproduce(read: Read, scope: Scope, account_id: UUID, inventory_id: UUID) -> Reproduction:
    """Recompute the inventory from the versions it names.

    Raises:
        Unauthenticated, Forbidden: without `emissions:read`.
        InventoryNotFound: not there, or not visible.
    """
    scope.require("emissions:read")
    stored = await read.row(
        select(Inventory.__table__).where(Inventory.account_id == account_id, Inventory.id == inventory_id)
    )
    if stored is None:
        raise InventoryNotFound
    lines = await read.rows(
        select(InventoryLine.__table__)
        .where(InventoryLine.account_id == account_id, InventoryLine.inventory_id == inventory_id)
        .order_by(InventoryLine.id)
    )
    first, last = date(stored.year, 1, 1), date(stored.year, 12, 1)
    records = await read.rows(
        text(RECORDS).columns(record_parameters=JSONB),
        parameters_of([account_id], first, last, stored.as_of),
    )
    named = {UUID(each["version_id"]) for line in lines for each in line.parameters if each.get("version_id")}
    named |= {
        UUID(each["heat_value_version_id"])
        for line in lines for each in line.parameters if each.get("heat_value_version_id")
    }  # fmt: skip
    versions = await factors.parameters_by_id(read, scope, sorted(named))
    result = Reproduction(inventory_id, stored.version, len(lines), len(records))
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    for line in lines:
        _line(result, line, records, versions, sums)
    for name in ("scope1", "scope2_location", "scope2_market", "scope3", "energy_tce"):
        result.totals[name] = sums[name]
        result.compare(None, name, getattr(stored, name), sums[name])
    result.compare(None, "record_count", Decimal(stored.record_count), Decimal(len(records)))
    return result


def _line(
    result: Reproduction, line: Any, records: Sequence[Any], versions: Mapping[UUID, Version],  # noqa: ANN401 - rows
    sums: defaultdict[str, Decimal],
) -> None:  # fmt: skip
    """Recompute one line and add it to the totals."""
    used, basis = method(line.method), Basis(line.basis)
    numbers = _numbers(result, line, versions)
    try:
        coefficient = rules.coefficients(used, numbers, basis)[Gas(line.gas)]
        quantity = _quantity(line, records)
    except (CarbonError, KeyError) as error:
        result.differences.append(Difference(line.id, "computable", "yes", str(error)))
        return
    tonnes = multiply(quantity, coefficient)
    gwp = _gwp(line, versions)
    emission = multiply(tonnes, gwp)
    coal = multiply(quantity, _coal(line, numbers, versions))
    for what, stored, recomputed in (
        ("base_quantity", line.base_quantity, quantity),
        ("coefficient", line.coefficient, coefficient),
        ("result_t", line.result_t, tonnes),
        ("gwp", line.gwp, gwp),
        ("co2e_t", line.co2e_t, emission),
        ("energy_tce", line.energy_tce, coal),
    ):
        result.compare(line.id, what, stored, recomputed)
    sums["energy_tce"] = add(sums["energy_tce"], coal)
    if line.scope == SECOND:
        if basis is not Basis.MARKET:
            sums["scope2_location"] = add(sums["scope2_location"], emission)
        if basis is not Basis.LOCATION:
            sums["scope2_market"] = add(sums["scope2_market"], emission)
    else:
        name = f"scope{line.scope}"
        sums[name] = add(sums[name], emission)


def _numbers(result: Reproduction, line: Any, versions: Mapping[UUID, Version]) -> dict[str, Decimal]:  # noqa: ANN401 - a row
    """Return the line's parameters: those of the references from their versions, the stated ones as kept."""
    used = method(line.method)
    numbers: dict[str, Decimal] = {}
    for each in line.parameters:
        parameter = used.parameter(each["code"])
        if parameter is None or "used_value" not in each:
            continue
        value = Decimal(each["used_value"])
        if each.get("version_id"):
            version = versions.get(UUID(each["version_id"]))
            if version is None or version.value is None:
                result.differences.append(Difference(line.id, each["code"], each["used_value"], "version is gone"))
                continue
            again = rules.in_parameter_unit(parameter, version.value, version.unit, line.base_unit)
            result.compare(line.id, f"copy of {each['code']}", value, again)
            value = again
        numbers[each["code"]] = value
    return numbers


def _quantity(line: Any, records: Sequence[Any]) -> Decimal:  # noqa: ANN401 - a row
    """Return the exact sum of the records the line covers, in its base unit."""
    total = Decimal(0)
    covered = [(each["unit"], each["parameters"]) for each in line.quantities]
    for record in records:
        if record.source_id != line.source_id or record.month not in line.months:
            continue
        if (record.unit, record.record_parameters) in covered:
            given = multiply(record.quantity, record.multiplier)
            total = add(total, multiply(given, conversion(record.unit, line.base_unit)))
    return total


def _gwp(line: Any, versions: Mapping[UUID, Version]) -> Decimal:  # noqa: ANN401 - a row
    named = next(each["version_id"] for each in line.parameters if each["code"] == "gwp")
    return versions[UUID(named)].value or Decimal(0)


def _coal(line: Any, numbers: Mapping[str, Decimal], versions: Mapping[UUID, Version]) -> Decimal:  # noqa: ANN401 - a row
    """Return tce per base unit, by the rule the line names; zero on lines that carry no energy."""
    kept = next((each for each in line.parameters if each["code"] == "standard_coal"), None)
    if kept is None:
        return Decimal(0)
    used = method(line.method)
    heat = versions[UUID(kept["heat_value_version_id"])].value or Decimal(0)
    rule, ncv = kept["coal_rule"], kept.get("ncv")
    version = versions[UUID(kept["version_id"])]
    found = rules.standard_coal(
        used, line.base_unit, heat,
        printed=version.value if rule == "printed" else None,
        printed_unit=version.unit if rule == "printed" else "",
        measured_ncv=Decimal(ncv) if rule == "measured" and ncv else None,
        table_ncv=Decimal(ncv) if rule == "table" and ncv else None,
        steam_gj_per_t=steam_heat(numbers) if used.energy is EnergyKind.STEAM else None,
    )  # fmt: skip
    return found.coefficient or Decimal(0)
