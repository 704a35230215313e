"""`carbon reference`: dated, versioned parameters."""

from pathlib import Path

import click

from backend.cli.session import databases, served
from backend.cli.terminal import checked_settings, part, run, screen


@click.group()
def reference() -> None:
    """Load and check reference parameters (factors, benchmarks, deadlines). Nothing is ever overwritten."""


@reference.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False)
@click.option("--tenant", help="Only this tenant; default: all that are served.")
@click.option("--dry-run", "is_dry", is_flag=True, help="Show what would change and how many accounts it moves.")
def load(file: Path | None, tenant: str | None, *, is_dry: bool) -> None:
    """Load the shipped parameters, or new versions from a CSV FILE.

    A row that equals the newest version changes nothing; a row that differs becomes a new version.
    """
    _each(tenant, "load_reference", file, is_dry)


@reference.command()
@click.option("--tenant", help="Only this tenant; default: all that are served.")
def check(tenant: str | None) -> None:
    """Check that every parameter has a unit, a source and a confidence, and that versions do not overlap."""
    _each(tenant, "check_reference")


def _each(tenant: str | None, name: str, *arguments: object) -> None:
    settings = checked_settings()
    codes = served(settings, tenant)

    async def whole() -> bool:
        async with databases(settings) as opened:
            work = part("backend.installation", name)
            return all([await work(opened, code, *arguments, screen.print) for code in codes])

    if not run(whole()):
        raise click.exceptions.Exit(1)
