"""The file of a key unit (重点单位档案): what it shows, as pages and as tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from backend.accounts import service as accounts
from backend.accounts.service import StateKey
from backend.accounts.values import CalibrationState, MeterValue
from backend.keyunits import catalogue, ports, queries_standing, queries_work
from backend.keyunits.names import (
    AREA_NAMES,
    FINDING_NAMES,
    METRIC_NAMES,
    METRIC_UNITS,
    OUTCOME_NAMES,
    POST_NAMES,
    QUARTER_NAMES,
    REFERENCE_METRIC_NAMES,
    REFERENCE_UNITS,
    RETROFIT_KIND_NAMES,
    RETROFIT_NAMES,
)
from backend.keyunits.rules import crossing
from backend.keyunits.service.comparing import standings
from backend.keyunits.service.metering import meters, overdue
from backend.keyunits.service.referring import reference_standings
from backend.keyunits.values import (
    ChiefOfficer,
    CodeRow,
    FileRow,
    MeterStanding,
    OverdueItem,
    OverdueKind,
    PostRow,
    ProposalState,
    ReferenceStanding,
    ReportRow,
    Standing,
    Words,
)
from backend.keyunits.values_work import FindingRow, RetrofitRow, SavingRow
from backend.kit.clock import today
from backend.kit.db import Read
from backend.kit.quantities import display
from backend.kit.scope import Scope
from backend.wire.reports import Report
from backend.wire.workbooks import Cell, Heading, Sheet

STATES: Mapping[ProposalState, Words] = {
    ProposalState.WAITING: Words("待审定", "Waiting"), ProposalState.CONFIRMED: Words("已确认", "Confirmed"),
    ProposalState.REJECTED: Words("未通过", "Rejected"), ProposalState.REPLACED: Words("已替代", "Replaced"),
}  # fmt: skip
LATE: Mapping[OverdueKind, Words] = {
    OverdueKind.METERS: Words("计量器具", "Meters"), OverdueKind.DUTY: Words("报送义务", "Duty"),
    OverdueKind.FINDING: Words("诊断整改", "Finding"), OverdueKind.RETROFIT: Words("改造项目", "Project"),
    OverdueKind.POST: Words("岗位空缺", "Post"),
}  # fmt: skip


CALIBRATIONS: Mapping[CalibrationState, Words] = {
    CalibrationState.VALID: Words("有效", "Valid"), CalibrationState.EXPIRED: Words("已过期", "Expired"),
    CalibrationState.NONE: Words("未检定", "None"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class UnitFile:
    """Everything a unit's file shows, in a language."""

    language: str
    unit: FileRow
    names: tuple[str, str, str]
    thresholds: str
    tenant: str
    posts: Sequence[PostRow]
    chief: ChiefOfficer | None
    meters: MeterStanding
    reports: Sequence[ReportRow]
    findings: Sequence[FindingRow]
    retrofits: Sequence[RetrofitRow]
    savings: Sequence[SavingRow]
    standings: Sequence[Standing]
    references: Sequence[ReferenceStanding]
    meter_list: Sequence[tuple[MeterValue, CalibrationState]]
    code: CodeRow | None
    late: Sequence[OverdueItem]

    def say(self, words: Words) -> str:
        """Return a text in the language."""
        return words.zh if self.language == "zh" else words.en


async def gather(
    read: Read, scope: Scope, unit: FileRow, names: tuple[str, str, str], year: int, thresholds: str, language: str
) -> UnitFile:
    """Read everything the file shows; comparisons are of `year`."""
    ids = [unit.account_id]
    officers = await ports.chief_officers(read, scope, ids) if scope.allows("esg:read") else None
    measured, day = await accounts.meters(read, scope, ids), today()
    states = await accounts.calibration_states(
        read, scope, [StateKey(each.account_id, each.id, day) for each in measured]
    )
    return UnitFile(
        language=language, unit=unit, names=names, thresholds=thresholds, tenant=scope.tenant,
        posts=(await queries_work.posts(read, scope, ids))[0],
        chief=None if officers is None else officers.get(unit.account_id),
        meters=(await meters(read, scope, ids))[0], reports=(await queries_work.reports(read, scope, ids))[0],
        findings=(await queries_work.findings(read, scope, ids))[0],
        retrofits=(await queries_work.retrofits(read, scope, ids))[0],
        savings=(await queries_work.savings(read, scope, ids))[0],
        standings=(await standings(read, scope, [(unit.account_id, year)]))[0],
        references=(await reference_standings(read, scope, [(unit.account_id, year)]))[0],
        meter_list=list(zip(measured, states, strict=True)),
        code=(await queries_standing.codes(read, scope, ids))[0],
        late=[
            each for each in await overdue(read, scope, path=unit.division_path) if each.account_id == unit.account_id
        ],
    )  # fmt: skip


def about(file: UnitFile) -> list[tuple[str, str]]:
    """Return the file's head: names and values."""
    unit, meter = file.unit, file.meters
    chief = "—" if file.chief is None else f"{file.chief.person_name}，{file.chief.title}"
    code = "—" if file.code is None else f"{file.say(file.code.name)}（{file.code.year}）"
    said = [
        (Words("单位", "Unit"), file.names[0]), (Words("区划", "Division"), file.names[1]),
        (Words("行业", "Sector"), file.names[2]), (Words("纳入标准", "Thresholds"), file.thresholds),
        (Words("纳入年度", "On the list since"), str(unit.since)),
        (Words("数据年度", "Year of the figures"), str(unit.year)),
        (Words("综合能源消费量（tce）", "Energy, tce"), crossing.legible(unit.energy)),
        (Words("直接排放量（tCO2e）", "Scope 1, tCO2e"), crossing.legible(unit.direct)),
        (Words("依据文件", "Document"), f"{unit.document} {unit.document_number} {unit.document_date}"),
        (Words("首席双碳官", "Chief carbon officer"), chief),
        (
            Words("计量器具（总数/未检定或过期/90 日内到期）", "Meters (all / not calibrated / due in 90 days)"),
            f"{meter.meters} / {meter.uncalibrated} / {meter.due}",
        ),
        (Words("碳效码", "Carbon-efficiency code"), code),
    ]  # fmt: skip
    return [(file.say(name), value) for name, value in said]


def sheets(file: UnitFile) -> list[Sheet]:
    """Return the file's tables; those without a row are left out."""
    found = [
        _late(file), _posts(file), _standing(file), _references(file), _meters(file), _reports(file), _findings(file),
        _retrofits(file), _savings(file),
    ]  # fmt: skip
    return [each for each in found if each.rows]


def report(file: UnitFile, made_at: datetime) -> Report:
    """Return the file as a report."""
    notices = [file.say(file.unit.reason)]
    notices += [
        f"{file.say(each.name)}：{file.say(each.source.note)}" for each in catalogue.thresholds(file.tenant)
        if each.source.is_placeholder and any(one.threshold == each.code for one in file.unit.crossings)
    ]  # fmt: skip
    scheme = catalogue.scheme(file.tenant)
    if file.code is not None and file.code.is_placeholder and scheme is not None:
        notices.append(file.say(scheme.source.note))
    return Report(
        title=file.say(Words("重点用能和碳排放单位档案", "File of a key energy and carbon unit")),
        subtitle=file.names[0], about=about(file), notices=notices, sheets=sheets(file), made_at=made_at,
        language=file.language,
    )  # fmt: skip


def _late(file: UnitFile) -> Sheet:
    headings = (
        Heading("类别", "Kind", width=14), Heading("事项", "What", width=40), Heading("到期日", "Due", width=12),
        Heading("数量", "Count", width=8),
    )  # fmt: skip
    rows: list[Sequence[Cell]] = [
        (file.say(LATE[each.kind]), file.say(each.name), each.due_on, each.count) for each in file.late
    ]
    return Sheet("逾期事项", "Overdue", headings, rows)


def _posts(file: UnitFile) -> Sheet:
    headings = (
        Heading("岗位", "Post", width=20), Heading("姓名", "Person", width=14), Heading("职务", "Office", width=20),
        Heading("自", "From", width=12), Heading("至", "To", width=12), Heading("依据文件", "Document", width=32),
    )  # fmt: skip
    rows: list[Sequence[Cell]] = [
        (file.say(POST_NAMES[each.kind]), each.person_name, each.title, each.starts_on, each.ends_on, each.document)
        for each in file.posts
    ]
    return Sheet("管理岗位", "Posts", headings, rows)


def _standing(file: UnitFile) -> Sheet:
    headings = (
        Heading("指标", "Metric", width=22), Heading("年度", "Year", width=8), Heading("单位", "Unit", width=14),
        Heading("本单位", "Own", width=14), Heading("行业 25% 位", "Lower quartile", width=12),
        Heading("行业中位", "Middle", width=12), Heading("行业 75% 位", "Upper quartile", width=12),
        Heading("可比账户数", "Accounts", width=10), Heading("所处位置", "Place", width=20),
        Heading("说明", "Note", width=36),
    )  # fmt: skip
    rows: list[Sequence[Cell]] = [
        (
            file.say(METRIC_NAMES[each.metric]), str(each.year), METRIC_UNITS[each.metric],
            None if each.intensity is None else Decimal(display(each.intensity, 4)),
            *(
                (None, None, None, None) if each.benchmark is None
                else (each.benchmark.low, each.benchmark.middle, each.benchmark.high, each.benchmark.accounts)
            ),
            "" if each.quarter is None else file.say(QUARTER_NAMES[each.quarter]), file.say(each.note),
        )
        for each in file.standings
    ]  # fmt: skip
    return Sheet("对标", "Comparison", headings, rows)


def _references(file: UnitFile) -> Sheet:
    headings = (
        Heading("产品", "Product", width=20), Heading("指标", "Metric", width=16), Heading("年度", "Year", width=8),
        Heading("单位", "Unit", width=12), Heading("本单位", "Own", width=12), Heading("标杆水平", "Leading", width=12),
        Heading("基准水平", "Baseline", width=12), Heading("结论", "Outcome", width=26),
        Heading("依据文件", "Document", width=28), Heading("说明", "Note", width=36),
    )  # fmt: skip
    rows: list[Sequence[Cell]] = [
        (
            each.product, file.say(REFERENCE_METRIC_NAMES[each.metric]), str(each.year),
            f"{REFERENCE_UNITS[each.metric]}/{each.product_unit}",
            None if each.intensity is None else Decimal(display(each.intensity, 4)),
            None if each.leading is None else each.leading.quantity,
            None if each.baseline is None else each.baseline.quantity, file.say(OUTCOME_NAMES[each.outcome]),
            "；".join(dict.fromkeys(one.document for one in (each.leading, each.baseline) if one is not None)),
            file.say(each.note),
        )
        for each in file.references
    ]  # fmt: skip
    return Sheet("与标杆水平、基准水平比较", "Reference levels", headings, rows)


def _meters(file: UnitFile) -> Sheet:
    headings = (
        Heading("编号", "Code", width=16), Heading("计量器具", "Meter", width=36), Heading("单位", "Unit", width=10),
        Heading("检定状态", "Calibration", width=16),
    )  # fmt: skip
    rows: list[Sequence[Cell]] = [
        (each.code, each.name, each.unit, file.say(CALIBRATIONS[state])) for each, state in file.meter_list
    ]
    return Sheet("计量器具检定", "Meters", headings, rows)


def _reports(file: UnitFile) -> Sheet:
    names = {each.code: file.say(each.name) for each in catalogue.duties(file.tenant)}
    headings = (
        Heading("报送义务", "Duty", width=26), Heading("年度", "Year", width=8), Heading("报送日期", "Filed", width=12),
        Heading("说明", "Note", width=40),
    )  # fmt: skip
    rows: list[Sequence[Cell]] = [
        (names.get(each.duty, each.duty), str(each.year), each.filed_on, each.note) for each in file.reports
    ]
    return Sheet("报送记录", "Reports", headings, rows)


def _findings(file: UnitFile) -> Sheet:
    headings = (
        Heading("诊断日期", "Day", width=12), Heading("类别", "Area", width=12), Heading("问题", "Finding", width=36),
        Heading("诊断机构", "By", width=22), Heading("节能潜力", "Potential", "tce/a", 12),
        Heading("降碳潜力", "Potential", "tCO2e/a", 12), Heading("状态", "State", width=10),
        Heading("整改期限", "Due", width=12),
    )  # fmt: skip
    rows: list[Sequence[Cell]] = [
        (
            each.diagnosed_on, file.say(AREA_NAMES[each.area]), each.title, each.body, each.potential_tce,
            each.potential_tco2, file.say(FINDING_NAMES[each.state]), each.due_on,
        )
        for each in file.findings
    ]  # fmt: skip
    return Sheet("降碳诊断", "Diagnosis", headings, rows)


def _retrofits(file: UnitFile) -> Sheet:
    headings = (
        Heading("类别", "Kind", width=16), Heading("项目", "Project", width=32), Heading("状态", "State", width=10),
        Heading("计划完工", "Completion", width=12), Heading("投资", "Investment", "CNY"),
        Heading("预计年节能量", "Expected", "tce", 12), Heading("预计年降碳量", "Expected", "tCO2e", 12),
        Heading("已确认节能量", "Confirmed", "tce", 12), Heading("已确认降碳量", "Confirmed", "tCO2e", 12),
    )  # fmt: skip
    rows: list[Sequence[Cell]] = [
        (
            file.say(RETROFIT_KIND_NAMES[each.kind]), each.name, file.say(RETROFIT_NAMES[each.state]), each.ends_on,
            each.investment, each.expected_tce, each.expected_tco2, each.saved_tce, each.saved_tco2,
        )
        for each in file.retrofits
    ]  # fmt: skip
    return Sheet("节能降碳项目", "Projects", headings, rows)


def _savings(file: UnitFile) -> Sheet:
    names = {each.id: each.name for each in file.retrofits}
    words = {None: Words("待审定", "Waiting"), True: Words("已确认", "Confirmed"), False: Words("未通过", "Rejected")}
    headings = (
        Heading("项目", "Project", width=28), Heading("改造前", "Before", "tce", 12),
        Heading("产出", "Output", width=12), Heading("改造后", "After", "tce", 12), Heading("产出", "Output", width=12),
        Heading("产出单位", "Unit", width=10), Heading("调整", "Adjusted", "tce", 10),
        Heading("节能量", "Savings", "tce", 12), Heading("降碳量", "Savings", "tCO2e", 12),
        Heading("状态", "State", width=10),
    )  # fmt: skip
    rows: list[Sequence[Cell]] = [
        (
            names.get(each.retrofit_id, ""), each.before_tce, each.before_output, each.after_tce, each.after_output,
            each.output_unit, each.adjustment_tce,
            Decimal(display(each.saved_tce, 2)), Decimal(display(each.saved_tco2, 2)),
            file.say(words[each.is_confirmed]),
        )
        for each in file.savings
    ]  # fmt: skip
    note = (
        "节能量＝改造前用能÷改造前产出×改造后产出－改造后用能＋调整；降碳量同式。",
        "Savings = before ÷ output before × output after − after + adjustment.",
    )
    return Sheet("节能降碳量核算", "Savings", headings, rows, [note])
