"""Emissions for the nouns above: the commands on inventories and what may be read of them.

Importing this module also provides the accounts' port of source rules.
"""

from backend.emissions import source_rules
from backend.emissions.inventory.overview import overview
from backend.emissions.inventory.reproduce import reproduce
from backend.emissions.inventory.service import (
    answer_finding,
    close,
    compute,
    compute_many,
    raise_finding,
    request_all,
    request_computation,
    request_restatement,
    resolve_finding,
    return_inventory,
    submit,
    verify,
)

__all__ = [
    "answer_finding", "close", "compute", "compute_many", "overview", "raise_finding", "reproduce", "request_all",
    "request_computation", "request_restatement", "resolve_finding", "return_inventory", "source_rules", "submit",
    "verify",
]  # fmt: skip
