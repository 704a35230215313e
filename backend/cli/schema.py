"""`carbon schema`: the GraphQL contract."""

from pathlib import Path

import click

from backend.cli.terminal import say, screen

FILE = Path(__file__).resolve().parents[2] / "graphql" / "schema.graphql"


@click.command()
@click.option("--check", "is_check", is_flag=True, help="Write nothing; exit 1 when the committed file differs.")
def schema(*, is_check: bool) -> None:
    """Export the GraphQL schema to graphql/schema.graphql."""
    from backend.api.schema import schema as built  # noqa: PLC0415 - keeps `--help` quick

    wanted = built.as_str().rstrip() + "\n"
    if not is_check:
        FILE.write_text(wanted)
        screen.print(say(f"Wrote {FILE.name}.", f"已写入 {FILE.name}。"))
    elif not FILE.exists() or FILE.read_text() != wanted:
        screen.print(
            say(
                "graphql/schema.graphql is out of date: run `make schema`.",
                "graphql/schema.graphql 已过期：请运行 make schema。",
            )
        )
        raise click.exceptions.Exit(1)
    else:
        screen.print(say("graphql/schema.graphql is up to date.", "graphql/schema.graphql 与代码一致。"))
