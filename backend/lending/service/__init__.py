"""What lending does; the names below are what the rest of the house may use.

`opened` is the way to anything of an enterprise that is no score: it checks the consent at that second and logs the read.
"""

from backend.lending.credentials.holding import held_credentials
from backend.lending.credentials.issuing import credential
from backend.lending.credentials.statuses import standing, status_list
from backend.lending.reading.batches import batch
from backend.lending.reading.opening import history, opened, opened_many, reads_of, told, told_one

__all__ = [
    "batch",
    "credential",
    "held_credentials",
    "history",
    "opened",
    "opened_many",
    "reads_of",
    "standing",
    "status_list",
    "told",
    "told_one",
]
