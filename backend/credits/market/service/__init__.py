"""Commands of the board: listing, answering, confirming; and the sweep of what is over.

A sale takes a command of each side. The buyer of an offer proposes, the seller confirms, and that command transfers. The
seller who answers a request reserves its units, the buyer confirms, and the seller then delivers. Where the buyer's
account receives by acceptance, the delivery is an offer in the ledger that the buyer confirms once more.
"""

from backend.credits.market.service.common import check_board
from backend.credits.market.service.listing import post_listing, withdraw_listing
from backend.credits.market.service.matching import confirm, refuse, respond, withdraw_match
from backend.credits.market.service.sweeping import lapse_listing, settle_or_lapse

__all__ = [
    "check_board",
    "confirm",
    "lapse_listing",
    "post_listing",
    "refuse",
    "respond",
    "settle_or_lapse",
    "withdraw_listing",
    "withdraw_match",
]
