"""Files of key energy and carbon units: thresholds, posts, findings, retrofits, efficiency codes, passports.

Revision: 0036_key_units
Follows: 0035_knowledge
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.toolkit import ACTOR, ORGANISATION, REGION, SYSTEM, either, kinds, protect, within

revision = "0036_key_units"
down_revision = "0035_knowledge"
branch_labels = None
depends_on = None

VISIBLE = "account_id in (select id from carbon_account)"
SEEN = f"{kinds('system', 'authority', 'enterprise')} and {VISIBLE}"
"""Authorities of the region, and the enterprise itself; neither banks nor verifiers."""
BY_ACTOR = f"({SYSTEM} or recorded_by = {ACTOR})"
BY_EITHER = f"({SEEN}) and {BY_ACTOR}"
BY_AUTHORITY = f"{kinds('system', 'authority')} and {VISIBLE} and {BY_ACTOR}"
BY_ENTERPRISE = (
    f"{BY_ACTOR} and account_id in"
    f" (select id from carbon_account where {SYSTEM} or ({kinds('enterprise')} and organisation_id = {ORGANISATION}))"
)


def second(parent: str, key: str, table: str) -> str:
    """Return the test that another person decides than the one who recorded what is decided on."""
    return (
        f"exists (select 1 from {parent} p where p.account_id = {table}.account_id and p.id = {table}.{key}"
        f" and p.recorded_by is distinct from {table}.recorded_by)"
    )


def covering(table: str) -> str:
    """Return the test that an enterprise has an account in the row's division or below it."""
    return (
        f"({kinds('enterprise')} and exists (select 1 from carbon_account a"
        f" where a.organisation_id = {ORGANISATION} and starts_with(a.division_path, {table}.division_path)))"
    )


def upgrade() -> None:
    """Create the tables and their policies."""

    op.create_table(
        "key_unit_benchmark",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("sector", sa.Text(), nullable=False),
        sa.Column("metric", sa.Text(), nullable=False),
        sa.Column("accounts", sa.BigInteger(), nullable=False),
        sa.Column("low", sa.Numeric(), nullable=False),
        sa.Column("middle", sa.Numeric(), nullable=False),
        sa.Column("high", sa.Numeric(), nullable=False),
        sa.Column("division_code", sa.Text(), nullable=False),
        sa.Column("division_path", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "metric in ('carbon_per_value_added', 'energy_per_value_added')", name=op.f("ck_key_unit_benchmark_metric")
        ),
        sa.CheckConstraint("accounts >= 5", name=op.f("ck_key_unit_benchmark_accounts")),
        sa.CheckConstraint("low <= middle and middle <= high", name=op.f("ck_key_unit_benchmark_order")),
        sa.ForeignKeyConstraint(
            ["division_code"], ["division.code"], name=op.f("fk_key_unit_benchmark_division_code_division")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_unit_benchmark")),
    )
    op.create_index(
        op.f("ix_key_unit_benchmark_division_path_year_sector_metric_recorded_at"),
        "key_unit_benchmark",
        ["division_path", "year", "sector", "metric", "recorded_at"],
        unique=False,
    )
    op.create_table(
        "key_unit_reference",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("product", sa.Text(), nullable=False),
        sa.Column("product_unit", sa.Text(), nullable=False),
        sa.Column("metric", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Numeric(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("division_code", sa.Text(), nullable=False),
        sa.Column("division_path", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("document_number", sa.Text(), nullable=False),
        sa.Column("document_date", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("kind in ('leading', 'baseline')", name=op.f("ck_key_unit_reference_kind")),
        sa.CheckConstraint(
            "metric in ('energy_per_product', 'carbon_per_product')", name=op.f("ck_key_unit_reference_metric")
        ),
        sa.CheckConstraint(
            "product <> '' and product_unit <> '' and document <> ''", name=op.f("ck_key_unit_reference_texts")
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_key_unit_reference_quantity")),
        sa.ForeignKeyConstraint(
            ["division_code"], ["division.code"], name=op.f("fk_key_unit_reference_division_code_division")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_unit_reference")),
    )
    op.create_index(
        op.f("ix_key_unit_reference_product_starts_on"), "key_unit_reference", ["product", "starts_on"], unique=False
    )
    op.create_table(
        "key_unit_code",
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("level", sa.BigInteger(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("ratio", sa.Numeric(), nullable=False),
        sa.Column("intensity", sa.Numeric(), nullable=False),
        sa.Column("benchmark_id", sa.Uuid(), nullable=False),
        sa.Column("inventory_id", sa.Uuid(), nullable=True),
        sa.Column("is_placeholder", sa.Boolean(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("level > 0 and ratio >= 0", name=op.f("ck_key_unit_code_level")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["carbon_account.id"], name=op.f("fk_key_unit_code_account_id_carbon_account")
        ),
        sa.ForeignKeyConstraint(
            ["benchmark_id"], ["key_unit_benchmark.id"], name=op.f("fk_key_unit_code_benchmark_id_key_unit_benchmark")
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_key_unit_code")),
    )
    op.create_index(
        op.f("ix_key_unit_code_account_id_year_recorded_at"),
        "key_unit_code",
        ["account_id", "year", "recorded_at"],
        unique=False,
    )
    op.create_table(
        "key_unit_passport",
        sa.Column("passport_id", sa.Uuid(), nullable=False),
        sa.Column("fields", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("is_withdrawn", sa.Boolean(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["carbon_account.id"], name=op.f("fk_key_unit_passport_account_id_carbon_account")
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_key_unit_passport")),
    )
    op.create_index(
        op.f("ix_key_unit_passport_account_id_recorded_at"),
        "key_unit_passport",
        ["account_id", "recorded_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_key_unit_passport_passport_id_recorded_at"),
        "key_unit_passport",
        ["passport_id", "recorded_at"],
        unique=False,
    )
    op.create_table(
        "key_unit_post",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("person_name", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("document_number", sa.Text(), nullable=False),
        sa.Column("document_date", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "kind in ('energy_manager', 'carbon_manager', 'metering_manager')", name=op.f("ck_key_unit_post_kind")
        ),
        sa.CheckConstraint("person_name <> '' and title <> '' and document <> ''", name=op.f("ck_key_unit_post_texts")),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_key_unit_post_days")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["carbon_account.id"], name=op.f("fk_key_unit_post_account_id_carbon_account")
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_key_unit_post")),
    )
    op.create_index(
        op.f("ix_key_unit_post_account_id_kind_recorded_at"),
        "key_unit_post",
        ["account_id", "kind", "recorded_at"],
        unique=False,
    )
    op.create_table(
        "key_unit_proposal",
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("crossings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("energy", sa.Numeric(), nullable=True),
        sa.Column("direct", sa.Numeric(), nullable=True),
        sa.Column("months", sa.BigInteger(), nullable=False),
        sa.Column("is_verified", sa.Boolean(), nullable=False),
        sa.Column("inventory_id", sa.Uuid(), nullable=True),
        sa.Column("reason_zh", sa.Text(), nullable=False),
        sa.Column("reason_en", sa.Text(), nullable=False),
        sa.Column("is_manual", sa.Boolean(), nullable=False),
        sa.Column("sector", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("division_code", sa.Text(), nullable=False),
        sa.Column("division_path", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("kind in ('enter', 'stay', 'leave')", name=op.f("ck_key_unit_proposal_kind")),
        sa.CheckConstraint("reason_zh <> ''", name=op.f("ck_key_unit_proposal_reason")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["carbon_account.id"], name=op.f("fk_key_unit_proposal_account_id_carbon_account")
        ),
        sa.ForeignKeyConstraint(
            ["division_code"], ["division.code"], name=op.f("fk_key_unit_proposal_division_code_division")
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_key_unit_proposal")),
    )
    op.create_index(
        op.f("ix_key_unit_proposal_account_id_year_recorded_at"),
        "key_unit_proposal",
        ["account_id", "year", "recorded_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_key_unit_proposal_year_recorded_at"), "key_unit_proposal", ["year", "recorded_at"], unique=False
    )
    op.create_table(
        "key_unit_decision",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("is_confirmed", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("document_number", sa.Text(), nullable=False),
        sa.Column("document_date", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("reason <> '' and document <> ''", name=op.f("ck_key_unit_decision_texts")),
        sa.ForeignKeyConstraint(
            ["account_id", "proposal_id"],
            ["key_unit_proposal.account_id", "key_unit_proposal.id"],
            name=op.f("fk_key_unit_decision_account_id_proposal_id_key_unit_proposal"),
        ),
        sa.PrimaryKeyConstraint("account_id", "proposal_id", name=op.f("pk_key_unit_decision")),
    )
    op.create_table(
        "key_unit_finding",
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("diagnosed_on", sa.Date(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("potential_tce", sa.Numeric(), nullable=True),
        sa.Column("potential_tco2", sa.Numeric(), nullable=True),
        sa.Column("evidence_id", sa.Uuid(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "area in ('management', 'metering', 'equipment', 'process', 'energy_structure', 'other')",
            name=op.f("ck_key_unit_finding_area"),
        ),
        sa.CheckConstraint("title <> '' and body <> ''", name=op.f("ck_key_unit_finding_texts")),
        sa.CheckConstraint("potential_tce >= 0 and potential_tco2 >= 0", name=op.f("ck_key_unit_finding_potential")),
        sa.ForeignKeyConstraint(
            ["account_id", "evidence_id"],
            ["evidence.account_id", "evidence.id"],
            name=op.f("fk_key_unit_finding_account_id_evidence_id_evidence"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["carbon_account.id"], name=op.f("fk_key_unit_finding_account_id_carbon_account")
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_key_unit_finding")),
    )
    op.create_table(
        "key_unit_report",
        sa.Column("duty", sa.Text(), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("filed_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("evidence_id", sa.Uuid(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("duty <> ''", name=op.f("ck_key_unit_report_duty")),
        sa.ForeignKeyConstraint(
            ["account_id", "evidence_id"],
            ["evidence.account_id", "evidence.id"],
            name=op.f("fk_key_unit_report_account_id_evidence_id_evidence"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["carbon_account.id"], name=op.f("fk_key_unit_report_account_id_carbon_account")
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_key_unit_report")),
    )
    op.create_index(
        op.f("ix_key_unit_report_account_id_duty_year"), "key_unit_report", ["account_id", "duty", "year"], unique=False
    )
    op.create_table(
        "key_unit_finding_step",
        sa.Column("finding_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("note <> ''", name=op.f("ck_key_unit_finding_step_note")),
        sa.CheckConstraint(
            "state in ('open', 'planned', 'done', 'closed')", name=op.f("ck_key_unit_finding_step_state")
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "finding_id"],
            ["key_unit_finding.account_id", "key_unit_finding.id"],
            name=op.f("fk_key_unit_finding_step_account_id_finding_id_key_unit_finding"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["carbon_account.id"], name=op.f("fk_key_unit_finding_step_account_id_carbon_account")
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_key_unit_finding_step")),
    )
    op.create_index(
        op.f("ix_key_unit_finding_step_account_id_finding_id_recorded_at"),
        "key_unit_finding_step",
        ["account_id", "finding_id", "recorded_at"],
        unique=False,
    )
    op.create_table(
        "key_unit_retrofit",
        sa.Column("finding_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("investment", sa.Numeric(), nullable=False),
        sa.Column("expected_tce", sa.Numeric(), nullable=False),
        sa.Column("expected_tco2", sa.Numeric(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("division_code", sa.Text(), nullable=False),
        sa.Column("division_path", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("kind in ('retrofit', 'equipment')", name=op.f("ck_key_unit_retrofit_kind")),
        sa.CheckConstraint("name <> '' and content <> '' and basis <> ''", name=op.f("ck_key_unit_retrofit_texts")),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_key_unit_retrofit_days")),
        sa.CheckConstraint(
            "investment >= 0 and expected_tce >= 0 and expected_tco2 >= 0", name=op.f("ck_key_unit_retrofit_quantities")
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "finding_id"],
            ["key_unit_finding.account_id", "key_unit_finding.id"],
            name=op.f("fk_key_unit_retrofit_account_id_finding_id_key_unit_finding"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["carbon_account.id"], name=op.f("fk_key_unit_retrofit_account_id_carbon_account")
        ),
        sa.ForeignKeyConstraint(
            ["division_code"], ["division.code"], name=op.f("fk_key_unit_retrofit_division_code_division")
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_key_unit_retrofit")),
    )
    op.create_index(
        op.f("ix_key_unit_retrofit_division_path_recorded_at"),
        "key_unit_retrofit",
        ["division_path", "recorded_at"],
        unique=False,
    )
    op.create_table(
        "key_unit_retrofit_step",
        sa.Column("retrofit_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "state in ('reserved', 'building', 'completed', 'withdrawn')", name=op.f("ck_key_unit_retrofit_step_state")
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "retrofit_id"],
            ["key_unit_retrofit.account_id", "key_unit_retrofit.id"],
            name=op.f("fk_key_unit_retrofit_step_account_id_retrofit_id_key_unit_retrofit"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["carbon_account.id"], name=op.f("fk_key_unit_retrofit_step_account_id_carbon_account")
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_key_unit_retrofit_step")),
    )
    op.create_index(
        op.f("ix_key_unit_retrofit_step_account_id_retrofit_id_recorded_at"),
        "key_unit_retrofit_step",
        ["account_id", "retrofit_id", "recorded_at"],
        unique=False,
    )
    op.create_table(
        "key_unit_saving",
        sa.Column("retrofit_id", sa.Uuid(), nullable=False),
        sa.Column("before_first", sa.Date(), nullable=False),
        sa.Column("before_last", sa.Date(), nullable=False),
        sa.Column("before_tce", sa.Numeric(), nullable=False),
        sa.Column("before_tco2", sa.Numeric(), nullable=False),
        sa.Column("before_output", sa.Numeric(), nullable=False),
        sa.Column("after_first", sa.Date(), nullable=False),
        sa.Column("after_last", sa.Date(), nullable=False),
        sa.Column("after_tce", sa.Numeric(), nullable=False),
        sa.Column("after_tco2", sa.Numeric(), nullable=False),
        sa.Column("after_output", sa.Numeric(), nullable=False),
        sa.Column("output_unit", sa.Text(), nullable=False),
        sa.Column("adjustment_tce", sa.Numeric(), nullable=False),
        sa.Column("adjustment_tco2", sa.Numeric(), nullable=False),
        sa.Column("adjustment_reason", sa.Text(), nullable=False),
        sa.Column("saved_tce", sa.Numeric(), nullable=False),
        sa.Column("saved_tco2", sa.Numeric(), nullable=False),
        sa.Column("formula", sa.Text(), nullable=False),
        sa.Column("evidence_id", sa.Uuid(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "before_last >= before_first and after_last >= after_first and after_first > before_last",
            name=op.f("ck_key_unit_saving_days"),
        ),
        sa.CheckConstraint("before_output > 0 and after_output > 0", name=op.f("ck_key_unit_saving_outputs")),
        sa.ForeignKeyConstraint(
            ["account_id", "evidence_id"],
            ["evidence.account_id", "evidence.id"],
            name=op.f("fk_key_unit_saving_account_id_evidence_id_evidence"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "retrofit_id"],
            ["key_unit_retrofit.account_id", "key_unit_retrofit.id"],
            name=op.f("fk_key_unit_saving_account_id_retrofit_id_key_unit_retrofit"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["carbon_account.id"], name=op.f("fk_key_unit_saving_account_id_carbon_account")
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_key_unit_saving")),
    )
    op.create_index(
        op.f("ix_key_unit_saving_account_id_retrofit_id_recorded_at"),
        "key_unit_saving",
        ["account_id", "retrofit_id", "recorded_at"],
        unique=False,
    )
    op.create_table(
        "key_unit_saving_decision",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("saving_id", sa.Uuid(), nullable=False),
        sa.Column("is_confirmed", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_key_unit_saving_decision_reason")),
        sa.ForeignKeyConstraint(
            ["account_id", "saving_id"],
            ["key_unit_saving.account_id", "key_unit_saving.id"],
            name=op.f("fk_key_unit_saving_decision_account_id_saving_id_key_unit_saving"),
        ),
        sa.PrimaryKeyConstraint("account_id", "saving_id", name=op.f("pk_key_unit_saving_decision")),
    )

    protect("key_unit_proposal", select=SEEN, insert=BY_AUTHORITY)
    protect(
        "key_unit_decision",
        select=SEEN,
        insert=f"{BY_AUTHORITY} and {second('key_unit_proposal', 'proposal_id', 'key_unit_decision')}",
    )
    for table in (
        "key_unit_post", "key_unit_report", "key_unit_finding", "key_unit_finding_step", "key_unit_retrofit",
        "key_unit_retrofit_step", "key_unit_saving",
    ):  # fmt: skip
        protect(table, select=SEEN, insert=BY_EITHER)
    protect(
        "key_unit_saving_decision",
        select=SEEN,
        insert=f"{BY_AUTHORITY} and {second('key_unit_saving', 'saving_id', 'key_unit_saving_decision')}",
    )
    protect(
        "key_unit_benchmark",
        select=either(SYSTEM, within("division_path"), covering("key_unit_benchmark")),
        insert=f"({either(SYSTEM, within('division_path'))}) and {BY_ACTOR}",
    )
    # A level holds for all below its division: a district's people see the city's, too.
    protect(
        "key_unit_reference",
        select=either(
            SYSTEM, within("division_path"), f"{kinds('authority')} and starts_with({REGION}, division_path)",
            covering("key_unit_reference"),
        ),
        insert=f"({either(SYSTEM, within('division_path'))}) and {BY_ACTOR}",
    )  # fmt: skip
    protect("key_unit_code", select=SEEN, insert=BY_AUTHORITY)
    # Nobody but the enterprise agrees to its public page.
    protect("key_unit_passport", select=SEEN, insert=BY_ENTERPRISE)


def downgrade() -> None:
    """Drop the tables."""
    for table in (
        "key_unit_saving_decision",
        "key_unit_saving",
        "key_unit_retrofit_step",
        "key_unit_retrofit",
        "key_unit_finding_step",
        "key_unit_report",
        "key_unit_finding",
        "key_unit_decision",
        "key_unit_proposal",
        "key_unit_post",
        "key_unit_passport",
        "key_unit_code",
        "key_unit_reference",
        "key_unit_benchmark",
    ):
        op.drop_table(table)
