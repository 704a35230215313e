"""Tables of statements.

Revision: 0015_statements
Follows: 0014_quotas
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.toolkit import OF_OWN_ACCOUNT, OF_VISIBLE_ACCOUNT, SYSTEM, protect

revision = "0015_statements"
down_revision = "0014_quotas"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, then their grants and policies."""
    op.create_table(
        "document_key",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("public_jwk", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("certificate", sa.LargeBinary(), nullable=False),
        sa.Column("private_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_key")),
    )
    op.create_table(
        "retirement_certificate",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("object_key", sa.Text(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("size > 0", name=op.f("ck_retirement_certificate_size")),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_retirement_certificate_sha256")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["carbon_account.id"], name=op.f("fk_retirement_certificate_account_id_carbon_account")
        ),
        sa.ForeignKeyConstraint(
            ["key_id"], ["document_key.id"], name=op.f("fk_retirement_certificate_key_id_document_key")
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_retirement_certificate")),
        sa.UniqueConstraint("number", name=op.f("uq_retirement_certificate_number")),
    )
    op.create_index(op.f("ix_retirement_certificate_sha256"), "retirement_certificate", ["sha256"], unique=False)
    op.create_table(
        "certified_retirement",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("movement_id", sa.Uuid(), nullable=False),
        sa.Column("edition", sa.BigInteger(), nullable=False),
        sa.Column("certificate_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("edition > 0", name=op.f("ck_certified_retirement_edition")),
        sa.ForeignKeyConstraint(
            ["account_id", "certificate_id"],
            ["retirement_certificate.account_id", "retirement_certificate.id"],
            name="fk_certified_retirement_certificate",
        ),
        sa.PrimaryKeyConstraint("account_id", "movement_id", "edition", name=op.f("pk_certified_retirement")),
    )
    op.create_index(
        op.f("ix_certified_retirement_account_id_certificate_id"),
        "certified_retirement",
        ["account_id", "certificate_id"],
        unique=False,
    )
    # Keys are the service's own; what is published of them is public.
    protect("document_key", select=SYSTEM, insert=SYSTEM, update=SYSTEM)
    protect("retirement_certificate", select=OF_VISIBLE_ACCOUNT, insert=OF_OWN_ACCOUNT)
    protect("certified_retirement", select=OF_VISIBLE_ACCOUNT, insert=OF_OWN_ACCOUNT)


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("certified_retirement")
    op.drop_table("retirement_certificate")
    op.drop_table("document_key")
