"""Reads of the journal: links, checkpoints, runs of the standing checks."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text

from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.ledger.journal.values import Breach, CheckKind, CheckpointValue, CheckValue, LinkValue
from backend.ledger.models import LedgerCheck, LedgerCheckpoint, LedgerLink, LedgerMovement


async def links(read: Read, _scope: Scope, movement_ids: Sequence[UUID]) -> dict[UUID, LinkValue]:
    """Return the place in the chain of each movement the caller sees."""
    visible = select(LedgerMovement.id).where(LedgerMovement.id.in_(movement_ids))
    rows = await read.rows(select(LedgerLink.__table__).where(LedgerLink.movement_id.in_(visible)))
    return {row.movement_id: LinkValue(row.movement_id, row.position, row.entry_hash, row.hash) for row in rows}


async def load_positions(read: Read, scope: Scope, movement_ids: list[UUID]) -> list[int | None]:
    """Return each movement's position in the chain, None for one that is not visible; for a loader."""
    found = await links(read, scope, movement_ids)
    return [found[each].position if each in found else None for each in movement_ids]


async def checkpoints(read: Read, _scope: Scope, *, before: int | None = None, limit: int) -> list[CheckpointValue]:
    """Return the signed checkpoints, newest first; `before` is the number of the last one seen. They are public."""
    statement = select(LedgerCheckpoint.__table__).order_by(LedgerCheckpoint.number.desc()).limit(limit)
    if before is not None:
        statement = statement.where(LedgerCheckpoint.number < before)
    return [checkpoint(row) for row in await read.rows(statement)]


async def all_checkpoints(read: Read, _scope: Scope) -> list[CheckpointValue]:
    """Return every checkpoint, oldest first."""
    rows = await read.rows(select(LedgerCheckpoint.__table__).order_by(LedgerCheckpoint.number))
    return [checkpoint(row) for row in rows]


OVER = """
select c.* from ledger_checkpoint c
where exists (
    select from unnest(cast(:positions as bigint[])) as position where position between c.first_position and c.last_position
)"""


async def checkpoints_over(read: Read, _scope: Scope, positions: Sequence[int]) -> dict[int, CheckpointValue]:
    """Return the checkpoint that covers each position; positions not sealed yet are left out."""
    rows = await read.rows(text(OVER), {"positions": list(positions)})
    found = [checkpoint(row) for row in rows]
    return {
        position: each
        for each in found
        for position in positions
        if each.first_position <= position <= each.last_position
    }


def checkpoint(row: Any) -> CheckpointValue:  # noqa: ANN401 - a row of ledger_checkpoint
    """Return a row of a checkpoint as a value."""
    return CheckpointValue(
        number=row.number, first_position=row.first_position, last_position=row.last_position, root=row.root,
        chain_hash=row.chain_hash, previous_hash=row.previous_hash, created_at=row.created_at, signed=row.signed,
    )  # fmt: skip


async def checks(read: Read, scope: Scope, *, before: UUID | None = None, limit: int) -> list[CheckValue]:
    """Return the checks of the books, newest first; `before` is the id of the last one seen.

    Raises:
        Unauthenticated, Forbidden: without `ledger:check`.
    """
    scope.require("ledger:check")
    statement = select(LedgerCheck.__table__).order_by(LedgerCheck.id.desc()).limit(limit)
    if before is not None:
        statement = statement.where(LedgerCheck.id < before)
    return [check(row) for row in await read.rows(statement)]


async def last_check(read: Read, _scope: Scope, kind: CheckKind) -> CheckValue | None:
    """Return the last check of a kind, None before the first."""
    row = await read.row(
        select(LedgerCheck.__table__).where(LedgerCheck.kind == kind).order_by(LedgerCheck.id.desc()).limit(1)
    )
    return None if row is None else check(row)


def check(row: Any) -> CheckValue:  # noqa: ANN401 - a row of ledger_check
    """Return a row of a run of checks as a value."""
    return CheckValue(
        id=row.id, kind=CheckKind(row.kind), started_at=row.started_at, finished_at=row.finished_at, counted=row.counted,
        breaches=tuple(
            Breach(each["check"], each["unit_class"], each["count"], tuple(each["examples"])) for each in row.broken
        ),
    )  # fmt: skip


async def last_chain(read: Read, _scope: Scope) -> tuple[int, bytes] | None:
    """Return where the chain was found whole the last time: its position and hash then; None if it never was."""
    chain = LedgerCheck.counted["chain"]
    row = await read.row(
        select(chain.label("chain"))
        .where(chain.is_not(None), func.jsonb_typeof(chain) == "object")
        .order_by(LedgerCheck.id.desc())
        .limit(1)
    )
    return None if row is None else (int(row.chain["position"]), bytes.fromhex(row.chain["hash"]))
