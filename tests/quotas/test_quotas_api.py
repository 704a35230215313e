"""A compliance year through the public API from the first unit to the receipt, and the position from an inventory."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from typing import Any

import httpx
import pytest
from factories import identity, inventory
from factories import quotas as make
from factories.api import Client
from factories.working import app, http  # noqa: F401 - fixtures
from sqlalchemy import event, text

from backend.kit.db import Databases
from backend.wire.nodes import node_id


@contextmanager
def counted(databases: Databases) -> Iterator[list[str]]:
    """Collect the SQL statements executed meanwhile."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    engine = databases.engine("wuxi").sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


@pytest.fixture
def nobody(http: httpx.AsyncClient) -> Client:  # noqa: F811
    return Client(http, "wuxi")


async def second_person(databases: Databases, nobody: Client, authority: identity.Made) -> Client:
    """Sign another person of the authority in."""
    person_id = await identity.person(databases)
    await identity.grant(databases, authority, person_id, "officer")
    return await nobody.signed_in(replace(authority, person_id=person_id, email=identity.address(person_id)))


async def test_a_year_from_the_first_unit_to_the_receipt(databases: Databases, nobody: Client) -> None:
    plant = await identity.enterprise(databases, division=make.DIVISION, sector="power")
    authority = await identity.authority(databases, division=make.DIVISION)
    caller, bureau = await nobody.signed_in(plant), await nobody.signed_in(authority)
    second = await second_person(databases, nobody, authority)
    opened = await caller.named(
        "OpenAccount", input={"name": "履约账户", "divisionCode": make.DIVISION, "sector": "other"}
    )
    account = opened["openAccount"]["account"]["id"]
    added = await caller.named("AddQuotaFacility", input={
        "accountId": account, "code": "U1", "name": "一号机组", "sector": "POWER", "since": "2012-01-01",
        "unitClass": "COAL_GT300", "cooling": "WATER", "capacity": "660", "capacityUnit": "MW",
    })  # fmt: skip
    unit = added["addQuotaFacility"]["facility"]["id"]
    recorded = await caller.named("RecordQuotaOutput", input={
        "facilityId": unit, "year": 2024, "basis": "GROSS", "mwh": "1300000", "gj": "500000", "load": "0.70",
    })  # fmt: skip
    assert recorded["recordQuotaOutput"]["__typename"] == "QuotaOutputRecorded"
    preview = (await caller.named("AllocationPreview", accountId=account, year=2024))["allocationPreview"]
    assert preview["computed"] is None
    assert Decimal(preview["lines"][0]["calculation"]["quota"]) == 1_079_950
    assert len(preview["missing"]) == 1
    for facility in (unit, None):
        entered = await bureau.named("EnterVerifiedEmissions", input={
            "accountId": account, "year": 2024, "facilityId": facility, "emissions": "1079000.4", "document": "核查报告",
        })  # fmt: skip
        assert entered["enterVerifiedEmissions"]["__typename"] == "VerifiedEmissionsEntered"
    proposed = await bureau.named("ProposeAllocation", input={
        "accountId": account, "year": 2024, "stage": "FINAL", "document": "分配通知",
    })  # fmt: skip
    allocation = proposed["proposeAllocation"]["allocation"]
    alone = await bureau.named("IssueAllocation", input={"allocationId": allocation["id"]})
    assert alone["issueAllocation"]["code"] == "other_person_needed"
    issued = await second.named("IssueAllocation", input={"allocationId": allocation["id"]}, idempotencyKey="i-1")
    again = await second.named("IssueAllocation", input={"allocationId": allocation["id"]}, idempotencyKey="i-1")
    assert issued == again
    assert issued["issueAllocation"]["allocation"]["state"] == "ISSUED"
    position = (await caller.named("QuotaPosition", accountId=account, year=2024))["quotaPosition"]
    assert (position["basis"], position["isSettleable"]) == ("ENTERED", True)
    assert (Decimal(position["remaining"]), Decimal(position["gap"])) == (1_079_001, -949)
    assert [plan["scenario"] for plan in position["plans"]] == ["low", "central", "high"]
    assert all(Decimal(plan["cash"]) == 0 for plan in position["plans"])
    given = {"accountId": account, "year": 2024, "units": [{"classCode": "CEA", "quantity": "1079001"}]}
    settled = await caller.named("SurrenderAllowances", input=given, idempotencyKey="s-1")
    receipt = settled["surrenderAllowances"]["receipt"]
    assert settled == await caller.named("SurrenderAllowances", input=given, idempotencyKey="s-1")
    over = await caller.named("SurrenderAllowances", input=given, idempotencyKey="s-2")
    assert over["surrenderAllowances"]["code"] == "over_surrender"
    found = (await bureau.named("QuotaReceiptByNumber", number=receipt["number"]))["quotaReceiptByNumber"]
    assert found["lines"] == receipt["lines"]
    runs = [run for line in found["lines"] for run in line["serials"]]
    assert sum(int(run["last"]) - int(run["first"]) + 1 for run in runs) == 1_079_001
    closed = await bureau.named("CloseComplianceYear", input={"accountId": account, "year": 2024, "reason": "履约完成"})
    assert Decimal(closed["closeComplianceYear"]["settled"]) == 1_079_001
    late = await caller.named("SurrenderAllowances", input=given)
    assert late["surrenderAllowances"]["code"] == "compliance_year_closed"
    listed = (await caller.named("QuotaAllocations", accountId=account))["quotaAllocations"]["nodes"]
    assert [(each["state"], each["lines"][0]["facility"]["code"]) for each in listed] == [("ISSUED", "U1")]
    history = (await caller.named("QuotaFacilityHistory", id=unit))["node"]["history"]["nodes"]
    assert [each["mwh"] for each in history] == ["1300000"]


async def test_the_obligation_is_read_from_the_verified_inventory(databases: Databases, nobody: Client) -> None:
    place = await inventory.make_place(databases, pack="general", years=(2025,), division=make.DIVISION)
    source = await inventory.add_source(
        databases, place, "E1", "fuel_combustion", "t", key="实测燃料", scope=1, category="combustion",
        parameters={"ncv": "20", "carbon_content": "0.03", "oxidation_factor": "1"},
    )  # fmt: skip
    bought = await inventory.add_source(databases, place, "E2", "purchased_electricity", "MWh")
    await inventory.add_records(databases, place, source, "t", {"2025-06": "1000"})
    await inventory.add_records(databases, place, bought, "MWh", {"2025-06": "1000"})
    computed = await inventory.compute(databases, place)
    base = await identity.enterprise(databases)
    person_id = await identity.person(databases)
    made = replace(
        base, id=place.organisation_id, person_id=person_id, email=identity.address(person_id),
        scope=replace(base.scope, organisation_id=place.organisation_id, actor_id=person_id),
    )  # fmt: skip
    await identity.grant(databases, made, person_id, "administrator")
    caller = await nobody.signed_in(made)
    account = node_id("CarbonAccount", place.account_id)
    await caller.named("AddQuotaFacility", input={
        "accountId": account, "code": "U1", "name": "一号机组", "sector": "POWER", "since": "2012-01-01",
        "unitClass": "COAL_LE300",
    })  # fmt: skip

    async def position() -> dict[str, Any]:
        return (await caller.named("QuotaPosition", accountId=account, year=2025))["quotaPosition"]

    found = await position()
    assert (found["basis"], found["isSettleable"]) == ("PROVISIONAL", False)
    assert Decimal(found["obligation"]) == 2200  # 1000 t x 20 GJ/t x 0.03 tC/GJ x 44/12; purchased power is not owed
    assert found["inventoryId"] == node_id("Inventory", place.account_id, computed.inventory_id)
    refused = await caller.named("SurrenderAllowances", input={
        "accountId": account, "year": 2025, "units": [{"classCode": "CEA", "quantity": "1"}],
    })  # fmt: skip
    assert refused["surrenderAllowances"]["code"] == "obligation_not_verified"
    async with databases.write(place.system) as write:
        await write.run(text("update inventory set state = 'verified' where id = :id"), {"id": computed.inventory_id})
    found = await position()
    assert (found["basis"], found["isSettleable"], Decimal(found["remaining"])) == ("VERIFIED", True, 2200)
    assert Decimal(found["ccerCap"]["value"]) == 110


async def test_a_region_is_read_in_as_many_statements_as_one_account(databases: Databases, nobody: Client) -> None:
    authority = await identity.authority(databases, division=make.DIVISION)
    bureau = await nobody.signed_in(authority)
    sizes = []
    for _ in range(2):
        await make.regulated(databases)
        await make.regulated(databases, is_power=False)
        await bureau.named("QuotaDutiesOverdue", year=2025, first=100)
        with counted(databases) as statements:
            found = (await bureau.named("QuotaDutiesOverdue", year=2025, first=100))["quotaDutiesOverdue"]
        sizes.append((len(found["nodes"]), len(statements)))
        assert all(each["account"]["id"] and each["late"] for each in found["nodes"])
    assert sizes[1][0] == sizes[0][0] + 2
    assert sizes[1][1] == sizes[0][1]
