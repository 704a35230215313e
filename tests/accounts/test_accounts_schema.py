"""The carbon account over GraphQL: every named operation, every list's pages, no statement per row."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from factories import accounts as make
from factories import identity
from factories.api import Client
from sqlalchemy import event

from backend.accounts import service
from backend.emissions import source_rules
from backend.kit.clock import now, today
from backend.kit.db import Databases
from backend.wire.nodes import node_id

AROUND = ("set_config", "revoked_token", "signing_key")
"""Statements that belong to the request, not to the answer: who asks, and once a second whether they still may."""
OPERATIONS = Path(__file__).resolve().parents[2] / "graphql" / "operations" / "accounts"
assert source_rules.FUEL_TABLES  # the methods judge sources once their module is imported


@contextmanager
def statements(databases: Databases, tenant: str = "wuxi") -> Iterator[list[str]]:
    """Collect every statement sent to the tenant's database."""
    engine, sent = databases.engine(tenant).sync_engine, []

    def listen(connection, cursor, statement, *rest) -> None:
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", listen)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", listen)


@pytest.fixture
async def caller(databases: Databases, client: Client) -> Client:
    return await client.signed_in(await identity.enterprise(databases))


async def done(caller: Client, operation: str, success: str, key: str | None = None, **given) -> dict:
    field = operation[0].lower() + operation[1:]
    answer = (await caller.named(operation, input=given, idempotencyKey=key))[field]
    assert answer["__typename"] == success, answer
    return answer


async def test_an_account_from_nothing_to_a_calibrated_meter(databases: Databases, caller: Client) -> None:
    given = {"name": "锡山工厂", "divisionCode": "320205", "sector": "steel"}
    opened = await done(caller, "OpenAccount", "AccountOpened", "open-1", **given)
    account = opened["account"]
    assert (account["methodPack"], account["fuelTable"], account["gridRegion"]) == ("steel", "A_MEE_ETS", "华东")
    assert await done(caller, "OpenAccount", "AccountOpened", "open-1", **given) == opened
    year = await done(caller, "OpenReportingYear", "ReportingYearChanged", accountId=account["id"], year=2025)
    assert (year["reportingYear"]["year"], year["reportingYear"]["closedAt"]) == (2025, None)
    site = (await done(caller, "AddSite", "SiteAdded", accountId=account["id"], code="S01", name="主厂区"))["site"]
    source = (await done(
        caller, "AddSource", "SourceAdded", siteId=site["id"], code="E01", name="购入电力",
        method="purchased_electricity", unit="万千瓦时", parameters={"factor": "0.5703", "factor_source": "合同"},
    ))["source"]  # fmt: skip
    assert (source["scope"], source["category"], source["unit"], source["endedOn"]) == (2, "electricity", "万kWh", None)
    assert source["parameters"] == {"factor": "0.5703", "factor_source": "合同"}
    meter = (await done(
        caller, "AddMeter", "MeterAdded", sourceId=source["id"], code="M01", name="关口表", unit="kWh",
        multiplier="2000.50",
    ))["meter"]  # fmt: skip
    assert meter["multiplier"] == "2000.50"
    await done(
        caller, "RecordCalibration", "CalibrationRecorded", meterId=meter["id"],
        calibratedOn=str(today()), validUntil=str(today() + timedelta(days=365)),
    )  # fmt: skip
    ended = await done(caller, "EndSource", "SourceChanged", sourceId=source["id"], endedOn=str(today()), reason="改造")
    assert ended["source"]["endedOn"] == str(today())
    await done(caller, "ResumeSource", "SourceChanged", sourceId=source["id"], reason="误操作")
    await done(caller, "ChangeSource", "SourceChanged", sourceId=source["id"], name="外购电")
    await done(caller, "ChangeSite", "SiteChanged", siteId=site["id"], address="友谊路 1 号")
    await done(caller, "RenameMeter", "MeterChanged", meterId=meter["id"], name="总表")
    await done(caller, "RenameAccount", "AccountChanged", accountId=account["id"], name="锡山一厂")
    await done(caller, "SwitchSeparationOfDuties", "AccountChanged", accountId=account["id"], isOn=False, reason="一人")
    detail = (await caller.named("AccountDetail", id=account["id"]))["account"]
    assert (detail["number"], detail["name"]) == (account["number"], "锡山一厂")
    assert (detail["division"]["nameZh"], detail["hasSeparationOfDuties"]) == ("锡山区", False)
    assert [each["year"] for each in detail["reportingYears"]] == [2025]
    (shown,) = detail["sites"]["nodes"]
    assert (shown["code"], shown["address"]) == ("S01", "友谊路 1 号")
    assert [each["name"] for each in shown["sources"]["nodes"]] == ["外购电"]
    meters = (await caller.named("AccountMeters", id=account["id"]))["account"]["meters"]["nodes"]
    assert [(each["name"], each["calibrationState"], each["source"]["code"]) for each in meters] == [
        ("总表", "VALID", "E01")
    ]
    past = (await caller.named("AccountMeters", id=account["id"], on="2020-01-01"))["account"]["meters"]["nodes"]
    assert past[0]["calibrationState"] == "NONE"
    found = await caller.named("AccountByNumber", number=f" {account['number'].lower()} ")
    assert found["accountByNumber"]["id"] == account["id"]
    for one in (account, site, source, meter):
        node = await caller.ask("query ($id: ID!) { node(id: $id) { __typename id } }", id=one["id"])
        assert node["data"]["node"]["id"] == one["id"]
    await done(caller, "CloseReportingYear", "ReportingYearChanged", accountId=account["id"], year=2025)
    closed = await done(caller, "CloseAccount", "AccountChanged", accountId=account["id"], reason="注销")
    assert closed["account"]["closedAt"] is not None


async def test_refusals_say_what_where_and_how(databases: Databases, caller: Client) -> None:
    async def refusal(operation: str, **given) -> tuple[str, str, list[str]]:
        field = operation[0].lower() + operation[1:]
        answer = (await caller.named(operation, input=given))[field]
        assert answer["messageZh"] != answer["messageEn"]
        return answer["__typename"], answer["code"], answer["path"]

    base = {"name": "厂", "divisionCode": "320205", "sector": "steel"}
    assert await refusal("OpenAccount", **{**base, "sector": "x"}) == (
        "InvalidError", "sector_unknown", ["input", "sector"],
    )  # fmt: skip
    assert await refusal("OpenAccount", **{**base, "divisionCode": "1"}) == ("NotFoundError", "division_unknown", [])
    account = (await done(caller, "OpenAccount", "AccountOpened", **base))["account"]["id"]
    await done(caller, "AddSite", "SiteAdded", accountId=account, code="S1", name="a")
    assert await refusal("AddSite", accountId=account, code="S1", name="b") == (
        "ConflictError", "code_taken", ["input", "code"],
    )  # fmt: skip
    assert await refusal("AddSite", accountId="bad", code="S1", name="b") == (
        "InvalidError", "node_id_invalid", ["input", "accountId"],
    )  # fmt: skip
    assert await refusal("ChangeSite", siteId=account, name="b") == (
        "InvalidError", "node_id_invalid", ["input", "siteId"],
    )  # fmt: skip
    site = (await caller.named("AccountDetail", id=account))["account"]["sites"]["nodes"][0]["id"]
    source = {"siteId": site, "code": "E1", "name": "电", "method": "purchased_electricity", "unit": "MWh"}
    assert await refusal("AddSource", **source, parameters=["factor"]) == (
        "InvalidError", "parameters_not_object", ["input", "parameters"],
    )  # fmt: skip
    assert (await refusal("AddSource", **source, parameters={"factor": 0.5703, "factor_source": "x"}))[:2] == (
        "InvalidError", "invalid_parameter",
    )  # fmt: skip
    assert (await refusal("AddSource", **{**source, "method": "x"}))[:2] == ("InvalidError", "unknown_method")
    other = await make.held_account(databases)
    hidden = str(node_id("CarbonAccount", other.id))
    assert await refusal("RenameAccount", accountId=hidden, name="b") == ("NotFoundError", "account_not_found", [])


async def test_figures_are_recorded_read_and_read_again_as_they_were(databases: Databases, client: Client) -> None:
    held = await make.held_account(databases)
    caller, evidence = await client.signed_in(held.holder), await make.evidence_of(databases, held)
    account, proof = str(node_id("CarbonAccount", held.id)), str(node_id("Evidence", held.id, evidence.id))
    rows = [
        {"kind": "VALUE_ADDED", "quantity": "1.25", "unit": "万元"},
        {"kind": "OUTPUT", "quantity": "300.5", "unit": "t", "product": "粗钢"},
    ]
    given = {"accountId": account, "year": 2025, "figures": rows, "evidenceId": proof}
    first = await done(caller, "RecordYearFigures", "YearFiguresRecorded", "figures-1", **given)
    assert [(each["kind"], each["quantity"], each["unit"], each["isMain"], each["confidence"])
            for each in first["figures"]] == [
        ("VALUE_ADDED", "12500", "CNY", False, "EVIDENCED"), ("OUTPUT", "300.5", "t", True, "EVIDENCED"),
    ]  # fmt: skip
    assert await done(caller, "RecordYearFigures", "YearFiguresRecorded", "figures-1", **given) == first
    before = now().isoformat()
    again = {"accountId": account, "year": 2025, "figures": [{**rows[0], "quantity": "1.3"}], "reason": "审计调整"}
    await done(caller, "RecordYearFigures", "YearFiguresRecorded", **again)
    then = (await caller.named("AccountFigures", id=account, year=2025, asOf=before))["account"]["figures"]
    assert [each["id"] for each in then] == [each["id"] for each in first["figures"]]
    assert then[0]["evidence"]["fileName"] == "电费发票.pdf"
    figure = (await caller.named("AccountFigures", id=account, year=2025))["account"]["figures"][0]
    assert (figure["quantity"], figure["confidence"], figure["note"]) == ("13000", "DECLARED", "审计调整")
    assert (figure["supersedes"]["id"], figure["evidence"]) == (then[0]["id"], None)
    refused = (await caller.named(
        "RecordYearFigures", input={**again, "figures": [rows[0], {**rows[1], "quantity": "-1"}]},
    ))["recordYearFigures"]  # fmt: skip
    assert (refused["__typename"], refused["code"], refused["path"]) == (
        "InvalidError", "figure_invalid", ["input", "figures", "1", "quantity"],
    )  # fmt: skip
    node = "query($id: ID!) { node(id: $id) { __typename id } }"
    assert (await caller.ask(node, id=figure["id"]))["data"]["node"]["__typename"] == "YearFigure"


def test_every_operation_has_been_sent() -> None:
    """The journeys above and below name each operation of this noun."""
    sent = Path(__file__).read_text(encoding="utf-8")
    assert [path.stem for path in sorted(OPERATIONS.glob("*.graphql")) if f'"{path.stem}"' not in sent] == []


async def test_lists_are_paged_to_the_end(databases: Databases, client: Client) -> None:
    holder = await identity.enterprise(databases)
    caller = await client.signed_in(holder)
    all_numbers = [(await make.held_account(databases, holder=holder)).account.number for _ in range(5)]
    seen, after = [], None
    for _ in range(3):
        answer = (await caller.named("AccountList", first=2, after=after))["accounts"]
        seen += [each["number"] for each in answer["nodes"]]
        after = answer["pageInfo"]["endCursor"]
    assert seen == sorted(all_numbers)
    assert answer["pageInfo"]["hasNextPage"] is False

    held = await make.held_account(databases, holder=holder)
    site = await make.site_of(databases, held)
    source = await make.source_of(databases, held, site)
    codes = [(await make.meter_of(databases, held, source)).code for _ in range(3)]
    names = [(await make.evidence_of(databases, held, file_name=f"{number}.pdf")).file_name for number in range(3)]
    own = str(node_id("CarbonAccount", held.id))
    seen, files, after, file_after = [], [], None, None
    for _ in range(2):
        meters = (await caller.named("AccountMeters", id=own, first=2, after=after))["account"]["meters"]
        seen += [each["code"] for each in meters["nodes"]]
        after = meters["pageInfo"]["endCursor"]
        evidence = (await caller.named("AccountEvidence", id=own, first=2, after=file_after))["account"]["evidence"]
        files += [each["fileName"] for each in evidence["nodes"]]
        file_after = evidence["pageInfo"]["endCursor"]
    assert (seen, files) == (sorted(codes), names)
    assert meters["pageInfo"]["hasNextPage"] is evidence["pageInfo"]["hasNextPage"] is False
    assert evidence["nodes"][0]["uploadedBy"]["name"] == "李明"
    # A cursor of one list is not a cursor of another.
    answer = await caller.ask(
        "query ($id: ID!, $after: String) { account(id: $id) { evidence(after: $after) { nodes { id } } } }",
        id=own, after=after,
    )  # fmt: skip
    assert answer["errors"][0]["extensions"]["code"] == "page_invalid"


async def test_filters_never_widen(databases: Databases, client: Client) -> None:
    city = await client.signed_in(await identity.authority(databases))
    holder = await identity.enterprise(databases)
    steel = await make.held_account(databases, holder=holder, division="320206", name="百分之百% 钢厂")
    textile = await make.held_account(databases, holder=holder, division="320281", sector="textiles", name="纺织厂")
    await _close(databases, textile)

    async def numbers(**where) -> set[str]:
        where = {"organisationId": str(node_id("Organisation", holder.id)), **where}
        nodes = (await city.named("AccountList", where=where))["accounts"]["nodes"]
        return {each["number"] for each in nodes}

    both = {steel.account.number, textile.account.number}
    assert await numbers() == both
    assert await numbers(sector="textiles") == {textile.account.number}
    assert await numbers(sector="none") == set()
    assert await numbers(division="320206") == {steel.account.number}
    assert await numbers(division="320200") == both
    assert await numbers(division="999999") == set()
    assert await numbers(search="钢厂") == {steel.account.number}
    assert await numbers(search="之百%") == {steel.account.number}
    assert await numbers(search="%") == {steel.account.number}
    assert await numbers(search=textile.account.number[-6:]) == {textile.account.number}
    assert await numbers(isOpen=True) == {steel.account.number}
    assert await numbers(isOpen=False) == {textile.account.number}
    stranger = str(node_id("Organisation", (await identity.enterprise(databases)).id))
    assert await numbers(organisationId=stranger) == set()


async def _close(databases: Databases, held: make.Held) -> None:
    async with databases.write(held.scope) as write:
        await service.close_account(write, held.scope, account_id=held.id, reason="注销")


async def furnish(databases: Databases, holder: identity.Made, accounts: int, below: int) -> None:
    for _ in range(accounts):
        held = await make.held_account(databases, holder=holder)
        async with databases.write(held.scope) as write:
            await service.open_year(write, held.scope, account_id=held.id, year=2025)
        for _ in range(below):
            site = await make.site_of(databases, held)
            source = await make.source_of(databases, held, site)
            meter = await make.meter_of(databases, held, source, multiplier=Decimal(1))
            evidence = await make.evidence_of(databases, held)
            async with databases.write(held.scope) as write:
                await service.record_calibration(
                    write, held.scope, account_id=held.id, meter_id=meter.id, calibrated_on=today(),
                    valid_until=today() + timedelta(days=1), evidence_id=evidence.id,
                )  # fmt: skip


WHOLE = """
query {
  accounts(first: 4) { nodes {
    number organisation { name } division { nameZh } reportingYears { year }
    evidence(first: 3) { nodes { fileName uploadedBy { name } } }
    sites(first: 3) { nodes { code division { nameZh } sources(first: 3) { nodes { code site { code } meters(first: 3) { nodes {
      code calibrationState source { code } calibrations(first: 3) { nodes { evidence { fileName } } }
    } } } } } }
  } }
}
"""


async def test_statements_do_not_grow_with_rows(databases: Databases, client: Client) -> None:
    counts = []
    for accounts, below in ((1, 1), (4, 3)):
        holder = await identity.enterprise(databases)
        caller = await client.signed_in(holder)
        await furnish(databases, holder, accounts, below)
        await caller.ask(WHOLE)
        with statements(databases) as sent:
            answer = await caller.ask(WHOLE)
        nodes = answer["data"]["accounts"]["nodes"]
        assert len(nodes) == accounts
        meters = [
            meter["calibrations"]["nodes"][0]["evidence"]["fileName"]
            for node in nodes for site in node["sites"]["nodes"]
            for source in site["sources"]["nodes"] for meter in source["meters"]["nodes"]
        ]  # fmt: skip
        assert meters == ["电费发票.pdf"] * accounts * below
        counts.append(len([each for each in sent if not any(name in each for name in AROUND)]))
    # Thirteen levels, and the look-up of two people's names in one more.
    assert counts == [14, 14]
    with statements(databases) as sent:
        await caller.named("AccountList")
    # Accounts; then, side by side, their holders, divisions and years.
    assert len([each for each in sent if not any(name in each for name in AROUND)]) == 4


async def test_two_cannot_take_one_code(databases: Databases) -> None:
    held = await make.held_account(databases)
    results = await asyncio.gather(
        *(make.site_of(databases, held, code="S1") for _ in range(5)), return_exceptions=True
    )
    assert sorted(type(each).__name__ for each in results) == ["CodeTaken"] * 4 + ["SiteValue"]


async def test_a_language_is_spoken(databases: Databases, caller: Client) -> None:
    body = {"operationName": "OpenAccount", "variables": {"input": {"name": "", "divisionCode": "1", "sector": "x"}}}
    zh = await caller.send(body, **{"accept-language": "zh-CN"})
    en = await caller.send(body, **{"accept-language": "en"})
    assert zh.json()["data"]["openAccount"]["message"] == "“name”不能为空。"
    assert en.json()["data"]["openAccount"]["message"].startswith("'name' is empty.")
