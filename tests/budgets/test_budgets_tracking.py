"""Budgets beside what was emitted: months, projection with its band, intensity, verdicts, decomposition by history."""

from datetime import date
from decimal import Decimal

import pytest
from factories.budgets import approved, line, own_year
from factories.identity import authority
from factories.regions import counted_account, roll_all, store_inventory
from sqlalchemy import insert

from backend.budgets import service
from backend.budgets.errors import BudgetDataMissing, BudgetMissing, BudgetShareInvalid, BudgetSupposedInvalid
from backend.budgets.rules.judging import Verdict
from backend.budgets.rules.supposing import Supposed
from backend.budgets.service import Asked, Given, Onto
from backend.budgets.values import Method
from backend.kit.clock import now
from backend.kit.db import Databases
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.regions.models import RegionFigure

D = Decimal
DIVISION, PATH = "320214", "320000/320200/320214/"
FIRST, SECOND, YEAR = 2016, 2017, 2018
"""Years of this file alone: the roll-ups of a division are shared by all tests."""


def months(scope1: str, scope2: str, numbers: range = range(1, 13)) -> dict[int, tuple[str, str, str, str]]:
    return dict.fromkeys(numbers, (scope1, scope2, "0", "0"))


@pytest.fixture(scope="module")
async def emitting(databases: Databases) -> dict[str, object]:
    """A steel works and a power plant with two whole years and half of a third, and the year's product."""
    steel = await counted_account(databases, division=DIVISION, sector="steel")
    power = await counted_account(databases, division=DIVISION, sector="power")
    for year, each in ((FIRST, "10"), (SECOND, "20")):
        await store_inventory(databases, steel, year, 1, months(each, "5"))
        await store_inventory(databases, power, year, 1, months("1000", "1"))
    await store_inventory(databases, steel, YEAR, 1, months("20", "5", range(1, 7)))
    await store_inventory(databases, power, YEAR, 1, months("1000", "1", range(1, 7)))
    await roll_all(databases)
    async with databases.write(Scope.system("wuxi")) as write:
        await write.run(
            insert(RegionFigure).values(
                id=new_id(), division_code=DIVISION, division_path=PATH, year=YEAR, kind="gdp", quantity=D(156),
                unit="万CNY", document="统计公报", document_number="", document_date=date(2026, 1, 1), note="",
                is_withdrawn=False, recorded_at=now(), recorded_by=None,
            )
        )  # fmt: skip
    bureau = await authority(databases)
    await approved(
        databases, bureau, line(DIVISION, YEAR, "300", intensity_target="2"), line(DIVISION, YEAR, "100", sector="power"),
        line("", YEAR, "40", account_id=steel.account_id),
    )  # fmt: skip
    return {"bureau": bureau, "steel": steel, "power": power}


async def test_a_budget_beside_its_months_and_its_years_end(databases: Databases, emitting: dict) -> None:
    scope = emitting["bureau"].scope
    async with databases.read(scope) as read:
        found = (await service.positions(read, scope, [DIVISION], [YEAR]))[DIVISION, YEAR]
    # The plant's burning is not counted again where its power is used: (20 + 5 + 1) x 6.
    assert (found.actual, found.actual_through) == (D(156), date(YEAR, 6, 1))
    assert (found.projected_low, found.projected, found.projected_high) == (D(312), D(312), D(312))
    assert found.intensity_projected == D(2)
    assert found.note is not None
    assert "2016, 2017" in found.note.en


async def test_a_power_budget_and_a_key_unit_count_their_burning(databases: Databases, emitting: dict) -> None:
    scope, steel = emitting["bureau"].scope, emitting["steel"].account_id
    async with databases.read(scope) as read:
        power = (await service.positions(read, scope, [DIVISION], [YEAR], "power"))[DIVISION, YEAR]
        unit = (await service.unit_positions(read, scope, [steel], [YEAR]))[steel, YEAR]
    assert (power.actual, power.projected) == (D(6006), D(12012))
    assert (unit.actual, unit.projected) == (D(150), D(300))


async def test_the_verdict_is_by_the_jurisdictions_rule(databases: Databases, emitting: dict) -> None:
    """Wuxi puts the intensity first: it is kept, though the total is over."""
    scope = emitting["bureau"].scope
    async with databases.read(scope) as read:
        views = await service.tree(read, scope, first_year=YEAR, last_year=YEAR, division_code=DIVISION, limit=10)
    judged = {(each.line.level.value, each.line.sector): each.judgement for each in views}
    whole = judged["district", ""]
    assert whole is not None
    assert (whole.overall, whole.intensity, whole.total) == (Verdict.WITHIN, Verdict.WITHIN, Verdict.OVER)
    assert {key: each.overall for key, each in judged.items() if each} == {
        ("district", ""): Verdict.WITHIN, ("district", "power"): Verdict.OVER, ("key_unit", ""): Verdict.OVER,
    }  # fmt: skip


async def test_what_if_stores_nothing(databases: Databases, emitting: dict) -> None:
    scope = emitting["bureau"].scope
    async with databases.read(scope) as read:
        view, then = await service.what_if(read, scope, DIVISION, YEAR, Supposed(D(-10), D(20), [D("1.2"), D(30)]))
        assert then.projected == D("312.0")
        assert then.available == view.position.available - D("31.2")
        assert then.intensity == D("1.6667")
        assert then.judgement.overall is Verdict.WITHIN
        _, grown = await service.what_if(read, scope, DIVISION, YEAR, Supposed(D(1)))
        assert (grown.projected, grown.judgement.overall) == (D("315.12"), Verdict.OVER)
        again = (await service.positions(read, scope, [DIVISION], [YEAR]))[DIVISION, YEAR]
        assert again == view.position
        with pytest.raises(BudgetMissing):
            await service.what_if(read, scope, DIVISION, own_year(), Supposed())
        for wrong in (Supposed(D("-100.1")), Supposed(output_percent=D(-101)), Supposed(projects=[D(1), D(-1)])):
            with pytest.raises(BudgetSupposedInvalid):
                await service.what_if(read, scope, DIVISION, YEAR, wrong)


async def test_a_total_is_decomposed_by_past_emissions(databases: Databases, emitting: dict) -> None:
    scope, steel, power = emitting["bureau"].scope, emitting["steel"].account_id, emitting["power"].account_id
    onto_units = [Given(str(steel)), Given(str(power))]
    asked = Asked(DIVISION, YEAR, YEAR, D(1000), D("0.1"), Method.HISTORY, Onto.KEY_UNITS, onto_units, [FIRST, SECOND])
    async with databases.read(scope) as read:
        lines = {each.account_id: each for each in await service.decomposed(read, scope, asked)}
        # Means of (180, 300) and of (12012, 12012): 240 and 12012 of 12252.
        assert {key: each.tonnes for key, each in lines.items()} == {steel: D("19.6"), power: D("980.4")}
        assert [each["value"] for each in lines[steel].basis["inputs"]] == ["180", "300"]
        sectors = [Given("steel"), Given("power")]
        asked = Asked(DIVISION, YEAR, YEAR, D(1000), D(1), Method.HISTORY, Onto.SECTORS, sectors, [FIRST])
        assert [(each.sector, each.tonnes) for each in await service.decomposed(read, scope, asked)] == [
            ("power", D(985)), ("steel", D(15)),
        ]  # fmt: skip
        asked = Asked(DIVISION, YEAR, YEAR, D(10), D(1), Method.HISTORY, Onto.SECTORS, sectors, [FIRST - 1])
        with pytest.raises(BudgetDataMissing, match="power: 2015, steel: 2015"):
            await service.decomposed(read, scope, asked)
        for onto, key in ((Onto.DIVISIONS, "999999"), (Onto.SECTORS, "alchemy")):
            asked = Asked(DIVISION, YEAR, YEAR, D(10), D(1), Method.HISTORY, onto, [Given(key)], [FIRST])
            with pytest.raises(BudgetShareInvalid, match=key):
                await service.decomposed(read, scope, asked)
        asked = Asked(DIVISION, YEAR, YEAR, D(10), D(1), Method.OUTPUT, Onto.DIVISIONS, [Given(DIVISION)], [YEAR])
        assert [each.tonnes for each in await service.decomposed(read, scope, asked)] == [D(10)]


async def test_a_kept_projection_stays_and_is_held_against_what_came(databases: Databases, emitting: dict) -> None:
    scope = emitting["bureau"].scope
    async with databases.write(scope) as write:
        kept = await service.keep_projections(write, scope, YEAR, division_code=DIVISION)
    assert len(kept) == 3
    async with databases.read(scope) as read:
        lines = {each.line_id: each for each in (await service.positions(read, scope, [DIVISION], [YEAR])).values()}
        (line_id,) = lines
        rows, actual = await service.projections(read, scope, line_id, after=None, limit=10)
    assert actual is None
    (own,) = rows
    assert (own.through, own.missing, own.error_percent) == (date(YEAR, 6, 1), (), D(0))
    assert [(each.year, each.projected, each.actual, each.error) for each in own.tested] == [
        (FIRST, D(192), D(192), D(0)), (SECOND, D(312), D(312), D(0)),
    ]  # fmt: skip
    with pytest.raises(BudgetMissing):
        async with databases.write(scope) as write:
            await service.keep_projections(write, scope, own_year(), division_code=DIVISION)
