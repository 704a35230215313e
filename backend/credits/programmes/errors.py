"""Errors of the regional programmes.

NotFound
  ProgrammeUnknown            the jurisdiction offers no such programme
  MethodologyUnknown          the programme has no such methodology
  RegistrationNotFound, SubmissionNotFound, ParticipantNotFound, HouseholdNotFound, PaymentNotFound
Forbidden
  OwnSubmission               nobody decides what they submitted themselves
  AuthorityOnly               only the authority keeps this register
  JurisdictionOnly            terms are set by the jurisdiction's own authority, not by a subdivision
Invalid
  ProgrammeIssuesNothing      a name only: no class of units
  ProgrammeHasNoTrees         no trees are sold under it
  TextNotFit                  a code or text missing or too long
  InputsWrong                 the formula's inputs are missing, unknown or negative
  PeriodInvalid               ends before it begins, is not over, or is too old
  PeriodAcrossCaps            a period across two periods of a cap
  EvidenceMissing             the programme decides on evidence
  EvidenceUnknown             a file that is not of this account
  DecisionReasonMissing       a rejection says why
  NothingToIssue              after rounding nothing is left
  PurposeNotAllowed           the programme's units are not for this
  BeneficiaryMissing          for whom units are used
  PointsOnly                  participants that are no enterprises hold points
  TermsInvalid                figures that cannot be terms
  NumbersInvalid              not runs of tree numbers
  TreeYearInvalid             no tree is registered from such a year
  PaymentWrong                not what the household is due, or not paid yet
  HouseholdsInvalid           a count of trees or households that cannot be
Conflict
  MethodologyNotConfigured    figures it needs are not known yet
  CodeUsed                    a code given before
  NotDecided                  the registration waits for the authority, or was refused
  AlreadyDecided              decided before
  NotIssued                   only what is issued can be revoked
  PeriodTaken                 the days were submitted before
  ParticipantCapReached, TotalCapReached
  TreesPerMuExceeded, LandExceeded, TreesPerHouseholdExceeded
  NumbersTaken                tree numbers registered before
  TreesNotForSale             numbers nobody registered for that year
  TreesSold                   a tree is sold once for a year
  AlreadyPaid                 the payment was recorded before
"""

from collections.abc import Sequence

from backend.kit.errors import Conflict, Forbidden, Invalid, NotFound

STATES_ZH = {"submitted": "待审核", "approved": "已批准", "rejected": "已驳回", "revoked": "已撤销"}
PURPOSES_ZH = {"event": "活动", "product": "产品", "public": "公益", "redeem": "兑换"}
"""States and purposes in Chinese, for sentences."""


class ProgrammeUnknown(NotFound):
    """The jurisdiction offers no such programme."""

    code = "programme_unknown"
    en = "This jurisdiction offers no programme '{programme}'. `creditProgrammes` lists them."
    zh = "本辖区没有代码为“{programme}”的机制，可通过 creditProgrammes 查询。"


class MethodologyUnknown(NotFound):
    """The programme has no such methodology."""

    code = "programme_methodology_unknown"
    en = "The programme '{programme}' has no methodology or scene '{methodology}'. It has: {known}."
    zh = "机制“{programme}”没有方法学或场景“{methodology}”，可用：{known}。"


class RegistrationNotFound(NotFound):
    """No such registration, or not yours."""

    code = "programme_registration_not_found"
    en = "No registration with this identifier."
    zh = "未找到该登记。"


class SubmissionNotFound(NotFound):
    """No such submission, or not yours."""

    code = "programme_submission_not_found"
    en = "No submission with this identifier."
    zh = "未找到该申报。"


class ParticipantNotFound(NotFound):
    """No such participant, or not of your region."""

    code = "programme_participant_not_found"
    en = "No participant with this identifier."
    zh = "未找到该参与者。"


class HouseholdNotFound(NotFound):
    """No such household, or not of your region."""

    code = "tree_household_not_found"
    en = "No household with this identifier."
    zh = "未找到该农户。"


class PaymentNotFound(NotFound):
    """No such payment, or not of your region."""

    code = "tree_payment_not_found"
    en = "No payment with this identifier."
    zh = "未找到该笔款项。"


class OwnSubmission(Forbidden):
    """Nobody decides what they submitted themselves."""

    code = "programme_own_submission"
    en = "You submitted this yourself; a second person decides on it."
    zh = "该事项由您本人提交，须由另一人审核。"


class AuthorityOnly(Forbidden):
    """Only the authority keeps this register."""

    code = "programme_authority_only"
    en = "Only an authority does this, within its own region."
    zh = "仅主管部门可在本辖区内进行此操作。"


class JurisdictionOnly(Forbidden):
    """Terms hold for the whole jurisdiction."""

    code = "programme_jurisdiction_only"
    en = "These terms hold for the whole jurisdiction; only its own authority sets them, not that of a subdivision."
    zh = "该参数适用于整个辖区，仅本级主管部门可以设定，下级部门不能设定。"


class ProgrammeIssuesNothing(Invalid):
    """A name only."""

    code = "programme_issues_nothing"
    en = "The programme '{programme}' issues no units: its pack names no class of units."
    zh = "机制“{programme}”不签发单位：数据包未定义其单位种类。"


class ProgrammeHasNoTrees(Invalid):
    """No trees are sold under it."""

    code = "programme_has_no_trees"
    en = "The programme '{programme}' has no rules of trees."
    zh = "机制“{programme}”没有单株碳汇规则。"


class TextNotFit(Invalid):
    """A code or text that is missing or too long."""

    code = "programme_text_invalid"
    en = "'{field}' must have 1 to {most} characters; it has {length}."
    zh = "“{field}”应为 1 至 {most} 个字符，当前为 {length} 个。"


class InputsWrong(Invalid):
    """The formula's inputs are missing, unknown or negative."""

    code = "programme_inputs_invalid"
    en = "The formula needs {needed}, each a decimal from zero on and written as text; '{field}' is not right."
    zh = "公式需要 {needed}，均为以文本书写的非负数；“{field}”有误。"


class PeriodInvalid(Invalid):
    """A period nobody can report on."""

    code = "programme_period_invalid"
    en = "The period {period_from} to {period_to} must end after it begins, be over, and begin in {first} or later."
    zh = "期间 {period_from} 至 {period_to} 有误：须先起后止、已经结束，且不早于 {first} 年。"


class PeriodAcrossCaps(Invalid):
    """A period across two periods of a cap."""

    code = "programme_period_across_caps"
    en = "Caps count by calendar {cap_period}; submit {period_from} to {period_to} in parts that each lie in one."
    zh = "上限按自然{cap_period_zh}计算，请将 {period_from} 至 {period_to} 拆分为各自处于同一{cap_period_zh}内的申报。"


class EvidenceMissing(Invalid):
    """The programme decides on evidence."""

    code = "programme_evidence_missing"
    en = "The programme decides on evidence: attach a file to the account first, or for a participant give a reference."
    zh = "该机制须提交证明材料：请先在账户中上传文件；参与者请填写凭证编号。"


class EvidenceUnknown(Invalid):
    """A file that is not of this account."""

    code = "programme_evidence_unknown"
    en = "The account has no evidence file '{evidence}'."
    zh = "该账户下没有证明材料“{evidence}”。"


class DecisionReasonMissing(Invalid):
    """A rejection says why."""

    code = "programme_decision_reason_missing"
    en = "Say why: whoever submitted it reads the reason."
    zh = "请说明理由，提交方将看到该理由。"


class NothingToIssue(Invalid):
    """After rounding nothing is left."""

    code = "programme_nothing_to_issue"
    en = "The formula gives {computed}; rounded to what a unit of {class} can hold, nothing is left to issue."
    zh = "按公式计算为 {computed}，取整后 {class} 可签发数量为零。"


class PurposeNotAllowed(Invalid):
    """The programme's units are not for this."""

    code = "programme_purpose_not_allowed"
    en = "Units of '{programme}' are not retired for '{purpose}'. Allowed: {allowed}."
    zh = "“{programme}”的单位不能用于“{purpose_zh}”，允许的用途：{allowed_zh}。"

    def __init__(self, *, programme: str, purpose: str, allowed: Sequence[str], path: tuple[str, ...] = ()) -> None:
        super().__init__(
            path=path, programme=programme, purpose=purpose, allowed=", ".join(allowed),
            purpose_zh=PURPOSES_ZH.get(purpose, purpose),
            allowed_zh="、".join(PURPOSES_ZH.get(each, each) for each in allowed) or "无",
        )  # fmt: skip


class BeneficiaryMissing(Invalid):
    """For whom units are used."""

    code = "programme_beneficiary_missing"
    en = "Say for whom or for what the units are used (the event, the product, the beneficiary)."
    zh = "请填写受益方或用途对象（活动、产品或受益人）。"


class PointsOnly(Invalid):
    """Participants that are no enterprises hold points."""

    code = "programme_points_only"
    en = "'{programme}' issues tonnes, which are claimed by carbon accounts; participants hold points only."
    zh = "“{programme}”签发的是减排量，由碳账户使用；非企业参与者只能持有积分。"


class TermsInvalid(Invalid):
    """Figures that cannot be terms."""

    code = "programme_terms_invalid"
    en = "'{field}' cannot be a term of this methodology: {reason_en}"
    zh = "“{field}”不能作为该方法学的参数：{reason_zh}"


class NumbersInvalid(Invalid):
    """Not runs of tree numbers."""

    code = "tree_numbers_invalid"
    en = "Tree numbers run from a first to a last one, both positive, and no two runs overlap; '{first}-{last}' does not fit."
    zh = "树木编号须由起始号至终止号、均为正数且互不重叠，“{first}-{last}”有误。"


class HouseholdsInvalid(Invalid):
    """A count that cannot be."""

    code = "tree_counts_invalid"
    en = (
        "'{field}' is {value}; trees, households and years are whole and above zero, together below 2^31 trees, a price "
        "is above zero with at most 12 decimals."
    )
    zh = "“{field}”为 {value}；株数、户数、年数须为正整数，总株数须小于 2^31，单价须大于零且不超过 12 位小数。"


class TreeYearInvalid(Invalid):
    """A year no tree is registered from."""

    code = "tree_year_invalid"
    en = "{year} cannot be the first year: choose one from {first} to {last}."
    zh = "{year} 年不能作为起始年度，可选 {first} 至 {last}。"


class PaymentWrong(Invalid):
    """Not what the household is due."""

    code = "tree_payment_wrong"
    en = "The household is due {due} yuan, all at once and not after today; {yuan} yuan on {paid_on} is not that."
    zh = "应向农户足额支付 {due} 元，且支付日不得晚于今天；{paid_on} 支付 {yuan} 元不符。"


class MethodologyNotConfigured(Conflict):
    """Figures it needs are not known yet."""

    code = "programme_not_configured"
    en = "'{methodology}' lacks {missing}: no official figure is known. An administrator of the jurisdiction sets it first."
    zh = "“{methodology}”尚缺 {missing}：未能查实官方数值，须由本级管理员先行设定。"


class CodeUsed(Conflict):
    """A code given before."""

    code = "programme_code_used"
    en = "The code '{value}' is already used. A project, participant or household is registered once; another one takes another code."
    zh = "编号“{value}”已被使用；同一项目、参与者或农户只能登记一次，其他对象请使用不同编号。"


class NotDecided(Conflict):
    """The registration waits for the authority, or was refused."""

    code = "programme_registration_not_approved"
    en = "The registration '{registration}' is {state}; quantities are submitted once it is approved."
    zh = "登记“{registration}”当前为“{state_zh}”，批准后方可申报数量。"

    def __init__(self, *, registration: str, state: str, path: tuple[str, ...] = ()) -> None:
        super().__init__(path=path, registration=registration, state=state, state_zh=STATES_ZH.get(state, state))


class AlreadyDecided(Conflict):
    """Decided before."""

    code = "programme_already_decided"
    en = "It is {state} already."
    zh = "该事项当前为“{state_zh}”，不能再次审核。"

    def __init__(self, *, state: str, path: tuple[str, ...] = ()) -> None:
        super().__init__(path=path, state=state, state_zh=STATES_ZH.get(state, state))


class NotIssued(Conflict):
    """Nothing of it is issued."""

    code = "programme_not_issued"
    en = "This submission is {state}: only what is issued can be revoked."
    zh = "该申报当前为“{state_zh}”，仅已签发的申报可以撤销。"

    def __init__(self, *, state: str, path: tuple[str, ...] = ()) -> None:
        super().__init__(path=path, state=state, state_zh=STATES_ZH.get(state, state))


class PeriodTaken(Conflict):
    """The days were submitted before."""

    code = "programme_period_taken"
    en = (
        "Some days from {period_from} to {period_to} are in another submission of this registration; a day counts once."
    )
    zh = "{period_from} 至 {period_to} 中有日期已包含在该登记的其他申报内，同一天只能申报一次。"


class ParticipantCapReached(Conflict):
    """One participant's cap."""

    code = "programme_participant_cap_reached"
    en = "{issued} units were issued to this participant in the {cap_period} of {start}; {quantity} more exceed its cap of {cap}."
    zh = "该参与者自 {start} 起的上限周期内已签发 {issued}，再签发 {quantity} 将超过个体上限 {cap}。"


class TotalCapReached(Conflict):
    """The cap of all together."""

    code = "programme_total_cap_reached"
    en = "{quantity} more units exceed the programme's cap of {cap} in the {cap_period} of {start}."
    zh = "自 {start} 起的上限周期内再签发 {quantity} 将超过总量上限 {cap}。"


class TreesPerMuExceeded(Conflict):
    """Too dense."""

    code = "trees_per_mu_exceeded"
    en = "{trees} trees on {mu} mu: at most {limit} trees a mu are registered."
    zh = "{mu} 亩林地登记 {trees} 株，每亩不得超过 {limit} 株。"


class LandExceeded(Conflict):
    """More land than a household may bring in."""

    code = "tree_land_exceeded"
    en = "{mu} mu: a household brings in at most {limit} mu."
    zh = "面积 {mu} 亩，每户不得超过 {limit} 亩。"


class TreesPerHouseholdExceeded(Conflict):
    """More trees than a household may bring in."""

    code = "trees_per_household_exceeded"
    en = "The household would have {trees} trees; at most {limit} are registered for one."
    zh = "该农户将达 {trees} 株，每户不得超过 {limit} 株。"


class NumbersTaken(Conflict):
    """Tree numbers registered before."""

    code = "tree_numbers_taken"
    en = "Some of the trees {first}-{last} are registered already for these years; a number stands for one tree."
    zh = "编号 {first}-{last} 中有树木在该年限内已登记，一个编号对应一株树。"


class TreesNotForSale(Conflict):
    """Numbers nobody registered for that year."""

    code = "trees_not_for_sale"
    en = "Some of the trees {first}-{last} are not registered for {year}. `treeStands` lists what is."
    zh = "编号 {first}-{last} 中有树木未登记于 {year} 年，可通过 treeStands 查询。"


class TreesSold(Conflict):
    """A tree is sold once for a year."""

    code = "trees_sold"
    en = "Some of these trees are sold for {year} already; a tree is sold once for a year."
    zh = "其中有树木 {year} 年已被购买，同一株树每年只能出售一次。"


class AlreadyPaid(Conflict):
    """The payment was recorded before."""

    code = "tree_payment_already_paid"
    en = "The payment was recorded on {paid_on} already ({reference})."
    zh = "该款项已于 {paid_on} 登记支付（{reference}）。"
