"""What quick reports and estimates refuse.

NotFound
  QuickReportNotFound        no such quick report, or not visible
Forbidden
  EstimatesOfAuthorities     quick reports, rosters and estimates are made by authorities
Invalid
  QuickReportMonthInvalid    a month that is not over, or before the first
  QuickReportNoteInvalid     a note that is too long or not printable
  EstimateEntriesInvalid     entries that cannot be stored, each named; nothing of them was
  EstimateDocumentInvalid    entries without the document they were taken from, or of a day to come
Conflict
  QuickReportIssued          it was issued before
  QuickReportOutdated        a report prepared later was issued already
  QuickReportEmpty           nobody in it is covered
"""

from backend.kit.errors import Conflict, Forbidden, Invalid, NotFound


class QuickReportNotFound(NotFound):
    """No such quick report, or not yours."""

    code = "quick_report_not_found"
    en = "No quick report with this identifier."
    zh = "未找到该碳排放快报。"


class EstimatesOfAuthorities(Forbidden):
    """Somebody else than an authority would make estimates."""

    code = "estimates_of_authorities"
    en = "Quick reports, rosters of large industry and estimates from electricity are made by authorities."
    zh = "碳排放快报、规上工业名录与以电折碳测算由主管部门办理。"


class QuickReportMonthInvalid(Invalid):
    """A month no quick report can be of."""

    code = "quick_report_month_invalid"
    en = "A quick report is of a month that is over: {first} to {last}, not {month}."
    zh = "快报月份须为已结束的月份（{first} 至 {last}），{month} 无效。"


class QuickReportNoteInvalid(Invalid):
    """A note that is too long."""

    code = "quick_report_note_invalid"
    en = "The note has more than {longest} characters, or characters that cannot be printed."
    zh = "编制说明超过 {longest} 个字符或含不可打印字符。"


class EstimateEntriesInvalid(Invalid):
    """Entries that cannot be; `details.faults` names each."""

    code = "estimate_entries_invalid"
    en = "{count} of the entries cannot be stored; nothing was. The first: {first_en}"
    zh = "有 {count} 条记录无法保存，未保存任何数据。第一条：{first_zh}"


class EstimateDocumentInvalid(Invalid):
    """No document, or one of a day to come."""

    code = "estimate_document_invalid"
    en = "Name the document the entries were taken from: number and title up to {longest} characters, dated today at the latest."
    zh = "请填写数据来源文件：文号与名称（不超过 {longest} 个字符）、不晚于今天的日期。"


class QuickReportIssued(Conflict):
    """It was issued before."""

    code = "quick_report_issued"
    en = "This quick report was issued as version {version}. Prepare a new one to issue another version."
    zh = "该快报已作为第 {version} 版发布；如需更新，请重新编制后发布新版。"


class QuickReportOutdated(Conflict):
    """A report prepared later was issued already."""

    code = "quick_report_outdated"
    en = "Version {version} of this month knows more than this preparation. Prepare a new one."
    zh = "本月第 {version} 版所据数据更新，请重新编制后发布。"


class QuickReportEmpty(Conflict):
    """Nobody in it is covered."""

    code = "quick_report_empty"
    en = (
        "None of the {accounts} accounts in this preparation has complete or estimated data: there is nothing to issue."
    )
    zh = "本次编制涉及的 {accounts} 个账户均无完整或可测算的数据，没有可发布的内容。"
