"""Tables as workbooks: numbers stay numbers, long ones keep their digits, names that Excel refuses are changed."""

import io
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest

from backend.wire.workbooks import Asked, Heading, QuestionInvalid, Sheet, download, workbook

HEADINGS = (
    Heading("名称", "Name"),
    Heading("排放", "Emissions", "tCO2e"),
    Heading("日期", "Day"),
    Heading("真假", "Is it"),
)


def opened(content: bytes):
    return openpyxl.load_workbook(io.BytesIO(content))


def test_cells_are_what_they_are() -> None:
    long = Decimal("12345678901234567.123456789")
    rows = [("甲", Decimal("1.5"), date(2026, 3, 1), True), ("=1+1", long, datetime(2026, 3, 1, 16, tzinfo=UTC), None)]
    book = opened(workbook([Sheet("月度", "Months", HEADINGS, rows, [("仅供参考", "For reference")])], "en"))
    page = book["Months"]
    assert [cell.value for cell in page[1]] == ["Name", "Emissions", "Day", "Is it"]
    assert [cell.value for cell in page[2]] == ["名称", "排放", "日期", "真假"]
    assert page["B3"].value == "tCO2e"
    assert [cell.value for cell in page[4]] == ["甲", 1.5, datetime(2026, 3, 1), "True"]  # noqa: DTZ001 - as Excel has it
    assert page["A5"].value == "=1+1"
    assert page["A5"].data_type == "s"
    assert page["B5"].comment.text.endswith(str(long))
    assert page["C5"].value == datetime(2026, 3, 2)  # noqa: DTZ001 - midnight in China
    assert page["D5"].value is None
    assert page["A7"].value == "For reference"


def test_sheet_names_are_ones_excel_takes() -> None:
    book = opened(
        workbook([Sheet("a/b", "a", HEADINGS, []), Sheet("A-B", "a", HEADINGS, []), Sheet("", "", HEADINGS, [])])
    )
    assert book.sheetnames == ["a-b", "A-B 2", "-"]


def test_a_row_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="longer"):
        workbook([Sheet("表", "Table", HEADINGS, [("一",)])])


def test_words_of_an_address_are_read_or_refused() -> None:
    asked = Asked("zh", {"year": "2025", "odd": "２０２５", "low": "1", "empty": ""})
    assert asked.number("year", 2005, 2100) == 2025
    assert asked.number("empty", 1, 2) is None
    assert asked.text("none") is None
    for name in ("odd", "low"):
        with pytest.raises(QuestionInvalid):
            asked.number(name, 2005, 2100)
    with pytest.raises(QuestionInvalid):
        asked.needed_number("none", 1, 2)


def test_a_name_is_given_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.wire.workbooks.DOWNLOADS", {})

    async def one(*_: object):
        return bytes

    async def two(*_: object):
        return bytes

    download("only-in-this-test.xlsx")(one)
    download("only-in-this-test.xlsx")(one)
    with pytest.raises(ValueError, match="two functions"):
        download("only-in-this-test.xlsx")(two)
