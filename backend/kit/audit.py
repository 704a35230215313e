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

from sqlalchemy import CheckConstraint, insert, select, true, update
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


async def store(connection: AsyncConnection, events: Sequence[Event]) -> None:
    """Append the events to their chains, chains in the order of their ids."""
    for chain in sorted({event.chain_id for event in events}):
        await connection.execute(
            upsert(AuditHead).values(chain_id=chain, sequence=0, hash=GENESIS).on_conflict_do_nothing()
        )
        head = (
            await connection.execute(
                select(AuditHead.sequence, AuditHead.hash).where(AuditHead.chain_id == chain).with_for_update()
            )
        ).one()
        sequence, previous = head.sequence, head.hash
        rows: list[dict[str, Any]] = []
        for event in (event for event in events if event.chain_id == chain):
            sequence += 1
            row = AuditEvent(
                id=new_id(), sequence=sequence, at=now(), previous_hash=previous,
                chain_id=chain, actor_id=event.actor_id, actor_kind=event.actor_kind,
                organisation_id=event.organisation_id, action=event.action, outcome=event.outcome,
                object_type=event.object_type, object_id=event.object_id,
                correlation_id=event.correlation_id, details=event.details,
            )  # fmt: skip
            previous = digest(facts_of(row), previous)
            row.hash = previous
            rows.append({column.name: getattr(row, column.name) for column in AuditEvent.__table__.columns})
        await connection.execute(insert(AuditEvent), rows)
        await connection.execute(
            update(AuditHead).where(AuditHead.chain_id == chain).values(sequence=sequence, hash=previous)
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
