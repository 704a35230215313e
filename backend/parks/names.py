"""What the words of parks are called in Chinese, and in English where the wire's own word does not do."""

from collections.abc import Mapping

from backend.parks.values import Category, EntryStatus, Horizon, Level, Outcome, ProgrammeKind, Step

STEP_NAMES: Mapping[Step, str] = {
    Step.APPLY: "组织申报", Step.REVIEW: "评审选拔", Step.PUBLICISE: "公示确认", Step.BUILD: "建设实施",
    Step.ACCEPT: "项目验收", Step.EVALUATE: "总结评估", Step.RECHECK: "复核提升",
}  # fmt: skip
LEVEL_NAMES: Mapping[Level, str] = {Level.MUNICIPAL: "市级", Level.PROVINCIAL: "省级", Level.NATIONAL: "国家级"}
HORIZON_NAMES: Mapping[Horizon, str] = {Horizon.NEAR: "近期目标", Horizon.LONG: "远期目标"}
CATEGORY_NAMES: Mapping[Category, str] = {
    Category.MANDATORY: "约束性指标", Category.REFERENCE: "重要参考指标", Category.INCENTIVE: "激励性指标",
}  # fmt: skip
OUTCOME_NAMES: Mapping[Outcome, str] = {Outcome.PASS: "达标", Outcome.FAIL: "未达标", Outcome.UNKNOWN: "无法判断"}
PROGRAMME_NAMES: Mapping[ProgrammeKind, str] = {
    ProgrammeKind.FACTORY: "零碳工厂", ProgrammeKind.PROJECT: "源网荷储一体化项目", ProgrammeKind.POWER_PLANT: "虚拟电厂",
    ProgrammeKind.SERVICE_BODY: "零碳服务机构", ProgrammeKind.PLATFORM: "省级以上绿色低碳相关创新平台",
    ProgrammeKind.GREEN_FACTORY: "绿色工厂", ProgrammeKind.GREEN_SUPPLY_CHAIN: "绿色供应链管理企业",
}  # fmt: skip
PROGRAMME_NAMES_EN: Mapping[ProgrammeKind, str] = {
    ProgrammeKind.FACTORY: "zero-carbon factory", ProgrammeKind.PROJECT: "source-grid-load-storage project",
    ProgrammeKind.POWER_PLANT: "virtual power plant", ProgrammeKind.SERVICE_BODY: "zero-carbon service body",
    ProgrammeKind.PLATFORM: "innovation platform", ProgrammeKind.GREEN_FACTORY: "green factory",
    ProgrammeKind.GREEN_SUPPLY_CHAIN: "green supply chain enterprise",
}  # fmt: skip
STATUS_NAMES: Mapping[EntryStatus, str] = {
    EntryStatus.SELECTED: "已遴选", EntryStatus.BUILDING: "建设中", EntryStatus.COMPLETED: "已建成",
    EntryStatus.REGISTERED: "已注册", EntryStatus.WITHDRAWN: "已退出",
}  # fmt: skip
