"""Parameters through the public API, with the operations our clients send."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import event, select

from backend.api.schema import schema
from backend.factors import queries, rules
from backend.factors.shipped import shipped_files
from backend.kit.db import Databases
from backend.kit.errors import CarbonError
from backend.kit.scope import Kind, Scope
from backend.kit.settings import Settings
from backend.wire.connections import encode
from backend.wire.context import Context
from backend.wire.nodes import node_id

ROOT = Path(__file__).resolve().parents[2]
OPERATIONS = ROOT / "graphql" / "operations" / "factors"
ALL = frozenset({"factors:read", "factors:propose", "factors:activate"})
PCT = [
    case
    for case in json.loads((ROOT / "tests" / "data" / "worked_examples.json").read_text(encoding="utf-8"))
    if case["kind"] == "pct_change"
]


def authority(databases: Databases, tenant: str = "changzhou", **changes: Any) -> Context:
    given: dict[str, Any] = {"kind": Kind.AUTHORITY, "permissions": ALL, "language": "en", **changes}
    scope = Scope(tenant=tenant, organisation_id=uuid4(), actor_id=uuid4(), **given)
    return Context(scope=scope, databases=databases, settings=Settings())


def again(context: Context, **changes: Any) -> Context:
    return Context(scope=replace(context.scope, **changes), databases=context.databases, settings=context.settings)


async def execute(context: Context, operation: str, **variables: Any) -> Any:
    document = (OPERATIONS / f"{operation}.graphql").read_text(encoding="utf-8")
    return await schema.execute(document, variable_values=variables, context_value=context)


async def ask(context: Context, operation: str, **variables: Any) -> Any:
    result = await execute(context, operation, **variables)
    assert result.errors is None, result.errors
    return result.data


def proposal(name: str, value: str, **changes: Any) -> dict[str, Any]:
    return {
        "name": name,
        "key": "k",
        "value": value,
        "unit": "t",
        "document": "公告2026年第1号",
        "source": "S",
        **changes,
    }


@pytest.mark.parametrize("case", PCT, ids=lambda case: case["id"])
async def test_worked_percentages(databases: Databases, case: dict[str, Any]) -> None:
    given, expected = case["inputs"], case["expected"]["pct"]
    data = await ask(authority(databases), "PercentChange", **{"from": given["from"], "to": given["to"]})
    assert data["percentChange"] == expected


@pytest.mark.parametrize("case", PCT, ids=lambda case: case["id"])
async def test_worked_percentages_between_two_versions(databases: Databases, case: dict[str, Any]) -> None:
    given, expected = case["inputs"], case["expected"]["pct"]
    context, name = authority(databases), f"test.{uuid4().hex}"
    old = await ask(context, "ProposeParameter", input=proposal(name, given["from"]))
    ids = [old["proposeParameter"]["parameter"]["id"]]
    await ask(again(context, actor_id=uuid4()), "ActivateParameters", input={"ids": ids})
    new = await ask(context, "ProposeParameter", input=proposal(name, given["to"]))
    assert new["proposeParameter"]["changePercent"] == expected
    shown = await ask(again(context), "ParameterHistory", id=new["proposeParameter"]["parameter"]["id"])
    assert shown["node"]["changePercent"] == expected
    assert [each["value"] for each in shown["node"]["history"]] == [given["from"], given["to"]]
    assert shown["node"]["previous"]["value"] == given["from"]


@pytest.mark.parametrize(
    ("name", "key", "region", "year", "percent"),
    [
        ("grid.footprint", "pcf_national", "CN", "2024", "-6.9"),
        ("grid.electricity", "national_average", "CN", "2022", "-3.6"),
        ("grid.electricity", "national_average", "CN", "2023", "-1.1"),
        ("grid.electricity", "regional_average", "华东", "2023", "-2.1"),
        ("grid.electricity", "regional_average", "西北", "2023", "-5.4"),
        ("grid.electricity", "national_average", "CN", "2021", None),
    ],
)
async def test_change_over_the_data_year_before(
    databases: Databases, name: str, key: str, region: str, year: str, percent: str | None
) -> None:
    data = await ask(authority(databases, "wuxi"), "ListParameters", name=name, key=key, region=region)
    assert {each["years"]: each["changePercent"] for each in data["parameters"]["nodes"]}[year] == percent


async def test_a_look_up_says_why(databases: Databases) -> None:
    context = authority(databases, "wuxi")
    data = await ask(
        context, "LookupParameter", name="grid.electricity", divisionCode="320206", publishedBy="2025-12-30"
    )
    found = data["lookupParameter"]
    assert (found["value"], found["unit"], found["rule"], found["level"]) == (
        "0.5978",
        "kgCO2/kWh",
        "newest_published",
        1,
    )
    assert (found["isFound"], found["isUncertain"], found["changePercent"]) == (True, False, "-7.3")
    assert "2025-12-30" in found["ruleEn"]
    assert {each["reason"] for each in found["passedOver"]} == {
        "OLDER_YEAR", "NOT_PUBLISHED_YET", "LOWER_LEVEL", "LEGACY"
    }  # fmt: skip
    assert [each["value"] for each in found["history"]] == ["0.6451", "0.5978", "0.5827"]


async def test_a_look_up_that_finds_nothing_says_what_it_tried(databases: Databases) -> None:
    context = authority(databases, "wuxi")
    data = await ask(context, "LookupParameter", name="fuel.ncv", key="A_MEE_ETS/木柴")
    found = data["lookupParameter"]
    assert (found["isFound"], found["parameter"], found["rule"]) == (False, None, "none")
    assert found["tried"] == ["fuel.ncv A_MEE_ETS/木柴"]
    assert "木柴" in found["ruleZh"]


async def test_what_is_uncertain_says_so(databases: Databases) -> None:
    context = authority(databases, "wuxi")
    data = await ask(
        context, "LookupParameter", name="fuel.carbon_content", key="A_MEE_ETS/液化天然气", on="2025-01-01"
    )
    found = data["lookupParameter"]
    assert (found["isUncertain"], found["parameter"]["certainty"]) == (True, "SUSPECT")
    assert "存疑" in found["certaintyZh"]
    listed = await ask(context, "ListParameters", dataset="fuel_defaults", isUncertain=False)
    assert listed["parameters"]["nodes"] == []


@pytest.mark.parametrize(
    ("variables", "code"),
    [
        ({"name": "grid.electricity"}, "parameter_invalid"),
        ({"name": "fuel.ncv", "divisionCode": "320200"}, "parameter_invalid"),
        ({"name": "fuel.ncv", "key": "k", "policy": "newest"}, "factor_policy_invalid"),
    ],
)
async def test_a_question_that_cannot_be_answered(databases: Databases, variables: dict[str, str], code: str) -> None:
    result = await execute(authority(databases), "LookupParameter", **variables)
    (error,) = result.errors or []
    assert isinstance(error.original_error, CarbonError)
    assert error.original_error.code == code


async def test_every_datum_of_every_file_is_reachable(databases: Databases) -> None:
    context = authority(databases, "wuxi")
    data = await ask(context, "ParameterDatasets")
    listed = {each["dataset"]: each for each in data["parameterDatasets"]}
    for shipped in shipped_files():
        found = listed[shipped.defaults.dataset]
        assert (found["file"], found["titleZh"]) == (shipped.name, shipped.title_zh)
        assert found["rows"] == len(shipped.path.read_text(encoding="utf-8").splitlines()) - 1
        assert found["loadedAt"]
    nodes: list[Any] = []
    after = None
    while True:
        data = await ask(context, "ListParameters", dataset="grid_factors", first=100, after=after)
        nodes += data["parameters"]["nodes"]
        after = data["parameters"]["pageInfo"]["endCursor"]
        if not data["parameters"]["pageInfo"]["hasNextPage"]:
            break
    assert len({each["id"] for each in nodes}) == len(nodes) == 135


async def test_a_list_costs_the_same_whatever_its_length(databases: Databases) -> None:
    counts: list[int] = []
    for first in (1, 100):
        statements: list[str] = []
        engine = databases.engine("wuxi").sync_engine

        def note(_connection, _cursor, statement: str, *_rest: object, to: list[str] = statements) -> None:
            to.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        try:
            data = await ask(authority(databases, "wuxi"), "ListParameters", name="grid.electricity", first=first)
        finally:
            event.remove(engine, "before_cursor_execute", note)
        assert len(data["parameters"]["nodes"]) == first
        counts.append(len(statements))
    # Two short reads, each of which says who asks: the page, and the versions beside it for the changes.
    assert counts == [4, 4]


@pytest.mark.parametrize(
    ("variables", "count"),
    [
        ({"search": "江苏"}, 3),
        ({"search": "100%_"}, 0),
        ({"name": "grid.electricity", "on": "2023-06-01", "region": "320000"}, 1),
        ({"name": "gwp", "state": "DRAFT"}, 0),
        ({"name": "esg.topics"}, 21),
    ],
)
async def test_filters(databases: Databases, variables: dict[str, Any], count: int) -> None:
    data = await ask(authority(databases, "wuxi"), "ListParameters", **variables)
    assert len(data["parameters"]["nodes"]) == count


async def test_documents_by_name(databases: Databases) -> None:
    context = authority(databases, "wuxi")
    data = await ask(context, "ParameterDocuments", search="2025年第47号")
    (document,) = data["parameterDocuments"]["nodes"]
    assert (document["document"], document["publishedOn"], document["uncertain"]) == (
        "MEE 公告2025年第47号",
        "2025-12-31",
        13,
    )
    first = await ask(context, "ParameterDocuments", first=1)
    second = await ask(
        context, "ParameterDocuments", first=1, after=first["parameterDocuments"]["pageInfo"]["endCursor"]
    )
    assert first["parameterDocuments"]["nodes"] != second["parameterDocuments"]["nodes"]


async def test_a_file_is_proposed_then_activated_by_another(databases: Databases) -> None:
    context, name = authority(databases), f"test.{uuid4().hex}"
    layouts = await ask(context, "ParameterFileLayouts")
    columns = {each["name"]: each["columns"] for each in layouts["parameterFileLayouts"]}["parameters"]
    content = f"{','.join(columns)}\n" + "".join(f"{name},{key},,1.5,,,t,2026-01-01,D,S,from-memory,\n" for key in "ab")
    given = {"fileName": "新.csv", "content": content}
    dry = await ask(context, "ProposeParameterFile", input={**given, "isDryRun": True})
    assert (dry["proposeParameterFile"]["added"], dry["proposeParameterFile"]["ids"]) == (2, [])
    done = await ask(context, "ProposeParameterFile", input=given, idempotencyKey="k1")
    report = done["proposeParameterFile"]
    assert (report["added"], report["dataset"], len(report["ids"])) == (2, "新", 2)
    assert [each["parameter"]["isUncertain"] for each in report["changes"]] == [True, True]
    assert await ask(again(context), "ProposeParameterFile", input=given, idempotencyKey="k1") == done
    repeated = await ask(context, "ProposeParameterFile", input=given)
    assert (repeated["proposeParameterFile"]["added"], repeated["proposeParameterFile"]["unchanged"]) == (0, 2)

    own = await ask(context, "ActivateParameters", input={"ids": report["ids"]})
    assert own["activateParameters"]["code"] == "parameter_own_proposal"
    other = await ask(again(context, actor_id=uuid4()), "ActivateParameters", input={"ids": report["ids"]})
    assert {each["state"] for each in other["activateParameters"]["parameters"]} == {"ACTIVE"}
    late = await ask(again(context, actor_id=uuid4()), "RejectParameters", input={"ids": report["ids"], "reason": "r"})
    assert late["rejectParameters"]["__typename"] == "ConflictError"


async def test_a_bad_file_is_answered_row_by_row(databases: Databases) -> None:
    content = "name,key,region,value,low,high,unit,valid_from,document,source,confidence,note\na,b,,x,,,t,,D,S,sure,\n"
    data = await ask(authority(databases), "ProposeParameterFile", input={"fileName": "f.csv", "content": content})
    error = data["proposeParameterFile"]
    assert (error["__typename"], error["code"]) == ("InvalidError", "parameter_file_invalid")
    assert [(each["line"], each["column"]) for each in error["details"]["faults"]] == [(2, "value"), (2, "confidence")]
    assert "第 2 行" in error["messageZh"]


async def test_an_impossible_proposal_names_its_field(databases: Databases) -> None:
    given = proposal("grid.electricity", "5700", unit="kgCO2/kWh")
    data = await ask(authority(databases), "ProposeParameter", input=given)
    assert (data["proposeParameter"]["code"], data["proposeParameter"]["path"]) == (
        "parameter_invalid",
        ["input", "value"],
    )


async def test_a_float_is_refused(databases: Databases) -> None:
    result = await execute(authority(databases), "ProposeParameter", input=proposal("test.x", 0.1))  # type: ignore[arg-type]
    assert result.errors


@pytest.mark.parametrize("count", [0, 1001])
async def test_how_many_are_decided_at_once(databases: Databases, count: int) -> None:
    ids = [node_id("ReferenceParameter", uuid4()) for _ in range(count)]
    data = await ask(authority(databases), "ActivateParameters", input={"ids": ids})
    assert data["activateParameters"]["code"] == "parameter_invalid"


@pytest.mark.parametrize("kind", [Kind.NOBODY, Kind.ENTERPRISE, Kind.BANK])
async def test_callers_without_permission_read_nothing(databases: Databases, kind: Kind) -> None:
    context = authority(databases, kind=kind, permissions=frozenset())
    for operation, variables in (
        ("ListParameters", {}), ("LookupParameter", {"name": "gwp", "key": "CH4"}), ("ParameterDatasets", {}),
        ("ParameterDocuments", {}), ("ParameterFileLayouts", {}), ("PercentChange", {"from": "1", "to": "2"}),
    ):  # fmt: skip
        result = await execute(context, operation, **variables)
        assert result.errors, operation
        assert result.errors[0].original_error.code == ("unauthenticated" if kind is Kind.NOBODY else "forbidden")


@pytest.mark.parametrize("kind", [Kind.NOBODY, Kind.ENTERPRISE, Kind.VERIFIER, Kind.BANK])
async def test_callers_without_permission_change_nothing(databases: Databases, kind: Kind) -> None:
    name = f"test.{uuid4().hex}"
    proposed = await ask(authority(databases), "ProposeParameter", input=proposal(name, "1"))
    ids = [proposed["proposeParameter"]["parameter"]["id"]]
    context = authority(databases, kind=kind, permissions=frozenset({"factors:read"}))
    for operation, given in (
        ("ProposeParameter", proposal(name, "2")), ("ProposeParameterFile", {"fileName": "f", "content": "x"}),
        ("ActivateParameters", {"ids": ids}), ("RejectParameters", {"ids": ids, "reason": "r"}),
    ):  # fmt: skip
        data = await ask(context, operation, input=given)
        (answer,) = data.values()
        assert answer["code"] == ("unauthenticated" if kind is Kind.NOBODY else "forbidden")
    listed = await ask(authority(databases), "ListParameters", name=name)
    assert [(each["value"], each["state"]) for each in listed["parameters"]["nodes"]] == [("1", "DRAFT")]


async def test_a_node_of_another_tenant_is_not_there(databases: Databases) -> None:
    listed = await ask(authority(databases, "wuxi"), "ListParameters", name="gwp", first=1)
    own = listed["parameters"]["nodes"][0]["id"]
    assert (await ask(authority(databases, "wuxi"), "ParameterHistory", id=own))["node"]["name"] == "gwp"
    assert (await ask(authority(databases), "ParameterHistory", id=own))["node"] is None


def test_every_field_says_what_it_is() -> None:
    ours = ("ReferenceParameter", "ParameterLookup", "PassedOverParameter", "ParameterDataset", "ParameterFamily",
            "ParameterDocument", "ParameterFileLayout", "ProposeParameterInput", "Tenant", "Division")  # fmt: skip
    fields = schema._schema.type_map
    silent = [f"{kind}.{name}" for kind in ours for name, field in fields[kind].fields.items() if not field.description]
    assert silent == []


@pytest.mark.parametrize("cursor", [["grid"], ["a", "b", "c", "2024-13-01", 1], ["a", "b", "c", "2024-01-01", "x"],
                                    ["a\0", "b", "c", "2024-01-01", 1], [None, "b", "c", "2024-01-01", 1], []])  # fmt: skip
async def test_a_cursor_of_another_list_is_refused(databases: Databases, cursor: list[Any]) -> None:
    result = await execute(authority(databases), "ListParameters", after=encode(cursor))
    assert result.errors
    assert result.errors[0].original_error.code == "page_invalid"


@pytest.mark.parametrize("values", [{"from": "1e999999", "to": "1"}, {"from": "1", "to": "1", "places": 13}])
async def test_percentages_of_impossible_numbers(databases: Databases, values: dict[str, Any]) -> None:
    result = await execute(authority(databases), "PercentChange", **values)
    assert result.errors
    assert result.errors[0].original_error.code == "parameter_invalid"


async def test_the_database_and_the_rules_agree_on_what_is_uncertain(databases: Databases) -> None:
    scope = Scope.system("wuxi")
    async with databases.read(scope) as read:
        rows = await read.rows(select(*queries.COLUMNS, queries.uncertain().label("by_sql")))
    assert len(rows) >= 752
    assert [row.id for row in rows if row.by_sql != rules.trust(row.confidence, row.note).is_uncertain] == []
