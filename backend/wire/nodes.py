"""Global node ids: opaque to clients, `Type:uuid[:uuid]` inside; things of an account carry its id first."""

import base64
import binascii
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import strawberry

from backend.kit.errors import Invalid
from backend.wire.context import Context


class NodeIdInvalid(Invalid):
    """The id is not one of ours, or names another type."""

    code = "node_id_invalid"
    en = "'{id}' is not the id of a {expected}. Copy the id from an answer of this API."
    zh = "“{id}”不是有效的{expected}标识，请使用本接口返回的标识。"


@strawberry.interface(description="Anything with a global id, re-fetchable by `node(id:)`.")
class Node:
    """Anything with a global id."""

    id: strawberry.ID = strawberry.field(description="Global id, opaque.")


def node_id(type_name: str, *ids: UUID) -> strawberry.ID:
    """Return the global id of an object."""
    plain = ":".join((type_name, *(str(one) for one in ids)))
    return strawberry.ID(base64.urlsafe_b64encode(plain.encode()).decode().rstrip("="))


def split(value: str) -> tuple[str, tuple[UUID, ...]]:
    """Return the type's name and the ids inside a global id.

    Raises:
        NodeIdInvalid: not one of ours.
    """
    try:
        name, *ids = base64.urlsafe_b64decode(value + "=" * (-len(value) % 4)).decode().split(":")
        return name, tuple(UUID(one) for one in ids)
    except (ValueError, binascii.Error):
        raise NodeIdInvalid(id=value, expected="node") from None


def uuids(value: str, type_name: str, *, path: tuple[str, ...] = ()) -> tuple[UUID, ...]:
    """Return the ids inside a global id of the named type.

    Raises:
        NodeIdInvalid: not one of ours, or of another type.
    """
    try:
        name, ids = split(value)
    except NodeIdInvalid:
        name, ids = "", ()
    if name != type_name or not ids:
        raise NodeIdInvalid(id=value, expected=type_name, path=path)
    return ids


Loader = Callable[..., Awaitable[Any]]
LOADERS: dict[str, Loader] = {}


def node_loader(type_name: str) -> Callable[[Loader], Loader]:
    """Register how `node(id:)` fetches the type: `async def f(context, *uuids) -> object | None`."""

    def register(function: Loader) -> Loader:
        LOADERS[type_name] = function
        return function

    return register


async def fetch(context: Context, value: str) -> Node | None:
    """Fetch any node the caller can see, else None."""
    name, ids = split(value)
    loader = LOADERS.get(name)
    return await loader(context, *ids) if loader else None
