"""The units' part of the main job: certificates brought in, claimed for the year's electricity, and certified."""

from collections.abc import Callable
from typing import Any

from rich.table import Table

from backend.demo.client import Client
from backend.demo.plan import EnterprisePlan
from backend.demo.units import certificates
from backend.demo.units.plan import load_units
from backend.kit.settings import Settings

TENANT = "wuxi"


async def cover(
    manager: Client,
    officer: Client,
    settings: Settings,
    enterprise: EnterprisePlan,
    account: dict[str, Any],
    tell: Callable[[str], None],
) -> None:
    """Bring the platform's export in, claim certificates for the year's electricity, have their use certified.

    A second run does nothing twice: the file is one import, the claim has its key, the same retirement one certificate.
    """
    units = load_units(TENANT)
    if units is None or units.main_job is None:
        return
    plan = units.main_job
    path = settings.data_dir / "demonstration-certificates.csv"
    path.write_bytes(certificates.export(plan, enterprise.name))
    accepted = await manager.upload(f"/accounts/{account['id']}/certificates/imports", path)
    if accepted["jobId"]:
        await manager.job(accepted["jobId"])
    brought = await manager.run("CertificateImport", id=accepted["importId"])
    if brought["state"] != "stored":  # the certificates of the demonstration expire one day, as all do
        tell(f"{path.name}: {brought['state']}, nothing claimed")
        return
    tell(f"imported {path.name}")
    claimed = await officer.run(
        "ClaimCertificates",
        input={"accountId": account["id"], "year": plan.year, "quantity": str(plan.claimed), "note": "演示数据"},
        idempotencyKey=f"demonstration-claim-{plan.year}",
    )
    covered = [each["movementId"] for each in claimed["claims"]]
    issued = await officer.run("IssueRetirementCertificate", input={"movementIds": covered})
    tell(f"claimed {plan.claimed} certificates, certified as {issued['certificate']['number']}")


async def table(manager: Client, base_url: str, account: dict[str, Any]) -> list[Any]:
    """Return what the account holds of each class as a table, with where its certificates are verified; or nothing."""
    held: Any = await manager.run("Holdings", accountId=account["id"])
    if not held:
        return []
    issued = (await manager.run("RetirementCertificates", accountId=account["id"], first=5))["nodes"]
    lines = [f"{each['state']}: {base_url}/{TENANT}/verify/{each['number']}" for each in issued]
    found = Table(title="units 环境权益", caption="\n".join(lines) or None)
    found.add_column("class")
    buckets = ("available", "offered", "pledged", "retired", "surrendered")
    for title in (*buckets, "unit"):
        found.add_column(title, justify="right")
    for each in held:
        amounts = [each["amounts"][bucket] for bucket in buckets]
        found.add_row(f"{each['unitClass']['code']} {each['unitClass']['nameZh']}", *amounts, each["unit"])
    return [found]
