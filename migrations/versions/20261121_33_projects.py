"""Investment projects: energy review and carbon assessment, approval, lapse, acceptance, replacement.

Revision: 0033_projects
Follows: 0032_budgets
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.toolkit import OF_OWN_ACCOUNT, REGION, SYSTEM, either, kinds, protect, within

revision = "0033_projects"
down_revision = "0032_budgets"
branch_labels = None
depends_on = None

STATES = (
    "('draft', 'submitted', 'returned', 'in_review', 'approved', 'started', 'trial', 'reported', 'rectifying',"
    " 'changing', 'accepted', 'refused', 'lapsed', 'withdrawn', 'exempt', 'revoked')"
)
VISIBLE = either(SYSTEM, within("division_path"), OF_OWN_ACCOUNT)
OF_PROJECT = "(account_id, project_id) in (select account_id, id from investment_project)"
OWNERS = "('draft', 'revise', 'submit', 'withdraw', 'start', 'trial', 'change', 'report')"
# What the authority does to a project is never written by an enterprise, and the other way round.
STEPS = (
    f"{OF_PROJECT} and ({SYSTEM} or ({kinds('authority')} and action not in {OWNERS})"
    f" or ({kinds('enterprise')} and action in {OWNERS}))"
)
# An admission level holds where it was set and below: those above it are told as well.
LEVELS = (
    f"{SYSTEM} or ({kinds('authority')} and (starts_with(division_path, {REGION}) or starts_with({REGION}, division_path)))"
    f" or ({kinds('enterprise')} and exists (select 1 from carbon_account each"
    " where starts_with(each.division_path, admission_level.division_path)))"
)


def upgrade() -> None:
    """Create the tables, then their grants and policies."""
    op.create_table(
        "investment_project",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("division_code", sa.Text(), nullable=False),
        sa.Column("division_path", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sector", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("prior_state", sa.Text(), nullable=True),
        sa.Column("state_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("approved_version", sa.BigInteger(), nullable=True),
        sa.Column("approved_on", sa.Date(), nullable=True),
        sa.Column("approved_tce", sa.Numeric(), nullable=True),
        sa.Column("approved_tonnes", sa.Numeric(), nullable=True),
        sa.Column("reservation_id", sa.Uuid(), nullable=True),
        sa.Column("is_returned_before", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(f"state in {STATES}", name=op.f("ck_investment_project_state")),
        sa.CheckConstraint(
            "(state = 'changing') = (prior_state is not null)", name=op.f("ck_investment_project_prior_state")
        ),
        sa.CheckConstraint("version > 0", name=op.f("ck_investment_project_version")),
        sa.CheckConstraint(
            "(approved_version is null) = (approved_on is null) and (approved_on is null) = (approved_tce is null)"
            " and (approved_tce is null) = (approved_tonnes is null)",
            name=op.f("ck_investment_project_approved"),
        ),
        sa.CheckConstraint("approved_tce >= 0 and approved_tonnes >= 0", name=op.f("ck_investment_project_amounts")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["carbon_account.id"], name=op.f("fk_investment_project_account_id_carbon_account")
        ),
        sa.ForeignKeyConstraint(
            ["division_code"], ["division.code"], name=op.f("fk_investment_project_division_code_division")
        ),
        sa.ForeignKeyConstraint(
            ["reservation_id"],
            ["budget_reservation.id"],
            name=op.f("fk_investment_project_reservation_id_budget_reservation"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_investment_project")),
    )
    op.create_index(
        op.f("ix_investment_project_division_path_state"),
        "investment_project",
        ["division_path", "state"],
        unique=False,
        postgresql_ops={"division_path": "text_pattern_ops"},
    )
    op.create_index(op.f("ix_investment_project_state_due_on"), "investment_project", ["state", "due_on"], unique=False)
    op.create_table(
        "investment_project_version",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("result", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("tier", sa.Text(), nullable=True),
        sa.Column("has_carbon_evaluation", sa.Boolean(), nullable=True),
        sa.Column("tce", sa.Numeric(), nullable=True),
        sa.Column("tce_equivalent", sa.Numeric(), nullable=True),
        sa.Column("coal", sa.Numeric(), nullable=True),
        sa.Column("tonnes", sa.Numeric(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("version > 0", name=op.f("ck_investment_project_version_version")),
        sa.CheckConstraint(
            "tier in ('none', 'local', 'provincial', 'national')", name=op.f("ck_investment_project_version_tier")
        ),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_investment_project_version_sha256")),
        sa.ForeignKeyConstraint(
            ["account_id", "project_id"],
            ["investment_project.account_id", "investment_project.id"],
            name=op.f("fk_investment_project_version_account_id_project_id_investment_project"),
        ),
        sa.PrimaryKeyConstraint("account_id", "project_id", "version", name=op.f("pk_investment_project_version")),
    )
    op.create_table(
        "investment_project_step",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("from_state", sa.Text(), nullable=False),
        sa.Column("to_state", sa.Text(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "project_id"],
            ["investment_project.account_id", "investment_project.id"],
            name=op.f("fk_investment_project_step_account_id_project_id_investment_project"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_investment_project_step")),
    )
    op.create_index(
        op.f("ix_investment_project_step_account_id_project_id_id"),
        "investment_project_step",
        ["account_id", "project_id", "id"],
        unique=False,
    )
    op.create_table(
        "admission_level",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("division_code", sa.Text(), nullable=False),
        sa.Column("division_path", sa.Text(), nullable=False),
        sa.Column("sector", sa.Text(), nullable=False),
        sa.Column("product", sa.Text(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("most", sa.Numeric(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("document_number", sa.Text(), nullable=False),
        sa.Column("document_dated", sa.Date(), nullable=False),
        sa.Column("document_title", sa.Text(), nullable=False),
        sa.Column("confidence", sa.Text(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("measure in ('energy', 'carbon')", name=op.f("ck_admission_level_measure")),
        sa.CheckConstraint("most > 0", name=op.f("ck_admission_level_most")),
        sa.CheckConstraint("document_number <> '' and document_title <> ''", name=op.f("ck_admission_level_document")),
        sa.ForeignKeyConstraint(
            ["division_code"], ["division.code"], name=op.f("fk_admission_level_division_code_division")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admission_level")),
    )
    op.create_index(op.f("ix_admission_level_sector_product"), "admission_level", ["sector", "product"], unique=False)
    protect("investment_project", select=VISIBLE, insert=OF_OWN_ACCOUNT, update=VISIBLE)
    protect(
        "investment_project_version",
        select=OF_PROJECT,
        insert=f"{OF_PROJECT} and {kinds('system', 'enterprise')}",
    )
    protect("investment_project_step", select=OF_PROJECT, insert=STEPS)
    protect("admission_level", select=LEVELS, insert=either(SYSTEM, within("division_path")))


def downgrade() -> None:
    """Drop the tables."""
    for table in (
        "admission_level",
        "investment_project_step",
        "investment_project_version",
        "investment_project",
    ):
        op.drop_table(table)
