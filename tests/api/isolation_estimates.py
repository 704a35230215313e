"""Cases of quick reports and of estimates from electricity: reports are of an authority's region, models of an account."""

from isolation_kinds import WHY, Case, command, open_, private, tenant

VICTIMS = "320206"
"""The division of the victim's account: not of the other district's region."""
PAPER = {"number": "试1号", "dated": "2026-01-01", "title": WHY}

ESTIMATES: dict[str, Case] = {
    "quickReports": open_(first=100),
    "quickReport": open_(id="$quick_report"),
    "quickReportAccounts": open_(reportId="$quick_report"),
    "carbonModels": open_(first=100),
    "carbonModelVersions": private(accountId="$account"),
    "carbonEstimates": private(accountId="$account"),
    "estimateCarbonFromElectricity": tenant(divisionCode=VICTIMS),
    "prepareQuickReport": tenant(divisionCode=VICTIMS, month="2025-03"),
    "issueQuickReport": command(reportId="$quick_report", note=WHY),
    "recordLargeIndustry": command(document=PAPER, entries=[{"accountId": "$account", "isLarge": True}]),
    "recordGridElectricity": command(
        document=PAPER, entries=[{"accountId": "$account", "month": "2025-03", "mwh": "1"}]
    ),
}
