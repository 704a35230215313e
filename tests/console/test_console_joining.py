"""Applying to join: the public form, its receipt, the officer's desk, the invitation that comes of it."""

import asyncio
import secrets
from typing import Any
from uuid import UUID

import httpx
import pytest
from factories import desks, identity
from factories.api import Client
from factories.identity import Made
from sqlalchemy import text

from backend.console import service
from backend.console.errors import JoinApplicationDecided, JoinApplicationNotFound, JoinFieldInvalid, JoinTooMany
from backend.console.onboarding import queries
from backend.console.onboarding.applying import MOST_WAITING
from backend.console.onboarding.checking import checked
from backend.console.values import DuplicateKind, JoinState
from backend.identity.errors import OrganisationExists
from backend.kit.db import Databases
from backend.kit.errors import Forbidden, Unauthenticated
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.wire.nodes import node_id

PDF = b"%PDF-1.7\nlicence"
HOME, ELSEWHERE = "320206", "320205"


def address() -> dict[str, str]:
    """Return headers of a program at an address of its own: applications are counted by address."""
    return {"accept": "application/json", "x-forwarded-for": f"198.51.100.{secrets.randbelow(250)}-{new_id()}"}


def fields(**given: str) -> dict[str, str]:
    usual = desks.draft(**given)
    return {name: getattr(usual, name) for name in usual.__slots__}


async def post(
    client: Client, given: dict[str, str], content: bytes | None = None, name: str = "营业执照.pdf", **headers: str
) -> httpx.Response:
    body = PDF + new_id().bytes.hex().encode() if content is None else content
    return await client.http.post(
        "/wuxi/join", data=given, files={"file": (name, body)}, headers={**address(), **headers}
    )


@pytest.fixture
async def bureau(databases: Databases) -> Made:
    return await identity.authority(databases, division=HOME)


async def test_an_enterprise_applies_is_accepted_and_its_administrator_signs_in(
    databases: Databases, client: Client, bureau: Made
) -> None:
    given = fields()
    answer = await post(client, given)
    assert answer.status_code == 201, answer.text
    receipt = answer.json()["receipt"]
    assert answer.json()["state"] == "received"
    shown = await client.http.get(f"/wuxi/join/{receipt}", headers=address())
    assert shown.json() == {**answer.json()}
    officer = await client.signed_in(bureau)
    found = (await officer.named("JoinApplication", id=str(node_id("JoinApplication", UUID(receipt)))))[
        "joinApplication"
    ]
    assert found["name"] == given["name"]
    assert found["creditCode"] == given["credit_code"]
    assert found["division"]["code"] == HOME
    assert found["duplicates"] == []
    proof = await client.http.get(found["evidence"]["url"], headers=officer.headers)
    assert proof.status_code == 200
    assert proof.content.startswith(PDF)
    made = (
        await officer.named("AcceptJoinApplication", input={"applicationId": found["id"]}, idempotencyKey=str(new_id()))
    )["acceptJoinApplication"]
    assert made["__typename"] == "JoinApplicationAccepted", made
    assert made["application"]["state"] == "ACCEPTED"
    assert made["application"]["organisation"]["name"] == given["name"]
    joined = await client.http.post(
        "/wuxi/auth/accept-invitation", json={"token": made["token"], "password": "a good password"}
    )
    assert joined.status_code == 200, joined.text
    assert joined.json()["roles"] == ["administrator"]
    assert (await client.http.get(f"/wuxi/join/{receipt}", headers=address())).json()["state"] == "accepted"


async def test_an_officer_without_the_right_to_register_accepts_all_the_same(
    databases: Databases, bureau: Made
) -> None:
    receipt = await desks.applied(databases)
    officer = await identity.colleague(databases, bureau, "officer")
    assert not officer.allows("identity:register")
    async with databases.write(officer) as write:
        made = await service.accept_application(write, officer, receipt)
    assert made.application.state is JoinState.ACCEPTED
    viewer = await identity.colleague(databases, bureau, "viewer")
    with pytest.raises(Forbidden):
        async with databases.write(viewer) as write:
            await service.refuse_application(write, viewer, receipt, "不收")


async def test_the_same_form_sent_twice_is_one_application(client: Client) -> None:
    given = fields()
    first = await post(client, given, PDF)
    again = await post(client, given, PDF)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["receipt"] == first.json()["receipt"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"credit_code": "91320200MA1X00001A"}, "credit_code"),
        ({"name": " "}, "name"),
        ({"contact_email": "nobody"}, "contact_email"),
        ({"contact_phone": "call me"}, "contact_phone"),
        ({"division_code": "510104"}, "division_code"),
        ({"sector": "unheard_of"}, "sector"),
        ({"note": "长" * 1001}, "note"),
    ],
)
async def test_a_field_that_cannot_be_right_is_named_and_nothing_is_stored(
    databases: Databases, client: Client, wrong: dict[str, str], field: str
) -> None:
    given = fields(**wrong)
    answer = await post(client, given)
    assert answer.status_code == 400, answer.text
    assert answer.json()["code"] == "join_field_invalid"
    assert answer.json()["path"] == [field]
    async with databases.read(Scope.system("wuxi")) as read:
        stored = await read.value(
            text("select count(*) from join_application where contact_phone = :phone and contact_email = :email"),
            {"phone": given["contact_phone"], "email": given["contact_email"]},
        )
    assert stored == 0


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"not a pdf", "营业执照.pdf", "file_type_refused"),
        (PDF, "名单.xlsx", "join_field_invalid"),
        (b"", "营业执照.pdf", "file_empty"),
    ],
)
async def test_a_proof_must_be_what_its_name_says(client: Client, content: bytes, name: str, code: str) -> None:
    answer = await post(client, fields(), content, name)
    assert answer.status_code == 400, answer.text
    assert answer.json()["code"] == code


async def test_somebody_who_sends_on_and_on_is_told_to_wait(client: Client) -> None:
    here = address()
    codes = [(await post(client, fields(name=""), **here)).status_code for _ in range(6)]
    assert codes == [400, 400, 400, 400, 400, 429]


async def test_only_so_many_applications_of_one_enterprise_wait(databases: Databases) -> None:
    code = desks.code()
    for _ in range(MOST_WAITING):
        await desks.applied(databases, credit_code=code)
    with pytest.raises(JoinTooMany):
        await desks.applied(databases, credit_code=code)


async def test_a_browser_is_shown_the_form_with_what_is_wrong(client: Client) -> None:
    page = await client.http.get("/wuxi/join")
    assert page.status_code == 200
    assert "text/html" in page.headers["content-type"]
    assert 'name="credit_code"' in page.text
    assert 'value="320206"' in page.text
    wrong = fields(name="<b>x</b>", contact_phone="?", sector="chemicals", note='"甲"')
    refused = await post(client, wrong, accept="text/html")
    assert refused.status_code == 422
    assert "联系电话" in refused.text
    assert "<b>x</b>" not in refused.text
    for kept in (
        'value="&lt;b&gt;x&lt;/b&gt;"',
        f'value="{wrong["credit_code"]}"',
        '<option value="chemicals" selected>',
    ):
        assert kept in refused.text  # nothing has to be written twice
    assert "&quot;甲&quot;</textarea>" in refused.text
    taken = await post(client, fields(), accept="text/html")
    assert taken.status_code == 201
    assert "申请已收到" in taken.text
    assert (await client.http.get(f"/wuxi/join/{new_id()}")).status_code == 404
    english = await client.http.get("/wuxi/join?lang=en")
    assert "Unified social credit code" in english.text


async def test_a_refusal_gives_the_reason_to_the_holder_of_the_receipt_alone(
    databases: Databases, client: Client, bureau: Made
) -> None:
    receipt = await desks.applied(databases)
    async with databases.write(bureau.scope) as write:
        await service.refuse_application(write, bureau.scope, receipt, "证明文件不清晰，请重新提交")
    shown = (await client.http.get(f"/wuxi/join/{receipt}", headers=address())).json()
    assert (shown["state"], shown["reason"]) == ("refused", "证明文件不清晰，请重新提交")
    assert set(shown) == {"receipt", "state", "receivedAt", "decidedAt", "reason", "url"}
    with pytest.raises(JoinApplicationDecided):
        async with databases.write(bureau.scope) as write:
            await service.accept_application(write, bureau.scope, receipt)


async def test_what_an_application_may_repeat_is_named(databases: Databases, bureau: Made) -> None:
    known = await identity.enterprise(databases, division=HOME)
    async with databases.read(bureau.scope) as read:
        name = await read.value(text("select name from organisation where id = :id"), {"id": known.id})
    same = await desks.applied(databases, credit_code=known.credit_code)
    alike = await desks.applied(databases, name=name, contact_email="twin@example.com")
    third = await desks.applied(databases, contact_email="twin@example.com")
    async with databases.read(bureau.scope) as read:
        found = await queries.duplicate_batch(read, bureau.scope, [same, alike, third])
    kinds = [{(each.kind, each.id) for each in of} for of in found]
    assert kinds[0] == {(DuplicateKind.ORGANISATION_CODE, known.id)}
    assert (DuplicateKind.ORGANISATION_NAME, known.id) in kinds[1]
    assert (DuplicateKind.APPLICATION_EMAIL, third) in kinds[1]
    assert (DuplicateKind.APPLICATION_EMAIL, alike) in kinds[2]
    with pytest.raises(OrganisationExists):
        async with databases.write(bureau.scope) as write:
            await service.accept_application(write, bureau.scope, same)
    fresh = await desks.applied(databases)
    async with databases.write(bureau.scope) as write:
        await service.accept_application(write, bureau.scope, fresh)
    async with databases.read(bureau.scope) as read:
        (itself,) = await queries.duplicate_batch(read, bureau.scope, [fresh])
    assert itself == []
    async with databases.read(bureau.scope) as read:
        (unchanged,) = await queries.application_batch(read, bureau.scope, [same])
    assert unchanged is not None
    assert unchanged.state is JoinState.RECEIVED


async def test_two_officers_who_accept_at_once_register_one_enterprise(databases: Databases, bureau: Made) -> None:
    receipt = await desks.applied(databases)

    async def accept() -> Any:
        async with databases.write(bureau.scope) as write:
            return await service.accept_application(write, bureau.scope, receipt)

    found = await asyncio.gather(accept(), accept(), return_exceptions=True)
    assert sorted(type(each).__name__ for each in found) == ["Accepted", "JoinApplicationDecided"]


async def test_nobody_else_sees_an_application(databases: Databases, client: Client, bureau: Made) -> None:
    receipt = await desks.applied(databases)
    neighbour = await identity.authority(databases, division=ELSEWHERE)
    city = await identity.authority(databases)
    plant = await identity.enterprise(databases, division=HOME)
    lender = await identity.bank(databases)
    async with databases.read(city.scope) as read:
        assert (await queries.application_batch(read, city.scope, [receipt]))[0] is not None
    async with databases.read(neighbour.scope) as read:
        assert await queries.application_batch(read, neighbour.scope, [receipt]) == [None]
    with pytest.raises(JoinApplicationNotFound):
        async with databases.write(neighbour.scope) as write:
            await service.accept_application(write, neighbour.scope, receipt)
    for stranger in (plant.scope, lender.scope):
        with pytest.raises(Forbidden):
            async with databases.read(stranger) as read:
                await queries.application_batch(read, stranger, [receipt])
    with pytest.raises(Unauthenticated):
        async with databases.read(Scope.nobody("wuxi")) as read:
            await queries.applications(read, Scope.nobody("wuxi"), limit=1)
    other = await client.signed_in(neighbour)
    assert (
        await client.http.get(f"/wuxi/join-applications/{receipt}/evidence", headers=other.headers)
    ).status_code == 404
    assert (await client.http.get(f"/wuxi/join-applications/{receipt}/evidence")).status_code == 401


def test_an_application_is_kept_in_one_spelling() -> None:
    code = desks.code()
    given = desks.draft(credit_code=f" {code.lower()} ", name="甲　厂", contact_email="A@Example.COM", sector="")
    found = checked(given, divisions={"320206"}, sectors={"steel"})
    assert (found.credit_code, found.name, found.contact_email) == (code, "甲 厂", "a@example.com")
    with pytest.raises(JoinFieldInvalid, match="credit_code"):
        checked(desks.draft(credit_code=code[:-1]), divisions={"320206"}, sectors={"steel"})
