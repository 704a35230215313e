"""Certificates an account claims: what they cover, exactly, and what the rest of its electricity takes."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from factories.inventory import (
    Place,
    add_meter,
    add_records,
    add_source,
    compute,
    inventory_of,
    lines_of,
    make_place,
    whole_year,
)
from sqlalchemy import select, text

from backend.emissions import service
from backend.emissions.claims.errors import ClaimExceedsPurchase, ClaimsChanged, ClaimYearClosed
from backend.emissions.inventory.errors import YearNotOpen
from backend.emissions.inventory.overview import overview
from backend.emissions.inventory.reproduce import reproduce
from backend.emissions.inventory.values import Request
from backend.emissions.models import EnergyClaim, InventoryMonth
from backend.kit.db import Databases
from backend.kit.errors import Forbidden, NotFound
from backend.kit.ids import new_id
from backend.kit.quantities import EXACT

GRID, RESIDUAL = Decimal("0.5827"), Decimal("0.6096")


async def claim(
    databases: Databases, place: Place, mwh: str, *, year: int = 2025, produced: str | None = None, number: int = 7
) -> UUID:
    """Claim certificates the way the nouns above do, and return the movement's id."""
    movement_id = new_id()
    part = service.ClaimPart(
        Decimal(mwh), date.fromisoformat(f"{produced}-01") if produced else None, str(new_id()), ((1, int(mwh)),),
        "P0001", "wind",
    )  # fmt: skip
    scope = place.enterprise()
    async with databases.write(scope) as write:
        await service.claim_energy(
            write, scope, place.account_id, year, Decimal(mwh), movement_id, service.ClaimFacts(number, "GEC", (part,))
        )
    return movement_id


async def withdraw(databases: Databases, place: Place, movement_id: UUID) -> service.EnergyClaim | None:
    scope = place.authority()
    async with databases.write(scope) as write:
        return await service.withdraw_energy_claim(write, scope, movement_id)


async def bought(databases: Databases, quantity: str = "100") -> Place:
    """An account that bought the same in each month of 2025, in MWh."""
    place = await make_place(databases)
    source = await add_source(databases, place, "E1", "purchased_electricity", "MWh")
    await add_records(databases, place, source, "MWh", whole_year(2025, quantity))
    return place


async def reproduced(databases: Databases, place: Place, computed: Any) -> list[Any]:
    async with databases.read(place.enterprise()) as read:
        found = await reproduce(read, place.enterprise(), place.account_id, computed.inventory_id)
    assert found.line_count == computed.line_count
    return found.differences


async def claims_kept(databases: Databases, place: Place) -> int:
    async with databases.read(place.enterprise()) as read:
        return len(await read.rows(select(EnergyClaim.__table__).where(EnergyClaim.account_id == place.account_id)))


async def test_claimed_electricity_counts_zero_and_the_rest_takes_the_residual_factor(databases: Databases) -> None:
    place = await bought(databases)
    before = await inventory_of(databases, place, await compute(databases, place))
    assert before.scope2_market == before.scope2_location == 1200 * GRID
    movement = await claim(databases, place, "450")
    computed = await compute(databases, place)
    inventory = await inventory_of(databases, place, computed)
    assert inventory.scope2_location == before.scope2_location
    assert inventory.scope2_market == 750 * RESIDUAL
    assert inventory.energy_tce == before.energy_tce
    assert inventory.record_count == before.record_count == 12
    assert {each["outcome"] for each in inventory.checks if each["code"] == "certificates_covered"} == {"pass"}
    lines = {(line.method, line.basis): line for line in await lines_of(databases, place, computed)}
    assert lines.keys() == {
        ("purchased_electricity", "location"), ("purchased_electricity", "market"), ("claimed_electricity", "market"),
    }  # fmt: skip
    location, rest = lines["purchased_electricity", "location"], lines["purchased_electricity", "market"]
    covered = lines["claimed_electricity", "market"]
    assert (location.base_quantity, rest.base_quantity, covered.base_quantity) == (1200, 750, 450)
    assert (location.record_count, rest.record_count, covered.record_count) == (12, 12, 12)
    assert (covered.coefficient, covered.co2e_t, covered.energy_tce) == (0, 0, 0)
    assert location.tiers == {"invoiced/not_needed/missing": [12, "1200"]}
    assert covered.tiers == {"invoiced/not_needed/missing": [12, "450"]}
    told = next(each for each in covered.parameters if each["code"] == "claim")
    assert told["used_value"] == "450"
    assert told["text_value"] == "GEC #7: 1-450"
    assert told["claim"]["movement_id"] == str(movement)
    assert told["claim"]["parts"][0]["project"] == "P0001"
    assert told["claim"]["parts"][0]["serials"] == [[1, 450]]
    assert await reproduced(databases, place, computed) == []


async def test_the_month_of_production_is_covered_first_and_the_rest_in_proportion(databases: Databases) -> None:
    place = await bought(databases)
    await claim(databases, place, "150", produced="2025-03")
    computed = await compute(databases, place)
    async with databases.read(place.enterprise()) as read:
        rows = await read.rows(
            select(InventoryMonth.__table__)
            .where(InventoryMonth.inventory_id == computed.inventory_id)
            .order_by(InventoryMonth.month)
        )
    market = [row.scope2_market for row in rows]
    # March is covered whole; 50 MWh are left for eleven equal months, cut to a watt-hour, the rest to January.
    eleventh, first = Decimal("4.545454"), Decimal("4.545460")
    assert market[2] == 0
    assert market[0] == (100 - first) * RESIDUAL
    assert {market[month] for month in range(1, 12) if month != 2} == {(100 - eleventh) * RESIDUAL}
    assert sum(market) == 1050 * RESIDUAL
    assert [row.scope2_location for row in rows] == [100 * GRID] * 12
    assert await reproduced(databases, place, computed) == []


async def test_units_meters_and_declared_factors_stay_exact(databases: Databases) -> None:
    place = await make_place(databases)
    first = await add_source(databases, place, "E1", "purchased_electricity", "kWh")
    meter = await add_meter(databases, place, first, "kWh", "37.5", (date(2025, 1, 1), date(2025, 6, 30)))
    await add_records(databases, place, first, "kWh", whole_year(2025, "10203.040506"), tier="metered", meter_id=meter)
    await add_records(databases, place, first, "万kWh", {"2025-03": "1.000000000000000000000000001"})
    await add_records(
        databases, place, first, "MWh", {"2025-04": "20"}, parameters={"factor": "0.3", "factor_source": "电网证明"}
    )
    second = await add_source(databases, place, "E2", "purchased_electricity", "GWh")
    await add_records(databases, place, second, "GWh", {"2025-05": "0.4"})
    supplied = await add_source(
        databases, place, "E3", "purchased_electricity", "MWh",
        parameters={"market_factor": "0.1", "market_factor_source": "供电合同"},
    )  # fmt: skip
    await add_records(databases, place, supplied, "MWh", {"2025-05": "1000"})
    sold = await add_source(databases, place, "E9", "sold_electricity", "MWh")
    await add_records(databases, place, sold, "MWh", {"2025-01": "3"})
    await claim(databases, place, "700", produced="2025-04")
    computed = await compute(databases, place)
    assert await reproduced(databases, place, computed) == []
    lines = await lines_of(databases, place, computed)
    covered = [line for line in lines if line.method == "claimed_electricity"]
    assert sum((line.base_quantity for line in covered), Decimal(0)) == 700
    assert {line.source_id for line in covered} == {first, second}
    own = next(line for line in lines if line.source_id == supplied and line.basis == "market")
    assert own.co2e_t == 1000 * Decimal("0.1")
    async with databases.read(place.enterprise()) as read:
        most = await service.purchased_electricity(read, place.enterprise(), place.account_id, 2025)
    exact = EXACT.multiply(Decimal("10203.040506") * 12, Decimal("0.0375"))
    exact = EXACT.add(EXACT.add(exact, Decimal("10.00000000000000000000000001")), Decimal(417))
    assert most == exact


async def test_more_than_was_bought_is_refused_and_nothing_is_kept(databases: Databases) -> None:
    place = await bought(databases, "10")
    await claim(databases, place, "100")
    with pytest.raises(ClaimExceedsPurchase) as told:
        await claim(databases, place, "21")
    assert told.value.details == {
        "year": 2025, "asked": "21", "purchased": "120", "claimed": "100", "room": "20",
    }  # fmt: skip
    assert await claims_kept(databases, place) == 1
    await claim(databases, place, "20", number=8)
    inventory = await inventory_of(databases, place, await compute(databases, place))
    assert inventory.scope2_market == 0


async def test_only_the_own_open_year_can_be_claimed_for(databases: Databases) -> None:
    place, other = await bought(databases), await bought(databases)
    with pytest.raises(YearNotOpen):
        await claim(databases, place, "1", year=2024)
    stranger = other.enterprise()
    async with databases.write(stranger) as write:
        with pytest.raises(NotFound):
            await service.claimable_energy(write, stranger, place.account_id, 2025)
    viewer = place.enterprise(role="viewer")
    async with databases.write(viewer) as write:
        with pytest.raises(Forbidden):
            await service.claimable_energy(write, viewer, place.account_id, 2025)
    async with databases.write(place.system) as write:
        await write.run(
            text("update reporting_year set closed_at = now() where account_id = :id"), {"id": place.account_id}
        )
    with pytest.raises(ClaimYearClosed):
        await claim(databases, place, "1")
    assert await claims_kept(databases, place) == 0


async def test_a_reversed_claim_counts_no_more_and_old_versions_stay_as_they_were(databases: Databases) -> None:
    place = await bought(databases)
    movement = await claim(databases, place, "600")
    early = await compute(databases, place)
    taken = await withdraw(databases, place, movement)
    assert taken is not None
    assert taken.withdrawn_at is not None
    assert await withdraw(databases, place, movement) is None
    late = await inventory_of(databases, place, await compute(databases, place))
    assert late.scope2_market == late.scope2_location == 1200 * GRID
    assert await reproduced(databases, place, early) == []
    async with databases.read(place.enterprise()) as read:
        found = await service.claimed_energy(read, place.enterprise(), [place.account_id], 2025)
    assert found == {place.account_id: 0}


async def test_an_enterprise_cannot_withdraw_or_alter_its_claim(databases: Databases) -> None:
    place = await bought(databases)
    movement = await claim(databases, place, "600")
    scope = place.enterprise()
    async with databases.write(scope) as write:
        with pytest.raises(Forbidden):
            await service.withdraw_energy_claim(write, scope, movement)
        touched = await write.run(
            text("update energy_claim set withdrawn_at = now() where movement_id = :id"), {"id": movement}
        )
        assert touched == 0
    async with databases.write(place.system) as write:
        for privilege in ("update (mwh)", "delete"):
            held = await write.value(
                text("select has_column_privilege('energy_claim', 'mwh', 'update')")
                if privilege.startswith("update")
                else text("select has_table_privilege('energy_claim', 'delete')")
            )
            assert held is False


async def state(databases: Databases, place: Place) -> tuple[bool, list[str]]:
    async with databases.read(place.enterprise()) as read:
        found = await overview(read, place.enterprise(), place.account_id, 2025)
    assert found is not None
    return found["inventory"]["is_outdated"], found["duties"]


async def test_a_claim_after_the_calculation_makes_its_figures_outdated(databases: Databases) -> None:
    place = await bought(databases)
    computed = await compute(databases, place)
    assert await state(databases, place) == (False, ["submit"])
    movement = await claim(databases, place, "600")
    assert await state(databases, place) == (True, ["recompute"])
    scope = place.enterprise()
    async with databases.write(scope) as write:
        with pytest.raises(ClaimsChanged):
            await service.submit(write, scope, account_id=place.account_id, inventory_id=computed.inventory_id)
    computed = await compute(databases, place)
    assert await state(databases, place) == (False, ["submit"])
    async with databases.write(scope) as write:
        await service.submit(write, scope, account_id=place.account_id, inventory_id=computed.inventory_id)
    await withdraw(databases, place, movement)
    verifier = place.verifier()
    async with databases.write(verifier) as write:
        with pytest.raises(ClaimsChanged):
            await service.verify(
                write, verifier, account_id=place.account_id, inventory_id=computed.inventory_id, statement="属实"
            )


async def test_a_closed_inventory_takes_no_claim_and_gives_none_back(databases: Databases) -> None:
    place = await bought(databases)
    movement = await claim(databases, place, "600")
    computed = await compute(databases, place)
    async with databases.write(place.system) as write:
        await write.run(text("update inventory set state = 'closed' where id = :id"), {"id": computed.inventory_id})
    with pytest.raises(ClaimYearClosed):
        await claim(databases, place, "1", number=8)
    with pytest.raises(ClaimYearClosed):
        await withdraw(databases, place, movement)
    assert (await claims_kept(databases, place)) == 1


async def test_claims_that_electricity_no_longer_bears_are_flagged(databases: Databases) -> None:
    place = await make_place(databases)
    source = await add_source(databases, place, "E1", "purchased_electricity", "MWh")
    ids = await add_records(databases, place, source, "MWh", whole_year(2025, "10"))
    await claim(databases, place, "120")
    lower = {"2025-06": "4"}
    await add_records(databases, place, source, "MWh", lower, supersedes={"2025-06": ids["2025-06"]})
    computed = await compute(databases, place)
    found = {each.code: each for each in computed.checks}["certificates_covered"]
    assert found.outcome.value == "fail"
    assert found.details == {"claimed_mwh": "120", "purchased_mwh": "114", "waiting_mwh": "0"}
    assert (await inventory_of(databases, place, computed)).scope2_market == 0
    assert await reproduced(databases, place, computed) == []
    more = await add_source(databases, place, "E2", "purchased_electricity", "MWh")
    await add_records(databases, place, more, "MWh", {"2025-06": "6"}, decision=None)
    computed = await compute(databases, place)
    found = {each.code: each for each in computed.checks}["certificates_covered"]
    assert found.outcome.value == "cannot_tell"


async def test_many_accounts_are_covered_in_one_calculation(databases: Databases) -> None:
    places = [await bought(databases, str(10 * number)) for number in range(1, 5)]
    for place, mwh in zip(places, ("12", "240", "0", "33"), strict=True):
        if mwh != "0":
            await claim(databases, place, mwh, produced="2025-12")
    async with databases.write(places[0].system) as write:
        found = await service.compute_many(
            write,
            places[0].system,
            [place.account_id for place in places],
            Request(2025, "published", date(2026, 3, 1)),
        )
    by_account = {each.account_id: each for each in found}
    market = [(await inventory_of(databases, place, by_account[place.account_id])).scope2_market for place in places]
    assert market == [108 * RESIDUAL, 0, 360 * GRID, 447 * RESIDUAL]
    for place in places:
        assert await reproduced(databases, place, by_account[place.account_id]) == []
