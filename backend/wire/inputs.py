"""Input objects are built by steps found once for each type.

Strawberry asks every field of an input for its name and its type again in each request: a sixth of what a command costs
the API. Both follow from the schema alone. What a step does not know how to do is left to Strawberry's own conversion.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING
from typing import Any

import strawberry
from strawberry.relay import GlobalID
from strawberry.types.arguments import InputContext, _is_leaf_type
from strawberry.types.base import (
    StrawberryMaybe,
    StrawberryObjectDefinition,
    StrawberryOptional,
    has_object_definition,
)
from strawberry.types.unset import UNSET

Convert = Callable[[Any, InputContext, str], Any]


def prepare(schema: strawberry.Schema) -> None:
    """Give every input type of the schema its builder, found at its first use; a type with one of its own keeps it."""
    for each in schema.schema_converter.type_map.values():
        definition = each.definition
        if isinstance(definition, StrawberryObjectDefinition) and definition.is_input and definition.from_input is None:
            definition.from_input = _Builder(definition)


class _Builder:
    """Builds the objects of one input type; called as Strawberry calls `from_input`."""

    def __init__(self, definition: StrawberryObjectDefinition) -> None:
        self._definition = definition
        self._left_out: dict[str, None] = {}
        self._steps: list[tuple[str, str, Convert]] | None = None

    def __call__(self, kind: type, value: Mapping[str, Any], context: InputContext) -> object:
        """Return the input object; fields left out have their default, or else None."""
        steps = self._steps
        if steps is None:
            steps = self._steps = self._found(context)
        given: dict[str, Any] = dict(self._left_out)
        for name, python_name, convert in steps:
            if name in value:
                given[python_name] = convert(value[name], context, name)
        return kind(**given)

    def _found(self, context: InputContext) -> list[tuple[str, str, Convert]]:
        fields = self._definition.fields
        self._left_out = {
            field.python_name: None
            for field in fields
            if field.default_value is MISSING and field.default_factory is MISSING
        }
        return [
            (
                context.config.name_converter.from_field(field),
                field.python_name,
                _conversion(field.resolve_type(type_definition=self._definition), context),
            )
            for field in fields
        ]


def _conversion(kind: Any, context: InputContext) -> Convert:  # noqa: ANN401 - any of Strawberry's types
    """Return how a value, null among them, becomes one of the type."""
    bare = kind
    while isinstance(bare, StrawberryOptional) and not isinstance(bare, StrawberryMaybe):
        bare = bare.of_type
    if has_object_definition(bare) and isinstance(bare.__strawberry_definition__.from_input, _Builder):
        return _nested(bare, bare.__strawberry_definition__.from_input)
    if not isinstance(bare, StrawberryMaybe) and bare is not GlobalID and _is_leaf_type(bare, context.scalar_registry):
        return _as_it_is
    return lambda value, here, name: here.convert(value, kind, name)


def _nested(kind: Any, build: _Builder) -> Convert:  # noqa: ANN401 - see above
    def convert(value: Any, here: InputContext, name: str) -> object:  # noqa: ANN401 - null, unset or an object
        if value is None or value is UNSET:
            return value
        inside = InputContext(here.info, here.config, here.scalar_registry, (*here.path, name))
        return build(kind, value, inside)

    return convert


def _as_it_is(value: Any, _context: InputContext, _name: str) -> Any:  # noqa: ANN401 - the GraphQL executor has read it
    return value
