"""`carbon import` and `carbon export`."""

from pathlib import Path
from typing import Any

import pytest
from factories.activity import HEAD as COLUMNS
from factories.activity import Desk, csv_of, csv_rows, make_desk, sheet_rows, xlsx_of

from backend.accounts.errors import AccountNotFound
from backend.emissions.activity.errors import FormatUnknown
from backend.emissions.terminal import export_file, import_file
from backend.kit.db import Databases

STORE, DRY = False, True
ROWS = [("E1", "2025-01", "10", "MWh"), ("G1", "2025-02", "1.5", "万Nm3")]


@pytest.fixture
async def desk(databases: Databases, servers: Any) -> Desk:
    return await make_desk(databases, servers.settings)


async def test_in_out_and_in_again(desk: Desk, tmp_path: Path) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.xlsx"
    source.write_bytes(csv_of(ROWS))
    told: list[object] = []
    given = (desk.databases, desk.settings, "wuxi", str(desk.id))
    done = await import_file(*given, source, STORE, told.append)
    assert (done["state"], done["new"]) == ("stored", 2)
    again = await import_file(*given, source, STORE, told.append)
    assert (again["batch_id"], again["state"]) == (done["batch_id"], "stored")
    assert await export_file(*given, 2025, target, told.append) == 2
    assert len(sheet_rows(target.read_bytes())) == 5
    back = await import_file(*given, target, DRY, told.append)
    assert (back["state"], back["unchanged"], back["errors"]) == ("checked", 2, 0)
    assert str(target) in str(told[-2])


async def test_a_bad_file_comes_back_beside_it(desk: Desk, tmp_path: Path) -> None:
    source = tmp_path / "in.xlsx"
    xlsx_of(source, [("E1", "2025-01", "x", "MWh")], COLUMNS)
    done = await import_file(desk.databases, desk.settings, "wuxi", str(desk.id), source, STORE, lambda _said: None)
    assert (done["state"], done["errors"]) == ("rejected", 1)
    assert "不是数字" in sheet_rows((tmp_path / "in.errors.xlsx").read_bytes())[1][4]
    assert await desk.count() == 0


async def test_unknown_accounts_and_formats(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(AccountNotFound):
        await export_file(
            desk.databases, desk.settings, "wuxi", "CA-none", None, tmp_path / "a.csv", lambda _said: None
        )
    with pytest.raises(FormatUnknown):
        await export_file(
            desk.databases, desk.settings, "wuxi", str(desk.id), None, tmp_path / "a.pdf", lambda _s: None
        )
    number = f"CA-{desk.id}"
    assert (
        await export_file(desk.databases, desk.settings, "wuxi", number, None, tmp_path / "a.csv", lambda _s: None) == 0
    )
    assert len(csv_rows((tmp_path / "a.csv").read_bytes())) == 1
