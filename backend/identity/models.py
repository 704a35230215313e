"""Tables of identity: who exists, who may act for whom, and what proves it."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from backend.kit.audit import AuditEvent
from backend.kit.orm import Base

ORGANISATION_KINDS = ("enterprise", "authority", "bank", "verifier", "operator")


class Organisation(Base):
    """A legal person: enterprise, authority (with its region), bank, verifier, operator."""

    __tablename__ = "organisation"
    __table_args__ = (
        CheckConstraint(f"kind in {ORGANISATION_KINDS}", name="kind"),
        CheckConstraint("credit_code ~ '^[0-9A-HJ-NPQRTUWXY]{18}$'", name="credit_code"),
        Index(None, "division_path", postgresql_ops={"division_path": "text_pattern_ops"}),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]
    name_en: Mapped[str] = mapped_column(server_default=text("''"))
    credit_code: Mapped[str] = mapped_column(unique=True)
    division_code: Mapped[str] = mapped_column(ForeignKey("division.code"))
    division_path: Mapped[str]
    sector: Mapped[str | None]
    is_demonstration: Mapped[bool] = mapped_column(server_default=text("false"))
    created_at: Mapped[datetime]
    suspended_at: Mapped[datetime | None]


class Person(Base):
    """Somebody who can sign in. The password hash is argon2id; e-mail is stored in lower case."""

    __tablename__ = "person"
    __table_args__ = (CheckConstraint("email = lower(email)", name="email_lower"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str]
    language: Mapped[str] = mapped_column(server_default=text("'zh'"))
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]


class SignInAttempt(Base):
    """Failed sign-ins in a row for an e-mail address, counted whether or not anybody has it.

    Keyed by the address's SHA-256: what strangers type is not kept in the clear.
    """

    __tablename__ = "sign_in_attempt"

    email_hash: Mapped[bytes] = mapped_column(primary_key=True)
    failures: Mapped[int]
    last_failed_at: Mapped[datetime]
    locked_until: Mapped[datetime | None]


class Membership(Base):
    """A person's role in an organisation; the role names its permissions in `values.ROLES`."""

    __tablename__ = "membership"
    __table_args__ = (
        Index(None, "organisation_id"),
        Index(
            "uq_membership_active", "person_id", "organisation_id", "role", unique=True,
            postgresql_where=text("revoked_at is null"),
        ),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    role: Mapped[str]
    granted_at: Mapped[datetime]
    granted_by: Mapped[UUID | None]
    revoked_at: Mapped[datetime | None]


class Invitation(Base):
    """A role offered to an e-mail address; only the hash of its token is kept."""

    __tablename__ = "invitation"
    __table_args__ = (Index(None, "organisation_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    email: Mapped[str]
    name: Mapped[str]
    role: Mapped[str]
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None]
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class ApiClient(Base):
    """A program that acts for an organisation by OAuth 2 client credentials; only the secret's hash is kept."""

    __tablename__ = "api_client"
    __table_args__ = (Index(None, "organisation_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    name: Mapped[str]
    secret_hash: Mapped[str]
    permissions: Mapped[list[str]] = mapped_column(ARRAY(Text))
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class RefreshToken(Base):
    """One use of a sign-in. Using a token twice revokes its whole family."""

    __tablename__ = "refresh_token"
    __table_args__ = (Index(None, "family_id"), Index(None, "person_id"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    family_id: Mapped[UUID]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class RevokedToken(Base):
    """An access token, or every token of a subject issued before `revoked_at`, withdrawn before its expiry."""

    __tablename__ = "revoked_token"

    subject: Mapped[str] = mapped_column(primary_key=True)
    revoked_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class SigningKey(Base):
    """A tenant's signing key; the private part is encrypted with the installation's own key."""

    __tablename__ = "signing_key"

    id: Mapped[str] = mapped_column(primary_key=True)
    public_jwk: Mapped[dict[str, Any]]
    private_sealed: Mapped[bytes]
    created_at: Mapped[datetime]
    signs_from: Mapped[datetime]
    retired_at: Mapped[datetime | None]


class Engagement(Base):
    """A verifier engaged by an enterprise: it sees the enterprise's accounts while engaged."""

    __tablename__ = "engagement"
    __table_args__ = (Index(None, "enterprise_id"), Index(None, "verifier_id"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    enterprise_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    verifier_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    division_path: Mapped[str]
    purpose: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None]
    ended_at: Mapped[datetime | None]


class Consent(Base):
    """An enterprise's permission for a bank: scopes, purpose, dates; revocable at once."""

    __tablename__ = "consent"
    __table_args__ = (
        Index(None, "enterprise_id"),
        Index(None, "bank_id"),
        CheckConstraint(
            "cardinality(scopes) > 0 and scopes <@ array['account', 'score', 'indicators', 'statement', 'pledge']",
            name="scopes",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    enterprise_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    bank_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    purpose: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None]
    revoked_at: Mapped[datetime | None]


class ConsentRequest(Base):
    """A bank's request for a consent. `state` is `asked` until somebody acts; after `lapses_at` nobody can."""

    __tablename__ = "consent_request"
    __table_args__ = (
        CheckConstraint("state in ('asked', 'granted', 'declined', 'withdrawn', 'lapsed')", name="state"),
        CheckConstraint("(state = 'asked') = (ended_at is null)", name="ended"),
        CheckConstraint("(state = 'granted') = (consent_id is not null)", name="granted"),
        CheckConstraint("starts_on <= ends_on", name="dates"),
        Index(None, "bank_id"),
        Index(None, "enterprise_id"),
        Index(
            "uq_consent_request_open", "bank_id", "enterprise_id", unique=True,
            postgresql_where=text("state = 'asked'"),
        ),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True)
    bank_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    enterprise_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    asked_for: Mapped[str]
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    purpose: Mapped[str]
    message: Mapped[str] = mapped_column(server_default=text("''"))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    state: Mapped[str]
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None]
    lapses_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None]
    answer: Mapped[str] = mapped_column(server_default=text("''"))
    consent_id: Mapped[UUID | None] = mapped_column(ForeignKey("consent.id"))


# How often a bank asked is read from its own audit chain: a refused request leaves nothing but its event.
Index(
    "ix_audit_event_consent_asked", AuditEvent.chain_id, AuditEvent.at,
    postgresql_where=text("action = 'identity:request_consent'"),
)  # fmt: skip
