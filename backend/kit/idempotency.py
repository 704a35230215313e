"""A command is idempotent: same key and same input return the first answer; other input is refused."""

import hashlib
import json
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.clock import now
from backend.kit.db import Write
from backend.kit.errors import Conflict
from backend.kit.orm import Base


class CommandKey(Base):
    """A key a caller gave, the hash of what it asked, and the answer it got."""

    __tablename__ = "command_key"

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    command: Mapped[str]
    input_hash: Mapped[bytes]
    answer: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime]


class IdempotencyKeyReused(Conflict):
    """The key was used before with another command or another input."""

    code = "idempotency_key_reused"
    en = "The idempotency key '{key}' was used before with another input. Use a new key for a new command."
    zh = "幂等键“{key}”此前已用于不同的输入。新的操作请使用新的键。"


def input_hash(command: str, arguments: object) -> bytes:
    """Return SHA-256 of the command's name and its input as canonical JSON."""
    canonical = json.dumps(arguments, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return hashlib.sha256(f"{command}\n{canonical}".encode()).digest()


async def begin(write: Write, key: str, command: str, arguments: object) -> dict[str, Any] | None:
    """Claim the key in this transaction; return the first answer when the command was done before.

    Two concurrent commands with one key queue on the key's row: the second sees the first's answer.

    Raises:
        IdempotencyKeyReused: the key belongs to another command or another input.
    """
    owner = write.scope.organisation_id or UUID(int=0)
    # The actor is part of the input: nobody is handed an answer that was given to a colleague.
    hashed = input_hash(command, {"actor": write.scope.actor_id, "input": arguments})
    claimed = await write.value(
        upsert(CommandKey)
        .values(organisation_id=owner, key=key, command=command, input_hash=hashed, created_at=now())
        .on_conflict_do_nothing()
        .returning(CommandKey.key)
    )
    if claimed is not None:
        return None
    found = await write.row(
        select(CommandKey.input_hash, CommandKey.answer).where(
            CommandKey.organisation_id == owner, CommandKey.key == key
        )
    )
    if found is None or found.input_hash != hashed:
        raise IdempotencyKeyReused(key=key)
    return found.answer or {}


async def finish(write: Write, key: str, answer: dict[str, Any]) -> None:
    """Keep the answer beside the key."""
    owner = write.scope.organisation_id or UUID(int=0)
    await write.run(
        update(CommandKey)
        .where(CommandKey.organisation_id == owner, CommandKey.key == key)
        .values(answer=json.loads(json.dumps(answer, default=str)))
    )
