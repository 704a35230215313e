"""The commands on inventories, one verb a file: compute, submit, review, verify, close, restate."""

from backend.emissions.inventory.service.close import close
from backend.emissions.inventory.service.compute import compute, compute_many, request_all, request_computation
from backend.emissions.inventory.service.restate import request_restatement
from backend.emissions.inventory.service.review import (
    answer_finding,
    raise_finding,
    resolve_finding,
    return_inventory,
)
from backend.emissions.inventory.service.submit import submit
from backend.emissions.inventory.service.verify import verify

__all__ = [
    "answer_finding", "close", "compute", "compute_many", "raise_finding", "request_all", "request_computation",
    "request_restatement", "resolve_finding", "return_inventory", "submit", "verify",
]  # fmt: skip
