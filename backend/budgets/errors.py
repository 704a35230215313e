"""What budgets refuses.

NotFound
  BudgetPlanNotFound          no such plan, or not visible
  BudgetLineNotFound          no such line in force, or not visible
  BudgetReservationNotFound   no such reservation, or not visible
  BudgetRuleNotFound          no such rule
Forbidden
  BudgetOfAuthorities         budgets are drafted, approved and booked by authorities
  BudgetSecondPerson          whoever drafted a plan does not decide on it
  BudgetRuleOfTheWhole        rules are set by the authority of the whole jurisdiction
  BudgetHandedDown            a division's own budget comes from the authority above it
Invalid
  BudgetTonnesInvalid         not a positive amount of tonnes, or too many digits
  BudgetYearInvalid           a year or span no budget can have
  BudgetTextInvalid           a text that is needed, or too long
  BudgetDocumentInvalid       a document without number, date or title, or of a day to come
  BudgetDraftInvalid          a plan's line that contradicts itself, the jurisdiction or another line
  BudgetShareInvalid          a decomposition that cannot be made from what was given
  BudgetRuleInvalid           a rule's figure that cannot be
  BudgetSupposedInvalid       a supposition that cannot be
  BudgetTransferToItself      who gives up and who receives are one
Conflict
  BudgetMissing               no budget in force for this division and year
  BudgetOwnMissing            a transfer is between budgets of the divisions' own
  BudgetExceeded              more than is left
  BudgetInForce               there is a budget in force: it is adjusted by entries
  BudgetParentMissing         the division above has no budget of that year to hand down from
  BudgetOverSpan              the years come to more than the five-year budget
  BudgetSectorsOver           the sectors come to more than the division's budget
  BudgetDecided               the plan was approved or rejected before
  BudgetRevised               the plan was edited since it was read
  BudgetReservationOpen       something is reserved for this already
  BudgetReservationClosed     nothing is reserved any more
  BudgetTransferNested        one of the two budgets was handed down from the other
  ReplacementRatioMissing     the jurisdiction has set no ratio for reduced replacement
  BudgetDataMissing           a figure the answer rests on is not there
"""

from backend.kit.errors import Conflict, Forbidden, Invalid, NotFound


class BudgetPlanNotFound(NotFound):
    """No such plan, or not yours."""

    code = "budget_plan_not_found"
    en = "No budget plan with this identifier."
    zh = "未找到该预算方案。"


class BudgetLineNotFound(NotFound):
    """No such line, or not yours."""

    code = "budget_line_not_found"
    en = "No carbon budget with this identifier."
    zh = "未找到该碳排放预算。"


class BudgetReservationNotFound(NotFound):
    """No such reservation, or not yours."""

    code = "budget_reservation_not_found"
    en = "No budget reservation with this identifier."
    zh = "未找到该预算预留。"


class BudgetRuleNotFound(NotFound):
    """No such rule."""

    code = "budget_rule_not_found"
    en = "No rule of budgets with this identifier."
    zh = "未找到该预算规则。"


class BudgetRuleOfTheWhole(Forbidden):
    """Rules hold in the whole jurisdiction."""

    code = "budget_rule_of_the_whole"
    en = "Rules of budgets are set by the authority of the whole jurisdiction."
    zh = "预算规则由本辖区全域主管部门设定。"


class BudgetRuleInvalid(Invalid):
    """A figure no rule can have."""

    code = "budget_rule_invalid"
    en = "{value} cannot be: give {wanted_en}, with at most {places} decimals, or nothing to take the rule away."
    zh = "{value} 无效：请填写{wanted_zh}，至多 {places} 位小数；留空表示取消该规则。"


class BudgetOfAuthorities(Forbidden):
    """Only an authority works on budgets."""

    code = "budget_of_authorities"
    en = "Carbon budgets are drafted, approved and booked by authorities."
    zh = "碳排放预算仅由主管部门编制、审批和记账。"


class BudgetSecondPerson(Forbidden):
    """Four eyes."""

    code = "budget_second_person"
    en = "You drafted or edited this plan: another person of the authority decides on it."
    zh = "您参与了该预算方案的编制，须由主管部门的另一人审批。"


class BudgetHandedDown(Forbidden):
    """A division does not grant itself a budget."""

    code = "budget_handed_down"
    en = "The budget of your own division ({division}) is approved and adjusted by the authority above it."
    zh = "本级区划（{division}）的碳排放预算由上级主管部门审批和调整。"


class BudgetTonnesInvalid(Invalid):
    """An amount no budget can hold."""

    code = "budget_tonnes_invalid"
    en = "{tonnes} is not an amount of tonnes for this: give {wanted_en} with at most {places} decimals."
    zh = "{tonnes} 不是有效的吨数：请填写{wanted_zh}，至多 {places} 位小数。"


class BudgetYearInvalid(Invalid):
    """A year no budget has."""

    code = "budget_year_invalid"
    en = "{years} is not a year, or five-year span, of a budget: {first} to {last}; a span starts in a year ending in 1 or 6."
    zh = "{years} 不是有效的预算年度或五年规划期：年度须在 {first} 至 {last} 之间，规划期从尾数为 1 或 6 的年份开始。"


class BudgetTextInvalid(Invalid):
    """A text is missing or too long."""

    code = "budget_text_invalid"
    en = "'{field}' needs 1 to {most} characters."
    zh = "“{field}”须填写 1 至 {most} 个字符。"


class BudgetDocumentInvalid(Invalid):
    """A document must be named in full."""

    code = "budget_document_invalid"
    en = "Name the document in full: number, date (not to come) and title."
    zh = "请完整填写文件的文号、日期（不得晚于今天）和标题。"


class BudgetDraftInvalid(Invalid):
    """A line of a plan cannot be right."""

    code = "budget_draft_invalid"
    en = "Line {row} of the plan {reason_en}."
    zh = "预算方案第 {row} 行{reason_zh}。"


class BudgetShareInvalid(Invalid):
    """A total cannot be decomposed so."""

    code = "budget_share_invalid"
    en = "The total cannot be decomposed so: {reason_en}."
    zh = "无法按此方式分解总额：{reason_zh}。"


class BudgetSupposedInvalid(Invalid):
    """Nothing falls by more than all of it, and no project takes emissions away."""

    code = "budget_supposed_invalid"
    en = "{value} cannot be supposed: give {wanted_en}."
    zh = "{value} 不能作为假设：请填写{wanted_zh}。"


class BudgetTransferToItself(Invalid):
    """A transfer is between two."""

    code = "budget_transfer_to_itself"
    en = "{division} cannot replace its own tonnes: name another division as the one that receives."
    zh = "{division} 不能与自身置换：请将另一区划填写为接收方。"


class BudgetMissing(Conflict):
    """There is no budget to draw on."""

    code = "budget_missing"
    en = "No carbon budget of {year} is in force for {division} or, within your region, above it. Have one approved first."
    zh = "{division} 及您辖区内的上级区划在 {year} 年没有生效的碳排放预算，请先完成预算审批。"


class BudgetOwnMissing(Conflict):
    """A transfer needs a budget of the division itself."""

    code = "budget_own_missing"
    en = (
        "{division} has no carbon budget of its own for {year}, or none within your region: replacement moves between"
        " divisions' own budgets. Have one approved first."
    )
    zh = "{division} 在 {year} 年没有本级碳排放预算，或不在您的辖区内；置换须在区划各自的预算之间进行，请先完成预算审批。"


class BudgetExceeded(Conflict):
    """More than is left."""

    code = "budget_exceeded"
    en = "The budget of {division}{of_en} for {year} has {available} tCO2e left, {asked} are asked for."
    zh = "{division}{of_zh} {year} 年碳排放预算剩余 {available} 吨二氧化碳当量，申请 {asked} 吨。"


class BudgetInForce(Conflict):
    """What is in force is adjusted, never replaced."""

    code = "budget_in_force"
    en = "Line {row}: {division} has a budget of {years} in force. It is never changed, only adjusted by entries."
    zh = "第 {row} 行：{division} 在 {years} 已有生效预算，生效后不得修改，仅可通过调整分录变更。"


class BudgetParentMissing(Conflict):
    """There is nothing to hand down from."""

    code = "budget_parent_missing"
    en = "Line {row}: no budget of {years} is in force above {division} within your region, so nothing can be handed down."
    zh = "第 {row} 行：您辖区内 {division} 的上级在 {years} 没有生效预算，无法下达。"


class BudgetOverSpan(Conflict):
    """The years overrun the five-year budget."""

    code = "budget_over_span"
    en = "The years of {division} come to {asked} tCO2e, its budget of {years} is {total}."
    zh = "{division} 各年度预算合计 {asked} 吨，超过其 {years} 规划期预算 {total} 吨。"


class BudgetSectorsOver(Conflict):
    """The sectors overrun the division's budget."""

    code = "budget_sectors_over"
    en = "The sectors of {division} come to {asked} tCO2e in {years}, its budget is {total}."
    zh = "{division} {years} 各行业预算合计 {asked} 吨，超过该区划预算 {total} 吨。"


class BudgetDecided(Conflict):
    """A decision is for good."""

    code = "budget_decided"
    en = "The plan is {state} already. Draft another one."
    zh = "该预算方案{state_zh}，请另行编制。"


class BudgetRevised(Conflict):
    """What was read is not what there is now."""

    code = "budget_revised"
    en = "The plan was edited meanwhile: read revision {revision} first."
    zh = "该预算方案已被修改，请先阅读第 {revision} 版。"


class BudgetReservationOpen(Conflict):
    """One reservation for one thing."""

    code = "budget_reservation_open"
    en = "Tonnes are reserved for '{name}' already: release them first."
    zh = "已为“{name}”预留预算，请先释放。"


class BudgetReservationClosed(Conflict):
    """Released or posted before."""

    code = "budget_reservation_closed"
    en = "Nothing is reserved for '{name}' any more: it was released or posted."
    zh = "“{name}”已无预留：预留已释放或已入账。"


class BudgetTransferNested(Conflict):
    """A transfer is between two that have their own."""

    code = "budget_transfer_nested"
    en = "{source} and {target}: one of the two budgets was handed down from the other. Adjust the lower one instead."
    zh = "{source} 与 {target} 之间存在上下级下达关系，请改为调整下级预算。"


class ReplacementRatioMissing(Conflict):
    """Reduced by how much nobody has said."""

    code = "replacement_ratio_missing"
    en = "This jurisdiction has set no ratio for reduced replacement. Give the ratio the approving document states."
    zh = "本地区尚未设定减量置换比例，请填写批准文件载明的比例。"


class BudgetDataMissing(Conflict):
    """A figure is missing, so nothing can be told."""

    code = "budget_data_missing"
    en = "It cannot be told: {reason_en}."
    zh = "无法得出结论：{reason_zh}。"
