"""Projects of CCER, their reductions, the steps they take, what the public says of them.

Revision: 0011_ccer
Follows: 0010_gec
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.toolkit import OF_OWN_ACCOUNT, OF_VISIBLE_ACCOUNT, either, of_account_for, protect

revision = "0011_ccer"
down_revision = "0010_gec"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, then their grants and policies."""
    op.create_table(
        "ccer_project",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("methodology", sa.Text(), nullable=False),
        sa.Column("plant_code", sa.Text(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("is_ets_managed", sa.Boolean(), nullable=True),
        sa.Column("is_legal_duty", sa.Boolean(), nullable=True),
        sa.Column("old_registered_on", sa.Date(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("state_on", sa.Date(), nullable=False),
        sa.Column("validator_id", sa.Uuid(), nullable=True),
        sa.Column("registered_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(registered_on is not null) = (state in ('registered', 'deregistered'))",
            name=op.f("ck_ccer_project_registered"),
        ),
        sa.CheckConstraint(
            "state in ('draft', 'publicised', 'validated', 'applied', 'registered', 'deregistered', 'withdrawn')",
            name=op.f("ck_ccer_project_state"),
        ),
        sa.CheckConstraint("started_on <= starts_on and starts_on < ends_on", name=op.f("ck_ccer_project_dates")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["carbon_account.id"], name=op.f("fk_ccer_project_account_id_carbon_account")
        ),
        sa.ForeignKeyConstraint(
            ["validator_id"], ["organisation.id"], name=op.f("fk_ccer_project_validator_id_organisation")
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_ccer_project")),
    )
    op.create_index(
        "uq_ccer_project_code", "ccer_project", ["code"], unique=True, postgresql_where=sa.text("state <> 'withdrawn'")
    )
    op.create_table(
        "ccer_reduction",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("period_from", sa.Date(), nullable=False),
        sa.Column("period_to", sa.Date(), nullable=False),
        sa.Column("reported", sa.Numeric(), nullable=False),
        sa.Column("verified", sa.Numeric(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("state_on", sa.Date(), nullable=False),
        sa.Column("verifier_id", sa.Uuid(), nullable=True),
        sa.Column("applied_on", sa.Date(), nullable=True),
        sa.Column("registered_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        postgresql.ExcludeConstraint(
            (sa.column("account_id"), "="),
            (sa.column("project_id"), "="),
            (sa.text("daterange(period_from, period_to, '[]')"), "&&"),
            where=sa.text("state <> 'withdrawn'"),
            using="gist",
            name="ex_ccer_reduction_period",
        ),
        sa.CheckConstraint(
            "state in ('reported', 'publicised', 'verified', 'applied', 'registered', 'issued', 'withdrawn')",
            name=op.f("ck_ccer_reduction_state"),
        ),
        sa.CheckConstraint("period_from <= period_to", name=op.f("ck_ccer_reduction_period")),
        sa.CheckConstraint("reported > 0 and reported = trunc(reported)", name=op.f("ck_ccer_reduction_reported")),
        sa.CheckConstraint(
            "verified is null or verified > 0 and verified <= reported and verified = trunc(verified)",
            name=op.f("ck_ccer_reduction_verified"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "project_id"],
            ["ccer_project.account_id", "ccer_project.id"],
            name=op.f("fk_ccer_reduction_account_id_project_id_ccer_project"),
        ),
        sa.ForeignKeyConstraint(
            ["verifier_id"], ["organisation.id"], name=op.f("fk_ccer_reduction_verifier_id_organisation")
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_ccer_reduction")),
    )
    op.create_table(
        "ccer_transition",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("reduction_id", sa.Uuid(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("from_state", sa.Text(), nullable=False),
        sa.Column("to_state", sa.Text(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("movement_id", sa.Uuid(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "project_id"],
            ["ccer_project.account_id", "ccer_project.id"],
            name=op.f("fk_ccer_transition_account_id_project_id_ccer_project"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "reduction_id"],
            ["ccer_reduction.account_id", "ccer_reduction.id"],
            name=op.f("fk_ccer_transition_account_id_reduction_id_ccer_reduction"),
        ),
        sa.ForeignKeyConstraint(
            ["movement_id"], ["ledger_movement.id"], name=op.f("fk_ccer_transition_movement_id_ledger_movement")
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_ccer_transition")),
    )
    op.create_index(
        op.f("ix_ccer_transition_account_id_project_id_reduction_id"),
        "ccer_transition",
        ["account_id", "project_id", "reduction_id"],
        unique=False,
    )
    op.create_table(
        "ccer_comment",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("reduction_id", sa.Uuid(), nullable=True),
        sa.Column("answers_id", sa.Uuid(), nullable=True),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id", "answers_id"],
            ["ccer_comment.account_id", "ccer_comment.id"],
            name=op.f("fk_ccer_comment_account_id_answers_id_ccer_comment"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "project_id"],
            ["ccer_project.account_id", "ccer_project.id"],
            name=op.f("fk_ccer_comment_account_id_project_id_ccer_project"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "reduction_id"],
            ["ccer_reduction.account_id", "ccer_reduction.id"],
            name=op.f("fk_ccer_comment_account_id_reduction_id_ccer_reduction"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_ccer_comment")),
    )
    op.create_index(
        "uq_ccer_comment_answer",
        "ccer_comment",
        ["account_id", "answers_id"],
        unique=True,
        postgresql_where=sa.text("answers_id is not null"),
    )
    op.create_index(
        op.f("ix_ccer_comment_account_id_project_id_reduction_id"),
        "ccer_comment",
        ["account_id", "project_id", "reduction_id"],
        unique=False,
    )
    # The owner acts on its own; the authority registers and issues; an engaged body validates and verifies.
    acting = either(OF_OWN_ACCOUNT, of_account_for("authority", "verifier"))
    for table in ("ccer_project", "ccer_reduction"):
        protect(table, select=OF_VISIBLE_ACCOUNT, insert=OF_OWN_ACCOUNT, update=acting)
    for table in ("ccer_transition", "ccer_comment"):
        protect(table, select=OF_VISIBLE_ACCOUNT, insert=acting)


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("ccer_comment")
    op.drop_table("ccer_transition")
    op.drop_table("ccer_reduction")
    op.drop_table("ccer_project")
