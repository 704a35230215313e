"""Inputs built by prepared steps are what Strawberry itself would have built."""

import dataclasses
from decimal import Decimal
from enum import Enum
from typing import Any

import pytest
import strawberry

from backend.wire import inputs
from backend.wire.scalars import configuration


@strawberry.enum
class Colour(Enum):
    RED = "red"
    BLUE = "blue"


def schema() -> tuple[strawberry.Schema, list[Any]]:
    """Return a schema with types of its own, and what its field was given."""
    seen: list[Any] = []

    @strawberry.input
    class Leaf:
        amount: Decimal
        some_text: str | None
        colour: Colour = Colour.RED
        others: list[Decimal] | None = None

    @strawberry.input
    class Branch:
        leaf: Leaf
        optional_leaf: Leaf | None = None
        leaves: list[Leaf] = strawberry.field(default_factory=list[Leaf])
        given: strawberry.Maybe[str] = None
        renamed: int = strawberry.field(default=7, name="called")

    @strawberry.type
    class Query:
        @strawberry.field
        def see(self, branch: Branch) -> bool:
            assert type(branch.leaf) is Leaf
            seen.append(dataclasses.asdict(branch))
            return True

    return strawberry.Schema(query=Query, config=configuration()), seen


LEAF = {"amount": "1.50", "someText": "x"}
CASES: list[dict[str, Any]] = [
    {"leaf": LEAF},
    {"leaf": {"amount": "2"}},
    {"leaf": {**LEAF, "someText": None, "colour": "BLUE", "others": ["1", "2.25"]}},
    {"leaf": LEAF, "optionalLeaf": None, "leaves": []},
    {"leaf": LEAF, "optionalLeaf": {"amount": "3", "others": None}, "leaves": [LEAF, {"amount": "4", "colour": "RED"}]},
    {"leaf": LEAF, "given": "here", "called": 9},
]


@pytest.mark.parametrize("branch", CASES)
def test_the_same_is_built(branch: dict[str, Any]) -> None:
    (plain, theirs), (prepared, ours) = schema(), schema()
    inputs.prepare(prepared)
    for each in (plain, prepared, prepared):  # the second time by the steps found the first time
        answer = each.execute_sync("query ($branch: Branch!) { see(branch: $branch) }", {"branch": branch})
        assert answer.errors is None
    assert ours == theirs * 2


@pytest.mark.parametrize(
    "branch", [{"leaf": {"someText": "x"}}, {"leaf": LEAF, "given": None}, {"leaf": LEAF, "what": 1}]
)
def test_the_same_is_refused(branch: dict[str, Any]) -> None:
    (plain, _), (prepared, _) = schema(), schema()
    inputs.prepare(prepared)
    told = [
        [
            str(error)
            for error in each.execute_sync("query ($b: Branch!) { see(branch: $b) }", {"b": branch}).errors or ()
        ]
        for each in (plain, prepared)
    ]
    assert told[0] == told[1] != []
