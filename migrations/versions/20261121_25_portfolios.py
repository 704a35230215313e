"""A bank's own loans, balances and terms.

Revision: 0025_portfolios
Follows: 0024_lending
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.toolkit import ORGANISATION, SYSTEM, either, kinds, protect

revision = "0025_portfolios"
down_revision = "0024_lending"
branch_labels = None
depends_on = None

OF_OWN_BANK = either(SYSTEM, f"{kinds('bank')} and bank_id = {ORGANISATION}")


def upgrade() -> None:
    """Create the tables, then their grants and policies."""
    op.create_table(
        "loan",
        sa.Column("bank_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("credit_code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("grade_at_grant", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("ends_on is null or ends_on >= opened_on", name=op.f("ck_loan_dates")),
        sa.CheckConstraint("credit_code ~ '^[0-9A-Z]{18}$'", name=op.f("ck_loan_credit_code")),
        sa.ForeignKeyConstraint(["bank_id"], ["organisation.id"], name=op.f("fk_loan_bank_id_organisation")),
        sa.PrimaryKeyConstraint("bank_id", "id", name=op.f("pk_loan")),
        sa.UniqueConstraint("bank_id", "reference", name=op.f("uq_loan_bank_id_reference")),
    )
    op.create_index(op.f("ix_loan_bank_id_credit_code"), "loan", ["bank_id", "credit_code"], unique=False)
    op.create_table(
        "loan_balance",
        sa.Column("bank_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("loan_id", sa.Uuid(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("outstanding", sa.Numeric(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("outstanding >= 0", name=op.f("ck_loan_balance_outstanding")),
        sa.ForeignKeyConstraint(
            ["bank_id", "loan_id"], ["loan.bank_id", "loan.id"], name=op.f("fk_loan_balance_bank_id_loan_id_loan")
        ),
        sa.PrimaryKeyConstraint("bank_id", "id", name=op.f("pk_loan_balance")),
    )
    op.create_index(
        op.f("ix_loan_balance_bank_id_loan_id_as_of_id"),
        "loan_balance",
        ["bank_id", "loan_id", "as_of", "id"],
        unique=False,
    )
    op.create_table(
        "loan_terms",
        sa.Column("bank_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("model_code", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("grades", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("version > 0", name=op.f("ck_loan_terms_version")),
        sa.ForeignKeyConstraint(["bank_id"], ["organisation.id"], name=op.f("fk_loan_terms_bank_id_organisation")),
        sa.PrimaryKeyConstraint("bank_id", "id", name=op.f("pk_loan_terms")),
        sa.UniqueConstraint("bank_id", "model_code", "version", name=op.f("uq_loan_terms_bank_id_model_code_version")),
    )
    protect("loan", select=OF_OWN_BANK, insert=OF_OWN_BANK)
    protect("loan_balance", select=OF_OWN_BANK, insert=OF_OWN_BANK)
    protect("loan_terms", select=OF_OWN_BANK, insert=OF_OWN_BANK)


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("loan_terms")
    op.drop_table("loan_balance")
    op.drop_table("loan")
