"""Commands of the carbon account, one file for each kind of thing, and the reads other nouns ask for.

The names below are what the rest of the house may use.
"""

from backend.accounts.figures.queries import figures
from backend.accounts.queries import (
    StateKey,
    accounts,
    accounts_by_id,
    calibration_states,
    evidence_by_id,
    meters,
    meters_by_id,
    reporting_year,
    reporting_years,
    sites,
    sources,
    sources_by_id,
)
from backend.accounts.service.attaching import attach_evidence, attachable, readable
from backend.accounts.service.common import own, visible
from backend.accounts.service.metering import add_meter, record_calibration, rename_meter
from backend.accounts.service.opening import (
    close_account,
    open_account,
    rename_account,
    switch_separation_of_duties,
)
from backend.accounts.service.recording import record_figures
from backend.accounts.service.reporting import close_year, open_year
from backend.accounts.service.siting import add_site, change_site
from backend.accounts.service.sourcing import add_source, change_source, end_source, resume_source

account = visible
"""`account(read, scope, account_id) -> AccountValue`; raises AccountNotFound."""
own_account = own
"""`own_account(read, scope, account_id) -> AccountValue`; raises AccountNotFound, AccountNotYours, AccountClosed."""
evidence = readable
"""`evidence(read, scope, account_id, evidence_id) -> EvidenceValue`; raises Forbidden, EvidenceNotFound."""

__all__ = [
    "StateKey",
    "account",
    "accounts",
    "accounts_by_id",
    "add_meter",
    "add_site",
    "add_source",
    "attach_evidence",
    "attachable",
    "calibration_states",
    "change_site",
    "change_source",
    "close_account",
    "close_year",
    "end_source",
    "evidence",
    "evidence_by_id",
    "figures",
    "meters",
    "meters_by_id",
    "open_account",
    "open_year",
    "own_account",
    "record_calibration",
    "record_figures",
    "rename_account",
    "rename_meter",
    "reporting_year",
    "reporting_years",
    "resume_source",
    "sites",
    "sources",
    "sources_by_id",
    "switch_separation_of_duties",
]
