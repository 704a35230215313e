"""What figures, causes and states are called, in tables and reports."""

from collections.abc import Mapping

from backend.regions.balances.values import BalanceState, LineKind
from backend.regions.values import FigureKind

FIGURES: Mapping[FigureKind, tuple[str, str]] = {
    FigureKind.GDP: ("地区生产总值", "Gross regional product"),
    FigureKind.INDUSTRIAL_VALUE_ADDED: ("规模以上工业增加值", "Industrial value added"),
    FigureKind.POPULATION: ("常住人口", "Permanent residents"),
    FigureKind.FOREST_SINK: ("林地碳汇", "Forest sink"),
    FigureKind.GRASSLAND_SINK: ("草地碳汇", "Grassland sink"),
    FigureKind.WETLAND_SINK: ("湿地碳汇", "Wetland sink"),
    FigureKind.CROPLAND_SINK: ("农田碳汇", "Cropland sink"),
    FigureKind.OTHER_SINK: ("其他碳汇", "Other sinks"),
    FigureKind.INDUSTRIAL_PROCESSES: ("工业生产过程排放", "Industrial processes"),
    FigureKind.AGRICULTURE: ("农业活动排放", "Agriculture"),
    FigureKind.WASTE: ("废弃物处理排放", "Waste treatment"),
}
STATES: Mapping[BalanceState, tuple[str, str]] = {
    BalanceState.AWAITING: ("待确认", "Awaiting its second person"),
    BalanceState.ACCEPTED: ("已确认", "Accepted"),
    BalanceState.REJECTED: ("已退回", "Rejected"),
}
KINDS: Mapping[LineKind, tuple[str, str]] = {
    LineKind.DIRECT: ("直接排放", "Direct"),
    LineKind.NET_INFLOW: ("净调入电力热力", "Net inflow"),
    LineKind.RECOVERED: ("回收煤气（单列）", "Recovered gas, apart"),
}


def said(pair: tuple[str, str], language: str) -> str:
    """Return the words of a language."""
    return pair[0] if language == "zh" else pair[1]
