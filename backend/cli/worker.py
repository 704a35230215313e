"""`carbon worker`: one worker process."""

import click

from backend.cli.terminal import checked_settings
from backend.kit.collecting import loading


@click.command()
def worker() -> None:
    """Run imports, calculations and exports, and relay the outbox.

    It waits for PostgreSQL and Redis when they go away, and no work is lost.
    """
    with loading():
        from backend.jobs.worker import run  # noqa: PLC0415 - keeps `--help` quick

    run(checked_settings())
