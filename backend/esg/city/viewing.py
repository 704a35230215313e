"""The city's view of a year: true counts of its region, beside the targets of its document."""

from collections import Counter
from datetime import date
from decimal import Decimal

from backend.esg.city import queries, rules
from backend.esg.city.registering import whole
from backend.esg.city.values import CityFigure, CityView, RegisterEntryValue, RegisterKind
from backend.esg.errors import RegisterOfTheWhole
from backend.esg.rating import queries as ratings
from backend.esg.service.profiling import check_year
from backend.esg.values import Grade, Words
from backend.kit.clock import today
from backend.kit.db import Read
from backend.kit.scope import Scope

NOBODY = Words("登记簿中没有上市企业，无法计算。", "No listed firm is on the register: it cannot be told.")


async def city_view(read: Read, scope: Scope, year: int) -> CityView:
    """Return what an authority sees of a year; the number of statements does not grow with the region.

    As of the year's last day, or today while it lasts. A listed firm discloses when its account published here, or when the
    authority entered a report published elsewhere. Targets are of the whole jurisdiction: its parts are shown none.

    Raises:
        Unauthenticated, Forbidden: without `esg:supervise`.
        DisclosureYearInvalid: no year one discloses.
    """
    scope.require("esg:supervise")
    check_year(year)
    on = min(today(), date(year, 12, 31))
    kept = [each for each in await queries.registers(read, scope) if _counts(each, year, on)]
    firms = [each for each in kept if each.kind is RegisterKind.LISTED_FIRM]
    elsewhere = {(each.exchange, each.stock_code) for each in kept if each.kind is RegisterKind.LISTED_REPORT}
    claims, disclosers = await queries.claims(read, scope), await queries.disclosers(read, scope, year)
    disclosed: set[str] = set()
    unclear: list[RegisterEntryValue] = []
    for firm in firms:
        account_id, is_unclear = rules.matched(firm, claims)
        if account_id in disclosers or (firm.exchange, firm.stock_code) in elsewhere:
            disclosed.add(firm.key)
        elif is_unclear:
            unclear.append(firm)
    grades = Counter(each.grade for each in await ratings.latest(read, scope, None, year))
    officers = [each for each in await queries.officers_in_force(read, scope) if rules.is_in_office(each, on)]
    numbers = {
        "listed": len(firms),
        "disclosed": len(disclosed),
        "rated": grades.total(),
        "rated_a": sum(grades[each] for each in rules.A_OR_BETTER),
        "carbon_officers": len(officers),
        "standards": sum(1 for each in kept if each.kind is RegisterKind.STANDARD),
        "service_bodies": sum(1 for each in kept if each.kind is RegisterKind.SERVICE_BODY),
    }
    targets = rules.targets(scope.tenant) if await _is_whole(read, scope) else {}
    rate = rules.share(len(disclosed), len(firms))
    figures = [
        CityFigure(
            "disclosure_rate", NAMES["disclosure_rate"], rate, "%", targets.get("disclosure_rate"),
            NOBODY if rate is None else _unclear(len(unclear)),
        )
    ]  # fmt: skip
    figures += [
        CityFigure(code, NAMES[code], Decimal(number), "", targets.get(code)) for code, number in numbers.items()
    ]
    return CityView(year, on, figures, {each.value: grades[each] for each in Grade}, unclear)


def _counts(entry: RegisterEntryValue, year: int, on: date) -> bool:
    """Return whether an entry counts: a report when it is of the year, whenever it was published; others when they had begun."""
    return entry.year == year if entry.kind is RegisterKind.LISTED_REPORT else entry.happened_on <= on


def _unclear(count: int) -> Words | None:
    if not count:
        return None
    return Words(
        f"{count} 家上市企业的股票代码被多个账户申报，无法判断，按未披露计。",
        f"{count} listed firms have a stock code several accounts claim: it cannot be told, and they count as not disclosing.",
    )


async def _is_whole(read: Read, scope: Scope) -> bool:
    try:
        await whole(read, scope)
    except RegisterOfTheWhole:
        return False
    return True


NAMES = {
    "disclosure_rate": Words("上市企业 ESG 信息披露率", "Listed firms that disclose"),
    "listed": Words("上市企业数（登记簿）", "Listed firms on the register"),
    "disclosed": Words("已披露的上市企业数", "Listed firms that disclosed"),
    "rated": Words("已评级的披露数", "Disclosures rated"),
    "rated_a": Words("披露质量评级 A 级及以上数", "Disclosures rated A or better"),
    "carbon_officers": Words("在任首席双碳官数", "Chief carbon officers in office"),
    "standards": Words("主导或参与制定的标准规范数", "Standards led or taken part in"),
    "service_bodies": Words("专业服务机构数", "Service bodies"),
}
"""What the figures are called."""
