"""What lending does; the names below are what the rest of the house may use.

`opened` is the way to anything of an enterprise that is no score: it checks the consent at that second and logs the read.
"""

from backend.lending.credentials.holding import held_credentials
from backend.lending.credentials.issuing import credential
from backend.lending.credentials.statuses import standing, status_list
from backend.lending.loan_files.asking import loan_files, request_loan_file
from backend.lending.loans.importing import LOANS_FILE, read_loans, record_file
from backend.lending.loans.portfolio import loans, portfolio, total
from backend.lending.loans.recording import record_loans
from backend.lending.loans.terms import record_terms, terms_versions
from backend.lending.pledging.asking import accept_request as accept_pledge_request
from backend.lending.pledging.asking import decline_request as decline_pledge_request
from backend.lending.pledging.asking import pledge_requests, request_pledge
from backend.lending.pledging.asking import withdraw_request as withdraw_pledge_request
from backend.lending.pledging.listing import pledgeable
from backend.lending.reading.batches import Seal, batch, seal
from backend.lending.reading.opening import check_bank, history, opened, opened_many, reads_of, told, told_one
from backend.lending.webhooks.endpoints import (
    create_endpoint,
    redeliver,
    remove_endpoint,
    rotate_secret,
)
from backend.lending.webhooks.endpoints import set_enabled as set_endpoint_enabled
from backend.lending.webhooks.noticing import note_scores
from backend.lending.webhooks.queries import deliveries, endpoints

__all__ = [
    "LOANS_FILE",
    "Seal",
    "accept_pledge_request",
    "batch",
    "check_bank",
    "create_endpoint",
    "credential",
    "decline_pledge_request",
    "deliveries",
    "endpoints",
    "held_credentials",
    "history",
    "loan_files",
    "loans",
    "note_scores",
    "opened",
    "opened_many",
    "pledge_requests",
    "pledgeable",
    "portfolio",
    "read_loans",
    "reads_of",
    "record_file",
    "record_loans",
    "record_terms",
    "redeliver",
    "remove_endpoint",
    "request_loan_file",
    "request_pledge",
    "rotate_secret",
    "seal",
    "set_endpoint_enabled",
    "standing",
    "status_list",
    "terms_versions",
    "told",
    "told_one",
    "total",
    "withdraw_pledge_request",
]
