"""What regions refuses.

Forbidden
  RollupsClosed             only the service itself writes or checks roll-ups
"""

from backend.kit.errors import Forbidden


class RollupsClosed(Forbidden):
    """Somebody else than the service would write or check the roll-ups."""

    code = "regions_rollups_closed"
    en = "The roll-ups of the city's ledger are kept by the service alone."
    zh = "城市碳账本的汇总数据仅由系统维护。"
