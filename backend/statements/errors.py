"""Errors of the statements.

NotFound
  CertificateNotFound       no such certificate, or not yours
  RetirementNotFound        no such movement, or not yours
  StatementNotFound         no such account statement, or not yours
Forbidden
  RetirementNotYours        visible, but only the holder of the account has it certified
  StatementNotYours         visible, but only the holder of the account has statements issued
Invalid
  RetirementsMissing        no movement named
  TooManyRetirements        more than one certificate takes
  TooManyRanges             more serial ranges than one certificate takes
  NotARetirement            a movement of another kind
  RetirementsOfOthers       movements of more than one account
  PeriodInvalid             a period that is none, cuts a month, or is too long
  PeriodNotOver             a period that ends after the day whose knowledge is asked for
  MomentInFuture            a moment of knowledge that has not come
Conflict
  RetirementReversed        the registrar has undone it
  RetirementCertified       another certificate states it already
  NothingToState            nothing of the account in the period
  BundleNotMade             more records than a caller waits for, and no job has made the bundle
  BundleTooLarge            more records than any bundle is made of
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


class StatementNotFound(NotFound):
    """No such account statement, or not yours."""

    code = "statement_not_found"
    en = "No account statement with this identifier. Check the number printed on the document."
    zh = "未找到该碳账户报告，请核对报告上印制的编号。"


class StatementNotYours(Forbidden):
    """Visible, but only the holder of the account has statements issued."""

    code = "statement_not_yours"
    en = "Only the enterprise that holds the account can have its statement issued."
    zh = "仅账户所属企业可以出具本账户的碳账户报告。"


class PeriodInvalid(Invalid):
    """A period that is none, cuts a month, or is too long."""

    code = "statement_period_invalid"
    en = (
        "{first} to {last} is no period of a statement. Begin with the first day of a month (2005 or later), end with the "
        "last day of a month, or with the day of knowledge itself, and touch at most three calendar years."
    )
    zh = "{first} 至 {last} 不是有效的报告期间。起始日须为某月第一天（2005 年及以后），结束日须为某月最后一天或知悉时点当日，且跨越不超过三个日历年。"


class PeriodNotOver(Invalid):
    """A period that ends after the day whose knowledge is asked for."""

    code = "statement_period_not_over"
    en = "The period ends on {last}, which had not come on {day}. End it on {day} at the latest, or state a later knowledge."
    zh = "报告期间结束日 {last} 晚于知悉时点 {day}。请将结束日设为不晚于 {day}，或选择更晚的知悉时点。"


class MomentInFuture(Invalid):
    """A moment of knowledge that has not come."""

    code = "statement_moment_in_future"
    en = "Nobody knows yet what will be known at {given}. Leave the moment out, or name one that has passed."
    zh = "知悉时点 {given} 尚未到来。请留空，或选择已经过去的时点。"


class NothingToState(Conflict):
    """Nothing of the account in the period."""

    code = "nothing_to_state"
    en = "Account {account} has no inventory, units, obligation or score in this period, as far as was known. Choose another period or compute the inventory first."
    zh = "账户 {account} 在该期间（按知悉时点）没有排放清单、单位持仓、清缴义务或评分。请更换期间，或先计算排放清单。"


class BundleNotMade(Conflict):
    """It rests on more records than a caller waits for, and no job has made it yet."""

    code = "bundle_not_made"
    en = "This statement rests on {count} records and movements, more than the {most} of which a bundle is made at once. Ask for it with POST .../bundle and fetch it when the job has succeeded."
    zh = "该报告依据 {count} 条记录和流水，超过即时打包的上限 {most} 条。请先以 POST .../bundle 提交打包任务，待任务成功后再下载。"


class BundleTooLarge(Conflict):
    """It rests on more records and movements than any bundle is made of."""

    code = "bundle_too_large"
    en = "This statement rests on {count} records and movements, more than the {most} of which a bundle is made. Have statements of shorter periods issued and bundle those."
    zh = "该报告依据 {count} 条记录和流水，超过单个压缩包的上限 {most} 条。请按较短期间分别出具报告后再打包。"


class VerificationsTooOften(Limited):
    """More questions to the public page than a person asks."""

    code = "verifications_too_often"
    en = "Too many verifications from your address. Wait a minute and try again."
    zh = "您的网络地址查验过于频繁，请一分钟后再试。"


class DocumentNotMade(Unavailable):
    """The document could not be typeset or signed."""

    code = "document_not_made"
    en = "The document could not be made: {reason}. Nothing was issued; tell the operator if it happens again."
    zh = "文件生成失败：{reason}。未出具任何文件；如再次出现，请联系运维人员。"
