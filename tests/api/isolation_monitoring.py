"""Cases of warnings and notices: warnings are of an authority's region, notices are one's own."""

from isolation_kinds import WHY, Case, Kind, command, open_, own, private, tenant

VICTIMS = "320206"
"""The division of the victim's account: not of the other district's region."""
LEVEL = {"code": "yellow", "nameZh": "黄", "nameEn": "Yellow", "growth": "1", "answerDays": 9}

MONITORING: dict[str, Case] = {
    "monitoringSeries": open_(divisionCode=VICTIMS, first="2025-01", last="2025-03"),
    "emissionWarnings": open_(accountId="$account", first=5),
    "emissionWarning": private(id="$emission_warning"),
    "warningRules": open_(),
    "warningTerms": open_(first=5),
    "warningEvaluations": open_(first=5),
    "evaluateWarnings": tenant(month="2025-03"),
    "assignWarning": command(warningId="$emission_warning", organisationId="$organisation"),
    "respondToWarning": command(
        warningId="$emission_warning", response="strict_new_projects", measure=WHY, dueOn="$today"
    ),
    "followUpWarning": command(warningId="$emission_warning", note=WHY),
    "proposeWarningClosure": command(warningId="$emission_warning", reason=WHY),
    "decideWarningClosure": command(warningId="$emission_warning", isClosed=True, reason=WHY),
    "draftWarningTerms": tenant(
        levels=[LEVEL], windowMonths=3, latestMonths=3, coveragePercent="90", documentNumber="试1号",
        documentDated="2026-01-01", documentTitle=WHY, effectiveOn="2126-01-01", reason=WHY,
    ),
    "decideWarningTerms": command(termsId="$warning_terms", isApproved=True, reason=WHY),
    "notices": open_(first=100),
    "unreadNotices": open_(),
    "noticePreferences": open_(),
    "noticeEndpoints": open_(),
    "noticeDeliveries": open_(first=100),
    "markNoticesRead": own(noticeIds=["$notice"]),
    "setNoticePreferences": own(byEmail=True),
    "createNoticeEndpoint": tenant(url="https://city.example/hook"),
    "enableNoticeEndpoint": command(id="$notice_endpoint"),
    "removeNoticeEndpoint": command(id="$notice_endpoint"),
    "sendNoticesAgain": Case(Kind.TENANT, {}),
}  # fmt: skip
