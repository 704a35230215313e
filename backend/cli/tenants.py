"""`carbon tenants`: the jurisdictions and their walls."""

import click

from backend.cli.session import Addresses, servers
from backend.cli.terminal import checked_settings, run, say, screen
from backend.kit.db import Databases
from backend.kit.scope import Scope
from backend.kit.settings import Settings


@click.group()
def tenants() -> None:
    """Look at the tenants this installation serves."""


@tenants.command(name="list")
def list_() -> None:
    """List every pack, its version and size, and whether this installation serves it."""
    from rich.table import Table  # noqa: PLC0415 - keeps `--help` quick

    from backend.tenants.packs import load_packs  # noqa: PLC0415 - keeps `--help` quick

    settings = checked_settings()
    packs = load_packs(settings.packs_dir)
    table = Table("code", "名称", "name", "division", "version", "divisions", "programmes", "served")
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
    """Check each tenant's two walls and its revision; exit 1 when one does not hold.

    Looks at the application role's powers, its way into other databases, row-level security on every table, and that
    books can only be added to.
    """
    settings = checked_settings()
    with servers(settings, with_redis=False) as found:
        if not run(check_all(settings, found)):
            raise click.exceptions.Exit(1)


async def check_all(settings: Settings, found: Addresses) -> bool:
    """Check every served tenant, tell what was seen, and return whether all is sound."""
    from backend.cli.walls import Finding, look  # noqa: PLC0415 - keeps `--help` quick
    from backend.tenants import provision  # noqa: PLC0415 - the same

    opened = Databases({code: each.app.get_secret_value() for code, each in found.databases.items()})
    is_sound = True
    try:
        for tenant in settings.tenant_codes:
            at = await provision.revision(found.databases[tenant].owner.get_secret_value())
            newest = provision.head()
            findings = [
                Finding("database is at the newest revision", "数据库为最新版本", "" if at == newest else str(at))
            ]
            if at is not None:
                async with opened.read(Scope.nobody(tenant)) as read:
                    findings += await look(read)
            screen.print(f"[bold]{tenant}[/]")
            for finding in findings:
                sign = "[green]✓[/]" if finding.is_sound else "[bold red]✗[/]"
                screen.print(f"  {sign} {say(finding.english, finding.chinese)} {finding.found}".rstrip())
            is_sound = is_sound and all(finding.is_sound for finding in findings)
    finally:
        await opened.close()
    return is_sound
