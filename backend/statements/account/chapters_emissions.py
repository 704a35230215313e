"""The chapters on emissions and intensity. Pure."""

from decimal import Decimal

from backend.statements.account.presenting import WHOLE, Cell, Row, Section, Speaker, Table, day_of
from backend.statements.account.values import Figure, Intensity, StatementData, Totals, YearEmissions
from backend.statements.account.wording import CATEGORIES, STATES, word

SCOPES = {1: ("范围一", "Scope 1"), 2: ("范围二", "Scope 2"), 3: ("范围三", "Scope 3")}
TOTALS = (
    ("scope1", "范围一（直接排放）", "Scope 1 (direct)", False),
    ("scope2_location", "范围二（外购能源，基于位置）", "Scope 2 (purchased energy), location-based", False),
    ("scope2_market", "范围二（外购能源，基于市场）", "Scope 2 (purchased energy), market-based", False),
    ("location", "合计：范围一＋范围二（基于位置）", "Total: scopes 1 + 2, location-based", True),
    ("market", "合计：范围一＋范围二（基于市场）", "Total: scopes 1 + 2, market-based", True),
    ("scope3", "范围三（不计入合计）", "Scope 3 (not in the totals)", False),
    ("energy", "能源消费量", "Energy use", False),
)


def emissions(data: StatementData, speak: Speaker) -> Section:
    """Return emissions by scope, by category, by source, and the inventories they come from."""
    known = [each for each in data.emissions if each.inventory is not None]
    missing = [str(each.calendar_year) for each in data.emissions if each.inventory is None]
    text = ""
    if missing:
        years = ", ".join(missing)
        text = speak.say(
            f"{years} 年尚无排放清单，无法列示。", f"There is no inventory of {years}; nothing can be shown."
        )
    tables = [] if not known else [_totals(known, speak)]
    for each in known:
        tables += [_categories(each, speak), _sources(each, speak)]
    if known:
        tables.append(_inventories(known, speak))
    return Section("emissions", speak.say("碳排放", "Emissions"), tuple(tables), text)


def _totals(years: list[YearEmissions], speak: Speaker) -> Table:
    columns: list[tuple[str, Totals]] = []
    for each in years:
        if each.period is not None:
            months = f"{each.first.month}–{each.last.month}"
            columns.append(
                (
                    speak.say(
                        f"{each.calendar_year} 年 {months} 月（期间）",
                        f"{each.calendar_year}, months {months} (period)",
                    ),
                    each.period,
                )
            )
        if each.year is not None:
            title = speak.say(f"{each.calendar_year} 年", f"{each.calendar_year}")
            if each.period is not None:
                title = speak.say(f"{each.calendar_year} 年（清单全年）", f"{each.calendar_year} (whole inventory)")
            columns.append((title, each.year))
    rows: list[Row] = []
    for name, zh, en, is_total in TOTALS:
        figures: list[Figure] = [getattr(totals, name) for _, totals in columns]
        unit = figures[0].unit
        rows.append(Row((speak.cell(zh, en), Cell(unit), *(Cell(figure=each) for each in figures)), is_total))
    titles = (speak.say("项目", "Item"), speak.say("单位", "Unit"), *(title for title, _ in columns))
    note = speak.note(*(totals.scope3 for _, totals in columns))
    return Table(speak.say("按范围", "By scope"), titles, tuple(rows), note)


def _scope(scope: int, speak: Speaker) -> Cell:
    return speak.cell(*SCOPES[scope])


def _categories(each: YearEmissions, speak: Speaker) -> Table:
    year = each.calendar_year
    return Table(
        speak.say(f"{year} 年按类别（tCO2e）", f"{year} by category (tCO2e)"),
        (speak.say("类别", "Category"), speak.say("范围", "Scope"), speak.say("基于位置", "Location-based"), speak.say("基于市场", "Market-based")),
        tuple(
            Row((speak.words(word(CATEGORIES, line.category)), _scope(line.scope, speak), Cell(figure=line.location), Cell(figure=line.market)))
            for line in each.categories
        ),
    )  # fmt: skip


def _sources(each: YearEmissions, speak: Speaker) -> Table:
    year = each.calendar_year
    return Table(
        speak.say(f"{year} 年按排放源（tCO2e）", f"{year} by source (tCO2e)"),
        (
            speak.say("排放源", "Source"), speak.say("编号", "Code"), speak.say("范围", "Scope"), speak.say("类别", "Category"),
            speak.say("基于位置", "Location-based"), speak.say("基于市场", "Market-based"),
        ),
        tuple(
            Row(
                (
                    Cell(line.name), Cell(line.code), _scope(line.scope, speak),
                    speak.words(word(CATEGORIES, line.category)), Cell(figure=line.location), Cell(figure=line.market),
                )
            )
            for line in each.sources
        ),
    )  # fmt: skip


def _inventories(years: list[YearEmissions], speak: Speaker) -> Table:
    rows: list[Row] = []
    for each in years:
        found = each.inventory
        if found is None:
            continue
        verified = "—" if found.verified_at is None else day_of(found.verified_at)
        state = speak.of(word(STATES, found.state))
        if found.restates_id is not None:
            state += speak.say("（重述版）", " (restatement)")
        rows.append(
            Row(
                (
                    Cell(str(each.calendar_year)), Cell(str(found.version)), Cell(state),
                    Cell(day_of(found.computed_at)), Cell(verified),
                    Cell(number=Decimal(found.months_covered), unit=WHOLE), Cell(number=Decimal(found.record_count), unit=WHOLE),
                    Cell(number=Decimal(found.excluded_count), unit=WHOLE), Cell(figure=each.quality),
                    Cell(figure=each.metered_share),
                )
            )
        )  # fmt: skip
    return Table(
        speak.say("所依据的排放清单", "Inventories these figures come from"),
        (
            speak.say("年度", "Year"), speak.say("版本", "Version"), speak.say("状态", "State"), speak.say("核算日", "Computed"),
            speak.say("核查日", "Verified"), speak.say("覆盖月数", "Months"), speak.say("记录数", "Records"),
            speak.say("未计入", "Left out"), speak.say("数据质量", "Quality"), speak.say("计量占比 %", "Metered %"),
        ),
        tuple(rows),
        wide=(2,),
    )  # fmt: skip


def intensity(data: StatementData, speak: Speaker) -> Section:
    """Return intensities over value added and output, year by year, against own history and the sector."""
    groups: dict[tuple[str, str], list[Intensity]] = {}
    for each in data.intensities:
        groups.setdefault((each.kind, each.product), []).append(each)
    tables = [_intensity(kind, product, own, speak) for (kind, product), own in groups.items()]
    text = ""
    if not tables:
        text = speak.say(
            "期间及此前年度没有同时具备排放清单和年度经营数据（增加值、产量）的年份，无法计算强度。",
            "No year has both an inventory and yearly figures (value added, output): no intensity can be told.",
        )
    return Section("intensity", speak.say("碳排放强度", "Emission intensity"), tuple(tables), text)


def _intensity(kind: str, product: str, own: list[Intensity], speak: Speaker) -> Table:
    title = (
        speak.say("单位增加值", "Per value added")
        if kind == "value_added"
        else speak.say(f"单位产品：{product}", f"Per output: {product}")
    )
    activity = speak.say("增加值", "Value added") if kind == "value_added" else speak.say("产量", "Output")
    last = own[-1]
    has_sector = any(each.sector_mean is not None for each in own)
    note = (
        ""
        if has_sector
        else speak.say(
            "行业对比：本行业可汇总的账户少于 5 户或尚未汇总，不予列示。",
            "Sector: fewer than five accounts can be told of, or they are not rolled up; nothing is shown.",
        )
    )
    columns = [
        speak.say("年度", "Year"), speak.say("排放量 tCO2e（基于位置）", "Emissions tCO2e (location)"), f"{activity} {speak.unit(last.activity.unit)}",
        f"{speak.say('强度', 'Intensity')} {speak.unit(last.value.unit)}", speak.say("较上年 %", "Change %"),
    ]  # fmt: skip
    if has_sector:
        columns += [speak.say("行业平均", "Sector mean"), speak.say("相当于行业 %", "Of the sector %")]
    rows: list[Row] = []
    for each in own:
        cells = [
            Cell(str(each.calendar_year)),
            Cell(figure=each.emissions),
            Cell(figure=each.activity),
            Cell(figure=each.value),
            _or_dash(each.change),
        ]
        if has_sector:
            cells += [_or_dash(each.sector_mean), _or_dash(each.against_sector)]
        rows.append(Row(tuple(cells)))
    return Table(
        title,
        tuple(columns),
        tuple(rows),
        " ".join(part for part in (note, speak.note(*(each.value for each in own))) if part),
    )


def _or_dash(figure: Figure | None) -> Cell:
    return Cell("—") if figure is None else Cell(figure=figure)
