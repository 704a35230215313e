"""A statement in one language: headline numbers, what a reader should know first, then the chapters. Pure."""

from datetime import datetime

from backend.kit.clock import CHINA
from backend.statements.account import chapters_emissions, chapters_standing, chapters_units
from backend.statements.account.composing import figures
from backend.statements.account.presenting import Cell, Presentation, Speaker, Tile
from backend.statements.account.standing import NO_BUDGET
from backend.statements.account.units import MOST_LINES
from backend.statements.account.values import Figure, Intensity, StatementData

LANGUAGES = ("zh", "en")


def day_and_time(moment: datetime) -> str:
    """Return a moment as the jurisdictions write it."""
    return f"{moment.astimezone(CHINA):%Y-%m-%d %H:%M}"


def present(data: StatementData, language: str, *, is_whole: bool = False) -> Presentation:
    """Return the statement in a language; `is_whole` lists every movement the data has, as the workbook does."""
    speak = Speaker(language)
    most = MOST_LINES * 2 if is_whole else chapters_units.MOST_PRINTED
    every = tuple(figures(data).values())
    return Presentation(
        language=language,
        tiles=tuple(_tiles(data, speak)),
        remarks=tuple(_remarks(data, speak)),
        sections=(
            chapters_emissions.emissions(data, speak),
            chapters_emissions.intensity(data, speak),
            chapters_units.holdings(data, speak, most=most),
            chapters_units.claims(data, speak),
            chapters_standing.quotas(data, speak),
            chapters_standing.budget(data, speak),
            chapters_standing.duties(data, speak),
            chapters_standing.score(data, speak),
        ),
        marks=speak.marks(every),
        figures=every,
    )


def _tiles(data: StatementData, speak: Speaker) -> list[Tile]:
    """Return the headline numbers, those that there are."""
    found: list[Tile] = []
    emitted = next((each for each in reversed(data.emissions) if each.year is not None), None)
    if emitted is not None and emitted.year is not None:
        totals = emitted.period or emitted.year
        months = "" if emitted.period is None else f" {emitted.first.month}–{emitted.last.month}"
        when = speak.say(
            f"{emitted.calendar_year} 年{months}{' 月' if months else ''}", f"{emitted.calendar_year}{months}"
        )
        label = speak.say("排放总量", "Emissions, scopes 1 + 2")
        found += [
            _tile(speak, label, totals.location, speak.say(f"{when} · 基于位置", f"{when} · location-based")),
            _tile(speak, label, totals.market, speak.say(f"{when} · 基于市场", f"{when} · market-based")),
        ]
    own = next((each for each in reversed(data.intensities) if each.kind == "value_added"), None)
    own = own or next((each for each in reversed(data.intensities) if each.is_main), None)
    if own is not None:
        found.append(_tile(speak, speak.say("碳排放强度", "Emission intensity"), own.value, _against(own, speak)))
    if data.cover:
        cover = data.cover[-1]
        below = speak.say(
            f"{cover.calendar_year} 年外购电量中由绿证覆盖",
            f"of {cover.calendar_year}'s purchased electricity, by certificates",
        )
        found.append(_tile(speak, speak.say("绿色电力占比", "Green electricity"), cover.share, below))
    open_years = [each for each in data.quotas if not each.is_closed]
    if open_years:
        day = data.known_at.astimezone(CHINA).date()
        coming = [each for each in open_years if each.due_on is not None and each.due_on >= day]
        quota = coming[0] if coming else open_years[-1]
        due = quota.due_on.isoformat() if quota.due_on else "—"
        below = speak.say(f"{quota.calendar_year} 年度 · 截止 {due}", f"{quota.calendar_year} · due {due}")
        found.append(_tile(speak, speak.say("配额缺口（负为盈余）", "Quota gap (negative: surplus)"), quota.gap, below))
    if data.score is not None:
        grade = " ".join(part for part in (data.score.grade, speak.of(data.score.grade_name)) if part)
        below = speak.say(
            f"{grade} · 有效至 {data.score.valid_until}", f"{grade} · valid until {data.score.valid_until}"
        )
        found.append(_tile(speak, speak.say("绿色评分", "Green score"), data.score.points, below))
    return found


def _tile(speak: Speaker, label: str, figure: Figure, below: str) -> Tile:
    return Tile(label, Cell(figure=figure), speak.unit(figure.unit), below)


def _against(own: Intensity, speak: Speaker) -> str:
    when = f"{own.calendar_year}"
    what = speak.say("单位增加值", "per value added") if own.kind == "value_added" else own.product
    if own.change is None or own.change.value is None:
        return f"{when} · {what}"
    shown = Cell(figure=own.change).shown
    sign = "+" if own.change.value > 0 else ""
    return speak.say(f"{when} · {what} · 较上年 {sign}{shown}%", f"{when} · {what} · {sign}{shown}% on the year before")


def _remarks(data: StatementData, speak: Speaker) -> list[str]:
    """Return what a reader should know before relying on the numbers."""
    found: list[str] = []
    for each in data.emissions:
        year, inventory = each.calendar_year, each.inventory
        if inventory is None:
            found.append(speak.say(f"{year} 年尚无排放清单。", f"There is no inventory of {year}."))
            continue
        if inventory.state not in ("verified", "closed"):
            found.append(
                speak.say(
                    f"{year} 年排放清单（第 {inventory.version} 版）未经第三方核查。",
                    f"The inventory of {year} (version {inventory.version}) is not verified.",
                )
            )
        else:
            found.append(
                speak.say(
                    f"{year} 年排放清单（第 {inventory.version} 版）已经第三方核查。",
                    f"The inventory of {year} (version {inventory.version}) is verified by another organisation.",
                )
            )
        if inventory.restates_id is not None:
            found.append(
                speak.say(
                    f"{year} 年排放清单是对较早版本的重述。", f"The inventory of {year} restates an earlier version."
                )
            )
        if inventory.excluded_count:
            found.append(
                speak.say(
                    f"{year} 年有 {inventory.excluded_count} 条活动数据未经审核，未计入。",
                    f"{inventory.excluded_count} records of {year} were not approved and are not counted.",
                )
            )
    if late := chapters_standing.overdue(data, speak):
        found.append(late)
    if all(each.note == NO_BUDGET for each in data.budgets):
        found.append(speak.say("未设定碳排放预算。", "No emission budget is set."))
    if data.score is None:
        found.append(speak.of(data.score_note))
    return found
