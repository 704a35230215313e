"""What the rest of the house may ask of key units."""

from backend.keyunits.queries import files
from backend.keyunits.service.comparing import compare_sectors, give_codes, standings
from backend.keyunits.service.diagnosing import follow_finding, record_finding
from backend.keyunits.service.listing import Proposed, decide_units, propose_unit, propose_units, year_facts
from backend.keyunits.service.metering import meters, overdue
from backend.keyunits.service.presenting import PassportPage, passport_page, show_passport, withdraw_passport
from backend.keyunits.service.referring import record_reference, reference_standings
from backend.keyunits.service.retrofitting import decide_saving, move_retrofit, plan_retrofit, record_saving
from backend.keyunits.service.staffing import file_report, record_post

__all__ = [
    "PassportPage",
    "Proposed",
    "compare_sectors",
    "decide_saving",
    "decide_units",
    "file_report",
    "files",
    "follow_finding",
    "give_codes",
    "meters",
    "move_retrofit",
    "overdue",
    "passport_page",
    "plan_retrofit",
    "propose_unit",
    "propose_units",
    "record_finding",
    "record_post",
    "record_reference",
    "record_saving",
    "reference_standings",
    "show_passport",
    "standings",
    "withdraw_passport",
    "year_facts",
]
