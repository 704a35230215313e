"""Everything recomputed: each movement's text from its rows, its hash, the chain, the checkpoints and the head.

The rows are read in ranges over several connections and never held all at once. The database builds the texts, with
our own words for it and not its server function's; hashing and chaining happen here.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from hashlib import sha256
from typing import Any

from sqlalchemy import text

from backend.kit.db import Read
from backend.kit.errors import Forbidden
from backend.kit.scope import Kind, Scope
from backend.ledger.journal import merkle, signing
from backend.ledger.journal.entries import GENESIS, LATERAL, TEXT
from backend.ledger.journal.queries import all_checkpoints
from backend.ledger.journal.values import MOST_ENTRIES, CheckpointValue, Fault, FaultKind, Verdict

STEP = 2000
"""Positions read at once, on each connection."""
CHUNK = 1 << 16
"""Lasting numbers of movements whose marks lie together."""

ENTRIES = f"""
    select l.position, l.entry_hash, l.hash, m.number, p.count,
        case when m.id is not null then convert_to({TEXT}, 'UTF8') end as entry
    from ledger_link l left join ledger_movement m on m.id = l.movement_id {LATERAL}
    where l.position between $1 and $2 order by l.position
"""
BY_INDEX = text(
    "select set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true),"
    " set_config('enable_mergejoin', 'off', true), set_config('max_parallel_workers_per_gather', '0', true),"
    " set_config('jit', 'off', true)"
)
"""A range is a small part of the tables, whatever the planner believes of them: it would start parallel workers for each
range and have them read a whole index."""
STATE = text("""
    select greatest((select coalesce(max(position), 0) from ledger_link), coalesce(h.position, 0)) as "end",
        h.position, h.hash, (select count(*) from ledger_movement) as movements,
        (select count(*) from ledger_posting) as postings
    from (select) here left join ledger_head h on true
""")
"""How far the journal is and how many rows belong to it, all at one moment: others go on posting meanwhile."""
UNLINKED = text(
    "select min(m.number) from ledger_movement m where not exists (select from ledger_link l where l.movement_id = m.id)"
)


async def verify(reads: Sequence[Read], scope: Scope, keys: Sequence[Mapping[str, Any]]) -> Verdict:
    """Recompute the whole journal over the given reads, each on a connection of its own; tell what does not hold.

    `keys` are the jurisdiction's published document keys. The walk along the chain ends at its first fault: what lies
    behind a broken link proves nothing.

    Raises:
        Forbidden: for anybody but the service: whoever does not see every row cannot recompute the chain.
    """
    if scope.kind is not Kind.SYSTEM:
        raise Forbidden(permission="ledger:check")
    read = reads[0]
    walk = Walk(scope.tenant, await all_checkpoints(read, scope), keys)  # first: a later one may lie beyond the end
    state = (await read.rows(STATE))[0]
    unlinked = await read.value(UNLINKED) if state.movements != state.end else None
    for each in reads:
        await each.row(BY_INDEX)
    async for rows in _ranges(reads, state.end):
        walk.along(rows)
        if walk.faults:
            break
    walk.finish(state.end, None if state.position is None else (state.position, state.hash))
    if unlinked is not None:
        walk.faults.append(Fault(FaultKind.MOVEMENT_UNLINKED, movement_number=unlinked))
    elif not walk.faults and state.postings != walk.lines:
        walk.faults.append(Fault(FaultKind.POSTING_WITHOUT_MOVEMENT))
    return Verdict(walk.position, walk.seals, tuple(walk.faults))


async def _ranges(reads: Sequence[Read], end: int) -> AsyncIterator[Sequence[Any]]:
    """Give the links 1 to `end` in ranges, in order; while one is looked at, the next ones are on their way."""
    drivers = [(await read.connection.get_raw_connection()).driver_connection for read in reads]
    statements = [await driver.prepare(ENTRIES) for driver in drivers if driver is not None]
    firsts = iter(range(1, end + 1, STEP))
    under_way: list[tuple[asyncio.Task[Sequence[Any]], Any]] = []

    def ask(statement: Any) -> None:  # noqa: ANN401 - the driver's prepared statement
        first = next(firsts, None)
        if first is not None:
            under_way.append((asyncio.create_task(statement.fetch(first, first + STEP - 1)), statement))

    for statement in statements:
        ask(statement)
    try:
        while under_way:
            task, statement = under_way.pop(0)
            rows = await task
            ask(statement)
            await asyncio.sleep(0)  # lets the question leave before the rows are looked at
            yield rows
    finally:
        for task, _ in under_way:
            task.cancel()
        await asyncio.gather(*(task for task, _ in under_way), return_exceptions=True)


class Walk:
    """Where a verification stands: the chain's hash so far, the entries of the checkpoint it is under, what was wrong."""

    def __init__(self, tenant: str, sealed: Sequence[CheckpointValue], keys: Sequence[Mapping[str, Any]]) -> None:
        self.tenant, self._sealed, self._keys = tenant, sealed, keys
        self.position, self.hash, self.seals, self.lines = 0, GENESIS, 0, 0
        self.faults: list[Fault] = []
        self._seen: dict[int, bytearray] = {}
        self._under: list[bytes] = []
        self._signed: str | None = None
        self._seal: CheckpointValue | None = None
        self._next_seal()

    def along(self, rows: Sequence[Any]) -> None:
        """Follow the chain over the next links; stop at the first fault."""
        position, before, lines = self.position, self.hash, self.lines
        for at, entry_hash, own_hash, number, count, entry in rows:
            if at != position + 1:
                self._fault(FaultKind.POSITION_MISSING, position + 1)
                break
            if entry is None:
                self._fault(FaultKind.MOVEMENT_MISSING, at)
                break
            own = sha256(entry).digest()
            if own != entry_hash:
                self._fault(FaultKind.ENTRY_CHANGED, at, number)
                break
            before = sha256(before + own).digest()
            if before != own_hash:
                self._fault(FaultKind.CHAIN_BROKEN, at, number)
                break
            if self._was_seen(number):
                self._fault(FaultKind.MOVEMENT_LINKED_TWICE, at, number)
                break
            position = at
            lines += count
            if self._seal is not None:
                self._under.append(own)
                if at == self._seal.last_position:
                    self.position, self.hash = position, before
                    self._check(self._seal)
        self.position, self.hash, self.lines = position, before, lines

    def _was_seen(self, number: int) -> bool:
        """Mark a movement and tell whether it was marked before: one bit for each."""
        place, bit = divmod(number % CHUNK, 8)
        marks = self._seen.get(number // CHUNK)
        if marks is None:
            marks = self._seen[number // CHUNK] = bytearray(CHUNK // 8)
        if marks[place] >> bit & 1:
            return True
        marks[place] |= 1 << bit
        return False

    def finish(self, end: int, head: tuple[int, bytes] | None) -> None:
        """Compare the walk's end with the chain's head, and see that no checkpoint lies beyond it."""
        if not self.faults:
            if self.position < end:
                self._fault(FaultKind.POSITION_MISSING, self.position + 1)
            elif head != (self.position, self.hash):
                self._fault(FaultKind.HEAD_DIFFERS, self.position)
        if self._seal is not None and self._seal.last_position > end:
            self.faults.append(Fault(FaultKind.CHECKPOINT_BEYOND_CHAIN, end, checkpoint_number=self._seal.number))

    def _fault(self, kind: FaultKind, position: int, number: int | None = None) -> None:
        self.faults.append(Fault(kind, position, number))

    def _check(self, seal: CheckpointValue) -> None:
        """Compare a checkpoint with what was recomputed under it."""
        if merkle.root(self._under) != seal.root:
            self._wrong(FaultKind.CHECKPOINT_ROOT_DIFFERS, seal)
        if self.hash != seal.chain_hash:
            self._wrong(FaultKind.CHECKPOINT_CHAIN_DIFFERS, seal)
        if not signing.is_signed(self.tenant, seal, self._keys):
            self._wrong(FaultKind.CHECKPOINT_UNSIGNED, seal)
        self._signed = seal.signed
        self.seals += 1
        self._next_seal()

    def _next_seal(self) -> None:
        """Take up the next checkpoint; it must follow the last one in number, position and hash."""
        self._under = []
        self._seal = self._sealed[self.seals] if self.seals < len(self._sealed) else None
        seal = self._seal
        if seal is None:
            return
        follows = (self.seals + 1, self.position + 1, signing.hash_of(self._signed))
        is_sized = self.position < seal.last_position <= self.position + MOST_ENTRIES
        if (seal.number, seal.first_position, seal.previous_hash) != follows or not is_sized:
            self._wrong(FaultKind.CHECKPOINT_MISSING, seal)
            self._seal = None

    def _wrong(self, kind: FaultKind, seal: CheckpointValue) -> None:
        self.faults.append(Fault(kind, seal.last_position, checkpoint_number=seal.number))
