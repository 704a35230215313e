"""Files into the books: whole or not at all, once, with every wrong row said in its own place."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from factories.activity import (
    HEAD,
    Desk,
    collect,
    csv_of,
    csv_rows,
    make_desk,
    sheet_rows,
    xlsx_of,
)
from sqlalchemy import text

from backend.emissions.activity import importing, jobs, queries
from backend.emissions.activity.errors import FileUnreadable, HeaderMissing, NothingEntered, TooManyRows
from backend.kit import tables
from backend.kit.db import Databases
from backend.kit.errors import Forbidden
from backend.kit.tasks import Cancelled

GOOD = (("E1", "2025-01", "10", "MWh"), ("E1", "2025-02", "11", "MWh"), ("G1", "2025-01", "1.5", "万Nm3"))
WIDE = (*HEAD, "meter", "tier", "ncv", "factor", "factor_source", "evidence", "note", "record", "reported_t", "site",
        "correction_reason")  # fmt: skip


@pytest.fixture
async def desk(databases: Databases, servers: Any) -> Desk:
    return await make_desk(databases, servers.settings)


async def records(desk: Desk) -> list[Any]:
    async with desk.databases.read(desk.manager) as read:
        return await queries.records(read, desk.manager, desk.id, limit=1000)


def codes(result: dict[str, Any]) -> list[tuple[int, str, str]]:
    return [(each["row"], each["column"], each["code"]) for each in result["problems"]]


async def test_a_csv_is_stored_whole_with_exact_quantities(desk: Desk) -> None:
    rows = [*GOOD, ("C1", "2025-03", "0.12345678901234567890123", "吨")]
    result = await desk.imported(csv_of(rows))
    assert {key: result[key] for key in ("state", "rows", "new", "errors", "corrections", "unchanged", "blank")} == {
        "state": "stored", "rows": 4, "new": 4, "errors": 0, "corrections": 0, "unchanged": 0, "blank": 0,
    }  # fmt: skip
    stored = {(str(each.month)[:7], each.unit): each for each in await records(desk)}
    coal = stored["2025-03", "t"]
    assert coal.quantity == Decimal("0.12345678901234567890123")
    assert (coal.tier, coal.state, coal.recorded_by) == ("invoiced", "pending", desk.manager.actor_id)
    assert stored["2025-01", "万Nm3"].quantity == Decimal("1.5")


async def test_a_workbook_as_people_make_it_is_read(desk: Desk, tmp_path: Path) -> None:
    head = ("排放源编号*", "月份", "Quantity", "计量单位", "备注", "我的列")
    rows = [("E1", "2025年3月", 1234.5, "千瓦时", " 一行\n两行 ", "x"), ("E1", 202504, "1,234.25", "kwh", None, None)]
    result = await desk.imported(xlsx_of(tmp_path / "a.xlsx", rows, head, "我的表"), "a.xlsx")
    assert result["new"] == 2
    first, second = await records(desk)
    assert (first.quantity, first.unit, first.note) == (Decimal("1234.5"), "kWh", "一行\n两行")
    assert (second.quantity, str(second.month)) == (Decimal("1234.25"), "2025-04-01")


async def test_a_sheet_too_large_for_memory_is_streamed_with_the_same_result(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [("E1", "2025-01", 1234.5, "MWh"), None, ("E1", date(2025, 2, 1), "0.1234567890123456789", "MWh"),
            ("E1", "2025-03", "x", "MWh")]  # fmt: skip
    content = xlsx_of(tmp_path / "a.xlsx", [row or () for row in rows])
    decoded = await desk.imported(content, "a.xlsx", dry=True)
    monkeypatch.setattr(tables, "SHEET_IN_MEMORY", 0)
    streamed = await desk.imported(content, "a.xlsx", dry=True)
    assert codes(decoded) == [(5, "quantity", "not_a_number")]
    assert {**streamed, "batch_id": ""} == {**decoded, "batch_id": ""}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
async def test_a_csv_is_read_in_the_encodings_people_use(desk: Desk, encoding: str) -> None:
    head = ("排放源编号", "月份", "数量", "计量单位", "备注")
    await desk.imported(csv_of([("E1", "2025-01", "1", "兆瓦时", "碳排放𠮷")], head, encoding))
    (only,) = await records(desk)
    assert only.note == "碳排放𠮷"


BAD: tuple[tuple[str, tuple[str, ...], str, str], ...] = (
    ("no source", ("", "2025-01", "1", "MWh"), "source", "source_missing"),
    ("unknown source", ("X9", "2025-01", "1", "MWh"), "source", "source_unknown"),
    ("no month", ("E1", "", "1", "MWh"), "month", "month_missing"),
    ("no such month", ("E1", "2025-13", "1", "MWh"), "month", "month_malformed"),
    ("a future month", ("E1", "2199-01", "1", "MWh"), "month", "month_future"),
    ("a year not open", ("E1", "2019-01", "1", "MWh"), "month", "year_not_open"),
    ("no quantity", ("E1", "2025-05", "", "MWh", "", "metered"), "quantity", "quantity_missing"),
    ("words for a number", ("E1", "2025-05", "十", "MWh"), "quantity", "not_a_number"),
    ("an ambiguous comma", ("E1", "2025-05", "1,5", "MWh"), "quantity", "not_a_number"),
    ("not a number", ("E1", "2025-05", "NaN", "MWh"), "quantity", "not_a_number"),
    ("below zero", ("E1", "2025-05", "-1", "MWh"), "quantity", "quantity_negative"),
    ("a number nobody measures", ("E1", "2025-05", "9" * 25, "MWh"), "quantity", "number_too_long"),
    ("no unit", ("E1", "2025-05", "1", ""), "unit", "unit_missing"),
    ("unknown unit", ("E1", "2025-05", "1", "瓦"), "unit", "unit_unknown"),
    ("a unit of another kind", ("E1", "2025-05", "1", "t"), "unit", "unit_incompatible"),
    ("unknown meter", ("E1", "2025-05", "1", "MWh", "M9"), "meter", "meter_unknown"),
    ("unknown tier", ("E1", "2025-05", "1", "MWh", "", "guessed"), "tier", "tier_unknown"),
    ("a parameter of another method", ("E1", "2025-05", "1", "MWh", "", "", "20"), "ncv", "parameter_not_of_method"),
    ("an impossible parameter", ("G1", "2025-05", "1", "万Nm3", "", "", "1001"), "ncv", "parameter_impossible"),
    ("words for a parameter", ("G1", "2025-05", "1", "万Nm3", "", "", "x"), "ncv", "not_a_number"),
    ("a factor without its source", ("E1", "2025-05", "1", "MWh", "", "", "", "0.5"), "factor_source", "text_missing"),
    ("unknown evidence", ("E1", "2025-05", "1", "MWh", "", "", "", "", "", "x.pdf"), "evidence", "evidence_unknown"),
    ("too many words", ("E1", "2025-05", "1", "MWh", *[""] * 6, "长" * 2001), "note", "text_too_long"),
    ("control characters", ("E1", "2025-05", "1", "MWh", *[""] * 6, "a\x07b"), "note", "text_unreadable"),
    ("not a record id", ("E1", "2025-05", "1", "MWh", *[""] * 7, "12"), "record", "record_malformed"),
    ("a record of nobody", ("E1", "2025-05", "1", "MWh", *[""] * 7, "01a1fcf1-ac51-73c6-8d1b-0b9cf34be9b7"), "record",
     "record_unknown"),
    ("another site", ("E1", "2025-05", "1", "MWh", *[""] * 9, "S2"), "site", "site_mismatch"),
    ("more than a sector can use", ("E1", "2025-05", "1000001", "MWh"), "quantity", "quantity_above_sector"),
    ("a reported emission that disagrees",
     ("E1", "2025-05", "173.502", "MWh", "", "", "", "0.5633", "report", "", "", "", "93.1"), "reported_t",
     "reported_inconsistent"),
)  # fmt: skip


@pytest.mark.parametrize(("row", "column", "code"), [case[1:] for case in BAD], ids=[case[0] for case in BAD])
async def test_a_wrong_row_keeps_the_whole_file_out(desk: Desk, row: tuple[str, ...], column: str, code: str) -> None:
    padded = (*row, *[""] * (len(WIDE) - len(row)))
    good = ("C1", "2025-01", "5", "t", *[""] * (len(WIDE) - 4))
    result = await desk.imported(csv_of([good, padded], WIDE))
    assert (result["state"], result["errors"], result["is_annotated"]) == ("rejected", 1, True)
    assert codes(result) == [(3, column, code)]
    only = result["problems"][0]
    assert only["message_zh"] != only["message_en"]
    assert "{" not in only["message_zh"] + only["message_en"]
    assert await desk.count() == 0


async def test_every_problem_of_every_row_is_told(desk: Desk) -> None:
    result = await desk.imported(csv_of([("X9", "2025-13", "-1", "瓦"), ("E1", "", "x", "t")]))
    assert codes(result) == [
        (2, "source", "source_unknown"), (2, "month", "month_malformed"), (2, "quantity", "quantity_negative"),
        (3, "month", "month_missing"), (3, "quantity", "not_a_number"), (3, "unit", "unit_incompatible"),
    ]  # fmt: skip
    assert result["errors"] == 2


async def test_rows_are_checked_against_each_other(desk: Desk) -> None:
    await desk.meter("E1", "M1", "kWh")
    rows = [("E1", "2025-01", "1", "MWh", ""), ("E1", "2025-01", "2", "MWh", ""), ("E1", "2025-02", "3", "MWh", ""),
            ("E1", "2025-02", "3", "MWh", "M1")]  # fmt: skip
    result = await desk.imported(csv_of(rows, (*HEAD, "meter")))
    assert codes(result) == [
        (3, "month", "duplicate_in_file"), (4, "meter", "overlap_with_meters"), (5, "meter", "overlap_with_meters"),
    ]  # fmt: skip
    assert result["problems"][0]["details"] == {"first": "2"}


async def test_rows_are_checked_against_the_books(desk: Desk) -> None:
    await desk.imported(csv_of(GOOD))
    first, *_ = [each for each in await records(desk) if each.unit == "MWh"]
    gas = next(each for each in await records(desk) if each.unit == "万Nm3")
    rows = [
        ("E1", "2025-01", "10.5", "MWh", "", ""),  # differs and names nothing
        ("E1", "2025-02", "11.5", "MWh", str(first.id), "x"),  # names another month's record
        ("G1", "2025-01", "1.6", "万Nm3", str(gas.id), ""),  # a correction without a reason
    ]
    result = await desk.imported(csv_of(rows, (*HEAD, "record", "correction_reason")))
    assert codes(result) == [
        (2, "month", "overlap"), (3, "record", "record_moved"), (4, "correction_reason", "reason_missing"),
    ]  # fmt: skip
    assert result["problems"][0]["details"] == {"stored": "10", "unit": "MWh"}
    assert await desk.count() == 3


async def test_a_correction_names_what_it_replaces_and_why(desk: Desk) -> None:
    await desk.imported(csv_of(GOOD))
    first = next(each for each in await records(desk) if each.quantity == 10)
    rows = [("E1", "2025-01", "10.5", "MWh", str(first.id), "抄错"), ("E1", "2025-02", "11.00", "MWh", "", "")]
    result = await desk.imported(csv_of(rows, (*HEAD, "record", "correction_reason")))
    assert (result["corrections"], result["unchanged"], result["new"]) == (1, 1, 0)
    async with desk.databases.read(desk.manager) as read:
        old, new = await queries.history(read, desk.manager, desk.id, first.id)
    assert (old.quantity, old.is_superseded, new.quantity, new.reason) == (10, True, Decimal("10.5"), "抄错")
    assert new.supersedes_id == old.id
    again = await desk.imported(csv_of([("E1", "2025-01", "12", "MWh", str(first.id), "再改")],
                                       (*HEAD, "record", "correction_reason")))  # fmt: skip
    assert codes(again) == [(2, "record", "record_outdated")]


async def test_what_is_far_from_its_own_history_is_caught(desk: Desk) -> None:
    rows = [("E1", f"2025-{month:02d}", str(100 + month), "MWh", "") for month in range(1, 7)]
    slipped = [*rows, ("E1", "2025-07", "105000", "MWh", "")]
    result = await desk.imported(csv_of(slipped, (*HEAD, "correction_reason")))
    assert codes(result) == [(8, "quantity", "quantity_absurd")]
    assert result["problems"][0]["details"]["median"] == "104"
    explained = [*rows, ("E1", "2025-07", "105000", "MWh", "新产线投运")]
    result = await desk.imported(csv_of(explained, (*HEAD, "correction_reason")))
    assert (result["state"], result["warnings"], codes(result)) == (
        "stored",
        1,
        [(8, "quantity", "quantity_explained")],
    )
    unusual = [("E1", "2025-08", "1100", "MWh", "")]
    result = await desk.imported(csv_of(unusual, (*HEAD, "correction_reason")))
    assert (result["state"], codes(result)) == ("stored", [(2, "quantity", "quantity_unusual")])
    assert result["is_annotated"]


async def test_other_units_are_compared_in_the_same_unit(desk: Desk) -> None:
    rows = [("E1", f"2025-{month:02d}", "100", "MWh") for month in range(1, 6)]
    result = await desk.imported(csv_of([*rows, ("E1", "2025-06", "100000", "kWh"), ("E1", "2025-07", "10", "万kWh")]))
    assert (result["state"], result["warnings"]) == ("stored", 0)


async def test_prefilled_rows_that_were_not_filled_in_are_passed_over(desk: Desk) -> None:
    rows = [*GOOD, ("C1", "2025-01", "", "t"), ("", "", "", "")]
    result = await desk.imported(csv_of(rows))
    assert (result["new"], result["blank"], result["errors"]) == (3, 1, 0)


async def test_a_dry_run_shows_what_would_happen_and_stores_nothing(desk: Desk) -> None:
    result = await desk.imported(csv_of([*GOOD, ("E1", "2025-13", "1", "MWh")]), dry=True)
    assert (result["state"], result["new"], result["errors"], result["is_annotated"]) == ("checked", 3, 1, True)
    assert await desk.count() == 0
    result = await desk.imported(csv_of(GOOD), dry=True)
    assert (result["state"], result["new"], result["errors"]) == ("checked", 3, 0)
    assert await desk.count() == 0


async def test_the_same_file_twice_is_one_import(desk: Desk) -> None:
    content = csv_of(GOOD)
    first = await desk.ask(content, "a.csv")
    waiting = await desk.ask(content, "again.csv")
    assert (waiting.batch_id, waiting.job_id, waiting.is_repeat) == (first.batch_id, first.job_id, True)
    stored = await desk.run(first)
    later = await desk.ask(content, "b.csv")
    assert (later.batch_id, later.state, later.is_repeat) == (first.batch_id, "stored", True)
    assert stored["new"] == 3
    assert await desk.count() == 3


async def test_two_copies_on_their_way_become_one_import(desk: Desk) -> None:
    content = csv_of(GOOD)
    first = await desk.ask(content, "a.csv")
    async with desk.databases.write(desk.place.system) as write:
        await write.run(text("update job set state = 'failed' where id = :id"), {"id": first.job_id})
    second = await desk.ask(content, "a.csv")
    assert not second.is_repeat
    one = await desk.run(first)
    other = await desk.run(second)
    assert one["state"] == "stored"
    assert (other["batch_id"], other["same_as"]) == (str(first.batch_id), str(first.batch_id))
    assert await desk.count() == 3


async def test_a_job_run_again_gives_the_same_answer_and_stores_nothing_more(desk: Desk) -> None:
    accepted = await desk.ask(csv_of(GOOD), "a.csv")
    first = await desk.run(accepted)
    assert await desk.run(accepted) == first
    assert await desk.count() == 3


@pytest.mark.parametrize("step", ["stage_file", "resolve_file", "store", "_finish"])
async def test_a_worker_that_dies_at_any_step_leaves_nothing_and_the_rerun_all(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    class Killed(BaseException):
        """The process is gone: nothing catches this."""

    owner: Any = {"store": importing, "_finish": jobs}.get(step, importing.staging)
    real = getattr(owner, step)

    async def dies(*arguments: Any, **named: Any) -> None:
        await real(*arguments, **named)
        raise Killed

    accepted = await desk.ask(csv_of(GOOD), "a.csv")
    monkeypatch.setattr(owner, step, dies)
    with pytest.raises(Killed):
        await desk.run(accepted)
    assert await desk.count() == 0
    monkeypatch.undo()
    assert (await desk.run(accepted))["new"] == 3
    assert await desk.count() == 3


async def test_a_cancelled_import_stores_nothing(desk: Desk) -> None:
    accepted = await desk.ask(csv_of(GOOD), "a.csv")
    task = desk.task(accepted)

    async def cancel(done: int, total: int, note: str) -> bool:
        return True

    task.report = cancel
    payload = {"account_id": str(desk.id), "batch_id": str(accepted.batch_id)}
    with pytest.raises(Cancelled):
        await jobs.import_activity(task, payload)
    async with desk.databases.read(desk.manager) as read:
        batch = await queries.batch(read, desk.manager, desk.id, accepted.batch_id)
    assert (batch.state, batch.summary["error"]["code"]) == ("failed", "cancelled")
    assert await desk.count() == 0


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"PK\x03\x04 not a workbook", FileUnreadable),
        (b"\xff\xfe\x00\x01\x81", FileUnreadable),
        (b"a,b,c\n1,2,3\n", HeaderMissing),
        (b"", HeaderMissing),
        (b"source,month,quantity,unit\n", NothingEntered),
    ],
)
async def test_a_file_that_cannot_be_read_says_so(desk: Desk, content: bytes, error: type[Exception]) -> None:
    accepted = await desk.ask(content, "a.xlsx")
    with pytest.raises(error):
        await desk.run(accepted)
    async with desk.databases.read(desk.manager) as read:
        batch = await queries.batch(read, desk.manager, desk.id, accepted.batch_id)
    assert batch.state == "failed"
    assert batch.summary["error"]["code"] == error.code  # type: ignore[attr-defined]
    # The same file may be tried again: nothing of it is stored.
    assert not (await desk.ask(content, "a.xlsx")).is_repeat


async def test_more_rows_than_the_limit_are_refused(desk: Desk) -> None:
    accepted = await desk.ask(csv_of(GOOD), "a.csv")
    with pytest.raises(TooManyRows):
        await desk.run(accepted, import_max_rows=2)
    assert await desk.count() == 0


async def test_only_who_may_enter_data_may_import(desk: Desk) -> None:
    with pytest.raises(Forbidden):
        await desk.ask(csv_of(GOOD), "a.csv", scope=desk.officer)


async def test_the_annotated_workbook_is_the_users_own_with_the_errors_in_place(desk: Desk, tmp_path: Path) -> None:
    head = ("我的列", *HEAD)
    rows = [("甲", "E1", "2025-01", 10.5, "MWh"), ("乙", "X9", "2025-02", -3, "MWh"), ("丙", "E1", "2025-03", 7, "")]
    accepted = await desk.ask(xlsx_of(tmp_path / "a.xlsx", rows, head, "表一"), "a.xlsx")
    result = await desk.run(accepted)
    assert (result["state"], result["errors"]) == ("rejected", 2)
    async with desk.databases.read(desk.manager) as read:
        batch = await queries.batch(read, desk.manager, desk.id, accepted.batch_id)
    assert batch.annotated_key is not None
    back = sheet_rows(await collect(desk.storage.get(batch.annotated_key)))
    assert [row[:5] for row in back] == [list(head), *[["" if cell is None else cell for cell in row] for row in rows]]
    assert back[0][5:] == ["问题", "Problem (en)"]
    assert back[1][5:] == ["", ""]
    assert "X9" in back[2][5]
    assert "负数" in back[2][5]
    assert "MWh" in back[3][6]
    # Mended in place, the same workbook is taken.
    mended = [[*row[:5], "", ""] for row in back[1:]]
    mended[1][1], mended[1][3], mended[2][4] = "E1", 3, "MWh"
    again = await desk.imported(xlsx_of(tmp_path / "b.xlsx", mended, back[0]), "b.xlsx")
    assert (again["state"], again["new"]) == ("stored", 3)


async def test_the_annotated_csv_is_the_users_own_with_the_errors_beside(desk: Desk) -> None:
    accepted = await desk.ask(csv_of([("E1", "2025-01", "1", "MWh"), ("E1", "2025-02", "x", "MWh")]), "a.csv")
    await desk.run(accepted)
    async with desk.databases.read(desk.manager) as read:
        batch = await queries.batch(read, desk.manager, desk.id, accepted.batch_id)
    assert batch.annotated_key is not None
    head, good, bad = csv_rows(await collect(desk.storage.get(batch.annotated_key)))
    assert head == [*HEAD, "problem_zh", "problem_en"]
    assert good == ["E1", "2025-01", "1", "MWh", "", ""]
    assert bad[:4] == ["E1", "2025-02", "x", "MWh"]
    assert "不是数字" in bad[4]


async def test_evidence_is_found_by_name_label_hash_and_id(desk: Desk) -> None:
    key = await desk.evidence("电费单.pdf", "ab" * 32)
    twin = await desk.evidence("同名.pdf"), await desk.evidence("同名.pdf")
    names = ["电费单.pdf", "电费单.pdf [abababab]", "ab" * 32, str(key)]
    rows = [("E1", f"2025-{number:02d}", "1", "MWh", name) for number, name in enumerate(names, start=1)]
    result = await desk.imported(csv_of(rows, (*HEAD, "evidence")))
    assert result["state"] == "stored"
    assert {each.evidence_id for each in await records(desk)} == {key}
    result = await desk.imported(csv_of([("E1", "2025-06", "1", "MWh", "同名.pdf")], (*HEAD, "evidence")))
    assert codes(result) == [(2, "evidence", "evidence_ambiguous")]
    assert len(twin) == 2


async def test_closed_years_take_no_rows(desk: Desk) -> None:
    async with desk.databases.write(desk.place.system) as write:
        await write.run(
            text("update reporting_year set closed_at = now() where account_id = :id and year = 2024"), {"id": desk.id}
        )
    result = await desk.imported(csv_of([("E1", "2024-05", "1", "MWh")]))
    assert codes(result) == [(2, "month", "year_closed")]
