"""Exclusive claims: rules, claims, what they cover, and the guards that keep two of them apart.

Revision: 0008_claims
Follows: 0007_ledger
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.toolkit import KIND, KNOWN, SYSTEM, either, function, protect

revision = "0008_claims"
down_revision = "0007_ledger"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, then their policies and the functions that alone write them."""
    op.create_table(
        "claim_rule",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("use_a", sa.Text(), nullable=False),
        sa.Column("use_b", sa.Text(), nullable=False),
        sa.Column("test", sa.Text(), nullable=False),
        sa.Column("reason_zh", sa.Text(), nullable=False),
        sa.Column("reason_en", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("confidence", sa.Text(), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(test = 'repeat') = (use_a = use_b)", name=op.f("ck_claim_rule_repeat")),
        sa.CheckConstraint("test in ('repeat', 'any_owner', 'other_owner')", name=op.f("ck_claim_rule_test")),
        sa.CheckConstraint("use_a <= use_b", name=op.f("ck_claim_rule_ordered")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_claim_rule")),
    )
    op.create_table(
        "claim",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("use", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.BigInteger(), nullable=True),
        sa.Column("movement_id", sa.Uuid(), nullable=True),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_by", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["movement_id"], ["ledger_movement.id"], name=op.f("fk_claim_movement_id_ledger_movement")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["carbon_account.id"], name=op.f("fk_claim_owner_id_carbon_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim")),
    )
    op.create_index(
        op.f("ix_claim_movement_id"),
        "claim",
        ["movement_id"],
        unique=False,
        postgresql_where=sa.text("movement_id is not null"),
    )
    op.create_index(op.f("ix_claim_owner_id_period"), "claim", ["owner_id", "period"], unique=False)
    op.create_table(
        "claim_extent",
        sa.Column("claim_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("extent", postgresql.INT8RANGE(), nullable=False),
        sa.Column("is_live", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_claim_extent_claim_id_claim")),
        sa.PrimaryKeyConstraint("claim_id", "subject", "extent", name=op.f("pk_claim_extent")),
    )
    op.create_index(
        "ix_claim_extent_covers",
        "claim_extent",
        ["subject", "extent"],
        unique=False,
        postgresql_using="gist",
        postgresql_where=sa.text("is_live"),
    )
    op.create_table(
        "claim_guard",
        sa.Column("claim_id", sa.Uuid(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("extent", postgresql.INT8RANGE(), nullable=False),
        sa.Column("test", sa.Text(), nullable=False),
        sa.Column("use", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("is_live", sa.Boolean(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("rule"), "="),
            (sa.column("subject"), "="),
            (sa.column("extent"), "&&"),
            where=sa.text("is_live and test = 'repeat'"),
            using="gist",
            name="ex_claim_guard_repeat",
        ),
        postgresql.ExcludeConstraint(
            (sa.column("rule"), "="),
            (sa.column("subject"), "="),
            (sa.column("use"), "<>"),
            (sa.column("extent"), "&&"),
            where=sa.text("is_live and test = 'any_owner'"),
            using="gist",
            name="ex_claim_guard_any_owner",
        ),
        postgresql.ExcludeConstraint(
            (sa.column("rule"), "="),
            (sa.column("subject"), "="),
            (sa.column("use"), "<>"),
            (sa.column("owner_id"), "<>"),
            (sa.column("extent"), "&&"),
            where=sa.text("is_live and test = 'other_owner'"),
            using="gist",
            name="ex_claim_guard_other_owner",
        ),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_claim_guard_claim_id_claim")),
        sa.ForeignKeyConstraint(["rule"], ["claim_rule.code"], name=op.f("fk_claim_guard_rule_claim_rule")),
        sa.PrimaryKeyConstraint("claim_id", "rule", "subject", "extent", name=op.f("pk_claim_guard")),
    )
    function(
        "0008_claims.sql",
        "ledger_claim(jsonb)",
        "ledger_withdraw_claims(uuid)",
        "ledger_load_claim_rule(jsonb)",
        "ledger_claimed(jsonb)",
    )
    protect("claim_rule", select=KNOWN, is_sealed=True)
    protect(
        "claim",
        select=either(SYSTEM, f"{KIND} <> 'bank' and owner_id in (select id from carbon_account)"),
        is_sealed=True,
    )
    of_claim = either(SYSTEM, "claim_id in (select id from claim)")
    protect("claim_extent", select=of_claim, is_sealed=True)
    protect("claim_guard", select=of_claim, is_sealed=True)


def downgrade() -> None:
    """Drop what the revision made."""
    for table in ("claim_guard", "claim_extent", "claim", "claim_rule"):
        op.execute(f"drop table {table} cascade")
    for name in ("ledger_claim", "ledger_withdraw_claims", "ledger_load_claim_rule", "ledger_claimed"):
        op.execute(f"drop function {name}")
