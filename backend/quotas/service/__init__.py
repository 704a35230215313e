"""Commands of quota compliance, one verb a file, and the reads others ask for.

The names below are what the rest of the house may use.
"""

from backend.quotas.rules import OFFICIAL
from backend.quotas.service.allocating import Draft, DraftLine, issue, preview, propose, reject
from backend.quotas.service.carrying import apply, decide
from backend.quotas.service.closing import close_year
from backend.quotas.service.common import book_of
from backend.quotas.service.duties import AccountDuties, DutyStanding, calendar, name_owner, record_duty, region
from backend.quotas.service.facilities import add_facility, end_facility
from backend.quotas.service.gathering import FacilityYear, Obligation, facility_years, obligation
from backend.quotas.service.position import Position, PricedPlan, Prices, Standing, Usable, position, standing
from backend.quotas.service.recording import Output, enter_balance_value, enter_verified, record_output
from backend.quotas.service.records import ComplianceRecord, compliance_records
from backend.quotas.service.stating import Settled, YearStanding, year_standings
from backend.quotas.service.surrendering import Part, Receipt, surrender
from backend.quotas.service.undoing import revoke, undo_surrender

__all__ = [
    "OFFICIAL", "AccountDuties", "ComplianceRecord", "Draft", "DraftLine", "DutyStanding", "FacilityYear", "Obligation", "Output", "Part", "Position",
    "PricedPlan", "Prices", "Receipt", "Settled", "Standing", "Usable", "YearStanding", "add_facility", "apply", "book_of", "calendar",
    "close_year", "compliance_records", "decide", "end_facility", "enter_balance_value", "enter_verified", "facility_years", "issue",
    "name_owner", "obligation", "position", "preview", "propose", "record_duty", "record_output", "region", "reject",
    "revoke", "standing", "surrender", "undo_surrender", "year_standings",
]  # fmt: skip
