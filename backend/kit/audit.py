"""Audit events: append-only, one hash chain per organisation (and one for the tenant itself).

An event's hash covers its own facts and the hash before it; altering or removing one breaks every later
link, which `verify` finds. The chain's head row is created, then locked, then the events are inserted: two
commands of one organisation therefore queue here, and only here, for the end of each other's transaction.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Uuid, any_, bindparam, select, text, true
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.clock import now
from backend.kit.ids import new_id
from backend.kit.orm import Base
from backend.kit.scope import Scope

TENANT_CHAIN = UUID(int=0)
GENESIS = b"\x00" * 32


class AuditHead(Base):
    """The last link of each chain; locked while a chain grows."""

    __tablename__ = "audit_head"

    chain_id: Mapped[UUID] = mapped_column(primary_key=True)
    sequence: Mapped[int]
    hash: Mapped[bytes]


class AuditEvent(Base):
    """One thing that was changed or refused. The application role can only insert and select."""

    __tablename__ = "audit_event"
    __table_args__ = (CheckConstraint("outcome in ('done', 'refused')", name="outcome"),)

    chain_id: Mapped[UUID] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(unique=True)
    at: Mapped[datetime]
    actor_id: Mapped[UUID | None]
    actor_kind: Mapped[str]
    organisation_id: Mapped[UUID | None]
    action: Mapped[str]
    outcome: Mapped[str]
    object_type: Mapped[str]
    object_id: Mapped[str]
    details: Mapped[dict[str, Any]]
    correlation_id: Mapped[str]
    previous_hash: Mapped[bytes]
    hash: Mapped[bytes]


@dataclass(frozen=True, slots=True)
class Event:
    """What happened.

    `chain_id` names the organisation whose administrators may read it: the one acted upon, or else the
    actor's own; events of nobody in particular go to the tenant's chain.
    """

    chain_id: UUID
    actor_id: UUID | None
    actor_kind: str
    organisation_id: UUID | None
    action: str
    outcome: str
    object_type: str
    object_id: str
    correlation_id: str
    details: dict[str, Any] = field(default_factory=dict[str, Any])

    @classmethod
    def of(
        cls,
        scope: Scope,
        action: str,
        *,
        object_type: str = "",
        object_id: object = "",
        organisation_id: UUID | None = None,
        outcome: str = "done",
        **details: Any,  # noqa: ANN401 - JSON-able facts of any kind
    ) -> "Event":
        """Build an event from the scope; `organisation_id` redirects it to another organisation's chain."""
        return cls(
            chain_id=organisation_id or scope.organisation_id or TENANT_CHAIN,
            actor_id=scope.actor_id,
            actor_kind=scope.kind.value,
            organisation_id=scope.organisation_id,
            action=action,
            outcome=outcome,
            object_type=object_type,
            object_id=str(object_id),
            correlation_id=scope.correlation_id,
            # Round-tripping here makes the stored JSON and the hashed JSON the same text.
            details=json.loads(json.dumps(details, default=str, ensure_ascii=False)),
        )


@dataclass(frozen=True, slots=True)
class Stored:
    """An event in its place, read like a row of `audit_event`."""

    event: Event
    id: UUID
    sequence: int
    at: datetime

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the event has
        """Return what the event itself says."""
        return getattr(self.event, name)


COLUMNS = {
    "chain": "chain_id", "actor": "actor_id", "kind": "actor_kind", "organisation": "organisation_id",
    "type": "object_type", "object": "object_id", "correlation": "correlation_id",
}  # fmt: skip
"""The columns of the facts that are called otherwise where they are hashed."""


def digest(facts: dict[str, Any], previous: bytes) -> bytes:
    """Return SHA-256 over the previous hash and the facts as canonical JSON (sorted keys, no spaces, UTF-8)."""
    canonical = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return hashlib.sha256(previous + canonical.encode()).digest()


def facts_of(row: Any) -> dict[str, Any]:  # noqa: ANN401 - a mapping or a row with the event's columns
    """Return the facts of a stored event in the form that was hashed."""
    return {
        "id": str(row.id),
        "chain": str(row.chain_id),
        "sequence": row.sequence,
        "at": row.at.isoformat(timespec="microseconds"),
        "actor": str(row.actor_id) if row.actor_id else None,
        "kind": row.actor_kind,
        "organisation": str(row.organisation_id) if row.organisation_id else None,
        "action": row.action,
        "outcome": row.outcome,
        "type": row.object_type,
        "object": row.object_id,
        "correlation": row.correlation_id,
        "details": row.details,
    }


HEADS = (
    select(AuditHead.chain_id, AuditHead.sequence, AuditHead.hash)
    .where(AuditHead.chain_id == any_(bindparam("chains", type_=ARRAY(Uuid()))))
    .order_by(AuditHead.chain_id)
    .with_for_update()
)
APPEND = text(
    """
    with grown as (
        insert into audit_event (
            chain_id, sequence, id, at, actor_id, actor_kind, organisation_id, action, outcome, object_type, object_id,
            details, correlation_id, previous_hash, hash
        )
        select chain_id, sequence, id, at, actor_id, actor_kind, organisation_id, action, outcome, object_type, object_id,
                details, correlation_id, decode(previous, 'hex'), decode(own, 'hex')
            from jsonb_to_recordset(:events) as each (
                chain_id uuid, sequence bigint, id uuid, at timestamptz, actor_id uuid, actor_kind text,
                organisation_id uuid, action text, outcome text, object_type text, object_id text, details jsonb,
                correlation_id text, previous text, own text
            )
    )
    update audit_head set sequence = head.sequence, hash = decode(head.own, 'hex')
        from jsonb_to_recordset(:heads) as head (chain_id uuid, sequence bigint, own text)
        where audit_head.chain_id = head.chain_id
    """
).bindparams(bindparam("events", type_=JSONB), bindparam("heads", type_=JSONB))


async def store(connection: AsyncConnection, events: Sequence[Event]) -> None:
    """Append the events to their chains: two statements, however many events and chains; heads are locked in order."""
    chains = sorted({event.chain_id for event in events})
    heads = {row.chain_id: row for row in await connection.execute(HEADS, {"chains": chains})}
    if len(heads) < len(chains):
        new = [{"chain_id": chain, "sequence": 0, "hash": GENESIS} for chain in chains if chain not in heads]
        await connection.execute(upsert(AuditHead).values(new).on_conflict_do_nothing())
        heads = {row.chain_id: row for row in await connection.execute(HEADS, {"chains": chains})}
    ends = {chain: (head.sequence, head.hash) for chain, head in heads.items()}
    rows: list[dict[str, Any]] = []
    for event in events:
        sequence, previous = ends[event.chain_id]
        row = Stored(event, new_id(), sequence + 1, now())
        own = digest(facts_of(row), previous)
        ends[event.chain_id] = (sequence + 1, own)
        rows.append({**facts_of(row), "previous": previous.hex(), "own": own.hex()})
    await connection.execute(
        APPEND,
        {
            "events": [{COLUMNS.get(name, name): value for name, value in row.items()} for row in rows],
            "heads": [
                {"chain_id": str(chain), "sequence": sequence, "own": own.hex()}
                for chain, (sequence, own) in ends.items()
            ],
        },
    )


async def verify(connection: AsyncConnection, chain_id: UUID) -> int | None:
    """Recompute a chain; return the first sequence that does not fit, or None when all of it does.

    Events and head are read by one statement, so that a chain growing meanwhile is not taken for a broken one. An
    event beyond the head, or events without a head, break the chain after its last event.
    """
    head = (
        select(AuditHead.sequence.label("head_sequence"), AuditHead.hash.label("head_hash"))
        .where(AuditHead.chain_id == chain_id)
        .subquery()
    )
    events = select(AuditEvent.__table__).where(AuditEvent.chain_id == chain_id).subquery()
    previous, expected, last = GENESIS, 0, (0, GENESIS)
    stream = await connection.stream(
        select(events, head).select_from(events.outerjoin(head, true(), full=True)).order_by(events.c.sequence)
    )
    async for row in stream:
        last = (row.head_sequence, row.head_hash)
        if row.sequence is None:  # a head without any event
            break
        expected += 1
        if row.sequence != expected or row.previous_hash != previous or digest(facts_of(row), previous) != row.hash:
            return expected
        previous = row.hash
    return None if last == (expected, previous) else expected + 1
