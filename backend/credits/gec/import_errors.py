"""Errors of importing green certificates and of recording generation.

NotFound
  CertificateImportNotFound   no such import, or not yours
Invalid
  CertificateFileEmpty        the file has no line
  GenerationInvalid           a project code, month or energy that cannot be
  GenerationReasonMissing     a recorded month is corrected without saying why
Conflict
  GenerationUnchanged         the month says so already
  EnergyClaimedAsCcer         CCER were registered for the same energy
"""

from backend.kit.errors import Conflict, Invalid, NotFound


class CertificateImportNotFound(NotFound):
    """No such import, or not yours."""

    code = "certificate_import_not_found"
    en = "No import of certificates with this identifier."
    zh = "未找到该绿证导入记录。"


class CertificateFileEmpty(Invalid):
    """The file has no line."""

    code = "certificate_file_empty"
    en = "The file has titles but no certificate. Export it again from the platform."
    zh = "文件只有标题，没有绿证数据，请重新从平台导出。"


class GenerationInvalid(Invalid):
    """A project code, month or energy that cannot be."""

    code = "generation_invalid"
    en = "{reason_en}"
    zh = "{reason_zh}"


class GenerationReasonMissing(Invalid):
    """A recorded month is corrected without saying why."""

    code = "generation_reason_missing"
    en = "{month} was recorded with {kwh} kWh. Say why it is corrected."
    zh = "{month} 已登记 {kwh} 千瓦时，更正须说明原因。"


class GenerationUnchanged(Conflict):
    """The month says so already."""

    code = "generation_unchanged"
    en = "{month} has {kwh} kWh already; nothing changes."
    zh = "{month} 已是 {kwh} 千瓦时，无需变更。"


class EnergyClaimedAsCcer(Conflict):
    """CCER were registered for the same energy."""

    code = "energy_claimed_as_ccer"
    en = "The energy of project {project} in {month} is registered for CCER here: certificates or CCER, never both."
    zh = "项目 {project} 在 {month} 的电量已在本系统登记为 CCER，绿证与 CCER 只能二选一。"
