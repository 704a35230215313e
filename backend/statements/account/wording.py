"""Words of the account statement as people read them, Chinese and English; a code that is not known stays as it is."""

from collections.abc import Mapping

from backend.scores.values import Words
from backend.statements.account.values import Mark

KINDS: Mapping[str, Words] = {
    "issue": Words("签发", "Issued"),
    "import": Words("转入登记", "Imported"),
    "transfer": Words("划转", "Transferred"),
    "offer": Words("要约", "Offered"),
    "accept": Words("要约成交", "Offer accepted"),
    "decline": Words("拒绝要约", "Offer declined"),
    "withdraw": Words("撤回要约", "Offer withdrawn"),
    "lapse": Words("要约失效", "Offer lapsed"),
    "pledge": Words("质押", "Pledged"),
    "release": Words("解除质押", "Pledge released"),
    "reserve": Words("预留", "Reserved"),
    "free": Words("解除预留", "Reservation freed"),
    "retire": Words("注销", "Retired"),
    "surrender": Words("清缴", "Surrendered"),
    "expire": Words("过期", "Expired"),
    "reverse": Words("冲正", "Reversed"),
}
BUCKETS: Mapping[str, Words] = {
    "available": Words("可用", "Available"),
    "offered": Words("要约中", "Offered"),
    "pledged": Words("已质押", "Pledged"),
    "reserved": Words("已预留", "Reserved"),
    "retired": Words("已注销", "Retired"),
    "surrendered": Words("已清缴", "Surrendered"),
    "expired": Words("已过期", "Expired"),
}
CATEGORIES: Mapping[str, Words] = {
    "combustion": Words("化石燃料燃烧", "Fossil fuel combustion"),
    "process": Words("工业生产过程", "Industrial processes"),
    "fugitive": Words("逸散", "Fugitive"),
    "electricity": Words("电力", "Electricity"),
    "heat": Words("热力", "Heat"),
    "aluminium": Words("铝电解", "Aluminium electrolysis"),
    "other": Words("其他", "Other"),
    "purchased_goods": Words("外购商品和服务", "Purchased goods and services"),
    "capital_goods": Words("资本货物", "Capital goods"),
    "fuel_and_energy": Words("燃料和能源相关活动", "Fuel- and energy-related activities"),
    "upstream_transport": Words("上游运输和配送", "Upstream transport and distribution"),
    "waste": Words("运营中产生的废弃物", "Waste generated in operations"),
    "business_travel": Words("商务旅行", "Business travel"),
    "commuting": Words("员工通勤", "Employee commuting"),
    "upstream_leased": Words("上游租赁资产", "Upstream leased assets"),
    "downstream_transport": Words("下游运输和配送", "Downstream transport and distribution"),
    "processing": Words("售出产品的加工", "Processing of sold products"),
    "use": Words("售出产品的使用", "Use of sold products"),
    "end_of_life": Words("售出产品的报废处理", "End-of-life treatment of sold products"),
    "downstream_leased": Words("下游租赁资产", "Downstream leased assets"),
    "franchises": Words("特许经营", "Franchises"),
    "investments": Words("投资", "Investments"),
}
STATES: Mapping[str, Words] = {
    "computed": Words("已核算", "Computed"),
    "submitted": Words("已提交核查", "Submitted"),
    "verified": Words("已核查", "Verified"),
    "closed": Words("已归档", "Closed"),
    "restated": Words("已重述", "Restated"),
    "withdrawn": Words("已撤回", "Withdrawn"),
}
BASES: Mapping[str, Words] = {
    "entered": Words("核查机构或主管部门录入的核定值", "The figure entered by the verifier or the authority"),
    "verified": Words("经核查的排放清单", "The verified inventory"),
    "provisional": Words("未经核查的排放清单（暂定）", "An unverified inventory (provisional)"),
    "none": Words("尚无数据", "No figure yet"),
}
DUTY_STATES: Mapping[str, Words] = {
    "open": Words("待办", "Open"),
    "due": Words("待办", "Due"),
    "done": Words("已完成", "Done"),
    "done_late": Words("逾期完成", "Done late"),
    "late": Words("已逾期", "Late"),
    "unknown": Words("截止日期未收录", "No day on record"),
    "cannot_tell": Words("无法判定", "Cannot be told"),
}
AWAITED: Mapping[str, Words] = {
    "open": Words("待主管部门办理", "Awaited from the authority"),
    "late": Words("待主管部门办理，期限已过", "Awaited from the authority, past its day"),
}
"""States of a duty of the authority's own, where they are not those of the holder's."""
SETTLED: Mapping[str, Words] = {
    "done": Words("已按期清缴", "Done"),
    "done_late": Words("逾期清缴", "Done late"),
}
"""How a year stands for which nothing is owed any more."""
SCORE_STATES: Mapping[str, Words] = {
    "graded": Words("已评级", "Graded"),
    "gated": Words("受限（存在否决项）", "Gated"),
    "cannot_tell": Words("数据不足，无法评级", "Not enough to tell"),
}
MARKS: Mapping[Mark, tuple[str, Words]] = {
    Mark.PLACEHOLDER: ("P", Words("依据可配置的占位参数，尚无官方数值。", "Rests on a configurable placeholder; no official figure is known.")),
    Mark.UNVERIFIED: ("U", Words("未经第三方核查。", "Not verified by another organisation.")),
    Mark.RESTATED: ("R", Words("经重述：较早版本的数值不同。", "Restated: an earlier version said otherwise.")),
    Mark.PROVISIONAL: ("T", Words("暂定：期间未结束或数据尚未齐全，可能变化。", "Provisional: the time is not over or records are missing; it may change.")),
    Mark.UNCERTAIN: ("C", Words("部分参数或公式尚未在原始文件中核实。", "Some parameters or formulas were not confirmed at their source.")),
}  # fmt: skip
"""The sign printed behind a figure for each mark, and its footnote."""


def word(words: Mapping[str, Words], code: str) -> Words:
    """Return a code in words; one that is not known stays as it is."""
    return words.get(code, Words(code, code))
