"""The monthly series of a division: sums, growth of like with like, coverage, when data came in."""

from datetime import date
from decimal import Decimal

import pytest
from factories import identity
from factories.identity import authority
from factories.monitoring import growing, tonnes
from factories.regions import AT, counted_account, roll_all, store_inventory

from backend.kit.db import Databases
from backend.kit.errors import Forbidden
from backend.monitoring import service
from backend.monitoring.errors import SeriesPeriodInvalid, SeriesSectorUnknown
from backend.tenants.errors import DivisionUnknown

D = Decimal
COUNTY, CITY = "520422", "520400"


async def test_a_county_and_its_sectors(databases: Databases) -> None:
    grown = await growing(databases, COUNTY)
    power = await counted_account(databases, "guizhou", division=COUNTY, sector="power")
    await store_inventory(databases, power, 2024, 1, tonnes("5000", range(1, 4), "2"), state="verified")
    await roll_all(databases, "guizhou")
    async with databases.read(grown.scope) as read:
        found = {
            each.sector: each
            for each in await service.series(
                read, grown.scope, COUNTY, date(2024, 1, 1), date(2024, 7, 1), is_by_sector=True
            )
        }
    whole, steel, plant = found[""], found["steel"], found["power"]
    assert (whole.open_accounts, whole.latest_month, whole.latest_input_at) == (2, date(2024, 6, 1), AT)
    march = whole.months[2]
    assert (march.accounts, march.verified_accounts, march.scope1, march.scope2_location) == (2, 1, D(5088), D(22))
    # What the plant burns is the scope 2 of others; its own series counts it.
    assert (march.counted, march.verified) == (D(110), D(5002))
    assert plant.months[2].counted == D(5002)
    # The plant is new to the books: no growth.
    assert (march.growth.percent, march.growth.before, march.coverage) == (D("8.0000"), D(100), D("100.0000"))
    assert plant.months[2].growth.percent is None
    july = whole.months[6]
    assert (july.accounts, july.growth.percent, july.coverage) == (0, None, D("0.0000"))
    assert (steel.to_date.percent, len(steel.to_date.months)) == (D("8.0000"), 6)
    assert {"cement"} & found.keys() == set()


async def test_a_city_beside_its_counties_and_what_is_refused(databases: Databases) -> None:
    grown = await growing(databases, "520423", years=(2020, 2021))
    scope = (await authority(databases, tenant="guizhou", division=CITY)).scope
    first, last = date(2021, 1, 1), date(2021, 6, 1)
    async with databases.read(scope) as read:
        found = await service.series(read, scope, CITY, first, last, sector="steel", is_by_division=True)
        assert {each.division_code: each.to_date.percent for each in found} == {
            CITY: D("8.0000"), "520423": D("8.0000"),
        }  # fmt: skip
        with pytest.raises(SeriesPeriodInvalid):
            await service.series(read, scope, CITY, last, first)
        with pytest.raises(SeriesPeriodInvalid):
            await service.series(read, scope, CITY, date(2018, 1, 1), last)
        with pytest.raises(SeriesSectorUnknown):
            await service.series(read, scope, CITY, first, last, sector="alchemy")
    async with databases.read(grown.scope) as read:
        with pytest.raises(DivisionUnknown):
            await service.series(read, grown.scope, CITY, first, last)
    for stranger in (
        await identity.enterprise(databases, tenant="guizhou"), await identity.bank(databases, tenant="guizhou")
    ):  # fmt: skip
        async with databases.read(stranger.scope) as read:
            with pytest.raises(Forbidden):
                await service.series(read, stranger.scope, "520423", first, last)
