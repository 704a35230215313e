"""Errors of score models.

NotFound
  ScoreModelNotFound        no such version of a model
  NoActiveScoreModel        no model is in force on the day
Forbidden
  ScoreAuthorityOnly        models are the authority's: the enterprise reads the one in force
  ScoreJurisdictionOnly     the authority of the whole jurisdiction decides, not one of a district
  ScoreModelOwnDraft        who wrote a version does not approve it
Invalid
  ModelMalformed            a field that is missing, unknown or of the wrong kind
  ModelCodeRepeated         two parts of one kind with the same code
  ModelDocumentUnknown      a part names a document that the model does not list
  ModelPlaceholderHidden    a part is a placeholder, but the model does not say that it is
  ModelFactUnknown          a fact nobody gathers
  ModelTransformUnfit       a transform that does not fit the kind of fact
  ModelCurveInvalid         corners out of order, points outside 0 to 100
  ModelCurveBackwards       a better value would earn fewer points
  ModelChoicesInvalid       codes without points, or points for codes the fact does not have
  ModelWeightsInvalid       weights that do not add up to 100
  ModelThresholdsInvalid    thresholds missing, out of order, or where none belong
  ModelGradeUnknown         a grade the model does not have
  ModelGateInvalid          a test or an effect that cannot be
  ModelGateBackwards        a gate that a better value would shut
  ModelMatrixInvalid        the table does not fit its indicators, bands or grades
  ModelRatioInvalid         the graded indicator is no ratio
  ModelQualityInvalid       worse data would count for more
  ModelLeverInvalid         a lever that leads nowhere, or gets in the way of another
  ModelTextInvalid          a text that is empty or too long
  ActivationDateInvalid     a model is in force from today or later, never in the past
  BacktestYearInvalid       a year there are no facts of
Conflict
  ScoreModelStateInvalid    the version's state does not allow it
  ScoreModelUnchanged       the same content as a version there is
  ScoreModelChanged         the draft was changed since it was read
  ScoreModelsOverlap        another version is in force, or will be, on these days
"""

from backend.kit.errors import Conflict, Forbidden, Invalid, NotFound


class ScoreModelNotFound(NotFound):
    """No such version of a model."""

    code = "score_model_not_found"
    en = "There is no such version of a score model. Take one from the list of models."
    zh = "未找到该评分模型版本，请从模型列表中选择。"


class NoActiveScoreModel(NotFound):
    """No model is in force."""

    code = "no_active_score_model"
    en = "No score model is in force on {day}. The authority activates one."
    zh = "{day} 没有生效的评分模型，请由主管部门启用。"


class ScoreAuthorityOnly(Forbidden):
    """Not the authority's."""

    code = "score_authority_only"
    en = "Score models are made by the jurisdiction's authority."
    zh = "评分模型由主管部门制定和管理。"


class ScoreJurisdictionOnly(Forbidden):
    """Not a district's."""

    code = "score_jurisdiction_only"
    en = "A score model holds in the whole jurisdiction: its own authority decides, not one of a subdivision."
    zh = "评分模型适用于整个辖区，应由本级主管部门决定，下级主管部门不能办理。"


class ScoreModelOwnDraft(Forbidden):
    """Four eyes."""

    code = "score_model_own_draft"
    en = "You wrote or changed this version; another person must approve it."
    zh = "该版本由您编写或修改，须由另一人审批。"


class ModelMalformed(Invalid):
    """A field that cannot be read."""

    code = "score_model_malformed"
    en = "'{where}' {reason_en}"
    zh = "“{where}”{reason_zh}"


class ModelCodeRepeated(Invalid):
    """A code used twice."""

    code = "score_model_code_repeated"
    en = "The code '{value}' is used twice. Codes are unique among parts of one kind."
    zh = "代码“{value}”重复，同类条目的代码不能相同。"


class ModelDocumentUnknown(Invalid):
    """A document not listed."""

    code = "score_model_document_unknown"
    en = "The document '{value}' is not listed under documents. Add it there, or mark the part as a placeholder."
    zh = "依据文件“{value}”未在文件清单中列出，请先补充，或将该条目标为占位内容。"


class ModelPlaceholderHidden(Invalid):
    """A placeholder that would pass for official."""

    code = "score_model_placeholder_hidden"
    en = "'{where}' is a placeholder, so the model is one too. Set `is_placeholder` of the whole and say what is missing."
    zh = "“{where}”为占位内容，整个模型也应标为占位：请设置 is_placeholder 并说明缺少什么。"


class ModelFactUnknown(Invalid):
    """A fact nobody gathers."""

    code = "score_model_fact_unknown"
    en = "'{value}' is not a known fact. Use one of: {known}."
    zh = "“{value}”不是可用的数据项，可用：{known}。"


class ModelTransformUnfit(Invalid):
    """The transform is for another kind of fact."""

    code = "score_model_transform_unfit"
    en = "The transform '{transform}' does not fit the fact '{fact}', which is {kind_en}."
    zh = "“{fact}”是{kind_zh}，不能使用“{transform}”换算。"


class ModelCurveInvalid(Invalid):
    """Corners that make no curve."""

    code = "score_model_curve_invalid"
    en = "The corners of a curve go from the smallest value to the largest, each once, with points from 0 to 100; see {value}."
    zh = "折线各点应按数值从小到大排列且不重复，分值在 0 至 100 之间，请检查 {value}。"


class ModelCurveBackwards(Invalid):
    """Better would be worth less."""

    code = "score_model_curve_backwards"
    en = "With this curve a better value of '{fact}' would earn fewer points. Points {direction_en} here."
    zh = "按此折线，“{fact}”越好得分反而越低；此处分值应{direction_zh}。"


class ModelChoicesInvalid(Invalid):
    """Points for other codes than the fact has."""

    code = "score_model_choices_invalid"
    en = "Give points from 0 to 100 for each of {expected}, and never fewer for a better one."
    zh = "请为 {expected} 逐一给出 0 至 100 的分值，且较好的取值分值不得更低。"


class ModelWeightsInvalid(Invalid):
    """Weights that are not a whole."""

    code = "score_model_weights_invalid"
    en = "The weights add up to {total}; they must add up to 100."
    zh = "权重合计为 {total}，应等于 100。"


class ModelThresholdsInvalid(Invalid):
    """Thresholds out of order."""

    code = "score_model_thresholds_invalid"
    en = "The thresholds of the grades are not right: {reason_en}"
    zh = "等级阈值有误：{reason_zh}"


class ModelGradeUnknown(Invalid):
    """A grade the model does not have."""

    code = "score_model_grade_unknown"
    en = "'{value}' is not a grade of this model. Its grades are {known}."
    zh = "“{value}”不是该模型的等级，可用等级：{known}。"


class ModelGateInvalid(Invalid):
    """A gate that cannot be."""

    code = "score_model_gate_invalid"
    en = "The gate '{gate}' is not right: {reason_en}"
    zh = "条件“{gate}”有误：{reason_zh}"


class ModelGateBackwards(Invalid):
    """A gate against the better value."""

    code = "score_model_gate_backwards"
    en = "The gate '{gate}' would be shut by a better value of '{fact}'. Turn the test round."
    zh = "条件“{gate}”会因“{fact}”变好而触发，请调整判断方向。"


class ModelMatrixInvalid(Invalid):
    """A table that does not fit."""

    code = "score_model_matrix_invalid"
    en = "The table of grades is not right: {reason_en}"
    zh = "等级矩阵有误：{reason_zh}"


class ModelRatioInvalid(Invalid):
    """No ratio to grade by."""

    code = "score_model_ratio_invalid"
    en = "'{value}' cannot be graded by its ratio: it must be an indicator by benchmark or by its own value, where lower is better."
    zh = "“{value}”不能按比值定级：应为按基准或自身数值计分、且数值越低越好的指标。"


class ModelQualityInvalid(Invalid):
    """Worse data would count for more."""

    code = "score_model_quality_invalid"
    en = "Verified data must count at least as much as computed ones, these at least as much as estimated ones, {most_en}."
    zh = "已核查数据的折算不得低于计算所得数据，计算所得不得低于估算数据，{most_zh}。"


class ModelLeverInvalid(Invalid):
    """A lever that leads nowhere."""

    code = "score_model_lever_invalid"
    en = "The lever '{lever}' is not right: {reason_en}"
    zh = "改进措施“{lever}”有误：{reason_zh}"


class ModelTextInvalid(Invalid):
    """A text that is empty or too long."""

    code = "score_model_text_invalid"
    en = "'{field}' needs 1 to {most} characters."
    zh = "“{field}”应为 1 至 {most} 个字符。"


class ActivationDateInvalid(Invalid):
    """In force in the past."""

    code = "score_activation_date_invalid"
    en = "A model cannot be in force from {value}: give {first} or a later day, within {years} years. What was scored stays as it was."
    zh = "模型不能自 {value} 起生效，请选择 {first} 或之后 {years} 年内的日期；已评定的结果保持不变。"


class BacktestYearInvalid(Invalid):
    """A year there are no facts of."""

    code = "score_backtest_year_invalid"
    en = "A model cannot be tested on {value}: choose a year from {first} to {last}."
    zh = "不能以 {value} 年数据回测，可选 {first} 至 {last} 年。"


class ScoreModelStateInvalid(Conflict):
    """The version is past it, or not yet there."""

    code = "score_model_state_invalid"
    en = "Version {version} of '{model}' is {state_en}; for this it must be {needed_en}."
    zh = "模型“{model}”第 {version} 版当前为{state_zh}，此操作须为{needed_zh}。"


class ScoreModelUnchanged(Conflict):
    """Nothing new."""

    code = "score_model_unchanged"
    en = "Version {version} of '{model}' says exactly the same."
    zh = "内容与模型“{model}”第 {version} 版完全相同。"


class ScoreModelChanged(Conflict):
    """Somebody else was quicker."""

    code = "score_model_changed"
    en = "The version was changed since you read it. Read it again; nothing was stored."
    zh = "该版本在您读取之后已被修改，请重新读取；本次未保存任何内容。"


class ScoreModelsOverlap(Conflict):
    """Two models on one day."""

    code = "score_models_overlap"
    en = "Version {version} of '{model}' will be in force from {from_on}. Retire it first, or choose a day after it."
    zh = "模型“{model}”第 {version} 版将自 {from_on} 起生效，请先停用该版本，或选择其后的日期。"
