"""Allowances (CEA) bought on the exchange come in by the registry's export of serial ranges.

Allowances allocated to the account are issued here by the authority. A line without the day of its transfer would be
such an allocation and count it a second time, so every line says when its units were transferred to the holder.
"""

from datetime import date

from backend.ledger.ports import VINTAGE, Facts, Line, Source, Wrong, column, problem, register
from backend.ledger.values import CEA
from backend.quotas.values import FIRST_YEAR

REGISTRY = "cea"
TRANSFERRED = column(
    "transferred_on", "划转日期", "Day of transfer",
    "YYYY-MM-DD，买入配额划转至本账户之日。分配的配额由主管部门在本系统发放，不得再次导入。",
    ("YYYY-MM-DD, when the allowances bought came to the holder. Allocated ones are issued here by the authority and may "
     "not come in again."), 14, spellings=("转入日期",),
)  # fmt: skip
TOO_EARLY = (
    "划转日期 {value} 早于 {vintage} 年度开始，请核对年度与划转日期。",
    "The day of transfer {value} lies before the allowances' year {vintage} began. Check both.",
)


def _read(line: Line) -> Facts:
    vintage = line.year(VINTAGE, FIRST_YEAR)
    transferred = line.day(TRANSFERRED)
    if transferred is not None and transferred < date(vintage, 1, 1):
        raise Wrong(problem("transfer_early", TRANSFERRED, TOO_EARLY, value=transferred, vintage=vintage))
    return Facts(vintage, attributes=(("origin", "bought"), ("transferred_on", str(transferred))))


CEA_FILE = register(Source(CEA, REGISTRY, "quotas:enter", (TRANSFERRED,), _read))
