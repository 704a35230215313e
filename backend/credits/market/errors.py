"""Errors of the board.

NotFound
  ListingNotFound         no such listing, or not on the board for you
  MatchNotFound           no such match, or not yours
Forbidden
  BoardNotOpen            the board is for enterprises, and for the authority that watches it
  ListingNotYours         only the lister does this
  NotYourStep             the match waits for the other side
  AuthorityVolumes        volumes are the authority's to read
Invalid
  ListingQuantityInvalid  not above zero, too large, or more decimals than the class has
  MinimumInvalid          a smallest lot above the quantity, or not above zero
  PriceInvalid            not above zero, above the highest, or too many decimals
  ListingDateInvalid      valid until a past day, or for too long
  WishesInvalid           production that ends before it begins, or too many technologies
  UnitsOnlyFromSeller     only the side that sells names units
  WishesNotForOffer       an offer's attributes are those of its units
  MarketTextTooLong       a note that is too long
  LotInvalid              below the smallest lot, or more than is open
Conflict
  ListingNotOpen          the listing is over
  OwnListing              nobody deals with themselves
  OfferedUnitsBound       units that cannot change hands
  QuantityGone            others were faster
  MatchEnded              the match is over
  MatchNotWithdrawable    a match both sides have agreed on
"""

from backend.kit.errors import Conflict, Forbidden, Invalid, NotFound

STATES = {
    "open": "有效", "matched": "已全部成交", "withdrawn": "已撤回", "lapsed": "已失效", "proposed": "待挂牌方确认",
    "confirmed": "待卖方交付", "offered": "待买方接收", "settled": "已成交", "refused": "已拒绝",
}  # fmt: skip
"""States of listings and matches in Chinese, for sentences people read."""


def _in_chinese(details: dict[str, object]) -> str:
    return STATES.get(str(details.get("state")), str(details.get("state")))


class ListingNotFound(NotFound):
    """No such listing, or not on the board for you."""

    code = "market_listing_not_found"
    en = "No listing with this identifier on the board."
    zh = "供需板上未找到该挂牌。"


class MatchNotFound(NotFound):
    """No such match, or not yours."""

    code = "market_match_not_found"
    en = "No match with this identifier."
    zh = "未找到该撮合。"


class BoardNotOpen(Forbidden):
    """The board is for enterprises, and for the authority that watches it."""

    code = "market_board_not_open"
    en = "The board is for enterprises of the jurisdiction; its authority may watch it."
    zh = "供需板仅对本辖区企业开放，主管部门可查看。"


class ListingNotYours(Forbidden):
    """Only the lister does this."""

    code = "market_listing_not_yours"
    en = "Only the enterprise that posted this listing may do this."
    zh = "仅发布该挂牌的企业可执行此操作。"


class NotYourStep(Forbidden):
    """The match waits for the other side."""

    code = "market_not_your_step"
    en = "The match waits for the {party}, not for you."
    zh = "该撮合正等待{party_zh}操作，目前无需您处理。"


class AuthorityVolumes(Forbidden):
    """Volumes are the authority's to read."""

    code = "market_authority_volumes"
    en = "The board's volumes are read by the jurisdiction's authority."
    zh = "供需板成交统计仅供主管部门查阅。"


class ListingQuantityInvalid(Invalid):
    """Not above zero, too large, or more decimals than the class has."""

    code = "market_quantity_invalid"
    en = "The quantity of {class} must be above zero, with at most {scale} decimals and 18 digits; {quantity} is not."
    zh = "{class} 的数量须大于零，至多 {scale} 位小数、18 位数字，{quantity} 不符合。"


class MinimumInvalid(Invalid):
    """A smallest lot above the quantity, or not above zero."""

    code = "market_minimum_invalid"
    en = "The smallest lot must be above zero and at most the quantity, {quantity}; {minimum} is not."
    zh = "最小成交量须大于零且不超过挂牌数量 {quantity}，{minimum} 不符合。"


class PriceInvalid(Invalid):
    """Not above zero, above the highest, or too many decimals."""

    code = "market_price_invalid"
    en = "The price must be above zero, at most {highest} yuan a unit, with at most {scale} decimals; {price} is not."
    zh = "单价须大于零、不超过 {highest} 元，且至多 {scale} 位小数，{price} 不符合。"


class ListingDateInvalid(Invalid):
    """Valid until a past day, or for too long."""

    code = "market_date_invalid"
    en = "A listing stands from today until {latest} at the latest; {valid_until} is not such a day."
    zh = "挂牌有效期须在今日至 {latest} 之间，{valid_until} 不符合。"


class WishesInvalid(Invalid):
    """Production that ends before it begins, or too many technologies."""

    code = "market_wishes_invalid"
    en = "{field} cannot be wished like this. Production runs from a first to a last month; at most {most} technologies of 1 to 40 characters each."
    zh = "{field} 填写有误：生产月份须先起后止，技术类型至多 {most} 项，每项 1 至 40 个字符。"


class UnitsOnlyFromSeller(Invalid):
    """Only the side that sells names units."""

    code = "market_units_only_from_seller"
    en = "Only the side that sells names a batch or serials; leave them out of a request, and of an answer to an offer."
    zh = "仅卖方可指定批次或序列号；求购挂牌及对出售挂牌的应答请勿填写。"


class WishesNotForOffer(Invalid):
    """An offer's attributes are those of its units."""

    code = "market_wishes_not_for_offer"
    en = "Vintage, production and technologies of an offer are read from its units; leave them out."
    zh = "出售挂牌的年份、生产月份和技术类型取自所挂单位，请勿填写。"


class MarketTextTooLong(Invalid):
    """A note that is too long."""

    code = "market_text_too_long"
    en = "The note may have at most {allowed} characters."
    zh = "备注最多 {allowed} 个字符。"


class LotInvalid(Invalid):
    """Below the smallest lot, or more than is open."""

    code = "market_lot_invalid"
    en = "Of this listing {open} units are open, in lots of at least {least}; {quantity} is outside."
    zh = "该挂牌剩余 {open}，每笔至少 {least}，{quantity} 不在范围内。"


class ListingNotOpen(Conflict):
    """The listing is over."""

    code = "market_listing_not_open"
    en = "The listing is over: {state}."
    zh = "该挂牌已结束（{state_zh}）。"

    def __init__(self, *, path: tuple[str, ...] = (), **details: object) -> None:
        super().__init__(path=path, state_zh=_in_chinese(details), **details)


class OwnListing(Conflict):
    """Nobody deals with themselves."""

    code = "market_own_listing"
    en = "This listing is your own enterprise's; move units between your accounts by a transfer."
    zh = "该挂牌由本企业发布；本企业账户之间请直接划转。"


class OfferedUnitsBound(Conflict):
    """Units that cannot change hands."""

    code = "market_units_bound"
    en = (
        "Some of the units of {class} cannot be sold ({reason_en}). Name the batch or the serials of units that can be; "
        "nothing was listed."
    )
    zh = "部分 {class} 单位不可出售（{reason_zh}）。请指定可交易的批次或序列号；本次未挂牌。"


class QuantityGone(Conflict):
    """Others were faster."""

    code = "market_quantity_gone"
    en = "Only {open} units of the listing are still open, {quantity} were proposed. Ask for a new proposal."
    zh = "该挂牌仅剩 {open}，提议数量为 {quantity}，请对方重新提议。"


class MatchEnded(Conflict):
    """The match is over."""

    code = "market_match_ended"
    en = "The match is over: {state}."
    zh = "该撮合已结束（{state_zh}）。"

    def __init__(self, *, path: tuple[str, ...] = (), **details: object) -> None:
        super().__init__(path=path, state_zh=_in_chinese(details), **details)


class MatchNotWithdrawable(Conflict):
    """A match both sides have agreed on."""

    code = "market_match_not_withdrawable"
    en = "Both sides have agreed; the match is {state}. What is not delivered ends by itself at {lapses_at}."
    zh = "双方已达成一致，该撮合目前状态为“{state_zh}”；未交付的将于 {lapses_at} 自动失效。"

    def __init__(self, *, path: tuple[str, ...] = (), **details: object) -> None:
        super().__init__(path=path, state_zh=_in_chinese(details), **details)
