"""`carbon jobs`: what the workers do."""

from collections.abc import Awaitable, Callable

import click
from rich.table import Table

from backend.cli.session import databases, served
from backend.cli.terminal import checked_settings, run, screen
from backend.kit.db import Databases

TENANT = click.option("--tenant", required=True, help="Code of the tenant, such as wuxi.")


@click.group()
def jobs() -> None:
    """Look at jobs, retry them, cancel them."""


@jobs.command(name="list")
@TENANT
@click.option("--state", help="Only jobs in this state, such as running or failed.")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 1000), help="At most so many.")
def list_(tenant: str, state: str | None, limit: int) -> None:
    """List the newest jobs of a tenant."""
    from backend.jobs.terminal import list_jobs  # noqa: PLC0415 - keeps `--help` quick

    _show(tenant, lambda opened: list_jobs(opened, tenant, state, limit))


@jobs.command()
@TENANT
@click.argument("job")
def show(tenant: str, job: str) -> None:
    """Show one JOB with its progress, attempts, result or error."""
    from backend.jobs.terminal import show_job  # noqa: PLC0415 - keeps `--help` quick

    _show(tenant, lambda opened: show_job(opened, tenant, job))


@jobs.command()
@TENANT
@click.argument("job")
def retry(tenant: str, job: str) -> None:
    """Run a failed JOB again. A job that finished is never done twice."""
    from backend.jobs.terminal import retry_job  # noqa: PLC0415 - keeps `--help` quick

    _show(tenant, lambda opened: retry_job(opened, tenant, job))


@jobs.command()
@TENANT
@click.argument("job")
def cancel(tenant: str, job: str) -> None:
    """Cancel a JOB; one under way stops at its next step and stores nothing."""
    from backend.jobs.terminal import cancel_job  # noqa: PLC0415 - keeps `--help` quick

    _show(tenant, lambda opened: cancel_job(opened, tenant, job))


def _show(tenant: str, work: Callable[[Databases], Awaitable[Table]]) -> None:
    settings = checked_settings()
    served(settings, tenant)

    async def whole() -> None:
        async with databases(settings) as opened:
            screen.print(await work(opened))

    run(whole())
