"""Errors of the statements.

NotFound
  CertificateNotFound       no such certificate, or not yours
  RetirementNotFound        no such movement, or not yours
Forbidden
  RetirementNotYours        visible, but only the holder of the account has it certified
Invalid
  RetirementsMissing        no movement named
  TooManyRetirements        more than one certificate takes
  TooManyRanges             more serial ranges than one certificate takes
  NotARetirement            a movement of another kind
  RetirementsOfOthers       movements of more than one account
Conflict
  RetirementReversed        the registrar has undone it
  RetirementCertified       another certificate states it already
Limited
  VerificationsTooOften     more questions to the public page than a person asks
Unavailable
  DocumentNotMade           the document could not be typeset or signed
"""

from backend.kit.errors import Conflict, Forbidden, Invalid, Limited, NotFound, Unavailable


class CertificateNotFound(NotFound):
    """No such certificate, or not yours."""

    code = "certificate_not_found"
    en = "No certificate of retirement with this identifier. Check the number printed on the document."
    zh = "未找到该注销证书，请核对证书上印制的编号。"


class RetirementNotFound(NotFound):
    """No such movement, or not yours."""

    code = "retirement_not_found"
    en = "No retirement with this identifier in your accounts."
    zh = "您的账户中没有该笔注销记录。"


class RetirementNotYours(Forbidden):
    """Visible, but only the holder has it certified."""

    code = "retirement_not_yours"
    en = "Only the enterprise that holds the account can have its retirements certified."
    zh = "仅账户所属企业可以为其注销记录申请证书。"


class RetirementsMissing(Invalid):
    """No movement named."""

    code = "retirements_missing"
    en = "Name at least one retirement."
    zh = "请至少指定一笔注销记录。"


class TooManyRetirements(Invalid):
    """More than one certificate takes."""

    code = "too_many_retirements"
    en = "One certificate states at most {most} retirements; {given} were named. Ask for several certificates."
    zh = "一份证书最多载明 {most} 笔注销记录，当前为 {given} 笔，请分别申请。"


class TooManyRanges(Invalid):
    """More serial ranges than one certificate takes."""

    code = "certificate_too_long"
    en = "One certificate lists at most {most} serial ranges; these have {found}. Ask for several certificates."
    zh = "一份证书最多列出 {most} 个序列号区间，所选记录共 {found} 个，请分别申请。"


class NotARetirement(Invalid):
    """A movement of another kind."""

    code = "not_a_retirement"
    en = "Movement {number} is no retirement ({kind}); only retirements are certified."
    zh = "流水 {number} 不是注销记录，仅注销记录可以出具证书。"


class RetirementsOfOthers(Invalid):
    """Movements of more than one account."""

    code = "retirements_of_several_accounts"
    en = "The retirements belong to more than one account; ask for one certificate an account."
    zh = "所选注销记录分属多个账户，请按账户分别申请证书。"


class RetirementReversed(Conflict):
    """The registrar has undone it."""

    code = "retirement_reversed"
    en = "Retirement {number} was reversed by the registrar and cannot be certified."
    zh = "注销记录 {number} 已被登记管理方冲正，不能出具证书。"


class RetirementCertified(Conflict):
    """Another certificate states it already."""

    code = "retirement_certified"
    en = "Retirement {number} is stated by certificate {certificate} already, together with others. Use that one."
    zh = "注销记录 {number} 已载入证书 {certificate}，请直接使用该证书。"


class VerificationsTooOften(Limited):
    """More questions to the public page than a person asks."""

    code = "verifications_too_often"
    en = "Too many verifications from your address. Wait a minute and try again."
    zh = "您的网络地址查验过于频繁，请一分钟后再试。"


class DocumentNotMade(Unavailable):
    """The document could not be typeset or signed."""

    code = "document_not_made"
    en = "The document could not be made: {reason}. Nothing was issued; tell the operator if it happens again."
    zh = "证书文件生成失败：{reason}。未出具任何证书；如再次出现，请联系运维人员。"
