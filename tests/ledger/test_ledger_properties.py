"""Random histories of every verb, side by side with a ledger of plain loops: same answers, same balances, same serials.

After each history the books are looked at from every side: as of each past moment, as statements, as postings, as a
chain, and by the standing invariants. The database is this file's own, because its clock is pushed: validity is moved
a day back instead of waiting a day.
"""

import random
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from factories import identity
from factories.accounts import held_account
from factories.ledger import POINTS, with_points
from factories.ledger_model import BANK, KIND_OF_HOLD, ORIGIN, SYSTEM, Kind, Model, Moved, Order, Place, Refused, Spec
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from backend.installation import furnish
from backend.kit.clock import today
from backend.kit.db import Databases, Write
from backend.kit.errors import CarbonError
from backend.kit.ids import new_id
from backend.kit.scope import Kind as CallerKind
from backend.kit.scope import Scope
from backend.ledger import queries_statement, service
from backend.ledger.values import ORIGIN as ORIGIN_ID
from backend.ledger.values import Accepts, BatchSpec, MovementValue, OriginRange, Reason, Selection
from backend.tenants import provision

D = Decimal
KINDS = {
    "CCER": Kind("CCER", 0, is_serialised=True),
    "GEC": Kind("GEC", 0, is_serialised=True, max_transfers=1),
    POINTS.code: Kind(POINTS.code, POINTS.scale, is_serialised=False),
}
CODES = tuple(KINDS)
OWNERS = (0, 0, 1, 2)
"""Accounts 0 and 1 have one owner; account 3 accepts at once."""
AUTOMATIC = 3
GIVING = ("transfer", "pledge", "reserve", "retire", "surrender")
ENDING = ("accept", "decline", "withdraw", "release", "free")
EVENTS = ("a day passes", "expire", "an offer's time is over", "lapse", "freeze", "unfreeze")
seen: Counter[str] = Counter()
"""What the histories of this run reached: verbs that were done, codes that were refused."""


@dataclass(frozen=True)
class Step:
    """One thing that happens; what its numbers mean depends on what there is by then."""

    verb: str
    account: int
    to: int
    code: int
    amount: int
    pick: int
    by: str
    odd: int


VERBS = [
    *GIVING * 6,
    *["transfer"] * 3,
    *ENDING * 5,
    *["issue", "import"] * 3,
    *["reverse"] * 5,
    *EVENTS,
    *EVENTS[2:4] * 2,
]


def steps_of(seed: int) -> list[Step]:
    """Return a history. Drawn by one seed, not step by step: Hypothesis prefers small numbers, and all would be alike."""
    draw = random.Random(seed)
    return [
        Step(
            draw.choice(VERBS), draw.randrange(4), draw.randrange(4), draw.randrange(3), draw.randrange(1, 25),
            draw.randrange(10_000), draw.choice(["quantity", "quantity", "batch", "serials", "hold"]), draw.randrange(40),
        )
        for _ in range(draw.randrange(40, 90))
    ]  # fmt: skip


class Arena:
    """The database of this file, and who acts in it. No dataclass: Hypothesis would print all of it."""

    def __init__(
        self, databases: Databases, admin: asyncpg.Connection, owners: list[identity.Made], bank: identity.Made
    ) -> None:
        self.databases = databases
        self.admin = admin
        self.system = Scope.system("wuxi")
        self.owners = owners
        self.bank = bank


@pytest.fixture(scope="session")
async def arena(servers: Any) -> AsyncIterator[Arena]:
    database = provision.addresses(servers.settings, servers.postgres.url, "proof")
    await provision.provision(servers.postgres.url, "proof", database)
    await provision.migrate(database)
    databases = Databases({"wuxi": database.app.get_secret_value()}, pool_size=2)
    await furnish(databases, servers.settings)
    await with_points(databases)
    admin = await asyncpg.connect(servers.postgres.url, database="carbon_proof")
    owners = [await identity.enterprise(databases) for _ in range(3)]
    yield Arena(databases, admin, owners, await identity.organisation(databases, CallerKind.BANK))
    await admin.close()
    await databases.close()


def order_of(step: Step, model: Model) -> Order:
    """Return what the step asks for, as things stand; now and then something foolish."""
    code = CODES[step.code]
    if step.verb in ("issue", "import"):
        return new_units(step, code)
    if step.verb == "reverse":
        return Order("reverse", movement=step.pick % len(model.movements))
    if step.verb in ENDING or (step.by == "hold" and step.verb in ("retire", "surrender", "transfer", "pledge")):
        if step.odd < 6 or open_holds(step, model):
            return on_hold(step, model)
        # Nothing to end yet: make what can be ended.
        opening = {"release": "pledge", "accept": "transfer", "decline": "transfer", "withdraw": "transfer"}
        step = replace(step, verb=opening.get(step.verb, "reserve"), by="quantity")
    actor = OWNERS[step.account] if step.odd else (OWNERS[step.account] + 1) % 3
    to = step.to if step.verb == "transfer" else None
    quantity, serials, batch = quantity_of(step, code), (), None
    mine = sorted(place[1] for place in model.balances() if place[0] == step.account and place[2] == "available")
    of_class = [number for number in mine if model.batches[number].kind.code == code] or [
        each.number for each in model.batches if each.kind.code == code or step.odd < 5
    ]
    if step.by == "batch" and of_class:
        batch = of_class[step.pick % len(of_class)]
    if step.by == "serials" and of_class:
        block = model.batches[of_class[step.pick % len(of_class)]].serials or range(1, 30)
        first = block.start + step.pick % len(block)
        serials = ((first, first + step.amount % 7), (first + 9, first + 9)) if step.pick % 2 else ((first, first + 1),)
        if step.odd == 1:
            serials = (*serials, serials[0])
        if step.odd != 2:
            quantity = None
    return Order(
        step.verb, actor, step.account, to, "NONE" if step.odd == 3 else code, quantity, serials, batch
    )  # fmt: skip


def quantity_of(step: Step, code: str) -> Decimal:
    if step.odd == 4:
        return D(0)
    if step.odd == 5:
        return D(step.amount) + D("0.125")
    return D(step.amount) / (4 if code == POINTS.code else 1)


def new_units(step: Step, code: str) -> Order:
    quantity = quantity_of(step, code)
    days = (None, 0, 2, 30)[step.pick % 4] if step.odd != 6 else -1
    vintage = (None, 2024, 2025)[step.pick % 3]
    spec = Spec(days, vintage, is_transferable=step.pick % 7 != 0, transfers_used=int(step.pick % 5 == 0))
    if step.verb == "issue":
        return Order("issue", SYSTEM, to=step.to, code=code, quantity=quantity, spec=spec)
    first, count = 1 + step.pick % 200, step.amount + int(step.odd == 7)
    spec = Spec(days, vintage, spec.is_transferable, spec.transfers_used, "F", (first, first + count - 1))
    actor = OWNERS[step.to] if step.odd else (OWNERS[step.to] + 1) % 3
    return Order(
        "import", actor, to=step.to, code=code, quantity=D(step.amount) if step.odd > 5 else quantity, spec=spec
    )


def open_holds(step: Step, model: Model) -> list[int]:
    wanted = KIND_OF_HOLD.get(step.verb, "reservation")
    return [n for n, each in enumerate(model.holds) if each.kind == wanted and (each.state == "open" or step.odd < 6)]


def on_hold(step: Step, model: Model) -> Order:
    good = open_holds(step, model)
    number = good[step.pick % len(good)] if good and step.odd else step.pick % (len(model.holds) + 1)
    hold = model.holds[number] if number < len(model.holds) else None
    actor = OWNERS[step.account]
    if hold is not None and step.odd > 2:
        receiver = hold.account if hold.counterparty is None else hold.counterparty
        actor = OWNERS[receiver if step.verb in ("accept", "decline") else hold.account]
        actor = BANK if step.verb == "release" else actor
    if step.verb in ENDING:
        if (actor == BANK) != (step.verb == "release"):  # whoever lacks the permission is refused before the books
            actor = BANK if step.verb == "release" else OWNERS[step.account]
        return Order(step.verb, actor, hold=number)
    code = "" if hold is None or step.odd > 8 else CODES[step.code]
    quantity = None if step.pick % 3 else D(step.amount)
    account = OWNERS.index(actor) if hold is None else hold.account
    return Order(step.verb, actor, account, step.to if step.verb == "transfer" else None, code, quantity, hold=number)


@dataclass(repr=False)
class History:
    """One history: the accounts it is about, the model beside them, and what was when."""

    arena: Arena
    accounts: list[UUID]
    model: Model
    batches: list[UUID] = field(default_factory=list)
    holds: list[UUID] = field(default_factory=list)
    movements: list[UUID] = field(default_factory=list)
    moments: list[tuple[datetime, dict[Place, Decimal]]] = field(default_factory=list)

    @classmethod
    async def begin(cls, arena: Arena) -> "History":
        accounts = [(await held_account(arena.databases, holder=arena.owners[owner])).id for owner in OWNERS]
        scope = arena.owners[OWNERS[AUTOMATIC]].scope
        async with arena.databases.write(scope) as write:
            await service.choose_acceptance(write, scope, accounts[AUTOMATIC], Accepts.AUTOMATICALLY)
        model = Model(KINDS, OWNERS, frozenset({AUTOMATIC}))
        model.next_serial = int(await arena.admin.fetchval("select next from ledger_serials") or 0)
        # Codes of a registry are the tenant's; those of other histories are none of this one's.
        await arena.admin.execute("set session_replication_role = replica")
        await arena.admin.execute("update ledger_origin set is_live = false")
        return cls(arena, accounts, model)

    def scope(self, actor: int) -> Scope:
        if actor == SYSTEM:
            return self.arena.system
        return self.arena.bank.scope if actor == BANK else self.arena.owners[actor].scope

    async def happen(self, step: Step) -> None:
        """Let it happen in the model and in the books, and compare."""
        if step.verb in EVENTS:
            await self._event(step)
        else:
            order, expected = order_of(step, self.model), ""
            known = len(self.model.holds), len(self.model.batches)
            try:
                wanted = [self.model.post(order)]
            except Refused as refused:
                expected, wanted = str(refused), []
            got: list[MovementValue] = []
            code = ""
            scope = self.scope(order.actor)
            try:
                async with self.arena.databases.write(scope) as write:
                    got = await self._ask(write, scope, order)
            except CarbonError as error:
                code = error.code
            assert code == expected, (order, code, expected)
            seen[code or wanted[0].kind] += 1
            self._same(wanted, got, *known)
        assert await self.balances() == self.model.balances()

    async def _event(self, step: Step) -> None:  # noqa: C901 - an event, a branch
        system, admin, wanted = self.arena.system, self.arena.admin, list[Moved]()
        code = CODES[step.code]
        got: list[MovementValue] = []
        async with self.arena.databases.write(system) as write:
            if step.verb == "a day passes":
                self.model.days_pass()
                await admin.execute(
                    "update ledger_batch set valid_until = valid_until - 1 where id = any($1)", self.batches
                )
            elif step.verb == "an offer's time is over":
                open_ones = [n for n, e in enumerate(self.model.holds) if (e.kind, e.state) == ("offer", "open")]
                if open_ones:
                    number = open_ones[step.pick % len(open_ones)]
                    self.model.holds[number].is_over = True
                    await admin.execute(
                        "update ledger_hold set expires_at = now() - interval '1s' where id = $1", self.holds[number]
                    )
            elif step.verb == "freeze":
                if step.odd < 15:
                    self.model.frozen.add(code)
                    await service.freeze(write, system, code, "Something is looked into")
            elif step.verb == "unfreeze":
                for each in sorted(self.model.frozen):
                    await service.unfreeze(write, system, each, "It was found")
                self.model.frozen.clear()
            elif step.verb == "expire":
                wanted = self.model.sweep_expired()
                got = await service.expire(write, system, today())
            else:
                wanted = self.model.sweep_offers()
                got = await service.lapse_offers(write, system)
        got = [each for each in got if each.from_account_id in self.accounts]
        by_place = {(self.accounts[each.giver], *(self.batches[n] for n, _ in each.parts)): [] for each in wanted}
        assert len(got) == len(wanted)
        for each in wanted:
            seen[each.kind] += 1
            by_place[(self.accounts[each.giver], *(self.batches[n] for n, _ in each.parts))].append(each)
        # Which of them comes first is nobody's business; that each came is.
        assert Counter((e.kind.value, e.quantity, frozenset(self._serials(e))) for e in got) == Counter(
            (e.kind, e.quantity, e.serials) for e in wanted
        )
        found = {
            (each.quantity, frozenset(self._serials(each)), each.from_account_id, each.batch_ids): [] for each in got
        }
        for each in got:
            found[(each.quantity, frozenset(self._serials(each)), each.from_account_id, each.batch_ids)].append(each.id)
        for each in wanted:
            key = (
                each.quantity,
                each.serials,
                self.accounts[each.giver],
                tuple(self.batches[n] for n, _ in each.parts),
            )
            self.movements.append(found[key].pop())
        self._remember(got)

    async def _ask(self, write: Write, scope: Scope, o: Order) -> list[MovementValue]:
        match o.verb:
            case "issue" | "import":
                return await self._bring(write, scope, o)
            case "reverse":
                assert o.movement is not None
                return [await service.reverse(write, scope, self.movements[o.movement], Reason(note="误操作"))]
            case "accept" | "decline" | "withdraw" | "release" | "free":
                verb: Any = getattr(service, o.verb)
                return [await verb(write, scope, self._hold(o))]
            case _:
                return await self._give(write, scope, o)

    async def _bring(self, write: Write, scope: Scope, o: Order) -> list[MovementValue]:
        assert o.spec is not None
        assert o.to is not None
        assert o.quantity is not None
        spec = o.spec
        batch = BatchSpec(
            vintage=spec.vintage, valid_until=None if spec.days is None else today() + timedelta(days=spec.days),
            is_transferable=spec.is_transferable, transfers_used=spec.transfers_used,
            origins=() if spec.numbers is None else (OriginRange("test", spec.frame, *spec.numbers),),
        )  # fmt: skip
        account = self.accounts[o.to]
        if o.verb == "issue":
            return [await service.issue(write, scope, account, o.code, o.quantity, batch)]
        return await service.import_units(write, scope, account, o.code, [(o.quantity, batch)])

    async def _give(self, write: Write, scope: Scope, o: Order) -> list[MovementValue]:
        assert o.account is not None
        units = Selection(
            o.code, o.quantity, None if o.batch is None else self.batches[o.batch], o.serials,
            None if o.hold is None else self._hold(o),
        )  # fmt: skip
        account = self.accounts[o.account]
        if o.verb == "transfer":
            assert o.to is not None
            return [await service.transfer(write, scope, account, units, to_account_id=self.accounts[o.to])]
        if o.verb == "pledge":
            return [await service.pledge(write, scope, account, units, self.arena.bank.id)]
        if o.verb == "reserve":
            return [await service.reserve(write, scope, account, units)]
        verb = service.retire if o.verb == "retire" else service.surrender
        return await verb(write, scope, account, [units])

    def _hold(self, o: Order) -> UUID:
        assert o.hold is not None
        return self.holds[o.hold] if o.hold < len(self.holds) else new_id()

    def _serials(self, movement: MovementValue) -> set[int]:
        return {serial for first, last in movement.serials for serial in range(first, last + 1)}

    def _same(self, wanted: list[Moved], got: list[MovementValue], holds: int, batches: int) -> None:
        """Compare what moved, and learn the ids of what came to be."""
        assert len(got) == len(wanted)
        for moved, each in zip(wanted, got, strict=True):
            if len(self.model.batches) > batches:
                self.batches.extend(each.batch_ids)
            if len(self.model.holds) > holds:
                assert each.hold_id is not None
                self.holds.append(each.hold_id)
            assert (each.kind.value, each.class_code, each.quantity) == (moved.kind, moved.code, moved.quantity)
            assert self._serials(each) == moved.serials
            assert set(each.batch_ids) == {self.batches[number] for number, _ in moved.parts}
            sides = (ORIGIN_ID if side == ORIGIN else self.accounts[side] for side in (moved.giver, moved.taker))
            assert (each.from_account_id, each.to_account_id) == tuple(sides)
            assert each.hold_id == (None if moved.hold is None else self.holds[moved.hold])
            self.movements.append(each.id)
        self._remember(got)

    def _remember(self, got: list[MovementValue]) -> None:
        if got:
            self.moments.append((max(each.recorded_at for each in got), self.model.balances()))

    async def balances(self, at: datetime | None = None) -> dict[Place, Decimal]:
        async with self.arena.databases.read(self.arena.system) as read:
            rows = await service.balances(read, self.arena.system, self.accounts, at=at)
        return {
            (self.accounts.index(row.account_id), self.batches.index(row.batch_id), row.bucket.value): row.amount
            for row in rows
        }

    async def end(self) -> None:
        """Look at the books from every side."""
        async with self.arena.databases.write(self.arena.system) as write:
            for each in self.model.frozen:
                await service.unfreeze(write, self.arena.system, each, "The end")
        for at, then in self.moments:
            assert await self.balances(at) == then
        await self._cells()
        await self._holds()
        await self._postings()
        for number in range(len(OWNERS)):
            for code in KINDS:
                await self._statement(number, code)
        async with self.arena.databases.write(self.arena.system) as write:
            found = await service.check_books(write, self.arena.system)
        assert found.is_sound, found.breaches

    async def _cells(self) -> None:
        """Every serial lies where the model has it, under the same hold, as often transferred."""
        rows = await self.arena.admin.fetch(
            "select batch_id, account_id, bucket, hold_id, transfers, s from ledger_lot,"
            " generate_series(lower(serials), upper(serials) - 1) s where batch_id = any($1)", self.batches,
        )  # fmt: skip
        sides = [*self.accounts, ORIGIN_ID]  # the origin is the last, as ORIGIN is -1
        assert {row["s"]: tuple(row)[:5] for row in rows} == {
            serial: (
                self.batches[cell.batch], sides[cell.account], cell.bucket,
                None if cell.hold is None else self.holds[cell.hold], cell.transfers,
            )
            for serial, cell in self.model.cells.items()
        }  # fmt: skip

    async def _holds(self) -> None:
        async with self.arena.databases.read(self.arena.system) as read:
            found = await service.holds_by_id(read, self.arena.system, self.holds)
        for number, each in enumerate(self.model.holds):
            there = found[self.holds[number]]
            assert (there.kind.value, there.state.value) == (each.kind, each.state)
            assert there.quantity == each.parts.total()

    async def _postings(self) -> None:
        async with self.arena.databases.read(self.arena.system) as read:
            postings = await service.postings_of(read, self.arena.system, self.movements)
        assert len(set(self.movements)) == len(self.model.movements)
        for movement_id, moved in zip(self.movements, self.model.movements, strict=True):
            lines = postings[movement_id]
            assert sum(each.amount for each in lines) == 0
            assert sum(each.amount for each in lines if each.amount > 0) == moved.quantity
        linked = "select count(*) from ledger_link where movement_id = any($1)"
        assert await self.arena.admin.fetchval(linked, self.movements) == len(self.movements)

    async def _statement(self, number: int, code: str) -> None:
        """The running balances end where the balance is; nothing in between is below nothing."""
        scope = self.arena.owners[OWNERS[number]].scope
        async with self.arena.databases.read(scope) as read:
            lines = await queries_statement.lines(read, scope, self.accounts[number], code, None, None, limit=1000)
        running: Counter[str] = Counter()
        for each in lines:
            for bucket, change in each.changes.items():
                running[bucket.value] += change  # type: ignore[assignment]  # a Counter counts decimals as well
            assert {bucket.value: amount for bucket, amount in each.balances.items()} == dict(running)
            assert min(running.values()) >= 0
        wanted: Counter[str] = Counter()
        for (account, batch, bucket), amount in self.model.balances().items():
            if account == number and self.model.batches[batch].kind.code == code:
                wanted[bucket] += amount  # type: ignore[assignment]  # a Counter counts decimals as well
        assert +running == +wanted


def first_units() -> list[Step]:
    """Something to begin with: units of every class in every account, some of them soon over, some transferred once."""
    return [
        Step("issue", 0, account, code, 20, pick, "quantity", 60)
        for account in range(4)
        for code, pick in ((0, 1), (0, 2 + account), (1, 3), (1, 5), (2, 2))
    ]


@settings(
    max_examples=40, deadline=None, derandomize=True, database=None, phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)  # fmt: skip
@given(seed=st.integers(0, 2**64))
async def test_the_books_do_as_the_model_does(arena: Arena, seed: int) -> None:
    history = await History.begin(arena)
    for step in [*first_units(), *steps_of(seed)]:
        await history.happen(step)
    await history.end()


def test_the_histories_reached_every_verb_and_refusal() -> None:
    if not seen:
        pytest.skip("the histories were not run")
    done = {*GIVING, *ENDING, "issue", "import", "offer", "lapse", "expire", "reverse"}
    refused = {
        "account_unknown", "class_unknown", "class_mismatch", "class_frozen", "class_not_serialised", "hold_unknown",
        "hold_not_open", "insufficient_units", "movement_not_reversible", "movement_already_reversed", "offer_expired",
        "origin_overlap", "origins_incomplete", "quantity_mismatch", "quantity_not_positive", "quantity_too_precise",
        "serials_not_here", "serials_repeated", "serials_unknown", "transfer_to_self", "units_already_transferred",
        "units_expired", "units_not_transferable", "units_not_whole",
    }  # fmt: skip
    assert (done | refused) - set(seen) == set()
