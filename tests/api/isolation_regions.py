"""Cases of the city's ledger: every field is of an authority's region."""

from isolation_kinds import WHY, Case, command, open_, tenant

BALANCE = "RW5lcmd5QmFsYW5jZTowMDAwMDAwMC0wMDAwLTAwMDAtMDAwMC0wMDAwMDAwMDAwMDE"
"""The global id of a balance that is nobody's."""
VICTIMS = "320206"
"""The division of the victim's account: not of the other district's region."""

REGIONS: dict[str, Case] = {
    "cityDashboard": open_(divisionCode=VICTIMS),
    "cityLedger": open_(divisionCode=VICTIMS, year=2025),
    "cityLedgerOverview": open_(divisionCode=VICTIMS, first=2024, last=2025),
    "regionYears": open_(divisionCode=VICTIMS, first=2024, last=2025),
    "regionMonths": open_(divisionCode=VICTIMS, first="2025-01", last="2025-12"),
    "regionFigures": open_(divisionCode=VICTIMS),
    "energyBalances": open_(first=5),
    "energyBalanceResult": open_(id=BALANCE),
    "decideEnergyBalance": command(balanceId=BALANCE, isAccepted=True, reason=WHY),
    "openDataYears": open_(),
    "openDataPreview": open_(year=2024),
    "publishOpenData": tenant(year=2024),
    "recordRegionFigures": tenant(
        divisionCode=VICTIMS,
        year=2025,
        figures=[{"kind": "GDP", "quantity": "1"}],
        document={"title": "冒名文件", "issuedOn": "2026-01-01"},
    ),
    "recordEnergyBalance": tenant(
        divisionCode=VICTIMS,
        year=2025,
        cells=[{"flow": "TRADE", "energy": "diesel", "quantity": "1"}],
        documentTitle="冒名文件",
        documentIssuedOn="2026-01-01",
    ),
}
