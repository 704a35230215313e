"""Dual-control targets handed down and decomposed, and the comprehensive evaluation of divisions.

Revision: 0039_targets
Follows: 0038_estimates
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.toolkit import ACTOR, OF_OWN_ACCOUNT, REGION, SYSTEM, WHOLE, either, kinds, protect, within

revision = "0039_targets"
down_revision = "0038_estimates"
branch_labels = None
depends_on = None

AUTHORITY = kinds("authority")
OF_AUTHORITIES = either(SYSTEM, within("division_path"))
OF_OWNERS = either(SYSTEM, within("owner_path"))
OF_PLAN = "plan_id in (select id from target_plan)"
BY_ACTOR = either(SYSTEM, f"{AUTHORITY} and recorded_by = {ACTOR}")
# Whoever wrote a revision of the plan does not decide on it.
SECOND = (
    f"{AUTHORITY} and {OF_PLAN} and decided_by = {ACTOR} and not exists (select 1 from target_plan_revision each"
    f" where each.plan_id = target_plan_decision.plan_id and each.recorded_by = {ACTOR})"
)
# A division does not set its own target: it is handed down, unless it is the whole jurisdiction.
BELOW = (
    f"({AUTHORITY} and starts_with(division_path, {REGION}) and (division_path <> {REGION} or account_id is not null))"
)
APPROVED = (
    "exists (select 1 from target_plan_decision each where each.plan_id = dual_target.plan_id and each.is_approved)"
)
# Neither does it state the emissions it is measured by.
STATED = (
    f"({AUTHORITY} and starts_with(division_path, {REGION}) and (division_path <> {REGION} or item <> 'emissions'))"
)
SCHEME_SECOND = (
    f"({WHOLE}) and decided_by = {ACTOR} and not exists (select 1 from evaluation_scheme each"
    f" where each.id = evaluation_scheme_decision.scheme_id and each.proposed_by = {ACTOR})"
)


def opened(evaluation: str) -> str:
    """Return the test that an evaluation was opened to remarks."""
    return f"exists (select 1 from evaluation_step each where each.evaluation_id = {evaluation})"


def evaluated(path: str) -> str:
    """Return the test that the caller's region lies in that of the evaluating authority."""
    return f"{AUTHORITY} and starts_with({REGION}, {path})"


def owned(by: str) -> str:
    """Return the test that the caller is the evaluating authority and signs itself."""
    return either(SYSTEM, f"{AUTHORITY} and owner_path = {REGION} and {by} = {ACTOR}")


# Whoever worked an evaluation out does not approve it.
STEP_SECOND = (
    "kind <> 'approved' or not exists (select 1 from evaluation_revision each"
    f" where each.evaluation_id = evaluation_step.evaluation_id and each.made_by = {ACTOR})"
)


# What hangs on an evaluation, a working-out or a remark is of the same authority as that.
OF_EVALUATION = (
    "exists (select 1 from evaluation each where each.id = evaluation_revision.evaluation_id"
    " and each.division_path = evaluation_revision.owner_path)"
)
OF_REMARK = (
    "exists (select 1 from evaluation_remark each where each.id = evaluation_remark_answer.remark_id"
    " and each.owner_path = evaluation_remark_answer.owner_path)"
)
OF_SHEET = (
    "exists (select 1 from evaluation_sheet each where each.evaluation_id = evaluation_remark.evaluation_id"
    " and each.division_path = evaluation_remark.division_path and each.owner_path = evaluation_remark.owner_path)"
)


def of_revision(table: str) -> str:
    """Return the test that a row is of the authority whose working-out it belongs to."""
    return (
        f"exists (select 1 from evaluation_revision each where each.evaluation_id = {table}.evaluation_id"
        f" and each.revision = {table}.revision and each.owner_path = {table}.owner_path)"
    )


def upgrade() -> None:
    """Create the tables, then grants and policies."""
    op.create_table(
        "target_plan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("division_code", sa.Text(), nullable=False),
        sa.Column("division_path", sa.Text(), nullable=False),
        sa.Column("document_number", sa.Text(), nullable=False),
        sa.Column("document_dated", sa.Date(), nullable=False),
        sa.Column("document_title", sa.Text(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "name <> '' and document_number <> '' and document_title <> ''", name=op.f("ck_target_plan_texts")
        ),
        sa.ForeignKeyConstraint(
            ["division_code"], ["division.code"], name=op.f("fk_target_plan_division_code_division")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_target_plan")),
    )
    op.create_index(op.f("ix_target_plan_division_path_created_at"), "target_plan", ["division_path", "created_at"])
    op.create_table(
        "target_plan_revision",
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("lines", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_target_plan_revision_sha256")),
        sa.CheckConstraint("revision > 0", name=op.f("ck_target_plan_revision_revision")),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["target_plan.id"], name=op.f("fk_target_plan_revision_plan_id_target_plan")
        ),
        sa.PrimaryKeyConstraint("plan_id", "revision", name=op.f("pk_target_plan_revision")),
    )
    op.create_table(
        "target_plan_decision",
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("is_approved", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["plan_id", "revision"],
            ["target_plan_revision.plan_id", "target_plan_revision.revision"],
            name=op.f("fk_target_plan_decision_plan_id_revision_target_plan_revision"),
        ),
        sa.PrimaryKeyConstraint("plan_id", name=op.f("pk_target_plan_decision")),
    )
    op.create_table(
        "dual_target",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("division_code", sa.Text(), nullable=False),
        sa.Column("division_path", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("first_year", sa.BigInteger(), nullable=False),
        sa.Column("last_year", sa.BigInteger(), nullable=False),
        sa.Column("base_year", sa.BigInteger(), nullable=True),
        sa.Column("value", sa.Numeric(), nullable=False),
        sa.Column("footing", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("basis", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("document_number", sa.Text(), nullable=False),
        sa.Column("document_dated", sa.Date(), nullable=False),
        sa.Column("document_title", sa.Text(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("(kind = 'intensity') = (base_year is not null)", name=op.f("ck_dual_target_base")),
        sa.CheckConstraint("document_number <> '' and document_title <> ''", name=op.f("ck_dual_target_document")),
        sa.CheckConstraint("footing in ('accounts', 'stated')", name=op.f("ck_dual_target_footing")),
        sa.CheckConstraint("kind = 'total' or account_id is null", name=op.f("ck_dual_target_unit")),
        sa.CheckConstraint("kind in ('intensity', 'total')", name=op.f("ck_dual_target_kind")),
        sa.CheckConstraint(
            "method in ('history', 'benchmark', 'output', 'manual', 'equal', 'weighted')",
            name=op.f("ck_dual_target_method"),
        ),
        sa.CheckConstraint(
            "value >= 0 and (kind = 'total' or (value > 0 and value < 100))", name=op.f("ck_dual_target_value")
        ),
        sa.CheckConstraint("last_year >= first_year and base_year < first_year", name=op.f("ck_dual_target_years")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["carbon_account.id"], name=op.f("fk_dual_target_account_id_carbon_account")
        ),
        sa.ForeignKeyConstraint(
            ["division_code"], ["division.code"], name=op.f("fk_dual_target_division_code_division")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["target_plan.id"], name=op.f("fk_dual_target_plan_id_target_plan")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dual_target")),
    )
    op.create_index(op.f("ix_dual_target_account_id_first_year"), "dual_target", ["account_id", "first_year"])
    op.create_index(
        op.f("ix_dual_target_division_path_first_year"),
        "dual_target",
        ["division_path", "first_year"],
        unique=False,
        postgresql_ops={"division_path": "text_pattern_ops"},
    )
    op.create_table(
        "target_figure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("division_code", sa.Text(), nullable=False),
        sa.Column("division_path", sa.Text(), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("value", sa.Numeric(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("document_number", sa.Text(), nullable=False),
        sa.Column("document_dated", sa.Date(), nullable=False),
        sa.Column("document_title", sa.Text(), nullable=False),
        sa.Column("entered_from", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "item <> '' and document_number <> '' and document_title <> ''", name=op.f("ck_target_figure_texts")
        ),
        sa.CheckConstraint("value is not null or note <> ''", name=op.f("ck_target_figure_inapplicable")),
        sa.ForeignKeyConstraint(
            ["division_code"], ["division.code"], name=op.f("fk_target_figure_division_code_division")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_target_figure")),
    )
    op.create_index(
        op.f("ix_target_figure_division_code_year_item_recorded_at"),
        "target_figure",
        ["division_code", "year", "item", "recorded_at"],
    )
    op.create_table(
        "plan_target_value",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("division_code", sa.Text(), nullable=False),
        sa.Column("division_path", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("value", sa.Numeric(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("document_number", sa.Text(), nullable=False),
        sa.Column("document_dated", sa.Date(), nullable=False),
        sa.Column("document_title", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "item <> '' and document_number <> '' and document_title <> ''", name=op.f("ck_plan_target_value_texts")
        ),
        sa.ForeignKeyConstraint(
            ["division_code"], ["division.code"], name=op.f("fk_plan_target_value_division_code_division")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_target_value")),
    )
    op.create_index(
        op.f("ix_plan_target_value_division_code_item_as_of"), "plan_target_value", ["division_code", "item", "as_of"]
    )
    op.create_table(
        "evaluation_scheme",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("first_year", sa.BigInteger(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("is_placeholder", sa.Boolean(), nullable=False),
        sa.Column("document_number", sa.Text(), nullable=False),
        sa.Column("document_dated", sa.Date(), nullable=False),
        sa.Column("document_title", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "name <> '' and reason <> '' and document_number <> '' and document_title <> ''",
            name=op.f("ck_evaluation_scheme_texts"),
        ),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_evaluation_scheme_sha256")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation_scheme")),
    )
    op.create_index(op.f("ix_evaluation_scheme_proposed_at"), "evaluation_scheme", ["proposed_at"])
    op.create_table(
        "evaluation_scheme_decision",
        sa.Column("scheme_id", sa.Uuid(), nullable=False),
        sa.Column("is_approved", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["scheme_id"],
            ["evaluation_scheme.id"],
            name=op.f("fk_evaluation_scheme_decision_scheme_id_evaluation_scheme"),
        ),
        sa.PrimaryKeyConstraint("scheme_id", name=op.f("pk_evaluation_scheme_decision")),
    )
    op.create_table(
        "evaluation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("division_code", sa.Text(), nullable=False),
        sa.Column("division_path", sa.Text(), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("scheme_id", sa.Uuid(), nullable=True),
        sa.Column("scheme", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("scheme_sha256", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("name <> ''", name=op.f("ck_evaluation_name")),
        sa.ForeignKeyConstraint(
            ["division_code"], ["division.code"], name=op.f("fk_evaluation_division_code_division")
        ),
        sa.ForeignKeyConstraint(
            ["scheme_id"], ["evaluation_scheme.id"], name=op.f("fk_evaluation_scheme_id_evaluation_scheme")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation")),
        sa.UniqueConstraint("division_code", "year", name=op.f("uq_evaluation_division_code_year")),
    )
    op.create_index(op.f("ix_evaluation_division_path_year"), "evaluation", ["division_path", "year"])
    op.create_table(
        "evaluation_revision",
        sa.Column("evaluation_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("owner_path", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("revision > 0", name=op.f("ck_evaluation_revision_revision")),
        sa.ForeignKeyConstraint(
            ["evaluation_id"], ["evaluation.id"], name=op.f("fk_evaluation_revision_evaluation_id_evaluation")
        ),
        sa.PrimaryKeyConstraint("evaluation_id", "revision", name=op.f("pk_evaluation_revision")),
    )
    op.create_table(
        "evaluation_sheet",
        sa.Column("evaluation_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("division_code", sa.Text(), nullable=False),
        sa.Column("division_path", sa.Text(), nullable=False),
        sa.Column("owner_path", sa.Text(), nullable=False),
        sa.Column("score", sa.Numeric(), nullable=True),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=True),
        sa.Column("lines", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint("verdict in ('met', 'missed', 'cannot_tell')", name=op.f("ck_evaluation_sheet_verdict")),
        sa.CheckConstraint("place > 0", name=op.f("ck_evaluation_sheet_place")),
        sa.CheckConstraint("score >= 0 and score <= 100", name=op.f("ck_evaluation_sheet_score")),
        sa.ForeignKeyConstraint(
            ["division_code"], ["division.code"], name=op.f("fk_evaluation_sheet_division_code_division")
        ),
        sa.ForeignKeyConstraint(
            ["evaluation_id", "revision"],
            ["evaluation_revision.evaluation_id", "evaluation_revision.revision"],
            name=op.f("fk_evaluation_sheet_evaluation_id_revision_evaluation_revision"),
        ),
        sa.PrimaryKeyConstraint("evaluation_id", "revision", "division_code", name=op.f("pk_evaluation_sheet")),
    )
    op.create_index(op.f("ix_evaluation_sheet_division_path"), "evaluation_sheet", ["division_path"])
    op.create_table(
        "evaluation_step",
        sa.Column("evaluation_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("owner_path", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("document_number", sa.Text(), nullable=False),
        sa.Column("document_dated", sa.Date(), nullable=True),
        sa.Column("document_title", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("kind in ('opened', 'approved', 'rejected')", name=op.f("ck_evaluation_step_kind")),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_evaluation_step_reason")),
        sa.ForeignKeyConstraint(
            ["evaluation_id", "revision"],
            ["evaluation_revision.evaluation_id", "evaluation_revision.revision"],
            name=op.f("fk_evaluation_step_evaluation_id_revision_evaluation_revision"),
        ),
        sa.PrimaryKeyConstraint("evaluation_id", "number", name=op.f("pk_evaluation_step")),
    )
    op.create_index(op.f("ix_evaluation_step_owner_path"), "evaluation_step", ["owner_path"])
    op.create_table(
        "evaluation_remark",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("evaluation_id", sa.Uuid(), nullable=False),
        sa.Column("division_code", sa.Text(), nullable=False),
        sa.Column("division_path", sa.Text(), nullable=False),
        sa.Column("owner_path", sa.Text(), nullable=False),
        sa.Column("indicator", sa.Text(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("document_number", sa.Text(), nullable=False),
        sa.Column("document_dated", sa.Date(), nullable=True),
        sa.Column("document_title", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("said <> ''", name=op.f("ck_evaluation_remark_said")),
        sa.ForeignKeyConstraint(
            ["division_code"], ["division.code"], name=op.f("fk_evaluation_remark_division_code_division")
        ),
        sa.ForeignKeyConstraint(
            ["evaluation_id"], ["evaluation.id"], name=op.f("fk_evaluation_remark_evaluation_id_evaluation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation_remark")),
    )
    op.create_index(
        op.f("ix_evaluation_remark_evaluation_id_recorded_at"), "evaluation_remark", ["evaluation_id", "recorded_at"]
    )
    op.create_table(
        "evaluation_remark_answer",
        sa.Column("remark_id", sa.Uuid(), nullable=False),
        sa.Column("division_path", sa.Text(), nullable=False),
        sa.Column("owner_path", sa.Text(), nullable=False),
        sa.Column("is_accepted", sa.Boolean(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("said <> ''", name=op.f("ck_evaluation_remark_answer_said")),
        sa.ForeignKeyConstraint(
            ["remark_id"],
            ["evaluation_remark.id"],
            name=op.f("fk_evaluation_remark_answer_remark_id_evaluation_remark"),
        ),
        sa.PrimaryKeyConstraint("remark_id", name=op.f("pk_evaluation_remark_answer")),
    )
    protect("target_plan", select=OF_AUTHORITIES, insert=OF_AUTHORITIES)
    protect("target_plan_revision", select=OF_PLAN, insert=f"{OF_PLAN} and ({BY_ACTOR})")
    protect("target_plan_decision", select=OF_PLAN, insert=either(SYSTEM, SECOND))
    protect(
        "dual_target",
        select=either(SYSTEM, within("division_path"), OF_OWN_ACCOUNT),
        insert=f"({either(SYSTEM, WHOLE, BELOW)}) and {APPROVED}",
    )
    protect("target_figure", select=OF_AUTHORITIES, insert=f"({either(SYSTEM, WHOLE, STATED)}) and ({BY_ACTOR})")
    protect("plan_target_value", select=OF_AUTHORITIES, insert=f"({either(SYSTEM, WHOLE)}) and ({BY_ACTOR})")
    protect(
        "evaluation_scheme",
        select=kinds("system", "authority"),
        insert=either(SYSTEM, f"({WHOLE}) and proposed_by = {ACTOR}"),
    )
    protect("evaluation_scheme_decision", select=kinds("system", "authority"), insert=either(SYSTEM, SCHEME_SECOND))
    protect(
        "evaluation_step",
        select=either(SYSTEM, within("owner_path"), evaluated("owner_path")),
        insert=f"({owned('recorded_by')}) and ({STEP_SECOND}) and {of_revision('evaluation_step')}",
    )
    protect(
        "evaluation",
        select=either(SYSTEM, within("division_path"), f"{evaluated('division_path')} and {opened('evaluation.id')}"),
        insert=either(SYSTEM, f"{AUTHORITY} and division_path = {REGION} and created_by = {ACTOR}"),
    )
    # Which workings-out there were, and by whom, is no secret below; what they came to is in the sheets.
    protect(
        "evaluation_revision",
        select=either(SYSTEM, within("owner_path"), evaluated("owner_path")),
        insert=f"({owned('made_by')}) and {OF_EVALUATION}",
    )
    protect(
        "evaluation_sheet",
        select=either(
            SYSTEM, within("owner_path"), f"{within('division_path')} and {opened('evaluation_sheet.evaluation_id')}"
        ),
        insert=f"({either(SYSTEM, f'{AUTHORITY} and owner_path = {REGION} and starts_with(division_path, {REGION})')})"
        f" and {of_revision('evaluation_sheet')}",
    )
    protect(
        "evaluation_remark",
        select=either(SYSTEM, within("owner_path"), within("division_path")),
        insert=f"({OF_AUTHORITIES}) and ({BY_ACTOR}) and {OF_SHEET}",
    )
    protect(
        "evaluation_remark_answer",
        select=either(SYSTEM, within("owner_path"), within("division_path")),
        insert=f"({owned('recorded_by')}) and {OF_REMARK}",
    )


def downgrade() -> None:
    """Drop the tables; policies look from one into another."""
    for table in (
        "evaluation_remark_answer", "evaluation_remark", "evaluation_sheet", "evaluation_step", "evaluation_revision",
        "evaluation", "evaluation_scheme_decision", "evaluation_scheme", "plan_target_value", "target_figure",
        "dual_target", "target_plan_decision", "target_plan_revision", "target_plan",
    ):  # fmt: skip
        op.execute(f"drop table {table} cascade")
