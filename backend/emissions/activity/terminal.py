"""`carbon import` and `carbon export`: activity data in and out at a terminal."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

from rich.table import Table
from sqlalchemy import text

from backend.accounts.errors import AccountNotFound
from backend.emissions.activity import exporting, importing, jobs, queries
from backend.emissions.activity.directory import directory
from backend.kit.db import Databases
from backend.kit.errors import CarbonError
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.kit.settings import Settings
from backend.kit.storage import Storage, key_of
from backend.kit.tasks import Task
from backend.wire.nodes import uuids

Tell = Callable[[object], None]
SHOWN = 50
NUMBERED = text("select id from carbon_account where number = :number")


async def import_file(
    databases: Databases, settings: Settings, tenant: str, account: str, file: Path, is_dry: bool, tell: Tell  # noqa: FBT001 - the command's shape
) -> dict[str, Any]:  # fmt: skip
    """Import a workbook or CSV and tell what it did; a refused file comes back as `<name>.errors.<suffix>`.

    The work is done here, not by a worker: the job is recorded, and its function run at once.

    Raises:
        AccountNotFound: no such account.
        FileTooLarge, FileUnreadable, HeaderMissing, TooManyRows, NothingEntered: the file cannot be taken.
    """
    scope = Scope.system(tenant)
    account_id = await account_named(databases, scope, account)
    storage = Storage.of(settings)
    key = key_of(tenant, account_id, "imports", new_id())
    stored = await storage.put(key, file, limit=settings.import_max_bytes)
    async with databases.write(scope) as write:
        accepted = await importing.request_import(
            write, scope, account_id=account_id, stored=stored, file_name=file.name, media_type="", is_dry_run=is_dry,
            is_queued=False,
        )  # fmt: skip
    if accepted.is_repeat:
        await storage.delete(key)
        tell(f"{file.name}: this content was imported before (batch {accepted.batch_id}); nothing to do.")
        return {"batch_id": str(accepted.batch_id), "state": accepted.state}
    task = Task(databases=databases, scope=scope, storage=storage, settings=settings, job_id=accepted.batch_id)
    payload = {"account_id": str(account_id), "batch_id": str(accepted.batch_id)}
    result = await jobs.import_activity(task, payload)
    tell(_outcome(file.name, result))
    async with databases.read(scope) as read:
        batch = await queries.batch(read, scope, account_id, accepted.batch_id)
    if batch.annotated_key is not None:
        target = file.with_name(f"{file.stem}.errors.{batch.annotated_key.rpartition('.')[2]}")
        await storage.save(batch.annotated_key, target)
        tell(f"Every problem is marked in {target}")
    return result


async def export_file(
    databases: Databases, settings: Settings, tenant: str, account: str, year: int | None, file: Path, tell: Tell  # noqa: ARG001 - the command's shape
) -> int:  # fmt: skip
    """Write an account's activity data to a workbook or CSV, by the file's suffix; return how many records.

    Raises:
        FormatUnknown: neither .xlsx nor .csv.
        AccountNotFound: no such account.
    """
    scope = Scope.system(tenant)
    account_id = await account_named(databases, scope, account)
    async with databases.read(scope) as read:
        found = await directory(read, scope, account_id)
        count = await exporting.write_export(read, found, year, file.suffix.lower().removeprefix("."), file)
    tell(f"{count} records in {file}")
    return count


async def account_named(databases: Databases, scope: Scope, account: str) -> UUID:
    """Return the account's id from a plain id, an id of the API, or its number.

    Raises:
        AccountNotFound: no such number.
    """
    try:
        return UUID(account)
    except ValueError:
        pass
    try:
        return uuids(account, "CarbonAccount")[0]
    except CarbonError:
        pass
    async with databases.read(scope) as read:
        found = await read.value(NUMBERED, {"number": account})
    if found is None:
        raise AccountNotFound
    return found


def _outcome(name: str, result: dict[str, Any]) -> Table:
    counts = ", ".join(
        f"{result.get(key, 0)} {key}" for key in ("new", "unchanged", "corrections", "errors", "warnings", "blank")
    )
    table = Table("row", "column", "problem", title=f"{name}: {result['state']} ({counts})")
    for each in result.get("problems", [])[:SHOWN]:
        table.add_row(str(each["row"]), each["column"], f"{each['message_zh']}\n{each['message_en']}")
    return table
