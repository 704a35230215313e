"""The city's ledger as workbooks and as a report, the screen's tables, and the list of energy balances."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial

from backend.kit.clock import now, today
from backend.kit.db import Read
from backend.kit.quantities import display
from backend.kit.scope import Scope
from backend.regions import service
from backend.regions.balances import queries
from backend.regions.balances.values import ENERGIES, FLOWS, LAYOUT_CONFIDENCE, BalanceValue, TopDown
from backend.regions.ledger.overview import LedgerEntry
from backend.regions.ledger.values import CityLedger
from backend.regions.places import check_year
from backend.regions.tables import NEVER_BLENDED, SUMS, T, needed, sector_namer
from backend.regions.values import FIRST_YEAR
from backend.regions.wording import FIGURES, KINDS, STATES, said
from backend.tenants import service as tenants
from backend.wire.reports import PLACES, Report, pages, rounded, told
from backend.wire.workbooks import Asked, Cell, Heading, Making, Sheet, download, workbook

MOST_BALANCES = 2_000
UNTOLD = ("无法得出", "cannot be told")
BOTTOM_UP_ONLY = (
    "账户口径只含已建账户的企业，不含居民生活、农业和未建账户的企业；差额的已知原因列于对照表。",
    "From below there are enterprises with accounts alone; known causes of the difference stand in the reconciliation.",
)


@download("city-ledger.xlsx")
async def city_ledger(read: Read, scope: Scope, asked: Asked) -> Making:
    """Make `?division=&year=`: both accounts of a year, the reconciliation, sinks and figures, the energy balance's lines."""
    sheets, _ = await _ledger(read, scope, asked)
    return partial(workbook, sheets, asked.language)


@download("city-ledger.pdf")
async def city_ledger_pages(read: Read, scope: Scope, asked: Asked) -> Making:
    """Make `?division=&year=`: the same as a report (城市碳账本报告)."""
    sheets, ledger = await _ledger(read, scope, asked)
    language, is_zh = asked.language, asked.language == "zh"
    division = await tenants.required_division(read, scope, ledger.division_code)
    name = division.name_zh if is_zh else division.name_en
    below, above = ledger.reconciliation.bottom_up, ledger.top_down
    none = said(UNTOLD, language)
    about = [
        (said(("区划", "Division"), language), f"{name} ({division.code})"),
        (said(("年度", "Year"), language), str(ledger.year)),
        (
            said(("账户口径直接排放", "Direct, accounts"), language),
            none if below is None else f"{_told(below)} {T}",
        ),
        (
            said(("能源平衡表直接排放", "Direct, balance"), language),
            none if above is None else f"{_told(above.direct)} tCO2",
        ),
        (said(("碳汇", "Sinks"), language), f"{_told(ledger.sinks)} {T}"),
        (said(("有数据的月数", "Months with data"), language), f"{ledger.months} / 12"),
    ]
    reading = (
        "报告中的数值四舍五入到四位小数，仅供阅读；完整数值见同一地址的 Excel 文件。",
        "Numbers of these pages are rounded half up to four places, for reading; the workbook of the same address has all digits.",
    )
    report = Report(
        title=said(("城市碳账本", "The city's carbon ledger"), language), subtitle=f"{name} · {ledger.year}", about=about,
        notices=[said(each, language) for each in (NEVER_BLENDED, BOTTOM_UP_ONLY, reading)],
        sheets=[rounded(each) for each in sheets], made_at=now(), language=language,
    )  # fmt: skip
    return partial(pages, report)


@download("city-ledger-overview.xlsx")
async def city_ledger_overview(read: Read, scope: Scope, asked: Asked) -> Making:
    """Make `?division=&first=&last=`: the ledger of a division and of those directly below it, year by year."""
    first = asked.needed_number("first", FIRST_YEAR, today().year)
    last = asked.needed_number("last", FIRST_YEAR, today().year)
    found = await service.city_ledger_overview(read, scope, needed(asked, "division"), first, last)
    names = await _division_names(read, scope, asked.language)
    return partial(workbook, [_overview(found, names)], asked.language)


@download("energy-balances.xlsx")
async def energy_balances(read: Read, scope: Scope, asked: Asked) -> Making:
    """Make `?division=&year=` (both may be left out): the versions of energy balances with who decided and why."""
    found = await queries.balances(
        read, scope, division_code=asked.text("division"), year=asked.number("year", FIRST_YEAR, today().year),
        limit=MOST_BALANCES,
    )  # fmt: skip
    names = await _division_names(read, scope, asked.language)
    headings = (
        Heading("区划", "Division", width=22), Heading("年份", "Year"), Heading("版本", "Version"), Heading("状态", "State"),
        Heading("燃料缺省值表", "Fuel table", width=24), Heading("来源文件", "Document", width=36), Heading("文号", "Number", width=22),
        Heading("发布日期", "Issued on"), Heading("更正说明", "Note", width=32), Heading("录入时间", "Recorded at", width=20),
        Heading("确认或退回理由", "Reason of the decision", width=32), Heading("决定时间", "Decided at", width=20),
    )  # fmt: skip
    cut = (f"仅列出最近 {MOST_BALANCES} 个版本。", f"Only the newest {MOST_BALANCES} versions are listed.")
    rows = [_version(each, names, asked.language) for each in found]
    sheet = Sheet("能源平衡表版本", "Energy balances", headings, rows, [cut] if len(found) == MOST_BALANCES else [])
    return partial(workbook, [sheet], asked.language)


def _percent(share: Decimal | None) -> Decimal | None:
    return None if share is None else share.scaleb(2)


def _told(value: Decimal) -> str:
    return told(Decimal(display(value, PLACES)), "")


def _version(each: BalanceValue, names: dict[str, str], language: str) -> Sequence[Cell]:
    return (
        f"{each.division_code} {names.get(each.division_code, '')}", str(each.year), each.version,
        said(STATES[each.state], language), each.fuel_table, each.document, each.document_number, each.document_date,
        each.note, each.recorded_at, each.decision_reason, each.decided_at,
    )  # fmt: skip


async def _division_names(read: Read, scope: Scope, language: str) -> dict[str, str]:
    found = await tenants.divisions(read, scope)
    return {each.code: each.name_zh if language == "zh" else each.name_en for each in found}


async def _ledger(read: Read, scope: Scope, asked: Asked) -> tuple[list[Sheet], CityLedger]:
    scope.require("regions:read")
    year, language = asked.needed_number("year", FIRST_YEAR, today().year), asked.language
    check_year(year)
    ledger = await service.city_ledger(read, scope, needed(asked, "division"), year)
    name = await sector_namer(read, scope, language)
    rest = said(("（不分行业）", "(of no sector)"), language)
    rows: list[Sequence[Cell]] = [
        (
            name(each.sector) or rest, each.accounts, each.verified_accounts, each.scope1, each.scope2_location,
            each.scope2_market, each.energy_tce, each.verified_scope1_2, each.top_down,
        )
        for each in ledger.rows
    ]  # fmt: skip
    by_sector = (Heading("行业", "Sector"), *SUMS, Heading("能源平衡表：直接排放", "Energy balance: direct", "tCO2"))
    sheets = [Sheet("分行业碳源", "Sources by sector", by_sector, rows, [NEVER_BLENDED]), *_compared(ledger, language)]
    overview = await service.city_ledger_overview(read, scope, ledger.division_code, year, year)
    sheets.append(_overview(overview, await _division_names(read, scope, language)))
    if ledger.top_down is not None:
        sheets.append(_lines(ledger.top_down, name, language))
    return sheets, ledger


def _compared(ledger: CityLedger, language: str) -> list[Sheet]:
    both = ledger.reconciliation
    rows: list[Sequence[Cell]] = [
        (said(words, language), said(UNTOLD, language) if amount is None else amount, unit)
        for words, amount, unit in (
            (("直接排放：账户口径（范围一）", "Direct emissions: accounts (scope 1)"), both.bottom_up, T),
            (("直接排放：能源平衡表及工业过程", "Direct emissions: energy balance and processes"), both.top_down, T),
            (("差额（后者减前者）", "Difference (the latter less the former)"), both.difference, T),
            (("覆盖率（前者除以后者）", "Share covered (the former over the latter)"), _percent(both.covered), "%"),
            (("其中电力：账户口径", "Of it power: accounts"), both.power_bottom_up, T),
            (("其中电力：能源平衡表", "Of it power: energy balance"), both.power_top_down, "tCO2"),
        )
    ]
    causes: list[Sequence[Cell]] = [(each.zh if language == "zh" else each.en,) for each in both.causes]
    stated: list[Sequence[Cell]] = [
        (
            said(FIGURES[each.kind], language), each.quantity, each.unit, each.document, each.document_number,
            each.document_date,
        )
        for each in ledger.figures
    ]  # fmt: skip
    per: list[Sequence[Cell]] = [
        (said(FIGURES[each.of], language), each.unit, said(UNTOLD, language) if each.value is None else each.value)
        for each in ledger.intensities
    ]
    return [
        Sheet(
            "两种口径对照", "Reconciliation",
            (Heading("项目", "Item", width=44), Heading("数值", "Value", width=26), Heading("单位", "Unit", width=10)), rows,
        ),
        Sheet("差异的已知原因", "Known causes", (Heading("原因", "Cause", width=100),), causes),
        Sheet(
            "碳汇与经济社会数据", "Sinks and figures",
            (
                Heading("指标", "Figure", width=24), Heading("数值", "Quantity"), Heading("单位", "Unit", width=10),
                Heading("来源文件", "Document", width=40), Heading("文号", "Number", width=24), Heading("发布日期", "Issued on"),
            ),
            stated,
        ),
        Sheet(
            "强度（能源平衡表口径）", "Intensities, from above",
            (Heading("对象", "Of", width=24), Heading("单位", "Unit"), Heading("数值", "Value", width=26)), per,
        ),
    ]  # fmt: skip


def _overview(found: Sequence[LedgerEntry], names: dict[str, str]) -> Sheet:
    headings = (
        Heading("区划", "Division", width=22), Heading("年份", "Year", width=8), Heading("账户数", "Accounts", width=10),
        Heading("范围一", "Scope 1", T), Heading("其中电力", "Of it power", T),
        Heading("范围二（位置法）", "Scope 2, location", T), Heading("范围二（市场法）", "Scope 2, market", T),
        Heading("能源平衡表", "Energy balance", "tCO2"), Heading("净调入", "Net inflow", "tCO2"),
        Heading("工业过程", "Processes", T), Heading("差额", "Difference", "tCO2"), Heading("覆盖率", "Covered", "%"),
        Heading("碳汇", "Sinks", T),
    )  # fmt: skip
    rows: list[Sequence[Cell]] = [
        (
            f"{each.division_code} {names.get(each.division_code, '')}", str(each.year), each.accounts, each.scope1,
            each.scope1_power, each.scope2_location, each.scope2_market, each.top_down, each.net_inflow,
            each.processes, each.difference, _percent(each.covered), each.sinks,
        )
        for each in found
    ]  # fmt: skip
    return Sheet("分区划碳源碳汇", "By division", headings, rows, [NEVER_BLENDED])


def _lines(above: TopDown, name: Callable[[str], str], language: str) -> Sheet:
    headings = (
        Heading("项目", "Flow"), Heading("行业", "Sector"), Heading("能源品种", "Energy"), Heading("类别", "Kind"),
        Heading("数量", "Quantity"), Heading("单位", "Unit", width=10), Heading("排放量", "Emissions", "tCO2"),
        Heading("公式", "Formula"), Heading("参数", "Parameters", width=60),
        Heading("无法核算的原因", "Why it cannot be told", width=36),
    )  # fmt: skip
    is_zh = language == "zh"
    rows: list[Sequence[Cell]] = [
        (
            FLOWS[each.flow].zh if is_zh else FLOWS[each.flow].en, name(each.sector),
            ENERGIES[each.energy].zh if is_zh else ENERGIES[each.energy].en, said(KINDS[each.kind], language),
            each.quantity, each.unit, each.tonnes, each.formula,
            "; ".join(f"{of.code}={of.value:f} {of.unit} ({of.document}, {of.confidence})" for of in each.parameters),
            each.reason_zh if is_zh else each.reason_en,
        )
        for each in above.lines
    ]  # fmt: skip
    note = (
        f"行列按统计年鉴的地区能源平衡表凭记忆编排（{LAYOUT_CONFIDENCE}）。",
        f"Rows and columns follow the yearbook's regional balance, written down from memory ({LAYOUT_CONFIDENCE}).",
    )
    return Sheet("能源平衡表核算", "Energy balance", headings, rows, [note])


__all__ = ["city_ledger", "city_ledger_overview", "city_ledger_pages", "energy_balances"]
