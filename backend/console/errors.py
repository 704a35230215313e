"""What the desks refuse.

NotFound
  JoinApplicationNotFound       no such application, or of another region
  InvitationFileNotFound        no such file, or another authority's
  AssignmentNotFound            no such assignment, or not visible
  RelationNotFound              no such relation, or not the caller's to end
Forbidden
  DeskOfAuthority               only an authority works at this desk
  DeskOfVerifier                only the proposed verifier answers
Invalid
  JoinFieldInvalid              a field of an application that cannot be right
  InvitationCellInvalid         a cell of a file of invitations that cannot be right
  InvitationFileEmpty           a file without any enterprise
  InvitationTwice               a credit code that stands in a file twice
  DeskTextInvalid               a text that is needed, or too long
  DeskDayInvalid                a day that cannot be right
  VerificationTermsInvalid      terms that cannot be right
Conflict
  JoinApplicationDecided        it was accepted or refused before
  InvitationFileNotStored       its enterprises were not registered
  AssignmentOpen                the account's year has a verifier proposed already
  AssignmentStepNotAllowed      its state does not allow the step
  VerifierNotIndependent        a check of the verifier's independence fails or cannot be told
Limited
  JoinTooMany                   too many applications of one enterprise wait
"""

from backend.kit.errors import Conflict, Forbidden, Invalid, Limited, NotFound


class JoinApplicationNotFound(NotFound):
    """No such application, or of another region."""

    code = "join_application_not_found"
    en = "No application to join with this identifier."
    zh = "未找到该入驻申请。"


class InvitationFileNotFound(NotFound):
    """No such file, or not yours."""

    code = "invitation_file_not_found"
    en = "No file of invitations with this identifier."
    zh = "未找到该邀请名单文件。"


class AssignmentNotFound(NotFound):
    """No such assignment, or not yours."""

    code = "assignment_not_found"
    en = "No verification assignment with this identifier."
    zh = "未找到该核查任务。"


class RelationNotFound(NotFound):
    """No such relation, or not yours to end."""

    code = "verifier_relation_not_found"
    en = "No relation of a verifier with this identifier that you recorded."
    zh = "未找到由您登记的该利害关系。"


class DeskOfAuthority(Forbidden):
    """Only an authority works here."""

    code = "desk_of_authority"
    en = "Only an authority works at this desk."
    zh = "该工作台仅供主管部门使用。"


class DeskOfVerifier(Forbidden):
    """Only the proposed verifier answers."""

    code = "desk_of_verifier"
    en = "Only the proposed verifier answers."
    zh = "仅被提名的核查机构可以答复。"


class JoinFieldInvalid(Invalid):
    """A field of an application cannot be right."""

    code = "join_field_invalid"
    en = "'{field}' is not valid: {reason_en}."
    zh = "“{field_zh}”填写有误：{reason_zh}。"


class InvitationCellInvalid(Invalid):
    """A cell cannot be right."""

    code = "invitation_cell_invalid"
    en = "'{given}' cannot stand in '{column_en}': {reason_en}."
    zh = "“{column_zh}”列的内容“{given}”有误：{reason_zh}。"


class InvitationFileEmpty(Invalid):
    """There is no enterprise in it."""

    code = "invitation_file_empty"
    en = "The file has no row below its titles. Write one enterprise a row and send it again."
    zh = "文件标题行以下没有数据，请逐行填写企业后重新上传。"


class InvitationTwice(Invalid):
    """The credit code stands in the file twice."""

    code = "invitation_twice"
    en = "The credit code {credit_code} stands in row {row} too. Keep one of the two."
    zh = "统一社会信用代码 {credit_code} 与第 {row} 行重复，请保留其一。"


class DeskTextInvalid(Invalid):
    """A text is needed, or too long."""

    code = "desk_text_invalid"
    en = "'{field_en}' needs {least} to {most} characters."
    zh = "“{field_zh}”须为 {least} 至 {most} 个字符。"


class DeskDayInvalid(Invalid):
    """A day cannot be right."""

    code = "desk_day_invalid"
    en = "{given} cannot be '{field_en}': {reason_en}."
    zh = "“{field_zh}”不能为 {given}：{reason_zh}。"


class VerificationTermsInvalid(Invalid):
    """Terms cannot be right."""

    code = "verification_terms_invalid"
    en = "'{field}' must be a whole number from 1 to 20, or left out."
    zh = "“{field}”须为 1 至 20 的整数，或留空。"


class JoinApplicationDecided(Conflict):
    """It was decided before."""

    code = "join_application_decided"
    en = "The application was decided before: {state}."
    zh = "该申请此前已办结：{state_zh}。"


class InvitationFileNotStored(Conflict):
    """Its enterprises were not registered."""

    code = "invitation_file_not_stored"
    en = "Nothing of this file is registered (state: {state}): there is nobody to hand invitations to."
    zh = "该名单尚未登记入库（状态：{state}），无法生成邀请函。"


class AssignmentOpen(Conflict):
    """A verifier is proposed already."""

    code = "assignment_open"
    en = "A verifier is proposed for {number} and {year} already: {verifier}. Withdraw that proposal first."
    zh = "账户 {number} {year} 年度已提名核查机构：{verifier}。请先撤回该提名。"


class AssignmentStepNotAllowed(Conflict):
    """The state does not allow the step."""

    code = "assignment_step_not_allowed"
    en = "The assignment is '{state}', which does not allow this step."
    zh = "该核查任务的状态为“{state_zh}”，不能进行此操作。"


class VerifierNotIndependent(Conflict):
    """A check of independence fails or cannot be told."""

    code = "verifier_not_independent"
    en = "The verifier's independence is not shown: {reasons_en}"
    zh = "核查机构的独立性未能确认：{reasons_zh}"


class JoinTooMany(Limited):
    """Too many applications wait."""

    code = "join_too_many"
    en = "Several applications of this enterprise wait for an answer. Ask the authority about them."
    zh = "该单位已有多份申请待受理，请向主管部门咨询办理进度。"
