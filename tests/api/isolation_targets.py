"""Cases of dual-control targets, evaluations and the numbers of documents."""

from isolation_kinds import WHY, Case, command, open_, tenant

PAPER = {"number": "试1号", "dated": "2026-01-01", "title": WHY}
LINE = {"kind": "TOTAL", "firstYear": 2026, "lastYear": 2030, "divisionCode": "320206", "value": "1"}
INDICATOR = {"code": "x", "field": "DUAL_CONTROL", "nameZh": "试", "nameEn": "try", "isMain": True, "weight": "100"}
UNIT = {
    "divisionCode": "320206",
    "kind": "TOTAL",
    "firstYear": 2026,
    "lastYear": 2030,
    "value": "1",
    "method": "MANUAL",
}

TARGETS: dict[str, Case] = {
    "dualTargets": open_(year=2027, first=100),
    "dualTargetHistory": open_(id="$dual_target"),
    "targetPlans": open_(first=5),
    "targetPlan": open_(id="$target_plan"),
    "targetDecomposition": open_(input={**UNIT, "portions": [{"accountId": "$account", "value": "1"}]}),
    "statedFigures": open_(year=2005, first=100),
    "draftTargetPlan": tenant(name=WHY, document=PAPER, effectiveOn="2026-01-01", lines=[LINE], reason=WHY),
    "reviseTargetPlan": command(planId="$target_plan", lines=[LINE], reason=WHY),
    "decideTargetPlan": command(planId="$target_plan", revision=1, isApproved=True, reason=WHY),
    "recordStatedFigures": tenant(
        divisionCode="320206", year=2024, figures=[{"item": "emissions", "value": "1"}], document=PAPER
    ),
    "evaluationScheme": open_(year=2024),
    "evaluationSchemes": open_(first=5),
    "evaluations": open_(year=2005, first=5),
    "evaluation": open_(id="$evaluation"),
    "proposeEvaluationScheme": command(
        nameZh=WHY, nameEn="try", firstYear=2098, indicators=[INDICATOR], document=PAPER, reason=WHY
    ),
    "decideEvaluationScheme": command(schemeId="$evaluation_scheme", isApproved=True, reason=WHY),
    "beginEvaluation": tenant(year=2024, name=WHY, reason=WHY),
    "reworkEvaluation": command(evaluationId="$evaluation", reason=WHY),
    "openEvaluation": command(evaluationId="$evaluation", reason=WHY),
    "remarkOnEvaluation": command(evaluationId="$evaluation", divisionCode="320206", said=WHY),
    "answerEvaluationRemark": command(remarkId="$evaluation_remark", isAccepted=True, said=WHY),
    "decideEvaluation": command(evaluationId="$evaluation", isApproved=True, reason=WHY, document=PAPER),
    "planTargets": open_(year=2027),
    "planTargetValues": open_(item="parks_research"),
    "recordPlanTargetValues": command(
        values=[{"item": "parks_research", "asOf": "2026-01-01", "value": "3"}], document=PAPER
    ),
}
