"""Claims of certificates through the public API: from the claim to the inventory's line, and back."""

from typing import Any

import httpx
from factories import identity, inventory
from factories.api import Client
from factories.gec_claims import Consumer, certified, consumer
from factories.working import app, http  # noqa: F401 - fixtures

from backend.kit.clock import today
from backend.kit.db import Databases
from backend.wire.nodes import node_id


async def caller(http: httpx.AsyncClient, held: Consumer) -> Client:  # noqa: F811 - the fixture's value
    return await Client(http, "wuxi").signed_in(held.held.holder)


def claim_input(held: Consumer, **given: Any) -> dict[str, Any]:
    return {"accountId": node_id("CarbonAccount", held.id), "year": 2026, **given}


async def test_from_the_claim_to_the_line_and_back(databases: Databases, http: httpx.AsyncClient) -> None:  # noqa: F811
    held = await consumer(databases)
    batch = await certified(databases, held, 300)
    client = await caller(http, held)
    account = node_id("CarbonAccount", held.id)
    given = claim_input(held, quantity="240", uses=["MARKET_SCOPE2", "RENEWABLE_DUTY"], note="年度核销")
    key = f"claim-{held.id}"
    made = (await client.named("ClaimCertificates", input=given, idempotencyKey=key))["claimCertificates"]
    assert made["__typename"] == "CertificatesClaimed", made
    [claim] = made["claims"]
    assert batch.serials is not None
    assert claim["serials"] == [{"first": str(batch.serials[0]), "last": str(batch.serials[0] + 239)}]
    assert (claim["uses"], claim["coveredMwh"]) == (["MARKET_SCOPE2", "RENEWABLE_DUTY"], "240")
    # The same command sent again is the same claim; with other content the key is refused.
    again = (await client.named("ClaimCertificates", input=given, idempotencyKey=key))["claimCertificates"]
    assert again == made
    other = await client.named("ClaimCertificates", input={**given, "quantity": "1"}, idempotencyKey=key)
    assert other["claimCertificates"]["code"] == "idempotency_key_reused"

    energy = (await client.named("ClaimedEnergy", accountId=account, year=2026))["claimedEnergy"]
    assert (energy["purchasedMwh"], energy["claimedMwh"], energy["roomMwh"]) == ("1200", "240", "960")
    [cover] = (await client.named("EnergyClaims", accountId=account))["energyClaims"]["nodes"]
    assert cover["movementId"] == claim["movementId"]
    assert [(part["mwh"], part["produced"], part["project"]) for part in cover["parts"]] == [
        ("240", "2026-03", "11320000000000001")
    ]

    computed = await inventory.compute(databases, held.place, 2026, today())
    lines = (await client.named("InventoryLines", id=node_id("Inventory", held.id, computed.inventory_id)))["inventory"]
    shown = {(line["method"], line["basis"]): line for line in lines["lines"]["nodes"]}
    covered = shown["claimed_electricity", "MARKET"]
    assert covered["baseQuantity"] == "240"
    lineage = (await client.named("InventoryLineLineage", id=covered["id"]))["inventoryLine"]
    told = next(each for each in lineage["parameters"] if each["code"] == "claim")
    assert (told["origin"], told["value"], told["unit"]) == ("claim", "240", "MWh")
    assert told["claim"]["movement_number"] == int(claim["movementNumber"])
    assert told["claim"]["parts"][0]["serials"] == [[batch.serials[0], batch.serials[0] + 239]]
    assert len(lineage["records"]["nodes"]) == 12

    guidance = (await client.named("CertificateGuidance", accountId=account, year=2026))["certificateGuidance"]
    [left] = guidance["nodes"]
    assert left["quantity"] == "60"
    assert {each["need"]: each["outcome"] for each in left["verdicts"]} == {
        "MARKET_SCOPE2": "PASS", "RENEWABLE_DUTY": "PASS", "PARK_INDICATOR": "CANNOT_TELL", "EXPORT": "CANNOT_TELL",
    }  # fmt: skip
    assert (await client.named("CreditWarnings", accountId=account))["creditWarnings"]["nodes"] == []

    asked = {"movementId": claim["movementId"], "reason": "企业误操作"}
    refused = (await client.named("ReverseClaim", input=asked))["reverseClaim"]
    assert refused["__typename"] == "ForbiddenError"
    registrar = await Client(http, "wuxi").signed_in(await identity.authority(databases))
    taken = (await registrar.named("ReverseClaim", input=asked))["reverseClaim"]
    assert (taken["endedUses"], taken["uncoveredMwh"]) == (2, "240"), taken
    energy = (await client.named("ClaimedEnergy", accountId=account, year=2026))["claimedEnergy"]
    assert energy["roomMwh"] == "1200"
    overview = (await client.named("AccountOverview", accountId=account, year=2026))["accountOverview"]
    assert overview["isOutdated"] is True


async def test_refusals_say_what_and_how_to_mend(databases: Databases, http: httpx.AsyncClient) -> None:  # noqa: F811
    held = await consumer(databases, "1")
    await certified(databases, held, 300)
    client = await caller(http, held)
    for given, kind, code in (
        ({"quantity": "13"}, "ConflictError", "claim_exceeds_purchase"),
        ({"quantity": "0.5"}, "InvalidError", "units_not_whole"),
        ({"quantity": "-1"}, "InvalidError", "quantity_not_positive"),
        ({"quantity": "301"}, "ConflictError", "insufficient_units"),
        ({"serials": [{"first": "1.5", "last": "2"}]}, "InvalidError", "serials_invalid"),
        ({"serials": [{"first": "9", "last": "8"}]}, "InvalidError", "serials_invalid"),
        ({}, "InvalidError", "claim_selection_invalid"),
        ({"quantity": "1", "uses": []}, "InvalidError", "claim_uses_invalid"),
        ({"quantity": "1", "year": 2021}, "InvalidError", "claim_year_invalid"),
        ({"quantity": "1", "year": 2024}, "ConflictError", "year_not_open"),
        ({"quantity": "1", "beneficiary": "别家"}, "InvalidError", "claim_beneficiary_invalid"),
    ):
        answer = (await client.named("ClaimCertificates", input=claim_input(held, **given)))["claimCertificates"]
        assert (answer["__typename"], answer["code"]) == (kind, code), answer
        assert answer["path"][:1] == ["input"] or kind == "ConflictError", answer
        if code in {"units_not_whole", "quantity_not_positive", "insufficient_units"}:
            assert answer["path"] == ["input", "quantity"]
        assert answer["messageZh"]
        assert "{" not in answer["messageZh"] + answer["messageEn"]
    nodes = (await client.named("EnergyClaims", accountId=node_id("CarbonAccount", held.id)))["energyClaims"]["nodes"]
    assert nodes == []
