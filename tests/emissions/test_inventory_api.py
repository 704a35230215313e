"""Inventories through the public API: the overview's few statements, the review, the proofs, the previews."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from factories import identity
from factories.api import Client
from factories.inventory import (
    Place,
    add_meter,
    add_records,
    add_source,
    compute,
    inventory_of,
    lines_of,
    make_place,
    whole_year,
)  # fmt: skip
from factories.jobs import until, working
from factories.working import app, http  # noqa: F401 - fixtures
from sqlalchemy import event, func, select

from backend.emissions.inventory import service
from backend.emissions.inventory.jobs import compute_all, compute_inventory
from backend.emissions.inventory.preview import preview
from backend.emissions.inventory.service.compute import request_computation
from backend.emissions.models import Inventory, InventoryLine
from backend.factors import service as factors
from backend.factors.values import Entry, Validity
from backend.kit.db import Databases
from backend.kit.errors import Forbidden, Unauthenticated
from backend.kit.ids import new_id
from backend.kit.scope import Kind, Scope
from backend.kit.tasks import Task
from backend.wire.nodes import node_id, split


@contextmanager
def counted(databases: Databases, tenant: str = "wuxi") -> Iterator[list[str]]:
    """Collect the SQL statements executed meanwhile."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    engine = databases.engine(tenant).sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


async def owned(databases: Databases, **options: Any) -> tuple[Place, identity.Made]:
    """A place whose organisation has a person that can sign in, and whose verifier too."""
    place = await make_place(databases, years=(2024, 2025), **options)
    person_id = await identity.person(databases)
    base = await identity.enterprise(databases)
    made = replace(
        base, id=place.organisation_id, person_id=person_id, email=identity.address(person_id),
        scope=replace(base.scope, organisation_id=place.organisation_id, actor_id=person_id),
    )  # fmt: skip
    await identity.grant(databases, made, person_id, "administrator")
    return place, made


async def reviewer(databases: Databases, place: Place) -> identity.Made:
    person_id = await identity.person(databases)
    base = await identity.verifier(databases)
    made = replace(
        base, id=place.verifier_id, person_id=person_id, email=identity.address(person_id),
        scope=replace(base.scope, organisation_id=place.verifier_id, actor_id=person_id),
    )  # fmt: skip
    await identity.grant(databases, made, person_id, "verifier")
    return made


def account_of(place: Place) -> str:
    return node_id("CarbonAccount", place.account_id)


def inventory_id(place: Place, computed: Any) -> str:
    return node_id("Inventory", place.account_id, computed.inventory_id)


@pytest.fixture
def nobody(http: httpx.AsyncClient) -> Client:  # noqa: F811
    return Client(http, "wuxi")


async def test_the_overview_takes_three_statements_whatever_its_size(databases: Databases, nobody: Client) -> None:
    place, made = await owned(databases)
    caller = await nobody.signed_in(made)
    sizes = []
    for name in ("A", "B", "C"):
        source = await add_source(databases, place, name, "purchased_electricity", "MWh")
        meter = await add_meter(databases, place, source, "MWh", valid=(date(2024, 1, 1), date(2026, 12, 31)))
        await add_records(databases, place, source, "MWh", whole_year(2025, "10"), tier="metered", meter_id=meter)
        await add_records(databases, place, source, "MWh", whole_year(2024, "9"))
        await compute(databases, place, 2024)
        await compute(databases, place)
        await caller.named("AccountOverview", accountId=account_of(place), year=2025)
        with counted(databases) as statements:
            found = (await caller.named("AccountOverview", accountId=account_of(place), year=2025))["accountOverview"]
        # The caller's own standing is the sign-in's business; what the overview reads is counted here.
        own = [one for one in statements if "json_build_object" in one or "set_config" in one]
        sizes.append((len(own), len(found["bySource"])))
        assert len(statements) <= 3, statements
    assert [size[1] for size in sizes] == [1, 2, 3]
    quantity = Decimal(3 * 12 * 10)
    assert Decimal(found["totals"]["scope2Location"]) == quantity * Decimal("0.5827")
    assert [month["month"] for month in found["months"]] == [f"2025-{number:02d}" for number in range(1, 13)]
    assert sum(Decimal(month["scope2Location"]) for month in found["months"]) == Decimal(
        found["totals"]["scope2Location"]
    )
    assert found["previous"]["changePercent"] == "11.1"
    assert (found["state"], found["version"], found["isOutdated"]) == ("computed", 3, False)
    assert [version["state"] for version in found["versions"]] == ["computed", "withdrawn", "withdrawn"]
    assert [duty["code"] for duty in found["duties"]] == ["submit"]


async def test_an_open_year_says_what_to_do(databases: Databases, nobody: Client) -> None:
    place, made = await owned(databases)
    caller = await nobody.signed_in(made)
    found = (await caller.named("AccountOverview", accountId=account_of(place), year=2025))["accountOverview"]
    assert (found["state"], found["totals"], found["months"]) == ("open", None, [])
    assert [duty["code"] for duty in found["duties"]] == ["compute"]
    found = (await caller.named("AccountOverview", accountId=account_of(place), year=2021))["accountOverview"]
    assert [duty["code"] for duty in found["duties"]] == ["open_year"]
    assert (await caller.named("AccountOverview", accountId=node_id("CarbonAccount", uuid4()), year=2025)) == {
        "accountOverview": None
    }


async def test_the_whole_review_through_the_api(databases: Databases, nobody: Client) -> None:
    place, made = await owned(databases)
    officer, body = await nobody.signed_in(made), await nobody.signed_in(await reviewer(databases, place))
    source = await add_source(databases, place, "H1", "purchased_heat", "GJ")
    ids = await add_records(databases, place, source, "GJ", whole_year(2025, "1000"))
    first = await compute(databases, place)
    done = (await officer.named("SubmitInventory", input={"id": inventory_id(place, first)}))["submitInventory"]
    assert done["inventory"]["state"] == "SUBMITTED"
    queue = (await body.named("VerificationQueue"))["verificationQueue"]["nodes"]
    assert [each["id"] for each in queue] == [inventory_id(place, first)]
    lines = (await body.named("InventoryLines", id=inventory_id(place, first)))["inventory"]["lines"]["nodes"]
    lineage = (await body.named("InventoryLineLineage", id=lines[0]["id"], first=5))["inventoryLine"]
    assert [row["month"] for row in lineage["records"]["nodes"]] == [f"2025-0{number}" for number in range(1, 6)]
    assert lineage["records"]["pageInfo"]["hasNextPage"]
    assert split(lineage["records"]["nodes"][0]["id"]) == ("ActivityRecord", (place.account_id, ids["2025-01"]))
    assert lineage["parameters"][0]["ruleEn"].startswith("The value valid on 2025-01-01")
    raised = (
        await body.named(
            "RaiseFinding",
            input={
                "inventoryId": inventory_id(place, first),
                "lineId": lines[0]["id"],
                "severity": "MAJOR",
                "text": "？",
            },
        )
    )["raiseFinding"]["finding"]
    answered = await officer.named("AnswerFinding", input={"id": raised["id"], "text": "见附件"})
    assert answered["answerFinding"]["finding"]["state"] == "answered"
    refused = (
        await body.named("VerifyInventory", input={"id": inventory_id(place, first), "reason": "好"})
    )["verifyInventory"]  # fmt: skip
    assert (refused["__typename"], refused["code"]) == ("ConflictError", "major_findings_open")
    settled = await body.named("ResolveFinding", input={"id": raised["id"], "text": "可以"})
    assert [each["text"] for each in settled["resolveFinding"]["finding"]["messages"]] == ["？", "见附件", "可以"]
    returned = await body.named("ReturnInventory", input={"id": inventory_id(place, first), "reason": "补数据"})
    assert returned["returnInventory"]["inventory"]["state"] == "COMPUTED"
    await add_records(databases, place, source, "GJ", {"2025-06": "1500"}, supersedes={"2025-06": ids["2025-06"]})
    overview = (await officer.named("AccountOverview", accountId=account_of(place), year=2025))["accountOverview"]
    assert overview["isOutdated"]
    assert [duty["code"] for duty in overview["duties"]] == ["recompute"]
    second = await compute(databases, place)
    await officer.named("SubmitInventory", input={"id": inventory_id(place, second)})
    verified = await body.named("VerifyInventory", input={"id": inventory_id(place, second), "reason": "无保留意见"})
    assert verified["verifyInventory"]["inventory"]["state"] == "VERIFIED"
    difference = (
        await officer.named("InventoryDifference", fromId=inventory_id(place, first), toId=inventory_id(place, second))
    )["inventoryDifference"]
    assert difference["lineCount"] == 1
    assert difference["lines"][0]["textEn"] == "H1 (H1) CO2: quantity 12000 → 12500 GJ (+55.00 tCO2e)."
    location = next(bridge for bridge in difference["bridges"] if bridge["name"] == "location")
    assert Decimal(location["beforeT"]) + Decimal(location["effects"][0]["effectT"]) == Decimal(location["afterT"])
    findings = (await officer.named("InventoryFindings", accountId=account_of(place), year=2025))["inventoryFindings"]
    assert [(each["version"], each["state"]) for each in findings["nodes"]] == [(1, "resolved")]
    versions = (await officer.named("InventoryList", accountId=account_of(place), year=2025))["inventories"]["nodes"]
    assert [(each["version"], each["state"]) for each in versions] == [(2, "VERIFIED"), (1, "WITHDRAWN")]
    detail = (await officer.named("InventoryDetail", id=inventory_id(place, second)))["inventory"]
    assert [each["toState"] for each in detail["transitions"]] == ["computed", "submitted", "verified"]
    fetched = await officer.ask("query($id: ID!) { node(id: $id) { id __typename } }", id=inventory_id(place, second))
    assert fetched["data"]["node"]["__typename"] == "Inventory"


async def test_a_restatement_runs_in_a_job(databases: Databases, nobody: Client, servers: Any) -> None:
    place, made = await owned(databases)
    source = await add_source(databases, place, "H1", "purchased_heat", "GJ")
    await add_records(databases, place, source, "GJ", whole_year(2025, "1"))
    first = await compute(databases, place)
    for scope, step, words in (
        (place.enterprise(), service.submit, {}),
        (place.verifier(), service.verify, {"statement": "好"}),
    ):
        async with databases.write(scope) as write:
            await step(write, scope, account_id=place.account_id, inventory_id=first.inventory_id, **words)
    caller = await nobody.signed_in(made)
    asked = await caller.named("RestateInventory", input={"id": inventory_id(place, first), "reason": "热量表更换"})
    _, [job_id] = split(asked["restateInventory"]["jobId"])
    async with working(databases, servers.settings, servers.valkey.url):
        done = await until(databases, made.scope, job_id)
    assert done.state == "succeeded", done.error
    assert (await inventory_of(databases, place, first)).state == "restated"
    versions = (await caller.named("InventoryList", accountId=account_of(place)))["inventories"]["nodes"]
    assert (versions[0]["version"], versions[0]["restatesId"]) == (2, inventory_id(place, first))


def task_for(databases: Databases, servers: Any, scope: Scope, job_id: UUID | None = None) -> Task:
    return Task(databases, scope, None, servers.settings, job_id or new_id())


async def test_a_computation_run_twice_stores_once(databases: Databases, servers: Any) -> None:
    place = await make_place(databases)
    source = await add_source(databases, place, "H1", "purchased_heat", "GJ")
    await add_records(databases, place, source, "GJ", {"2025-01": "1"})
    scope = place.enterprise()
    async with databases.write(scope) as write:
        job_id = await request_computation(write, scope, account_id=place.account_id, year=2025)
    task = task_for(databases, servers, scope, job_id)
    payload = {
        "account_id": str(place.account_id), "year": 2025, "factor_policy": "published", "factor_date": "2026-03-01",
        "reason": "",
    }  # fmt: skip
    first, second = await compute_inventory(task, payload), await compute_inventory(task, payload)
    assert first["inventory_id"] == second["inventory_id"]
    async with databases.read(scope) as read:
        assert await read.value(select(func.count()).select_from(Inventory)) == 1


async def test_all_accounts_of_a_year_at_once(databases: Databases, servers: Any) -> None:
    year = 2031
    places = [await make_place(databases, "changzhou", division="320411", years=(year,)) for _ in range(3)]
    for place in places:
        source = await add_source(databases, place, "H1", "purchased_heat", "GJ")
        await add_records(databases, place, source, "GJ", {f"{year}-01": "2"})
    submitted = places[0]
    async with databases.write(submitted.system) as write:
        await write.run(
            Inventory.__table__.insert().values(
                account_id=submitted.account_id, id=new_id(), year=year, version=1, state="submitted",
                as_of=func.now(), factor_policy="published", factor_date=date(year, 1, 1), method_pack="general",
                fuel_table="A", scope1=0, scope2_location=0, scope2_market=0, scope3=0, energy_tce=0, record_count=0,
                excluded_count=0, uncertainty={}, checks=[], computed_at=func.now(),
            )
        )  # fmt: skip
    operator = Scope("changzhou", Kind.OPERATOR, uuid4(), uuid4(), "", frozenset({"jobs:operate"}))
    task = task_for(databases, servers, operator)
    payload = {"year": year, "factor_policy": "published", "factor_date": "2026-03-01"}
    assert await compute_all(task, payload) == {"accounts": 3, "computed": 2, "year": year}
    # The same job again finds what it stored.
    assert await compute_all(task, payload) == {"accounts": 3, "computed": 0, "year": year}
    viewer = replace(operator, permissions=frozenset())
    with pytest.raises(Forbidden):
        await compute_all(task_for(databases, servers, viewer), payload)
    async with databases.read(places[1].system) as read:
        lines = await read.rows(
            select(InventoryLine.co2e_t).where(InventoryLine.account_id.in_([each.account_id for each in places]))
        )
    assert [row.co2e_t for row in lines] == [Decimal("0.22"), Decimal("0.22")]


async def test_a_draft_parameter_shows_its_effect_before_it_counts(databases: Databases) -> None:
    touched = [await make_place(databases, "guizhou", division="520102") for _ in range(3)]
    for number, place in enumerate(touched):
        method, unit = ("purchased_heat", "GJ") if number < 2 else ("direct_statement", "tCO2e")
        given = {} if number < 2 else {"reason": "申报"}
        source = await add_source(databases, place, "X", method, unit, scope=2, parameters=given)
        await add_records(databases, place, source, unit, {"2025-01": "1000"})
        if number == 1:
            big = await add_source(
                databases, place, "Y", "direct_statement", "tCO2e", scope=1, parameters={"reason": "x"}
            )
            await add_records(databases, place, big, "tCO2e", {"2025-01": "9890"})
        await compute(databases, place)
    bureau = await identity.authority(databases, tenant="guizhou", division="520102")
    async with databases.write(bureau.scope) as write:
        draft = await factors.propose(
            write, bureau.scope,
            Entry(
                name="heat.supply", key="default", valid=Validity(date(2013, 1, 1)), value=Decimal("0.12"),
                unit="tCO2/GJ", document="测试", source="测试",
            ),
        )  # fmt: skip
    version_id = draft if isinstance(draft, UUID) else draft.id
    found = await preview(databases.write, bureau.scope, frozenset({version_id}))
    # 110 t -> 120 t is 9.09 %; 10,000 t -> 10,010 t is 0.10 %; the stated tonnes do not change.
    changes = {each.account_id: each.percent for each in found.changes}
    assert changes[touched[0].account_id] == Decimal("9.09")
    assert changes[touched[1].account_id] == Decimal("0.10")
    assert touched[2].account_id not in changes
    assert (len(found.changes), found.large) == (2, 1)
    assert found.en == f"2 accounts change, 1 by more than 2 % ({found.compared} compared)."
    [line] = await lines_of(databases, touched[0], await compute(databases, touched[0]))
    assert line.coefficient == Decimal("0.11")
    with pytest.raises(Forbidden):
        await preview(databases.write, touched[0].enterprise(), frozenset({version_id}))
    with pytest.raises(Unauthenticated):
        await preview(databases.write, Scope.nobody("guizhou"), frozenset({version_id}))
