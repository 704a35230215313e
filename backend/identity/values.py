"""Words of identity: roles and what they grant, purposes of consents, what others are told of people and organisations.

Permissions are strings `noun:verb`; each noun names its own, and only here are they bundled into roles.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from backend.kit.scope import Kind

ACTIONS = (
    "identity:consent",
    "identity:engage",
    "identity:manage_clients",
    "identity:manage_members",
    "identity:read_audit",
    "identity:register",
    "identity:request_consent",
)
"""The permissions of this noun. Signing in, out and changing one's own password need none."""

ADMINISTRATOR = "administrator"
"""The role every organisation has, and never loses the last holder of."""

CONSENT_SCOPES = ("account", "score", "indicators", "statement", "pledge")
"""What an enterprise can open to a bank.

`account`: who it is and where its account is; every consent implies it. `score`: the green score's grade, points,
validity and reasons. `indicators`: the score with each indicator and its value. `statement`: the account statement as it was
issued, which tells grade, points and reasons of the score, too. `pledge`: the holdings it may pledge.
"""

SUFFICIENT: Mapping[str, tuple[str, ...]] = {
    "account": CONSENT_SCOPES,
    "score": ("score", "indicators"),
    "indicators": ("indicators",),
    "statement": ("statement",),
    "pledge": ("pledge",),
}
"""For each scope those of a consent that open it."""

PERSONAL = frozenset({"identity:manage_clients", "identity:manage_members", "scores:activate"})
"""Never granted to a program: who may act for an organisation is decided by people, and so is a score model."""

_READS = frozenset(
    {
        "accounts:read",
        "credits:read",
        "emissions:read",
        "esg:read",
        "factors:read",
        "jobs:read",
        "ledger:read",
        "quotas:read",
        "scores:read",
        "statements:read",
        "tenants:read",
        "budgets:read",
        "keyunits:read",
        "knowledge:read",
        "monitoring:read",
        "parks:read",
        "projects:read",
        "console:read",
        "targets:read",
    }
)
_BANK = frozenset(
    {
        "accounts:read",
        "console:read",
        "factors:read",
        "knowledge:read",
        "ledger:read",
        "lending:read",
        "tenants:read",
    }
)
"""A consent opens the account itself; inventories and scores are given by statements, never raw. Of the ledger a bank
sees the pledges made to it."""
_HOUSE = frozenset({"identity:manage_clients", "identity:manage_members", "identity:read_audit"})
_ENERGY_MANAGER = _READS | {
    "accounts:attach",
    "accounts:manage",
    "emissions:compute",
    "emissions:enter",
    "credits:import",
    "credits:register",
    "emissions:export",
    "esg:disclose",
    "jobs:cancel",
    "quotas:enter",
    "keyunits:manage",
    "knowledge:request",
    "parks:apply",
    "projects:apply",
}
_CARBON_OFFICER = _READS | {
    "emissions:answer",
    "emissions:approve",
    "emissions:compute",
    "emissions:export",
    "emissions:restate",
    "emissions:submit",
    "credits:claim",
    "credits:import",
    "credits:offer",
    "credits:register",
    "esg:disclose",
    "esg:publish",
    "esg:review",
    "jobs:cancel",
    "ledger:pledge",
    "ledger:retire",
    "ledger:transfer",
    "quotas:enter",
    "quotas:settle",
    "scores:appeal",
    "statements:issue",
    "keyunits:manage",
    "knowledge:request",
    "parks:apply",
    "projects:apply",
}
_OFFICER = _READS | {
    "budgets:adjust",
    "budgets:draft",
    "console:assign",
    "console:invite",
    "keyunits:supervise",
    "knowledge:publish",
    "monitoring:estimate",
    "monitoring:issue",
    "monitoring:respond",
    "parks:manage",
    "projects:review",
    "regions:read",
    "regions:record",
    "targets:draft",
    "targets:evaluate",
    "credits:review",
    "emissions:close",
    "esg:supervise",
    "factors:propose",
    "jobs:cancel",
    "ledger:check",
    "ledger:issue",
    "quotas:allocate",
    "quotas:supervise",
    "scores:answer",
    "scores:penalise",
    "scores:propose",
    "scores:supervise",
}
_VERIFIER = _READS | {
    "console:answer",
    "credits:review",
    "emissions:export",
    "emissions:verify",
    "esg:assure",
    "jobs:cancel",
}
_FACTORS = frozenset({"factors:activate", "factors:propose", "factors:read"})

ROLES: dict[Kind, dict[str, frozenset[str]]] = {
    Kind.ENTERPRISE: {
        ADMINISTRATOR: _ENERGY_MANAGER
        | _CARBON_OFFICER
        | _HOUSE
        | {"accounts:open", "identity:consent", "identity:engage"},
        "energy_manager": _ENERGY_MANAGER,
        "carbon_officer": _CARBON_OFFICER,
        "viewer": _READS,
    },
    Kind.AUTHORITY: {
        ADMINISTRATOR: _OFFICER
        | _FACTORS
        | _HOUSE
        | {
            "budgets:approve",
            "console:configure",
            "credits:configure",
            "identity:register",
            "ledger:freeze",
            "ledger:reverse",
            "monitoring:configure",
            "parks:decide",
            "projects:decide",
            "regions:approve",
            "regions:publish",
            "targets:set",
            "scores:activate",
        },
        "officer": _OFFICER,
        "viewer": _READS | {"regions:read"},
    },
    Kind.VERIFIER: {
        ADMINISTRATOR: _VERIFIER | _HOUSE | {"identity:engage"},
        "verifier": _VERIFIER,
    },
    Kind.BANK: {
        ADMINISTRATOR: _BANK | _HOUSE | {"identity:request_consent", "ledger:release", "lending:manage"},
        "credit_officer": _BANK | {"identity:request_consent", "ledger:release", "lending:manage"},
    },
    Kind.OPERATOR: {
        ADMINISTRATOR: _FACTORS
        | _HOUSE
        | {"identity:register", "jobs:cancel", "jobs:operate", "jobs:read", "ledger:check", "tenants:read"},
    },
}
"""What each role of each kind of organisation grants."""

REGISTERED_BY_AUTHORITY = frozenset({Kind.ENTERPRISE, Kind.AUTHORITY, Kind.BANK, Kind.VERIFIER})
"""Kinds an authority may register within its region; an operator is registered by the operator or the service."""


class Outcome(StrEnum):
    """How an audited action ended."""

    DONE = "done"
    REFUSED = "refused"


def permissions_of(kind: Kind, roles: "tuple[str, ...] | list[str]") -> frozenset[str]:
    """Return what the roles grant together; an unknown role grants nothing."""
    known = ROLES.get(kind, {})
    return frozenset().union(*(known.get(role, frozenset()) for role in roles))


def grantable(kind: Kind) -> frozenset[str]:
    """Return what a program of an organisation of this kind may be granted at most."""
    return permissions_of(kind, list(ROLES.get(kind, {}))) - PERSONAL


@dataclass(frozen=True, slots=True)
class OrganisationValue:
    """A legal person as others see it. `division_path` is the materialised path of its seat or its region."""

    id: UUID
    kind: Kind
    name: str
    name_en: str
    credit_code: str
    division_code: str
    division_path: str
    sector: str | None
    is_demonstration: bool
    created_at: datetime
    suspended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Newcomer:
    """An enterprise to be registered, its words checked before; `division_path` is that of its seat."""

    name: str
    credit_code: str
    division_code: str
    division_path: str
    sector: str | None


@dataclass(frozen=True, slots=True)
class PersonValue:
    """A person as colleagues see them."""

    id: UUID
    email: str
    name: str
    language: str
    created_at: datetime
    disabled_at: datetime | None


@dataclass(frozen=True, slots=True)
class MembershipValue:
    """A role a person has (or had, when `revoked_at` is set) in an organisation."""

    id: UUID
    organisation_id: UUID
    person_id: UUID
    role: str
    granted_at: datetime
    granted_by: UUID | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class InvitationValue:
    """A role offered to an e-mail address, open until accepted, withdrawn or expired."""

    id: UUID
    organisation_id: UUID
    email: str
    name: str
    role: str
    created_at: datetime
    created_by: UUID | None
    expires_at: datetime
    accepted_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class EngagementValue:
    """A verifier engaged by an enterprise, both days included; `ended_at` when it was ended early."""

    id: UUID
    enterprise_id: UUID
    verifier_id: UUID
    purpose: str
    starts_on: date
    ends_on: date
    created_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class ConsentValue:
    """An enterprise's consent to a bank, both days included; `scopes` are of `CONSENT_SCOPES`."""

    id: UUID
    enterprise_id: UUID
    bank_id: UUID
    scopes: tuple[str, ...]
    purpose: str
    starts_on: date
    ends_on: date
    created_at: datetime
    revoked_at: datetime | None

    def opens(self, needed: str) -> bool:
        """Tell whether its scopes open this one of `CONSENT_SCOPES`, whatever the day."""
        return bool(set(SUFFICIENT[needed]) & set(self.scopes))


class RequestState(StrEnum):
    """How far a bank's request for a consent has come; an unanswered one lapses by itself."""

    ASKED = "asked"
    GRANTED = "granted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


STATE_NAMES: Mapping[RequestState, str] = {
    RequestState.ASKED: "待答复",
    RequestState.GRANTED: "已同意",
    RequestState.DECLINED: "已拒绝",
    RequestState.WITHDRAWN: "已撤回",
    RequestState.LAPSED: "已失效",
}
"""The Chinese names of the states."""


@dataclass(frozen=True, slots=True)
class RequestValue:
    """A bank's request for a consent, as it stands at the moment of reading.

    `asked_for` is the credit code or account number the bank wrote. `answer` is the reason of a refusal or withdrawal.
    A granted request names the consent, which may open less than was asked.
    """

    id: UUID
    bank_id: UUID
    enterprise_id: UUID
    asked_for: str
    scopes: tuple[str, ...]
    purpose: str
    message: str
    starts_on: date
    ends_on: date
    state: RequestState
    created_at: datetime
    lapses_at: datetime
    ended_at: datetime | None
    answer: str
    consent_id: UUID | None


@dataclass(frozen=True, slots=True)
class ClientValue:
    """A program that acts for an organisation. Its secret is never shown again."""

    id: UUID
    organisation_id: UUID
    name: str
    permissions: tuple[str, ...]
    created_at: datetime
    created_by: UUID | None
    last_used_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class AuditValue:
    """An event of an organisation's audit chain; `hash` is SHA-256 in hex over its facts and `previous_hash`."""

    id: UUID
    sequence: int
    at: datetime
    actor_id: UUID | None
    actor_kind: str
    action: str
    outcome: Outcome
    object_type: str
    object_id: str
    details: dict[str, object]
    correlation_id: str
    hash: str


@dataclass(frozen=True, slots=True)
class Session:
    """What a sign-in (or a refresh) hands out. A program's session has no refresh token.

    `expires_in` counts seconds of the access token; `refresh_expires_at` ends the refresh token.
    """

    access_token: str
    expires_in: int
    organisation_id: UUID
    subject_id: UUID
    permissions: tuple[str, ...]
    roles: tuple[str, ...] = ()
    refresh_token: str | None = None
    refresh_expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Offered:
    """An invitation just made. `token` is shown this once: whoever holds it can accept."""

    id: UUID
    token: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class ChainReport:
    """An audit chain recomputed: `broken_at` is the first sequence that does not fit, None when all do."""

    chain_id: UUID
    length: int
    broken_at: int | None
