"""`carbon seed`: the demonstration."""

import click

from backend.cli.session import databases
from backend.cli.terminal import checked_settings, part, run, screen


@click.command()
@click.option("--sign-ins", "is_listing", is_flag=True, help="Only print the demonstration sign-ins.")
def seed(*, is_listing: bool) -> None:
    """Create the demonstration data in every served tenant: deterministic, labelled, created once."""
    settings = checked_settings()

    async def whole() -> None:
        async with databases(settings) as opened:
            await part("backend.demo", "seed")(opened, settings, screen.print)

    if not is_listing:
        run(whole())
    for thing in part("backend.demo", "sign_ins")(settings):
        screen.print(thing)
