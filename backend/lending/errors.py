"""Errors of lending.

NotFound
  BorrowerNotFound          no such borrower, or no consent that opens this to the bank now: one answer on purpose
    ConsentMissing          the same, where a consent is asked for by its account
  ScoreMissing              consented to, and no score was computed yet
  StatusListNotFound        no such status list
Forbidden
  BanksOnly                 only a bank reads under consents
  EnterprisesOnly           only an enterprise has a log of reads
Invalid
  TooManyBorrowers          more than a batch takes
  BatchInvalid              the body is not what a batch takes
Conflict
  ScoreOutOfDate            the newest score is past its validity; nothing is signed for it
  BorrowerAmbiguous         the enterprise has several accounts
Unavailable
  BatchesTooMany            as many batches as this process makes at a time are under way
"""

from backend.kit.errors import Conflict, Forbidden, Invalid, NotFound, Unavailable


class BorrowerNotFound(NotFound):
    """Unknown, not consented, revoked, out of its dates, of another scope: nobody can tell which."""

    code = "borrower_not_found"
    en = "No borrower with this identifier has a consent in force that opens this to you. Ask the enterprise for one."
    zh = "没有以该标识向贵行开放此项内容的有效授权，请联系该企业办理授权。"


class ConsentMissing(BorrowerNotFound):
    """No consent in force covers what is read."""

    code = "consent_missing"
    en = "No consent in force opens this of the account to you. Ask the enterprise for one."
    zh = "该账户没有向贵行开放此项内容的有效授权，请联系该企业办理授权。"


class ScoreMissing(NotFound):
    """Consented to, and nothing computed yet."""

    code = "score_missing"
    en = "This borrower has no score yet. It is computed when the account's data are; ask again tomorrow."
    zh = "该企业尚无绿色评分。账户数据就绪后系统会自动计算，请次日再查询。"


class StatusListNotFound(NotFound):
    """No such status list."""

    code = "status_list_not_found"
    en = "There is no status list {number}. Take the address from the credential's 'status'."
    zh = "不存在编号为 {number} 的状态列表，请使用凭证 status 字段中的地址。"


class BanksOnly(Forbidden):
    """Only a bank reads under consents."""

    code = "banks_only"
    en = "Only a bank reads scores under a consent. Sign in for a bank."
    zh = "仅银行可依据授权读取评分，请使用银行账号登录。"


class EnterprisesOnly(Forbidden):
    """Only an enterprise has a log of reads."""

    code = "enterprises_only"
    en = "Only an enterprise sees who read its scores. Sign in for the enterprise."
    zh = "仅企业可查看本企业被读取的记录，请使用企业账号登录。"


class TooManyBorrowers(Invalid):
    """More than a batch takes."""

    code = "too_many_borrowers"
    en = "A batch takes at most {most} borrowers; {given} were asked for. Ask in several batches."
    zh = "每批最多查询 {most} 家借款企业，当前为 {given} 家，请分批查询。"


class BatchInvalid(Invalid):
    """The body is not what a batch takes."""

    code = "batch_invalid"
    en = 'Send {{"borrowers": [credit codes, account numbers or ids], "indicators": false}}: {reason}.'
    zh = '请发送 {{"borrowers": [统一社会信用代码、账户编号或标识], "indicators": false}}：{reason}。'


class ScoreOutOfDate(Conflict):
    """The newest score is past its validity."""

    code = "score_out_of_date"
    en = "The newest score of this borrower is past its validity, so nothing is signed for it. A new one comes overnight."
    zh = "该企业最新评分已过有效期，不再签发凭证。系统将在夜间重新计算，请次日再查询。"


class BorrowerAmbiguous(Conflict):
    """The enterprise has several accounts."""

    code = "borrower_ambiguous"
    en = "This enterprise has several carbon accounts. Name one by its account number."
    zh = "该企业有多个碳账户，请使用账户编号指定其中一个。"


class BatchesTooMany(Unavailable):
    """As many batches as this process makes at a time are under way."""

    code = "batches_too_many"
    en = "Several batches are being made just now. Send yours again in a few seconds."
    zh = "当前有多个批量查询正在处理，请几秒后重试。"
