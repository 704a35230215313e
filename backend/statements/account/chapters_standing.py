"""The chapters on how the account stands: quota, budget, what is due, score. Pure."""

from collections.abc import Sequence

from backend.statements.account.presenting import Cell, Row, Section, Speaker, Table, day_of
from backend.statements.account.values import DutyLine, QuotaPosition, StatementData
from backend.statements.account.wording import AWAITED, BASES, DUTY_STATES, SCORE_STATES, SETTLED, word

LATE = "late"
"""The state of a duty whose day is over."""

QUOTA = (
    ("obligation", "应清缴量", "Obligation"),
    ("surrendered_cea", "已清缴：配额（CEA）", "Surrendered: allowances (CEA)"),
    ("surrendered_ccer", "已清缴：CCER", "Surrendered: CCER"),
    ("remaining", "尚需清缴", "Remaining"),
    ("usable_cea", "可用于清缴：配额（CEA）", "Usable: allowances (CEA)"),
    ("usable_ccer", "可用于清缴：CCER", "Usable: CCER"),
    ("gap", "缺口（正）或盈余（负）", "Gap (positive) or surplus (negative)"),
)


def quotas(data: StatementData, speak: Speaker) -> Section:
    """Return the quota position of each compliance year."""
    title = speak.say("配额履约", "Quota position")
    if not data.quotas:
        text = speak.say(
            "账户在相关年度没有纳入全国碳市场的机组或生产线。",
            "The account had no unit or line in the national market in these years.",
        )
        return Section("quota", title, (), text)
    rows = [
        Row(
            (speak.cell(zh, en), Cell(speak.unit(getattr(data.quotas[0], name).unit)),
             *(Cell(figure=getattr(each, name)) for each in data.quotas)),
            is_total=name in {"remaining", "gap"},
        )
        for name, zh, en in QUOTA
    ]  # fmt: skip
    columns = tuple(speak.say(f"{each.calendar_year} 年度", f"{each.calendar_year}") for each in data.quotas)
    note = speak.note(*(each.usable_cea for each in data.quotas), *(each.gap for each in data.quotas))
    table = Table("", (speak.say("项目", "Item"), speak.say("单位", "Unit"), *columns), tuple(rows), note)
    # What is words stands in a table of its own: beside figures of several years it would take their room.
    years = [
        Row(
            (
                Cell(column), speak.words(word(BASES, each.basis)),
                Cell(each.due_on.isoformat() if each.due_on else "—"),
                Cell(_year_state(each, speak)),
            )
        )
        for column, each in zip(columns, data.quotas, strict=True)
    ]  # fmt: skip
    heads = (
        speak.say("年度", "Year"), speak.say("应清缴量依据", "Basis of the obligation"), speak.say("清缴截止日", "Due on"),
        speak.say("年度状态", "State"),
    )  # fmt: skip
    return Section("quota", title, (table, Table("", heads, tuple(years), wide=(1,))))


def _year_state(year: QuotaPosition, speak: Speaker) -> str:
    """Return how a year stands: closed by the authority, settled in time or late, or open."""
    told = [speak.say("已关闭", "Closed")] if year.is_closed else []
    if year.settled_on is not None:
        is_late = year.due_on is not None and year.settled_on > year.due_on
        told.append(f"{speak.of(SETTLED['done_late' if is_late else 'done'])} {year.settled_on}")
    return speak.say("，", ", ").join(told) or speak.say("未结清", "Open")


def budget(data: StatementData, speak: Speaker) -> Section:
    """Return the budget of each year; where none is set, it says so."""
    rows = [
        Row(
            (
                Cell(str(each.calendar_year)),
                Cell("—") if each.allowed is None else Cell(figure=each.allowed),
                Cell("—") if each.used is None else Cell(figure=each.used),
                speak.words(each.note),
            )
        )
        for each in data.budgets
    ]
    columns = (
        speak.say("年度", "Year"),
        speak.say("预算", "Budget"),
        speak.say("已使用", "Used"),
        speak.say("说明", "Note"),
    )
    title = speak.say("碳排放预算", "Emission budget")
    return Section("budget", title, (Table("", columns, tuple(rows), wide=(3,)),))


def grouped(duties_: Sequence[DutyLine]) -> list[list[DutyLine]]:
    """Return duties as they are listed: the months of one monthly duty of a year that stand alike are one."""
    alike: dict[tuple[object, ...], list[DutyLine]] = {}
    for at, each in enumerate(duties_):
        key = (each.kind, each.code, each.calendar_year, each.state) if each.month is not None else (at,)
        alike.setdefault(key, []).append(each)
    return list(alike.values())


def overdue(data: StatementData, speak: Speaker) -> str:
    """Return how many of the holder's duties are late, as they are listed; empty where none is."""
    late = [own for own in grouped(data.duties) if own[0].state == LATE and not own[0].is_official]
    if not late:
        return ""
    count, each_month = len(late), sum(len(own) for own in late)
    zh, en = f"有 {count} 项义务已逾期", f"{count} {'duty is' if count == 1 else 'duties are'} late"
    if each_month > count:
        zh += f"（一年的月度数据存证计为一项，逐月计共 {each_month} 项）"
        en += f" (the monthly filings of a year count as one; month by month there are {each_month})"
    return speak.say(f"{zh}。", f"{en}.")


def duties(data: StatementData, speak: Speaker) -> Section:
    """Return what is due; the months of one monthly duty that stand alike are one row."""
    title = speak.say("待履行事项与信息披露", "Duties and disclosures due")
    if not data.duties:
        return Section("duties", title, (), speak.say("没有待履行的事项。", "Nothing is due."))
    kinds = {"quota": speak.say("碳市场履约", "Carbon market"), "disclosure": speak.say("信息披露", "Disclosure")}
    rows: list[Row] = []
    for own in grouped(data.duties):
        first = own[0]
        told = speak.of(first.name)
        if len(own) > 1:
            months = speak.say("、", ", ").join(str(each.month) for each in own)
            told = speak.say(
                f"{first.calendar_year} 年月度数据存证（{months} 月，共 {len(own)} 项）",
                f"monthly data filings of {first.calendar_year} (months {months}; {len(own)} in all)",
            )
        due = first.due_on.isoformat() if first.due_on else "—"
        awaited = AWAITED.get(first.state) if first.is_official else None
        state = speak.words(awaited or word(DUTY_STATES, first.state))
        rows.append(Row((Cell(due), Cell(kinds.get(first.kind, first.kind)), Cell(told), state)))
    columns = (
        speak.say("截止日", "Due on"),
        speak.say("类别", "Kind"),
        speak.say("事项", "Duty"),
        speak.say("状态", "State"),
    )
    return Section("duties", title, (Table("", columns, tuple(rows), wide=(2,)),))


def score(data: StatementData, speak: Speaker) -> Section:
    """Return the green score with what helps and what harms it."""
    title = speak.say("绿色评分", "Green score")
    found = data.score
    if found is None:
        return Section("score", title, (), speak.of(data.score_note))
    rows = [
        Row((speak.cell("评分", "Points"), Cell(figure=found.points)), is_total=True),
        Row(
            (
                speak.cell("等级", "Grade"),
                Cell(" ".join(part for part in (found.grade, speak.of(found.grade_name)) if part) or "—"),
            )
        ),
        Row((speak.cell("状态", "State"), speak.words(word(SCORE_STATES, found.state)))),
        Row(
            (
                speak.cell("评分模型", "Model"),
                Cell(f"{speak.of(found.model_name)} · {found.model_code} v{found.model_version}"),
            )
        ),
        Row((speak.cell("所评年度", "Year"), Cell(str(found.calendar_year)))),
        Row((speak.cell("计算时间", "Computed"), Cell(day_of(found.computed_at)))),
        Row((speak.cell("有效至", "Valid until"), Cell(found.valid_until.isoformat()))),
        *(Row((speak.cell("有利因素", "Helps"), speak.words(each))) for each in found.helps),
        *(Row((speak.cell("不利因素", "Harms"), speak.words(each))) for each in found.harms),
    ]
    note = speak.of(data.score_note)
    return Section(
        "score",
        title,
        (Table("", (speak.say("项目", "Item"), speak.say("内容", "Content")), tuple(rows), note, wide=(1,)),),
    )
