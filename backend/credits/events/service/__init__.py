"""Commands of events and their neutrality, and the reads other nouns ask for."""

from backend.credits.events.service.configuring import configure_events, rule_on
from backend.credits.events.service.drafting import change_event, decide_event, draft_event, set_lines, submit_event
from backend.credits.events.service.neutralising import retire_for_event, reverse_retirement

__all__ = [
    "change_event",
    "configure_events",
    "decide_event",
    "draft_event",
    "retire_for_event",
    "reverse_retirement",
    "rule_on",
    "set_lines",
    "submit_event",
]
