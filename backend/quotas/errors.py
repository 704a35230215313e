"""Errors of quota compliance.

NotFound
  FacilityNotFound          no such unit or line in the account
  AllocationNotFound        no such allocation, or not visible
  CarryOverNotFound         no such application, or not visible
  ReceiptNotFound           no such receipt, or not visible
Forbidden
  AuthorityOnly             decided by the authority of the account's region
  WholeJurisdictionOnly     decided by the authority of the whole jurisdiction
  OtherPersonNeeded         proposed by oneself: a second person decides
Invalid
  QuotaInputImpossible      a negative amount, a share above 1, a number nobody measures
  ElectricityBasisWrong     supplied electricity where the plan counts gross generation, or the reverse
  HeatContradicted          called pure condensing, yet it supplies heat
  IntensityMissing          the sector's rule compares intensities, and the line's own is not given
  PreAllocationBaseMissing  the figure the pre-allocation starts from is not given
  NothingTraded             an average price of no volume
  SectorWithoutLines        power has units, not production lines: its allocation has another formula
  QuotaYearOutOfRange       no compliance year of the market
  FacilityNatureInvalid     a unit without class, a line without kind, or the reverse
  QuotaDatesInvalid         an end before the start, or a day to come
  QuotaDataEmpty            an entry that states nothing
  QuotaTextMissing          a document, owner or reason that is needed
  QuotaEvidenceNeeded       what was done elsewhere is shown by a file
  SettlementEmpty           no units named, or not whole ones
  DutyMonthInvalid          a monthly duty names its month, the others none
Conflict
  FacilityCodeTaken         the code is in use in this account
  ComplianceYearClosed      the authority closed the year
  ComplianceYearRunning     the year cannot be closed yet
  AllocationStands          one is proposed or issued already
  AllocationDecided         it is decided already, or not issued
  AllocationBuiltOn         the final allocation was issued on top of this pre-allocation
  AllocationIncomplete      something needed to allocate is not known
  AllocationOutdated        what it was computed from changed since
  ObligationNotVerified     what is owed is not verified, so it cannot be told
  OverSurrender             more than is owed
  VintageNotUsable          allowances of a vintage that may not settle this year
  OffsetNotEligible         CCER that may not settle this year, or of which it cannot be told
  OffsetCapExceeded         more CCER than may be used
  NotEnoughUnits            fewer usable units than named
  CarryOverTooMuch          more than the rule allows to carry over
  CarryOverDecided          it is decided already
  SurrenderUndone           the registrar took it back already
  CarryOverUnitsGone        the units are not in the account any more, or carried over already
  BalanceValueMissing       the sector's balance value of the year is not entered yet
  CarryOverTooLate          the last day to apply has passed
 and where the rules cannot tell, so that nothing is allocated or settled on them:
  QuotaRuleUnknown          no rule for this sector and year among the parameters
  QuotaRuleUnreadable       the parameter in force is worded in a way we do not understand
  CoolingNotCovered         the plan has no correction for this kind of cooling
  LineTreatmentUnknown      special, new and closed lines have a treatment of their own, which is not recorded
Limited
  SettlementTooLarge        more units together than one calculation takes
Unavailable
  PlanNotProven             the solver's answer did not pass the exact check
"""

from backend.kit.errors import Conflict, Forbidden, Invalid, Limited, NotFound, Unavailable


class QuotaInputImpossible(Invalid):
    """A value that cannot be."""

    code = "quota_input_impossible"
    en = "'{field}' cannot be {value}: give a number {range_en}."
    zh = "“{field}”不能为 {value}，应为{range_zh}。"


class ElectricityBasisWrong(Invalid):
    """Electricity on another basis than the plan's."""

    code = "electricity_basis_wrong"
    en = "For {year} the plan counts {expected} electricity, not {stated}. Enter the {expected} MWh."
    zh = "{year} 年度配额方案以{expected_zh}计算，而填报的是{stated_zh}，请填报{expected_zh}。"


class HeatContradicted(Invalid):
    """A pure-condensing unit supplies no heat."""

    code = "heat_contradicted"
    en = "A pure-condensing unit supplies no heat, but {gj} GJ and a heat ratio of {heat_ratio} are given. Correct one."
    zh = "纯凝机组不对外供热，但填报了供热量 {gj} GJ、供热比 {heat_ratio}，请更正其一。"


class IntensityMissing(Invalid):
    """The line's intensity is needed."""

    code = "intensity_missing"
    en = "The allocation of {year} compares the line's intensity with the sector's balance value: give the intensity."
    zh = "{year} 年度配额须将生产线排放强度与行业平衡值比较，请填报该生产线的排放强度。"


class PreAllocationBaseMissing(Invalid):
    """What the pre-allocation is a share of is not given."""

    code = "pre_allocation_base_missing"
    en = "The pre-allocation of {year} starts from {base_en}: give it."
    zh = "{year} 年度预分配以{base_zh}为基数，请填报。"


class NothingTraded(Invalid):
    """There is no average without a volume."""

    code = "nothing_traded"
    en = "The volume is {volume}: an average price needs a volume above zero."
    zh = "成交量为 {volume}，须大于零才能计算均价。"


class SectorWithoutLines(Invalid):
    """Power is allocated by unit."""

    code = "sector_without_lines"
    en = (
        "Power has units, not production lines: its allocation follows from output and benchmarks. "
        "Ask 'powerQuota', or name steel, cement or aluminium."
    )
    zh = "发电行业按机组而非生产线分配配额，以供（发）电量、供热量和基准值核定。请使用 powerQuota，或选择钢铁、水泥、铝冶炼。"


class SettlementTooLarge(Limited):
    """More units than one calculation takes."""

    code = "settlement_too_large"
    en = "{given} units are given; one calculation takes {most}. Give fewer: none is left out silently."
    zh = "一次最多计算 {most} 台机组，本次提交 {given} 台。请减少机组数量；系统不会自动舍去任何机组。"


class BalanceValueMissing(Conflict):
    """The authority has not entered the balance value."""

    code = "balance_value_missing"
    en = (
        "The balance value of {sector} for {year} is published only inside the national platform and is not entered "
        "here yet. Ask the authority to enter it."
    )
    zh = "{year} 年度{sector_zh}行业平衡值仅在国家平台内公布，本系统尚未录入，请联系主管部门录入。"


class CarryOverTooLate(Conflict):
    """Applications are closed."""

    code = "carry_over_too_late"
    en = "Applications to carry allowances over closed on {deadline}; {on} is later."
    zh = "配额结转申请已于 {deadline} 截止，{on} 不能再申请。"


class QuotaRuleUnknown(Conflict):
    """The parameters hold no rule for this."""

    code = "quota_rule_unknown"
    en = (
        "No rule '{rule}' for {year} is among the parameters, so this cannot be told. Load the plan's parameters first."
    )
    zh = "参数库中没有 {year} 年度的“{rule}”规则，无法判定。请先录入相应配额方案的参数。"


class QuotaRuleUnreadable(Conflict):
    """The rule in force is not in the language we read."""

    code = "quota_rule_unreadable"
    en = "The rule '{rule}' in force reads '{text}', which cannot be understood. Correct the parameter's wording."
    zh = "现行规则“{rule}”的表述“{text}”无法识别，请更正该参数的写法。"


class CoolingNotCovered(Conflict):
    """The plan says nothing on this cooling."""

    code = "cooling_not_covered"
    en = "The plan of {year} has no correction for cooling '{cooling}' (it names: {known}), so this cannot be told."
    zh = "{year} 年度配额方案未规定“{cooling}”冷却方式的修正系数（仅有：{known}），无法判定。"


class LineTreatmentUnknown(Conflict):
    """A line with a treatment of its own."""

    code = "line_treatment_unknown"
    en = (
        "A line of kind '{line}' has a treatment of its own in the plan of {year}, which is not recorded here. "
        "Take its allocation from the authority's decision."
    )
    zh = "{year} 年度配额方案对“{line_zh}”生产线另有规定，本系统未收录，请以主管部门核定结果为准。"


class PlanNotProven(Unavailable):
    """An answer that does not pass its own check is no answer."""

    code = "plan_not_proven"
    en = "The solver's plan did not pass the exact check ({reason_en}). Nothing was changed; report this."
    zh = "求解结果未通过精确校验（{reason_zh}）。数据未作任何更改，请联系运维人员。"


class FacilityNotFound(NotFound):
    """No such facility in the account."""

    code = "quota_facility_not_found"
    en = "The account has no power unit or production line with this identifier."
    zh = "该账户下没有此机组或生产线。"


class AllocationNotFound(NotFound):
    """No such allocation, or not visible."""

    code = "quota_allocation_not_found"
    en = "No allocation with this identifier."
    zh = "未找到该配额分配记录。"


class CarryOverNotFound(NotFound):
    """No such application, or not visible."""

    code = "carry_over_not_found"
    en = "No application to carry allowances over with this identifier."
    zh = "未找到该配额结转申请。"


class AuthorityOnly(Forbidden):
    """Decided by the authority."""

    code = "quota_authority_only"
    en = "Only the authority of the account's region can do this."
    zh = "仅账户所在地主管部门可以进行此操作。"


class WholeJurisdictionOnly(Forbidden):
    """Holds for everybody, so the authority of everybody decides."""

    code = "whole_jurisdiction_only"
    en = "A balance value holds for the whole jurisdiction: only the authority of all of it enters one."
    zh = "行业平衡值适用于整个辖区，仅由辖区主管部门录入。"


class OtherPersonNeeded(Forbidden):
    """Nobody decides on their own proposal."""

    code = "other_person_needed"
    en = "You made this proposal: another person of the authority decides on it."
    zh = "该方案由您提出，须由主管部门的另一人审定。"


class QuotaYearOutOfRange(Invalid):
    """The market did not exist, or the year is far away."""

    code = "quota_year_out_of_range"
    en = "{year} is no compliance year: give one from {first} to {last}."
    zh = "{year} 年不是履约年度，应为 {first} 至 {last}。"


class FacilityNatureInvalid(Invalid):
    """A unit has a class, a line a kind."""

    code = "facility_nature_invalid"
    en = (
        "A power unit needs its class and no kind of line; a line of steel, cement or aluminium the reverse ({sector})."
    )
    zh = "发电机组须填写机组类别且不填生产线类型；钢铁、水泥、铝冶炼生产线则相反（{sector}）。"


class QuotaDatesInvalid(Invalid):
    """Days in the wrong order, or to come."""

    code = "quota_dates_invalid"
    en = "'{field}' cannot be {day}: give a day from {first} to {last}."
    zh = "“{field}”不能为 {day}，应在 {first} 至 {last} 之间。"


class QuotaDataEmpty(Invalid):
    """Nothing is stated."""

    code = "quota_data_empty"
    en = "The entry states no quantity: give at least one, with its unit."
    zh = "未填报任何数据，请至少填报一项。"


class QuotaTextMissing(Invalid):
    """Words that are needed."""

    code = "quota_text_missing"
    en = "'{field}' is needed, in at most {most} characters."
    zh = "请填写“{field}”，不超过 {most} 个字符。"


class QuotaEvidenceNeeded(Invalid):
    """What cannot be seen here is shown by a file."""

    code = "quota_evidence_needed"
    en = "This was done on {day}, elsewhere: attach the file that shows it."
    zh = "该事项于 {day} 在系统外办理，请附证明材料。"


class SettlementEmpty(Invalid):
    """No units, or not whole ones."""

    code = "settlement_empty"
    en = "Name whole units of CEA or CCER, by quantity or by serials; {given} is neither."
    zh = "请以数量或序列号指定整数个配额或CCER，“{given}”无效。"


class DutyMonthInvalid(Invalid):
    """A month where one belongs, none elsewhere."""

    code = "duty_month_invalid"
    en = "The duty '{duty}' takes {needed_en}."
    zh = "“{duty_zh}”{needed_zh}。"


class FacilityCodeTaken(Conflict):
    """The code is in use."""

    code = "quota_facility_code_taken"
    en = "The code '{value}' is already used by a unit or line of this account. Choose another."
    zh = "编号“{value}”已被该账户的机组或生产线使用，请更换。"


class ComplianceYearClosed(Conflict):
    """The authority closed the year."""

    code = "compliance_year_closed"
    en = "The compliance year {year} of this account was closed on {closed_on}; nothing can be changed in it."
    zh = "该账户 {year} 履约年度已于 {closed_on} 关闭，不能再变更。"


class ComplianceYearRunning(Conflict):
    """Closed too early."""

    code = "compliance_year_running"
    en = "{year} cannot be closed yet: {missing} tCO2 are not settled and the last day to surrender is {due}."
    zh = "{year} 履约年度尚不能关闭：仍有 {missing} 吨未清缴，清缴截止日为 {due}。"


class AllocationStands(Conflict):
    """One is there already."""

    code = "quota_allocation_stands"
    en = "An allocation of this stage for {year} is {state} already. Reject or revoke it before proposing another."
    zh = "{year} 年度该阶段的配额分配已{state_zh}，请先驳回或撤销再重新提出。"


class AllocationDecided(Conflict):
    """Its state does not allow it: decided already, or not issued."""

    code = "quota_allocation_decided"
    en = "This allocation is {state}; that is not possible any more, or not yet."
    zh = "该配额分配当前为“已{state_zh}”状态，不能执行此操作。"


class AllocationBuiltOn(Conflict):
    """The final allocation was issued on top of this pre-allocation."""

    code = "quota_allocation_built_on"
    en = "The final allocation for {year} counts what this pre-allocation issued. Revoke the final allocation first."
    zh = "{year} 年度核定分配已扣减该预分配数量，请先撤销核定分配。"


class AllocationIncomplete(Conflict):
    """Something needed is not known, and nothing is allocated on an assumption."""

    code = "quota_allocation_incomplete"
    en = "Nothing is allocated on an assumption. Still needed: {missing_en}."
    zh = "缺少以下内容，不能据假定值分配：{missing_zh}。"


class AllocationOutdated(Conflict):
    """The proposal does not hold any more."""

    code = "quota_allocation_outdated"
    en = "Since the proposal, what it was computed from changed ({before} then, {after} now). Propose it anew."
    zh = "提出方案后基础数据已变化（原 {before}，现 {after}），请重新提出。"


class ObligationNotVerified(Conflict):
    """What is owed cannot be told."""

    code = "obligation_not_verified"
    en = "The emissions of {year} are not verified, so what is owed cannot be told. Have them verified first."
    zh = "{year} 年度排放量尚未核查，无法判定应清缴量，请先完成核查。"


class OverSurrender(Conflict):
    """More than is owed."""

    code = "over_surrender"
    en = "{wanted} units are more than the {remaining} still owed for {year}. Nothing was surrendered."
    zh = "拟清缴 {wanted} 超过 {year} 年度剩余应清缴量 {remaining}，未清缴任何单位。"


class VintageNotUsable(Conflict):
    """Allowances of another time."""

    code = "vintage_not_usable"
    en = "{quantity} of the allowances named cannot settle {year}: {reason_en}"
    zh = "所选配额中有 {quantity} 个不能用于 {year} 年度清缴：{reason_zh}"


class OffsetNotEligible(Conflict):
    """CCER that may not be used."""

    code = "offset_not_eligible"
    en = "{quantity} of the CCER named cannot settle {year}: {reason_en}"
    zh = "所选CCER中有 {quantity} 个不能用于 {year} 年度抵销：{reason_zh}"


class OffsetCapExceeded(Conflict):
    """More CCER than may be used."""

    code = "offset_cap_exceeded"
    en = "CCER may settle at most {cap} of {year}'s obligation, {used} are used already; {wanted} more are too many."
    zh = "{year} 年度CCER抵销上限为 {cap}，已使用 {used}，再使用 {wanted} 将超出上限。"


class NotEnoughUnits(Conflict):
    """Fewer usable units than named."""

    code = "not_enough_units"
    en = "Only {usable} usable units of {unit_class} are available for {year}; {wanted} were named."
    zh = "可用于 {year} 年度的 {unit_class} 仅 {usable} 个，申请 {wanted} 个。"


class CarryOverTooMuch(Conflict):
    """More than the rule allows."""

    code = "carry_over_too_much"
    en = "At most {maximum} can be carried over, {taken} are applied for or approved already; {wanted} are too many."
    zh = "最多可结转 {maximum}，已申请或批准 {taken}，再申请 {wanted} 将超出上限。"


class CarryOverDecided(Conflict):
    """It is decided already."""

    code = "carry_over_decided"
    en = "This application is {state} already."
    zh = "该结转申请已{state_zh}。"


class CarryOverUnitsGone(Conflict):
    """The units are elsewhere, or carried over already."""

    code = "carry_over_units_gone"
    en = "{missing} of the units applied for are no longer available in the account, or were carried over before."
    zh = "申请结转的配额中有 {missing} 个已不在该账户可用，或此前已结转。"


class ReceiptNotFound(NotFound):
    """No such receipt, or not visible."""

    code = "quota_receipt_not_found"
    en = "No receipt of a surrender with this identifier."
    zh = "未找到该清缴凭证。"


class SurrenderUndone(Conflict):
    """The registrar took it back already."""

    code = "surrender_undone"
    en = "The surrender {number} was taken back already."
    zh = "清缴 {number} 此前已被撤回。"
