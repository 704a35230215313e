"""Reads of issued statements. Row-level security has decided what is visible before any condition here."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import fields
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select, tuple_

from backend.emissions import service as emissions
from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.statements.account.issued import FileKind, StatementFile, StatementValue, Superseded
from backend.statements.models import AccountStatement, AccountStatementFile

Key = tuple[UUID, UUID]
"""(account, statement)."""
_NAMES = tuple(each.name for each in fields(StatementValue) if each.name != "files")


async def _read(read: Read, wanted: Select[Any]) -> list[StatementValue]:
    """Return the chosen statements with their files; two statements of SQL."""
    rows = await read.rows(wanted)
    keys = [(row.account_id, row.id) for row in rows]
    files: dict[Key, list[StatementFile]] = defaultdict(list)
    table = AccountStatementFile
    if keys:
        for row in await read.rows(
            select(table.__table__)
            .where(tuple_(table.account_id, table.statement_id).in_(keys))
            .order_by(table.kind, table.language)
        ):
            files[row.account_id, row.statement_id].append(
                StatementFile(FileKind(row.kind), row.language, row.sha256, row.size, row.object_key)
            )
    return [
        StatementValue(**{name: getattr(row, name) for name in _NAMES}, files=tuple(files[row.account_id, row.id]))
        for row in rows
    ]


def _statement() -> Select[Any]:
    return select(*(AccountStatement.__table__.columns[each] for each in _NAMES))


async def statements_by_id(read: Read, scope: Scope, keys: Sequence[Key]) -> list[StatementValue | None]:
    """Return statements by account and id in the order of the keys, None for one not visible (batch)."""
    scope.require("statements:read")
    wanted = _statement().where(tuple_(AccountStatement.account_id, AccountStatement.id).in_(keys))
    found = {(each.account_id, each.id): each for each in await _read(read, wanted)}
    return [found.get(key) for key in keys]


async def statement_by_number(read: Read, scope: Scope, number: str) -> StatementValue | None:
    """Return the statement of a number, None when it is not visible."""
    scope.require("statements:read")
    found = await _read(read, _statement().where(AccountStatement.number == number))
    return found[0] if found else None


async def statements(
    read: Read, scope: Scope, account_id: UUID, *, before: UUID | None = None, limit: int
) -> list[StatementValue]:
    """Return an account's statements, newest first; ids sort by time of birth."""
    scope.require("statements:read")
    wanted = _statement().where(AccountStatement.account_id == account_id).order_by(AccountStatement.id.desc())
    if before is not None:
        wanted = wanted.where(AccountStatement.id < before)
    return await _read(read, wanted.limit(limit))


async def superseded(read: Read, scope: Scope, found: Sequence[StatementValue]) -> list[list[Superseded]]:
    """Return, for each statement, the inventories it rests on that count no longer; one statement of SQL for all."""
    stated = [each.facts["inventories"] for each in found]
    years = sorted({one["year"] for each in stated for one in each})
    accounts = sorted({each.account_id for each in found})
    current = await emissions.inventory_facts(read, scope, accounts, years)
    answer: list[list[Superseded]] = []
    for value, inventories in zip(found, stated, strict=True):
        gone: list[Superseded] = []
        for one in inventories:
            now = current.get((value.account_id, one["year"]))
            if now is None:
                gone.append(Superseded(one["year"], one["version"], None, None))
            elif str(now.inventory_id) != one["id"]:
                gone.append(Superseded(one["year"], one["version"], now.version, now.computed_at))
        answer.append(gone)
    return answer


async def superseded_by_id(read: Read, scope: Scope, keys: list[Key]) -> list[list[Superseded]]:
    """Return what became of statements' inventories, in the order of the keys (batch)."""
    known = [each for each in await statements_by_id(read, scope, keys) if each is not None]
    by_key = {
        (each.account_id, each.id): gone for each, gone in zip(known, await superseded(read, scope, known), strict=True)
    }
    return [by_key.get(key, []) for key in keys]
