"""How large an operation may be: tokens, depth, aliases, and a cost that knows about pages.

The cost counts the objects an answer may hold at most. It is worked out once a document, as a tree whose page sizes
may be variables; with a request's variables it is a few multiplications.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
)
from graphql.type import GraphQLList, GraphQLNonNull, GraphQLOutputType

from backend.kit.errors import Limited

MAX_TOKENS = 4000
MAX_DEPTH = 12
MAX_ALIASES = 30
MAX_COST = 20_000
DEFAULT_PAGE = 50
LARGEST_PAGE = 100
PLAIN_LIST = 10
"""What a list without paging counts for: such lists are short by design."""
COMMAND_COST = 50
"""A command's own transaction, beside the objects of its answer."""


class OperationTooLarge(Limited):
    """The operation asks for more than one request may."""

    code = "operation_too_large"
    en = "The operation's {measure} is {found}; at most {allowed} is allowed. Ask for less, or in several requests."
    zh = "操作的{measure}为 {found}，超过上限 {allowed}；请减少内容或分多次请求。"


@dataclass(frozen=True, slots=True)
class Cost:
    """A field's price: itself once, its children as often as `times` says (a number or a variable's name)."""

    own: int
    times: int | str
    children: "tuple[Cost, ...]"

    def of(self, variables: Mapping[str, Any]) -> int:
        """Return the price with a request's variables."""
        times = self.times
        if isinstance(times, str):
            given = variables.get(times)
            times = given if isinstance(given, int) and 0 <= given <= LARGEST_PAGE else LARGEST_PAGE
        return self.own + times * sum(child.of(variables) for child in self.children)


@dataclass(frozen=True, slots=True)
class Size:
    """What was measured of one operation. `defaults` are the variables' own default values."""

    depth: int
    aliases: int
    cost: tuple[Cost, ...]
    defaults: Mapping[str, Any]

    def check(self, variables: Mapping[str, Any]) -> int:
        """Return the cost with these variables.

        Raises:
            OperationTooLarge: depth, aliases or cost are over the limit.
        """
        if self.depth > MAX_DEPTH:
            raise OperationTooLarge(measure="depth", found=self.depth, allowed=MAX_DEPTH)
        if self.aliases > MAX_ALIASES:
            raise OperationTooLarge(measure="aliases", found=self.aliases, allowed=MAX_ALIASES)
        known = {**self.defaults, **variables}
        total = sum(part.of(known) for part in self.cost)
        if total > MAX_COST:
            raise OperationTooLarge(measure="cost", found=total, allowed=MAX_COST)
        return total


class _Measure:
    """One walk over an operation, fragments followed (validation has refused circles)."""

    def __init__(self, schema: GraphQLSchema, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        self.schema, self.fragments = schema, fragments
        self.depth = self.aliases = 0

    def selections(self, parent: Any, node: SelectionSetNode, depth: int) -> tuple[Cost, ...]:  # noqa: ANN401 - any composite type
        """Return the prices of the fields of a selection."""
        found: list[Cost] = []
        for selection in node.selections:
            if isinstance(selection, FieldNode):
                cost = self.field(parent, selection, depth)
                if cost is not None:
                    found.append(cost)
            elif isinstance(selection, InlineFragmentNode):
                on = self.schema.get_type(selection.type_condition.name.value) if selection.type_condition else parent
                found += self.selections(on, selection.selection_set, depth)
            elif isinstance(selection, FragmentSpreadNode):
                fragment = self.fragments[selection.name.value]
                on = self.schema.get_type(fragment.type_condition.name.value)
                found += self.selections(on, fragment.selection_set, depth)
        return tuple(found)

    def field(self, parent: Any, node: FieldNode, depth: int) -> Cost | None:  # noqa: ANN401 - any composite type
        """Return a field's price; None for scalars and for introspection, which is open in development only."""
        name = node.name.value
        if node.alias is not None:
            self.aliases += 1
        if name.startswith("__"):
            return None
        self.depth = max(self.depth, depth)
        if node.selection_set is None:
            return None
        kind: GraphQLOutputType = parent.fields[name].type
        named = get_named_type(kind)
        is_root = parent in (self.schema.query_type, self.schema.mutation_type, self.schema.subscription_type)
        own = COMMAND_COST if parent is self.schema.mutation_type else 1
        children = self.selections(named, node.selection_set, depth + 1)
        return Cost(own if is_root or not _is_wrapper(named) else 0, self._times(parent, node, kind), children)

    def _times(self, parent: Any, node: FieldNode, kind: GraphQLOutputType) -> int | str:  # noqa: ANN401 - any composite type
        """Return how often a field's children may come."""
        definition = parent.fields[node.name.value]
        if "first" in definition.args:
            for argument in node.arguments or ():
                if argument.name.value == "first":
                    if isinstance(argument.value, VariableNode):
                        return argument.value.name.value
                    if isinstance(argument.value, IntValueNode):
                        return min(LARGEST_PAGE, max(1, int(argument.value.value)))
            default = definition.args["first"].default_value
            return default if isinstance(default, int) else DEFAULT_PAGE
        bare = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
        if isinstance(bare, GraphQLList) and not _is_wrapper(parent):
            return PLAIN_LIST
        return 1


def _is_wrapper(kind: Any) -> bool:  # noqa: ANN401 - any named type
    """Tell whether the type only carries a page: its own list was counted where `first` stood."""
    return isinstance(kind, GraphQLObjectType) and kind.name.endswith(("Connection", "Edge", "PageInfo"))


def measure(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode) -> Size:
    """Measure one operation of a valid document."""
    fragments = {each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)}
    walk = _Measure(schema, fragments)
    root = schema.get_root_type(operation.operation)
    defaults = {
        each.variable.name.value: int(each.default_value.value)
        for each in operation.variable_definitions or ()
        if isinstance(each.default_value, IntValueNode)
    }
    cost = walk.selections(root, operation.selection_set, 1)
    return Size(walk.depth, walk.aliases, cost, defaults)
