"""What stands out, through the public API: the list in pages, the count beside the duties."""

from dataclasses import replace
from typing import Any

import httpx
from factories import identity
from factories.api import Client
from factories.inventory import add_records, add_source, make_place, whole_year
from factories.working import app, http  # noqa: F401 - fixtures

from backend.kit.db import Databases
from backend.wire.nodes import node_id


async def test_the_list_and_its_count(databases: Databases, http: httpx.AsyncClient) -> None:  # noqa: F811 - a fixture
    place = await make_place(databases, years=(2024, 2025))
    person_id = await identity.person(databases)
    base = await identity.enterprise(databases)
    made = replace(
        base, id=place.organisation_id, person_id=person_id, email=identity.address(person_id),
        scope=replace(base.scope, organisation_id=place.organisation_id, actor_id=person_id),
    )  # fmt: skip
    await identity.grant(databases, made, person_id, "administrator")
    source = await add_source(databases, place, "E1", "purchased_electricity", "MWh")
    quantities = {**whole_year(2024, "100"), **whole_year(2025, "100"), "2025-04": "100000", "2025-05": "0"}
    ids = await add_records(databases, place, source, "MWh", quantities)
    caller = await Client(http, "wuxi").signed_in(made)
    asked: dict[str, Any] = {"accountId": node_id("CarbonAccount", place.account_id), "year": 2025}
    nodes: list[dict[str, Any]] = []
    after = None
    while True:
        page = (await caller.named("ActivityAnomalies", **asked, first=1, after=after))["activityAnomalies"]
        nodes += page["nodes"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert [(each["code"], each["outcome"]) for each in nodes] == [
        ("unit_slip", "FAIL"), ("quantity_zero", "CANNOT_TELL"), ("evidence", "CANNOT_TELL"),
    ]  # fmt: skip
    assert nodes[0] == {
        "code": "unit_slip", "outcome": "FAIL",
        "messageZh": "约为通常数值的 1000 倍，疑似kWh 与 MWh、kg 与 t 混淆。",
        "messageEn": "About 1000 times the usual value; looks like kWh for MWh, or kg for t.",
        "sourceId": node_id("EmissionSource", place.account_id, source), "sourceCode": "E1", "sourceName": "E1",
        "meterId": None, "meterCode": None, "months": ["2025-04"],
        "recordIds": [node_id("ActivityRecord", place.account_id, ids["2025-04"])],
        "quantity": "100000", "usual": "100", "baseUnit": "MWh",
        "details": {"ratio": "1000.000000", "unit": "MWh", "limits": "check.limit slip_tolerance = 0.3",
                    "limit_confidence": "placeholder"},
    }  # fmt: skip
    found = (await caller.named("ActivityAnomalyCount", **asked))["accountOverview"]
    assert found["anomalies"] == {
        "total": 3, "fail": 1, "cannotTell": 2, "textZh": "有 3 处异常数据，提交前请查看。",
        "textEn": "3 anomalies to look at before submission.",
    }  # fmt: skip
    assert [duty["code"] for duty in found["duties"]] == ["compute"]
