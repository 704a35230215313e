"""`carbon seed`: the demonstration."""

import click

from backend.cli.session import databases
from backend.cli.terminal import checked_settings, run, screen


@click.command()
@click.option("--sign-ins", "is_listing", is_flag=True, help="Only print the demonstration sign-ins.")
def seed(*, is_listing: bool) -> None:
    """Create the demonstration data in every served tenant: deterministic, labelled, created once."""
    from backend import demo  # noqa: PLC0415 - keeps `--help` quick

    settings = checked_settings()

    async def whole() -> None:
        async with databases(settings) as opened:
            await demo.seed(opened, settings, screen.print)

    if not is_listing:
        run(whole())
    for thing in demo.sign_ins(settings):
        screen.print(thing)
