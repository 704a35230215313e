"""The file: lines read and checked in a thread of their own; the template; the annotated copy of a refused file."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from backend.credits.gec.checking import LineChecker, Sorted, lines_of
from backend.credits.gec.columns import COLUMNS
from backend.credits.gec.problems import Problem
from backend.kit import sheets
from backend.kit.sheets import Check, Layout, LineFile
from backend.kit.tables import Cell

LAYOUT = Layout(COLUMNS, "绿证 GEC")


class CertificateFile(LineFile):
    """An open file of certificates, its lines checked by the checker."""

    def __init__(self, path: Path, checker: LineChecker, most_rows: int) -> None:
        self._checker = checker
        super().__init__(path, LAYOUT, self._start, most_rows)

    def _start(self, positions: dict[str, int]) -> Check:
        at_code, at_price, at_facts = lines_of(positions)
        check = self._checker.check

        def line(number: int, cells: list[Cell]) -> None:
            check(number, cells[at_code], cells[at_price], tuple([cells[index] for index in at_facts]))

        return line

    async def sorted(self) -> Sorted:
        """Return the good lines put together."""
        return await self.in_thread(self._checker.sorted)


def write_template(kind: str, path: Path) -> None:
    """Write an empty file with the titles: Chinese, and in a workbook English and keys below them."""
    sheets.write_template(LAYOUT, kind, path)


def annotate(source: Path, problems: Mapping[int, Sequence[Problem]], target: Path) -> None:
    """Write the file again, each line's problems beside it; in a workbook the wrong cells are marked."""
    sheets.annotate(LAYOUT, source, problems, target)
