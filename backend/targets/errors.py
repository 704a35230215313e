"""What targets refuses.

NotFound
  TargetPlanNotFound           no such plan, or not visible
  TargetNotFound               no such target, or not visible
  EvaluationSchemeNotFound     no such scheme
  EvaluationNotFound           no such evaluation, or not visible
  EvaluationRemarkNotFound     no such remark, or not visible
  PlanTargetNotFound           the jurisdiction's documents name no such target
Forbidden
  TargetsOfAuthorities         targets are set and evaluated by authorities
  TargetSecondPerson           whoever prepared something does not decide on it
  TargetHandedDown             a division's own targets and emissions are set and stated by the authority above it
  TargetsOfTheWhole            only the authority of the whole jurisdiction may
Invalid
  TargetTextInvalid            a text that is needed, or too long
  TargetDocumentInvalid        a document without number, date or title, or of a day to come
  TargetYearInvalid            a year nothing here can be of
  TargetLineInvalid            a plan's line that contradicts itself, the jurisdiction or another line
  TargetShareInvalid           a decomposition that cannot be made from what was given
  TargetFigureInvalid          a figure that cannot be
  EvaluationSchemeInvalid      a scheme that contradicts itself
Conflict
  TargetPlanDecided            the plan was approved or rejected before
  TargetPlanRevised            the plan was edited since it was read
  TargetParentMissing          the division above has no target of that kind and period
  TargetsOver                  the limits below come to more than the limit above
  TargetsShort                 the reductions below come to less than the one above
  TargetsCannotTell            whether they do cannot be told
  TargetDataMissing            a figure the answer rests on is not there
  EvaluationSchemeDecided      the scheme was approved or rejected before
  EvaluationStateWrong         the evaluation is not in a state for this
  EvaluationIncomplete         an indicator cannot be told yet
  EvaluationRemarksOpen        remarks are not answered yet
  EvaluationExists             the divisions are being evaluated for that year already
  EvaluationRemarkAnswered     the remark was answered before
"""

from backend.kit.errors import Conflict, Forbidden, Invalid, NotFound


class TargetPlanNotFound(NotFound):
    """No such plan, or not yours."""

    code = "target_plan_not_found"
    en = "No plan of targets with this identifier."
    zh = "未找到该目标分解方案。"


class TargetNotFound(NotFound):
    """No such target, or not yours."""

    code = "target_not_found"
    en = "No target with this identifier."
    zh = "未找到该双控目标。"


class EvaluationSchemeNotFound(NotFound):
    """No such scheme."""

    code = "evaluation_scheme_not_found"
    en = "No evaluation scheme with this identifier."
    zh = "未找到该评价指标体系。"


class EvaluationNotFound(NotFound):
    """No such evaluation, or not yours."""

    code = "evaluation_not_found"
    en = "No evaluation with this identifier."
    zh = "未找到该评价。"


class EvaluationRemarkNotFound(NotFound):
    """No such remark, or not yours."""

    code = "evaluation_remark_not_found"
    en = "No remark with this identifier."
    zh = "未找到该意见。"


class PlanTargetNotFound(NotFound):
    """No such target in the jurisdiction's documents."""

    code = "plan_target_not_found"
    en = "The documents of this jurisdiction name no target '{item}'."
    zh = "本地区文件中没有目标“{item}”。"


class TargetsOfAuthorities(Forbidden):
    """Only an authority works on targets."""

    code = "targets_of_authorities"
    en = "Dual-control targets are set, handed down and evaluated by authorities."
    zh = "双控目标由主管部门设定、下达和考核。"


class TargetSecondPerson(Forbidden):
    """Four eyes."""

    code = "target_second_person"
    en = "You prepared this: another person of the authority decides on it."
    zh = "您参与了编制，须由主管部门的另一人审批。"


class TargetHandedDown(Forbidden):
    """A division neither sets its own target nor states its own emissions."""

    code = "target_handed_down"
    en = "What your own division ({division}) is set, and the emissions it is measured by, come from the authority above it."
    zh = "本级区划（{division}）的目标及其考核用排放量由上级主管部门下达和核定。"


class TargetsOfTheWhole(Forbidden):
    """For the whole jurisdiction alone."""

    code = "targets_of_the_whole"
    en = "Only the authority of the whole jurisdiction does this."
    zh = "仅限本辖区最高一级主管部门办理。"


class TargetTextInvalid(Invalid):
    """A text is missing or too long."""

    code = "target_text_invalid"
    en = "'{field}' needs 1 to {most} characters."
    zh = "“{field}”须填写 1 至 {most} 个字符。"


class TargetDocumentInvalid(Invalid):
    """A document must be named in full."""

    code = "target_document_invalid"
    en = "Name the document in full: number, date (not to come) and title."
    zh = "请完整填写文件的文号、日期（不得晚于今天）和标题。"


class TargetYearInvalid(Invalid):
    """A year nothing here can be of."""

    code = "target_year_invalid"
    en = "{year} is not a year for this: {first} to {last}."
    zh = "{year} 不是有效的年度：须在 {first} 至 {last} 之间。"


class TargetLineInvalid(Invalid):
    """A line of a plan cannot be right."""

    code = "target_line_invalid"
    en = "Line {row} of the plan {reason_en}."
    zh = "分解方案第 {row} 行{reason_zh}。"


class TargetShareInvalid(Invalid):
    """A target cannot be decomposed so."""

    code = "target_share_invalid"
    en = "The target cannot be decomposed so: {reason_en}."
    zh = "无法按此方式分解目标：{reason_zh}。"


class TargetFigureInvalid(Invalid):
    """A figure that cannot be."""

    code = "target_figure_invalid"
    en = "The figure '{item}' {reason_en}."
    zh = "指标“{item}”{reason_zh}。"


class EvaluationSchemeInvalid(Invalid):
    """A scheme that contradicts itself."""

    code = "evaluation_scheme_invalid"
    en = "The scheme cannot be: {reason_en}."
    zh = "评价指标体系无效：{reason_zh}。"


class TargetPlanDecided(Conflict):
    """A decision is for good."""

    code = "target_plan_decided"
    en = "The plan is {state} already. Draft another one."
    zh = "该方案{state_zh}，请另行编制。"


class TargetPlanRevised(Conflict):
    """What was read is not what there is now."""

    code = "target_plan_revised"
    en = "The plan was edited meanwhile: read revision {revision} first."
    zh = "该方案已被修改，请先阅读第 {revision} 版。"


class TargetParentMissing(Conflict):
    """There is nothing to decompose."""

    code = "target_parent_missing"
    en = "Line {row}: no {kind} target of {years} is in force for a division above {division} within your region."
    zh = "第 {row} 行：您辖区内 {division} 的上级在 {years} 没有生效的{kind_zh}目标，无法分解。"


class TargetsOver(Conflict):
    """The limits below overrun the one above."""

    code = "targets_over"
    en = "The limits below {division} come to {asked} tCO2e in {years}, its own is {total}."
    zh = "{division} 下级 {years} 总量目标合计 {asked} 吨，超过本级目标 {total} 吨。"


class TargetsShort(Conflict):
    """The reductions below do not carry the one above."""

    code = "targets_short"
    en = "The reductions below {division} come to {reached} % in {years} (weighted by base-year emissions), {asked} % are set."
    zh = "{division} 下级 {years} 强度降幅按基年排放量加权为 {reached}%，低于本级目标 {asked}%。"


class TargetsCannotTell(Conflict):
    """Whether the reductions below carry the one above cannot be told."""

    code = "targets_cannot_tell"
    en = (
        "Whether the reductions below {division} carry its {asked} % cannot be told: no emissions of {base_year} are known of"
        " {unknown}. Enter them, or give each division below at least {asked} %."
    )
    zh = (
        "无法判断 {division} 下级降幅能否支撑本级 {asked}% 的目标：{unknown} 缺少 {base_year} 年排放量。"
        "请补录，或使各下级降幅均不低于 {asked}%。"
    )


class TargetDataMissing(Conflict):
    """A figure is missing, so nothing can be told."""

    code = "target_data_missing"
    en = "It cannot be told: {reason_en}."
    zh = "无法得出结论：{reason_zh}。"


class EvaluationSchemeDecided(Conflict):
    """A decision is for good."""

    code = "evaluation_scheme_decided"
    en = "The scheme was decided on before. Propose another one."
    zh = "该评价指标体系已审批，请另行提出。"


class EvaluationStateWrong(Conflict):
    """Not now."""

    code = "evaluation_state_wrong"
    en = "The evaluation is {state}: this is done while it is {wanted}."
    zh = "该评价{state_zh}，仅在{wanted_zh}时可以办理。"


class EvaluationIncomplete(Conflict):
    """Something cannot be told, and that blocks."""

    code = "evaluation_incomplete"
    en = "Not every indicator can be told: {missing}. Enter the figures, or say with a document that they do not apply."
    zh = "部分指标无法得出：{missing}。请补录数据，或附文件说明不适用。"


class EvaluationRemarksOpen(Conflict):
    """Every remark gets its answer first."""

    code = "evaluation_remarks_open"
    en = "{count} remarks are not answered yet."
    zh = "尚有 {count} 条意见未答复。"


class EvaluationExists(Conflict):
    """One evaluation of a year at a time."""

    code = "evaluation_exists"
    en = "The divisions below {division} are being evaluated for {year} already, or were."
    zh = "{division} 下级 {year} 年度评价已存在。"


class EvaluationRemarkAnswered(Conflict):
    """One answer."""

    code = "evaluation_remark_answered"
    en = "The remark was answered before."
    zh = "该意见已答复。"
