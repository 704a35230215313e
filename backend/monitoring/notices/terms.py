"""The figures of notices: data beside the code."""

import tomllib
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class NoticeTerms:
    """The figures as they are read; see `terms.toml` for what each means."""

    pauses: tuple[int, ...]
    jitter: Decimal
    timeout: int
    taken: int
    batch: int
    at_once: int
    most: int
    disabled_after: timedelta


@cache
def terms() -> NoticeTerms:
    """Return the figures, read once."""
    found: dict[str, Any] = tomllib.loads(
        files("backend.monitoring.notices").joinpath("terms.toml").read_text(encoding="utf-8")
    )
    return NoticeTerms(
        pauses=tuple(found["pauses"]), jitter=Decimal(found["jitter"]), timeout=found["timeout"], taken=found["taken"],
        batch=found["batch"], at_once=found["at_once"], most=found["most"],
        disabled_after=timedelta(hours=found["disabled_after_hours"]),
    )  # fmt: skip
