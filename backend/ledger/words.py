"""Words of the ledger in Chinese, for sentences people read; on the wire and in the books they stay as they are."""

from collections.abc import Mapping

STATES: Mapping[str, str] = {
    "open": "有效", "settled": "已成交", "released": "已解除", "lapsed": "已失效", "reserved": "已预留",
}  # fmt: skip
"""States of offers, pledges and reservations."""
KINDS: Mapping[str, str] = {
    "issue": "签发", "import": "转入", "transfer": "划转", "offer": "要约", "accept": "接受要约", "decline": "拒绝要约",
    "withdraw": "撤回要约", "lapse": "要约失效", "pledge": "质押", "release": "解除质押", "reserve": "预留",
    "free": "解除预留", "retire": "注销", "surrender": "清缴", "expire": "过期", "reverse": "冲正",
}  # fmt: skip
"""Kinds of movements."""
USES: Mapping[str, str] = {
    "market_scope2": "基于市场的范围二", "renewable_duty": "可再生能源消费责任", "ccer": "CCER签发", "gec": "绿证核发",
    "footprint": "产品碳足迹", "park_indicator": "园区指标", "disclosure": "信息披露", "event": "活动碳中和",
    "ets_offset": "配额清缴抵销",
}  # fmt: skip
"""Uses of a benefit."""


def in_chinese(words: Mapping[str, str], word: object) -> str:
    """Return a word in Chinese; one that is not known stays as it is."""
    return words.get(str(word), str(word))
