"""Tables of account statements.

Revision: 0023_account_statements
Follows: 0022_score_runs
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.toolkit import OF_OWN_ACCOUNT, OF_VISIBLE_ACCOUNT, protect

revision = "0023_account_statements"
down_revision = "0022_score_runs"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, then their grants and policies."""
    op.create_table(
        "account_statement",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("period_from", sa.Date(), nullable=False),
        sa.Column("period_to", sa.Date(), nullable=False),
        sa.Column("known_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("jws", sa.Text(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("period_from <= period_to", name=op.f("ck_account_statement_period")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["carbon_account.id"], name=op.f("fk_account_statement_account_id_carbon_account")
        ),
        sa.ForeignKeyConstraint(["key_id"], ["document_key.id"], name=op.f("fk_account_statement_key_id_document_key")),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_account_statement")),
        sa.UniqueConstraint("number", name=op.f("uq_account_statement_number")),
    )
    op.create_table(
        "account_statement_file",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("object_key", sa.Text(), nullable=False),
        sa.CheckConstraint("kind in ('json', 'pdf', 'xlsx')", name=op.f("ck_account_statement_file_kind")),
        sa.CheckConstraint(
            "language in ('', 'zh', 'en') and (language = '') = (kind = 'json')",
            name=op.f("ck_account_statement_file_language"),
        ),
        sa.CheckConstraint("size > 0", name=op.f("ck_account_statement_file_size")),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_account_statement_file_sha256")),
        sa.ForeignKeyConstraint(
            ["account_id", "statement_id"],
            ["account_statement.account_id", "account_statement.id"],
            name="fk_account_statement_file_statement",
        ),
        sa.PrimaryKeyConstraint(
            "account_id", "statement_id", "kind", "language", name=op.f("pk_account_statement_file")
        ),
    )
    protect("account_statement", select=OF_VISIBLE_ACCOUNT, insert=OF_OWN_ACCOUNT)
    protect("account_statement_file", select=OF_VISIBLE_ACCOUNT, insert=OF_OWN_ACCOUNT)


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("account_statement_file")
    op.drop_table("account_statement")
