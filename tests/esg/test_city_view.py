"""The city's view: registers of the whole, chief carbon officers, targets, and a table that gives no single firm away."""

import io
import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from factories import disclosure as make
from python_calamine import CalamineWorkbook
from sqlalchemy import insert, text
from sqlalchemy.exc import DBAPIError

from backend.accounts.errors import AccountNotFound, EvidenceNotFound
from backend.esg import service
from backend.esg.city import rules
from backend.esg.city.values import CityFigure, CityView, Entered, RegisterEntryValue, RegisterKind
from backend.esg.errors import (
    AppointmentInvalid,
    DisclosureNotYours,
    DisclosureTextInvalid,
    DisclosureYearInvalid,
    RegisterEntryInvalid,
    RegisterOfTheWhole,
    WhitePaperNotFound,
)
from backend.esg.models import EsgRegisterEntry
from backend.esg.values import Exchange, Grade, Words
from backend.kit.clock import now, today
from backend.kit.db import Databases
from backend.kit.errors import Forbidden
from backend.kit.ids import new_id
from backend.kit.scope import Kind, Scope
from backend.tenants.errors import DivisionUnknown

GRANTED = frozenset({"esg:read", "esg:supervise"})
CITY, DISTRICT = "320000/320200/", "320000/320200/320206/"


def authority(region: str = CITY, tenant: str = "wuxi") -> Scope:
    return Scope(tenant, Kind.AUTHORITY, uuid4(), uuid4(), region, GRANTED, language="en")


def stock() -> str:
    return f"{uuid4().int % 1_000_000:06d}"


def firm(code: str, **given: object) -> Entered:
    said: dict[str, object] = {
        "kind": RegisterKind.LISTED_FIRM, "name": "示例股份", "happened_on": date(2010, 1, 1), "document": "名录",
        "exchange": Exchange.SZSE, "stock_code": code, **given,
    }  # fmt: skip
    return Entered(**said)  # type: ignore[arg-type] - a test's own words


async def entered(databases: Databases, *given: Entered, scope: Scope | None = None) -> list[RegisterEntryValue]:
    caller = scope or authority()
    async with databases.write(caller) as write:
        return await service.enter(write, caller, given)


async def view_of(databases: Databases, year: int, scope: Scope | None = None) -> CityView:
    caller = scope or authority()
    async with databases.read(caller) as read:
        return await service.city_view(read, caller, year)


def numbers(view: CityView) -> dict[str, Decimal]:
    return {each.code: each.value or Decimal(0) for each in view.figures}


def grown(before: CityView, after: CityView) -> dict[str, int]:
    was, is_ = numbers(before), numbers(after)
    return {code: int(is_[code] - was[code]) for code in was if code != "disclosure_rate" and is_[code] != was[code]}


async def test_listed_firms_disclose_here_or_elsewhere(databases: Databases) -> None:
    one, other = await make.firm_of(databases), await make.firm_of(databases, is_computed=False)
    linked, claimed, twice, abroad = stock(), stock(), stock(), stock()
    before = await view_of(databases, make.YEAR)
    await entered(
        databases, firm(linked, account_id=one.id), firm(claimed), firm(twice), firm(abroad), firm(stock()),
        firm(stock(), happened_on=date(2026, 3, 1)),
    )  # fmt: skip
    assert grown(before, await view_of(databases, make.YEAR)) == {"listed": 5}
    await make.published(databases, one)
    assert grown(before, await view_of(databases, make.YEAR)) == {"listed": 5, "disclosed": 1, "rated": 1} | (
        {"rated_a": 1} if await is_good(databases, one) else {}
    )
    await make.profiled(databases, one, exchange=Exchange.SZSE, stock_code=claimed, indices=[])
    assert numbers(await view_of(databases, make.YEAR))["disclosed"] == numbers(before)["disclosed"] + 2
    for each in (one, other):
        await make.profiled(databases, each, exchange=Exchange.SZSE, stock_code=twice, indices=[])
    view = await view_of(databases, make.YEAR)
    assert numbers(view)["disclosed"] == numbers(before)["disclosed"] + 1, "one account is one firm"
    assert twice in {each.stock_code for each in view.unclear}
    note = next(each.note for each in view.figures if each.code == "disclosure_rate")
    assert note is not None
    assert "several accounts claim" in note.en
    report = firm(abroad, kind=RegisterKind.LISTED_REPORT, year=make.YEAR, happened_on=date(2026, 4, 20))
    await entered(databases, report)
    view = await view_of(databases, make.YEAR)
    assert numbers(view)["disclosed"] == numbers(before)["disclosed"] + 2
    rate = next(each.value for each in view.figures if each.code == "disclosure_rate")
    assert rate == rules.share(int(numbers(view)["disclosed"]), int(numbers(view)["listed"]))
    await entered(databases, replace(report, is_removed=True), firm(abroad, is_removed=True))
    assert numbers(await view_of(databases, make.YEAR))["listed"] == numbers(before)["listed"] + 4


async def is_good(databases: Databases, one: make.Firm) -> bool:
    async with databases.read(one.writer) as read:
        found = await service.rating(read, one.writer, [one.id], make.YEAR)
    return found[one.id].grade in rules.A_OR_BETTER


async def test_standards_and_service_bodies_are_counted_once(databases: Databases) -> None:
    before = await view_of(databases, 2025)
    number = f"DB32/T {uuid4().hex[:6]}"
    standard = Entered(RegisterKind.STANDARD, "碳效评价", date(2025, 5, 1), "公告", number=number)
    body = Entered(RegisterKind.SERVICE_BODY, "示例机构", date(2025, 5, 1), "名录", number=uuid4().hex)
    await entered(databases, standard, body, replace(body, number=uuid4().hex, happened_on=date(2026, 1, 1)))
    await entered(databases, replace(standard, note="更正"))
    assert grown(before, await view_of(databases, 2025)) == {"standards": 1, "service_bodies": 1}
    scope = authority()
    async with databases.read(scope) as read:
        found = await service.register(read, scope, RegisterKind.STANDARD, after=None, limit=1000)
    assert [each.note for each in found if each.key == number] == ["更正"]


BROKEN = [
    (firm("60000"), "six digits"),
    (firm("", exchange=Exchange.SSE), "needs exchange"),
    (firm("600000", exchange=None), "needs exchange"),
    (firm("600000", exchange=Exchange.NONE), "needs exchange"),
    (firm("600000", number="7"), "needs exchange"),
    (firm("600000", year=2025), "year exactly"),
    (firm("600000", kind=RegisterKind.LISTED_REPORT), "year exactly"),
    (firm("600000", kind=RegisterKind.LISTED_REPORT, year=2011), "needs a year from"),
    (firm("600000", happened_on=today() + timedelta(days=1)), "to come"),
    (Entered(RegisterKind.STANDARD, "标准", date(2025, 1, 1), "公告"), "number of its own"),
]


@pytest.mark.parametrize(("one", "told"), BROKEN)
async def test_an_entry_that_cannot_be_stops_all(databases: Databases, one: Entered, told: str) -> None:
    before = await view_of(databases, 2025)
    with pytest.raises(RegisterEntryInvalid) as caught:
        await entered(databases, firm(stock()), one)
    assert told in str(caught.value.details["reason_en"])
    assert caught.value.details["row"] == 2
    assert grown(before, await view_of(databases, 2025)) == {}


async def test_what_entries_name_must_be_there(databases: Databases) -> None:
    for given, refusal in (
        ([], RegisterEntryInvalid), ([firm("600001")] * 2, RegisterEntryInvalid),
        ([firm("600001", account_id=new_id())], AccountNotFound), ([firm("600001", division_code="999999")], DivisionUnknown),
        ([firm("600001", name=" ")], RegisterEntryInvalid), ([firm("600001", document="")], RegisterEntryInvalid),
        ([firm("600001", note="注" * 2001)], DisclosureTextInvalid),
    ):  # fmt: skip
        with pytest.raises(refusal):
            await entered(databases, *given)


async def test_all_that_is_wrong_is_said_at_once(databases: Databases) -> None:
    late = today() + timedelta(days=1)
    with pytest.raises(RegisterEntryInvalid) as caught:
        await entered(databases, firm("60", document="", happened_on=late), firm(stock()), firm("7"), firm("7"))
    assert caught.value.details["row"] == 1
    assert caught.value.message("zh").startswith(
        "第 1 条：依据文件不得为空或过长（最多 2000 字），日期晚于今天，股票代码应为6位数字；第 3 条：股票代码应为6位数字；第 4 条："
    )
    assert "entry 4: needs a stock code of six digits and must not name what another row names" in str(caught.value)


async def test_an_appointment_said_twice_is_one(databases: Databases) -> None:
    firm_ = await make.firm_of(databases, is_computed=False)
    given = {"account_id": firm_.id, "person_name": "张三", "title": "首席双碳官", "document": "决议", "starts_on": date(2025, 1, 1),
             "evidence_id": None}  # fmt: skip

    async def appointed(**more: object) -> object:
        async with databases.write(firm_.writer) as write:
            return (await service.appoint(write, firm_.writer, **{"ends_on": None, **given, **more})).id  # type: ignore[arg-type] - fields by name

    first = await appointed()
    assert await appointed() == first
    ended = await appointed(ends_on=date(2025, 12, 31))
    assert ended != first
    assert await appointed() not in {first, ended}  # appointed again after it had ended
    async with databases.read(firm_.writer) as read:
        assert len(await service.officers(read, firm_.writer, firm_.id, after=None, limit=10)) == 3


async def test_only_the_whole_enters_and_districts_see_their_own(databases: Databases) -> None:
    here, there = stock(), stock()
    await entered(databases, firm(here, division_code="320206"), firm(there))
    district = authority(DISTRICT)
    with pytest.raises(RegisterOfTheWhole):
        await entered(databases, firm(stock()), scope=district)
    async with databases.read(district) as read:
        seen = await service.register(read, district, RegisterKind.LISTED_FIRM, after=None, limit=10_000)
    codes = {each.stock_code for each in seen}
    assert here in codes
    assert there not in codes
    assert all(each.target is None for each in (await view_of(databases, 2025, district)).figures)
    place = await make.firm_of(databases, is_computed=False)
    with pytest.raises(Forbidden):
        await view_of(databases, 2025, place.writer)
    row = {
        "id": new_id(), "kind": "standard", "key": "x", "name": "x", "exchange": "", "stock_code": "",
        "division_path": DISTRICT, "happened_on": today(), "document": "x", "note": "", "is_removed": False,
        "recorded_at": now(),
    }  # fmt: skip
    for caller in (district, place.writer):
        with pytest.raises(DBAPIError, match="row-level security"):
            async with databases.write(caller) as write:
                await write.run(insert(EsgRegisterEntry).values(row))
    async with databases.read(place.writer) as read:
        assert await read.rows(text("select 1 from esg_register_entry")) == []
        assert await read.rows(text("select 1 from esg_white_paper")) == []


async def appointed(databases: Databases, one: make.Firm, scope: Scope | None = None, **given: object) -> None:
    said: dict[str, object] = {
        "account_id": one.id, "person_name": "张三", "title": "首席双碳官", "document": "董事会决议", "starts_on": date(2025, 3, 1),
        "ends_on": None, "evidence_id": None, **given,
    }  # fmt: skip
    caller = scope or one.writer
    async with databases.write(caller) as write:
        await service.appoint(write, caller, **said)  # type: ignore[arg-type] - a test's own words


async def test_chief_carbon_officers_are_counted_while_in_office(databases: Databases) -> None:
    one, stranger = await make.firm_of(databases, is_computed=False), await make.firm_of(databases, is_computed=False)
    then, before = await view_of(databases, 2024), await view_of(databases, 2025)
    await appointed(databases, one)
    assert grown(before, await view_of(databases, 2025)) == {"carbon_officers": 1}
    assert grown(then, await view_of(databases, 2024)) == {}
    await appointed(databases, one, ends_on=date(2025, 6, 30))
    assert grown(before, await view_of(databases, 2025)) == {}
    with pytest.raises(AppointmentInvalid):
        await appointed(databases, one, ends_on=date(2025, 2, 1))
    with pytest.raises(EvidenceNotFound):
        await appointed(databases, one, evidence_id=new_id())
    with pytest.raises(DisclosureTextInvalid):
        await appointed(databases, one, person_name=" ")
    with pytest.raises(AccountNotFound):
        await appointed(databases, one, stranger.writer)
    with pytest.raises((DisclosureNotYours, Forbidden)):
        await appointed(databases, one, one.authority)

    async def seen(scope: Scope, account_id: UUID | None) -> list[UUID]:
        async with databases.read(scope) as read:
            found = await service.officers(read, scope, account_id, after=None, limit=1000)
        return [each.account_id for each in found if each.account_id == one.id]

    assert await seen(one.writer, None) == await seen(one.authority, one.id) == [one.id, one.id]
    assert await seen(stranger.writer, None) == []


async def test_the_targets_are_those_of_the_document_and_no_other_citys() -> None:
    found = rules.targets("changzhou")
    assert {code: (each.value, each.by_year, each.document) for code, each in found.items()} == {
        "disclosure_rate": (Decimal(60), 2027, "常政发〔2025〕43号"),
        "standards": (Decimal(30), 2027, "常政发〔2025〕43号"),
        "rated_a": (Decimal(40), 2027, "常政发〔2025〕43号"),
        "service_bodies": (Decimal(10), 2027, "常政发〔2025〕43号"),
    }
    assert rules.targets("wuxi") == {}


async def test_changzhou_sees_its_targets(databases: Databases) -> None:
    scope = authority("320000/320400/", "changzhou")
    view = await view_of(databases, 2025, scope)
    told = {each.code: (each.target and each.target.value, each.is_reached) for each in view.figures}
    assert told["rated_a"][0] == 40
    assert told["rated_a"][1] is False
    assert told["listed"] == (None, None)
    with pytest.raises(DisclosureYearInvalid):
        await view_of(databases, today().year + 1, scope)


def shown(**grades: int) -> tuple[dict[str, Decimal | None], object]:
    good = sum(grades.get(each, 0) for each in ("AAA", "AA", "A"))
    figures = [
        CityFigure("rated", Words("", ""), Decimal(sum(grades.values())), "", None),
        CityFigure("rated_a", Words("", ""), Decimal(good), "", None),
        CityFigure("listed", Words("", ""), Decimal(3), "", None),
    ]
    view = CityView(2025, today(), figures, {each.value: grades.get(each.value, 0) for each in Grade}, ())
    found, told = rules.told_to_the_public(view)
    return {each.code: each.value for each in found}, told


def test_the_table_tells_of_no_group_below_five() -> None:
    figures, grades = shown(A=5, B=5)
    assert (figures["rated"], figures["rated_a"]) == (10, 5)
    assert grades is not None
    assert shown(A=5, B=4) == ({"rated": None, "rated_a": None, "listed": Decimal(3)}, None)
    assert shown(A=4, B=9)[0]["rated_a"] is None
    assert shown(AAA=1, A=4, B=9) == ({"rated": Decimal(14), "rated_a": Decimal(5), "listed": Decimal(3)}, None)
    assert shown(A=1)[0]["rated"] is None, "not even that one was rated, when its grade would follow"
    assert shown()[0]["rated"] == 0


async def test_a_draft_of_the_white_paper_is_kept_and_marked(databases: Databases) -> None:
    scope = authority("320000/320400/", "changzhou")
    async with databases.write(scope) as write:
        paper = await service.draft_white_paper(write, scope, year=2025)
    content = json.loads(paper.content)
    assert (content["is_draft"], content["year"], content["rubric"]["is_placeholder"]) == (True, 2025, True)
    assert {each["code"] for each in content["figures"]} >= {
        "disclosure_rate",
        "rated_a",
        "carbon_officers",
        "standards",
    }
    async with databases.read(scope) as read:
        assert await service.white_paper(read, scope, paper.id) == paper
        assert paper in await service.white_papers(read, scope, after=None, limit=100)
    for language, mark in (("zh", "草稿"), ("en", "DRAFT")):
        book = CalamineWorkbook.from_filelike(io.BytesIO(service.white_paper_workbook(paper, language)))
        assert book.sheet_names == [mark]
        rows = book.get_sheet_by_name(mark).to_python()
        assert mark.lower() in str(rows[0][0]).lower()
        assert any("常政发〔2025〕43号" in row for row in rows)
    district = authority("320000/320400/320413/", "changzhou")
    async with databases.read(district) as read:
        with pytest.raises(WhitePaperNotFound):
            await service.white_paper(read, district, paper.id)
    with pytest.raises(RegisterOfTheWhole):
        async with databases.write(district) as write:
            await service.draft_white_paper(write, district, year=2025)
