"""Plain objects are completed by closures exactly as the general executor does it, or by the general executor."""

from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

import pytest
import strawberry
from graphql import execute, parse, validate
from graphql.execution import ExecutionResult
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from backend.api.completion import PlannedExecutor, Plans
from backend.wire import scalars
from backend.wire.nodes import Node
from backend.wire.scalars import Month


@strawberry.enum
class Colour(Enum):
    RED = "r"
    BLUE = "b"


@strawberry.type
class Leaf:
    name: str
    weight: Decimal
    month: Month
    colour: Colour | None
    tags: list[str]
    details: scalars.JSON


@strawberry.type
class Tree(Node):
    id: strawberry.ID
    count: int
    best: Leaf | None
    leaves: list[Leaf]
    maybe: list[Leaf | None] | None

    @strawberry.field
    def doubled(self) -> int:
        return self.count * 2


def leaf(label: str, **changed: Any) -> Leaf:
    given: dict[str, Any] = {
        "name": label, "weight": Decimal("1.50"), "month": Month(date(2025, 3, 1)), "colour": Colour.BLUE,
        "tags": ["x"], "details": {"a": [1]},
    }  # fmt: skip
    return Leaf(**{**given, **changed})


def tree(**changed: Any) -> Tree:
    given: dict[str, Any] = {
        "id": strawberry.ID("t"), "count": 2, "best": None, "leaves": [leaf("a"), leaf("b", colour=None)],
        "maybe": [None, leaf("c")],
    }  # fmt: skip
    return Tree(**{**given, **changed})


@strawberry.type
class Query:
    @strawberry.field
    async def tree(self, info: strawberry.Info) -> Tree | None:
        return info.context

    @strawberry.field
    async def node(self, info: strawberry.Info) -> Node:
        return info.context

    @strawberry.field
    def forest(self, info: strawberry.Info) -> list[Tree]:
        return [info.context, info.context]


SCHEMA = strawberry.Schema(query=Query, types=[Tree], config=scalars.configuration())
LEAF = "name weight month colour tags details"


async def answer(query: str, root: object, executor: dict[str, Any], variables: dict[str, Any]) -> ExecutionResult:
    document = parse(query)
    assert not validate(SCHEMA._schema, document)
    result: Any = execute(
        SCHEMA._schema, document, context_value=root, variable_values=variables, operation_extensions=None, **executor
    )
    return result if isinstance(result, ExecutionResult) else await result


async def both(query: str, root: object, **variables: Any) -> tuple[ExecutionResult, Plans]:
    """Return the planned executor's answer, once it was found equal to the general one's."""
    plans: Plans = {}
    general = await answer(query, root, {"executor_class": StrawberryGraphQLCoreExecutionContext}, variables)
    planned = await answer(query, root, {"executor_class": PlannedExecutor, "plans": plans}, variables)
    assert planned.formatted == general.formatted
    return planned, plans


async def test_plain_objects_are_completed_by_a_plan():
    found, plans = await both(
        f"{{ tree {{ id count best {{ name }} leaves {{ {LEAF} }} maybe {{ {LEAF} }} }} }}", tree()
    )
    assert found.errors is None
    assert found.data is not None
    assert found.data["tree"]["leaves"][0] == {
        "name": "a", "weight": "1.50", "month": "2025-03", "colour": "BLUE", "tags": ["x"], "details": {"a": [1]},
    }  # fmt: skip
    assert found.data["tree"]["maybe"][0] is None
    assert [plan is not None for plan in plans.values()] == [True], "one plan for the whole tree"


@pytest.mark.parametrize(
    "query",
    [
        "{ tree { a: count count __typename leaves { b: name } leaves { colour } } }",
        "{ tree { ...F ... on Node { id } } } fragment F on Tree { count leaves { name } }",
        "{ node { __typename id ... on Tree { count leaves { tags } } } }",
        "{ forest { id leaves { name } } again: forest { count } }",
        "query ($no: Boolean = false) { tree { id count @include(if: $no) leaves { name @skip(if: $no) } } }",
        "{ tree { doubled leaves { name } } }",
    ],
)  # fmt: skip
async def test_selections_of_every_form_have_the_general_answer(query: str):
    found, _ = await both(query, tree())
    assert found.errors is None


async def test_a_condition_is_not_planned():
    query = "query ($with: Boolean!) { tree { id count @include(if: $with) } }"
    assert (await both(query, tree(), **{"with": True}))[0].data == {"tree": {"id": "t", "count": 2}}
    assert (await both(query, tree(), **{"with": False}))[0].data == {"tree": {"id": "t"}}


async def test_a_resolver_is_not_planned_but_what_lies_below_is():
    _, plans = await both("{ tree { doubled best { name } leaves { name } } }", tree(best=leaf("z")))
    assert [plan is not None for plan in plans.values()] == [False, True, True]


@pytest.mark.parametrize(
    ("root", "places"),
    [
        (tree(leaves=[leaf("a", name=None)]), [["tree", "leaves", 0, "name"]]),
        (tree(maybe=[leaf("a"), leaf("b", weight="no decimal")]), [["tree", "maybe", 1, "weight"]]),
        (tree(best=leaf("a", colour="green")), [["tree", "best", "colour"]]),
        (tree(best=ValueError("broken")), [["tree", "best"]]),
        (tree(best=leaf("a", tags=None)), [["tree", "best", "tags"]]),
        (tree(count=2**40), [["tree", "count"]]),
        (leaf("not a tree"), [["tree"]]),
    ],
)  # fmt: skip
async def test_errors_and_nulls_stand_where_the_general_executor_puts_them(root: object, places: list[list[Any]]):
    query = f"{{ tree {{ count best {{ {LEAF} }} leaves {{ {LEAF} }} maybe {{ {LEAF} }} }} }}"
    found, _ = await both(query, root)
    assert [error.path for error in found.errors or ()] == places


async def test_iterables_other_than_lists_have_the_general_answer():
    found, _ = await both("{ tree { leaves { name } } }", tree(leaves=(each for each in [])))
    assert found.data == {"tree": {"leaves": []}}
    found, _ = await both("{ tree { leaves { name } } }", tree(leaves={1: leaf("a")}.values()))
    assert found.data == {"tree": {"leaves": [{"name": "a"}]}}
