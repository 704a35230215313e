"""Pure rules of esg."""

from backend.esg.rules.applying import applicability, contradiction, duty_state
from backend.esg.rules.assembling import Said, by_standard, is_told, matrix, overdue, points, requirements_by_point
from backend.esg.rules.entering import entered, expected, misjudged
from backend.esg.rules.facts import Compliance, Facts, Moved
from backend.esg.rules.lacking import blocking, gaps
from backend.esg.rules.prefilling import is_same, prefill
from backend.esg.rules.publishing import canonical, content, number, published_values, read_content, sha256
from backend.esg.rules.remarking import unmet

__all__ = [
    "Compliance",
    "Facts",
    "Moved",
    "Said",
    "applicability",
    "blocking",
    "by_standard",
    "canonical",
    "content",
    "contradiction",
    "duty_state",
    "entered",
    "expected",
    "gaps",
    "is_same",
    "is_told",
    "matrix",
    "misjudged",
    "number",
    "overdue",
    "points",
    "prefill",
    "published_values",
    "read_content",
    "requirements_by_point",
    "sha256",
    "unmet",
]
