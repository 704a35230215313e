"""Tables of console, one file for each desk."""

from backend.console.assigning.models import VerificationAssignment, VerificationTerms, VerifierRelation
from backend.console.inviting.models import InvitationFile, InvitedEnterprise
from backend.console.onboarding.models import JoinApplication

__all__ = [
    "InvitationFile", "InvitedEnterprise", "JoinApplication", "VerificationAssignment", "VerificationTerms",
    "VerifierRelation",
]  # fmt: skip
