"""Commands of the regional programmes, and the reads and classes other nouns ask for."""

from backend.credits.programmes.queries import submissions_by_id
from backend.credits.programmes.service.buying import buy_trees, record_payment, tree_payment
from backend.credits.programmes.service.configuring import configure
from backend.credits.programmes.service.offering import offered, register_classes, unit_classes
from backend.credits.programmes.service.planting import register_household, register_trees
from backend.credits.programmes.service.registering import decide_registration, open_participant, register
from backend.credits.programmes.service.retiring import retire
from backend.credits.programmes.service.revoking import revoke
from backend.credits.programmes.service.submitting import decide, submit

__all__ = [
    "buy_trees",
    "configure",
    "decide",
    "decide_registration",
    "offered",
    "open_participant",
    "record_payment",
    "register",
    "register_classes",
    "register_household",
    "register_trees",
    "retire",
    "revoke",
    "submissions_by_id",
    "submit",
    "tree_payment",
    "unit_classes",
]
