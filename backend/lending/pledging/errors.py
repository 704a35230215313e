"""Errors of pledges a bank asks for.

NotFound
  PledgeRequestNotFound     no such request, or not one of the caller's
Invalid
  PledgeTextInvalid         a reference or purpose that is empty, too long, or not printable
  PledgeDatesInvalid        a day to answer by, or a last day, that cannot be
  PledgePriceInvalid        a price that cannot be
  PledgeReasonMissing       declined or withdrawn without a reason
Conflict
  PledgeRequestOpen         the bank asks for the same already
  PledgeRequestEnded        answered, withdrawn or lapsed
    PledgeConsentEnded      the consent it rested on ended before it was answered
Limited
  PledgeRequestsTooMany     as many open requests to one account as a bank may have
"""

from backend.kit.errors import Conflict, Invalid, Limited, NotFound


class PledgeRequestNotFound(NotFound):
    """No such request, or not one of the caller's."""

    code = "pledge_request_not_found"
    en = "There is no such request for a pledge that you may act on. List yours with pledgeRequests."
    zh = "不存在您可以处理的该笔质押申请，请通过 pledgeRequests 查询。"


class PledgeTextInvalid(Invalid):
    """A reference or purpose that is empty, too long, or not printable."""

    code = "pledge_text_invalid"
    en = "'{field}' has {shortest} to {longest} printable characters."
    zh = "“{field}”应为 {shortest} 至 {longest} 个可打印字符。"


class PledgeDatesInvalid(Invalid):
    """A day to answer by, or a last day, that cannot be."""

    code = "pledge_dates_invalid"
    en = "'{field}' is a day from {first} to {last}."
    zh = "“{field}”应为 {first} 至 {last} 之间的日期。"


class PledgePriceInvalid(Invalid):
    """A price that cannot be."""

    code = "pledge_price_invalid"
    en = "A price is your own, in CNY for one unit: above zero, with at most four decimals. Leave it out if you have none."
    zh = "单价由贵行自行填写，以元/单位计，须大于零且最多四位小数；没有估值请留空。"


class PledgeReasonMissing(Invalid):
    """Declined or withdrawn without a reason."""

    code = "pledge_reason_missing"
    en = "Say in 1 to {longest} characters why; the other side is told."
    zh = "请用 1 至 {longest} 个字说明理由，对方会看到该理由。"


class PledgeRequestOpen(Conflict):
    """The bank asks for the same already."""

    code = "pledge_request_open"
    en = "You asked on {asked_on} for {class} for loan {reference}, and that waits for an answer. Withdraw it to ask anew."
    zh = "贵行已于 {asked_on} 就贷款 {reference} 申请质押 {class}，尚待答复；如需变更，请先撤回原申请。"


class PledgeRequestEnded(Conflict):
    """Answered, withdrawn or lapsed."""

    code = "pledge_request_ended"
    en = "This request is over: {state} at {at}."
    zh = "该质押申请{state_zh}（{at}），不能再处理。"


class PledgeConsentEnded(PledgeRequestEnded):
    """The consent it rested on ended before it was answered."""

    code = "pledge_consent_ended"
    en = (
        "The consent this request rested on ended at {at}, and the request with it. Grant the bank a consent and let it ask"
        " again, or pledge by yourself with pledgeUnits."
    )
    zh = "该申请所依据的授权已于 {at} 终止，申请随之失效。请重新授权后由银行再次申请，或通过 pledgeUnits 自行质押。"


class PledgeRequestsTooMany(Limited):
    """As many open requests to one account as a bank may have."""

    code = "pledge_requests_too_many"
    en = "{most} of your requests to this account wait for an answer. Withdraw some, or wait."
    zh = "贵行对该账户已有 {most} 笔质押申请尚待答复，请先撤回部分申请或等待答复。"
