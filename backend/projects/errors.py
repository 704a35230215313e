"""What projects refuses.

NotFound
  InvestmentProjectNotFound     no such project, or not visible
Forbidden
  ProjectOfAuthority            materials, opinions, decisions and acceptance are the authority's
  ProjectSecondPerson           whoever took the materials or gave an opinion does not decide
  ProjectOfHigherLevel          the whole jurisdiction's authority decides on this one
  ProjectNotOfCounties          a county does not decide on high energy use and high emissions
Invalid
  ProjectFactsInvalid           a fact of an application that cannot be right
  ProjectDivisionOutside        the project does not lie within the account's division
  ProjectTextInvalid            a text that is needed, or too long
  ProjectDayInvalid             a day to come, or before the step before
  ProjectLevelInvalid           an admission level that cannot be right
Conflict
  ProjectStepNotAllowed         the state does not allow the step
  ProjectTierUnknown            who reviews it cannot be told yet
  ProjectMaterialsMissing       files the application needs
  ProjectReturnedBefore         materials are returned once
  ProjectDeemedTaken            the days for the check of the materials are over
  ProjectNotReady               a condition of the approval fails or cannot be told
  ProjectDecidedElsewhere       a higher level decides: name its document
  ProjectReplacementMissing     a high-energy, high-emission project says how it is replaced
  ProjectDifferentiationMissing a project of high carbon intensity is approved with conditions
  ProjectApprovalLapsed         the approval's two years are over
  ProjectMeasuresMissing        measured energy and emissions are needed
  ProjectVersionChanged         the application was changed since it was read
  ProjectNotDecided             there is no decision to make a letter of
  ProjectNotConcluded           there is no acceptance to print
Unavailable
  ProjectLetterNotMade          the typesetting engine refuses
"""

from backend.kit.errors import Conflict, Forbidden, Invalid, NotFound, Unavailable


class InvestmentProjectNotFound(NotFound):
    """No such project, or not yours."""

    code = "investment_project_not_found"
    en = "No investment project with this identifier."
    zh = "未找到该投资项目。"


class ProjectOfAuthority(Forbidden):
    """A step of the authority's."""

    code = "project_of_authority"
    en = "'{action}' is a step of the authority."
    zh = "“{action}”由主管部门办理。"


class ProjectSecondPerson(Forbidden):
    """Four eyes."""

    code = "project_second_person"
    en = "You took the materials or gave an opinion on this project: another person of the authority decides on it."
    zh = "您参与了该项目的受理或评审，须由主管部门的另一人作出决定。"


class ProjectOfHigherLevel(Forbidden):
    """The province's own."""

    code = "project_of_higher_level"
    en = "Projects of this size are decided on by the authority of the whole jurisdiction."
    zh = "该规模的项目由全辖区（省级）主管部门决定。"


class ProjectNotOfCounties(Forbidden):
    """Not delegated so far down."""

    code = "project_not_of_counties"
    en = "The review of projects of high energy use and high emissions is not delegated to counties: the city decides on this one."
    zh = "高耗能高排放项目的节能审查权限不得下放至县级，须由市级及以上主管部门决定。"


class ProjectFactsInvalid(Invalid):
    """A fact cannot be right."""

    code = "project_facts_invalid"
    en = "'{field}' cannot be '{value}': {reason_en}."
    zh = "“{field}”的取值“{value}”无效：{reason_zh}。"


class ProjectDivisionOutside(Invalid):
    """The project lies elsewhere."""

    code = "project_division_outside"
    en = "Division {division} does not lie within the account's own ({own}). Apply with an account of that division."
    zh = "区划 {division} 不在该账户所属区划（{own}）之内，请使用该区划的账户申请。"


class ProjectTextInvalid(Invalid):
    """A text is missing or too long."""

    code = "project_text_invalid"
    en = "'{field}' needs {least} to {most} characters."
    zh = "“{field}”须为 {least} 至 {most} 个字符。"


class ProjectDayInvalid(Invalid):
    """A day that cannot be."""

    code = "project_day_invalid"
    en = "{on} cannot be the day of this step: it lies between {first} and {last}."
    zh = "{on} 不能作为该步骤的日期，须在 {first} 至 {last} 之间。"


class ProjectLevelInvalid(Invalid):
    """An admission level that cannot be."""

    code = "project_level_invalid"
    en = "The admission level cannot be right: {reason_en}."
    zh = "准入水平无效：{reason_zh}。"


class ProjectStepNotAllowed(Conflict):
    """Right step, wrong moment."""

    code = "project_step_not_allowed"
    en = "'{action}' is not possible while the project is '{state}'. Possible now: {possible}."
    zh = "项目处于“{state_zh}”状态，不能办理“{action_zh}”；当前可办理：{possible_zh}。"


class ProjectTierUnknown(Conflict):
    """Nobody can tell who reviews it."""

    code = "project_tier_unknown"
    en = "Who reviews the project cannot be told yet: {missing_en}."
    zh = "尚不能判定由哪一级审查：{missing_zh}。"


class ProjectMaterialsMissing(Conflict):
    """Files are missing."""

    code = "project_materials_missing"
    en = "The application lacks: {missing_en}."
    zh = "申请材料缺少：{missing_zh}。"


class ProjectReturnedBefore(Conflict):
    """Everything missing is said at once."""

    code = "project_returned_before"
    en = "The materials were returned once with a list of what was missing. Take the project into review, or refuse it there."
    zh = "申请材料已一次性退回补正，不得再次退回；请受理后审查或作出不予批准决定。"


class ProjectDeemedTaken(Conflict):
    """Silence takes it."""

    code = "project_deemed_taken"
    en = "What the materials lack was to be told by {until}: they count as taken from the day they were received. Take the project."
    zh = "补正内容应于 {until} 前一次告知，逾期未告知的自收到之日起即为受理，请直接受理该项目。"


class ProjectNotReady(Conflict):
    """A condition fails or cannot be told."""

    code = "project_not_ready"
    en = "The project cannot be approved: {reasons_en}."
    zh = "该项目尚不能批准：{reasons_zh}。"


class ProjectDecidedElsewhere(Conflict):
    """A higher level decides."""

    code = "project_decided_elsewhere"
    en = "The decision on this project is taken above this jurisdiction: give the number of that document in 'reference'."
    zh = "该项目由上级机关审查决定，请在“reference”中填写上级文件的文号。"


class ProjectReplacementMissing(Conflict):
    """Replaced by what?"""

    code = "project_replacement_missing"
    en = (
        "A project of high energy use and high emissions: give its equal or reduced replacement, or why none is needed."
    )
    zh = "该项目属于高耗能高排放项目，请填写等量或减量置换，或说明无需置换的理由。"


class ProjectDifferentiationMissing(Conflict):
    """Differentiated control."""

    code = "project_differentiation_missing"
    en = (
        "The jurisdiction controls projects by their carbon intensity, and this one is high, or cannot be told: approve it with"
        " the conditions that hold for it ({told_en})."
    )
    zh = "本地区对高碳强度项目实行差异化管控，该项目属于高碳强度或无法判定（{told_zh}），批准时须填写相应的管控条件。"


class ProjectApprovalLapsed(Conflict):
    """Two years without a start."""

    code = "project_approval_lapsed"
    en = "The approval was valid until {until}. Apply again."
    zh = "批复有效期至 {until}，现已失效，请重新申请。"


class ProjectMeasuresMissing(Conflict):
    """Acceptance needs numbers."""

    code = "project_measures_missing"
    en = "Give measured energy (tce) and emissions (tCO2e), both not negative with at most {places} decimals, and an acceptance report."
    zh = (
        "请填写实测能源消费量（吨标准煤）和碳排放量（吨二氧化碳当量），均不得为负、至多 {places} 位小数，并附验收报告。"
    )


class ProjectVersionChanged(Conflict):
    """Read it first."""

    code = "project_version_changed"
    en = "The application was changed meanwhile: read version {version} first."
    zh = "申请内容已更新，请先阅读第 {version} 版。"


class ProjectNotDecided(Conflict):
    """No decision, no letter."""

    code = "project_not_decided"
    en = "The project is not decided on yet: there is no opinion letter."
    zh = "该项目尚未作出审查决定，没有审查意见书。"


class ProjectNotConcluded(Conflict):
    """No conclusion, no acceptance to print."""

    code = "project_not_concluded"
    en = "No acceptance of this project is concluded yet: report what was measured, then conclude it."
    zh = "该项目尚未作出验收结论：请先提交实测结果，再作出验收结论。"


class ProjectLetterNotMade(Unavailable):
    """The engine refuses."""

    code = "project_letter_not_made"
    en = "The opinion letter could not be typeset. The operator finds the reason in the logs."
    zh = "审查意见书排版失败，请联系运营方查看日志。"
