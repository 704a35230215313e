"""Errors of the citizens' points.

NotFound
  SceneUnknown             the programme has no such scene
  CitizenNotFound, ActNotFound, RewardNotFound, RedemptionNotFound, RankingNotFound
Forbidden
  SceneOperatorOnly        only who runs the scene tells of acts in it
  SecondPersonNeeded       nobody approves what they drafted
Invalid
  SceneTermsInvalid        figures that cannot be terms
  SubjectInvalid           not an opaque key: perhaps a telephone or identity number
  BatchInvalid             no rows, or too many
  RewardInvalid            a price, stock or span that cannot be
  RankingInvalid           a year that is not over, or a number of places that cannot be
Conflict
  AlreadyJudged            approved or rejected before
  RewardCodeUsed           a code given before
  SubjectKnown             the platform's key belongs to a citizen already
  CitizenClosed            left before
  ActRevoked, RedemptionCancelled   taken back before
  RewardNotOffered         not approved, not begun, over
  RewardGone               nothing of it is left
  RewardLimitReached       this citizen has had as many as allowed this year
  TooFewCitizens           so few that a list would point at persons
"""

from backend.kit.errors import Conflict, Forbidden, Invalid, NotFound


class SceneUnknown(NotFound):
    """The programme has no such scene."""

    code = "citizen_scene_unknown"
    en = "The programme '{programme}' has no scene '{scene}'. `citizenScenes` lists them."
    zh = "机制“{programme}”没有场景“{scene}”，可通过 citizenScenes 查询。"


class CitizenNotFound(NotFound):
    """No such citizen, or not of your region."""

    code = "citizen_not_found"
    en = "No citizen with this number."
    zh = "未找到该用户编号。"


class ActNotFound(NotFound):
    """No such act, or not of your region."""

    code = "citizen_act_not_found"
    en = "No green act with this identifier."
    zh = "未找到该低碳行为记录。"


class RewardNotFound(NotFound):
    """No such reward."""

    code = "citizen_reward_not_found"
    en = "No reward with this identifier."
    zh = "未找到该兑换品。"


class RedemptionNotFound(NotFound):
    """No such redemption, or not of your region."""

    code = "citizen_redemption_not_found"
    en = "No redemption with this identifier."
    zh = "未找到该兑换记录。"


class RankingNotFound(NotFound):
    """No such list, or not of your region."""

    code = "citizen_ranking_not_found"
    en = "No list of the year's first with this identifier."
    zh = "未找到该年度排名。"


class SceneOperatorOnly(Forbidden):
    """Only who runs the scene tells of acts in it."""

    code = "citizen_scene_operator_only"
    en = "The scene '{scene}' is run by somebody else; only its operator and the authority tell of acts in it."
    zh = "场景“{scene}”由其他单位运营，仅运营单位和主管部门可上报其中的行为。"


class SecondPersonNeeded(Forbidden):
    """Nobody approves what they drafted."""

    code = "citizen_second_person"
    en = "You drafted this yourself; a second person approves it."
    zh = "该事项由您本人拟定，须由另一人审批。"


class SceneTermsInvalid(Invalid):
    """Figures that cannot be terms."""

    code = "citizen_scene_terms_invalid"
    en = "'{field}' cannot be {value}: {reason_en}."
    zh = "“{field}”不能为 {value}：{reason_zh}。"


class SubjectInvalid(Invalid):
    """Not an opaque key."""

    code = "citizen_subject_invalid"
    en = (
        "The platform's key of a citizen has 16 to 64 letters, digits, '-' or '_', among them a letter: never a"
        " telephone or identity number."
    )
    zh = "平台的用户标识应为 16 至 64 位字母、数字、“-”或“_”，且须含字母；不得使用手机号或身份证号。"


class BatchInvalid(Invalid):
    """No rows, or too many."""

    code = "citizen_batch_invalid"
    en = "Send 1 to {most} rows at a time; there are {rows}."
    zh = "每次应提交 1 至 {most} 行，当前为 {rows} 行。"


class RewardInvalid(Invalid):
    """A price, stock or span that cannot be."""

    code = "citizen_reward_invalid"
    en = "'{field}' cannot be {value}: {reason_en}."
    zh = "“{field}”不能为 {value}：{reason_zh}。"


class RankingInvalid(Invalid):
    """A year that is not over, or a number of places that cannot be."""

    code = "citizen_ranking_invalid"
    en = "'{field}' cannot be {value}: {reason_en}."
    zh = "“{field}”不能为 {value}：{reason_zh}。"


class AlreadyJudged(Conflict):
    """Approved or rejected before."""

    code = "citizen_already_judged"
    en = "This was {state} before; draft a new one to change it."
    zh = "该事项此前{state_zh}，如需变更请重新拟定。"


class RewardCodeUsed(Conflict):
    """A code given before."""

    code = "citizen_reward_code_used"
    en = "The programme has a reward '{value}' already."
    zh = "该机制已有代码为“{value}”的兑换品。"


class SubjectKnown(Conflict):
    """The platform's key belongs to a citizen already."""

    code = "citizen_subject_known"
    en = "Row {row}: the programme has a citizen under this key of the platform already."
    zh = "第 {row} 行：该机制中已有使用此平台标识的用户。"


class CitizenClosed(Conflict):
    """Left before."""

    code = "citizen_closed"
    en = "This citizen left the programme; nothing is earned or redeemed any more."
    zh = "该用户已退出，不再产生或兑换积分。"


class ActRevoked(Conflict):
    """Taken back before."""

    code = "citizen_act_revoked"
    en = "This act was revoked before."
    zh = "该低碳行为此前已撤销。"


class RedemptionCancelled(Conflict):
    """Taken back before."""

    code = "citizen_redemption_cancelled"
    en = "This redemption was cancelled before."
    zh = "该兑换此前已取消。"


class RewardNotOffered(Conflict):
    """Not approved, not begun, over."""

    code = "citizen_reward_not_offered"
    en = "This reward is not offered today: it is {state}, for {first_day} to {last_day}."
    zh = "该兑换品今日不可兑换：状态为{state_zh}，兑换期为 {first_day} 至 {last_day}。"


class RewardGone(Conflict):
    """Nothing of it is left."""

    code = "citizen_reward_gone"
    en = "All {stock} of this reward have been redeemed."
    zh = "该兑换品共 {stock} 份，已全部兑完。"


class RewardLimitReached(Conflict):
    """This citizen has had as many as allowed this year."""

    code = "citizen_reward_limit"
    en = "One citizen may have {limit} of this reward a year; this one has."
    zh = "每位用户每年最多兑换该兑换品 {limit} 份，已达上限。"


class TooFewCitizens(Conflict):
    """So few that a list would point at persons."""

    code = "citizen_ranking_too_few"
    en = "Only {citizens} citizens earned points then; a list of fewer than {least} would point at persons."
    zh = "当年仅有 {citizens} 位用户获得积分，不足 {least} 位，公布排名可能识别到个人。"
