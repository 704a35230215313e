"""Completing plain objects by closures made once an operation, instead of field by field in every answer.

The general executor decides for each field of each object anew how it is resolved, whether its value must be awaited
and how its type is completed. Most objects of ours are dataclasses whose fields are simply read. For these the
decisions depend on the operation and the schema only, so they are made once and kept with the prepared operation.

What is not plain (a resolver, arguments, a directive, an abstract type) is left to the general executor, and so is
every object with which anything goes wrong: reading attributes has no effects, so it can be done again, and the
general executor knows how to place errors and nulls.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    SelectionSetNode,
    Undefined,
    is_abstract_type,
    is_leaf_type,
)
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.field import StrawberryField

Complete = Callable[[Any], Any]
"""Turns a resolved value into what the answer holds."""
Plans = dict[tuple[Any, ...], Complete | None]
"""An operation's closures, by type and selecting nodes; None where the general executor is needed."""
Nodes = Sequence[FieldNode]

_AS_IT_IS = {"String": str, "ID": str, "Boolean": bool}
"""Scalars whose values of exactly this type go out unchanged."""


class _NotPlainError(Exception):
    """The general executor is needed: for a selection, or for a value."""


def _fields(
    schema: GraphQLSchema,
    fragments: Mapping[str, FragmentDefinitionNode],
    parent: GraphQLObjectType,
    selections: SelectionSetNode,
) -> Iterator[FieldNode]:
    """Yield the fields selected of this type, in order, fragments followed."""
    for node in selections.selections:
        if node.directives:
            raise _NotPlainError
        if isinstance(node, FieldNode):
            yield node
            continue
        fragment: Any = fragments[node.name.value] if isinstance(node, FragmentSpreadNode) else node
        if fragment.directives or getattr(fragment, "variable_definitions", None):
            raise _NotPlainError
        condition = fragment.type_condition
        on = schema.get_type(condition.name.value) if condition else parent
        if on is parent or (is_abstract_type(on) and schema.is_sub_type(on, parent)):
            yield from _fields(schema, fragments, parent, fragment.selection_set)


class _Compiler:
    """One object type's closure and those below it."""

    def __init__(self, schema: GraphQLSchema, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        self.schema, self.fragments = schema, fragments

    def object(self, kind: GraphQLObjectType, nodes: Nodes) -> Complete:
        """Return the closure of an object. Raises _NotPlainError."""
        chosen: dict[str, list[FieldNode]] = {}
        for node in nodes:
            if node.selection_set is None:
                raise _NotPlainError
            for field in _fields(self.schema, self.fragments, kind, node.selection_set):
                chosen.setdefault((field.alias or field.name).value, []).append(field)
        steps: list[tuple[str, Complete, Complete]] = []
        for key, fields in chosen.items():
            name = fields[0].name.value
            if name == "__typename":
                steps.append((key, _constant(kind.name), _itself))
                continue
            definition = kind.fields[name]
            steps.append((key, attrgetter(_attribute(definition)), self.value(definition.type, fields)))
        is_type_of: Any = kind.is_type_of

        def complete(value: Any) -> dict[str, Any]:  # noqa: ANN401 - any object of this type
            if is_type_of is not None and is_type_of(value, None) is not True:
                raise _NotPlainError
            return {key: fill(read(value)) for key, read, fill in steps}

        return complete

    def value(self, kind: Any, nodes: Nodes) -> Complete:  # noqa: ANN401 - any output type
        """Return the closure of a type, list or null. Raises _NotPlainError."""
        if isinstance(kind, GraphQLNonNull):
            return self._present(kind.of_type, nodes)
        present = self._present(kind, nodes)
        return lambda value: None if value is None or value is Undefined else present(value)

    def _present(self, kind: Any, nodes: Nodes) -> Complete:  # noqa: ANN401 - see above
        """Return the closure of a value that may not be null. Raises _NotPlainError."""
        if isinstance(kind, GraphQLList):
            return _each(self.value(kind.of_type, nodes))
        if isinstance(kind, GraphQLObjectType):
            return self.object(kind, nodes)
        if is_leaf_type(kind):
            return _leaf(kind.coerce_output_value, _AS_IT_IS.get(kind.name))
        raise _NotPlainError


def _attribute(definition: GraphQLField) -> str:
    """Return the attribute a field reads. Raises _NotPlainError for a field that does anything more."""
    field = definition.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    is_read = getattr(definition.resolve, "_is_default", False) and getattr(field, "default_resolver", None) is getattr
    if not is_read or definition.args or not isinstance(field, StrawberryField):
        raise _NotPlainError
    return field.python_name


def _constant(text: str) -> Complete:
    return lambda _value: text


def _itself(value: Any) -> Any:  # noqa: ANN401 - see Complete
    return value


def _each(item: Complete) -> Complete:
    def complete(values: Any) -> list[Any]:  # noqa: ANN401 - see Complete
        if type(values) is not list and type(values) is not tuple:
            raise _NotPlainError
        return [item(value) for value in values]

    return complete


def _leaf(coerce: Complete, as_it_is: type | None) -> Complete:
    def complete(value: Any) -> Any:  # noqa: ANN401 - see Complete
        if type(value) is as_it_is:
            return value
        # An exception as a value is an error, and null where none may be as well: neither is told from here.
        if value is None or isinstance(value, Exception):
            raise _NotPlainError
        coerced = coerce(value)
        if coerced is None or coerced is Undefined:
            raise _NotPlainError
        return coerced

    return complete


class PlannedExecutor(StrawberryGraphQLCoreExecutionContext):
    """The general executor, but for plain objects. `plans` are the operation's own and live as long as it does."""

    def __init__(self, *given: Any, plans: Plans, **named: Any) -> None:  # noqa: ANN401 - graphql-core's own
        super().__init__(*given, **named)
        self.plans = plans

    def complete_object_value(
        self,
        return_type: GraphQLObjectType,
        field_details_list: Any,  # noqa: ANN401 - graphql-core's own
        info: Any,  # noqa: ANN401 - see above
        path: Any,  # noqa: ANN401 - see above
        result: Any,  # noqa: ANN401 - any object of the type
        position_context: Any,  # noqa: ANN401 - see above
    ) -> Any:  # noqa: ANN401 - see above
        """Complete an object by its closure, or else as ever."""
        # The nodes belong to the operation's document, which outlives the plans: their identities are theirs alone.
        key = (return_type, *(id(each.node) for each in field_details_list))
        try:
            plan = self.plans[key]
        except KeyError:
            plan = self.plans[key] = self._plan(return_type, [each.node for each in field_details_list])
        if plan is not None and self.middleware_manager is None:
            try:
                return plan(result)
            except Exception:  # noqa: BLE001, S110 - the general executor meets it again and says where
                pass
        return super().complete_object_value(return_type, field_details_list, info, path, result, position_context)

    def _plan(self, kind: GraphQLObjectType, nodes: Nodes) -> Complete | None:
        try:
            return _Compiler(self.schema, self.fragment_definitions).object(kind, nodes)
        except _NotPlainError:
            return None
