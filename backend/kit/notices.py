"""Word to people: any room may say it, the room that keeps and sends notices hears it.

    await notices.tell(write, scope, Notice(kind="projects.lapsed", ...), Addressee(account_id=...))

Monitoring listens once it is imported, as it is in every serving process; where nobody listens nothing is told. What is
told is part of the caller's transaction: no notice of something that did not happen.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from backend.kit.db import Write
from backend.kit.scope import Scope


@dataclass(frozen=True, slots=True)
class Said:
    """A text in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Link:
    """What a notice leads to: the type of a node and its ids, as `wire.nodes.node_id` takes them."""

    type_name: str
    ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Addressee:
    """Whom a notice is for: the people of the organisations that are meant, or those with one of the roles, or these alone.

    Meant are `organisation_ids`, the holder of `account_id`, and the authorities nearest at or above `division_path`.
    """

    organisation_ids: tuple[UUID, ...] = ()
    account_id: UUID | None = None
    division_path: str = ""
    roles: tuple[str, ...] = ()
    person_ids: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Notice:
    """What is told. An organisation is told the same `key` once; `kind` is `noun.what`."""

    kind: str
    key: str
    subject: Said
    text: Said
    link: Link | None = None


Listener = Callable[[Write, Scope, Notice, Addressee], Awaitable[None]]

_listeners: list[Listener] = []


def listen(listener: Listener) -> None:
    """Let the listener hear every notice from now on; a second registration of the same one counts once."""
    if listener not in _listeners:
        _listeners.append(listener)


async def tell(write: Write, scope: Scope, notice: Notice, to: Addressee) -> None:
    """Tell every listener, in the caller's transaction."""
    for listener in _listeners:
        await listener(write, scope, notice, to)
