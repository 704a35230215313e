"""A division's work on one screen: what it counts, how little it asks for it, and of whom."""

from typing import Any

import pytest
from factories import accounts, desks, identity
from factories.api import Client
from sqlalchemy import event

from backend.console.city import queries
from backend.kit.db import Databases
from backend.kit.errors import Forbidden, NotFound

DIVISION, ELSEWHERE = "320281", "320282"
MOST_STATEMENTS = 5


def sums(shown: dict[str, Any]) -> dict[str, int]:
    """Return what the screen counts, of each state of verification too."""
    found = {name: shown[name] for name in ("applications", "assignmentsOpen", "assignmentsLate")}
    return found | {each["state"]: each["accounts"] for each in shown["verification"]}


async def test_what_waits_is_counted_in_at_most_five_statements(databases: Databases, client: Client) -> None:
    bureau = await identity.authority(databases, division=DIVISION)
    officer = await client.signed_in(bureau)
    year = 2026  # whose desk verifies the inventories of 2025

    async def shown() -> tuple[dict[str, Any], int]:
        statements: list[str] = []

        def note(*seen: Any) -> None:
            statements.append(seen[2])

        engine = databases.engine("wuxi").sync_engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            found = await officer.named("CityDesk", divisionCode=DIVISION, year=year)
        finally:
            event.remove(engine, "before_cursor_execute", note)
        asked = [each for each in statements if "set_config" not in each and "revoked_token" not in each]
        return found["cityDesk"], len(asked)

    before, _ = await shown()
    firm = await desks.working(databases, DIVISION)
    await desks.submitted(databases, firm)
    await desks.applied(databases, division_code=DIVISION)
    await desks.proposed(databases, bureau, firm.held, await identity.verifier(databases))
    missing = await accounts.held_account(databases, division=DIVISION)
    await desks.overdue(databases, bureau, missing, await identity.verifier(databases), 2)
    after, count = await shown()
    assert count <= MOST_STATEMENTS, count
    grown = {name: number - sums(before).get(name, 0) for name, number in sums(after).items()}
    assert {name: each for name, each in grown.items() if each} == {
        "applications": 1, "assignmentsOpen": 2, "assignmentsLate": 1, "SUBMITTED": 1, "MISSING": 1,
    }  # fmt: skip
    assert (after["year"], after["verifiedYear"]) == (2026, 2025)
    assert after["oldestApplication"] is not None


async def test_a_city_counts_what_lies_below_and_nobody_else_asks(databases: Databases) -> None:
    city, neighbour = await identity.authority(databases), await identity.authority(databases, division=ELSEWHERE)
    await desks.applied(databases, division_code=DIVISION)
    async with databases.read(city.scope) as read:
        assert (await queries.work(read, city.scope, DIVISION, 2026)).applications >= 1
    with pytest.raises(NotFound):
        async with databases.read(neighbour.scope) as read:
            await queries.work(read, neighbour.scope, DIVISION, 2026)
    for stranger in (await identity.enterprise(databases, division=DIVISION), await identity.bank(databases)):
        with pytest.raises(Forbidden):
            async with databases.read(stranger.scope) as read:
                await queries.work(read, stranger.scope, DIVISION, 2026)
