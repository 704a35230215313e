"""Values computed from members' accounts: which account adds what, and what stays incomplete."""

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from factories import identity
from factories.accounts import held_account
from factories.disclosure import disclosed
from factories.inventory import Place
from factories.parks import Stage, draft, park_of, valued
from factories.regions import counted_account, store_inventory
from sqlalchemy import insert, update

from backend.emissions.models import Inventory, InventoryTransition
from backend.emissions.values import InventoryFacts, LineFacts
from backend.esg import park_facts
from backend.kit.db import Databases
from backend.kit.ids import new_id
from backend.parks import ports, queries, service
from backend.parks.errors import ParkMemberEnded, ParkMemberOverlap, ParkNothingToCompute
from backend.parks.rules.computing import Electricity, MemberFacts, compute, electricity_of
from backend.parks.values import Document, EntryStatus, ProgrammeKind, ValueKind, ValueRow

YEAR = 2024
NOW = datetime(2025, 3, 1, tzinfo=UTC)
YEARLY = dict.fromkeys(range(1, 13), ("10", "5", "4", "10"))


async def stored(databases: Databases, place: Place, state: str = "computed") -> None:
    """Store a whole year's inventory, with how it came to its state."""
    inventory_id = await store_inventory(databases, place, YEAR, 1, YEARLY, state=state)
    async with databases.write(place.system) as write:
        await write.run(
            update(Inventory)
            .where(Inventory.id == inventory_id)
            .values(scope1=Decimal(120), scope2_location=Decimal(60), energy_tce=Decimal(150))
        )
        await write.run(
            insert(InventoryTransition).values(
                account_id=place.account_id, id=new_id(), inventory_id=inventory_id, from_state="", to_state=state,
                reason="", at=datetime(2026, 2, 1, tzinfo=UTC), actor_id=None, organisation_id=place.verifier_id,
            )
        )  # fmt: skip


async def joined(databases: Databases, stage: Stage, account_id: UUID, *, large: bool = True) -> UUID:
    async with databases.write(stage.clerk) as write:
        found = await service.join_park(
            write, stage.clerk, stage.park.id, account_id=account_id, starts_on=date(2023, 1, 1), is_above_scale=large
        )
    return found.id


async def computed(databases: Databases, stage: Stage) -> dict[str, ValueRow]:
    async with databases.write(stage.clerk) as write:
        found = await service.compute_values(write, stage.clerk, stage.park.id, year=YEAR)
    return {each.item: each for each in found}


async def test_members_add_up_and_only_all_of_them_prove_anything(databases: Databases) -> None:
    stage = await park_of(databases)
    with pytest.raises(ParkNothingToCompute):
        await computed(databases, stage)
    one = await counted_account(databases, division="320206", sector="steel")
    two = await counted_account(databases, division="320206", sector="textiles")
    for place, state in ((one, "verified"), (two, "computed")):
        await stored(databases, place, state)
        await joined(databases, stage, place.account_id)
    partly = await computed(databases, stage)
    assert set(partly) == {"annual_energy", "2", "5", "12", "19", "20"}
    sums = [each for each in partly.values() if each.item != "12"]
    assert not any(each.is_complete for each in sums)
    assert {each.confidence for each in sums} == {"incomplete"}

    await valued(databases, stage, YEAR, draft("enterprises", "2"))
    whole = await computed(databases, stage)
    assert {item for item, each in whole.items() if each.is_complete} >= {"annual_energy", "11"}
    assert (whole["annual_energy"].quantity, whole["2"].numerator, whole["2"].denominator) == (300, 360, 300)
    assert whole["2"].quantity == Decimal("1.2")
    assert (whole["11"].numerator, whole["11"].denominator, whole["11"].quantity) == (1, 2, 50)
    assert (whole["26"].quantity, whole["26"].is_lower_bound, whole["11"].is_lower_bound) == (100, True, False)
    async with databases.read(stage.clerk) as read:
        (parts,) = await queries.parts(read, stage.clerk, [whole["11"].id])
    assert {each.account_id: each.numerator for each in parts} == {one.account_id: 1, two.account_id: 0}

    # A third enterprise without an account: the sums are of a part again.
    await valued(databases, stage, YEAR, draft("enterprises", "3"))
    again = await computed(databases, stage)
    assert not again["annual_energy"].is_complete
    assert (again["11"].numerator, again["11"].denominator, again["11"].is_complete) == (1, 3, True)
    assert again["11"].is_lower_bound  # the third may be verified elsewhere


def line(method: str, mwh: str, tce: str, basis: str = "location") -> LineFacts:
    return LineFacts(
        new_id(), new_id(), "E", "电", 2, "electricity", method, "", "CO2", basis, Decimal(mwh), "MWh", Decimal(0), "",
        Decimal(0), Decimal(1), Decimal(0), Decimal(tce), "", "", (), {}, None,
    )  # fmt: skip


def test_electricity_proves_a_part_of_non_fossil_energy_and_of_electrification() -> None:
    lines = [
        line("purchased_electricity", "800", "98.32"), line("purchased_electricity", "800", "98.32", "market"),
        line("purchased_green_electricity", "200", "24.58"), line("sold_electricity", "100", "-12.29"),
        line("onsite_nonfossil_electricity", "100", "12.29"), line("fuel_combustion", "10", "50", "both"),
    ]  # fmt: skip
    told = electricity_of(lines)
    assert told == Electricity(Decimal(900), Decimal("110.61"), Decimal(100), Decimal("12.29"))
    facts = InventoryFacts(
        new_id(), new_id(), YEAR, 1, "computed", NOW, NOW, NOW, "", date(2024, 1, 1), Decimal(0), Decimal(0), Decimal(0),
        Decimal(0), Decimal(200), Decimal(900), Decimal(160), None, {}, 12, 1, 0, None, None, None, Decimal(200),
    )  # fmt: skip
    member = MemberFacts(new_id(), new_id(), is_above_scale=True, inventory=facts, value_added=None, electricity=told)
    found = {each.item: each for each in compute([member], {"enterprises": Decimal(1)})}
    # (200 green + 160 claimed) MWh of 900 bought, at 0.1229 tce/MWh, and what was made on site.
    assert (found["5"].numerator, found["5"].denominator) == (Decimal("44.244") + Decimal("12.29"), Decimal(200))
    assert (found["20"].numerator, found["20"].denominator) == (Decimal("122.90"), Decimal(200))
    assert (found["19"].numerator, found["19"].denominator) == (460, 1000)
    assert [each for each in ("5", "19", "20") if found[each].is_lower_bound] == ["5", "20"]
    assert all(found[each].is_complete for each in ("5", "19", "20"))


async def test_registers_feed_platforms_and_green_factories_and_entered_values_stand(databases: Databases) -> None:
    stage = await park_of(databases)
    place = await counted_account(databases, division="320206", sector="steel")
    await stored(databases, place)
    await joined(databases, stage, place.account_id)
    await valued(
        databases, stage, YEAR, draft("enterprises", "4"), draft("above_scale_enterprises", "2"), draft("26", "3", "4"),
        draft("19", "3", "10"),
    )  # fmt: skip
    paper = Document("认定文件", "", date(2024, 1, 1))
    for kind, given in (
        (ProgrammeKind.PLATFORM, {"park_id": stage.park.id}), (ProgrammeKind.PLATFORM, {}),
        (ProgrammeKind.GREEN_FACTORY, {"account_id": place.account_id}),
        (ProgrammeKind.GREEN_SUPPLY_CHAIN, {"account_id": place.account_id}),
    ):  # fmt: skip
        async with databases.write(stage.clerk) as write:
            await service.register_item(
                write, stage.clerk, kind=kind, name="登记对象", division_code="320206", status=EntryStatus.COMPLETED,
                effective_on=date(2024, 6, 1), document=paper, **given,
            )  # fmt: skip
    found = await computed(databases, stage)
    assert (found["12"].quantity, found["12"].is_lower_bound) == (1, True)
    assert (found["10"].numerator, found["10"].denominator, found["10"].is_lower_bound) == (1, 2, True)
    # What somebody proved is not taken away by what accounts alone would say.
    assert (found["26"].kind, found["26"].quantity) == (ValueKind.ENTERED, 75)
    # Nor by the sum of one member of four, which proves nothing.
    assert (found["19"].kind, found["19"].quantity, found["19"].is_complete) == (ValueKind.ENTERED, 30, True)
    assert (found["annual_energy"].kind, found["annual_energy"].is_complete) == (ValueKind.COMPUTED, False)


async def test_the_operator_sees_the_sum_and_not_what_others_add(databases: Databases) -> None:
    stage = await park_of(databases)
    place = await counted_account(databases, division="320206", sector="steel")
    await stored(databases, place)
    await joined(databases, stage, place.account_id)
    found = await computed(databases, stage)
    operator = stage.operator.scope
    async with databases.read(operator) as read:
        seen = {each.item: each.id for each in await queries.values(read, operator, stage.park.id, YEAR)}
        assert seen == {item: each.id for item, each in found.items()}
        assert await queries.parts(read, operator, list(seen.values())) == [[] for _ in seen]


async def test_who_knows_of_disclosures_feeds_their_share(
    databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = await park_of(databases)
    places = [await counted_account(databases, division="320206", sector="steel") for _ in range(3)]
    for at, place in enumerate(places):
        await joined(databases, stage, place.account_id, large=at < 2)
    await valued(databases, stage, YEAR, draft("enterprises", "4"), draft("above_scale_enterprises", "2"))

    async def knowing(_read, _scope, ids, _year):
        return {each for each in ids if each in {places[0].account_id, places[2].account_id}}

    monkeypatch.setattr(ports, "_disclosures", [knowing])
    monkeypatch.setattr(ports, "_footprints", [knowing])
    found = await computed(databases, stage)
    assert (found["9"].numerator, found["9"].denominator) == (1, 2)
    assert (found["8"].numerator, found["8"].denominator) == (2, 4)


async def test_published_disclosures_are_counted_of_the_enterprises_above_scale(
    databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ports, "_disclosures", [park_facts.disclosed])
    stage = await park_of(databases)
    held = await held_account(databases, division="320206")
    other = await held_account(databases, division="320206")
    body = await identity.verifier(databases)
    await identity.engaged(databases, held.holder, body)
    await disclosed(databases, held, body)
    for one in (held, other):
        await joined(databases, stage, one.id)
    await valued(databases, stage, YEAR, draft("above_scale_enterprises", "4"))
    found = await computed(databases, stage)
    assert (found["9"].numerator, found["9"].denominator, found["9"].quantity) == (1, 4, 25)


async def test_a_member_is_there_once_at_a_time(databases: Databases) -> None:
    stage = await park_of(databases)
    place = await counted_account(databases, division="320206", sector="steel")
    member_id = await joined(databases, stage, place.account_id)
    with pytest.raises(ParkMemberOverlap):
        await joined(databases, stage, place.account_id)
    async with databases.write(stage.clerk) as write:
        ended = await service.leave_park(write, stage.clerk, member_id, ends_on=date(2023, 6, 30))
    assert ended.ends_on == date(2023, 6, 30)
    with pytest.raises(ParkMemberEnded):
        async with databases.write(stage.clerk) as write:
            await service.leave_park(write, stage.clerk, member_id, ends_on=date(2023, 7, 1))
    async with databases.write(stage.clerk) as write:
        await service.join_park(
            write, stage.clerk, stage.park.id, account_id=place.account_id, starts_on=date(2023, 7, 1),
            is_above_scale=False,
        )  # fmt: skip


async def test_programmes_are_counted_as_they_stood_on_a_day(databases: Databases) -> None:
    division = "320214"
    bureau = await identity.authority(databases, division=division)
    paper = Document("虚拟电厂注册通知", "", date(2025, 1, 1))
    scope = bureau.scope
    stage = await park_of(databases, division=division)

    async def register(kind: ProgrammeKind, status: EntryStatus, **given) -> UUID:
        async with databases.write(scope) as write:
            found = await service.register_item(
                write, scope, kind=kind, name="登记对象", division_code=division, status=status,
                effective_on=date(2025, 3, 1), document=paper, **given,
            )  # fmt: skip
        return found.id

    await register(ProgrammeKind.POWER_PLANT, EntryStatus.REGISTERED, capacity=Decimal("2.5"), park_id=stage.park.id)
    await register(ProgrammeKind.POWER_PLANT, EntryStatus.REGISTERED, capacity=Decimal(4))
    factory = await register(ProgrammeKind.FACTORY, EntryStatus.BUILDING)
    async with databases.write(scope) as write:
        await service.update_item(
            write, scope, factory, status=EntryStatus.COMPLETED, effective_on=date(2025, 9, 1), document=paper
        )

    async def found(on: date) -> dict[str, Decimal]:
        async with databases.read(scope) as read:
            rows = await service.progress(read, scope, under=stage.park.division_path, on=on)
        return {each.target.measure: each.found for each in rows}

    early, late = await found(date(2025, 6, 1)), await found(date(2025, 9, 1))
    assert (early["factories_selected"], early["factories_completed"]) == (1, 0)
    assert (late["factories_selected"], late["factories_completed"]) == (1, 1)
    # Capacity is counted of the plants in parks.
    assert (late["power_plants_registered"], late["adjustable_capacity"]) == (2, Decimal("2.5"))
    assert (await found(date(2025, 2, 1)))["power_plants_registered"] == 0
