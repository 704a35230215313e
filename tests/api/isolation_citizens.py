"""Cases of the citizens' points and of events. Wuxi's own programmes give no points: what a stranger asks there is refused."""

from isolation_kinds import WHY, Case, command, open_, private, tenant

PAPER = {"title": WHY, "number": "", "dated": "2026-01-01"}
POINTS = "carbon_inclusive"
FACTS = {
    "name": WHY, "place": WHY, "organiser": WHY, "boundary": WHY, "firstDay": "2026-05-01", "lastDay": "2026-05-02",
    "participants": 10,
}  # fmt: skip

CITIZENS: dict[str, Case] = {
    "citizenScenes": open_(first=100),
    "citizens": open_(first=100),
    "greenActs": open_(first=100),
    "citizenRewards": open_(first=100),
    "citizenRedemptions": open_(first=100),
    "citizenRankings": open_(first=100),
    "citizenPoints": open_(programme=POINTS),
    "draftCitizenScene": tenant(
        programme=POINTS, code="X1", nameZh=WHY, nameEn=WHY, kind="LIVING", activityUnit="km", pointsPerUnit="1",
        validFrom="2026-01-01", document=PAPER, reason=WHY,
    ),
    "decideCitizenScene": command(id="$citizen_scene", isApproved=True),
    "openCitizens": tenant(
        programme=POINTS,
        citizens=[{"subject": "stranger-key-0001", "divisionCode": "320205", "consentedOn": "2026-01-01"}],
    ),
    "closeCitizen": command(programme=POINTS, number="$citizen_number", reason=WHY),
    "recordGreenActs": tenant(
        programme=POINTS, scene="$citizen_scene_code",
        rows=[{"citizen": "$citizen_number", "day": "$today", "quantity": "1", "key": WHY}],
    ),
    "revokeGreenAct": command(id="$green_act", reason=WHY),
    "draftCitizenReward": tenant(
        programme=POINTS, code="X1", nameZh=WHY, nameEn=WHY, points="1", stock=1, provider=WHY, firstDay="2026-01-01",
        lastDay="2026-12-31", document=PAPER,
    ),
    "decideCitizenReward": command(id="$citizen_reward", isApproved=True),
    "redeemCitizenPoints": command(rewardId="$citizen_reward", citizen="$citizen_number"),
    "cancelCitizenRedemption": command(id="$citizen_redemption", reason=WHY),
    "draftCitizenRanking": tenant(
        programme=POINTS, year=2025, divisionCode="320205", places=10, incentive=WHY, document=PAPER
    ),
    "decideCitizenRanking": command(id="$citizen_ranking", isApproved=True),
    "carbonEvents": private(accountId="$account", first=2),
    "carbonEventRule": open_(),
    "carbonEventSettings": open_(first=2),
    "configureCarbonEvents": tenant(
        classes=["CCER"], required=[], validFrom="2015-01-01", document=PAPER, reason=WHY
    ),
    "draftCarbonEvent": command(accountId="$account", facts=FACTS),
    "changeCarbonEvent": command(eventId="$carbon_event", facts=FACTS),
    "setCarbonEventLines": command(eventId="$carbon_event", lines=[]),
    "submitCarbonEvent": command(eventId="$carbon_event"),
    "decideCarbonEvent": command(eventId="$submitted_event", isConfirmed=True),
    "retireForCarbonEvent": command(eventId="$carbon_event", units=[{"classCode": "CCER", "quantity": "1"}]),
    "reverseEventRetirement": command(eventId="$carbon_event", movementId="$unit_movement", reason=WHY),
}  # fmt: skip
