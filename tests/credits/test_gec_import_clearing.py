"""An import between two databases: whatever fails, and wherever, the codes are in one jurisdiction's books or free."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from factories.gec import Desk, code, csv_of, make_desk, project, row
from factories.ledger import held
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from backend.credits.gec import importing
from backend.kit.db import Databases
from backend.kit.scope import Scope
from backend.ledger import service as ledger
from backend.ledger.clearing import sessions, tickets
from backend.ledger.values import GEC, BatchSpec, OriginRange

MONTH = date(2026, 3, 1)


@pytest.fixture
async def desk(databases: Databases, servers: Any) -> Desk:
    return await make_desk(databases, servers.settings)


@pytest.fixture
async def chengdu(databases: Databases, servers: Any) -> Desk:
    return await make_desk(databases, servers.settings, tenant="chengdu")


def lines(desk: Desk, first: int, last: int, of: str) -> list[dict[str, Any]]:
    return [row(code(number, MONTH, of), desk.name, MONTH) for number in range(first, last + 1)]


async def certificates(desk: Desk) -> dict[str, Decimal]:
    return await held(desk.databases, desk.held.id, GEC, tenant=desk.scope.tenant)


async def problem_of(desk: Desk, rows: list[dict[str, Any]]) -> str:
    """Import, and return the first problem's code; nothing when the file came in."""
    return next((each["code"] for each in (await desk.imported(rows))["problems"]), "")


async def broken(*_: Any, **__: Any) -> None:
    message = "cut off"
    raise ConnectionError(message)


async def aged(owner: str, desk: Desk, hours: int) -> None:
    """Make the account's tickets older, as only the owner of the tables can."""
    engine = create_async_engine(owner)
    async with engine.begin() as connection:
        await connection.execute(text("set local carbon.kind = 'system'"))
        await connection.execute(
            text("update clearing_ticket set opened_at = opened_at - make_interval(hours => :hours)"
                 " where account_id = :id"), {"id": desk.held.id, "hours": hours},
        )  # fmt: skip
    await engine.dispose()


async def states(desk: Desk) -> list[str]:
    async with desk.databases.read(Scope.system(desk.scope.tenant)) as read:
        rows = await read.rows(
            text("select state from clearing_ticket where account_id = :id order by opened_at, id"),
            {"id": desk.held.id},
        )
    return [each.state for each in rows]


@pytest.mark.parametrize("step", ["import_units", "keep", "finish"])
async def test_a_failure_between_the_steps_leaves_nothing(
    desk: Desk, chengdu: Desk, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    of = project()
    accepted = await desk.ask(csv_of(lines(desk, 1, 20, of)))
    where: Any = {"import_units": ledger, "keep": ledger.Cleared, "finish": importing}[step]
    with monkeypatch.context() as patched:
        patched.setattr(where, step, broken)
        with pytest.raises(ConnectionError):
            await desk.run(accepted)
    assert await certificates(desk) == {}
    assert await states(desk) == ["abandoned"]
    assert await problem_of(chengdu, lines(chengdu, 20, 20, of)) == ""
    assert (await desk.run(accepted))["problems"][0]["code"] == "held_elsewhere"


async def test_a_job_run_again_after_a_failure_gets_its_codes(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    accepted = await desk.ask(csv_of(lines(desk, 1, 20, project())))
    with monkeypatch.context() as patched:
        patched.setattr(importing, "finish", broken)
        patched.setattr(sessions, "_give_up", nothing)  # killed: nothing was given back
        with pytest.raises(ConnectionError):
            await desk.run(accepted)
    assert await states(desk) == ["open"]
    assert (await desk.run(accepted))["state"] == "stored"
    assert await states(desk) == ["open", "kept"]
    assert await certificates(desk) == {"available": Decimal(20)}


async def nothing(*_: Any, **__: Any) -> None:
    """A killed process gives nothing back."""


async def test_a_crash_after_reserving_is_settled_by_the_schedule(
    desk: Desk, chengdu: Desk, servers: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    of = project()
    accepted = await desk.ask(csv_of(lines(desk, 1, 20, of)))
    with monkeypatch.context() as patched:
        patched.setattr(ledger, "import_units", broken)
        patched.setattr(sessions, "_give_up", nothing)
        with pytest.raises(ConnectionError):
            await desk.run(accepted)
    await ledger.give_back(desk.databases, servers.settings, "wuxi")  # too young: it may still be at work
    assert await problem_of(chengdu, lines(chengdu, 1, 2, of)) == "held_elsewhere"
    await aged(servers.addresses["wuxi"].owner.get_secret_value(), desk, 2)
    await ledger.give_back(desk.databases, servers.settings, "wuxi")
    assert await states(desk) == ["abandoned"]
    assert await problem_of(chengdu, lines(chengdu, 1, 2, of)) == ""
    await aged(servers.addresses["wuxi"].owner.get_secret_value(), desk, 24)
    await ledger.give_back(desk.databases, servers.settings, "wuxi")
    assert await states(desk) == ["returned"]


async def test_a_kept_ticket_is_never_given_up(desk: Desk, chengdu: Desk, servers: Any) -> None:
    of = project()
    await desk.imported(lines(desk, 1, 20, of))
    await aged(servers.addresses["wuxi"].owner.get_secret_value(), desk, 100_000)
    await ledger.give_back(desk.databases, servers.settings, "wuxi")
    assert await states(desk) == ["kept"]
    assert await problem_of(chengdu, lines(chengdu, 1, 2, of)) == "held_elsewhere"


async def test_the_schedule_lets_an_import_finish_that_is_just_keeping(desk: Desk, servers: Any) -> None:
    spec = BatchSpec(origins=(OriginRange("GEC", project(), 1, 3),))
    async with (
        ledger.cleared(desk.databases, servers.settings, desk.scope, desk.held.id, GEC, [spec]) as cleared,
        desk.databases.write(desk.scope) as write,
    ):
        await aged(servers.addresses["wuxi"].owner.get_secret_value(), desk, 2)
        await cleared.keep(write, await ledger.import_units(write, desk.scope, desk.held.id, GEC, [(Decimal(3), spec)]))
        await ledger.give_back(desk.databases, servers.settings, "wuxi")
    assert await states(desk) == ["kept"]
    assert await certificates(desk) == {"available": Decimal(3)}


async def test_a_ticket_given_up_can_be_kept_no_more(desk: Desk, servers: Any) -> None:
    """An import that sleeps longer than its reservation lives must not wake up and store."""
    spec = BatchSpec(origins=(OriginRange("GEC", project(), 1, 3),))
    with pytest.raises(tickets.ClearingLapsed):  # noqa: PT012 - the order of the steps is what is tested
        async with (
            ledger.cleared(desk.databases, servers.settings, desk.scope, desk.held.id, GEC, [spec]) as cleared,
            desk.databases.write(desk.scope) as write,
        ):
            moved = await ledger.import_units(write, desk.scope, desk.held.id, GEC, [(Decimal(3), spec)])
            async with desk.databases.write(Scope.system("wuxi")) as schedule:
                assert await tickets.abandon(schedule, cleared.tickets) == list(cleared.tickets)
            await cleared.keep(write, moved)
    assert await certificates(desk) == {}


async def test_tickets_are_the_holders_own(desk: Desk, chengdu: Desk, databases: Databases, servers: Any) -> None:
    other = await make_desk(databases, servers.settings)
    await desk.imported(lines(desk, 1, 2, project()))
    async with databases.read(other.scope) as read:
        assert await read.value(text("select count(*) from clearing_ticket")) == 0
