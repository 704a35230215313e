"""What ESG does, one kind of thing a file; the names below are what the rest of the house may use."""

from backend.esg import park_facts, unit_officers
from backend.esg.city.papers import draft_paper as draft_white_paper
from backend.esg.city.papers import paper as white_paper
from backend.esg.city.papers import papers as white_papers
from backend.esg.city.papers import workbook as white_paper_workbook
from backend.esg.city.registering import appoint, enter, officers, register
from backend.esg.city.viewing import city_view
from backend.esg.exports.preparing import check_kind, draft_paper, file_name, made, published_paper
from backend.esg.queries import (
    Published,
    assurances,
    assurances_by_id,
    disclosures,
    disclosures_by_id,
    publications,
    publications_by_id,
    published,
)
from backend.esg.rating.keeping import rate_all, rating, ratings
from backend.esg.service.assuring import assure
from backend.esg.service.filling import Judged, answer, assess, assign, omit, override, withdraw
from backend.esg.service.furnishing import furnish, library, versions
from backend.esg.service.gathering import gather
from backend.esg.service.opening import open_disclosure, refresh
from backend.esg.service.profiling import applicability, duties, profile, record_profile
from backend.esg.service.publishing import correct, publish
from backend.esg.service.reviewing import Remark, approve, return_, submit
from backend.esg.service.viewing import history, publication, tasks, view

return_disclosure = return_
PARK_FACTS = park_facts
"""What parks are told; importing it is telling them."""
UNIT_OFFICERS = unit_officers
"""What key units are told; importing it is telling them."""

__all__ = [
    "Judged",
    "Published",
    "Remark",
    "answer",
    "applicability",
    "appoint",
    "approve",
    "assess",
    "assign",
    "assurances",
    "assurances_by_id",
    "assure",
    "check_kind",
    "city_view",
    "correct",
    "disclosures",
    "disclosures_by_id",
    "draft_paper",
    "draft_white_paper",
    "duties",
    "enter",
    "file_name",
    "furnish",
    "gather",
    "history",
    "library",
    "made",
    "officers",
    "omit",
    "open_disclosure",
    "override",
    "profile",
    "publication",
    "publications",
    "publications_by_id",
    "publish",
    "published",
    "published_paper",
    "rate_all",
    "rating",
    "ratings",
    "record_profile",
    "refresh",
    "register",
    "return_disclosure",
    "submit",
    "tasks",
    "versions",
    "view",
    "white_paper",
    "white_paper_workbook",
    "white_papers",
    "withdraw",
]
