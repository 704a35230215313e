"""The journal on the wire: signed checkpoints, proofs of entries, runs of the standing checks."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import strawberry

from backend.kit.db import Write
from backend.ledger import jobs, service
from backend.ledger.journal import queries
from backend.ledger.journal.values import Breach, CheckKind, CheckpointValue, CheckValue, ProofValue
from backend.wire.commands import command
from backend.wire.connections import Connection, connect, page
from backend.wire.context import Context, Info
from backend.wire.nodes import node_id, uuids
from backend.wire.scalars import JSON, BigInt

# pyright: reportGeneralTypeIssues=false, reportSelfClsParameterName=false
# ruff: noqa: N805
# `command` makes static functions.

First = Annotated[int, strawberry.argument(description="How many, at most 100.")]
After = Annotated[str | None, strawberry.argument(description="The `endCursor` of the page before.")]


@strawberry.type(
    description="A signed statement of how far the journal of units was (账簿检查点): the Merkle root (RFC 6962) over its "
    "entries since the last one. Public."
)
class LedgerCheckpoint:
    """A signed statement of how far the journal was."""

    number: BigInt = strawberry.field(description="Counts from 1.")
    first_position: BigInt = strawberry.field(description="The first entry it covers.")
    last_position: BigInt = strawberry.field(description="The last entry it covers.")
    root: str = strawberry.field(description="Merkle root over the entries' hashes, hexadecimal.")
    chain_hash: str = strawberry.field(description="The chain's hash at the last entry, hexadecimal.")
    previous_hash: str = strawberry.field(
        description="SHA-256 of the signed text of the checkpoint before, hexadecimal; zeros before the first."
    )
    created_at: datetime = strawberry.field(description="When it was signed.")
    signed: str = strawberry.field(
        description="JWS (ES256) over all of this, by a key of `/.well-known/documents.json`."
    )


@strawberry.type(
    description="That a movement is in the journal (存在性证明): its exact entry, the way to the root, the signed "
    "checkpoint over the root. docs/verify/verify_entry.py checks it without asking anybody."
)
class JournalProof:
    """That a movement is in the journal."""

    position: BigInt = strawberry.field(description="The entry's place in the journal.")
    entry: str = strawberry.field(
        description="The movement as it was recorded and hashed, JSON text; its last part are its postings' hashes."
    )
    opened: list[str] = strawberry.field(
        description="The postings you may see, JSON text each: account, batch, bucket, amount, the balance it left, "
        "serials. Hand on those you want to show; a stranger sees that each belongs to the entry."
    )
    entry_hash: str = strawberry.field(description="SHA-256 of the entry, hexadecimal.")
    audit_path: list[str] = strawberry.field(description="Siblings on the way to the root, from below, hexadecimal.")
    checkpoint: LedgerCheckpoint = strawberry.field(description="The checkpoint that covers it.")
    document: JSON = strawberry.field(description="All of it as the file a stranger is given.")


@strawberry.type(description="A standing invariant that did not hold (账簿不变式不成立).")
class LedgerBreach:
    """A standing invariant that did not hold."""

    check: str = strawberry.field(description="The invariant's name; docs/operations.md explains each.")
    unit_class: str | None = strawberry.field(description="The class concerned; null when it concerns all.")
    count: int = strawberry.field(description="How many cases.")


strawberry.enum(
    CheckKind,
    name="LedgerCheckKind",
    description="INVARIANTS: the standing invariants, every hour. JOURNAL: the whole journal recomputed, every night.",
)


@strawberry.type(description="One check of the books (账簿巡检). A class that fails is frozen.")
class LedgerCheck:
    """One run of the standing checks."""

    id: strawberry.ID = strawberry.field(description="Its id; an audit event and a frozen class name it.")
    kind: CheckKind = strawberry.field(description="What was looked at.")
    started_at: datetime = strawberry.field(description="When it began.")
    finished_at: datetime = strawberry.field(description="When it ended.")
    is_sound: bool = strawberry.field(description="Whether everything held.")
    counted: JSON = strawberry.field(description="How many rows of each kind were looked at.")
    breaches: list[LedgerBreach] = strawberry.field(description="What did not hold.")


@strawberry.type(description="A run of the standing checks was asked for; follow the job.")
class LedgerCheckRequested:
    """A run of the standing checks was asked for."""

    job_id: strawberry.ID = strawberry.field(description="The job; its result says whether the books are sound.")


def checkpoint(value: CheckpointValue) -> LedgerCheckpoint:
    """Return a checkpoint as it is shown."""
    return LedgerCheckpoint(
        number=BigInt(value.number), first_position=BigInt(value.first_position),
        last_position=BigInt(value.last_position), root=value.root.hex(), chain_hash=value.chain_hash.hex(),
        previous_hash=value.previous_hash.hex(), created_at=value.created_at, signed=value.signed,
    )  # fmt: skip


def proof(value: ProofValue) -> JournalProof:
    """Return a proof as it is shown."""
    return JournalProof(
        position=BigInt(value.link.position), entry=value.entry, opened=list(value.opened),
        entry_hash=value.link.entry_hash.hex(),
        audit_path=[each.hex() for each in value.audit_path], checkpoint=checkpoint(value.checkpoint),
        document=JSON(value.document()),
    )  # fmt: skip


def check(value: CheckValue) -> LedgerCheck:
    """Return a run of checks as it is shown: what it counted and which invariants failed, nobody's accounts."""
    return LedgerCheck(
        id=strawberry.ID(str(value.id)), kind=value.kind, started_at=value.started_at, finished_at=value.finished_at,
        is_sound=value.is_sound, counted=JSON(_plain(value.counted)), breaches=[_breach(each) for each in value.breaches],
    )  # fmt: skip


def _breach(value: Breach) -> LedgerBreach:
    return LedgerBreach(check=value.check, unit_class=value.class_code, count=value.count)


def _plain(counted: Mapping[str, Any]) -> dict[str, int]:
    """Return the numbers of rows; what the jurisdiction's holders have is nothing an operator or a district reads here."""
    return {name: number for name, number in counted.items() if isinstance(number, int)}


@strawberry.type
class JournalQuery:
    """Reads of the journal."""

    @strawberry.field(
        description="The signed checkpoints of the journal, newest first. `GET /ledger/checkpoints` gives them to anybody."
    )
    async def ledger_checkpoints(
        self, info: Info, first: First = 50, after: After = None
    ) -> Connection[LedgerCheckpoint]:
        """List checkpoints."""
        info.context.scope.require("ledger:read")
        asked = page(first, after)
        key = asked.key(int)
        async with info.context.read() as read:
            rows = await queries.checkpoints(
                read, info.context.scope, before=None if key is None else key[0], limit=asked.fetch
            )
        return connect(rows, asked, key=lambda row: [row.number], make=checkpoint)

    @strawberry.field(
        description="The proof that a movement is in the journal, for whoever sees the movement. It opens the postings of "
        "accounts you may look into; the others stay hashes. `GET /ledger/proofs/{movement}` gives it as a file."
    )
    async def journal_proof(
        self, info: Info, movement_id: Annotated[strawberry.ID, strawberry.argument(description="The movement.")]
    ) -> JournalProof:
        """Return the proof of a movement."""
        (own_id,) = uuids(movement_id, "UnitMovement", path=("movementId",))
        async with info.context.read() as read:
            return proof(await service.prove(read, info.context.scope, own_id))

    @strawberry.field(description="Checks of the books, newest first; with `ledger:check`.")
    async def ledger_checks(self, info: Info, first: First = 20, after: After = None) -> Connection[LedgerCheck]:
        """List runs of the standing checks."""
        asked = page(first, after)
        key = asked.key(UUID)
        async with info.context.read() as read:
            rows = await queries.checks(
                read, info.context.scope, before=None if key is None else key[0], limit=asked.fetch
            )
        return connect(rows, asked, key=lambda row: [row.id], make=check)


@strawberry.type
class JournalMutation:
    """Commands on the journal."""

    @command("ledger:check")
    async def run_ledger_check(context: Context, write: Write) -> LedgerCheckRequested:
        """Check the standing invariants of the books now; what does not hold freezes its class."""
        return LedgerCheckRequested(job_id=node_id("Job", await jobs.request_check(write, context.scope)))
