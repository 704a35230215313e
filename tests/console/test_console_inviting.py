"""Many enterprises invited by one file: every fault by its cell, all of it or nothing, once, and the letters."""

import csv
import io
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import httpx
import openpyxl
import pytest
from factories import desks, identity
from factories.api import Client
from factories.identity import Made
from sqlalchemy import text

from backend.console import service
from backend.console.errors import InvitationFileEmpty, InvitationFileNotStored
from backend.console.inviting import queries
from backend.console.inviting.jobs_inviting import invite_file
from backend.console.values import InvitationFileState, InvitationFileValue
from backend.kit.db import Databases
from backend.kit.errors import Forbidden
from backend.kit.ids import new_id
from backend.kit.scope import Kind, Scope
from backend.kit.storage import Storage
from backend.kit.tasks import Task
from backend.wire.nodes import uuids

TITLES = ("单位名称", "统一社会信用代码", "区划代码", "行业代码", "管理员姓名", "管理员邮箱")
HOME, ELSEWHERE = "320206", "320205"
DOOR = "/wuxi/enterprise-invitations"


def line(**given: str) -> tuple[str, ...]:
    usual = {
        "name": f"名单企业{new_id().hex[-8:]}", "code": desks.code(), "division": HOME, "sector": "steel",
        "administrator": "张伟", "email": f"{new_id().hex}@example.com",
    }  # fmt: skip
    return tuple({**usual, **given}.values())


def file(*lines: Sequence[str]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([TITLES, *lines])
    return ("\ufeff" + out.getvalue()).encode()


async def post(client: Client, content: bytes) -> httpx.Response:
    return await client.http.post(f"{DOOR}?fileName=名单.csv", content=content, headers=client.headers)


@pytest.fixture
async def bureau(databases: Databases) -> Made:
    return await identity.authority(databases, division=HOME)


@pytest.fixture
async def officer(client: Client, bureau: Made) -> Client:
    return await client.signed_in(bureau)


async def run(databases: Databases, servers: Any, bureau: Made, file_id: UUID) -> dict[str, Any]:
    task = Task(databases, bureau.scope, Storage.of(servers.settings), servers.settings, new_id())
    return await invite_file(task, {"file_id": str(file_id)})


async def uploaded(client: Client, content: bytes) -> UUID:
    answer = await post(client, content)
    assert answer.status_code == 202, answer.text
    return uuids(answer.json()["id"], "InvitationFile")[0]


async def stored(databases: Databases, bureau: Made, file_id: UUID) -> InvitationFileValue:
    async with databases.read(bureau.scope) as read:
        return await service.received(read, bureau.scope, file_id)


async def registered(databases: Databases, codes: Sequence[str]) -> set[str]:
    async with databases.read(Scope.system("wuxi")) as read:
        rows = await read.rows(
            text("select credit_code from organisation where credit_code = any(:codes)"), {"codes": list(codes)}
        )
    return {row.credit_code for row in rows}


async def test_a_file_registers_its_enterprises_and_the_letters_let_them_in(
    databases: Databases, servers: Any, client: Client, bureau: Made, officer: Client
) -> None:
    lines = [line(), line(sector=""), line()]
    content = file(*lines, ("", "", "", "", "", ""))
    own_id = await uploaded(officer, content)
    assert await run(databases, servers, bureau, own_id) == {
        "invitation_file_id": str(own_id), "state": "stored", "rows": 3, "faults": 0,
    }  # fmt: skip
    assert await run(databases, servers, bureau, own_id) == {
        "invitation_file_id": str(own_id), "state": "stored", "rows": 3, "faults": 0,
    }  # fmt: skip
    assert await registered(databases, [each[1] for each in lines]) == {each[1] for each in lines}
    again = await post(officer, content)
    assert again.json()["isRepeat"] is True
    assert uuids(again.json()["id"], "InvitationFile")[0] == own_id
    shown = (await officer.named("InvitationFile", id=again.json()["id"]))["invitationFile"]
    assert (shown["state"], shown["rowCount"], shown["annotated"]) == ("STORED", 3, None)
    assert [each["row"] for each in shown["enterprises"]["nodes"]] == [2, 3, 4]
    assert [each["organisation"]["creditCode"] for each in shown["enterprises"]["nodes"]] == [each[1] for each in lines]
    tokens = await letters(officer, own_id)
    assert [each[2] for each in tokens] == [each[1] for each in lines]
    joined = await client.http.post(
        "/wuxi/auth/accept-invitation", json={"token": tokens[0][5], "password": "a good password"}
    )
    assert joined.status_code == 200, joined.text
    renewed = await letters(officer, own_id)
    assert renewed[0][5] is None
    assert "已加入" in renewed[0][6]
    assert renewed[1][5] not in {None, tokens[1][5]}
    stale = await client.http.post(
        "/wuxi/auth/accept-invitation", json={"token": tokens[1][5], "password": "a good password"}
    )
    assert stale.status_code != 200


async def letters(officer: Client, own_id: UUID) -> list[tuple[Any, ...]]:
    answer = await officer.http.post(f"{DOOR}/{own_id}/letters", headers=officer.headers)
    assert answer.status_code == 200, answer.text
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    rows = list(sheet.iter_rows(min_row=4, values_only=True))
    return [row for row in rows if isinstance(row[0], int | float)]


async def test_every_fault_is_told_by_its_cell_and_nothing_is_stored(
    databases: Databases, servers: Any, bureau: Made, officer: Client
) -> None:
    known = await identity.enterprise(databases, division=ELSEWHERE)
    good, twin = line(), line()
    lines = [
        good, line(name="", email="nobody"), line(code="91320200MA1X00001A"), line(division=ELSEWHERE),
        line(sector="unheard_of"), twin, line(code=twin[1]), line(code=known.credit_code), line(administrator=""),
    ]  # fmt: skip
    own_id = await uploaded(officer, file(*lines))
    assert (await run(databases, servers, bureau, own_id))["state"] == "rejected"
    found = await stored(databases, bureau, own_id)
    assert found.state is InvitationFileState.REJECTED
    assert [(each["row"], each["column"], each["code"]) for each in found.faults] == [
        (3, "name", "invitation_cell_invalid"), (3, "email", "email_invalid"),
        (4, "credit_code", "credit_code_invalid"), (5, "division_code", "invitation_cell_invalid"),
        (6, "sector", "invitation_cell_invalid"), (8, "credit_code", "invitation_twice"),
        (9, "credit_code", "organisation_exists"), (10, "administrator", "invitation_cell_invalid"),
    ]  # fmt: skip
    assert await registered(databases, [good[1], twin[1]]) == set()
    shown = (await officer.named("InvitationFile", id=str(await post_id(officer, lines))))["invitationFile"]
    assert shown["state"] == "RECEIVED"  # what was rejected may be sent again
    annotated = await officer.http.get(f"{DOOR}/{own_id}/annotated", headers=officer.headers)
    assert annotated.status_code == 200
    rows = list(csv.reader(io.StringIO(annotated.content.decode("utf-8-sig"))))
    assert rows[0][-2] == "问题"
    assert len(rows[1]) == len(TITLES)
    assert "第 7 行重复" in rows[7][-2]
    with pytest.raises(InvitationFileNotStored):
        async with databases.write(bureau.scope) as write:
            await service.hand_over(write, bureau.scope, own_id)


async def post_id(officer: Client, lines: Sequence[Sequence[str]]) -> str:
    return (await post(officer, file(*lines))).json()["id"]


async def test_an_empty_file_fails_by_name(databases: Databases, servers: Any, bureau: Made, officer: Client) -> None:
    own_id = await uploaded(officer, file(("", "", "", "", "", "")))
    with pytest.raises(InvitationFileEmpty):
        await run(databases, servers, bureau, own_id)
    assert (await stored(databases, bureau, own_id)).state is InvitationFileState.FAILED


async def test_the_template_is_read_back(databases: Databases, servers: Any, bureau: Made, officer: Client) -> None:
    answer = await officer.http.get("/wuxi/downloads/enterprise-invitations-template.xlsx", headers=officer.headers)
    assert answer.status_code == 200, answer.text
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == ["企业名单", "填写说明 Guide", "区划代码 Divisions", "行业代码 Sectors"]
    assert HOME in {row[0] for row in book["区划代码 Divisions"].iter_rows(values_only=True)}
    given = line()
    book["企业名单"].append(given)
    out = io.BytesIO()
    book.save(out)
    own_id = await uploaded(officer, out.getvalue())
    assert (await run(databases, servers, bureau, own_id))["state"] == "stored"
    assert await registered(databases, [given[1]]) == {given[1]}


async def test_only_an_authority_invites_and_only_its_region_sees_it(
    databases: Databases, client: Client, bureau: Made, officer: Client
) -> None:
    own_id = await uploaded(officer, file(line()))
    neighbour = await identity.authority(databases, division=ELSEWHERE)
    plant = await identity.enterprise(databases, division=HOME)
    async with databases.read(neighbour.scope) as read:
        assert await queries.file_batch(read, neighbour.scope, [own_id]) == [None]
    async with databases.read((city := await identity.authority(databases)).scope) as read:
        assert (await queries.file_batch(read, city.scope, [own_id]))[0] is not None
    with pytest.raises(Forbidden):
        service.may_invite(plant.scope)
    viewer = await identity.colleague(databases, bureau, "viewer")
    with pytest.raises(Forbidden):
        service.may_invite(viewer)
    other = await client.signed_in(neighbour)
    assert (await client.http.post(f"{DOOR}/{own_id}/letters", headers=other.headers)).status_code == 404
    assert (await client.http.get(f"{DOOR}/{own_id}/annotated", headers=other.headers)).status_code == 404
    assert (await client.http.post(DOOR, content=b"x")).status_code == 401
    lender = await client.signed_in(await identity.bank(databases))
    assert (await client.http.post(DOOR, content=b"x", headers=lender.headers)).status_code == 403
    assert bureau.kind is Kind.AUTHORITY
