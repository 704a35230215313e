"""Words of webhooks: what is told, where to, and how far a delivery is."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from backend.kit.hooks import Sent, UrlFault

__all__ = [
    "DeliveryState", "DeliveryValue", "DisabledBecause", "Due", "EndpointValue", "EventKind", "EventValue", "Failure",
    "MadeSecret", "Sent", "Target", "UrlFault",
]  # fmt: skip


class EventKind(StrEnum):
    """What a bank is told of. That something changed, never what it is now: the bank reads it, under its consent."""

    SCORE_CHANGED = "score.changed"
    CONSENT_GRANTED = "consent.granted"
    CONSENT_REVOKED = "consent.revoked"
    CREDENTIAL_REVOKED = "credential.revoked"
    PLEDGE_ANSWERED = "pledge.answered"


class DeliveryState(StrEnum):
    """How far a delivery is. A dead one waits for somebody to ask for it again; a dropped one was not to be told any more."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    DROPPED = "dropped"
    DEAD = "dead"


class DisabledBecause(StrEnum):
    """Why nothing is sent to an endpoint."""

    ASKED = "asked"
    FAILING = "failing"
    GONE = "gone"


class Failure(StrEnum):
    """Why an attempt did not arrive, or why there will be none."""

    STATUS = "status"
    TIMEOUT = "timeout"
    CONNECTION = "connection"
    UNRESOLVED = "unresolved"
    ADDRESS_REFUSED = "address_refused"
    SECRET_LOST = "secret_lost"  # noqa: S105 - a reason, no secret
    CONSENT_MISSING = "consent_missing"
    ENDPOINT_DISABLED = "endpoint_disabled"


@dataclass(frozen=True, slots=True)
class EndpointValue:
    """Where a bank is told. `former_until`: until then messages carry a signature with the former secret too."""

    id: UUID
    bank_id: UUID
    url: str
    description: str
    events: tuple[EventKind, ...]
    created_at: datetime
    secret_at: datetime
    former_until: datetime | None
    failing_since: datetime | None
    disabled_at: datetime | None
    disabled_because: str


@dataclass(frozen=True, slots=True)
class MadeSecret:
    """An endpoint and its secret, which is told this once."""

    endpoint_id: UUID
    secret: str


@dataclass(frozen=True, slots=True)
class DeliveryValue:
    """One event on its way to one endpoint; `id` is the `webhook-id` of every attempt."""

    id: UUID
    endpoint_id: UUID
    kind: EventKind
    account_id: UUID | None
    state: DeliveryState
    attempts: int
    created_at: datetime
    next_at: datetime | None
    last_at: datetime | None
    last_status: int | None
    last_failure: str
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class EventValue:
    """Something a bank is told of, when it happened and what it was about."""

    id: UUID
    bank_id: UUID
    kind: EventKind
    at: datetime
    account_id: UUID | None
    consent_id: UUID | None
    score_id: UUID | None
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Due:
    """A delivery that was taken, to be tried now."""

    id: UUID
    attempts: int
    event: EventValue


@dataclass(frozen=True, slots=True)
class Target:
    """Where to send, and the secrets to sign with, newest first."""

    endpoint_id: UUID
    bank_id: UUID
    url: str
    secrets: tuple[bytes, ...]
