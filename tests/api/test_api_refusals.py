"""What a refused read leaves behind: one event, in the right chain, and not one more a minute."""

import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest
from factories import accounts as make
from factories import identity
from factories.api import Client
from sqlalchemy import select

from backend.api import app as application
from backend.api import refusals
from backend.api.refusals import ACTION, Refusal, Refusals
from backend.kit.audit import TENANT_CHAIN, AuditEvent
from backend.kit.db import Databases
from backend.kit.ids import new_id
from backend.kit.scope import Kind, Scope
from backend.wire.nodes import node_id


@pytest.fixture(autouse=True)
def nothing_kept_yet(app: Any) -> None:
    app.inner.state.here.refusals.forget()


@pytest.fixture
async def held(databases: Databases) -> make.Held:
    return await make.held_account(databases)


@pytest.fixture
async def stranger(databases: Databases, client: Client) -> tuple[Client, UUID]:
    made = await identity.enterprise(databases)
    return await client.signed_in(made), made.id


async def refused(databases: Databases, chain: UUID, **wanted: Any) -> list[Any]:
    statement = select(AuditEvent.__table__).where(AuditEvent.chain_id == chain, AuditEvent.outcome == "refused")
    for name, value in wanted.items():
        statement = statement.where(getattr(AuditEvent, name) == value)
    async with databases.read(Scope.system("wuxi")) as read:
        return list(await read.rows(statement.order_by(AuditEvent.sequence)))


async def test_an_event_says_what_was_asked_for_whatever_the_caller_calls_it(
    databases: Databases, held: make.Held, stranger: tuple[Client, UUID]
) -> None:
    caller, chain = stranger
    account, text = (
        node_id("CarbonAccount", held.id),
        """
        query Q($a: ID!, $n: String!, $y: Int = 2025) {
          ...Parts
          me { kind }
          identity_sign_in: account(id: $a) { id }
        }
        fragment Parts on Query {
          mine: accountOverview(accountId: $a, year: $y) { year }
          ... on Query { accountByNumber(number: $n) { id } }
          activityRecords(accountId: $a, first: 1) { nodes { id } }
        }""",
    )
    body = {"query": text, "variables": {"a": account, "n": held.account.number}}
    answer = (await caller.send(body, **{"x-correlation-id": "probe-1"})).json()
    assert answer["data"] is None  # the list may not be null
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["account_not_found"]
    (event,) = await refused(databases, chain)
    assert (event.action, event.object_type, event.object_id, event.correlation_id) == (
        "query:activityRecords", "CarbonAccount", str(held.id), "probe-1",
    )  # fmt: skip
    assert event.details == {
        "code": "account_not_found", "ids": {"accountId": account}, "facts": {}, "path": ["activityRecords"],
    }  # fmt: skip
    body["query"] = text.replace("activityRecords(accountId: $a, first: 1) { nodes { id } }", "")
    answer = (await caller.send(body)).json()
    assert answer == {
        "data": {"mine": None, "accountByNumber": None, "me": {"kind": "ENTERPRISE"}, "identity_sign_in": None}
    }
    events = (await refused(databases, chain))[1:]
    assert [(each.action, each.object_type, each.object_id, each.details["path"]) for each in events] == [
        ("query:accountOverview", "CarbonAccount", str(held.id), ["mine"]),
        ("query:accountByNumber", "CarbonAccount", held.account.number, ["accountByNumber"]),
        ("query:account", "CarbonAccount", str(held.id), ["identity_sign_in"]),
    ]
    assert {each.details["code"] for each in events} == {"not_found"}
    assert await refused(databases, held.holder.id) == []


async def test_what_is_there_and_what_names_nobody_leaves_nothing(
    databases: Databases, client: Client, held: make.Held
) -> None:
    owner = await client.signed_in(held.holder)
    account = node_id("CarbonAccount", held.id)
    answer = await owner.ask(
        """query Q($a: ID!) { account(id: $a) { id } activityRecords(accountId: $a) { nodes { id } }
          activityBatches(accountId: $a) { nodes { id } } inventories(accountId: $a) { nodes { id } }
          inventoryFindings(accountId: $a, year: 2025) { nodes { id } } division(code: "999999") { code } }""",
        a=account,
    )
    assert "errors" not in answer
    assert answer["data"]["division"] is None
    assert [answer["data"][name]["nodes"] for name in list(answer["data"])[1:5]] == [[], [], [], []]
    assert await refused(databases, held.holder.id) == []
    before = len(await refused(databases, TENANT_CHAIN, action="query:me"))
    assert await client.ask("{ me { kind } }") == {"data": {"me": None}}
    assert len(await refused(databases, TENANT_CHAIN, action="query:me")) == before == 0


@pytest.mark.parametrize(
    ("field", "more"),
    [("activityRecords", ""), ("activityBatches", ""), ("inventories", ""), ("inventoryFindings", ", year: 2025")],
)
async def test_a_list_of_an_account_that_is_not_visible_is_not_found(
    databases: Databases, client: Client, held: make.Held, field: str, more: str
) -> None:
    text = f"query Q($a: ID!) {{ {field}(accountId: $a{more}) {{ nodes {{ id }} }} }}"
    district = await identity.authority(databases, division="320205")
    caller = await client.signed_in(district)
    for account in (held.id, new_id()):  # somebody's and nobody's: the answers are the same
        answer = await caller.ask(text, a=node_id("CarbonAccount", account))
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["account_not_found"]
    events = await refused(databases, district.id, action=f"query:{field}")
    assert len(events) == 2
    assert events[0].object_id == str(held.id)


async def test_asking_again_leaves_one_event_and_the_next_tells_how_often(databases: Databases) -> None:
    made = await identity.enterprise(databases)
    seconds = [0.0]
    kept = Refusals(lambda: seconds[0])
    one, other = (Refusal("query:account", "not_found", "CarbonAccount", str(number)) for number in (1, 2))
    for _ in range(3):
        await kept.keep(databases, made.scope, [one, one])
    await kept.keep(databases, made.scope, [other])
    seconds[0] = refusals.WINDOW_SECONDS - 0.1
    await kept.keep(databases, made.scope, [one])
    assert [each.object_id for each in await refused(databases, made.id)] == ["1", "2"]
    seconds[0] = refusals.WINDOW_SECONDS
    await kept.keep(databases, made.scope, [one, other])
    events = (await refused(databases, made.id))[2:]
    assert [(each.object_id, each.details.get("left_out")) for each in events] == [("1", 3), ("2", None)]
    # Somebody else of the same organisation is somebody else.
    colleague = await identity.colleague(databases, made, "viewer")
    await kept.keep(databases, colleague, [one])
    assert len(await refused(databases, made.id)) == 5


async def test_nobody_cannot_fill_the_tenants_chain_with_made_up_ids(databases: Databases) -> None:
    kept, action = Refusals(), f"query:{new_id().hex}"
    for number in range(50):
        await kept.keep(databases, Scope.nobody("wuxi"), [Refusal(action, "not_found", "X", str(number))])
    assert len(await refused(databases, TENANT_CHAIN, action=action)) == 1


async def test_what_is_remembered_is_bounded(databases: Databases, monkeypatch: pytest.MonkeyPatch) -> None:
    made = await identity.enterprise(databases)
    monkeypatch.setattr(refusals, "REMEMBERED", 2)
    kept = Refusals()
    for number in (1, 2, 3, 3, 2, 1):
        await kept.keep(databases, made.scope, [Refusal("query:account", "not_found", "X", str(number))])
    assert [each.object_id for each in await refused(databases, made.id)] == ["1", "2", "3", "1"]


async def test_a_refusal_that_could_not_be_kept_is_kept_the_next_time(
    databases: Databases, caplog: pytest.LogCaptureFixture
) -> None:
    made = await identity.enterprise(databases)
    kept, one = Refusals(), Refusal("query:account", "not_found", "X", "1")
    away = Databases({"wuxi": "postgresql+asyncpg://nobody@127.0.0.1:1/nothing"})
    await kept.keep(away, made.scope, [one])
    await away.close()
    assert "refusal_not_audited" in caplog.text
    await kept.keep(databases, made.scope, [one])
    assert len(await refused(databases, made.id)) == 1


async def test_refusals_side_by_side_leave_one_event(databases: Databases) -> None:
    made = await identity.enterprise(databases)
    kept, one = Refusals(), Refusal("query:account", "not_found", "X", "1")
    await asyncio.gather(*(kept.keep(databases, made.scope, [one]) for _ in range(8)))
    assert len(await refused(databases, made.id)) == 1


DOORS = {
    ("GET", "/accounts/{account}/activity/template"): ("emissions:template", "account"),
    ("GET", "/accounts/{account}/activity/export"): ("emissions:export", "account"),
    ("POST", "/accounts/{account}/activity/imports"): ("emissions:import", "account"),
    ("GET", "/accounts/{account}/activity/exports/{job}"): ("emissions:export", "job"),
    ("GET", "/accounts/{account}/activity/imports/{batch}/file"): ("emissions:download", "batch"),
    ("GET", "/accounts/{account}/activity/imports/{batch}/annotated"): ("emissions:download", "batch"),
    ("POST", "/accounts/{account}/evidence"): ("accounts:attach", "account"),
    ("GET", "/accounts/{account}/evidence/{evidence}"): ("accounts:download", "evidence"),
    ("GET", "/accounts/{account}/certificates/template"): ("credits:template", "account"),
    ("POST", "/accounts/{account}/certificates/imports"): ("credits:import", "account"),
    ("GET", "/accounts/{account}/certificates/imports/{certificate_import}/file"): (
        "credits:download", "certificate_import",
    ),
    ("GET", "/accounts/{account}/certificates/imports/{certificate_import}/annotated"): (
        "credits:download", "certificate_import",
    ),
    ("GET", "/accounts/{account}/certificates/{certificate}"): ("statements:download", "certificate"),
    ("GET", "/accounts/{account}/statements/{statement}"): ("statements:download", "statement"),
    ("GET", "/accounts/{account}/statements/{statement}/bundle.zip"): ("statements:bundle", "statement"),
    ("POST", "/accounts/{account}/statements/{statement}/bundle"): ("statements:bundle", "statement"),
    ("GET", "/accounts/{account}/disclosures/{disclosure}"): ("esg:download", "disclosure"),
    ("GET", "/accounts/{account}/publications/{publication}"): ("esg:download", "publication"),
    ("GET", "/accounts/{account}/units/{unit}/template"): ("ledger:template", "account"),
    ("POST", "/accounts/{account}/units/{unit}/imports"): ("ledger:import", "account"),
    ("GET", "/accounts/{account}/units/{unit}/imports/{unit_import}/file"): ("ledger:download", "unit_import"),
    ("GET", "/accounts/{account}/units/{unit}/imports/{unit_import}/annotated"): ("ledger:download", "unit_import"),
    ("GET", "/ledger/proofs/{movement}"): ("ledger:prove", "movement"),
    ("GET", "/white-papers/{white_paper}"): ("esg:download", "white_paper"),
    ("GET", "/knowledge/{entry}/files/{knowledge_file}"): ("knowledge:download", "knowledge_file"),
    ("POST", "/knowledge/{entry}/files"): ("knowledge:attach", "entry"),
    ("GET", "/join-applications/{application}/evidence"): ("console:download", "application"),
    ("GET", "/enterprise-invitations/{invitation_file}/annotated"): ("console:download", "invitation_file"),
    ("POST", "/enterprise-invitations/{invitation_file}/letters"): ("console:hand_over", "invitation_file"),
    ("GET", "/bank/scores/{borrower}"): ("lending:read", "borrower"),
    ("GET", "/bank/scores/{borrower}/history"): ("lending:read", "borrower"),
    ("GET", "/bank/loan-files/{file}"): ("lending:loan_file", "file"),
}  # fmt: skip
"""Every REST address that names a thing of somebody: the action of its refusals, and what is refused."""
OF_AUTHORITIES = {"knowledge:attach", "console:download", "console:hand_over"}
PUBLIC = {("GET", "/verify/{number}"), ("POST", "/verify/{number}"), ("GET", "/bank/status-lists/{number}"), ("GET", "/downloads/{name}"), ("GET", "/open-data/{file}"),
          ("GET", "/join/{receipt}"),
          ("GET", "/park-notices/{notice}"), ("POST", "/park-notices/{notice}"),
          ("GET", "/unit-passports/{passport}/{signature}"), ("GET", "/unit-passports/{passport}/{signature}/qr.svg"),
          ("GET", "/unit-passports/{passport}/{signature}/qr.png")}  # fmt: skip
"""Addresses that name what everybody may ask for."""


@pytest.mark.parametrize("door", DOORS, ids=" ".join)
async def test_a_refused_file_leaves_an_event(
    databases: Databases, client: Client, held: make.Held, stranger: tuple[Client, UUID], door: tuple[str, str]
) -> None:
    (method, address), (action, names) = door, DOORS[door]
    caller, chain = stranger
    if address.startswith("/bank/"):  # others are refused there for what they are
        lender = await identity.bank(databases)
        caller, chain = await client.signed_in(lender), lender.id
    elif action in OF_AUTHORITIES:  # others are refused there for what they are, too
        bureau = await identity.authority(databases, division="320205")
        caller, chain = await client.signed_in(bureau), bureau.id
    own, account = str(new_id()), str(node_id("CarbonAccount", held.id))
    ids = dict.fromkeys(refusals.PARAMETERS, own) | {"account": account, "borrower": account, "unit": "CCER"}
    url = f"/wuxi{address.format_map(ids)}"
    body: dict[str, Any] = {"files": {"file": ("a.pdf", b"%PDF-1.7", "application/pdf")}} if method == "POST" else {}

    async def ask(who: Client, asked: str) -> httpx.Response:
        return await who.http.request(method, url, headers={**who.headers, "x-correlation-id": asked}, **body)

    by_stranger, by_nobody = new_id().hex, new_id().hex
    answer = await ask(caller, by_stranger)
    assert answer.status_code == 404, answer.text
    (event,) = await refused(databases, chain)
    kind = {"/bank/": Kind.BANK}.get(address[:6], Kind.AUTHORITY if action in OF_AUTHORITIES else Kind.ENTERPRISE)
    assert (event.action, event.details["code"], event.correlation_id, event.actor_kind) == (
        action, answer.json()["code"], by_stranger, kind.value,
    )  # fmt: skip
    assert event.object_type == refusals.PARAMETERS[names]
    assert event.object_id == (str(held.id) if names in {"account", "borrower"} else own)
    assert event.details["ids"].get("account") == (account if "{account}" in address else None)
    assert (await ask(client, by_nobody)).status_code == 401
    (event,) = await refused(databases, TENANT_CHAIN, correlation_id=by_nobody)
    assert (event.action, event.details["code"]) == (action, "unauthenticated")
    assert await refused(databases, held.holder.id) == []


def test_every_door_to_somebodys_files_says_the_action_of_its_refusals(app: Any) -> None:
    found = {
        (method, route.path_format): each.opt.get(ACTION)
        for route in app.inner.routes
        if "{" in route.path_format
        for each in getattr(route, "route_handlers", ())
        for method in each.http_methods
        if method != "OPTIONS"
    }
    assert {door: action for door, action in found.items() if door not in PUBLIC} == {
        door: action for door, (action, _) in DOORS.items()
    }


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    ("query", "english", "chinese"),
    [
        ("year=abc", "'abc' cannot be the parameter 'year'. Write a whole number, such as 2025.",
         "参数 year 的值“abc”无效，请填写整数，例如 2025。"),
        ("year=0", "'0' cannot be the parameter 'year'. Write a whole number, at least 1900.",
         "参数 year 的值“0”无效，请填写不小于 1900 的整数。"),
        ("year=99999", "'99999' cannot be the parameter 'year'. Write a whole number, at most 2199.",
         "参数 year 的值“99999”无效，请填写不大于 2199 的整数。"),
    ],
)  # fmt: skip
async def test_a_parameter_that_does_not_fit_is_named_with_its_remedy(
    client: Client, language: str, query: str, english: str, chinese: str
) -> None:
    answer = await client.http.get(f"/wuxi/accounts/x/activity/template?{query}", headers={"accept-language": language})
    facts = answer.json()
    assert (answer.status_code, facts["code"], facts["path"]) == (400, "query_parameter_invalid", ["year"])
    assert (facts["messageEn"], facts["messageZh"]) == (english, chinese)
    assert facts["detail"] == (english if language == "en" else chinese)


async def test_a_parameter_is_named_as_the_caller_writes_it(client: Client) -> None:
    answer = await client.http.post("/wuxi/accounts/x/activity/imports?dryRun=vielleicht")
    assert (answer.status_code, answer.json()["path"]) == (400, ["dryRun"])
    assert answer.json()["messageEn"] == "'vielleicht' cannot be the parameter 'dryRun'. Write true or false."


@pytest.mark.parametrize("year", [0, -1, 1899, 2200, 99999])
async def test_records_of_a_year_that_cannot_be_are_refused_with_the_remedy(
    client: Client, held: make.Held, year: int
) -> None:
    owner = await client.signed_in(held.holder)
    text = "query Q($a: ID!, $y: Int) { activityRecords(accountId: $a, year: $y) { nodes { id } } }"
    (error,) = (await owner.ask(text, a=node_id("CarbonAccount", held.id), y=year))["errors"]
    assert (error["extensions"]["code"], error["extensions"]["path"]) == ("calendar_year_invalid", ["year"])
    assert "1900 to 2199" in error["extensions"]["messageEn"]


@pytest.mark.parametrize("path", ["/health/live", "/health/ready", "/wuxi/health/ready"])
async def test_health_answers_head_without_a_body(http: httpx.AsyncClient, path: str) -> None:
    answer = await http.head(path)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["cache-control"] == "no-store"


def test_settings_that_cannot_serve_are_told_before_anything_starts(servers: Any) -> None:
    application.check(servers.settings)
    with pytest.raises(Exception, match="CARBON_STORAGE_URL is not usable") as refusal:
        application.check(servers.settings.model_copy(update={"storage_url": "ftp://x"}))
    assert refusal.value.code == "storage_address_invalid"
