"""Organisations, people, tokens, engagements, consents.

Revision: 0003_identity
Follows: 0002_tenants
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.toolkit import (
    ACTOR,
    KIND,
    ORGANISATION,
    SYSTEM,
    either,
    kinds,
    protect,
    within,
)

revision = "0003_identity"
down_revision = "0002_tenants"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, then their grants and policies."""
    op.create_table(
        "person",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), server_default=sa.text("'zh'"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_person_email_lower")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("email", name=op.f("uq_person_email")),
    )
    op.create_table(
        "sign_in_attempt",
        sa.Column("email_hash", sa.LargeBinary(), nullable=False),
        sa.Column("failures", sa.BigInteger(), nullable=False),
        sa.Column("last_failed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("email_hash", name=op.f("pk_sign_in_attempt")),
    )
    op.create_table(
        "revoked_token",
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_revoked_token")),
    )
    op.create_table(
        "signing_key",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("public_jwk", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("private_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signs_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_key")),
    )
    op.create_table(
        "organisation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("credit_code", sa.Text(), nullable=False),
        sa.Column("division_code", sa.Text(), nullable=False),
        sa.Column("division_path", sa.Text(), nullable=False),
        sa.Column("sector", sa.Text(), nullable=True),
        sa.Column(
            "is_demonstration",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("suspended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "credit_code ~ '^[0-9A-HJ-NPQRTUWXY]{18}$'",
            name=op.f("ck_organisation_credit_code"),
        ),
        sa.CheckConstraint(
            "kind in ('enterprise', 'authority', 'bank', 'verifier', 'operator')",
            name=op.f("ck_organisation_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["division_code"],
            ["division.code"],
            name=op.f("fk_organisation_division_code_division"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("credit_code", name=op.f("uq_organisation_credit_code")),
    )
    op.create_index(
        op.f("ix_organisation_division_path"),
        "organisation",
        ["division_path"],
        unique=False,
        postgresql_ops={"division_path": "text_pattern_ops"},
    )
    op.create_table(
        "invitation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_invitation_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitation_token_hash")),
    )
    op.create_index(
        op.f("ix_invitation_organisation_id"),
        "invitation",
        ["organisation_id"],
        unique=False,
    )
    op.create_table(
        "api_client",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.Text(), nullable=False),
        sa.Column("permissions", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_api_client_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_client")),
    )
    op.create_index(
        op.f("ix_api_client_organisation_id"),
        "api_client",
        ["organisation_id"],
        unique=False,
    )
    op.create_table(
        "consent",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enterprise_id", sa.Uuid(), nullable=False),
        sa.Column("bank_id", sa.Uuid(), nullable=False),
        sa.Column("scopes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["bank_id"],
            ["organisation.id"],
            name=op.f("fk_consent_bank_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"],
            ["organisation.id"],
            name=op.f("fk_consent_enterprise_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    op.create_index(op.f("ix_consent_bank_id"), "consent", ["bank_id"], unique=False)
    op.create_index(op.f("ix_consent_enterprise_id"), "consent", ["enterprise_id"], unique=False)
    op.create_table(
        "engagement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enterprise_id", sa.Uuid(), nullable=False),
        sa.Column("verifier_id", sa.Uuid(), nullable=False),
        sa.Column("division_path", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["enterprise_id"],
            ["organisation.id"],
            name=op.f("fk_engagement_enterprise_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["verifier_id"],
            ["organisation.id"],
            name=op.f("fk_engagement_verifier_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_engagement")),
    )
    op.create_index(
        op.f("ix_engagement_enterprise_id"),
        "engagement",
        ["enterprise_id"],
        unique=False,
    )
    op.create_index(op.f("ix_engagement_verifier_id"), "engagement", ["verifier_id"], unique=False)
    op.create_table(
        "membership",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("granted_by", sa.Uuid(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_membership_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_membership_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
    )
    op.create_index(
        op.f("ix_membership_organisation_id"),
        "membership",
        ["organisation_id"],
        unique=False,
    )
    op.create_index(
        "uq_membership_active",
        "membership",
        ["person_id", "organisation_id", "role"],
        unique=True,
        postgresql_where=sa.text("revoked_at is null"),
    )
    op.create_table(
        "refresh_token",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("family_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_refresh_token_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_refresh_token_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refresh_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_refresh_token_token_hash")),
    )
    op.create_index(op.f("ix_refresh_token_family_id"), "refresh_token", ["family_id"], unique=False)
    op.create_index(op.f("ix_refresh_token_person_id"), "refresh_token", ["person_id"], unique=False)

    # A verifier knows the enterprises that engaged it, a bank those that gave it consent; verifiers, banks
    # and authorities are public names to everybody who is signed in.
    protect(
        "organisation",
        select=either(
            kinds("system", "operator"),
            f"id = {ORGANISATION}",
            f"id in (select organisation_id from membership where person_id = {ACTOR})",
            within("division_path"),
            f"kind in ('authority', 'bank', 'verifier') and {KIND} not in ('', 'nobody')",
            f"{kinds('verifier')} and id in (select enterprise_id from engagement where verifier_id = {ORGANISATION})",
            f"{kinds('bank')} and id in (select enterprise_id from consent where bank_id = {ORGANISATION})",
        ),
        insert=either(kinds("system", "operator"), within("division_path")),
        update=either(kinds("system", "operator"), within("division_path")),
    )
    protect(
        "person",
        select=either(
            SYSTEM,
            f"id = {ACTOR}",
            f"id in (select person_id from membership where organisation_id = {ORGANISATION})",
        ),
        insert=SYSTEM,
        update=either(SYSTEM, f"id = {ACTOR}"),
    )
    protect(
        "membership",
        select=either(SYSTEM, f"organisation_id = {ORGANISATION}", f"person_id = {ACTOR}"),
        insert=either(SYSTEM, f"organisation_id = {ORGANISATION}"),
        update=either(SYSTEM, f"organisation_id = {ORGANISATION}"),
    )
    own = either(SYSTEM, f"organisation_id = {ORGANISATION}")
    protect("api_client", select=own, insert=own, update=own)
    protect("invitation", select=own, insert=own, update=own)
    protect("sign_in_attempt", select=SYSTEM, insert=SYSTEM, update=SYSTEM, delete=SYSTEM)
    protect("refresh_token", select=SYSTEM, insert=SYSTEM, update=SYSTEM, delete=SYSTEM)
    protect("revoked_token", select=SYSTEM, insert=SYSTEM, update=SYSTEM, delete=SYSTEM)
    protect("signing_key", select=SYSTEM, insert=SYSTEM, update=SYSTEM)
    protect(
        "engagement",
        select=either(
            SYSTEM,
            f"enterprise_id = {ORGANISATION}",
            f"verifier_id = {ORGANISATION}",
            within("division_path"),
        ),
        insert=either(SYSTEM, f"enterprise_id = {ORGANISATION}"),
        update=either(SYSTEM, f"enterprise_id = {ORGANISATION}", f"verifier_id = {ORGANISATION}"),
    )
    protect(
        "consent",
        select=either(SYSTEM, f"enterprise_id = {ORGANISATION}", f"bank_id = {ORGANISATION}"),
        insert=either(SYSTEM, f"enterprise_id = {ORGANISATION}"),
        update=either(SYSTEM, f"enterprise_id = {ORGANISATION}"),
    )


def downgrade() -> None:
    """Drop the tables; first the policies that look into other tables."""
    op.execute("drop policy person_select on person")
    op.execute("drop policy organisation_select on organisation")
    op.drop_table("refresh_token")
    op.drop_table("membership")
    op.drop_table("engagement")
    op.drop_table("consent")
    op.drop_table("api_client")
    op.drop_table("invitation")
    op.drop_table("organisation")
    op.drop_table("signing_key")
    op.drop_table("sign_in_attempt")
    op.drop_table("revoked_token")
    op.drop_table("person")
