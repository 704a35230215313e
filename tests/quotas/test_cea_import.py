"""Allowances bought on the exchange come in by the registry's export; allocated ones do not come in a second time."""

from decimal import Decimal
from typing import Any

import pytest
from factories import identity
from factories.ledger import held
from factories.unit_files import Desk, ccer_row, cea_row, csv_of, frame, make_desk

from backend.kit.db import Databases
from backend.kit.errors import Forbidden
from backend.kit.scope import Scope
from backend.kit.tables import HeaderMissing
from backend.ledger import service as ledger
from backend.ledger.values import CCER, CEA
from backend.quotas import service as quotas


@pytest.fixture
async def desk(databases: Databases, servers: Any) -> Desk:
    return await make_desk(databases, servers.settings, CEA)


async def units(desk: Desk) -> dict[str, Decimal]:
    return await held(desk.databases, desk.held.id, CEA, tenant=desk.scope.tenant)


def row(desk: Desk, of: str, first: int, last: int, **changed: Any) -> dict[str, Any]:
    return {**cea_row(of, first, last, desk.name), **changed}


def said(result: dict[str, Any]) -> list[tuple[int, str, str]]:
    return [(each["row"], each["column"], each["code"]) for each in result["problems"]]


async def test_bought_allowances_settle_their_year(desk: Desk) -> None:
    result = await desk.imported([row(desk, frame(), 1, 5000), row(desk, frame(), 1, 700, vintage="2023")])
    assert (result["state"], result["units"], result["batches"]) == ("stored", 5700, 2)
    assert await units(desk) == {"available": Decimal(5700)}
    async with desk.databases.read(desk.scope) as read:
        ids = [each.batch_id for each in await ledger.balances(read, desk.scope, [desk.held.id], CEA)]
        found = (await ledger.batches(read, desk.scope, ids)).values()
        position = await quotas.position(read, desk.scope, desk.held.id, 2024)
    assert sorted((each.vintage or 0, each.quantity) for each in found) == [(2023, 700), (2024, 5000)]
    assert {each.attributes["transferred_on"] for each in found} == {"2025-11-03"}
    assert sorted((each.lot.vintage or 0, each.quantity) for each in position.holdings) == [(2023, 700), (2024, 5000)]


@pytest.mark.parametrize(
    ("changed", "column", "problem"),
    [
        ({"transferred_on": ""}, "transferred_on", "cell_missing"),
        ({"transferred_on": "2023-12-31"}, "transferred_on", "transfer_early"),
        ({"transferred_on": "2199-01-01"}, "transferred_on", "date_future"),
        ({"vintage": "2018"}, "vintage", "year_wrong"),
        ({"vintage": "2199"}, "vintage", "year_wrong"),
        ({"quantity": "0"}, "quantity", "quantity_wrong"),
        ({"holder": "别家企业"}, "holder", "holder_other"),
    ],
)
async def test_a_wrong_line_refuses_the_file(desk: Desk, changed: dict[str, Any], column: str, problem: str) -> None:
    result = await desk.imported([row(desk, frame(), 1, 9), row(desk, frame(), 1, 9, **changed)])
    assert (result["state"], said(result)) == ("rejected", [(3, column, problem)])
    told = result["problems"][0]
    assert "{" not in told["message_zh"] + told["message_en"]
    assert await units(desk) == {}


async def test_an_export_of_another_class_is_not_taken(desk: Desk) -> None:
    line = ccer_row(frame(), 1, 9, desk.name)
    del line["transferred_on"]
    with pytest.raises(HeaderMissing):
        await desk.run(await desk.ask(csv_of(CCER, [line])))


async def test_serials_of_the_two_registries_are_apart(desk: Desk, servers: Any) -> None:
    of = frame()
    await desk.imported([row(desk, of, 1, 9)])
    other = await make_desk(desk.databases, servers.settings, CCER)
    assert (await other.imported([ccer_row(of, 1, 9, other.name)]))["state"] == "stored"


async def test_imported_before_and_held_elsewhere(desk: Desk, servers: Any) -> None:
    of = frame()
    await desk.imported([row(desk, of, 1, 1_000_000)])
    assert said(await desk.imported([row(desk, frame(), 1, 5), row(desk, of, 999_999, 1_000_005)])) == [
        (3, "serial_first", "imported_before")
    ]
    abroad = await make_desk(desk.databases, servers.settings, CEA, tenant="guizhou")
    assert said(await abroad.imported([row(abroad, of, 500_000, 500_001)])) == [(2, "serial_first", "held_elsewhere")]
    assert await units(abroad) == {}
    assert await units(desk) == {"available": Decimal(1_000_000)}


async def test_a_bank_and_a_viewer_bring_nothing(desk: Desk, databases: Databases) -> None:
    content = csv_of(CEA, [row(desk, frame(), 1, 9)])
    viewer: Scope = await identity.colleague(databases, desk.held.holder, "viewer")
    with pytest.raises(Forbidden):
        await desk.ask(content, scope=viewer)
    lender = await identity.bank(databases)
    with pytest.raises(Forbidden):
        await desk.ask(content, scope=lender.scope)
    manager = await identity.colleague(databases, desk.held.holder, "energy_manager")
    assert not (await desk.ask(content, scope=manager)).is_repeat
