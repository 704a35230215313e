"""Tables of the ledger. Only the server functions of `migrations/sql` write them: the application role may just look.

Movements, postings, links and checkpoints are append-only. Balances, lots and hold parts are what the postings add up
to; the standing invariants recompute them.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import INT8MULTIRANGE, INT8RANGE, ExcludeConstraint, Range
from sqlalchemy.dialects.postgresql.ranges import MultiRange
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.orm import Base

BUCKETS = "('origin', 'available', 'offered', 'pledged', 'reserved', 'retired', 'surrendered', 'expired')"
KINDS = (
    "('issue', 'import', 'transfer', 'offer', 'accept', 'decline', 'withdraw', 'lapse', 'pledge', 'release',"
    " 'reserve', 'free', 'retire', 'surrender', 'expire', 'reverse')"
)


class LedgerClass(Base):
    """A class of units: one book."""

    __tablename__ = "ledger_class"
    __table_args__ = (
        CheckConstraint("dimension in ('tonne', 'certificate', 'point')", name="dimension"),
        CheckConstraint("scale between 0 and 6", name="scale"),
        CheckConstraint("not is_serialised or scale = 0", name="serials_are_whole"),
        CheckConstraint("is_serialised or max_transfers is null", name="transfers_are_counted_on_serials"),
    )

    code: Mapped[str] = mapped_column(primary_key=True)
    name_zh: Mapped[str]
    name_en: Mapped[str]
    dimension: Mapped[str]
    unit: Mapped[str]
    scale: Mapped[int]
    is_serialised: Mapped[bool]
    max_transfers: Mapped[int | None]
    programme: Mapped[str | None]
    source: Mapped[str] = mapped_column(server_default=text("''"))
    confidence: Mapped[str] = mapped_column(server_default=text("''"))
    frozen_at: Mapped[datetime | None]
    frozen_reason: Mapped[str] = mapped_column(server_default=text("''"))


class LedgerAccount(Base):
    """A holder's account in the ledger; of a carbon account it has the same id. Locked by whatever moves its units."""

    __tablename__ = "ledger_account"
    __table_args__ = (
        CheckConstraint("kind in ('carbon', 'participant', 'origin')", name="kind"),
        CheckConstraint("accepts in ('automatically', 'by_acceptance')", name="accepts"),
        Index(None, "organisation_id"),
        Index(None, "division_path", postgresql_ops={"division_path": "text_pattern_ops"}),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    division_path: Mapped[str]
    number: Mapped[str] = mapped_column(server_default=text("''"))
    name: Mapped[str]
    accepts: Mapped[str] = mapped_column(server_default=text("'by_acceptance'"))
    last_posted_at: Mapped[datetime | None]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class LedgerSerials(Base):
    """The next free serial of the tenant: one row, taken in blocks."""

    __tablename__ = "ledger_serials"
    __table_args__ = (CheckConstraint("is_only", name="is_only"),)

    is_only: Mapped[bool] = mapped_column(primary_key=True, server_default=text("true"))
    next: Mapped[int] = mapped_column(server_default=text("1"))


class LedgerBatch(Base):
    """Units issued or imported at once. A batch never changes."""

    __tablename__ = "ledger_batch"
    __table_args__ = (
        CheckConstraint("origin in ('issued', 'imported')", name="origin"),
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("produced_from <= produced_to", name="produced"),
        Index(None, "class_code", "valid_until"),
        ExcludeConstraint(("serials", "&&"), name="ex_ledger_batch_serials", using="gist"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    class_code: Mapped[str] = mapped_column(ForeignKey("ledger_class.code"))
    origin: Mapped[str]
    quantity: Mapped[Decimal]
    vintage: Mapped[int | None]
    produced_from: Mapped[date | None]
    produced_to: Mapped[date | None]
    valid_until: Mapped[date | None]
    is_transferable: Mapped[bool]
    transfers_used: Mapped[int]
    project_code: Mapped[str | None]
    attributes: Mapped[dict[str, Any]]
    serials: Mapped[Range[int] | None] = mapped_column(INT8RANGE)
    created_at: Mapped[datetime]


class LedgerOrigin(Base):
    """A registry's own codes of imported units. Two live ranges of one registry cannot overlap."""

    __tablename__ = "ledger_origin"
    __table_args__ = (
        Index(None, "registry_code", "frame"),
        ExcludeConstraint(
            ("registry_code", "="), ("frame", "="), ("numbers", "&&"),
            name="ex_ledger_origin_numbers", using="gist", where=text("is_live"),
        ),
    )  # fmt: skip

    batch_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_batch.id"), primary_key=True)
    first_serial: Mapped[int] = mapped_column(primary_key=True)
    registry_code: Mapped[str]
    frame: Mapped[str]
    numbers: Mapped[Range[int]] = mapped_column(INT8RANGE)
    is_live: Mapped[bool]


class LedgerMovement(Base):
    """A movement: what moved, between whom, by whose order, why. Append-only."""

    __tablename__ = "ledger_movement"
    __table_args__ = (
        UniqueConstraint("number"),
        UniqueConstraint("reverses_id"),
        CheckConstraint(f"kind in {KINDS}", name="kind"),
        CheckConstraint("quantity > 0", name="quantity"),
        Index(None, "from_account_id", "number"),
        Index(None, "to_account_id", "number"),
        Index(None, "group_id", postgresql_where=text("group_id is not null")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int]
    kind: Mapped[str]
    class_code: Mapped[str]
    quantity: Mapped[Decimal]
    from_account_id: Mapped[UUID]
    to_account_id: Mapped[UUID]
    hold_id: Mapped[UUID | None]
    group_id: Mapped[UUID | None]
    reverses_id: Mapped[UUID | None]
    effective_on: Mapped[date]
    recorded_at: Mapped[datetime]
    purpose: Mapped[str]
    beneficiary: Mapped[str]
    period: Mapped[int | None]
    reference: Mapped[str]
    note: Mapped[str]
    facts: Mapped[dict[str, Any]]
    organisation_id: Mapped[UUID | None]
    actor_id: Mapped[UUID | None]
    actor_kind: Mapped[str]
    correlation_id: Mapped[str]


class LedgerPosting(Base):
    """One line of a movement: `amount` came to a holder's bucket, which then held `balance`. Append-only.

    The journal hashes a posting with its `salt`, which therefore leaves the house only in a proof that opens the posting.
    """

    __tablename__ = "ledger_posting"
    __table_args__ = (
        CheckConstraint("amount <> 0", name="amount"),
        CheckConstraint(f"bucket in {BUCKETS}", name="bucket"),
        Index(None, "movement_id"),
        Index(
            None, "account_id", "batch_id", "bucket", "recorded_at",
            postgresql_include=["balance"],
        ),
        Index(
            "ix_ledger_posting_arrived", "serials", postgresql_using="gist",
            postgresql_where=text("amount > 0 and serials is not null"),
        ),
    )  # fmt: skip

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    movement_id: Mapped[UUID] = mapped_column(primary_key=True)
    batch_id: Mapped[UUID] = mapped_column(primary_key=True)
    bucket: Mapped[str] = mapped_column(primary_key=True)
    class_code: Mapped[str]
    amount: Mapped[Decimal]
    balance: Mapped[Decimal]
    recorded_at: Mapped[datetime]
    serials: Mapped[MultiRange[int] | None] = mapped_column(INT8MULTIRANGE)
    salt: Mapped[UUID] = mapped_column(server_default=text("gen_random_uuid()"))


class LedgerBalance(Base):
    """What lies in one bucket of a holder, of one batch. Never below nothing, except where units come from."""

    __tablename__ = "ledger_balance"
    __table_args__ = (
        CheckConstraint("amount >= 0 or bucket = 'origin'", name="covered"),
        CheckConstraint(f"bucket in {BUCKETS}", name="bucket"),
        Index(None, "batch_id"),
        Index(None, "account_id", "class_code", "bucket"),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_account.id"), primary_key=True)
    batch_id: Mapped[UUID] = mapped_column(primary_key=True)
    bucket: Mapped[str] = mapped_column(primary_key=True)
    class_code: Mapped[str]
    amount: Mapped[Decimal]


class LedgerLot(Base):
    """Serials where they lie now. The exclusion constraint makes it impossible for one to lie in two places."""

    __tablename__ = "ledger_lot"
    __table_args__ = (
        CheckConstraint("not isempty(serials) and not lower_inf(serials) and not upper_inf(serials)", name="serials"),
        ExcludeConstraint(("serials", "&&"), name="ex_ledger_lot_serials", using="gist"),
        Index("ix_ledger_lot_place", "account_id", "batch_id", "bucket", text("lower(serials)")),
        Index(None, "hold_id", postgresql_where=text("hold_id is not null")),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    account_id: Mapped[UUID]
    batch_id: Mapped[UUID]
    bucket: Mapped[str]
    hold_id: Mapped[UUID | None]
    transfers: Mapped[int]
    serials: Mapped[Range[int]] = mapped_column(INT8RANGE)


class LedgerHold(Base):
    """Units kept locked: an offer to another account, a pledge to a bank, a reservation."""

    __tablename__ = "ledger_hold"
    __table_args__ = (
        CheckConstraint("kind in ('offer', 'pledge', 'reservation')", name="kind"),
        CheckConstraint("state in ('open', 'settled', 'released', 'lapsed')", name="state"),
        CheckConstraint("quantity >= 0", name="quantity"),
        CheckConstraint("(kind = 'offer') = (counterparty_id is not null)", name="counterparty"),
        CheckConstraint("(kind = 'pledge') = (beneficiary_id is not null)", name="beneficiary"),
        Index(None, "account_id", "state"),
        Index(None, "counterparty_id", postgresql_where=text("counterparty_id is not null")),
        Index(None, "beneficiary_id", postgresql_where=text("beneficiary_id is not null")),
        Index("ix_ledger_hold_ending", "expires_at", postgresql_where=text("state = 'open'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    state: Mapped[str]
    account_id: Mapped[UUID]
    class_code: Mapped[str]
    quantity: Mapped[Decimal]
    counterparty_id: Mapped[UUID | None]
    beneficiary_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    reference: Mapped[str]
    facts: Mapped[dict[str, Any]]
    expires_at: Mapped[datetime | None]
    opened_at: Mapped[datetime]
    opened_by: Mapped[UUID]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[UUID | None]


class LedgerHoldPart(Base):
    """How much of each batch an open hold keeps."""

    __tablename__ = "ledger_hold_part"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity"),)

    hold_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_hold.id"), primary_key=True)
    batch_id: Mapped[UUID] = mapped_column(primary_key=True)
    quantity: Mapped[Decimal]


class LedgerLink(Base):
    """A movement's place in the journal chain: `hash` = SHA-256(hash before, entry hash). Append-only."""

    __tablename__ = "ledger_link"

    position: Mapped[int] = mapped_column(primary_key=True)
    movement_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_movement.id"), unique=True)
    entry_hash: Mapped[bytes]
    hash: Mapped[bytes]


class LedgerHead(Base):
    """The chain's end: one row, locked last, when a transaction commits."""

    __tablename__ = "ledger_head"
    __table_args__ = (CheckConstraint("is_only", name="is_only"),)

    is_only: Mapped[bool] = mapped_column(primary_key=True, server_default=text("true"))
    position: Mapped[int]
    hash: Mapped[bytes]


class LedgerCheckpoint(Base):
    """A signed statement of how far the chain was: a Merkle root over its entries since the last one. Append-only."""

    __tablename__ = "ledger_checkpoint"

    number: Mapped[int] = mapped_column(primary_key=True)
    first_position: Mapped[int]
    last_position: Mapped[int]
    root: Mapped[bytes]
    chain_hash: Mapped[bytes]
    previous_hash: Mapped[bytes]
    signed: Mapped[str]
    created_at: Mapped[datetime]


class LedgerCheck(Base):
    """One look at the books: which, what was counted, what did not hold. Append-only."""

    __tablename__ = "ledger_check"
    __table_args__ = (CheckConstraint("kind in ('invariants', 'journal')", name="kind"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime]
    is_sound: Mapped[bool]
    counted: Mapped[dict[str, Any]]
    broken: Mapped[list[Any]]
