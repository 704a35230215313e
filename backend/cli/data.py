"""`carbon import`, `carbon export`, `carbon reproduce`: data in, data out, and the proof of a published number."""

from pathlib import Path

import click

from backend.cli.session import databases, served
from backend.cli.terminal import checked_settings, run, screen

TENANT = click.option("--tenant", required=True, help="Code of the tenant, such as wuxi.")


@click.command(name="import")
@TENANT
@click.option("--account", required=True, help="Identifier of the carbon account.")
@click.option("--dry-run", "is_dry", is_flag=True, help="Show what would happen; store nothing.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_(tenant: str, account: str, file: Path, *, is_dry: bool) -> None:
    """Import activity data from a workbook or CSV FILE.

    A file with errors comes back beside it as <name>.errors.xlsx (or .csv), each row with its error; nothing is stored
    and the exit code is 1. The same file twice is one import.
    """
    result = _do(tenant, "import_file", account, file, is_dry)
    if isinstance(result, dict) and result.get("errors"):
        raise click.exceptions.Exit(1)


@click.command()
@TENANT
@click.option("--account", required=True, help="Identifier of the carbon account.")
@click.option("--year", type=click.IntRange(2000, 2100), help="One reporting year; default: all.")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def export(tenant: str, account: str, year: int | None, file: Path) -> None:
    """Export an account's activity data and inventory to FILE (.xlsx or .csv). Importing it again changes nothing."""
    _do(tenant, "export_file", account, year, file)


@click.command()
@TENANT
@click.argument("inventory")
def reproduce(tenant: str, inventory: str) -> None:
    """Compute a published INVENTORY again from the versions it names and compare to the last digit.

    Exits 1 when a single digit differs, naming the line.
    """
    if not _do(tenant, "reproduce", inventory):
        raise click.exceptions.Exit(1)


def _do(tenant: str, name: str, *arguments: object) -> object:
    from backend.emissions import terminal  # noqa: PLC0415 - keeps `--help` quick

    settings = checked_settings()
    served(settings, tenant)
    verb = getattr(terminal, name)

    async def whole() -> object:
        async with databases(settings) as opened:
            return await verb(opened, settings, tenant, *arguments, screen.print)

    return run(whole())
