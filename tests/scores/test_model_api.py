"""Score models through the public API: start from a shipped one, check, draft, decide by a second person, ask for a test.

What would change the model in force of the whole jurisdiction is only refused here.
"""

from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from factories import identity
from factories.api import Client
from factories.working import app, http  # noqa: F401 - fixtures

from backend.kit.clock import today
from backend.kit.db import Databases
from backend.kit.ids import new_id


@pytest.fixture
def nobody(http: httpx.AsyncClient) -> Client:  # noqa: F811
    return Client(http, "wuxi")


@pytest.fixture
async def two(databases: Databases, nobody: Client) -> tuple[Client, Client]:
    """Two administrators of the city's authority."""
    bureau = await identity.authority(databases, division="320200")
    person_id = await identity.person(databases)
    await identity.grant(databases, bureau, person_id, "administrator")
    other = replace(bureau, person_id=person_id, email=identity.address(person_id))
    return await nobody.signed_in(bureau), await nobody.signed_in(other)


async def shipped(client: Client, code: str) -> dict:
    found = (await client.named("ShippedScoreModels"))["shippedScoreModels"]
    (document,) = [each["document"] for each in found if each["code"] == code]
    return document | {"code": f"m_{new_id().hex}"[:30]}


async def test_a_model_goes_from_the_shipped_one_to_an_approved_version(nobody: Client, two) -> None:
    one, other = two
    content = await shipped(one, "changlvfen")
    assert (await one.named("CheckScoreModel", content=content))["checkScoreModel"] == []
    broken = content | {"validity_months": 0, "indicators": content["indicators"][1:]}
    faults = (await one.named("CheckScoreModel", content=broken))["checkScoreModel"]
    assert [(each["code"], each["path"]) for each in faults] == [("score_model_malformed", ["validity_months"])]

    refused = (await one.named("ProposeScoreModel", input={"content": broken, "reason": "试"}))["proposeScoreModel"]
    assert (refused["__typename"], refused["code"]) == ("InvalidError", "score_model_malformed")
    assert refused["path"] == ["input", "content", "validity_months"]
    no_object = (await one.named("ProposeScoreModel", input={"content": [], "reason": "试"}))["proposeScoreModel"]
    assert no_object["code"] == "score_model_malformed"

    key = str(new_id())
    asked = {"input": {"content": content, "reason": "年度修订"}, "idempotencyKey": key}
    made = (await one.named("ProposeScoreModel", **asked))["proposeScoreModel"]["version"]
    assert (await one.named("ProposeScoreModel", **asked))["proposeScoreModel"]["version"]["id"] == made["id"]
    assert (made["state"], made["version"], made["isOwn"], made["isPlaceholder"]) == ("DRAFT", 1, True, True)

    own = {"versionId": made["id"], "revision": 1}
    mine = (await one.named("DecideScoreModel", input={**own, "isApproved": True, "reason": "同意"}))[
        "decideScoreModel"
    ]
    assert (mine["__typename"], mine["code"]) == ("ForbiddenError", "score_model_own_draft")
    early = {"versionId": made["id"], "validFrom": today().isoformat(), "reason": "启用"}
    not_yet = (await one.named("ActivateScoreModel", input=early))["activateScoreModel"]
    assert (not_yet["__typename"], not_yet["code"]) == ("ConflictError", "score_model_state_invalid")

    changed = (
        await one.named(
            "ReviseScoreModel", input={**own, "content": content | {"validity_months": 6}, "reason": "缩短"}
        )
    )["reviseScoreModel"]["version"]
    assert (changed["revision"], changed["state"]) == (2, "DRAFT")
    done = (
        await other.named(
            "DecideScoreModel", input={**own, "revision": 2, "isApproved": True, "reason": "同意"}
        )
    )["decideScoreModel"]["version"]  # fmt: skip
    assert (done["state"], done["decision"], done["isOwn"]) == ("APPROVED", "同意", False)
    past = early | {"validFrom": (today() - timedelta(days=1)).isoformat()}
    assert (await other.named("ActivateScoreModel", input=past))["activateScoreModel"]["code"] == (
        "score_activation_date_invalid"
    )
    idle = (
        await other.named(
            "RetireScoreModel", input={"versionId": made["id"], "until": today().isoformat(), "reason": "停"}
        )
    )["retireScoreModel"]
    assert idle["code"] == "score_model_state_invalid"

    found = (await one.named("ScoreModelVersion", id=made["id"]))["scoreModelVersion"]
    assert [each["revision"] for each in found["revisions"]] == [1, 2]
    assert found["content"]["validityMonths"] == 6
    assert found["content"]["document"]["validity_months"] == 6
    assert [each["weight"] for each in found["content"]["indicators"]][:2] == ["20", "15"]
    listed = (await one.named("ScoreModels", code=content["code"], first=10))["scoreModels"]["nodes"]
    assert [(each["version"], each["state"]) for each in listed] == [(1, "APPROVED")]

    job = (await one.named("BacktestScoreModel", input={"versionId": made["id"], "year": 2025}))["backtestScoreModel"]
    assert job["__typename"] == "ScoreBacktestRequested"
    assert (await one.named("CancelJob", input={"id": job["jobId"]}))["cancelJob"]["__typename"] == "JobCancelled"
    tests = (await one.named("ScoreBacktests", versionId=made["id"], first=10))["scoreBacktests"]["nodes"]
    assert tests == []


async def test_an_enterprise_reads_the_model_in_force_and_no_draft(databases: Databases, nobody: Client, two) -> None:
    one = two[0]
    firm = await nobody.signed_in(await identity.enterprise(databases))
    content = await shipped(one, "plain")
    made = (await one.named("ProposeScoreModel", input={"content": content, "reason": "试"}))["proposeScoreModel"]
    draft = made["version"]["id"]
    model = (await firm.named("ScoreModel"))["scoreModel"]
    assert model["state"] == "ACTIVE"
    assert model["isPlaceholder"]
    assert model["content"]["source"]["noteZh"]
    assert (await firm.named("ScoreModelVersion", id=draft))["scoreModelVersion"] is None
    assert (await firm.named("ScoreModels", code=content["code"], first=10))["scoreModels"]["nodes"] == []
    assert (await firm.named("ScoreModel", on="2004-12-31"))["scoreModel"] is None
    facts = (await firm.named("ScoreFacts"))["scoreFacts"]
    assert {"code": "sector_ratio", "better": "lower"}.items() <= next(
        each for each in facts if each["code"] == "sector_ratio"
    ).items()
