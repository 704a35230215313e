"""Carbon accounts, sites, sources, meters, evidence.

Revision: 0005_accounts
Follows: 0004_factors
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.toolkit import (
    OF_OWN_ACCOUNT,
    OF_VISIBLE_ACCOUNT,
    ORGANISATION,
    SYSTEM,
    either,
    grant,
    kinds,
    protect,
    within,
)

revision = "0005_accounts"
down_revision = "0004_factors"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, then their grants and policies."""
    op.create_table(
        "carbon_account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("division_code", sa.Text(), nullable=False),
        sa.Column("division_path", sa.Text(), nullable=False),
        sa.Column("sector", sa.Text(), nullable=False),
        sa.Column("method_pack", sa.Text(), nullable=False),
        sa.Column("fuel_table", sa.Text(), nullable=False),
        sa.Column("province_code", sa.Text(), nullable=False),
        sa.Column("grid_region", sa.Text(), nullable=False),
        sa.Column(
            "has_separation_of_duties",
            sa.Boolean(),
            server_default=sa.text("true"),
            nullable=False,
        ),
        sa.Column(
            "is_demonstration",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
        ),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.Uuid(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["division_code"],
            ["division.code"],
            name=op.f("fk_carbon_account_division_code_division"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_carbon_account_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carbon_account")),
        sa.UniqueConstraint("number", name=op.f("uq_carbon_account_number")),
    )
    op.create_index(
        op.f("ix_carbon_account_division_path"),
        "carbon_account",
        ["division_path"],
        unique=False,
        postgresql_ops={"division_path": "text_pattern_ops"},
    )
    op.create_index(
        op.f("ix_carbon_account_organisation_id"),
        "carbon_account",
        ["organisation_id"],
        unique=False,
    )
    op.create_table(
        "evidence",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("object_key", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uploaded_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["carbon_account.id"],
            name=op.f("fk_evidence_account_id_carbon_account"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_evidence")),
        sa.UniqueConstraint("account_id", "sha256", name=op.f("uq_evidence_account_id_sha256")),
    )
    op.create_table(
        "reporting_year",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.Uuid(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["carbon_account.id"],
            name=op.f("fk_reporting_year_account_id_carbon_account"),
        ),
        sa.PrimaryKeyConstraint("account_id", "year", name=op.f("pk_reporting_year")),
    )
    op.create_table(
        "site",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("division_code", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["carbon_account.id"],
            name=op.f("fk_site_account_id_carbon_account"),
        ),
        sa.ForeignKeyConstraint(
            ["division_code"],
            ["division.code"],
            name=op.f("fk_site_division_code_division"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_site")),
        sa.UniqueConstraint("account_id", "code", name=op.f("uq_site_account_id_code")),
    )
    op.create_table(
        "source",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("scope", sa.BigInteger(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column(
            "parameters",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.CheckConstraint("scope between 1 and 3", name=op.f("ck_source_scope")),
        sa.ForeignKeyConstraint(
            ["account_id", "site_id"],
            ["site.account_id", "site.id"],
            name=op.f("fk_source_account_id_site_id_site"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_source")),
        sa.UniqueConstraint("account_id", "code", name=op.f("uq_source_account_id_code")),
    )
    op.create_table(
        "meter",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("multiplier", sa.Numeric(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("multiplier > 0", name=op.f("ck_meter_multiplier")),
        sa.ForeignKeyConstraint(
            ["account_id", "source_id"],
            ["source.account_id", "source.id"],
            name=op.f("fk_meter_account_id_source_id_source"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_meter")),
        sa.UniqueConstraint("account_id", "code", name=op.f("uq_meter_account_id_code")),
    )
    op.create_table(
        "calibration",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("meter_id", sa.Uuid(), nullable=False),
        sa.Column("calibrated_on", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("evidence_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("valid_until > calibrated_on", name=op.f("ck_calibration_dates")),
        sa.ForeignKeyConstraint(
            ["account_id", "meter_id"],
            ["meter.account_id", "meter.id"],
            name=op.f("fk_calibration_account_id_meter_id_meter"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "evidence_id"],
            ["evidence.account_id", "evidence.id"],
            name=op.f("fk_calibration_account_id_evidence_id_evidence"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_calibration")),
    )
    op.create_index(
        op.f("ix_calibration_account_id_meter_id_calibrated_on"),
        "calibration",
        ["account_id", "meter_id", "calibrated_on"],
        unique=False,
    )
    # Serials of account numbers: a sequence hands out each once, whatever runs side by side.
    op.execute("create sequence carbon_account_number")
    grant("sequence carbon_account_number", "usage")

    engaged = (
        f"select enterprise_id from engagement where verifier_id = {ORGANISATION} and ended_at is null"
        " and (now() at time zone 'Asia/Shanghai')::date between starts_on and ends_on"
    )
    consented = (
        f"select enterprise_id from consent where bank_id = {ORGANISATION} and revoked_at is null"
        " and 'account' = any(scopes) and (now() at time zone 'Asia/Shanghai')::date between starts_on and ends_on"
    )
    protect(
        "carbon_account",
        select=either(
            SYSTEM,
            f"{kinds('enterprise')} and organisation_id = {ORGANISATION}",
            within("division_path"),
            f"{kinds('verifier')} and organisation_id in ({engaged})",
            f"{kinds('bank')} and organisation_id in ({consented})",
        ),
        insert=either(SYSTEM, f"{kinds('enterprise')} and organisation_id = {ORGANISATION}"),
        update=either(SYSTEM, f"{kinds('enterprise')} and organisation_id = {ORGANISATION}"),
    )
    for table in ("site", "source", "meter", "reporting_year"):
        protect(
            table,
            select=OF_VISIBLE_ACCOUNT,
            insert=OF_OWN_ACCOUNT,
            update=OF_OWN_ACCOUNT,
        )
    protect("calibration", select=OF_VISIBLE_ACCOUNT, insert=OF_OWN_ACCOUNT)
    protect("evidence", select=OF_VISIBLE_ACCOUNT, insert=OF_OWN_ACCOUNT)


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("calibration")
    op.drop_table("meter")
    op.drop_table("source")
    op.drop_table("site")
    op.drop_table("reporting_year")
    op.drop_table("evidence")
    op.drop_table("carbon_account")
    op.execute("drop sequence carbon_account_number")
