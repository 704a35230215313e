"""What states, steps and kinds are called in Chinese, in tables and letters."""

from collections.abc import Mapping

from backend.projects.values import Action, CarbonClass, Finding, LineKind, Outcome, ProjectState, Stance

STATES_ZH: Mapping[ProjectState, str] = {
    ProjectState.DRAFT: "草稿",
    ProjectState.SUBMITTED: "已申报",
    ProjectState.RETURNED: "退回补正",
    ProjectState.IN_REVIEW: "审查中",
    ProjectState.APPROVED: "已批复",
    ProjectState.STARTED: "已开工",
    ProjectState.TRIAL: "试生产",
    ProjectState.REPORTED: "已申请验收",
    ProjectState.RECTIFYING: "整改中",
    ProjectState.CHANGING: "变更审查中",
    ProjectState.ACCEPTED: "已验收",
    ProjectState.REFUSED: "不予批准",
    ProjectState.LAPSED: "批复失效",
    ProjectState.WITHDRAWN: "已撤回",
    ProjectState.EXEMPT: "不单独审查",
    ProjectState.REVOKED: "已撤销",
}
ACTIONS_ZH: Mapping[Action, str] = {
    Action.DRAFT: "起草",
    Action.REVISE: "修改",
    Action.SUBMIT: "申报",
    Action.WITHDRAW: "撤回",
    Action.RETURN: "退回补正",
    Action.TAKE: "受理",
    Action.OPINION: "专家意见",
    Action.APPROVE: "批复",
    Action.REFUSE: "不予批准",
    Action.START: "开工",
    Action.TRIAL: "试生产",
    Action.CHANGE: "变更",
    Action.REPORT: "申请验收",
    Action.CONCLUDE: "验收结论",
    Action.LAPSE: "批复失效",
    Action.INSPECT: "监督检查",
    Action.REVOKE: "撤销批复",
}
TIERS_ZH: Mapping[str, str] = {
    "none": "不单独审查",
    "local": "地方（按当地规定的层级）",
    "provincial": "省级",
    "national": "国家",
}
LINES_ZH: Mapping[LineKind, str] = {
    LineKind.FUEL: "燃料",
    LineKind.ELECTRICITY: "电力",
    LineKind.HEAT: "热力",
    LineKind.PROCESS: "生产过程",
}
OUTCOMES_ZH: Mapping[Outcome, str] = {Outcome.PASS: "符合", Outcome.FAIL: "不符合", Outcome.UNKNOWN: "无法判定"}
STANCES_ZH: Mapping[str, str] = {
    Stance.SUPPORT.value: "同意",
    Stance.CONDITIONAL.value: "修改后同意",
    Stance.OPPOSE.value: "不同意",
}
FINDINGS_ZH: Mapping[str, str] = {Finding.IN_ORDER.value: "符合批复要求", Finding.RECTIFY.value: "责令限期整改"}
CLASSES: Mapping[str, tuple[str, str]] = {
    CarbonClass.HIGH.value: ("高碳强度", "high carbon intensity"),
    CarbonClass.LOW.value: ("低碳强度", "low carbon intensity"),
    CarbonClass.UNKNOWN.value: ("无法判定", "cannot be told"),
}
