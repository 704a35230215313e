"""What the words of key units are called, in both languages."""

from collections.abc import Mapping

from backend.keyunits.values import (
    ChangeKind,
    FindingArea,
    FindingState,
    Measure,
    Metric,
    PostKind,
    Quarter,
    ReferenceKind,
    ReferenceMetric,
    ReferenceOutcome,
    RetrofitKind,
    RetrofitState,
    Words,
)

KIND_NAMES: Mapping[ChangeKind, Words] = {
    ChangeKind.ENTER: Words("纳入", "Enters"), ChangeKind.STAY: Words("继续纳入", "Stays"),
    ChangeKind.LEAVE: Words("调出", "Leaves"),
}  # fmt: skip
MEASURE_NAMES: Mapping[Measure, Words] = {
    Measure.ENERGY: Words("年综合能源消费量", "Energy of the year"),
    Measure.DIRECT_EMISSIONS: Words("年直接排放量", "Direct emissions of the year"),
}
MEASURE_UNITS: Mapping[Measure, str] = {Measure.ENERGY: "tce", Measure.DIRECT_EMISSIONS: "tCO2e"}
POST_NAMES: Mapping[PostKind, Words] = {
    PostKind.ENERGY_MANAGER: Words("能源管理负责人", "Head of energy management"),
    PostKind.CARBON_MANAGER: Words("碳排放管理岗位", "Carbon emission management"),
    PostKind.METERING_MANAGER: Words("计量管理岗位", "Measuring instruments"),
}
AREA_NAMES: Mapping[FindingArea, Words] = {
    FindingArea.MANAGEMENT: Words("管理", "Management"), FindingArea.METERING: Words("计量", "Metering"),
    FindingArea.EQUIPMENT: Words("设备", "Equipment"), FindingArea.PROCESS: Words("工艺", "Process"),
    FindingArea.ENERGY_STRUCTURE: Words("用能结构", "Energy structure"), FindingArea.OTHER: Words("其他", "Other"),
}  # fmt: skip
FINDING_NAMES: Mapping[FindingState, Words] = {
    FindingState.OPEN: Words("待整改", "Open"), FindingState.PLANNED: Words("整改中", "Planned"),
    FindingState.DONE: Words("待销号", "Done"), FindingState.CLOSED: Words("已销号", "Closed"),
}  # fmt: skip
RETROFIT_KIND_NAMES: Mapping[RetrofitKind, Words] = {
    RetrofitKind.RETROFIT: Words("节能降碳改造", "Energy and carbon retrofit"),
    RetrofitKind.EQUIPMENT: Words("用能设备更新", "Renewal of equipment"),
}
RETROFIT_NAMES: Mapping[RetrofitState, Words] = {
    RetrofitState.RESERVED: Words("储备", "In reserve"), RetrofitState.BUILDING: Words("实施中", "Being built"),
    RetrofitState.COMPLETED: Words("已完工", "Completed"), RetrofitState.WITHDRAWN: Words("已取消", "Withdrawn"),
}  # fmt: skip
METRIC_NAMES: Mapping[Metric, Words] = {
    Metric.CARBON: Words("单位增加值碳排放", "Emissions per value added"),
    Metric.ENERGY: Words("单位增加值能耗", "Energy per value added"),
}
METRIC_UNITS: Mapping[Metric, str] = {Metric.CARBON: "tCO2e/万CNY", Metric.ENERGY: "tce/万CNY"}
QUARTER_NAMES: Mapping[Quarter, Words] = {
    Quarter.FIRST: Words("行业前 25%（强度最低）", "Lowest quarter"), Quarter.SECOND: Words("25%–50%", "Second quarter"),
    Quarter.THIRD: Words("50%–75%", "Third quarter"), Quarter.LAST: Words("行业后 25%（强度最高）", "Highest quarter"),
}  # fmt: skip
REFERENCE_METRIC_NAMES: Mapping[ReferenceMetric, Words] = {
    ReferenceMetric.ENERGY: Words("单位产品能耗", "Energy per product"),
    ReferenceMetric.CARBON: Words("单位产品碳排放", "Emissions per product"),
}
REFERENCE_UNITS: Mapping[ReferenceMetric, str] = {ReferenceMetric.ENERGY: "kgce", ReferenceMetric.CARBON: "kgCO2e"}
REFERENCE_KIND_NAMES: Mapping[ReferenceKind, Words] = {
    ReferenceKind.LEADING: Words("标杆水平", "Leading level"), ReferenceKind.BASELINE: Words("基准水平", "Baseline level"),
}  # fmt: skip
OUTCOME_NAMES: Mapping[ReferenceOutcome, Words] = {
    ReferenceOutcome.LEADING: Words("达到标杆水平", "Leading"),
    ReferenceOutcome.BETWEEN: Words("达到基准水平，未达标杆水平", "Between baseline and leading"),
    ReferenceOutcome.BEHIND: Words("未达到基准水平", "Behind the baseline"),
    ReferenceOutcome.UNKNOWN: Words("无法判断", "Cannot be told"),
}
