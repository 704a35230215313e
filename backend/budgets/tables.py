"""The account of budgets (预算台账) and plans as files: workbooks and pages of what their reader may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from backend.accounts import service as accounts
from backend.budgets import queries, service
from backend.budgets.rules import checking
from backend.budgets.rules.judging import Verdict
from backend.budgets.service import BudgetView
from backend.budgets.values import (
    ALL_SECTORS,
    FIRST_YEAR,
    LAST_YEAR,
    EntryKind,
    Level,
    LineValue,
    Method,
    PlanValue,
    Pocket,
    Words,
)
from backend.kit.clock import now
from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.tenants import service as tenants
from backend.wire.nodes import uuids
from backend.wire.reports import Report, pages
from backend.wire.workbooks import Asked, Cell, Heading, Making, QuestionInvalid, Sheet, download, workbook

MOST_LINES = 5_000
MOST_POSTINGS = 20_000
MOST_RESERVATIONS = 5_000
T = "tCO2e"
PER = "tCO2e/万CNY"
LEVELS = {
    Level.PROVINCE: Words("省级", "Province"), Level.CITY: Words("市级", "City"),
    Level.DISTRICT: Words("区级", "District"), Level.COUNTY: Words("县级", "County"),
    Level.ZONE: Words("功能区", "Zone"), Level.KEY_UNIT: Words("重点单位", "Key unit"),
}  # fmt: skip
POCKETS = {
    Pocket.APPROVED: Words("批准", "Approved"), Pocket.ADJUSTED: Words("调整", "Adjusted"),
    Pocket.MOVED: Words("置换", "Moved"), Pocket.HANDED: Words("已下达", "Handed down"),
    Pocket.WITHHELD: Words("存量预留", "Withheld"), Pocket.AVAILABLE: Words("可用", "Available"),
    Pocket.RESERVED: Words("项目预留", "Reserved"), Pocket.POSTED: Words("已入账", "Posted"),
    Pocket.RETIRED: Words("减量核减", "Retired"),
}  # fmt: skip
KINDS = {
    EntryKind.APPROVE: Words("批准", "Approval"), EntryKind.ADJUST: Words("调整", "Adjustment"),
    EntryKind.WITHHOLD: Words("存量预留调整", "Withholding"), EntryKind.RESERVE: Words("项目预留", "Reservation"),
    EntryKind.RELEASE: Words("释放预留", "Release"), EntryKind.POST: Words("验收入账", "Posting"),
    EntryKind.TRANSFER: Words("置换", "Replacement"),
}  # fmt: skip
VERDICTS = {
    Verdict.WITHIN: Words("在预算内", "Within"), Verdict.ELASTIC_USED: Words("已用弹性", "Elastic band used"),
    Verdict.OVER: Words("超出", "Over"), Verdict.CANNOT_TELL: Words("无法判断", "Cannot be told"),
}  # fmt: skip
METHODS = {
    Method.HISTORY: Words("历史法", "History"), Method.BENCHMARK: Words("基准法", "Benchmark"),
    Method.OUTPUT: Words("产出法", "Output"), Method.MANUAL: Words("人工填写", "By hand"),
}  # fmt: skip
COUNTED = (
    "电力在用电侧计入：区划实际排放为各账户位置法范围二与范围一之和，不含电厂自身燃烧；重点单位预算两者均计入。",
    "Electricity counts where it is used: a division's emissions leave out what power plants burn; key units' do not.",
)
SUMS = (
    "批准＋调整＋置换＝已下达＋存量预留＋可用＋项目预留＋已入账＋减量核减。",
    "Approved + adjusted + moved = handed down + withheld + available + reserved + posted + retired.",
)


@dataclass(frozen=True, slots=True)
class Names:
    """What divisions, sectors and accounts are called in a language."""

    language: str
    divisions: dict[str, str]
    sectors: dict[str, str]
    units: dict[UUID, str]

    def say(self, words: Words) -> str:
        """Return a text in the language."""
        return words.zh if self.language == "zh" else words.en

    def place(self, line: LineValue) -> tuple[str, str, str]:
        """Return a line's level, who it is of, and its sector."""
        of = self.units.get(line.account_id, "") if line.account_id else self.divisions.get(line.division_code, "")
        sector = (
            self.say(Words("全部", "All")) if line.sector == ALL_SECTORS else self.sectors.get(line.sector, line.sector)
        )
        return self.say(LEVELS[line.level]), f"{line.division_code} {of}".strip(), sector


async def names_of(read: Read, scope: Scope, lines: Sequence[LineValue], language: str) -> Names:
    """Return what the divisions, sectors and key units of lines are called in a language."""
    pack, is_zh = await tenants.pack_in_force(read, scope), language == "zh"
    ids = list({each.account_id for each in lines if each.account_id is not None})
    units = [each for each in await accounts.accounts_by_id(read, scope, ids) if each] if ids else []
    return Names(
        language,
        {each.code: each.name_zh if is_zh else each.name_en for each in await tenants.divisions(read, scope)},
        {each.code: each.name_zh if is_zh else each.name_en for each in pack.sectors},
        {each.id: each.name for each in units},
    )


def _standing(views: Sequence[BudgetView], names: Names) -> Sheet:
    parts = (Pocket.APPROVED, Pocket.ADJUSTED, Pocket.MOVED, Pocket.HANDED, Pocket.WITHHELD, Pocket.RESERVED,
             Pocket.POSTED, Pocket.RETIRED, Pocket.AVAILABLE)  # fmt: skip
    headings = (
        Heading("层级", "Level", width=10), Heading("区划或单位", "Division or unit", width=28),
        Heading("行业", "Sector", width=12), Heading("预算总额", "Total", T),
        *(Heading(POCKETS[each].zh, POCKETS[each].en, T, 12) for each in parts),
        Heading("实际排放", "Emitted", T), Heading("截至", "Through", width=10),
        Heading("预计下限", "Projected, low", T), Heading("预计全年", "Projected", T),
        Heading("预计上限", "Projected, high", T), Heading("强度目标", "Intensity target", PER, 12),
        Heading("预计强度", "Intensity projected", PER, 12), Heading("结论", "Verdict", width=12),
    )  # fmt: skip
    rows: list[Sequence[Cell]] = [
        (
            *names.place(each.line), each.position.total,
            *(getattr(each.position, part.value) for part in parts), each.position.actual,
            f"{each.position.actual_through:%Y-%m}" if each.position.actual_through else "",
            each.position.projected_low, each.position.projected, each.position.projected_high,
            each.position.intensity_target, each.position.intensity_projected,
            names.say(VERDICTS[each.judgement.overall]) if each.judgement else "",
        )
        for each in views
    ]  # fmt: skip
    cut = (f"至多列示 {MOST_LINES} 行，请按区划分别下载。", f"At most {MOST_LINES} rows: ask for each division.")
    notes = [SUMS, COUNTED, *([cut] if len(views) == MOST_LINES else [])]
    return Sheet("预算执行情况", "Budgets and where they stand", headings, rows, notes)


def _booked(rows: Sequence[queries.BookedRow], lines: dict[UUID, LineValue], names: Names) -> Sheet:
    headings = (
        Heading("记录时间", "Recorded", width=18), Heading("类型", "Kind", width=12),
        Heading("区划或单位", "Division or unit", width=24), Heading("行业", "Sector", width=10),
        Heading("科目", "Part", width=12), Heading("吨数", "Tonnes", T), Heading("事由", "Reason", width=32),
        Heading("文号", "Document", width=18), Heading("文件日期", "Dated", width=11),
        Heading("文件标题", "Title", width=28), Heading("生效日期", "Effective", width=11),
    )  # fmt: skip
    cells: list[Sequence[Cell]] = [
        (
            entry.recorded_at, names.say(KINDS[entry.kind]), *names.place(lines[posting.line_id])[1:],
            names.say(POCKETS[posting.pocket]), posting.tonnes, entry.reason, entry.document_number,
            entry.document_dated, entry.document_title, entry.effective_on,
        )
        for entry, posting in rows
    ]  # fmt: skip
    note = (f"至多列示 {MOST_POSTINGS} 行。", f"At most {MOST_POSTINGS} rows.")
    return Sheet("预算台账分录", "Entries of the ledger", headings, cells, [note] if len(rows) == MOST_POSTINGS else [])


async def _held(read: Read, scope: Scope, year: int, under: str | None, names: Names) -> Sheet:
    rows = await queries.reservations(read, scope, under=under, after=None, limit=MOST_RESERVATIONS)
    years = await queries.reservation_years(read, scope, [each.id for each in rows])
    headings = (
        Heading("预留时间", "Since", width=18), Heading("区划", "Division", width=24),
        Heading("事项", "For", width=32), Heading("仍预留", "Still reserved", T), Heading("已入账", "Posted", T),
        Heading("事由", "Reason", width=32),
    )  # fmt: skip
    cells: list[Sequence[Cell]] = [
        (
            each.recorded_at, f"{each.division_code} {names.divisions.get(each.division_code, '')}".strip(),
            each.reference_name, own.reserved, own.posted, each.reason,
        )
        for each, of_years in zip(rows, years, strict=True)
        for own in of_years
        if own.year == year
    ]  # fmt: skip
    cut = (f"至多查阅最近 {MOST_RESERVATIONS} 项预留。", f"Of the newest {MOST_RESERVATIONS} reservations.")
    return Sheet("项目预留", "Reservations", headings, cells, [cut] if len(rows) == MOST_RESERVATIONS else [])


async def _account(read: Read, scope: Scope, asked: Asked) -> tuple[int, list[Sheet], Names, str]:
    scope.require("budgets:read")
    year = asked.needed_number("year", FIRST_YEAR, LAST_YEAR)
    division = asked.text("division")
    views = await service.tree(read, scope, first_year=year, last_year=year, division_code=division, limit=MOST_LINES)
    lines = {each.line.id: each.line for each in views}
    names = await names_of(read, scope, list(lines.values()), asked.language)
    booked = await queries.booked(read, scope, list(lines), limit=MOST_POSTINGS)
    of = names.divisions.get(division, division) if division else (await _own_name(read, scope, asked.language))
    under = await service.path_of(read, scope, division) if division else None
    held = await _held(read, scope, year, under, names)
    return year, [_standing(views, names), _booked(booked, lines, names), held], names, of


async def _own_name(read: Read, scope: Scope, language: str) -> str:
    pack = await tenants.pack_in_force(read, scope)
    return pack.name_zh if language == "zh" else pack.name_en


@download("budget-account.xlsx")
async def budget_account(read: Read, scope: Scope, asked: Asked) -> Making:
    """Make `?year=&division=`: the year's budgets with where they stand, and every entry on them."""
    _, sheets, _, _ = await _account(read, scope, asked)
    return partial(workbook, sheets, asked.language)


@download("budget-account.pdf")
async def budget_account_pages(read: Read, scope: Scope, asked: Asked) -> Making:
    """Make `?year=&division=`: the same as pages."""
    year, sheets, names, of = await _account(read, scope, asked)
    rules = await service.budget_rules(read, scope)
    mode = names.say(Words(rules.mode_zh, rules.mode_en))
    notices = [each.zh if asked.language == "zh" else each.en for each in _notices(rules.elastic_percent is None)]
    report = Report(
        title=names.say(Words("碳排放预算台账", "Account of carbon budgets")), subtitle=f"{of} · {year}",
        about=[
            (names.say(Words("年度", "Year")), str(year)), (names.say(Words("范围", "Of")), of),
            (names.say(Words("管控方式", "Rule")), mode),
        ],
        notices=notices, sheets=sheets, made_at=now(), language=asked.language,
    )  # fmt: skip
    return partial(pages, report)


def _notices(is_elastic_unset: bool) -> list[Words]:  # noqa: FBT001 - one question, asked once
    found = [
        Words(
            "预计值按季节份额法推算，区间为历史回测最大误差；缺月会放宽区间。",
            "Projected by seasonal shares; the band is the largest back-tested error, wider where months are missing.",
        ),
        Words(COUNTED[0], COUNTED[1]),
    ]
    if is_elastic_unset:
        found.append(Words("本地区尚未设定总量弹性幅度。", "By how much totals are elastic nobody has set here."))
    return found


@download("budget-plan.xlsx")
async def budget_plan(read: Read, scope: Scope, asked: Asked) -> Making:
    """Make `?id=`: a plan's lines, with the inputs and the formula of each."""
    own = asked.text("id")
    if own is None:
        raise QuestionInvalid(name="id", value="", reason_en="it is missing", reason_zh="缺少该参数", path=("id",))
    found = await service.plan(read, scope, uuids(own, "BudgetPlan", path=("id",))[0])
    return partial(workbook, await plan_sheets(read, scope, found, asked.language), asked.language)


async def plan_sheets(read: Read, scope: Scope, plan: PlanValue, language: str) -> list[Sheet]:
    """Return a plan's lines and the inputs they rest on."""
    names = await names_of(read, scope, [], language)
    ids = list({each.account_id for each in plan.lines if each.account_id is not None})
    units = {each.id: each.name for each in await accounts.accounts_by_id(read, scope, ids) if each} if ids else {}
    key = "zh" if language == "zh" else "en"

    def of(division: str, account_id: UUID | None) -> str:
        return f"{division} {units.get(account_id, '') if account_id else names.divisions.get(division, '')}".strip()

    lines: list[Sequence[Cell]] = [
        (
            of(each.division_code, each.account_id), names.sectors.get(each.sector, each.sector),
            checking.span(each.first_year, each.last_year), each.tonnes, each.withheld, each.intensity_target,
            names.say(METHODS[each.method]), each.basis.get("percent", ""),
            each.basis.get("formula", {}).get(key, ""),
        )
        for each in plan.lines
    ]  # fmt: skip
    inputs: list[Sequence[Cell]] = [
        (
            of(each.division_code, each.account_id), names.sectors.get(each.sector, each.sector), given["name"][key],
            given["value"], given["unit"],
        )
        for each in plan.lines
        for given in each.basis.get("inputs", ())
    ]  # fmt: skip
    who = (Heading("区划或单位", "Division or unit", width=28), Heading("行业", "Sector", width=12))
    headings = (
        *who, Heading("年度", "Years", width=11), Heading("预算", "Tonnes", T), Heading("其中存量预留", "Of these withheld", T),
        Heading("强度目标", "Intensity target", PER), Heading("方法", "Method", width=12),
        Heading("份额", "Share", "%", 10), Heading("公式", "Formula", width=60),
    )  # fmt: skip
    values = (
        *who,
        Heading("输入", "Input", width=24),
        Heading("数值", "Value", width=20),
        Heading("单位", "Unit", width=14),
    )
    about = (
        f"{plan.name}：{plan.document_number}，{plan.document_dated:%Y-%m-%d}，第 {plan.revision} 版，SHA-256 {plan.sha256}",
        f"{plan.name}: {plan.document_number}, {plan.document_dated:%Y-%m-%d}, revision {plan.revision}, SHA-256 {plan.sha256}",
    )
    return [
        Sheet("预算方案", "Plan", headings, lines, [about]),
        Sheet("分解输入", "Inputs", values, inputs),
    ]
