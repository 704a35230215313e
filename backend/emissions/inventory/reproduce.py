"""Reproduce: recompute a stored inventory from what it names, in Python alone, and compare to the last digit.

Two independent ways must meet. The calculation summed records set-wise in the database and resolved factors
from the book of its day. Here the records are read one by one as they were known at `as_of`, and every line's
coefficient is computed again from the parameter versions the line names; the copies a line keeps are compared
with those versions too. Nothing of the calculation's SQL is used but the law of which records count, and the law of what certificates cover.
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
from backend.emissions.claims.covering import Place, cover, total
from backend.emissions.claims.queries import known_claims
from backend.emissions.claims.values import COVERED, METHOD, SOLD, UNIT, Cell, EnergyClaim, Purchases
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
from backend.kit.quantities import EXACT, conversion
from backend.kit.scope import Scope

SECOND = 2
"""Scope 2, the one with two sides."""

RECORDS = f"""
with {current_records()}
select c.source_id, c.month, c.unit, c.quantity, c.multiplier, c.parameters as record_parameters,
    cast(c.parameters as text) as parameters, s.method
from current_records c
join source s on s.account_id = c.account_id and s.id = c.source_id
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
    claims = (await known_claims(read, scope, [account_id], stored.year, stored.as_of)).get(account_id, [])
    result = Reproduction(inventory_id, stored.version, len(lines), len(records))
    covered = _covered(lines, records, claims)
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    for line in lines:
        _claims(result, line, claims)
        _line(result, line, records, covered, versions, sums)
    for name in ("scope1", "scope2_location", "scope2_market", "scope3", "energy_tce"):
        result.totals[name] = sums[name]
        result.compare(None, name, getattr(stored, name), sums[name])
    result.compare(None, "record_count", Decimal(stored.record_count), Decimal(len(records)))
    return result


def _line(
    result: Reproduction, line: Any, records: Sequence[Any], covered: Mapping[Place, Decimal],  # noqa: ANN401 - rows
    versions: Mapping[UUID, Version], sums: defaultdict[str, Decimal],
) -> None:  # fmt: skip
    """Recompute one line and add it to the totals."""
    used, basis = method(line.method), Basis(line.basis)
    numbers = _numbers(result, line, versions)
    try:
        coefficient = rules.coefficients(used, numbers, basis)[Gas(line.gas)]
        quantity = _quantity(line, records, covered)
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


def _quantity(line: Any, records: Sequence[Any], covered: Mapping[Place, Decimal]) -> Decimal:  # noqa: ANN401 - a row
    """Return the exact sum of the records the line holds, in its base unit.

    On the market side what certificates cover stands in a line of its own, and is missing from the purchase's.
    """
    found = Decimal(0)
    places: set[Place] = set()
    for record in records:
        if _holds(line, record):
            places.add(_place(record))
            found = add(found, _base(record, line.base_unit))
    if line.basis != Basis.MARKET:
        return found
    taken = total(covered[place] for place in places if place in covered)
    if line.method == COVERED:
        return taken
    return EXACT.subtract(found, taken) if line.method == METHOD else found


def _covered(lines: Sequence[Any], records: Sequence[Any], claims: Sequence[EnergyClaim]) -> Mapping[Place, Decimal]:
    """Cover the year's purchases again, as the inventory's own lines and records have them."""
    if not claims:
        return {}
    own = [line for line in lines if any(each.get("stated_as") == "market_factor" for each in line.parameters)]
    cells: defaultdict[Place, Decimal] = defaultdict(Decimal)
    sold = Decimal(0)
    for record in records:
        if record.method == SOLD:
            sold = add(sold, _base(record, UNIT))
        elif record.method == METHOD and not any(_holds(line, record) for line in own):
            cells[_place(record)] = add(cells[_place(record)], _base(record, UNIT))
    bought = Purchases(total(cells.values()), sold)
    parts = [part for claim in claims for part in claim.parts]
    return cover([Cell(*place, mwh) for place, mwh in cells.items()], parts, bought.net)


def _claims(result: Reproduction, line: Any, claims: Sequence[EnergyClaim]) -> None:  # noqa: ANN401 - a row
    """Compare the certificates a covered line names with the claims as they were known."""
    if line.method != COVERED:
        return
    kept = sorted((each["claim"]["movement_id"], each["claim"]["mwh"]) for each in line.parameters if "claim" in each)
    known = sorted((str(each.movement_id), format(each.mwh, "f")) for each in claims)
    if kept != known:
        result.differences.append(Difference(line.id, "claims", str(kept), str(known)))


def _holds(line: Any, record: Any) -> bool:  # noqa: ANN401 - rows
    return (
        record.source_id == line.source_id
        and record.month in line.months
        and any(
            (record.unit, record.record_parameters) == (each["unit"], each["parameters"]) for each in line.quantities
        )
    )


def _place(record: Any) -> Place:  # noqa: ANN401 - a row
    return (record.source_id, record.month, record.unit, record.parameters)


def _base(record: Any, base_unit: str) -> Decimal:  # noqa: ANN401 - a row
    return multiply(multiply(record.quantity, record.multiplier), conversion(record.unit, base_unit))


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
