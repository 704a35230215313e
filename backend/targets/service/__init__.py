"""What the rest of the house may ask of targets."""

from backend.targets.service.common import path_of
from backend.targets.service.deciding import decide_plan
from backend.targets.service.decomposing import Portion, Wanted, decomposed_target
from backend.targets.service.drafting import draft_plan, revise_plan, target_plan
from backend.targets.service.evaluating import (
    begin_evaluation,
    decide_evaluation,
    evaluation,
    open_evaluation,
    rework_evaluation,
)
from backend.targets.service.figures import record_stated, stated_figures
from backend.targets.service.planned import plan_target_history, plan_targets, record_plan_values
from backend.targets.service.remarking import answer_remark, remark_on_evaluation
from backend.targets.service.schemes import decide_scheme, propose_scheme, scheme_of
from backend.targets.service.tracking import is_binding, progress_of, rules_of, target_history, targets, targets_by_id

__all__ = [
    "Portion",
    "Wanted",
    "answer_remark",
    "begin_evaluation",
    "decide_evaluation",
    "decide_plan",
    "decide_scheme",
    "decomposed_target",
    "draft_plan",
    "evaluation",
    "is_binding",
    "open_evaluation",
    "path_of",
    "plan_target_history",
    "plan_targets",
    "progress_of",
    "propose_scheme",
    "record_plan_values",
    "record_stated",
    "remark_on_evaluation",
    "revise_plan",
    "rework_evaluation",
    "rules_of",
    "scheme_of",
    "stated_figures",
    "target_history",
    "target_plan",
    "targets",
    "targets_by_id",
]
