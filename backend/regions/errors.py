"""What regions refuses.

Forbidden
  RollupsClosed             only the service itself writes or checks roll-ups
  BalanceSecondPerson       who entered an energy balance does not decide on it
  OpenDataOfTheWhole        open data is made by the authority of the whole jurisdiction
NotFound
  BalanceNotFound           no such energy balance, or not of the caller's region
  OpenYearUnknown           no open data of this year was published
Invalid
  RegionYearInvalid         before 2005, or not over
  PeriodInvalid             months that follow each other wrongly, or too many of them
  DocumentInvalid           a figure without a document it was taken from, or of a document to come
  RegionFiguresInvalid      figures that cannot be; nothing of them was stored
  BalanceInvalid            cells of an energy balance that cannot be, each named; nothing of it was stored
  BalanceReasonMissing      a correction without its reason
  BalanceReasonTooShort     a decision without its reason
  FuelTableUnknown          not a table of fuel defaults
  OpenYearNotOver           open data of a year that lasts, or of one before 2005
Conflict
  BalanceDecided            the version was accepted or rejected before
  OpenYearPublished         a year is published once
"""

from backend.kit.errors import Conflict, Forbidden, Invalid, NotFound


class RollupsClosed(Forbidden):
    """Somebody else than the service would write or check the roll-ups."""

    code = "regions_rollups_closed"
    en = "The roll-ups of the city's ledger are kept by the service alone."
    zh = "城市碳账本的汇总数据仅由系统维护。"


class BalanceNotFound(NotFound):
    """No such energy balance, or not of the caller's region."""

    code = "energy_balance_not_found"
    en = "There is no energy balance with this identifier."
    zh = "未找到该能源平衡表。"


class RegionYearInvalid(Invalid):
    """A year no figure is of."""

    code = "region_year_invalid"
    en = "{year} cannot be: figures of divisions are of {first} to {last}."
    zh = "年份 {year} 无效：区域数据的年份应在 {first} 至 {last} 之间。"


class PeriodInvalid(Invalid):
    """The months do not make a period."""

    code = "region_period_invalid"
    en = "From {first} to {last} is no period we show: the first month comes first, and at most {most} months fit."
    zh = "{first} 至 {last} 不是有效的期间：起始月不得晚于截止月，且最多 {most} 个月。"


class DocumentInvalid(Invalid):
    """No document, or one of a day to come."""

    code = "region_document_invalid"
    en = "Name the document the figures were taken from (title up to {longest} characters, number, day of issue up to today): {reason_en}."
    zh = "请填写数据来源文件（名称不超过 {longest} 个字符、文号、不晚于今天的发布日期）：{reason_zh}。"


class RegionFiguresInvalid(Invalid):
    """Figures that cannot be; `details.faults` names each."""

    code = "region_figures_invalid"
    en = "{count} of the figures cannot be stored; the first: {first_en}"
    zh = "有 {count} 项数据无法保存，第一项：{first_zh}"


class BalanceInvalid(Invalid):
    """Cells of an energy balance that cannot be; `details.faults` names each with row, column and how to mend it."""

    code = "energy_balance_invalid"
    en = "{count} cells of the energy balance cannot be; nothing was stored. The first: {first_en}"
    zh = "能源平衡表有 {count} 处错误，未保存任何数据。第一处：{first_zh}"


class BalanceReasonMissing(Invalid):
    """A version follows another without a reason."""

    code = "energy_balance_reason_missing"
    en = "There is an energy balance of {division} for {year} already. Say in 'note' why it is replaced."
    zh = "{division} {year} 年的能源平衡表已存在，请在“note”中说明更正原因。"


class BalanceSecondPerson(Forbidden):
    """Four eyes."""

    code = "energy_balance_second_person"
    en = "You entered this energy balance: another person of the authority accepts or rejects it."
    zh = "该能源平衡表由您录入，须由主管部门的另一人确认或退回。"


class BalanceReasonTooShort(Invalid):
    """A decision without its reason."""

    code = "energy_balance_reason_needed"
    en = "Say in 'reason' why the energy balance is accepted or rejected."
    zh = "请在“reason”中说明确认或退回该能源平衡表的理由。"


class BalanceDecided(Conflict):
    """A decision is for good."""

    code = "energy_balance_decided"
    en = "This version is {state_en} already. Enter another version instead."
    zh = "该版本已{state_zh}，请另行录入新版本。"


class FuelTableUnknown(Invalid):
    """Not a table of fuel defaults."""

    code = "region_fuel_table_unknown"
    en = "'{table}' is not a table of fuel defaults. Use one of {known}."
    zh = "“{table}”不是有效的燃料缺省值表，可用：{known}。"


class OpenDataOfTheWhole(Forbidden):
    """Somebody of a part would make the open data of the whole."""

    code = "open_data_of_the_whole"
    en = "Open data is published by the authority of the whole jurisdiction."
    zh = "开放数据由本辖区全域主管部门发布。"


class OpenYearUnknown(NotFound):
    """No open data of this year."""

    code = "open_year_unknown"
    en = "No open data of {year} was published."
    zh = "{year} 年的开放数据尚未发布。"


class OpenYearNotOver(Invalid):
    """A year that lasts, or one before the first."""

    code = "open_year_not_over"
    en = "Open data is of a year that is over: {first} to {last}, not {year}."
    zh = "仅可发布已结束年度的开放数据：{first} 至 {last} 年，{year} 年不可发布。"


class OpenYearPublished(Conflict):
    """The year is published already."""

    code = "open_year_published"
    en = "Open data of {year} is published and stays: a second table would tell by the difference what changed."
    zh = "{year} 年的开放数据已发布，不得重复发布：两版之差会暴露变化的企业。"
