"""`carbon regions`: the roll-ups of the city's ledger, checked and made anew."""

from collections.abc import Awaitable, Callable

import click

from backend.cli.session import databases, served
from backend.cli.terminal import checked_settings, plain, run, say, screen
from backend.kit.db import Databases

TENANT = click.option("--tenant", help="Only this tenant; default: all that are served.")
SHOWN = 20


@click.group()
def regions() -> None:
    """Look after the roll-ups of the city's ledger."""


@regions.command()
@TENANT
def check(tenant: str | None) -> None:
    """Compare every roll-up with the inventories it sums; exit 1 and name the rows that differ.

    Accounts whose change waits for the worker are left out: they are not yet what they will be.
    """
    _for_each(tenant, check_tenant)


@regions.command()
@TENANT
def rebuild(tenant: str | None) -> None:
    """Make every roll-up anew from the inventories. Readers see the old ones until it is done; commands do not wait."""
    _for_each(tenant, rebuild_tenant)


def _for_each(tenant: str | None, work: Callable[[Databases, str], Awaitable[bool]]) -> None:
    settings = checked_settings()
    codes = served(settings, tenant)

    async def whole() -> bool:
        async with databases(settings) as opened:
            return all([await work(opened, code) for code in codes])

    if not run(whole()):
        raise click.exceptions.Exit(1)


async def check_tenant(opened: Databases, tenant: str) -> bool:
    """Check one tenant's roll-ups and tell the result."""
    from backend.regions import terminal  # noqa: PLC0415 - keeps `--help` quick

    found = await terminal.check(opened, tenant)
    for each in found[:SHOWN]:
        screen.print(f"[bold red]✗[/] {tenant}: {each.table} {plain(each.key)}", soft_wrap=True)
        screen.print(f"    {plain(each.stored)} ≠ {plain(each.computed)}", soft_wrap=True)
    if not found:
        screen.print(say(f"[green]✓[/] {tenant}: the roll-ups hold", f"[green]✓[/] {tenant}：汇总数据与清单一致"))
    return not found


async def rebuild_tenant(opened: Databases, tenant: str) -> bool:
    """Make one tenant's roll-ups anew."""
    from backend.regions import terminal  # noqa: PLC0415 - keeps `--help` quick

    await terminal.rebuild(opened, tenant)
    screen.print(say(f"[green]✓[/] {tenant}: the roll-ups were made anew", f"[green]✓[/] {tenant}：汇总数据已重新生成"))
    return True
