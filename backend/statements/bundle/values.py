"""Words of the bundle: what it is made of, and of which statement."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

FORMAT = "carbon-bundle/1"
"""The layout of the archive, named by its manifest."""

MEDIA_TYPE = "application/zip"

MOST_DIRECT = 5_000
"""Records and ledger movements a bundle is made of while the caller waits; beyond that a job makes it."""

MOST_MADE = 100_000
"""Records and ledger movements of the largest bundle a job makes: all of it lies in memory, some 4 kB for each."""

MOST_PROOFS = 500
"""Movements whose proof of the journal is put in while the caller waits; the newest ones of the period."""

MOST_PROOFS_MADE = 20_000
"""Movements whose proof is put in by a job."""

Tree = str | list[Any]
"""A formula a machine can follow: the code of a parameter, a decimal, or `[operation, argument, ...]`."""


@dataclass(frozen=True, slots=True)
class Part:
    """One file of the archive."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Contents:
    """The files of a bundle; how many movements of units are in it, and of how many the journal's proof."""

    parts: list[Part]
    movements: int
    proofs: int


@dataclass(frozen=True, slots=True)
class Subject:
    """The statement a bundle is of: `document` is its JSON as it was issued, byte for byte.

    `inventory_ids` are the inventories its emissions come from; `figure_ids` the yearly figures, of `figure_years`.
    """

    tenant: str
    account_id: UUID
    account_number: str
    number: str
    document: bytes
    period_from: date
    period_to: date
    known_at: datetime
    issued_at: datetime
    inventory_ids: tuple[UUID, ...]
    figure_ids: frozenset[UUID]
    figure_years: tuple[int, ...]
    movement_count: int
    """Movements of units in the period, as the statement counts them."""

    @property
    def years(self) -> tuple[int, ...]:
        """Return the calendar years the period touches."""
        return tuple(range(self.period_from.year, self.period_to.year + 1))
