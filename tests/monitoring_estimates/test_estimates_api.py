"""Quick reports and estimates over the wire: from the grid's electricity to the issued report as files."""

import io
from dataclasses import dataclass
from uuid import UUID

import httpx
import openpyxl
import pytest
from factories import identity
from factories.api import Client
from factories.estimates import LAST, PAPER, estimated, history, task, used, user, verified
from factories.identity import Made
from factories.inventory import Place
from sqlalchemy import text

from backend.kit.db import Databases
from backend.kit.scope import Scope
from backend.monitoring.estimates import jobs
from backend.wire.nodes import node_id, split

DOCUMENT = {"number": PAPER.number, "dated": PAPER.dated.isoformat(), "title": PAPER.title}


@dataclass
class Bureau:
    made: Made
    client: Client
    division: str
    place: Place
    account_id: str


async def bureau(databases: Databases, client: Client, division: str) -> Bureau:
    made = await identity.authority(databases, tenant="guizhou", division=division)
    place = await user(databases, division)
    await verified(databases, place, history(13))
    return Bureau(made, await client.signed_in(made), division, place, str(node_id("CarbonAccount", place.account_id)))


async def worked(databases: Databases, job_id: str) -> UUID:
    """Run the job that was asked for as a worker does; return the report it made."""
    (own,) = split(job_id)[1]
    async with databases.read(Scope.system("guizhou")) as read:
        row = await read.row(text("select kind, scope, payload from job where id = :id"), {"id": own})
    assert row.kind == jobs.QUICK_REPORT
    result = await jobs.quick_report(task(databases, Scope.load(row.scope)), row.payload)
    return UUID(result["report_id"])


async def test_from_the_grids_electricity_to_the_issued_report(databases: Databases, client: Client) -> None:
    own = await bureau(databases, client, "522635")
    listed = {"document": DOCUMENT, "entries": [{"accountId": own.account_id, "isLarge": True}]}
    given = {"document": DOCUMENT, "entries": [{"accountId": own.account_id, "month": str(LAST), "mwh": "150"}]}
    once = await own.client.named("RecordLargeIndustry", input=listed, idempotencyKey="roster-522635")
    assert once["recordLargeIndustry"] == {"__typename": "EstimateEntriesRecorded", "count": 1}
    assert await own.client.named("RecordLargeIndustry", input=listed, idempotencyKey="roster-522635") == once
    assert (await own.client.named("RecordGridElectricity", input=given))["recordGridElectricity"]["count"] == 1
    asked = {"divisionCode": own.division, "month": str(LAST)}
    job = (await own.client.named("PrepareQuickReport", input=asked))["prepareQuickReport"]["jobId"]
    report_id = str(node_id("QuickReport", await worked(databases, job)))
    draft = (await own.client.named("QuickReport", id=report_id))["quickReport"]
    assert (draft["version"], draft["month"], draft["isPlaceholder"]) == (None, str(LAST), True)
    assert (draft["total"]["accounts"], draft["total"]["estimated"], draft["total"]["coveragePercent"]) == (
        1,
        1,
        "100.00",
    )
    assert (draft["total"]["estimatedScope1"], draft["total"]["estimatedHigh"]) == ("310", "385")
    assert draft["unknown"]["accounts"] == 0
    assert [(each["divisionCode"], each["sector"], each["standing"]) for each in draft["lines"]] == [
        (own.division, "chemicals", "LARGE")
    ]
    issuing = {"reportId": report_id, "note": "初步数据"}
    done = (await own.client.named("IssueQuickReport", input=issuing))["issueQuickReport"]["report"]
    assert (done["version"], done["note"], len(done["sha256"])) == (1, "初步数据", 64)
    again = (await own.client.named("IssueQuickReport", input=issuing))["issueQuickReport"]
    assert again["code"] == "quick_report_issued"
    listing = (await own.client.named("QuickReports", isIssued=True))["quickReports"]["nodes"]
    assert [(each["id"], each["total"]["estimated"]) for each in listing] == [(report_id, 1)]
    rows = (await own.client.named("QuickReportAccounts", reportId=report_id, basis="ESTIMATED"))["quickReportAccounts"]
    assert [(each["accountId"], each["scope1"], each["scope2"]) for each in rows["nodes"]] == [
        (own.account_id, "310.0000", "75.0000")
    ]
    (model,) = (await own.client.named("CarbonModels", divisionCode=own.division))["carbonModels"]["nodes"]
    assert (model["state"], model["errorPercent"], model["account"]["id"]) == ("USABLE", "0.0000", own.account_id)
    (same,) = (await own.client.named("CarbonModelVersions", accountId=own.account_id))["carbonModelVersions"]["nodes"]
    assert same == model
    (month,) = (await own.client.named("CarbonEstimates", accountId=own.account_id))["carbonEstimates"]["nodes"]
    assert (month["month"], month["isFromGrid"], month["modelId"], month["verified"]) == (
        str(LAST), True, model["id"], None,
    )  # fmt: skip


async def test_pages_of_models_and_estimates(databases: Databases, client: Client) -> None:
    own = await bureau(databases, client, "522636")
    for mwh in ("150", "160"):
        await told(own, mwh)
        await estimated(databases, own.made.scope)
    first = (await own.client.named("CarbonEstimates", accountId=own.account_id, first=1))["carbonEstimates"]
    assert [each["mwh"] for each in first["nodes"]] == ["160"]
    cursor = first["pageInfo"]["endCursor"]
    second = (await own.client.named("CarbonEstimates", accountId=own.account_id, first=1, after=cursor))[
        "carbonEstimates"
    ]
    assert [each["mwh"] for each in second["nodes"]] == ["150"]
    assert second["pageInfo"]["hasNextPage"] is False
    other = await user(databases, "522636")
    await verified(databases, other, history(11))
    await estimated(databases, own.made.scope)
    page = (await own.client.named("CarbonModels", first=1))["carbonModels"]
    rest = (await own.client.named("CarbonModels", first=5, after=page["pageInfo"]["endCursor"]))["carbonModels"]
    assert {each["state"] for each in (*page["nodes"], *rest["nodes"])} == {"USABLE", "REFUSED"}
    refused = (await own.client.named("CarbonModels", state="REFUSED"))["carbonModels"]["nodes"]
    assert [each["refusal"] for each in refused] == ["TOO_SHORT"]


async def told(own: Bureau, mwh: str) -> None:
    entries = [{"accountId": own.account_id, "month": str(LAST), "mwh": mwh}]
    await own.client.named("RecordGridElectricity", input={"document": DOCUMENT, "entries": entries})


@pytest.mark.parametrize(("language", "division"), [("zh", "522701"), ("en", "522702")])
async def test_files(databases: Databases, client: Client, language: str, division: str) -> None:
    own = await bureau(databases, client, division)
    await used(databases, own.place, {str(LAST): "150"})
    listed = {"document": DOCUMENT, "entries": [{"accountId": own.account_id, "isLarge": True}]}
    await own.client.named("RecordLargeIndustry", input=listed)
    asked = {"divisionCode": division, "month": str(LAST)}
    job = (await own.client.named("PrepareQuickReport", input=asked))["prepareQuickReport"]["jobId"]
    report_id = node_id("QuickReport", await worked(databases, job))

    async def get(name: str, **words: str) -> bytes:
        address = f"/guizhou/downloads/{name}?" + "&".join(f"{key}={each}" for key, each in words.items())
        file = await own.client.http.get(f"{address}&lang={language}", headers=own.client.headers)
        assert file.status_code == 200, file.text
        return file.content

    book = openpyxl.load_workbook(io.BytesIO(await get("quick-report.xlsx", id=report_id)))
    by_sector, _by_division, lines, accounts = book.worksheets
    # Three lines of headings; accounts, covered, complete, estimated, scope 1, scope 2.
    assert [by_sector.cell(4, at).value for at in (2, 3, 4, 5, 6, 7)] == [1, 100, 1, 0, 0, 85.245]
    assert by_sector.cell(5, 2).value == 1
    # Others may have accounts in the division; ours is told among them.
    told = [accounts.cell(at, 8).value for at in range(4, accounts.max_row + 1)]
    assert lines.max_row >= len(told) + 2
    assert told.count(85.245) == 1
    assert (await get("quick-report.pdf", id=report_id)).startswith(b"%PDF-")
    models = openpyxl.load_workbook(io.BytesIO(await get("carbon-models.xlsx", division=division))).worksheets[0]
    assert [models.cell(4, at).value for at in (5, 8, 10, 14, 16)] == [1, 13, 0, 2, 0.5]
    months = openpyxl.load_workbook(
        io.BytesIO(await get("carbon-estimates.xlsx", division=division, year=str(LAST.year)))
    ).worksheets[0]
    assert [months.cell(4, at).value for at in (3, 4, 6, 7)] == [str(LAST), 150, 310, 75]
    neighbour = await client.signed_in(await identity.authority(databases, tenant="guizhou", division="522722"))
    for address in (f"quick-report.xlsx?id={report_id}", f"quick-report.pdf?id={report_id}"):
        answer = await neighbour.http.get(f"/guizhou/downloads/{address}", headers=neighbour.headers)
        assert answer.status_code == 404


async def test_the_roster_and_the_grids_electricity_as_files(databases: Databases, client: Client) -> None:
    division = "522723"
    own = await bureau(databases, client, division)
    several = await user(databases, division)
    async with databases.write(own.place.system) as write:
        await write.run(
            text(
                "update carbon_account set organisation_id ="
                " (select organisation_id from carbon_account where id = :one) where id = :id"
            ),
            {"one": own.place.account_id, "id": several.account_id},
        )
    async with databases.read(own.place.system) as read:
        row = await read.row(
            text(
                "select a.number, o.credit_code from carbon_account a"
                " join organisation o on o.id = a.organisation_id where a.id = :id"
            ),
            {"id": own.place.account_id},
        )

    async def post(kind: str, rows: list[tuple], **words: str) -> httpx.Response:
        template = await own.client.http.get(f"/guizhou/downloads/{kind}-template.xlsx", headers=own.client.headers)
        assert template.status_code == 200, template.text
        book = openpyxl.load_workbook(io.BytesIO(template.content))
        for at, each in enumerate(rows):
            for column, cell in enumerate(each, 1):
                book.worksheets[0].cell(4 + at, column).value = cell
        out = io.BytesIO()
        book.save(out)
        where = {"title": "名录", "number": "1", "dated": "2026-02-05", **words}
        return await own.client.http.post(
            f"/guizhou/{kind}", params=where, content=out.getvalue(), headers=own.client.headers
        )

    assert (await post("large-industry", [(row.number, "是")])).json() == {"count": 1}
    grid = [(row.number, str(LAST), 150), (row.number, LAST.plus(-30).first_day, 1.5)]
    assert (await post("grid-electricity", grid)).json() == {"count": 2}
    await estimated(databases, own.made.scope)
    (month,) = (await own.client.named("CarbonEstimates", accountId=own.account_id))["carbonEstimates"]["nodes"]
    assert (month["mwh"], month["scope1"]) == ("150", "310.0000")
    for rows, said in (
        ([(row.credit_code, "是")], "several accounts"),
        ([("CA-nobody", "是"), (row.number, "是")], "no account"),
        ([(row.number, "也许")], "cannot be read"),
        ([(row.number, "是"), (row.number, "否")], "twice"),
    ):
        answer = await post("large-industry", rows)
        assert answer.status_code == 400, answer.text
        assert said in str(answer.json())
    assert "dated" in (await post("large-industry", [(row.number, "是")], dated="soon")).text
    firm = await client.signed_in(await identity.enterprise(databases, tenant="guizhou", division=division))
    for kind in ("large-industry", "grid-electricity"):
        assert (await firm.http.post(f"/guizhou/{kind}", headers=firm.headers)).status_code == 403
