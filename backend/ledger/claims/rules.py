"""The matrix of uses that exclude each other, read from `backend/ledger/data/claim_rules.csv`."""

import csv
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from backend.ledger.claims.values import Use

FILE = Path(__file__).resolve().parents[1] / "data" / "claim_rules.csv"


@dataclass(frozen=True, slots=True)
class Rule:
    """A pair of uses that one benefit cannot serve both.

    `test`: `repeat` (the same use twice), `any_owner` (whoever claims), `other_owner` (only when two accounts claim).
    """

    code: str
    use_a: str
    use_b: str
    test: str
    reason_zh: str
    reason_en: str
    document: str
    confidence: str

    def row(self) -> dict[str, str]:
        """Return the rule as the database takes it."""
        return asdict(self)


@cache
def matrix() -> tuple[Rule, ...]:
    """Return the shipped matrix.

    Raises:
        ValueError: a use nobody knows.
    """
    with FILE.open(encoding="utf-8", newline="") as lines:
        rules = tuple(Rule(**row) for row in csv.DictReader(lines))
    unknown = {use for each in rules for use in (each.use_a, each.use_b)} - set(Use)
    if unknown:
        message = f"unknown uses in {FILE.name}: {sorted(unknown)}"
        raise ValueError(message)
    return rules


@cache
def rivals(use: Use) -> tuple[Use, ...]:
    """Return the other uses that the shipped matrix keeps off a benefit of this use, whoever claims."""
    pairs = [(each.use_a, each.use_b) for each in matrix() if each.test == "any_owner"]
    return tuple(
        sorted(Use(other) for pair in pairs for mine, other in (pair, pair[::-1]) if mine == use and other != use)
    )


def excludes(rule: Rule, use: str, other: str, *, is_same_owner: bool) -> bool:
    """Tell whether a rule keeps two claims on one benefit apart: the words of the guards' exclusion constraints."""
    if {use, other} != {rule.use_a, rule.use_b}:
        return False
    return rule.test != "other_owner" or not is_same_owner
