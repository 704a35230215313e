"""Divisions and pack versions.

Revision: 0002_tenants
Follows: 0001_kit
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.toolkit import KNOWN, SYSTEM, protect

revision = "0002_tenants"
down_revision = "0001_kit"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, then their grants and policies."""
    op.create_table(
        "division",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("parent_code", sa.Text(), nullable=True),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("is_gbt2260", sa.Boolean(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("confidence", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["parent_code"],
            ["division.code"],
            name=op.f("fk_division_parent_code_division"),
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_division")),
    )
    op.create_index(
        "ix_division_path",
        "division",
        ["path"],
        unique=True,
        postgresql_ops={"path": "text_pattern_ops"},
    )
    op.create_table(
        "pack_version",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_pack_version")),
    )

    protect("division", select=KNOWN, insert=SYSTEM, update=SYSTEM)
    protect("pack_version", select=KNOWN, insert=SYSTEM)


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("pack_version")
    op.drop_table("division")
