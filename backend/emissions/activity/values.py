"""Values of activity data: rows on their way in, limits of the entry checks, what an import did."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from backend.emissions.activity.problems import Problem

COMMAND_ROWS = 1000
"""Rows one bulk command may bring; more belong into a file."""

SHOWN_PROBLEMS = 100
"""Problems listed in an answer; the annotated file has them all."""


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit of a check: a reference parameter, with how sure it is. No official values exist: placeholders."""

    parameter: str
    """`name key` of the reference parameter an administrator replaces it by."""
    value: Decimal
    confidence: str

    @property
    def facts(self) -> dict[str, str]:
        """What a problem tells of the limit it broke."""
        return {"limit_parameter": self.parameter, "limit_confidence": self.confidence}


@dataclass(frozen=True, slots=True)
class EntryLimits:
    """Where the entry checks draw their lines, as the reference parameters have it (`sectors.entry_limits`).

    A quantity is compared with the median of its source's (and meter's) other months. Beyond `absurd` times it
    (or below its reciprocal) it is refused unless explained; beyond `unusual` its approver must say why it is
    right. With fewer than `minimum_history` other months nothing can be said. `ceilings`: the most a source of
    the account's sector can use in a month, by base unit; for a unit without one nothing can be said.
    """

    minimum_history: int
    unusual: Limit
    absurd: Limit
    report_tolerance: Decimal
    ceilings: Mapping[str, Limit]


class StagedRow(NamedTuple):
    """A row that was read and checked by itself; what is missing because of a problem is None.

    A tuple, because a file makes a hundred thousand of them; ids are text already, as COPY wants them.
    """

    row: int
    source_id: str | None
    meter_id: str | None
    month: date | None
    quantity: Decimal | None
    unit: str | None
    factor: Decimal | None
    """Exact factor from the row's unit to the source's base unit, to compare with other months."""
    tier: str
    parameters: dict[str, str]
    evidence_id: str | None
    note: str
    record_id: str | None
    reason: str
    problems: tuple[Problem, ...] = ()


@dataclass(slots=True)
class Outcome:
    """What a set of rows would do, or did. Counts are rows; `problems` are the first ones, as JSON."""

    rows: int = 0
    blank: int = 0
    new: int = 0
    unchanged: int = 0
    corrections: int = 0
    errors: int = 0
    warnings: int = 0
    problems: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    @property
    def is_clean(self) -> bool:
        """Whether nothing keeps the rows out."""
        return self.errors == 0

    @property
    def stored(self) -> int:
        """How many records the rows make."""
        return self.new + self.corrections

    def as_json(self) -> dict[str, Any]:
        """Return it for a batch's summary or a job's result."""
        return asdict(self)
