"""The kinds of cases, and how one is written; see `isolation_cases`."""

from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any


class Kind(Enum):
    OPEN = auto()
    PRIVATE = auto()
    COMMAND = auto()
    OWN = auto()
    TENANT = auto()


@dataclass(frozen=True)
class Case:
    kind: Kind
    variables: dict[str, Any] = field(default_factory=dict)
    """Values of arguments; a string `$name` stands for the victim's thing of that name."""


def filled(value: Any, things: dict[str, str]) -> Any:
    """Put the victim's things in the places of `$name`."""
    if isinstance(value, str) and value.startswith("$"):
        return things[value[1:]]
    if isinstance(value, dict):
        return {key: filled(each, things) for key, each in value.items()}
    if isinstance(value, list):
        return [filled(each, things) for each in value]
    return value


def open_(**variables: Any) -> Case:
    return Case(Kind.OPEN, variables)


def private(**variables: Any) -> Case:
    return Case(Kind.PRIVATE, variables)


def command(**given: Any) -> Case:
    return Case(Kind.COMMAND, {"input": given})


def own(**given: Any) -> Case:
    return Case(Kind.OWN, {"input": given})


def tenant(**given: Any) -> Case:
    return Case(Kind.TENANT, {"input": given})


WHY = "越权尝试"
