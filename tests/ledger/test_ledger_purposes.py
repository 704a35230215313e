"""A plain retirement through the API: what it may be for, what it claims, and what its reversal gives back."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import httpx
import pytest
from factories import identity
from factories.accounts import Held, held_account
from factories.api import Client
from factories.ledger import issued
from factories.working import app, http  # noqa: F401 - fixtures

from backend.kit.clock import today
from backend.kit.db import Databases
from backend.kit.scope import Scope
from backend.ledger.errors import AlreadyClaimed, HoldNotOpen
from backend.ledger.service import Extent, Use, claim
from backend.ledger.values import HoldState, MovementKind
from backend.ledger.words import KINDS, STATES, USES
from backend.wire.nodes import node_id


@dataclass
class Desk:
    """An enterprise with 20 CCER at the API, and the authority of the jurisdiction."""

    held: Held
    client: Client
    registrar: Client

    @property
    def account(self) -> str:
        return str(node_id("CarbonAccount", self.held.id))

    async def retire(self, quantity: str = "5", **reason: Any) -> dict[str, Any]:
        asked = {"accountId": self.account, "units": [{"unitClass": "CCER", "quantity": quantity}], "reason": reason}
        return (await self.client.named("RetireUnits", input=asked))["retireUnits"]

    async def available(self) -> str:
        (found,) = (await self.client.named("Holdings", accountId=self.account))["holdings"]
        return found["amounts"]["available"]

    async def uses(self, movement: dict[str, Any]) -> list[tuple[str, int]]:
        answer = await self.client.named("AlreadyClaimed", serials=movement["serials"])
        return [(each["use"], each["period"]) for each in answer["alreadyClaimed"]["uses"]]


@pytest.fixture
async def desk(databases: Databases, http: httpx.AsyncClient) -> Desk:  # noqa: F811 - the fixture
    nobody = Client(http, "wuxi")
    held, authority = await held_account(databases), await identity.authority(databases, division="320200")
    await issued(databases, held.id, "CCER", 20, vintage=2025)
    return Desk(held, await nobody.signed_in(held.holder), await nobody.signed_in(authority))


@pytest.mark.parametrize(
    ("reason", "code", "field"),
    [
        ({}, "ledger_purpose_missing", "purpose"),
        ({"purpose": "  "}, "ledger_purpose_missing", "purpose"),
        ({"purpose": "market_scope2"}, "purpose_elsewhere", "purpose"),
        ({"purpose": " Renewable_Duty, event"}, "purpose_elsewhere", "purpose"),
        ({"purpose": "ets_offset"}, "purpose_elsewhere", "purpose"),
        ({"purpose": "event,footprint"}, "purpose_elsewhere", "purpose"),
        ({"purpose": "活动碳中和；配额清缴抵销"}, "purpose_elsewhere", "purpose"),
        ({"purpose": "event", "effectiveOn": "1999-12-31"}, "effective_too_early", "effectiveOn"),
        ({"purpose": "event", "period": 1999}, "use_period_invalid", "period"),
        ({"purpose": "event", "period": today().year + 2}, "use_period_invalid", "period"),
        ({"purpose": "event", "note": "长" * 1001}, "ledger_text_too_long", "note"),
    ],
)
async def test_what_a_plain_retirement_is_not_for(desk: Desk, reason: dict[str, Any], code: str, field: str) -> None:
    answer = await desk.retire(**reason)
    assert (answer["code"], answer["path"]) == (code, ["input", "reason", field])
    assert await desk.available() == "20"


async def test_a_purpose_that_is_a_use_is_claimed_and_its_reversal_ends_the_claim(desk: Desk) -> None:
    (event,) = (await desk.retire(purpose="Event", beneficiary="马拉松", period=2025))["movements"]
    assert event["purpose"] == "event"
    assert await desk.uses(event) == [("EVENT", 2025)]
    asked = {"movementId": event["id"], "note": "登记有误"}
    undone = (await desk.registrar.named("ReverseMovement", input=asked))["reverseMovement"]
    assert undone["movement"]["kind"] == "REVERSE"
    assert (await desk.available(), await desk.uses(event)) == ("20", [])
    (again,) = (await desk.retire(purpose="footprint", period=2025))["movements"]
    assert await desk.uses(again) == [("FOOTPRINT", 2025)]


async def test_words_of_the_holders_own_claim_nothing(desk: Desk) -> None:
    (gone,) = (await desk.retire(purpose="捐赠"))["movements"]
    assert (gone["purpose"], await desk.uses(gone)) == ("捐赠", [])


async def test_a_use_is_known_by_its_chinese_name(desk: Desk) -> None:
    (gone,) = (await desk.retire(purpose="产品碳足迹", period=2025))["movements"]
    assert (gone["purpose"], await desk.uses(gone)) == ("footprint", [("FOOTPRINT", 2025)])


async def test_a_use_among_words_of_the_holders_own_is_claimed(desk: Desk) -> None:
    (gone,) = (await desk.retire(purpose=" Footprint, 电动车 X1 ", period=2025))["movements"]
    assert (gone["purpose"], await desk.uses(gone)) == ("Footprint, 电动车 X1", [("FOOTPRINT", 2025)])


@pytest.mark.parametrize(
    ("asked", "code", "path"),
    [
        ({}, "benefit_missing", ["serials"]),
        ({"serials": []}, "benefit_missing", ["serials"]),
        ({"energy": {"plant": " ", "firstDay": "2026-01-01", "lastDay": "2026-01-31"}}, "benefit_missing",
         ["energy", "plant"]),
        ({"energy": {"plant": "A1", "firstDay": "2026-02-01", "lastDay": "2026-01-31"}}, "production_invalid",
         ["energy", "lastDay"]),
    ],
)  # fmt: skip
async def test_a_question_about_nothing_has_no_answer(
    desk: Desk, asked: dict[str, Any], code: str, path: list[str]
) -> None:
    answer = (await desk.client.send({"operationName": "AlreadyClaimed", "variables": asked})).json()
    problem = answer["errors"][0]["extensions"]
    assert (problem["code"], problem["path"]) == (code, path)


async def test_a_plant_is_known_however_its_code_is_written(desk: Desk, databases: Databases) -> None:
    energy = Extent("energy:PLANT-OF-WORDS", date(2026, 1, 1).toordinal(), date(2026, 1, 31).toordinal())
    system = Scope.system("wuxi")
    async with databases.write(system) as write:
        await claim(write, system, Use.GEC, desk.held.id, [energy], period=2026)
    asked = {"plant": " plant-of-words ", "firstDay": "2026-01-31", "lastDay": "2026-02-28"}
    answer = await desk.client.named("AlreadyClaimed", energy=asked)
    assert [each["use"] for each in answer["alreadyClaimed"]["uses"]] == ["GEC"]


async def test_who_is_not_there_is_named_as_the_caller_named_it(desk: Desk) -> None:
    missing = str(node_id("UnitHold", desk.held.id))
    answer = (await desk.client.named("AcceptOffer", input={"holdId": missing}))["acceptOffer"]
    assert (answer["code"], answer["path"], answer["details"]) == (
        "hold_unknown", ["input", "holdId"], {"hold": missing},
    )  # fmt: skip
    units = [{"holdId": missing}]
    asked = {"accountId": desk.account, "units": units, "reason": {"purpose": "event"}}
    answer = (await desk.client.named("RetireUnits", input=asked))["retireUnits"]
    assert (answer["code"], answer["path"], answer["details"]) == (
        "hold_unknown", ["input", "units", "0", "holdId"], {"hold": missing},
    )  # fmt: skip
    foreign = str(node_id("CarbonAccount", desk.held.holder.id))
    asked = {"fromAccountId": foreign, "toNumber": "CA-1", "units": {"unitClass": "CCER", "quantity": "1"}}
    answer = (await desk.client.named("TransferUnits", input=asked))["transferUnits"]
    assert (answer["code"], answer["details"]) == ("account_unknown", {"account": foreign})


async def test_a_statement_that_ends_before_it_begins(desk: Desk) -> None:
    variables = {"accountId": desk.account, "unitClass": "CCER", "from": "2026-02-01", "to": "2026-01-31"}
    answer = (await desk.client.send({"operationName": "UnitStatement", "variables": variables})).json()
    problem = answer["errors"][0]["extensions"]
    assert (problem["code"], problem["path"]) == ("statement_days_invalid", ["to"])


def test_every_word_has_its_chinese() -> None:
    assert (set(KINDS), set(USES)) == (set(MovementKind), set(Use))
    assert set(STATES) >= set(HoldState)
    assert HoldNotOpen(state="settled").message("zh") == "该项已结束（已成交），不能再处理。"
    told = AlreadyClaimed(
        other="event", period=2025, first=1, last=2, subject="serials", reason_zh="理由。", reason_en="Why."
    )
    assert told.message("zh") == "已用于活动碳中和（2025 年）：serials 的 1-2。理由。"
