"""What the desks do, one desk a folder; the names below are what the doors use."""

from backend.console.assigning.recording import record_relation, set_terms
from backend.console.assigning.steps import answer, engage, propose, remind, settle, withdraw
from backend.console.inviting.queries import annotated_key
from backend.console.inviting.storing import Letter, hand_over, may_invite, received, request_file
from backend.console.onboarding.applying import apply_to_join, choices
from backend.console.onboarding.deciding import accept_application, refuse_application
from backend.console.onboarding.queries import application_batch, receipt
from backend.console.tasks.gathering import tasks

__all__ = [
    "Letter", "accept_application", "annotated_key", "answer", "application_batch", "apply_to_join", "choices", "engage",
    "hand_over", "may_invite", "propose", "receipt", "received", "record_relation", "refuse_application",
    "remind", "request_file", "set_terms", "settle", "tasks", "withdraw",
]  # fmt: skip
