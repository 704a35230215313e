"""Words of lending: what a bank reads of an enterprise that consented, and what it keeps of its own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

ACTIONS = ("lending:manage", "lending:read")
"""The permissions of this noun: a bank's own loans, terms and webhooks; and reading what was consented to."""

CREDENTIAL_TYPE = "urn:carbon:credential:green-score:1"
"""`vct` of a score's credential: what its claims mean."""
CREDENTIAL_MEDIA, STATUS_MEDIA = "application/dc+sd-jwt", "application/statuslist+jwt"
LIST_SIZE = 131_072
"""Places in one status list, as `lending_material` hands them out."""
MOST_BORROWERS = 10_000
"""Borrowers in one batch."""


class ReadKind(StrEnum):
    """What a bank read, as the enterprise finds it in its log."""

    CREDENTIAL = "credential"
    SCORE = "score"
    HISTORY = "history"
    BATCH = "batch"
    PORTFOLIO = "portfolio"
    STATEMENT = "statement"
    PLEDGE = "pledge"
    LOAN_FILE = "loan_file"
    WEBHOOK = "webhook"
    SUBSCRIPTION = "subscription"


@dataclass(frozen=True, slots=True)
class ReadConsent:
    """The consent a read rests on, as it was in force at `read_at`; the read is in the log."""

    account_id: UUID
    consent_id: UUID
    enterprise_id: UUID
    bank_id: UUID
    scopes: tuple[str, ...]
    purpose: str
    starts_on: date
    ends_on: date
    read_at: datetime


@dataclass(frozen=True, slots=True)
class BorrowerScore:
    """The newest score of a borrower as a bank is told it.

    Without the scope `score` the score's own fields are None; `indicators` is None without the scope `indicators`.
    `answer` and `indicators` are JSON as it was stored; `known_at` is the moment whose knowledge the
    score rests on. `place` is the key's in what was asked, `has_more` whether the portfolio goes on after the last.
    """

    place: int
    has_more: bool
    read_at: datetime
    account_id: UUID
    account_number: str
    account_name: str
    holder_id: UUID
    holder_name: str
    credit_code: str
    consent_id: UUID
    scopes: tuple[str, ...]
    purpose: str
    starts_on: date
    ends_on: date
    score_id: UUID | None
    number: int | None
    year: int | None
    model_code: str | None
    model_version: int | None
    state: str | None
    grade: str | None
    points: Decimal | None
    computed_at: datetime | None
    known_at: datetime | None
    valid_until: date | None
    answer: str | None
    indicators: str | None


@dataclass(frozen=True, slots=True)
class CredentialValue:
    """A signed credential as it is served: the issuer's signature over all, and the disclosures the consent covers.

    `model_code` and `grade` are the score's; `grade` is None unless it is graded.
    """

    account_id: UUID
    score_id: UUID
    consent_id: UUID
    served: str
    read_at: datetime
    model_code: str | None
    grade: str | None


@dataclass(frozen=True, slots=True)
class HeldCredential:
    """A credential about an enterprise, as the enterprise itself sees it: whom it was given to, and what was withheld.

    `withheld` are disclosures (RFC 9901): handed to whoever has the credential, each opens one more field of it.
    """

    account_id: UUID
    id: UUID
    bank_id: UUID
    consent_id: UUID
    score_id: UUID
    issued_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    revoked_because: str
    withheld: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReadEntry:
    """A read in an enterprise's log; `account_ids` and `consent_ids` are its own alone, pair by pair."""

    id: UUID
    at: datetime
    bank_id: UUID
    what: str
    needed: str
    purpose: str
    account_ids: tuple[UUID, ...]
    consent_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class History:
    """An account's scores as JSON, newest first, and the number to go on before (None: that was all)."""

    account_id: UUID
    body: str
    next_before: int | None


@dataclass(frozen=True, slots=True)
class Batch:
    """The scores of many borrowers as one text in pieces, and what signs it (a JWS that names the text's SHA-256)."""

    read_id: UUID
    pieces: tuple[bytes, ...]
    signature: str
    sha256: bytes


@dataclass(frozen=True, slots=True)
class StatusList:
    """A status list as it was signed: how many bits are set, by which key."""

    revoked: int
    key_id: str
    signed: str


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a credential: its claim name, its value as JSON, and the scope of consent that shows it."""

    name: str
    value: Any
    scope: str


@dataclass(frozen=True, slots=True)
class Issuing:
    """What a credential says openly. `status` is where its revocation is told."""

    issuer: str
    subject: str
    issued_at: datetime
    expires_at: datetime
    status_uri: str
    status_index: int
    consent: Mapping[str, Any] = field(default_factory=dict[str, Any])
