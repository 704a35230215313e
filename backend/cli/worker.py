"""`carbon worker`: one worker process."""

import click

from backend.cli.terminal import checked_settings, part


@click.command()
def worker() -> None:
    """Run imports, calculations and exports, and relay the outbox.

    The process ends when the Redis server goes away; a supervisor (`carbon up`, systemd, Kubernetes) starts it again
    and no work is lost.
    """
    part("backend.jobs.worker", "run")(checked_settings())
