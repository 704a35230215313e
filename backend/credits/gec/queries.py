"""Reads of certificate imports and of generation."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text

from backend.accounts import service as accounts
from backend.credits.gec.import_errors import CertificateImportNotFound
from backend.credits.gec.models import GecImport
from backend.credits.gec.validity import Issuable, issuable
from backend.kit.db import Read
from backend.kit.scope import Scope


@dataclass(frozen=True, slots=True)
class CertificateImportValue:
    """A file of certificates and how it came out."""

    account_id: UUID
    id: UUID
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


def _value(row: Any) -> CertificateImportValue:  # noqa: ANN401 - a row
    return CertificateImportValue(**row._mapping)  # noqa: SLF001 - the row's public mapping


_IMPORT = select(GecImport.__table__)


async def find_import(read: Read, scope: Scope, account_id: UUID, import_id: UUID) -> CertificateImportValue | None:
    """Return an import, None when there is none the caller sees. Raises Unauthenticated, Forbidden."""
    scope.require("credits:read")
    row = await read.row(_IMPORT.where(GecImport.account_id == account_id, GecImport.id == import_id))
    return None if row is None else _value(row)


async def certificate_import(read: Read, scope: Scope, account_id: UUID, import_id: UUID) -> CertificateImportValue:
    """Return an import.

    Raises:
        Unauthenticated, Forbidden: without `credits:read`.
        CertificateImportNotFound: there is none the caller sees.
    """
    found = await find_import(read, scope, account_id, import_id)
    if found is None:
        raise CertificateImportNotFound
    return found


async def imports(
    read: Read, scope: Scope, account_id: UUID, *, limit: int, before: UUID | None = None
) -> list[CertificateImportValue]:
    """Return an account's imports, newest first.

    Raises:
        Unauthenticated, Forbidden: without `credits:read`.
        AccountNotFound: no such account, or not visible.
    """
    scope.require("credits:read")
    await accounts.account(read, scope, account_id)
    wanted = _IMPORT.where(GecImport.account_id == account_id).order_by(GecImport.id.desc()).limit(limit)
    if before is not None:
        wanted = wanted.where(GecImport.id < before)
    return [_value(row) for row in await read.rows(wanted)]


MONTHS = text("""
select distinct on (project_code, month) project_code, month, kwh, is_forecast
from gec_generation
where account_id = :account and (cast(:project as text) is null or project_code = :project)
order by project_code, month, is_forecast, revision desc""")
"""A recorded month counts before a forecast of it, of each the highest revision."""


async def generation(
    read: Read, scope: Scope, account_id: UUID, project_code: str | None = None
) -> list[tuple[str, Issuable]]:
    """Return the months of an account's projects, in order, with certificates and the remainder carried on.

    Raises:
        Unauthenticated, Forbidden: without `credits:read`.
        AccountNotFound: no such account, or not visible.
    """
    scope.require("credits:read")
    await accounts.account(read, scope, account_id)
    months: dict[str, list[tuple[date, Any, bool]]] = {}
    for row in await read.rows(MONTHS, {"account": account_id, "project": project_code}):
        months.setdefault(row.project_code, []).append((row.month, row.kwh, row.is_forecast))
    return [(project, month) for project, each in months.items() for month in issuable(each)]
