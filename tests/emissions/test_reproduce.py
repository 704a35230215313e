"""An inventory comes out the same from the versions it names, computed apart from the database's arithmetic."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from factories.inventory import Place, add_meter, add_records, add_source, compute, make_place, whole_year
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from backend.emissions.inventory.errors import InventoryNotFound
from backend.emissions.inventory.reproduce import Reproduction, reproduce
from backend.emissions.inventory.values import Computed
from backend.kit.db import Databases


async def again(databases: Databases, place: Place, computed: Computed) -> Reproduction:
    async with databases.read(place.enterprise()) as read:
        return await reproduce(read, place.enterprise(), place.account_id, computed.inventory_id)


async def rich_place(databases: Databases) -> Place:
    """One source of every way a number comes about."""
    place = await make_place(databases, pack="aluminium", table="A_MEE_ETS", years=(2023, 2024, 2025))
    e = await add_source(databases, place, "E1", "purchased_electricity", "kWh")
    meter = await add_meter(databases, place, e, "kWh", "37.5", (date(2025, 1, 1), date(2025, 6, 30)))
    await add_records(databases, place, e, "kWh", whole_year(2025, "10203.040506"), tier="metered", meter_id=meter)
    await add_records(databases, place, e, "万kWh", {"2025-03": "1.000000000000000000000000001"})
    coal = await add_source(databases, place, "C1", "power_coal_unmeasured", "t", key="烟煤", scope=1)
    await add_records(databases, place, coal, "t", {"2025-01": "3.7"})
    gas = await add_source(databases, place, "G1", "fuel_combustion", "万Nm3", key="天然气", scope=1)
    await add_records(databases, place, gas, "Nm3", {"2025-01": "123456.789", "2025-02": "0"})
    await add_records(
        databases, place, gas, "万Nm3", {"2025-04": "2"}, parameters={"ncv": "350", "oxidation_factor": "0.98"}
    )
    pfc = await add_source(databases, place, "A1", "aluminium_pfc", "t", scope=1)
    await add_records(databases, place, pfc, "t", {"2025-01": "77777.77"}, tier="estimated")
    steam = await add_source(databases, place, "S1", "purchased_steam", "t", parameters={"enthalpy": "2780.3"})
    await add_records(databases, place, steam, "kg", {"2025-01": "98765.4321"})
    sold = await add_source(databases, place, "E9", "sold_electricity", "MWh")
    await add_records(databases, place, sold, "MWh", {"2025-01": "3"})
    trip = await add_source(
        databases, place, "T1", "scope3_activity", "pkm", key="business_travel", scope=3, category="business_travel",
        parameters={"factor": "0.0001234567890123", "factor_source": "供应商"},
    )  # fmt: skip
    await add_records(databases, place, trip, "pkm", {"2025-01": "1234567"})
    return place


async def test_every_line_and_total_comes_out_to_the_last_digit(databases: Databases) -> None:
    place = await rich_place(databases)
    computed = await compute(databases, place)
    found = await again(databases, place, computed)
    assert found.differences == []
    assert found.line_count == computed.line_count == 11
    assert found.record_count == computed.record_count == 21
    assert found.totals["scope3"] == Decimal(1234567) * Decimal("0.0001234567890123")


async def test_later_data_and_later_factors_change_nothing(databases: Databases) -> None:
    place = await rich_place(databases)
    early = await compute(databases, place, day=date(2024, 6, 1))
    ids = await add_records(databases, place, place.sources["A1"], "t", {"2025-02": "1000"})
    assert len(ids) == 1
    await compute(databases, place)
    assert (await again(databases, place, early)).is_equal


async def test_a_stored_number_that_was_altered_is_found(databases: Databases, servers: Any) -> None:
    place = await rich_place(databases)
    computed = await compute(databases, place)
    engine = create_async_engine(servers.addresses["wuxi"].owner.get_secret_value())
    async with engine.begin() as owner:
        await owner.execute(text("alter table inventory_line no force row level security"))
        touched = await owner.execute(
            text(
                "update inventory_line set co2e_t = co2e_t + 0.00000000000000000001"
                " where inventory_id = :id and gas = 'CF4'"
            ),
            {"id": computed.inventory_id},
        )
        await owner.execute(text("alter table inventory_line force row level security"))
        assert touched.rowcount == 1
    await engine.dispose()
    found = await again(databases, place, computed)
    assert [each.what for each in found.differences] == ["co2e_t"]
    assert not found.is_equal


async def test_another_enterprise_cannot_reproduce(databases: Databases) -> None:
    place, other = await make_place(databases), await make_place(databases)
    computed = await compute(databases, place)
    with pytest.raises(InventoryNotFound):
        await again(databases, replace(place, organisation_id=other.organisation_id), computed)
