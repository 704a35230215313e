"""Errors of the carbon account.

NotFound
  AccountNotFound           no such account, or not visible to the caller
  SiteNotFound, SourceNotFound, MeterNotFound, YearNotFound, EvidenceNotFound
Forbidden
  AccountNotYours           visible (engaged, or in the region), but only its holder changes it
Invalid
  TextMissing, TextTooLong  a name, code or description
  CodeInvalid               a code with blanks or signs that break files
  DivisionOutside           a division outside or above this jurisdiction (an unknown one: DivisionUnknown of tenants)
  SectorUnknown             not a sector of this jurisdiction
  MethodPackUnknown         not a method pack of this jurisdiction
  FuelTableUnknown          not a table of fuel defaults
  HolderMissing             the service opens an account without saying for whom
  MultiplierInvalid         not a positive number of at most 12 digits
  CalibrationDatesInvalid   valid until is not after the day of calibration, or that day is to come
  EndDateInvalid            a source cannot end before 2005 or after this year
  YearOutOfRange            before 2005 or after next year
  ParametersNotObject       declared values that are no object of names and values
  ReasonMissing             this change needs its reason in words
  FiguresMissing, FiguresTooMany, FigureTwice    a list of yearly figures with none, too many, or one twice
  FigureInvalid, FigureUnitInvalid, FigureUnexpected    a figure that cannot be, in a unit that cannot be, withdrawn
                            though there is none
  ProductMissing, ProductUnexpected, MainProductUnclear    output without a product, others with one, two main ones
  FileEmpty                 nothing in the file
  FileTypeRefused           not one of the accepted kinds, by name or by content
Conflict
  AccountClosed, AccountHasOpenYears, AccountNotEmpty, CodeTaken, SourceEnded, YearClosed, YearOpen
Unavailable
  SourceRulesMissing        this process was started without the calculation methods
"""

from backend.kit.errors import Conflict, Forbidden, Invalid, NotFound, Unavailable


class AccountNotFound(NotFound):
    """No such account, or not yours."""

    code = "account_not_found"
    en = "No carbon account with this identifier."
    zh = "未找到该碳账户。"


class SiteNotFound(NotFound):
    """No such site in the account."""

    code = "site_not_found"
    en = "The account has no site with this identifier."
    zh = "该账户下没有此场所。"


class SourceNotFound(NotFound):
    """No such source in the account."""

    code = "source_not_found"
    en = "The account has no emission source with this identifier."
    zh = "该账户下没有此排放源。"


class MeterNotFound(NotFound):
    """No such meter in the account."""

    code = "meter_not_found"
    en = "The account has no meter with this identifier."
    zh = "该账户下没有此计量器具。"


class YearNotFound(NotFound):
    """The account does not report on this year."""

    code = "reporting_year_not_found"
    en = "The account does not report on {year}. Open the reporting year first."
    zh = "该账户未开启 {year} 年度，请先开启该核算年度。"


class EvidenceNotFound(NotFound):
    """No such evidence in the account."""

    code = "evidence_not_found"
    en = "The account has no evidence file with this identifier."
    zh = "该账户下没有此证明材料。"


class AccountNotYours(Forbidden):
    """The caller sees the account, but only its holder may change it."""

    code = "account_not_yours"
    en = "Only the enterprise that holds the account can change it."
    zh = "仅账户所属企业可以进行此操作。"


class TextMissing(Invalid):
    """An empty text where one is needed."""

    code = "field_empty"
    en = "'{field}' is empty. Write something a colleague will recognise."
    zh = "“{field}”不能为空。"


class TextTooLong(Invalid):
    """A text longer than the field holds."""

    code = "text_too_long"
    en = "'{field}' has {length} characters; at most {most} fit."
    zh = "“{field}”有 {length} 个字符，最多 {most} 个。"


class CodeInvalid(Invalid):
    """A code that would not survive a file name or a spreadsheet."""

    code = "code_invalid"
    en = "'{value}' cannot be a code. Use letters, digits, '-', '_' and '.', at most 40, for example E01."
    zh = "“{value}”不能作为编号。请使用字母、汉字、数字、“-”“_”“.”，最多 40 个字符，例如 E01。"


class DivisionOutside(Invalid):
    """The division is known, but lies outside (or above) this jurisdiction."""

    code = "division_outside"
    en = "The division '{division}' lies outside this jurisdiction. Choose one below {jurisdiction}."
    zh = "区划“{division}”不在本辖区内，请选择 {jurisdiction} 及其下属区划。"


class SectorUnknown(Invalid):
    """The sector is not one of the jurisdiction's."""

    code = "sector_unknown"
    en = "'{sector}' is not a sector of this jurisdiction. Use one of: {known}."
    zh = "“{sector}”不是本辖区的行业代码，可用：{known}。"


class MethodPackUnknown(Invalid):
    """The method pack is not one of the jurisdiction's."""

    code = "method_pack_unknown"
    en = "'{method_pack}' is not a method pack of this jurisdiction. Use one of: {known}."
    zh = "“{method_pack}”不是本辖区的核算方法包，可用：{known}。"


class FuelTableUnknown(Invalid):
    """There is no such table of fuel defaults."""

    code = "fuel_table_unknown"
    en = "'{fuel_table}' is not a table of fuel defaults. Use one of: {known}."
    zh = "“{fuel_table}”不是可用的燃料缺省值表，可用：{known}。"


class HolderMissing(Invalid):
    """The service itself holds no account: it must say for whom it opens one."""

    code = "holder_missing"
    en = "Say which enterprise holds the account."
    zh = "请指明账户所属企业。"


class MultiplierInvalid(Invalid):
    """A multiplier that no transformer has."""

    code = "multiplier_invalid"
    en = "The multiplier must be a positive number of at most 12 digits, not {value}."
    zh = "倍率须为不超过 12 位的正数，不能为 {value}。"


class CalibrationDatesInvalid(Invalid):
    """The dates of a calibration cannot be right."""

    code = "calibration_dates_invalid"
    en = "Calibrated on {calibrated_on}, valid until {valid_until}: the end must come later, the start not after today."
    zh = "检定日期 {calibrated_on}、有效期至 {valid_until} 有误：有效期须晚于检定日期，检定日期不得晚于今天。"


class EndDateInvalid(Invalid):
    """The last day of a source cannot be right."""

    code = "end_date_invalid"
    en = "A source cannot end on {ended_on}: give a day from {first} to {last}."
    zh = "停用日期 {ended_on} 有误，应在 {first} 至 {last} 之间。"


class YearOutOfRange(Invalid):
    """No account reports on such a year."""

    code = "reporting_year_out_of_range"
    en = "{year} cannot be a reporting year: choose one from {first} to {last}."
    zh = "{year} 年不能作为核算年度，可选 {first} 至 {last}。"


class ParametersNotObject(Invalid):
    """Declared values must be given by name."""

    code = "parameters_not_object"
    en = 'Give declared values by name, decimals as text, for example {{"ncv": "389.31"}}.'
    zh = '申报参数须按名称填写，数值以文本表示，例如 {{"ncv": "389.31"}}。'


class ReasonMissing(Invalid):
    """A change that needs its reason."""

    code = "change_reason_missing"
    en = "Give the reason in a sentence: it is kept with the change."
    zh = "请说明原因，原因将随变更一并留存。"


class FiguresMissing(Invalid):
    """A list of figures without any."""

    code = "figures_missing"
    en = "Give at least one figure."
    zh = "请至少填写一项经营数据。"


class FiguresTooMany(Invalid):
    """More figures than a year has."""

    code = "figures_too_many"
    en = "A year has at most {most} figures, its products among them."
    zh = "一个年度最多 {most} 项经营数据（含各产品产量）。"


class FigureTwice(Invalid):
    """The same figure twice in one list."""

    code = "figure_twice"
    en = "The figure '{figure}' is given twice. Give it once."
    zh = "经营数据“{figure}”重复填写，请只保留一项。"


class FigureInvalid(Invalid):
    """A quantity the figure cannot have."""

    code = "figure_invalid"
    en = "'{figure}' cannot be {value}: {reason_en}."
    zh = "“{figure}”不能为 {value}：{reason_zh}。"


class FigureUnitInvalid(Invalid):
    """A unit that does not measure what the figure counts."""

    code = "figure_unit_invalid"
    en = "'{figure}' cannot be given in '{unit}'. Use for example: {accepted}."
    zh = "“{figure}”的单位不能为“{unit}”，可使用：{accepted}。"


class FigureUnexpected(Invalid):
    """A figure is to be withdrawn, but none stands."""

    code = "figure_not_there"
    en = "There is no figure '{figure}' of {year} to withdraw. Give a quantity to record one."
    zh = "{year} 年度没有可撤销的“{figure}”。如需填报，请填写数值。"


class ProductMissing(Invalid):
    """Output of nothing in particular."""

    code = "figure_product_missing"
    en = "Say which product the output is of."
    zh = "请填写产量对应的产品名称。"


class ProductUnexpected(Invalid):
    """A product beside a figure that has none."""

    code = "figure_product_unexpected"
    en = "'{figure}' is of the whole account and has no product. Leave the product out."
    zh = "“{figure}”为账户整体数据，不区分产品，请勿填写产品名称。"


class MainProductUnclear(Invalid):
    """More than one main product, or none though there are several."""

    code = "main_product_unclear"
    en = "Mark exactly one of the year's products as the main one: {products}."
    zh = "请在本年度产品中指定且只指定一个主要产品：{products}。"


class FileEmpty(Invalid):
    """Nothing in the file."""

    code = "file_empty"
    en = "The file '{file_name}' is empty."
    zh = "文件“{file_name}”为空。"


class FileTypeRefused(Invalid):
    """The file is not of an accepted kind, by its name or by its content."""

    code = "file_type_refused"
    en = "'{file_name}' is not accepted: {reason_en} Accepted: {accepted}."
    zh = "不接受文件“{file_name}”：{reason_zh}可接受：{accepted}。"


class AccountClosed(Conflict):
    """The account is closed."""

    code = "account_closed"
    en = "The account {number} is closed and takes no more changes."
    zh = "碳账户 {number} 已注销，不能再变更。"


class AccountNotEmpty(Conflict):
    """Units lie in the account."""

    code = "account_not_empty"
    en = (
        "The account still holds {units}. Transfer or retire them, and let offers, pledges and reservations end, "
        "before you close it: nothing moves out of a closed account."
    )
    zh = "账户中仍有 {units}。账户注销后单位不能再转出，请先划转或注销这些单位，并了结要约、质押和预留。"


class AccountHasOpenYears(Conflict):
    """The account cannot be closed while it reports."""

    code = "account_has_open_years"
    en = "The account still reports on {years}. Close these reporting years first."
    zh = "账户仍有未关闭的核算年度 {years}，请先关闭。"


class CodeTaken(Conflict):
    """The code is in use in this account."""

    code = "code_taken"
    en = "The code '{value}' is already used in this account. Choose another."
    zh = "编号“{value}”在该账户中已被使用，请更换。"


class SourceEnded(Conflict):
    """The source has ended."""

    code = "source_ended"
    en = "The emission source '{source}' ended on {ended_on}."
    zh = "排放源“{source}”已于 {ended_on} 停用。"


class YearClosed(Conflict):
    """The reporting year is closed."""

    code = "reporting_year_closed"
    en = "The reporting year {year} is closed."
    zh = "{year} 核算年度已关闭。"


class YearOpen(Conflict):
    """The reporting year is open already."""

    code = "reporting_year_open"
    en = "The reporting year {year} is open already."
    zh = "{year} 核算年度已处于开启状态。"


class SourceRulesMissing(Unavailable):
    """Nobody registered the calculation methods in this process."""

    code = "source_rules_missing"
    en = "This process was started without the calculation methods; tell the operator."
    zh = "当前进程未加载核算方法，请联系运维人员。"
