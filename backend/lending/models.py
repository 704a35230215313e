"""Tables of lending, put together."""

from backend.lending.loan_files.models import LoanFile
from backend.lending.loans.models import Loan, LoanBalance, LoanTerms
from backend.lending.pledging.models import PledgeRequest
from backend.lending.reading.models import ConsentRead, ScoreCredential
from backend.lending.webhooks.models import BankEvent, WebhookDelivery, WebhookEndpoint

__all__ = [
    "BankEvent",
    "ConsentRead",
    "Loan",
    "LoanBalance",
    "LoanFile",
    "LoanTerms",
    "PledgeRequest",
    "ScoreCredential",
    "WebhookDelivery",
    "WebhookEndpoint",
]
