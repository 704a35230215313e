"""The ledger through the API: pages of movements, holdings then and now, statements, lives of serials, claims."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest
from factories import identity
from factories.accounts import Held, held_account
from factories.api import Client
from factories.ledger import imported, issued, with_points
from factories.working import app, http  # noqa: F401 - fixtures
from sqlalchemy import event

from backend.kit.clock import now, today
from backend.kit.db import Databases
from backend.kit.ids import new_id
from backend.ledger import service
from backend.ledger.claims.values import Extent, Use, of_serials
from backend.ledger.values import Accepts, OriginRange, Reason, Selection
from backend.wire.nodes import node_id

D = Decimal
NOTHING = dict.fromkeys(
    ("available", "offered", "pledged", "reserved", "retired", "surrendered", "expired", "held", "total"), "0"
)


@dataclass
class Desk:
    """Two enterprises at the API; the first has 100 CCER."""

    databases: Databases
    giver: Held
    taker: Held
    first: int
    client: Client
    other: Client

    @property
    def account(self) -> str:
        return account_id(self.giver)

    async def transfer(self, units: dict[str, Any], **given: Any) -> dict[str, Any]:
        asked = {"fromAccountId": self.account, "toNumber": self.taker.account.number, "units": units, **given}
        return (await self.client.named("TransferUnits", input=asked))["transferUnits"]["movement"]

    async def retire(self, *units: dict[str, Any], **reason: Any) -> dict[str, Any]:
        asked = {"accountId": self.account, "units": list(units), "reason": {"purpose": "event", **reason}}
        return (await self.client.named("RetireUnits", input=asked))["retireUnits"]

    async def page(self, number: str, client: Client | None = None) -> Any:
        return (await (client or self.client).named("UnitMovement", number=number))["unitMovement"]


def account_id(held: Held) -> str:
    return str(node_id("CarbonAccount", held.id))


def ccer(quantity: str) -> dict[str, Any]:
    return {"unitClass": "CCER", "quantity": quantity}


def shown(**amounts: str) -> dict[str, str]:
    return {**NOTHING, **amounts}


def plain(amounts: dict[str, str]) -> dict[str, str]:
    return {name: str(D(value).normalize()) for name, value in amounts.items()}


@pytest.fixture
async def desk(databases: Databases, http: httpx.AsyncClient) -> Desk:  # noqa: F811 - the fixture
    nobody = Client(http, "wuxi")
    giver, taker = await held_account(databases), await held_account(databases)
    made = await issued(databases, giver.id, "CCER", 100, vintage=2025, project_code="P-1", attributes={"kind": "林业"})
    return Desk(
        databases, giver, taker, made.serials[0][0], await nobody.signed_in(giver.holder),
        await nobody.signed_in(taker.holder),
    )  # fmt: skip


@contextmanager
def counted(databases: Databases) -> Iterator[list[str]]:
    """Collect the statements that read or write business rows meanwhile."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not any(word in statement for word in ("set_config", "revoked_token", "signing_key")):
            seen.append(statement)

    engine = databases.engine("wuxi").sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


async def test_classes_keep_apart_what_is_never_added(desk: Desk) -> None:
    await with_points(desk.databases)
    found = (await desk.client.named("UnitClasses"))["unitClasses"]
    by_code = {each["code"]: each for each in found}
    assert [each["code"] for each in found] == sorted(by_code)
    assert (by_code["CEA"]["dimension"], by_code["CEA"]["unit"]) == ("TONNE", "tCO2e")
    assert (by_code["GEC"]["dimension"], by_code["GEC"]["unit"], by_code["GEC"]["maxTransfers"]) == (
        "CERTIFICATE", "MWh", 1,
    )  # fmt: skip
    assert by_code["TEST_POINT"]["dimension"] == "POINT"
    await issued(desk.databases, desk.giver.id, "TEST_POINT", D("12.50"))
    held = (await desk.client.named("Holdings", accountId=desk.account))["holdings"]
    assert {each["unitClass"]["code"]: (each["unit"], plain(each["amounts"])["total"]) for each in held} == {
        "CCER": ("tCO2e", "1E+2"), "TEST_POINT": ("point", "12.5"),
    }  # fmt: skip


async def test_an_offers_whole_way(desk: Desk) -> None:
    units = {"unitClass": "CCER", "serials": [{"first": str(desk.first + 10), "last": str(desk.first + 19)}]}
    offer = await desk.transfer(units, reason={"reference": "合同-7", "note": "试"})
    assert (offer["kind"], offer["quantity"]) == ("OFFER", "10")
    assert (offer["fromNumber"], offer["toNumber"]) == (desk.giver.account.number, desk.taker.account.number)
    assert offer["serials"] == units["serials"]
    (incoming,) = (await desk.other.named("UnitHolds", kind="OFFER", state="OPEN"))["unitHolds"]["nodes"]
    assert (incoming["id"], incoming["quantity"], incoming["account"]) == (offer["holdId"], "10", None)
    assert incoming["openedBy"]["fromNumber"] == desk.giver.account.number
    accepted = (await desk.other.named("AcceptOffer", input={"holdId": incoming["id"]}))["acceptOffer"]["movement"]
    assert (accepted["kind"], accepted["serials"]) == ("ACCEPT", units["serials"])
    assert accepted["hold"]["state"] == "SETTLED"
    for client, held in ((desk.client, desk.giver), (desk.other, desk.taker)):
        page = await desk.page(accepted["number"], client)
        assert (page["id"], page["reference"]) == (accepted["id"], "")
        (line,) = page["postings"]["nodes"]
        assert line["accountNumber"] == held.account.number
        assert line["amount"] == ("10" if held is desk.taker else "-10")
        assert page["serials"] == units["serials"]
        assert (page["fromAccount"] is None) == (held is desk.taker)
    (own,) = (await desk.other.named("BatchHoldings", accountId=account_id(desk.taker)))["batchHoldings"]["nodes"]
    assert plain(own["amounts"])["available"] == "1E+1"
    assert own["serials"] == [{"bucket": "AVAILABLE", "serials": units["serials"]}]
    assert (own["batch"]["projectCode"], own["batch"]["attributes"]) == ("P-1", {"kind": "林业"})


async def test_a_page_leads_to_what_undid_it(desk: Desk) -> None:
    (gone,) = (await desk.retire(ccer("4"), beneficiary="马拉松", period=2025))["movements"]
    registrar = await desk.client.as_(None).signed_in(await identity.authority(desk.databases))
    asked = {"movementId": gone["id"], "note": "误操作"}
    refused = (await desk.client.named("ReverseMovement", input=asked))["reverseMovement"]
    assert refused["__typename"] == "ForbiddenError"
    undone = (await registrar.named("ReverseMovement", input=asked))["reverseMovement"]["movement"]
    page = await desk.page(gone["number"])
    assert (page["reversedBy"]["number"], page["reverses"]) == (undone["number"], None)
    assert (await desk.page(undone["number"]))["reverses"]["number"] == gone["number"]
    again = (await registrar.named("ReverseMovement", input=asked))["reverseMovement"]
    assert again["code"] == "movement_already_reversed"


async def test_a_claimed_or_surrendered_movement_is_reversed_with_what_stands_on_it(desk: Desk) -> None:
    scope = desk.giver.scope
    async with desk.databases.write(scope) as write:
        (gone,) = await service.retire(write, scope, desk.giver.id, [Selection("CCER", D(2))])
        await service.claim(
            write, scope, Use.EVENT, desk.giver.id, of_serials(gone.serials), period=2025, movement_id=gone.id
        )
    async with desk.databases.write(scope) as write:
        (paid,) = await service.surrender(write, scope, desk.giver.id, [Selection("CCER", D(2))])
    registrar = await desk.client.as_(None).signed_in(await identity.authority(desk.databases))
    for moved, code in ((gone, "movement_claimed"), (paid, "movement_not_reversible")):
        asked = {"movementId": str(node_id("UnitMovement", moved.id)), "note": "试"}
        assert (await registrar.named("ReverseMovement", input=asked))["reverseMovement"]["code"] == code
    page = await desk.page(str(gone.number))
    assert [(each["use"], each["period"]) for each in page["claims"]] == [("EVENT", 2025)]


async def test_holdings_as_the_books_knew_them(desk: Desk) -> None:
    before = now()
    await desk.retire(ccer("30"))
    between = now()
    await desk.transfer(ccer("20"))

    async def at(moment: Any) -> dict[str, str]:
        held = await desk.client.named("Holdings", accountId=desk.account, unitClass="CCER", asOf=moment)
        return plain(held["holdings"][0]["amounts"])

    assert await at(before.isoformat()) == plain(shown(available="100", held="100", total="100"))
    assert await at(between.isoformat()) == plain(shown(available="70", retired="30", held="70", total="100"))
    assert await at(None) == plain(shown(available="50", offered="20", retired="30", held="70", total="100"))
    first = await desk.client.named("Holdings", accountId=desk.account, asOf="2001-01-01T00:00:00")
    assert first["holdings"] == []


async def test_a_statement_adds_up_line_by_line_and_page_by_page(desk: Desk) -> None:
    async with desk.databases.write(desk.taker.scope) as write:
        await service.choose_acceptance(write, desk.taker.scope, desk.taker.id, Accepts.AUTOMATICALLY)
    for _ in range(3):
        await desk.transfer(ccer("10"))
        await desk.retire(ccer("5"))
    incoming = {
        "fromAccountId": account_id(desk.taker), "toNumber": desk.giver.account.number, "units": ccer("30"),
    }  # fmt: skip
    offer = (await desk.other.named("TransferUnits", input=incoming))["transferUnits"]["movement"]
    day = today().isoformat()
    asked: dict[str, Any] = {"accountId": desk.account, "unitClass": "CCER", "from": day, "to": day}
    whole = (await desk.client.named("UnitStatement", **asked))["unitStatement"]
    assert plain(whole["opening"]) == plain(NOTHING)
    lines = whole["lines"]["nodes"]
    assert [each["movement"]["kind"] for each in lines] == ["ISSUE", *["TRANSFER", "RETIRE"] * 3]
    assert [plain(each["changes"])["available"] for each in lines] == ["1E+2", *["-1E+1", "-5"] * 3]
    running = D(0)
    for each in lines:
        running += D(each["changes"]["total"])
        assert D(each["balances"]["total"]) == running
    assert plain(lines[-1]["balances"]) == plain(whole["closing"])
    assert plain(whole["closing"]) == plain(shown(available="55", retired="15", held="55", total="70"))
    pages, after = [], None
    while True:
        page = (await desk.client.named("UnitStatement", **asked, first=2, after=after))["unitStatement"]["lines"]
        pages += page["nodes"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert pages == lines
    theirs = {**asked, "accountId": account_id(desk.taker)}
    mirrored = (await desk.other.named("UnitStatement", **theirs))["unitStatement"]
    assert plain(mirrored["closing"]) == plain(shown(offered="30", held="30", total="30"))
    assert mirrored["lines"]["nodes"][-1]["movement"]["number"] == offer["number"]
    tomorrow = (today() + timedelta(days=1)).isoformat()
    later = (await desk.client.named("UnitStatement", **{**asked, "from": tomorrow, "to": None}))["unitStatement"]
    assert later["lines"]["nodes"] == []
    assert later["opening"] == later["closing"] == whole["closing"]


async def test_a_grouped_operation_has_one_statement(desk: Desk) -> None:
    await issued(desk.databases, desk.giver.id, "GEC", 9)
    done = await desk.retire(ccer("3"), {"unitClass": "GEC", "quantity": "2"}, ccer("4"), beneficiary="马拉松")
    group = (await desk.client.named("UnitGroup", id=done["groupId"]))["unitGroup"]
    assert [(each["unitClass"]["code"], each["kind"], each["quantity"], each["movements"]) for each in group["totals"]] == [
        ("CCER", "RETIRE", "7", 2), ("GEC", "RETIRE", "2", 1),
    ]  # fmt: skip
    assert [each["number"] for each in group["movements"]["nodes"]] == [
        each["number"] for each in reversed(done["movements"])
    ]
    assert (await desk.other.named("UnitGroup", id=done["groupId"]))["unitGroup"] is None


async def test_movements_by_what_they_were(desk: Desk) -> None:
    await desk.transfer(ccer("1"))
    await desk.retire(ccer("2"), beneficiary="半程马拉松", period=2024)
    await desk.retire(ccer("3"), beneficiary="展会", period=2025)

    async def numbers(**where: Any) -> list[str]:
        found = await desk.client.named("UnitMovements", accountId=desk.account, where=where)
        return [each["quantity"] for each in found["unitMovements"]["nodes"]]

    assert await numbers() == ["3", "2", "1", "100"]
    assert await numbers(kind="RETIRE") == ["3", "2"]
    assert await numbers(beneficiary="马拉松") == ["2"]
    assert await numbers(period=2025) == ["3"]
    assert await numbers(unitClass="CEA") == []
    day = today()
    assert await numbers(**{"from": day.isoformat(), "to": day.isoformat()}) == ["3", "2", "1", "100"]
    assert await numbers(to=(day - timedelta(days=1)).isoformat()) == []
    page = (await desk.client.named("UnitMovements", first=2))["unitMovements"]
    rest = (await desk.client.named("UnitMovements", first=2, after=page["pageInfo"]["endCursor"]))["unitMovements"]
    assert [each["quantity"] for each in page["nodes"] + rest["nodes"]] == ["3", "2", "1", "100"]
    assert (page["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasNextPage"]) == (True, False)


async def test_a_serials_life_by_its_number_and_by_its_code(desk: Desk) -> None:
    frame = f"L{new_id().hex}"
    origins = (OriginRange("gec", frame, 501, 510), OriginRange("gec", f"{frame}-b", 1, 10))
    made = await imported(desk.databases, desk.giver.scope, desk.giver.id, "CCER", 20, origins=origins)
    first = made.serials[0][0]
    serials = [{"first": str(first + 8), "last": str(first + 11)}]
    offer = await desk.transfer({"unitClass": "CCER", "serials": serials})
    accepted = (await desk.other.named("AcceptOffer", input={"holdId": offer["holdId"]}))["acceptOffer"]
    page = await desk.page(accepted["movement"]["number"], desk.other)
    assert [
        (each["frame"], each["firstNumber"], each["lastNumber"], each["serials"])
        for each in page["registryCodes"]["nodes"]
    ] == [
        (frame, "509", "510", {"first": str(first + 8), "last": str(first + 9)}),
        (f"{frame}-b", "1", "2", {"first": str(first + 10), "last": str(first + 11)}),
    ]
    code = {"registry": "gec", "frame": frame, "number": "509"}
    (mine,) = (await desk.client.named("SerialLife", registryCode=code))["serialLife"]
    assert mine["serial"] == str(first + 8)
    assert [(each["bucket"], each["movement"]["kind"]) for each in mine["steps"]] == [
        ("AVAILABLE", "IMPORT"), ("OFFERED", "OFFER"),
    ]  # fmt: skip
    assert (mine["leftBy"]["number"], mine["leftBy"]["toNumber"]) == (
        accepted["movement"]["number"], desk.taker.account.number,
    )  # fmt: skip
    (theirs,) = (await desk.other.named("SerialLife", serial=str(first + 8)))["serialLife"]
    assert [(each["bucket"], each["movement"]["kind"]) for each in theirs["steps"]] == [("AVAILABLE", "ACCEPT")]
    assert theirs["leftBy"] is None
    # One unit of a batch opens neither the lives nor the codes of the others.
    assert (await desk.other.named("SerialLife", serial=str(first)))["serialLife"] == []
    assert (await desk.other.named("SerialLife", registryCode={**code, "number": "501"}))["serialLife"] == []
    text = (
        "query($id: ID!) { node(id: $id) { ... on UnitBatch { registryCodes { nodes { firstNumber lastNumber } } } } }"
    )
    batch = (await desk.other.ask(text, id=str(node_id("UnitBatch", made.batch_ids[0]))))["data"]["node"]
    assert [(each["firstNumber"], each["lastNumber"]) for each in batch["registryCodes"]["nodes"]] == [
        ("509", "510"), ("1", "2"),
    ]  # fmt: skip
    neither = await desk.client.ask("{ serialLife { serial } }")
    assert neither["errors"][0]["extensions"]["code"] == "serial_question_invalid"


async def test_already_claimed_has_one_answer_for_everybody(desk: Desk) -> None:
    scope, day = desk.giver.scope, today().toordinal()
    plant = f"PLANT-{new_id().hex.upper()}"
    async with desk.databases.write(scope) as write:
        (gone,) = await service.retire(write, scope, desk.giver.id, [Selection("CCER", D(5))], Reason(purpose="event"))
        await service.claim(
            write, scope, Use.EVENT, desk.giver.id, of_serials(gone.serials), period=2025, movement_id=gone.id
        )
        await service.claim(write, scope, Use.GEC, desk.giver.id, [Extent(f"energy:{plant}", day, day + 30)])
    ((first, last),) = gone.serials
    asked = {"serials": [{"first": str(last), "last": str(last + 10)}]}
    use = {
        "use": "EVENT", "period": 2025,
        "extent": {
            "subject": "serials", "serials": {"first": str(last), "last": str(last)}, "firstDay": None, "lastDay": None,
        },
    }  # fmt: skip
    mine = (await desk.client.named("AlreadyClaimed", **asked))["alreadyClaimed"]
    assert mine["isClaimed"] is True
    assert mine["uses"] == [{**use, "claim": mine["uses"][0]["claim"]}]
    assert mine["uses"][0]["claim"]["account"]["id"] == desk.account
    theirs = (await desk.other.named("AlreadyClaimed", **asked))["alreadyClaimed"]
    assert theirs == {"isClaimed": True, "uses": [{**use, "claim": None}]}
    free = {"serials": [{"first": str(last + 1), "last": str(last + 1)}]}
    assert (await desk.other.named("AlreadyClaimed", **free))["alreadyClaimed"] == {"isClaimed": False, "uses": []}
    energy = {"plant": plant, "firstDay": (today() + timedelta(days=30)).isoformat(), "lastDay": "2999-12-31"}
    (found,) = (await desk.other.named("AlreadyClaimed", energy=energy))["alreadyClaimed"]["uses"]
    assert (found["use"], found["extent"]["firstDay"]) == ("GEC", energy["firstDay"])
    assert found["extent"]["firstDay"] == found["extent"]["lastDay"]
    assert first < last


async def test_the_matrix_of_uses_names_its_sources(desk: Desk) -> None:
    rules = {each["code"]: each for each in (await desk.client.named("ClaimRules"))["claimRules"]}
    assert rules["gec_or_ccer"]["uses"] == ["CCER", "GEC"]
    assert rules["event_once"]["uses"] == ["EVENT"]
    assert all(each["document"] and each["confidence"] for each in rules.values())


async def test_a_bank_sees_the_pledges_made_to_it_and_nothing_else(desk: Desk) -> None:
    lender, stranger = await identity.bank(desk.databases), await identity.bank(desk.databases)
    await identity.consented(desk.databases, desk.giver.holder, lender)
    asked = {
        "accountId": desk.account, "bankId": str(node_id("Organisation", lender.id)), "units": ccer("40"),
        "reason": {"reference": "贷-1"},
    }  # fmt: skip
    pledged = (await desk.client.named("PledgeUnits", input=asked))["pledgeUnits"]["movement"]
    bank, other = await desk.client.as_(None).signed_in(lender), await desk.client.as_(None).signed_in(stranger)
    (seen,) = (await bank.named("UnitHolds"))["unitHolds"]["nodes"]
    assert (seen["kind"], seen["quantity"], seen["reference"]) == ("PLEDGE", "40", "贷-1")
    assert seen["openedBy"]["fromNumber"] == desk.giver.account.number
    (part,) = seen["parts"]
    assert part["serials"] == [{"first": str(desk.first), "last": str(desk.first + 39)}]
    assert part["batch"]["projectCode"] == "P-1"
    (page,) = (await bank.named("UnitMovements"))["unitMovements"]["nodes"]
    assert page["number"] == pledged["number"]
    assert (await other.named("UnitHolds"))["unitHolds"]["nodes"] == []
    assert (await other.named("UnitMovements"))["unitMovements"]["nodes"] == []
    for operation, given in (("Holdings", {}), ("BatchHoldings", {}), ("UnitStatement", {"unitClass": "CCER"})):
        answer = await bank.send({"operationName": operation, "variables": {"accountId": desk.account, **given}})
        assert answer.json()["errors"][0]["extensions"]["code"] == "account_unknown", operation
    released = (await bank.named("ReleasePledge", input={"holdId": seen["id"]}))["releasePledge"]["movement"]
    assert released["kind"] == "RELEASE"
    numbers = [each["number"] for each in (await bank.named("UnitMovements"))["unitMovements"]["nodes"]]
    assert numbers == [released["number"], pledged["number"]]


async def test_who_may_look_into_an_account(desk: Desk) -> None:
    """An authority its region, a verifier while engaged; others find nothing, in this jurisdiction or another."""
    city, body, idle = (
        await identity.authority(desk.databases), await identity.verifier(desk.databases),
        await identity.verifier(desk.databases),
    )  # fmt: skip
    district = await identity.authority(desk.databases, division="320205")
    await identity.engaged(desk.databases, desk.giver.holder, body)
    nobody = desk.client.as_(None)
    for made in (city, body):
        client = await nobody.signed_in(made)
        held = (await client.named("Holdings", accountId=desk.account))["holdings"]
        assert plain(held[0]["amounts"]) == plain(shown(available="100", held="100", total="100"))
    foreign = await nobody.at("changzhou").signed_in(await identity.authority(desk.databases, tenant="changzhou"))
    for client in (await nobody.signed_in(idle), await nobody.signed_in(district), desk.other, foreign):
        answer = await client.send({"operationName": "Holdings", "variables": {"accountId": desk.account}})
        assert answer.json()["errors"][0]["extensions"]["code"] == "account_unknown"


async def test_statements_do_not_grow_with_rows(desk: Desk) -> None:
    for _ in range(2):
        await desk.transfer(ccer("1"))
    operations: list[tuple[str, dict[str, Any]]] = [
        ("UnitMovements", {"accountId": desk.account}),
        ("UnitHolds", {"accountId": desk.account}),
        ("BatchHoldings", {"accountId": desk.account}),
        ("Holdings", {"accountId": desk.account}),
        ("UnitStatement", {"accountId": desk.account, "unitClass": "CCER"}),
        ("SerialLife", {"serial": str(desk.first)}),
    ]

    async def costs() -> list[int]:
        found = []
        for name, given in operations:
            await desk.client.named(name, **given)
            with counted(desk.databases) as seen:
                await desk.client.named(name, **given)
            found.append(len(seen))
        return found

    few = await costs()
    for _ in range(4):
        await issued(desk.databases, desk.giver.id, "CCER", 5)
        await desk.transfer(ccer("3"))
        await desk.retire(ccer("1"))
    assert await costs() == few


async def test_an_answer_given_again_is_the_same(desk: Desk) -> None:
    key = new_id().hex
    asked = {"accountId": desk.account, "units": [ccer("2"), ccer("3")], "reason": {"purpose": "event"}}
    first = await desk.client.named("RetireUnits", input=asked, idempotencyKey=key)
    assert await desk.client.named("RetireUnits", input=asked, idempotencyKey=key) == first
    held = (await desk.client.named("Holdings", accountId=desk.account))["holdings"]
    assert plain(held[0]["amounts"])["retired"] == "5"


async def test_how_an_account_receives_is_its_holders_choice(desk: Desk) -> None:
    asked = {"accountId": account_id(desk.taker), "accepts": "AUTOMATICALLY"}
    refused = (await desk.client.named("ChooseAcceptance", input=asked))["chooseAcceptance"]
    assert (refused["code"], refused["path"]) == ("account_unknown", ["input", "accountId"])
    assert (await desk.transfer(ccer("1")))["kind"] == "OFFER"
    chosen = (await desk.other.named("ChooseAcceptance", input=asked))["chooseAcceptance"]
    assert chosen["accepts"] == "AUTOMATICALLY"
    assert (await desk.transfer(ccer("1")))["kind"] == "TRANSFER"


async def test_the_registrar_issues(desk: Desk) -> None:
    registrar = await desk.client.as_(None).signed_in(await identity.authority(desk.databases))
    asked = {
        "toAccountId": desk.account, "unitClass": "CEA", "quantity": "12", "vintage": 2025, "reason": {"reference": "配-1"},
    }  # fmt: skip
    made = (await registrar.named("IssueUnits", input=asked))["issueUnits"]["movement"]
    assert (made["kind"], made["fromNumber"], made["toNumber"]) == ("ISSUE", None, desk.giver.account.number)
    page = await desk.page(made["number"])
    assert (page["fromAccount"], page["toAccount"]["number"]) == (None, desk.giver.account.number)
    assert page["batches"]["nodes"][0]["vintage"] == 2025
    district = await desk.client.as_(None).signed_in(await identity.authority(desk.databases, division="320205"))
    assert (await district.named("IssueUnits", input=asked))["issueUnits"]["code"] == "account_unknown"
