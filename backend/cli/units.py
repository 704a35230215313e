"""`carbon import-units`: a registry's export of certificates, CCER or allowances into an account's books."""

from pathlib import Path
from typing import Any
from uuid import UUID

import click

from backend.cli.session import databases, served
from backend.cli.terminal import checked_settings, run, screen
from backend.kit.db import Databases
from backend.kit.settings import Settings

CLASSES = ("GEC", "CCER", "CEA")
SHOWN = 50


@click.command(name="import-units")
@click.option("--tenant", required=True, help="Code of the tenant, such as wuxi.")
@click.option("--account", required=True, help="Identifier or number of the carbon account.")
@click.option(
    "--class",
    "class_code",
    required=True,
    type=click.Choice(CLASSES, case_sensitive=False),
    help="What the file holds.",
)
@click.option("--dry-run", "is_dry", is_flag=True, help="Show what would happen; store nothing.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_units(tenant: str, account: str, class_code: str, file: Path, *, is_dry: bool) -> None:
    """Import a registry's export FILE: green certificates (GEC), CCER, or allowances bought (CEA).

    All of it comes in or nothing. A file with errors comes back beside it as <name>.errors.xlsx (or .csv), each row with
    its error, and the exit code is 1. The same file twice is one import. Serials held in another jurisdiction are
    refused.
    """
    settings = checked_settings()
    served(settings, tenant)

    async def whole() -> dict[str, Any]:
        async with databases(settings) as opened:
            return await _import(opened, settings, tenant, account, class_code, file, is_dry=is_dry)

    if run(whole()).get("errors"):
        raise click.exceptions.Exit(1)


async def _import(
    opened: Databases, settings: Settings, tenant: str, account: str, class_code: str, file: Path, *, is_dry: bool
) -> dict[str, Any]:
    """Do the work here, not by a worker: the import is recorded, and the job's function run at once."""
    from backend.emissions.activity.terminal import account_named  # noqa: PLC0415 - keeps `--help` quick
    from backend.kit.ids import new_id  # noqa: PLC0415 - as above
    from backend.kit.scope import Scope  # noqa: PLC0415 - as above
    from backend.kit.storage import Storage, key_of  # noqa: PLC0415 - as above
    from backend.kit.tasks import Task  # noqa: PLC0415 - as above

    scope = Scope.system(tenant)
    account_id = await account_named(opened, scope, account)
    storage = Storage.of(settings)
    key = key_of(tenant, account_id, "certificates" if class_code == "GEC" else "units", new_id())
    stored = await storage.put(key, file, limit=settings.import_max_bytes)
    given: dict[str, Any] = {
        "account_id": account_id, "stored": stored, "file_name": file.name, "media_type": "", "is_dry_run": is_dry,
        "is_queued": False,
    }  # fmt: skip
    accepted = await _request(opened, scope, class_code, given)
    if accepted.is_repeat:
        await storage.delete(key)
        screen.print(f"{file.name}: this content was imported before ({accepted.import_id}); nothing to do.")
        return {"import_id": str(accepted.import_id), "state": accepted.state}
    task = Task(databases=opened, scope=scope, storage=storage, settings=settings, job_id=accepted.import_id)
    result = await _work(task, class_code, account_id, accepted.import_id)
    screen.print(_outcome(file.name, result))
    annotated = await _annotated(opened, scope, class_code, account_id, accepted.import_id)
    if annotated is not None:
        target = file.with_name(f"{file.stem}.errors.{annotated.rpartition('.')[2]}")
        await storage.save(annotated, target)
        screen.print(f"Every problem is marked in {target}")
    return result


async def _request(opened: Databases, scope: Any, class_code: str, given: dict[str, Any]) -> Any:  # noqa: ANN401 - of two nouns
    from backend.credits.ccer.files import CCER_FILE  # noqa: PLC0415 - keeps `--help` quick
    from backend.credits.gec import importing as certificates  # noqa: PLC0415 - as above
    from backend.ledger.registry import importing  # noqa: PLC0415 - as above
    from backend.quotas.files import CEA_FILE  # noqa: PLC0415 - as above

    async with opened.write(scope) as write:
        if class_code == "GEC":
            return await certificates.request_import(write, scope, **given)
        return await importing.request_import(
            write, scope, CCER_FILE if class_code == CCER_FILE.class_code else CEA_FILE, **given
        )


async def _work(task: Any, class_code: str, account_id: UUID, import_id: UUID) -> dict[str, Any]:  # noqa: ANN401 - imported late
    from backend.credits.gec.jobs_import import import_certificates  # noqa: PLC0415 - keeps `--help` quick
    from backend.ledger.registry.jobs import import_unit_file  # noqa: PLC0415 - as above

    work = import_certificates if class_code == "GEC" else import_unit_file
    return await work(task, {"account_id": str(account_id), "import_id": str(import_id)})


async def _annotated(opened: Databases, scope: Any, class_code: str, account_id: UUID, import_id: UUID) -> str | None:  # noqa: ANN401 - imported late
    from backend.credits.gec.queries import certificate_import  # noqa: PLC0415 - keeps `--help` quick
    from backend.ledger.registry.queries import unit_import  # noqa: PLC0415 - as above

    async with opened.read(scope) as read:
        find: Any = certificate_import if class_code == "GEC" else unit_import
        return (await find(read, scope, account_id, import_id)).annotated_key


def _outcome(name: str, result: dict[str, Any]) -> Any:  # noqa: ANN401 - a table of rich, imported late
    from rich.table import Table  # noqa: PLC0415 - keeps `--help` quick

    kinds = ("rows", "certificates", "units", "batches", "errors")
    counts = ", ".join(f"{result[kind]} {kind}" for kind in kinds if kind in result)
    table = Table("row", "column", "problem", title=f"{name}: {result['state']} ({counts})")
    for each in result.get("problems", [])[:SHOWN]:
        table.add_row(str(each["row"]), each["column"], f"{each['message_zh']}\n{each['message_en']}")
    return table
