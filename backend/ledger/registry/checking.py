"""Lines of a registry's export checked one after the other, and lines alike put together.

The work grows with the lines of the file, not with how many units a run has. What most lines repeat is worked out once.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from unicodedata import normalize

from backend.kit.sheets import Check
from backend.kit.tables import Cell, Column, is_blank, word
from backend.ledger.registry.columns import FIRST, HOLDER, LAST, QUANTITY, SERIALS
from backend.ledger.registry.lines import Line
from backend.ledger.registry.problems import Problem, Wrong, problem
from backend.ledger.registry.serials import LONGEST, serial_of, serial_run
from backend.ledger.registry.sources import Facts, Source
from backend.ledger.values import BatchSpec, OriginRange

LARGEST_QUANTITY = 10**15


@dataclass(frozen=True, slots=True)
class Ready:
    """The file's units put together: one batch for lines alike."""

    specs: list[BatchSpec]
    rows: dict[tuple[str, int], int]
    """Frame and first number of each line -> its row."""

    @property
    def quantities(self) -> list[int]:
        """Units of each batch."""
        return [sum(each.count for each in spec.origins) for spec in self.specs]

    def joined(self) -> list[BatchSpec]:
        """Return the batches with runs that touch each other made one: the same units in fewer runs."""
        return [replace(each, origins=tuple(_joined(each.origins))) for each in self.specs]


@dataclass(slots=True)
class LineChecker:
    """Checks lines and remembers the good ones. `names`: what the holder may be called."""

    source: Source
    names: Collection[str]
    holder: str
    today: date
    problems: dict[int, list[Problem]] = field(default_factory=dict[int, list[Problem]])
    _runs: list[tuple[str, int, int, int]] = field(default_factory=list[tuple[str, int, int, int]])
    _alike: dict[Facts, list[OriginRange]] = field(default_factory=dict[Facts, list[OriginRange]])
    _facts: dict[tuple[Cell, ...], Facts | Problem] = field(default_factory=dict[tuple[Cell, ...], Facts | Problem])

    def begin(self, positions: dict[str, int]) -> Check:
        """Return the check of lines whose columns stand so."""
        own = [each for each in self.source.layout.columns if each not in SERIALS]
        keys, places = [each.key for each in own], [positions.get(each.key, -1) for each in own]
        counted = [positions.get(each.key, -1) for each in SERIALS]

        def check(number: int, cells: list[Cell]) -> None:
            found = self._known(keys, tuple([cells[each] for each in places]))
            wrong = [found] if isinstance(found, Problem) else []
            try:
                run = self._run(*(cells[each] for each in counted))
            except Wrong as refused:
                wrong.insert(0, refused.problem)
            else:
                if isinstance(found, Facts):
                    self._runs.append((run.frame, run.first, run.last, number))
                    self._alike.setdefault(found, []).append(run)
            if wrong:
                self.problems[number] = wrong

        return check

    def finish(self) -> Ready:
        """Refuse lines that share units, and put the good ones together in the order of the file."""
        before: tuple[str, int, int, int] | None = None
        for run in sorted(self._runs):
            if before is not None and before[0] == run[0] and run[1] <= before[2]:
                one, other = sorted((before, run), key=lambda each: each[3])
                self.problems.setdefault(other[3], []).append(
                    problem(
                        "duplicate_in_file", FIRST, other=one[3], first=serial_of(one[0], one[1]),
                        last=serial_of(one[0], one[2]),
                    )
                )  # fmt: skip
            # The run that reaches farthest is the one a later run can still overlap.
            if before is None or before[0] != run[0] or run[2] > before[2]:
                before = run
        specs = [
            facts.batch(sorted(runs, key=lambda each: (each.frame, each.first))) for facts, runs in self._alike.items()
        ]
        return Ready(specs, {(frame, first): number for frame, first, _, number in self._runs})

    def _known(self, keys: list[str], cells: tuple[Cell, ...]) -> Facts | Problem:
        known = self._facts.get(cells)
        if known is None:
            try:
                line = Line(dict(zip(keys, cells, strict=True)), self.today)
                known = self.source.read(line)
                line.holder(HOLDER, self.names, self.holder)
            except Wrong as wrong:
                known = wrong.problem
            self._facts[cells] = known
        return known

    def _run(self, prefix: Cell, first: Cell, last: Cell, quantity: Cell) -> OriginRange:
        head = word(prefix)
        ends = [head + _serial(FIRST, first), head + _serial(LAST, last)]
        found = serial_run(*ends)
        if found is None:
            raise Wrong(problem("serials_unreadable", FIRST, first=ends[0][:LONGEST], last=ends[1][:LONGEST]))
        run = OriginRange(self.source.registry, *found)
        value = _quantity(quantity)
        if value != run.count:
            raise Wrong(
                problem("quantity_other", QUANTITY, value=value, first=ends[0], last=ends[1], counted=run.count)
            )
        return run


def _serial(column: Column, cell: Cell) -> str:
    if is_blank(cell):
        raise Wrong(problem("cell_missing", column))
    if not isinstance(cell, str):
        raise Wrong(problem("serial_not_text", column))
    return cell.strip()


def _quantity(cell: Cell) -> int:
    """Return a whole number of units; a workbook's binary number by the shortest decimal that names it."""
    if is_blank(cell):
        raise Wrong(problem("cell_missing", QUANTITY))
    said = repr(cell) if isinstance(cell, float | int) else normalize("NFKC", word(cell)).replace(",", "")
    try:
        value = Decimal(said)
    except InvalidOperation:
        value = Decimal(0)
    if not value.is_finite() or not 0 < value <= LARGEST_QUANTITY or value != value.to_integral_value():
        raise Wrong(problem("quantity_wrong", QUANTITY, value=word(cell)[:60]))
    return int(value)


def _joined(runs: Iterable[OriginRange]) -> list[OriginRange]:
    found: list[OriginRange] = []
    for run in runs:
        before = found[-1] if found else None
        if before is not None and (before.frame, before.last + 1) == (run.frame, run.first):
            found[-1] = replace(before, last=run.last)
        else:
            found.append(run)
    return found
