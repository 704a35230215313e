"""Addresses, headers, health, errors: what everybody meets before any business."""

import httpx
import pytest
from factories.api import Client

from backend.api.door import Addresses, language_of


@pytest.mark.parametrize(
    ("host", "path", "expected"),
    [
        ("localhost:8000", "/wuxi/graphql", ("wuxi", "/graphql")),
        ("wuxi.localhost:8000", "/graphql", ("wuxi", "/graphql")),
        ("WUXI.localhost", "/wuxi/graphql", ("wuxi", "/graphql")),
        ("wuxi.localhost", "/chengdu/graphql", (None, "/graphql")),
        ("localhost", "/graphql", (None, "/graphql")),
        ("localhost", "/beijing/graphql", (None, "/beijing/graphql")),
        ("localhost", "/wuxi", ("wuxi", "/")),
        ("[::1]:8000", "/wuxi/a/b", ("wuxi", "/a/b")),
        ("", "/", (None, "/")),
    ],
)
def test_which_tenant_an_address_means(host: str, path: str, expected: tuple[str | None, str]) -> None:
    assert Addresses(["wuxi", "chengdu"], "localhost", {}).resolve(host, path) == expected


@pytest.mark.parametrize(
    ("header", "language"),
    [("zh-CN,zh;q=0.9,en;q=0.8", "zh"), ("en-GB", "en"), ("de, en;q=0.5", "en"), ("fr", None), ("", None)],
)
def test_which_language_a_header_means(header: str, language: str | None) -> None:
    assert language_of(header) == language


async def test_an_address_without_a_tenant_leads_nowhere(http: httpx.AsyncClient) -> None:
    answer = await http.post("/atlantis/graphql", json={"query": "{__typename}"})
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "tenant_unknown"


async def test_an_unknown_path_of_a_tenant_is_a_problem_in_the_callers_language(http: httpx.AsyncClient) -> None:
    answer = await http.get("/wuxi/nothing", headers={"accept-language": "en"})
    assert (answer.status_code, answer.json()["code"], answer.json()["detail"]) == (
        404, "address_unknown", "Nothing is served at this address.",
    )  # fmt: skip


async def test_answers_carry_the_correlation_id_and_safe_headers(http: httpx.AsyncClient) -> None:
    given = await http.get("/health/live", headers={"x-correlation-id": "abc-123"})
    assert given.headers["x-correlation-id"] == "abc-123"
    made = await http.get("/health/live", headers={"x-correlation-id": "x" * 65 + "\t"})
    assert len(made.headers["x-correlation-id"]) == 32
    assert given.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert given.headers["x-content-type-options"] == "nosniff"
    assert given.headers["cache-control"] == "no-store"


async def test_health_names_every_part(http: httpx.AsyncClient) -> None:
    assert (await http.get("/health/live")).json() == {"status": "ok"}
    ready = await http.get("/health/ready")
    assert (ready.status_code, ready.json()) == (
        200,
        {
            "status": "ok",
            "tenants": {"wuxi": "ok", "changzhou": "ok", "chengdu": "ok", "guizhou": "ok"},
            "redis": "ok",
        },
    )
    assert (await http.get("/chengdu/health/ready")).json()["tenants"] == {"chengdu": "ok"}


async def test_metrics_count_requests_operations_jobs_and_connections(client: Client) -> None:
    await client.ask("{ __typename }")
    text = (await client.http.get("/metrics")).text
    assert 'carbon_http_requests_total{method="POST",route="/graphql",status="200"}' in text
    assert 'carbon_graphql_operations_total{operation="free",outcome="ok",tenant="wuxi"}' in text
    assert 'carbon_database_connections{state="checkedout",tenant="wuxi"}' in text
