"""Runs: facts gathered set-wise, a score stored only where it differs, one run after the other."""

import asyncio
import json
from decimal import Decimal

from factories.scores import Year, a_model, a_sector, add_year, made_firm, scored

from backend.kit.db import Databases
from backend.kit.scope import Scope
from backend.scores.running.gathering import gather
from backend.scores.values import Quality


async def facts(databases: Databases, firm, year: int = 2025):
    scope = Scope.system("wuxi")
    async with databases.read(scope) as read:
        return (await gather(read, scope, [firm.id], year))[firm.id]


async def test_facts_are_the_inventorys_numbers_with_quality_and_sources(databases: Databases) -> None:
    firm = await made_firm(databases, years={2024: Year(scope1="800"), 2025: Year()})
    found = await facts(databases, firm)
    expected = {
        "emissions_location": Decimal(1000), "emissions_market": Decimal(1000), "emissions_change": Decimal("-16.666667"),
        "value_added_intensity": Decimal(1), "output_intensity": Decimal("0.5"), "intensity_change": Decimal("-16.666667"),
        "energy_intensity": Decimal("0.3"), "green_power_share": Decimal(0), "neutralised_share": Decimal(0),
        "data_quality": Decimal(80), "metered_share": Decimal(100), "months_covered": Decimal(12),
        "inventory_state": "verified", "is_verified": True, "open_penalties": Decimal(0), "gaming_signs": Decimal(0),
        "disclosure_rating": "none", "sector_ratio": None,
    }  # fmt: skip
    assert {code: each.value for code, each in found.items()} == expected
    assert found["value_added_intensity"].unit == "tCO2e/万CNY"
    assert found["output_intensity"].unit == "tCO2e/t"
    assert found["value_added_intensity"].quality is Quality.VERIFIED
    kinds = [each.kind for each in found["value_added_intensity"].sources]
    assert kinds == ["Inventory", "YearFigure"]
    assert found["emissions_location"].sources[0].id == str(firm.inventories[2025])


async def test_a_run_stores_a_score_once_and_again_when_inputs_change(databases: Databases) -> None:
    firm = await made_firm(databases, years={2025: Year(state="computed")})
    [first] = await scored(databases, [firm.id])
    assert (first.number, first.year, first.cause) == (1, 2025, "nightly")
    assert await scored(databases, [firm.id]) == []
    await add_year(databases, firm, 2025, Year(scope1="500", version=2))
    [second] = await scored(databases, [firm.id])
    assert second.number == 2
    assert {each.version for each in second.inputs if each.kind == "Inventory"} == {"2"}
