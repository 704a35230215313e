"""Facts from the market and the ledger: duties done in time, what lacks to settle, reductions retired, power claimed."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from factories import quotas
from factories.inventory import add_records, add_source, compute, make_place
from factories.ledger import issued
from factories.scores import Year, made_firm

from backend.emissions import service as emissions
from backend.kit.clock import now
from backend.kit.db import Databases
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.ledger import service as ledger
from backend.ledger.values import CEA, Reason, Selection
from backend.quotas import rules, service
from backend.quotas.rules import DutyKind
from backend.scores.running.gathering import gather
from backend.scores.values import Fact, Quality

SYSTEM = Scope.system("wuxi")


async def facts(databases: Databases, account_id: Any, year: int, **given: Any) -> dict[str, Fact]:
    async with databases.read(SYSTEM) as read:
        return (await gather(read, SYSTEM, [account_id], year, **given))[account_id]


async def test_who_has_no_unit_in_the_market_has_no_facts_of_quotas(databases: Databases) -> None:
    firm = await made_firm(databases)
    found = await facts(databases, firm.id, 2025)
    assert {"duties_on_time", "quota_gap"} & found.keys() == set()


async def test_what_lacks_to_settle_is_a_share_of_what_is_owed(databases: Databases) -> None:
    plant = await quotas.regulated(databases)
    await quotas.known_year(databases, plant, 2024, "1000")
    empty = (await facts(databases, plant.id, 2024))["quota_gap"]
    assert (empty.value, empty.quality) == (Decimal(100), Quality.VERIFIED)
    assert [each.kind for each in empty.sources] == ["QuotaVerified"]
    await quotas.given_units(databases, plant, 600, vintage=2024)
    assert (await facts(databases, plant.id, 2024))["quota_gap"].value == Decimal(40)
    # A vintage that cannot settle 2024 closes no gap.
    await quotas.given_units(databases, plant, 300, vintage=2018)
    assert (await facts(databases, plant.id, 2024))["quota_gap"].value == Decimal(40)
    async with databases.write(plant.scope) as write:
        await service.surrender(
            write, plant.scope, account_id=plant.id, year=2024, parts=[service.Part(CEA, Decimal(500))]
        )
    after = (await facts(databases, plant.id, 2024))["quota_gap"]
    assert after.value == Decimal(40), "what settled and what is at hand cover as much as before"
    assert [each.kind for each in after.sources] == ["QuotaVerified", "UnitMovement"]
    await quotas.given_units(databases, plant, 400, vintage=2024)
    assert (await facts(databases, plant.id, 2024))["quota_gap"].value == Decimal(0)


async def test_what_lacks_agrees_with_the_position(databases: Databases) -> None:
    plant = await quotas.regulated(databases)
    await quotas.known_year(databases, plant, 2024, "1000")
    await quotas.given_units(databases, plant, 123, vintage=2024)
    async with databases.read(plant.scope) as read:
        position = await service.position(read, plant.scope, plant.id, 2024)
    found = (await facts(databases, plant.id, 2024))["quota_gap"]
    assert position.gap == 877
    assert found.value == Decimal("87.7")


async def test_an_obligation_that_cannot_be_told_is_missing(databases: Databases) -> None:
    plant = await quotas.regulated(databases)
    found = (await facts(databases, plant.id, 2024))["quota_gap"]
    assert (found.value, found.quality) == (None, Quality.MISSING)


async def test_a_gap_of_a_past_moment_is_told_only_when_nothing_was_owed(databases: Databases) -> None:
    plant = await quotas.regulated(databases)
    await quotas.known_year(databases, plant, 2024, "1000")
    found = await facts(databases, plant.id, 2024, as_of=now() - timedelta(hours=1))
    assert "quota_gap" not in found, "the unit itself was not known an hour ago"


async def test_duties_done_in_time_are_a_share_of_those_due(databases: Databases) -> None:
    plant = await quotas.regulated(databases)

    async def done(duty: DutyKind, on: date, month: int | None = None) -> None:
        async with databases.write(plant.scope) as write:
            await service.record_duty(
                write, plant.scope, account_id=plant.id, year=2024, duty=duty, month=month, done_on=on
            )

    async with databases.read(plant.scope) as read:
        calendar = await service.calendar(read, plant.scope, plant.id, 2024)
    due = [e for e in calendar if e.state is rules.DutyState.LATE and e.duty.kind not in rules.OFFICIAL]
    assert len(due) < sum(each.state is rules.DutyState.LATE for each in calendar), (
        "the authority's are not held against it"
    )
    late = (await facts(databases, plant.id, 2024))["duties_on_time"]
    assert late.value == 0
    assert f"0 of {len(due)}" in late.note.en
    await done(DutyKind.MONTHLY_FILING, date(2024, 2, 10), 1)
    await done(DutyKind.MONTHLY_FILING, date(2025, 2, 10), 2)  # too late
    await done(DutyKind.ANNUAL_REPORT, date(2025, 3, 31))
    found = (await facts(databases, plant.id, 2024))["duties_on_time"]
    assert found.value == (Decimal(200) / len(due)).quantize(Decimal("0.000001")).normalize()
    assert [each.kind for each in found.sources] == ["QuotaDutyEntry"] * 3


async def test_retired_reductions_count_for_their_year_and_not_once_reversed(databases: Databases) -> None:
    firm = await made_firm(databases, years={2025: Year()})
    await issued(databases, firm.id, "CCER", 500, vintage=2025)
    async with databases.write(firm.scope) as write:
        moved = await ledger.retire(
            write, firm.scope, firm.id, [Selection("CCER", Decimal(250))], Reason(purpose="disclosure", period=2025)
        )
        await ledger.retire(
            write, firm.scope, firm.id, [Selection("CCER", Decimal(50))], Reason(purpose="disclosure", period=2024)
        )
    found = (await facts(databases, firm.id, 2025))["neutralised_share"]
    assert found.value == Decimal(25)
    assert [(each.kind, each.version) for each in found.sources] == [
        ("Inventory", "1"), ("UnitMovement", str(moved[0].number)),
    ]  # fmt: skip


async def test_claimed_power_is_a_share_of_what_was_bought(databases: Databases) -> None:
    place = await make_place(databases)
    source = await add_source(databases, place, "E1", "purchased_electricity", "MWh")
    await add_records(databases, place, source, "MWh", {f"2025-{month:02d}": "100" for month in range(1, 13)})
    movement, scope = new_id(), place.enterprise()
    part = emissions.ClaimPart(Decimal(300), None, str(new_id()), ((1, 300),), "P1", "wind")
    async with databases.write(scope) as write:
        await emissions.claim_energy(
            write, scope, place.account_id, 2025, Decimal(300), movement, emissions.ClaimFacts(9, "GEC", (part,))
        )
    await compute(databases, place)
    found = (await facts(databases, place.account_id, 2025))["green_power_share"]
    assert found.value == Decimal(25)
    assert [(each.kind, each.id) for each in found.sources][1:] == [("EnergyClaim", str(movement))]
