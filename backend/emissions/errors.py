"""Errors of methods and their parameters.

Invalid
  UnknownMethod             no method of this code
  UnknownPack               no method pack of this code
  MethodNotInPack           the account's guide does not use it
  UnknownKey                not a member of the method's list
  ScopeNotAllowed           the method does not belong to this scope
  UnitNotAccepted           the method cannot take a quantity in this unit
  UnknownParameter          the method has no such parameter
  MissingParameter          a result needs it and it is neither stated nor found
  InvalidParameter          not a decimal number
  ImpossibleParameter       outside what can exist
  MissingText               a declared number without its source, a statement without its reason
  ParameterUnitMismatch     the factor found is per another unit than the quantity
Unavailable
  NoFactor                  no level has a value
"""

from backend.kit.errors import Invalid, Unavailable


class UnknownMethod(Invalid):
    """No method of this code."""

    code = "unknown_method"
    en = "There is no calculation method '{method}'."
    zh = "不存在核算方法“{method}”。"


class UnknownPack(Invalid):
    """No method pack of this code."""

    code = "unknown_method_pack"
    en = "There is no method pack '{pack}'."
    zh = "不存在核算方法包“{pack}”。"


class MethodNotInPack(Invalid):
    """The account's reporting guide does not use this method."""

    code = "method_not_in_pack"
    en = "The method '{method}' does not belong to the guide '{pack}' this account reports by."
    zh = "核算方法“{method}”不属于该账户所采用的指南“{pack}”。"


class UnknownKey(Invalid):
    """The method has a closed list and this is not in it."""

    code = "unknown_key"
    en = "'{key}' is not one of: {choices}."
    zh = "“{key}”不在可选范围内：{choices}。"


class ScopeNotAllowed(Invalid):
    """The method does not belong to this scope."""

    code = "scope_not_allowed"
    en = "The method '{method}' belongs to scope {allowed}, not {scope}."
    zh = "核算方法“{method}”属于范围{allowed}，不能用于范围{scope}。"


class UnitNotAccepted(Invalid):
    """The quantity's unit cannot be converted to a base unit of the method."""

    code = "unit_not_accepted"
    en = "The method '{method}' does not take quantities in '{unit}'. Use one of: {accepted}."
    zh = "核算方法“{method}”不接受单位“{unit}”，可用单位：{accepted}。"


class UnknownParameter(Invalid):
    """The method has no such parameter."""

    code = "unknown_parameter"
    en = "The method '{method}' has no parameter '{parameter}'. It knows: {known}."
    zh = "核算方法“{method}”没有参数“{parameter}”，可用参数：{known}。"


class MissingParameter(Invalid):
    """The result needs it, and it is neither stated nor found."""

    code = "missing_parameter"
    en = "The method '{method}' needs '{parameter}' ({label_en}, {unit})."
    zh = "核算方法“{method}”缺少参数“{parameter}”（{label_zh}，{unit}）。"


class InvalidParameter(Invalid):
    """The text is not a decimal number."""

    code = "invalid_parameter"
    en = "'{value}' is not a number for '{parameter}'. Write plain decimals, for example 0.02749."
    zh = "参数“{parameter}”的值“{value}”不是有效数字，请填写十进制数，例如 0.02749。"


class ImpossibleParameter(Invalid):
    """The value cannot exist; most often a unit or a decimal point slipped."""

    code = "impossible_parameter"
    en = "{parameter} = {value} {unit} is not possible: it lies between {low} and {high}. Check the unit."
    zh = "{parameter} = {value} {unit} 不合理：应在 {low} 与 {high} 之间，请检查计量单位。"


class MissingText(Invalid):
    """A declared number needs its source, a direct statement its reason."""

    code = "missing_text"
    en = "Say '{text}' ({label_en}): a number or statement of your own needs it."
    zh = "请填写“{text}”（{label_zh}）：自行申报的数值须说明来源或理由。"


class ParameterUnitMismatch(Invalid):
    """The parameter found is per another unit than the quantity was converted to."""

    code = "parameter_unit_mismatch"
    en = "'{parameter}' is given in {unit}, but the quantity is in {base_unit}. Enter the quantity accordingly."
    zh = "参数“{parameter}”的单位为 {unit}，而活动数据单位为 {base_unit}，请按参数单位填报。"


class NoFactor(Unavailable):
    """No rule level has a value for this place and day."""

    code = "no_factor"
    en = "No value of '{parameter}' was found. Looked in: {levels}"
    zh = "未找到参数“{parameter}”的取值，已查找：{levels}"
