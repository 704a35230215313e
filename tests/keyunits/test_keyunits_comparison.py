"""Benchmarking within sectors of five and more, quarters, and efficiency codes by a placeholder scheme."""

from datetime import date
from decimal import Decimal

import pytest
from factories.accounts import held_account
from factories.figures import output, recorded
from factories.keyunits import PAPER, Bureau, bureau_of, enlisted, yeared

from backend.keyunits import queries_standing, service
from backend.keyunits.errors import KeyUnitLevelsCrossed, KeyUnitNothingToCompare, KeyUnitSchemeMissing
from backend.keyunits.values import Metric, Quarter, ReferenceKind, ReferenceMetric, ReferenceOutcome
from backend.kit.db import Databases
from backend.tenants.errors import DivisionUnknown

DIVISION = "320282"  # a division whose sectors no other test compares
YEAR = 2021


async def test_five_accounts_of_a_sector_are_compared_and_four_are_not(databases: Databases) -> None:
    bureau = await bureau_of(databases, division=DIVISION)
    units = []
    for energy, direct in (("100", "100"), ("200", "200"), ("300", "300"), ("400", "400")):
        held = await held_account(databases, division=DIVISION, sector="chemicals")
        await yeared(databases, held, energy, direct, year=YEAR, value_added="1000000")
        units.append(held)
    lacking = await held_account(databases, division=DIVISION, sector="chemicals")
    await yeared(databases, lacking, "500", "500", year=YEAR)  # no value added
    with pytest.raises(KeyUnitNothingToCompare):
        async with databases.write(bureau.clerk) as write:
            await service.compare_sectors(write, bureau.clerk, year=YEAR)
    fifth = await held_account(databases, division=DIVISION, sector="chemicals")
    await yeared(databases, fifth, "1000", "900", year=YEAR, location="100", value_added="1000000")
    async with databases.write(bureau.clerk) as write:
        rows = await service.compare_sectors(write, bureau.clerk, year=YEAR)
    # Per 10,000 yuan: 1, 2, 3, 4 and 10.
    assert [(each.metric, each.accounts, each.low, each.middle, each.high) for each in rows] == [
        (Metric.CARBON, 5, Decimal(2), Decimal(3), Decimal(4)), (Metric.ENERGY, 5, Decimal(2), Decimal(3), Decimal(4)),
    ]  # fmt: skip
    for held in (units[0], fifth, lacking):
        await enlisted(databases, bureau, held, year=YEAR)

    async def standing(held) -> list:
        async with databases.read(held.scope) as read:
            return (await service.standings(read, held.scope, [(held.id, YEAR)]))[0]

    first, last, none = await standing(units[0]), await standing(fifth), await standing(lacking)
    assert [(each.intensity, each.quarter) for each in first] == [(Decimal(1), Quarter.FIRST)] * 2
    assert [(each.intensity, each.quarter) for each in last] == [(Decimal(10), Quarter.LAST)] * 2
    assert [(each.intensity, each.benchmark, each.quarter) for each in none] == [(None, None, None)] * 2
    async with databases.write(bureau.clerk) as write:
        given = await service.give_codes(write, bureau.clerk, year=YEAR)
    assert given == 2
    async with databases.read(bureau.clerk) as read:
        codes = await queries_standing.codes(read, bureau.clerk, [units[0].id, fifth.id, lacking.id])
    assert [None if each is None else (each.level, each.is_placeholder) for each in codes] == [
        (1, True),
        (5, True),
        None,
    ]
    assert codes[0] is not None
    assert codes[0].ratio == Decimal("0.33333333333333333333")
    # An enterprise of another division sees nothing of the comparison, one within sees it.
    stranger = await held_account(databases, division="320205", sector="chemicals")
    async with databases.read(stranger.scope) as read:
        seen = await queries_standing.benchmarks(read, stranger.scope, year=YEAR, path=rows[0].division_path)
    assert seen == []
    async with databases.read(lacking.scope) as read:
        assert len(await queries_standing.benchmarks(read, lacking.scope, year=YEAR, path=rows[0].division_path)) == 2


async def test_no_code_is_given_where_no_document_names_one(databases: Databases) -> None:
    bureau = await bureau_of(databases, tenant="guizhou")
    with pytest.raises(KeyUnitSchemeMissing):
        async with databases.write(bureau.clerk) as write:
            await service.give_codes(write, bureau.clerk, year=YEAR)


async def test_reference_levels_hold_below_their_division(databases: Databases) -> None:
    city, district = await bureau_of(databases), await bureau_of(databases, division=DIVISION)
    held = await held_account(databases, division=DIVISION, sector="chemicals")
    product = f"烧碱{held.account.number}"
    await yeared(databases, held, "370", "900", year=2022)
    await recorded(databases, held, 2022, output(product, "1000"))

    async def enter(bureau: Bureau, division: str, kind: ReferenceKind, quantity: str) -> None:
        async with databases.write(bureau.clerk) as write:
            await service.record_reference(
                write, bureau.clerk, division_code=division, product=product, product_unit="t",
                metric=ReferenceMetric.ENERGY, kind=kind, quantity=Decimal(quantity), starts_on=date(2022, 1, 1),
                document=PAPER,
            )  # fmt: skip

    async def lies() -> ReferenceOutcome:
        async with databases.read(held.scope) as read:
            ((energy, _),) = await service.reference_standings(read, held.scope, [(held.id, 2022)])
        return energy.outcome

    assert await lies() is ReferenceOutcome.UNKNOWN
    await enter(city, "320200", ReferenceKind.LEADING, "350")
    await enter(city, "320200", ReferenceKind.BASELINE, "400")
    assert await lies() is ReferenceOutcome.BETWEEN
    with pytest.raises(KeyUnitLevelsCrossed):
        await enter(city, "320200", ReferenceKind.LEADING, "400.1")
    with pytest.raises(KeyUnitLevelsCrossed):
        await enter(city, "320200", ReferenceKind.BASELINE, "349")
    await enter(district, DIVISION, ReferenceKind.BASELINE, "360")  # a stricter one of its own
    assert await lies() is ReferenceOutcome.BEHIND
    with pytest.raises(DivisionUnknown):
        await enter(district, "320200", ReferenceKind.BASELINE, "500")
    async with databases.read(district.clerk) as read:  # a district's people see the city's level
        found = await queries_standing.references(read, district.clerk, on=date(2022, 6, 1), products=[product])
    assert len(found) == 3
    neighbour = await bureau_of(databases, division="320205")
    async with databases.read(neighbour.clerk) as read:
        found = await queries_standing.references(read, neighbour.clerk, on=date(2022, 6, 1), products=[product])
    assert {each.division_code for each in found} == {"320200"}
