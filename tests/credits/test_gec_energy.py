"""A plant's energy stays claimed as long as any unit of it stands somewhere, and no longer."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from factories import identity
from factories.accounts import held_account
from factories.gec import Desk, code, make_desk, project, row
from factories.unit_files import Desk as UnitDesk
from factories.unit_files import ccer_row, frame
from factories.unit_files import make_desk as make_unit_desk
from sqlalchemy import text

from backend.kit.db import Databases
from backend.kit.scope import Scope
from backend.ledger import service as ledger
from backend.ledger.values import CCER, Reason

MONTH = date(2024, 12, 1)
WHY = Reason(note="误导入")


@pytest.fixture
async def desk(databases: Databases, servers: Any) -> Desk:
    return await make_desk(databases, servers.settings)


@pytest.fixture
async def unit_desk(databases: Databases, servers: Any) -> UnitDesk:
    return await make_unit_desk(databases, servers.settings, CCER)


def lines(desk: Desk, first: int, last: int, of: str, **changed: Any) -> list[dict[str, Any]]:
    return [row(code(number, MONTH, of), desk.name, MONTH, **changed) for number in range(first, last + 1)]


async def standing(databases: Databases, of: str) -> list[str]:
    """Return the uses that stand on a plant's energy."""
    extent = ledger.Extent(f"energy:{of}", date(2024, 1, 1).toordinal(), date(2026, 12, 31).toordinal())
    system = Scope.system("wuxi")
    async with databases.read(system) as read:
        return [each.use.value for each in await ledger.claimed(read, system, [extent])]


async def take_back(databases: Databases, account_id: UUID, division: str = "320200") -> None:
    """Reverse the import into an account, as the authority of a division."""
    async with databases.read(Scope.system("wuxi")) as read:
        movement = await read.value(
            text("select id from ledger_movement where to_account_id = :id and kind = 'import'"), {"id": account_id}
        )
    scope = (await identity.authority(databases, division=division)).scope
    async with databases.write(scope) as write:
        await ledger.correct(write, scope, movement, WHY)


@pytest.mark.parametrize("technology", ["海上风电", "陆上风电", "集中式光伏"])
async def test_the_energy_is_free_when_its_last_certificate_is_taken_back(
    desk: Desk, unit_desk: UnitDesk, servers: Any, technology: str
) -> None:
    of = project()
    other = await make_desk(desk.databases, servers.settings)
    assert (await desk.imported(lines(desk, 1, 3, of, technology=technology)))["state"] == "stored"
    assert (await other.imported(lines(other, 4, 6, of, technology=technology)))["state"] == "stored"
    offshore = ccer_row(frame(), 1, 9, unit_desk.name, methodology="CCER-01-002-V01", plant_code=of)

    # The first import made the claim; the second one's certificates stand on it still.
    await take_back(desk.databases, desk.held.id)
    assert await standing(desk.databases, of) == ["gec"]
    assert (await unit_desk.imported([offshore]))["problems"][0]["code"] == "energy_certified"
    await take_back(desk.databases, other.held.id)
    assert await standing(desk.databases, of) == []
    assert (await unit_desk.imported([offshore]))["state"] == "stored"
    assert (await desk.imported(lines(desk, 1, 3, of)))["problems"][0]["code"] == "ccer_registered"

    # And the other way round.
    await take_back(desk.databases, unit_desk.held.id)
    assert await standing(desk.databases, of) == []
    assert (await desk.imported(lines(desk, 1, 3, of)))["state"] == "stored"


async def test_what_a_part_of_the_jurisdiction_cannot_tell_stays_claimed(databases: Databases, servers: Any) -> None:
    of = project()
    district = await held_account(databases, division="320206")
    desk = await make_desk(databases, servers.settings, held=district)
    await desk.imported(lines(desk, 1, 3, of))
    await take_back(databases, district.id, "320206")
    assert await standing(databases, of) == ["gec"]
