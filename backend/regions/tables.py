"""The tables of the city's ledger as workbooks."""

from collections.abc import Callable, Sequence
from datetime import date

from backend.kit.clock import today
from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.regions import service
from backend.regions.balances import importing, queries
from backend.regions.balances.values import ENERGIES, FLOWS, LAYOUT_CONFIDENCE, TopDown
from backend.regions.errors import BalanceNotFound
from backend.regions.places import check_period, check_year
from backend.regions.values import FIRST_YEAR
from backend.tenants import service as tenants
from backend.wire.nodes import uuids
from backend.wire.workbooks import Asked, Cell, Heading, Making, QuestionInvalid, Sheet, download, workbook

T, TCE = "tCO2e", "tce"
NEVER_BLENDED = (
    "范围一与范围二分列；电力行业的范围一即其他用户的范围二，不得直接相加。账户口径与能源平衡表口径并列，互不修正。",
    "Scopes stand apart: what the power sector burns is the scope 2 of others. Accounts and energy balance stand side by side.",
)
SUMS = (
    Heading("账户数", "Accounts"), Heading("已核查账户数", "Verified accounts"), Heading("范围一", "Scope 1", T),
    Heading("范围二（位置法）", "Scope 2, location-based", T), Heading("范围二（市场法）", "Scope 2, market-based", T),
    Heading("能源消费", "Energy", TCE), Heading("其中已核查（范围一+二）", "Of scope 1+2, verified", T),
)  # fmt: skip
PLACE = (Heading("区划代码", "Division"), Heading("行业", "Sector"))


def _needed(asked: Asked, name: str) -> str:
    found = asked.text(name)
    if found is None:
        raise QuestionInvalid(name=name, value="", reason_en="it is missing", reason_zh="缺少该参数", path=(name,))
    return found


async def _namer(read: Read, scope: Scope, language: str) -> Callable[[str], str]:
    """Return what sectors are called in a language; an unknown code is itself."""
    pack = await tenants.pack_in_force(read, scope)
    names = {each.code: each.name_zh if language == "zh" else each.name_en for each in pack.sectors}
    return lambda code: names.get(code, code)


@download("region-years.xlsx")
async def region_years(read: Read, scope: Scope, asked: Asked) -> Making:
    """Make `?division=&first=&last=`: roll-ups by division, sector and year."""
    scope.require("regions:read")
    first = asked.needed_number("first", FIRST_YEAR, 9000)
    last = asked.needed_number("last", FIRST_YEAR, 9000)
    check_period(date(first, 1, 1), date(last, 12, 1))
    division = await service.own_division(read, scope, _needed(asked, "division"))
    found, name = (
        await service.years(read, scope, first, last, division.path),
        await _namer(read, scope, asked.language),
    )
    headings = (*PLACE, Heading("年份", "Year"), *SUMS, Heading("有数据的月数", "Months with anything"))
    rows: list[Sequence[Cell]] = [
        (
            each.division_code, name(each.sector), str(each.year), each.accounts, each.verified_accounts, each.scope1,
            each.scope2_location, each.scope2_market, each.energy_tce, each.verified_scope1_2, each.months,
        )
        for each in found
    ]  # fmt: skip
    return lambda: workbook([Sheet("年度汇总", "Years", headings, rows, [NEVER_BLENDED])], asked.language)


@download("region-months.xlsx")
async def region_months(read: Read, scope: Scope, asked: Asked) -> Making:
    """Make `?division=&first=&last=` (years): roll-ups by division, sector and month."""
    scope.require("regions:read")
    first = asked.needed_number("first", FIRST_YEAR, 9000)
    last = asked.needed_number("last", FIRST_YEAR, 9000)
    start, end = date(first, 1, 1), date(last, 12, 1)
    check_period(start, end)
    division = await service.own_division(read, scope, _needed(asked, "division"))
    found, name = (
        await service.months(read, scope, start, end, division.path),
        await _namer(read, scope, asked.language),
    )
    rows: list[Sequence[Cell]] = [
        (
            each.division_code, name(each.sector), f"{each.month:%Y-%m}", each.accounts, each.verified_accounts,
            each.scope1, each.scope2_location, each.scope2_market, each.energy_tce, each.verified_scope1_2,
        )
        for each in found
    ]  # fmt: skip
    headings = (*PLACE, Heading("月份", "Month"), *SUMS)
    return lambda: workbook([Sheet("月度汇总", "Months", headings, rows, [NEVER_BLENDED])], asked.language)


@download("region-figures.xlsx")
async def region_figures(read: Read, scope: Scope, asked: Asked) -> Making:
    """Make `?division=`: the figures that stand, with their documents."""
    scope.require("regions:read")
    division = await service.own_division(read, scope, _needed(asked, "division"))
    found = await service.figures(read, scope, under=division.path)
    headings = (
        Heading("区划代码", "Division"), Heading("年份", "Year"), Heading("指标", "Figure", width=26), Heading("数值", "Quantity"),
        Heading("单位", "Unit"), Heading("来源文件", "Document", width=40), Heading("文号", "Number", width=24),
        Heading("发布日期", "Issued on"), Heading("说明", "Note", width=40), Heading("录入时间", "Recorded at", width=20),
    )  # fmt: skip
    rows: list[Sequence[Cell]] = [
        (
            each.division_code, str(each.year), each.kind.value, each.quantity, each.unit, each.document,
            each.document_number, each.document_date, each.note, each.recorded_at,
        )
        for each in found
    ]  # fmt: skip
    return lambda: workbook([Sheet("经济社会与碳汇数据", "Figures", headings, rows)], asked.language)


@download("city-ledger.xlsx")
async def city_ledger(read: Read, scope: Scope, asked: Asked) -> Making:
    """Make `?division=&year=`: both accounts of a year, the reconciliation, the energy balance's lines, the figures."""
    year = asked.needed_number("year", FIRST_YEAR, today().year)
    check_year(year)
    ledger = await service.city_ledger(read, scope, _needed(asked, "division"), year)
    name = await _namer(read, scope, asked.language)
    rows: list[Sequence[Cell]] = [
        (
            name(each.sector), each.accounts, each.verified_accounts, each.scope1, each.scope2_location,
            each.scope2_market, each.energy_tce, each.verified_scope1_2, each.top_down,
        )
        for each in ledger.rows
    ]  # fmt: skip
    both = ledger.reconciliation
    compared: list[Sequence[Cell]] = [
        ("直接排放：账户口径", "Direct emissions: accounts", both.bottom_up),
        ("直接排放：能源平衡表及工业过程", "Direct emissions: energy balance and processes", both.top_down),
        ("差额", "Difference", both.difference), ("覆盖率", "Share covered", both.covered),
        ("其中电力：账户口径", "Of it power: accounts", both.power_bottom_up),
        ("其中电力：能源平衡表", "Of it power: energy balance", both.power_top_down),
        ("其他已录入排放", "Other stated emissions", ledger.stated_sources), ("碳汇", "Sinks", ledger.sinks),
        *((each.zh, each.en, None) for each in both.causes),
    ]  # fmt: skip
    sheets = [
        Sheet(
            "行业", "Sectors",
            (Heading("行业", "Sector"), *SUMS, Heading("能源平衡表：直接排放", "Energy balance: direct", "tCO2")), rows,
            [NEVER_BLENDED],
        ),
        Sheet("对照", "Reconciliation", (Heading("项目", "Chinese", width=60), Heading("英文", "English", width=60), Heading("数值", "Value")), compared),
    ]  # fmt: skip
    if ledger.top_down is not None:
        sheets.append(_lines(ledger.top_down))
    return lambda: workbook(sheets, asked.language)


@download("energy-balance-template.xlsx")
async def balance_template(_read: Read, scope: Scope, asked: Asked) -> Making:
    """Make an empty energy balance, which `POST /energy-balances` reads."""
    scope.require("regions:record")
    return lambda: workbook(importing.sheets(), asked.language)


@download("energy-balance.xlsx")
async def energy_balance(read: Read, scope: Scope, asked: Asked) -> Making:
    """Make `?id=`: a version of an energy balance as it was entered, in the layout of the template."""
    scope.require("regions:read")
    (own_id, *_) = uuids(_needed(asked, "id"), "EnergyBalance", path=("id",))
    [value] = await queries.balance_batch(read, scope, [own_id])
    if value is None:
        raise BalanceNotFound
    [cells] = await queries.cell_batch(read, scope, [own_id])
    return lambda: workbook(importing.sheets(cells, value.assumptions), asked.language)


def _lines(above: TopDown) -> Sheet:
    headings = (
        Heading("项目", "Flow", width=26), Heading("行业", "Sector"), Heading("能源品种", "Energy"), Heading("类别", "Kind"),
        Heading("数量", "Quantity"), Heading("单位", "Unit"), Heading("排放量", "Emissions", "tCO2"),
        Heading("公式", "Formula", width=36), Heading("参数", "Parameters", width=70), Heading("无法核算的原因", "Why it cannot be told", width=50),
    )  # fmt: skip
    rows: list[Sequence[Cell]] = [
        (
            FLOWS[each.flow].zh, each.sector, ENERGIES[each.energy].zh, each.kind.value, each.quantity, each.unit,
            each.tonnes, each.formula,
            "; ".join(f"{of.code}={of.value:f} {of.unit} ({of.document}, {of.confidence})" for of in each.parameters),
            each.reason_zh,
        )
        for each in above.lines
    ]  # fmt: skip
    note = (
        f"行列按统计年鉴的地区能源平衡表凭记忆编排（{LAYOUT_CONFIDENCE}）。",
        f"Rows and columns follow the yearbook's regional balance, written down from memory ({LAYOUT_CONFIDENCE}).",
    )
    return Sheet("能源平衡表核算", "Energy balance", headings, rows, [note])


__all__ = ["balance_template", "city_ledger", "energy_balance", "region_figures", "region_months", "region_years"]
