"""Cases of the desks: an authority's of its region, an enterprise's own assignment."""

from isolation_kinds import WHY, Case, command, open_, own, private, tenant

DESKS: dict[str, Case] = {
    "joinApplications": open_(first=5),
    "joinApplication": open_(id="$join_application"),
    "acceptJoinApplication": command(applicationId="$join_application"),
    "refuseJoinApplication": command(applicationId="$join_application", reason=WHY),
    "invitationFiles": open_(first=5),
    "invitationFile": open_(id="$invitation_file"),
    "verificationAssignments": open_(where={"accountId": "$account"}),
    "verificationAssignment": private(id="$assignment"),
    "proposeVerifier": command(accountId="$account", year=2024, verifierId="$verifier", dueOn="$next_year"),
    "answerAssignment": command(assignmentId="$assignment", isAccepted=True, isIndependent=True),
    "engageProposedVerifier": command(assignmentId="$assignment"),
    "withdrawAssignment": command(assignmentId="$assignment", reason=WHY),
    "verifierWorkloads": open_(first=5),
    "verifierRelations": open_(verifierId="$verifier"),
    "recordVerifierRelation": own(
        verifierId="$verifier", creditCode="91320200MA1X00001A", kind="CONSULTING", startsOn="2025-01-01", note=WHY
    ),
    "verificationTerms": open_(divisionCode="320206"),
    "setVerificationTerms": tenant(mostYears=3, documentTitle="冒名文件", documentDate="2026-01-01"),
    "verificationDesk": open_(year=2025, first=100),
    "verificationDeskCounts": open_(year=2025),
    "cityDesk": open_(divisionCode="320206"),
    "tasks": open_(first=100),
    "taskCounts": open_(),
}
