"""What knowledge refuses.

NotFound
  KnowledgeEntryNotFound      no such entry, or one the caller may not see
  FactorRequestNotFound       no such request, or not the caller's
Invalid
  SearchTooShort              neither two Chinese signs together nor an English word of two letters nor a number
  SearchTooLong               more than a question
  SearchTooCommon             English words alone that stand in every text
  KnowledgeDivisionInvalid    an entry for a division that is not the caller's
  KnowledgeEntryInvalid       an entry that cannot be right, each field named; nothing was stored
  KnowledgeTextInvalid        a text without items, too long, or without the right to hold it
  KnowledgeNoTraining         completing what is no training material
  KnowledgeFileInvalid        a file whose cells cannot be right, each named; nothing was stored
  KnowledgeReasonMissing      taking an entry away without saying why
  FactorRequestInvalid        a request or an answer that cannot be right
Limited
  KnowledgeFileTooLarge       a file larger than it may be
Conflict
  KnowledgeEntryNotOwn        what the product ships, or another authority entered, is not the caller's to take away
  KnowledgeEntryWithdrawn     taken away already
  FactorRequestClosed         answered, refused or withdrawn already
"""

from collections.abc import Sequence

from backend.kit.errors import Conflict, Invalid, Limited, NotFound
from backend.knowledge.values import CellFault

SHOWN = 100
"""Faults sent along; the count tells of the rest."""


class KnowledgeEntryNotFound(NotFound):
    """No such entry, or one the caller may not see."""

    code = "knowledge_entry_not_found"
    en = "There is no entry of the library with this identifier."
    zh = "知识库中未找到该条目。"


class FactorRequestNotFound(NotFound):
    """No such request, or not the caller's."""

    code = "factor_request_not_found"
    en = "There is no request for a factor with this identifier."
    zh = "未找到该因子申请。"


class SearchTooShort(Invalid):
    """Nothing in the search is long enough to look for."""

    code = "knowledge_search_too_short"
    en = "'{search}' is too short. Search for at least two Chinese characters together, or a word or number of two signs."
    zh = "检索词“{search}”过短：请至少输入两个相连的汉字，或两个字符以上的英文单词或数字。"


class SearchTooLong(Invalid):
    """The search is longer than a question."""

    code = "knowledge_search_too_long"
    en = "The search has {length} characters; at most {longest} are looked for. Shorten it to its key words."
    zh = "检索词共 {length} 个字符，最多 {longest} 个，请仅保留关键词。"


class SearchTooCommon(Invalid):
    """English words alone that stand in every text."""

    code = "knowledge_search_too_common"
    en = "'{search}' has only words that occur everywhere. Add a word of the matter."
    zh = "检索词“{search}”均为通用虚词，请补充具体的关键词。"


class KnowledgeDivisionInvalid(Invalid):
    """An entry for a division that is not the caller's."""

    code = "knowledge_division_invalid"
    en = "'{division}' is no division of your region."
    zh = "“{division}”不在本单位的管辖范围内。"


class KnowledgeEntryInvalid(Invalid):
    """An entry that cannot be right; `details.faults` names each field."""

    code = "knowledge_entry_invalid"
    en = "The entry was not stored; faults: {count}. {first_en}"
    zh = "条目未保存，共 {count} 处错误。{first_zh}"


class KnowledgeFileInvalid(Invalid):
    """A file whose cells cannot be right; `details.faults` names each with row and column. Nothing was stored."""

    code = "knowledge_file_invalid"
    en = "Nothing was stored: {count} cells are wrong. Row {row}, {column}: {first_en}"
    zh = "未保存任何条目：共 {count} 个单元格有误。第 {row} 行“{column}”：{first_zh}"

    def __init__(self, faults: Sequence[CellFault], *, path: tuple[str, ...] = ()) -> None:
        first = faults[0]
        super().__init__(
            path=path, count=len(faults), row=first.row, column=first.column, first_zh=first.zh, first_en=first.en,
            faults=[each.as_json() for each in faults[:SHOWN]],
        )  # fmt: skip


class KnowledgeTextInvalid(Invalid):
    """A text that cannot be held: without items, too long, or without the right to hold it."""

    code = "knowledge_text_invalid"
    en = "The text was not stored: {reason_en}."
    zh = "正文未保存：{reason_zh}。"


class KnowledgeNoTraining(Invalid):
    """Completing what is no training material."""

    code = "knowledge_no_training"
    en = "'{title}' is no training material, so that nobody completes it."
    zh = "“{title}”不是培训资料，无需登记学习完成。"


class KnowledgeReasonMissing(Invalid):
    """Taking an entry away without saying why."""

    code = "knowledge_reason_missing"
    en = "Say in up to {longest} characters why the entry is taken away."
    zh = "请填写撤下该条目的原因（不超过 {longest} 个字符）。"


class FactorRequestInvalid(Invalid):
    """A request or an answer that cannot be right."""

    code = "factor_request_invalid"
    en = "{field}: {reason_en}."
    zh = "{field}：{reason_zh}。"


class KnowledgeFileTooLarge(Limited):
    """The file is larger than it may be."""

    code = "knowledge_file_too_large"
    en = "The file has more than {megabytes} MB or is no base64. Send it in parts."
    zh = "文件超过 {megabytes} MB，或不是有效的 base64 编码，请拆分后提交。"


class KnowledgeEntryNotOwn(Conflict):
    """What the product ships, or another authority entered, is not the caller's to take away."""

    code = "knowledge_entry_not_own"
    en = "'{title}' was not entered by your authority, so that you cannot change it or take it away."
    zh = "“{title}”并非由本单位录入，不能更改或撤下。"


class KnowledgeEntryWithdrawn(Conflict):
    """Taken away already."""

    code = "knowledge_entry_withdrawn"
    en = "'{title}' was taken away already."
    zh = "“{title}”已撤下，无需重复操作。"


class FactorRequestClosed(Conflict):
    """Answered, refused or withdrawn already."""

    code = "factor_request_closed"
    en = "The request is {state} already; ask again if something is still missing."
    zh = "该申请的状态为 {state}，不能再处理；如仍缺少因子，请重新申请。"
