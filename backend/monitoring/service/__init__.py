"""What the rest of the house may ask of monitoring."""

from backend.kit.notices import Addressee, Link, Said
from backend.monitoring.alerts.evaluating import evaluate
from backend.monitoring.alerts.following import (
    assign,
    decide_closure,
    escalate,
    follow_up,
    propose_closure,
    respond,
)
from backend.monitoring.alerts.terms import decide as decide_terms
from backend.monitoring.alerts.terms import draft as draft_terms
from backend.monitoring.alerts.terms import in_force as terms_in_force
from backend.monitoring.alerts.viewing import open_warnings, warning, warnings
from backend.monitoring.notices.endpoints import create_endpoint, enable_endpoint, remove_endpoint, send_again
from backend.monitoring.notices.notifying import notify
from backend.monitoring.notices.queries import notices, unread
from backend.monitoring.notices.reading import mark_read, set_by_email
from backend.monitoring.series.viewing import series

__all__ = [
    "Addressee",
    "Link",
    "Said",
    "assign",
    "create_endpoint",
    "decide_closure",
    "decide_terms",
    "draft_terms",
    "enable_endpoint",
    "escalate",
    "evaluate",
    "follow_up",
    "mark_read",
    "notices",
    "notify",
    "open_warnings",
    "propose_closure",
    "remove_endpoint",
    "respond",
    "send_again",
    "series",
    "set_by_email",
    "terms_in_force",
    "unread",
    "warning",
    "warnings",
]
