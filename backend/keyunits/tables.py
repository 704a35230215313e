"""The files of key units: the list, the rolling list of projects and what is overdue as workbooks, a unit's file as pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from uuid import UUID

from backend.accounts import service as accounts
from backend.accounts.values import AccountValue
from backend.keyunits import catalogue, queries, queries_work, sheet
from backend.keyunits.errors import KeyUnitNotFound
from backend.keyunits.names import KIND_NAMES, RETROFIT_KIND_NAMES, RETROFIT_NAMES
from backend.keyunits.rules import checking
from backend.keyunits.service.common import under
from backend.keyunits.service.metering import meters, overdue
from backend.keyunits.values import FIRST_YEAR, FileRow, Reach, Words
from backend.kit.clock import now, today
from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.tenants import service as tenants
from backend.wire.nodes import uuids
from backend.wire.reports import pages
from backend.wire.workbooks import Asked, Cell, Heading, Making, QuestionInvalid, Sheet, download, workbook

MOST = 10_000
"""Rows of a table at most."""
CUT = (f"至多列示 {MOST} 行，请按区划分别下载。", f"At most {MOST} rows: ask for each division.")
NONE_REACHED = Words("未达到纳入标准，理由见说明", "none reached: see the reason")
UNIT = (
    Heading("账户编号", "Account", width=20), Heading("单位", "Unit", width=32), Heading("区划", "Division", width=20),
    Heading("行业", "Sector", width=14),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Names:
    """What accounts, divisions and sectors are called in a language."""

    language: str
    accounts: dict[UUID, AccountValue]
    divisions: dict[str, str]
    sectors: dict[str, str]

    def say(self, words: Words) -> str:
        return words.zh if self.language == "zh" else words.en

    def unit(self, account_id: UUID) -> tuple[str, str, str, str]:
        found = self.accounts.get(account_id)
        if found is None:
            return "", "", "", ""
        return (
            found.number, found.name, self.divisions.get(found.division_code, found.division_code),
            self.sectors.get(found.sector, found.sector),
        )  # fmt: skip


async def _names(read: Read, scope: Scope, ids: Sequence[UUID], language: str) -> _Names:
    pack, is_zh = await tenants.pack_in_force(read, scope), language == "zh"
    known = await accounts.accounts_by_id(read, scope, sorted(set(ids))) if ids else []
    return _Names(
        language, {each.id: each for each in known if each is not None},
        {each.code: each.name_zh if is_zh else each.name_en for each in pack.divisions},
        {each.code: each.name_zh if is_zh else each.name_en for each in pack.sectors},
    )  # fmt: skip


def _thresholds(scope: Scope, unit: FileRow, names: _Names) -> str:
    """Return the thresholds the unit reached; by hand, who reached none was named by the authority."""
    known = {each.code: each.name for each in catalogue.thresholds(scope.tenant)}
    reached = [
        names.say(known[each.threshold]) for each in unit.crossings
        if each.reach is Reach.REACHED and each.threshold in known
    ]  # fmt: skip
    return "；".join(reached) or names.say(NONE_REACHED)


@download("key-units.xlsx")
async def key_units(read: Read, scope: Scope, asked: Asked) -> Making:
    """Make `?division=`: the list of key units with their figures, meters and what is overdue."""
    scope.require("keyunits:read")
    path = await under(read, scope, asked.text("division"))
    units = await queries.page(read, scope, under=path, limit=MOST)
    ids = [each.account_id for each in units]
    names = await _names(read, scope, ids, asked.language)
    late: dict[UUID, int] = {}
    for each in await overdue(read, scope, path=path):
        late[each.account_id] = late.get(each.account_id, 0) + each.count
    rows: list[Sequence[Cell]] = [
        (
            *names.unit(unit.account_id), str(unit.since), str(unit.year), _thresholds(scope, unit, names), unit.energy,
            unit.direct, unit.is_verified, measured.meters, measured.uncalibrated, measured.due,
            late.get(unit.account_id, 0), unit.document, unit.document_number, unit.document_date,
        )
        for unit, measured in zip(units, await meters(read, scope, ids), strict=True)
    ]  # fmt: skip
    headings = (
        *UNIT, Heading("纳入年度", "Since", width=10), Heading("数据年度", "Year", width=10),
        Heading("纳入标准", "Thresholds", width=36), Heading("综合能源消费量", "Energy", "tce"),
        Heading("直接排放量", "Scope 1", "tCO2e"), Heading("已核查", "Verified", width=8),
        Heading("计量器具", "Meters", width=10), Heading("未检定或过期", "Not calibrated", width=12),
        Heading("90 日内到期", "Due within 90 days", width=12), Heading("逾期事项", "Overdue", width=10),
        Heading("依据文件", "Document", width=32), Heading("文号", "Number"), Heading("日期", "Dated", width=12),
    )  # fmt: skip
    notes = [
        *((f"{each.name.zh}：{each.source.note.zh}", f"{each.name.en}: {each.source.note.en}")
          for each in catalogue.thresholds(scope.tenant)),
        *([CUT] if len(units) == MOST else []),
    ]  # fmt: skip
    return partial(workbook, [Sheet("重点用能和碳排放单位", "Key units", headings, rows, notes)], asked.language)


@download("key-unit-proposals.xlsx")
async def key_unit_proposals(read: Read, scope: Scope, asked: Asked) -> Making:
    """Make `?year=&division=`: what the year's figures propose, and what became of it."""
    scope.require("keyunits:read")
    year = asked.needed_number("year", FIRST_YEAR, 9000)
    path = await under(read, scope, asked.text("division"))
    found = await queries.proposals(read, scope, year=year, under=path, limit=MOST)
    names = await _names(read, scope, [each.account_id for each in found], asked.language)
    rows: list[Sequence[Cell]] = [
        (
            *names.unit(each.account_id), names.say(KIND_NAMES[each.kind]), each.energy, each.direct, str(each.months),
            each.is_verified, names.say(each.reason), names.say(sheet.STATES[each.state]), each.decision or "",
            each.decided_at, each.document or "",
        )
        for each in found
    ]  # fmt: skip
    headings = (
        *UNIT, Heading("建议", "Proposal", width=10), Heading("综合能源消费量", "Energy", "tce"),
        Heading("直接排放量", "Scope 1", "tCO2e"), Heading("有数据月数", "Months", width=10),
        Heading("已核查", "Verified", width=8), Heading("理由", "Why", width=48), Heading("状态", "State", width=10),
        Heading("审定意见", "Decision", width=24), Heading("审定时间", "Decided", width=18),
        Heading("依据文件", "Document", width=28),
    )  # fmt: skip
    return partial(workbook, [Sheet(f"{year} 名录调整建议", f"Proposals {year}", headings, rows)], asked.language)


@download("key-unit-retrofits.xlsx")
async def key_unit_retrofits(read: Read, scope: Scope, asked: Asked) -> Making:
    """Make `?division=`: the rolling list of projects (储备清单) with expected and confirmed savings."""
    scope.require("keyunits:read")
    path = await under(read, scope, asked.text("division"))
    found = await queries_work.retrofit_page(read, scope, under=path, limit=MOST)
    names = await _names(read, scope, [each.account_id for each in found], asked.language)
    rows: list[Sequence[Cell]] = [
        (
            *names.unit(each.account_id), names.say(RETROFIT_KIND_NAMES[each.kind]), each.name,
            names.say(RETROFIT_NAMES[each.state]), each.starts_on, each.ends_on, each.investment, each.expected_tce,
            each.expected_tco2, each.saved_tce, each.saved_tco2, each.basis,
        )
        for each in found
    ]  # fmt: skip
    headings = (
        *UNIT, Heading("类别", "Kind", width=16), Heading("项目", "Project", width=32), Heading("状态", "State", width=10),
        Heading("计划开工", "Start", width=12), Heading("计划完工", "Completion", width=12),
        Heading("投资", "Investment", "CNY"), Heading("预计年节能量", "Expected savings", "tce"),
        Heading("预计年降碳量", "Expected savings", "tCO2e"), Heading("已确认节能量", "Confirmed savings", "tce"),
        Heading("已确认降碳量", "Confirmed savings", "tCO2e"), Heading("测算依据", "Basis", width=36),
    )  # fmt: skip
    notes = [CUT] if len(found) == MOST else []
    return partial(workbook, [Sheet("项目储备清单", "Rolling list", headings, rows, notes)], asked.language)


@download("key-unit-overdue.xlsx")
async def key_unit_overdue(read: Read, scope: Scope, asked: Asked) -> Making:
    """Make `?division=`: what the key units are late with."""
    found = await overdue(read, scope, path=await under(read, scope, asked.text("division")))
    names = await _names(read, scope, [each.account_id for each in found], asked.language)
    day = today()
    rows: list[Sequence[Cell]] = [
        (
            *names.unit(each.account_id), names.say(sheet.LATE[each.kind]), names.say(each.name), each.due_on,
            None if each.due_on is None else Decimal((day - each.due_on).days), each.count,
        )
        for each in found
    ]  # fmt: skip
    headings = (
        *UNIT, Heading("类别", "Kind", width=16), Heading("事项", "What", width=36), Heading("到期日", "Due", width=12),
        Heading("逾期天数", "Days late", "d", 10), Heading("数量", "Count", width=8),
    )  # fmt: skip
    return partial(workbook, [Sheet("逾期事项", "Overdue", headings, rows)], asked.language)


async def _file(read: Read, scope: Scope, asked: Asked) -> sheet.UnitFile:
    """Return everything of the unit an address names. Raises QuestionInvalid, NodeIdInvalid, KeyUnitNotFound."""
    scope.require("keyunits:read")
    given = asked.text("account")
    if given is None:
        raise QuestionInvalid(
            name="account", value="", reason_en="it is missing", reason_zh="缺少该参数", path=("account",)
        )
    account_id = uuids(given, "CarbonAccount", path=("account",))[0]
    unit = (await queries.files(read, scope, [account_id])).get(account_id)
    if unit is None:
        raise KeyUnitNotFound
    names = await _names(read, scope, [account_id], asked.language)
    year = asked.number("year", FIRST_YEAR, 9000) or unit.year
    checking.year(year)
    number, name, division, sector = names.unit(account_id)
    told = f"{number} {name}", division, sector
    return await sheet.gather(read, scope, unit, told, year, _thresholds(scope, unit, names), asked.language)


@download("key-unit.pdf")
async def key_unit_pages(read: Read, scope: Scope, asked: Asked) -> Making:
    """Make `?account=&year=`: a unit's file as pages."""
    found = await _file(read, scope, asked)
    return partial(pages, sheet.report(found, now()))


@download("key-unit.xlsx")
async def key_unit_workbook(read: Read, scope: Scope, asked: Asked) -> Making:
    """Make `?account=&year=`: a unit's file as a workbook."""
    found = await _file(read, scope, asked)
    about = Sheet(
        "概况", "Summary", (Heading("项目", "Item", width=28), Heading("内容", "Value", width=60)), sheet.about(found)
    )
    return partial(workbook, [about, *sheet.sheets(found)], asked.language)
