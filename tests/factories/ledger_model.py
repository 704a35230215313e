"""A ledger as simple as it can be thought: every serial a cell, every other balance a number; no locks, no tables.

It is the oracle of the property tests: given an order it answers with the code the books must refuse it with, or moves
its cells and says which units moved. It knows the rules, not the engine: a unit is picked one by one, in plain loops.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

D = Decimal
LIVING = ("available", "offered", "pledged", "reserved")
KEPT_IN = {"offer": "offered", "pledge": "pledged", "reservation": "reserved"}
REVERSIBLE = ("issue", "import", "transfer", "accept", "retire", "surrender", "expire")
KIND_OF_HOLD = {"accept": "offer", "decline": "offer", "withdraw": "offer", "lapse": "offer", "release": "pledge"}
NO_VALIDITY = ("expire", "reverse", "release", "free", "decline", "withdraw", "lapse")
ENDS = dict.fromkeys(("accept", "retire", "surrender", "transfer", "offer"), "settled") | {"lapse": "lapsed"}
SYSTEM = -1
"""The registrar and the service itself."""
BANK = -2
ORIGIN = -1
"""Where units come from."""


class Refused(Exception):
    """The code the books must answer with."""


@dataclass(frozen=True)
class Kind:
    """A class of units."""

    code: str
    scale: int
    is_serialised: bool
    max_transfers: int | None = None


@dataclass
class Batch:
    """Units alike; `days` is how long they are still valid (0: today is the last day), None for ever."""

    number: int
    kind: Kind
    quantity: Decimal
    days: int | None
    vintage: int | None
    is_transferable: bool
    first: int | None
    codes: frozenset[tuple[str, int]]

    @property
    def serials(self) -> range:
        return range(0) if self.first is None else range(self.first, self.first + int(self.quantity))


@dataclass
class Cell:
    """Where one serial lies."""

    batch: int
    account: int
    bucket: str
    hold: int | None
    transfers: int


@dataclass
class Hold:
    """Units locked, by batch."""

    kind: str
    kind_code: str
    account: int
    counterparty: int | None
    parts: Counter[int]
    state: str = "open"
    is_over: bool = False


@dataclass(frozen=True)
class Order:
    """What is asked: `actor` is an organisation, SYSTEM or BANK; accounts, batches, holds and movements by number."""

    verb: str
    actor: int = SYSTEM
    account: int | None = None
    to: int | None = None
    code: str = ""
    quantity: Decimal | None = None
    serials: tuple[tuple[int, int], ...] = ()
    batch: int | None = None
    hold: int | None = None
    movement: int | None = None
    spec: "Spec | None" = None


@dataclass(frozen=True)
class Spec:
    """A new batch."""

    days: int | None = None
    vintage: int | None = None
    is_transferable: bool = True
    transfers_used: int = 0
    frame: str = ""
    numbers: tuple[int, int] | None = None


@dataclass(frozen=True)
class Moved:
    """What a movement did."""

    kind: str
    code: str
    quantity: Decimal
    giver: int
    taker: int
    into: str
    parts: tuple[tuple[int, Decimal], ...]
    serials: frozenset[int]
    hold: int | None


Place = tuple[int, int, str]
"""Account, batch, bucket."""


@dataclass
class Model:
    """The whole ledger. `owners[n]` is the organisation of account n, `automatic` those that accept at once."""

    kinds: dict[str, Kind]
    owners: tuple[int, ...]
    automatic: frozenset[int]
    next_serial: int = 1
    batches: list[Batch] = field(default_factory=list)
    cells: dict[int, Cell] = field(default_factory=dict)
    amounts: Counter[Place] = field(default_factory=Counter)
    holds: list[Hold] = field(default_factory=list)
    movements: list[Moved] = field(default_factory=list)
    reversed: set[int] = field(default_factory=set)
    frozen: set[str] = field(default_factory=set)
    codes: set[tuple[str, int]] = field(default_factory=set)

    def balances(self) -> dict[Place, Decimal]:
        """Return what lies where, nothing left out but nothings."""
        found: defaultdict[Place, Decimal] = defaultdict(Decimal)
        for cell in self.cells.values():
            found[cell.account, cell.batch, cell.bucket] += 1
        for place, amount in self.amounts.items():
            found[place] += amount
        return {place: amount for place, amount in found.items() if amount and place[2] != "origin"}

    def days_pass(self) -> None:
        """Let a day go by."""
        for each in self.batches:
            if each.days is not None:
                each.days -= 1

    def sweep_expired(self) -> list[Moved]:
        """Expire what is over, wherever it lies; frozen books wait."""
        over = [
            place for place in sorted(self.balances())
            if (days := self.batches[place[1]].days) is not None and days < 0 and place[2] in LIVING
            and self.batches[place[1]].kind.code not in self.frozen
        ]  # fmt: skip
        return [self._expire(place) for place in over]

    def sweep_offers(self) -> list[Moved]:
        """Give back what offers kept whose time is over; frozen books wait."""
        over = [
            number for number, each in enumerate(self.holds)
            if each.kind == "offer" and each.state == "open" and each.is_over and each.kind_code not in self.frozen
        ]  # fmt: skip
        return [self.post(Order("lapse", hold=number)) for number in over]

    def post(self, o: Order) -> Moved:
        """Do what is asked.

        Raises:
            Refused: nothing changed.
        """
        if o.quantity is not None and o.quantity <= 0:
            raise Refused("quantity_not_positive")
        if o.verb in ("issue", "import"):
            return self._bring(o)
        if o.verb == "reverse":
            return self._reverse(o)
        return self._move(o)

    # New units

    def _bring(self, o: Order) -> Moved:
        assert o.to is not None
        assert o.quantity is not None
        assert o.spec is not None
        kind = self.kinds.get(o.code)
        if kind is None:
            raise Refused("class_unknown")
        if o.actor not in (SYSTEM, self.owners[o.to]):
            raise Refused("account_unknown")
        self._check(kind, o.quantity)
        spec, q = o.spec, o.quantity
        if spec.days is not None and spec.days < 0:
            raise Refused("units_expired")
        codes: frozenset[tuple[str, int]] = frozenset()
        if spec.numbers is not None:
            codes = frozenset((spec.frame, n) for n in range(spec.numbers[0], spec.numbers[1] + 1))
            if codes & self.codes:
                raise Refused("origin_overlap")
        if (o.verb == "import" or codes) and len(codes) != q:
            raise Refused("origins_incomplete")
        number, first = len(self.batches), self.next_serial if kind.is_serialised else None
        self.batches.append(Batch(number, kind, q, spec.days, spec.vintage, spec.is_transferable, first, codes))
        self.codes |= codes
        if first is None:
            self.amounts[o.to, number, "available"] += q  # type: ignore[assignment]  # a Counter counts decimals as well
        else:
            self.next_serial += int(q)
            for serial in self.batches[-1].serials:
                self.cells[serial] = Cell(number, o.to, "available", None, spec.transfers_used)
        return self._moved(
            o.verb, kind, ORIGIN, o.to, "available", {number: q}, frozenset(self.batches[-1].serials), None
        )

    def _check(self, kind: Kind, q: Decimal) -> None:
        if kind.code in self.frozen:
            raise Refused("class_frozen")
        if q != round(q, kind.scale):
            raise Refused("quantity_too_precise" if kind.scale else "units_not_whole")

    # What is there moves

    def _move(self, o: Order) -> Moved:  # noqa: C901 - the rules in the order they are checked
        hold: Hold | None = None
        verb, out_of, q = o.verb, "available", o.quantity
        if o.hold is not None:
            hold = self._hold(o)
            kind, giver, out_of = self.kinds[hold.kind_code], hold.account, KEPT_IN[hold.kind]
            q = D(hold.parts.total()) if q is None else q
        else:
            if o.code not in self.kinds:
                raise Refused("class_unknown")
            assert o.account is not None
            kind, giver = self.kinds[o.code], o.account
        taker = giver if o.to is None else o.to
        if verb == "accept" and hold is not None and hold.counterparty is not None:
            taker = hold.counterparty
        if hold is None and o.actor != self.owners[giver]:
            raise Refused("account_unknown")
        if verb == "transfer" and taker == giver:
            raise Refused("transfer_to_self")
        if kind.code in self.frozen:
            raise Refused("class_frozen")
        wanted = self._wanted(o, kind)
        if wanted is not None:
            q = D(len(wanted))
        assert q is not None
        self._check(kind, q)
        is_stranger = self.owners[giver] != self.owners[taker]
        if verb == "transfer" and is_stranger and taker not in self.automatic:
            verb = "offer"
        into = {"offer": "offered", "pledge": "pledged", "reserve": "reserved", "retire": "retired",
                "surrender": "surrendered"}.get(verb, "available")  # fmt: skip
        taken = self._take(o, verb, kind, giver, out_of, q, wanted, None if hold is None else hold.parts,
                           is_stranger=is_stranger)  # fmt: skip
        new_hold: int | None = None
        if verb in ("offer", "pledge", "reserve"):
            new_hold = len(self.holds)
            name = {"reserve": "reservation"}.get(verb, verb)
            self.holds.append(Hold(name, kind.code, giver, taker if verb == "offer" else None, Counter(taken.parts)))
        home = giver if verb == "offer" else taker
        hands = 1 if verb in ("transfer", "accept") and is_stranger else 0
        self._carry(taken, giver, out_of, home, into, new_hold, hands)
        if hold is not None:
            self._shrink(hold, taken.parts, ENDS.get(verb, "released"))
        return self._moved(
            verb, kind, giver, taker, into, taken.parts, frozenset(taken.serials),
            o.hold if new_hold is None else new_hold,
        )  # fmt: skip

    def _hold(self, o: Order) -> Hold:
        assert o.hold is not None
        if o.hold >= len(self.holds):
            raise Refused("hold_unknown")
        hold = self.holds[o.hold]
        mine = {
            "accept": None if hold.counterparty is None else self.owners[hold.counterparty],
            "decline": None if hold.counterparty is None else self.owners[hold.counterparty],
            "release": BANK,
        }.get(o.verb, self.owners[hold.account])
        if hold.kind != KIND_OF_HOLD.get(o.verb, "reservation") or o.actor not in (mine, SYSTEM):
            raise Refused("hold_unknown")
        if hold.state != "open":
            raise Refused("hold_not_open")
        if o.verb == "accept" and hold.is_over:
            raise Refused("offer_expired")
        if o.code and o.code != hold.kind_code:
            raise Refused("class_mismatch")
        return hold

    def _wanted(self, o: Order, kind: Kind) -> set[int] | None:
        if not o.serials:
            return None
        if not kind.is_serialised:
            raise Refused("class_not_serialised")
        named = [serial for first, last in o.serials for serial in range(first, last + 1)]
        if len(named) != len(set(named)):
            raise Refused("serials_repeated")
        if o.quantity is not None and o.quantity != len(named):
            raise Refused("quantity_mismatch")
        return set(named)

    def _take(  # noqa: C901, PLR0912 - one plain loop, as the rule is told
        self, o: Order, verb: str, kind: Kind, giver: int, out_of: str, q: Decimal, wanted: set[int] | None,
        caps: Counter[int] | None, *, is_stranger: bool,
    ) -> "Taken":  # fmt: skip
        """Pick the units one by one, of what ends first; nothing moves yet."""
        taken = Taken()
        passed: Counter[str] = Counter()
        is_named = wanted is not None or o.batch is not None or o.hold is not None
        for batch, there in self._lying(kind, giver, out_of):
            if taken.total == q:
                break
            if (o.batch is not None and batch.number != o.batch) or (caps is not None and not caps[batch.number]):
                continue
            if wanted is not None and not wanted & set(batch.serials):
                continue
            why = self._unfit(batch, verb, is_stranger=is_stranger)
            if why and is_named:
                raise Refused(why)
            if why:
                passed[why] += there  # type: ignore[assignment]  # a Counter counts decimals as well
                continue
            if not kind.is_serialised:
                taken.add(batch.number, min(q - taken.total, there, there if caps is None else D(caps[batch.number])))
                continue
            for serial in batch.serials:
                cell = self.cells[serial]
                if (cell.account, cell.bucket) != (giver, out_of) or cell.hold != (
                    o.hold if verb != "expire" else cell.hold
                ):
                    continue
                if taken.total == q or (wanted is not None and serial not in wanted):
                    continue
                limit = kind.max_transfers
                if verb in ("transfer", "offer") and is_stranger and limit is not None and cell.transfers >= limit:
                    if is_named:
                        raise Refused("units_already_transferred")
                    passed["units_already_transferred"] += 1
                    continue
                taken.add(batch.number, D(1), serial)
        missing = q - taken.total
        if missing > 0:
            raise Refused(self._why_not(kind, missing, wanted, passed))
        return taken

    def _unfit(self, batch: Batch, verb: str, *, is_stranger: bool) -> str:
        if batch.days is not None and batch.days < 0 and verb not in NO_VALIDITY:
            return "units_expired"
        if verb in ("transfer", "offer") and is_stranger and not batch.is_transferable:
            return "units_not_transferable"
        return ""

    def _why_not(self, kind: Kind, missing: Decimal, wanted: set[int] | None, passed: Counter[str]) -> str:
        if wanted is not None:
            known = {serial for each in self.batches if each.kind is kind for serial in each.serials}
            return "serials_not_here" if wanted <= known else "serials_unknown"
        for why in ("units_expired", "units_already_transferred", "units_not_transferable"):
            if passed[why] >= missing:
                return why
        return "insufficient_units"

    def _lying(self, kind: Kind, account: int, bucket: str) -> Iterator[tuple[Batch, Decimal]]:
        """Yield the batches of a place with what lies there: the soonest to end first, then the oldest."""
        balances = self.balances()
        for batch in sorted(
            (each for each in self.batches if each.kind is kind),
            key=lambda b: (b.days is None, b.days or 0, b.vintage is not None, b.vintage or 0, b.number),
        ):
            if there := balances.get((account, batch.number, bucket)):
                yield batch, there

    def _carry(
        self, taken: "Taken", giver: int, out_of: str, home: int, into: str, hold: int | None, hands: int
    ) -> None:
        for serial in taken.serials:
            cell = self.cells[serial]
            cell.account, cell.bucket, cell.hold = home, into, hold
            cell.transfers = max(cell.transfers + hands, 0)
        for batch, amount in taken.parts.items():
            if self.batches[batch].first is None:
                self.amounts[giver, batch, out_of] -= amount  # type: ignore[assignment]  # a Counter counts decimals as well
                self.amounts[home, batch, into] += amount  # type: ignore[assignment]  # as above

    def _shrink(self, hold: Hold, parts: dict[int, Decimal], state: str) -> None:
        for batch, amount in parts.items():
            hold.parts[batch] -= amount  # type: ignore[assignment]  # a Counter counts decimals as well
        if not +hold.parts:
            hold.state = state

    def _expire(self, place: Place) -> Moved:
        account, number, bucket = place
        batch, taken = self.batches[number], Taken()
        if batch.first is None:
            taken.add(number, D(self.amounts[place]))
        for serial in batch.serials:
            if (self.cells[serial].account, self.cells[serial].bucket) == (account, bucket):
                taken.add(number, D(1), serial)
        self._carry(taken, account, bucket, account, "expired", None, 0)
        for hold in self.holds:
            if hold.state == "open" and hold.account == account and KEPT_IN[hold.kind] == bucket and hold.parts[number]:
                self._shrink(hold, {number: D(hold.parts[number])}, "lapsed")
        return self._moved(
            "expire", batch.kind, account, account, "expired", taken.parts, frozenset(taken.serials), None
        )

    def _reverse(self, o: Order) -> Moved:  # noqa: C901 - the rules in the order they are checked
        if o.movement is None or o.movement >= len(self.movements):
            raise Refused("movement_unknown")
        old = self.movements[o.movement]
        if old.kind not in REVERSIBLE:
            raise Refused("movement_not_reversible")
        if o.movement in self.reversed:
            raise Refused("movement_already_reversed")
        balances, taken = self.balances(), Taken()
        for batch, amount in old.parts:
            if self.batches[batch].first is None:
                taken.add(batch, min(amount, balances.get((old.taker, batch, old.into), D(0))))
        for serial in sorted(old.serials):
            cell = self.cells[serial]
            if (cell.account, cell.bucket) == (old.taker, old.into):
                taken.add(cell.batch, D(1), serial)
        if taken.total < old.quantity:
            raise Refused("movement_not_reversible")
        into = "origin" if old.giver == ORIGIN else "available"
        is_stranger = old.giver != ORIGIN and self.owners[old.giver] != self.owners[old.taker]
        hands = -1 if old.kind in ("transfer", "accept") and is_stranger else 0
        self._carry(taken, old.taker, old.into, old.giver, into, None, hands)
        self.reversed.add(o.movement)
        if into == "origin":
            for batch, _ in old.parts:
                self.codes -= self.batches[batch].codes
        return self._moved(
            "reverse", self.kinds[old.code], old.taker, old.giver, into, taken.parts, frozenset(taken.serials), None
        )

    def _moved(
        self, verb: str, kind: Kind, giver: int, taker: int, into: str, parts: dict[int, Decimal],
        serials: frozenset[int], hold: int | None,
    ) -> Moved:  # fmt: skip
        total = sum(parts.values(), D(0))
        self.movements.append(Moved(verb, kind.code, total, giver, taker, into, tuple(parts.items()), serials, hold))
        return self.movements[-1]


@dataclass
class Taken:
    """What was picked so far."""

    parts: dict[int, Decimal] = field(default_factory=dict)
    serials: list[int] = field(default_factory=list)

    @property
    def total(self) -> Decimal:
        return sum(self.parts.values(), D(0))

    def add(self, batch: int, amount: Decimal, serial: int | None = None) -> None:
        """Pick some of a batch."""
        if amount:
            self.parts[batch] = self.parts.get(batch, D(0)) + amount
        if serial is not None:
            self.serials.append(serial)
