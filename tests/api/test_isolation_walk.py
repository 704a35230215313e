"""Every root field of the schema, tried by everybody who must not get through: refused, audited, and nothing changed.

The queries are made from the schema itself: every scalar of the answer and of what it leads to is asked for, so that
a field that leaks is seen wherever it hangs. The victim runs the private ones too, so that a refusal means something.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from factories import identity
from factories.api import Client
from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLUnionType,
    get_named_type,
    is_leaf_type,
    is_required_argument,
)
from isolation_cases import CASES, Case, Kind, filled
from isolation_world import IDS, World, make_world, reads_secret
from sqlalchemy import select

from backend.api.execution import watch
from backend.api.schema import schema
from backend.api.surroundings import Surroundings
from backend.identity.service import scope_of_token
from backend.kit.audit import TENANT_CHAIN, AuditEvent
from backend.kit.db import Databases
from backend.kit.errors import CarbonError, Forbidden, NotFound, Unauthenticated
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.wire.nodes import split

CORE = schema._schema
ROOTS = {"query": CORE.query_type, "mutation": CORE.mutation_type, "subscription": CORE.subscription_type}
FIELDS = {name: (kind, each) for kind, root in ROOTS.items() if root for name, each in root.fields.items()}
STRANGERS = ("other enterprise", "other district", "bank without consent", "verifier not engaged")
REFUSED = {"NotFoundError", "ForbiddenError", "UnauthenticatedError"}
NO_REFUSALS = {"graphql_invalid", "graphql_input_invalid", "operation_too_large", "operation_too_slow", "internal"}
"""Codes that would mean the case is wrong, or the product is: they prove nothing about isolation."""
DEPTH = 5
SILENCE_SECONDS = 3


def selection(kind: Any, depth: int) -> str:
    """Return a selection of all scalars below, as deep as `depth` objects; empty when there is none."""
    named = get_named_type(kind)
    if isinstance(named, GraphQLUnionType):
        parts = " ".join(f"... on {each.name} {inner}" for each in named.types if (inner := fields_of(each, depth)))
        return f"{{ __typename {parts} }}"
    return fields_of(named, depth)


def fields_of(named: Any, depth: int) -> str:
    """Return the braces of an object's selection."""
    if isinstance(named, GraphQLInterfaceType):
        return "{ __typename id }" if "id" in named.fields else "{ __typename }"
    assert isinstance(named, GraphQLObjectType)
    parts = ["__typename"]
    for name, each in named.fields.items():
        if any(is_required_argument(argument) for argument in each.args.values()):
            continue
        if is_leaf_type(get_named_type(each.type)):
            parts.append(name)
        elif depth > 0 and (inner := selection(each.type, depth - 1)):
            parts.append(f"{alias(named, name, each)}{'(first: 3)' if 'first' in each.args else ''} {inner}")
    return f"{{ {' '.join(parts)} }}"


def alias(parent: GraphQLObjectType, name: str, each: GraphQLField) -> str:
    """Give an object field a name of its own where members of a union could disagree about its type."""
    return f"{parent.name}_{name}: {name}" if is_member_of_union(parent) else name


def is_member_of_union(kind: GraphQLObjectType) -> bool:
    return any(isinstance(each, GraphQLUnionType) and kind in each.types for each in CORE.type_map.values())


def operation(name: str, case: Case, things: dict[str, str]) -> dict[str, Any]:
    """Return a request for the field with the case's values as variables."""
    kind, each = FIELDS[name]
    variables = filled(case.variables, things)
    declared = ", ".join(f"${key}: {each.args[key].type}" for key in variables)
    given = ", ".join(f"{key}: ${key}" for key in variables)
    depth = 1 if kind == "mutation" else DEPTH
    while True:
        inside = "" if is_leaf_type(get_named_type(each.type)) else selection(each.type, depth)
        text = f"{kind} Walk{f'({declared})' if declared else ''} {{ {name}{f'({given})' if given else ''} {inside} }}"
        if len(text) < 14_000 or depth == 0:
            return {"query": text, "variables": variables}
        depth -= 1


def is_empty(value: Any) -> bool:
    """Tell whether an answer holds nothing of anybody."""
    if isinstance(value, dict) and "edges" in value:
        return value["edges"] == []
    return value in (None, [], {})


def codes(answer: dict[str, Any]) -> list[str]:
    return [error["extensions"]["code"] for error in answer.get("errors", [])]


@pytest.fixture(scope="module")
async def world(databases: Databases, servers, app) -> AsyncIterator[World]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://testserver", timeout=60) as http:
        yield await make_world(databases, servers.settings, Client(http, "wuxi"))


@pytest.fixture(autouse=True)
def nothing_kept_yet(app: Any) -> None:
    """Let every test's refusals count as first ones."""
    app.inner.state.here.refusals.forget()


async def send(world: World, app: Any, caller: Client, name: str, correlation_id: str = "walk") -> dict[str, Any]:
    """Run the case's operation as the caller; subscriptions give their first answer."""
    body = operation(name, CASES[name], world.things)
    if FIELDS[name][0] != "subscription":
        answer = await caller.send(body, **{"x-correlation-id": correlation_id})
        return answer.json()
    here: Surroundings = app.inner.state.here
    scope = Scope.nobody("wuxi", correlation_id=correlation_id)
    if caller.token is not None:
        scope = await scope_of_token(world.databases, "wuxi", caller.token, correlation_id=correlation_id)
    stream = watch(here, here.documents.find(body), body["variables"], here.context(scope))
    try:
        async with asyncio.timeout(SILENCE_SECONDS):
            return await anext(stream)
    except TimeoutError:  # nothing happened that the caller may hear of
        return {"data": {name: None}}
    finally:
        await stream.aclose()


def kinds(base: type[CarbonError]) -> set[str]:
    """Return the codes of an error class and of all below it."""
    return {base.code} | {code for each in base.__subclasses__() for code in kinds(each)}


def is_refused(name: str, case: Case, answer: dict[str, Any]) -> bool:
    """Tell whether the answer refuses: it names such an error, or shows nothing where one thing was asked for."""
    found = (answer.get("data") or {}).get(name)
    if isinstance(found, dict) and found.get("__typename") in REFUSED:
        return True
    if case.kind is Kind.PRIVATE and found is None:
        return True
    return bool(set(codes(answer)) & (kinds(NotFound) | kinds(Forbidden) | kinds(Unauthenticated)))


async def events_of(databases: Databases, correlation_id: str) -> list[Any]:
    """Return what a request left in the audit chains."""
    wanted = select(AuditEvent.__table__).where(AuditEvent.correlation_id == correlation_id)
    async with databases.read(Scope.system("wuxi")) as read:
        return list(await read.rows(wanted.order_by(AuditEvent.sequence)))


def test_every_root_field_has_a_case_and_every_case_a_field() -> None:
    assert {name for name in FIELDS if name not in CASES} == set(), "write a case in tests/api/isolation_cases.py"
    assert {name for name in CASES if name not in FIELDS} == set(), "cases of fields that are gone"


@pytest.mark.parametrize("name", [name for name in CASES if name in FIELDS])
async def test_strangers_neither_see_nor_touch(world: World, app, name: str) -> None:
    case = CASES[name]
    before = await world.fingerprint()
    sent = json.dumps(operation(name, case, world.things), ensure_ascii=False)
    if name == "auditEvents":  # tells callers of their own refusals, and so what they sent before
        sent += json.dumps([filled(each.variables, world.things) for each in CASES.values()], ensure_ascii=False)
    for who, caller in world.clients.items():
        asked = new_id().hex
        answer = await send(world, app, caller, name, asked)
        shown = json.dumps(answer, ensure_ascii=False)
        events = [each for each in await events_of(world.databases, asked) if each.outcome == "refused"]
        assert len(events) == (1 if is_refused(name, case, answer) else 0), (who, shown, events)
        for event in events:
            assert (event.chain_id == TENANT_CHAIN) == (who == "nobody")
            assert event.chain_id == (event.organisation_id or TENANT_CHAIN)
            if FIELDS[name][0] != "mutation":
                assert event.action == f"{FIELDS[name][0]}:{name}"
                assert event.details["code"] == (codes(answer) or ["not_found"])[0]
        assert set(codes(answer)) & NO_REFUSALS == set(), (who, shown)
        assert reads_secret(world, shown, sent) == [], (who, shown)
        found = (answer.get("data") or {}).get(name)
        kind_of_answer = found.get("__typename", "") if isinstance(found, dict) else ""
        if who == "nobody" and FIELDS[name][0] == "mutation":
            assert kind_of_answer == "UnauthenticatedError", shown
        elif who == "nobody":
            assert is_empty(found), shown
            assert codes(answer) in ([], ["unauthenticated"]), shown
        elif case.kind is Kind.PRIVATE:
            assert found is None, (who, shown)
        elif case.kind is Kind.COMMAND:
            assert kind_of_answer in REFUSED, (who, shown)
        elif case.kind is Kind.TENANT and who != "other district":
            assert kind_of_answer == "ForbiddenError", (who, shown)
    assert await world.fingerprint() == before


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.kind is Kind.PRIVATE and name in FIELDS])
async def test_the_victim_itself_gets_an_answer(world: World, app, name: str) -> None:
    owner = await world.clients["nobody"].signed_in(world.victim)
    answer = await send(world, app, owner, name)
    assert codes(answer) == [], answer
    assert not is_empty(answer["data"][name]), answer


@pytest.mark.parametrize("thing", sorted(IDS))
async def test_nothing_is_reached_by_its_global_id(world: World, thing: str) -> None:
    kind, value = split(world.things[thing])[0], world.things[thing]
    text = f"query Walk($id: ID!) {{ node(id: $id) {{ ... on {kind} {fields_of(CORE.type_map[kind], 2)} }} }}"
    owner = await world.clients["nobody"].signed_in(world.victim)
    assert (await owner.ask(text, id=value))["data"]["node"]["id"] == value
    for who, caller in world.clients.items():
        asked = new_id().hex
        answer = (await caller.send({"query": text, "variables": {"id": value}}, **{"x-correlation-id": asked})).json()
        (event,) = await events_of(world.databases, asked)
        assert (event.action, event.outcome, event.object_type) == ("query:node", "refused", kind), who
        assert event.object_id == str(split(value)[1][-1])
        assert answer["data"] == {"node": None}, (who, answer)
        assert reads_secret(world, json.dumps(answer, ensure_ascii=False), value) == [], (who, answer)


async def test_another_tenants_token_opens_nothing(world: World, databases: Databases) -> None:
    """The token names its tenant: at another's address it is no proof at all, whatever is asked."""
    foreign = (await world.clients["nobody"].signed_in(await identity.authority(databases, tenant="chengdu"))).at(
        "wuxi"
    )
    before = await world.fingerprint()
    for name, case in CASES.items():
        if name not in FIELDS:
            continue
        answer = await foreign.send(operation(name, case, world.things))
        assert answer.status_code == 401, name
        assert answer.json()["data"] is None
        assert reads_secret(world, answer.text, "") == []
    assert await world.fingerprint() == before


async def test_the_harness_sees_a_leak(world: World) -> None:
    """If the victim's own answer did not count as a leak, the walk would prove nothing."""
    owner = await world.clients["nobody"].signed_in(world.victim)
    answer = await owner.send(operation("accounts", CASES["accounts"], world.things))
    leaks = reads_secret(world, answer.text, "")
    assert world.things["account"] in leaks
    assert world.things["number"] in leaks
    assert len(leaks) >= 4
