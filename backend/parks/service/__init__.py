"""What the rest of the house may ask of parks."""

from backend.parks.service.applying import apply_for_item, apply_for_park
from backend.parks.service.evaluating import ask_waiver, decide_waiver, evaluate_park, evaluated
from backend.parks.service.founding import join_park, leave_park, redraw_park, register_park
from backend.parks.service.listing import progress, register_item, update_item
from backend.parks.service.publicising import answer_objection, publish_notice, record_objection
from backend.parks.service.recording import compute_values, record_values
from backend.parks.service.stepping import decide_step, propose_step

__all__ = [
    "answer_objection",
    "apply_for_item",
    "apply_for_park",
    "ask_waiver",
    "compute_values",
    "decide_step",
    "decide_waiver",
    "evaluate_park",
    "evaluated",
    "join_park",
    "leave_park",
    "progress",
    "propose_step",
    "publish_notice",
    "record_objection",
    "record_values",
    "redraw_park",
    "register_item",
    "register_park",
    "update_item",
]
