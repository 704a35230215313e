"""The city's screen as a workbook: months, sectors, divisions, as the roll-ups stand now."""

from collections.abc import Sequence
from datetime import date
from functools import partial

from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.regions.dashboard.queries import screen_now
from backend.regions.schema_dashboard import CityDashboardPart, CitySums, dashboard_shown
from backend.regions.tables import NEVER_BLENDED, TCE, T, needed, sector_namer
from backend.regions.wording import said
from backend.tenants import service as tenants
from backend.wire.workbooks import Asked, Cell, Heading, Making, QuestionInvalid, Sheet, download, workbook

SUMS = (
    Heading("范围一", "Scope 1", T), Heading("范围二（位置法）", "Scope 2, location-based", T),
    Heading("范围二（市场法）", "Scope 2, market-based", T), Heading("能源消费", "Energy", TCE),
    Heading("其中已核查（范围一+二）", "Of scope 1+2, verified", T),
)  # fmt: skip


def _sums(given: CitySums) -> tuple[Cell, ...]:
    return given.scope1, given.scope2_location, given.scope2_market, given.energy_tce, given.verified


def _month(asked: Asked) -> date | None:
    given = asked.text("month")
    if given is None:
        return None
    try:
        return date.fromisoformat(f"{given}-01")
    except ValueError:
        raise QuestionInvalid(
            name="month", value=given[:40], reason_en="a month as YYYY-MM is needed", reason_zh="须为 YYYY-MM 格式的月份",
            path=("month",),
        ) from None  # fmt: skip


@download("city-dashboard.xlsx")
async def city_dashboard(read: Read, scope: Scope, asked: Asked) -> Making:
    """Make `?division=&month=` (a month may be left out): 36 months, the year to date by sector and by division."""
    code, language = needed(asked, "division"), asked.language
    shown = dashboard_shown(code, await screen_now(read, scope, code, _month(asked)))
    sectors = await sector_namer(read, scope, language)
    divisions = {
        each.code: each.name_zh if language == "zh" else each.name_en for each in await tenants.divisions(read, scope)
    }
    whole = said(("合计", "Together"), language)
    months: list[Sequence[Cell]] = [
        (each.month.isoformat()[:7], each.accounts, each.verified_accounts, *_sums(each.sums)) for each in shown.months
    ]
    by_month = (
        Heading("月份", "Month"), Heading("账户数", "Accounts"), Heading("已核查账户数", "Verified accounts"), *SUMS,
    )  # fmt: skip
    through = "-" if shown.month is None else shown.month.isoformat()[:7]
    note = (
        f"截至 {through} 的本年累计与上年同期。", f"The year to {through} and the same months of the year before.",
    )  # fmt: skip
    sheets = [
        Sheet("月度", "Months", by_month, months, [NEVER_BLENDED]),
        _parts("分行业", "By sector", [("", whole, shown.total), *((each.code, sectors(each.code), each) for each in shown.sectors)], note),
        _parts(
            "分区划", "By division",
            [
                (each.code, divisions.get(each.code, said(("本级", "The division itself"), language)), each)
                for each in shown.divisions
            ],
            note,
        ),
    ]  # fmt: skip
    return partial(workbook, sheets, language)


def _parts(zh: str, en: str, parts: Sequence[tuple[str, str, CityDashboardPart]], note: tuple[str, str]) -> Sheet:
    headings = (
        Heading("代码", "Code"), Heading("名称", "Name", width=24), Heading("账户数", "Accounts"),
        Heading("已核查账户数", "Verified accounts"), Heading("在用账户数", "Open accounts"), *SUMS,
        Heading("上年同期范围一", "Scope 1, year before", T), Heading("上年同期范围二", "Scope 2, year before", T),
        Heading("变化", "Change", "%"),
    )  # fmt: skip
    rows: list[Sequence[Cell]] = [
        (
            code, name, each.accounts, each.verified_accounts, each.open_accounts, *_sums(each.year_to_date),
            each.year_before.scope1, each.year_before.scope2_location, each.change_percent,
        )
        for code, name, each in parts
    ]  # fmt: skip
    return Sheet(zh, en, headings, rows, [note, NEVER_BLENDED])


__all__ = ["city_dashboard"]
