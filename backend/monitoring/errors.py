"""What monitoring refuses.

NotFound
  WarningNotFound           no such warning, or not visible
  TermsNotFound             no such levels of warning, or not visible
  NoticeEndpointNotFound    no such endpoint of this organisation
Forbidden
  MonitoringOfAuthorities   warnings are the authorities' work
  MonitoringSecondPerson    whoever proposed it does not decide on it
  TermsOfTheWhole           levels are set for the whole jurisdiction
Invalid
  SeriesPeriodInvalid       months that do not follow each other, or too many
  SeriesSectorUnknown       the jurisdiction has no such sector
  MonitoringTextInvalid     a text that is needed, or too long
  MonitoringDocumentInvalid a document without number, date or title, or of a day to come
  TermsInvalid              levels of warning that cannot be
  OwnerInvalid              nobody this warning can be given to
  ResponseUnknown           not of the document's list
  WarningDueInvalid         a day that is past, or too far off
  NoticeEndpointUrlInvalid  not an address notices may be sent to
  NoticesTooMany            more than are marked at a time
Conflict
  MonthNotOver              a month is evaluated once it is over
  TermsMissing              there are no levels of warning
  TermsDecided              the levels were approved or rejected before
  WarningClosed             the warning is closed
  WarningNotAnswered        nobody has answered the warning yet
  WarningNotClosing         nobody proposed to close it
  NoticeEndpointsTooMany    as many endpoints as an organisation may have
"""

from backend.kit.errors import Conflict, Forbidden, Invalid, NotFound


class WarningNotFound(NotFound):
    """No such warning, or not yours."""

    code = "emission_warning_not_found"
    en = "No emission warning with this identifier."
    zh = "未找到该碳排放预警。"


class TermsNotFound(NotFound):
    """No such levels of warning, or not yours."""

    code = "warning_terms_not_found"
    en = "No levels of warning with this identifier."
    zh = "未找到该预警分级方案。"


class NoticeEndpointNotFound(NotFound):
    """No such endpoint of your organisation."""

    code = "notice_endpoint_not_found"
    en = "Your organisation has no endpoint of notices with this identifier."
    zh = "本单位没有该通知接收端。"


class MonitoringOfAuthorities(Forbidden):
    """Warnings are the authorities' work."""

    code = "monitoring_of_authorities"
    en = "Warnings are evaluated, answered and closed by authorities."
    zh = "预警的研判、处置与销号由主管部门办理。"


class MonitoringSecondPerson(Forbidden):
    """Whoever proposed it does not decide on it."""

    code = "monitoring_second_person"
    en = "You proposed this yourself. Another person of the authority decides on it."
    zh = "该事项由您本人提出，须由主管部门的另一人决定。"


class TermsOfTheWhole(Forbidden):
    """Levels are set for the whole jurisdiction."""

    code = "warning_terms_of_the_whole"
    en = "Levels of warning are set by the authority of the whole jurisdiction."
    zh = "预警分级由全辖区的主管部门设定。"


class SeriesPeriodInvalid(Invalid):
    """Months that do not follow each other, or too many."""

    code = "series_period_invalid"
    en = "{first} to {last}: give the first month before the last, at most {most} months in all."
    zh = "{first} 至 {last}：起始月份不得晚于截止月份，且合计不超过 {most} 个月。"


class SeriesSectorUnknown(Invalid):
    """The jurisdiction has no such sector."""

    code = "series_sector_unknown"
    en = "This jurisdiction has no sector '{sector}'. Use a code from the tenant's list of sectors."
    zh = "本辖区没有行业“{sector}”，请使用行业列表中的代码。"


class MonitoringTextInvalid(Invalid):
    """A text that is needed, or too long."""

    code = "monitoring_text_invalid"
    en = "'{field}' needs 1 to {most} characters."
    zh = "“{field}”须填写 1 至 {most} 个字符。"


class MonitoringDocumentInvalid(Invalid):
    """A document without number, date or title, or of a day to come."""

    code = "monitoring_document_invalid"
    en = "Name the document in full: its number, its title, and its date, which is not to come."
    zh = "请完整填写文件：文号、标题和日期，日期不得晚于今天。"


class TermsInvalid(Invalid):
    """Levels of warning that cannot be."""

    code = "warning_terms_invalid"
    en = "These cannot be levels of warning: {reason_en}."
    zh = "预警分级无效：{reason_zh}。"


class OwnerInvalid(Invalid):
    """Nobody this warning can be given to."""

    code = "warning_owner_invalid"
    en = "The warning can be given to an authority whose region holds its division, and there to a person of your own organisation."
    zh = "预警只能交由辖区包含该区划的主管部门处理；指定到人时，须为本单位人员。"


class ResponseUnknown(Invalid):
    """Not of the document's list."""

    code = "warning_response_unknown"
    en = "'{given}' is not a response of this jurisdiction's document. Choose one of: {known}; where it lists none, leave it empty."
    zh = "“{given}”不在本辖区文件列明的措施之内，请选择：{known_zh}；文件未列明措施的，留空即可。"


class WarningDueInvalid(Invalid):
    """A day that is past, or too far off."""

    code = "warning_due_invalid"
    en = "Give a day from today on, within a year."
    zh = "请填写今天起一年以内的日期。"


class NoticeEndpointUrlInvalid(Invalid):
    """Not an address notices may be sent to."""

    code = "notice_endpoint_url_invalid"
    en = "The endpoint's address cannot be used: {reason_en}. Give an https address of the public internet."
    zh = "该接收端地址{reason_zh}，不能使用，请填写公网可访问的 https 地址。"


class NoticesTooMany(Invalid):
    """More than are marked at a time."""

    code = "notices_too_many"
    en = "At most {most} notices are marked at a time."
    zh = "一次最多标记 {most} 条通知。"


class MonthNotOver(Conflict):
    """A month is evaluated once it is over."""

    code = "month_not_over"
    en = "{month} is not over. Evaluate a month that is."
    zh = "{month} 尚未结束，请选择已结束的月份。"


class TermsMissing(Conflict):
    """There are no levels of warning."""

    code = "warning_terms_missing"
    en = "This jurisdiction has no levels of warning. Draft them and have them approved by a second person."
    zh = "本辖区尚无预警分级，请先拟定并由第二人批准。"


class TermsDecided(Conflict):
    """The levels were approved or rejected before."""

    code = "warning_terms_decided"
    en = "These levels of warning were decided on before; a decision is for good. Draft new ones."
    zh = "该预警分级方案已有决定，决定后不可更改，请另行拟定。"


class WarningClosed(Conflict):
    """The warning is closed."""

    code = "emission_warning_closed"
    en = "This warning is closed. It reopens by itself when its cause comes back."
    zh = "该预警已销号；原因再次出现时将自动重新启动。"


class WarningNotAnswered(Conflict):
    """Nobody has answered the warning yet."""

    code = "emission_warning_not_answered"
    en = "Nobody has answered this warning yet. Choose a response first."
    zh = "该预警尚未选定处置措施，请先答复。"


class WarningNotClosing(Conflict):
    """Nobody proposed to close it."""

    code = "emission_warning_not_closing"
    en = "Nobody has proposed to close this warning, or it was sent back since."
    zh = "该预警没有待决定的销号申请。"


class NoticeEndpointsTooMany(Conflict):
    """As many endpoints as an organisation may have."""

    code = "notice_endpoints_too_many"
    en = "An organisation may have {most} endpoints of notices. Remove one you no longer need."
    zh = "每个单位最多设置 {most} 个通知接收端，请先删除不再使用的接收端。"
