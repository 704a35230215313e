"""Scores as they were computed, penalties, signs of shifted data, roll-ups of sectors, appeals.

Revision: 0022_score_runs
Follows: 0021_scores
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.toolkit import OF_OWN_ACCOUNT, SYSTEM, either, grant, of_account_for, protect

revision = "0022_score_runs"
down_revision = "0021_scores"
branch_labels = None
depends_on = None

OF_READERS = of_account_for("enterprise", "authority")
"""A verifier has no business with scores, and a bank reads them only through a function that asks for consent."""
AUTHORITY = of_account_for("authority")


def upgrade() -> None:
    """Create the tables, then their grants and policies."""
    op.create_table(
        "score",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("model_code", sa.Text(), nullable=False),
        sa.Column("model_version", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("points", sa.Numeric(), nullable=True),
        sa.Column("grade", sa.Text(), nullable=True),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("inputs", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("indicators", sa.Text(), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.CheckConstraint("(state = 'graded') <= (grade is not null)", name=op.f("ck_score_grade")),
        sa.CheckConstraint("cause in ('nightly', 'inputs', 'model', 'appeal', 'asked')", name=op.f("ck_score_cause")),
        sa.CheckConstraint("state in ('graded', 'gated', 'cannot_tell')", name=op.f("ck_score_state")),
        sa.CheckConstraint("number > 0", name=op.f("ck_score_number")),
        sa.ForeignKeyConstraint(["account_id"], ["carbon_account.id"], name=op.f("fk_score_account_id_carbon_account")),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_score")),
        sa.UniqueConstraint("account_id", "number", name=op.f("uq_score_account_id_number")),
    )
    op.create_index(op.f("ix_score_account_id_computed_at"), "score", ["account_id", "computed_at"], unique=False)
    op.create_table(
        "score_standing",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("score_id", sa.Uuid(), nullable=True),
        sa.Column("number", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("model_code", sa.Text(), nullable=True),
        sa.Column("model_version", sa.BigInteger(), nullable=True),
        sa.Column(
            "positions", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False
        ),
        sa.Column(
            "signs", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "score_id"],
            ["score.account_id", "score.id"],
            name=op.f("fk_score_standing_account_id_score_id_score"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["carbon_account.id"], name=op.f("fk_score_standing_account_id_carbon_account")
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_score_standing")),
    )
    op.create_table(
        "score_penalty",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.Column("withdrawal_reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.CheckConstraint(
            "(withdrawn_at is null) = (withdrawal_reason = '')", name=op.f("ck_score_penalty_withdrawal")
        ),
        sa.CheckConstraint("severity in ('minor', 'serious', 'severe')", name=op.f("ck_score_penalty_severity")),
        sa.CheckConstraint("until_on >= from_on", name=op.f("ck_score_penalty_dates")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["carbon_account.id"], name=op.f("fk_score_penalty_account_id_carbon_account")
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_score_penalty")),
    )
    op.create_index(
        "uq_score_penalty_document",
        "score_penalty",
        ["account_id", "document"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at is null"),
    )
    op.create_table(
        "score_sign",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("numbers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("zh", sa.Text(), nullable=False),
        sa.Column("en", sa.Text(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind in ('shifted_months', 'split_meters', 'outsourced_boiler')", name=op.f("ck_score_sign_kind")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["carbon_account.id"], name=op.f("fk_score_sign_account_id_carbon_account")
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_score_sign")),
        sa.UniqueConstraint(
            "account_id", "year", "kind", "fingerprint", name=op.f("uq_score_sign_account_id_year_kind_fingerprint")
        ),
    )
    op.create_table(
        "score_sign_entry",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sign_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("evidence_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("kind in ('explained', 'accepted', 'refused')", name=op.f("ck_score_sign_entry_kind")),
        sa.CheckConstraint("words <> ''", name=op.f("ck_score_sign_entry_words")),
        sa.ForeignKeyConstraint(
            ["account_id", "evidence_id"],
            ["evidence.account_id", "evidence.id"],
            name=op.f("fk_score_sign_entry_account_id_evidence_id_evidence"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "sign_id"],
            ["score_sign.account_id", "score_sign.id"],
            name=op.f("fk_score_sign_entry_account_id_sign_id_score_sign"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_score_sign_entry")),
    )
    op.create_index(
        op.f("ix_score_sign_entry_account_id_sign_id"), "score_sign_entry", ["account_id", "sign_id"], unique=False
    )
    op.create_table(
        "score_rollup",
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("sector", sa.Text(), nullable=False),
        sa.Column("fact", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("mean", sa.Numeric(), nullable=False),
        sa.Column("steps", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("ranked", postgresql.ARRAY(sa.NUMERIC()), nullable=False),
        sa.Column("members", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.CheckConstraint(
            "size = cardinality(ranked) and size = cardinality(members)", name=op.f("ck_score_rollup_size")
        ),
        sa.PrimaryKeyConstraint("year", "sector", "fact", "basis", "published_on", name=op.f("pk_score_rollup")),
    )
    op.create_table(
        "score_appeal",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("score_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("indicator", sa.Text(), nullable=False),
        sa.Column("fact", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("evidence_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("lodged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lodged_by", sa.Uuid(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("answer", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("document", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("after_score_id", sa.Uuid(), nullable=True),
        sa.Column(
            "effect", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
        sa.CheckConstraint("(state = 'open') = (ended_at is null)", name=op.f("ck_score_appeal_ended")),
        sa.CheckConstraint(
            "state in ('open', 'accepted', 'rejected', 'withdrawn')", name=op.f("ck_score_appeal_state")
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "after_score_id"], ["score.account_id", "score.id"], name="fk_score_appeal_after_score"
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "evidence_id"],
            ["evidence.account_id", "evidence.id"],
            name=op.f("fk_score_appeal_account_id_evidence_id_evidence"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "score_id"],
            ["score.account_id", "score.id"],
            name=op.f("fk_score_appeal_account_id_score_id_score"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_score_appeal")),
    )
    op.create_index(
        "ix_score_appeal_due", "score_appeal", ["due_on"], unique=False, postgresql_where=sa.text("state = 'open'")
    )
    op.create_index(
        "uq_score_appeal_open",
        "score_appeal",
        ["account_id", "score_id", "indicator"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "score_override",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("appeal_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("fact", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id", "appeal_id"],
            ["score_appeal.account_id", "score_appeal.id"],
            name=op.f("fk_score_override_account_id_appeal_id_score_appeal"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_score_override")),
    )
    op.create_index(op.f("ix_score_override_account_id_year"), "score_override", ["account_id", "year"], unique=False)
    protect("score", select=OF_READERS, insert=SYSTEM)
    protect("score_standing", select=OF_READERS, insert=SYSTEM, update=SYSTEM)
    protect(
        "score_penalty", select=OF_READERS, insert=AUTHORITY, update=AUTHORITY,
        update_of=("withdrawn_at", "withdrawn_by", "withdrawal_reason"),
    )  # fmt: skip
    protect("score_sign", select=OF_READERS, insert=SYSTEM)
    # The enterprise explains, the authority decides; neither speaks for the other.
    protect(
        "score_sign_entry", select=OF_READERS,
        insert=either(f"{OF_OWN_ACCOUNT} and kind = 'explained'", f"{AUTHORITY} and kind <> 'explained'"),
    )  # fmt: skip
    # What is in a group is told to nobody: not even an authority may look behind a mean.
    protect("score_rollup", select=SYSTEM, insert=SYSTEM)
    protect("score_appeal", select=OF_READERS, insert=OF_OWN_ACCOUNT)
    # An appeal is ended once: by an answer of the authority, or by its owner's withdrawal.
    op.execute(
        f"create policy score_appeal_update on score_appeal for update using (({OF_READERS}) and state = 'open')"
        f" with check ((({AUTHORITY}) and state in ('accepted', 'rejected'))"
        f" or (({OF_OWN_ACCOUNT}) and state = 'withdrawn'))"
    )
    grant("score_appeal", "update (state, ended_at, ended_by, answer, document, after_score_id, effect)")
    protect("score_override", select=OF_READERS, insert=AUTHORITY)


def downgrade() -> None:
    """Drop the tables."""
    for table in (
        "score_override", "score_appeal", "score_rollup", "score_sign_entry", "score_sign", "score_penalty",
        "score_standing", "score",
    ):  # fmt: skip
        op.drop_table(table)
