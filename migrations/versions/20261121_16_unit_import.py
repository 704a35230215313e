"""Files of registries on their way in: serial ranges of CCER and allowances.

Revision: 0016_unit_import
Follows: 0015_statements
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.toolkit import OF_OWN_ACCOUNT, OF_VISIBLE_ACCOUNT, either, grant, of_account_for, protect

revision = "0016_unit_import"
down_revision = "0015_statements"
branch_labels = None
depends_on = None

OF_HOLDER_OR_REGISTRAR = either(OF_OWN_ACCOUNT, of_account_for("authority"))


def upgrade() -> None:
    """Create the table, then its grants and policies."""
    op.create_table(
        "unit_import",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("class_code", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("is_dry_run", sa.Boolean(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("object_key", sa.Text(), nullable=False),
        sa.Column("annotated_key", sa.Text(), nullable=True),
        sa.Column("summary", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=True),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state in ('received', 'stored', 'rejected', 'checked', 'failed')", name=op.f("ck_unit_import_state")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["carbon_account.id"], name=op.f("fk_unit_import_account_id_carbon_account")
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_unit_import")),
    )
    op.create_index(
        op.f("ix_unit_import_account_id_class_code_sha256"),
        "unit_import",
        ["account_id", "class_code", "sha256"],
        unique=False,
    )
    protect("unit_import", select=OF_VISIBLE_ACCOUNT, insert=OF_HOLDER_OR_REGISTRAR)
    # How an import ended is written once; an ended one never changes.
    op.execute(
        f"create policy unit_import_update on unit_import for update using (({OF_HOLDER_OR_REGISTRAR})"
        f" and state = 'received') with check (({OF_HOLDER_OR_REGISTRAR}) and state <> 'received')"
    )
    grant("unit_import", "update (state, summary, annotated_key, group_id, finished_at)")


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("unit_import")
