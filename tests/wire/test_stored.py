"""A success survives being kept as JSON: every kind of field, nested, optional, in a union."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum

import strawberry

from backend.wire import stored
from backend.wire.scalars import JSON, Month, configuration


class Colour(StrEnum):
    RED = "red"


ColourEnum = strawberry.enum(Colour)


@strawberry.type
class Leaf:
    amount: Decimal
    day: date | None


@strawberry.type
class Stone:
    weight: Decimal


@strawberry.type
class Tree:
    id: strawberry.ID
    month: Month
    at: datetime
    colour: ColourEnum
    leaves: list[Leaf]
    best: Leaf | None
    under: Leaf | Stone
    facts: JSON
    count: int = 0

    @strawberry.field
    def double(self) -> int:
        return 2 * self.count

    @strawberry.field
    def again(self) -> "Tree | None":
        return None


@strawberry.type
class Query:
    tree: Tree


def test_what_is_kept_is_what_was_answered() -> None:
    # Building a schema makes Strawberry resolve the types' annotations; keeping must work after that, too.
    strawberry.Schema(Query, config=configuration())
    leaf = Leaf(amount=Decimal("0.10000000000000000000000001"), day=None)
    tree = Tree(
        id=strawberry.ID("x"), month=Month(date(2025, 3, 1)), at=datetime(2025, 1, 1, tzinfo=UTC), colour=Colour.RED,
        leaves=[leaf, Leaf(amount=Decimal("1.50"), day=date(2025, 1, 2))], best=None, under=Stone(weight=Decimal(3)),
        facts=JSON({"a": [1, "2"]}), count=2,
    )  # fmt: skip
    kept = json.loads(json.dumps(stored.dump(tree)))
    back = stored.load(Tree, kept)
    assert back == tree
    assert str(back.leaves[0].amount) == "0.10000000000000000000000001"
    assert isinstance(back.under, Stone)
    assert back.colour is Colour.RED
    assert back.double() == 4
