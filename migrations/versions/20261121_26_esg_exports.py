"""Tables of ratings of disclosures, of the city's registers, chief carbon officers and drafts of the white paper.

Revision: 0026_esg_exports
Follows: 0025_portfolios
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.toolkit import (
    OF_OWN_ACCOUNT,
    OF_VISIBLE_ACCOUNT,
    SYSTEM,
    WHOLE,
    either,
    of_account_for,
    protect,
    within,
)

revision = "0026_esg_exports"
down_revision = "0025_portfolios"
branch_labels = None
depends_on = None

SEEN_BY_AUTHORITIES = either(SYSTEM, within("division_path"))
OF_THE_WHOLE = either(SYSTEM, WHOLE)


def upgrade() -> None:
    """Create the tables, then their grants and policies."""
    op.create_table(
        "esg_rating",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("publication_id", sa.Uuid(), nullable=False),
        sa.Column("disclosure_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("grade", sa.Text(), nullable=False),
        sa.Column("points", sa.Numeric(), nullable=False),
        sa.Column("rubric_code", sa.Text(), nullable=False),
        sa.Column("rubric_version", sa.Text(), nullable=False),
        sa.Column("rubric_sha256", sa.Text(), nullable=False),
        sa.Column("is_placeholder", sa.Boolean(), nullable=False),
        sa.Column("criteria", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("rated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("cause in ('publication', 'assurance', 'rubric')", name=op.f("ck_esg_rating_cause")),
        sa.CheckConstraint(
            "grade in ('AAA', 'AA', 'A', 'BBB', 'BB', 'B', 'CCC', 'CC', 'C')", name=op.f("ck_esg_rating_grade")
        ),
        sa.CheckConstraint("points between 0 and 100", name=op.f("ck_esg_rating_points")),
        sa.CheckConstraint("rubric_sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_esg_rating_sha256")),
        sa.ForeignKeyConstraint(
            ["account_id", "publication_id"],
            ["esg_publication.account_id", "esg_publication.id"],
            name=op.f("fk_esg_rating_account_id_publication_id_esg_publication"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_esg_rating")),
    )
    op.create_index(
        op.f("ix_esg_rating_account_id_year_version_rated_at"),
        "esg_rating",
        ["account_id", "year", "version", "rated_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_esg_rating_publication_id_rubric_sha256"), "esg_rating", ["publication_id", "rubric_sha256"],
        unique=False,
    )  # fmt: skip
    op.create_table(
        "esg_register_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("exchange", sa.Text(), nullable=False),
        sa.Column("stock_code", sa.Text(), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("division_path", sa.Text(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("is_removed", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("(kind = 'listed_report') = (year is not null)", name=op.f("ck_esg_register_entry_year")),
        sa.CheckConstraint(
            "(kind in ('listed_firm', 'listed_report')) = (exchange in ('sse', 'szse', 'bse', 'elsewhere'))"
            " and (kind in ('listed_firm', 'listed_report')) = (stock_code <> '')",
            name=op.f("ck_esg_register_entry_listing"),
        ),
        sa.CheckConstraint("key <> '' and name <> '' and document <> ''", name=op.f("ck_esg_register_entry_texts")),
        sa.CheckConstraint(
            "kind in ('listed_firm', 'listed_report', 'standard', 'service_body')",
            name=op.f("ck_esg_register_entry_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["carbon_account.id"], name=op.f("fk_esg_register_entry_account_id_carbon_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_esg_register_entry")),
    )
    op.create_index(
        op.f("ix_esg_register_entry_kind_key_recorded_at"), "esg_register_entry", ["kind", "key", "recorded_at"],
        unique=False,
    )  # fmt: skip
    op.create_table(
        "esg_carbon_officer",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_name", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("evidence_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_esg_carbon_officer_dates")),
        sa.CheckConstraint(
            "person_name <> '' and title <> '' and document <> ''", name=op.f("ck_esg_carbon_officer_texts")
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "evidence_id"],
            ["evidence.account_id", "evidence.id"],
            name=op.f("fk_esg_carbon_officer_account_id_evidence_id_evidence"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["carbon_account.id"], name=op.f("fk_esg_carbon_officer_account_id_carbon_account")
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_esg_carbon_officer")),
    )
    op.create_index(
        op.f("ix_esg_carbon_officer_account_id_recorded_at"), "esg_carbon_officer", ["account_id", "recorded_at"],
        unique=False,
    )  # fmt: skip
    op.create_table(
        "esg_white_paper",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("division_path", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_esg_white_paper_sha256")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_esg_white_paper")),
    )
    op.create_index(op.f("ix_esg_white_paper_year_made_at"), "esg_white_paper", ["year", "made_at"], unique=False)
    # The holder rates by publishing, a verifier by its statement, the service when the rubric changes.
    protect("esg_rating", select=OF_VISIBLE_ACCOUNT, insert=either(OF_OWN_ACCOUNT, of_account_for("verifier")))
    protect("esg_register_entry", select=SEEN_BY_AUTHORITIES, insert=OF_THE_WHOLE)
    protect("esg_carbon_officer", select=OF_VISIBLE_ACCOUNT, insert=OF_OWN_ACCOUNT)
    protect("esg_white_paper", select=SEEN_BY_AUTHORITIES, insert=OF_THE_WHOLE)


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("esg_white_paper")
    op.drop_table("esg_carbon_officer")
    op.drop_table("esg_register_entry")
    op.drop_table("esg_rating")
