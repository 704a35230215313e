"""A success as JSON beside its idempotency key, and back: what a repeated command is answered with.

Only what a type stores travels; fields with a resolver are worked out again from it. Decimals, dates and ids
travel as text, so that nothing is lost; each object carries its type's name, so that a union finds its member.
A secret (`strawberry.field(metadata=SHOWN_ONCE)`, nullable) is not kept: its replay is null.
"""

import types
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID

TYPE = "__type"
SHOWN_ONCE = {"is_shown_once": True}
"""Metadata of a field whose value is told to the first caller and stored nowhere."""


def dump(value: Any) -> Any:  # noqa: ANN401 - any success type
    """Return a success as JSON."""
    if is_dataclass(value) and not isinstance(value, type):
        own = {
            field.name: None if field.metadata.get("is_shown_once") else dump(getattr(value, field.name))
            for field in fields(value)
            if field.init
        }
        return {TYPE: type(value).__name__, **own}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, list | tuple):
        return [dump(each) for each in value]
    if isinstance(value, dict):
        return {str(name): dump(each) for name, each in value.items()}
    return value.isoformat() if isinstance(value, date) else str(value) if isinstance(value, Decimal | UUID) else value


def load(hint: Any, data: Any) -> Any:  # noqa: ANN401 - any success type
    """Read back what `dump` wrote of a value annotated so."""
    origin = get_origin(hint)
    if origin is Annotated:
        return load(get_args(hint)[0], data)
    if data is None:
        return None
    if origin in {Union, types.UnionType}:
        return load(_member(hint, data), data)
    if origin in {list, tuple}:
        return [load(get_args(hint)[0], each) for each in data]
    if hasattr(hint, "__supertype__"):
        return load(hint.__supertype__, data)
    return _plain(hint, data)


def _plain(hint: Any, data: Any) -> Any:  # noqa: ANN401 - any type
    if not isinstance(hint, type):
        return data
    if is_dataclass(hint):
        hints = _hints(hint)
        return hint(**{name: load(hints[name], each) for name, each in data.items() if name != TYPE})
    if issubclass(hint, date):
        return hint.fromisoformat(data)
    if issubclass(hint, Enum | Decimal | UUID):
        return hint(data)
    return data


def _member(hint: Any, data: Any) -> Any:  # noqa: ANN401 - a union and one of its members
    members = [each for each in get_args(hint) if each is not type(None)]
    if len(members) > 1 and isinstance(data, dict):
        return next((each for each in members if getattr(each, "__name__", "") == data.get(TYPE)), members[0])
    return members[0]


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind, include_extras=True)
