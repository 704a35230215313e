"""What a noun fits in to let its units come in by their registry's export: see `registry/sources.py`."""

from backend.ledger.registry.columns import FIRST, VINTAGE, column
from backend.ledger.registry.lines import Line, fold, not_before
from backend.ledger.registry.problems import Clash, Wrong, problem
from backend.ledger.registry.serials import serial_of, serial_run
from backend.ledger.registry.sources import Facts, Source, register

__all__ = [
    "FIRST",
    "VINTAGE",
    "Clash",
    "Facts",
    "Line",
    "Source",
    "Wrong",
    "column",
    "fold",
    "not_before",
    "problem",
    "register",
    "serial_of",
    "serial_run",
]
