"""Activity data, inventories, findings.

Revision: 0006_emissions
Follows: 0005_accounts
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.toolkit import (
    OF_OWN_ACCOUNT,
    OF_VISIBLE_ACCOUNT,
    of_account_for,
    protect,
)

revision = "0006_emissions"
down_revision = "0005_accounts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, then their grants and policies."""
    op.create_table(
        "activity_batch",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("is_dry_run", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=True),
        sa.Column("media_type", sa.Text(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("object_key", sa.Text(), nullable=True),
        sa.Column("annotated_key", sa.Text(), nullable=True),
        sa.Column(
            "summary",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "origin in ('file', 'bulk', 'single', 'correction')",
            name=op.f("ck_activity_batch_origin"),
        ),
        sa.CheckConstraint(
            "state in ('received', 'stored', 'rejected', 'checked', 'failed')",
            name=op.f("ck_activity_batch_state"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["carbon_account.id"],
            name=op.f("fk_activity_batch_account_id_carbon_account"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_activity_batch")),
    )
    op.create_index(
        "uq_activity_batch_file",
        "activity_batch",
        ["account_id", "sha256"],
        unique=True,
        postgresql_where=sa.text("state = 'stored' and sha256 is not null"),
    )
    op.create_table(
        "inventory",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("factor_policy", sa.Text(), nullable=False),
        sa.Column("factor_date", sa.Date(), nullable=False),
        sa.Column("method_pack", sa.Text(), nullable=False),
        sa.Column("fuel_table", sa.Text(), nullable=False),
        sa.Column("scope1", sa.Numeric(), nullable=False),
        sa.Column("scope2_location", sa.Numeric(), nullable=False),
        sa.Column("scope2_market", sa.Numeric(), nullable=False),
        sa.Column("scope3", sa.Numeric(), nullable=False),
        sa.Column("energy_tce", sa.Numeric(), nullable=False),
        sa.Column("record_count", sa.BigInteger(), nullable=False),
        sa.Column("excluded_count", sa.BigInteger(), nullable=False),
        sa.Column("uncertainty", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("checks", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("quality_score", sa.Numeric(), nullable=True),
        sa.Column("restates_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("computed_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "state in ('computed', 'submitted', 'verified', 'closed', 'restated', 'withdrawn')",
            name=op.f("ck_inventory_state"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["carbon_account.id"],
            name=op.f("fk_inventory_account_id_carbon_account"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_inventory")),
        sa.UniqueConstraint(
            "account_id",
            "year",
            "version",
            name=op.f("uq_inventory_account_id_year_version"),
        ),
    )
    op.create_table(
        "approval",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=True),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("decision in ('approved', 'rejected')", name=op.f("ck_approval_decision")),
        sa.ForeignKeyConstraint(
            ["account_id", "batch_id"],
            ["activity_batch.account_id", "activity_batch.id"],
            name=op.f("fk_approval_account_id_batch_id_activity_batch"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_approval")),
    )
    op.create_index(
        op.f("ix_approval_account_id_batch_id"),
        "approval",
        ["account_id", "batch_id"],
        unique=False,
    )
    op.create_table(
        "finding",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("inventory_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=True),
        sa.Column("review_round", sa.BigInteger(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("raised_by", sa.Uuid(), nullable=True),
        sa.Column("verifier_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("severity in ('note', 'minor', 'major')", name=op.f("ck_finding_severity")),
        sa.CheckConstraint("state in ('open', 'answered', 'resolved')", name=op.f("ck_finding_state")),
        sa.ForeignKeyConstraint(
            ["account_id", "inventory_id"],
            ["inventory.account_id", "inventory.id"],
            name=op.f("fk_finding_account_id_inventory_id_inventory"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_finding")),
    )
    op.create_index(
        op.f("ix_finding_account_id_inventory_id"),
        "finding",
        ["account_id", "inventory_id"],
        unique=False,
    )
    op.create_table(
        "inventory_line",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("inventory_id", sa.Uuid(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("scope", sa.BigInteger(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("gas", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("months", postgresql.ARRAY(sa.Date()), nullable=False),
        sa.Column("record_count", sa.BigInteger(), nullable=False),
        sa.Column("quantities", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("base_quantity", sa.Numeric(), nullable=False),
        sa.Column("base_unit", sa.Text(), nullable=False),
        sa.Column("coefficient", sa.Numeric(), nullable=False),
        sa.Column("coefficient_unit", sa.Text(), nullable=False),
        sa.Column("result_t", sa.Numeric(), nullable=False),
        sa.Column("gwp", sa.Numeric(), nullable=False),
        sa.Column("co2e_t", sa.Numeric(), nullable=False),
        sa.Column("energy_tce", sa.Numeric(), nullable=False),
        sa.Column("formula", sa.Text(), nullable=False),
        sa.Column("formula_source", sa.Text(), nullable=False),
        sa.Column("parameters", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("tiers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("quality_score", sa.Numeric(), nullable=True),
        sa.Column("uncertainty", sa.Numeric(), nullable=True),
        sa.CheckConstraint(
            "basis in ('both', 'location', 'market')",
            name=op.f("ck_inventory_line_basis"),
        ),
        sa.CheckConstraint("scope between 1 and 3", name=op.f("ck_inventory_line_scope")),
        sa.ForeignKeyConstraint(
            ["account_id", "inventory_id"],
            ["inventory.account_id", "inventory.id"],
            name=op.f("fk_inventory_line_account_id_inventory_id_inventory"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_inventory_line")),
    )
    op.create_index(
        op.f("ix_inventory_line_account_id_inventory_id_source_id"),
        "inventory_line",
        ["account_id", "inventory_id", "source_id"],
        unique=False,
    )
    op.create_table(
        "inventory_month",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("inventory_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("scope1", sa.Numeric(), nullable=False),
        sa.Column("scope2_location", sa.Numeric(), nullable=False),
        sa.Column("scope2_market", sa.Numeric(), nullable=False),
        sa.Column("scope3", sa.Numeric(), nullable=False),
        sa.Column("energy_tce", sa.Numeric(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "inventory_id"],
            ["inventory.account_id", "inventory.id"],
            name=op.f("fk_inventory_month_account_id_inventory_id_inventory"),
        ),
        sa.PrimaryKeyConstraint(
            "account_id",
            "inventory_id",
            "month",
            name=op.f("pk_inventory_month"),
        ),
    )
    op.create_table(
        "inventory_transition",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("inventory_id", sa.Uuid(), nullable=False),
        sa.Column("from_state", sa.Text(), nullable=False),
        sa.Column("to_state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id", "inventory_id"],
            ["inventory.account_id", "inventory.id"],
            name=op.f("fk_inventory_transition_account_id_inventory_id_inventory"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_inventory_transition")),
    )
    op.create_index(
        op.f("ix_inventory_transition_account_id_inventory_id"),
        "inventory_transition",
        ["account_id", "inventory_id"],
        unique=False,
    )
    op.create_table(
        "activity_record",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("meter_id", sa.Uuid(), nullable=True),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("quantity", sa.Numeric(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column(
            "parameters",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("evidence_id", sa.Uuid(), nullable=True),
        sa.Column("note", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("supersedes_id", sa.Uuid(), nullable=True),
        sa.Column(
            "is_withdrawn",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(supersedes_id is null) or reason <> ''",
            name=op.f("ck_activity_record_correction_has_reason"),
        ),
        sa.CheckConstraint(
            "tier in ('metered', 'invoiced', 'estimated')",
            name=op.f("ck_activity_record_tier"),
        ),
        sa.CheckConstraint("extract(day from month) = 1", name=op.f("ck_activity_record_month")),
        sa.CheckConstraint("quantity >= 0", name=op.f("ck_activity_record_quantity")),
        sa.ForeignKeyConstraint(
            ["account_id", "batch_id"],
            ["activity_batch.account_id", "activity_batch.id"],
            name=op.f("fk_activity_record_account_id_batch_id_activity_batch"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "source_id"],
            ["source.account_id", "source.id"],
            name=op.f("fk_activity_record_account_id_source_id_source"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_activity_record")),
    )
    op.create_index(
        "uq_activity_record_month",
        "activity_record",
        ["account_id", "source_id", "month", "meter_id"],
        unique=True,
        postgresql_nulls_not_distinct=True,
        postgresql_where=sa.text("supersedes_id is null"),
    )
    op.create_index(
        "uq_activity_record_supersedes",
        "activity_record",
        ["account_id", "supersedes_id"],
        unique=True,
        postgresql_where=sa.text("supersedes_id is not null"),
    )
    op.create_table(
        "finding_message",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("finding_id", sa.Uuid(), nullable=False),
        sa.Column("author_kind", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("evidence_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "finding_id"],
            ["finding.account_id", "finding.id"],
            name=op.f("fk_finding_message_account_id_finding_id_finding"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_finding_message")),
    )
    op.create_index(
        op.f("ix_finding_message_account_id_finding_id"),
        "finding_message",
        ["account_id", "finding_id"],
        unique=False,
    )

    protect(
        "activity_batch",
        select=OF_VISIBLE_ACCOUNT,
        insert=OF_OWN_ACCOUNT,
        update=OF_OWN_ACCOUNT,
    )
    for table in ("activity_record", "approval", "inventory_line", "inventory_month"):
        protect(table, select=OF_VISIBLE_ACCOUNT, insert=OF_OWN_ACCOUNT)
    reviewers = of_account_for("enterprise", "verifier", "authority")
    protect("inventory", select=OF_VISIBLE_ACCOUNT, insert=OF_OWN_ACCOUNT, update=reviewers)
    protect("inventory_transition", select=OF_VISIBLE_ACCOUNT, insert=reviewers)
    protect(
        "finding",
        select=OF_VISIBLE_ACCOUNT,
        insert=of_account_for("verifier"),
        update=of_account_for("enterprise", "verifier"),
    )
    protect(
        "finding_message",
        select=OF_VISIBLE_ACCOUNT,
        insert=of_account_for("enterprise", "verifier"),
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("finding_message")
    op.drop_table("activity_record")
    op.drop_table("inventory_transition")
    op.drop_table("inventory_month")
    op.drop_table("inventory_line")
    op.drop_table("finding")
    op.drop_table("approval")
    op.drop_table("inventory")
    op.drop_table("activity_batch")
