"""Zero-carbon parks and what stands beside them: indicators, evaluation, the workflow, programme targets.

Revision: 0034_parks
Follows: 0033_projects
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.toolkit import (
    ACTOR,
    KIND,
    OF_OWN_ACCOUNT,
    ORGANISATION,
    SYSTEM,
    either,
    kinds,
    of_account_for,
    protect,
    within,
)

revision = "0034_parks"
down_revision = "0033_projects"
branch_labels = None
depends_on = None

OPERATED = f"({kinds('enterprise')} and operator_id = {ORGANISATION})"
SEEN = either(SYSTEM, within("division_path"), OPERATED)
BY_ACTOR = f"({SYSTEM} or recorded_by = {ACTOR})"
BY_AUTHORITY = f"({either(SYSTEM, within('division_path'))}) and {BY_ACTOR}"
BY_EITHER = f"({SEEN}) and {BY_ACTOR}"

VISIBLE = f"{kinds('system', 'authority')} and account_id in (select id from carbon_account)"


def of(parent: str, key: str, table: str) -> str:
    """Return the test that a row's parent is there for the caller, and of the same division and operator."""
    return (
        f"exists (select 1 from {parent} p where p.id = {table}.{key} and p.division_path = {table}.division_path"
        f" and p.operator_id is not distinct from {table}.operator_id)"
    )


def second(parent: str, key: str, table: str) -> str:
    """Return the test that another person decides than the one who recorded what is decided on."""
    return (
        f"exists (select 1 from {parent} p where p.id = {table}.{key} and p.division_path = {table}.division_path"
        f" and p.recorded_by is distinct from {table}.recorded_by)"
    )


def upgrade() -> None:
    """Create the tables and their policies."""
    op.create_table(
        "park",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("division_code", sa.Text(), nullable=False),
        sa.Column("division_path", sa.Text(), nullable=False),
        sa.Column("operator_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("name <> ''", name=op.f("ck_park_name")),
        sa.ForeignKeyConstraint(["division_code"], ["division.code"], name=op.f("fk_park_division_code_division")),
        sa.ForeignKeyConstraint(["operator_id"], ["organisation.id"], name=op.f("fk_park_operator_id_organisation")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_park")),
        sa.UniqueConstraint("id", "division_path", name=op.f("uq_park_id_division_path")),
    )
    op.create_index(op.f("ix_park_division_path_recorded_at"), "park", ["division_path", "recorded_at"], unique=False)
    op.create_table(
        "park_programme_item",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("division_code", sa.Text(), nullable=False),
        sa.Column("division_path", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("park_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "kind in ('zero_carbon_factory', 'source_grid_load_storage', 'virtual_power_plant', 'service_body', 'innovation_platform', 'green_factory', 'green_supply_chain')",
            name=op.f("ck_park_programme_item_kind"),
        ),
        sa.CheckConstraint("name <> ''", name=op.f("ck_park_programme_item_name")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["carbon_account.id"], name=op.f("fk_park_programme_item_account_id_carbon_account")
        ),
        sa.ForeignKeyConstraint(
            ["division_code"], ["division.code"], name=op.f("fk_park_programme_item_division_code_division")
        ),
        sa.ForeignKeyConstraint(["park_id"], ["park.id"], name=op.f("fk_park_programme_item_park_id_park")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_park_programme_item")),
    )
    op.create_index(
        op.f("ix_park_programme_item_division_path_kind_recorded_at"),
        "park_programme_item",
        ["division_path", "kind", "recorded_at"],
        unique=False,
    )
    op.create_table(
        "park_application",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("park_id", sa.Uuid(), nullable=True),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("horizon", sa.Text(), nullable=True),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("division_path", sa.Text(), nullable=False),
        sa.Column("operator_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("horizon in ('near', 'long')", name=op.f("ck_park_application_horizon")),
        sa.CheckConstraint("(park_id is null) <> (item_id is null)", name=op.f("ck_park_application_subject")),
        sa.CheckConstraint("(horizon is null) = (park_id is null)", name=op.f("ck_park_application_targets")),
        sa.CheckConstraint("level in ('municipal', 'provincial', 'national')", name=op.f("ck_park_application_level")),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["organisation.id"], name=op.f("fk_park_application_operator_id_organisation")
        ),
        sa.ForeignKeyConstraint(["park_id"], ["park.id"], name=op.f("fk_park_application_park_id_park")),
        sa.ForeignKeyConstraint(
            ["item_id"],
            ["park_programme_item.id"],
            name=op.f("fk_park_application_item_id_park_programme_item"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_park_application")),
    )
    op.create_index(
        op.f("ix_park_application_division_path_recorded_at"),
        "park_application",
        ["division_path", "recorded_at"],
        unique=False,
    )
    op.create_index(op.f("ix_park_application_park_id_level"), "park_application", ["park_id", "level"], unique=False)
    op.create_index(op.f("ix_park_application_item_id"), "park_application", ["item_id"], unique=False)
    op.create_table(
        "park_boundary",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("park_id", sa.Uuid(), nullable=False),
        sa.Column("polygon", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("area", sa.Numeric(), nullable=False),
        sa.Column("division_path", sa.Text(), nullable=False),
        sa.Column("operator_id", sa.Uuid(), nullable=True),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("document_number", sa.Text(), nullable=False),
        sa.Column("document_date", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("area > 0", name=op.f("ck_park_boundary_area")),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["organisation.id"], name=op.f("fk_park_boundary_operator_id_organisation")
        ),
        sa.ForeignKeyConstraint(["park_id"], ["park.id"], name=op.f("fk_park_boundary_park_id_park")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_park_boundary")),
    )
    op.create_index(
        op.f("ix_park_boundary_park_id_recorded_at"), "park_boundary", ["park_id", "recorded_at"], unique=False
    )
    op.create_table(
        "park_evaluation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("park_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("horizon", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("mandatory", sa.Text(), nullable=False),
        sa.Column("points", sa.Numeric(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("division_path", sa.Text(), nullable=False),
        sa.Column("operator_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("horizon in ('near', 'long')", name=op.f("ck_park_evaluation_horizon")),
        sa.CheckConstraint("level in ('municipal', 'provincial', 'national')", name=op.f("ck_park_evaluation_level")),
        sa.CheckConstraint("mandatory in ('pass', 'fail', 'unknown')", name=op.f("ck_park_evaluation_mandatory")),
        sa.CheckConstraint("outcome in ('pass', 'fail', 'unknown')", name=op.f("ck_park_evaluation_outcome")),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["organisation.id"], name=op.f("fk_park_evaluation_operator_id_organisation")
        ),
        sa.ForeignKeyConstraint(["park_id"], ["park.id"], name=op.f("fk_park_evaluation_park_id_park")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_park_evaluation")),
    )
    op.create_index(
        op.f("ix_park_evaluation_park_id_recorded_at"), "park_evaluation", ["park_id", "recorded_at"], unique=False
    )
    op.create_table(
        "park_member",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("park_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("is_above_scale", sa.Boolean(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("division_path", sa.Text(), nullable=False),
        sa.Column("operator_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_park_member_days")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["carbon_account.id"], name=op.f("fk_park_member_account_id_carbon_account")
        ),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["organisation.id"], name=op.f("fk_park_member_operator_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["park_id", "division_path"],
            ["park.id", "park.division_path"],
            name=op.f("fk_park_member_park_id_division_path_park"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_park_member")),
    )
    op.create_index(op.f("ix_park_member_account_id"), "park_member", ["account_id"], unique=False)
    op.create_index(op.f("ix_park_member_park_id_starts_on"), "park_member", ["park_id", "starts_on"], unique=False)
    op.create_table(
        "park_notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("division_path", sa.Text(), nullable=False),
        sa.Column("operator_id", sa.Uuid(), nullable=True),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("document_number", sa.Text(), nullable=False),
        sa.Column("document_date", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("closes_on >= opens_on", name=op.f("ck_park_notice_days")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["park_application.id"], name=op.f("fk_park_notice_application_id_park_application")
        ),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["organisation.id"], name=op.f("fk_park_notice_operator_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_park_notice")),
    )
    op.create_index(op.f("ix_park_notice_application_id"), "park_notice", ["application_id"], unique=False)
    op.create_index(
        op.f("ix_park_notice_division_path_recorded_at"), "park_notice", ["division_path", "recorded_at"], unique=False
    )
    op.create_table(
        "park_programme_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("division_path", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("capacity", sa.Numeric(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("document_number", sa.Text(), nullable=False),
        sa.Column("document_date", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "status in ('selected', 'building', 'completed', 'registered', 'withdrawn')",
            name=op.f("ck_park_programme_entry_status"),
        ),
        sa.CheckConstraint("capacity >= 0", name=op.f("ck_park_programme_entry_capacity")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["carbon_account.id"], name=op.f("fk_park_programme_entry_account_id_carbon_account")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["park_programme_item.id"], name=op.f("fk_park_programme_entry_item_id_park_programme_item")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_park_programme_entry")),
    )
    op.create_index(
        op.f("ix_park_programme_entry_item_id_effective_on"),
        "park_programme_entry",
        ["item_id", "effective_on"],
        unique=False,
    )
    op.create_table(
        "park_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("is_passed", sa.Boolean(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("evaluation_id", sa.Uuid(), nullable=True),
        sa.Column("findings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("division_path", sa.Text(), nullable=False),
        sa.Column("operator_id", sa.Uuid(), nullable=True),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("document_number", sa.Text(), nullable=False),
        sa.Column("document_date", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_park_step_reason")),
        sa.CheckConstraint(
            "step in ('apply', 'review', 'publicise', 'build', 'accept', 'evaluate', 'recheck')",
            name=op.f("ck_park_step_step"),
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["park_application.id"], name=op.f("fk_park_step_application_id_park_application")
        ),
        sa.ForeignKeyConstraint(
            ["evaluation_id"], ["park_evaluation.id"], name=op.f("fk_park_step_evaluation_id_park_evaluation")
        ),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["organisation.id"], name=op.f("fk_park_step_operator_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_park_step")),
    )
    op.create_index(
        op.f("ix_park_step_application_id_recorded_at"), "park_step", ["application_id", "recorded_at"], unique=False
    )
    op.create_table(
        "park_value",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("park_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Numeric(), nullable=True),
        sa.Column("numerator", sa.Numeric(), nullable=True),
        sa.Column("denominator", sa.Numeric(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("confidence", sa.Text(), nullable=False),
        sa.Column("is_complete", sa.Boolean(), nullable=False),
        sa.Column("is_lower_bound", sa.Boolean(), nullable=False),
        sa.Column("evidence_account_id", sa.Uuid(), nullable=True),
        sa.Column("evidence_id", sa.Uuid(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("is_withdrawn", sa.Boolean(), nullable=False),
        sa.Column("division_path", sa.Text(), nullable=False),
        sa.Column("operator_id", sa.Uuid(), nullable=True),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("document_number", sa.Text(), nullable=False),
        sa.Column("document_date", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("document <> ''", name=op.f("ck_park_value_document")),
        sa.CheckConstraint("kind in ('computed', 'entered')", name=op.f("ck_park_value_kind")),
        sa.CheckConstraint("(numerator is null) = (denominator is null)", name=op.f("ck_park_value_parts")),
        sa.ForeignKeyConstraint(
            ["evidence_account_id", "evidence_id"],
            ["evidence.account_id", "evidence.id"],
            name=op.f("fk_park_value_evidence_account_id_evidence_id_evidence"),
        ),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["organisation.id"], name=op.f("fk_park_value_operator_id_organisation")
        ),
        sa.ForeignKeyConstraint(["park_id"], ["park.id"], name=op.f("fk_park_value_park_id_park")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_park_value")),
    )
    op.create_index(
        op.f("ix_park_value_park_id_year_item_basis_recorded_at"),
        "park_value",
        ["park_id", "year", "item", "basis", "recorded_at"],
        unique=False,
    )
    op.create_table(
        "park_waiver",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("park_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("indicator", sa.BigInteger(), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("evidence_account_id", sa.Uuid(), nullable=True),
        sa.Column("evidence_id", sa.Uuid(), nullable=True),
        sa.Column("division_path", sa.Text(), nullable=False),
        sa.Column("operator_id", sa.Uuid(), nullable=True),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("document_number", sa.Text(), nullable=False),
        sa.Column("document_date", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("explanation <> ''", name=op.f("ck_park_waiver_explanation")),
        sa.ForeignKeyConstraint(
            ["evidence_account_id", "evidence_id"],
            ["evidence.account_id", "evidence.id"],
            name=op.f("fk_park_waiver_evidence_account_id_evidence_id_evidence"),
        ),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["organisation.id"], name=op.f("fk_park_waiver_operator_id_organisation")
        ),
        sa.ForeignKeyConstraint(["park_id"], ["park.id"], name=op.f("fk_park_waiver_park_id_park")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_park_waiver")),
    )
    op.create_index(
        op.f("ix_park_waiver_park_id_year_indicator"), "park_waiver", ["park_id", "year", "indicator"], unique=False
    )
    op.create_table(
        "park_objection",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("objector", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("division_path", sa.Text(), nullable=False),
        sa.Column("operator_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("text <> ''", name=op.f("ck_park_objection_text")),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["park_notice.id"], name=op.f("fk_park_objection_notice_id_park_notice")
        ),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["organisation.id"], name=op.f("fk_park_objection_operator_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_park_objection")),
    )
    op.create_index(
        op.f("ix_park_objection_notice_id_recorded_at"), "park_objection", ["notice_id", "recorded_at"], unique=False
    )
    op.create_table(
        "park_step_decision",
        sa.Column("step_id", sa.Uuid(), nullable=False),
        sa.Column("is_confirmed", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("division_path", sa.Text(), nullable=False),
        sa.Column("operator_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_park_step_decision_reason")),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["organisation.id"], name=op.f("fk_park_step_decision_operator_id_organisation")
        ),
        sa.ForeignKeyConstraint(["step_id"], ["park_step.id"], name=op.f("fk_park_step_decision_step_id_park_step")),
        sa.PrimaryKeyConstraint("step_id", name=op.f("pk_park_step_decision")),
    )
    op.create_table(
        "park_value_part",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("value_id", sa.Uuid(), nullable=False),
        sa.Column("inventory_id", sa.Uuid(), nullable=True),
        sa.Column("numerator", sa.Numeric(), nullable=False),
        sa.Column("denominator", sa.Numeric(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["carbon_account.id"], name=op.f("fk_park_value_part_account_id_carbon_account")
        ),
        sa.ForeignKeyConstraint(["value_id"], ["park_value.id"], name=op.f("fk_park_value_part_value_id_park_value")),
        sa.PrimaryKeyConstraint("account_id", "value_id", name=op.f("pk_park_value_part")),
    )
    op.create_index(op.f("ix_park_value_part_value_id"), "park_value_part", ["value_id"], unique=False)
    op.create_table(
        "park_waiver_decision",
        sa.Column("waiver_id", sa.Uuid(), nullable=False),
        sa.Column("is_approved", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("division_path", sa.Text(), nullable=False),
        sa.Column("operator_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_park_waiver_decision_reason")),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["organisation.id"], name=op.f("fk_park_waiver_decision_operator_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["waiver_id"], ["park_waiver.id"], name=op.f("fk_park_waiver_decision_waiver_id_park_waiver")
        ),
        sa.PrimaryKeyConstraint("waiver_id", name=op.f("pk_park_waiver_decision")),
    )
    op.create_table(
        "park_objection_answer",
        sa.Column("objection_id", sa.Uuid(), nullable=False),
        sa.Column("is_upheld", sa.Boolean(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("division_path", sa.Text(), nullable=False),
        sa.Column("operator_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("answer <> ''", name=op.f("ck_park_objection_answer_answer")),
        sa.ForeignKeyConstraint(
            ["objection_id"], ["park_objection.id"], name=op.f("fk_park_objection_answer_objection_id_park_objection")
        ),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["organisation.id"], name=op.f("fk_park_objection_answer_operator_id_organisation")
        ),
        sa.PrimaryKeyConstraint("objection_id", name=op.f("pk_park_objection_answer")),
    )
    protect(
        "park",
        select=f"{SEEN} or ({kinds('enterprise')} and id in (select park_id from park_member))",
        insert=BY_AUTHORITY,
    )
    protect(
        "park_member",
        select=f"{SEEN} or ({OF_OWN_ACCOUNT})",
        insert=f"({BY_AUTHORITY}) and account_id in (select id from carbon_account)",
        update=either(SYSTEM, within("division_path")),
        update_of=("ends_on",),
    )
    for table, who in (
        ("park_boundary", BY_AUTHORITY),
        ("park_value", BY_EITHER),
        ("park_waiver", BY_EITHER),
        ("park_evaluation", BY_EITHER),
    ):
        protect(table, select=SEEN, insert=f"({who}) and {of('park', 'park_id', table)}")
    # A park's application is of the park's own division and operator, an item's of the item's division.
    protect(
        "park_application",
        select=SEEN,
        insert=f"({BY_EITHER}) and (({of('park', 'park_id', 'park_application')}) or exists (select 1 from"
        " park_programme_item p where p.id = park_application.item_id"
        " and p.division_path = park_application.division_path))",
    )
    protect(
        "park_value_part",
        select=f"{KIND} in ('system', 'authority', 'enterprise') and ({either(OF_OWN_ACCOUNT, VISIBLE)})",
        insert=of_account_for("authority"),
    )
    protect(
        "park_waiver_decision",
        select=SEEN,
        insert=f"({BY_AUTHORITY}) and {second('park_waiver', 'waiver_id', 'park_waiver_decision')}",
    )
    # The operator records its own application; every later step is the authority's.
    protect(
        "park_step",
        select=SEEN,
        insert=f"(({BY_AUTHORITY}) or (({BY_EITHER}) and step = 'apply'))"
        f" and {of('park_application', 'application_id', 'park_step')}",
    )
    protect(
        "park_step_decision",
        select=SEEN,
        insert=f"({BY_AUTHORITY}) and {second('park_step', 'step_id', 'park_step_decision')}",
    )
    protect(
        "park_notice",
        select=SEEN,
        insert=f"({BY_AUTHORITY}) and {of('park_application', 'application_id', 'park_notice')}",
    )
    # Who objects is told to the authority alone, never to the operator.
    for table, key, parent in (
        ("park_objection", "notice_id", "park_notice"),
        ("park_objection_answer", "objection_id", "park_objection"),
    ):
        protect(
            table,
            select=either(SYSTEM, within("division_path")),
            insert=f"({BY_AUTHORITY}) and {of(parent, key, table)}",
        )
    # An enterprise puts forward what belongs to its own account, where that account lies; where it stands is the
    # authority's word alone.
    protect(
        "park_programme_item",
        select=either(SYSTEM, within("division_path"), OF_OWN_ACCOUNT),
        insert=f"({BY_AUTHORITY}) or ({kinds('enterprise')} and recorded_by = {ACTOR} and exists (select 1 from"
        " carbon_account a where a.id = park_programme_item.account_id"
        f" and a.organisation_id = {ORGANISATION} and a.division_path = park_programme_item.division_path))",
    )
    protect(
        "park_programme_entry",
        select=either(SYSTEM, within("division_path"), OF_OWN_ACCOUNT),
        insert=f"({BY_AUTHORITY}) and item_id in (select id from park_programme_item)",
    )


def downgrade() -> None:
    """Drop the tables."""
    for table in (
        "park_programme_entry", "park_objection_answer", "park_objection", "park_notice", "park_step_decision",
        "park_step", "park_application", "park_programme_item", "park_evaluation", "park_waiver_decision",
        "park_waiver", "park_value_part", "park_value", "park_boundary",
    ):  # fmt: skip
        op.drop_table(table)
    # The policy of parks looks into the memberships, which refer to parks.
    op.execute("drop policy park_select on park")
    op.drop_table("park_member")
    op.drop_table("park")
