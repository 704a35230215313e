"""`carbon audit`: the chain of events."""

import click
from sqlalchemy import select

from backend.cli.session import databases, served
from backend.cli.terminal import checked_settings, run, say, screen
from backend.kit import audit as chains
from backend.kit.db import Databases
from backend.kit.scope import Scope


@click.group()
def audit() -> None:
    """Look after the audit trail."""


@audit.command()
@click.option("--tenant", help="Only this tenant; default: all that are served.")
def verify(tenant: str | None) -> None:
    """Recompute the hash chain of every organisation's audit events.

    Exits 1 and names the first event that was changed or removed in each broken chain.
    """
    settings = checked_settings()
    codes = served(settings, tenant)

    async def whole() -> bool:
        async with databases(settings) as opened:
            return all([await verify_tenant(opened, code) for code in codes])

    if not run(whole()):
        raise click.exceptions.Exit(1)


async def verify_tenant(opened: Databases, tenant: str) -> bool:
    """Verify every chain of one tenant, tell the result, and return whether all hold."""
    async with opened.read(Scope.system(tenant)) as read:
        # Chains are taken from heads and events alike: a removed head must not hide its events.
        known = select(chains.AuditHead.chain_id).union(select(chains.AuditEvent.chain_id))
        ids = sorted(row.chain_id for row in await read.rows(known))
        broken = {chain: await chains.verify(read.connection, chain) for chain in ids}
    faults = {chain: sequence for chain, sequence in broken.items() if sequence is not None}
    for chain, sequence in faults.items():
        screen.print(
            say(
                f"[bold red]✗[/] {tenant}: chain {chain} breaks at event {sequence}",
                f"[bold red]✗[/] {tenant}：审计链 {chain} 在第 {sequence} 条处断裂",
            )
        )
    if not faults:
        screen.print(
            say(f"[green]✓[/] {tenant}: {len(ids)} chains hold", f"[green]✓[/] {tenant}：{len(ids)} 条审计链完整")
        )
    return not faults
