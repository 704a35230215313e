"""The columns every registry's export of serial ranges shares.

No registry's file format is published in what we could read: titles and keys are placeholders, recognised in any order
beside columns of other names. Where a real export calls them otherwise, its titles are renamed to these.
"""

from backend.kit.tables import Column


def column(
    key: str, zh: str, en: str, help_zh: str, help_en: str, width: int = 14, *, must: bool = True,
    spellings: tuple[str, ...] = (),
) -> Column:  # fmt: skip
    """Return a column; its guide says that its title is a placeholder."""
    return Column(
        key, zh, en, f"{help_zh}（列名为占位值，官方格式未公布。）",
        f"{help_en} (The title is a placeholder; the official format is not published.)", width, is_required=must,
        spellings=spellings,
    )  # fmt: skip


PREFIX = column(
    "serial_prefix", "序列号前缀", "Serial prefix", "与起止号相连即为完整序列号；起止号已完整时留空。",
    "Stands before both numbers; empty when they are whole serials.", 24, must=False,
)  # fmt: skip
FIRST = column(
    "serial_first", "起始序列号", "First serial", "以文本填写，保留前导零。", "As text, with leading zeros.", 24
)
LAST = column(
    "serial_last", "截止序列号", "Last serial", "含该号；以文本填写。", "Included; as text, with leading zeros.", 24
)
QUANTITY = column(
    "quantity",
    "数量",
    "Quantity",
    "须等于起止序列号之间的单位数（吨）。",
    "As many as the serials count, in tonnes.",
    12,
)
VINTAGE = column("vintage", "年度", "Vintage", "四位年份。", "Four digits.", 10, spellings=("年份", "配额年度"))
HOLDER = column(
    "holder", "持有人", "Holder", "须为本账户持有单位的名称或统一社会信用代码。",
    "The name or unified social credit code of this account's holder.", 26, spellings=("持有人账户",),
)  # fmt: skip

SERIALS = (PREFIX, FIRST, LAST, QUANTITY)
