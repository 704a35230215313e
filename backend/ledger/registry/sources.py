"""What a class's registry export means: its columns, who may bring it, what a line says of its units.

A noun registers its own::

    CEA_FILE = register(Source("CEA", ...))
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from backend.kit.db import Write
from backend.kit.scope import Scope
from backend.kit.sheets import Layout
from backend.kit.tables import Column
from backend.ledger.registry.columns import FIRST, HOLDER, SERIALS, VINTAGE
from backend.ledger.registry.errors import UnitFileUnknown
from backend.ledger.registry.lines import Line
from backend.ledger.values import BatchSpec, MovementValue, OriginRange


@dataclass(frozen=True, slots=True)
class Facts:
    """What a line says beside its serials. Lines with the same facts become one batch."""

    vintage: int
    produced_from: date | None = None
    produced_to: date | None = None
    project_code: str | None = None
    attributes: tuple[tuple[str, Any], ...] = ()

    def batch(self, origins: Sequence[OriginRange]) -> BatchSpec:
        """Return the batch of units with these facts."""
        return BatchSpec(
            vintage=self.vintage, produced_from=self.produced_from, produced_to=self.produced_to,
            project_code=self.project_code, attributes=dict(self.attributes), origins=tuple(origins),
        )  # fmt: skip


Settle = Callable[[Write, Scope, UUID, Sequence[BatchSpec], Sequence[MovementValue]], Awaitable[None]]
"""What follows in the same transaction from units that came in; raises `Clash` for a batch that may not."""


async def _nothing(*_: object) -> None:
    """Nothing follows."""


@dataclass(frozen=True, slots=True)
class Source:
    """A class whose units come in by its registry's export.

    `registry` is the name its serials are kept under, `permission` what it takes to bring them; `read` makes a line's
    facts (raises `Wrong`), of the class's `own` columns; what is wrong with the energy behind units is said at `plant`.
    """

    class_code: str
    registry: str
    permission: str
    own: tuple[Column, ...]
    read: Callable[[Line], Facts]
    settle: Settle = _nothing
    plant: Column = FIRST

    @property
    def layout(self) -> Layout:
        """The columns of the file."""
        return Layout((*SERIALS, VINTAGE, *self.own, HOLDER), f"{self.class_code} 持仓")


SOURCES: dict[str, Source] = {}


def register(source: Source) -> Source:
    """Make a class's export known."""
    SOURCES[source.class_code] = source
    return source


def source_of(class_code: str) -> Source:
    """Return how units of a class come in.

    Raises:
        UnitFileUnknown: not by a registry's export.
    """
    found = SOURCES.get(class_code.strip().upper())
    if found is None:
        raise UnitFileUnknown(value=class_code[:40], known=", ".join(sorted(SOURCES)))
    return found
