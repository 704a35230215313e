"""The main job, once, as its users do it: readings to a verified year, then score, statement and a bank's read.

Everything goes through the public API. A second run finds the same workbook imported and the year verified, and
only reads.
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
from rich.table import Table

from backend.demo import journey_standing, journey_units, people
from backend.demo.client import Client
from backend.demo.plan import EnterprisePlan, load, readings
from backend.emissions.activity import columns
from backend.emissions.activity.reading import DATA_SHEET
from backend.kit.quantities import display
from backend.kit.settings import Settings

TENANT, YEAR = "wuxi", 2025
Tell = Callable[[str], None]


async def journey(base_url: str, settings: Settings, tell: Tell) -> list[Any]:
    """Run the main job and return the account as printable tables; nothing where Wuxi is not served.

    Raises:
        JourneyFailed: the API refused a step.
    """
    plan = load(TENANT)
    if TENANT not in settings.tenant_codes or plan is None:
        return []
    enterprise = next(each for each in plan.enterprises if each.state == "main_job")

    def client(code: str, part: str) -> Client:
        return Client(base_url, TENANT, people.email(TENANT, code, part), people.password(settings))

    async with client(enterprise.code, "manager") as manager:
        account = (await manager.run("AccountList", first=1))["nodes"][0]
        overview = await manager.run("AccountOverview", accountId=account["id"], year=YEAR)
        if overview["state"] == "open":
            await _import(manager, client, settings, enterprise, account, tell)
            async with client(enterprise.code, "officer") as officer:
                await journey_units.cover(manager, officer, settings, enterprise, account, tell)
            job = await manager.run("ComputeInventory", input={"accountId": account["id"], "year": YEAR})
            await manager.job(job["jobId"])
            tell("computed")
            overview = await manager.run("AccountOverview", accountId=account["id"], year=YEAR)
        if overview["state"] == "computed":
            async with client(enterprise.code, "officer") as officer:
                await officer.run(
                    "SubmitInventory", input={"id": overview["inventoryId"], "reason": "提交核查（演示）"}
                )
            tell("submitted")
        if overview["state"] in {"computed", "submitted"}:
            async with client("verifier", "admin") as verifier:
                await verifier.run(
                    "VerifyInventory", input={"id": overview["inventoryId"], "reason": "合理保证（演示）"}
                )
            tell("verified by another organisation")
        overview = await manager.run("AccountOverview", accountId=account["id"], year=YEAR)
        return [
            _table(account, overview),
            *await journey_units.table(manager, base_url, account),
            *await _standing(base_url, settings, manager, client, enterprise.code, account, tell),
        ]


async def _standing(
    base_url: str,
    settings: Settings,
    manager: Client,
    client: Callable[[str, str], Client],
    code: str,
    account: dict[str, Any],
    tell: Tell,
) -> list[Any]:
    """Show the score, the year's statement and what the bank may read of the account."""
    async with (
        client(people.WHOLE, people.SECOND) as clerk,
        client(code, "officer") as officer,
        client("bank", "admin") as bank,
    ):
        told = await journey_standing.score(manager, clerk, account, tell)
        stated = await journey_standing.statement(officer, account, YEAR, tell)
        path = await journey_standing.kept(officer, settings, stated)
        read = await journey_standing.read_by(bank, officer, account, tell)
    return [
        *([] if told is None else [journey_standing.score_table(told)]),
        journey_standing.statement_table(base_url, TENANT, stated, path),
        journey_standing.read_table(read),
    ]


async def _import(
    manager: Client,
    client: Callable[[str, str], Client],
    settings: Settings,
    enterprise: EnterprisePlan,
    account: dict[str, Any],
    tell: Tell,
) -> None:
    """Fill the account's own template, upload it, wait for the worker, have it approved by another person."""
    path = settings.data_dir / "demonstration-workbook.xlsx"
    if not path.exists():
        template = await manager.download(f"/accounts/{account['id']}/activity/template")
        fill(template, enterprise, path)
    accepted = await manager.upload(f"/accounts/{account['id']}/activity/imports", path)
    if accepted["jobId"]:
        await manager.job(accepted["jobId"])
    tell(f"imported {path.name}")
    async with client(enterprise.code, "officer") as officer:
        batch = await officer.run("ActivityBatch", id=accepted["batchId"])
        if batch["decision"] is None or batch["decision"] == "PENDING":
            await officer.run(
                "ApproveActivityBatch", input={"batchId": accepted["batchId"], "reason": "已核对（演示）"}
            )
    tell("approved by another person")


def fill(template: bytes, enterprise: EnterprisePlan, path: Path) -> None:
    """Write a year of readings into the template as a user would, below its titles."""
    book = openpyxl.load_workbook(BytesIO(template))
    sheet = book[DATA_SHEET]
    layout = columns.layout({source.method for source in enterprise.sources})
    title_row = next(
        number for number, row in enumerate(sheet.iter_rows(values_only=True), 1)
        if columns.SOURCE.key in {str(cell) for cell in row} or any(columns.SOURCE.zh in str(cell) for cell in row)
    )  # fmt: skip
    at = columns.positions(layout, [cell.value for cell in sheet[title_row]])
    row = title_row + 1
    while sheet.cell(row, at[columns.SOURCE.key] + 1).value:
        row += 1
    for reading in readings(TENANT, enterprise, date(YEAR, 1, 1), date(YEAR, 12, 1)):
        cells = {
            columns.SOURCE: reading.source.code,
            columns.METER: reading.meter or None,
            columns.MONTH: f"{reading.month:%Y-%m}",
            columns.QUANTITY: reading.quantity,
            columns.UNIT: reading.source.unit,
            columns.TIER: reading.source.tier,
        }
        for column, value in cells.items():
            sheet.cell(row, at[column.key] + 1, value)
        row += 1
    book.save(path)


def _table(account: dict[str, Any], overview: dict[str, Any]) -> Table:
    """Return the account's year as a table, in tCO2e with two decimals for display."""
    table = Table(
        title=f"{account['name']} · {account['number']} · {overview['year']} · {overview['state']} v{overview['version']}",
        caption="tCO2e · location-based and market-based scope 2 side by side",
    )
    for title, justify in (("source", "left"), ("scope", "right"), ("location", "right"), ("market", "right")):
        table.add_column(title, justify=justify)  # type: ignore[arg-type]
    for part in overview["bySource"]:
        table.add_row(
            f"{part['code']} {part['name']}", str(part["scope"] or ""), _two(part["location"]), _two(part["market"])
        )
    totals = overview["totals"]
    table.add_section()
    table.add_row("scope 1 范围一", "1", _two(totals["scope1"]), _two(totals["scope1"]))
    table.add_row("scope 2 范围二", "2", _two(totals["scope2Location"]), _two(totals["scope2Market"]))
    table.add_row("scope 3 范围三", "3", _two(totals["scope3"]), _two(totals["scope3"]))
    table.add_section()
    table.add_row("total 合计 (1 + 2)", "", _two(totals["totalLocation"]), _two(totals["totalMarket"]))
    table.add_row("energy 综合能耗 (tce)", "", _two(totals["energyTce"]), "")
    return table


def _two(value: str) -> str:
    return display(Decimal(value), 2)


def sign_ins(settings: Settings) -> list[Any]:
    """Return the demonstration's sign-ins as a table, for the served tenants."""
    table = Table(title="Demonstration sign-ins 演示账号", caption=f"password 密码: {people.password(settings)}")
    for title in ("tenant", "who", "e-mail"):
        table.add_column(title)
    for tenant in settings.tenant_codes:
        plan = load(tenant)
        if plan is None:
            continue
        first = next((each for each in plan.enterprises if each.state == "main_job"), plan.enterprises[0])
        table.add_row(tenant, f"{first.name} energy manager", people.email(tenant, first.code, "manager"))
        table.add_row("", f"{first.name} carbon officer", people.email(tenant, first.code, "officer"))
        for organisation in plan.organisations:
            table.add_row("", organisation.name, people.email(tenant, organisation.code, "admin"))
            if organisation.code == people.WHOLE:
                table.add_row("", f"{organisation.name} clerk", people.email(tenant, organisation.code, people.SECOND))
        table.add_section()
    return [table]
