"""No read without a consent of that second, by whichever door; and every read in the enterprise's log."""

import hashlib
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import jwt
import pytest
from factories import accounts, identity
from factories.api import Client
from factories.lending import Lent, lent, revoked, scored
from sqlalchemy import text

from backend.kit.clock import today
from backend.kit.db import Databases
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.lending import service
from backend.lending.errors import ConsentMissing
from backend.lending.values import MOST_BORROWERS
from backend.wire.nodes import node_id

ONE = "query($key: ID!) { borrowerScore(borrowerKey: $key) { accountNumber grade indicators readAt } }"
MANY = "{ borrowerScores(first: 100) { nodes { accountNumber grade } pageInfo { hasNextPage endCursor } } }"
LOG = "query($id: ID) { consentReads(accountId: $id) { nodes { at what scope purpose accountIds consentIds bank { id } } } }"
UNSEEN = {"correlationId", "read"}


async def get(bank: Client, key: object, more: str = "", **headers: str) -> httpx.Response:
    return await bank.http.get(f"/wuxi/bank/scores/{key}{more}", headers={**bank.headers, **headers})


async def batch(bank: Client, **asked: Any) -> httpx.Response:
    return await bank.http.post("/wuxi/bank/scores/batch", json=asked, headers=bank.headers)


async def seen(bank: Client, world: Lent) -> dict[str, str]:
    """Return what each door says of a borrower, without what differs from request to request."""
    number = world.held.account.number
    found: dict[str, str] = {}
    for door, answer in {
        "credential": await get(bank, number),
        "json": await get(bank, number, accept="application/json"),
        "cached": await get(bank, number, **{"if-none-match": "*"}),
        "code": await get(bank, world.held.holder.credit_code),
        "id": await get(bank, world.held.id),
        "history": await get(bank, number, "/history"),
        "batch": await batch(bank, borrowers=[number]),
        "portfolio": await batch(bank),
        "one": await bank.send({"query": ONE, "variables": {"key": number}}),
        "many": await bank.send({"query": MANY}),
    }.items():
        assert answer.headers["cache-control"] == "no-store"
        assert "etag" not in answer.headers
        body = answer.json() if "json" in answer.headers["content-type"] else {"text": answer.text}
        for error in body.get("errors") or ():
            error["extensions"].pop("correlationId")
        found[door] = str((answer.status_code, {name: each for name, each in body.items() if name not in UNSEEN}))
    return {door: shown.replace(number, "NUMBER") for door, shown in found.items()}


async def log_of(databases: Databases, account_id: UUID) -> list[Any]:
    """Return the rows of the log that cover an account, oldest first."""
    async with databases.read(Scope.system("wuxi")) as read:
        return list(
            await read.rows(
                text("select * from consent_read where account_ids @> array[cast(:id as uuid)] order by id"),
                {"id": account_id},
            )
        )


@pytest.fixture
async def world(databases: Databases) -> Lent:
    return await lent(databases)


async def test_what_is_not_opened_is_not_there_whatever_the_cause(databases: Databases, client: Client) -> None:
    lender = await identity.bank(databases)
    bank = await client.signed_in(lender)

    async def case(**given: Any) -> dict[str, str]:
        return await seen(bank, await lent(databases, bank=lender, **given))

    never = await accounts.held_account(databases)
    await scored(databases, never)
    nothing = await seen(bank, Lent(never, lender, new_id()))
    ended = await lent(databases, bank=lender)
    coming = await lent(databases, bank=lender)
    async with databases.write(Scope.system("wuxi")) as write:
        for each, shift in ((ended, -400), (coming, 1)):
            await write.run(
                text("update consent set starts_on = :first, ends_on = :last where id = :id"),
                {"first": today() + timedelta(days=shift), "last": today() + timedelta(days=shift + 399), "id": each.consent},
            )  # fmt: skip
    gone = await lent(databases, bank=lender)
    before = await seen(bank, gone)
    await revoked(databases, gone)
    assert set(before.values()).isdisjoint(nothing.values())
    for name, found in {
        "another scope": await case(scopes=("statement", "pledge")),
        "only who it is": await case(scopes=("account",)),
        "ended": await seen(bank, ended),
        "coming": await seen(bank, coming),
        "revoked": await seen(bank, gone),
    }.items():
        assert found == nothing, name
    assert {door for door, shown in nothing.items() if shown.startswith("(404,")} == {
        "credential", "json", "cached", "code", "id", "history",
    }  # fmt: skip
    for held in (never, ended.held, coming.held):
        assert await log_of(databases, held.id) == []
    assert len(await log_of(databases, gone.held.id)) == len(before)


async def test_a_key_that_is_none_is_not_there_either(client: Client, world: Lent) -> None:
    bank = await client.signed_in(world.bank)
    for key in (
        "x",
        "CA-999999-000001",
        new_id(),
        node_id("CarbonAccount", new_id()),
        "%00",
        "' or 1=1 --",
        "企业",
        "A" * 500,
    ):
        answer = await get(bank, key)
        assert (answer.status_code, answer.json()["code"]) == (404, "borrower_not_found"), key
    keys = ["x", "\u0000", "'", "{}", "nul\\l"]
    answer = await batch(bank, borrowers=keys)
    assert (answer.json()["borrowers"], answer.json()["not_available"]) == ([], ["x", "\ufffd", *keys[2:]])


async def test_every_key_of_a_borrower_means_it(client: Client, world: Lent) -> None:
    bank = await client.signed_in(world.bank)
    number, code = world.held.account.number, world.held.holder.credit_code
    first = await get(bank, number)
    assert first.status_code == 200
    for key in (code, code.lower(), number.lower(), world.held.id, node_id("CarbonAccount", world.held.id)):
        assert (await get(bank, key)).text == first.text
    second = await accounts.held_account(bank_databases(bank), holder=world.held.holder)
    answer = await get(bank, code)
    assert (answer.status_code, answer.json()["code"]) == (409, "borrower_ambiguous")
    assert (await get(bank, second.account.number)).json()["code"] == "score_missing"
    both = (await batch(bank, borrowers=[code])).json()["borrowers"]
    assert {each["account"]: each["score"] is None for each in both} == {number: False, second.account.number: True}


def bank_databases(bank: Client) -> Databases:
    """Return the databases behind a client's application."""
    transport: Any = bank.http._transport
    return transport.app.inner.state.databases


async def test_others_than_banks_read_nothing(databases: Databases, client: Client, world: Lent) -> None:
    bureau = await client.signed_in(await identity.authority(databases))
    owner = await client.signed_in(world.held.holder)
    for caller, status, code in (
        (client, 401, "unauthenticated"),
        (bureau, 403, "forbidden"),
        (owner, 403, "forbidden"),
    ):
        for answer in (
            await get(caller, world.held.id), await get(caller, world.held.id, "/history"), await batch(caller),
        ):  # fmt: skip
            assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert await log_of(databases, world.held.id) == []


async def test_every_read_is_in_the_log_once_with_who_and_why(
    databases: Databases, client: Client, world: Lent
) -> None:
    bank, owner = await client.signed_in(world.bank), await client.signed_in(world.held.holder)
    number = world.held.account.number
    await get(bank, number)
    await get(bank, number, accept="application/json", **{"x-correlation-id": "a-bank-s-own-number"})
    await get(bank, number, "/history")
    await batch(bank, borrowers=[number, number, world.held.holder.credit_code])
    await bank.ask(ONE, key=number)
    await bank.ask(MANY)
    async with databases.write(world.bank.scope) as write:
        with pytest.raises(ConsentMissing):
            await service.opened(write, world.bank.scope, world.held.id, "statement", "贷前调查")
    async with databases.write(world.bank.scope) as write:
        given = await service.opened(write, world.bank.scope, world.held.id, "account", "贷前调查", "loan_file")
    assert (given.consent_id, given.enterprise_id, given.bank_id) == (
        world.consent,
        world.held.holder.id,
        world.bank.id,
    )
    rows = await log_of(databases, world.held.id)
    assert [row.what for row in rows] == [
        "credential", "score", "history", "batch", "score", "portfolio", "loan_file",
    ]  # fmt: skip
    assert {row.actor_id for row in rows} == {world.bank.person_id}
    assert {tuple(row.account_ids) for row in rows} == {(world.held.id,)}
    assert {tuple(row.consent_ids) for row in rows} == {(world.consent,)}
    assert rows[1].correlation_id == "a-bank-s-own-number"
    assert rows[-1].at == given.read_at
    nodes = (await owner.ask(LOG, id=None))["data"]["consentReads"]["nodes"]
    assert [each["what"] for each in nodes] == [row.what for row in reversed(rows)]
    assert nodes == (await owner.ask(LOG, id=node_id("CarbonAccount", world.held.id)))["data"]["consentReads"]["nodes"]
    assert nodes[0] | {"at": ""} == {
        "at": "", "what": "loan_file", "scope": "account", "purpose": "贷前调查",
        "accountIds": [node_id("CarbonAccount", world.held.id)], "consentIds": [node_id("Consent", world.consent)],
        "bank": {"id": node_id("Organisation", world.bank.id)},
    }  # fmt: skip


async def test_an_enterprise_finds_its_own_part_of_a_shared_read_and_no_more(
    databases: Databases, client: Client
) -> None:
    lender = await identity.bank(databases)
    first, second = await lent(databases, bank=lender), await lent(databases, bank=lender)
    bank = await client.signed_in(lender)
    answer = (await batch(bank)).json()
    numbers = sorted(each.held.account.number for each in (first, second))
    assert sorted(each["account"] for each in answer["borrowers"]) == sorted(numbers)
    for mine, other in ((first, second), (second, first)):
        owner = await client.signed_in(mine.held.holder)
        shown = await owner.send({"query": LOG, "variables": {"id": None}})
        (node,) = shown.json()["data"]["consentReads"]["nodes"]
        assert node["accountIds"] == [node_id("CarbonAccount", mine.held.id)]
        assert node["consentIds"] == [node_id("Consent", mine.consent)]
        assert str(other.held.id) not in shown.text
        theirs = await owner.ask(LOG, id=node_id("CarbonAccount", other.held.id))
        assert theirs["errors"][0]["extensions"]["code"] == "account_not_found"
    for caller in (bank, await client.signed_in(await identity.authority(databases))):
        shown = await caller.ask(LOG, id=None)
        assert shown["errors"][0]["extensions"]["code"] == "enterprises_only"


async def test_pages_of_the_portfolio_log_what_they_show(databases: Databases, client: Client) -> None:
    lender = await identity.bank(databases)
    worlds = [await lent(databases, bank=lender) for _ in range(3)]
    bank = await client.signed_in(lender)
    page = "query($after: String) { borrowerScores(first: 2, after: $after) { nodes { accountNumber } pageInfo { hasNextPage endCursor } } }"
    first = (await bank.ask(page, after=None))["data"]["borrowerScores"]
    assert [len(await log_of(databases, each.held.id)) for each in worlds] == [1, 1, 0]
    second = (await bank.ask(page, after=first["pageInfo"]["endCursor"]))["data"]["borrowerScores"]
    assert [len(await log_of(databases, each.held.id)) for each in worlds] == [1, 1, 1]
    numbers = [each["accountNumber"] for each in first["nodes"] + second["nodes"]]
    assert numbers == sorted(each.held.account.number for each in worlds)
    assert [first["pageInfo"]["hasNextPage"], second["pageInfo"]["hasNextPage"]] == [True, False]


async def test_indicators_are_told_under_their_scope_alone(databases: Databases, client: Client) -> None:
    lender = await identity.bank(databases)
    plain, full = await lent(databases, bank=lender), await lent(databases, bank=lender, scopes=("indicators",))
    bank = await client.signed_in(lender)
    for world, is_told in ((plain, False), (full, True)):
        one = (await get(bank, world.held.id, accept="application/json")).json()
        assert ("indicators" in one, one["score"]["grade"]) == (is_told, "A")
        asked = (await bank.ask(ONE, key=str(world.held.id)))["data"]["borrowerScore"]
        assert (asked["indicators"] is not None) == is_told
        for has_indicators in (False, True):
            (each,) = (await batch(bank, borrowers=[str(world.held.id)], indicators=has_indicators)).json()["borrowers"]
            assert ("indicators" in each) == (is_told and has_indicators)
    assert one["indicators"]["indicators"][0]["fact"]["value"] == "1.2345"


async def test_history_comes_newest_first_and_goes_on(databases: Databases, client: Client, world: Lent) -> None:
    bank = await client.signed_in(world.bank)
    for grade in ("B", "C"):
        await scored(databases, world.held, grade=grade)
    found = (await get(bank, world.held.id, "/history")).json()
    assert [(each["number"], each["grade"]) for each in found["scores"]] == [(3, "C"), (2, "B"), (1, "A")]
    assert (found["account"], found["next_before"]) == (str(world.held.id), None)
    older = (await get(bank, world.held.id, "/history?before=2")).json()
    assert [each["number"] for each in older["scores"]] == [1]
    answer = await get(bank, world.held.id, "/history?before=0")
    assert (answer.status_code, answer.json()["code"]) == (400, "query_parameter_invalid")


async def test_a_batch_proves_itself(client: Client, world: Lent) -> None:
    bank = await client.signed_in(world.bank)
    answer = await batch(bank, borrowers=[world.held.account.number, "none"])
    keys = (await client.http.get("/wuxi/.well-known/documents.json")).json()["keys"]
    sign = answer.headers["carbon-signature"]
    key = next(each for each in keys if each["kid"] == jwt.get_unverified_header(sign)["kid"])
    told = jwt.decode(sign, jwt.PyJWK(key), ["ES256"], audience=str(world.bank.id))
    assert told["sha256"] == hashlib.sha256(answer.content).hexdigest()
    assert (told["jti"], told["iss"]) == (answer.json()["read"]["id"], answer.json()["iss"])
    assert answer.json()["not_available"] == ["none"]


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"borrowers": ["x"] * (MOST_BORROWERS + 1)}, "too_many_borrowers"),
        ({"borrower": ["x"]}, "batch_invalid"),
        ({"borrowers": [7]}, "batch_invalid"),
        ({"borrowers": "x"}, "batch_invalid"),
        ([], "batch_invalid"),
    ],
)
async def test_a_batch_that_cannot_be_is_refused(client: Client, world: Lent, asked: Any, code: str) -> None:
    bank = await client.signed_in(world.bank)
    answer = await bank.http.post("/wuxi/bank/scores/batch", json=asked, headers=bank.headers)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
