"""Reads of imports by a registry's export."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from backend.accounts import service as accounts
from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.ledger.registry.errors import UnitImportNotFound
from backend.ledger.registry.models import UnitImport


@dataclass(frozen=True, slots=True)
class UnitImportValue:
    """A registry's export and how it came out."""

    account_id: UUID
    id: UUID
    class_code: str
    state: str
    is_dry_run: bool
    file_name: str
    media_type: str
    sha256: str
    object_key: str
    annotated_key: str | None
    summary: dict[str, Any]
    group_id: UUID | None
    job_id: UUID | None
    created_at: datetime
    created_by: UUID | None
    finished_at: datetime | None


_IMPORT = select(UnitImport.__table__)


def _value(row: Any) -> UnitImportValue:  # noqa: ANN401 - a row
    return UnitImportValue(**row._mapping)  # noqa: SLF001 - the row's public mapping


async def find_import(read: Read, scope: Scope, account_id: UUID, import_id: UUID) -> UnitImportValue | None:
    """Return an import, None when there is none the caller sees. Raises Unauthenticated, Forbidden."""
    scope.require("ledger:read")
    row = await read.row(_IMPORT.where(UnitImport.account_id == account_id, UnitImport.id == import_id))
    return None if row is None else _value(row)


async def unit_import(read: Read, scope: Scope, account_id: UUID, import_id: UUID) -> UnitImportValue:
    """Return an import.

    Raises:
        Unauthenticated, Forbidden: without `ledger:read`.
        UnitImportNotFound: there is none the caller sees.
    """
    found = await find_import(read, scope, account_id, import_id)
    if found is None:
        raise UnitImportNotFound
    return found


async def imports(
    read: Read, scope: Scope, account_id: UUID, class_code: str | None = None, *, limit: int, before: UUID | None = None
) -> list[UnitImportValue]:
    """Return an account's imports (of a class), newest first.

    Raises:
        Unauthenticated, Forbidden: without `ledger:read`.
        AccountNotFound: no such account, or not visible.
    """
    scope.require("ledger:read")
    await accounts.account(read, scope, account_id)
    wanted = _IMPORT.where(UnitImport.account_id == account_id).order_by(UnitImport.id.desc()).limit(limit)
    if class_code is not None:
        wanted = wanted.where(UnitImport.class_code == class_code)
    if before is not None:
        wanted = wanted.where(UnitImport.id < before)
    return [_value(row) for row in await read.rows(wanted)]
