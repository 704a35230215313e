"""Errors of bringing units in by a registry's export.

NotFound
  UnitImportNotFound    no such import, or not yours
  UnitFileUnknown       units of that class do not come in by a registry's export
Invalid
  UnitFileEmpty         the file has no line
Limited
  TooManyRuns           more separate runs of serials than one file may have
"""

from backend.kit.errors import Invalid, Limited, NotFound


class UnitImportNotFound(NotFound):
    """No such import, or not yours."""

    code = "unit_import_not_found"
    en = "No import of units with this identifier that you may see."
    zh = "未找到您可以查看的该单位导入记录。"


class UnitFileUnknown(NotFound):
    """Units of that class do not come in by a registry's export."""

    code = "unit_file_unknown"
    en = "Units of class '{value}' do not come in by a registry's export. Classes that do: {known}."
    zh = "“{value}”类单位不支持以登记机构导出文件导入，可导入的类别：{known}。"


class UnitFileEmpty(Invalid):
    """The file has no line."""

    code = "unit_file_empty"
    en = "The file has titles but no units. Export it again from the registry."
    zh = "文件只有标题，没有单位数据，请重新从登记系统导出。"


class TooManyRuns(Limited):
    """More separate runs of serials than one file may have."""

    code = "too_many_runs"
    en = "The file has {found} separate runs of serials; one file may have {limit}. Send it in parts."
    zh = "文件含 {found} 段不相连的序列号，一个文件最多 {limit} 段，请分批导入。"
