"""Cases of zero-carbon parks."""

from isolation_kinds import WHY, Case, command, open_, private, tenant

PAPER = {"title": WHY, "issuedOn": "2026-01-01"}
SQUARE = '{"type":"Polygon","coordinates":[[[120.3,31.5],[120.32,31.5],[120.32,31.52],[120.3,31.52],[120.3,31.5]]]}'

PARKS: dict[str, Case] = {
    "parks": open_(first=50),
    "park": private(id="$park"),
    "parkIndicators": open_(),
    "parkValues": open_(parkId="$park", year=2025),
    "parkWaivers": open_(parkId="$park", year=2025),
    "parkStanding": private(parkId="$park", year=2025),
    "parkEvaluations": open_(parkId="$park", first=100),
    "parkApplications": open_(parkId="$park", first=100),
    "parkNotices": open_(first=100),
    "parkProgrammeItems": open_(first=100),
    "parkRequirements": open_(kind="FACTORY"),
    "parkProgrammeProgress": open_(),
    "registerPark": tenant(name=WHY, divisionCode="320206", boundary=SQUARE, document=PAPER),
    "redrawPark": command(parkId="$park", boundary=SQUARE, document=PAPER),
    "joinPark": command(parkId="$park", accountId="$account", startsOn="2026-01-01", isAboveScale=False),
    "leavePark": command(memberId="$park_member", endsOn="2026-01-01"),
    "recordParkValues": command(parkId="$park", year=2025, values=[{"item": "2", "quantity": "1"}], document=PAPER),
    "computeParkValues": command(parkId="$park", year=2025),
    "askParkWaiver": command(parkId="$park", year=2025, indicator=15, explanation=WHY, document=PAPER),
    "decideParkWaiver": command(waiverId="$park_waiver", isApproved=True, reason=WHY),
    "evaluatePark": command(parkId="$park", year=2025),
    "applyForPark": command(parkId="$park", statement=WHY, document=PAPER),
    "applyForParkProgrammeItem": command(itemId="$park_item", statement=WHY, document=PAPER),
    "proposeParkStep": command(
        applicationId="$park_application", step="PUBLICISE", isPassed=True, happenedOn="2026-01-01", reason=WHY,
        document=PAPER,
    ),
    "decideParkStep": command(stepId="$park_step", isConfirmed=True, reason=WHY),
    "publishParkNotice": command(
        applicationId="$park_application", opensOn="$today", closesOn="$today", text=WHY, contact=WHY, document=PAPER
    ),
    "recordParkObjection": command(noticeId="$park_notice", objector=WHY, contact=WHY, text=WHY),
    "answerParkObjection": command(objectionId="$park_objection", isUpheld=True, answer=WHY),
    "registerParkProgrammeItem": tenant(
        kind="FACTORY", name=WHY, divisionCode="320206", status="SELECTED", effectiveOn="2026-01-01", document=PAPER
    ),
    "updateParkProgrammeItem": command(
        itemId="$park_item", status="SELECTED", effectiveOn="2026-01-01", document=PAPER
    ),
}  # fmt: skip
