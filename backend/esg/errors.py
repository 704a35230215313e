"""What esg refuses.

NotFound
  DisclosureNotFound        no such disclosure, or not visible
  DisclosurePointNotFound   no such point in this disclosure
  PublicationNotFound       no such publication, or not visible
  WhitePaperNotFound        no such draft of the white paper's table, or not visible
Forbidden
  RegisterOfTheWhole        registers are kept by the authority of the whole jurisdiction
  DisclosureNotYours        visible (engaged, or in the region), but only its holder works on it
  SecondPersonNeeded        who filled or submitted a disclosure does not review it
  VerifierOnly              assurance is given by a verifier the enterprise engaged
Invalid
  DisclosureYearInvalid     before the first year, or to come
  StandardNotChosen         a standard this jurisdiction has not loaded, or that binds and was left out
  DisclosureTextInvalid     a text that is needed, or too long
  DisclosureUnitInvalid     a figure in a unit that does not measure what is asked for
  DisclosureValueMissing    neither figure nor text, or both
  OverrideUnfounded         an override without a reason or without evidence
  OmissionNotAllowed        this point must be answered: no reason stands in its place
  PrefilledPoint            the account fills this point: it is overridden, not answered
  NothingPrefilled          the account fills nothing here: it is answered, not overridden
  AssessmentInvalid         a topic there is not, twice, or a score outside the scale
  AssigneeUnknown           not a person of this enterprise
  RemarksMissing            a disclosure is returned with remarks
  ListingContradicted       indices of another exchange, or of a firm that is not listed
  RegisterEntryInvalid      an entry that says too little or contradicts itself
  AppointmentInvalid        an appointment that ends before it begins
Conflict
  DisclosureOnItsWay        the year's disclosure is on its way, or published: it is corrected then
  DisclosureStateWrong      not in a state in which this is done
  DisclosureIncomplete      something blocks; the details list the gaps
  RemarksUnanswered         returned with remarks that nothing was done about; the details list them
  PublicationCorrected      only the newest publication of a year is corrected or assured
  AlreadyAssured            this verifier signed its statement on this publication
  DraftHasNoData            files for machines are of publications
  StandardChanged           a loaded version of a reference file differs from the shipped one
Unavailable
  DisclosureFileNotMade     a document could not be made
  ReferenceUnreadable       a reference file is broken
  StandardsMissing          no standards are loaded in this jurisdiction
"""

from backend.kit.errors import Conflict, Forbidden, Invalid, NotFound, Unavailable


class DisclosureNotFound(NotFound):
    """No such disclosure, or not yours."""

    code = "disclosure_not_found"
    en = "No disclosure with this identifier."
    zh = "未找到该披露。"


class DisclosurePointNotFound(NotFound):
    """The disclosure has no such point."""

    code = "disclosure_point_not_found"
    en = "The disclosure has no point '{point}'. Its 'points' lists them."
    zh = "该披露没有披露项“{point}”，请从披露项清单中选择。"


class PublicationNotFound(NotFound):
    """No such publication, or not yours."""

    code = "publication_not_found"
    en = "No published disclosure with this identifier."
    zh = "未找到该已发布的披露。"


class WhitePaperNotFound(NotFound):
    """No such draft, or not yours."""

    code = "esg_white_paper_not_found"
    en = "No draft of a white paper's table with this identifier."
    zh = "未找到该白皮书数据表草稿。"


class RegisterOfTheWhole(Forbidden):
    """One register for the whole jurisdiction."""

    code = "esg_register_of_the_whole"
    en = "Registers and the white paper are kept by the authority of the whole jurisdiction. Ask it to enter this."
    zh = "登记簿与白皮书由本辖区最高一级主管部门维护，请联系其登记。"


class DisclosureNotYours(Forbidden):
    """Only the holder works on a disclosure."""

    code = "disclosure_not_yours"
    en = "Only the enterprise that discloses can do this."
    zh = "仅披露企业可以进行此操作。"


class SecondPersonNeeded(Forbidden):
    """Two pairs of eyes."""

    code = "disclosure_second_person_needed"
    en = "You filled or submitted this disclosure. Another person of your enterprise must review it."
    zh = "您参与了本次披露的填报或提交，须由本单位另一人复核。"


class VerifierOnly(Forbidden):
    """Assurance comes from outside."""

    code = "assurance_by_verifier_only"
    en = "An assurance statement is given by a verifier the enterprise engaged, in its own name."
    zh = "鉴证声明须由企业聘请的核查机构以其自身名义出具。"


class DisclosureYearInvalid(Invalid):
    """No year one discloses."""

    code = "disclosure_year_invalid"
    en = "{year} cannot be disclosed: choose a year from {first} to {last}."
    zh = "不能披露 {year} 年度，可选 {first} 至 {last} 年度。"


class StandardNotChosen(Invalid):
    """A standard that is not there, or must be there."""

    code = "disclosure_standard_invalid"
    en = "The standard '{standard}' {reason_en}. Loaded here: {known}."
    zh = "标准“{standard}”{reason_zh}。本辖区已加载：{known}。"


class DisclosureTextInvalid(Invalid):
    """A text that is missing or too long."""

    code = "disclosure_text_invalid"
    en = "'{field}' needs a text of at most {most} characters."
    zh = "“{field}”须填写，且不超过 {most} 个字符。"


class DisclosureUnitInvalid(Invalid):
    """A figure in another dimension."""

    code = "disclosure_unit_invalid"
    en = "'{point}' is given in {expected}, or a unit that converts to it, not in '{unit}'."
    zh = "“{point}”应以 {expected} 或可换算的单位填报，不能使用“{unit}”。"


class DisclosureValueMissing(Invalid):
    """Neither or both."""

    code = "disclosure_value_missing"
    en = "'{point}' takes {wanted_en}."
    zh = "“{point}”应填写{wanted_zh}。"


class OverrideUnfounded(Invalid):
    """An override stands on a reason and a file."""

    code = "disclosure_override_unfounded"
    en = "To replace what the account says, give the reason and at least one evidence file."
    zh = "替换账户自动取得的数据须说明理由并附证明材料。"


class OmissionNotAllowed(Invalid):
    """Comply; explaining is not enough."""

    code = "disclosure_omission_not_allowed"
    en = "'{point}' must be answered: its standard takes no reason in its place."
    zh = "“{point}”必须披露，不能以说明代替。"


class PrefilledPoint(Invalid):
    """The account speaks first."""

    code = "disclosure_point_prefilled"
    en = "The account fills '{point}'. Override it with a reason and evidence if it is wrong."
    zh = "“{point}”由账户自动取得。如有误，请附理由和证明材料予以替换。"


class NothingPrefilled(Invalid):
    """There is nothing to override or take back."""

    code = "disclosure_nothing_prefilled"
    en = "There is nothing at '{point}' to {what_en}."
    zh = "“{point}”没有可{what_zh}的内容。"


class AssessmentInvalid(Invalid):
    """A judgement that cannot be."""

    code = "materiality_assessment_invalid"
    en = "Topic {topic}: {reason_en}."
    zh = "议题 {topic}：{reason_zh}。"


class AssigneeUnknown(Invalid):
    """Work goes to colleagues."""

    code = "disclosure_assignee_unknown"
    en = "The person is not a member of your enterprise. Choose one of 'members'."
    zh = "该人员不是本单位成员，请从成员名单中选择。"


class RemarksMissing(Invalid):
    """A returned disclosure says what to mend."""

    code = "review_remarks_missing"
    en = "Say what is to be mended: at least one remark, each with a text."
    zh = "退回须说明需要修改之处，至少一条意见，且每条均须有文字。"


class ListingContradicted(Invalid):
    """Facts that contradict each other."""

    code = "listing_contradicted"
    en = "{reason_en}. Correct the exchange, the stock code or the indices."
    zh = "{reason_zh}，请更正上市地、股票代码或指数。"


class RegisterEntryInvalid(Invalid):
    """An entry that cannot be."""

    code = "esg_register_entry_invalid"
    en = "Entry {row}: {reason_en}. Nothing was entered; correct it and send all again."
    zh = "第 {row} 条：{reason_zh}。未登记任何内容，请更正后重新提交。"


class AppointmentInvalid(Invalid):
    """Days in the wrong order."""

    code = "carbon_officer_dates_invalid"
    en = "The appointment ends before it begins. Correct one of the dates."
    zh = "任期结束日早于开始日，请更正日期。"


class DisclosureOnItsWay(Conflict):
    """One at a time; what is published is corrected."""

    code = "disclosure_on_its_way"
    en = "The disclosure of {year} {reason_en}."
    zh = "{year} 年度披露{reason_zh}。"


class DisclosureStateWrong(Conflict):
    """Not now."""

    code = "disclosure_state_wrong"
    en = "The disclosure is {state_en}; this is done while it is {wanted_en}."
    zh = "披露当前为“{state_zh}”，此操作须在“{wanted_zh}”时进行。"


class DisclosureIncomplete(Conflict):
    """Something blocks."""

    code = "disclosure_incomplete"
    en = "{count} gaps block the disclosure, first: {first_en} Its 'gaps' lists all."
    zh = "尚有 {count} 项缺口，首项：{first_zh}其余见缺口清单。"


class RemarksUnanswered(Conflict):
    """What a reviewer asked for is done, or answered."""

    code = "disclosure_remarks_unanswered"
    en = "{count} remarks of the reviewer were neither followed nor answered, first: {first_en}. Change what the points say, or answer in words with 'answers' when you submit."
    zh = (
        "尚有 {count} 条复核意见既未修改也未答复，首条：{first_zh}。请修改相应披露项，或在提交时以“answers”作文字答复。"
    )


class PublicationCorrected(Conflict):
    """The newest counts."""

    code = "publication_corrected"
    en = "This publication was corrected: take the newest one, {newest}."
    zh = "该披露已被更正，请使用最新版本 {newest}。"


class AlreadyAssured(Conflict):
    """One statement from each."""

    code = "publication_already_assured"
    en = "Your organisation signed its statement on this publication on {signed_on}."
    zh = "贵机构已于 {signed_on} 就该披露出具声明。"


class DraftHasNoData(Conflict):
    """What carries no watermark is made of publications alone."""

    code = "disclosure_draft_has_no_data"
    en = "A draft leaves as PDF, Word or Excel, marked as a draft. Publish it first for its files for machines."
    zh = "草稿仅可导出带草稿标记的 PDF、Word 或 Excel；机器可读文件须发布后获取。"


class StandardChanged(Conflict):
    """A version is a version."""

    code = "disclosure_standard_changed"
    en = "The {kind} '{code}' version {version} is loaded with other content. A change needs a new version."
    zh = "{kind}“{code}”{version} 版已加载且内容不同。修改须发布新版本。"


class ReferenceUnreadable(Unavailable):
    """A shipped file is broken."""

    code = "disclosure_reference_unreadable"
    en = "The reference file '{file}' cannot be read: {reason}. Tell the operator."
    zh = "参考文件“{file}”无法读取：{reason}。请联系运维人员。"


class StandardsMissing(Unavailable):
    """Nothing is loaded."""

    code = "disclosure_standards_missing"
    en = "No disclosure standards are loaded in this jurisdiction; tell the operator to furnish it."
    zh = "本辖区尚未加载披露标准，请联系运维人员初始化。"


class DisclosureFileNotMade(Unavailable):
    """The engine refused."""

    code = "disclosure_file_not_made"
    en = "The {kind} of this disclosure could not be made. Try again; if it stays so, tell the operator."
    zh = "无法生成该披露的 {kind} 文件，请重试；如仍失败，请联系运维人员。"
