"""Cases of key energy and carbon units."""

from isolation_kinds import WHY, Case, command, open_, private, tenant

PAPER = {"title": WHY, "issuedOn": "2026-01-01"}
PERIOD = {"tce": "1", "tco2": "1", "output": "1"}

KEY_UNITS: dict[str, Case] = {
    "keyUnitRules": open_(),
    "keyUnits": open_(first=20),
    "keyUnit": private(accountId="$account"),
    "keyUnitProposals": open_(first=100),
    "keyUnitRetrofits": open_(first=100),
    "keyUnitOverdue": open_(first=100),
    "keyUnitBenchmarks": open_(),
    "keyUnitReferences": open_(),
    "recordKeyUnitReference": tenant(
        divisionCode="320206", product=WHY, productUnit="t", metric="ENERGY", kind="LEADING", quantity="1",
        startsOn="2006-01-01", document=PAPER,
    ),
    "proposeKeyUnits": tenant(year=2006),
    "proposeKeyUnit": command(accountId="$account", year=2025, kind="LEAVE", reason=WHY),
    "decideKeyUnits": command(
        proposalIds=["$key_unit_proposal"], isConfirmed=True, reason=WHY, document=PAPER
    ),
    "recordKeyUnitPost": command(
        accountId="$account", kind="ENERGY_MANAGER", personName=WHY, title=WHY, startsOn="2026-01-01", document=PAPER
    ),
    "fileKeyUnitReport": command(accountId="$account", duty="energy_report", year=2025, filedOn="2026-01-01"),
    "recordKeyUnitFinding": command(
        accountId="$account", area="OTHER", title=WHY, diagnosedOn="2026-01-01", body=WHY
    ),
    "followKeyUnitFinding": command(findingId="$key_unit_finding", state="DONE", note=WHY),
    "planKeyUnitRetrofit": command(
        accountId="$account", kind="RETROFIT", name=WHY, content=WHY, investment="1", expectedTce="1",
        expectedTco2="1", basis=WHY, startsOn="2026-01-01", endsOn="2026-01-01",
    ),
    "moveKeyUnitRetrofit": command(retrofitId="$key_unit_retrofit", state="WITHDRAWN", happenedOn="2026-01-01"),
    "recordKeyUnitSaving": command(
        retrofitId="$key_unit_retrofit", outputUnit="t", before={**PERIOD, "first": "2025-01-01", "last": "2025-01-31"},
        after={**PERIOD, "first": "2026-01-01", "last": "2026-01-31"},
    ),
    "decideKeyUnitSaving": command(savingId="$key_unit_saving", isConfirmed=True, reason=WHY),
    "compareKeyUnitSectors": tenant(year=2006),
    "giveKeyUnitCodes": tenant(year=2006),
    "showUnitPassport": command(accountId="$account", fields=["EMISSIONS"], validUntil="$next_year"),
    "withdrawUnitPassport": command(accountId="$account"),
}  # fmt: skip
