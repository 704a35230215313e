"""`carbon reference`: dated, versioned parameters."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import click

from backend.cli.session import databases, served
from backend.cli.terminal import checked_settings, plain, run, say, screen
from backend.kit.db import Write
from backend.kit.scope import Scope

Report = TypeVar("Report")


@click.group()
def reference() -> None:
    """Load and check reference parameters (factors, benchmarks, deadlines). Nothing is ever overwritten."""


@reference.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False)
@click.option("--tenant", help="Only this tenant; default: all that are served.")
@click.option("--draft", "is_draft", is_flag=True, help="Propose only: a second person activates.")
@click.option("--dry-run", "is_dry", is_flag=True, help="Check the file and show what would change; store nothing.")
def load(file: Path | None, tenant: str | None, *, is_draft: bool, is_dry: bool) -> None:
    """Load the shipped parameters, or new versions from a CSV FILE.

    A row that equals the newest version changes nothing; a row that differs becomes a new version beside it. A file
    with a fault stores nothing and every fault is named with its line, column and remedy.
    """
    from backend.factors import service as factors  # noqa: PLC0415 - keeps `--help` quick
    from backend.factors.errors import ParameterFileInvalid  # noqa: PLC0415 - the same

    async def work(write: Write, scope: Scope) -> object:
        if file is None:
            return await factors.load_reference(write, scope, is_dry=is_dry)
        return await factors.load_file(write, scope, file, as_draft=is_draft, is_dry=is_dry)

    if file is None and is_draft:
        raise click.UsageError(say("--draft needs a FILE.", "--draft 需要同时给出 FILE。"))
    try:
        reports = _each(tenant, work)
    except ParameterFileInvalid as error:
        for fault in error.faults:
            sentence = say(
                f"line {fault.line}, {fault.column}: {fault.en}", f"第 {fault.line} 行“{fault.column}”：{fault.zh}"
            )
            screen.print(plain(sentence))
        raise
    for code, report in reports:
        screen.print(f"{code}: {plain(str(report))}" + (say(" (dry run)", "（试运行）") if is_dry else ""))


@reference.command()
@click.option("--tenant", help="Only this tenant; default: all that are served.")
def check(tenant: str | None) -> None:
    """Check that every shipped parameter is sound and loaded; change nothing.

    Every row needs a unit, a source and a confidence. Exits 1 when a tenant lacks shipped values: `carbon reference
    load` adds them.
    """
    from backend.factors import service as factors  # noqa: PLC0415 - keeps `--help` quick

    reports = _each(tenant, lambda write, scope: factors.load_reference(write, scope, is_dry=True))
    for code, report in reports:
        sign = "[bold red]✗[/]" if report.stored else "[green]✓[/]"
        screen.print(f"{sign} {code}: {plain(str(report))}")
    if any(report.stored for _, report in reports):
        raise click.exceptions.Exit(1)


def _each(tenant: str | None, work: Callable[[Write, Scope], Awaitable[Report]]) -> list[tuple[str, Report]]:
    """Do the work in a transaction of each tenant and return the reports."""
    settings = checked_settings()
    codes = served(settings, tenant)

    async def whole() -> list[tuple[str, Report]]:
        reports: list[tuple[str, Report]] = []
        async with databases(settings) as opened:
            for code in codes:
                scope = Scope.system(code)
                async with opened.write(scope) as write:
                    reports.append((code, await work(write, scope)))
        return reports

    return run(whole())
