"""Errors of inventories and their review.

- `InventoryNotFound`, `FindingNotFound`, `LineNotFound`: not there, or not visible
- `OwnData`: separation of duties, whoever entered data of the year may not submit it
- `OwnOrganisation`, `NotTheVerifier`, `NotTheEnterprise`: the step belongs to the other side of the review
- `ReasonMissing`, `TextMissing`: the step needs words
- `WrongState`, `NotNewest`, `YearNotOpen`: right step, wrong moment
- `ChecksBlock`: a check failed or could not tell
- `MajorFindingsOpen`: verification with unresolved major findings
- `FindingClosed`: the finding is not in the state the step needs
"""

from backend.kit.errors import Conflict, Forbidden, Invalid, NotFound


class InventoryNotFound(NotFound):
    """No such inventory, or not visible."""

    code = "inventory_not_found"
    en = "No inventory with this identifier."
    zh = "未找到该排放清单。"


class FindingNotFound(NotFound):
    """No such finding, or not visible."""

    code = "finding_not_found"
    en = "No finding with this identifier."
    zh = "未找到该核查意见。"


class LineNotFound(NotFound):
    """The line is not one of this inventory."""

    code = "line_not_found"
    en = "This inventory has no such line."
    zh = "该排放清单中没有这一条目。"


class OwnData(Forbidden):
    """Separation of duties is on."""

    code = "own_data"
    en = "Separation of duties: you entered data of this year, so another person must submit it."
    zh = "职责分离：本年度有您录入的数据，须由他人提交。"


class OwnOrganisation(Forbidden):
    """Nobody verifies his own inventory."""

    code = "own_organisation"
    en = "An inventory is verified by another organisation than its own."
    zh = "排放清单须由其他单位核查，不得自行核查。"


class NotTheVerifier(Forbidden):
    """The step belongs to the other side of the review."""

    code = "not_the_verifier"
    en = "Only the engaged verifier may do this."
    zh = "仅受托核查机构可以执行该操作。"


class NotTheEnterprise(Forbidden):
    """The step belongs to the account's own enterprise."""

    code = "not_the_enterprise"
    en = "Only the account's own enterprise may do this."
    zh = "仅账户所属企业可以执行该操作。"


class ReasonMissing(Invalid):
    """The step needs its reason in words."""

    code = "reason_missing"
    en = "Say why: the reason is kept with the inventory."
    zh = "请填写理由，理由将随清单保存。"


class TextMissing(Invalid):
    """The message is empty."""

    code = "text_missing"
    en = "The message is empty."
    zh = "内容不能为空。"


class WrongState(Conflict):
    """The step does not start from this state."""

    code = "wrong_state"
    en = "The inventory is {state}; this step needs it to be {needed}."
    zh = "清单当前状态为 {state}，该操作要求状态为 {needed}。"


class NotNewest(Conflict):
    """A newer version exists."""

    code = "not_newest"
    en = "Version {version} is not the newest; work on version {newest}."
    zh = "第 {version} 版不是最新版本，请处理第 {newest} 版。"


class YearNotOpen(Conflict):
    """The account does not report on this year."""

    code = "year_not_open"
    en = "The account has not opened the reporting year {year}."
    zh = "该账户尚未开启 {year} 报告年度。"


class ChecksBlock(Conflict):
    """A check failed or could not tell; both block."""

    code = "checks_block"
    en = "{count} checks do not pass: {codes}. What cannot be told blocks like a failure; see the inventory's checks."
    zh = "有 {count} 项检查未通过：{codes}。无法判断与不通过同样阻止提交，详见清单检查结果。"


class MajorFindingsOpen(Conflict):
    """Verification with unresolved major findings."""

    code = "major_findings_open"
    en = "{count} major findings are not resolved; resolve them or return the inventory."
    zh = "尚有 {count} 项重大核查意见未解决，请先解决或退回清单。"


class FindingClosed(Conflict):
    """The finding is resolved already."""

    code = "finding_state"
    en = "The finding is {state}; this step needs it to be {needed}."
    zh = "核查意见当前状态为 {state}，该操作要求状态为 {needed}。"
