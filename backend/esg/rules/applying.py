"""Whether a standard binds an account for a year, and how its disclosure stands on a day.

Three outcomes: bound, not bound, cannot be told. A fact that is not known never frees anybody.
"""

from collections.abc import Sequence
from datetime import date

from backend.esg.values import Applicability, Applies, DutyState, Exchange, Index, ProfileValue, Standard, Test, Words

INDEX_NAMES = {
    Index.SSE180: Words("上证180", "SSE 180"),
    Index.STAR50: Words("科创50", "STAR 50"),
    Index.SZSE100: Words("深证100", "SZSE 100"),
    Index.CHINEXT: Words("创业板指数", "the ChiNext index"),
}
FACT_NAMES = {
    "indices": Words("所属指数样本", "index membership"),
    "is_dual_listed": Words("是否境内外同时上市", "whether it is listed at home and abroad"),
    "is_key_discharger": Words(
        "是否列入环境信息依法披露企业名单", "whether it is on the list of those who must disclose"
    ),
}
NOT_LISTED = frozenset({Exchange.NONE, Exchange.ELSEWHERE})
"""Not on a mainland exchange: in none of the indices, and not listed at home and abroad."""
WITHOUT_INDEX = NOT_LISTED | {Exchange.BSE}
"""The four indices take their members from Shanghai and Shenzhen."""


def applicability(standard: Standard, profile: ProfileValue | None, year: int) -> Applicability:
    """Return whether a standard binds an account for a year, with the reason and the day its disclosure is due."""
    binding = standard.binding
    due_on = None
    if binding.due_month is not None and binding.due_day is not None:
        due_on = date(year + 1, binding.due_month, binding.due_day)

    def said(outcome: Applies, reason: Words) -> Applicability:
        due = None if outcome is Applies.VOLUNTARY else due_on
        return Applicability(standard.code, standard.version, year, outcome, reason, due)

    if year < binding.first_year:
        return said(
            Applies.VOLUNTARY,
            Words(f"自 {binding.first_year} 年度起适用。", f"Applies from the year {binding.first_year}."),
        )
    unknown: list[Words] = []
    for test in binding.tests:
        holds = judged(test, profile)
        if holds is None:
            unknown.append(FACT_NAMES[test.fact])
        elif holds:
            return said(Applies.MANDATORY, _reason(test, profile))
    if unknown:
        zh, en = "、".join(each.zh for each in unknown), " and ".join(each.en for each in unknown)
        return said(
            Applies.CANNOT_TELL,
            Words(f"披露档案未填写{zh}，无法判定是否适用。", f"The profile does not say {en}, so it cannot be told."),
        )
    return said(Applies.VOLUNTARY, binding.otherwise)


def judged(test: Test, profile: ProfileValue | None) -> bool | None:
    """Return whether a test holds of a profile; None where the profile does not say."""
    if profile is None:
        return None
    if test.fact == "indices":
        if profile.indices is None:
            return False if profile.exchange in WITHOUT_INDEX else None
        return any(each.value in test.among for each in profile.indices)
    if test.fact == "is_dual_listed":
        if profile.is_dual_listed is None and profile.exchange in NOT_LISTED:
            return False
        return profile.is_dual_listed
    return profile.is_key_discharger if test.fact == "is_key_discharger" else None


def _reason(test: Test, profile: ProfileValue | None) -> Words:
    mine = [each for each in (profile.indices or ()) if each.value in test.among] if profile else []
    names = [INDEX_NAMES[each] for each in mine]
    return Words(
        test.reason.zh.format(found="、".join(each.zh for each in names)),
        test.reason.en.format(found=" and ".join(each.en for each in names)),
    )


def duty_state(found: Applicability, published_on: Sequence[date], day: date) -> DutyState:
    """Return how a disclosure stands on a day; `published_on` are the days it was published for this standard."""
    first = min((each for each in published_on if each <= day), default=None)
    if first is not None:
        return DutyState.DONE_LATE if found.due_on is not None and first > found.due_on else DutyState.DONE
    if found.outcome is Applies.CANNOT_TELL:
        return DutyState.CANNOT_TELL
    if found.outcome is Applies.VOLUNTARY or found.due_on is None:
        return DutyState.VOLUNTARY
    return DutyState.LATE if day > found.due_on else DutyState.DUE


SHANGHAI = frozenset({Index.SSE180, Index.STAR50})
SHENZHEN = frozenset({Index.SZSE100, Index.CHINEXT})
STOCK_CODE_DIGITS = 6


def contradiction(
    exchange: Exchange | None,
    stock_code: str,
    indices: Sequence[Index] | None,
    as_of: date,
    today: date,
    *,
    is_dual_listed: bool | None,
) -> Words | None:
    """Return what contradicts itself in a listing, None when nothing does."""
    if as_of > today:
        return Words("日期晚于今天", "The day is still to come")
    if exchange in NOT_LISTED and (indices or is_dual_listed):
        return Words(
            "未在境内交易所上市，却填写了指数或两地上市", "Not listed on the mainland, yet in an index or dual-listed"
        )
    if exchange is Exchange.NONE and stock_code:
        return Words("未上市却填写了股票代码", "Not listed, yet a stock code is given")
    wrong = {Exchange.SSE: SHENZHEN, Exchange.SZSE: SHANGHAI, Exchange.BSE: SHANGHAI | SHENZHEN}
    if exchange is not None and wrong.get(exchange, frozenset()) & set(indices or ()):
        return Words("所填指数属于另一交易所", "An index of another exchange is given")
    is_mainland = exchange is not None and exchange not in NOT_LISTED
    if is_mainland and stock_code and not (stock_code.isdecimal() and len(stock_code) == STOCK_CODE_DIGITS):
        return Words("股票代码应为6位数字", "A stock code has six digits")
    return None
