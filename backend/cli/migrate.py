"""`carbon migrate`: databases to the newest revision."""

import click

from backend.cli.session import servers
from backend.cli.terminal import checked_settings, part, run, say, screen


@click.command()
@click.option("--check", "is_check", is_flag=True, help="Change nothing; exit 1 when tables and migrations differ.")
def migrate(*, is_check: bool) -> None:
    """Create the tenants' databases where they are missing and bring each to the newest revision."""
    settings = checked_settings()
    with servers(settings, with_redis=False) as found:
        if is_check:
            run(part("backend.installation", "check_migrations")(found.databases, screen.print))
            screen.print(say("Tables and migrations agree.", "数据表与迁移一致。"))
        else:
            run(part("backend.installation", "migrate")(found.databases, found.admin_url, screen.print))
