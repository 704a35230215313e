"""Rules of energy balances: which cells can be, and how far the columns balance. Pure."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from backend.emissions.methods.arithmetic import add, multiply
from backend.kit.errors import Invalid
from backend.kit.quantities import EXACT, conversion, unit
from backend.regions.balances.values import (
    BURNING,
    ENERGIES,
    FLOWS,
    LEAVING,
    PRINTED_UNITS,
    SIGNED,
    Cell,
    Flow,
    FlowGroup,
    Gap,
)
from backend.regions.values import less

MOST_DIGITS, MOST_PLACES = 18, 10
ZERO = Decimal(0)
MADE_BY_BURNING = frozenset({"electricity", "heat"})
Place = tuple[Flow, str, str]
"""Flow, sector, energy."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a cell, by its place in the list given; `code` is stable."""

    place: int
    code: str
    zh: str
    en: str


def checked(given: Sequence[Cell], sectors: Collection[str]) -> tuple[list[Cell], list[Fault]]:
    """Return the cells in their one spelling (empty ones left out), and everything wrong with them.

    Codes: `energy_unknown`, `sector_unknown`, `sector_misplaced` (only industry has parts), `unit_unknown`,
    `unit_mismatch`, `quantity_impossible` (no number, too long, of a sign the row cannot have), `cell_twice`,
    `parts_exceed` (the parts of industry are more than industry).
    """
    found: dict[Place, tuple[int, Cell]] = {}
    faults: list[Fault] = []
    for place, cell in enumerate(given):
        try:
            one = _cell(cell, sectors)
        except _Refused as refused:
            faults.append(Fault(place, *refused.told))
            continue
        key = (one.flow, one.sector, one.energy)
        if key in found:
            zh = f"“{FLOWS[one.flow].zh}”“{ENERGIES[one.energy].zh}”重复填写，请只保留一处"
            faults.append(Fault(place, "cell_twice", zh, f"{one.flow.value} {one.energy} is given twice; keep one"))
            continue
        found[key] = (place, one)
    faults += _exceeding(found)
    kept = [cell for _, cell in found.values() if cell.quantity]
    return kept, sorted(faults, key=lambda each: each.place)


class _Refused(Exception):
    def __init__(self, code: str, zh: str, en: str) -> None:
        self.told = (code, zh, en)
        super().__init__(code)


def _cell(cell: Cell, sectors: Collection[str]) -> Cell:
    energy = ENERGIES.get(cell.energy)
    if energy is None:
        raise _Refused(
            "energy_unknown", f"未知的能源品种“{cell.energy[:40]}”", f"'{cell.energy[:40]}' is no energy of the table"
        )
    if cell.sector and cell.flow is not Flow.INDUSTRY:
        raise _Refused("sector_misplaced", "仅“工业”行可分行业", "only the row of industry has parts by sector")
    if cell.sector and cell.sector not in sectors:
        raise _Refused(
            "sector_unknown", f"本辖区没有行业“{cell.sector[:40]}”", f"'{cell.sector[:40]}' is no sector here"
        )
    return replace(cell, quantity=_quantity(cell), unit=_unit(cell.unit, energy.unit))


def _unit(written: str, wanted: str) -> str:
    """Return a unit in its one spelling; units yearbooks print stay as they are. Raises _Refused."""
    spelled = written.strip() or wanted
    base, _ = PRINTED_UNITS.get(spelled, (spelled, None))
    try:
        code = unit(base).code
    except Invalid as error:
        raise _Refused("unit_unknown", error.message("zh"), error.message("en")) from None
    try:
        conversion(code, wanted)
    except Invalid as error:
        raise _Refused("unit_mismatch", error.message("zh"), error.message("en")) from None
    return spelled if spelled in PRINTED_UNITS else code


def _quantity(cell: Cell) -> Decimal:
    value, kind = cell.quantity, FLOWS[cell.flow]
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int) or -exponent > MOST_PLACES or value.adjusted() >= MOST_DIGITS:
        raise _Refused(
            "quantity_impossible", f"数值无效：整数最多 {MOST_DIGITS} 位，小数最多 {MOST_PLACES} 位",
            f"not a number of at most {MOST_DIGITS} digits before and {MOST_PLACES} after the point",
        )  # fmt: skip
    if cell.flow in LEAVING and value > 0:
        raise _Refused("quantity_impossible", f"“{kind.zh}”应填负数", f"{kind.en} is negative")
    if cell.flow in BURNING and cell.energy not in MADE_BY_BURNING and value > 0:
        # Taken for an output it would be burnt by nobody.
        raise _Refused(
            "quantity_impossible", f"“{kind.zh}”投入的能源应填负数，只有产出的电力、热力为正",
            f"{kind.en}: what is put in is negative, only electricity and heat made are positive",
        )  # fmt: skip
    if cell.flow not in SIGNED and cell.flow not in LEAVING and value < 0:
        raise _Refused("quantity_impossible", f"“{kind.zh}”不能为负数", f"{kind.en} cannot be negative")
    return value


def base_quantity(cell: Cell) -> Decimal:
    """Return a checked cell's quantity in the unit its energy is reckoned in, exactly."""
    of, times = PRINTED_UNITS.get(cell.unit, (cell.unit, Decimal(1)))
    return trimmed(multiply(multiply(cell.quantity, times), conversion(of, ENERGIES[cell.energy].unit)))


def trimmed(value: Decimal) -> Decimal:
    """Return the same number without zeros after its last digit; a whole one without a point or exponent."""
    return Decimal(int(value)) if value == value.to_integral_value() else value.normalize(EXACT)


def _exceeding(found: Mapping[Place, tuple[int, Cell]]) -> list[Fault]:
    """Return the faults of energies of which industry's sectors, or its raw material, are more than industry."""
    wholes: dict[str, Decimal] = {}
    parts: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
    feedstock: dict[str, Decimal] = {}
    last: dict[str, int] = {}
    for (flow, sector, energy), (place, cell) in found.items():
        quantity = base_quantity(cell)
        if flow is Flow.INDUSTRY and not sector:
            wholes[energy] = quantity
        elif flow is Flow.INDUSTRY:
            parts[energy], last[energy] = add(parts[energy], quantity), place
        elif flow is Flow.FEEDSTOCK:
            feedstock[energy] = quantity
            last.setdefault(energy, place)
    faults: list[Fault] = []
    for energy in sorted({*parts, *feedstock}):
        whole, unit_name = wholes.get(energy, ZERO), ENERGIES[energy].unit
        for name_zh, name_en, quantity in (
            ("各行业合计", "the sectors of industry come to", parts.get(energy, ZERO)),
            ("用作原料、材料", "raw material comes to", feedstock.get(energy, ZERO)),
        ):
            if quantity > whole:
                zh = f"{ENERGIES[energy].zh}：{name_zh} {quantity} {unit_name} 大于工业 {whole} {unit_name}"
                en = (
                    f"{ENERGIES[energy].en}: {name_en} {quantity} {unit_name}, more than industry's {whole} {unit_name}"
                )
                faults.append(Fault(last[energy], "parts_exceed", zh, en))
    return faults


def gaps(cells: Sequence[Cell]) -> list[Gap]:
    """Return what each column lacks to balance (平衡差额), in the order of the table; parts of rows do not count."""
    found: dict[str, Decimal] = {}
    for cell in cells:
        if cell.sector or cell.flow is Flow.FEEDSTOCK:
            continue
        quantity = base_quantity(cell)
        is_use = FLOWS[cell.flow].group in {FlowGroup.LOSSES, FlowGroup.FINAL}
        found[cell.energy] = (less if is_use else add)(found.get(cell.energy, ZERO), quantity)
    return [Gap(code, ENERGIES[code].unit, found[code]) for code in ENERGIES if code in found]
