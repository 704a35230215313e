"""Yearly figures of accounts.

Revision: 0019_figures
Follows: 0018_agreements
"""

import sqlalchemy as sa
from alembic import op

from migrations.toolkit import OF_OWN_ACCOUNT, OF_VISIBLE_ACCOUNT, protect

revision = "0019_figures"
down_revision = "0018_agreements"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table, then its grants and policies: the holder writes, who sees the account reads, no bank."""
    op.create_table(
        "year_figure",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("product", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("quantity", sa.Numeric(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("is_main", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("is_withdrawn", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("evidence_id", sa.Uuid(), nullable=True),
        sa.Column("note", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("supersedes_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "kind in ('value_added', 'revenue', 'output', 'total_assets', 'equity', 'debt', 'enterprise_value',"
            " 'employees')",
            name=op.f("ck_year_figure_kind"),
        ),
        sa.CheckConstraint("(kind = 'output') = (product <> '')", name=op.f("ck_year_figure_product")),
        sa.CheckConstraint("quantity >= 0 or kind in ('value_added', 'equity')", name=op.f("ck_year_figure_quantity")),
        sa.CheckConstraint("supersedes_id is null or note <> ''", name=op.f("ck_year_figure_correction_has_reason")),
        sa.CheckConstraint("supersedes_id is not null or not is_withdrawn", name=op.f("ck_year_figure_withdraws")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["carbon_account.id"], name=op.f("fk_year_figure_account_id_carbon_account")
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "evidence_id"],
            ["evidence.account_id", "evidence.id"],
            name=op.f("fk_year_figure_account_id_evidence_id_evidence"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "supersedes_id"],
            ["year_figure.account_id", "year_figure.id"],
            name=op.f("fk_year_figure_account_id_supersedes_id_year_figure"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_year_figure")),
    )
    op.create_index(
        op.f("ix_year_figure_account_id_year_kind_product_recorded_at"),
        "year_figure",
        ["account_id", "year", "kind", "product", "recorded_at"],
        unique=False,
    )
    op.create_index(
        "uq_year_figure_first",
        "year_figure",
        ["account_id", "year", "kind", "product"],
        unique=True,
        postgresql_where=sa.text("supersedes_id is null"),
    )
    op.create_index(
        "uq_year_figure_supersedes",
        "year_figure",
        ["account_id", "supersedes_id"],
        unique=True,
        postgresql_where=sa.text("supersedes_id is not null"),
    )
    protect("year_figure", select=OF_VISIBLE_ACCOUNT, insert=OF_OWN_ACCOUNT)


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("year_figure")
