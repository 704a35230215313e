"""`carbon jobs`: what the workers do."""

import click

from backend.cli.session import databases, served
from backend.cli.terminal import checked_settings, part, run, screen

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
    _do(tenant, "list_jobs", state, limit)


@jobs.command()
@TENANT
@click.argument("job")
def show(tenant: str, job: str) -> None:
    """Show one JOB with its progress, attempts, result or error."""
    _do(tenant, "show_job", job)


@jobs.command()
@TENANT
@click.argument("job")
def retry(tenant: str, job: str) -> None:
    """Run a failed JOB again. A job that finished is never done twice."""
    _do(tenant, "retry_job", job)


@jobs.command()
@TENANT
@click.argument("job")
def cancel(tenant: str, job: str) -> None:
    """Cancel a JOB; one under way stops at its next step and stores nothing."""
    _do(tenant, "cancel_job", job)


def _do(tenant: str, name: str, *arguments: object) -> None:
    settings = checked_settings()
    served(settings, tenant)

    async def whole() -> None:
        async with databases(settings) as opened:
            screen.print(await part("backend.jobs.operator", name)(opened, tenant, *arguments))

    run(whole())
