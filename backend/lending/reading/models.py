"""Tables of consented reads: the log of what banks read, and the credentials they were given.

Both are written by the server functions of `migrations/sql/0024_lending.sql` alone.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text, Uuid

from backend.kit.orm import Base


class ConsentRead(Base):
    """One read of a bank: one call, one row, however many accounts it covered. Append-only.

    `consent_ids` stand in the order of `account_ids`. An enterprise asks for its own part through `lending_reads_of`,
    which tells nothing of the others in the row.
    """

    __tablename__ = "consent_read"
    __table_args__ = (
        CheckConstraint("cardinality(account_ids) = cardinality(consent_ids)", name="pairs"),
        CheckConstraint("what ~ '^[a-z_]+$'", name="what"),
        Index(None, "bank_id", "id"),
        Index(None, "account_ids", postgresql_using="gin"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    bank_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    actor_id: Mapped[UUID | None]
    at: Mapped[datetime]
    what: Mapped[str]
    needed: Mapped[str]
    purpose: Mapped[str] = mapped_column(server_default=text("''"))
    account_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    consent_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    correlation_id: Mapped[str] = mapped_column(server_default=text("''"))


class ScoreCredential(Base):
    """A score as it was signed for one consent; made once, served as long as it holds.

    `served` is what the bank is given: the signed part and the disclosures its consent covers. `withheld` are the other
    disclosures, which only the enterprise may see and hand on. `status_list` and `status_index` are its place in the
    published status lists; what is set in `revoked_at` is never unset.
    """

    __tablename__ = "score_credential"
    __table_args__ = (
        ForeignKeyConstraint(["account_id", "score_id"], ["score.account_id", "score.id"]),
        UniqueConstraint("score_id", "consent_id", "key_id"),
        UniqueConstraint("status_list", "status_index"),
        CheckConstraint("(revoked_at is null) = (revoked_because = '')", name="revocation"),
        Index(None, "account_id", "score_id"),
        Index(None, "consent_id"),
        Index(
            "ix_score_credential_revoked", "status_list", "status_index", postgresql_where=text("revoked_at is not null")
        ),
    )  # fmt: skip

    account_id: Mapped[UUID] = mapped_column(ForeignKey("carbon_account.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    bank_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    consent_id: Mapped[UUID] = mapped_column(ForeignKey("consent.id"))
    score_id: Mapped[UUID]
    key_id: Mapped[str] = mapped_column(ForeignKey("document_key.id"))
    status_list: Mapped[int]
    status_index: Mapped[int]
    served: Mapped[str]
    withheld: Mapped[list[str]] = mapped_column(ARRAY(Text))
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_because: Mapped[str] = mapped_column(server_default=text("''"))
