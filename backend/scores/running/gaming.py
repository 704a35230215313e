"""Checks for data that were shifted, split or moved out. Pure; each answers pass, fail or cannot tell, in numbers.

A sign is no verdict: the enterprise may explain it and the authority accept the explanation. What cannot be told is not
a pass. Each compares two years: of an account's first year, before which there is nothing at all, a check says that it
does not apply, which is neither.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from backend.emissions.values import Outcome
from backend.kit.quantities import display
from backend.scores.running.terms import Terms
from backend.scores.running.values import Finding, SignKind
from backend.scores.values import Words

ZERO = Decimal(0)
NAMES: Mapping[SignKind, tuple[str, str]] = {
    SignKind.SHIFTED_MONTHS: ("跨年移动数据", "shifted months"),
    SignKind.SPLIT_METERS: ("拆分计量", "split meters"),
    SignKind.OUTSOURCED_BOILER: ("锅炉外包", "an outsourced boiler"),
}


@dataclass(frozen=True, slots=True)
class Turn:
    """Emissions (tCO2e) around a turn of the year: two months before the last, the last, the first, two after it.

    `year_total` is the smaller of the two years' totals: what moved is measured by it.
    """

    year: int
    before: Decimal
    last: Decimal
    first: Decimal
    after: Decimal
    year_total: Decimal


@dataclass(frozen=True, slots=True)
class Pool:
    """The sources of one method and key at one site, in the year before and in the year: how many, and their quantity.

    `kept` of them are in both years. Without a site they are those of the whole account, to which sites were added.
    """

    site: str
    method: str
    unit: str
    sources_before: int
    sources_now: int
    kept: int
    quantity_before: Decimal
    quantity_now: Decimal


@dataclass(frozen=True, slots=True)
class Mix:
    """A year's emissions by what a boiler moves between (tCO2e), and production in one unit where it is known."""

    combustion: Decimal
    heat: Decimal
    scope3: Decimal
    production: Decimal | None = None
    production_unit: str = ""


def shifted_months(turns: Sequence[Turn] | None, terms: Terms, *, into: int, is_first: bool = False) -> Finding:
    """Look for a quantity moved over a turn of the year: December far off one way, January the other, by enough to matter.

    Both months are measured by the account's own neighbouring months, so that a season shared by all of them is no sign.
    The turn `into` the year must be known, but of a first year; the one out of it is looked at once it is.
    """
    kind = SignKind.SHIFTED_MONTHS
    for turn in turns or ():
        usual_last, usual_first = turn.before / 2, turn.after / 2
        if usual_last <= 0 or usual_first <= 0 or turn.year_total <= 0:
            return _unknown(
                kind, f"{turn.year} 年前后月份排放为零，无法比较",
                f"months around the turn to {turn.year} have no emissions to compare with",
            )  # fmt: skip
        off_last = (turn.last - usual_last) / usual_last
        off_first = (turn.first - usual_first) / usual_first
        moved = min(abs(turn.last - usual_last), abs(turn.first - usual_first))
        is_opposite = min(off_last, off_first) <= -terms.shift_departure and max(off_last, off_first) >= (
            terms.shift_departure
        )
        if is_opposite and moved >= terms.shift_least_share * turn.year_total:
            numbers = {
                "turn": str(turn.year), "december": _plain(turn.last), "december_usual": _plain(usual_last),
                "january": _plain(turn.first), "january_usual": _plain(usual_first), "moved": _plain(moved),
            }  # fmt: skip
            return Finding(kind, Outcome.FAIL, numbers, Words(
                f"{turn.year - 1} 年 12 月排放 {_shown(turn.last)} tCO2e，前两月均值为 {_shown(usual_last)}；"
                f"{turn.year} 年 1 月 {_shown(turn.first)}，后两月均值为 {_shown(usual_first)}：疑似约 "
                f"{_shown(moved)} tCO2e 跨年移动。",
                f"December {turn.year - 1} has {_shown(turn.last)} tCO2e against {_shown(usual_last)} in the months"
                f" before, January {turn.year} {_shown(turn.first)} against {_shown(usual_first)} in the months after:"
                f" about {_shown(moved)} tCO2e may have been moved over the turn of the year.",
            ))  # fmt: skip
    if all(turn.year != into for turn in turns or ()):
        return _absent(
            kind, "缺少相邻两个年度的完整月度数据", "months of two neighbouring years are not all known",
            is_first=is_first,
        )  # fmt: skip
    years = {"turns": ",".join(str(turn.year) for turn in turns or ())}
    return _passed(kind, years, "年末年初的月度数据与自身前后月份一致。",
                   "Months around the turn of the year agree with their neighbours.")  # fmt: skip


def split_meters(pools: Sequence[Pool] | None, terms: Terms, *, is_first: bool = False) -> Finding:
    """Look for sources of one kind at one site that multiplied while the quantity stayed: one meter made several.

    None: the year before is not known.
    """
    kind = SignKind.SPLIT_METERS
    if pools is None:
        return _absent(
            kind, "没有上一年度的排放源数据", "sources of the year before are not known", is_first=is_first
        )  # fmt: skip
    for pool in pools:
        new, gone = pool.sources_now - pool.kept, pool.sources_before - pool.kept
        if pool.sources_before == 0 or pool.quantity_before <= 0 or new - gone < terms.split_new_sources:
            continue
        change = abs(pool.quantity_now - pool.quantity_before) / pool.quantity_before
        if change <= terms.split_tolerance:
            numbers = {
                "site": pool.site, "method": pool.method, "unit": pool.unit, "before": str(pool.sources_before),
                "now": str(pool.sources_now), "kept": str(pool.kept),
                "quantity_before": _plain(pool.quantity_before), "quantity_now": _plain(pool.quantity_now),
            }  # fmt: skip
            return Finding(kind, Outcome.FAIL, numbers, _split(pool))
    return _passed(
        kind, {"pools": str(len(pools))}, "未发现同一场所的计量被拆分。", "No site shows meters that were split."
    )


def _split(pool: Pool) -> Words:
    zh, en = (each(pool.quantity_before, pool.quantity_now, pool.unit) for each in (_moved_zh, _moved_en))
    where_zh, where_en = (
        (f"场所 {pool.site}", f"At site {pool.site}") if pool.site else ("各场所合计", "Over all sites")
    )
    return Words(
        f"{where_zh} 同类排放源由 {pool.sources_before} 个增至 {pool.sources_now} 个，而活动量{zh}：疑似拆分计量。",
        f"{where_en} sources of one kind went from {pool.sources_before} to {pool.sources_now} while their quantity {en}:"
        " one meter may have been split.",
    )


def outsourced_boiler(before: Mix | None, now: Mix | None, terms: Terms, *, is_first: bool = False) -> Finding:
    """Look for combustion that fell while bought heat or scope 3 rose and production stayed: a boiler run by others.

    None: one of the years is not known.
    """
    kind = SignKind.OUTSOURCED_BOILER
    if before is None or now is None:
        return _absent(
            kind, "没有相邻两个年度的清单", "inventories of two neighbouring years are not known", is_first=is_first
        )  # fmt: skip
    fall = before.combustion - now.combustion
    rise = max(now.heat - before.heat, now.scope3 - before.scope3)
    numbers = {
        "combustion_before": _plain(before.combustion), "combustion_now": _plain(now.combustion),
        "heat_before": _plain(before.heat), "heat_now": _plain(now.heat),
        "scope3_before": _plain(before.scope3), "scope3_now": _plain(now.scope3),
    }  # fmt: skip
    is_fallen = before.combustion > 0 and fall >= terms.boiler_fall * before.combustion
    if not is_fallen or rise < terms.boiler_replaced * fall:
        return _passed(kind, numbers, "未发现燃烧排放被转移至外购热力或范围三。",
                       "No combustion seems to have moved to bought heat or scope 3.")  # fmt: skip
    told_zh = (
        f"燃烧排放由 {_shown(before.combustion)} 降至 {_shown(now.combustion)} tCO2e，外购热力或范围三增加 "
        f"{_shown(rise)} tCO2e"
    )
    told_en = (
        f"Combustion fell from {_shown(before.combustion)} to {_shown(now.combustion)} tCO2e while bought heat or scope 3"
        f" rose by {_shown(rise)} tCO2e"
    )
    is_comparable = before.production_unit == now.production_unit and (before.production or ZERO) > 0
    if now.production is None or before.production is None or not is_comparable:
        return Finding(kind, Outcome.CANNOT_TELL, numbers, Words(
            f"{told_zh}；缺少两年可比的产量或增加值，无法判定。",
            f"{told_en}; without comparable production of both years it cannot be told.",
        ))  # fmt: skip
    numbers |= {
        "production_before": _plain(before.production), "production_now": _plain(now.production),
        "production_unit": now.production_unit,
    }  # fmt: skip
    if now.production < terms.boiler_production_kept * before.production:
        return _passed(kind, numbers, f"{told_zh}，但产出同步下降。", f"{told_en}, but production fell too.")
    return Finding(kind, Outcome.FAIL, numbers, Words(
        f"{told_zh}，而产出{_moved_zh(before.production, now.production, now.production_unit)}：疑似锅炉外包。",
        f"{told_en}, and production {_moved_en(before.production, now.production, now.production_unit)}: a boiler may have"
        " been handed to others.",
    ))  # fmt: skip


def _moved_zh(before: Decimal | None, now: Decimal, unit: str) -> str:
    was, is_ = _shown(before or ZERO), _shown(now)
    return f"保持 {is_} {unit} 不变" if was == is_ else f"由 {was} 变为 {is_} {unit}"


def _moved_en(before: Decimal | None, now: Decimal, unit: str) -> str:
    was, is_ = _shown(before or ZERO), _shown(now)
    return f"stayed at {is_} {unit}" if was == is_ else f"went from {was} to {is_} {unit}"


def _absent(kind: SignKind, zh: str, en: str, *, is_first: bool) -> Finding:
    """Return what is said where the year before is not there: nothing to compare with, or not known."""
    if not is_first:
        return _unknown(kind, zh, en)
    named_zh, named_en = NAMES[kind]
    return Finding(kind, None, {}, Words(
        f"{named_zh}检查不适用：首个核算年度，没有以前年度可比。",
        f"The check for {named_en} does not apply: a first year has none before it to compare with.",
    ))  # fmt: skip


def _unknown(kind: SignKind, zh: str, en: str) -> Finding:
    return Finding(kind, Outcome.CANNOT_TELL, {}, Words(f"无法判定：{zh}。", f"Cannot tell: {en}."))


def _passed(kind: SignKind, numbers: Mapping[str, str], zh: str, en: str) -> Finding:
    return Finding(kind, Outcome.PASS, numbers, Words(zh, en))


def _plain(value: Decimal) -> str:
    return display(value, 6)


def _shown(value: Decimal) -> str:
    return display(value, 2)
