"""Words of monitoring. What the parts have for themselves stands with them: `series`, `alerts`, `notices`, `estimates`."""

from dataclasses import dataclass

ACTIONS = (
    "monitoring:configure",
    "monitoring:estimate",
    "monitoring:issue",
    "monitoring:read",
    "monitoring:respond",
)
"""Permissions this noun knows. One's own notices need none."""


@dataclass(frozen=True, slots=True)
class Words:
    """A text in both languages."""

    zh: str
    en: str
