"""`carbon audit`: the chain of events."""

import click

from backend.cli.session import databases
from backend.cli.terminal import checked_settings, part, run, screen


@click.group()
def audit() -> None:
    """Look after the audit trail."""


@audit.command()
@click.option("--tenant", help="Only this tenant; default: all that are served.")
def verify(tenant: str | None) -> None:
    """Recompute the hash chain of every organisation's audit events; exit 1 at the first broken link."""
    settings = checked_settings()

    async def whole() -> bool:
        async with databases(settings) as opened:
            codes = (tenant,) if tenant else opened.tenants
            work = part("backend.installation", "verify_audit")
            return all([await work(opened, code, screen.print) for code in codes])

    if not run(whole()):
        raise click.exceptions.Exit(1)
