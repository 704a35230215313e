"""Words of notices: what people are told, by which way, and how far it is."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from backend.kit.notices import Link, Said


class Channel(StrEnum):
    """By which way a notice leaves the product."""

    EMAIL = "email"
    WEBHOOK = "webhook"


class NoticeState(StrEnum):
    """How far a delivery is. A dropped one was not to be sent: e-mail is off, or the person is gone."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    DROPPED = "dropped"
    DEAD = "dead"


class NoticeFailure(StrEnum):
    """Why an attempt did not arrive, or why there will be none."""

    STATUS = "status"
    TIMEOUT = "timeout"
    CONNECTION = "connection"
    UNRESOLVED = "unresolved"
    ADDRESS_REFUSED = "address_refused"
    REFUSED = "refused"
    """The mail server refuses this message or its addressee for good."""
    SECRET_LOST = "secret_lost"  # noqa: S105 - a reason, no secret
    ENDPOINT_GONE = "endpoint_gone"
    MAIL_OFF = "mail_off"
    PERSON_GONE = "person_gone"


@dataclass(frozen=True, slots=True)
class NoticeValue:
    """A notice as its reader sees it."""

    id: UUID
    kind: str
    subject: Said
    text: Said
    link: Link | None
    created_at: datetime
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class NoticeEndpointValue:
    """Where an organisation's notices are sent; signed with its secret. Removed ones are not listed."""

    id: UUID
    url: str
    description: str
    created_at: datetime
    failing_since: datetime | None
    disabled_at: datetime | None


@dataclass(frozen=True, slots=True)
class MadeEndpoint:
    """An endpoint just made and its secret, which is told once."""

    id: UUID
    secret: str


@dataclass(frozen=True, slots=True)
class NoticeDeliveryValue:
    """One notice on its way out of the product, to one person or endpoint."""

    id: UUID
    notice_id: UUID
    kind: str
    channel: Channel
    person_id: UUID | None
    endpoint_id: UUID | None
    state: NoticeState
    attempts: int
    created_at: datetime
    next_at: datetime | None
    last_at: datetime | None
    last_status: int | None
    last_failure: NoticeFailure | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Due:
    """A delivery that was taken, to be tried now: with the notice, and the addressee's language and address if it is mail."""

    id: UUID
    organisation_id: UUID
    notice: NoticeValue
    channel: Channel
    attempts: int
    endpoint_id: UUID | None
    url: str
    secret: bytes | None
    """Sealed."""
    address: str
    name: str
    language: str
    is_addressee_gone: bool


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of one attempt: the answer's status, why it did not arrive, and whether that is for good."""

    status: int | None
    failure: NoticeFailure | None
    is_final: bool = False
