"""Refused reads leave an audit event: fields that are refused, fields that find nothing, files that are not handed out.

*Not there* and *not yours* are one answer, so both leave the event: whoever probes for other people's ids is seen. The
events are written after the answer is known, in one transaction, into the caller's own chain (nobody's into the
tenant's). Commands leave theirs themselves (`backend/wire/commands.py`).

Asking again and again must not fill the books: the same caller's same refusal leaves one event a minute, and the next
one says how many were left out. Of nobody only the action counts, because anybody can make ids up.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from time import monotonic
from typing import Any
from uuid import UUID

from graphql import (
    ExecutionResult,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    OperationType,
    SelectionSetNode,
    get_named_type,
    get_operation_ast,
)
from graphql.utilities import value_from_ast_untyped

from backend.api import callers
from backend.api.documents import Prepared
from backend.kit.db import Databases
from backend.kit.errors import CarbonError, Forbidden, NotFound, Unauthenticated
from backend.kit.logs import log
from backend.kit.outages import is_outage
from backend.kit.scope import Kind, Scope
from backend.wire.nodes import NodeIdInvalid, split

AUDITED = (Forbidden, NotFound, Unauthenticated)
ACTION = "refusal_action"
"""A REST handler's option: the action its refusals are kept under, `noun:verb`."""
WINDOW_SECONDS = 60.0
REMEMBERED = 10_000
LONGEST = 200
MOST_IDS = 20
NOTHING_FOUND = "not_found"
PARAMETERS = {
    "application": "JoinApplication", "invitation_file": "InvitationFile",
    "account": "CarbonAccount", "batch": "ActivityBatch", "borrower": "CarbonAccount", "certificate": "RetirementCertificate",
    "certificate_import": "CertificateImport", "disclosure": "Disclosure", "entry": "KnowledgeEntry", "evidence": "Evidence", "file": "LoanFile", "job": "Job", "knowledge_file": "KnowledgeFile",
    "movement": "UnitMovement", "publication": "DisclosurePublication", "statement": "AccountStatement", "unit_import": "UnitImport",
    "white_paper": "EsgWhitePaper",
}  # fmt: skip
"""What the plain ids in addresses are of; a global id says it itself."""

Key = tuple[object, ...]

logger = log(__name__)


@dataclass(frozen=True, slots=True)
class Refusal:
    """What was refused. `ids` are those the caller gave, `path` the place in the answer."""

    action: str
    code: str
    object_type: str = ""
    object_id: str = ""
    ids: Mapping[str, Any] = field(default_factory=dict[str, Any])
    facts: Mapping[str, str] = field(default_factory=dict[str, str])
    path: tuple[str, ...] = ()

    def key(self, scope: Scope) -> Key:
        """Return what makes two refusals the same."""
        if scope.kind is Kind.NOBODY:
            return (scope.tenant, scope.kind, self.action)
        own = (scope.tenant, scope.kind, scope.organisation_id, scope.actor_id)
        return (*own, self.action, self.code, self.object_type, self.object_id)


class Refusals:
    """Keeps refusals in the audit chains, each at most once a minute; bounded, and each process has its own."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._seen: OrderedDict[Key, tuple[float, int]] = OrderedDict()

    def forget(self) -> None:
        """Forget what was kept already."""
        self._seen.clear()

    def _left_out(self, key: Key) -> int | None:
        """Return how many of the same were left out before this one, None when this one is left out as well."""
        now = self._clock()
        since, left_out = self._seen.get(key, (-inf, 0))
        if now - since < WINDOW_SECONDS:
            self._seen[key] = (since, left_out + 1)
            return None
        self._seen[key] = (now, 0)
        self._seen.move_to_end(key)
        while len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        return left_out

    async def keep(self, databases: Databases, scope: Scope, refusals: Iterable[Refusal]) -> None:
        """Leave the events. An audit chain that cannot be reached is logged: the refusal is answered all the same."""
        unlike = {each.key(scope): each for each in reversed(list(refusals))}
        fresh = {key: left_out for key in reversed(unlike) if (left_out := self._left_out(key)) is not None}
        if not fresh:
            return
        is_kept = False
        try:
            async with databases.write(scope) as write:
                for key, left_out in fresh.items():
                    each = unlike[key]
                    more: dict[str, object] = {"left_out": left_out} if left_out else {}
                    write.audit(
                        each.action, outcome="refused", object_type=each.object_type, object_id=each.object_id,
                        code=each.code, ids=dict(each.ids), facts=dict(each.facts), path=list(each.path), **more,
                    )  # fmt: skip
            is_kept = True
        except Exception as failure:
            known = None if is_outage(failure) else failure
            logger.warning(
                "refusal_not_audited", actions=sorted({key.action for key in unlike.values()}), exc_info=known
            )
        finally:
            if not is_kept:
                for key in fresh:
                    self._seen.pop(key, None)

    async def of_answer(
        self, databases: Databases, scope: Scope, schema: GraphQLSchema, prepared: Prepared,
        variables: Mapping[str, Any], result: ExecutionResult, told: Sequence[CarbonError],
    ) -> None:  # fmt: skip
        """Keep what an operation's answer refuses; `told` are its errors, as the caller is told them."""
        has_refused = any(isinstance(error, AUDITED) for error in told)
        is_query = prepared.type is OperationType.QUERY
        if has_refused or (is_query and result.data and None in result.data.values()):
            found = _Answer(schema, prepared, variables).refusals(result, told)
            await self.keep(databases, scope, found)


class _Answer:
    """One operation's root fields, walked only when something was refused."""

    def __init__(self, schema: GraphQLSchema, prepared: Prepared, variables: Mapping[str, Any]) -> None:
        operation = get_operation_ast(prepared.document, prepared.name)
        if operation is None:  # a prepared operation is one of its document's
            message = f"no operation {prepared.name!r}"
            raise ValueError(message)
        root = schema.get_root_type(operation.operation)
        self.root: GraphQLObjectType = root  # type: ignore[assignment]
        self.kind = prepared.type.value
        self.variables = {
            each.variable.name.value: value_from_ast_untyped(each.default_value)
            for each in operation.variable_definitions or ()
            if each.default_value is not None
        } | dict(variables)
        fragments = {
            each.name.value: each for each in prepared.document.definitions if isinstance(each, FragmentDefinitionNode)
        }
        self.fields: dict[str, FieldNode] = {}
        for node in _fields(operation.selection_set, fragments):
            self.fields.setdefault((node.alias or node.name).value, node)

    def refusals(self, result: ExecutionResult, told: Sequence[CarbonError]) -> Iterator[Refusal]:
        """Yield the refusals of the answer, each root field's own."""
        failed: set[str] = set()
        for error, cause in zip(told, result.errors or (), strict=True):
            key = str(cause.path[0]) if cause.path else next(iter(self.fields))
            failed.add(key)
            if isinstance(error, AUDITED):
                yield self._refusal(key, error.code, cause, error.details)
        for key, value in (result.data or {}).items():
            if value is None and key not in failed and self.kind == "query" and self._is_somebodys(key):
                yield self._refusal(key, NOTHING_FOUND)

    def _definition(self, key: str) -> GraphQLField:
        return self.root.fields[self.fields[key].name.value]

    def _is_somebodys(self, key: str) -> bool:
        """Tell whether a field asks for one thing by its id or name: null then means not there, or not yours."""
        definition, named = self._definition(key), get_named_type(self._definition(key).type)
        is_node = (isinstance(named, GraphQLInterfaceType) and named.name == "Node") or (
            isinstance(named, GraphQLObjectType) and any(each.name == "Node" for each in named.interfaces)
        )
        return any(_is_id(each.type) for each in definition.args.values()) or (is_node and bool(definition.args))

    def _refusal(
        self, key: str, code: str, cause: GraphQLError | None = None, facts: Mapping[str, object] | None = None
    ) -> Refusal:
        node, definition = self.fields[key], self._definition(key)
        given = {each.name.value: value_from_ast_untyped(each.value, self.variables) for each in node.arguments or ()}
        known = {name: given[name] for name, each in definition.args.items() if name in given and _is_id(each.type)}
        object_type, object_id = "", ""
        if known:
            object_type, object_id = _named(next(iter(known.values())))
        elif self._is_somebodys(key):
            known = {name: given[name] for name in definition.args if isinstance(given.get(name), str)}
            object_type = get_named_type(definition.type).name
            object_id = _plain(next(iter(known.values()), ""))
        return Refusal(
            f"{self.kind}:{node.name.value}", code, object_type, object_id,
            {name: _listed(value) for name, value in known.items()},
            {name: _plain(value) for name, value in (facts or {}).items()},
            tuple(_plain(part) for part in (cause.path if cause and cause.path else (key,))),
        )  # fmt: skip


def _fields(selections: SelectionSetNode, fragments: Mapping[str, FragmentDefinitionNode]) -> Iterator[FieldNode]:
    """Yield the root's fields, fragments followed (validation has refused circles)."""
    for node in selections.selections:
        if isinstance(node, FieldNode):
            yield node
        else:
            inside: Any = fragments[node.name.value] if isinstance(node, FragmentSpreadNode) else node
            yield from _fields(inside.selection_set, fragments)


def _is_id(kind: Any) -> bool:  # noqa: ANN401 - any input type
    bare = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
    return get_named_type(bare).name == "ID"


def _plain(value: object) -> str:
    """Return what a caller wrote as a text that can be kept: not too long, and without the sign no database takes."""
    return str(value)[:LONGEST].replace("\x00", "\ufffd")


def _listed(value: object) -> object:
    return [_plain(each) for each in value[:MOST_IDS]] if isinstance(value, list | tuple) else _plain(value)


def _named(value: object) -> tuple[str, str]:
    """Return type and own id of what a global id (or the first of a list) names; the text itself if it is none."""
    if isinstance(value, list | tuple):
        value = value[0] if value else ""
    try:
        kind, ids = split(str(value))
    except NodeIdInvalid:
        return "", _plain(value)
    return _plain(kind), str(ids[-1]) if ids else ""


async def after_exception(error: Exception, asgi: Any) -> None:  # noqa: ANN401 - ASGI's scope is open
    """Keep a REST handler's refusal: of those that say their action, and of all whose address names a thing."""
    parameters: Mapping[str, Any] = asgi.get("path_params") or {}
    handler = asgi.get("route_handler")
    if not isinstance(error, AUDITED) or handler is None or asgi["type"] != "http":
        return
    action = handler.opt.get(ACTION)
    if action is None:
        if not parameters:
            return
        action = f"file:{handler.handler_name}"
    here = asgi["litestar_app"].state.here
    names = [each for each in parameters if each in PARAMETERS] or list(parameters)
    object_type, object_id = _in_address(names[-1], str(parameters[names[-1]])) if names else ("", "")
    refusal = Refusal(
        action, error.code, object_type, object_id,
        {name: _plain(value) for name, value in parameters.items()},
        {name: _plain(value) for name, value in error.details.items()},
    )  # fmt: skip
    await here.refusals.keep(here.databases, callers.known(asgi), [refusal])


def _in_address(name: str, value: str) -> tuple[str, str]:
    """Return type and own id of what an address names last: a global id or a plain one."""
    try:
        return PARAMETERS.get(name, ""), str(UUID(value))
    except ValueError:
        return _named(value)
