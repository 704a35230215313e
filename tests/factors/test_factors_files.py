"""Files that cannot be right: each fault with its line, column and remedy in both languages."""

from datetime import date
from decimal import Decimal

import pytest

from backend.factors import formats
from backend.factors.formats import Parsed
from backend.factors.layouts import FORMATS, Defaults
from backend.factors.values import Entry, Fault, Validity

HEADER = "name,key,region,value,low,high,unit,valid_from,document,source,confidence,note"
GRID = "factor_type,geo_level,geo_code,geo_name,data_year,value,unit,document,document_date,source,confidence,note"
GOOD = "test.a,k,,1.50,,,t,2024-01-01,D,S,verified-by-lookup,"
JIANGSU = "provincial_average,province,320000,江苏,2024,0.5700,kgCO2/kWh,公告,2026-12-01,S,verified-by-lookup,"


def read(*lines: str, encoding: str = "utf-8", most_rows: int = 100) -> Parsed | list[Fault] | None:
    return formats.parse("\n".join(lines).encode(encoding), Defaults("test"), most_rows)


def entries(*lines: str, encoding: str = "utf-8") -> list[Entry]:
    found = read(*lines, encoding=encoding)
    assert isinstance(found, Parsed), found
    return found.entries


def fault(*lines: str) -> Fault:
    found = read(*lines)
    assert isinstance(found, list), found
    assert len(found) == 1, found
    return found[0]


def test_a_good_row() -> None:
    (entry,) = entries(HEADER, GOOD)
    assert (entry.identity, str(entry.value), entry.valid) == (("test.a", "k", ""), "1.50", Validity(date(2024, 1, 1)))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_what_spreadsheets_write_is_read(encoding: str) -> None:
    (entry,) = entries(GRID, JIANGSU, "", ",,,,,,,,,,,", encoding=encoding)
    assert (entry.label_zh, entry.value) == ("江苏：省级平均", Decimal("0.5700"))


def test_optional_columns_and_windows_line_ends() -> None:
    (entry,) = entries(
        f"{HEADER},text_value,valid_to\r", 'test.a,k,,,,,t,2024-01-01,D,S,from-memory,"a\r\nb",rule,2025-01-01\r'
    )
    assert (entry.text_value, entry.valid.end, entry.note) == ("rule", date(2025, 1, 1), "a\r\nb")


def test_a_value_holds_until_the_next_one_of_the_file() -> None:
    first, second = entries(HEADER, GOOD, GOOD.replace("2024-01-01", "2026-01-01"))
    assert (first.valid.end, second.valid.end) == (date(2026, 1, 1), None)


@pytest.mark.parametrize(
    ("row", "column", "word"),
    [
        (GOOD.replace("1.50", "1,50"), "row", "13 cells"),
        (GOOD.replace("1.50", "one"), "value", "not a number"),
        (GOOD.replace("1.50", "NaN"), "value", "not a number"),
        (GOOD.replace("1.50", "1_000"), "value", "not a number"),
        (GOOD.replace("1.50", "1" * 61), "value", "not a number"),
        (GOOD.replace("1.50", ""), "value", "give value"),
        (GOOD.replace("1.50,,", "1.50,2,"), "low", "both"),
        (GOOD.replace("1.50,,", ",2,1"), "low", "above"),
        (GOOD.replace("test.a", ""), "name", "empty"),
        (GOOD.replace(",k,", ", ,"), "key", "empty"),
        (GOOD.replace("2024-01-01", "01.01.2024"), "valid_from", "not a date"),
        (GOOD.replace("2024-01-01", "2024-02-30"), "valid_from", "not a date"),
        (GOOD.replace("verified-by-lookup", "sure"), "confidence", "not one of"),
        (GOOD.replace("verified-by-lookup", ""), "confidence", "empty"),
        ('test.a,k,,1,,,t,2024-01-01,D,S,from-memory,"open', "row", "not CSV"),
    ],
)
def test_each_fault_of_a_general_row(row: str, column: str, word: str) -> None:
    found = fault(HEADER, row)
    assert (found.line, found.column) == (2, column)
    assert word in found.en
    assert found.zh


@pytest.mark.parametrize(
    ("row", "column", "word"),
    [
        (JIANGSU.replace("0.5700", "5700"), "value", "impossible"),
        (JIANGSU.replace("0.5700", "-0.1"), "value", "impossible"),
        (JIANGSU.replace("0.5700", ""), "value", "empty"),
        (JIANGSU.replace("320000", "3200"), "geo_code", "six-digit"),
        (JIANGSU.replace(",2024,", ",24,"), "data_year", "not a year"),
        (JIANGSU.replace(",2024,", ",2203,"), "data_year", "not a year"),
        (JIANGSU.replace("provincial_average", "average"), "factor_type", "not one of"),
        (JIANGSU.replace("2026-12-01", "2026-13"), "document_date", "not a date"),
    ],
)
def test_each_fault_of_a_grid_row(row: str, column: str, word: str) -> None:
    found = fault(GRID, row)
    assert (found.line, found.column) == (2, column)
    assert word in found.en
    assert found.zh


def test_every_fault_of_every_row_is_told_at_once() -> None:
    found = read(GRID, JIANGSU, JIANGSU.replace("0.5700", "x").replace("320000", "1"), JIANGSU.replace(",2024,", ",,"))
    assert isinstance(found, list)
    assert [(each.line, each.column) for each in found] == [(3, "geo_code"), (3, "value"), (4, "data_year")]


def test_a_parameter_twice_in_a_file() -> None:
    found = fault(GRID, JIANGSU, JIANGSU.replace("0.5700", "0.5800"))
    assert (found.line, found.column) == (3, "grid.electricity")
    assert "line 2" in found.en


def test_an_impossible_carbon_content_in_a_fuel_table() -> None:
    header = next(",".join(each.columns) for each in FORMATS if each.name == "fuel")
    row = "T,煤,coal,solid,t,20,{},0.99,,,S,from-memory,"
    assert len(entries(header, row.format("0.0275"))) == 3
    found = fault(header, row.format("2.75"))
    assert (found.column, "impossible" in found.en) == ("carbon_content_tc_per_gj", True)


@pytest.mark.parametrize(
    ("header", "word"),
    [
        (HEADER.replace(",unit", ""), "missing: unit"),
        (f"{HEADER},colour", "unknown: colour"),
        ("", "missing"),
        (HEADER.replace("low,high", "low,low"), "twice"),
    ],
)
def test_a_wrong_header(header: str, word: str) -> None:
    found = fault(header, GOOD)
    assert found.line == 1
    assert word in found.en


def test_no_row_binary_and_too_many() -> None:
    assert "no row" in fault(HEADER).en
    found = formats.parse(b"PK\x03\x04\x00\xff\xfe", Defaults("test"), 10)
    assert isinstance(found, list)
    assert "neither UTF-8 nor GB18030" in found[0].en
    assert read(HEADER, GOOD, GOOD.replace(",k,", ",l,"), most_rows=1) is None


def test_no_two_layouts_share_a_header() -> None:
    assert len({frozenset(each.columns) for each in FORMATS}) == len(FORMATS)
