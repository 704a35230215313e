"""Rows of a file of activity data; what every table of a user needs is in `kit.tables`."""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

from backend.emissions.activity.columns import ANNOTATION, MONTH, QUANTITY, SOURCE, Column
from backend.kit import tables
from backend.kit.tables import CSV, XLSX, Table, encoding_of, guarded, is_workbook

__all__ = ["CSV", "DATA_SHEET", "XLSX", "Table", "encoding_of", "guarded", "is_workbook", "open_table"]

DATA_SHEET = "活动数据 Data"


@contextmanager
def open_table(path: Path, columns: Sequence[Column]) -> Generator[Table]:
    """Open a workbook or CSV and find its titles; close it on the way out.

    Raises:
        FileUnreadable: not a file we can read.
        HeaderMissing: no row near the top has the titles of source, month and quantity.
    """
    needed = (SOURCE, MONTH, QUANTITY)
    with tables.open_table(path, (*columns, *ANNOTATION), needed, sheet=DATA_SHEET) as table:
        yield table
