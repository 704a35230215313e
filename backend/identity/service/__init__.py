"""Commands of identity, one file for each kind of thing, and the reads other nouns ask for.

The names below are what the rest of the house may use.
"""

from backend.identity.queries import (
    consent_in_force,
    consents_in_force,
    organisation,
    organisations_by_id,
    people_by_id,
)
from backend.identity.rules import credit_code as plain_credit_code
from backend.identity.rules import email as stored_email
from backend.identity.service.agreements import end_engagement, engage, grant_consent, revoke_consent
from backend.identity.service.auditing import verify_chain, verify_chains
from backend.identity.service.batches import (
    engagements_between,
    invite_administrators,
    register_enterprises,
    taken_codes,
)
from backend.identity.service.clients import create_client, revoke_client
from backend.identity.service.keys import rotate_keys, rotate_when_due
from backend.identity.service.members import (
    accept_invitation,
    create_person,
    disable_person,
    grant_role,
    invite,
    person_with_address,
    reset_password,
    revoke_role,
    withdraw_invitation,
)
from backend.identity.service.organisations import (
    invite_administrator,
    register_organisation,
    resume_organisation,
    suspend_organisation,
)
from backend.identity.service.requests import decline_request, grant_request, request_consent, withdraw_request
from backend.identity.service.revocation import purge, sign_out_everywhere
from backend.identity.service.sessions import claims_of_token, scope_of_token, seal_of

__all__ = [
    "accept_invitation",
    "claims_of_token",
    "consent_in_force",
    "consents_in_force",
    "create_client",
    "create_person",
    "decline_request",
    "disable_person",
    "end_engagement",
    "engage",
    "engagements_between",
    "grant_consent",
    "grant_request",
    "grant_role",
    "invite",
    "invite_administrator",
    "invite_administrators",
    "organisation",
    "organisations_by_id",
    "people_by_id",
    "person_with_address",
    "plain_credit_code",
    "purge",
    "register_enterprises",
    "register_organisation",
    "request_consent",
    "reset_password",
    "resume_organisation",
    "revoke_client",
    "revoke_consent",
    "revoke_role",
    "rotate_keys",
    "rotate_when_due",
    "scope_of_token",
    "seal_of",
    "sign_out_everywhere",
    "stored_email",
    "suspend_organisation",
    "taken_codes",
    "verify_chain",
    "verify_chains",
    "withdraw_invitation",
    "withdraw_request",
]
