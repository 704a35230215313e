"""The figures of webhooks: data beside the code."""

import tomllib
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Terms:
    """The figures as they are read; see `terms.toml` for what each means."""

    pauses: tuple[int, ...]
    jitter: Decimal
    timeout: int
    taken: int
    batch: int
    at_once: int
    most: int
    disabled_after: timedelta
    overlap: timedelta


@cache
def terms() -> Terms:
    """Return the figures, read once."""
    found: dict[str, Any] = tomllib.loads(
        files("backend.lending.webhooks").joinpath("terms.toml").read_text(encoding="utf-8")
    )
    delivery, endpoints = found["delivery"], found["endpoints"]
    return Terms(
        pauses=tuple(delivery["pauses"]),
        jitter=Decimal(delivery["jitter"]),
        timeout=delivery["timeout"],
        taken=delivery["taken"],
        batch=delivery["batch"],
        at_once=delivery["at_once"],
        most=endpoints["most"],
        disabled_after=timedelta(hours=endpoints["disabled_after_hours"]),
        overlap=timedelta(hours=endpoints["overlap_hours"]),
    )
