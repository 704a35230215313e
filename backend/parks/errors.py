"""What parks refuses.

NotFound
  ParkNotFound                no such park, or not yours to see
  ParkEvaluationNotFound      no such evaluation, or not yours to see
  ParkWaiverNotFound          no such request to leave an indicator out, or not yours to see
  ParkApplicationNotFound     no such application, or not yours to see
  ParkStepNotFound            no such step, or not yours to see
  ParkNoticeNotFound          no such public notice
  ParkObjectionNotFound       no such objection, or not yours to see
  ParkOperatorNotFound        no such enterprise to run a park, or not known to you
  ParkItemNotFound            nothing of that programme, or not yours to see
Invalid
  ParkTextInvalid             a text is missing or too long
  ParkDocumentInvalid         no document, or one of a day to come
  ParkBoundaryInvalid         no closed, simple polygon in a plausible place
  ParkYearInvalid             a year no value is of
  ParkDatesInvalid            days that do not follow each other
  ParkValuesInvalid           values that cannot be, each named; nothing of them was stored
  ParkIndicatorNotWaivable    not a reference indicator: only those may be left out
  ParkEntryInvalid            a state or capacity that does not fit what it is of
  ParkItemNotStepped          a programme whose items do not go through the seven steps
  ParkFindingsInvalid         not every requirement is told of once, with the ground it rests on
Forbidden
  ParkSecondPerson            who recorded something does not decide on it
Conflict
  ParkMemberOverlap           the account is in the park on some of these days already
  ParkMemberEnded             the membership has ended already
  ParkDecided                 it has been decided on already
  ParkNotOnMunicipalList      the ladder: not on the municipal list, no application above it
  ParkApplicationOpen         an application at this level is open already
  ParkStepNotNow              another step comes first, or the way has ended
  ParkStepWaiting             a step waits for the second person
  ParkMandatoryMissed         a mandatory indicator is not met: no acceptance
  ParkReferenceOpen           a reference indicator is neither met nor left out with approval
  ParkNoticeNeeded            no notice, or its days are not over
  ParkObjectionsOpen          objections are not answered, or one was upheld
  ParkNoticeClosed            the days for objections are over, or have not begun
  ParkNothingToCompute        no member whose account could feed an indicator
  ParkRequirementOpen         a requirement of the programme is missed or cannot be told
  ParkItemInSteps             the seven steps say where the item stands
"""

from backend.kit.errors import Conflict, Forbidden, Invalid, NotFound


class ParkNotFound(NotFound):
    """No such park, or not yours to see."""

    code = "park_not_found"
    en = "There is no park with this identifier."
    zh = "未找到该园区。"


class ParkEvaluationNotFound(NotFound):
    """No such evaluation, or not yours to see."""

    code = "park_evaluation_not_found"
    en = "There is no evaluation of this park with this identifier."
    zh = "未找到该园区的这次评价。"


class ParkWaiverNotFound(NotFound):
    """No such request, or not yours to see."""

    code = "park_waiver_not_found"
    en = "There is no request to leave out an indicator with this identifier."
    zh = "未找到该指标不列入申请。"


class ParkApplicationNotFound(NotFound):
    """No such application, or not yours to see."""

    code = "park_application_not_found"
    en = "There is no park application with this identifier."
    zh = "未找到该园区申报。"


class ParkStepNotFound(NotFound):
    """No such step, or not yours to see."""

    code = "park_step_not_found"
    en = "There is no step of a park application with this identifier."
    zh = "未找到该申报环节记录。"


class ParkNoticeNotFound(NotFound):
    """No such notice."""

    code = "park_notice_not_found"
    en = "There is no public notice with this identifier."
    zh = "未找到该公示。"


class ParkObjectionNotFound(NotFound):
    """No such objection, or not yours to see."""

    code = "park_objection_not_found"
    en = "There is no objection with this identifier."
    zh = "未找到该异议。"


class ParkOperatorNotFound(NotFound):
    """No such enterprise to run a park, or not known to you."""

    code = "park_operator_not_found"
    en = "There is no enterprise with this identifier that could run the park."
    zh = "未找到可作为园区运营单位的企业。"


class ParkItemNotFound(NotFound):
    """Nothing of that programme, or not yours to see."""

    code = "park_programme_item_not_found"
    en = "There is no factory, project, virtual power plant, service body or platform with this identifier."
    zh = "未找到该工厂、项目、虚拟电厂、服务机构或创新平台。"


class ParkTextInvalid(Invalid):
    """A text is missing or too long."""

    code = "park_text_invalid"
    en = "'{field}' needs 1 to {most} characters."
    zh = "“{field}”须填写 1 至 {most} 个字符。"


class ParkDocumentInvalid(Invalid):
    """No document, or one of a day to come."""

    code = "park_document_invalid"
    en = "Name the document (title of 1 to 200 characters, number of up to 100, day of issue up to today): {reason_en}."
    zh = "请填写依据文件（名称 1 至 200 个字符，文号不超过 100 个字符，日期不晚于今天）：{reason_zh}。"


class ParkBoundaryInvalid(Invalid):
    """No closed, simple polygon in a plausible place."""

    code = "park_boundary_invalid"
    en = "The boundary cannot be: {reason_en}."
    zh = "园区边界无效：{reason_zh}。"


class ParkYearInvalid(Invalid):
    """A year no value is of."""

    code = "park_year_invalid"
    en = "{year} cannot be: values of parks are of {first} to {last}."
    zh = "年份 {year} 无效：园区数据的年份应在 {first} 至 {last} 之间。"


class ParkDatesInvalid(Invalid):
    """Days that do not follow each other."""

    code = "park_dates_invalid"
    en = "The days cannot be: {reason_en}."
    zh = "日期无效：{reason_zh}。"


class ParkValuesInvalid(Invalid):
    """Values that cannot be; `details.faults` names each."""

    code = "park_values_invalid"
    en = "{count} of the values cannot be stored; the first: {first_en}"
    zh = "有 {count} 项数据无法保存，第一项：{first_zh}"


class ParkIndicatorNotWaivable(Invalid):
    """Not a reference indicator."""

    code = "park_indicator_not_waivable"
    en = (
        "Indicator {number} cannot be left out: only reference indicators (6 to 21) can, with an explanation and proof."
    )
    zh = "第 {number} 项指标不能申请不列入：仅重要参考指标（第 6 至 21 项）可在说明情况并提供佐证后不列入。"


class ParkEntryInvalid(Invalid):
    """A state or capacity that does not fit."""

    code = "park_programme_entry_invalid"
    en = "The entry cannot be: {reason_en}."
    zh = "登记内容无效：{reason_zh}。"


class ParkItemNotStepped(Invalid):
    """A programme whose items do not go through the seven steps."""

    code = "park_item_not_stepped"
    en = "'{name}' is recognised elsewhere and entered with its document: it does not go through the seven steps."
    zh = "“{name}”由有关部门认定后凭文件登记，不适用组织申报等七个工作步骤。"


class ParkFindingsInvalid(Invalid):
    """Not every requirement is told of once, with the ground it rests on."""

    code = "park_findings_invalid"
    en = "Say of each requirement what it came to and on what ground: {reason_en}."
    zh = "请逐项填写要求的审查结论和依据：{reason_zh}。"


class ParkSecondPerson(Forbidden):
    """Who recorded something does not decide on it."""

    code = "park_second_person"
    en = "You recorded this yourself: another person of the authority decides on it."
    zh = "该事项由您本人经办，须由主管部门的另一人审定。"


class ParkMemberOverlap(Conflict):
    """The account is in the park already."""

    code = "park_member_overlap"
    en = "The account is a member of this park on some of these days already."
    zh = "该账户在此期间已是本园区成员。"


class ParkMemberEnded(Conflict):
    """The membership has ended already."""

    code = "park_member_ended"
    en = "The membership has ended on {day} already."
    zh = "该成员关系已于 {day} 终止。"


class ParkDecided(Conflict):
    """It has been decided on already."""

    code = "park_decided"
    en = "This has been decided on already."
    zh = "该事项已经审定。"


class ParkNotOnMunicipalList(Conflict):
    """The ladder: not on the municipal list, no application above it."""

    code = "park_not_on_municipal_list"
    en = "Only a park on the municipal list of zero-carbon parks may apply at provincial or national level."
    zh = "未纳入市级零碳园区培育建设名单的园区，不得申报省级、国家级零碳园区。"


class ParkApplicationOpen(Conflict):
    """An application at this level is open already."""

    code = "park_application_open"
    en = "The park has an open application at this level already."
    zh = "该园区在此级别已有进行中的申报。"


class ParkStepNotNow(Conflict):
    """Another step comes first, or the way has ended."""

    code = "park_step_not_now"
    en = "The step '{step}' is not next: {reason_en}."
    zh = "现在不能办理“{name}”：{reason_zh}。"


class ParkStepWaiting(Conflict):
    """A step waits for the second person."""

    code = "park_step_waiting"
    en = "The step '{step}' waits for a second person to confirm or reject it."
    zh = "“{name}”环节尚待第二人审定。"


class ParkMandatoryMissed(Conflict):
    """A mandatory indicator is not met."""

    code = "park_mandatory_missed"
    en = "Acceptance cannot be applied for: mandatory indicators {numbers} are not met, or cannot be told ({outcome})."
    zh = "约束性指标第 {numbers} 项未达标或无法判断，原则上不得申请验收评估。"


class ParkReferenceOpen(Conflict):
    """A reference indicator is neither met nor left out."""

    code = "park_reference_open"
    en = "Reference indicators {numbers} are neither met nor left out with the authority's approval ({outcome})."
    zh = "重要参考指标第 {numbers} 项既未达标，也未经批准不列入。"


class ParkNoticeNeeded(Conflict):
    """No notice, or its days are not over."""

    code = "park_notice_needed"
    en = "The public notice comes first, and its days must be over: {reason_en}."
    zh = "须先公示且公示期届满：{reason_zh}。"


class ParkObjectionsOpen(Conflict):
    """Objections are not answered, or one was upheld."""

    code = "park_objections_open"
    en = "{unanswered} objections are not answered and {upheld} were upheld: the notice cannot be confirmed."
    zh = "尚有 {unanswered} 条异议未答复、{upheld} 条异议成立，公示不能确认通过。"


class ParkNoticeClosed(Conflict):
    """The days for objections are over, or have not begun."""

    code = "park_notice_closed"
    en = "Objections to this notice are taken from {opens} to {closes}."
    zh = "该公示的异议受理期为 {opens} 至 {closes}。"


class ParkNothingToCompute(Conflict):
    """No member whose account could feed an indicator."""

    code = "park_nothing_to_compute"
    en = "The park has no member in {year} whose account could feed an indicator."
    zh = "该园区 {year} 年没有可用于计算的成员账户。"


class ParkRequirementOpen(Conflict):
    """A requirement of the programme is missed or cannot be told."""

    code = "park_requirement_open"
    en = "The step cannot be passed: {names_en} not met, or it cannot be told."
    zh = "以下要求未达到或无法判断，不能通过：{names_zh}。"


class ParkItemInSteps(Conflict):
    """The seven steps say where the item stands."""

    code = "park_item_in_steps"
    en = "The item goes through the seven steps: its status follows from the steps confirmed, not from an entry."
    zh = "该对象正按七个工作步骤办理，其状态以审定的环节为准，不能直接登记。"
