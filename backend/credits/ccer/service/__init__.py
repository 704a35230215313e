"""Commands of CCER, one kind a file, and the reads the doors ask for."""

from backend.credits.ccer.service.commenting import answer_comment, record_comment
from backend.credits.ccer.service.common import methodologies
from backend.credits.ccer.service.eligibility import Eligibility, eligibility
from backend.credits.ccer.service.holdings import holdings_ahead, import_holdings
from backend.credits.ccer.service.projects import advance_project, change_project, draft_project
from backend.credits.ccer.service.reductions import (
    advance_reduction,
    annul_reduction,
    issue_ahead,
    issue_reduction,
    report_reduction,
)

__all__ = [
    "Eligibility",
    "advance_project",
    "advance_reduction",
    "annul_reduction",
    "answer_comment",
    "change_project",
    "draft_project",
    "eligibility",
    "holdings_ahead",
    "import_holdings",
    "issue_ahead",
    "issue_reduction",
    "methodologies",
    "record_comment",
    "report_reduction",
]
