"""`carbon schema`: the public contract, exported and checked."""

from pathlib import Path

import click

from backend.cli.terminal import say, screen

ROOT = Path(__file__).resolve().parents[2]
SCHEMA, ERRORS = ROOT / "graphql" / "schema.graphql", ROOT / "docs" / "errors.md"


@click.command()
@click.option("--check", "is_check", is_flag=True, help="Write nothing; exit 1 when a committed file differs.")
@click.option(
    "--against", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="An earlier schema.graphql: list what would break its clients; exit 1 when anything does.",
)  # fmt: skip
def schema(*, is_check: bool, against: Path | None) -> None:
    """Export the GraphQL schema to graphql/schema.graphql and the error codes to docs/errors.md."""
    from backend.cli import contract  # noqa: PLC0415 - keeps `--help` quick

    if against is not None:
        broken = contract.breaking_changes(against.read_text(encoding="utf-8"), contract.sdl())
        for each in broken:
            screen.print(each, markup=False)
        if broken:
            raise click.exceptions.Exit(1)
        screen.print(say("Nothing breaks.", "没有破坏性变更。"))
        return
    is_stale = False
    for file, wanted in ((SCHEMA, contract.sdl()), (ERRORS, contract.errors())):
        name = f"{file.parent.name}/{file.name}"
        if not is_check:
            file.write_text(wanted, encoding="utf-8")
            screen.print(say(f"Wrote {name}.", f"已写入 {name}。"))
        elif not file.exists() or file.read_text(encoding="utf-8") != wanted:
            is_stale = True
            screen.print(say(f"{name} is out of date: run `make schema`.", f"{name} 已过期：请运行 make schema。"))
        else:
            screen.print(say(f"{name} is up to date.", f"{name} 与代码一致。"))
    if is_stale:
        raise click.exceptions.Exit(1)
