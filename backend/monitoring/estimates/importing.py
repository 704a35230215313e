"""The roster of large industry and the grid's electricity as files: templates, and reading them, each wrong cell named.

Accounts are named by their number, or by their holder's unified social credit code where it has one account alone.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import text

from backend.kit.db import Read
from backend.kit.months import InvalidMonth, Month
from backend.kit.tables import Cell, Column, TooManyRows, is_blank, open_table, plain, word
from backend.monitoring.estimates.errors import EstimateEntriesInvalid
from backend.monitoring.estimates.service import ElectricityDraft, RosterDraft
from backend.wire.workbooks import Heading, Sheet

MOST_ROWS = 20_000
MOST_DIGITS = 15
MOST_FAULTS = 100
ACCOUNT = Column("account", "账户编号或统一社会信用代码", "Account number or credit code", "", "", 32, is_required=True)
MONTH = Column("month", "月份", "Month", "", "", 12, is_required=True)
MWH = Column("mwh", "用电量（MWh）", "Electricity (MWh)", "", "", 18, is_required=True, is_number=True)
LARGE = Column("is_large", "是否规上工业", "Large industry", "", "", 16, is_required=True)
ROSTER_SHEET, GRID_SHEET = ("规上工业名录", "Large industry"), ("企业月度用电量", "Electricity")
_ANSWERS = {"是": True, "yes": True, "true": True, "1": True, "否": False, "no": False, "false": False, "0": False}
_FOUND = text("""
select a.id, a.number, o.credit_code from carbon_account a join organisation o on o.id = a.organisation_id
where a.number = any(cast(:names as text[])) or o.credit_code = any(cast(:names as text[]))""")
D = TypeVar("D")


@dataclass(frozen=True, slots=True)
class FileRow:
    """A row of a file: its number, the account it names, and what it says."""

    number: int
    account: str
    month: date | None
    mwh: Decimal | None
    is_large: bool | None


def roster_template() -> list[Sheet]:
    """Return an empty roster."""
    return [Sheet(*ROSTER_SHEET, [Heading(each.zh, each.en, width=each.width) for each in (ACCOUNT, LARGE)], [])]


def grid_template() -> list[Sheet]:
    """Return an empty table of electricity."""
    return [Sheet(*GRID_SHEET, [Heading(each.zh, each.en, width=each.width) for each in (ACCOUNT, MONTH, MWH)], [])]


def read_roster(path: Path) -> list[FileRow]:
    """Return the rows of a roster. Blocks; call it in a thread.

    Raises:
        FileUnreadable, HeaderMissing: see `kit.tables.open_table`.
        TooManyRows: more than `MOST_ROWS`.
        EstimateEntriesInvalid: cells that cannot be; each named.
    """
    return _read(path, (ACCOUNT, LARGE), ROSTER_SHEET[0])


def read_grid(path: Path) -> list[FileRow]:
    """Return the rows of a table of electricity; raises what `read_roster` raises. Blocks; call it in a thread."""
    return _read(path, (ACCOUNT, MONTH, MWH), GRID_SHEET[0])


def _read(path: Path, columns: Sequence[Column], sheet: str) -> list[FileRow]:
    found: list[FileRow] = []
    faults: list[dict[str, Any]] = []
    with open_table(path, columns, columns, sheet=sheet) as table:
        for number, row in table.rows:
            given = {key: row[at] if at < len(row) else None for key, at in table.positions.items()}
            if all(is_blank(each) for each in given.values()) or _is_subtitle(given, columns):
                continue
            if len(found) + len(faults) >= MOST_ROWS:
                raise TooManyRows(limit=MOST_ROWS)
            one = FileRow(number, word(given[ACCOUNT.key]), *_said(given))
            missing = [each for each in columns if each is not ACCOUNT and getattr(one, each.key) is None]
            faults += [_unreadable(number, each, given[each.key]) for each in missing]
            found.append(one)
    if faults:
        raise refused(faults)
    return found


def _is_subtitle(given: Mapping[str, Cell], columns: Sequence[Column]) -> bool:
    """Tell whether a row repeats the titles in the other language, as our templates do."""
    return plain(word(given[ACCOUNT.key])) in {plain(ACCOUNT.zh), plain(ACCOUNT.en)} and len(given) == len(columns)


def _said(given: Mapping[str, Cell]) -> tuple[date | None, Decimal | None, bool | None]:
    return (
        _month(given.get(MONTH.key)),
        _number(given.get(MWH.key)),
        _ANSWERS.get(word(given.get(LARGE.key)).casefold()),
    )


def _month(cell: Cell) -> date | None:
    if isinstance(cell, date):
        return cell.replace(day=1) if type(cell) is date else date(cell.year, cell.month, 1)
    try:
        return Month.read(word(cell)).first_day
    except InvalidMonth:
        return None


def _number(cell: Cell) -> Decimal | None:
    if isinstance(cell, bool | date | time | timedelta) or cell is None:
        return None
    try:
        found = Decimal(cell.strip().replace(",", "") if isinstance(cell, str) else str(cell))
    except InvalidOperation:
        return None
    if not found.is_finite() or found.adjusted() > MOST_DIGITS:
        return None
    # A workbook holds 10 as 10.0; what was typed has no point.
    return Decimal(int(found)) if found == found.to_integral_value() else found


def _unreadable(number: int, column: Column, cell: Cell) -> dict[str, Any]:
    shown = word(cell)[:40]
    return {
        "row": number, "en": f"row {number}, {column.en}: '{shown}' cannot be read",
        "zh": f"第 {number} 行“{column.zh}”：无法识别“{shown}”",
    }  # fmt: skip


def refused(faults: Sequence[Mapping[str, Any]]) -> EstimateEntriesInvalid:
    """Return the refusal of a file, its first faults named."""
    return EstimateEntriesInvalid(
        count=len(faults), first_en=faults[0]["en"], first_zh=faults[0]["zh"], faults=list(faults)[:MOST_FAULTS],
        path=("file",),
    )  # fmt: skip


async def roster(read: Read, rows: Sequence[FileRow]) -> list[RosterDraft]:
    """Return what a roster says of accounts. Raises EstimateEntriesInvalid: accounts that are not there, or not visible."""
    return await _placed(read, rows, lambda account_id, each: RosterDraft(account_id, bool(each.is_large)))


async def grid(read: Read, rows: Sequence[FileRow]) -> list[ElectricityDraft]:
    """Return what a table of electricity says of accounts. Raises EstimateEntriesInvalid: see `roster`."""
    return await _placed(
        read,
        rows,
        lambda account_id, each: ElectricityDraft(account_id, each.month or date.min, each.mwh or Decimal(0)),
    )


async def _placed(read: Read, rows: Sequence[FileRow], make: Callable[[UUID, FileRow], D]) -> list[D]:
    """Find the accounts of all rows. One statement."""
    known: dict[str, set[UUID]] = {}
    for row in await read.rows(_FOUND, {"names": list({each.account for each in rows})}):
        for name in (row.number, row.credit_code):
            known.setdefault(name, set()).add(row.id)
    faults: list[dict[str, Any]] = []
    found: list[D] = []
    for each in rows:
        match list(known.get(each.account, ())):
            case [own]:
                found.append(make(own, each))
            case []:
                faults.append(_fault(each, "no account has this number or credit code", "未找到该编号或信用代码的账户"))
            case _:
                faults.append(
                    _fault(
                        each,
                        "its holder has several accounts: give the account's number",
                        "该单位有多个账户，请填写账户编号",
                    )
                )
    if faults:
        raise refused(faults)
    return found


def _fault(row: FileRow, en: str, zh: str) -> dict[str, Any]:
    shown = row.account[:40]
    return {"row": row.number, "en": f"row {row.number}, '{shown}': {en}", "zh": f"第 {row.number} 行“{shown}”：{zh}"}
