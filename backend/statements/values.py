"""Words of the statements: what a certificate of retirement states, and how it stands.

A certificate (注销证书) is a document of bytes that never change, over the retirements of one account. What it states
is kept beside it as plain facts; whether it still holds follows from the ledger: a reversed retirement withdraws it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

ACTIONS = ("statements:issue", "statements:read")
"""The permissions of this noun."""

FORMAT = "carbon-certificate/1"
"""The layout of the facts, inside the document and beside it."""

MOST_MOVEMENTS = 100
"""Retirements on one certificate."""

MOST_RANGES = 5000
"""Serial ranges on one certificate: about two hundred pages."""

MEDIA_TYPE = "application/pdf"


class CertificateState(StrEnum):
    """Whether a certificate holds: valid, or withdrawn because a retirement it names was reversed."""

    VALID = "valid"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class CertificateValue:
    """A certificate of retirement as it was issued.

    `facts` are what it states, `sha256` the hash of its bytes (`size` of them, in storage under `object_key`),
    `key_id` the document key that signed it.
    """

    account_id: UUID
    id: UUID
    number: str
    movement_ids: tuple[UUID, ...]
    facts: Mapping[str, Any]
    sha256: str
    size: int
    object_key: str
    key_id: str
    issued_at: datetime
    issued_by: UUID | None


@dataclass(frozen=True, slots=True)
class Standing:
    """How a certificate stands now: since when it is withdrawn, and by which movements of the ledger (their numbers)."""

    withdrawn_at: datetime | None = None
    reversals: tuple[int, ...] = ()

    @property
    def state(self) -> CertificateState:
        """Return the one word for it."""
        return CertificateState.VALID if self.withdrawn_at is None else CertificateState.WITHDRAWN


@dataclass(frozen=True, slots=True)
class OriginRun:
    """Codes of units that came from a registry: the serials `first_serial`.. are its `first`..`last` of a frame."""

    first_serial: int
    registry: str
    frame: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class ChainLink:
    """Where a movement stands in the journal's chain of hashes."""

    position: int
    hash: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A certificate about to be made: its id and number, the facts it will state, and what they are about."""

    account_id: UUID
    id: UUID
    number: str
    movement_ids: tuple[UUID, ...]
    facts: Mapping[str, Any]
    verify_url: str


@dataclass(frozen=True, slots=True)
class DocumentKey:
    """A key that signs documents, ready for use: `certificate` is its self-signed X.509 certificate, both are DER."""

    id: str
    certificate: bytes
    private: bytes
