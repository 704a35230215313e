"""Words of the journal: links, checkpoints, proofs, and what verification and the standing checks found."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

CHECKPOINT_FORMAT = "carbon-ledger-checkpoint/1"
PROOF_FORMAT = "carbon-ledger-proof/1"
MOST_ENTRIES = 16_384
"""Entries under one checkpoint: an audit path is at most 14 hashes long, and cheap to find."""


class SigningKey(Protocol):
    """A key that signs for the jurisdiction: `private` is an ECDSA key on P-256 as PKCS 8 (DER)."""

    @property
    def id(self) -> str:
        """The id under which the public half is published."""
        ...

    @property
    def private(self) -> bytes:
        """The private half."""
        ...


@dataclass(frozen=True, slots=True)
class LinkValue:
    """A movement's place in the chain."""

    movement_id: UUID
    position: int
    entry_hash: bytes
    hash: bytes


@dataclass(frozen=True, slots=True)
class CheckpointValue:
    """A signed statement of the chain: the Merkle root over positions first to last, and the chain's hash at the last.

    `previous_hash` is the SHA-256 of the signed text of the checkpoint before, so that a later one vouches for all
    earlier ones. `signed` is a JWS (compact, ES256) over the other facts.
    """

    number: int
    first_position: int
    last_position: int
    root: bytes
    chain_hash: bytes
    previous_hash: bytes
    created_at: datetime
    signed: str


@dataclass(frozen=True, slots=True)
class ProofValue:
    """That an entry is in the journal: its exact text, the way to the root, and the signed checkpoint over the root.

    The entry names its postings by hashes; `opened` has the texts of those that whoever asked may see.
    """

    tenant: str
    link: LinkValue
    entry: str
    opened: tuple[str, ...]
    audit_path: tuple[bytes, ...]
    checkpoint: CheckpointValue

    def document(self) -> dict[str, Any]:
        """Return the proof as the file a stranger is given."""
        sealed = self.checkpoint
        return {
            "format": PROOF_FORMAT,
            "tenant": self.tenant,
            "position": self.link.position,
            "entry": self.entry,
            "opened": list(self.opened),
            "entry_hash": self.link.entry_hash.hex(),
            "audit_path": [each.hex() for each in self.audit_path],
            "checkpoint": {
                "number": sealed.number,
                "first_position": sealed.first_position,
                "last_position": sealed.last_position,
                "root": sealed.root.hex(),
                "signed": sealed.signed,
            },
        }


class FaultKind(StrEnum):
    """What can be wrong with the journal."""

    POSITION_MISSING = "position_missing"
    MOVEMENT_MISSING = "movement_missing"
    ENTRY_CHANGED = "entry_changed"
    CHAIN_BROKEN = "chain_broken"
    HEAD_DIFFERS = "head_differs"
    MOVEMENT_UNLINKED = "movement_unlinked"
    MOVEMENT_LINKED_TWICE = "movement_linked_twice"
    POSTING_WITHOUT_MOVEMENT = "posting_without_movement"
    CHECKPOINT_MISSING = "checkpoint_missing"
    CHECKPOINT_BEYOND_CHAIN = "checkpoint_beyond_chain"
    CHECKPOINT_ROOT_DIFFERS = "checkpoint_root_differs"
    CHECKPOINT_CHAIN_DIFFERS = "checkpoint_chain_differs"
    CHECKPOINT_UNSIGNED = "checkpoint_unsigned"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong: at a position of the chain, with a movement (its lasting number), or with a checkpoint."""

    kind: FaultKind
    position: int | None = None
    movement_number: int | None = None
    checkpoint_number: int | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a verification found: how much was recomputed, and the first fault of each kind."""

    entries: int
    checkpoints: int
    faults: tuple[Fault, ...]

    @property
    def is_sound(self) -> bool:
        """Whether all of it held."""
        return not self.faults


@dataclass(frozen=True, slots=True)
class Breach:
    """An invariant that does not hold: `count` cases, some of them as examples.

    `class_code` is the class concerned, None when the case cannot be laid at the door of one: then it concerns all.
    """

    check: str
    class_code: str | None
    count: int
    examples: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        """Return the breach as it is stored."""
        return {
            "check": self.check, "unit_class": self.class_code, "count": self.count, "examples": list(self.examples)
        }  # fmt: skip


class CheckKind(StrEnum):
    """What a check looked at: the standing invariants, or the whole journal recomputed."""

    INVARIANTS = "invariants"
    JOURNAL = "journal"


@dataclass(frozen=True, slots=True)
class CheckValue:
    """One look at the books. `counted` says what was looked at."""

    id: UUID
    kind: CheckKind
    started_at: datetime
    finished_at: datetime
    counted: Mapping[str, Any]
    breaches: tuple[Breach, ...]

    @property
    def is_sound(self) -> bool:
        """Whether everything held."""
        return not self.breaches
