"""What scores refuses; models have errors of their own in `modelling.errors`.

NotFound
  ScoreNotFound, PenaltyNotFound, SignNotFound, AppealNotFound   not there, or not visible
Forbidden
  RollupsClosed              what is in a group is for the service's own runs
  ScoresOfAuthority          only an authority of the region does this
  OwnPenalty                 who recorded a penalty does not answer the appeal against it
Invalid
  ScoreTextMissing           a text that is empty or too long
  PenaltyDatesInvalid        in force until before from, or from a day to come
  IndicatorUnknown           not an indicator or gate of the score
  CorrectionInvalid          a corrected value that the fact cannot have
  CorrectionIncomplete       an acceptance that names a fact but no value, or no document
Conflict
  PenaltyKnown               the account has a penalty in force under this document
  PenaltyWithdrawn           it was withdrawn before
  SignAccepted               nothing more to say about the sign
  SignNotExplained           the enterprise has not explained it yet
  AppealEnded                answered or withdrawn before
  AppealOpen                 there is an open appeal against the same indicator
  AppealLate                 the time to appeal is over
"""

from typing import Self

from backend.kit.errors import Conflict, Forbidden, Invalid, NotFound


class ScoreNotFound(NotFound):
    """No such score, or not yours to see."""

    code = "score_not_found"
    en = "No score with this identifier."
    zh = "未找到该评分。"


class PenaltyNotFound(NotFound):
    """No such penalty, or not yours to see."""

    code = "penalty_not_found"
    en = "No penalty with this identifier."
    zh = "未找到该处罚记录。"


class SignNotFound(NotFound):
    """No such sign, or not yours to see."""

    code = "sign_not_found"
    en = "No sign with this identifier."
    zh = "未找到该数据异常迹象。"


class AppealNotFound(NotFound):
    """No such appeal, or not yours to see."""

    code = "appeal_not_found"
    en = "No appeal with this identifier."
    zh = "未找到该申诉。"


class RollupsClosed(Forbidden):
    """What is in a group is for the service alone."""

    code = "rollups_closed"
    en = "What is in a group of accounts is read by the service's own runs only."
    zh = "分组明细仅供系统内部计算使用。"


class ScoresOfAuthority(Forbidden):
    """Only an authority does this."""

    code = "scores_of_authority"
    en = "Only an authority of the account's region can do this."
    zh = "仅账户所在地区的主管部门可以进行此操作。"


class OwnPenalty(Forbidden):
    """The same person recorded the penalty and would judge the appeal against it."""

    code = "own_penalty"
    en = "You recorded the penalty {document}; somebody else must answer the appeal against it."
    zh = "处罚 {document} 由您录入，针对它的申诉须由其他人员答复。"


class ScoreTextMissing(Invalid):
    """A text that is empty or too long."""

    code = "score_text_missing"
    en = "'{field}' needs 1 to {most} characters."
    zh = "“{field}”须填写 1 至 {most} 个字符。"


class PenaltyDatesInvalid(Invalid):
    """The days of a penalty cannot be right."""

    code = "penalty_dates_invalid"
    en = "In force from {from_on} until {until_on}: the start cannot be later than today, nor the end before the start."
    zh = "生效日期 {from_on}、截止日期 {until_on} 有误：生效日期不得晚于今天，截止日期不得早于生效日期。"


class IndicatorUnknown(Invalid):
    """The score has no such indicator or gate."""

    code = "indicator_unknown"
    en = "The score has no indicator or gate '{indicator}'. It has: {known}."
    zh = "该评分没有指标或门槛“{indicator}”，可选：{known}。"


class CorrectionInvalid(Invalid):
    """A value that the fact cannot have."""

    code = "correction_invalid"
    en = "'{value}' cannot be the value of '{fact}': give {expected_en}."
    zh = "“{value}”不能作为“{fact}”的值，应为{expected_zh}。"


class CorrectionIncomplete(Invalid):
    """A correction without its value or its document."""

    code = "correction_incomplete"
    en = "A correction names its value, the reason and the document it rests on; '{field}' is missing."
    zh = "更正须同时写明数值、理由和依据文件，缺少“{field}”。"


class PenaltyKnown(Conflict):
    """The document is on record for this account already."""

    code = "penalty_known"
    en = "The penalty {document} is on record for this account already."
    zh = "该账户已录入处罚 {document}。"


class PenaltyWithdrawn(Conflict):
    """The penalty was withdrawn before."""

    code = "penalty_withdrawn"
    en = "The penalty {document} was withdrawn on {on}."
    zh = "处罚 {document} 已于 {on} 撤销。"


class SignAccepted(Conflict):
    """The authority has accepted an explanation: nothing more to say."""

    code = "sign_accepted"
    en = "The explanation of this sign has been accepted; it counts no more."
    zh = "该迹象的说明已被采纳，不再计入评分。"


class SignNotExplained(Conflict):
    """There is no explanation to decide on."""

    code = "sign_not_explained"
    en = "The enterprise has given no explanation to decide on since the last decision."
    zh = "企业尚未提交新的说明，无法作出决定。"


class AppealEnded(Conflict):
    """The appeal is over."""

    code = "appeal_ended"
    en = "The appeal is {state} already."
    zh = "该申诉已结束（{state_zh}）。"

    @classmethod
    def of(cls, state: str) -> Self:
        """Return the refusal for how the appeal ended; unknown where it ended a moment ago."""
        told = {"accepted": "已采纳", "rejected": "已驳回", "withdrawn": "已撤回"}
        return cls(state=state if state in told else "ended", state_zh=told.get(state, "已终结"))


class AppealOpen(Conflict):
    """An open appeal points at the same thing."""

    code = "appeal_open"
    en = "An appeal against '{indicator}' of this score is open already."
    zh = "针对该评分“{indicator}”的申诉尚未办结。"


class AppealLate(Conflict):
    """The time to appeal is over."""

    code = "appeal_late"
    en = "This score could be appealed until {until}. A newer score can be appealed in its own time."
    zh = "该评分的申诉期限为 {until}，已过期；可在期限内对新的评分提出申诉。"
