"""Reference parameters.

Revision: 0004_factors
Follows: 0003_identity
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.toolkit import either, grant, kinds, protect

revision = "0004_factors"
down_revision = "0003_identity"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, then their grants and policies."""
    op.execute("create extension if not exists btree_gist")
    op.create_table(
        "parameter_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("valid", postgresql.DATERANGE(), nullable=False),
        sa.Column("value", sa.Numeric(), nullable=True),
        sa.Column("low", sa.Numeric(), nullable=True),
        sa.Column("high", sa.Numeric(), nullable=True),
        sa.Column("text_value", sa.Text(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("label_zh", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("label_en", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("confidence", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("dataset", sa.Text(), nullable=False),
        sa.Column(
            "attributes",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("supersedes_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("activated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("activated_by", sa.Uuid(), nullable=True),
        postgresql.ExcludeConstraint(
            (sa.column("name"), "="),
            (sa.column("key"), "="),
            (sa.column("region"), "="),
            (sa.column("version"), "="),
            (sa.column("valid"), "&&"),
            using="gist",
            name="ex_parameter_version_valid",
        ),
        sa.CheckConstraint(
            "state in ('draft', 'active', 'rejected')",
            name=op.f("ck_parameter_version_state"),
        ),
        sa.CheckConstraint(
            "value is not null or low is not null or text_value is not null",
            name=op.f("ck_parameter_version_has_value"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parameter_version")),
    )
    op.create_index(
        op.f("ix_parameter_version_name_key_region"),
        "parameter_version",
        ["name", "key", "region"],
        unique=False,
    )
    op.create_table(
        "reference_file",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("row_count", sa.BigInteger(), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("loaded_by", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_reference_file")),
    )

    writers = kinds("system", "operator", "authority")
    readers = kinds("system", "operator", "authority", "enterprise", "verifier", "bank")
    protect(
        "parameter_version",
        select=either(writers, f"{readers} and state = 'active'"),
        insert=writers,
    )
    # A version never changes; only its state does, once, from draft to active or rejected.
    op.execute(
        f"create policy parameter_version_update on parameter_version for update using ({writers} and state = 'draft')"
        f" with check ({writers} and state in ('active', 'rejected'))"
    )
    grant("parameter_version", "update (state, activated_at, activated_by)")
    protect("reference_file", select=readers, insert=writers)


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("reference_file")
    op.drop_table("parameter_version")
