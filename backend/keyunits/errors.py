"""What key units refuses.

NotFound
  KeyUnitNotFound             not a key unit, or not yours to see
  KeyUnitProposalNotFound     no such proposal, or not yours to see
  KeyUnitFindingNotFound      no such finding, or not yours to see
  KeyUnitRetrofitNotFound     no such project, or not yours to see
  KeyUnitSavingNotFound       no such comparison of savings, or not yours to see
  UnitPassportNotFound        no such public page, withdrawn, or past its last day
Invalid
  KeyUnitTextInvalid          a text is missing or too long
  KeyUnitDocumentInvalid      no document, or one of a day to come
  KeyUnitYearInvalid          a year no list is of
  KeyUnitDatesInvalid         days that do not follow each other
  KeyUnitQuantityInvalid      a quantity that cannot be
  KeyUnitChoiceInvalid        nothing chosen, or too much, or something twice
  KeyUnitDutyUnknown          no such duty here
  KeyUnitLevelsCrossed        the leading level would lie above the baseline
Forbidden
  KeyUnitSecondPerson         who recorded something does not decide on it
Conflict
  KeyUnitDecided              it has been decided on already, or a newer proposal took its place
  KeyUnitChangeIdle           the account is on the list already, or is not on it
  KeyUnitStepNotNow           not from where it stands, or not by this side
  KeyUnitNothingToCompare     no sector with enough accounts to compare
  KeyUnitSchemeMissing        the jurisdiction has no scheme of efficiency codes
"""

from backend.kit.errors import Conflict, Forbidden, Invalid, NotFound


class KeyUnitNotFound(NotFound):
    """Not a key unit, or not yours to see."""

    code = "key_unit_not_found"
    en = "This account is not a key energy and carbon unit, or there is no such account."
    zh = "该账户不是重点用能和碳排放单位，或账户不存在。"


class KeyUnitProposalNotFound(NotFound):
    """No such proposal, or not yours to see."""

    code = "key_unit_proposal_not_found"
    en = "There is no proposal for the list of key units with this identifier."
    zh = "未找到该名录调整建议。"


class KeyUnitFindingNotFound(NotFound):
    """No such finding, or not yours to see."""

    code = "key_unit_finding_not_found"
    en = "There is no diagnosis finding with this identifier."
    zh = "未找到该诊断问题。"


class KeyUnitRetrofitNotFound(NotFound):
    """No such project, or not yours to see."""

    code = "key_unit_retrofit_not_found"
    en = "There is no retrofit project with this identifier."
    zh = "未找到该节能降碳改造项目。"


class KeyUnitSavingNotFound(NotFound):
    """No such comparison, or not yours to see."""

    code = "key_unit_saving_not_found"
    en = "There is no comparison of savings with this identifier."
    zh = "未找到该节能量核算记录。"


class UnitPassportNotFound(NotFound):
    """No such public page."""

    code = "unit_passport_not_found"
    en = "There is no such digital passport, or it is not shown any more."
    zh = "该数字护照不存在，或已停止展示。"


class KeyUnitTextInvalid(Invalid):
    """A text is missing or too long."""

    code = "key_unit_text_invalid"
    en = "'{field}' needs 1 to {most} characters."
    zh = "“{field}”须填写 1 至 {most} 个字符。"


class KeyUnitDocumentInvalid(Invalid):
    """No document, or one of a day to come."""

    code = "key_unit_document_invalid"
    en = "The document cannot be taken: {reason_en}."
    zh = "依据文件无效：{reason_zh}。"


class KeyUnitYearInvalid(Invalid):
    """A year no list is of."""

    code = "key_unit_year_invalid"
    en = "{year} is no year to look at: choose one from {first} to {last}."
    zh = "{year} 不是可选年度，请选择 {first} 至 {last} 年。"


class KeyUnitDatesInvalid(Invalid):
    """Days that do not follow each other."""

    code = "key_unit_dates_invalid"
    en = "The days cannot be: {reason_en}."
    zh = "日期无效：{reason_zh}。"


class KeyUnitQuantityInvalid(Invalid):
    """A quantity that cannot be."""

    code = "key_unit_quantity_invalid"
    en = "'{field}' cannot be {value}: {reason_en}."
    zh = "“{field}”不能为 {value}：{reason_zh}。"


class KeyUnitChoiceInvalid(Invalid):
    """Nothing chosen, or too much, or something twice."""

    code = "key_unit_choice_invalid"
    en = "Choose 1 to {most} different ones; {given} were given."
    zh = "请选择 1 至 {most} 项且不重复，当前为 {given} 项。"


class KeyUnitDutyUnknown(Invalid):
    """No such duty here."""

    code = "key_unit_duty_unknown"
    en = "There is no duty '{duty}' here; known are: {known}."
    zh = "没有名为“{duty}”的报送义务，可选：{known}。"


class KeyUnitLevelsCrossed(Invalid):
    """The leading level would lie above the baseline."""

    code = "key_unit_levels_crossed"
    en = "{quantity} does not fit the other level {other}: the leading level lies at or below the baseline."
    zh = "{quantity} 与已录入的另一水平 {other} 不符：标杆水平不得高于基准水平。"


class KeyUnitSecondPerson(Forbidden):
    """Who recorded something does not decide on it."""

    code = "key_unit_second_person"
    en = "Another person of the authority decides: you recorded this yourself."
    zh = "须由主管部门另一人审定：该记录由您本人提交。"


class KeyUnitDecided(Conflict):
    """It has been decided on already, or a newer proposal took its place."""

    code = "key_unit_decided"
    en = "This has been decided on already, or a newer one took its place."
    zh = "该事项已经审定，或已被新的建议替代。"


class KeyUnitChangeIdle(Conflict):
    """The account is on the list already, or is not on it."""

    code = "key_unit_change_idle"
    en = "The account cannot do this: it {reason_en}."
    zh = "不能办理：该账户{reason_zh}。"


class KeyUnitStepNotNow(Conflict):
    """Not from where it stands, or not by this side."""

    code = "key_unit_step_not_now"
    en = "From '{state}' it cannot go to '{next}': {reason_en}."
    zh = "当前为“{state_zh}”，不能改为“{next_zh}”：{reason_zh}。"


class KeyUnitNothingToCompare(Conflict):
    """No sector with enough accounts to compare."""

    code = "key_unit_nothing_to_compare"
    en = "No sector of {year} has {fewest} accounts with twelve months of data and a positive value added."
    zh = "{year} 年没有任何行业达到 {fewest} 个具备全年数据且增加值为正的账户，无法对标。"


class KeyUnitSchemeMissing(Conflict):
    """The jurisdiction has no scheme of efficiency codes."""

    code = "key_unit_scheme_missing"
    en = "No document of this jurisdiction names a carbon-efficiency code, so none can be given."
    zh = "本辖区文件未设碳效码，无法赋码。"
