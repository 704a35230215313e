"""One case for every root field: what to send (ids of the victim's things) and what a stranger may expect.

`OPEN` answers whoever is signed in, with what is theirs or everybody's; `PRIVATE` asks for
the victim's own and must be refused, empty or null; `COMMAND` acts on the victim's own and must be refused; `OWN` acts
on the caller's own, whoever that is, and must leave the victim alone; `TENANT` acts on what all share and is granted
by role. A root field without a case fails the walk.
"""

from isolation_banks import BANKS
from isolation_budgets import BUDGETS
from isolation_citizens import CITIZENS
from isolation_desks import DESKS
from isolation_estimates import ESTIMATES
from isolation_keyunits import KEY_UNITS
from isolation_kinds import WHY, Case, Kind, command, filled, open_, own, private, tenant
from isolation_knowledge import KNOWLEDGE
from isolation_monitoring import MONITORING
from isolation_parks import PARKS
from isolation_projects import PROJECTS
from isolation_regions import REGIONS
from isolation_scores import SCORES
from isolation_targets import TARGETS

__all__ = ["CASES", "Case", "Kind", "filled"]

RECORD = {"sourceId": "$source", "month": "2025-12", "quantity": "1", "unit": "MWh", "reason": "试"}
UNITS = {"unitClass": "CCER", "quantity": "1"}
CCER_FACTS = {
    "name": "冒名项目",
    "methodology": "CCER-07-001-V01",
    "startedOn": "2021-03-01",
    "startsOn": "2021-06-01",
    "endsOn": "2031-05-31",
    "plantCode": "",
    "isEtsManaged": False,
    "isLegalDuty": False,
}
CCER_ROW = {
    "firstSerial": "ISO-0001",
    "lastSerial": "ISO-0002",
    "projectCode": "ISO",
    "methodology": "CCER-07-001-V01",
    "producedFrom": "2025-01-01",
    "producedTo": "2025-12-31",
    "registeredOn": "2026-03-02",
    "projectName": "",
    "plantCode": "",
}
CASES: dict[str, Case] = {
    "node": private(id="$account"),
    # tenants
    "tenant": open_(),
    "division": open_(code="320206"),
    "divisions": open_(first=2),
    # identity
    "me": open_(),
    "organisation": private(id="$organisation"),
    "organisations": open_(search="示范单位", first=100),
    "members": open_(),
    "invitations": open_(),
    "engagements": open_(enterpriseId="$organisation"),
    "consents": open_(),
    "apiClients": open_(),
    "auditEvents": open_(first=100),
    "verifyAuditChain": open_(),
    "roles": open_(),
    "grantablePermissions": open_(),
    "registerOrganisation": Case(
        Kind.TENANT,
        {
            "input": {
                "kind": "ENTERPRISE",
                "name": "冒名企业",
                "creditCode": "91320200MA1X00001A",
                "divisionCode": "320206",
                "nameEn": "",
                "sector": "steel",
            }
        },
    ),
    "inviteAdministrator": command(organisationId="$organisation", email="thief@example.com", name="冒名者"),
    "suspendOrganisation": command(organisationId="$organisation", reason=WHY),
    "resumeOrganisation": command(organisationId="$organisation", reason=WHY),
    "inviteMember": own(email="new@example.com", name="新人", role="administrator"),
    "withdrawInvitation": command(id="$invitation"),
    "grantRole": command(personId="$person", role="administrator"),
    "revokeRole": command(id="$membership"),
    "signOutEverywhere": command(personId="$person"),
    "engageVerifier": own(verifierId="$verifier", purpose="核查", startsOn="$today", endsOn="$next_year"),
    "endEngagement": command(id="$engagement", reason=WHY),
    "grantConsent": own(bankId="$bank", scopes=["account"], purpose="贷款", startsOn="$today", endsOn="$next_year"),
    "revokeConsent": command(id="$consent"),
    "consentRequests": open_(),
    "requestConsent": command(
        askedFor="CA-320200-999999", scopes=["score"], purpose="贷款", startsOn="$today", endsOn="$next_year"
    ),
    "answerConsentRequest": command(id="$consent_request", isGranted=True),
    "withdrawConsentRequest": command(id="$consent_request", reason=WHY),
    "createApiClient": own(name="接口", permissions=["accounts:read"]),
    "revokeApiClient": command(id="$client"),
    # factors
    "parameters": open_(first=2),
    "lookupParameter": open_(name="grid.electricity", key="national_average", regions=["CN"], policy="published"),
    "parameterDatasets": open_(),
    "parameterDocuments": open_(first=2),
    "parameterFileLayouts": open_(),
    "percentChange": open_(**{"from": "1", "to": "2", "places": 2}),
    "proposeParameter": tenant(
        name="grid.electricity",
        key="isolation",
        unit="tCO2/MWh",
        document="试",
        source="试",
        region="CN",
        value="0.5",
        labelZh="试",
        labelEn="try",
        confidence="placeholder",
        note="",
    ),
    "proposeParameterFile": tenant(fileName="x.csv", content="name,key\n", isDryRun=True),
    "activateParameters": tenant(
        ids=["UmVmZXJlbmNlUGFyYW1ldGVyOjAwMDAwMDAwLTAwMDAtMDAwMC0wMDAwLTAwMDAwMDAwMDAwMQ"], reason=WHY
    ),
    "rejectParameters": tenant(
        ids=["UmVmZXJlbmNlUGFyYW1ldGVyOjAwMDAwMDAwLTAwMDAtMDAwMC0wMDAwLTAwMDAwMDAwMDAwMQ"], reason=WHY
    ),
    # accounts
    "account": private(id="$account"),
    "accountByNumber": private(number="$number"),
    "accounts": open_(first=100),
    "openAccount": own(name="自己的账户", divisionCode="320205", sector="steel"),
    "renameAccount": command(accountId="$account", name="改名"),
    "switchSeparationOfDuties": command(accountId="$account", isOn=False, reason=WHY),
    "closeAccount": command(accountId="$account", reason=WHY),
    "addSite": command(accountId="$account", code="X1", name="多出的厂区", address=""),
    "changeSite": command(siteId="$site", name="改名"),
    "addSource": command(
        siteId="$site", code="X1", name="多出的源", method="purchased_electricity", unit="MWh", key=""
    ),
    "changeSource": command(sourceId="$source", name="改名"),
    "endSource": command(sourceId="$source", endedOn="$today", reason=WHY),
    "resumeSource": command(sourceId="$ended_source", reason=WHY),
    "addMeter": command(sourceId="$source", code="X1", name="多出的表", unit="kWh", multiplier="1"),
    "renameMeter": command(meterId="$meter", name="改名"),
    "recordCalibration": command(meterId="$meter", calibratedOn="$calibrated", validUntil="$next_year"),
    "recordYearFigures": command(
        accountId="$account", year=2024, figures=[{"kind": "REVENUE", "quantity": "1", "unit": "CNY"}], reason=WHY
    ),
    "openReportingYear": command(accountId="$account", year=2024, reason=WHY),
    "closeReportingYear": command(accountId="$account", year=2025),
    # activity data
    "activityRecords": private(accountId="$account"),
    "activityRecordHistory": private(id="$record"),
    "activityBatches": private(accountId="$account"),
    "activityBatch": private(id="$batch"),
    "activityAnomalies": private(accountId="$account", year=2025),
    "activityTemplate": private(accountId="$account", format="XLSX"),
    "activityExport": private(accountId="$account", format="XLSX"),
    "requestActivityExport": command(accountId="$account", format="XLSX"),
    "recordActivity": command(accountId="$account", record=RECORD),
    "recordActivities": command(accountId="$account", records=[RECORD], isDryRun=False),
    "correctActivity": command(recordId="$record", reason=WHY, quantity="1"),
    "withdrawActivity": command(recordId="$record", reason=WHY),
    "approveActivityBatch": command(batchId="$batch", reason=WHY),
    "rejectActivityBatch": command(batchId="$batch", reason=WHY),
    "approveActivityRecord": command(recordId="$waiting_record", reason=WHY),
    "rejectActivityRecord": command(recordId="$waiting_record", reason=WHY),
    # files of certificates, generation
    "certificateImports": private(accountId="$account"),
    "certificateImport": private(id="$certificate_import"),
    "certificateTemplate": private(accountId="$account", format="XLSX"),
    "unitImports": private(accountId="$account"),
    "unitImport": private(id="$unit_import"),
    "unitTemplate": private(accountId="$account", unitClass="CCER", format="XLSX"),
    "certificateCodeLayout": open_(),
    "greenGeneration": private(accountId="$account"),
    "recordGeneration": command(
        accountId="$account", projectCode="11022106999999011", month="2025-01", generatedKwh="1500.5", reason=WHY
    ),
    # inventories
    "accountOverview": private(accountId="$account", year=2025),
    "inventory": private(id="$inventory"),
    "inventories": private(accountId="$account"),
    "inventoryLine": private(id="$line"),
    "inventoryFindings": private(accountId="$account", year=2025),
    "verificationQueue": open_(),
    "inventoryDifference": private(fromId="$inventory", toId="$inventory"),
    "reproduceInventory": private(id="$inventory"),
    "estimate": open_(
        input={
            "method": "purchased_electricity",
            "quantity": "1",
            "unit": "MWh",
            "key": "",
            "provinceCode": "320000",
            "gridRegion": "华东",
            "fuelTable": "C_INDUSTRY_OTHER",
            "factorPolicy": "published",
            "isCertificateClaimed": False,
        }
    ),
    "previewParameterActivation": open_(ids=[]),
    "computeInventory": command(accountId="$account", year=2025, factorPolicy="published", reason=WHY),
    "computeAllInventories": own(year=2025, factorPolicy="published"),
    "submitInventory": command(id="$inventory", reason=WHY),
    "raiseFinding": command(inventoryId="$inventory", lineId="$line", severity="MINOR", text="外人的意见"),
    "answerFinding": command(id="$finding", text="外人的答复"),
    "resolveFinding": command(id="$finding", isResolved=True, text="外人的结论"),
    "returnInventory": command(id="$inventory", reason=WHY),
    "verifyInventory": command(id="$inventory", reason=WHY),
    "closeInventory": command(id="$inventory", reason=WHY),
    "restateInventory": command(id="$inventory", reason=WHY),
    "requestActivationPreview": own(ids=[]),
    # claims of certificates
    "claimedEnergy": private(accountId="$account", year=2025),
    "energyClaims": private(accountId="$account"),
    "certificateGuidance": private(accountId="$account", year=2025),
    "creditWarnings": private(accountId="$account"),
    "claimCertificates": command(accountId="$account", year=2025, quantity="1"),
    "reverseClaim": command(movementId="$claim_movement", reason=WHY),
    # the board of requests and offers
    "marketListings": open_(first=100),
    "marketListing": open_(id="$market_listing"),
    "listingMatches": open_(listingId="$market_listing"),
    "marketMatch": private(id="$market_match"),
    "marketMatches": private(accountId="$account"),
    "marketVolumes": open_(year=2026),
    "postListing": command(
        accountId="$account",
        side="OFFER",
        unitClass="CCER",
        quantity="1",
        validUntil="$today",
        isAnonymous=True,
        technologies=[],
        serials=[],
        note=WHY,
    ),
    "withdrawListing": command(listingId="$market_listing"),
    "respondToListing": command(listingId="$market_listing", accountId="$account", quantity="1", serials=[], note=WHY),
    "confirmMatch": command(matchId="$market_match"),
    "refuseMatch": command(matchId="$market_match", note=WHY),
    "withdrawMatch": command(matchId="$market_match"),
    # ledger
    "unitClasses": open_(),
    "holdings": private(accountId="$account"),
    "batchHoldings": private(accountId="$account"),
    "unitStatement": private(accountId="$account", unitClass="CCER"),
    "unitGroup": private(id="$unit_group"),
    "unitMovement": private(number="$movement_number"),
    "unitMovements": private(accountId="$account"),
    "unitHolds": private(accountId="$account"),
    "serialLife": open_(serial="$serial"),
    "alreadyClaimed": open_(serials=[{"first": "$serial", "last": "$serial"}]),
    "claimRules": open_(),
    "transferUnits": command(fromAccountId="$account", toNumber="$number", units=UNITS),
    "acceptOffer": command(holdId="$unit_offer", note=WHY),
    "declineOffer": command(holdId="$unit_offer", note=WHY),
    "withdrawOffer": command(holdId="$unit_offer", note=WHY),
    "pledgeUnits": command(accountId="$account", bankId="$bank", units=UNITS),
    "releasePledge": command(holdId="$unit_pledge", note=WHY),
    "retireUnits": command(accountId="$account", units=[UNITS], reason={"purpose": "event"}),
    "reverseMovement": command(movementId="$unit_movement", note=WHY),
    "issueUnits": command(toAccountId="$account", unitClass="CCER", quantity="1", isTransferable=True),
    "freezeUnitClass": tenant(unitClass="NONE_SUCH", reason=WHY),
    "unfreezeUnitClass": tenant(unitClass="NONE_SUCH", reason=WHY),
    "chooseAcceptance": command(accountId="$account", accepts="AUTOMATICALLY"),
    "ledgerCheckpoints": open_(first=5),
    "journalProof": private(movementId="$unit_movement"),
    "ledgerChecks": open_(first=5),
    "runLedgerCheck": Case(Kind.TENANT),
    # statements
    "retirementCertificate": private(id="$certificate"),
    "retirementCertificateByNumber": private(number="$certificate_number"),
    "retirementCertificates": private(accountId="$account"),
    "accountStatement": private(accountId="$account", **{"from": "2025-01-01", "to": "2025-12-31"}),
    "issuedAccountStatement": private(id="$account_statement"),
    "accountStatementByNumber": private(number="$account_statement_number"),
    "accountStatements": private(accountId="$account"),
    "issueAccountStatement": command(accountId="$account", periodFrom="2025-01-01", periodTo="2025-12-31"),
    "issueRetirementCertificate": command(movementIds=["$unit_movement"]),
    # CCER projects and holdings
    "ccerProjects": open_(first=10),
    "ccerProject": private(id="$ccer_project"),
    "ccerReduction": private(id="$ccer_reduction"),
    "ccerMethodologies": open_(),
    "workCalendars": open_(),
    "ccerEligibility": open_(batchIds=["$unit_batch"], complianceYear=2025),
    "draftCcerProject": command(accountId="$account", code="ISOLATION", facts=CCER_FACTS),
    "changeCcerProject": command(projectId="$ccer_project", facts=CCER_FACTS),
    "publiciseCcerProject": command(projectId="$ccer_project", reference="", note=WHY),
    "validateCcerProject": command(projectId="$ccer_project", reference="", note=WHY),
    "applyForCcerProject": command(projectId="$ccer_project", reference="", note=WHY),
    "returnCcerProject": command(projectId="$ccer_project", reference="", note=WHY),
    "registerCcerProject": command(projectId="$ccer_project", reference="", note=WHY),
    "deregisterCcerProject": command(projectId="$ccer_project", reference="", note=WHY),
    "withdrawCcerProject": command(projectId="$ccer_project", reference="", note=WHY),
    "reportCcerReduction": command(
        projectId="$ccer_project", periodFrom="2024-01-01", periodTo="2024-12-31", tonnes="1"
    ),
    "publiciseCcerReduction": command(reductionId="$ccer_reduction", reference="", note=WHY),
    "verifyCcerReduction": command(reductionId="$ccer_reduction", reference="", note=WHY),
    "applyForCcerReduction": command(reductionId="$ccer_reduction", reference="", note=WHY),
    "returnCcerReduction": command(reductionId="$ccer_reduction", reference="", note=WHY),
    "registerCcerReduction": command(reductionId="$ccer_reduction", reference="", note=WHY),
    "annulCcerReduction": command(reductionId="$ccer_reduction", reference="", note=WHY),
    "withdrawCcerReduction": command(reductionId="$ccer_reduction", reference="", note=WHY),
    "issueCcerReduction": command(
        reductionId="$ccer_reduction", firstSerial="ISO-0001", lastSerial="ISO-1000", reference="", note=WHY
    ),
    "recordCcerComment": command(subjectId="$ccer_reduction", author="外人", text=WHY),
    "answerCcerComment": command(commentId="$ccer_comment", text=WHY),
    "importCcer": command(accountId="$account", rows=[CCER_ROW], reference=""),
    # regional programmes
    "creditProgrammes": open_(),
    "programmeSettings": open_(programme="carbon_inclusive", first=2),
    "programmeRegistrations": private(holderId="$account"),
    "programmeSubmissions": private(holderId="$account"),
    "programmeParticipants": open_(first=100),
    "treeHouseholds": open_(first=3),
    "treeStands": open_(first=2),
    "treePurchases": private(holderId="$account"),
    "treePayments": private(holderId="$account"),
    "treePayment": open_(treesPerHousehold=1, yuanPerTree="3"),
    "configureProgramme": tenant(
        programme="carbon_inclusive", methodology="low_carbon_scene", validFrom="2015-01-01", document="试", reason=WHY
    ),
    "openProgrammeParticipant": tenant(programme="carbon_inclusive", code="X1", name="冒名者", divisionCode="320205"),
    "registerForProgramme": command(
        holderId="$account", programme="carbon_inclusive", methodology="low_carbon_scene", code="X1", name="冒名项目"
    ),
    "decideProgrammeRegistration": command(registrationId="$programme_registration", isApproved=True),
    "submitProgrammeQuantity": command(
        registrationId="$programme_registration",
        periodFrom="2025-01-01",
        periodTo="2025-01-31",
        inputs={"activity": "1"},
    ),
    "revokeProgrammeSubmission": command(submissionId="$programme_submission", reason=WHY),
    "decideProgrammeSubmission": command(submissionId="$programme_submission", isApproved=True),
    "retireProgrammeUnits": command(
        holderId="$account", programme="carbon_inclusive", purpose="EVENT", beneficiary="冒名活动", quantity="1"
    ),
    "registerTreeHousehold": tenant(
        programme="single_tree_sink", code="X1", name="冒名农户", divisionCode="320205", mu="1"
    ),
    "registerTrees": command(
        householdId="VHJlZUhvdXNlaG9sZDowMDAwMDAwMC0wMDAwLTAwMDAtMDAwMC0wMDAwMDAwMDAwMDE",
        numbers=[{"first": 1, "last": 1}],
        firstYear=2025,
        photographs="试",
    ),
    "buyTrees": command(
        holderId="$account",
        programme="made_up_trees",
        year=2025,
        numbers=[{"first": 1, "last": 1}],
        purpose="EVENT",
        beneficiary="冒名活动",
    ),
    "recordTreePayment": command(paymentId="$tree_payment", yuan="3", paidOn="$today", reference="冒名转账"),
    # disclosures
    "disclosureLibrary": open_(),
    "disclosureStandardVersions": open_(),
    "disclosureProfile": private(accountId="$account"),
    "disclosureApplicability": private(accountId="$account", year=2025),
    "disclosureDuties": private(accountId="$account"),
    "disclosures": private(accountId="$account"),
    "disclosure": private(id="$disclosure"),
    "disclosureWork": private(id="$disclosure"),
    "disclosurePointHistory": private(id="$disclosure", point="ghg.scope1"),
    "disclosureTasks": private(accountId="$account"),
    "disclosurePublications": private(accountId="$account"),
    "disclosurePublication": private(id="$publication"),
    "recordDisclosureProfile": command(accountId="$account", asOf="$calibrated"),
    "openDisclosure": command(accountId="$account", year=2023),
    "refreshDisclosure": command(disclosureId="$disclosure"),
    "answerDisclosurePoint": command(disclosureId="$disclosure", point="exchanges:GOV", textZh=WHY),
    "overrideDisclosurePoint": command(
        disclosureId="$disclosure", point="ghg.scope1", value="1", unit="tCO2e", reason=WHY, evidenceIds=["$evidence"]
    ),
    "omitDisclosurePoint": command(disclosureId="$disclosure", point="exchanges:T12", reason=WHY),
    "withdrawDisclosureEntry": command(disclosureId="$disclosure", point="exchanges:GOV", reason=WHY),
    "assessDisclosureTopics": command(
        disclosureId="$disclosure",
        topics=[{"topic": 1, "impact": "5", "financial": "5", "impactReason": WHY, "financialReason": WHY}],
    ),
    "assignDisclosurePoints": command(
        disclosureId="$disclosure", points=["exchanges:GOV"], ownerId="$person", dueOn="$next_year"
    ),
    "submitDisclosure": command(disclosureId="$disclosure"),
    "returnDisclosure": command(disclosureId="$disclosure", remarks=[{"text": WHY}]),
    "approveDisclosure": command(disclosureId="$disclosure"),
    "publishDisclosure": command(disclosureId="$disclosure"),
    "correctDisclosure": command(publicationId="$publication", reason=WHY),
    "disclosureRubric": open_(),
    "disclosureRatings": private(accountId="$account"),
    "esgRegister": open_(kind="LISTED_FIRM", first=5),
    "carbonOfficers": private(accountId="$account"),
    "esgCityView": open_(year=2024),
    "esgWhitePapers": open_(first=2),
    "recordEsgRegister": tenant(
        entries=[
            {
                "kind": "SERVICE_BODY",
                "name": "冒名机构",
                "number": "ISO-1",
                "happenedOn": "$calibrated",
                "document": WHY,
            }
        ]
    ),
    "recordCarbonOfficer": command(
        accountId="$account", personName="冒名者", title="首席双碳官", document=WHY, startsOn="$today"
    ),
    "draftEsgWhitePaper": tenant(year=2024),
    "assureDisclosure": command(
        publicationId="$publication", level="LIMITED", standard="ISAE 3000", scope=WHY, opinion=WHY
    ),
    # quota compliance
    "powerQuota": open_(input={"year": 2024, "unitClass": "COAL_GT300", "mwh": "1"}),
    "industryQuota": open_(input={"year": 2024, "verified": "1"}),
    "preAllocation": open_(year=2024, verifiedBefore="1"),
    "quotaSettlement": open_(year=2024, units=[{"unitClass": "GAS", "allocation": "1", "verified": "1"}]),
    "quotaBorrowing": open_(year=2022, allocation="1", obligation="2"),
    "carryOverMaximum": open_(sector="POWER", netSales="1"),
    "ccerCap": open_(obligation="1"),
    "offsetCheck": open_(input={"vintage": 2023}, year=2025),
    "vintageCheck": open_(vintage=2024, year=2025),
    "averagePrice": open_(value="1", volume="1"),
    "powerWhatIf": open_(
        input={"year": 2024, "unitClass": "COAL_GT300", "mwh": "1"}, verified="1", change={"output": "0.1"}
    ),
    "industryWhatIf": open_(input={"year": 2024, "verified": "1"}, change={"output": "0.1"}),
    "quotaPenalties": open_(),
    "quotaPriceScenarios": open_(),
    "quotaFacilities": private(accountId="$account"),
    "quotaVerifiedEmissions": private(accountId="$account", year=2024),
    "quotaBalanceValues": open_(first=2),
    "allocationPreview": private(accountId="$account", year=2024),
    "quotaAllocations": open_(accountId="$account"),
    "quotaDuties": private(accountId="$account", year=2024),
    "quotaDutiesOverdue": open_(year=2024, first=100),
    "quotaPosition": private(accountId="$account", year=2024),
    "quotaReceipts": open_(accountId="$account"),
    "quotaReceiptByNumber": private(number="$receipt_number"),
    "quotaCarryOvers": open_(accountId="$account"),
    "addQuotaFacility": command(
        accountId="$account", code="X1", name="多出的机组", sector="POWER", since="2020-01-01", unitClass="GAS"
    ),
    "endQuotaFacility": command(facilityId="$quota_facility", until="$today", reason=WHY),
    "recordQuotaOutput": command(facilityId="$quota_facility", year=2024, gj="1", reason=WHY),
    "enterVerifiedEmissions": command(accountId="$account", year=2024, emissions="1", document=WHY),
    "enterBalanceValue": tenant(sector="STEEL", year=2025, value="1", unit="tCO2/t", document=WHY),
    "proposeAllocation": command(accountId="$account", year=2023, stage="FINAL", document=WHY),
    "issueAllocation": command(allocationId="$waiting_allocation"),
    "rejectAllocation": command(allocationId="$waiting_allocation", decision=WHY),
    "nameQuotaDutyOwner": command(accountId="$account", year=2024, duty="SURRENDER", owner="外人"),
    "recordQuotaDuty": command(accountId="$account", year=2024, duty="SURRENDER", doneOn="$today"),
    "surrenderAllowances": command(accountId="$account", year=2024, units=[{"classCode": "CEA", "quantity": "1"}]),
    "revokeAllocation": command(allocationId="$quota_allocation", reason=WHY),
    "undoSurrender": command(receiptId="$quota_receipt", reason=WHY),
    "closeComplianceYear": command(accountId="$account", year=2024, reason=WHY),
    "applyCarryOver": command(
        accountId="$account", sector="POWER", netSales="0", quantity="1", document=WHY, lodgedOn="$today"
    ),
    "decideCarryOver": command(carryOverId="$quota_carry_over", isApproved=True),
    # jobs
    "job": private(id="$job"),
    "jobs": open_(first=100),
    "cancelJob": command(id="$job"),
    "retryJob": command(id="$job"),
    "jobProgress": private(id="$job"),
    **BANKS,
    **KEY_UNITS,
    **MONITORING,
    **PARKS,
    **BUDGETS,
    **CITIZENS,
    **DESKS,
    **ESTIMATES,
    **KNOWLEDGE,
    **PROJECTS,
    **REGIONS,
    **TARGETS,
    **SCORES,
}
