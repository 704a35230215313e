"""`carbon ledger`: the journal of the units, verified, checked, signed and proved."""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import click

from backend.cli.session import databases, served
from backend.cli.terminal import checked_settings, plain, run, say, screen
from backend.kit.db import Databases
from backend.kit.scope import Scope
from backend.kit.settings import Settings

TENANT = click.option("--tenant", help="Only this tenant; default: all that are served.")
Work = Callable[[Databases, Settings, str], Awaitable[bool]]


@click.group()
def ledger() -> None:
    """Look after the books of units and their journal."""


@ledger.command()
@TENANT
def verify(tenant: str | None) -> None:
    """Recompute the whole journal: every entry, the chain, the checkpoints, the head.

    Exits 1 and names the first position, movement or checkpoint that does not hold.
    """
    for_each(tenant, verify_tenant)


@ledger.command()
@TENANT
def check(tenant: str | None) -> None:
    """Check the standing invariants of the books now, as the schedule does every hour.

    Exits 1 when one does not hold; the class of units concerned is then frozen, and nothing is mended.
    """
    for_each(tenant, check_tenant)


@ledger.command()
@TENANT
def checkpoint(tenant: str | None) -> None:
    """Sign the journal's new entries now, as the schedule does every hour.

    Exits 1 when the chain does not hold: what is broken is not signed.
    """
    for_each(tenant, seal_tenant)


@ledger.command()
@click.option("--tenant", required=True, help="The jurisdiction's code, e.g. wuxi.")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="Write it there; default: to standard output."
)
@click.argument("number", type=int)
def proof(tenant: str, out: Path | None, number: int) -> None:
    """Write the proof that movement NUMBER is in the journal, for docs/verify/verify_entry.py.

    It opens every posting, with what both sides had left: hand it to nobody who may not see that.
    """
    from backend.ledger import terminal  # noqa: PLC0415 - keeps `--help` quick

    settings = checked_settings()
    (code,) = served(settings, tenant)

    async def whole() -> str:
        async with databases(settings) as opened:
            found = await terminal.prove(opened, Scope.system(code), number)
        return json.dumps(found.document(), ensure_ascii=False, indent=1) + "\n"

    written = run(whole())
    if out is None:
        click.echo(written, nl=False)
    else:
        out.write_text(written, encoding="utf-8")
        screen.print(say(f"Wrote {out}.", f"已写入 {out}。"), markup=False)


def for_each(tenant: str | None, work: Work) -> None:
    """Do the work for every tenant; exit 1 when one of them is not sound."""
    settings = checked_settings()
    codes = served(settings, tenant)

    async def whole() -> bool:
        async with databases(settings) as opened:
            return all([await work(opened, settings, code) for code in codes])

    if not run(whole()):
        raise click.exceptions.Exit(1)


async def verify_tenant(opened: Databases, _settings: Settings, tenant: str) -> bool:
    """Recompute one tenant's journal and tell the result."""
    from backend.ledger import terminal  # noqa: PLC0415 - keeps `--help` quick
    from backend.ledger.journal.words import of_fault  # noqa: PLC0415 - the same
    from backend.statements import service as statements  # noqa: PLC0415 - the same

    scope = Scope.system(tenant)
    async with opened.read(scope) as read:
        keys = await statements.public_keys(read, scope)
    verdict = await terminal.verify(opened, scope, keys)
    for fault in verdict.faults:
        screen.print(f"[bold red]✗[/] {tenant}: {plain(say(*of_fault(fault)))}")
    if verdict.is_sound:
        screen.print(
            say(
                f"[green]✓[/] {tenant}: {verdict.entries} entries and {verdict.checkpoints} checkpoints hold",
                f"[green]✓[/] {tenant}：{verdict.entries} 条记录、{verdict.checkpoints} 个检查点完整",
            )
        )
    return verdict.is_sound


async def check_tenant(opened: Databases, _settings: Settings, tenant: str) -> bool:
    """Check one tenant's invariants and tell the result."""
    from backend.ledger import service  # noqa: PLC0415 - keeps `--help` quick

    scope = Scope.system(tenant)
    async with opened.write(scope) as write:
        found = await service.check_books(write, scope)
    for each in found.breaches:
        which = each.class_code or say("all classes", "全部种类")
        screen.print(f"[bold red]✗[/] {tenant}: {which}: {each.check} ({each.count})")
        for example in each.examples:
            screen.print(f"    {plain(example)}", soft_wrap=True)
    if found.is_sound:
        movements, postings = found.counted["movements"], found.counted["postings"]
        screen.print(
            say(
                f"[green]✓[/] {tenant}: the books hold ({movements} movements, {postings} postings)",
                f"[green]✓[/] {tenant}：账簿各项不变式成立（{movements} 笔流水，{postings} 条分录）",
            )
        )
    return found.is_sound


async def seal_tenant(opened: Databases, settings: Settings, tenant: str) -> bool:
    """Sign one tenant's new entries and tell the result."""
    from backend.jobs.bookkeeping import seal_journal  # noqa: PLC0415 - keeps `--help` quick

    for each in await seal_journal(opened, settings, tenant):
        screen.print(
            say(
                f"{tenant}: checkpoint {each.number} over positions {each.first_position} to {each.last_position}",
                f"{tenant}：检查点 {each.number}，覆盖第 {each.first_position} 至 {each.last_position} 位",
            )
        )
    return True
