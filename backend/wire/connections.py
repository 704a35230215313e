"""Relay connections by keyset: at most 100 a page, stable under inserts, no OFFSET."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import strawberry

from backend.kit.errors import Invalid

LARGEST_PAGE = 100
T = TypeVar("T")


class PageInvalid(Invalid):
    """`first` is out of range or `after` is not a cursor of ours."""

    code = "page_invalid"
    en = "first must be 1 to 100 and after a cursor from an earlier answer: {reason}"
    zh = "first 须为 1 至 100，after 须为先前返回的游标：{reason}"


@strawberry.type(description="Where a page stands in its list.")
class PageInfo:
    """Where a page stands in its list."""

    has_next_page: bool
    end_cursor: str | None


@strawberry.type
class Edge(Generic[T]):
    """One item and its cursor."""

    cursor: str
    node: T


@strawberry.type
class Connection(Generic[T]):
    """A page of a list."""

    edges: list[Edge[T]]
    page_info: PageInfo

    @strawberry.field(description="The items without their cursors.")
    def nodes(self) -> list[T]:
        """Return the items without their cursors."""
        return [edge.node for edge in self.edges]


@dataclass(frozen=True, slots=True)
class Page:
    """A page asked for: how many, and the key (a JSON list) of the item it comes after."""

    limit: int
    after: list[Any] | None

    @property
    def fetch(self) -> int:
        """How many rows to ask the database for: one more tells whether there is a next page."""
        return self.limit + 1

    def key(self, *kinds: Callable[[Any], Any]) -> tuple[Any, ...] | None:
        """Return the key the page comes after, each part read by its kind (`str`, `int`, `UUID`...); None at the start.

        Raises:
            PageInvalid: the cursor is of another list.
        """
        if self.after is None:
            return None
        odd = [part for part in self.after if not isinstance(part, str | int) or "\0" in str(part)]
        try:
            key = tuple(kind(part) for kind, part in zip(kinds, self.after, strict=True))
        except (ValueError, TypeError, ArithmeticError):
            odd = self.after
        else:
            if not odd:
                return key
        raise PageInvalid(reason=f"after = {encode(self.after)!r}", path=("after",))


def page(first: int = 50, after: str | None = None) -> Page:
    """Read the paging arguments.

    Raises:
        PageInvalid: `first` is not 1..100, or `after` is not a cursor.
    """
    if not 1 <= first <= LARGEST_PAGE:
        raise PageInvalid(reason=f"first = {first}", path=("first",))
    return Page(first, None if after is None else decode(after))


def encode(key: Sequence[object]) -> str:
    """Return the cursor of a key."""
    return base64.urlsafe_b64encode(json.dumps(list(key), default=str).encode()).decode().rstrip("=")


def decode(cursor: str) -> list[Any]:
    """Return the key inside a cursor.

    Raises:
        PageInvalid: it is not a cursor of ours.
    """
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error):
        raise PageInvalid(reason=f"after = {cursor!r}", path=("after",)) from None
    if not isinstance(key, list):
        raise PageInvalid(reason=f"after = {cursor!r}", path=("after",))
    return key


def connect(
    rows: Sequence[Any], asked: Page, *, key: Callable[[Any], Sequence[object]], make: Callable[[Any], T]
) -> Connection[T]:
    """Build the connection from `asked.fetch` rows; `key` gives a row's keyset key, `make` its node."""
    shown = rows[: asked.limit]
    edges = [Edge(cursor=encode(key(row)), node=make(row)) for row in shown]
    return Connection(
        edges=edges,
        page_info=PageInfo(has_next_page=len(rows) > asked.limit, end_cursor=edges[-1].cursor if edges else None),
    )
