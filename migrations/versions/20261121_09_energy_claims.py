"""Tables of energy claims.

Revision: 0009_energy_claims
Follows: 0008_claims
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.toolkit import OF_OWN_ACCOUNT, OF_VISIBLE_ACCOUNT, SYSTEM, grant, of_account_for, protect

revision = "0009_energy_claims"
down_revision = "0008_claims"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, then their grants and policies."""
    op.create_table(
        "energy_claim",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("movement_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("mwh", sa.Numeric(), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("mwh > 0", name=op.f("ck_energy_claim_mwh")),
        sa.CheckConstraint("withdrawn_at > recorded_at", name=op.f("ck_energy_claim_withdrawn_after")),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["carbon_account.id"],
            name=op.f("fk_energy_claim_account_id_carbon_account"),
        ),
        sa.PrimaryKeyConstraint("account_id", "movement_id", name=op.f("pk_energy_claim")),
        sa.UniqueConstraint("movement_id", name=op.f("uq_energy_claim_movement_id")),
    )
    op.create_index(op.f("ix_energy_claim_account_id_year"), "energy_claim", ["account_id", "year"], unique=False)
    protect("energy_claim", select=OF_VISIBLE_ACCOUNT, insert=OF_OWN_ACCOUNT)
    # A claim changes in one way only: it is withdrawn, by the registrar, once.
    registrar = of_account_for("authority")
    op.execute(
        f"create policy energy_claim_update on energy_claim for update using ({registrar} and withdrawn_at is null)"
        f" with check ({registrar} and withdrawn_at is not null)"
    )
    grant("energy_claim", "update (withdrawn_at, withdrawn_by)")
    op.create_table(
        "credit_warning",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("class_code", sa.Text(), nullable=False),
        sa.Column("days", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.Numeric(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("warned_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("days > 0", name=op.f("ck_credit_warning_days")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_credit_warning_quantity")),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["carbon_account.id"],
            name=op.f("fk_credit_warning_account_id_carbon_account"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_credit_warning")),
        sa.UniqueConstraint("account_id", "batch_id", "days", name=op.f("uq_credit_warning_account_id_batch_id_days")),
    )
    op.create_index(
        op.f("ix_credit_warning_account_id_warned_at"), "credit_warning", ["account_id", "warned_at"], unique=False
    )
    protect("credit_warning", select=OF_VISIBLE_ACCOUNT, insert=SYSTEM)


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("credit_warning")
    op.drop_table("energy_claim")
