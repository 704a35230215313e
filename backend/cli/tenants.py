"""`carbon tenants`: the jurisdictions and their walls."""

import click

from backend.cli.session import databases
from backend.cli.terminal import checked_settings, part, run, screen


@click.group()
def tenants() -> None:
    """Look at the tenants this installation serves."""


@tenants.command(name="list")
def list_() -> None:
    """List the tenants with their pack, its version and the number of divisions."""
    from rich.table import Table  # noqa: PLC0415 - keeps `--help` quick

    settings = checked_settings()
    packs = part("backend.tenants.packs", "load_packs")(settings.packs_dir)
    table = Table("tenant", "名称", "name", "division", "pack", "divisions", "programmes", "served")
    for code, pack in sorted(packs.items()):
        table.add_row(
            code,
            pack.name_zh,
            pack.name_en,
            pack.division_code,
            str(pack.version),
            str(len(pack.divisions)),
            str(len(pack.programmes)),
            "✓" if code in settings.tenant_codes else "",
        )
    screen.print(table)


@tenants.command()
def check() -> None:
    """Check each tenant's walls: roles, connections, row-level security on every table, revision, pack."""
    settings = checked_settings()

    async def whole() -> bool:
        async with databases(settings) as opened:
            return await part("backend.installation", "check_tenants")(opened, settings, screen.print)

    if not run(whole()):
        raise click.exceptions.Exit(1)
