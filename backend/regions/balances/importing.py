"""An energy balance as a workbook or CSV: the template, and reading it, each wrong cell named by its address.

One row of titles (Chinese or English), a row with the units of the columns, then a row for each flow. The column of
sectors is filled for parts of industry alone. A second sheet holds the assumptions.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from backend.kit.tables import Cell as FileCell
from backend.kit.tables import Column, HeaderMissing, TooManyRows, is_blank, open_table, plain, word
from backend.regions.balances.recording import refused
from backend.regions.balances.values import ENERGIES, FLOWS, Assumption, Cell, Flow
from backend.wire.workbooks import Cell as SheetCell
from backend.wire.workbooks import Heading, Sheet

SHEET, ASSUMPTIONS_SHEET = "能源平衡表", "核算假设"
MOST_ROWS = 500
MOST_DIGITS = 30
FLOW = Column("flow", "项目", "Flow", "", "", 26, is_required=True)
SECTOR = Column("sector", "行业", "Sector", "", "", 14)
ENERGY = Column("energy", "能源品种", "Energy", "", "", 16, is_required=True)
FUEL = Column("fuel", "按何燃料核算", "Reckoned as", "", "", 16, is_required=True)
REASON = Column("reason", "理由", "Reason", "", "", 40, is_required=True)
COLUMNS = (FLOW, SECTOR, *(Column(each.code, each.zh, each.en, "", "", is_number=True) for each in ENERGIES.values()))
UNIT_WORDS = frozenset({"单位", "计量单位", "unit", "units", ""})
TEMPLATE_UNITS: Mapping[str, str] = {
    "t": "万t", "万Nm3": "亿立方米", "GJ": "万百万千焦", "MWh": "亿千瓦时", "tce": "万tce",
}  # fmt: skip
"""The units of an empty table: those yearbooks print."""
_FLOWS = {plain(name): flow for flow, kind in FLOWS.items() for name in (flow.value, kind.zh, kind.en)}


@dataclass(frozen=True, slots=True)
class BalanceFile:
    """What a file says: its cells, where each stands, its assumptions."""

    cells: Sequence[Cell]
    places: Sequence[str]
    assumptions: Sequence[Assumption]


def sheets(cells: Sequence[Cell] = (), assumptions: Sequence[Assumption] = ()) -> list[Sheet]:
    """Return the sheets of a balance, of an empty one where no cells are given; they can be read again."""
    units = {code: TEMPLATE_UNITS.get(energy.unit, energy.unit) for code, energy in ENERGIES.items()}
    units |= {each.energy: each.unit for each in cells}
    held = {(each.flow, each.sector, each.energy): each.quantity for each in cells}
    parts = sorted({(each.flow, each.sector) for each in cells if each.sector})
    lines = [(flow, "") for flow in FLOWS]
    place = lines.index((Flow.INDUSTRY, "")) + 1
    lines[place:place] = parts
    rows: list[Sequence[SheetCell]] = [
        (FLOWS[flow].zh, sector or None, *(held.get((flow, sector, code)) for code in ENERGIES))
        for flow, sector in lines
    ]
    headings = [Heading(FLOW.zh, FLOW.en, width=26), Heading(SECTOR.zh, SECTOR.en)]
    headings += [Heading(each.zh, each.en, units[code], 12) for code, each in ENERGIES.items()]
    assumed = [Heading(each.zh, each.en, width=each.width) for each in (ENERGY, FUEL, REASON)]
    return [
        Sheet(SHEET, "Energy balance", headings, rows),
        Sheet(
            ASSUMPTIONS_SHEET, "Assumptions", assumed,
            [(ENERGIES[each.energy].zh, each.fuel, each.reason) for each in assumptions],
        ),
    ]  # fmt: skip


def read_balance(path: Path) -> BalanceFile:
    """Return what a file says. Blocks; call it in a thread.

    Raises:
        FileUnreadable, HeaderMissing: see `kit.tables.open_table`.
        TooManyRows: more than `MOST_ROWS`.
        BalanceInvalid: rows that are no flow, cells that are no number; each named.
    """
    cells: list[Cell] = []
    places: list[str] = []
    faults: list[dict[str, Any]] = []
    with open_table(path, COLUMNS, (FLOW,), sheet=SHEET) as table:
        units: dict[str, str] = {}
        energies = [(code, at) for code, at in table.positions.items() if code in ENERGIES]
        for number, row in table.rows:
            if number > MOST_ROWS:
                raise TooManyRows(limit=MOST_ROWS)
            found = {key: row[at] if at < len(row) else None for key, at in table.positions.items()}
            if all(is_blank(each) for each in found.values()):
                continue
            name = word(found[FLOW.key])
            if plain(name) in UNIT_WORDS:
                units = {code: word(found[code]) for code, _ in energies}
                continue
            flow = _FLOWS.get(plain(name))
            if flow is None:
                faults.append(_fault(_address(number, table.positions[FLOW.key]), "flow_unknown", name))
                continue
            for code, at in energies:
                given = found[code]
                if is_blank(given):
                    continue
                address = _address(number, at)
                quantity = _number(given)
                if quantity is None:
                    faults.append(_fault(address, "not_a_number", word(given)))
                    continue
                cells.append(Cell(flow, code, quantity, units.get(code, ""), word(found.get(SECTOR.key))))
                places.append(address)
    if faults:
        raise refused(faults)
    return BalanceFile(cells, places, _assumptions(path))


def _assumptions(path: Path) -> list[Assumption]:
    codes = {plain(name): each.code for each in ENERGIES.values() for name in (each.code, each.zh, each.en)}
    found: list[Assumption] = []
    try:
        with open_table(path, (ENERGY, FUEL, REASON), (ENERGY, FUEL, REASON), sheet=ASSUMPTIONS_SHEET) as table:
            for _, row in table.rows:
                given = {key: word(row[at]) if at < len(row) else "" for key, at in table.positions.items()}
                if any(given.values()):
                    energy = given[ENERGY.key]
                    found.append(Assumption(codes.get(plain(energy), energy), given[FUEL.key], given[REASON.key]))
    except HeaderMissing:  # a file of the table alone assumes nothing
        return []
    return found


def _number(cell: FileCell) -> Decimal | None:
    """Return a cell's decimal, the shortest that names what a workbook holds; None for what is no number."""
    if isinstance(cell, bool | date | time | timedelta) or cell is None:
        return None
    text = cell.strip().replace(",", "") if isinstance(cell, str) else str(cell)
    try:
        found = Decimal(text)
    except InvalidOperation:
        return None
    if not found.is_finite() or found.adjusted() > MOST_DIGITS:
        return None
    # A workbook holds 10 as 10.0; what was typed has no point.
    return Decimal(int(found)) if found == found.to_integral_value() else found


def _address(row: int, at: int) -> str:
    """Return a cell's address as a spreadsheet writes it: `C7`."""
    letters, rest = "", at + 1
    while rest:
        rest, digit = divmod(rest - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return f"{letters}{row}"


def _fault(address: str, code: str, value: str) -> dict[str, Any]:
    shown = value[:40]
    told = {
        "flow_unknown": (f"“{shown}”不是能源平衡表的项目，请使用模板中的行名称", f"'{shown}' is no row of the balance; use those of the template"),
        "not_a_number": (f"“{shown}”不是数值", f"'{shown}' is no number"),
    }[code]  # fmt: skip
    return {"cell": address, "code": code, "zh": told[0], "en": told[1]}
