"""Odd texts reach every text input of this noun: a clear refusal or a clean value, never a fault of ours."""

import pytest
from factories import accounts as make
from factories import identity
from factories.api import Client

from backend.kit.db import Databases
from backend.wire.connections import encode
from backend.wire.nodes import node_id

ODD = {"nul": "a\0b", "long": "x" * 5000, "quote": "'; drop table site; --", "empty": ""}


@pytest.mark.parametrize("name", ODD)
async def test_odd_texts(databases: Databases, client: Client, name: str) -> None:
    odd = ODD[name]
    held = await make.held_account(databases)
    site = await make.site_of(databases, held)
    source = await make.source_of(databases, held, site)
    caller = await client.signed_in(held.holder)
    account, own_site = str(node_id("CarbonAccount", held.id)), str(node_id("Site", held.id, site.id))
    own_source = str(node_id("EmissionSource", held.id, source.id))
    new = {"name": "账户", "divisionCode": "320206", "sector": "steel"}
    add = {
        "siteId": own_site,
        "code": make.code("F"),
        "name": "锅炉",
        "method": "fuel_combustion",
        "key": "柴油",
        "unit": "t",
    }
    asked = [
        *(
            ("OpenAccount", {**new, field: odd})
            for field in ("name", "divisionCode", "sector", "methodPack", "fuelTable")
        ),
        ("RenameAccount", {"accountId": account, "name": odd}),
        ("RenameAccount", {"accountId": odd, "name": "x"}),
        ("AddSite", {"accountId": account, "code": odd, "name": "x"}),
        ("AddSite", {"accountId": account, "code": make.code("S"), "name": odd}),
        ("AddSite", {"accountId": account, "code": make.code("S"), "name": "x", "divisionCode": odd}),
        ("ChangeSite", {"siteId": own_site, "address": odd}),
        *(("AddSource", {**add, field: odd}) for field in ("code", "name", "method", "key", "unit", "category")),
        ("AddSource", {**add, "parameters": {"factor": "1", "factor_source": odd}}),
        ("AddSource", {**add, "parameters": {odd: "1"}}),
        ("ChangeSource", {"sourceId": own_source, "parameters": {"factor": odd, "factor_source": "x"}}),
        ("EndSource", {"sourceId": own_source, "endedOn": "2025-01-01", "reason": odd}),
        ("AddMeter", {"sourceId": own_source, "code": odd, "name": "x", "unit": "kWh"}),
        ("AddMeter", {"sourceId": own_source, "code": make.code("M"), "name": "x", "unit": odd}),
        ("OpenReportingYear", {"accountId": account, "year": 2025, "reason": odd}),
        ("OpenReportingYear", {"accountId": account, "year": -(2**31)}),
    ]
    faults = []
    for operation, given in asked:
        answer = await caller.send({"operationName": operation, "variables": {"input": given}})
        if answer.status_code != 200 or "errors" in answer.json():
            faults.append((operation, given, answer.text))
    lists = [{"where": {field: odd}} for field in ("sector", "division", "search", "organisationId")]
    lists += [{"after": odd}, {"after": encode([odd])}, {"after": encode([1])}, {"after": encode(["a", "b"])}]
    for variables in lists:
        answer = await caller.send({"operationName": "AccountList", "variables": variables})
        codes = {error["extensions"]["code"] for error in answer.json().get("errors", [])}
        if answer.status_code != 200 or codes - {"page_invalid", "node_id_invalid", "text_invalid"}:
            faults.append(("AccountList", variables, answer.text))
    answer = await caller.send({"operationName": "AccountByNumber", "variables": {"number": odd}})
    if answer.json().get("data") != {"accountByNumber": None} or "internal" in answer.text:
        faults.append(("AccountByNumber", odd, answer.text))
    evidence = await caller.send(
        {"operationName": "AccountEvidence", "variables": {"id": account, "after": encode([odd])}}
    )
    if [error["extensions"]["code"] for error in evidence.json().get("errors", [])] != ["page_invalid"]:
        faults.append(("AccountEvidence", odd, evidence.text))
    assert faults == []
    stranger = await client.signed_in(await identity.enterprise(databases))
    assert (await stranger.named("AccountDetail", id=account))["account"] is None
