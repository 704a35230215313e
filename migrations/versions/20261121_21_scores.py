"""Score models: versions, revisions, decisions, when each is in force, back-tests.

Revision: 0021_scores
Follows: 0020_esg
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.toolkit import ACTOR, SYSTEM, WHOLE, either, grant, kinds, of_account_for, protect

revision = "0021_scores"
down_revision = "0020_esg"
branch_labels = None
depends_on = None

OWN = either(SYSTEM, WHOLE)
AUTHORITY = kinds("system", "authority")
# Who reads a score may read the model it was computed with; drafts and what was rejected are the authority's.
IN_FORCE = f"{kinds('enterprise', 'verifier', 'bank')} and {{id}} in (select version_id from score_model_period)"
# Whoever wrote a revision of the version does not decide on it.
SECOND = (
    f"{WHOLE} and decided_by = {ACTOR} and not exists (select 1 from score_model_revision each"
    f" where each.version_id = score_model_decision.version_id and each.recorded_by = {ACTOR})"
)
APPROVED = "exists (select 1 from score_model_decision each where each.version_id = score_model_period.version_id and each.is_approved)"
STATES = "in ('graded', 'gated', 'cannot_tell')"


def upgrade() -> None:
    """Create the tables, then their grants and policies."""
    op.create_table(
        "score_model_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("version > 0", name=op.f("ck_score_model_version_version")),
        sa.CheckConstraint("origin in ('shipped', 'proposed')", name=op.f("ck_score_model_version_origin")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_model_version")),
        sa.UniqueConstraint("code", "version", name=op.f("uq_score_model_version_code_version")),
    )
    op.create_table(
        "score_model_revision",
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("revision > 0", name=op.f("ck_score_model_revision_revision")),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_score_model_revision_sha256")),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["score_model_version.id"],
            name=op.f("fk_score_model_revision_version_id_score_model_version"),
        ),
        sa.PrimaryKeyConstraint("version_id", "revision", name=op.f("pk_score_model_revision")),
    )
    op.create_table(
        "score_model_decision",
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("is_approved", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["version_id", "revision"],
            ["score_model_revision.version_id", "score_model_revision.revision"],
            name=op.f("fk_score_model_decision_version_id_revision_score_model_revision"),
        ),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_score_model_decision")),
    )
    op.create_table(
        "score_model_period",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("valid", postgresql.DATERANGE(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("activated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("activated_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        postgresql.ExcludeConstraint((sa.column("valid"), "&&"), using="gist", name="ex_score_model_period_valid"),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["score_model_decision.version_id"],
            name=op.f("fk_score_model_period_version_id_score_model_decision"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_model_period")),
    )
    op.create_index(op.f("ix_score_model_period_version_id"), "score_model_period", ["version_id"], unique=False)
    op.create_table(
        "score_backtest",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("against_id", sa.Uuid(), nullable=True),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("accounts", sa.BigInteger(), nullable=False),
        sa.Column("counts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["against_id"], ["score_model_version.id"], name=op.f("fk_score_backtest_against_id_score_model_version")
        ),
        sa.ForeignKeyConstraint(
            ["version_id", "revision"],
            ["score_model_revision.version_id", "score_model_revision.revision"],
            name=op.f("fk_score_backtest_version_id_revision_score_model_revision"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_backtest")),
        sa.UniqueConstraint("job_id", name=op.f("uq_score_backtest_job_id")),
    )
    op.create_index(
        op.f("ix_score_backtest_version_id_finished_at"), "score_backtest", ["version_id", "finished_at"], unique=False
    )
    op.create_table(
        "score_backtest_line",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("backtest_id", sa.Uuid(), nullable=False),
        sa.Column("movement", sa.Text(), nullable=False),
        sa.Column("before_state", sa.Text(), nullable=True),
        sa.Column("before_grade", sa.Text(), nullable=True),
        sa.Column("before_points", sa.Numeric(), nullable=True),
        sa.Column("after_state", sa.Text(), nullable=False),
        sa.Column("after_grade", sa.Text(), nullable=True),
        sa.Column("after_points", sa.Numeric(), nullable=True),
        sa.CheckConstraint(f"before_state {STATES}", name=op.f("ck_score_backtest_line_before_state")),
        sa.CheckConstraint(f"after_state {STATES}", name=op.f("ck_score_backtest_line_after_state")),
        sa.CheckConstraint(
            "movement in ('up', 'down', 'same', 'gained', 'lost', 'none')", name=op.f("ck_score_backtest_line_movement")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["carbon_account.id"], name=op.f("fk_score_backtest_line_account_id_carbon_account")
        ),
        sa.ForeignKeyConstraint(
            ["backtest_id"], ["score_backtest.id"], name=op.f("fk_score_backtest_line_backtest_id_score_backtest")
        ),
        sa.PrimaryKeyConstraint("account_id", "backtest_id", name=op.f("pk_score_backtest_line")),
    )
    op.create_index(
        op.f("ix_score_backtest_line_backtest_id_movement_account_id"),
        "score_backtest_line",
        ["backtest_id", "movement", "account_id"],
        unique=False,
    )
    protect("score_model_version", select=either(AUTHORITY, IN_FORCE.format(id="id")), insert=OWN)
    protect("score_model_revision", select=either(AUTHORITY, IN_FORCE.format(id="version_id")), insert=OWN)
    protect("score_model_decision", select=AUTHORITY, insert=either(SYSTEM, SECOND))
    protect(
        "score_model_period",
        select=kinds("system", "authority", "enterprise", "verifier", "bank"),
        insert=f"({OWN}) and {APPROVED}",
    )
    # A period can be ended while it lasts; one that is over stays as it was.
    lasts = f"({OWN}) and (upper(valid) is null or upper(valid) > (now() at time zone 'Asia/Shanghai')::date)"
    op.execute(
        f"create policy score_model_period_update on score_model_period for update using ({lasts})"
        f" with check (({OWN}) and ended_at is not null)"
    )
    grant("score_model_period", "update (valid, ended_at, ended_by, end_reason)")
    protect("score_backtest", select=AUTHORITY, insert=OWN)
    protect(
        "score_backtest_line", select=of_account_for("authority"), insert=f"({OWN}) and {of_account_for('authority')}"
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("score_backtest_line")
    op.drop_table("score_backtest")
    # Policies of versions and revisions look into the periods; they go with them.
    op.execute("drop table score_model_period cascade")
    op.drop_table("score_model_decision")
    op.drop_table("score_model_revision")
    op.drop_table("score_model_version")
