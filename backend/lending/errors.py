"""Errors of lending.

NotFound
  BorrowerNotFound          no such borrower, or no consent that opens this to the bank now: one answer on purpose
    ConsentMissing          the same, where a consent is asked for by its account
  ScoreMissing              consented to, and no score was computed yet
  StatusListNotFound        no such status list
  EndpointNotFound          no such webhook endpoint of this bank
  DeliveryNotFound          no such delivery, or one that needs no other attempt
  LoanFileNotFound          no such loan file of this bank, or it is no more
  StatementMissing          consented to, and the enterprise issued no statement yet
Forbidden
  BanksOnly                 only a bank reads under consents
  EnterprisesOnly           only an enterprise has a log of reads
Invalid
  TooManyBorrowers          more than a batch takes
  BatchInvalid              the body is not what a batch takes
  EndpointUrlInvalid        not an address messages may be sent to
  EventsInvalid             no kind of event
  LoanPurposeMissing        a loan file is asked for without saying what for
Conflict
  ScoreOutOfDate            the newest score is past its validity; nothing is signed for it
  BorrowerAmbiguous         the enterprise has several accounts
  EndpointDisabled          nothing is sent there: enable it first
  EndpointsTooMany          as many endpoints as a bank may have
  LoanFileNotReady          it is still being made
Limited
  LoanFileTooLarge          more than is put into one archive
Unavailable
  BatchesTooMany            as many batches as this process makes at a time are under way
"""

from backend.kit.errors import Conflict, Forbidden, Invalid, Limited, NotFound, Unavailable


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


class EndpointNotFound(NotFound):
    """No such webhook endpoint of this bank."""

    code = "webhook_endpoint_not_found"
    en = "There is no such webhook endpoint. List yours with webhookEndpoints."
    zh = "不存在该 Webhook 接收端，请通过 webhookEndpoints 查询本行的接收端。"


class DeliveryNotFound(NotFound):
    """No such delivery, or one that needs no other attempt."""

    code = "webhook_delivery_not_found"
    en = "There is no such delivery that could be sent again. Only dead ones are, after you mended the endpoint."
    zh = "不存在可重新投递的该条消息。仅投递失败（DEAD）的消息可在修复接收端后重新投递。"


class EndpointUrlInvalid(Invalid):
    """Not an address messages may be sent to."""

    code = "webhook_url_invalid"
    en = "The endpoint's address cannot be used: {reason_en}. Give an https address of the public internet."
    zh = "该接收端地址{reason_zh}，不能使用，请填写公网可访问的 https 地址。"


class EventsInvalid(Invalid):
    """No kind of event."""

    code = "webhook_events_missing"
    en = "Name at least one kind of event this endpoint is to be told of."
    zh = "请至少选择一种需要通知的事件类型。"


class EndpointDisabled(Conflict):
    """Nothing is sent there."""

    code = "webhook_endpoint_disabled"
    en = "This endpoint is disabled. Enable it first, then have its messages sent again."
    zh = "该接收端已停用，请先启用，再重新投递消息。"


class EndpointsTooMany(Conflict):
    """As many endpoints as a bank may have."""

    code = "webhook_endpoints_too_many"
    en = "A bank may have {most} webhook endpoints. Remove one you no longer need."
    zh = "每家银行最多设置 {most} 个 Webhook 接收端，请先删除不再使用的接收端。"


class LoanFileNotFound(NotFound):
    """No such loan file of this bank, or it is no more."""

    code = "loan_file_not_found"
    en = "There is no such loan file, or it was deleted. Ask for a new one."
    zh = "不存在该贷款档案包，或已被删除，请重新申请生成。"


class StatementMissing(NotFound):
    """Consented to, and the enterprise issued no statement yet."""

    code = "borrower_statement_missing"
    en = "This borrower has issued no account statement yet. Ask the enterprise to issue one, then ask again."
    zh = "该企业尚未出具碳账户报告，请联系企业出具后再申请。"


class LoanPurposeMissing(Invalid):
    """A loan file is asked for without saying what for."""

    code = "loan_file_purpose_missing"
    en = "Say in 1 to 500 characters what the loan file is for; the enterprise finds it in its log."
    zh = "请用 1 至 500 个字说明贷款档案包的用途，企业可在读取记录中看到。"


class LoanFileNotReady(Conflict):
    """It is still being made."""

    code = "loan_file_not_ready"
    en = "The loan file is still being made. Watch its job, then download it."
    zh = "贷款档案包正在生成，请待任务完成后再下载。"


class LoanFileTooLarge(Limited):
    """More than is put into one archive."""

    code = "loan_file_too_large"
    en = "The borrower's statement is too large for a loan file: more than {megabytes} MB. Ask the enterprise for a shorter period."
    zh = "该企业的碳账户报告超过 {megabytes} MB，无法放入贷款档案包，请联系企业出具较短期间的报告。"
