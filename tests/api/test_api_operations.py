"""Operations: named, hashed, free; how large they may be; how they fail."""

import httpx
import pytest
from factories import identity
from factories.api import Client
from graphql import parse
from graphql.language import OperationDefinitionNode
from sqlalchemy import select

from backend.api.app import create_app
from backend.api.documents import FOLDER, Documents, OperationNotOpen, OperationUnknown, text_hash
from backend.api.limits import MAX_COST, measure
from backend.api.schema import schema
from backend.kit.audit import AuditEvent
from backend.kit.db import Databases
from backend.kit.errors import CarbonError
from backend.kit.scope import Scope
from backend.kit.settings import Environment

OURS = FOLDER / "jobs" / "Jobs.graphql"
CORE = schema._schema


def cost(text: str, **variables: object) -> int:
    document = parse(text)
    (operation,) = [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
    return measure(CORE, document, operation).check(variables)


def test_every_operation_of_ours_fits_the_schema_and_is_called_like_its_file() -> None:
    documents = Documents(CORE, allows_free=False)
    assert documents.broken == {}
    assert set(documents.names) == {file.stem for file in FOLDER.rglob("*.graphql")}


def test_every_operation_of_ours_is_within_the_limits() -> None:
    documents = Documents(CORE, allows_free=False)
    for name in documents.names:
        assert documents.find({"operationName": name}).size.check({}) <= MAX_COST


def test_every_root_field_says_what_it_is() -> None:
    silent = [
        f"{root.name}.{name}"
        for root in (CORE.query_type, CORE.mutation_type, CORE.subscription_type)
        if root is not None
        for name, field in root.fields.items()
        if not field.description
    ]
    assert silent == []


def test_the_exported_schema_is_that_of_the_code() -> None:
    exported = (FOLDER.parent / "schema.graphql").read_text(encoding="utf-8")
    assert exported == schema.as_str().rstrip() + "\n", "run `make schema`"


@pytest.mark.parametrize("name", ["documentId", "plain", "apollo", "operationName", "text"])
def test_an_operation_of_ours_is_found_by_name_hash_or_text(name: str) -> None:
    documents = Documents(CORE, allows_free=False)
    text = OURS.read_text()
    request = {
        "documentId": {"documentId": f"sha256:{text_hash(text)}"},
        "plain": {"documentId": text_hash(text)},
        "apollo": {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": text_hash(text)}}},
        "operationName": {"operationName": "Jobs"},
        "text": {"query": text, "operationName": "Jobs"},
    }[name]
    assert documents.find(request) is documents.find({"operationName": "Jobs"})


def test_production_takes_nothing_but_ours() -> None:
    documents = Documents(CORE, allows_free=False)
    with pytest.raises(OperationNotOpen):
        documents.find({"query": "{ __typename }"})
    for unknown in ({"operationName": "Nope"}, {"documentId": "0" * 64}, {}):
        with pytest.raises(OperationUnknown):
            documents.find(unknown)


def test_a_text_is_parsed_and_validated_once() -> None:
    documents = Documents(CORE, allows_free=True)
    text = "query A { __typename }"
    assert documents.find({"query": text}) is documents.find({"query": text})
    with pytest.raises(CarbonError) as first:
        documents.find({"query": "{ nothing }"})
    with pytest.raises(CarbonError) as second:
        documents.find({"query": "{ nothing }"})
    assert str(first.value) == str(second.value)
    assert first.value is not second.value
    for number in range(1200):
        documents.find({"query": f"query A{number} {{ __typename }}"})
    assert len(documents._others) == 1000


def test_the_cost_of_pages_multiplies_and_follows_the_variables() -> None:
    nodes = "nodes { id error { code } }"
    assert cost("{ __typename }") == 0
    # The connection itself, then per item the job and its error.
    assert cost(f"{{ jobs(first: 10) {{ {nodes} }} }}") == 1 + 10 * 2
    assert cost(f"{{ jobs {{ {nodes} pageInfo {{ endCursor }} }} }}") == 1 + 50 * 2
    assert cost("query($n: Int!) { jobs(first: $n) { edges { node { id } } } }", n=7) == 1 + 7
    assert cost(f"query($n: Int = 3) {{ jobs(first: $n) {{ {nodes} }} }}") == 1 + 3 * 2
    assert cost(f"query($n: Int) {{ jobs(first: $n) {{ {nodes} }} }}") == 1 + 100 * 2
    assert (
        cost("query { jobs(first: 4) { ...Page } } fragment Page on JobConnection { nodes { ... on Node { id } } }")
        == 5
    )
    assert cost('mutation { cancelJob(input: {id: "x"}) { __typename } }') == 50


@pytest.mark.parametrize(
    ("text", "code", "measure_"),
    [
        ("{ " + " ".join(f"a{n}: __typename" for n in range(31)) + " }", "operation_too_large", "aliases"),
        ("{ " + "x " * 4001 + "}", "operation_too_large", "tokens"),
        (
            "{ " + " ".join(f"a{n}: jobs(first: 100) {{ nodes {{ error {{ code }} }} }}" for n in range(30)) + "}",
            None,
            None,
        ),
        ("{ jobs(first: 100) { nodes { " + "error { code } " * 3 + "} } }", None, None),
        ("{ jobs { nodes { nope } } }", "graphql_invalid", None),
        ("{ jobs { nodes { id }", "graphql_invalid", None),
        ("query A { __typename } query B { __typename }", "graphql_invalid", None),
        ("subscription { jobProgress(id: 1) { id } }", "graphql_invalid", None),
    ],
)
async def test_what_is_too_large_or_wrong_is_refused_before_it_runs(
    client: Client, text: str, code: str | None, measure_: str | None
) -> None:
    answer = (await client.send({"query": text})).json()
    found = answer["errors"][0]["extensions"] if "errors" in answer else {"code": None}
    if code is None:
        assert found["code"] in (None, "unauthenticated")
        return
    assert (answer["data"], found["code"]) == (None, code)
    if measure_:
        assert found["details"]["measure"] == measure_


async def test_depth_is_limited(monkeypatch: pytest.MonkeyPatch, client: Client) -> None:
    monkeypatch.setattr("backend.api.limits.MAX_DEPTH", 3)
    answer = await client.ask("{ jobs { nodes { error { code } } } }")
    assert answer["errors"][0]["extensions"]["details"] == {"measure": "depth", "found": 4, "allowed": 3}


async def test_cost_is_limited_by_the_variables_sent(monkeypatch: pytest.MonkeyPatch, client: Client) -> None:
    monkeypatch.setattr("backend.api.limits.MAX_COST", 100)
    text = "query($n: Int!) { jobs(first: $n) { nodes { error { code } } } }"
    large = await client.ask(text, n=50)
    small = await client.ask(text, n=49)
    assert large["errors"][0]["extensions"]["details"] == {"measure": "cost", "found": 101, "allowed": 100}
    assert small["errors"][0]["extensions"]["code"] == "unauthenticated"


@pytest.mark.parametrize(
    ("body", "headers", "status", "code"),
    [
        (b"{", {}, 400, "body_invalid"),
        (b"[]", {}, 400, "body_invalid"),
        (b'{"query": "{a}", "variables": []}', {}, 400, "body_invalid"),
        (b"query=1", {"content-type": "application/x-www-form-urlencoded"}, 400, "body_invalid"),
        (b'{"operationName": "Nope"}', {}, 400, "operation_unknown"),
        (b'{"query": "' + b"x" * 2_100_000 + b'"}', {}, 413, "body_too_large"),
        (b'{"query": "{__typename}"}', {"authorization": "Basic x"}, 401, "unauthenticated"),
        (b'{"query": "{__typename}"}', {"authorization": "Bearer not.a.token"}, 401, "token_invalid"),
    ],
)
async def test_a_wrong_request_says_so_and_is_no_traceback(
    http: httpx.AsyncClient, body: bytes, headers: dict[str, str], status: int, code: str
) -> None:
    answer = await http.post("/wuxi/graphql", content=body, headers={"content-type": "application/json"} | headers)
    assert answer.status_code == status
    found = answer.json()
    assert (found["code"] if "code" in found else found["errors"][0]["extensions"]["code"]) == code


async def test_an_error_speaks_the_callers_language_and_both(client: Client) -> None:
    body = {"query": "{ jobs { nodes { id } } }"}
    english = (await client.send(body, **{"accept-language": "en"})).json()["errors"][0]
    chinese = (await client.send(body, **{"accept-language": "zh-CN"})).json()["errors"][0]
    assert english["message"] == english["extensions"]["messageEn"] == chinese["extensions"]["messageEn"]
    assert chinese["message"] == chinese["extensions"]["messageZh"] == english["extensions"]["messageZh"]
    assert english["path"] == ["jobs"]


async def test_a_fault_is_masked_and_findable(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, databases: Databases
) -> None:
    async def broken(*_: object, **__: object) -> None:
        message = "secret of the machine"
        raise ZeroDivisionError(message)

    monkeypatch.setattr("backend.jobs.queries.jobs", broken)
    caller = await client.signed_in(await identity.enterprise(databases))
    answer = (await caller.send({"query": "{ jobs { nodes { id } } }"}, **{"x-correlation-id": "c-77"})).json()
    (error,) = answer["errors"]
    assert (error["extensions"]["code"], error["extensions"]["correlationId"]) == ("internal", "c-77")
    assert "secret" not in str(answer)
    assert "secret of the machine" in caplog.text
    assert "c-77" in caplog.text


async def test_a_refused_read_leaves_an_event(client: Client, databases: Databases) -> None:
    made = await identity.enterprise(databases)
    caller = await client.signed_in(made)
    answer = await caller.ask(
        'mutation { cancelJob(input: {id: "Sm9iOjAwMDAwMDAwLTAwMDAtMDAwMC0wMDAwLTAwMDAwMDAwMDAwMQ"}) { __typename } }'
    )
    assert answer == {"data": {"cancelJob": {"__typename": "NotFoundError"}}}
    async with databases.read(Scope.system("wuxi")) as read:
        events = await read.rows(
            select(AuditEvent.action, AuditEvent.outcome).where(
                AuditEvent.actor_id == made.person_id, AuditEvent.outcome == "refused"
            )
        )
    assert [tuple(event) for event in events] == [("jobs:cancel", "refused")]


async def test_the_explorer_is_open_in_development_only_and_asks_nobody_else(
    http: httpx.AsyncClient, databases: Databases, servers
) -> None:
    page = await http.get("/wuxi/graphql")
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "<option>Jobs</option>" in page.text
    assert "http://" not in page.text
    assert "https://" not in page.text
    assert "script-src 'sha256-" in page.headers["content-security-policy"]
    production = servers.settings.model_copy(update={"environment": Environment.PRODUCTION})
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(create_app(production, databases=databases)), base_url="http://testserver"
    ) as closed:
        assert (await closed.get("/wuxi/graphql")).status_code == 404
        free = await closed.post("/wuxi/graphql", json={"query": "{ __schema { types { name } } }"})
        assert (free.status_code, free.json()["errors"][0]["extensions"]["code"]) == (403, "operation_not_open")
        named = await closed.post("/wuxi/graphql", json={"operationName": "Jobs"})
        assert named.json()["errors"][0]["extensions"]["code"] == "unauthenticated"
        assert "max-age" in named.headers["strict-transport-security"]
