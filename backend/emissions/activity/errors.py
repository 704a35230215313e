"""Errors of activity data.

    NotFound
      AccountNotFound           no such account, or not yours (of `accounts`, as SourceNotFound and AccountClosed are)
      BatchNotFound             no such batch
      RecordNotFound            no such record
      SourceNotFound            no such source in this account
    Forbidden
      OwnData                   nobody approves what he entered himself
    Invalid
      EntryRefused              a row is wrong; its code is the problem's own (`problems.CATALOGUE`)
      FileUnreadable            (of `kit.tables`) the file is not a workbook or CSV we can read
      HeaderMissing             (the same) the file has no row with our column titles
      FormatUnknown             neither xlsx nor csv
      ReasonMissing             a decision or withdrawal without its reason
      NothingEntered            an empty list of rows
    Conflict
      AccountClosed             the account is closed
      BatchNotStored            there is nothing to decide: the batch was refused or is still being read
      WarningsOpen              rows whose check cannot tell need a reason to be approved
      RecordSuperseded          the record was corrected or withdrawn meanwhile
      DecidedAlready            the same decision stands already
      CheckLimitMissing         a limit of the checks is not among the reference parameters
      YearsChanged              a reporting year was opened or closed while the file was being read
    Limited
      TooManyRows               (of `kit.tables`) more rows than one file or command may have

What is wrong with a row is not a class of its own but a `problems.Problem`, because a file has many at once.
"""

from backend.accounts.errors import AccountClosed, AccountNotFound, SourceNotFound
from backend.kit.errors import Conflict, Forbidden, Invalid, NotFound
from backend.kit.tables import FileUnreadable, HeaderMissing, TooManyRows

__all__ = ["AccountClosed", "AccountNotFound", "FileUnreadable", "HeaderMissing", "SourceNotFound", "TooManyRows"]


class BatchNotFound(NotFound):
    """No such batch."""

    code = "activity_batch_not_found"
    en = "No activity batch with this identifier."
    zh = "未找到该数据批次。"


class RecordNotFound(NotFound):
    """No such record."""

    code = "activity_record_not_found"
    en = "No activity record with this identifier."
    zh = "未找到该活动数据记录。"


class EntryRefused(Invalid):
    """A row is wrong. The instance's code is the problem's; `details.problems` lists every problem of every row."""

    code = "entry_refused"
    en = "{text_en}"
    zh = "{text_zh}"


class CheckLimitMissing(Conflict):
    """A limit of the checks is not among the reference parameters: what cannot be checked is not stored."""

    code = "check_limit_missing"
    en = "The reference parameter {parameter} is missing, so nothing can be checked. Load the reference parameters."
    zh = "缺少参考参数 {parameter}，无法校验数据，请先装载参考参数。"


class ExportNotReady(Conflict):
    """The worker has not written the file."""

    code = "export_not_ready"
    en = "The export is {state}; the file is there when its job has succeeded."
    zh = "导出任务状态为 {state}，成功后方可下载文件。"


class FormatUnknown(Invalid):
    """Neither xlsx nor csv."""

    code = "format_unknown"
    en = "'{value}' is not a format we write. Ask for xlsx or csv."
    zh = "不支持格式“{value}”，可选 xlsx 或 csv。"


class ReasonMissing(Invalid):
    """A decision or withdrawal without its reason."""

    code = "reason_missing"
    en = "State the reason."
    zh = "请填写原因。"


class NothingEntered(Invalid):
    """An empty list of rows."""

    code = "nothing_entered"
    en = "There is no row to store."
    zh = "没有可保存的数据行。"


class OwnData(Forbidden):
    """Nobody approves what he entered himself."""

    code = "own_data"
    en = "Duties are separated in this account: somebody else must approve what you entered."
    zh = "该账户已启用职责分离：您录入的数据须由他人审批。"


class BatchNotStored(Conflict):
    """There is nothing to decide: the batch was refused or is still being read."""

    code = "batch_not_stored"
    en = "This batch holds no stored records (state: {state}); there is nothing to decide."
    zh = "该批次没有已保存的记录（状态：{state}），无需审批。"


class WarningsOpen(Conflict):
    """Rows whose check cannot tell need a reason to be approved."""

    code = "warnings_open"
    en = "{count} rows are unusual and no check can tell that they are right. Say why they are, then approve."
    zh = "有 {count} 行数据异常且无法自动判断，请说明其属实的理由后再审批通过。"


class RecordSuperseded(Conflict):
    """The record was corrected or withdrawn meanwhile."""

    code = "record_superseded"
    en = "The record was corrected or withdrawn meanwhile; load it again and change the newest one."
    zh = "该记录已被更正或撤回，请刷新后针对最新记录操作。"


class DecidedAlready(Conflict):
    """The same decision stands already."""

    code = "decided_already"
    en = "This was {decision} already; nothing changes."
    zh = "该数据此前已作出相同决定（{decision}），无需重复操作。"


class YearsChanged(Conflict):
    """A reporting year was opened or closed while the file was being read."""

    code = "years_changed"
    en = "A reporting year was opened or closed while the file was being read. Import it again."
    zh = "导入过程中报告年度的开启状态发生了变化，请重新导入。"
