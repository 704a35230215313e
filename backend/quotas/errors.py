"""Errors of quota compliance.

Invalid
  QuotaInputImpossible      a negative amount, a share above 1, a number nobody measures
  ElectricityBasisWrong     supplied electricity where the plan counts gross generation, or the reverse
  HeatContradicted          called pure condensing, yet it supplies heat
  IntensityMissing          the sector's rule compares intensities, and the line's own is not given
  PreAllocationBaseMissing  the figure the pre-allocation starts from is not given
  NothingTraded             an average price of no volume
Conflict
  BalanceValueMissing       the sector's balance value of the year is not entered yet
  CarryOverTooLate          the last day to apply has passed
Unavailable: the rules cannot tell, so nothing is allocated or settled on them
  QuotaRuleUnknown          no rule for this sector and year among the parameters
  QuotaRuleUnreadable       the parameter in force is worded in a way we do not understand
  CoolingNotCovered         the plan has no correction for this kind of cooling
  LineTreatmentUnknown      special, new and closed lines have a treatment of their own, which is not recorded
  PlanNotProven             the solver's answer did not pass the exact check
"""

from backend.kit.errors import Conflict, Invalid, Unavailable


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


class QuotaRuleUnknown(Unavailable):
    """The parameters hold no rule for this."""

    code = "quota_rule_unknown"
    en = (
        "No rule '{rule}' for {year} is among the parameters, so this cannot be told. Load the plan's parameters first."
    )
    zh = "参数库中没有 {year} 年度的“{rule}”规则，无法判定。请先录入相应配额方案的参数。"


class QuotaRuleUnreadable(Unavailable):
    """The rule in force is not in the language we read."""

    code = "quota_rule_unreadable"
    en = "The rule '{rule}' in force reads '{text}', which cannot be understood. Correct the parameter's wording."
    zh = "现行规则“{rule}”的表述“{text}”无法识别，请更正该参数的写法。"


class CoolingNotCovered(Unavailable):
    """The plan says nothing on this cooling."""

    code = "cooling_not_covered"
    en = "The plan of {year} has no correction for cooling '{cooling}' (it names: {known}), so this cannot be told."
    zh = "{year} 年度配额方案未规定“{cooling}”冷却方式的修正系数（仅有：{known}），无法判定。"


class LineTreatmentUnknown(Unavailable):
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
