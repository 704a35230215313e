"""The city's ledger: two accounts side by side with their difference and its causes; figures with their documents."""

from datetime import date
from decimal import Decimal

import pytest
from factories.regions import accepted, change_state, counted_account, officer, path_of, roll_all, store_inventory

from backend.kit.db import Databases
from backend.kit.scope import Scope
from backend.regions import service
from backend.regions.balances.values import Cell, Flow
from backend.regions.errors import RegionFiguresInvalid
from backend.regions.ledger.values import Cause
from backend.regions.values import Document, FigureDraft, FigureKind
from backend.tenants.errors import DivisionUnknown

SOURCE = Document("统计公报", "", date(2025, 3, 1))


async def test_both_accounts_stand_side_by_side(databases: Databases) -> None:
    division = "320214"
    path = await path_of(databases, division)
    own = officer(path)
    steel = await counted_account(databases, division=division, sector="steel")
    power = await counted_account(databases, division=division, sector="power")
    stored = await store_inventory(databases, steel, 2009, 1, {1: ("100", "50", "40", "10"), 2: ("60", "0", "0", "0")})
    await store_inventory(databases, power, 2009, 1, {1: ("1000", "1", "1", "300")})
    await change_state(databases, steel, stored, "verified")
    await roll_all(databases)
    async with databases.read(own) as read:
        ledger = await service.city_ledger(read, own, division, 2009)
    assert ledger.top_down is None
    told = [(each.sector, each.accounts, each.scope1, each.verified_scope1_2) for each in ledger.rows if each.accounts]
    assert told == [("power", 1, Decimal(1000), Decimal(0)), ("steel", 1, Decimal(160), Decimal(210))]
    both = ledger.reconciliation
    assert (both.bottom_up, both.power_bottom_up, both.difference, both.covered) == (1160, 1000, None, None)
    assert {each.cause for each in both.causes} == {Cause.NO_BALANCE, Cause.MONTHS_MISSING, Cause.UNVERIFIED}

    cells = [
        Cell(Flow.INDUSTRY, "diesel", Decimal(1000), "t"),
        Cell(Flow.INDUSTRY, "diesel", Decimal(400), "t", "steel"),
        Cell(Flow.INFLOW, "electricity", Decimal(100), "MWh"),
    ]
    async with databases.write(own) as write:
        balance = await service.record_balance(
            write, own, division_code=division, year=2009, cells=cells, document=SOURCE
        )
        await service.record_figures(
            write, own, division_code=division, year=2009, document=SOURCE, drafts=[
                FigureDraft(FigureKind.GDP, Decimal(100), "万CNY"), FigureDraft(FigureKind.FOREST_SINK, Decimal(25)),
                FigureDraft(FigureKind.INDUSTRIAL_PROCESSES, Decimal(500)),
                FigureDraft(FigureKind.POPULATION, Decimal(1000), "person"),
            ],
        )  # fmt: skip
    async with databases.read(own) as read:
        assert (await service.city_ledger(read, own, division, 2009)).top_down is None
    await accepted(databases, balance)
    async with databases.read(own) as read:
        ledger = await service.city_ledger(read, own, division, 2009)
    above = ledger.top_down
    assert above is not None
    both = ledger.reconciliation
    assert both.top_down == above.direct + 500
    assert both.difference == above.direct + 500 - 1160
    assert both.covered == (Decimal(1160) / (above.direct + 500)).quantize(Decimal("1E-20"))
    assert (ledger.sinks, ledger.stated_sources) == (25, 500)
    rows = {each.sector: each for each in ledger.rows}
    assert rows["steel"].top_down == above.by_sector["steel"]
    assert rows["power"].top_down is None
    assert rows[""].top_down == above.direct - above.by_sector["steel"]
    assert {each.cause for each in both.causes} == {Cause.SMALL_EMITTERS, Cause.MONTHS_MISSING, Cause.UNVERIFIED}
    intensity = {each.of: each.value for each in ledger.intensities}
    assert intensity[FigureKind.GDP] == (above.direct + above.net_inflow) / 100
    assert intensity[FigureKind.INDUSTRIAL_VALUE_ADDED] is None


async def test_figures_follow_each_other_and_are_refused_by_name(databases: Databases) -> None:
    own, division = officer(await path_of(databases, "320213")), "320213"
    system = Scope.system("wuxi")

    async def record(*drafts: FigureDraft, title: str = "统计公报") -> int:
        async with databases.write(own) as write:
            document = Document(title, "", date(2025, 3, 1))
            found = await service.record_figures(
                write, own, division_code=division, year=2010, drafts=drafts, document=document
            )
        return len(found)

    assert await record(FigureDraft(FigureKind.GDP, Decimal(5), "CNY")) == 1
    async with databases.read(system) as read:
        found = await service.activity(read, system, [division, "320200"], [2010])
    assert found == {(division, 2010): {"gdp": Decimal("0.0005")}}
    assert await record(FigureDraft(FigureKind.GDP, Decimal(6), "万CNY"), title="更正公告") == 1
    assert await record(FigureDraft(FigureKind.GDP, None)) == 0
    # As bulletins print them: a gross product in 亿元, residents in 万人.
    printed = (
        FigureDraft(FigureKind.GDP, Decimal("15456.19"), "亿元"),
        FigureDraft(FigureKind.POPULATION, Decimal("749.08"), "万人"),
    )
    assert await record(*printed, title="统计年鉴") == 2
    async with databases.read(system) as read:
        found = await service.activity(read, system, [division], [2010])
    assert found[division, 2010] == {"gdp": Decimal(154561900), "population": Decimal(7490800)}
    assert await record(FigureDraft(FigureKind.GDP, None), FigureDraft(FigureKind.POPULATION, None)) == 0
    for wrong in (
        [FigureDraft(FigureKind.GDP, None)],
        [FigureDraft(FigureKind.POPULATION, Decimal("1.5"))],
        [FigureDraft(FigureKind.POPULATION, Decimal("1.00005"), "万人")],
        [FigureDraft(FigureKind.GDP, Decimal(-1))],
        [FigureDraft(FigureKind.GDP, Decimal(1), "t")],
        [FigureDraft(FigureKind.WASTE, Decimal(1)), FigureDraft(FigureKind.WASTE, Decimal(1))],
        [],
    ):
        with pytest.raises(RegionFiguresInvalid):
            await record(*wrong)
    async with databases.read(system) as read:
        assert await service.figures(read, system, division_codes=[division], years=[2010]) == []


async def test_a_division_outside_is_as_if_it_were_not_there(databases: Databases) -> None:
    own = officer(await path_of(databases, "320213"))
    async with databases.read(own) as read:
        for code in ("320200", "320214", "999999"):
            with pytest.raises(DivisionUnknown):
                await service.city_ledger(read, own, code, 2010)
