"""The figures of runs, signs and appeals that no document fixes: data beside the code, marked as the product's own."""

import tomllib
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Terms:
    """The figures as they are read; shares are fractions of one. See `terms.toml` for what each means."""

    is_placeholder: bool
    confidence: str
    note_zh: str
    note_en: str
    estimated_share: Decimal
    shift_departure: Decimal
    shift_least_share: Decimal
    split_new_sources: int
    split_tolerance: Decimal
    split_least_share: Decimal
    boiler_fall: Decimal
    boiler_replaced: Decimal
    boiler_production_kept: Decimal
    lodge_days: int
    answer_days: int


@cache
def terms() -> Terms:
    """Return the figures, read once."""
    found: dict[str, Any] = tomllib.loads(
        files("backend.scores.running").joinpath("terms.toml").read_text(encoding="utf-8")
    )
    shifted, split, boiler = found["shifted_months"], found["split_meters"], found["outsourced_boiler"]
    return Terms(
        is_placeholder=found["is_placeholder"],
        confidence=found["confidence"],
        note_zh=found["note_zh"],
        note_en=found["note_en"],
        estimated_share=Decimal(found["quality"]["estimated_share"]),
        shift_departure=Decimal(shifted["departure"]),
        shift_least_share=Decimal(shifted["least_share"]),
        split_new_sources=split["new_sources"],
        split_tolerance=Decimal(split["tolerance"]),
        split_least_share=Decimal(split["least_share"]),
        boiler_fall=Decimal(boiler["fall"]),
        boiler_replaced=Decimal(boiler["replaced"]),
        boiler_production_kept=Decimal(boiler["production_kept"]),
        lodge_days=found["appeals"]["lodge_days"],
        answer_days=found["appeals"]["answer_days"],
    )
