"""Tables of disclosure: reference data, profiles, disclosures with what is said of them, publications, assurance.

Revision: 0020_esg
Follows: 0019_figures
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.toolkit import (
    KNOWN,
    OF_OWN_ACCOUNT,
    OF_VISIBLE_ACCOUNT,
    ORGANISATION,
    SYSTEM,
    grant,
    kinds,
    of_account_for,
    protect,
)

revision = "0020_esg"
down_revision = "0019_figures"
branch_labels = None
depends_on = None

OF_THOSE_WHO_WORK_ON_IT = (
    f"{kinds('system', 'enterprise', 'verifier')} and account_id in (select id from carbon_account)"
)
"""The holder and the verifiers it engaged: an authority reads what is published and where the rest stands, no draft."""

SAID = ("esg_entry", "esg_assignment", "esg_assessment", "esg_step")


def upgrade() -> None:
    """Create the tables, then their grants and policies."""
    op.create_table(
        "esg_reference",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind in ('standard', 'topics', 'metrics', 'crosswalk', 'materiality')", name=op.f("ck_esg_reference_kind")
        ),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_esg_reference_sha256")),
        sa.PrimaryKeyConstraint("kind", "code", "version", name=op.f("pk_esg_reference")),
    )
    op.create_table(
        "esg_profile",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("exchange", sa.Text(), nullable=True),
        sa.Column("stock_code", sa.Text(), nullable=False),
        sa.Column("indices", sa.ARRAY(sa.Text()), nullable=True),
        sa.Column("is_dual_listed", sa.Boolean(), nullable=True),
        sa.Column("is_key_discharger", sa.Boolean(), nullable=True),
        sa.Column("is_state_owned", sa.Boolean(), nullable=True),
        sa.Column("is_foreign_invested", sa.Boolean(), nullable=True),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("evidence_id", sa.Uuid(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "exchange in ('sse', 'szse', 'bse', 'elsewhere', 'none')", name=op.f("ck_esg_profile_exchange")
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "evidence_id"],
            ["evidence.account_id", "evidence.id"],
            name=op.f("fk_esg_profile_account_id_evidence_id_evidence"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["carbon_account.id"], name=op.f("fk_esg_profile_account_id_carbon_account")
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_esg_profile")),
    )
    op.create_index(
        op.f("ix_esg_profile_account_id_recorded_at"), "esg_profile", ["account_id", "recorded_at"], unique=False
    )
    op.create_table(
        "esg_disclosure",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("round", sa.BigInteger(), nullable=False),
        sa.Column("standards", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reference_versions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("threshold", sa.Numeric(), nullable=False),
        sa.Column("corrects_id", sa.Uuid(), nullable=True),
        sa.Column("correction_reason", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.Uuid(), nullable=True),
        sa.Column("state_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state in ('draft', 'in_review', 'approved', 'published')", name=op.f("ck_esg_disclosure_state")
        ),
        sa.CheckConstraint("(version = 1) = (corrects_id is null)", name=op.f("ck_esg_disclosure_correction")),
        sa.CheckConstraint("version > 0 and round >= 0", name=op.f("ck_esg_disclosure_counts")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["carbon_account.id"], name=op.f("fk_esg_disclosure_account_id_carbon_account")
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_esg_disclosure")),
        sa.UniqueConstraint("account_id", "year", "version", name=op.f("uq_esg_disclosure_account_id_year_version")),
    )
    op.create_index(
        "uq_esg_disclosure_on_its_way",
        "esg_disclosure",
        ["account_id", "year"],
        unique=True,
        postgresql_where=sa.text("state <> 'published'"),
    )
    op.create_table(
        "esg_entry",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("disclosure_id", sa.Uuid(), nullable=False),
        sa.Column("point", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Numeric(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("text_zh", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("reason_en", sa.Text(), nullable=False),
        sa.Column("formula_zh", sa.Text(), nullable=False),
        sa.Column("formula_en", sa.Text(), nullable=False),
        sa.Column("sources", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("evidence_ids", sa.ARRAY(sa.Uuid()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("kind <> 'override' or evidence_ids <> '{}'", name=op.f("ck_esg_entry_evidence")),
        sa.CheckConstraint(
            "kind in ('prefill', 'answer', 'override', 'omission', 'withdrawal')", name=op.f("ck_esg_entry_kind")
        ),
        sa.CheckConstraint("kind not in ('override', 'omission') or reason <> ''", name=op.f("ck_esg_entry_reason")),
        sa.ForeignKeyConstraint(
            ["account_id", "disclosure_id"],
            ["esg_disclosure.account_id", "esg_disclosure.id"],
            name=op.f("fk_esg_entry_account_id_disclosure_id_esg_disclosure"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_esg_entry")),
    )
    op.create_index(
        op.f("ix_esg_entry_account_id_disclosure_id_point_recorded_at"),
        "esg_entry",
        ["account_id", "disclosure_id", "point", "recorded_at"],
        unique=False,
    )
    op.create_table(
        "esg_assignment",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("disclosure_id", sa.Uuid(), nullable=False),
        sa.Column("point", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id", "disclosure_id"],
            ["esg_disclosure.account_id", "esg_disclosure.id"],
            name=op.f("fk_esg_assignment_account_id_disclosure_id_esg_disclosure"),
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_esg_assignment_owner_id_person")),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_esg_assignment")),
    )
    op.create_index(
        op.f("ix_esg_assignment_account_id_disclosure_id_point_recorded_at"),
        "esg_assignment",
        ["account_id", "disclosure_id", "point", "recorded_at"],
        unique=False,
    )
    op.create_table(
        "esg_assessment",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("disclosure_id", sa.Uuid(), nullable=False),
        sa.Column("topic", sa.BigInteger(), nullable=False),
        sa.Column("impact", sa.Numeric(), nullable=False),
        sa.Column("financial", sa.Numeric(), nullable=False),
        sa.Column("impact_reason", sa.Text(), nullable=False),
        sa.Column("financial_reason", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("impact_reason <> '' and financial_reason <> ''", name=op.f("ck_esg_assessment_reasons")),
        sa.CheckConstraint("topic between 1 and 21", name=op.f("ck_esg_assessment_topic")),
        sa.ForeignKeyConstraint(
            ["account_id", "disclosure_id"],
            ["esg_disclosure.account_id", "esg_disclosure.id"],
            name=op.f("fk_esg_assessment_account_id_disclosure_id_esg_disclosure"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_esg_assessment")),
    )
    op.create_index(
        op.f("ix_esg_assessment_account_id_disclosure_id_topic_recorded_at"),
        "esg_assessment",
        ["account_id", "disclosure_id", "topic", "recorded_at"],
        unique=False,
    )
    op.create_table(
        "esg_step",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("disclosure_id", sa.Uuid(), nullable=False),
        sa.Column("round", sa.BigInteger(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("remarks", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "step in ('open', 'submit', 'return', 'approve', 'publish', 'correct')", name=op.f("ck_esg_step_step")
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "disclosure_id"],
            ["esg_disclosure.account_id", "esg_disclosure.id"],
            name=op.f("fk_esg_step_account_id_disclosure_id_esg_disclosure"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_esg_step")),
    )
    op.create_index(
        op.f("ix_esg_step_account_id_disclosure_id_recorded_at"),
        "esg_step",
        ["account_id", "disclosure_id", "recorded_at"],
        unique=False,
    )
    op.create_table(
        "esg_publication",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("disclosure_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("standards", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("corrects_id", sa.Uuid(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_esg_publication_sha256")),
        sa.ForeignKeyConstraint(
            ["account_id", "corrects_id"],
            ["esg_publication.account_id", "esg_publication.id"],
            name=op.f("fk_esg_publication_account_id_corrects_id_esg_publication"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "disclosure_id"],
            ["esg_disclosure.account_id", "esg_disclosure.id"],
            name=op.f("fk_esg_publication_account_id_disclosure_id_esg_disclosure"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_esg_publication")),
        sa.UniqueConstraint("account_id", "disclosure_id", name=op.f("uq_esg_publication_account_id_disclosure_id")),
        sa.UniqueConstraint("account_id", "year", "version", name=op.f("uq_esg_publication_account_id_year_version")),
        sa.UniqueConstraint("number", name=op.f("uq_esg_publication_number")),
    )
    op.create_index(
        op.f("ix_esg_publication_year_published_at"), "esg_publication", ["year", "published_at"], unique=False
    )
    op.create_table(
        "esg_assurance",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("publication_id", sa.Uuid(), nullable=False),
        sa.Column("publication_sha256", sa.Text(), nullable=False),
        sa.Column("verifier_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("standard", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("opinion", sa.Text(), nullable=False),
        sa.Column("evidence_ids", sa.ARRAY(sa.Uuid()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("level in ('limited', 'reasonable')", name=op.f("ck_esg_assurance_level")),
        sa.CheckConstraint("publication_sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_esg_assurance_sha256")),
        sa.ForeignKeyConstraint(
            ["account_id", "publication_id"],
            ["esg_publication.account_id", "esg_publication.id"],
            name=op.f("fk_esg_assurance_account_id_publication_id_esg_publication"),
        ),
        sa.ForeignKeyConstraint(
            ["verifier_id"], ["organisation.id"], name=op.f("fk_esg_assurance_verifier_id_organisation")
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_esg_assurance")),
        sa.UniqueConstraint(
            "account_id",
            "publication_id",
            "verifier_id",
            name=op.f("uq_esg_assurance_account_id_publication_id_verifier_id"),
        ),
    )
    protect("esg_reference", select=KNOWN, insert=SYSTEM)
    protect("esg_profile", select=OF_VISIBLE_ACCOUNT, insert=OF_OWN_ACCOUNT)
    protect("esg_disclosure", select=OF_VISIBLE_ACCOUNT, insert=OF_OWN_ACCOUNT)
    # Where a disclosure stands changes until it is published; a published one never does.
    op.execute(
        f"create policy esg_disclosure_update on esg_disclosure for update"
        f" using (({OF_OWN_ACCOUNT}) and state <> 'published') with check ({OF_OWN_ACCOUNT})"
    )
    grant("esg_disclosure", "update (state, round, state_at)")
    for table in SAID:
        protect(table, select=OF_THOSE_WHO_WORK_ON_IT, insert=OF_OWN_ACCOUNT)
    protect("esg_publication", select=OF_VISIBLE_ACCOUNT, insert=OF_OWN_ACCOUNT)
    protect(
        "esg_assurance",
        select=OF_VISIBLE_ACCOUNT,
        insert=f"{of_account_for('verifier')} and (({SYSTEM}) or verifier_id = {ORGANISATION})",
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("esg_assurance")
    op.drop_table("esg_publication")
    op.drop_table("esg_step")
    op.drop_table("esg_assessment")
    op.drop_table("esg_assignment")
    op.drop_table("esg_entry")
    op.drop_table("esg_disclosure")
    op.drop_table("esg_profile")
    op.drop_table("esg_reference")
