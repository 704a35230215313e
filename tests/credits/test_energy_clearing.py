"""The energy of a plant and month in two jurisdictions: certified green or reduced as CCER, never both, whoever is first."""

import asyncio
from datetime import date
from decimal import Decimal
from typing import Any

import httpx
import pytest
from factories import ccer, identity
from factories.api import Client
from factories.gec import Desk, code, csv_of, make_desk, project, row
from factories.ledger import held
from factories.unit_files import Desk as UnitDesk
from factories.unit_files import ccer_row, frame
from factories.unit_files import csv_of as units_csv
from factories.unit_files import make_desk as make_unit_desk
from factories.working import app, http  # noqa: F401 - fixtures
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from backend.kit.db import Databases
from backend.kit.scope import Scope
from backend.ledger import service as ledger
from backend.ledger.clearing import sessions
from backend.ledger.registry import importing as unit_importing
from backend.ledger.values import CCER, GEC, Reason
from backend.wire.nodes import node_id

JUNE = date(2025, 6, 1)
OFFSHORE = "CCER-01-002-V01"


@pytest.fixture
async def certificates(databases: Databases, servers: Any) -> Desk:
    """Return a desk for certificates in one jurisdiction."""
    return await make_desk(databases, servers.settings)


@pytest.fixture
async def reductions(databases: Databases, servers: Any) -> UnitDesk:
    """Return a desk for CCER in another one."""
    return await make_unit_desk(databases, servers.settings, CCER, tenant="chengdu")


def certified(desk: Desk, of: str, first: int = 1, last: int = 3, month: date = JUNE) -> list[dict[str, Any]]:
    return [row(code(number, month, of), desk.name, month) for number in range(first, last + 1)]


def reduced(desk: UnitDesk, of: str, days: tuple[str, str] = ("2025-01-01", "2025-12-31"), **changed: Any) -> list[Any]:
    given = {
        "methodology": OFFSHORE, "plant_code": of, "vintage": days[0][:4], "produced_from": days[0],
        "produced_to": days[1], "registered_on": "2026-03-02", "transferred_on": "", **changed,
    }  # fmt: skip
    return [ccer_row(frame(), 1, 9, desk.name, **given)]


def said(result: dict[str, Any]) -> list[tuple[int, str, str]]:
    return [(each["row"], each["column"], each["code"]) for each in result["problems"]]


async def units(desk: Desk | UnitDesk, class_code: str) -> dict[str, Decimal]:
    return await held(desk.databases, desk.held.id, class_code, tenant=desk.scope.tenant)


async def states(desk: Desk | UnitDesk) -> list[str]:
    async with desk.databases.read(Scope.system(desk.scope.tenant)) as read:
        wanted = text("select state from clearing_ticket where account_id = :id order by opened_at, id")
        return [each.state for each in await read.rows(wanted, {"id": desk.held.id})]


async def take_back(desk: Desk | UnitDesk) -> None:
    """Reverse an account's import, and let the schedule settle the clearing."""
    system = Scope.system(desk.scope.tenant)
    async with desk.databases.write(system) as write:
        movement = await write.value(
            text("select id from ledger_movement where to_account_id = :id and kind = 'import'"), {"id": desk.held.id}
        )
        await ledger.correct(write, system, movement, Reason(note="误导入"))
    await ledger.give_back(desk.databases, desk.settings, desk.scope.tenant)


async def aged(servers: Any, desk: Desk | UnitDesk, hours: int) -> None:
    """Make the account's tickets older, as only the owner of the tables can."""
    engine = create_async_engine(servers.addresses[desk.scope.tenant].owner.get_secret_value())
    async with engine.begin() as connection:
        await connection.execute(text("set local carbon.kind = 'system'"))
        await connection.execute(
            text("update clearing_ticket set opened_at = opened_at - make_interval(hours => :hours)"
                 " where account_id = :id"), {"id": desk.held.id, "hours": hours},
        )  # fmt: skip
    await engine.dispose()


async def broken(*_: Any, **__: Any) -> None:
    message = "cut off"
    raise ConnectionError(message)


async def nothing(*_: Any, **__: Any) -> None:
    """A killed process gives nothing back."""


async def test_certified_energy_gives_no_units_elsewhere(certificates: Desk, reductions: UnitDesk) -> None:
    of = project()
    assert (await certificates.imported(certified(certificates, of)))["state"] == "stored"
    good = ccer_row(frame(), 1, 5, reductions.name)
    result = await reductions.imported([good, *reduced(reductions, of)])
    assert (result["state"], said(result)) == ("rejected", [(3, "plant_code", "energy_elsewhere")])
    told = result["problems"][0]
    assert all(each in told[language] for each in (of, "2025-06") for language in ("message_zh", "message_en"))
    assert "wuxi" not in str(result).lower()
    assert (await units(reductions, CCER), await states(reductions)) == ({}, ["abandoned", "abandoned"])
    # Whatever the methodology says, and up to the month's very days.
    for days in (("2025-06-30", "2025-08-31"), ("2025-01-01", "2025-06-01")):
        result = await reductions.imported(reduced(reductions, of, days, methodology="CCER-15-001-V01"))
        assert said(result) == [(2, "plant_code", "energy_elsewhere")]
    assert (await reductions.imported(reduced(reductions, of, ("2025-07-01", "2025-12-31"))))["state"] == "stored"
    assert (await reductions.imported(reduced(reductions, of, ("2025-01-01", "2025-05-31"))))["state"] == "stored"


async def test_reduced_energy_gives_no_certificates_elsewhere(certificates: Desk, reductions: UnitDesk) -> None:
    of = project()
    assert (await reductions.imported(reduced(reductions, of, ("2025-05-20", "2025-06-10"))))["state"] == "stored"
    good = certified(certificates, of, 7, 8, date(2025, 7, 1))
    result = await certificates.imported([*good, *certified(certificates, of)])
    assert (result["state"], said(result)) == ("rejected", [(4, "ccer_claimed", "ccer_elsewhere")])
    told = result["problems"][0]
    assert all(each in told[language] for each in (of, "2025-06") for language in ("message_zh", "message_en"))
    assert "chengdu" not in str(result).lower()
    assert await units(certificates, GEC) == {}
    assert (await certificates.imported(good))["state"] == "stored"


async def test_energy_of_one_kind_has_holders_everywhere(
    certificates: Desk, reductions: UnitDesk, databases: Databases, servers: Any
) -> None:
    one, other = project(), project()
    elsewhere = await make_desk(databases, servers.settings, tenant="chengdu")
    here = await make_unit_desk(databases, servers.settings, CCER)
    for desk, first in ((certificates, 1), (elsewhere, 4)):
        assert (await desk.imported(certified(desk, one, first, first + 2)))["state"] == "stored"
    for unit_desk in (here, reductions):
        assert (await unit_desk.imported(reduced(unit_desk, other)))["state"] == "stored"


async def test_a_reversal_frees_the_energy_with_its_last_units(
    certificates: Desk, reductions: UnitDesk, databases: Databases, servers: Any
) -> None:
    of = project()
    second = await make_desk(databases, servers.settings)
    lines = reduced(reductions, of)
    await certificates.imported(certified(certificates, of))
    await second.imported(certified(second, of, 4, 6))
    await take_back(certificates)
    assert said(await reductions.imported(lines)) == [(2, "plant_code", "energy_elsewhere")]
    await take_back(second)
    assert (await reductions.imported(lines))["state"] == "stored"
    assert said(await second.imported(certified(second, of, 4, 6))) == [(2, "ccer_claimed", "ccer_elsewhere")]
    await take_back(reductions)
    assert (await second.imported(certified(second, of, 4, 6)))["state"] == "stored"


async def test_a_failure_after_reserving_leaves_the_energy_free(
    certificates: Desk, reductions: UnitDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    of = project()
    accepted = await reductions.ask(units_csv(CCER, reduced(reductions, of)))
    with monkeypatch.context() as patched:
        patched.setattr(unit_importing, "finish", broken)
        with pytest.raises(ConnectionError):
            await reductions.run(accepted)
    assert (await units(reductions, CCER), await states(reductions)) == ({}, ["abandoned"])
    assert (await certificates.imported(certified(certificates, of)))["state"] == "stored"
    assert said(await reductions.run(accepted)) == [(2, "plant_code", "energy_elsewhere")]


async def test_a_crash_after_reserving_is_settled_by_the_schedule(
    certificates: Desk, reductions: UnitDesk, servers: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    of = project()
    accepted = await certificates.ask(csv_of(certified(certificates, of)))
    with monkeypatch.context() as patched:
        patched.setattr(ledger, "import_units", broken)
        patched.setattr(sessions, "_give_up", nothing)
        with pytest.raises(ConnectionError):
            await certificates.run(accepted)
    lines = reduced(reductions, of)
    await ledger.give_back(certificates.databases, servers.settings, "wuxi")  # too young: it may still be at work
    assert said(await reductions.imported(lines)) == [(2, "plant_code", "energy_elsewhere")]
    await aged(servers, certificates, 2)
    await ledger.give_back(certificates.databases, servers.settings, "wuxi")
    assert await states(certificates) == ["abandoned"]
    assert (await reductions.imported(lines))["state"] == "stored"
    assert said(await certificates.run(accepted)) == [(2, "ccer_claimed", "ccer_elsewhere")]


async def test_a_dry_run_leaves_the_energy_free(certificates: Desk, reductions: UnitDesk) -> None:
    of = project()
    assert (await reductions.imported(reduced(reductions, of), dry=True))["state"] == "checked"
    assert (await certificates.imported(certified(certificates, of)))["state"] == "stored"
    assert said(await reductions.imported(reduced(reductions, of), dry=True)) == [(2, "plant_code", "energy_elsewhere")]


async def test_of_both_at_once_exactly_one_comes_in(certificates: Desk, reductions: UnitDesk) -> None:
    for _ in range(3):
        of = project()
        ends = await asyncio.gather(
            certificates.imported(certified(certificates, of)), reductions.imported(reduced(reductions, of))
        )
        assert sorted(each["state"] for each in ends) == ["rejected", "stored"]


async def test_an_issuance_and_rows_of_the_wire_are_cleared(
    databases: Databases,
    servers: Any,
    http: httpx.AsyncClient,  # noqa: F811
) -> None:
    of = project()
    stage = await ccer.staged(databases)
    abroad = await make_desk(databases, servers.settings, tenant="chengdu")
    registrar = await Client(http, "wuxi").signed_in(await identity.authority(databases))
    owner = await Client(http, "wuxi").signed_in(stage.owner.holder)
    given = await ccer.registered(databases, stage, ccer.offshore(plant_code=of))
    reduction = await ccer.registered_reduction(databases, stage, given, 10)
    key, name = str(node_id("CcerReduction", stage.id, reduction.id)), frame()
    await abroad.imported(certified(abroad, of))

    async def issue() -> dict[str, Any]:
        serials = {"firstSerial": f"{name}000001", "lastSerial": f"{name}000010"}
        return (await registrar.named("IssueCcerReduction", input={"reductionId": key, **serials}))[
            "issueCcerReduction"
        ]

    line = {
        "firstSerial": f"{frame()}01", "projectCode": "P9", "methodology": "并网海上风力发电", "plantCode": of,
        "producedFrom": "2025-06-30", "producedTo": "2025-07-31", "registeredOn": "2026-03-02",
    }  # fmt: skip
    rows = [{**line, "lastSerial": line["firstSerial"]}]
    account = str(node_id("CarbonAccount", stage.id))
    refused = (await owner.named("ImportCcer", input={"accountId": account, "rows": rows}))["importCcer"]
    for each in (refused, await issue()):
        assert (each["__typename"], each["code"]) == ("ConflictError", "energy_claimed_elsewhere")
        assert (each["details"], "chengdu" in str(each)) == ({"plant": of, "month": "2025-06"}, False)
    assert await held(databases, stage.id, CCER) == {}
    wrong = [{**rows[0], "methodology": "ABC"}]
    refused = (await owner.named("ImportCcer", input={"accountId": account, "rows": wrong}))["importCcer"]
    assert (refused["code"], refused["path"]) == (
        "ccer_holding_methodology_unknown", ["input", "rows", "0", "methodology"],
    )  # fmt: skip
    await take_back(abroad)
    assert (await issue())["quantity"] == "10"
    assert said(await abroad.imported(certified(abroad, of))) == [(2, "ccer_claimed", "ccer_elsewhere")]
    await registrar.named("AnnulCcerReduction", input={"reductionId": key, "note": "误签发"})
    await ledger.give_back(databases, servers.settings, "wuxi")
    assert (await abroad.imported(certified(abroad, of)))["state"] == "stored"
