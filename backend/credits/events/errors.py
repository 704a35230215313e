"""Errors of events and their neutrality.

NotFound
  EventNotFound            no such event, or not yours
  EventRetirementNotFound  no such retirement of the event
Invalid
  EventFactsInvalid        days or people that cannot be
  EventLineInvalid         a line that cannot be reckoned
  EventRuleInvalid         classes, years or groups that cannot be a rule
Conflict
  EventNotChangeable       submitted or decided
  EventNotSubmitted        nothing waits for a decision
  EventNotConfirmed        no footprint to neutralise yet, or neutral already
  EventCategoriesOpen      groups of sources neither reckoned nor left out with a reason
  EventFootprintEmpty      nothing is emitted: nothing to neutralise
  EventUnitsNotAccepted    units of a class that does not neutralise events here
  EventVintageTooOld       the benefit is older than the rule allows
  EventVintageUnknown      whether it is too old cannot be told
  EventRetirementTooMuch   more than the footprint
  EventRetirementReversed  taken back before
"""

from backend.kit.errors import Conflict, Invalid, NotFound


class EventNotFound(NotFound):
    """No such event, or not yours."""

    code = "event_not_found"
    en = "No event with this identifier."
    zh = "未找到该活动。"


class EventRetirementNotFound(NotFound):
    """No such retirement of the event."""

    code = "event_retirement_not_found"
    en = "The event has no retirement by this movement."
    zh = "该活动没有对应的注销记录。"


class EventFactsInvalid(Invalid):
    """Days or people that cannot be."""

    code = "event_facts_invalid"
    en = "'{field}' cannot be {value}: {reason_en}."
    zh = "“{field}”不能为 {value}：{reason_zh}。"


class EventLineInvalid(Invalid):
    """A line that cannot be reckoned."""

    code = "event_line_invalid"
    en = "Line {line}, '{field}': {reason_en}."
    zh = "第 {line} 行“{field}”有误：{reason_zh}。"


class EventRuleInvalid(Invalid):
    """Classes, years or groups that cannot be a rule."""

    code = "event_rule_invalid"
    en = "'{field}' cannot be {value}: {reason_en}."
    zh = "“{field}”不能为 {value}：{reason_zh}。"


class EventNotChangeable(Conflict):
    """Submitted or decided."""

    code = "event_not_changeable"
    en = "The event is {state}; it is changed only as a draft or when it was sent back."
    zh = "该活动{state_zh}，仅草稿或被退回时可以修改。"


class EventNotSubmitted(Conflict):
    """Nothing waits for a decision."""

    code = "event_not_submitted"
    en = "The event is {state}; only what was submitted is decided."
    zh = "该活动{state_zh}，仅已提交的活动可以审核。"


class EventNotConfirmed(Conflict):
    """No footprint to neutralise yet, or neutral already."""

    code = "event_not_confirmed"
    en = "The event is {state}; units are retired for a confirmed footprint that is not neutral yet."
    zh = "该活动{state_zh}，仅排放量已确认且尚未中和的活动可以注销抵销。"


class EventCategoriesOpen(Conflict):
    """Groups of sources neither reckoned nor left out with a reason."""

    code = "event_categories_open"
    en = "Reckon these groups of sources, or leave them out with a reason: {missing_en}."
    zh = "以下排放源类别须核算或说明不计入的理由：{missing_zh}。"


class EventFootprintEmpty(Conflict):
    """Nothing to neutralise."""

    code = "event_footprint_empty"
    en = "The footprint is zero: there is nothing to neutralise."
    zh = "活动排放量为零，无需中和。"


class EventUnitsNotAccepted(Conflict):
    """Units of a class that does not neutralise events here."""

    code = "event_units_not_accepted"
    en = "Units of {class} do not neutralise events here. Accepted: {accepted}."
    zh = "{class} 不能用于本地区的活动碳中和，可用：{accepted}。"


class EventVintageTooOld(Conflict):
    """The benefit is older than the rule allows."""

    code = "event_vintage_too_old"
    en = "Units of {vintage} are too old for an event of {year}: the oldest accepted year is {oldest}."
    zh = "{vintage} 年产生的单位不能用于 {year} 年的活动，最早可用 {oldest} 年。"


class EventVintageUnknown(Conflict):
    """Whether it is too old cannot be told."""

    code = "event_vintage_unknown"
    en = "The year these units were produced is not known, so it cannot be told whether they are too old: {class}."
    zh = "{class} 的产生年份不明，无法判断是否符合年限要求。"


class EventRetirementTooMuch(Conflict):
    """More than the footprint."""

    code = "event_retirement_too_much"
    en = "{quantity} t are more than the {remaining} t that remain: units are retired for exactly the footprint."
    zh = "拟注销 {quantity} 吨，超过剩余的 {remaining} 吨；注销量应恰好等于活动排放量。"


class EventRetirementReversed(Conflict):
    """Taken back before."""

    code = "event_retirement_reversed"
    en = "This retirement was taken back before."
    zh = "该注销此前已撤回。"
