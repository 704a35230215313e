"""The columns of the national platform's export, by the published names of its fields.

Files are recognised by these titles in any order; the keys are accepted too. Columns not named here are left alone.
"""

from backend.kit.tables import Column


def _column(key: str, zh: str, en: str, help_zh: str, help_en: str, width: int = 14, *, must: bool = True, spellings: tuple[str, ...] = ()) -> Column:  # fmt: skip
    return Column(key, zh, en, help_zh, help_en, width, is_required=must, spellings=spellings)


CODE = _column("cert_code", "绿证编码", "Certificate code", "32 位，以文本填写。", "32 positions, written as text.", 36)
ENERGY = _column("energy_kwh", "对应电量", "Energy (kWh)", "每张绿证 1000 千瓦时。", "1,000 kWh a certificate.", 12)
MONTH = _column("production_month", "电量生产月", "Production month", "YYYY-MM。", "YYYY-MM.", 12)
ISSUED = _column("issue_date", "核发日期", "Date of issue", "YYYY-MM-DD。", "YYYY-MM-DD.", 12)
TRADEABLE = _column("tradeable", "是否可交易", "Tradeable", "是或否。", "是 (yes) or 否 (no).", 10)
EXPIRY = _column(
    "expiry_month", "有效期", "Valid until", "最后一个有效月，YYYY-MM。", "The last month of validity, YYYY-MM.", 12
)
STATUS = _column(
    "status",
    "状态",
    "Status",
    "仅“已核发”或“已划转”可导入。",
    "Only 已核发 (issued) or 已划转 (transferred) may come in.",
    12,
)
PROJECT = _column("project_name", "项目名称", "Project", "建档立卡项目。", "The filed project.", 24)
OWNER = _column(
    "project_owner", "发电企业/项目业主", "Project owner", "首个账户持有人。", "The first holder.", 24,
    spellings=("发电企业", "项目业主"),
)  # fmt: skip
TECHNOLOGY = _column(
    "technology", "电源类型", "Technology", "风电、太阳能、水电等。", "Wind, solar, hydro and so on.", 12
)
PROVINCE = _column("province", "项目所在地", "Location", "项目所在地区。", "Where the project stands.", 12)
HOLDER = _column(
    "holder_account", "持有人账户", "Holder", "须为本账户持有单位的名称或统一社会信用代码。",
    "The name or unified social credit code of this account's holder.", 26,
)  # fmt: skip
MODE = _column("trade_mode", "交易方式", "Mode of trade", "挂牌、双边协商、集中竞价或绿电交易（证电合一）。",
               "Listing, bilateral, auction, or green power (with its energy).", 14, must=False)  # fmt: skip
COUNT = _column("trade_count", "交易次数", "Times traded", "0 或 1。", "0 or 1.", 8)
PRICE = _column("price", "价格", "Price (yuan)", "可留空。", "May be empty.", 10, must=False)
BUYER = _column(
    "buyer",
    "购买方",
    "Buyer",
    "交易后的持有单位，可留空。",
    "Who held it after the trade; may be empty.",
    24,
    must=False,
)
TRANSFERRED = _column("transfer_date", "划转日期", "Date of transfer", "可留空。", "May be empty.", 12, must=False)
MECHANISM = _column(
    "mechanism_energy", "是否纳入可持续发展价格结算机制", "Mechanism energy", "是或否，由电网企业标注。",
    "是 (yes) or 否 (no), as the grid company flags it.", 16, spellings=("机制电量",),
)  # fmt: skip
CONTRACT = _column(
    "self_use_contract", "能源管理合同/结算证明", "Contract of self-use",
    "由其他单位自用的电量须填写合同及结算证明编号。", "Needed when another legal entity uses the energy on site.", 24,
    must=False, spellings=("能源管理合同", "结算证明"),
)  # fmt: skip
REASON = _column("cancel_reason", "核销原因", "Reason of cancelling", "应为空。", "Must be empty.", 14, must=False)
DECLARED = _column("declared_use_year", "用能年份", "Year declared for", "应为空。", "Must be empty.", 10, must=False)
CCER = _column(
    "ccer_claimed", "已申请CCER", "Applied for CCER", "是或否；“是”不得导入。", "是 or 否; 是 may not come in.", 12
)
KIND = _column(
    "energy_class", "电量分类", "Class of energy", "上网、自发自用、离网、存量常规水电；可留空。",
    "Grid-fed, self-use, off-grid, older hydro; may be empty.", 12, must=False,
)  # fmt: skip
TRADE_CLASS = _column(
    "trade_class", "交易分类", "Class of trade", "仅供参考，不读取。", "For your eyes; not read.", 12, must=False
)

COLUMNS: tuple[Column, ...] = (
    CODE, ENERGY, MONTH, ISSUED, TRADEABLE, EXPIRY, STATUS, PROJECT, OWNER, TECHNOLOGY, PROVINCE, HOLDER, MODE, COUNT,
    PRICE, BUYER, TRANSFERRED, MECHANISM, CONTRACT, REASON, DECLARED, CCER, KIND, TRADE_CLASS,
)  # fmt: skip
