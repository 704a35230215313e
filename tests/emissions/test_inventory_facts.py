"""Facts of inventories: what counted at which moment, exactly, and in one statement for any number of accounts."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from factories.inventory import (
    Place,
    add_records,
    add_source,
    compute,
    inventory_of,
    lines_of,
    make_place,
    whole_year,
)
from sqlalchemy import event, text

from backend.emissions import service
from backend.emissions.facts.queries import shares
from backend.emissions.inventory.service.compute import compute as compute_now
from backend.emissions.inventory.values import Computed, Request
from backend.emissions.values import InventoryFacts
from backend.kit.db import Databases
from backend.kit.errors import Forbidden
from backend.kit.ids import new_id
from backend.kit.scope import Kind, Scope

GRID = Decimal("0.5827")


async def facts_of(
    databases: Databases, place: Place, year: int = 2025, as_of: datetime | None = None, scope: Scope | None = None
) -> InventoryFacts | None:
    caller = scope or place.enterprise()
    async with databases.read(caller) as read:
        found = await service.inventory_facts(read, caller, [place.account_id], [year], as_of)
    return found.get((place.account_id, year))


async def step(databases: Databases, scope: Scope, command: Any, place: Place, inventory_id: UUID, **given: Any) -> Any:
    async with databases.write(scope) as write:
        return await command(write, scope, account_id=place.account_id, inventory_id=inventory_id, **given)


async def verified(databases: Databases, place: Place, inventory_id: UUID) -> None:
    await step(databases, place.enterprise(), service.submit, place, inventory_id)
    await step(databases, place.verifier(), service.verify, place, inventory_id, statement="核查无误")


async def claim(databases: Databases, place: Place, mwh: str) -> UUID:
    movement_id, scope = new_id(), place.enterprise()
    part = service.ClaimPart(Decimal(mwh), None, str(new_id()), ((1, int(mwh)),), "P1", "wind")
    async with databases.write(scope) as write:
        await service.claim_energy(
            write, scope, place.account_id, 2025, Decimal(mwh), movement_id, service.ClaimFacts(9, "GEC", (part,))
        )
    return movement_id


async def electric(databases: Databases) -> Place:
    """Electricity bought, bought as green, sold; heat; each in every month or in some."""
    place = await make_place(databases)
    bought = await add_source(databases, place, "E1", "purchased_electricity", "MWh")
    sold = await add_source(databases, place, "E2", "sold_electricity", "万kWh")
    heat = await add_source(databases, place, "H1", "purchased_heat", "GJ")
    await add_records(databases, place, bought, "MWh", {"2025-01": "100", "2025-02": "50.5"}, tier="invoiced")
    await add_records(databases, place, bought, "MWh", {"2025-03": "49.5"}, tier="estimated")
    await add_records(databases, place, sold, "万kWh", {"2025-02": "4"}, tier="metered")
    await add_records(databases, place, heat, "GJ", {"2025-07": "1000"}, tier="estimated")
    await add_records(databases, place, heat, "GJ", {"2025-08": "1000"}, decision=None)
    return place


async def test_the_facts_are_the_inventorys_own_numbers(databases: Databases) -> None:
    place = await electric(databases)
    computed = await compute(databases, place)
    stored = await inventory_of(databases, place, computed)
    found = await facts_of(databases, place)
    assert found is not None
    for name in (
        "year", "version", "state", "as_of", "computed_at", "factor_policy", "factor_date", "scope1", "scope2_location",
        "scope2_market", "scope3", "energy_tce", "quality_score", "record_count", "excluded_count", "restates_id",
    ):  # fmt: skip
        assert getattr(found, name) == getattr(stored, name), name
    assert found.inventory_id == computed.inventory_id
    assert found.state_at == stored.as_of
    assert (found.electricity_mwh, found.green_mwh, found.claimed_mwh) == (160, 0, 0)
    assert (found.record_count, found.excluded_count, found.months_covered) == (5, 1, 4)
    assert (found.verifier_id, found.verified_at, found.is_verified) == (None, None, False)


async def test_shares_of_tiers_weigh_by_what_is_emitted_whatever_its_sign(databases: Databases) -> None:
    place = await electric(databases)
    lines = await lines_of(databases, place, await compute(databases, place))
    heat = next(line for line in lines if line.method == "purchased_heat")
    found = await facts_of(databases, place)
    assert found is not None
    amounts = {
        "invoiced": Decimal("150.5") * GRID, "metered": 40 * GRID, "estimated": Decimal("49.5") * GRID + heat.co2e_t,
    }  # fmt: skip
    assert found.tier_shares == shares({tier: format(amount, "f") for tier, amount in amounts.items()})
    assert abs(sum(found.tier_shares.values()) - 1) < Decimal("1e-18")


def test_shares_of_nothing_are_none() -> None:
    assert shares({}) == shares({"metered": "0"}) == {}
    assert shares({"metered": "1", "invoiced": "3"}) == {"invoiced": Decimal("0.75"), "metered": Decimal("0.25")}


async def test_green_electricity_is_part_of_what_was_bought_and_net_sellers_bought_nothing(
    databases: Databases,
) -> None:
    place = await make_place(databases)
    green = await add_source(
        databases, place, "G1", "purchased_green_electricity", "MWh", parameters={"certificate": "GEC-1"}
    )
    plain = await add_source(databases, place, "E1", "purchased_electricity", "MWh")
    await add_records(databases, place, green, "MWh", {"2025-01": "30"})
    await add_records(databases, place, plain, "MWh", {"2025-01": "70"})
    await compute(databases, place)
    found = await facts_of(databases, place)
    assert found is not None
    assert (found.electricity_mwh, found.green_mwh) == (100, 30)
    sold = await add_source(databases, place, "S1", "sold_electricity", "MWh")
    await add_records(databases, place, sold, "MWh", {"2025-01": "100.5"})
    await compute(databases, place)
    found = await facts_of(databases, place)
    assert found is not None
    assert (found.version, found.electricity_mwh) == (2, 0)


async def test_a_past_moment_shows_what_counted_then(databases: Databases) -> None:
    place = await make_place(databases)
    source = await add_source(databases, place, "H1", "purchased_heat", "GJ")
    await add_records(databases, place, source, "GJ", whole_year(2025, "1000"))
    before = datetime.now(UTC)
    first = await compute(databases, place)
    after_first = await moment(databases)
    second = await compute(databases, place)
    after_second = await moment(databases)
    await verified(databases, place, second.inventory_id)
    after_verified = await moment(databases)
    third = await restated(databases, place, second)
    after_third = await moment(databases)
    await step(databases, place.enterprise(), service.submit, place, third.inventory_id)

    assert await facts_of(databases, place, as_of=before) is None
    seen = [
        await facts_of(databases, place, as_of=at)
        for at in (after_first, after_second, after_verified, after_third, None)
    ]
    assert [(each.version, each.state) for each in seen if each] == [
        (1, "computed"), (2, "computed"), (2, "verified"), (3, "computed"), (3, "submitted"),
    ]  # fmt: skip
    assert [each.inventory_id for each in seen if each] == [
        first.inventory_id, second.inventory_id, second.inventory_id, third.inventory_id, third.inventory_id,
    ]  # fmt: skip
    assert [each.verifier_id for each in seen if each] == [None, None, place.verifier_id, None, None]
    proved = seen[2]
    assert proved is not None
    assert proved.verified_at == proved.state_at
    assert after_second < proved.state_at < after_verified
    assert proved.is_verified
    assert seen[3] is not None
    assert seen[3].restates_id == second.inventory_id


async def test_a_verified_inventory_keeps_its_verifier_when_it_is_closed(databases: Databases) -> None:
    place = await make_place(databases)
    source = await add_source(databases, place, "H1", "purchased_heat", "GJ")
    await add_records(databases, place, source, "GJ", whole_year(2025, "10"))
    computed = await compute(databases, place)
    await verified(databases, place, computed.inventory_id)
    await step(databases, place.authority(), service.close, place, computed.inventory_id, note="归档")
    found = await facts_of(databases, place)
    assert found is not None
    assert (found.state, found.verifier_id, found.months_covered) == ("closed", place.verifier_id, 12)
    assert found.verified_at is not None
    assert found.verified_at < found.state_at


async def test_claims_count_as_the_books_stood_at_the_moment(databases: Databases) -> None:
    place = await electric(databases)
    await compute(databases, place)
    before = await moment(databases)
    movement = await claim(databases, place, "30")
    between = await moment(databases)
    await claim(databases, place, "5")
    authority = place.authority()
    async with databases.write(authority) as write:
        await service.withdraw_energy_claim(write, authority, movement)
    for at, expected in ((before, 0), (between, 30), (None, 5)):
        found = await facts_of(databases, place, as_of=at)
        assert found is not None
        assert found.claimed_mwh == expected


async def test_months_and_lines_come_by_inventory(databases: Databases) -> None:
    place, other = await electric(databases), await electric(databases)
    computed, theirs = await compute(databases, place), await compute(databases, other)
    mine, unknown = (place.account_id, computed.inventory_id), (place.account_id, new_id())
    second = (other.account_id, theirs.inventory_id)
    system = Scope.system(place.tenant)
    async with databases.read(system) as read:
        months = await service.month_facts(read, system, [mine, second, unknown, mine])
        lines = await service.line_facts(read, system, [mine, second, unknown])
    assert [each.month for each in months[mine]] == [date(2025, month, 1) for month in (1, 2, 3, 7)]
    assert months[mine] == months[second]
    assert months[unknown] == lines[unknown] == []
    assert sum(each.scope2_location for each in months[mine]) == sum(
        each.co2e_t for each in lines[mine] if each.basis != "market"
    )
    stored = {line.id: line for line in await lines_of(databases, place, computed)}
    assert {each.line_id for each in lines[mine]} == stored.keys()
    for each in lines[mine]:
        line = stored[each.line_id]
        for name in ("scope", "method", "basis", "base_quantity", "coefficient", "co2e_t", "parameters", "tiers"):
            assert getattr(each, name) == getattr(line, name), name
    assert [each.source_code for each in lines[mine]] == ["E1", "E1", "E2", "E2", "H1"]


async def test_nobody_reads_facts_of_others(databases: Databases) -> None:
    place, stranger = await electric(databases), await make_place(databases)
    computed = await compute(databases, place)
    key = (place.account_id, computed.inventory_id)
    theirs = stranger.enterprise()
    async with databases.read(theirs) as read:
        assert await service.inventory_facts(read, theirs, [place.account_id], [2025]) == {}
        assert await service.month_facts(read, theirs, [key]) == {key: []}
        assert await service.line_facts(read, theirs, [key]) == {key: []}
    assert await facts_of(databases, place, scope=place.verifier()) is not None
    bank = Scope(place.tenant, Kind.BANK, new_id(), new_id(), "", frozenset({"lending:read"}))
    async with databases.read(bank) as read:
        for call in (service.month_facts(read, bank, [key]), service.line_facts(read, bank, [key])):
            with pytest.raises(Forbidden):
                await call
        with pytest.raises(Forbidden):
            await service.inventory_facts(read, bank, [place.account_id], [2025])


async def test_one_statement_answers_for_many_accounts_and_years(databases: Databases) -> None:
    places = [await electric(databases) for _ in range(3)]
    for place in places:
        await compute(databases, place)
    system = Scope.system("wuxi")
    accounts = [place.account_id for place in places]
    async with databases.read(system) as read, counted(databases) as statements:
        found = await service.inventory_facts(read, system, accounts, [2024, 2025])
        assert len(statements) == 1
        keys = [(one, each.inventory_id) for (one, _), each in found.items()]
        await service.month_facts(read, system, keys)
        await service.line_facts(read, system, keys)
        assert len(statements) == 3
        assert await service.inventory_facts(read, system, [], [2025]) == {}
        assert await service.month_facts(read, system, []) == await service.line_facts(read, system, []) == {}
        assert len(statements) == 3
    assert found.keys() == {(one, 2025) for one in accounts}


async def moment(databases: Databases) -> datetime:
    """An instant by the database's clock, after all before it and before all after it."""
    async with databases.read(Scope.system("wuxi")) as read:
        return await read.value(text("select clock_timestamp()"))


async def restated(databases: Databases, place: Place, before: Computed) -> Computed:
    """A new version in the place of a verified one."""
    request = Request(2025, "published", date(2026, 3, 1), "更正", None, {place.account_id: before.inventory_id})
    scope = place.system
    async with databases.write(scope) as write:
        return await compute_now(write, scope, place.account_id, request)


@asynccontextmanager
async def counted(databases: Databases) -> AsyncGenerator[list[str]]:
    """The statements that reach the database meanwhile."""
    seen: list[str] = []
    engine = databases.engine("wuxi").sync_engine

    def note(*facts: Any) -> None:
        seen.append(facts[2])

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)
