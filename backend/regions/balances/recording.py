"""Enter a division's energy balance of a year: a new version, or nothing. It counts once a second person accepts it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert, text

from backend.factors import service as factors
from backend.kit.clock import now, today
from backend.kit.db import Read, Write
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.regions.balances import rules
from backend.regions.balances.models import RegionBalance, RegionBalanceCell
from backend.regions.balances.values import ENERGIES, FLOWS, MOST_CELLS, Assumption, BalanceValue, Cell
from backend.regions.errors import BalanceInvalid, BalanceReasonMissing, FuelTableUnknown
from backend.regions.places import check_year, checked_document, checked_note, own_division
from backend.regions.values import Document
from backend.tenants import service as tenants

USUAL_TABLE = "C_INDUSTRY_OTHER"
LONGEST_REASON = 300
MOST_FAULTS = 200
DECIDED = frozenset({"is_accepted", "decision_reason", "decided_at", "decided_by"})
"""What a version has only once it is decided on."""
_LOCK = text("select pg_advisory_xact_lock(hashtextextended(:name, 320242))")
_LAST = text("select max(version) from region_balance where division_code = :code and year = :year")


async def record_balance(
    write: Write, scope: Scope, *, division_code: str, year: int, cells: Sequence[Cell], document: Document,
    fuel_table: str = "", assumptions: Sequence[Assumption] = (), note: str = "", places: Sequence[str] = (),
) -> BalanceValue:  # fmt: skip
    """Store a version of a division's energy balance; of a year the highest version that was accepted counts.

    `places` are the cells' addresses in a file, for the faults.

    Raises:
        Unauthenticated, Forbidden: without `regions:record`.
        DivisionUnknown: no division of the caller's region.
        RegionYearInvalid: before 2005 or after this year.
        DocumentInvalid: no document, or a note too long.
        FuelTableUnknown: no table of fuel defaults of this name.
        BalanceInvalid: cells or assumptions that cannot be, each named; or none at all.
        BalanceReasonMissing: there is a version already, and no note says why it is replaced.
    """
    scope.require("regions:record")
    division = await own_division(write, scope, division_code)
    check_year(year)
    source, said = checked_document(document), checked_note(note)
    table, fuels = await _fuels(write, scope, fuel_table or USUAL_TABLE)
    pack = await tenants.pack_in_force(write, scope)
    kept, faults = rules.checked(cells, {each.code for each in pack.sectors})
    told = [_told(each, cells[each.place], places) for each in faults] + _assumed(assumptions, fuels)
    if not kept and not told:
        told = [{"cell": "", "code": "balance_empty", "zh": "表中没有任何数据", "en": "the table holds nothing"}]
    if len(cells) > MOST_CELLS:
        zh, en = f"单元格超过 {MOST_CELLS} 个", f"more than {MOST_CELLS} cells"
        told = [{"cell": "", "code": "balance_too_large", "zh": zh, "en": en}]
    if told:
        raise refused(told)
    await write.value(_LOCK, {"name": f"{division.code}/{year}"})
    last = await write.value(_LAST, {"code": division.code, "year": year}) or 0
    if last and not said:
        raise BalanceReasonMissing(division=division.name_zh, year=year, path=("input", "note"))
    value = BalanceValue(
        id=new_id(), division_code=division.code, division_path=division.path, year=year, version=last + 1,
        fuel_table=table, assumptions=[Assumption(each.energy, each.fuel, each.reason.strip()) for each in assumptions],
        document=source.title, document_number=source.number, document_date=source.issued_on, note=said,
        recorded_at=now(), recorded_by=scope.actor_id,
    )  # fmt: skip
    row = {name: getattr(value, name) for name in BalanceValue.__dataclass_fields__ if name not in DECIDED}
    row["assumptions"] = [
        {"energy": each.energy, "fuel": each.fuel, "reason": each.reason} for each in value.assumptions
    ]
    await write.run(insert(RegionBalance).values(**row))
    await write.run(
        insert(RegionBalanceCell),
        [
            {
                "balance_id": value.id, "flow": each.flow.value, "sector": each.sector, "energy": each.energy,
                "division_path": division.path, "quantity": each.quantity, "unit": each.unit,
            }
            for each in kept
        ],
    )  # fmt: skip
    write.audit(
        "regions:record_balance", object_type="region_balance", object_id=value.id, division=division.code, year=year,
        version=value.version, cells=len(kept), document=source.title,
    )  # fmt: skip
    return value


def refused(told: Sequence[dict[str, Any]]) -> BalanceInvalid:
    """Return the refusal of a table, the first faults with it."""
    first = told[0]
    where = f"{first['cell']} " if first["cell"] else ""
    return BalanceInvalid(
        count=len(told), first_zh=f"{where}{first['zh']}", first_en=f"{where}{first['en']}",
        faults=list(told[:MOST_FAULTS]), path=("input", "cells"),
    )  # fmt: skip


async def fuel_tables(read: Read, scope: Scope) -> dict[str, set[str]]:
    """Return the tables of fuel defaults and the fuels of each."""
    book = await factors.book(read, scope.as_system(), published_by=today(), names=["fuel.ncv"])
    found: dict[str, set[str]] = {}
    for key in book.keys("fuel.ncv"):
        table, _, fuel = key.partition("/")
        found.setdefault(table, set()).add(fuel)
    return found


async def _fuels(read: Read, scope: Scope, table: str) -> tuple[str, set[str]]:
    known = await fuel_tables(read, scope)
    if table not in known:
        raise FuelTableUnknown(table=table[:60], known=", ".join(sorted(known)), path=("input", "fuelTable"))
    return table, known[table]


def _assumed(given: Sequence[Assumption], fuels: set[str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    seen: set[str] = set()
    for each in given:
        told: tuple[str, str, str] | None = None
        if each.energy not in ENERGIES or each.energy in seen:
            told = (
                "energy_unknown",
                f"未知或重复的能源品种“{each.energy[:40]}”",
                f"'{each.energy[:40]}' is unknown or given twice",
            )
        elif each.fuel not in fuels:
            known = "、".join(sorted(fuels))
            told = (
                "fuel_unknown",
                f"缺省值表中没有“{each.fuel[:40]}”，可用：{known}",
                f"the table has no '{each.fuel[:40]}'",
            )
        elif not each.reason.strip() or len(each.reason) > LONGEST_REASON:
            told = "reason_missing", "请说明理由（不超过 300 个字符）", "say why, in up to 300 characters"
        seen.add(each.energy)
        if told is not None:
            found.append({"cell": "", "assumption": each.energy[:40], "code": told[0], "zh": told[1], "en": told[2]})
    return found


def _told(fault: rules.Fault, cell: Cell, places: Sequence[str]) -> dict[str, Any]:
    return {
        "cell": places[fault.place] if places else "", "place": fault.place, "flow": cell.flow.value,
        "row": FLOWS[cell.flow].zh, "sector": cell.sector[:40], "energy": cell.energy[:40], "code": fault.code,
        "zh": fault.zh, "en": fault.en,
    }  # fmt: skip
