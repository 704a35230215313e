"""How an account stood in its compliance years by what was known at a moment; and units over a span of days."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from factories import quotas as make
from factories.quotas import Regulated

from backend.kit.clock import now, today
from backend.kit.db import Databases
from backend.ledger import service as ledger
from backend.ledger.values import CEA, Bucket
from backend.quotas import service
from backend.quotas.service import YearStanding
from backend.quotas.values import ObligationBasis

D = Decimal


async def stood(
    databases: Databases, plant: Regulated, at: datetime, years: tuple[int, ...] = (2024,)
) -> list[YearStanding]:
    async with databases.read(plant.scope) as read:
        span = ledger.Span(date(2020, 1, 1), date(2099, 1, 1), at)
        flows = await ledger.flows(read, plant.scope, plant.id, span, most=10)
        available: dict[UUID, Decimal] = {
            each.batch_id: each.known for each in flows.batches if each.bucket is Bucket.AVAILABLE
        }
        return await service.year_standings(read, plant.scope, plant.id, years, at, direct={}, available=available)


async def test_nothing_recorded_later_counts(databases: Databases) -> None:
    plant = await make.regulated(databases)
    start = now()
    await make.known_year(databases, plant, 2024, "1000.5")
    entered = now()
    await make.given_units(databases, plant, 1500, vintage=2024)
    given = now()
    async with databases.write(plant.scope) as write:
        receipt = await service.surrender(
            write, plant.scope, account_id=plant.id, year=2024, parts=[service.Part(CEA, D(400))]
        )
    surrendered = now()
    async with databases.write(plant.bureau) as write:
        await service.undo_surrender(
            write, plant.bureau, account_id=plant.id, receipt_id=receipt.value.id, reason="误操作"
        )
    undone = now()

    (before,) = await stood(databases, plant, start)
    assert (before.owed.basis, before.owed.obligation, before.remaining, before.gap) == (
        ObligationBasis.NONE,
        None,
        None,
        None,
    )
    (known,) = await stood(databases, plant, entered)
    assert (known.owed.basis, known.owed.obligation, known.remaining) == (ObligationBasis.ENTERED, D("1000.5"), D(1001))
    assert (known.usable_cea, known.gap) == (0, 1001)
    (held,) = await stood(databases, plant, given)
    assert (held.usable_cea, held.gap) == (1500, -499)
    (done,) = await stood(databases, plant, surrendered)
    assert (done.settled_with(CEA), done.remaining, done.usable_cea, done.gap) == (400, 601, 1100, -499)
    assert [each.on for each in done.settled] == [today()]
    (again,) = await stood(databases, plant, undone)
    assert (again.settled_with(CEA), again.remaining, again.usable_cea, again.gap) == (0, 1001, 1500, -499)
    async with databases.read(plant.scope) as read:
        present = await service.position(read, plant.scope, plant.id, 2024)
    assert (present.standing.remaining, present.usable_cea, present.gap) == (
        again.remaining,
        again.usable_cea,
        again.gap,
    )


async def test_years_without_a_unit_in_the_market_are_left_out(databases: Databases) -> None:
    plant = await make.regulated(databases, since=date(2024, 1, 1))
    found = await stood(databases, plant, now(), (2018, 2023, 2024, 2025))
    assert [each.year for each in found] == [2024, 2025]
    assert {each.duty.kind.value for each in found[0].duties} >= {"annual_report", "surrender"}
