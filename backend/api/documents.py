"""Operations, parsed and validated once: the named ones of `graphql/operations` and, where allowed, anybody's.

A request names an operation by its name (`{"operationName": "AccountOverview"}`), by the SHA-256 of its text
(`{"documentId": "sha256:..."}` or Apollo's `extensions.persistedQuery.sha256Hash`), or brings a text. In production
a text is accepted only when it is one of ours.
"""

import hashlib
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    OperationType,
    parse,
    validate,
)

from backend.api.completion import Plans
from backend.api.limits import MAX_TOKENS, OperationTooLarge, Size, measure
from backend.kit.errors import CarbonError, Forbidden, Invalid, NotFound
from backend.kit.logs import log

FOLDER = Path(__file__).resolve().parents[2] / "graphql" / "operations"
KEPT = 1000
"""How many texts of others are remembered; the least recently used is forgotten."""
FREE = "free"
"""The name under which operations that are not ours are counted: theirs are without number."""

logger = log(__name__)


class DocumentInvalid(Invalid):
    """The text is not GraphQL, or does not fit the schema."""

    code = "graphql_invalid"
    en = "The operation is not valid: {reason}"
    zh = "操作无效：{reason}"


class OperationUnknown(NotFound):
    """No operation of ours has this name or hash."""

    code = "operation_unknown"
    en = "There is no operation '{name}' here. graphql/operations lists them."
    zh = "没有名为“{name}”的操作，请参见 graphql/operations。"


class OperationNotOpen(Forbidden):
    """This installation takes named operations only."""

    code = "operation_not_open"
    en = "This installation accepts its own named operations only; send operationName or documentId without a text."
    zh = "本服务仅接受预置操作；请仅提供 operationName 或 documentId。"


@dataclass(frozen=True, slots=True)
class Prepared:
    """An operation ready to run. `label` is its name for metrics and logs."""

    document: DocumentNode
    name: str | None
    label: str
    type: OperationType
    size: Size
    plans: Plans = field(default_factory=dict[Any, Any], compare=False)
    """How its plain objects are completed, filled by the first answers."""


Outcome = Prepared | CarbonError


def text_hash(text: str) -> str:
    """Return the SHA-256 of an operation's text, as hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


class Documents:
    """All operations this process knows."""

    def __init__(self, schema: GraphQLSchema, *, allows_free: bool, folder: Path = FOLDER) -> None:
        self._schema, self.allows_free = schema, allows_free
        self.broken: dict[str, str] = {}
        """Operations of ours that do not fit the schema, and why; a test keeps this empty."""
        self._by_name: dict[str, Prepared] = {}
        self._by_hash: dict[str, Prepared] = {}
        self._others: OrderedDict[tuple[str, str | None], Outcome] = OrderedDict()
        for file in sorted(folder.rglob("*.graphql")):
            self._load(file)

    def _load(self, file: Path) -> None:
        text = file.read_text(encoding="utf-8")
        found = self._prepare(text, None, file.stem)
        if isinstance(found, CarbonError):
            self.broken[str(file.relative_to(file.parents[1]))] = str(found)
            logger.error("operation_invalid", operation=file.stem, reason=str(found))
        elif found.name is None or found.name != file.stem or found.name in self._by_name:
            self.broken[str(file.relative_to(file.parents[1]))] = f"the operation is called {found.name}"
        else:
            self._by_name[found.name] = self._by_hash[text_hash(text)] = self._by_hash[text_hash(text.strip())] = found

    @property
    def names(self) -> tuple[str, ...]:
        """The named operations."""
        return tuple(self._by_name)

    def find(self, request: dict[str, Any]) -> Prepared:
        """Return the operation a request asks for.

        Raises:
            OperationUnknown: a name or hash that is not ours.
            OperationNotOpen: a text that is not ours, where only ours are taken.
            DocumentInvalid: the text is not GraphQL, or does not fit the schema.
            OperationTooLarge: too many tokens.
        """
        text, name = request.get("query"), request.get("operationName")
        if text:
            return self._by_text(str(text), str(name) if name else None)
        digest = request.get("documentId") or (request.get("extensions") or {}).get("persistedQuery", {}).get(
            "sha256Hash"
        )
        if digest:
            found = self._by_hash.get(str(digest).removeprefix("sha256:").lower())
        else:
            found = self._by_name.get(str(name))
        if found is None:
            raise OperationUnknown(name=str(digest or name))
        return found

    def _by_text(self, text: str, name: str | None) -> Prepared:
        ours = self._by_hash.get(text_hash(text))
        if ours is not None and name in (None, ours.name):
            return ours
        if not self.allows_free:
            raise OperationNotOpen(permission="free operations")
        key = (text, name)
        if key in self._others:
            self._others.move_to_end(key)
        else:
            self._others[key] = self._prepare(text, name, FREE)
            if len(self._others) > KEPT:
                self._others.popitem(last=False)
        found = self._others[key]
        if isinstance(found, CarbonError):
            raise type(found)(path=found.path, **found.details)
        return found

    def _prepare(self, text: str, name: str | None, label: str) -> Outcome:
        """Parse, validate, choose the operation and measure it."""
        try:
            document = parse(text, max_tokens=MAX_TOKENS, no_location=False)
        except GraphQLSyntaxError as error:
            if error.message.endswith("tokens. Parsing aborted."):
                return OperationTooLarge(measure="tokens", found=f"> {MAX_TOKENS}", allowed=MAX_TOKENS)
            return DocumentInvalid(reason=_where(error))
        except RecursionError:
            return DocumentInvalid(reason="nested too deeply")
        errors = validate(self._schema, document, max_errors=5)
        if errors:
            return DocumentInvalid(reason="; ".join(_where(error) for error in errors))
        operations = [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
        chosen = [each for each in operations if name is None or (each.name is not None and each.name.value == name)]
        if len(chosen) != 1:
            return DocumentInvalid(reason="operationName must name one of the document's operations")
        (operation,) = chosen
        own_name = operation.name.value if operation.name else None
        return Prepared(document, own_name, label, operation.operation, measure(self._schema, document, operation))


def _where(error: GraphQLError) -> str:
    places = ", ".join(f"line {place.line} column {place.column}" for place in error.locations or ())
    return f"{error.message} ({places})" if places else error.message
