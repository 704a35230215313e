"""Monthly quick reports, and estimates of carbon from electricity with their error.

Revision: 0038_estimates
Follows: 0037_monitoring
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.toolkit import ACTOR, OF_VISIBLE_ACCOUNT, SYSTEM, either, kinds, of_account_for, protect, within

revision = "0038_estimates"
down_revision = "0037_monitoring"
branch_labels = None
depends_on = None

OF_REGION = either(SYSTEM, within("division_path"))
"""The service, and the authority whose region the row lies in."""
OF_ACCOUNT = either(SYSTEM, OF_VISIBLE_ACCOUNT)
"""The service, and who sees the account: its holder, its authorities, a verifier engaged on it."""
OF_REPORT = f"{kinds('system', 'authority')} and report_id in (select id from quick_report)"
BY_AUTHORITY = f"{of_account_for('authority')} and {either(SYSTEM, f'recorded_by = {ACTOR}')}"
BY_ISSUER = f"{OF_REPORT} and {either(SYSTEM, f'issued_by = {ACTOR}')}"


def upgrade() -> None:
    """Create the tables, then their grants and policies."""
    op.create_table(
        "large_industry_entry",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("is_large", sa.Boolean(), nullable=False),
        sa.Column("document_number", sa.Text(), nullable=False),
        sa.Column("document_dated", sa.Date(), nullable=False),
        sa.Column("document_title", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "document_title <> '' and document_number <> ''", name=op.f("ck_large_industry_entry_document")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["carbon_account.id"], name=op.f("fk_large_industry_entry_account_id_carbon_account")
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_large_industry_entry")),
    )
    op.create_index(
        op.f("ix_large_industry_entry_account_id_recorded_at"),
        "large_industry_entry",
        ["account_id", "recorded_at"],
        unique=False,
    )
    op.create_table(
        "electricity_entry",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("mwh", sa.Numeric(), nullable=False),
        sa.Column("document_number", sa.Text(), nullable=False),
        sa.Column("document_dated", sa.Date(), nullable=False),
        sa.Column("document_title", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "document_title <> '' and document_number <> ''", name=op.f("ck_electricity_entry_document")
        ),
        sa.CheckConstraint("extract(day from month) = 1", name=op.f("ck_electricity_entry_month")),
        sa.CheckConstraint("mwh >= 0", name=op.f("ck_electricity_entry_mwh")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["carbon_account.id"], name=op.f("fk_electricity_entry_account_id_carbon_account")
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_electricity_entry")),
    )
    op.create_index(
        op.f("ix_electricity_entry_account_id_month_recorded_at"),
        "electricity_entry",
        ["account_id", "month", "recorded_at"],
        unique=False,
    )
    op.create_table(
        "carbon_model",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("refusal", sa.Text(), nullable=True),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("library", sa.Text(), nullable=False),
        sa.Column("terms_version", sa.Text(), nullable=False),
        sa.Column("months", sa.BigInteger(), nullable=False),
        sa.Column("first_month", sa.Date(), nullable=True),
        sa.Column("last_month", sa.Date(), nullable=True),
        sa.Column("lowest_mwh", sa.Numeric(), nullable=True),
        sa.Column("highest_mwh", sa.Numeric(), nullable=True),
        sa.Column("scope1_intercept", sa.Numeric(), nullable=True),
        sa.Column("scope1_slope", sa.Numeric(), nullable=True),
        sa.Column("scope2_intercept", sa.Numeric(), nullable=True),
        sa.Column("scope2_slope", sa.Numeric(), nullable=True),
        sa.Column("error_percent", sa.Numeric(), nullable=True),
        sa.Column("bias_percent", sa.Numeric(), nullable=True),
        sa.Column("half_width", sa.Numeric(), nullable=True),
        sa.Column("points", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("fitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(state = 'refused') = (refusal is not null)", name=op.f("ck_carbon_model_reason")),
        sa.CheckConstraint(
            "refusal in ('too_short', 'no_spread', 'no_emissions', 'not_rising', 'too_uncertain')",
            name=op.f("ck_carbon_model_refusal"),
        ),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_carbon_model_sha256")),
        sa.CheckConstraint(
            "state = 'refused' or (scope1_slope is not null and scope1_intercept is not null and scope2_slope is not null and scope2_intercept is not null and error_percent is not null and half_width is not null)",
            name=op.f("ck_carbon_model_error"),
        ),
        sa.CheckConstraint("state in ('usable', 'refused')", name=op.f("ck_carbon_model_state")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["carbon_account.id"], name=op.f("fk_carbon_model_account_id_carbon_account")
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_carbon_model")),
        sa.UniqueConstraint("account_id", "version", name=op.f("uq_carbon_model_account_id_version")),
    )
    op.create_table(
        "carbon_estimate",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("model_id", sa.Uuid(), nullable=False),
        sa.Column("mwh", sa.Numeric(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("scope1", sa.Numeric(), nullable=True),
        sa.Column("scope2", sa.Numeric(), nullable=True),
        sa.Column("low", sa.Numeric(), nullable=True),
        sa.Column("high", sa.Numeric(), nullable=True),
        sa.Column("estimated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(state = 'told') = (scope1 is not null and scope2 is not null and low is not null and high is not null)",
            name=op.f("ck_carbon_estimate_told"),
        ),
        sa.CheckConstraint("source in ('records', 'grid')", name=op.f("ck_carbon_estimate_source")),
        sa.CheckConstraint("state in ('told', 'outside_range')", name=op.f("ck_carbon_estimate_state")),
        sa.ForeignKeyConstraint(
            ["account_id", "model_id"],
            ["carbon_model.account_id", "carbon_model.id"],
            name=op.f("fk_carbon_estimate_account_id_model_id_carbon_model"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_carbon_estimate")),
    )
    op.create_index(
        op.f("ix_carbon_estimate_account_id_month_estimated_at"),
        "carbon_estimate",
        ["account_id", "month", "estimated_at"],
        unique=False,
    )
    op.create_table(
        "carbon_estimate_outcome",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("estimate_id", sa.Uuid(), nullable=False),
        sa.Column("inventory_id", sa.Uuid(), nullable=False),
        sa.Column("verified", sa.Numeric(), nullable=False),
        sa.Column("difference", sa.Numeric(), nullable=False),
        sa.Column("is_held", sa.Boolean(), nullable=False),
        sa.Column("compared_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "estimate_id"],
            ["carbon_estimate.account_id", "carbon_estimate.id"],
            name="fk_carbon_estimate_outcome_estimate",
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "inventory_id"],
            ["inventory.account_id", "inventory.id"],
            name=op.f("fk_carbon_estimate_outcome_account_id_inventory_id_inventory"),
        ),
        sa.PrimaryKeyConstraint("account_id", "estimate_id", "inventory_id", name=op.f("pk_carbon_estimate_outcome")),
    )
    op.create_table(
        "quick_report",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("division_code", sa.Text(), nullable=False),
        sa.Column("division_path", sa.Text(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("terms_version", sa.Text(), nullable=False),
        sa.Column("is_placeholder", sa.Boolean(), nullable=False),
        sa.Column("known_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("prepared_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("extract(day from month) = 1", name=op.f("ck_quick_report_month")),
        sa.ForeignKeyConstraint(
            ["division_code"], ["division.code"], name=op.f("fk_quick_report_division_code_division")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quick_report")),
    )
    op.create_index(
        op.f("ix_quick_report_division_path_month_known_at"),
        "quick_report",
        ["division_path", "month", "known_at"],
        unique=False,
    )
    op.create_table(
        "quick_report_account",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("division_code", sa.Text(), nullable=False),
        sa.Column("division_path", sa.Text(), nullable=False),
        sa.Column("sector", sa.Text(), nullable=False),
        sa.Column("standing", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("scope1", sa.Numeric(), nullable=True),
        sa.Column("scope2", sa.Numeric(), nullable=True),
        sa.Column("low", sa.Numeric(), nullable=True),
        sa.Column("high", sa.Numeric(), nullable=True),
        sa.Column("energy_tce", sa.Numeric(), nullable=True),
        sa.Column("estimate_id", sa.Uuid(), nullable=True),
        sa.Column("before_scope1", sa.Numeric(), nullable=True),
        sa.Column("before_scope2", sa.Numeric(), nullable=True),
        sa.Column("pending", sa.BigInteger(), nullable=False),
        sa.Column("latest_input_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(basis = 'estimated') = (estimate_id is not null)", name=op.f("ck_quick_report_account_estimate")
        ),
        sa.CheckConstraint(
            "(basis = 'missing') = (scope1 is null) and (scope1 is null) = (scope2 is null)",
            name=op.f("ck_quick_report_account_tonnes"),
        ),
        sa.CheckConstraint(
            "basis in ('complete', 'estimated', 'partial', 'missing')", name=op.f("ck_quick_report_account_basis")
        ),
        sa.CheckConstraint("standing in ('large', 'unknown')", name=op.f("ck_quick_report_account_standing")),
        sa.ForeignKeyConstraint(
            ["account_id", "estimate_id"],
            ["carbon_estimate.account_id", "carbon_estimate.id"],
            name=op.f("fk_quick_report_account_account_id_estimate_id_carbon_estimate"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["carbon_account.id"], name=op.f("fk_quick_report_account_account_id_carbon_account")
        ),
        sa.ForeignKeyConstraint(
            ["division_code"], ["division.code"], name=op.f("fk_quick_report_account_division_code_division")
        ),
        sa.ForeignKeyConstraint(
            ["report_id"], ["quick_report.id"], name=op.f("fk_quick_report_account_report_id_quick_report")
        ),
        sa.PrimaryKeyConstraint("account_id", "report_id", name=op.f("pk_quick_report_account")),
    )
    op.create_index(op.f("ix_quick_report_account_report_id"), "quick_report_account", ["report_id"], unique=False)
    op.create_table(
        "quick_report_issue",
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("division_code", sa.Text(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_quick_report_issue_sha256")),
        sa.CheckConstraint("version > 0", name=op.f("ck_quick_report_issue_version")),
        sa.ForeignKeyConstraint(
            ["division_code"], ["division.code"], name=op.f("fk_quick_report_issue_division_code_division")
        ),
        sa.ForeignKeyConstraint(
            ["report_id"], ["quick_report.id"], name=op.f("fk_quick_report_issue_report_id_quick_report")
        ),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_quick_report_issue")),
        sa.UniqueConstraint(
            "division_code", "month", "version", name=op.f("uq_quick_report_issue_division_code_month_version")
        ),
    )
    op.create_table(
        "quick_report_outcome",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("inventory_id", sa.Uuid(), nullable=False),
        sa.Column("division_path", sa.Text(), nullable=False),
        sa.Column("verified", sa.Numeric(), nullable=False),
        sa.Column("difference", sa.Numeric(), nullable=False),
        sa.Column("compared_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "inventory_id"],
            ["inventory.account_id", "inventory.id"],
            name=op.f("fk_quick_report_outcome_account_id_inventory_id_inventory"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "report_id"],
            ["quick_report_account.account_id", "quick_report_account.report_id"],
            name="fk_quick_report_outcome_account",
        ),
        sa.PrimaryKeyConstraint("account_id", "report_id", "inventory_id", name=op.f("pk_quick_report_outcome")),
    )
    op.create_index(op.f("ix_quick_report_outcome_report_id"), "quick_report_outcome", ["report_id"], unique=False)
    for table in ("large_industry_entry", "electricity_entry"):
        protect(table, select=OF_ACCOUNT, insert=BY_AUTHORITY)
    for table in ("carbon_model", "carbon_estimate", "carbon_estimate_outcome"):
        protect(table, select=OF_ACCOUNT, insert=SYSTEM)
    for table in ("quick_report", "quick_report_account", "quick_report_outcome"):
        protect(table, select=OF_REGION, insert=SYSTEM)
    protect("quick_report_issue", select=OF_REPORT, insert=BY_ISSUER)


def downgrade() -> None:
    """Drop them."""
    for table in (
        "quick_report_outcome", "quick_report_issue", "quick_report_account", "quick_report", "carbon_estimate_outcome",
        "carbon_estimate", "carbon_model", "electricity_entry", "large_industry_entry",
    ):  # fmt: skip
        op.drop_table(table)
