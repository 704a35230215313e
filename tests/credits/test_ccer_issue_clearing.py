"""What only the public API shows: serials of an issuance are cleared between jurisdictions, a draft is mended."""

from typing import Any

import httpx
import pytest
from factories import ccer, identity
from factories.api import Client
from factories.ccer import Stage
from factories.gec import clearing_ready
from factories.ledger import held
from factories.unit_files import ccer_row, frame, make_desk
from factories.working import app, http  # noqa: F401 - fixtures
from sqlalchemy import text

from backend.credits.ccer import errors
from backend.credits.ccer.values import Action
from backend.kit.db import Databases
from backend.kit.scope import Scope
from backend.ledger import service as ledger
from backend.ledger.values import CCER
from backend.wire.nodes import node_id


@pytest.fixture
async def stage(databases: Databases) -> Stage:
    return await ccer.staged(databases)


@pytest.fixture
async def registrar(databases: Databases, servers: Any, http: httpx.AsyncClient) -> Client:  # noqa: F811
    await clearing_ready(servers.settings)
    return await Client(http, "wuxi").signed_in(await identity.authority(databases))


async def tickets(databases: Databases, stage: Stage) -> list[str]:
    async with databases.read(Scope.system("wuxi")) as read:
        wanted = text("select state from clearing_ticket where account_id = :id order by opened_at, id")
        return [each.state for each in await read.rows(wanted, {"id": stage.id})]


async def test_issued_serials_are_kept_from_other_jurisdictions(
    databases: Databases, servers: Any, stage: Stage, registrar: Client
) -> None:
    abroad = await make_desk(databases, servers.settings, CCER, tenant="chengdu")
    reduction = await ccer.registered_reduction(databases, stage, await ccer.registered(databases, stage), 10)
    key, of, taken = str(node_id("CcerReduction", stage.id, reduction.id)), frame(), frame()
    await abroad.imported([ccer_row(taken, 10, 20, abroad.name)])

    async def issue(name: str, last: int = 10, first: int = 1) -> dict[str, Any]:
        given = {"reductionId": key, "firstSerial": f"{name}{first:09d}", "lastSerial": f"{name}{last:09d}"}
        return (await registrar.named("IssueCcerReduction", input=given))["issueCcerReduction"]

    refused = await issue(of, last=11)
    assert (refused["code"], refused["path"]) == ("ccer_serials_not_as_verified", ["input", "lastSerial"])
    assert (refused["details"]["found"], refused["details"]["verified"]) == (11, "10")
    refused = await issue(of, first=2, last=1)
    assert (refused["code"], refused["path"]) == ("ccer_serials_unreadable", ["input", "lastSerial"])
    assert await tickets(databases, stage) == []
    # One of these serials is in the books of another jurisdiction.
    refused = await issue(taken)
    assert (refused["code"], "chengdu" in str(refused)) == ("claimed_elsewhere", False)
    assert await held(databases, stage.id, CCER) == {}
    assert await tickets(databases, stage) == ["abandoned"]
    done = await issue(of)
    assert done["quantity"] == "10"
    assert await tickets(databases, stage) == ["abandoned", "kept"]
    # What is issued here can be imported nowhere else.
    result = await abroad.imported([ccer_row(of, 10, 10, abroad.name)])
    assert (result["state"], result["problems"][0]["code"]) == ("rejected", "held_elsewhere")
    # An issuance taken back gives its serials back, and they can be issued again before or after that.
    undone = await registrar.named("AnnulCcerReduction", input={"reductionId": key, "note": "误签发"})
    assert undone["annulCcerReduction"]["reduction"]["state"] == "REGISTERED"
    assert (await issue(of))["quantity"] == "10"
    await ledger.give_back(databases, servers.settings, "wuxi")
    result = await abroad.imported([ccer_row(of, 10, 10, abroad.name)])
    assert result["problems"][0]["code"] == "held_elsewhere"
    assert await held(databases, stage.id, CCER) == {"available": 10}


async def test_a_draft_is_mended_over_the_wire(databases: Databases, stage: Stage, registrar: Client) -> None:
    project = await ccer.drafted(databases, stage, ccer.facts(is_legal_duty=None))
    caller = await registrar.as_(None).signed_in(stage.owner.holder)
    key = str(node_id("CcerProject", stage.id, project.id))
    step = {"projectId": key, "on": "2026-03-02"}
    refused = (await caller.named("PubliciseCcerProject", input=step))["publiciseCcerProject"]
    assert (refused["code"], "changeCcerProject" in refused["messageEn"]) == ("ccer_cannot_tell", True)
    facts = {
        "name": "隧道照明改名", "methodology": ccer.TUNNEL, "startedOn": "2021-03-01", "startsOn": "2021-06-01",
        "endsOn": "2031-05-31", "isEtsManaged": False, "isLegalDuty": False,
    }  # fmt: skip
    given = {"projectId": key, "facts": facts}
    changed = (await caller.named("ChangeCcerProject", input=given))["changeCcerProject"]["project"]
    assert (changed["code"], changed["name"], changed["isLegalDuty"]) == (project.code, "隧道照明改名", False)
    shown = (await caller.named("PubliciseCcerProject", input=step))["publiciseCcerProject"]["project"]
    assert shown["state"] == "PUBLICISED"


async def test_a_deregistered_project_does_not_come_back_with_another_owner(databases: Databases, stage: Stage) -> None:
    given = ccer.offshore()
    gone = await ccer.registered(databases, stage, given)
    await ccer.take(databases, stage, gone, Action.DEREGISTER)
    other = await ccer.staged(databases)
    again = await ccer.drafted(databases, other, ccer.offshore(plant_code=given.plant_code))
    for action in (Action.PUBLICISE, Action.VALIDATE, Action.APPLY):
        again = await ccer.take(databases, other, again, action)
    with pytest.raises(errors.ProjectDeregistered) as refused:
        await ccer.take(databases, other, again, Action.REGISTER)
    assert refused.value.details["value"] == gone.code
    async with databases.read(other.owner.scope) as read:
        state = await read.value(text("select state from ccer_project where id = :id"), {"id": again.id})
    assert state == "applied"
