"""Export, import unchanged: nothing changes, whatever was entered."""

import string
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from factories.activity import Desk, collect, make_desk, sheet_rows
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from backend.emissions.activity import entering, queries, schema_files
from backend.emissions.activity.cells import plain
from backend.emissions.activity.entering import Correction, Entry
from backend.emissions.activity.reading import DATA_SHEET
from backend.kit.db import Databases
from backend.kit.quantities import units_for

MONTHS = [date(2024, number, 1) for number in range(1, 13)]
# What a keyboard can enter: no control characters but line ends, no half of a character, no place kept for later.
LETTERS = st.characters(blacklist_categories=("Cs", "Cc", "Cn", "Co"), whitelist_characters="\n\t")
NOTES = st.one_of(
    st.text(LETTERS, max_size=40),
    st.sampled_from(["=1+1", "'=x", "''", "@a", "-", "_x0041_", " a ", "a\nb", '"q",', "碳𠮷😀", "001", "1e5", "TRUE"]),
)
QUANTITIES = st.one_of(
    st.decimals(0, 10**9, allow_nan=False, allow_infinity=False, places=3),
    st.integers(0, 10**23).map(Decimal),
    st.builds(lambda digits, places: Decimal(digits).scaleb(-places), st.integers(0, 10**24 - 1), st.integers(0, 40)),
)
ROW = st.tuples(
    QUANTITIES, st.sampled_from([unit.code for unit in units_for("electricity")]), NOTES,
    st.sampled_from(["metered", "invoiced", "estimated"]),
    st.one_of(st.none(), st.tuples(st.integers(0, 3 * 10**6), st.text(string.ascii_letters, min_size=1, max_size=9))),
)  # fmt: skip


@pytest.fixture
async def desk(databases: Databases, servers: Any) -> Desk:
    return await make_desk(databases, servers.settings)


async def enter(desk: Desk, entries: list[Entry]) -> list[Any]:
    async with desk.databases.write(desk.manager) as write:
        return list((await entering.enter(write, desk.manager, desk.id, entries)).record_ids)


async def exported(desk: Desk, kind: str) -> bytes:
    download = await schema_files.export(desk.databases, desk.manager, desk.id, year=2024, kind=kind)
    return await collect(download.chunks)


async def everything(desk: Desk) -> list[Any]:
    async with desk.databases.read(desk.manager) as read:
        return await queries.records(read, desk.manager, desk.id, limit=1000)


@settings(
    max_examples=15, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(rows=st.lists(ROW, min_size=1, max_size=12), corrected=st.lists(ROW, max_size=3))
async def test_an_export_imported_unchanged_changes_nothing(
    databases: Databases, servers: Any, rows: list[Any], corrected: list[Any]
) -> None:
    desk = await make_desk(databases, servers.settings)

    def facts(row: Any) -> dict[str, Any]:
        quantity, unit, note, tier, factor = row
        stated = {"factor": plain(Decimal(factor[0]).scaleb(-6)), "factor_source": factor[1]} if factor else {}
        return {"quantity": quantity, "unit": unit, "note": note, "tier": tier, "parameters": stated}

    source = desk.place.sources["E1"]
    entries = [Entry(source, month, reason="已核实", **facts(row)) for month, row in zip(MONTHS, rows, strict=False)]
    ids = await enter(desk, entries)
    for record_id, row in zip(ids, corrected, strict=False):
        async with databases.write(desk.manager) as write:
            await entering.correct(write, desk.manager, desk.id, record_id, Correction("更正原因", **facts(row)))
    before = await everything(desk)
    for kind in ("xlsx", "csv"):
        result = await desk.imported(await exported(desk, kind), f"a.{kind}")
        ends = [each for each in before if not each.is_superseded]
        assert (result["state"], result["unchanged"], result["new"], result["corrections"]) == (
            "stored", len(ends), 0, 0,
        ), result["problems"]  # fmt: skip
    assert await everything(desk) == before


async def test_long_decimals_are_written_as_text_and_short_ones_as_numbers(desk: Desk) -> None:
    source = desk.place.sources["E1"]
    long, short = Decimal("0.1234567890123456789"), Decimal("123456.789012345")
    await enter(desk, [Entry(source, MONTHS[0], long, "MWh"), Entry(source, MONTHS[1], short, "kWh")])
    rows = sheet_rows(await exported(desk, "xlsx"))
    column = rows[2].index("quantity")
    assert [row[column] for row in rows[3:]] == [str(long), float(short)]


async def test_the_template_offers_what_can_be_entered(desk: Desk, tmp_path: Path) -> None:
    await desk.meter("E1", "M1", "kWh")
    await desk.meter("E1", "M2", "MWh")
    await enter(desk, [Entry(desk.place.sources["C1"], MONTHS[0], Decimal(1), "t")])
    download = await schema_files.template(desk.databases, desk.manager, desk.id, year=2024)
    content = await collect(download.chunks)
    rows = sheet_rows(content)
    assert rows[2][:8] == ["site", "source", "source_name", "meter", "month", "quantity", "unit", "tier"]
    assert {"ncv", "carbon_content", "oxidation_factor", "factor", "factor_source", "record"} <= set(rows[2])
    # Two meters and a source without, less the coal of January that is there already; all twelve months.
    filled = [(row[1], row[3], row[4], row[6]) for row in rows[3:]]
    assert len(filled) == 12 * 4 - 1
    assert filled[:3] == [
        ("E1", "M1", "2024-01", "kWh"),
        ("E1", "M2", "2024-01", "MWh"),
        ("G1", "", "2024-01", "万Nm3"),
    ]
    path = tmp_path / "t.xlsx"
    path.write_bytes(content)
    book = openpyxl.load_workbook(path)
    data = book[DATA_SHEET]
    rules = {str(rule.sqref).split(":")[0]: rule for rule in data.data_validations.dataValidation}
    assert rules["B4"].formula1.endswith("$A$2:$A$4")
    assert rules["G4"].formula1.startswith("OFFSET(")
    assert data.freeze_panes == "C4"
    assert book.sheetnames == ["填写说明 Guide", DATA_SHEET, "选项 Lists"]
    lists = book["选项 Lists"]
    assert [cell.value for cell in lists[3]][:5] == ["E1", "E1", 4, "MWh", "kWh"]


async def test_a_template_of_a_year_that_is_not_open_offers_nothing(desk: Desk) -> None:
    download = await schema_files.template(desk.databases, desk.manager, desk.id, year=2019, kind="csv")
    assert len((await collect(download.chunks)).decode("utf-8-sig").splitlines()) == 1


async def test_a_template_filled_in_is_stored(desk: Desk, tmp_path: Path) -> None:
    download = await schema_files.template(desk.databases, desk.manager, desk.id, year=2024)
    path = tmp_path / "t.xlsx"
    path.write_bytes(await collect(download.chunks))
    book = openpyxl.load_workbook(path)
    sheet = book[DATA_SHEET]
    sheet["F4"], sheet["F5"] = 12.5, "0.1234567890123456789"
    book.save(path)
    result = await desk.imported(path.read_bytes(), "t.xlsx")
    assert (result["state"], result["new"], result["blank"]) == ("stored", 2, 34)


async def test_an_export_of_a_closed_year_imported_unchanged_changes_nothing(desk: Desk) -> None:
    source = desk.place.sources["E1"]
    await enter(desk, [Entry(source, MONTHS[0], Decimal(1), "MWh"), Entry(source, MONTHS[1], Decimal(2), "MWh")])
    before = await everything(desk)
    content = await exported(desk, "csv")
    async with desk.databases.write(desk.place.system) as write:
        await write.run(text("update reporting_year set closed_at = now() where account_id = :id"), {"id": desk.id})
        await write.run(text("update source set ended_on = '2023-12-31' where account_id = :id"), {"id": desk.id})
    result = await desk.imported(content, "a.csv")
    assert (result["state"], result["unchanged"], result["problems"]) == ("stored", 2, [])
    assert await everything(desk) == before
    changed = await desk.imported(content.replace(b",2,MWh", b",3,MWh"), "b.csv")
    assert changed["state"] == "rejected"
    assert [each["code"] for each in changed["problems"]] == ["year_closed", "source_ended", "reason_missing"]


async def test_exports_of_years_do_not_mix(desk: Desk) -> None:
    source = desk.place.sources["E1"]
    await enter(desk, [Entry(source, MONTHS[0], Decimal(1), "MWh"), Entry(source, date(2025, 1, 1), Decimal(2), "MWh")])
    assert len(sheet_rows(await exported(desk, "xlsx"))) == 4
    whole = await schema_files.export(desk.databases, desk.manager, desk.id, kind="csv")
    assert (await collect(whole.chunks)).decode("utf-8-sig").count("\n") == 3
