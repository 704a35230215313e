"""The public contract as text: the GraphQL schema, the list of error codes, and what would break a client."""

import importlib
import pkgutil
from collections.abc import Iterator

from graphql import build_schema
from graphql.utilities import find_breaking_changes

import backend
from backend.kit.errors import (
    CarbonError,
    Conflict,
    Forbidden,
    Invalid,
    Limited,
    NotFound,
    Unauthenticated,
    Unavailable,
)

KINDS = (NotFound, Forbidden, Unauthenticated, Invalid, Conflict, Limited, Unavailable)
HEADER = """# Error codes

Every error has a stable code, a sentence in English and Chinese, the path of the input field, and details. In GraphQL
a mutation answers with the named type; a query, REST and the command line show the same code. Words in braces are
filled from the details. This file is written by `make schema`.
"""


def sdl() -> str:
    """Return the schema as the clients know it."""
    from backend.api.schema import schema  # noqa: PLC0415 - keeps `--help` quick

    return schema.as_str().rstrip() + "\n"


def breaking_changes(before: str, after: str) -> list[str]:
    """Return in words what a client of `before` could not rely on any more in `after`."""
    return sorted(change.description for change in find_breaking_changes(build_schema(before), build_schema(after)))


def error_classes() -> list[type[CarbonError]]:
    """Return every class of error the product can show, by kind and code."""
    for module in pkgutil.walk_packages(backend.__path__, "backend."):
        # The entry points start things when they are imported.
        if not module.name.endswith(("__main__", "backend.main")):
            importlib.import_module(module.name)
    return sorted(
        set(_below(CarbonError)), key=lambda each: (_kind(each), each.code, each.__qualname__, each.__module__)
    )


def _below(base: type[CarbonError]) -> Iterator[type[CarbonError]]:
    for each in base.__subclasses__():
        if each.__module__.startswith("backend."):
            yield each
            yield from _below(each)


def _kind(each: type[CarbonError]) -> str:
    return next((kind.__name__ for kind in KINDS if issubclass(each, kind)), "CarbonError")


def errors() -> str:
    """Return the list of codes as a document."""
    lines = [HEADER]
    kind = ""
    seen: set[str] = set()
    for each in error_classes():
        if each.code in seen:
            continue
        seen.add(each.code)
        if _kind(each) != kind:
            kind = _kind(each)
            lines += [f"\n## {kind}\n", "| code | English | 中文 |", "| --- | --- | --- |"]
        lines.append(f"| `{each.code}` | {_cell(each.en)} | {_cell(each.zh)} |")
    return "\n".join(lines).replace("\n\n\n", "\n\n") + "\n"


def _cell(sentence: str) -> str:
    return sentence.replace("|", "\\|").replace("\n", " ")
