"""A crowd that works on few accounts at once: mixed commands with keys, some of them given up half-way.

Every command carries its key as the movement's reference, so that afterwards it can be counted in the books.
"""

import asyncio
import json
import random
import sys
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from factories import identity
from factories.accounts import held_account
from factories.ledger import issued

from backend.installation import furnish
from backend.kit import idempotency
from backend.kit.db import Databases, Write
from backend.kit.errors import CarbonError, Unavailable
from backend.kit.outages import sqlstate
from backend.kit.scope import Kind, Scope
from backend.ledger import service
from backend.ledger.schema_gathering import post_gathered
from backend.ledger.values import Accepts, BatchSpec, MovementValue, Reason, Selection
from backend.tenants import provision

VERBS = (
    "send", "send", "send", "send", "transfer", "accept", "decline", "withdraw", "pledge", "release", "reserve", "free",
    "retire", "retire", "surrender", "issue", "use",
)  # fmt: skip
CODES = ("CCER", "GEC")
DEADLOCK = "40P01"


async def own_database(servers: Any, name: str, *, pool_size: int = 10) -> Databases:
    """Make a database like Wuxi's that no other test looks into."""
    database = provision.addresses(servers.settings, servers.postgres.url, name)
    await provision.provision(servers.postgres.url, name, database)
    await provision.migrate(database)
    databases = Databases({"wuxi": database.app.get_secret_value()}, pool_size=pool_size)
    await furnish(databases, servers.settings)
    return databases


@dataclass(frozen=True)
class Player:
    """An account and its holder's scope."""

    id: UUID
    scope: Scope


@dataclass
class Report:
    """What became of each key."""

    done: dict[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    given_up: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    deadlocks: int = 0

    def add(self, other: "Report") -> None:
        self.done |= other.done
        self.refused |= other.refused
        self.given_up += other.given_up
        self.failed += other.failed
        self.deadlocks += other.deadlocks


async def players(databases: Databases, number: int = 5, units: int = 4000) -> list[Player]:
    """Open accounts with units of every class; all but the last receive at once."""
    found: list[Player] = []
    for place in range(number):
        made = await held_account(databases)
        if place < number - 1:
            async with databases.write(made.scope) as write:
                await service.choose_acceptance(write, made.scope, made.id, Accepts.AUTOMATICALLY)
        for code in CODES:
            await issued(databases, made.id, code, units)
        found.append(Player(made.id, made.scope))
    return found


async def bank(databases: Databases) -> Player:
    made = await identity.organisation(databases, Kind.BANK)
    return Player(made.id, made.scope)


class Crowd:
    """Commands of one process."""

    def __init__(self, databases: Databases, players: list[Player], bank: Player, seed: int) -> None:
        self.databases = databases
        self.players = players
        self.bank = bank
        self.draw = random.Random(seed)
        self.seed = seed
        self.holds: list[tuple[UUID, str, Player, Player]] = []
        self.report = Report()
        self._count = 0

    async def work(self, commands: int, tasks: int, *, gives_up: float) -> Report:
        """Give so many commands from so many tasks; a share of them is given up half-way."""
        left = iter(range(commands))

        async def one() -> None:
            for _ in left:
                await self._command(gives_up)

        await asyncio.gather(*(one() for _ in range(tasks)))
        return self.report

    async def _command(self, gives_up: float) -> None:
        self._count += 1
        key, draw, report = f"k{self.seed}-{self._count}", self.draw, self.report
        verb, giver, taker = draw.choice(VERBS), draw.choice(self.players), draw.choice(self.players)
        units = Selection(draw.choice(CODES), Decimal(draw.randrange(1, 40)))
        hold = self.holds.pop(draw.randrange(len(self.holds))) if self.holds else None
        task = asyncio.create_task(self._do(verb, key, giver, taker, units, hold))
        if draw.random() < gives_up:
            await asyncio.sleep(draw.random() / 50)
            if not task.done():
                task.cancel()
        try:
            moved = await task
        except asyncio.CancelledError:
            report.given_up.append(key)
        except CarbonError as error:
            if isinstance(error, Unavailable):
                report.failed.append(f"{verb}: {error.code}")
            report.refused[key] = error.code
        except Exception as error:  # noqa: BLE001 - whatever it is, the test is told
            if sqlstate(error) != DEADLOCK:
                report.failed.append(f"{verb}: {error!r}")
            report.deadlocks += sqlstate(error) == DEADLOCK
        else:
            report.done[key] = str(moved.id)
            if moved.hold_id is not None and moved.kind.value in ("offer", "pledge", "reserve"):
                self.holds.append((moved.hold_id, moved.kind.value, giver, taker))

    async def _do(
        self, verb: str, key: str, giver: Player, taker: Player, units: Selection,
        hold: tuple[UUID, str, Player, Player] | None,
    ) -> MovementValue:  # fmt: skip
        reason = Reason(reference=key)
        if verb == "send" or (hold is None and verb in ("accept", "decline", "withdraw", "release", "free", "use")):
            order = service.transfer_order(giver.scope, giver.id, units, to_account_id=taker.id, reason=reason)
            return await post_gathered(self.databases, giver.scope, order, "ledger:transfer", key, {"key": key})
        scope = giver.scope
        if hold is not None and verb in ("accept", "decline", "withdraw", "release", "free", "use"):
            # By what it is, not by what was drawn: most of them should succeed.
            _, kind, giver, taker = hold
            verb = {"offer": self.draw.choice(("accept", "decline", "withdraw")), "pledge": "release"}.get(
                kind, self.draw.choice(("free", "use"))
            )
            scope = {"accept": taker.scope, "decline": taker.scope, "release": self.bank.scope}.get(verb, giver.scope)
        if verb == "issue":
            scope = Scope.system("wuxi")
        async with self.databases.write(scope) as write:
            assert await idempotency.begin(write, key, f"test:{verb}", {"key": key}) is None
            moved = await self._serve(write, scope, verb, giver, taker, units, hold, reason)
            await idempotency.finish(write, key, {"movement": str(moved.id)})
        return moved

    async def _serve(  # noqa: PLR0911 - a verb, a line
        self, write: Write, scope: Scope, verb: str, giver: Player, taker: Player, units: Selection,
        hold: tuple[UUID, str, Player, Player] | None, reason: Reason,
    ) -> MovementValue:  # fmt: skip
        hold_id = hold[0] if hold else giver.id
        match verb:
            case "transfer":
                return await service.transfer(write, scope, giver.id, units, to_account_id=taker.id, reason=reason)
            case "pledge":
                return await service.pledge(write, scope, giver.id, units, self.bank.id, reason)
            case "reserve":
                return await service.reserve(write, scope, giver.id, units, reason)
            case "issue":
                return await service.issue(write, scope, giver.id, units.class_code, Decimal(7), BatchSpec(), reason)
            case "use":
                return (await service.retire(write, scope, giver.id, [Selection("", hold_id=hold_id)], reason))[0]
            case "retire" | "surrender":
                verb_of_two: Any = getattr(service, verb)
                return (await verb_of_two(write, scope, giver.id, [units], reason))[0]
            case _:
                ending: Any = getattr(service, verb)
                return await ending(write, scope, hold_id, reason)


async def counted(databases: Databases) -> Counter[str]:
    """Return how many movements carry each reference."""
    from sqlalchemy import text  # noqa: PLC0415 - the process that only gives commands does not count

    async with databases.read(Scope.system("wuxi")) as read:
        rows = await read.rows(text("select reference, count(*) n from ledger_movement group by reference"))
    return Counter({row.reference: row.n for row in rows})


async def assert_exact(databases: Databases, report: Report) -> None:
    """Each acknowledged command is there once, a refused one left nothing, one given up at most once; the books are sound."""
    found = await counted(databases)
    assert {key: found[key] for key in report.done if found[key] != 1} == {}
    assert {key: found[key] for key in report.refused if found[key]} == {}
    assert {key: found[key] for key in report.given_up if found[key] > 1} == {}
    system = Scope.system("wuxi")
    async with databases.write(system) as write:
        there = await service.movements_by_id(write, system, [UUID(each) for each in report.done.values()])
        assert {key for key, each in report.done.items() if there[UUID(each)].reference != key} == set()
        checked = await service.check_books(write, system)
    assert checked.is_sound, checked.breaches


def main() -> None:
    """Work as a process of its own: `python ledger_load.py <JSON>`; tells its report as JSON."""
    given = json.loads(sys.argv[1])

    async def work() -> Report:
        databases = Databases({"wuxi": given["url"]}, pool_size=4)
        crowd = Crowd(
            databases, [Player(UUID(i), Scope.load(s)) for i, s in given["players"]],
            Player(UUID(given["bank"][0]), Scope.load(given["bank"][1])), given["seed"],
        )  # fmt: skip
        found = await crowd.work(given["commands"], given["tasks"], gives_up=given["gives_up"])
        await databases.close()
        return found

    print(json.dumps(vars(asyncio.run(work()))), flush=True)  # noqa: T201 - it is how the process answers


if __name__ == "__main__":
    main()
