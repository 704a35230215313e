"""One schema of all nouns: each brings its `Query`, `Mutation` and `Subscription`."""

from functools import cache
from importlib import import_module
from importlib.util import find_spec

import strawberry

from backend.wire import nodes, scalars
from backend.wire.context import Info

NOUNS = ("tenants", "identity", "factors", "accounts", "emissions", "jobs")


@strawberry.type
class NodeQuery:
    """The root field that belongs to no noun."""

    @strawberry.field(description="Anything with a global id, or null when it is not there or not yours.")
    async def node(self, info: Info, id: strawberry.ID) -> nodes.Node | None:  # noqa: A002 - the wire's word
        """Fetch anything by its global id."""
        return await nodes.fetch(info.context, id)


def _parts(kind: str) -> tuple[type, ...]:
    """Return the nouns' classes of one kind, those of the lowest step first."""
    found: list[type] = []
    for noun in NOUNS:
        if find_spec(f"backend.{noun}.schema") is None:
            continue
        part = getattr(import_module(f"backend.{noun}.schema"), f"{noun.capitalize()}{kind}", None)
        if part is not None:
            found.append(part)
    return tuple(found)


def _root(kind: str, bases: tuple[type, ...], description: str) -> type:
    return strawberry.type(type(kind, bases, {"__doc__": description}), description=description)


@cache
def build() -> strawberry.Schema:
    """Return the schema, built once."""
    return strawberry.Schema(
        query=_root("Query", (NodeQuery, *_parts("Query")), "Reads. What is not yours is not there."),
        mutation=_root("Mutation", _parts("Mutation"), "Commands: one transaction each, idempotent by key."),
        subscription=_root("Subscription", _parts("Subscription"), "Watching work until it ends."),
        config=scalars.configuration(),
    )


schema = build()
