"""Reading and commanding lending on the wire, put together."""

import strawberry

from backend.lending.schema_loan_files import LoanFilesMutation, LoanFilesQuery
from backend.lending.schema_pledges import PledgesMutation, PledgesQuery
from backend.lending.schema_pledging import PledgingQuery
from backend.lending.schema_portfolio import PortfolioMutation, PortfolioQuery
from backend.lending.schema_reads import ReadsQuery
from backend.lending.schema_watching import WatchingSubscription
from backend.lending.schema_webhooks import WebhooksMutation, WebhooksQuery


@strawberry.type
class LendingQuery(ReadsQuery, PortfolioQuery, PledgingQuery, PledgesQuery, WebhooksQuery, LoanFilesQuery):
    """Reads of lending."""


@strawberry.type
class LendingMutation(PortfolioMutation, PledgesMutation, WebhooksMutation, LoanFilesMutation):
    """Commands of lending."""


@strawberry.type
class LendingSubscription(WatchingSubscription):
    """Watching of lending."""
