"""Reads of files of invitations: an authority's own, and those of the authorities below it."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from backend.console.access import of_authority
from backend.console.inviting.models import InvitationFile, InvitedEnterprise
from backend.console.values import InvitationFileState, InvitationFileValue, InvitedValue
from backend.kit.db import Read
from backend.kit.scope import Scope

FILE = select(
    *(InvitationFile.__table__.columns[each.name] for each in fields(InvitationFileValue)),
    InvitationFile.annotated_key,
)


def file_of(row: Any) -> InvitationFileValue:  # noqa: ANN401 - a row of FILE
    """Return a row as a value."""
    given: dict[str, Any] = {**row._mapping, "state": InvitationFileState(row.state)}  # noqa: SLF001 - SQLAlchemy's public name
    given.pop("annotated_key", None)
    return InvitationFileValue(**given)


async def files(
    read: Read, scope: Scope, *, limit: int, after: tuple[datetime, UUID] | None = None
) -> list[InvitationFileValue]:
    """Return files, the newest first.

    Raises:
        Unauthenticated, Forbidden, DeskOfAuthority: see `of_authority`.
    """
    of_authority(scope)
    wanted = FILE.order_by(InvitationFile.created_at.desc(), InvitationFile.id.desc()).limit(limit)
    if after is not None:
        at, last = after
        wanted = wanted.where(
            (InvitationFile.created_at < at) | ((InvitationFile.created_at == at) & (InvitationFile.id < last))
        )
    return [file_of(row) for row in await read.rows(wanted)]


async def file_batch(read: Read, scope: Scope, keys: Sequence[UUID]) -> list[InvitationFileValue | None]:
    """Return files in the order of the keys, None where the caller sees none; for a loader."""
    of_authority(scope)
    found = {row.id: file_of(row) for row in await read.rows(FILE.where(InvitationFile.id.in_(set(keys))))}
    return [found.get(key) for key in keys]


async def annotated_key(read: Read, scope: Scope, file_id: UUID) -> str | None:
    """Return where the annotated copy of a file is, None without one.

    Raises:
        Unauthenticated, Forbidden, DeskOfAuthority: see `of_authority`.
    """
    of_authority(scope)
    return await read.value(select(InvitationFile.annotated_key).where(InvitationFile.id == file_id))


async def invited(
    read: Read, scope: Scope, file_id: UUID, *, limit: int, after: int | None = None
) -> list[InvitedValue]:
    """Return the enterprises a file registered, in the order of its rows.

    Raises:
        Unauthenticated, Forbidden, DeskOfAuthority: see `of_authority`.
    """
    of_authority(scope)
    wanted = select(InvitedEnterprise.__table__).where(InvitedEnterprise.file_id == file_id)
    if after is not None:
        wanted = wanted.where(InvitedEnterprise.row > after)
    rows = await read.rows(wanted.order_by(InvitedEnterprise.row).limit(limit))
    return [InvitedValue(row.file_id, row.row, row.enterprise_id, row.administrator, row.email) for row in rows]
