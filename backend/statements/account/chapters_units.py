"""The chapters on units: holdings from opening to closing, and what was claimed against what. Pure."""

from decimal import Decimal

from backend.statements.account.presenting import WHOLE, Cell, Row, Section, Speaker, Table
from backend.statements.account.values import Holding, Mark, StatementData
from backend.statements.account.wording import MARKS

MOST_PRINTED = 60
"""Movements of one class on the pages; the workbook and the data have more."""


def holdings(data: StatementData, speak: Speaker, *, most: int = MOST_PRINTED) -> Section:
    """Return the units of each class: opening, changes, closing; then each class's movements."""
    tables = [] if not data.holdings else [_overview(data, speak)]
    for each in data.holdings:
        tables.append(_account(each, speak))
        if each.lines:
            tables.append(_movements(each, speak, most))
    text = (
        ""
        if tables
        else speak.say("期间内账户没有持有或变动任何单位。", "The account neither held nor moved units in the period.")
    )
    return Section("holdings", speak.say("单位持仓", "Holdings of units"), tuple(tables), text)


def _overview(data: StatementData, speak: Speaker) -> Table:
    rows = [
        Row(
            (
                Cell(f"{speak.of(each.name)} {each.class_code}"), Cell(each.unit), Cell(figure=each.opening),
                Cell(number=sum((one.change.value or Decimal(0) for one in each.changes), Decimal(0)), unit=WHOLE),
                Cell(figure=each.closing), *(Cell(figure=one.amount) for one in each.used),
            )
        )
        for each in data.holdings
    ]  # fmt: skip
    return Table(
        speak.say("持仓总览（不同类别从不相加）", "Units held (classes are never added up)"),
        (
            speak.say("单位类别", "Class"), speak.say("单位", "Unit"), speak.say("期初", "Opening"), speak.say("变动", "Change"),
            speak.say("期末", "Closing"), speak.say("期内注销", "Retired"), speak.say("期内清缴", "Surrendered"),
            speak.say("期内过期", "Expired"),
        ),
        tuple(rows),
    )  # fmt: skip


def _account(each: Holding, speak: Speaker) -> Table:
    name = f"{speak.of(each.name)} {each.class_code}"
    rows = [Row((speak.cell("期初余额", "Opening balance"), Cell("—"), Cell(figure=each.opening)), is_total=True)]
    rows += [
        Row((speak.words(one.name), Cell(number=Decimal(one.movements), unit=WHOLE), Cell(figure=one.change)))
        for one in each.changes
    ]
    rows.append(Row((speak.cell("期末余额", "Closing balance"), Cell("—"), Cell(figure=each.closing)), is_total=True))
    rows += [
        Row((Cell(speak.say("　其中：", "  of which: ") + speak.of(one.name)), Cell("—"), Cell(figure=one.amount)))
        for one in each.buckets
        if one.amount.value
    ]
    note = ""
    if Mark.UNCERTAIN in each.opening.marks:
        note = f"{MARKS[Mark.UNCERTAIN][0]}：" + speak.say(
            f"该类单位的参数未经核实（{each.confidence}）。", f"the class's data are not verified ({each.confidence})."
        )
    return Table(
        speak.say(f"{name}：从期初到期末（{each.unit}）", f"{name}: from opening to closing ({each.unit})"),
        (speak.say("项目", "Item"), speak.say("笔数", "Movements"), speak.say("数量", "Quantity")),
        tuple(rows), note,
    )  # fmt: skip


def _movements(each: Holding, speak: Speaker, most: int) -> Table:
    shown = each.lines[-most:]
    left = len(each.lines) - len(shown) + each.left_out
    rows: list[Row] = []
    for line in shown:
        about = [
            part for part in (speak.of(line.purpose), line.beneficiary, str(line.period or ""), line.reference) if part
        ]
        if line.reverses is not None:
            about.append(speak.say(f"冲正流水 {line.reverses}", f"reverses no. {line.reverses}"))
        rows.append(
            Row(
                (
                    Cell(line.effective_on.isoformat()), Cell(str(line.number)), speak.words(line.name),
                    Cell(" · ".join(about)), Cell(number=line.quantity, unit=WHOLE),
                    Cell(number=line.change, unit=WHOLE), Cell(number=line.balance, unit=WHOLE),
                )
            )
        )  # fmt: skip
    note = (
        ""
        if not left
        else speak.say(
            f"较早的 {left} 笔未列出，合计已全部计入。",
            f"{left} earlier movements are not listed; the totals count all.",
        )
    )
    return Table(
        speak.say(f"{each.class_code} 流水", f"{each.class_code}: movements"),
        (
            speak.say("生效日", "Effective"), speak.say("流水号", "No."), speak.say("类型", "Kind"), speak.say("说明", "About"),
            speak.say("数量", "Quantity"), speak.say("持有变动", "Change"), speak.say("余额", "Balance"),
        ),
        tuple(rows), note, wide=(3,),
    )  # fmt: skip


def claims(data: StatementData, speak: Speaker) -> Section:
    """Return electricity covered by certificates, and every use of units with what it was for."""
    tables: list[Table] = []
    if data.cover:
        tables.append(
            Table(
                speak.say("绿证覆盖的外购电力", "Purchased electricity covered by certificates"),
                (
                    speak.say("年度", "Year"), speak.say("外购电量 MWh", "Purchased MWh"),
                    speak.say("已声明绿证 MWh", "Claimed MWh"), speak.say("占比 %", "Share %"),
                ),
                tuple(
                    Row((Cell(str(each.calendar_year)), Cell(figure=each.purchased), Cell(figure=each.claimed), Cell(figure=each.share)))
                    for each in data.cover
                ),
                speak.note(*(each.purchased for each in data.cover)),
            )
        )  # fmt: skip
    if data.uses:
        tables.append(
            Table(
                speak.say("用途明细：以何抵何", "What was used against what"),
                (
                    speak.say("生效日", "Effective"), speak.say("流水号", "No."), speak.say("使用的单位", "Units used"),
                    speak.say("数量", "Quantity"), speak.say("单位", "Unit"), speak.say("用于", "Against"), speak.say("受益方", "Beneficiary"),
                ),
                tuple(
                    Row(
                        (
                            Cell(each.effective_on.isoformat()), Cell(str(each.number)), Cell(speak.of(each.class_name)),
                            Cell(figure=each.quantity), Cell(each.quantity.unit),
                            Cell(speak.of(each.against) + (speak.say("（已冲正）", " (reversed)") if each.is_undone else "")),
                            Cell(each.beneficiary or "—"),
                        )
                    )
                    for each in data.uses
                ),
                wide=(5,),
            )
        )  # fmt: skip
    text = "" if tables else speak.say("期间内没有声明或使用任何单位。", "Nothing was claimed or used in the period.")
    return Section("claims", speak.say("声明与抵用", "Claims and uses"), tuple(tables), text)
