"""The calculation on a real database: exact lines, both sides of scope 2, units, versions, checks."""

from datetime import date
from decimal import Decimal

from factories.inventory import (
    add_meter,
    add_records,
    add_source,
    compute,
    inventory_of,
    lines_of,
    make_place,
    whole_year,
)  # fmt: skip
from sqlalchemy import select

from backend.emissions.models import InventoryMonth
from backend.kit.db import Databases


async def test_electricity_has_two_exact_sides_and_explains_its_factor(databases: Databases) -> None:
    place = await make_place(databases)
    source = await add_source(databases, place, "E1", "purchased_electricity", "kWh")
    meter = await add_meter(databases, place, source, "kWh", "40", (date(2024, 1, 1), date(2026, 12, 31)))
    await add_records(databases, place, source, "kWh", whole_year(2025, "1000.5"), tier="metered", meter_id=meter)
    computed = await compute(databases, place)
    location, market = await lines_of(databases, place, computed)
    quantity = Decimal("1000.5") * 40 * 12 / 1000
    assert (location.basis, market.basis) == ("location", "market")
    assert location.base_quantity == quantity
    assert location.coefficient == Decimal("0.5827")
    assert location.result_t == quantity * Decimal("0.5827")
    assert market.co2e_t == location.co2e_t
    assert location.energy_tce == quantity * Decimal("0.1229")
    assert market.energy_tce == 0
    assert location.record_count == 12
    assert location.months == [date(2025, month, 1) for month in range(1, 13)]
    assert location.tiers == {"metered/valid/missing": [12, "480.24"]}
    assert location.quality_score == Decimal("80.00")
    factor = location.parameters[0]
    assert (factor["code"], factor["used_value"], factor["region"]) == ("factor", "0.5827", "320000")
    assert factor["level_name"] == "provincial average"
    assert factor["document"] == "MEE 公告2025年第47号"
    assert {each["reason"] for each in factor["passed_over"]} >= {"older_year", "lower_level"}
    inventory = await inventory_of(databases, place, computed)
    assert inventory.scope2_location == inventory.scope2_market == location.co2e_t
    assert inventory.scope1 == inventory.scope3 == 0
    assert {each["outcome"] for each in inventory.checks} == {"pass"}
    async with databases.read(place.enterprise()) as read:
        months = await read.rows(
            select(InventoryMonth.__table__)
            .where(InventoryMonth.inventory_id == computed.inventory_id)
            .order_by(InventoryMonth.month)
        )
    assert [row.month.month for row in months] == list(range(1, 13))
    assert sum(row.scope2_location for row in months) == location.co2e_t


async def test_the_factor_is_the_newest_published_by_the_day(databases: Databases) -> None:
    place = await make_place(databases)
    source = await add_source(databases, place, "E1", "purchased_electricity", "MWh")
    await add_records(databases, place, source, "MWh", {"2025-01": "1"})
    found = []
    for day in (date(2024, 6, 1), date(2025, 12, 30), date(2026, 1, 1)):
        lines = await lines_of(databases, place, await compute(databases, place, day=day))
        found.append(lines[0].coefficient)
    assert found == [Decimal("0.6451"), Decimal("0.5978"), Decimal("0.5827")]


async def test_units_of_one_source_become_one_line(databases: Databases) -> None:
    place = await make_place(databases)
    source = await add_source(databases, place, "G1", "fuel_combustion", "万Nm3", key="天然气", scope=1)
    await add_records(databases, place, source, "万Nm3", {"2025-01": "2.5"})
    await add_records(databases, place, source, "m3", {"2025-02": "12345.6789"}, tier="estimated")
    [line] = await lines_of(databases, place, await compute(databases, place))
    assert line.base_quantity == Decimal("3.73456789")
    assert [each["unit"] for each in line.quantities] == ["m3", "万Nm3"]
    assert line.quantities[0]["conversion"] == "0.0001"
    assert line.result_t == line.base_quantity * line.coefficient
    assert line.energy_tce > 0
    assert line.uncertainty > Decimal("0.02")


async def test_measured_values_win_and_split_lines(databases: Databases) -> None:
    place = await make_place(databases)
    source = await add_source(
        databases, place, "C1", "fuel_combustion", "t", key="烟煤", scope=1,
        parameters={"ncv": "20", "carbon_content": "0.02749", "oxidation_factor": "0.94"},
    )  # fmt: skip
    await add_records(databases, place, source, "t", {"2025-01": "1000"})
    await add_records(databases, place, source, "t", {"2025-02": "1000"}, parameters={"ncv": "21"})
    lines = await lines_of(databases, place, await compute(databases, place))
    assert sorted(line.parameters[0]["used_value"] for line in lines) == ["20", "21"]
    assert sorted(line.parameters[0]["origin"] for line in lines) == ["record", "source"]
    first = next(line for line in lines if line.parameters[0]["used_value"] == "20")
    assert abs(first.co2e_t - Decimal("1894.98")) <= Decimal("0.005")
    assert first.co2e_t == 1000 * first.coefficient


async def test_what_cannot_be_resolved_is_said_and_not_guessed(databases: Databases) -> None:
    place = await make_place(databases)
    source = await add_source(databases, place, "C1", "fuel_combustion", "t", key="不存在的燃料", scope=1)
    await add_records(databases, place, source, "t", {"2025-01": "5"})
    computed = await compute(databases, place)
    assert await lines_of(databases, place, computed) == []
    outcomes = {each.code: each.outcome.value for each in computed.checks}
    assert outcomes["factors_found"] == "cannot_tell"
    assert outcomes["completeness"] == "cannot_tell"


async def test_unapproved_data_is_counted_apart(databases: Databases) -> None:
    place = await make_place(databases)
    source = await add_source(databases, place, "H1", "purchased_heat", "GJ")
    await add_records(databases, place, source, "GJ", {"2025-01": "10000"})
    await add_records(databases, place, source, "GJ", {"2025-02": "7", "2025-03": "7"}, decision=None)
    computed = await compute(databases, place)
    [line] = await lines_of(databases, place, computed)
    assert line.co2e_t == Decimal("1100.00")
    assert (computed.record_count, computed.excluded_count) == (1, 2)


async def test_green_electricity_turns_the_rest_to_the_residual_factor(databases: Databases) -> None:
    place = await make_place(databases)
    bought = await add_source(databases, place, "E1", "purchased_electricity", "MWh")
    green = await add_source(
        databases, place, "E2", "purchased_green_electricity", "MWh", parameters={"certificate": "GEC-1"}
    )
    await add_records(databases, place, bought, "MWh", {"2025-01": "100"})
    await add_records(databases, place, green, "MWh", {"2025-01": "40"})
    inventory = await inventory_of(databases, place, await compute(databases, place))
    assert inventory.scope2_location == 140 * Decimal("0.5827")
    assert inventory.scope2_market == 100 * Decimal("0.6096")
    assert inventory.uncertainty["market"]["total_t"] == "60.96"


async def test_a_new_version_withdraws_the_one_before(databases: Databases) -> None:
    place = await make_place(databases)
    source = await add_source(databases, place, "H1", "purchased_heat", "GJ")
    await add_records(databases, place, source, "GJ", {"2025-01": "1"})
    first, second = await compute(databases, place), await compute(databases, place)
    assert (first.version, second.version) == (1, 2)
    assert (await inventory_of(databases, place, first)).state == "withdrawn"
    assert (await inventory_of(databases, place, second)).state == "computed"
