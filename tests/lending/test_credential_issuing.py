"""Credentials of the product: made once, served again, ended by a revocation, by another score, by an appeal."""

import asyncio
import base64
import json
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
import jwt
import pytest
from factories import identity
from factories.api import Client
from factories.lending import Lent, lent, revoked, scored
from sqlalchemy import text

from backend.identity import service as identity_service
from backend.kit.clock import CHINA, now, today
from backend.kit.db import Databases
from backend.kit.scope import Scope
from backend.lending.values import LIST_SIZE
from backend.statements import service as statements
from backend.wire.nodes import node_id

HELD = """query($id: ID!) { issuedCredentials(accountId: $id) { nodes {
    issuedAt expiresAt revokedAt revokedBecause withheld consentId bank { id } } } }"""


@dataclass(frozen=True)
class Reader:
    """A bank with the published script."""

    bank: Client
    checker: Any

    async def credential(self, world: Lent) -> str:
        answer = await self.bank.http.get(f"/wuxi/bank/scores/{world.held.id}", headers=self.bank.headers)
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == "application/dc+sd-jwt"
        return answer.text

    async def public(self, path: str) -> httpx.Response:
        """Ask as anybody does."""
        answer = await self.bank.http.get(path)
        assert answer.status_code == 200, answer.text
        return answer

    async def verified(self, credential: str) -> dict[str, Any]:
        keys = (await self.public("/wuxi/.well-known/documents.json")).json()["keys"]
        uri = claims_of(credential)["status"]["status_list"]["uri"]
        listed = await self.public(urlsplit(uri).path)
        assert listed.headers["content-type"] == "application/statuslist+jwt"
        return self.checker.verify(credential, keys, listed.text)


def claims_of(credential: str) -> dict[str, Any]:
    return jwt.decode(credential.split("~", maxsplit=1)[0], options={"verify_signature": False})


def opened(disclosure: str) -> tuple[str, Any]:
    _, name, value = json.loads(base64.urlsafe_b64decode(disclosure + "=" * (-len(disclosure) % 4)))
    return name, value


@pytest.fixture
async def world(databases: Databases) -> Lent:
    return await lent(databases)


@pytest.fixture
async def reader(client: Client, world: Lent, checker: Any) -> Reader:
    return Reader(await client.signed_in(world.bank), checker)


async def test_a_credential_is_made_once_and_says_what_the_consent_covers(world: Lent, reader: Reader) -> None:
    first = await reader.credential(world)
    assert await reader.credential(world) == first
    shown = await reader.verified(first)
    assert {name: shown[name] for name in ("account", "credit_code", "grade", "points", "number", "state")} == {
        "account": world.held.account.number, "credit_code": world.held.holder.credit_code, "grade": "A",
        "points": "88.75", "number": 1, "state": "graded",
    }  # fmt: skip
    assert shown["model"]["is_placeholder"] is True
    assert shown["sub"] == f"urn:carbon:account:{world.held.account.number}"
    assert shown["consent"] == {
        "id": str(world.consent), "bank": str(world.bank.id), "scopes": ["score"], "purpose": "绿色信贷",
        "starts_on": today().isoformat(), "ends_on": (today() + timedelta(days=365)).isoformat(),
    }  # fmt: skip
    assert not [name for name in shown if name.startswith(("indicator", "books", "inputs", "changes"))]


@pytest.mark.parametrize(
    ("scopes", "shown", "withheld"),
    [
        (("score",), {"grade"}, {"indicator_intensity", "indicator_green_power", "changes", "inputs"}),
        (("indicators",), {"grade", "indicator_intensity", "indicator_green_power", "changes"}, {"inputs"}),
        (("score", "statement"), {"grade", "inputs"}, {"indicator_intensity", "indicator_green_power", "changes"}),
    ],
)
async def test_what_is_withheld_is_the_enterprises_to_open(
    databases: Databases, client: Client, checker: Any, scopes: tuple[str, ...], shown: set[str], withheld: set[str]
) -> None:
    world = await lent(databases, scopes=scopes)
    reader = Reader(await client.signed_in(world.bank), checker)
    credential = await reader.credential(world)
    told = await reader.verified(credential)
    assert shown <= told.keys()
    assert not withheld & told.keys()
    owner = await client.signed_in(world.held.holder)
    (held,) = (await owner.ask(HELD, id=node_id("CarbonAccount", world.held.id)))["data"]["issuedCredentials"]["nodes"]
    assert {opened(each)[0] for each in held["withheld"]} == withheld
    assert (held["consentId"], held["bank"]["id"]) == (
        node_id("Consent", world.consent), node_id("Organisation", world.bank.id),
    )  # fmt: skip
    for each in held["withheld"]:
        name, value = opened(each)
        assert (await reader.verified(f"{credential}{each}~"))[name] == value
    viewer = await identity.colleague(databases, world.held.holder, "viewer")
    assert "identity:consent" not in viewer.permissions


async def test_who_may_not_decide_on_consents_opens_nothing(databases: Databases, client: Client, world: Lent) -> None:
    stranger = await client.signed_in(await identity.enterprise(databases))
    bank = await client.signed_in(world.bank)
    for caller, code in ((stranger, "account_not_found"), (bank, "forbidden"), (client, "unauthenticated")):
        answer = await caller.ask(HELD, id=node_id("CarbonAccount", world.held.id))
        assert answer["errors"][0]["extensions"]["code"] == code


async def test_many_first_reads_at_once_make_one_credential(databases: Databases, world: Lent, reader: Reader) -> None:
    found = await asyncio.gather(*(reader.credential(world) for _ in range(12)))
    assert len(set(found)) == 1
    async with databases.read(Scope.system("wuxi")) as read:
        count = text("select count(*) from score_credential where account_id = :id")
        assert await read.value(count, {"id": world.held.id}) == 1
        logged = text("select count(*) from consent_read where account_ids @> array[cast(:id as uuid)]")
        assert await read.value(logged, {"id": world.held.id}) == 12


async def test_a_revoked_consent_ends_its_credentials_in_the_same_transaction(
    databases: Databases, world: Lent, reader: Reader
) -> None:
    other = await lent(databases, bank=world.bank)
    credential, kept = await reader.credential(world), await reader.credential(other)
    await reader.verified(credential)
    async with databases.write(world.held.scope) as write:
        await identity_service.revoke_consent(write, world.held.scope, consent_id=world.consent)
        seen = text("select revoked_because from score_credential where consent_id = :id")
        assert await write.value(seen, {"id": world.consent}) == "consent_revoked"
        await reader.verified(credential)  # nobody else sees it before the commit
    with pytest.raises(ValueError, match=r"^REVOKED"):
        await reader.verified(credential)
    await reader.verified(kept)
    again = await identity.consented(databases, world.held.holder, world.bank, ("score",))
    fresh = await reader.credential(world)
    assert claims_of(fresh)["consent"]["id"] == str(again)
    await reader.verified(fresh)
    with pytest.raises(ValueError, match=r"^REVOKED"):
        await reader.verified(credential)


async def test_a_revocation_that_fails_ends_nothing(databases: Databases, world: Lent, reader: Reader) -> None:
    credential = await reader.credential(world)

    async def broken() -> None:
        async with databases.write(world.held.scope) as write:
            await identity_service.revoke_consent(write, world.held.scope, consent_id=world.consent)
            raise RuntimeError("after the revocation")

    with pytest.raises(RuntimeError, match="after the revocation"):
        await broken()
    assert await reader.credential(world) == credential
    await reader.verified(credential)


@pytest.mark.parametrize(
    ("score", "is_over"),
    [
        ({"points": "88.9"}, False),
        ({"grade": "B"}, True),
        ({"grade": None, "points": None}, True),
        ({"points": "88.75", "cause": "appeal"}, True),
    ],
)
async def test_a_score_that_says_otherwise_and_any_after_an_appeal_ends_the_one_before(
    databases: Databases, world: Lent, reader: Reader, score: dict[str, Any], *, is_over: bool
) -> None:
    credential = await reader.credential(world)
    await scored(databases, world.held, **score)
    fresh = await reader.credential(world)
    assert fresh != credential
    assert (await reader.verified(fresh))["number"] == 2
    if is_over:
        with pytest.raises(ValueError, match=r"^REVOKED"):
            await reader.verified(credential)
    else:
        await reader.verified(credential)


async def test_a_score_stored_while_a_credential_is_made_leaves_none_standing(
    databases: Databases, world: Lent, reader: Reader
) -> None:
    """Whoever comes first, the older score's credential is ended or was never made."""
    for _ in range(5):
        made, _ = await asyncio.gather(reader.credential(world), scored(databases, world.held, cause="appeal"))
        newest = await reader.credential(world)
        assert (await reader.verified(newest))["cause"] == "appeal"
        if made != newest:
            with pytest.raises(ValueError, match=r"^REVOKED"):
                await reader.verified(made)


async def test_without_a_score_or_past_its_validity_nothing_is_signed(
    databases: Databases, client: Client, world: Lent, reader: Reader
) -> None:
    bare = await lent(databases, bank=world.bank, is_scored=False)
    answer = await client.http.get(f"/wuxi/bank/scores/{bare.held.id}", headers=reader.bank.headers)
    assert (answer.status_code, answer.json()["code"]) == (404, "score_missing")
    await scored(databases, bare.held, valid_until=today() - timedelta(days=1))
    answer = await client.http.get(f"/wuxi/bank/scores/{bare.held.id}", headers=reader.bank.headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "score_out_of_date")
    answer = await client.http.get(
        f"/wuxi/bank/scores/{bare.held.id}", headers={**reader.bank.headers, "accept": "application/json"}
    )
    assert (answer.json()["is_valid"], answer.json()["score"]["grade"]) == (False, "A")
    await scored(databases, bare.held, valid_until=today())
    assert claims_of(await reader.credential(bare))["exp"] == int(midnight_after(today()))
    await scored(databases, world.held, valid_until=today() + timedelta(days=9999))
    assert claims_of(await reader.credential(world))["exp"] == int(midnight_after(today() + timedelta(days=365)))


def midnight_after(day: date) -> float:
    """Return the end of a day in China, as a time stamp."""
    return datetime.combine(day + timedelta(days=1), time(), CHINA).timestamp()


async def test_a_key_that_became_known_signs_nothing_that_is_served(
    databases: Databases, client: Client, checker: Any, servers
) -> None:
    made = await lent(databases, tenant="chengdu")
    bank = (await client.signed_in(made.bank)).at("chengdu")

    async def asked() -> str:
        answer = await bank.http.get(f"/chengdu/bank/scores/{made.held.id}", headers=bank.headers)
        assert answer.status_code == 200, answer.text
        return answer.text

    async def verified(credential: str) -> dict[str, Any]:
        keys = (await client.http.get("/chengdu/.well-known/documents.json")).json()["keys"]
        listed = await client.http.get(urlsplit(claims_of(credential)["status"]["status_list"]["uri"]).path)
        return checker.verify(credential, keys, listed.text)

    first = await asked()
    await verified(first)
    async with databases.write(Scope.system("chengdu")) as write:
        seal = identity_service.seal_of(servers.settings)
        await statements.renew_document_key(write, Scope.system("chengdu"), seal, is_compromised=True)
    second = await asked()
    assert (
        jwt.get_unverified_header(second.split("~")[0])["kid"] != jwt.get_unverified_header(first.split("~")[0])["kid"]
    )
    await verified(second)
    with pytest.raises(ValueError, match=r"^KEY"):
        await verified(first)


async def test_status_lists_are_public_and_only_those_there_are(client: Client, world: Lent, reader: Reader) -> None:
    place = claims_of(await reader.credential(world))["status"]["status_list"]
    assert 0 <= place["idx"] < LIST_SIZE
    listed = await client.http.get(urlsplit(place["uri"]).path)
    told = jwt.decode(listed.text, options={"verify_signature": False})
    assert (told["sub"], told["ttl"], told["exp"] - told["iat"]) == (place["uri"], 300, 86_400)
    assert abs(told["iat"] - now().timestamp()) < 3600 * 7
    for number, status in ((7_777_777, 404), (-1, 404), ("x", 404), (10**30, 404)):
        answer = await client.http.get(f"/wuxi/bank/status-lists/{number}")
        assert answer.status_code == status, answer.text


async def test_revoking_is_not_undone_by_revoking_again(databases: Databases, world: Lent, reader: Reader) -> None:
    credential = await reader.credential(world)
    await revoked(databases, world)
    async with databases.read(Scope.system("wuxi")) as read:
        first = await read.value(
            text("select revoked_at from score_credential where consent_id = :id"), {"id": world.consent}
        )
    await scored(databases, world.held, grade="C", cause="appeal")
    async with databases.read(Scope.system("wuxi")) as read:
        row: Any = await read.row(
            text("select revoked_at, revoked_because from score_credential where consent_id = :id"),
            {"id": world.consent},
        )
        ended = await read.value(text("select revoked_at from consent where id = :id"), {"id": world.consent})
    assert (row.revoked_at, row.revoked_because) == (first, "consent_revoked")
    assert first == ended
    with pytest.raises(ValueError, match=r"^REVOKED"):
        await reader.verified(credential)
