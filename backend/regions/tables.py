"""The tables of the city's ledger as workbooks."""

from collections.abc import Callable, Sequence
from datetime import date

from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.regions import service
from backend.regions.balances import importing, queries
from backend.regions.errors import BalanceNotFound
from backend.regions.places import check_period
from backend.regions.values import FIRST_YEAR
from backend.regions.wording import FIGURES, said
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


def needed(asked: Asked, name: str) -> str:
    """Return a word that must be there. Raises QuestionInvalid."""
    found = asked.text(name)
    if found is None:
        raise QuestionInvalid(name=name, value="", reason_en="it is missing", reason_zh="缺少该参数", path=(name,))
    return found


async def sector_namer(read: Read, scope: Scope, language: str) -> Callable[[str], str]:
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
    division = await service.own_division(read, scope, needed(asked, "division"))
    found, name = (
        await service.years(read, scope, first, last, division.path),
        await sector_namer(read, scope, asked.language),
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
    division = await service.own_division(read, scope, needed(asked, "division"))
    found, name = (
        await service.months(read, scope, start, end, division.path),
        await sector_namer(read, scope, asked.language),
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
    division = await service.own_division(read, scope, needed(asked, "division"))
    found = await service.figures(read, scope, under=division.path)
    headings = (
        Heading("区划代码", "Division"), Heading("年份", "Year"), Heading("指标", "Figure", width=26), Heading("数值", "Quantity"),
        Heading("单位", "Unit"), Heading("来源文件", "Document", width=40), Heading("文号", "Number", width=24),
        Heading("发布日期", "Issued on"), Heading("说明", "Note", width=40), Heading("录入时间", "Recorded at", width=20),
    )  # fmt: skip
    rows: list[Sequence[Cell]] = [
        (
            each.division_code, str(each.year), said(FIGURES[each.kind], asked.language), each.quantity, each.unit, each.document,
            each.document_number, each.document_date, each.note, each.recorded_at,
        )
        for each in found
    ]  # fmt: skip
    return lambda: workbook([Sheet("经济社会与碳汇数据", "Figures", headings, rows)], asked.language)


@download("energy-balance-template.xlsx")
async def balance_template(_read: Read, scope: Scope, asked: Asked) -> Making:
    """Make an empty energy balance, which `POST /energy-balances` reads."""
    scope.require("regions:record")
    return lambda: workbook(importing.sheets(), asked.language)


@download("energy-balance.xlsx")
async def energy_balance(read: Read, scope: Scope, asked: Asked) -> Making:
    """Make `?id=`: a version of an energy balance as it was entered, in the layout of the template."""
    scope.require("regions:read")
    (own_id, *_) = uuids(needed(asked, "id"), "EnergyBalance", path=("id",))
    [value] = await queries.balance_batch(read, scope, [own_id])
    if value is None:
        raise BalanceNotFound
    [cells] = await queries.cell_batch(read, scope, [own_id])
    return lambda: workbook(importing.sheets(cells, value.assumptions), asked.language)


__all__ = ["balance_template", "energy_balance", "region_figures", "region_months", "region_years"]
