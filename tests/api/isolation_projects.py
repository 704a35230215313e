"""Cases of investment projects: an enterprise's own, and the authorities' above it."""

from isolation_kinds import WHY, Case, command, open_, private, tenant

FACTS = {
    "code": "2606-000000-00-00-000000",
    "name": "冒名项目",
    "divisionCode": "320206",
    "sector": "machinery",
    "nature": "NEW",
    "startsOn": "2026-09-01",
    "producesOn": "2028-01-01",
    "lines": [{"kind": "ELECTRICITY", "quantity": "1", "unit": "MWh"}],
    "outputs": [],
}
PROJECT = "$investment_project"

PROJECTS: dict[str, Case] = {
    "investmentProjects": open_(where={"accountId": "$account"}),
    "investmentProject": private(id=PROJECT),
    "projectReviewTier": open_(size={"tce": "5000", "coal": "0"}),
    "admissionLevels": open_(),
    "draftInvestmentProject": command(accountId="$account", facts=FACTS),
    "reviseInvestmentProject": command(projectId=PROJECT, facts=FACTS, reason=WHY),
    "submitInvestmentProject": command(projectId=PROJECT),
    "withdrawInvestmentProject": command(projectId=PROJECT, note=WHY),
    "startInvestmentProject": command(projectId=PROJECT),
    "beginProjectTrial": command(projectId=PROJECT),
    "reportProjectAcceptance": command(projectId=PROJECT, tce="1", tonnes="1", evidenceId="$evidence"),
    "checkProjectMaterials": command(projectId=PROJECT, missing=[WHY]),
    "giveProjectOpinion": command(projectId=PROJECT, expert="外人", stance="OPPOSE", opinion=WHY),
    "decideInvestmentProject": command(projectId=PROJECT, version=1, isApproved=True, reason=WHY),
    "concludeProjectAcceptance": command(projectId=PROJECT),
    "inspectInvestmentProject": command(projectId=PROJECT, finding="RECTIFY", note=WHY, rectifyBy="2100-01-01"),
    "revokeInvestmentProject": command(projectId=PROJECT, reason=WHY, reference=WHY),
    "recordAdmissionLevel": tenant(
        divisionCode="320206",
        sector="steel",
        product="冒名产品",
        measure="ENERGY",
        most="1",
        unit="kgce/t",
        level="标杆水平",
        document={"number": "冒名", "dated": "2026-01-01", "title": "冒名文件"},
        effectiveOn="2026-01-01",
    ),
}
